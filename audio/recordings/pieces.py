"""The files that were joined to one recording, and how each is to be read.

By content, not by name: only where nothing is known by its first bytes does the ending decide.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from .heads import (
    ELSEWHERE,
    MARKS,
    MP4_ATOMS,
    WAV_MARK,
    begins_a_file,
    is_known,
    mark_of,
    next_head,
)
from .source import Source
from .stated import missing_share
from .telephone import (
    ENDINGS,
    KINDS,
    WAV_TAGS,
    TelephoneCoding,
    header_for,
    named_kind,
    rate_of,
    wav_header,
)
from .wav import Wav, is_wav, read_tail, read_wav

_PLAIN_TAGS = (1, 3, 6, 7)
"""WAV format tags of sound that can be cut between any two samples."""

_HIGH_FIRST = {1: "s{bits}be", 3: "f{bits}be", 6: "alaw", 7: "mulaw"}
"""By WAV format tag: FFmpeg's reader of bare samples whose high byte comes first."""

_LAW = (6, 7)
_LARGE = (("max_size", "32768"), ("probesize", "131072"))
"""Bytes taken at a time where all of them are there: an eighth of the work of FFmpeg's 4096; and
bytes that are searched for another codec in plain samples, whenever a recording is opened."""


class RecordingPiece(NamedTuple):
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
    """Bytes that a header promises and that are not there, as a share of those that are."""
    beyond: int = 0
    """Bytes behind the stated end that nothing explains: the header may be an old one."""
    kind: TelephoneCoding | None = None
    """The headerless kind, where it is one."""
    tag: int = 0
    """The format tag of a WAV file."""
    in_order: bool = False
    """Read as what is piped in, without a look at its end: of an MP4 that grows FFmpeg would take
    what is there at first for all of it."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says about files without a header."""

    raw: str = ""
    """Name of the kind; empty where the content or the ending tells."""
    rate: int | None = None
    """Samples a second, Hz."""


def find_pieces(source: Source, reading: Reading) -> tuple[RecordingPiece, ...]:
    """The files joined to one recording, in order; at least one.

    Raises InputError for a kind that does not exist.
    """
    size = source.size()
    if reading.raw:
        kind, channels = named_kind(reading.raw)
        return (interleaved(headerless(source, kind, reading.rate, 0, size), channels),)
    opening = source.read(0, 16)
    if not is_known(opening) and source.ending in ENDINGS:
        kind = KINDS[ENDINGS[source.ending][0]]
        return (headerless(source, kind, reading.rate, 0, size),)
    pieces = list(pieces_from(source, 0))
    if source.follow:
        in_order = source.read(pieces[-1].start, 8)[4:8] in MP4_ATOMS
        pieces[-1] = pieces[-1]._replace(end=None, missing=0.0, beyond=0, in_order=in_order)
    return tuple(pieces)


def candidates(source: Source) -> tuple[TelephoneCoding, ...]:
    """The headerless kinds that the name's ending may stand for, the likeliest first."""
    return tuple(KINDS[name] for name in ENDINGS.get(source.ending, ()))


def headerless(
    source: Source, kind: TelephoneCoding, rate: int | None, start: int, end: int
) -> RecordingPiece:
    """A piece of a headerless kind; ``rate`` in Hz, or None for what the ending stands for."""
    hertz = rate or rate_of(source.ending, kind)
    following = source.follow
    if not kind.demuxer:
        header = header_for(kind, hertz, 0xFFFF_FFFF if following else end - start)
        return RecordingPiece(start, None if following else end, before=header, kind=kind)
    options = kind.options
    if kind.rated:
        options = (*options, ("sample_rate", str(hertz)))
    return RecordingPiece(start, None if following else end, b"", kind.demuxer, options, kind=kind)


def rate_in(piece: RecordingPiece) -> int:
    """The rate in Hz that a WAV file's header states; 0 where there is none."""
    return int.from_bytes(piece.before[24:28], "little")


def interleaved(piece: RecordingPiece, channels: int) -> RecordingPiece:
    """A headerless piece in whose samples so many channels take turns."""
    return piece._replace(options=(*piece.options, *_laid_out(channels)))


