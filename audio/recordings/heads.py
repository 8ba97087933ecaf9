"""What the first bytes of a file are, and where another one begins behind it.

Programs that join files with `cat` leave no list of them: each begins as it did alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .frames import are_frames
from .source import Source

_BLOCK = 1 << 20  # bytes searched at a time
_OVERLAP = 64
_OPENING = 1 << 14
"""Bytes in which several frames of a kind without a header of its own lie."""

_KNOWN = (
    b"RIFF", b"RF64", b"BW64", b"riff", b"fLaC", b"OggS", b"ID3", b"#!AMR", b".snd", b"FORM",
    b"caff", b"\x1aE\xdf\xa3", b"NIST_1A", b"Creative", b"\x30\x26\xb2\x75", b"FLV", b"#!SILK",
    b"wvpk", b"MAC ", b"TTA1", b"2BIT", b"DSS", b"\x02dss", b"\x03ds2", b"SPH",
)  # fmt: skip
"""First bytes of the kinds that can be told without a doubt."""

MP4_ATOMS = (b"ftyp", b"mdat", b"wide", b"free")
"""What MP4, M4A, 3GP and QuickTime files begin with, behind four bytes of length."""


class FileMark(NamedTuple):
    """What begins another file of a kind.

    None of them stands in compressed sound by chance more often than once in a thousand years.
    """

    literal: bytes
    """What is looked for, as it stands in every such beginning..."""
    back: int
    """...so many bytes behind it."""
    pattern: re.Pattern[bytes]


def _mark(literal: bytes, pattern: bytes, back: int = 0) -> FileMark:
    return FileMark(literal, back, re.compile(pattern, re.DOTALL))


_INITIAL = b"[" + re.escape(bytes(flags for flags in range(256) if flags & 8)) + b"]"
"""WavPack's flag of a block that is the first of its moment, as a class of bytes."""

WAV_MARK = _mark(b"WAVE", rb"(?:RIFF|RF64|BW64|RIFX).{4}WAVE", 8)
_OGG = _mark(b"OggS", rb"OggS\0\x02")
_AMR = _mark(b"#!AMR", rb"#!AMR(?:-WB)?\n")
_MATROSKA = _mark(b"\x1aE\xdf\xa3", rb"\x1aE\xdf\xa3.{0,40}?(?:matroska|webm)")
_AIFF = _mark(b"FORM", rb"FORM.{4}AIF[FC]")
_W64 = _mark(b"riff", rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0")
_WMA = _mark(b"0&\xb2u", rb"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel")
_MP4 = _mark(b"ftyp", rb".{4}ftyp(?:M4A |M4V |isom|iso\d|mp4\d|qt  |3gp\d|MSNV|dash)", 4)
_BY_OPENING = {
    **dict.fromkeys((b"RIFF", b"RF64", b"BW64", b"RIFX"), WAV_MARK),
    b"fLaC": _mark(b"fLaC", rb"fLaC\0\0\0\x22"),
    b"OggS": _OGG,
    b"#!AM": _AMR,
    b"\x1aE\xdf\xa3": _MATROSKA,
    b"ID3\x03": _mark(b"ID3\x03", rb"ID3\x03\0[\0\x80].{4}T...\0\0"),
    b"ID3\x04": _mark(b"ID3\x04", rb"ID3\x04\0[\0\x80].{4}T...\0\0"),
    b".snd": _mark(b".snd", rb"\.snd\0\0[\0-\x0f].{5}\0\0\0[\x01-\x1b]"),
    b"FORM": _AIFF,
    b"caff": _mark(b"caff", rb"caff\0\x01\0\0desc"),
    b"riff": _W64,
    b"TTA1": _mark(b"TTA1", rb"TTA1[\x01\x02]\0[\x01-\x08]\0[\x08\x10\x18\x20]\0"),
    b"Crea": _mark(b"Creative", rb"Creative Voice File\x1a"),
    b"FLV\1": _mark(b"FLV\1", rb"FLV\x01[\x01\x04\x05]\0\0\0\x09"),
    b"0&\xb2u": _WMA,
    b"wvpk": _mark(b"wvpk", rb"wvpk.{4}[\0-\x20]\x04.{6}\0{4}.{5}" + _INITIAL),
}
"""By the first four bytes."""

MARKS = tuple(dict.fromkeys((*_BY_OPENING.values(), _MP4)))
"""Of all kinds."""

ELSEWHERE = (WAV_MARK, _OGG, _AMR, _MATROSKA, _AIFF, _W64, _WMA, _MP4)
"""What does not stand within a file of another kind. The beginning of a FLAC stands in Ogg and
Matroska too, a tag of MP3 in AIFF."""


def is_known(opening: bytes) -> bool:
    """Whether the first bytes, 16 of them, tell the kind of a file."""
    return opening.startswith(_KNOWN) or opening[4:8] == b"ftyp"


def mark_of(opening: bytes) -> FileMark | None:
    """How another file of the same kind begins; None where nothing tells."""
    return _MP4 if opening[4:8] == b"ftyp" else _BY_OPENING.get(opening[:4])


def begins_a_file(source: Source, place: int) -> bool:
    """Whether another file begins at a place, and no chunk of a WAV file."""
    opening = source.read(place, _OPENING)
    mark = mark_of(opening)
    if mark is not None and mark.pattern.match(opening):
        return True
    # A tag of MP3 is a chunk of a WAV file too.
    return (is_known(opening) and not opening.startswith(b"ID3 ")) or are_frames(opening)


def next_head(source: Source, marks: Sequence[FileMark], start: int, size: int) -> int | None:
    """Where the first file behind ``start`` begins that one of the marks tells."""
    with source.view() as file:
        while start < size:
            file.seek(start)
            block = file.read(_BLOCK + _OVERLAP)
            places = (_place(block, mark) for mark in marks)
            found = min((place for place in places if place is not None), default=None)
            if found is not None:
                return start + found
            start += _BLOCK
    return None


def _place(block: bytes, mark: FileMark) -> int | None:
    """Where a mark stands first in a block, without what overlaps the next one."""
    place = block.find(mark.literal, mark.back)
    while mark.back <= place < _BLOCK + mark.back:
        if mark.pattern.match(block, place - mark.back):
            return place - mark.back
        place = block.find(mark.literal, place + 1)
    return None
