"""The checklist of a good call: ticked by the agent's own words, gently recalled near the end.

Every rule of the family ``checklist`` is an item; its title is what the screen shows. An item is
ticked by the first final utterance in which its rule matches; drafts tick nothing, because a tick
is not taken back. A card that such a rule carries is no card for a match but the reminder for an
item that is still open when the call draws to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from coach.events import ChecklistTicked, CueMatched
from coach.parameters import number, seconds
from coach.snapshot import CheckItem
from rules.definition.roles import Family, Role
from rules.definition.rule import Rule
from rules.definition.selection import chosen


class ChecklistSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the end of the call is near."""

    closing: tuple[str, ...] | None = None
    """Rules, of either side, whose match says so: ids, or families such as ``note.*``; None means
    those with the role ``closing``."""
    over: tuple[str, ...] | None = None
    """Rules, of either side, after which nothing is recalled any more; None means those with the
    role ``goodbye``."""
    over_s: Annotated[float, seconds(0, 7200)] = 60.0
    """Seconds for which that holds; talk that goes on for longer was no goodbye."""
    not_before_s: Annotated[float, seconds(0, 7200)] = 60.0
    """Seconds of call before which no words are a closing: "thank you for calling" also opens.
    Where something is to come after the call, words that close it count sooner as well."""
    follow_ups: tuple[str, ...] | None = None
    """Rules, of either side, whose match says that something is to come after the call; None means
    those with the role ``follow_up``."""
    reminders: Annotated[int, number(0, 20)] = 1
    """Reminders in one call; a list of omissions at the goodbye helps nobody."""


def is_item(rule: Rule) -> bool:
    """Whether a rule is an item of the checklist."""
    return rule.family is Family.CHECKLIST


class Checklist:
    """The items of one call."""

    def __init__(self, rules: Iterable[Rule], settings: ChecklistSettings) -> None:
        self._settings = settings
        self._done: dict[str, float] = {}
        self._reminded: set[str] = set()
        """Matches that were an occasion for a reminder."""
        self._over: dict[str, float] = {}
        """Goodbyes by their match, and when they were heard; the latest counts."""
        self._owed: set[str] = set()
        """Matches that say that something is to come after the call."""
        self._view: tuple[CheckItem, ...] | None = None
        self.take_rules(rules)

    def take_rules(self, rules: Iterable[Rule]) -> None:
        """Go by other rules; what is done stays done."""
        rules, settings = tuple(rules), self._settings
        self._rules = tuple(rule for rule in rules if is_item(rule))
        self._closing = chosen(rules, Role.CLOSING, settings.closing)
        self._goodbyes = chosen(rules, Role.GOODBYE, settings.over)
        self._follow_ups = chosen(
            [rule for rule in rules if not is_item(rule)], Role.FOLLOW_UP, settings.follow_ups
        )
        self._view = None

    def tick(self, item: str, match: CueMatched, utterance: str) -> list[ChecklistTicked]:
        """An item is done by what matched in a final utterance."""
        if item in self._done:
            return []
        self._done[item] = match.end
        self._view = None
        return [
            ChecklistTicked(
                at=match.at,
                channel=match.channel,
                start=match.start,
                end=match.end,
                item=item,
                utterance=utterance,
                text=match.text,
                because=match.because,
            )
        ]

    def heed(self, match: CueMatched) -> bool:
        """Note goodbyes and what is owed, before any match is looked at for a closing.

        Returns whether it is a goodbye.
        """
        if match.rule in self._follow_ups:
            self._owed.add(match.match)
        if match.rule not in self._goodbyes:
            return False
        self._over.pop(match.match, None)
        self._over[match.match] = match.at
        return True

    def forget(self, match: str) -> None:
        """A match was withdrawn."""
        self._owed.discard(match)
        self._over.pop(match, None)
        self._reminded.discard(match)

    def closing(self, match: CueMatched, *, agent_heard: bool) -> Rule | None:
        """A rule matched; returns the open item to recall if the call draws to its end.

        ``agent_heard``: whether the agent has said anything in this call.
        """
        if len(self._reminded) >= self._settings.reminders or match.rule not in self._closing:
            return None
        over = next(reversed(self._over.values()), None)
        if over is not None and match.at - over <= self._settings.over_s:
            return None
        short = match.at < self._settings.not_before_s
        for rule in self._rules:
            if rule.card is None or rule.id in self._done:
                continue
            if Role.OMISSION in rule.roles and not agent_heard:
                continue
            if short and not (self._owed and Role.FOLLOW_UP in rule.roles):
                continue
            self._reminded.add(match.match)
            return rule
        return None

    def items(self) -> tuple[CheckItem, ...]:
        """The items in the order of the rule book."""
        if self._view is None:
            self._view = tuple(
                CheckItem(
                    item=rule.id,
                    title=rule.title,
                    done=self._done.get(rule.id),
                    takeaway=Role.TAKEAWAY in rule.roles,
                )
                for rule in self._rules
            )
        return self._view
