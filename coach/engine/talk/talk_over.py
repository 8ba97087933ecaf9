"""Talk-over: who began to speak while the other one spoke, and for how long both did.

Whoever began later talks over; the spans of the two sides may become known in either order. A
backchannel is no talk-over, which is known only once its words are.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection

KEEP_S = 300.0
"""Spans older than this serve no window; longer windows than five minutes are not offered."""


class SpeechSpan:
    """One stretch of speech of one side."""

    __slots__ = ("backchannel", "end", "over", "start", "substantial")

    def __init__(self, start: float) -> None:
        self.start = start
        self.end: float | None = None
        self.backchannel = False
        self.substantial = False
        """Known to be more than a backchannel."""
        self.over: SpeechSpan | None = None
        """The other side's span during which this one began."""

    def until(self, now: float) -> float:
        """Where it ends, or how far it reaches for certain at ``now``."""
        return now if self.end is None else self.end

    def talks_over(self, least: float, sure: float) -> bool:
        """Whether both spoke for ``least`` seconds; open spans count up to ``sure``."""
        if self.over is None or self.backchannel:
            return False
        return min(self.until(sure), self.over.until(sure)) - self.start >= least


class SideSpans:
    """The spans of one side that are kept, by their beginnings."""

    def __init__(self) -> None:
        self.spans: deque[SpeechSpan] = deque()
        self._over: list[SpeechSpan] = []
        """Those of them that began while the other side spoke: there are few."""
        self._dropped = 0
        """Talk-overs among the spans that are kept no more."""

    def begin(self, span: SpeechSpan, far: SideSpans, counts_from: float) -> bool:
        """Take in a span that has begun; ``far`` is this side itself where nothing divides them.

        Of the spans that are dropped, those count that lasted ``counts_from`` seconds. Returns
        whether it begins during the other side's speech, or that during it.
        """
        self.spans.append(span)
        found = far is not self and self._find_over(span, far)
        dropped = False
        while self.spans[0].end is not None and self.spans[0].start < span.start - KEEP_S:
            self._dropped += self.spans.popleft().talks_over(counts_from, span.start)
            dropped = True
        if span.over is not None or dropped:
            self._look_over()
        return found or span.over is not None

    def talks_over(self, span: SpeechSpan) -> bool:
        """Whether any of them began during that one."""
        return any(one.over is span for one in self._over)

    @staticmethod
    def _find_over(span: SpeechSpan, far: SideSpans) -> bool:
        """Find out who began first; returns whether any of the far side's began later."""
        found = False
        for other in reversed(far.spans):
            if other.end is not None and other.end <= span.start:
                break
            if other.start < span.start:
                span.over = other
            elif other.over is None and other.start > span.start:
                other.over = span
                found = True
        if found:
            far._look_over()
        return found

    def _look_over(self) -> None:
        self._over = [span for span in self.spans if span.over is not None]

    def remove(self, gone: Collection[SpeechSpan], far: SideSpans) -> None:
        """Forget spans that were no talk: nobody talked over them."""
        for span in gone:
            self.spans.remove(span)
        for other in far.spans:
            if other.over in gone:
                other.over = None
        self._look_over()
        far._look_over()

    def last(self, end: float) -> SpeechSpan | None:
        """The latest span that began before ``end``."""
        for span in reversed(self.spans):
            if span.start < end:
                return span
        return None

    def begun_by(self, at: float) -> SpeechSpan | None:
        """The latest span that began at ``at`` or before."""
        for span in reversed(self.spans):
            if span.start <= at:
                return span
        return None

    def talk_overs(self, least: float, since: float, sure: float) -> list[SpeechSpan]:
        """Those begun at ``since`` or later that talked over for ``least`` seconds, in order."""
        found = []
        for span in reversed(self._over):
            if span.start < since:
                break
            if span.talks_over(least, sure):
                found.append(span)
        return found[::-1]

    def sure_from(self, least: float, since: float) -> list[float]:
        """From when on those begun at ``since`` or later have talked over for ``least`` seconds.

        Where they do, if nothing is heard before: of what is over for both, from ever.
        """
        found = []
        for span in reversed(self._over):
            if span.start < since:
                break
            if span.over is None or span.backchannel:
                continue
            ends = [one.end for one in (span, span.over) if one.end is not None]
            if all(end - span.start >= least for end in ends):
                found.append(-math.inf if len(ends) == 2 else span.start + least)
        return found

    def count(self, least: float, sure: float) -> int:
        """How many talk-overs there were in the whole call."""
        return self._dropped + len(self.talk_overs(least, -1.0, sure))
