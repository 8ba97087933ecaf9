"""Run what rules say about themselves: examples and timelines.

Examples need the matcher only. Timelines need an engine, which is handed in as a callable, so
that rules know nothing of it: ``run(facts)`` takes a list of facts in order and gives back all
results. A timeline is written like a Prometheus rule test: it starts at 0, time is data, and an
empty ``cards`` means that nothing may be on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

import msgspec

from coach.events import (
    CallEnded,
    CallStarted,
    CardCleared,
    CardRaised,
    Channel,
    EscalationChanged,
    Fact,
    Hypothesis,
    Level,
    Loudness,
    Result,
    SpeechEnded,
    SpeechStarted,
    Utterance,
    Word,
)
from rules.definition.conditions import AllOf, AnyCondition, Not, Speaker
from rules.definition.examples import Example, ScriptedCall, ScriptedMoment
from rules.definition.rule import Rule, RuleBook
from rules.matching.evaluate import decide, lexical
from rules.matching.hits import Hit
from rules.matching.matcher import Matcher, Understand, understand_nothing

Run = Callable[[Sequence[Fact]], Sequence[Result]]
"""Feeds facts to a fresh engine and returns everything it made."""

WORDS_A_SECOND = 2.5
"""How fast scripted people speak."""
_USUAL_DBFS = -30.0
_QUIET_DBFS = -70.0
_GRID_S = 0.5
_DRAFT_S = 0.7
"""Seconds after a word's end at which a draft has it in a script."""
_AFTER_S = 0.2
"""Seconds after its last word at which the final text is known in a script."""


class ExampleResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one example."""

    rule: str
    example: Example
    hit: Hit | None
    right: bool

    @property
    def failed(self) -> bool:
        """Wrong, and not known to be; or known to be wrong and right after all."""
        return self.right is self.example.todo


class TimelineResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one timeline."""

    rule: str
    timeline: str
    mistakes: tuple[str, ...]
    """One plain sentence for each expectation that was not met."""


def channel_of(rule: Rule) -> Channel:
    """The channel on which the rule's examples are spoken."""
    return Channel.AGENT if rule.speaker is Speaker.AGENT else Channel.CUSTOMER


def has_examples(rule: Rule) -> bool:
    """True where words alone can make the rule match, so that examples are due."""
    return lexical(_said(rule.when))


def run_examples(
    book: RuleBook,
    matcher: Matcher | None = None,
    understand: Understand = understand_nothing,
    of: Container[str] | None = None,
) -> list[ExampleResult]:
    """Try every example of every active rule, or of those alone whose ids are in ``of``."""
    matcher = matcher or Matcher(book)
    results: list[ExampleResult] = []
    for rule in book.active():
        if of is not None and rule.id not in of:
            continue
        for example in rule.examples:
            channel, text = channel_of(rule), example.text
            hit = decide(rule, matcher.find(channel, text, clauses=understand(channel, text)))
            matched = hit is not None and not hit.guard
            results.append(
                ExampleResult(
                    rule=rule.id, example=example, hit=hit, right=matched is example.expect
                )
            )
    return results


def run_timelines(rules: Iterable[Rule], run: Run) -> list[TimelineResult]:
    """Play every timeline through an engine."""
    return [
        TimelineResult(
            rule=rule.id,
            timeline=timeline.name,
            mistakes=tuple(check(timeline, run(facts_of(timeline)))),
        )
        for rule in rules
        for timeline in rule.timelines
    ]


# --- a timeline as facts --------------------------------------------------------------------


def facts_of(timeline: ScriptedCall) -> list[Fact]:
    """The script as the engine would hear it, in order."""
    spoken = list(_spoken(timeline.steps))
    end = max([s.at for s in timeline.steps] + [e for *_, e in spoken], default=0.0) + 1.0
    facts: list[Fact] = [CallStarted(at=0.0, call="timeline", started="", source="timeline")]
    for number, (channel, step, start, stop) in enumerate(spoken, 1):
        facts.extend(_speech(f"{channel.value[0]}{number}", channel, step, start, stop))
    facts.extend(_loudness(spoken, end))
    facts.sort(key=lambda f: f.at)
    facts.append(CallEnded(at=end, reason="the script is over"))
    return facts


