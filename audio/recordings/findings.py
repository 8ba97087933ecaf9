"""What a listener should know about a recording's sides, in plain sentences."""

from __future__ import annotations

from typing import TypeGuard

from coach.events import Channel
from coach.events.lengths import lasting

from .alignment import Alignment
from .condition import Treatment
from .relation import CLIPPED, Relation
from .sides import LOOKED_AT, Side, Sides
from .survey import REACH

WHOSE = {
    Channel.AGENT: "The agent's side",
    Channel.CUSTOMER: "The customer's side",
    Channel.MIXED: "The recording",
}

LEAST_LEAK_DB = -40.0
"""A leak fainter than this, against its origin, is not understood."""

LEAST_FALL_DB = 1.0
"""Less that is taken off a leak is nothing."""

UNEQUAL = 0.5
"""Seconds by which two files may differ in length without a word."""

LIKE_DRIFT = 0.004
"""Share of the longer file up to which the difference may come from clocks."""


def about_side(side: Side, treatment: Treatment) -> list[str]:
    """What was found on one side and what is done about it."""
    level, whose = side.level, WHOSE[side.channel]
    contents = side.take.contents
    far = f" in its first {LOOKED_AT / 60:.0f} minutes" if contents.duration > LOOKED_AT else ""
    told: list[str] = []
    still_growing = contents.source.follow
    if level.silent and still_growing:
        return told
    if level.silent:
        told.append(f"{whose} is silent{far}: nothing at all is on it, and nothing will be heard.")
        return told
    if treatment.offset:
        told.append(
            f"{whose} has a constant offset of {treatment.offset:+.2f} of full scale, "
            "which is taken out."
        )
    if treatment.hum:
        told.append(
            f"{whose} carries mains hum of {treatment.hum:g} Hz at {level.hum_level:.0f} dBFS, "
            "which is taken out."
        )
    heard = level.loudest >= -60.0 or treatment.gain_db != 0
    if heard and level.clipped >= CLIPPED:
        told.append(
            f"{whose} is clipped: {level.clipped:.0%} of its samples stand at the top of cut "
            "peaks, and words may be heard wrong."
        )
    if treatment.gain_db > 0:
        told.append(
            f"{whose} is very quiet (speech at {level.speech:.0f} dBFS) and is raised by "
            f"{treatment.gain_db:.0f} dB before it is heard."
        )
    elif treatment.gain_db < 0:
        told.append(
            f"{whose} is too loud (speech at {level.speech:+.0f} dBFS) and is lowered by "
            f"{-treatment.gain_db:.0f} dB before it is heard."
        )
    elif level.loudest >= -60.0 or level.briefly >= -60.0 or still_growing:
        pass  # somebody may have said a word in an hour of noise
    elif level.tones:
        told.append(
            f"{whose} holds a tone of {level.tone} Hz ({level.tones:.1f} s of it{far}) and nothing "
            "that could be speech; nothing is likely to be heard on it."
        )
    else:
        told.append(
            f"{whose} holds nothing above {level.loudest:.0f} dBFS{far}, too little to be "
            "speech; nothing is likely to be heard on it."
        )
    return told


def about_both(sides: Sides, taken: tuple[float, float] | None = None) -> list[str]:
    """What the two sides have to do with each other.

    ``taken``: dB that are taken off each leak, the first side's first; None where nobody tried.
    """
    told: list[str] = []
    relation = sides.relation
    if relation is None or len({side.channel for side in sides.sides}) < 2:
        return told
    first, second = (side.channel for side in sides.sides)
    off = (None, None) if taken is None else taken
    for leak, here, there, fall in (
        (relation.leak_first, first, second, off[0]),
        (relation.leak_second, second, first, off[1]),
    ):
        if _understood(leak):
            told.append(
                f"{WHOSE[here]} also carries the {there.value.lower()}'s voice, {_loudness(leak)} "
                f"on its own side; {_taken(leak, fall)}."
            )
    return told


