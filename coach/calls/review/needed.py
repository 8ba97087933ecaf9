"""What a card took, and what more a card that was kept back would have taken.

Follows the events of a call in order, so that every reason can be given with the figures that held
at that moment.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_type_hints

import msgspec

from coach.calls.review.card_course import CardCourse, kind_of
from coach.engine.advice.card_policy import (
    CALL_OVER,
    GOODBYE_CAME,
    IN_ITS_PLACE,
    LADDER_HELD,
    NODDED,
    REASON_GONE,
    SETTLED,
    WAITED,
    WAITS,
    CardSettings,
    is_undone,
)
from coach.events import (
    CardRaised,
    CardSuppressed,
    Channel,
    Event,
    Evidence,
    Suppression,
)
from coach.events.lengths import clock
from coach.notes.wording import LATE, guard_of, measured, nearness, told_apart
from rules.definition.conditions import MOST_SENSITIVITY, Meaning, Speaker, walk
from rules.definition.roles import Role
from rules.definition.rule import Kind, Rule, Timing
from rules.matching.near_misses import at_least
from rules.reading.ranges import meta_of, unit_of

MOST_PRIORITY = 100
"""Of a card that is not about a danger."""
ENDS_OF_WAITING = frozenset({REASON_GONE, GOODBYE_CAME, CALL_OVER, SETTLED})


class Reasons:
    """Gives the reasons for and against cards while the events of a call go by."""

    def __init__(self, settings: CardSettings, rules: Mapping[str, Rule]) -> None:
        """``rules``: those in force by id, whatever is put in force later."""
        self._settings = settings
        self._rules = rules
        self._course = CardCourse(settings)
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
        self._course.take(event, rule)

    # --- for a card -------------------------------------------------------------------------

    def for_card(self, event: CardRaised) -> tuple[str, ...]:
        """What it took, a sentence for each reason with a figure."""
        return tuple(_taken(event.because)) or ("The words themselves are what it listens for.",)

    # --- against a card ---------------------------------------------------------------------

    def against(self, event: CardSuppressed, rule: Rule | None) -> tuple[str, ...]:
        """What kept it back, and what would have let it come."""
        self._course.reach(event.at)
        explain = self._against.get(event.reason)
        said = [] if explain is None else list(explain(event, rule))
        return tuple(said)

    def _cooldown(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        known, settings = self._course.of(event.rule), self._settings
        if _note(event) == NODDED and known.nodded is not None:
            again = clock(math.ceil(known.nodded + settings.nod_cooldown_s))
            yield (
                f"The same was nodded at at {clock(known.nodded)}, and there are "
                f"{settings.nod_cooldown_s:g} s between two such nods: from {again} on "
                "(cards.nod_cooldown_s)."
            )
            return
        if rule is None or not known.given:
            yield "A card of this rule had been shown not long before."
            return
        last = known.given[-1].at
        factor = min(settings.dismiss_factor**known.dismissals, settings.dismiss_most)
        wait = rule.timing.cooldown * factor
        times = f" x {factor:g} (it had been dismissed)" if factor > 1 else ""
        yield (
            f"Its last card came at {clock(last)}, and its cooldown is {rule.timing.cooldown:g} s"
            f"{times}: it could come again from {clock(math.ceil(last + wait))} on."
        )
        yield (
            f"Needed: {math.ceil(last + wait - event.at)} s more, or a cooldown of at most "
            f"{math.floor((event.at - last) / factor)} s (timing.cooldown)."
        )

    def _most(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        known = self._course.of(event.rule)
        count = len(known.given)
        most = rule.timing.max_per_call if rule is not None else count
        if count < most:
            yield f"The call had its {self._settings.max_per_call} cards (cards.max_per_call)."
            return
        known.used_up += 1
        times = f"{count} time{'' if count == 1 else 's'}"
        yield f"It had been shown {times} in this call, and {most} is the most."
        yield f"Needed: timing.max_per_call of {count + known.used_up} or more."

    def _tone_budget(self, _event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        course, most = self._course, self._settings.tone_budget
        course.tone_refused += 1
        cards = "1 card" if course.tone == 1 else f"{course.tone} cards"
        yield f"{cards} about the agent's tone had been shown, and {most} is the most."
        yield f"Needed: cards.tone_budget of {course.tone + course.tone_refused} or more."

    def _snoozed(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        since = self._course.snoozed if self._course.snoozed is not None else event.at
        until = clock(math.ceil(since + self._settings.snooze_s))
        yield f"The agent had snoozed cards at {clock(since)}, until {until}."

    def _calm(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        since = self._course.calm if self._course.calm is not None else event.at
        yield f"Calm mode since {clock(since)}: only dangers and boundaries are shown."

    def _muted(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        muted = self._course.of(event.rule).muted
        since = f" (at {clock(muted)})" if muted is not None else ""
        yield f"The agent had muted this rule{since}."

    def _safety(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        if _note(event) == LADDER_HELD:
            yield from self._held()
            return
        danger = self._course.danger(event.at)
        if danger is None:
            yield "A danger to life was open: nothing else has a place then."
        elif danger.until is None:
            yield (
                f"A danger to life had been open since {clock(danger.since)}, unanswered: nothing "
                "else has a place then."
            )
        else:
            again = clock(math.ceil(danger.until))
            what = (
                f"came up at {clock(danger.since)}, with no card to answer"
                if danger.answered is None
                else f"was answered at {clock(danger.answered)}"
            )
            yield (
                f"A danger to life {what}; other cards come again "
                f"{self._settings.after_danger_s:g} s later, from {again} on "
                "(cards.after_danger_s)."
            )

    def _held(self) -> Iterator[str]:
        since = self._course.open_since()
        if since is None:
            yield "What the customer said needs help first, and the boundary ladder stands still."
            return
        yield (
            f"A danger to life has been open since {clock(since)}, and the boundary ladder stands "
            "still as long as it is."
        )

    def _done(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        last = event.because[-1] if event.because else Evidence()
        said = f": “{last.text}”" if last.text else ""
        if last.channel is Channel.CUSTOMER:
            yield f"The customer had said what it waits for{said}. Nothing was needed."
        elif rule is None or rule.card is None or last.rule in rule.card.done_when:
            yield f"The agent had just done what it asks for{said}. Nothing was needed."
        else:
            yield f"What it waits for came in time{said}. Nothing was needed."

    def _doubtful(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        guard = guard_of(event)
        if guard is not None:
            yield f"The words were {guard}, so they raise no card."
            return
        yield "The words stood in a draft, or were doubtful, and the final text did not hold them."

    def _duplicate(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        card = self._course.card
        if _note(event) == IN_ITS_PLACE:
            yield "The boundary ladder's card says the same in its place."
        elif card is not None and card.rule == event.rule:
            yield f"Its card stood on the screen already, since {clock(card.at)}."
        elif card is not None:
            yield f"A card of it waited already, behind {card.do!r} (shown at {clock(card.at)})."
        else:
            yield "A card of it waited already."

    def _priority(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        settings, note, course = self._settings, event.because[-1:], self._course
        own = rule.card.priority if rule is not None and rule.card is not None else None
        card = course.card or (course.gone if course.gone_at == event.at else None)
        if note and note[0].note == WAITS:
            yield from self._outdone(event.rule, note[0].rule or "", own)
            return
        if card is not None:
            yield (
                f"{card.do!r} stood on the screen since {clock(card.at)}, priority {card.priority}."
            )
        if note and note[0].note == WAITED and note[0].value is not None:
            yield f"It waited for the place for {note[0].value:g} s, and no card waits longer."
        elif note and note[0].note in ENDS_OF_WAITING:
            yield f"{note[0].note[:1].upper()}{note[0].note[1:]}."
        if own is None or card is None:
            return
        at_once = kind_of(rule) is Kind.BOUNDARY
        at_once = at_once and kind_of(self._rules.get(card.rule)) is not Kind.BOUNDARY
        read = settings.glance_s if at_once else settings.give_way_s
        least = card.priority + settings.give_way_by
        yield (
            f"Its own priority is {own}. A card gives way after {read:g} s to one that is "
            f"{settings.give_way_by} more important; one about a danger does not."
        )
        if settings.passed_over_by and self._heeds_turns(event, rule):
            yield (
                f"Each turn of the agent's that goes past a card takes {settings.passed_over_by} "
                "from it (cards.passed_over_by)."
            )
        if settings.before_turn_s > read and is_undone(rule, event.because):
            read = settings.before_turn_s
            yield (
                "What reminds of something not done waits for the agent's turn, "
                f"{read:g} s at most (cards.before_turn_s)."
            )
        if card.danger or least > MOST_PRIORITY or event.at < card.at + read:
            yield "Needed: a free place sooner."
        else:
            yield f"Needed: card.priority of {least} or more, or a free place sooner."

    def _heeds_turns(self, event: CardSuppressed, rule: Rule | None) -> bool:
        """Whether a card that the agent has gone past counts for less against it."""
        said = rule is not None and rule.speaker is not Speaker.AGENT
        asks = said and kind_of(rule) is Kind.PROCESS
        worded = rule is not None and Role.WORDING_FAULT in rule.roles
        return asks or (is_undone(rule, event.because) and not worded)

    def _waits_for_last(self, rule: Rule | None) -> bool:
        """Whether its card waits as long as nobody answers the customer."""
        longer = self._settings.unanswered_wait_s > self._settings.wait_s
        said = rule is not None and rule.speaker is Speaker.CUSTOMER
        return longer and said and kind_of(rule) is Kind.PROCESS

    def _outdone(self, loser: str, winner: str, own: int | None) -> Iterator[str]:
        """Only one card waits for the place, but for the serious ones."""
        rule = self._rules.get(winner)
        if rule is None or rule.card is None or own is None:
            yield f"The card of {winner} waited for the place before it."
            return
        priority = rule.card.priority
        yield (
            f"One card waits for the place, and that was {rule.card.do!r}, priority {priority}; "
            f"its own priority is {own}."
        )
        more = 1
        if self._waits_for_last(rule) and self._waits_for_last(self._rules.get(loser)):
            more = self._settings.give_way_by
            yield f"Of what the customer said, with less than {more} between them, the last waits."
        if priority + more <= MOST_PRIORITY:
            yield f"Needed: card.priority of {priority + more} or more, or a free place sooner."
        else:
            yield "Needed: a free place sooner."

    def _gone(self, _event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        yield "Its rule was taken out of force while it waited for the place."

    def _not_sure(self, event: CardSuppressed, rule: Rule | None) -> Iterator[str]:
        yield "The words came near what the rule listens for, and not near enough."
        near = [e for e in event.because if e.value is not None and e.threshold is not None]
        yield from _taken(tuple(near))
        rates = [e.value for e in near if e.value]
        if not rates or rule is None:
            return
        if min(rates) > MOST_SENSITIVITY:
            yield "Needed: words that say it plainer; no rule may take so many false alarms."
        else:
            least = at_least(min(rates))
            yield f"Needed: a sensitivity of {least} or more, or words that say it plainer."

    def _routine(self, event: CardSuppressed, _rule: Rule | None) -> Iterator[str]:
        yield "A calm customer asked for it as one asks for anything."
        yield from _taken(event.because)


def _three_digits(figure: float, more: int) -> str:
    return f"{figure:.{3 + more}g}"


def _note(event: CardSuppressed) -> str:
    """What stands last among its reasons."""
    return event.because[-1].note if event.because else ""


def _taken(because: tuple[Evidence, ...]) -> Iterator[str]:
    """The figures of the evidence with the bounds they crossed or missed."""
    for evidence in because:
        value, threshold = evidence.value, evidence.threshold
        if evidence.note in LATE:
            yield f"It {measured(evidence)}."
        elif evidence.meaning or (evidence.text and value is not None and threshold is not None):
            near = nearness(evidence)
            yield (
                f"“{evidence.text}” {near}." if evidence.meaning else f"“{evidence.text}”: {near}."
            )
        elif value is not None and threshold is not None:
            what = evidence.note or "measured"
            came, enough = told_apart(value, threshold, _three_digits)
            yield f"{what}: {came} came, {enough} are enough."


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
