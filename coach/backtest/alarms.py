"""Counts what the coach would have shown in conversations known to be ordinary.

The real engine with the real rules runs over every conversation; every match of a rule on the
customer's side, and every card, is counted and kept with the words around it, because a
number of false alarms is worth nothing until somebody has looked at them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from coach.backtest.corpus import CorpusConversation, facts_of
from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    CardRaised,
    Channel,
    CueMatched,
    EscalationChanged,
    Level,
    Result,
    Track,
    Utterance,
)
from coach.meaning.listening import MeaningListener
from coach.notes.report.intervals import poisson
from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher

WORDS_PER_MINUTE = 150.0
"""Of conversational English, where a text has no times."""

CONTEXT_LINES = 2
"""Lines before the one that made a rule match."""


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """One match or card."""

    conversation: str
    at: float
    """Call time, seconds."""
    kind: str
    """``cue`` or ``card``."""
    rule: str
    track: Track
    severity: int
    text: str
    """The words that matched."""
    context: tuple[str, ...]
    """The line, and the ones before it, as ``C: words`` or ``A: words``."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What came of all conversations."""

    conversations: int
    hours: float
    customer_turns: int
    firings: tuple[Firing, ...]
    levels: dict[str, int]
    """Conversations by the highest level they reached."""

    def cards(self, *, customer: bool) -> tuple[Firing, ...]:
        """The cards about the customer, or those about the agent's own manner."""
        return tuple(
            f
            for f in self.firings
            if f.kind == "card" and (f.track is not Track.COACHING) is customer
        )

    def cues(self) -> tuple[Firing, ...]:
        """Matches on the customer's side, with or without a card."""
        return tuple(f for f in self.firings if f.kind == "cue" and f.track is not Track.COACHING)


def count_alarms(
    conversations: Iterable[CorpusConversation],
    book: RuleBook,
    settings: EngineSettings,
    *,
    words_per_minute: float = WORDS_PER_MINUTE,
    progress: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Run every conversation; ``progress`` hears how many are done."""
    matcher = Matcher(book)
    meaning = MeaningListener(book)
    firings: list[Firing] = []
    levels: Counter[str] = Counter()
    count = turns = 0
    seconds = 0.0
    for conversation in conversations:
        count += 1
        run = _AlarmRun(conversation.name)
        engine = Engine(book, settings, matcher=matcher)
        for fact in facts_of(conversation, words_per_minute):
            run.heard(fact)
            run.take(engine.receive(meaning.given(fact)))
        firings += run.firings
        levels[run.level.name.lower()] += 1
        turns += run.turns
        seconds += run.seconds
        progress(count)
    return Tally(
        conversations=count,
        hours=seconds / 3600.0,
        customer_turns=turns,
        firings=tuple(firings),
        levels=dict(levels),
    )


class _AlarmRun:
    """What happens in one conversation."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lines: list[str] = []
        self.firings: list[Firing] = []
        self.level = Level.CALM
        self.turns = 0
        self.seconds = 0.0

    def heard(self, fact: object) -> None:
        if isinstance(fact, Utterance):
            self._lines.append(f"{fact.channel.value[0]}: {fact.text}")
            self.turns += fact.channel is Channel.CUSTOMER
            self.seconds = max(self.seconds, fact.end)

    def take(self, results: list[Result]) -> None:
        for result in results:
            if isinstance(result, EscalationChanged):
                self.level = max(self.level, result.level)
            elif isinstance(result, CueMatched) and result.severity >= 1:
                self._add(result, "cue", result.text)
            elif isinstance(result, CardRaised):
                words = " / ".join(e.text or e.note for e in result.because)
                self._add(result, "card", words)

    def _add(self, result: CueMatched | CardRaised, kind: str, text: str) -> None:
        self.firings.append(
            Firing(
                conversation=self._name,
                at=round(result.at, 1),
                kind=kind,
                rule=result.rule,
                track=result.track,
                severity=result.severity,
                text=text,
                context=tuple(self._lines[-1 - CONTEXT_LINES :]),
            )
        )


def alarm_table(tally: Tally) -> str:
    """The counts as lines of text: all, by family and by rule, with 95 % intervals."""
    hours = max(tally.hours, 1e-9)
    customer, agent = tally.cards(customer=True), tally.cards(customer=False)
    graver = [f for f in tally.cues() if f.track is not Track.ESCALATION]
    in_2000 = _often(len(graver), tally.customer_turns / 2000.0, "in 2,000 turns")
    levels = ", ".join(f"{name} {n}" for name, n in sorted(tally.levels.items()))
    cues = Counter(f.rule for f in tally.firings if f.kind == "cue")
    cards = Counter(f.rule for f in tally.firings if f.kind == "card")
    return "\n".join(
        [
            f"conversations   {tally.conversations}, {tally.hours:.1f} hours",
            f"customer turns  {tally.customer_turns}",
            f"customer cards  {len(customer)} ({_often(len(customer), hours, 'an hour')})",
            f"agent cards     {len(agent)} ({_often(len(agent), hours, 'an hour')})",
            f"customer cues   {len(tally.cues())}",
            f"graver ones     {len(graver)} conduct, threat and safety ({in_2000})",
            f"highest level   {levels}",
            "",
            *_rows("family", _by_family(cues), _by_family(cards), hours),
            "",
            *_rows("rule", cues, cards, hours),
            "",
            "95 %: where the true rate lies, exact for counts that come independently",
        ]
    )


def _by_family(rules: Counter[str]) -> Counter[str]:
    families: Counter[str] = Counter()
    for rule, count in rules.items():
        families[rule.partition(".")[0]] += count
    return families


def _rows(of: str, cues: Counter[str], cards: Counter[str], hours: float) -> list[str]:
    rows = [f"{of:<30} {'cues':>5} {'cards':>5} {'cards/h':>8}  95 %"]
    for name in sorted(cues | cards, key=lambda one: (-cards[one], -cues[one], one)):
        count = cards[name]
        low, high = _interval(count, hours)
        counts = f"{cues[name]:>5} {count:>5} {count / hours:>8.2f}"
        rows.append(f"{name:<30} {counts}  {low:.2f} to {high:.2f}")
    return rows


def _interval(count: int, exposure: float) -> tuple[float, float]:
    low, high = poisson(count)
    return low / exposure, high / exposure


def _often(count: int, exposure: float, what: str) -> str:
    exposure = max(exposure, 1e-9)
    low, high = _interval(count, exposure)
    return f"{count / exposure:.2f} {what}, {low:.2f} to {high:.2f}"


def firing_lines(firing: Firing) -> str:
    """One firing with its words, for ``--show``."""
    head = (
        f"{firing.kind} {firing.rule} (severity {firing.severity}), {firing.conversation}, "
        f"at {firing.at:.0f} s: {firing.text!r}"
    )
    return "\n".join([head, *("    " + line for line in firing.context)])