def _taken(leak: float, fall: float | None) -> str:
    """What is done about a leak; ``fall``: dB that are taken off it, as far as is known."""
    if fall is None or fall < LEAST_FALL_DB:
        return "it cannot be taken out, and the same words may appear on both sides"
    if not _understood(leak - fall):
        return "it is taken out"
    return (
        f"of it about {fall:.0f} dB can be taken out, the rest stays, and the same words may "
        "still appear on both sides"
    )


def about_faint(sides: Sides) -> list[str]:
    """Where somebody seems to speak and is not heard."""
    where = "on either side" if len(sides.sides) > 1 else "there"
    return [
        f"From {lasting(one.start)} to {lasting(one.end)} nothing is as loud as speech {where}, "
        f"but something stands out as speech does, at about {one.level:.0f} dBFS: it is too quiet "
        "to be heard. Cut out and replayed alone, it is raised."
        for one in sides.faint
        if not sides.noise
    ]


def _loudness(leak: float) -> str:
    """How loud a leak is against its origin, dB."""
    if abs(leak) < 0.5:
        return "as loud as"
    return f"{abs(leak):.0f} dB {'fainter' if leak < 0 else 'louder'} than"


def carries_a_voice(relation: Relation) -> bool:
    """Whether one of two sides carries the other so loudly that words may be made out."""
    return _understood(relation.leak_first) or _understood(relation.leak_second)


def _understood(leak: float | None) -> TypeGuard[float]:
    return leak is not None and leak > LEAST_LEAK_DB


def about_lengths(agent: float, customer: float) -> str:
    """A word where two files differ in length (seconds); empty where they do not."""
    longer, shorter = max(agent, customer), min(agent, customer)
    if longer - shorter < UNEQUAL:
        return ""
    whose = "customer's" if customer < agent else "agent's"
    drift = (
        " Their clocks may differ too, which cannot be measured: neither is heard on the other."
        if longer - shorter < LIKE_DRIFT * longer
        else ""
    )
    return (
        f"The {whose} file is {lasting(longer - shorter)} shorter than the other "
        f"({lasting(shorter)} of {lasting(longer)}); both are taken to begin at the same "
        f"moment (--delay SECONDS says how much later the customer's "
        f"began), and silence stands for the rest.{drift}"
    )


def about_alignment(alignment: Alignment) -> list[str]:
    """What was found out about beginnings and clocks, and is put right."""
    told = []
    where = f"measured at {alignment.places} places where one is heard on the other"
    if alignment.is_late:
        whose = "agent's" if alignment.late > 0 else "customer's"
        told.append(
            f"The {whose} side begins {abs(alignment.late):.1f} s later than the other ({where}); "
            "it is moved back to its time."
        )
    if alignment.drifts:
        pace = "faster" if alignment.drift > 0 else "slower"
        told.append(
            f"The sides drift apart: the customer's clock ran {abs(alignment.drift):.3%} {pace} "
            f"({where}); its speed is corrected."
        )
    if alignment.echo > REACH:
        told.append(
            f"One side is heard on the other {alignment.echo * 1000:.0f} ms late, as an echo "
            f"({where}); it is not taken out, and the same words may appear on both sides."
        )
    return told


def about_alone(channel: Channel, until: float) -> str:
    """The word about a side that was recorded alone at first and carries the other one's voice."""
    whose = channel.lower()
    return (
        f"Until {lasting(until)} only the {whose}'s side was recorded: what the "
        f"{channel.other.lower()} is heard to say on it there cannot be taken out, and counts as "
        f"the {whose}'s."
    )


def about_end(name: str, ended: str, held: float) -> str:
    """The word about a followed recording, of which so many seconds were heard."""
    return (
        f"{name} {ended} and counts as ended: {lasting(held)} of it was heard. If it goes on, "
        "replay it again once it is complete."
    )


def counted(number: int, what: str) -> str:
    """A number and its noun: ``1 piece``, ``2 pieces``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def cut_short(name: str, held: float, missing: float) -> str:
    """The word about a file that holds less than it promises; both in seconds."""
    return (
        f"{name} is damaged or cut short: {lasting(held, 'seconds')} could be read, "
        f"{lasting(missing, '').strip()} more that it promises are missing."
    )
