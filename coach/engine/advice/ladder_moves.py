"""What moves the boundary ladder, and where to: a table of rungs and triggers.

offence     disrespect towards the agent (conduct, severity 2)
severe      the same with two pieces of evidence (severity 3 and more)
zero        conduct for which the floor has no tolerance (hate, sexual, threats)
warned      the agent was heard giving a warning
calm        the customer has spoken without offence for a while: one rung down
ended       the agent was heard ending the call
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Rung(enum.StrEnum):
    """Where the ladder stands."""

    NONE = "none"
    ACKNOWLEDGE = "acknowledge"
    WARN = "warn"
    END = "end"
    OVER = "over"
    """The agent has ended the call for cause."""


class LadderTrigger(enum.StrEnum):
    """What moves the ladder."""

    OFFENCE = "offence"
    SEVERE = "severe"
    ZERO = "zero"
    WARNED = "warned"
    CALM = "calm"
    ENDED = "ended"


class Move(enum.Enum):
    """What the ladder does about it."""

    STAY = enum.auto()
    ACKNOWLEDGE = enum.auto()
    WARN_OR_END = enum.auto()
    """To the next warning that has not been given; to the end when all have been."""
    TO_GIVEN = enum.auto()
    """To the rung of the warning just given."""
    END = enum.auto()
    DOWN = enum.auto()
    OVER = enum.auto()


MOVES: Mapping[Rung, Mapping[LadderTrigger, Move]] = {
    Rung.NONE: {
        LadderTrigger.OFFENCE: Move.ACKNOWLEDGE,
        LadderTrigger.SEVERE: Move.WARN_OR_END,
        LadderTrigger.ZERO: Move.END,
        LadderTrigger.WARNED: Move.TO_GIVEN,
        LadderTrigger.ENDED: Move.OVER,
    },
    Rung.ACKNOWLEDGE: {
        LadderTrigger.OFFENCE: Move.WARN_OR_END,
        LadderTrigger.SEVERE: Move.WARN_OR_END,
        LadderTrigger.ZERO: Move.END,
        LadderTrigger.WARNED: Move.TO_GIVEN,
        LadderTrigger.CALM: Move.DOWN,
        LadderTrigger.ENDED: Move.OVER,
    },
    Rung.WARN: {
        LadderTrigger.OFFENCE: Move.WARN_OR_END,
        LadderTrigger.SEVERE: Move.WARN_OR_END,
        LadderTrigger.ZERO: Move.END,
        LadderTrigger.WARNED: Move.TO_GIVEN,
        LadderTrigger.CALM: Move.DOWN,
        LadderTrigger.ENDED: Move.OVER,
    },
    Rung.END: {
        LadderTrigger.OFFENCE: Move.END,
        LadderTrigger.SEVERE: Move.END,
        LadderTrigger.ZERO: Move.END,
        LadderTrigger.CALM: Move.DOWN,
        LadderTrigger.ENDED: Move.OVER,
    },
    Rung.OVER: {},
}
"""What is not listed moves nothing."""