def _wav_pieces(source: Source, start: int, size: int) -> list[RecordingPiece]:
    """WAV files one behind another; what follows the last may be of another kind."""
    pieces: list[RecordingPiece] = []
    while True:
        wav = read_wav(source, start)
        if wav is None:
            return [*pieces, RecordingPiece(start, size)]
        following = None
        if wav.promised is None:
            following = next_head(source, (WAV_MARK,), wav.start, size)
            end = wav.end if following is None else following
            pieces.append(_wav_piece(source, wav, wav.start, end, growing=following is None))
        else:
            while True:
                pieces.append(_wav_piece(source, wav, wav.start, wav.end, growing=source.follow))
                tail = read_tail(source, wav, size)
                if tail.more is None:
                    break
                wav = wav._replace(start=tail.more[0], end=tail.more[1], promised=None)
            following = tail.head
            if tail.unexplained is not None:
                if begins_a_file(source, tail.unexplained):
                    return [*pieces, *_any_pieces(source, tail.unexplained, size)]
                following = next_head(source, (WAV_MARK,), tail.unexplained, size)
                beyond = (size if following is None else following) - wav.end
                pieces[-1] = pieces[-1]._replace(beyond=beyond)
        if following is None:
            return pieces
        start = following


def _wav_piece(source: Source, wav: Wav, start: int, end: int, *, growing: bool) -> RecordingPiece:
    if wav.tag in WAV_TAGS:
        return headerless(source, KINDS[WAV_TAGS[wav.tag]], wav.rate, start, end)._replace(
            tag=wav.tag
        )
    if wav.big and wav.tag in _HIGH_FIRST and (wav.tag in _LAW or wav.bits > 8):
        demuxer = _HIGH_FIRST[wav.tag].format(bits=wav.bits)
        options = (("sample_rate", str(wav.rate)), *_laid_out(wav.channels))
        return RecordingPiece(start, end, demuxer=demuxer, options=options, missing=wav.missing)
    endless = source.follow and growing
    return RecordingPiece(
        start,
        end,
        before=wav_header(
            wav.plain_form,
            0xFFFF_FFFF if endless else end - start,
            fact=wav.fact if wav.promised is not None and not wav.missing else b"",
        ),
        demuxer="wav",
        options=_LARGE if wav.tag in _PLAIN_TAGS and not source.follow else (),
        missing=wav.missing,
        tag=wav.tag,
    )


def _laid_out(channels: int) -> tuple[tuple[str, str], ...]:
    """The option that tells FFmpeg's reader of bare samples of more channels than one."""
    if channels < 2:
        return ()
    return (("ch_layout", "stereo" if channels == 2 else f"{channels}C"),)


def with_beyond(piece: RecordingPiece) -> tuple[RecordingPiece, RecordingPiece]:
    """A piece with what lies behind its stated end, and that alone."""
    end = piece.start + piece.beyond + ((piece.end or piece.start) - piece.start)
    return _moved(piece, piece.start, end), _moved(piece, end - piece.beyond, end)


def _moved(piece: RecordingPiece, start: int, end: int) -> RecordingPiece:
    length = min(0xFFFF_FFFF, end - start)
    before = piece.before
    if before:
        # A fact of the old length would cut what follows.
        before = wav_header(before[20 : 20 + int.from_bytes(before[16:20], "little")], length)
    return piece._replace(start=start, end=end, before=before, beyond=0)


def _any_pieces(source: Source, start: int, size: int) -> list[RecordingPiece]:
    """Files behind one another of which the first is no WAV."""
    pieces: list[RecordingPiece] = []
    while start < size:
        if is_wav(source.read(start, 16)):
            return [*pieces, *_wav_pieces(source, start, size)]
        following = _further_head(source, start, size)
        end = size if following is None else following
        pieces.append(RecordingPiece(start, end, missing=missing_share(source, start, end)))
        start = end
    return pieces


def _further_head(source: Source, start: int, size: int) -> int | None:
    """Where the next file begins, of the same kind or another."""
    own = mark_of(source.read(start, 16))
    marks = dict.fromkeys((*ELSEWHERE, own) if own is not None else ELSEWHERE)
    last = start
    while (found := next_head(source, tuple(marks), last + 8, size)) is not None:
        # An Ogg file begins with a page for each of its streams.
        if own is None or own.literal != b"OggS" or found - last > 4096:
            return found
        last = found
    return None


def first_head(source: Source, within: int) -> int | None:
    """Where the first file behind others' bytes begins, in the first ``within`` bytes."""
    opening = source.read(0, within)
    places = []
    for mark in MARKS:
        place = opening.find(mark.literal, mark.back + 1)
        if place > 0 and mark.pattern.match(opening, place - mark.back):
            places.append(place - mark.back)
    return min(places, default=None)


def pieces_from(source: Source, start: int) -> tuple[RecordingPiece, ...]:
    """The files joined to one recording behind ``start`` bytes that are none."""
    size = source.size()
    if is_wav(source.read(start, 16)):
        return tuple(_wav_pieces(source, start, size))
    return tuple(_any_pieces(source, start, size))
