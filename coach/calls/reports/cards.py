"""The cards of a call: those that were shown, with what became of them, and those kept back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_type_hints

import msgspec

from coach.calls.journal_gathering import printable
from coach.calls.marks import BY_AGENT, Verdict
from coach.events import (
    Action,
    AgentAction,
    CardCleared,
    CardRaised,
    CardStrengthened,
    CardSuppressed,
    Event,
    Evidence,
)
from coach.notes.report.call_report import CardTold, KeptBackTold, MarkTold
from coach.notes.timeline_text import why
from coach.notes.wording import kept_back
from rules.definition.conditions import Meaning, walk
from rules.definition.rule import CardSpec, Rule, Timing
from rules.reading.ranges import meta_of, unit_of

_UNTOLD = frozenset({"priority", "support"})
"""Figures of a rule that say nothing about when it matches or how often it shows a card."""


class CardsOfCall:
    """Follows the cards through the events of a call."""

    def __init__(self, events: Iterable[Event], rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self._shown: dict[str, CardTold] = {}
        self._kept_back: dict[tuple[str, str], KeptBackTold] = {}
        self._marks: list[MarkTold] = []
        self._on_screen: str | None = None
        for event in events:
            if isinstance(event, CardRaised):
                self._raised(event)
            elif isinstance(event, CardStrengthened):
                self._strengthened(event)
            elif isinstance(event, CardCleared):
                self._cleared(event)
            elif isinstance(event, CardSuppressed):
                self._suppressed(event)
            elif isinstance(event, AgentAction) and event.action is Action.MARK_WRONG:
                self._marked(event)

    def shown(self) -> tuple[CardTold, ...]:
        """In the order in which they were shown."""
        return tuple(self._shown.values())

    def kept_back(self) -> tuple[KeptBackTold, ...]:
        """In the order in which they were first asked for."""
        return tuple(self._kept_back.values())

    def agents_marks(self) -> tuple[MarkTold, ...]:
        """What the agent marked wrong during the call."""
        return tuple(self._marks)

    def _title(self, rule: str) -> str:
        known = self._rules.get(rule)
        return known.title if known else rule

    def _raised(self, event: CardRaised) -> None:
        rule = self._rules.get(event.rule)
        self._on_screen = event.card
        self._shown[event.card] = CardTold(
            card=event.card,
            rule=event.rule,
            title=self._title(event.rule),
            track=event.track.value,
            severity=event.severity,
            at=event.at,
            do=printable(event.do),
            say=printable(event.say),
            because=reasons(event.because),
            limits="; ".join(limits_of(rule)) if rule else "",
            graver=(),
            fate="shown",
            cleared=None,
        )

    def _strengthened(self, event: CardStrengthened) -> None:
        card = self._shown.get(event.card)
        if card is not None:
            graver = (*card.graver, *reasons(event.because))
            self._shown[event.card] = msgspec.structs.replace(
                card, graver=tuple(dict.fromkeys(graver)), severity=event.severity
            )

    def _cleared(self, event: CardCleared) -> None:
        self._on_screen = None if self._on_screen == event.card else self._on_screen
        card = self._shown.get(event.card)
        if card is not None:
            self._shown[event.card] = msgspec.structs.replace(
                card, fate=event.reason.value, cleared=event.at
            )

    def _suppressed(self, event: CardSuppressed) -> None:
        told = kept_back(event)
        key = (event.rule, told)
        before = self._kept_back.get(key)
        if before is not None:
            again = msgspec.structs.replace(before, at=(*before.at, event.at))
            self._kept_back[key] = again
            return
        self._kept_back[key] = KeptBackTold(
            rule=event.rule,
            title=self._title(event.rule),
            reason=event.reason.value,
            told=told,
            at=(event.at,),
            because=reasons(event.because),
        )

    def _marked(self, event: AgentAction) -> None:
        card = self._shown.get(event.card or self._on_screen or "")
        if card is not None:
            self._marks.append(
                MarkTold(
                    at=event.at,
                    verdict=Verdict.WRONG.value,
                    by=BY_AGENT,
                    made="",
                    card=card.card,
                    rule=card.rule,
                    note=printable(event.note),
                )
            )


def reasons(because: Iterable[Evidence]) -> tuple[str, ...]:
    """The evidence, a clause each."""
    return tuple(dict.fromkeys(printable(text) for one in because if (text := why([one]))))


def limits_of(rule: Rule) -> tuple[str, ...]:
    """The figures that decide when a rule matches and how often it shows a card."""
    parts: list[msgspec.Struct] = [*walk(rule.when), rule.timing]
    if rule.card is not None:
        parts.append(rule.card)
    return tuple(dict.fromkeys(line for part in parts for line in _figures(part)))


def _figures(part: msgspec.Struct) -> list[str]:
    hints = get_type_hints(type(part), include_extras=True)
    lines = []
    kind = "" if isinstance(part, Meaning | Timing | CardSpec) else f"{_words(type(part))}: "
    for field in msgspec.structs.fields(type(part)):
        value = getattr(part, field.name)
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        if not plain or field.name in _UNTOLD:
            continue
        if field.name in ("for_", "keep_for") and not value:
            continue
        shown = value.name.lower() if hasattr(value, "name") else f"{value:g}"
        unit = unit_of(meta_of(hints[field.name]))
        lines.append(f"{kind}{field.encode_name.replace('_', ' ')} {shown} {unit}".rstrip())
    return lines


def _words(kind: type) -> str:
    """``NotFollowed`` as ``not followed``."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in kind.__name__).strip()
