"""What a backtest came to over all calls, added up call by call: memory does not grow with them.

Counts are complete; of the moments at which cards differ the first ``MOST_MOMENTS`` are kept.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.compare import ComparedCall, LeftOut, SideOfCall
from coach.backtest.judging import Judged
from coach.backtest.outcome import RuleTally

MOST_MOMENTS = 1000
MOST_LEFT_OUT = 20
"""Calls that cannot be read and are named."""
COUNTED = ("fires", "shown", "used", "dismissed", "wrong")
"""What is added up of a ``RuleTally``."""


class RuleFigures(msgspec.Struct, kw_only=True):
    """One rule over all calls."""

    fires: int = 0
    """Matches that were not withdrawn."""
    calls: int = 0
    """Calls in which it matched or showed a card."""
    shown: int = 0
    used: int = 0
    dismissed: int = 0
    wrong: int = 0
    """Cards that the agent marked wrong during the call."""
    kept_back: dict[str, int] = {}
    judged: Judged = Judged()

    def add(self, tally: RuleTally) -> None:
        """Add what it did in one more call."""
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(tally, name))
        self.calls += bool(tally.fires or tally.shown)
        kept = Counter(self.kept_back) + Counter(tally.kept_back)
        self.kept_back = dict(sorted(kept.items()))


class TalkTotals(msgspec.Struct, kw_only=True):
    """How much was talked."""

    calls: int = 0
    seconds: float = 0.0

    @property
    def hours(self) -> float:
        """Hours of call."""
        return self.seconds / 3600.0


class ComparisonFigures:
    """What all calls came to so far."""

    def __init__(self) -> None:
        self.talk: dict[str, TalkTotals] = {}
        """By the worst level that the calls reached under the old rules."""
        self.old: dict[str, RuleFigures] = {}
        self.new: dict[str, RuleFigures] = {}
        self.changes: Counter[tuple[str, CardChange, str]] = Counter()
        """By rule, change and level."""
        self.shown: Counter[tuple[str, str]] = Counter()
        """Cards under the new rules, by rule and level."""
        self.tracks: dict[str, str] = {}
        """Of the rules whose cards changed; a recorded call may have had rules of its own."""
        self.moments: list[ChangedCard] = []
        self.passed_over = 0
        """Calls of kinds that were not asked for."""
        self.left_out: list[LeftOut] = []
        self.unreadable = 0
        self.as_recorded = 0
        """Calls of which what the old rules did was taken from the journal."""
        self.not_reached = 0
        """Calls that the change cannot reach."""
        self.differing = 0
        """Calls in which cards differ."""
        self.marks = 0

    def add(self, call: ComparedCall | LeftOut) -> None:
        """Take one more call."""
        if isinstance(call, LeftOut):
            if not call.trouble:
                self.passed_over += 1
                return
            self.unreadable += 1
            if len(self.left_out) < MOST_LEFT_OUT:
                self.left_out.append(call)
            return
        level = call.old.level
        talk = self.talk.setdefault(level, TalkTotals())
        talk.calls += 1
        talk.seconds += call.seconds
        self.marks += call.marks
        self.as_recorded += call.as_recorded
        self.not_reached += not call.reached
        self.differing += bool(call.moments)
        _add_side(self.old, call.old)
        _add_side(self.new, call.new)
        for rule, tally in call.new.rules.items():
            self.shown[rule, level] += tally.shown
        for moment in call.moments:
            self.tracks[moment.rule] = moment.track.value
            self.changes[moment.rule, moment.change, level] += 1
        room = MOST_MOMENTS - len(self.moments)
        self.moments += call.moments[: max(0, room)]

    def all_talk(self, level: str | None = None) -> TalkTotals:
        """How much was talked, in calls of a level or in all."""
        some = [t for name, t in self.talk.items() if level in (None, name)]
        return TalkTotals(calls=sum(t.calls for t in some), seconds=sum(t.seconds for t in some))

    def changed(self, change: CardChange, rule: str | None = None) -> int:
        """How many cards changed so, of a rule or of all."""
        return sum(
            count for (of, kind, _), count in self.changes.items()
            if kind is change and rule in (None, of)
        )  # fmt: skip

    def rules(self) -> list[str]:
        """Rules that did anything under either set, in order of their names."""
        return sorted({*self.old, *self.new})


def _add_side(rules: dict[str, RuleFigures], side: SideOfCall) -> None:
    for rule, tally in side.rules.items():
        rules.setdefault(rule, RuleFigures()).add(tally)
    for rule, one in side.judged.items():
        figures = rules.setdefault(rule, RuleFigures())
        figures.judged = figures.judged + one
