"""When a part of a condition that looks back came true.

On the grid a part that does not hold rests like a rule (``coach.engine.cues.resting``), where
nothing but aspects of the talk can make it hold before its time. These are moved by facts alone, so
all that have moved since the last look are still named at the next; the level and other rules'
matches move while rules are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import NamedTuple

from coach.engine.cues.occasion import Occasion, SeenMatch, Test
from coach.engine.cues.rests import Asleep, Rest
from coach.engine.talk.heard import HeardWords
from coach.engine.talk.state import Aspect

_AWAKE = Asleep(-math.inf, ())


def _is_of_talk(what: Hashable) -> bool:
    """Whether it is an aspect of the talk, or one of a side."""
    return isinstance(what[0] if isinstance(what, tuple) else what, Aspect)


class OccasionTests(NamedTuple):
    """The tests of one condition, by the occasion."""

    always: Test
    on_grid: Test | None
    """What is left of it where no words have arrived; None where it cannot hold then."""
    rest: Rest | None = None
    """None where it has to be looked at on every grid point."""
    stay: Rest | None = None
    """The same where it holds: until when it goes on to hold, and what may change that."""


class Past:
    """When a part of a Count, Sequence or NotFollowed came true."""

    __slots__ = ("_asleep", "_on_grid", "_rest", "_test", "held", "listens", "times")

    def __init__(self, tests: OccasionTests, listens: frozenset[int] | None) -> None:
        """The part has these tests.

        ``listens``: where nothing but the words that arrive at that moment can make it hold, the
        numbers of the conditions that they have to touch.
        """
        self._test, self._on_grid, self._rest = tests.always, tests.on_grid, tests.rest
        self.listens = listens
        self._asleep = _AWAKE
        self.held = False
        """State made it true when it was last looked at on the grid."""
        self.times: list[SeenMatch] = []

    @property
    def only_words(self) -> bool:
        """Whether nothing but the words that arrive at that moment can make it hold."""
        return self.listens is not None

    @property
    def watched(self) -> bool:
        """Whether time alone can bring it."""
        return self._on_grid is not None

    def watch(self, occasion: Occasion) -> None:
        """Look at the part on the grid and remember it if it came true."""
        asleep = self._asleep
        if occasion.now < asleep.until and occasion.call.moved.isdisjoint(asleep.woken_by):
            return
        truth = self._on_grid(occasion) if self._on_grid is not None else None
        if truth is not None and not self.held:
            now = occasion.now
            self.times.append(SeenMatch("", now, now, now, truth.because))
            occasion.call.moved.add(self)
        self.held = truth is not None
        self._asleep = _AWAKE
        if truth is None and self._rest is not None:
            rest = self._rest(occasion)
            if all(map(_is_of_talk, rest.woken_by)):
                self._asleep = rest

    def hear(self, occasion: Occasion, heard: HeardWords) -> None:
        """Look at the part as words arrive and remember it if they made it true."""
        listens = self.listens
        if listens is not None and heard.found.touched.isdisjoint(listens):
            if not (heard.final and self.times):
                return
            truth = None
        else:
            truth = self._test(occasion)
        known = len(self.times)
        if truth is not None and truth.fresh and not truth.guarded:
            self.forget(heard.utterance)
            spans = [e for e in truth.because if e.utterance == heard.utterance]
            start = min((e.start for e in spans if e.start is not None), default=heard.start)
            end = max((e.end for e in spans if e.end is not None), default=heard.end)
            said = heard.utterance
            self.times.append(SeenMatch("", start, end, occasion.now, truth.because, said))
            occasion.call.moved.add(self)
        elif heard.final:
            self.forget(heard.utterance)
            if len(self.times) != known:
                occasion.call.moved.add(self)

    def carry(self, known: object) -> bool:
        """Remember what another one remembers of the same part. Whether it is of this kind."""
        if not isinstance(known, Past):
            return False
        self.times, self.held = known.times, known.held
        return True

    def forget(self, utterance: str) -> None:
        """The words of ``utterance`` no longer count."""
        if self.times and self.times[-1].utterance == utterance:
            self.times.pop()
        elif self.times:
            self.times = [seen for seen in self.times if seen.utterance != utterance]
