"""Whether a turn of the customer's shows that they have settled.

Kind words alone do not tell: "thank you so much" is said in relief, in scorn and to be rid of
somebody. So signs are read together with what came before and what stands beside them.

*Signs* are good news by a cue, words of regret about one's own anger, thanks, agreement, a goodbye,
and a turn that is pleasant as a whole. Regret says it plainly by itself, and good news where the
agent has put something right since the last angry words. So do two of the others there; thanks or
agreement alone is less, and is as much behind an apology or sympathy of the agent's. Who has said
it plainly needs no new reason to be kind, and no more than a pleasant turn, until they are angry
again. The strongest of them together, behind what was put right, say it wholly.

Without any sign a turn still *takes up* what the agent has put right where it is the next to come
and nothing speaks against it: who asks "so he can use it this afternoon?" is at the remedy, and no
longer at the complaint. Giving in ("if you say so"), a bare goodbye and a louder voice take up
nothing.

*Against them* speaks whatever heats in the same turn, and praise right behind bad news, which may
be sarcasm (``bad_news``); against less than regret or relief also a turn that is bad or distressed
as a whole ("oh thank heavens, I was so worried" is neither calm nor angry). Words of regret count
behind bad news too.

Without a kind word a turn is *quieter* where the voice has come down from what it was in the
last angry turn and the words are about the matter again, or are the third such turn in a row.
That ends an attack, and nothing else. It is heard, never supposed: short answers ("fine",
"okay"), a silence and a cold voice that was never raised are no sign of anything.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Collection

import msgspec

from rules.definition.roles import Role

KIND = frozenset({Role.THANKS, Role.ACCEPTS})
"""What may be said without meaning it."""
COLD = frozenset({Role.RESIGNED, Role.GOODBYE})
"""What takes up nothing that was put right: giving in, and leaving."""
TO_THE_MATTER = frozenset({Role.WANT, Role.MATTER})
DISTRESSED = 0.5
"""Distress (0 to 1) from which no turn is a settled one."""
QUIETER_DB = 5.0
"""So much the voice must have come down since the last angry turn..."""
USUAL_DB = 3.0
"""...to no more than this above its usual level."""
QUIETER_S = 90.0
"""Seconds for which the voice of an angry turn is compared with."""
ANSWER_WORDS = 2
"""Words with which what was put right is taken up at least: "fine" and "right" may be anything."""
LEAST_WORDS = 4
"""A shorter answer shows nothing."""
QUIET_TURNS = 3
"""So many quieter turns in a row show it whatever they are about."""
GRAVE_FROM = 2
"""Severity from which a cue beside it speaks against a quieter turn."""


class Calmed(enum.IntEnum):
    """What a turn shows."""

    NOT = 0
    QUIETER = 1
    """Back to the matter in a quieter voice: nobody is attacked any more."""
    TAKES_UP = 2
    """Neither heat nor a kind word, right behind what the agent put right."""
    KINDLY = 3
    """A kind word behind what the agent put right or was sorry for, or good news behind neither."""
    PLAINLY = 4
    """Regret; or relief, or two kind signs, behind what the agent put right."""
    WHOLLY = 5
    """Relief or regret with a kind sign beside it, or both, behind what the agent put right."""


class CustomerTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A finished turn of the customer's, as far as it matters here."""

    start: float
    end: float
    words: int
    roles: Collection[Role]
    """Of the rules that its final words match."""
    heats: int
    """The greatest severity of what heats in it; 0 where nothing does."""
    score: float | None
    """-5 to +5; None where it has too few words for one."""
    distress: float
    """0 to 1."""
    in_doubt: bool
    """What is pleasant in it may be sarcasm."""
    over_db: float | None
    """How far the voice is above its usual level; None where nobody knows."""
    put_right: bool
    """The agent has put something right since the last angry words, and told no bad news since."""
    soothed: bool
    """The agent has shown sympathy since the last angry words, and told no bad news since."""


class Settling:
    """Reads one turn of the customer's after the other."""

    __slots__ = ("_angry", "_plainly", "_pleasant", "_quiet")

    def __init__(self, pleasant: float) -> None:
        """``pleasant``: score (-5 to +5) from which a turn is pleasant."""
        self._pleasant = pleasant
        self._angry: tuple[float, float] = (-math.inf, 0.0)
        """When the last angry turn ended in which the voice was measured, and its dB."""
        self._quiet = 0
        """Quieter turns in a row."""
        self._plainly = False
        """It was said plainly, and no angry words since."""

    def turn(self, turn: CustomerTurn) -> Calmed:
        """Read the next one."""
        quieter = self._quieter(turn)
        kind = self._kind(turn)
        self._plainly = kind >= Calmed.PLAINLY or (self._plainly and not turn.heats)
        return max(kind, quieter)

    def _kind(self, turn: CustomerTurn) -> Calmed:
        if turn.heats:
            return Calmed.NOT
        regret, relief = Role.REGRET in turn.roles, Role.RELIEF in turn.roles
        with_reason = turn.put_right or self._plainly
        bad = turn.score is not None and turn.score < 0.0
        against = turn.in_doubt or bad or turn.distress >= DISTRESSED
        kind = sum(role in turn.roles for role in KIND)
        if turn.put_right and not against and (regret or relief) and regret + relief + kind > 1:
            return Calmed.WHOLLY
        if regret or (relief and with_reason and not turn.in_doubt):
            return Calmed.PLAINLY
        return Calmed.NOT if against else self._kindly(turn, kind, relief=relief)

    def _kindly(self, turn: CustomerTurn, kind: int, *, relief: bool) -> Calmed:
        """What a turn shows that nothing speaks against, by the weaker signs."""
        with_reason = turn.put_right or self._plainly
        pleasant = turn.score is not None and turn.score >= self._pleasant
        signs = kind + pleasant + (Role.GOODBYE in turn.roles)
        if with_reason and signs > 1:
            return Calmed.PLAINLY
        if relief or (kind and (with_reason or turn.soothed)) or (signs and self._plainly):
            return Calmed.KINDLY
        loud = turn.over_db is not None and turn.over_db > USUAL_DB
        takes_up = turn.put_right and not loud and turn.words >= ANSWER_WORDS
        return Calmed.TAKES_UP if takes_up and COLD.isdisjoint(turn.roles) else Calmed.NOT

    def _quieter(self, turn: CustomerTurn) -> Calmed:
        over = turn.over_db
        if turn.heats:
            self._quiet = 0
            if over is not None:
                self._angry = (turn.end, max(over, self._loudness(turn.end)))
        if turn.heats >= GRAVE_FROM or turn.words < LEAST_WORDS or over is None:
            return Calmed.NOT
        if over > USUAL_DB or self._loudness(turn.end) - over < QUIETER_DB:
            self._quiet = 0
            return Calmed.NOT
        self._quiet += 1
        back = not TO_THE_MATTER.isdisjoint(turn.roles)
        again = self._quiet >= QUIET_TURNS and not turn.heats and (turn.score or 0.0) >= 0.0
        return Calmed.QUIETER if back or again else Calmed.NOT

    def _loudness(self, now: float) -> float:
        """The voice of the angry turns of late, dB over the usual level."""
        ended, over = self._angry
        return over if now - ended <= QUIETER_S else -math.inf
