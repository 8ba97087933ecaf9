"""Which channels of a recording are taken, and whose they are.

Where nobody says, the likeliest are: two that differ, without those that are silent, copies of
another or a mix of the others. What was found is said, with the option that decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

from coach.errors import InputError
from coach.events import Channel

from .condition import treatment_for
from .contents import Contents, Take, survey_of
from .faint import FaintStretch
from .relation import CLIPPED, Relation
from .survey import ChannelLevel, Survey

LOOKED_AT = 900.0
"""Seconds listened to before a recording is played."""

MOST_COMPARED = 8
"""Channels compared with each other; of more, the first that sound."""

FAINT_DBFS = -60.0
"""Sound below is hardly anybody's speech."""

OWN_SOUND = 2.0
"""Seconds of sound of its own from which a channel that is not taken is worth a word."""

MIXED_NOTICE = (
    "Both speakers are on one track: who said what is unknown, so the agent's own cues, "
    "talk-over, talk share and the boundary ladder are off. Record in stereo to have them."
)


class SideOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says about a recording's sides."""

    agent_channel: str = "left"
    """``left`` or ``right``: where the agent is of the two that are taken."""
    mono: bool = False
    """Take everything as one track with both people on it."""
    tracks: tuple[int, ...] = ()
    """Numbers of the tracks to take, from 1, the agent's first; empty for all."""
    channels: tuple[int, ...] = ()
    """Numbers of the channels to take, from 1, counted over the tracks taken."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One channel taken, whose it is and what it carries."""

    take: Take
    channel: Channel
    level: ChannelLevel


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken of a recording."""

    sides: tuple[Side, ...]
    relation: Relation | None
    """Of the two sides; None where there is one."""
    seconds: float
    """How much was there to listen to."""
    notices: tuple[str, ...] = ()
    noise: bool = False
    """What is taken is noise, so that its level says nothing about a voice."""
    faint: tuple[FaintStretch, ...] = ()
    """Where somebody seems to speak on them too quietly to be heard."""


def take_all(contents: Contents, choice: SideOptions) -> list[Take]:
    """Every channel that may be taken; raises InputError for numbers that do not exist."""
    tracks = _numbered("track", choice.tracks, len(contents.tracks), contents)
    takes = [
        Take(contents=contents, track=track, channel=channel)
        for track in tracks
        for channel in range(contents.tracks[track].channels)
    ]
    return [takes[n] for n in _numbered("channel", choice.channels, len(takes), contents)]


def sides_of(contents: Contents, choice: SideOptions) -> Sides:
    """Choose the sides of a recording that is one file."""
    takes = take_all(contents, choice)
    numbers = compared(takes)
    survey, seconds = survey_of(takes, LOOKED_AT, numbers)
    told: list[str] = []
    if len(takes) > 1:
        numbers = _without_copies(survey, numbers, contents, told, whole=len(takes) == 2)
    if not choice.mono and len(numbers) > 2:
        numbers, left = _two_of(survey, numbers)
        told.append(_chosen(contents, takes, numbers) + _not_heard(survey, left))
    elif not choice.mono and len(numbers) == 2 and _is_guess(contents, takes, choice):
        told.append(_chosen(contents, takes, numbers))
    elif not choice.mono and len(numbers) == 1 and len(takes) > 2:
        told.append(
            f"All {len(takes)} channels of {contents.name} hold the same sound: they are taken as "
            "one track."
        )
    if choice.mono or len(numbers) == 1:
        whose = [Channel.MIXED] * len(numbers)
    else:
        whose = [Channel.AGENT, Channel.CUSTOMER]
        if choice.agent_channel == "right":
            whose.reverse()
    sides = [
        Side(take=takes[n], channel=channel, level=survey.level(n))
        for n, channel in zip(numbers, whose, strict=True)
    ]
    sides.sort(key=lambda side: side.channel is Channel.CUSTOMER)
    relation = survey.relation(*sorted(numbers)) if len(numbers) == 2 else None
    if relation is not None and sides[0].take is not takes[min(numbers)]:
        relation = _the_other_way(relation)
    return Sides(
        sides=tuple(sides),
        relation=relation,
        seconds=seconds,
        notices=tuple(told),
        faint=_faint(survey, numbers),
    )


def compared(takes: Sequence[Take]) -> list[int]:
    """Which channels are compared with each other: of many those that sound."""
    if len(takes) <= MOST_COMPARED:
        return list(range(len(takes)))
    survey, _ = survey_of(takes, LOOKED_AT, ())
    silent = [survey.level(n).silent for n in range(len(takes))]
    return sorted(sorted(range(len(takes)), key=lambda n: silent[n])[:MOST_COMPARED])


def one_voice(contents: Contents, choice: SideOptions) -> tuple[Take, tuple[str, ...]]:
    """The channel of one person's file; others in it must be silent or the same sound."""
    takes = take_all(contents, choice)
    if len(takes) == 1:
        return takes[0], ()
    sounding = compared(takes)
    survey, _ = survey_of(takes, LOOKED_AT, sounding)
    numbers = [n for n in sounding if not survey.level(n).silent] or [0]
    numbers = _without_copies(survey, numbers, contents, [], whole=False)
    if len(numbers) > 1:
        raise InputError(
            f"{contents.name} has two different channels, and one person was expected in it.",
            "Replay it alone as a stereo recording, or give one mono file a person.",
        )
    used = {0: "left", 1: "right"}.get(numbers[0], f"{numbers[0] + 1}th")
    silent = any(survey.level(n).silent for n in range(survey.rows) if n not in numbers)
    what = "sound on one channel only" if silent else "the same sound on both channels"
    return takes[numbers[0]], (f"{contents.name} holds {what}; its {used} one is used.",)


