"""Pauses: from the key PAUSE to the key RESUME the call is off the record.

What was said meanwhile leaves no trace, even where its text comes later.
"""

from __future__ import annotations

from coach.events.facts import AgentAction
from coach.events.terms import Action


class Pauses:
    """The pauses of one call, in seconds of call time."""

    def __init__(self) -> None:
        self.since: float | None = None
        """When the pause began that is not over; None where the call is heard."""
        self._over: list[tuple[float, float]] = []

    def take(self, key: AgentAction) -> None:
        """Follow a key of the agent's; others than PAUSE and RESUME change nothing."""
        if key.action is Action.PAUSE:
            self.begin(key.at)
        elif key.action is Action.RESUME:
            self.end(key.at)

    def begin(self, at: float) -> bool:
        """The call is paused. Returns whether it was not paused already."""
        if self.since is not None:
            return False
        self.since = at
        return True

    def end(self, at: float) -> tuple[float, float] | None:
        """The call is heard again. Returns the pause that is over; None where there was none."""
        if self.since is None:
            return None
        over = self.since, at
        self._over.append(over)
        self.since = None
        return over

    def spans(self, until: float) -> list[tuple[float, float]]:
        """Beginning and end of every pause; one that is not over reaches to ``until``."""
        return self._over if self.since is None else [*self._over, (self.since, until)]

    def touch(self, start: float, end: float) -> bool:
        """Whether some of the time from ``start`` to ``end`` lies in a pause."""
        if self.since is not None and end > self.since:
            return True
        if not self._over:
            return False
        return any(start < over and end > begun for begun, over in self._over)
