"""What a card took, and what more a card that was kept back would have taken.

Follows the events of a call in order, so that every reason can be given with the figures that held
at that moment.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import msgspec

from coach.engine.advice.card_policy import CardSettings
from coach.events import (
    Action,
    AgentAction,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Clearing,
    Event,
    Evidence,
    Nodded,
    Suppression,
    Track,
)
from coach.events.lengths import clock
from coach.notes.wording import nearness
from rules.definition.conditions import Meaning, walk
from rules.definition.rule import Kind, Rule, Timing
from rules.reading.ranges import meta_of, unit_of


class _Shown:
    """What is known of one rule's cards so far."""

    def __init__(self) -> None:
        self.last: float | None = None
        self.count = 0
        self.dismissals = 0


class Reasons:
    """Gives the reasons for and against cards while the events of a call go by."""

    def __init__(self, settings: CardSettings) -> None:
        self._settings = settings
        self._rules: dict[str, _Shown] = {}
        self._card: CardRaised | None = None
        self._tone = 0
        self._key: AgentAction | None = None
        """The agent's latest key."""
        self._since: dict[Action, float] = {}
        """When the agent pressed a key last."""
        self._danger: tuple[float, float | None] | None = None
        """When a danger came up last, and when it was answered."""
        self._against: dict[Suppression, Callable[[CardSuppressed, Rule | None], Iterator[str]]] = {
            Suppression.COOLDOWN: self._cooldown,
            Suppression.MAX_PER_CALL: self._most,
            Suppression.TONE_BUDGET: self._tone_budget,
            Suppression.SNOOZED: self._snoozed,
            Suppression.CALM_MODE: self._calm,
            Suppression.MUTED: self._muted,
            Suppression.SAFETY_OPEN: self._safety,
            Suppression.ALREADY_DONE: self._done,
            Suppression.DOUBTFUL: self._doubtful,
            Suppression.DUPLICATE: self._duplicate,
            Suppression.LOWER_PRIORITY: self._priority,
            Suppression.RULE_GONE: self._gone,
            Suppression.NOT_SURE: self._not_sure,
            Suppression.ROUTINE: self._routine,
        }

    def take(self, event: Event, rule: Rule | None) -> None:
        """Let an event go by; ``rule`` is the one it names."""
        if isinstance(event, AgentAction):
            self._key = event
            self._since[event.action] = event.at
        elif isinstance(event, CardRaised):
            self._raised(event, rule)
        elif isinstance(event, Nodded) and _kind(rule) is Kind.NOD:
            self._spent(event.rule, event.at)
        elif isinstance(event, CardCleared):
            self._cleared(event)

    def _raised(self, event: CardRaised, rule: Rule | None) -> None:
        self._card = event
        self._spent(event.rule, event.at)
        self._tone += _kind(rule) is Kind.TONE
        if event.danger and event.track is Track.SAFETY:
            self._danger = (event.at, None)

    def _spent(self, rule: str, at: float) -> None:
        shown = self._of(rule)
        shown.last = at
        shown.count += 1

    def _cleared(self, event: CardCleared) -> None:
        shown, card = self._of(event.rule), self._card
        self._card = None
        if event.reason is Clearing.RETRACTED:
            shown.last, shown.count = None, shown.count - 1
        key = self._key if self._key is not None and self._key.at == event.at else None
        if key is not None and key.action in (Action.DISMISS, Action.MARK_WRONG):
            shown.dismissals += event.reason is Clearing.DISMISSED
        elif key is not None and key.action is Action.USED:
            shown.dismissals = 0
        if card is not None and card.danger and self._danger is not None:
            self._danger = (self._danger[0], event.at)

    def _of(self, rule: str) -> _Shown:
        return self._rules.setdefault(rule, _Shown())

    # --- for a card -------------------------------------------------------------------------

    def for_card(self, event: CardRaised) -> tuple[str, ...]:
        """What it took, a sentence for each reason with a figure."""
        return tuple(_taken(event.because)) or ("The words themselves are what it listens for.",)

    # --- against a card ---------------------------------------------------------------------

    def against(self, event: CardSuppressed, rule: Rule | None) -> tuple[str, ...]:
        """What kept it back, and what would have let it come."""
        explain = self._against.get(event.reason)
        said = [] if explain is None else list(explain(event, rule))
        return tuple(said)

    def _factor(self, rule: str) -> float:
        settings = self._settings
        return min(settings.dismiss_factor ** self._of(rule).dismissals, settings.dismiss_most)

    def _cooldown(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        last = self._of(event.rule).last
        if rule is None or last is None:
            yield "A card of this rule had been shown shortly before."
            return
        factor = self._factor(event.rule)
        wait = rule.timing.cooldown * factor
        times = f" x {factor:g} (it had been dismissed)" if factor > 1 else ""
        yield (
            f"Its last card came at {clock(last)}, and its cooldown is {rule.timing.cooldown:g} s"
            f"{times}: it could come again from {clock(last + wait)} on."
        )
        yield (
            f"Needed: {last + wait - event.at:.0f} s more, or a cooldown of at most "
            f"{(event.at - last) / factor:.0f} s (timing.cooldown)."
        )

    def _most(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        count = self._of(event.rule).count
        most = rule.timing.max_per_call if rule is not None else count
        if count >= most:
            yield f"It had been shown {count} times in this call, and {most} is the most."
            yield f"Needed: timing.max_per_call of {count + 1} or more."
            return
        yield f"The call had its {self._settings.max_per_call} cards (cards.max_per_call)."

    def _tone_budget(self, _event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        most = self._settings.tone_budget
        yield f"{self._tone} cards about the agent's tone had been shown, and {most} is the most."
        yield f"Needed: cards.tone_budget of {self._tone + 1} or more."

    def _snoozed(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        since = self._since.get(Action.SNOOZE, event.at)
        until = since + self._settings.snooze_s
        yield f"The agent had snoozed cards at {clock(since)}, until {clock(until)}."

    def _calm(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        since = clock(self._since.get(Action.CALM_MODE, event.at))
        yield f"Calm mode since {since}: only dangers and boundaries are shown."

    def _muted(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        yield f"The agent had muted this rule (at {clock(self._since_mute(event))})."

    def _since_mute(self, event: CardSuppressed) -> float:
        return self._since.get(Action.MUTE_RULE, event.at)

    def _safety(self, _event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        if self._danger is None:
            yield "A danger to life was open: nothing else has a place then."
            return
        came, answered = self._danger
        if answered is None:
            yield f"A danger to life stood on the screen since {clock(came)}, unanswered."
            return
        quiet = self._settings.after_danger_s
        yield (
            f"A danger to life was answered at {clock(answered)}; other cards come again "
            f"{quiet:g} s later, from {clock(answered + quiet)} on (cards.after_danger_s)."
        )

    def _done(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        words = event.because[-1].text if event.because else ""
        said = f": “{words}”" if words else ""
        yield f"The agent had just done what it asks for{said}. Nothing was needed."

    def _doubtful(self, _event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        yield "The words stood in a draft, or were doubtful, and the final text did not hold them."

    def _duplicate(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        card = self._card
        if card is not None and card.rule == event.rule:
            yield f"Its card stood on the screen already, since {clock(card.at)}."
        elif card is not None:
            yield f"A card of it waited already, behind {card.do!r} (shown at {clock(card.at)})."
        else:
            yield "Another card says the same in its place."

    def _priority(self, _event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        settings, card = self._settings, self._card
        if card is not None:
            since = clock(card.at)
            yield f"{card.do!r} stood on the screen since {since}, priority {card.priority}."
        if rule is None or rule.card is None:
            return
        yield (
            f"Its own priority is {rule.card.priority}. A card gives way after "
            f"{settings.give_way_s:g} s to one that is {settings.give_way_by} more important, and "
            f"one that waits is fresh for {settings.wait_s:g} s."
        )
        if card is not None:
            least = card.priority + settings.give_way_by
            yield f"Needed: card.priority of {least} or more, or a free place sooner."

    def _gone(self, _event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        yield "Its rule was taken out of force while it waited for the place."

    def _not_sure(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        yield "The words came near what the rule listens for, and not near enough."
        yield from _taken(tuple(e for e in event.because if e.meaning))
        near = [e.value for e in event.because if e.meaning and e.value is not None]
        if near and rule is not None:
            yield f"Needed: a sensitivity of {min(near):.2g} or more, or words that say it plainer."

    def _routine(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        yield "A calm customer asked for it as one asks for anything."
        yield from _taken(event.because)


def _kind(rule: Rule | None) -> Kind | None:
    return rule.card.kind if rule is not None and rule.card is not None else None


def _taken(because: tuple[Evidence, ...]) -> Iterator[str]:
    """The figures of the evidence with the bounds they crossed or missed."""
    for evidence in because:
        if evidence.meaning:
            yield f"“{evidence.text}” {nearness(evidence)}."
        elif evidence.value is not None and evidence.threshold is not None:
            what = evidence.note or "measured"
            yield f"{what}: {evidence.value:.3g} came, {evidence.threshold:.3g} are enough."


# --- the thresholds of a rule -------------------------------------------------------------------


def limits_of(rule: Rule) -> tuple[str, ...]:
    """Every figure that decides when the rule matches and when it shows a card, one a line."""
    lines = [line for part in walk(rule.when) for line in _figures(part)]
    lines += _figures(rule.timing)
    if rule.card is not None:
        lines += _figures(rule.card)
    return tuple(dict.fromkeys(lines))


def _figures(part: Any) -> list[str]:
    """The numbers of a struct with their units."""
    kind: type[msgspec.Struct] = type(part)
    name = _words(kind.__name__)
    lines = []
    for attribute, called, unit in _fields(kind):
        value = getattr(part, attribute)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if isinstance(part, Meaning) and attribute == "support":
            continue
        if isinstance(part, Timing) and not value:  # it asks for no time
            continue
        shown = value.name.lower() if hasattr(value, "name") else f"{value:g}"
        lines.append(f"{name}: {called} {shown} {unit}".rstrip())
    return lines


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, str], ...]:
    """Of every field its name, what it is called, and its unit; a struct never changes these."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        (field.name, field.encode_name.replace("_", " "), unit_of(meta_of(hints[field.name])))
        for field in msgspec.structs.fields(kind)
    )


def _words(name: str) -> str:
    """``NotFollowed`` as ``not followed``."""
    said = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return {"card spec": "card", "timing": "rule"}.get(said, said)
