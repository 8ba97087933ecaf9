"""The files that were joined to one recording, and how each is to be read.

By content, not by name: only where nothing is known by its first bytes does the ending decide.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

import msgspec

from .source import Source
from .telephone import (
    ENDINGS,
    KINDS,
    WAV_TAGS,
    Kind,
    header_for,
    named_kind,
    rate_of,
    wav_header,
)
from .wav import is_wav, read_wav

_BLOCK = 1 << 20  # bytes searched at a time
_OVERLAP = 64

_KNOWN = (
    b"RIFF", b"RF64", b"BW64", b"riff", b"fLaC", b"OggS", b"ID3", b"#!AMR", b".snd", b"FORM",
    b"caff", b"\x1aE\xdf\xa3", b"NIST_1A", b"Creative", b"\x30\x26\xb2\x75", b"FLV", b"#!SILK",
    b"wvpk", b"MAC ", b"TTA1", b"2BIT", b"DSS", b"\x02dss", b"\x03ds2", b"SPH",
)  # fmt: skip
"""First bytes of the kinds that can be told without a doubt."""

_AGAIN = {
    b"RIFF": re.compile(rb"RIFF.{4}WAVE", re.DOTALL),
    b"fLaC": re.compile(rb"fLaC\0\0\0\x22"),
    b"OggS": re.compile(rb"OggS\0\x02"),
    b"#!AM": re.compile(rb"#!AMR(?:-WB)?\n"),
    b"\x1aE\xdf\xa3": re.compile(rb"\x1aE\xdf\xa3.{0,40}?(?:matroska|webm)", re.DOTALL),
    b"ID3\x03": re.compile(rb"ID3\x03\0[\0\x80].{4}T...\0\0", re.DOTALL),
    b"ID3\x04": re.compile(rb"ID3\x04\0[\0\x80].{4}T...\0\0", re.DOTALL),
    b".snd": re.compile(rb"\.snd\0\0[\0-\x0f].{5}\0\0\0[\x01-\x1b]", re.DOTALL),
}
"""By the first four bytes: what begins another file of the kind. Each stands for itself inside
of compressed sound less often than once in a thousand years of it."""

_PLAIN_TAGS = (1, 3, 6, 7)
"""WAV format tags of sound that can be cut between any two samples."""
_LARGE = (("max_size", "32768"),)
"""Bytes taken at a time where all of them are there: an eighth of the work of FFmpeg's 4096."""

_ATOM = re.compile(rb"ftyp(?:M4A |M4V |isom|iso\d|mp4\d|qt  |3gp\d|MSNV|dash)")


class Piece(NamedTuple):
    """One file inside of a recording and the way to read it."""

    start: int
    """Bytes from the beginning."""
    end: int | None
    """None where the recording is still growing."""
    before: bytes = b""
    """A header put in front of the bytes."""
    demuxer: str = ""
    """FFmpeg's reader; empty where the content tells."""
    options: tuple[tuple[str, str], ...] = ()
    missing: float = 0.0
    """Seconds that a header promises and that are not there."""
    kind: Kind | None = None
    """The headerless kind, where it is one."""
    tag: int = 0
    """The format tag of a WAV file."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says about files without a header."""

    raw: str = ""
    """Name of the kind; empty where the content or the ending tells."""
    rate: int | None = None
    """Samples a second, Hz."""


def find_pieces(source: Source, reading: Reading) -> tuple[Piece, ...]:
    """The files joined to one recording, in order; at least one.

    Raises InputError for a kind that does not exist.
    """
    size = source.size()
    if reading.raw:
        kind, channels = named_kind(reading.raw)
        piece = headerless(source, kind, reading.rate, 0, size)
        if channels > 1:
            layout = ("ch_layout", f"{channels}C" if channels > 2 else "stereo")
            piece = piece._replace(options=(*piece.options, layout))
        return (piece,)
    opening = source.read(0, 16)
    if not _is_known(opening) and source.ending in ENDINGS:
        kind = KINDS[ENDINGS[source.ending][0]]
        return (headerless(source, kind, reading.rate, 0, size),)
    if is_wav(opening):
        pieces = _wav_pieces(source, 0, size)
    else:
        heads = [0, *_further_heads(source, opening, size), size]
        pieces = [Piece(a, b) for a, b in itertools.pairwise(heads)]
    if source.follow:
        pieces[-1] = pieces[-1]._replace(end=None, missing=0.0)
    return tuple(pieces)


