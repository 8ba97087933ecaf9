"""What every value of a dial comes to over all calls, added up call by call.

A figure is added up once, when its call comes in; turning the dial looks it up. Counts are
complete; of the cards that differ the first ``MOST_MOMENTS`` of each value are kept.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.judging import Judged
from coach.backtest.outcome import RuleTally
from coach.backtest.tuning.dial import Dial
from coach.backtest.tuning.tuned_call import TunedCall, TunedStretch

MOST_MOMENTS = 500
NOTHING = RuleTally()
UNMARKED = Judged()


class CurvePoint(msgspec.Struct, kw_only=True):
    """One value of a dial over all calls that came in for it."""

    calls: int = 0
    seconds: float = 0.0
    """Length of these calls."""
    touched: int = 0
    """Calls in which the rule matched or showed a card."""
    fires: int = 0
    shown: int = 0
    """Cards of the rule."""
    used: int = 0
    dismissed: int = 0
    kept_back: dict[str, int] = {}
    judged: Judged = UNMARKED
    changes: dict[CardChange, int] = {}
    """Cards of the rule that differ from those in force."""
    others: dict[CardChange, int] = {}
    """The same of other rules' cards: one place, and cooldowns, bind all of them."""
    moments: list[ChangedCard] = []
    """The first of them all, call by call."""

    @property
    def per_hour(self) -> float:
        """Cards of the rule in an hour of call."""
        return self.shown / (self.seconds / 3600.0) if self.seconds else 0.0


class DialCurve:
    """A dial's values, and what each of them comes to so far."""

    def __init__(self, dial: Dial) -> None:
        self.dial = dial
        self.points = tuple(CurvePoint() for _ in dial.values)
        """By value."""
        self._known: dict[str, set[int]] = {}
        """Values that a call has come in for, while some are missing."""
        self._whole = 0

    @property
    def whole(self) -> int:
        """Calls that have come in for every value."""
        return self._whole

    def add(self, call: TunedCall) -> None:
        """Take what a call came to; a value that it came in for before is not counted again."""
        known = self._known.pop(call.call, set())
        for stretch in call.stretches:
            fresh = [i for i in range(stretch.first, stretch.last + 1) if i not in known]
            known.update(fresh)
            if fresh:
                self._add(stretch, fresh)
        if len(known) < len(self.points):
            self._known[call.call] = known
        else:
            self._whole += 1

    def _add(self, stretch: TunedStretch, indices: list[int]) -> None:
        rule, one = self.dial.rule, stretch.compared
        tally = one.new.rules.get(rule, NOTHING)
        judged = one.new.judged.get(rule, UNMARKED)
        changes = Counter(m.change for m in one.moments if m.rule == rule)
        others = Counter(m.change for m in one.moments if m.rule != rule)
        for point in (self.points[index] for index in indices):
            point.calls += 1
            point.seconds += one.seconds
            point.touched += bool(tally.fires or tally.shown)
            point.fires += tally.fires
            point.shown += tally.shown
            point.used += tally.used
            point.dismissed += tally.dismissed
            point.judged = point.judged + judged
            if tally.kept_back:
                point.kept_back = dict(Counter(point.kept_back) + Counter(tally.kept_back))
            if one.moments:
                point.changes = dict(Counter(point.changes) + changes)
                point.others = dict(Counter(point.others) + others)
                room = MOST_MOMENTS - len(point.moments)
                point.moments += one.moments[: max(0, room)]
