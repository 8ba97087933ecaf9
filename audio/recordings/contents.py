"""What is in one recording: its pieces, tracks and length, and how loud each channel is."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

import msgspec
import numpy as np

from coach.events.lengths import lasting

from .decode import LOST_END, Block, Damage, Timed, read_blocks
from .pieces import RecordingPiece
from .relation import WINDOW
from .shape import Shape, SoundTrack, read_shape
from .source import Source
from .stated import is_unended
from .survey import Survey, SurveyWindow

_NOTHING: Block = np.zeros((0, 0), np.float32)


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A recording, opened."""

    source: Source
    pieces: tuple[RecordingPiece, ...]
    shapes: tuple[Shape, ...]
    """One for each piece."""
    duration: float
    """Seconds that can be expected to be there."""
    missing: float
    """Seconds that headers promise and the file is too short for."""
    notices: tuple[str, ...] = ()

    @property
    def tracks(self) -> tuple[SoundTrack, ...]:
        """The sound tracks of the first piece; later ones have the same as a rule."""
        return self.shapes[0].tracks

    @property
    def name(self) -> str:
        """As notices call it."""
        return str(self.source.path)


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of one track; both counted from 0."""

    contents: Contents
    track: int
    channel: int


def survey_of(
    takes: Sequence[Take], seconds: float, compared: Collection[int] | None = None
) -> tuple[Survey, float]:
    """Listen to the beginning of some channels side by side.

    ``compared``: which of them are compared with each other; None for all. Also gives how many
    seconds there were, at most ``seconds``.
    """
    survey = Survey(len(takes), compared)
    groups: dict[tuple[int, int], Iterator[tuple[int, Block]]] = {}
    for take in takes:
        key = (id(take.contents), take.track)
        groups.setdefault(key, _windows(take.contents, take.track))
    done, end = 0.0, 0.0
    while done < seconds:
        found = {key: next(windows, None) for key, windows in groups.items()}
        longest = max((len(w[1][0]) / w[0] for w in found.values() if w is not None), default=0)
        if longest == 0:
            break
        survey.push([_window(take, found) for take in takes])
        end = done + longest
        done += WINDOW
    return survey, end


def _window(take: Take, found: dict[tuple[int, int], tuple[int, Block] | None]) -> SurveyWindow:
    taken = found[id(take.contents), take.track]
    if taken is None:
        return SurveyWindow(8000, np.zeros(0, np.float32))
    rate, block = taken
    return SurveyWindow(rate, block[min(take.channel, len(block) - 1)])


def _windows(contents: Contents, track: int) -> Iterator[tuple[int, Block]]:
    """The sound of a track in blocks of WINDOW seconds; shorter where the rate changes."""
    held: list[Block] = []
    length = rate = 0
    for timed in itertools.chain(
        read_blocks(contents.source, pieces_so_far(contents), track, Damage()), [Timed(0, _NOTHING)]
    ):
        if held and (timed.rate != rate or len(timed.block) != len(held[0])):
            yield rate, np.concatenate(held, axis=1)
            held, length = [], 0
        rate = timed.rate
        if not timed.block.shape[1]:
            continue
        held.append(timed.block)
        length += timed.block.shape[1]
        size = round(rate * WINDOW)
        if length >= size:
            whole = np.concatenate(held, axis=1)
            for start in range(0, length - size + 1, size):
                yield rate, whole[:, start : start + size]
            rest = whole[:, length - length % size :]
            held, length = ([rest], rest.shape[1]) if rest.shape[1] else ([], 0)


def pieces_so_far(contents: Contents) -> tuple[RecordingPiece, ...]:
    """The pieces as they are now, of a growing recording too."""
    size = contents.source.size()
    return tuple(p if p.end is not None else p._replace(end=size) for p in contents.pieces)


def opened(source: Source, pieces: tuple[RecordingPiece, ...], notices: Sequence[str]) -> Contents:
    """Read what the pieces say of themselves; raises InputError where one holds no sound."""
    shapes = tuple(read_shape(source, piece) for piece in pieces)
    missing = sum(p.missing * (s.duration or 0.0) for p, s in zip(pieces, shapes, strict=True))
    left_out = dict.fromkeys(one for shape in shapes for one in shape.left_out)
    contents = Contents(
        source=source,
        pieces=pieces,
        shapes=shapes,
        duration=sum(shape.duration or 0.0 for shape in shapes),
        missing=missing if missing > LOST_END else 0.0,
        notices=(*notices, *(f"{source.path}: {one}." for one in left_out)),
    )
    if all(shape.duration is not None for shape in shapes):
        return _if_ended(contents)
    damage = Damage()  # streamed to disk, say: only its end tells
    for _ in read_blocks(source, pieces_so_far(contents), 0, damage):
        pass
    return msgspec.structs.replace(contents, duration=damage.seconds)


def _if_ended(contents: Contents) -> Contents:
    """The same with a word where the mark of the end is missing."""
    last = contents.pieces[-1]
    if last.end is None or not is_unended(contents.source, last.start, last.end):
        return contents
    told = (
        f"{contents.name} is cut short after {lasting(contents.duration)}: the mark that such a "
        "file ends with is missing. How much more there was cannot be told."
    )
    return msgspec.structs.replace(contents, notices=(*contents.notices, told))
