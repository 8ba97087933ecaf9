"""A recorded call as a stream of chunks, whatever file or files it comes in.

Three shapes are known: two people on two channels or tracks of a file, two files, and an
undivided track in which nobody can say who speaks. The file is decoded while it is played: a
call of three hours needs no more memory than one of three seconds. The other modules of this room
are the parts of this.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.errors import InputError
from coach.events import Channel

from .alignment import (
    FINE,
    MEASURABLE,
    NEAR,
    SOUGHT,
    STEP,
    Alignment,
    LagMeter,
    measure,
)
from .condition import Treatment, treatment_for
from .contents import Contents
from .feed import ChannelFeed
from .findings import (
    LEAST_LEAK_DB,
    about_alignment,
    about_both,
    about_faint,
    about_lengths,
    about_side,
    carries_a_voice,
    cut_short,
)
from .leak import fitted, lateness
from .looking import look_into
from .misread import read_by_turns, read_otherwise, read_signed
from .pieces import Reading
from .played import Recording, TrackPart
from .relation import Relation
from .sides import (
    LOOKED_AT,
    MIXED_NOTICE,
    Side,
    SideOptions,
    Sides,
    one_of_copies,
    one_voice,
    same_sound,
    sides_of,
    two_files,
)
from .sounding import doubt_about
from .source import Source, find_source
from .survey import REACH, Survey, SurveyWindow

__all__ = ["MIXED_NOTICE", "Recording", "RecordingOptions", "open_recording"]

SHORTEST = 0.1
"""Seconds; anything shorter holds no syllable."""

EMPTY = 1000
"""Bytes beyond which a recording that gives no sound is not empty."""

LATEST = 25.0
"""Seconds by which one of two files or sides is expected to begin later at most."""

REFINED = 3
"""How often at most a drift is measured again, once it has been put right so far..."""

SETTLED = 3e-6
"""...until so little of it is left: a hundredth of a second in an hour."""

COMPARED = 120.0
"""Seconds compared in order to tell a late copy from a late side."""

WANDERS = 1.0
"""Seconds by which two sides lie apart that are looked at closely."""

BLURRED = 0.02
"""Seconds by which a copy or a leak is late from which it is looked at again side by side: each
half second of it holds another part on either channel."""

WIDE_LOOKS = 16
"""Stretches that are looked for over a wide reach."""


class RecordingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says beyond the names of files and where the agent is."""

    tracks: tuple[int, ...] = ()
    """Numbers of the tracks to take, from 1, the agent's first; empty for all."""
    channels: tuple[int, ...] = ()
    """Numbers of the channels to take, from 1, the agent's first; empty for all."""
    reading: Reading = Reading()
    follow: bool = False
    """The file is still being written: go on until it ends."""
    delay: float | None = None
    """Seconds by which the customer's side began later; None to find out."""
    swap_at: tuple[float, ...] = ()
    """Seconds of the call at which the two sides are exchanged, in order."""


def open_recording(
    path: Path | Source,
    *,
    agent_channel: str = "left",
    other: Path | Source | None = None,
    mono: bool = False,
    asked: RecordingOptions | None = None,
) -> Recording:
    """Open a recorded call.

    ``agent_channel``: on which side of a stereo file the agent is, ``left`` or ``right``.
    ``other``: the customer's file, where each person has a mono file; ``path`` is then the
    agent's. ``mono``: take everything as one track with both people on it.

    Raises InputError, with the remedy, for what is missing, empty, no sound, too short, of
    too many voices in a person's file, or the same file for both people.
    """
    if agent_channel not in ("left", "right"):
        raise InputError(f"The agent's channel cannot be {agent_channel!r}.", "Say left or right.")
    asked = asked or RecordingOptions()
    choice = SideOptions(
        agent_channel=agent_channel, mono=mono, tracks=asked.tracks, channels=asked.channels
    )
    contents = _contents(path, asked)
    notices: list[str] = []
    if other is None:
        sides, contents = _one_file(contents, choice)
        notices += contents.notices
        if sides.sides[0].channel is Channel.MIXED:
            notices.append(MIXED_NOTICE)
    else:
        second = _contents(other, asked)
        agent, told = one_voice(contents, choice)
        customer, also_told = one_voice(second, choice)
        notices += [*contents.notices, *second.notices, *told, *also_told]
        sides = two_files(agent, customer)
    _long_enough(sides, contents)
    return _recording(sides, notices, asked.delay).swapped(asked.swap_at)


def _contents(path: Path | Source, asked: RecordingOptions) -> Contents:
    source = find_source(path, follow=asked.follow) if isinstance(path, Path) else path
    return look_into(source, asked.reading)