def two_files(agent: Take, customer: Take) -> Sides:
    """The sides of a call that comes in two files."""
    survey, seconds = survey_of([agent, customer], LOOKED_AT)
    relation = survey.relation(0, 1)
    if relation.copied:
        raise same_sound(agent, customer)
    whose = ((agent, Channel.AGENT), (customer, Channel.CUSTOMER))
    sides = tuple(
        Side(take=take, channel=channel, level=survey.level(n))
        for n, (take, channel) in enumerate(whose)
    )
    return Sides(
        sides=sides, relation=relation, seconds=seconds, faint=_faint(survey, range(len(sides)))
    )


def _faint(survey: Survey, numbers: Sequence[int]) -> tuple[FaintStretch, ...]:
    return survey.faint({n: treatment_for(survey.level(n)).gain_db for n in numbers})


def same_sound(one: Take, other: Take) -> InputError:
    """The error for two files of which one is the other."""
    return InputError(
        f"{one.contents.name} and {other.contents.name} hold the same sound.",
        "Give the agent's file and the customer's, or replay one of them alone.",
    )


def one_of_copies(sides: Sides, relation: Relation) -> Sides:
    """Two sides of which one is the other, as one track."""
    side = msgspec.structs.replace(sides.sides[0], channel=Channel.MIXED)
    told = _copied(side.take.contents, 0, 1, relation, whole=True)
    return Sides(
        sides=(side,), relation=None, seconds=sides.seconds, notices=(*sides.notices, told)
    )


def _numbered(what: str, asked: Sequence[int], there: int, contents: Contents) -> Sequence[int]:
    for number in asked:
        if not 1 <= number <= there:
            raise InputError(
                f"{contents.name} has no {what} {number}; it has {there}.",
                f"`coach inspect` lists them; {what}s are counted from 1.",
            )
    if len(set(asked)) < len(asked):
        raise InputError(f"The same {what} is named twice.", "Name each once.")
    return [number - 1 for number in asked] or range(there)


def _is_guess(contents: Contents, takes: Sequence[Take], choice: SideOptions) -> bool:
    """Whether two of several channels or tracks are taken that nobody named."""
    if choice.tracks:
        return False
    return len(contents.tracks) > 1 or len(takes) > 2


