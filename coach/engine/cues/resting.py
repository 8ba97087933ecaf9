"""Which rules are looked at on a grid point: those that do not rest, and those that wake.

A rule whose condition does not hold rests until time alone can make it hold, or until something
that it asks about moves (``CallState.moved``). It then is as if it had been looked at all the time
and found not to hold. One whose condition holds, and that has matched for it, is left alone in the
same way until that may be over. A property test holds both against looking at every rule on every
point.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from coach.engine.cues.compiled_rule import CompiledRule
from coach.engine.cues.occasion import Occasion
from coach.engine.cues.rests import Asleep


class Resting:
    """The rest of rules that are looked at in a fixed order, over one call."""

    def __init__(self, rules: Sequence[CompiledRule], moved: set[Hashable]) -> None:
        """``moved``: what has moved since they were looked at; it is emptied here."""
        self._rules = rules
        self._moved = moved
        self._places = {one.rule.id: place for place, one in enumerate(rules)}
        self._awake = set(self._places.values())
        self._until: dict[int, float] = {}
        """When time wakes those that rest, by place."""
        self._soonest = math.inf
        """None of them wakes before."""
        self._woken_by: defaultdict[Hashable, set[int]] = defaultdict(set)
        """What wakes them; whoever is awake already may still be named."""

    def wake_due(self, now: float) -> bool:
        """Wake the rules that time or what moved has made due; whether there is one to look at."""
        if self._moved:
            self._wake_by_what_moved()
        if now >= self._soonest:
            for place in [place for place, until in self._until.items() if now >= until]:
                del self._until[place]
                self._awake.add(place)
            self._soonest = math.inf
            for until in self._until.values():
                self._heed(until)
        return bool(self._awake)

    def _heed(self, until: float) -> None:
        """Look at that time at the latest.

        What only weighs like a number is compared with the present alone, again and again: it may
        learn from what it is compared with.
        """
        if type(until) is not float:
            self._soonest = -math.inf
        elif until < self._soonest:
            self._soonest = until

    def due(self) -> Iterator[CompiledRule]:
        """The rules to look at, in order, once it is known what time has woken.

        What moves meanwhile wakes the rules behind the present one for this time, the others for
        the next.
        """
        places = sorted(self._awake, reverse=True)
        while places:
            place = places.pop()
            yield self._rules[place]
            if self._moved:
                places += [woken for woken in self._wake_by_what_moved() if woken > place]
                places.sort(reverse=True)

    def lie_down(self, compiled: CompiledRule, occasion: Occasion) -> None:
        """A rule's condition does not hold, and no match of it is going on."""
        if compiled.rest is not None:
            self._leave(compiled, compiled.rest(occasion), occasion.now)

    def stay(self, compiled: CompiledRule, occasion: Occasion) -> None:
        """A rule holds, as it did before, and nothing keeps it quiet."""
        if compiled.stay is not None:
            left = self._leave(compiled, compiled.stay(occasion), occasion.now)
            compiled.state.stays = left

    def _leave(self, compiled: CompiledRule, asleep: Asleep, now: float) -> bool:
        """Leave a rule alone as long as that allows; whether it does for any time."""
        until = asleep.until
        if until <= now:
            return False
        place = self._places[compiled.rule.id]
        self._awake.discard(place)
        if until < math.inf:
            self._until[place] = until
            self._heed(until)
        for what in asleep.woken_by:
            self._woken_by[what].add(place)
        return True

    def wake(self, rule: str) -> None:
        """Words made it match, or took back what it rests on: it is to be looked at."""
        place = self._places.get(rule)
        if place is not None:
            self._awake.add(place)
            self._until.pop(place, None)

    def _wake_by_what_moved(self) -> set[int]:
        """Returns the places of those that did rest."""
        woken: set[int] = set()
        for what in self._moved:
            if what in self._woken_by:
                woken |= self._woken_by.pop(what)
        self._moved.clear()
        woken -= self._awake
        self._awake |= woken
        for place in woken:
            self._until.pop(place, None)
        return woken