def _one_file(contents: Contents, choice: SideOptions) -> tuple[Sides, Contents]:
    sides = sides_of(contents, choice)
    level = max((side.level for side in sides.sides), key=lambda one: one.loudest)
    otherwise = (
        read_signed(contents)
        or read_otherwise(contents, level, sides.seconds)
        or read_by_turns(contents)
    )
    if otherwise is not None:
        again = SideOptions(mono=choice.mono, agent_channel=choice.agent_channel)
        return sides_of(otherwise, again), otherwise
    doubt = doubt_about(contents, level)
    if doubt:
        sides = msgspec.structs.replace(sides, notices=(*sides.notices, doubt), noise=True)
    return sides, contents


def _recording(sides: Sides, notices: Sequence[str], delay: float | None) -> Recording:
    told = [*sides.notices, *notices, *about_both(sides), *about_faint(sides)]
    parts = _parts_of(sides, told)
    recording = Recording(parts, [notice for notice in told if notice], sides)
    if recording.channels != (Channel.AGENT, Channel.CUSTOMER):
        return recording
    if delay is not None:
        said = Alignment(late=-delay)
        if said.apart > REACH:
            sides = msgspec.structs.replace(sides, relation=_once_moved(parts, said, sides))
            told += about_both(sides)
        return _without_leaks(Recording(_moved(parts, said), told, sides))
    alignment = _alignment(recording, parts)
    settled = alignment.settled(together=_together(parts))
    copy = _copy(parts, sides, alignment)
    if copy is not None:
        return _recording(one_of_copies(sides, copy), [*notices, MIXED_NOTICE], delay)
    if alignment.apart > REACH:
        relation = _once_moved(parts, alignment, sides)
        if not (alignment.both or settled.is_late or carries_a_voice(relation)):
            # Found by its pattern far below what anybody understands: nothing to tell.
            settled = msgspec.structs.replace(settled, echo=0.0)
        if settled.is_late:  # what one carries of the other shows only where they are in step
            sides = msgspec.structs.replace(sides, relation=relation)
            told += about_both(sides)
    told += about_alignment(settled)
    if not _together(parts) and not settled.places:
        told.append(about_lengths(*(part.contents.duration for part in parts)))
    return _without_leaks(Recording(_moved(parts, settled), [*filter(None, told)], sides))


def _copy(parts: Sequence[TrackPart], sides: Sides, alignment: Alignment) -> Relation | None:
    """What makes one side a late copy of the other; None where it is none.

    Raises InputError where they are two files.
    """
    late = sides.relation.delay if sides.relation is not None else 0.0
    tried = [Alignment(late=late)] if abs(late) > BLURRED else []
    if alignment.apart > REACH or alignment.drifts:
        tried.append(alignment)
    for lying in tried:
        relation = _once_moved(parts, lying, sides)
        if relation.copied and not _together(parts):
            raise same_sound(*(side.take for side in sides.sides))
        if relation.copied:
            return msgspec.structs.replace(relation, delay=lying.apart)
    return None


def _parts_of(sides: Sides, told: list[str]) -> list[TrackPart]:
    """The tracks of which the sides are rows, with what is done to each."""
    rows: dict[tuple[int, int], list[tuple[Side, Treatment]]] = {}
    for side in sides.sides:
        treatment = treatment_for(side.level)
        if not sides.noise:
            told += about_side(side, treatment)
        key = (id(side.take.contents), side.take.track)
        rows.setdefault(key, []).append((side, treatment))
    parts = []
    for members in rows.values():
        take = members[0][0].take
        taken = tuple(
            ChannelFeed(channel=side.channel, index=side.take.channel, treatment=treatment)
            for side, treatment in members
        )
        parts.append(TrackPart(contents=take.contents, track=take.track, rows=taken))
    for contents in {id(part.contents): part.contents for part in parts}.values():
        if contents.missing:
            told.append(cut_short(contents.name, contents.duration, contents.missing))
    return parts


def _without_leaks(recording: Recording) -> Recording:
    """The recording with the way of each side's leak into the other, where it is heard."""
    relation = recording.sides.relation
    if relation is None:
        return recording
    heard = (relation.leak_first, relation.leak_second)
    wanted = [leak is not None and leak > LEAST_LEAK_DB for leak in heard]
    if not any(wanted):
        return recording
    fits = fitted(_pairs(recording), heard)
    late = lateness((fits[0].taps(), fits[1].taps()))
    if max(map(abs, late)) > BLURRED * SAMPLE_RATE:
        fits = fitted(_pairs(recording), heard, late)
    into_first, into_second = (
        way.taps() if wished else None for way, wished in zip(fits, wanted, strict=True)
    )
    taken = (fits[0].taken(), fits[1].taken())
    told = zip(about_both(recording.sides), about_both(recording.sides, taken), strict=True)
    return recording.with_ways((into_first, into_second), dict(told))


