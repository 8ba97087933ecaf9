"""What containers state of their own length in bytes, and whether their end is there.

FFmpeg goes by what is there for these kinds, and says nothing where it is less than was written.
"""

from __future__ import annotations

import struct

from .source import Source

_W64 = b"riff\x2e\x91\xcf\x11"
_SOUND_TO_SEEK = 1 << 16  # bytes at the end in which a page of Ogg begins
_MOST_CHUNKS = 100
_ENDLESS = 1 << 48  # what a writer that streams states


def missing_share(source: Source, start: int, end: int) -> float:
    """Bytes that a file states and that are not there, as a share of those that are."""
    stated, there = _stated(source, start), end - start
    if stated is None or not there < stated < _ENDLESS:
        return 0.0
    return (stated - there) / there


def is_unended(source: Source, start: int, end: int) -> bool:
    """Whether an Ogg file stops without the mark of its end."""
    if source.read(start, 4) != b"OggS":
        return False
    begin = max(start, end - _SOUND_TO_SEEK)
    last = source.read(begin, end - begin)
    page = last.rfind(b"OggS")
    return page < 0 or page + 5 >= len(last) or not last[page + 5] & 4


def _stated(source: Source, start: int) -> int | None:
    opening = source.read(start, 24)
    if opening.startswith(_W64) and len(opening) == 24:
        return int(struct.unpack("<Q", opening[16:24])[0])
    if opening.startswith(b"RIFF") and opening[8:12] == b"AVI ":
        length = int(struct.unpack("<I", opening[4:8])[0])
        return length + 8 if 0 < length < 0x7FFF_0000 else None
    return _stated_by_caf(source, start) if opening.startswith(b"caff") else None


def _stated_by_caf(source: Source, start: int) -> int | None:
    at = start + 8
    for _ in range(_MOST_CHUNKS):
        header = source.read(at, 12)
        if len(header) < 12:
            return None
        name, length = struct.unpack(">4sq", header)
        if name == b"data" or length < 0:
            return None if length < 0 else at + 12 + int(length) - start
        at += 12 + length
    return None
