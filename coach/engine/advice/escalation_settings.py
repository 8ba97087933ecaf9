"""The figures of heat and level (``escalation``)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from coach.events import Level
from coach.parameters import length, number, quantity, seconds, share


class LevelRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the level table."""

    level: Level
    enter: Annotated[float, quantity(0, 100, "heat")]
    """Heat at which the level is entered."""
    leave: Annotated[float, quantity(0, 100, "heat")]
    """Heat under which it is left, for the level below."""
    stay_s: Annotated[float, seconds(0, 3600)]
    """Seconds it is kept at least."""


class EscalationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Heat and levels. Starting values of our own, tuned on scripted and recorded calls."""

    steps: Annotated[tuple[LevelRow, ...], length(4)] = (
        LevelRow(level=Level.UNEASY, enter=0.9, leave=0.5, stay_s=10.0),
        LevelRow(level=Level.UPSET, enter=2.2, leave=1.4, stay_s=15.0),
        LevelRow(level=Level.ANGRY, enter=4.0, leave=2.6, stay_s=20.0),
        LevelRow(level=Level.CRITICAL, enter=8.0, leave=5.5, stay_s=30.0),
    )
    """From the lowest level up."""
    half_life_s: Annotated[float, seconds(1, 7200)] = 60.0
    """Seconds in which heat halves."""
    conduct: Annotated[tuple[Annotated[float, quantity(0, 100, "heat")], ...], length(5)] = (
        0.0,
        0.8,
        1.8,
        3.2,
        5.0,
    )
    """Heat of a conduct cue by severity 0 to 4."""
    escalation: Annotated[tuple[Annotated[float, quantity(0, 100, "heat")], ...], length(5)] = (
        0.0,
        0.5,
        1.0,
        1.6,
        2.0,
    )
    """Heat of an escalation cue by severity 0 to 4."""
    care: tuple[str, ...] | None = None
    """Rules that call for care and add no heat: who is bereaved or lost for words is not angry.
    Ids, or families such as ``esc.*``; None means those with the role ``care``."""
    danger: Annotated[tuple[Annotated[float, quantity(0, 100, "heat")], ...], length(5)] = (
        0.0,
        1.0,
        2.0,
        5.0,
        9.0,
    )
    """Heat of a safety or threat cue by severity 0 to 4."""
    pinned_s: Annotated[float, seconds(0, 7200)] = 120.0
    """Seconds a danger of severity 4 keeps the call CRITICAL."""
    mood_from: Annotated[float, quantity(-5, 5, "points")] = -1.0
    """Mood (-5 to +5) below which it adds heat."""
    mood_heat: Annotated[float, quantity(0, 20, "heat a point")] = 0.9
    """Heat for each point of mood below ``mood_from``."""
    mood_most: Annotated[float, quantity(0, 100, "heat")] = 2.2
    """Most heat that the mood adds, just enough for UPSET: anger takes cues or a raised voice."""
    mood_trusted: Annotated[float, quantity(0, 10, "points")] = 2.5
    """A mood with a wider uncertainty than this adds nothing."""
    mood_past_s: Annotated[float, seconds(0, 3600)] = 60.0
    """Seconds after which the last mood is stale and adds nothing."""
    voice_heat: Annotated[float, quantity(0, 100, "heat")] = 1.6
    """Heat of a voice that is surely raised."""
    voice_with: Annotated[float, quantity(0, 100, "heat")] = 0.15
    """Heat from cues and mood beside which a raised voice counts at once."""
    voice_with_turn: Annotated[float, quantity(-5, 5, "points")] = -0.25
    """A last turn at or below this score (-5 to +5) makes a raised voice count as well."""
    voice_alone_s: Annotated[float, seconds(0, 600)] = 20.0
    """Seconds a voice must stay raised to count by itself; a pleasant turn begins them anew."""
    hostile_from: Annotated[int, number(0, 5, "severity")] = 3
    """Severity from which an escalation cue can make ANGRY. What is less severe (a third call, a
    wish for a manager) is a reason to be upset, however much of it there is; anger takes an
    offence, a danger, a raised voice or a reproach to the agent beside it."""
    remedy_steps: Annotated[int, number(0, 3, "levels")] = 1
    """Levels by which the call comes down, to UNEASY at most, with each of the customer's turns
    that takes up without heat what the agent has put right. With 0 it does not, and comes to
    UNEASY at most by whatever a single turn says."""
    relief: Annotated[float, share()] = 0.5
    """Share of the heat left after good news."""
    pleasant: Annotated[float, quantity(-5, 5, "points")] = 1.5
    """A turn with at least this score (-5 to +5) eases the heat a little."""
    pleasant_share: Annotated[float, share()] = 0.85
    """Share of the heat left after a pleasant turn: one kind word is no recovery."""
    pleasant_again_share: Annotated[float, share()] = 0.5
    """Share of the heat left after each further pleasant turn, where neither a bad turn nor a cue
    that heats came between: whoever stays friendly has recovered."""