def _spoken(
    steps: Iterable[ScriptedMoment],
) -> Iterator[tuple[Channel, ScriptedMoment, float, float]]:
    for step in steps:
        for channel, text in ((Channel.CUSTOMER, step.customer), (Channel.AGENT, step.agent)):
            if text:
                length = step.speak or max(0.6, len(text.split()) / WORDS_A_SECOND)
                yield channel, step, step.at, step.at + length


def _speech(
    name: str, channel: Channel, step: ScriptedMoment, start: float, stop: float
) -> Iterator[Fact]:
    text = step.customer if channel is Channel.CUSTOMER else step.agent
    tokens = text.split()
    each = (stop - start) / len(tokens)
    words = tuple(
        Word(text=t, start=start + i * each, end=start + (i + 1) * each, confidence=0.95)
        for i, t in enumerate(tokens)
    )
    yield SpeechStarted(at=start, channel=channel, start=start, end=start)
    drafted = ""
    for second in range(1, int(stop - start) + 1):
        known = " ".join(w.text for w in words if w.end <= start + second - _DRAFT_S)
        if known != drafted:
            drafted = known
            yield Hypothesis(
                at=start + second,
                channel=channel,
                start=start,
                end=start + second,
                utterance=name,
                committed=known,
                tail="",
            )
    yield SpeechEnded(at=stop, channel=channel, start=start, end=stop)
    yield Utterance(
        at=stop + _AFTER_S,
        channel=channel,
        start=start,
        end=stop,
        utterance=name,
        text=text,
        words=words,
        confidence=0.95,
    )


def _loudness(
    spoken: Sequence[tuple[Channel, ScriptedMoment, float, float]], end: float
) -> Iterator[Loudness]:
    for i in range(int(end / _GRID_S)):
        start, stop = i * _GRID_S, (i + 1) * _GRID_S
        for channel in (Channel.AGENT, Channel.CUSTOMER):
            step = next((s for c, s, a, b in spoken if c is channel and a <= start < b), None)
            above = step.loud if step else 0.0
            yield Loudness(
                at=stop,
                channel=channel,
                start=start,
                end=stop,
                dbfs=(_USUAL_DBFS + above) if step else _QUIET_DBFS,
                speech=step is not None,
                pitch_hz=180.0 * 2 ** (above / 24) if step else None,
                tilt_db=-18.0 + above / 2 if step else None,
            )


# --- checking -------------------------------------------------------------------------------


def check(timeline: ScriptedCall, results: Sequence[Result]) -> Iterator[str]:
    """Every expectation of the timeline that the results do not meet."""
    for step in timeline.steps:
        if step.cards is not None:
            shown = _cards_at(results, step.at)
            if shown != set(step.cards):
                yield (
                    f"at {step.at:g} s expected {_cards(step.cards)}, "
                    f"but {_cards(sorted(shown))} on screen"
                )
        if step.level is not None:
            level = _level_at(results, step.at)
            if level is not step.level:
                yield (
                    f"at {step.at:g} s expected level {step.level.name.lower()}, "
                    f"but it was {level.name.lower()}"
                )


def _cards_at(results: Sequence[Result], at: float) -> set[str]:
    shown: dict[str, str] = {}
    for result in results:
        if result.at > at:
            continue
        if isinstance(result, CardRaised):
            shown[result.card] = result.rule
        elif isinstance(result, CardCleared):
            shown.pop(result.card, None)
    return set(shown.values())


def _level_at(results: Sequence[Result], at: float) -> Level:
    level = Level.CALM
    for result in results:
        if isinstance(result, EscalationChanged) and result.at <= at:
            level = result.level
    return level


def _cards(rules: Sequence[str]) -> str:
    return " and ".join(rules) if rules else "no card"


def _said(condition: AnyCondition) -> AnyCondition:
    """The condition with the parts taken away that nobody says."""
    if isinstance(condition, AllOf):
        return AllOf(of=tuple(c for c in condition.of if not isinstance(c, Not)))
    return condition