def candidates(source: Source) -> tuple[Kind, ...]:
    """The headerless kinds that the name's ending may stand for, the likeliest first."""
    return tuple(KINDS[name] for name in ENDINGS.get(source.ending, ()))


def headerless(source: Source, kind: Kind, rate: int | None, start: int, end: int) -> Piece:
    """A piece of a headerless kind; ``rate`` in Hz, or None for what the ending stands for."""
    hertz = rate or rate_of(source.ending, kind)
    following = source.follow
    if not kind.demuxer:
        header = header_for(kind, hertz, 0xFFFF_FFFF if following else end - start)
        return Piece(start, None if following else end, before=header, kind=kind)
    options = kind.options
    if kind.rated:
        options = (*options, ("sample_rate", str(hertz)))
    return Piece(start, None if following else end, b"", kind.demuxer, options, kind=kind)


def _is_known(opening: bytes) -> bool:
    return opening.startswith(_KNOWN) or opening[4:8] == b"ftyp"


def _wav_pieces(source: Source, start: int, size: int) -> list[Piece]:
    """WAV files one behind another; what follows the last may be of another kind."""
    pieces: list[Piece] = []
    while True:
        wav = read_wav(source, start)
        if wav is None:
            return [*pieces, Piece(start, size)]
        end = wav.end
        following = _next_head(source, b"RIFF", wav.start if wav.promised is None else end, size)
        if wav.promised is None and following is not None:
            end = following
        pieces.append(_wav_piece(source, wav.tag, wav.rate, wav.start, end)
            or Piece(
                wav.start,
                end,
                before=wav_header(
                    wav.plain_form,
                    0xFFFF_FFFF if source.follow and following is None else end - wav.start,
                    fact=b"" if wav.promised is None else wav.fact,
                ),
                demuxer="wav",
                options=_LARGE if wav.tag in _PLAIN_TAGS and not source.follow else (),
                missing=wav.missing,
                tag=wav.tag,
            ))  # fmt: skip
        if following is None:
            return pieces
        start = following


def _wav_piece(source: Source, tag: int, rate: int, start: int, end: int) -> Piece | None:
    if tag not in WAV_TAGS:
        return None
    return headerless(source, KINDS[WAV_TAGS[tag]], rate, start, end)._replace(tag=tag)


def _further_heads(source: Source, opening: bytes, size: int) -> list[int]:
    """Where further files of the same kind begin behind the first."""
    heads: list[int] = []
    magic = opening[:4]
    last = at = 0
    while (found := _next_head(source, magic, at + 8, size, atom=opening[4:8])) is not None:
        # An Ogg file begins with a page for each of its streams.
        if magic != b"OggS" or found - last > 4096:
            heads.append(found)
        last = at = found
    return heads


def _next_head(
    source: Source, magic: bytes, start: int, size: int, *, atom: bytes = b""
) -> int | None:
    pattern = _ATOM if atom == b"ftyp" else _AGAIN.get(magic)
    if pattern is None:
        return None
    literal = b"ftyp" if atom == b"ftyp" else magic
    back = 4 if atom == b"ftyp" else 0
    with source.view() as file:
        while start < size:
            file.seek(start)
            block = file.read(_BLOCK + _OVERLAP)
            place = block.find(literal)
            while 0 <= place < _BLOCK:
                if pattern.match(block, place):
                    return start + place - back
                place = block.find(literal, place + 1)
            start += _BLOCK
    return None
