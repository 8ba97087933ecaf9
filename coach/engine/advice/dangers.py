"""Dangers to life: which are open, which the agent has answered, and how long all else is quiet.

A danger is open from its cue until the cue is withdrawn or the agent says that there is none
(dismissed, marked wrong). While one is unanswered, nothing but dangers is shown. Once the agent
has acknowledged it, other cards come again after a while: the call goes on, and who is in danger
may need the very help that cards give. The boundary ladder stays held, because distress is no
abuse. A new danger begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet


class Dangers:
    """The dangers to life of one call."""

    def __init__(self, quiet_s: float) -> None:
        """``quiet_s``: seconds after an answer in which nothing else is shown."""
        self._quiet_s = quiet_s
        self._open: dict[str, str] = {}
        """Cues and their rules."""
        self._unanswered: set[str] = set()
        """The rules whose cards have not been answered."""
        self._quiet_until: float | None = None

    @property
    def open(self) -> bool:
        """Whether there is a danger, answered or not."""
        return bool(self._open)

    @property
    def cues(self) -> Mapping[str, str]:
        """The open ones: their cues, and the rules of these."""
        return self._open

    @property
    def unanswered(self) -> AbstractSet[str]:
        """The rules whose cards the agent has not answered."""
        return self._unanswered

    def quiet(self, at: float) -> bool:
        """Whether nothing else is to be shown at ``at``."""
        return bool(self._unanswered) or (self._quiet_until is not None and at < self._quiet_until)

    def opened(self, match: str, rule: str, *, asks: bool, at: float) -> None:
        """A danger came up; ``asks`` where it has a card that the agent can answer."""
        self._open[match] = rule
        if asks:
            self._unanswered.add(rule)
        else:
            self._quiet_until = at + self._quiet_s

    def answered(self, rule: str, at: float) -> None:
        """The agent has seen to what the card of a rule asked for."""
        if rule in self._unanswered:
            self._unanswered.remove(rule)
            self._quiet_until = at + self._quiet_s

    def over(self, rule: str) -> None:
        """There is no such danger: the agent said so."""
        for match in [m for m, one in self._open.items() if one == rule]:
            self.forget(match)

    def forget(self, match: str) -> bool:
        """A cue was withdrawn; returns whether it was a danger."""
        rule = self._open.pop(match, None)
        if rule is None:
            return False
        if rule not in self._open.values():
            self._unanswered.discard(rule)
        if not self._open:
            self._quiet_until = None
        return True