def _without_copies(
    survey: Survey, numbers: list[int], contents: Contents, told: list[str], *, whole: bool
) -> list[int]:
    """Leave out channels that hold what another holds; the louder stays, or the one not clipped."""
    left = list(numbers)
    for a, b in itertools.combinations(numbers, 2):
        if a not in left or b not in left:
            continue
        relation = survey.relation(a, b)
        if not relation.copied:
            continue
        cut = [survey.level(n).clipped >= CLIPPED for n in (a, b)]
        second = not cut[1] if cut[0] != cut[1] else relation.gain > 1.0 and not cut[1]
        left.remove(a if second else b)
        told.append(_copied(contents, a, b, relation, whole=whole))
    return left


def _copied(contents: Contents, a: int, b: int, relation: Relation, *, whole: bool) -> str:
    how = [
        *(["upside down"] if relation.turned else []),
        *([f"{_lateness(abs(relation.delay))} late"] if abs(relation.delay) > 0.001 else []),
        *([f"{abs(relation.gain):.0f} dB apart"] if abs(relation.gain) > 1.0 else []),
    ]
    which = "both channels" if whole else f"channels {a + 1} and {b + 1}"
    made = ": it is a mono recording made into stereo, and is taken as one track" if whole else ""
    said = f" ({', '.join(how)})" if how else ""
    return f"{contents.name} has the same sound on {which}{said}{made}."


def _lateness(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1.0 else f"{seconds:.1f} s"


def _two_of(survey: Survey, numbers: list[int]) -> tuple[list[int], list[int]]:
    """The two likeliest to be the two people: not silent, no mix of others, most speech.

    Where one alone sounds, that one. Also gives those left out that hold something else.
    """
    left = [n for n in numbers if not survey.level(n).silent]
    if not left:
        return numbers[:2], []
    if len(left) > 2:
        mixes = {
            n
            for n in left
            for pair in itertools.combinations([o for o in left if o != n], 2)
            if survey.is_mix(n, pair)
        }
        # Every one of them may hold the others where all leak; then none is the mix.
        if len(left) - len(mixes) >= 2:
            left = [n for n in left if n not in mixes]
    left.sort(key=lambda n: -survey.level(n).active)
    return sorted(left[:2]), sorted(left[2:])


def _not_heard(survey: Survey, left: Sequence[int]) -> str:
    """What is lost with channels that are not taken, as sentences behind another one."""
    told = ""
    for n in left:
        level = survey.level(n)
        if level.active >= OWN_SOUND and level.loudest >= FAINT_DBFS:
            told += (
                f" Channel {n + 1} holds sound of its own too ({level.active:.0f} s that stand "
                "out), which is not heard."
            )
    return told


def _chosen(contents: Contents, takes: Sequence[Take], numbers: Sequence[int]) -> str:
    tracks = len(contents.tracks)
    if len(numbers) == 1:
        what = f"{tracks} sound tracks" if tracks > 1 else f"{len(takes)} channels"
        which = (
            f"track {takes[numbers[0]].track + 1}" if tracks > 1 else f"channel {numbers[0] + 1}"
        )
        option = "--tracks and --channels decide" if tracks > 1 else "--channels decides"
        return (
            f"{contents.name} holds {what}, and nothing is on any but {which}: it is taken as one "
            f"track. {option}."
        )
    if tracks > 1:
        first, second = (takes[n].track + 1 for n in numbers)
        what = f"{tracks} sound tracks"
        which = f"track {first} and track {second}" if first != second else f"track {first}"
        option = "--tracks"
    else:
        what = f"{len(takes)} channels"
        which = f"channel {numbers[0] + 1} and channel {numbers[1] + 1}"
        option = "--channels"
    numbered = ",".join(w.split()[-1] for w in which.split(" and "))
    return (
        f"{contents.name} holds {what}; {which} are taken as the agent's and the customer's "
        f"sides. {option} {numbered} or other numbers, the agent's first, decide."
    )


def _the_other_way(relation: Relation) -> Relation:
    return msgspec.structs.replace(
        relation,
        delay=-relation.delay,
        gain=-relation.gain,
        leak_first=relation.leak_second,
        leak_second=relation.leak_first,
    )