def _alignment(recording: Recording, parts: Sequence[TrackPart]) -> Alignment:
    """How the customer's side lies against the agent's; the first part is the agent's.

    Of two files most begin together, or end together and one began late: where nothing is found
    over a wide reach, in which a place is easily one by chance, both are tried closely. The sides
    of one file mostly begin together, so there it is the other way round.
    """
    if recording.duration < MEASURABLE:
        return Alignment()
    if _together(parts):
        near = _closely(recording, parts, 0.0)
        far = Alignment() if near.places else _widely(recording, LATEST)
        tried = [far.late] if far.places else []
        otherwise = near
    else:
        first = _widely(recording, LATEST)
        agent, customer = (part.contents.duration for part in parts)
        tried = [first.late if first.is_late else 0.0]
        if not first.places and abs(customer - agent) > WANDERS:
            tried.append(customer - agent)
        otherwise = Alignment(late=tried[0])
    found = (_closely(recording, parts, late) for late in tried)
    return next((one for one in found if one.places), otherwise)


def _widely(recording: Recording, reach: float) -> Alignment:
    """Where the sides lie against each other, within so many seconds either way."""
    return measure(_pairs(recording), LagMeter(reach=reach, every=SOUGHT, most=WIDE_LOOKS))


def _closely(recording: Recording, parts: Sequence[TrackPart], late: float) -> Alignment:
    """The same around a lag, in seconds, over all that is looked at."""
    rest = _around(recording, parts, Alignment(late=late), NEAR)
    found = msgspec.structs.replace(rest, late=late + rest.late)
    for _ in range(REFINED if found.drifts else 0):
        rest = _around(recording, parts, found, FINE)
        found = found.refined(rest)
        if abs(rest.drift) < SETTLED:
            break
    return found


def _around(
    recording: Recording, parts: Sequence[TrackPart], alignment: Alignment, near: float
) -> Alignment:
    """How the sides lie against each other once they have been put right so far."""
    shifted = Recording(_moved(parts, alignment), (), recording.sides)
    meter = LagMeter(reach=WANDERS, every=SOUGHT, most=200, near=near)
    return measure(_pairs(shifted), meter)


def _together(parts: Sequence[TrackPart]) -> bool:
    """Whether both sides come in one file."""
    return len({id(part.contents) for part in parts}) == 1


def _once_moved(parts: Sequence[TrackPart], alignment: Alignment, sides: Sides) -> Relation:
    """What the sides have in common once they are where the same sound lies side by side."""
    moved = Recording(_moved(parts, alignment), (), sides)
    survey = Survey(2)
    begin = math.ceil(alignment.apart / STEP)
    end = round(min(COMPARED, *(part.contents.duration for part in parts)) / STEP)
    for pair in itertools.islice(_pairs(moved), begin, max(begin, end)):
        survey.push([SurveyWindow(SAMPLE_RATE, samples) for samples in pair])
    return survey.relation(0, 1)


def _pairs(recording: Recording) -> Iterator[tuple[Samples, Samples]]:
    """Both sides in step, as far as a recording is looked at before it is played."""
    chunks = recording.chunks(STEP, so_far=True)
    for first, second in zip(chunks, chunks, strict=True):
        if first.start > LOOKED_AT:
            return
        yield first.samples, second.samples


def _moved(parts: Sequence[TrackPart], alignment: Alignment) -> list[TrackPart]:
    delays = {
        Channel.AGENT: max(0.0, alignment.late),
        Channel.CUSTOMER: max(0.0, -alignment.late),
    }
    return [
        msgspec.structs.replace(
            part,
            rows=tuple(
                msgspec.structs.replace(
                    row,
                    delay=delays[row.channel],
                    speed=alignment.speed if row.channel is Channel.CUSTOMER else 1.0,
                )
                for row in part.rows
            ),
        )
        for part in parts
    ]


def _long_enough(sides: Sides, contents: Contents) -> None:
    """Refuse what is too short to hold speech."""
    held = sum((piece.end or 0) - piece.start for piece in contents.pieces)
    if sides.seconds == 0 and held > EMPTY:
        raise InputError(
            f"Nothing in {contents.name} can be decoded as {contents.tracks[0].described}, which "
            "it is taken for.",
            "Export the recording again; --raw KIND and --rate HZ read it in another way.",
        )
    if sides.seconds == 0:
        raise InputError(f"{contents.name} holds no sound.", "Export the recording again.")
    if sides.seconds < SHORTEST:
        raise InputError(
            f"{contents.name} lasts only {sides.seconds:.4f} seconds, too short for speech.",
            "Export the recording again.",
        )
