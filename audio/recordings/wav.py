"""What a WAV file's chunks say, and what is truly there.

FFmpeg goes by the header and says nothing where it is wrong. A recorder that streams writes a
length that it could not know, one that crashes none, some forget the byte that pads an odd
chunk, and `cat` puts one file behind another.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from .heads import begins_a_file
from .source import Source

STREAMED = 0x7FFF_0000
"""A stated length of this or more is what programs write that stream to disk: 0x7FFFFFFF,
0x7FFFF000, 0xFFFFFFFF and the like."""

_MOST_CHUNKS = 1000
_WHOLE, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE  # format tags
_HEADS = (b"RIFF", b"RF64", b"BW64", b"RIFX")


class Wav(NamedTuple):
    """One WAV file inside of the bytes."""

    form: bytes
    """The body of its fmt chunk."""
    fact: bytes
    start: int
    """Where its sound begins, in bytes from the beginning of all."""
    end: int
    """Where its sound ends."""
    promised: int | None
    """Bytes of sound that the header states; None where it could not know them."""
    big: bool = False
    """The samples have their high byte first; ``form`` is low byte first all the same."""

    @property
    def tag(self) -> int:
        """The format tag; the one inside where the format is an extensible one."""
        (tag,) = struct.unpack("<H", self.form[:2])
        if tag == _EXTENSIBLE and len(self.form) >= 26:
            (tag,) = struct.unpack("<H", self.form[24:26])
        return int(tag)

    @property
    def plain_form(self) -> bytes:
        """The fmt chunk as FFmpeg takes it rightly.

        Samples in larger containers (24 bits in 32) it would take for a rare kind of floats.
        """
        tag, channels, rate, width, align, bits = struct.unpack("<HHIIHH", self.form[:16])
        if self.tag not in (_WHOLE, _FLOAT) or not channels or align % channels:
            return self.form
        held = align // channels * 8
        if held == bits and tag != _EXTENSIBLE:
            return self.form
        if held < bits:  # what a frame takes is not said, or only one channel's
            held = -(-bits // 8) * 8
            align, width = channels * held // 8, rate * channels * held // 8
        return struct.pack("<HHIIHH", self.tag, channels, rate, width, align, held)

    @property
    def rate(self) -> int:
        """Samples a second, Hz."""
        return int(struct.unpack("<I", self.form[4:8])[0])

    @property
    def channels(self) -> int:
        """How many there are."""
        return int(struct.unpack("<H", self.form[2:4])[0])

    @property
    def bits(self) -> int:
        """Bits that a sample of plain sound takes."""
        return int(struct.unpack("<H", self.plain_form[14:16])[0])

    @property
    def missing(self) -> float:
        """Bytes that are promised and not there, as a share of those that are."""
        there = self.end - self.start
        if self.promised is None or not there:
            return 0.0
        return max(0, self.promised - there) / there


class Tail(NamedTuple):
    """What lies behind the sound of a WAV file."""

    head: int | None = None
    """Where another file begins."""
    more: tuple[int, int] | None = None
    """Where further sound of the same file begins and ends."""
    unexplained: int | None = None
    """Where bytes begin that are part of no chunk."""


def is_wav(opening: bytes) -> bool:
    """Tell a WAV file by its first twelve bytes."""
    return opening[:4] in _HEADS and opening[8:12] == b"WAVE"


def read_wav(source: Source, start: int) -> Wav | None:
    """Walk the chunks of the WAV file at ``start``; None where there is no sound in it."""
    size = source.size()
    order = _order(source, start)
    at, form, fact, long_length = start + 12, b"", b"", None
    with source.view() as file:
        for _ in range(_MOST_CHUNKS):
            file.seek(at)
            header = file.read(8)
            if len(header) < 8:
                return None
            name, length = struct.unpack(f"{order}4sI", header)
            body = at + 8
            if name == b"ds64":
                long_length = struct.unpack("<QQ", file.read(16))[1]
            elif name == b"fmt ":
                form = file.read(min(length, 1024))
            elif name == b"fact":
                fact = file.read(min(length, 4))
            elif name == b"data":
                if len(form) < 16:
                    return None
                if order == ">":
                    form = _low_first(form)
                sound = _sound(form, fact, body, size, _stated(length, long_length))
                return sound._replace(big=order == ">")
            at = _next_chunk(source, body, length)
    return None


def read_tail(source: Source, wav: Wav, size: int) -> Tail:
    """Walk what follows the sound of a file whose length is stated."""
    order = ">" if wav.big else "<"
    at = _next_chunk(source, wav.start, wav.end - wav.start)
    for _ in range(_MOST_CHUNKS):
        header = source.read(at, 12)
        if len(header) < 8:
            break
        if is_wav(header):
            return Tail(head=at)
        name, length = struct.unpack(f"{order}4sI", header[:8])
        body = at + 8
        if name == b"data" and length:
            return Tail(more=(body, min(size, body + length)))
        explained = _names_a_chunk(name) and body + length <= size + 1
        if not explained or begins_a_file(source, at):
            return Tail(unexplained=at)
        at = _next_chunk(source, body, length)
    return Tail()


def _next_chunk(source: Source, body: int, length: int) -> int:
    """Where a chunk ends; the pad byte of an odd one is left out by some: what follows tells."""
    end = body + length
    padded = length % 2 and not _names_a_chunk(source.read(end, 4))
    return end + 1 if padded else end


def _order(source: Source, start: int) -> str:
    return ">" if source.read(start, 4) == b"RIFX" else "<"


def _low_first(form: bytes) -> bytes:
    """A fmt chunk with its numbers' low byte first."""
    return struct.pack("<HHIIHH", *struct.unpack(">HHIIHH", form[:16]))


def _stated(length: int, long_length: int | None) -> int | None:
    if length == 0xFFFF_FFFF and long_length:
        return long_length
    return None if length == 0 or length >= STREAMED else length


def _sound(form: bytes, fact: bytes, body: int, size: int, promised: int | None) -> Wav:
    end = size if promised is None else min(size, body + promised)
    return Wav(form, fact, body, end, promised)


def _names_a_chunk(name: bytes) -> bool:
    return len(name) == 4 and all(32 <= byte < 127 for byte in name) and name[0] != 32
