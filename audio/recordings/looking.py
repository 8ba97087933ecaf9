"""One recording opened far enough to know what is in it: found, guessed where no header tells."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coach.errors import InputError
from coach.events.lengths import lasting

from .contents import Contents, Take, opened, survey_of
from .decode import LOST_END
from .interleaving import take_turns
from .pieces import (
    Reading,
    RecordingPiece,
    candidates,
    find_pieces,
    first_head,
    headerless,
    interleaved,
    pieces_from,
    with_beyond,
)
from .sounding import (
    LIKE_SPEECH_DB,
    LISTENED,
    SUSPECT_DB,
    beginning,
    flatness,
    is_suspect,
    samples_of_beginning,
)
from .source import Source
from .telephone import GUESSED, INTERLEAVED, KINDS, TelephoneCoding

LEAST_RATE = 6000
"""Samples a second below which no telephone or recorder takes a call down. A higher rate
that is wrong is not doubted: of real speech and of the same twice or half as fast pitch and band
overlap, and pace nearly."""

JUNK = 1 << 16
"""Bytes in front of a recording that are passed over: a mark of text, tags, what a server said."""


def look_into(source: Source, reading: Reading) -> Contents:
    """Open a recording; raises InputError, with the remedy, where it holds no sound."""
    pieces = find_pieces(source, reading)
    notices: list[str] = []
    if pieces[0].kind is not None and not pieces[0].tag:
        if not reading.raw:
            pieces, told = _by_ear(source, reading, pieces[0])
            notices.append(told)
        if ":" not in reading.raw:
            pieces = (as_two_by_turns(source, pieces[0], notices),)
    pieces = tuple(_whole(source, piece, notices) for piece in pieces)
    try:
        contents = opened(source, pieces, notices)
    except InputError:
        start = first_head(source, JUNK)
        if not start or reading.raw:
            raise
        pieces = pieces_from(source, start)
        notices.append(
            f"{source.path} begins with {start} bytes that are no sound; it is read from behind "
            "them."
        )
        contents = opened(source, pieces, notices)
    if len(pieces) > 1:
        contents = msgspec.structs.replace(contents, notices=(*contents.notices, _joined(contents)))
    rate = max(track.rate for track in contents.tracks)
    if 0 < rate < LEAST_RATE and reading.rate is None:
        told = _too_slow(contents.name, rate)
        contents = msgspec.structs.replace(contents, notices=(*contents.notices, told))
    return contents


def _too_slow(name: str, rate: int) -> str:
    """The word about a rate that is hardly true."""
    return (
        f"{name} says that it holds {rate} samples a second, fewer than telephones and recorders "
        "of calls take: if voices are too slow and too low, the rate it states is wrong. "
        "--raw KIND and --rate HZ read it in another way."
    )


def _whole(source: Source, piece: RecordingPiece, notices: list[str]) -> RecordingPiece:
    """A piece with what lies behind its stated end, where that is sound too."""
    if not piece.beyond:
        return piece
    longer, rest = with_beyond(piece)
    try:
        behind = opened(source, (rest,), ())
    except InputError:
        behind = None
    seconds = behind.duration if behind is not None else 0.0
    if behind is None or seconds < LOST_END:
        return piece
    survey, _ = survey_of([Take(contents=behind, track=0, channel=0)], LISTENED)
    if survey.level(0).flatness > SUSPECT_DB:
        notices.append(
            f"{source.path} goes on behind its stated end for {piece.beyond} bytes that are no "
            "sound of its kind; they are left out."
        )
        return piece
    notices.append(
        f"{source.path} goes on for {lasting(seconds, 'seconds')} behind the end that its header "
        "states; they are played too."
    )
    return longer


def _by_ear(
    source: Source, reading: Reading, first: RecordingPiece
) -> tuple[tuple[RecordingPiece, ...], str]:
    """Choose among the kinds that an ending stands for by what sounds.

    Where the only one is noise, another is taken that sounds.
    """
    end = first.end if first.end is not None else source.size()
    kinds = candidates(source)
    tried = {kind.name: headerless(source, kind, reading.rate, 0, end) for kind in kinds}
    chosen = kinds[0].name
    if len(kinds) > 1:
        flat = {name: flatness(source, piece) for name, piece in tried.items()}
        chosen = min(flat, key=lambda name: flat[name])
    elif (found := beginning(source, tried[chosen])) is not None and is_suspect(found[1], found[0]):
        guessed = {name: headerless(source, KINDS[name], reading.rate, 0, end) for name in GUESSED}
        flat = {name: flatness(source, piece) for name, piece in guessed.items()}
        best = min(flat, key=lambda name: flat[name])
        if flat[best] < LIKE_SPEECH_DB:
            tried, chosen = guessed, best
    piece = tried[chosen]
    return (piece,), _told(source, KINDS[chosen], piece, kinds)


def as_two_by_turns(source: Source, piece: RecordingPiece, notices: list[str]) -> RecordingPiece:
    """A headerless piece as two channels, where its samples are theirs by turns."""
    kind = piece.kind
    if kind is None or kind.name not in INTERLEAVED:
        return piece
    if not take_turns(samples_of_beginning(source, piece)):
        return piece
    notices.append(
        f"{source.path} holds two channels, whose samples take turns; --raw {kind.name}:1 reads "
        "them as one."
    )
    return interleaved(piece, 2)


def _told(
    source: Source,
    kind: TelephoneCoding,
    piece: RecordingPiece,
    expected: Sequence[TelephoneCoding],
) -> str:
    rate = dict(piece.options).get("sample_rate", str(kind.rate))
    if kind not in expected:
        named = f"as {expected[0].name}, for its ending .{source.ending}"
        why = f"which is what sounds; {named}, it would be noise"
    elif len(expected) > 1:
        why = "which is what sounds"
    else:
        why = f"for its ending .{source.ending}"
    return (
        f"{source.path} has no header: it is read as {kind.name} at {rate} Hz, {why}. "
        "--raw KIND and --rate HZ decide."
    )


def _joined(contents: Contents) -> str:
    lengths = [shape.duration for shape in contents.shapes]
    spoken = ", ".join("unknown" if one is None else lasting(one) for one in lengths)
    return (
        f"{contents.name} is {len(contents.pieces)} recordings joined to one file ({spoken}); "
        "they are played one after the other."
    )
