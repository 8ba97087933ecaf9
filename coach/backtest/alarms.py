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
from rules.matcher import Matcher
from rules.model import RuleBook

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
    """The counts as lines of text."""
    hours = max(tally.hours, 1e-9)
    customer, agent = tally.cards(customer=True), tally.cards(customer=False)
    graver = [f for f in tally.cues() if f.track is not Track.ESCALATION]
    per_2000 = 2000.0 * len(graver) / max(1, tally.customer_turns)
    levels = ", ".join(f"{name} {n}" for name, n in sorted(tally.levels.items()))
    lines = [
        f"conversations   {tally.conversations}, {tally.hours:.1f} hours",
        f"customer turns  {tally.customer_turns}",
        f"customer cards  {len(customer)} ({len(customer) / hours:.2f} an hour)",
        f"agent cards     {len(agent)} ({len(agent) / hours:.2f} an hour)",
        f"customer cues   {len(tally.cues())}",
        f"graver ones     {len(graver)} conduct, threat and safety ({per_2000:.2f} in 2,000 turns)",
        f"highest level   {levels}",
        "",
        f"{'rule':<34} {'cues':>5} {'cards':>5} {'cards/h':>8}",
    ]
    cues = Counter(f.rule for f in tally.firings if f.kind == "cue")
    cards = Counter(f.rule for f in tally.firings if f.kind == "card")
    lines += [
        f"{rule:<34} {cues[rule]:>5} {cards[rule]:>5} {cards[rule] / hours:>8.2f}"
        for rule in sorted(cues | cards, key=lambda r: (-cards[r], -cues[r], r))
    ]
    return "\n".join(lines)


def firing_lines(firing: Firing) -> str:
    """One firing with its words, for ``--show``."""
    head = (
        f"{firing.kind} {firing.rule} (severity {firing.severity}), {firing.conversation}, "
        f"at {firing.at:.0f} s: {firing.text!r}"
    )
    return "\n".join([head, *("    " + line for line in firing.context)])
