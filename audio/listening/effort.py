"""What to give up when the machine cannot keep up, and when to take it back.

Rungs are climbed one at a time when results come late and descended after a quiet spell. No
effort drops a final: what is given up is most of the drafts first, then the finals' wider search,
and then the agent is told. Lateness is that of every result, but of drafts only while they are
asked for at a steady rate (``audio.listening.keeping_up``).
"""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

from coach.parameters import seconds


class Effort(enum.IntEnum):
    """How much is given up."""

    FULL = 0
    FEWER_DRAFTS = 1
    """Drafts come at a third of their usual rate."""
    SMALL_BEAM = 2
    """Drafts only between the finals and with a rest after each; finals decode greedily and
    without earlier speech."""
    DEGRADED = 3
    """As before, and the screen says so."""


class EffortSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When a result is late."""

    late: Annotated[float, seconds(0.05, 60)] = 0.9
    """Seconds from the end of the sound to the result; three times what is usual is below."""
    hold: Annotated[float, seconds(0, 60)] = 0.5
    """Least seconds between two climbs, so that one slow decode does not run up the effort."""
    calm: Annotated[float, seconds(0, 600)] = 10.0
    """Seconds without a late result before one effort is descended; doubled, up to eight times,
    whenever the descent turns out to have been too early."""


class EffortControl:
    """Follows lateness; one for the whole call, since both channels share the machine."""

    def __init__(self, settings: EffortSettings | None = None) -> None:
        self.settings = settings or EffortSettings()
        self.given_up = Effort.FULL
        self._changed = -1e9
        self._late = -1e9
        self._descended = -1e9
        self._calm = self.settings.calm

    def overwhelmed(self, at: float) -> None:
        """Words were lost at ``at``: all that can be given up is."""
        self._late = at
        if self.given_up is not Effort.DEGRADED:
            self.given_up = Effort.DEGRADED
            self._changed = at

    def observe(self, at: float, lateness: float) -> None:
        """A result arrived at ``at``, ``lateness`` seconds after its sound ended."""
        if lateness > self.settings.late:
            self._late = at
            if self.given_up < Effort.DEGRADED and at - self._changed >= self.settings.hold:
                self.given_up = Effort(self.given_up + 1)
                self._changed = at
                relapse = at - self._descended < self.settings.calm
                longest = 8.0 * self.settings.calm
                self._calm = min(2.0 * self._calm, longest) if relapse else self.settings.calm
        elif self.given_up > Effort.FULL and at - max(self._late, self._changed) >= self._calm:
            self.given_up = Effort(self.given_up - 1)
            self._changed = self._descended = at
