"""What conditions look at: the words that arrive, the state of the call, what came true before.

``CallState`` holds what is known of the call, ``Occasion`` the time, that state and the words that
have just arrived, if any. A ``Test`` answers an occasion with a ``Truth`` (why, and whether these
very words made it so) or None.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Hashable

import msgspec

from coach.engine.talk.heard import HeardWords
from coach.engine.talk.state import TalkState
from coach.events import CueMatched, Evidence, Level


class SeenMatch(msgspec.Struct, frozen=True, eq=False):
    """One match of a rule, as other rules see it."""

    match: str
    """Identifier of the match; empty for what is no match of its own."""
    start: float
    end: float
    at: float
    because: tuple[Evidence, ...]
    utterance: str | None = None
    """Whose words made it; None where state alone did."""
    guarded: bool = False


def seen_of(match: CueMatched) -> SeenMatch:
    """A match as other rules see it."""
    return SeenMatch(
        match.match,
        match.start,
        match.end,
        match.at,
        match.because,
        match.utterance,
        match.utterance is not None and match.guarded,
    )


def _end(seen: SeenMatch) -> float:
    return seen.end


LEVEL = "level"
"""Names the level among what has moved (``CallState.moved``)."""


class Log(list[SeenMatch]):
    """Matches of some rules, by where they ended."""

    latest = -math.inf
    """When the newest of them that there ever were was learned."""


class MatchLog:
    """The matches of every rule so far."""

    def __init__(self, moved: set[Hashable] | None = None) -> None:
        """``moved``: where to name the logs that changed, each by its rules."""
        self._moved = set() if moved is None else moved
        self.by_rule: dict[str, list[SeenMatch]] = {}
        """Oldest first."""
        self._merged: dict[tuple[str, ...], Log] = {}
        self._merged_of: dict[str, dict[tuple[str, ...], Log]] = {}
        self._named: set[tuple[str, str]] = set()
        """The rules and the identifiers of the matches that there are."""

    def of(self, rule: str) -> list[SeenMatch]:
        """The matches of one rule, oldest first."""
        return self.by_rule.get(rule, [])

    def merged(self, rules: tuple[str, ...]) -> Log:
        """The unguarded matches of several rules, by where they ended; kept up to date."""
        if rules not in self._merged:
            known = [seen for rule in rules for seen in self.of(rule) if not seen.guarded]
            log = Log(sorted(known, key=lambda seen: (seen.end, seen.at)))
            log.latest = max((seen.at for seen in known), default=-math.inf)
            self._merged[rules] = log
            for rule in rules:
                self._merged_of.setdefault(rule, {})[rules] = log
        return self._merged[rules]

    def add(self, rule: str, seen: SeenMatch) -> None:
        """A rule matched; a match with the same identifier is replaced."""
        self.remove(rule, seen.match)
        self._named.add((rule, seen.match))
        self.by_rule.setdefault(rule, []).append(seen)
        if not seen.guarded:
            for log in self._merged_of.get(rule, {}).values():
                bisect.insort(log, seen, key=_end)
                log.latest = max(log.latest, seen.at)

    def remove(self, rule: str, match: str) -> None:
        """A match was withdrawn, or the agent marked it wrong."""
        logs = self._merged_of.get(rule, {})
        self._moved.update(logs)
        if (rule, match) not in self._named:
            return
        self._named.remove((rule, match))
        for known in (self.by_rule.get(rule, []), *logs.values()):
            known[:] = [seen for seen in known if seen.match != match]


class CallState:
    """Everything a state condition may ask about."""

    def __init__(self, talk: TalkState) -> None:
        self.talk = talk
        self.level = Level.CALM
        self.moved = talk.moved
        self.matches = MatchLog(self.moved)
        self.settled = MatchLog(self.moved)
        """Those of them that no draft can take back: what is ticked stays ticked."""


class Occasion(msgspec.Struct, frozen=True, eq=False):
    """The occasion on which conditions are looked at."""

    now: float
    call: CallState
    heard: HeardWords | None = None


class Truth(msgspec.Struct, frozen=True, eq=False):
    """A condition held: why, and whether these very words made it so."""

    because: tuple[Evidence, ...]
    fresh: bool = False
    guarded: bool = False
    """The words were negated or quoted."""


Test = Callable[[Occasion], Truth | None]
