"""One call under two sets of rules: which cards are gained, lost, earlier or later, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.judging import Judged, judged
from coach.backtest.narrowed import NarrowedRules
from coach.backtest.outcome import (
    RuleTally,
    RunOutcome,
    Shown,
    length_of,
    outcome_of,
    telling,
)
from coach.backtest.pairing import paired
from coach.backtest.reach import ChangeReach
from coach.backtest.rerun import ReadyRules
from coach.backtest.words_of_call import WordsOfCall, words_in, words_of_events
from coach.calls.about import About, CallKind, kind_of
from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, read_journal
from coach.calls.marks import Mark, read_marks
from coach.calls.masked_journal import MASKED, covered, masked_events
from coach.errors import InputError
from coach.events import AnyEvent, CallStarted, CardRaised, Fact, Level, Utterance
from rules.definition.rule import RuleBook

MARK_WITHIN_S = 10.0
"""Seconds up to which a card answers for a marked moment."""


class SideOfCall(msgspec.Struct, frozen=True, kw_only=True):
    """What one set of rules makes of a call."""

    rules: dict[str, RuleTally]
    judged: dict[str, Judged]
    level: str
    """The worst that was reached."""


class ComparedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call under two sets of rules."""

    call: str
    seconds: float
    old: SideOfCall
    new: SideOfCall
    moments: tuple[ChangedCard, ...]
    """By time."""
    marks: int = 0
    """Marks that the judgement goes by."""
    as_recorded: bool = False
    """Whether what the old rules did was taken from the journal, without a run."""
    reached: bool = True
    """Whether the change can reach the call by what was said in it."""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was not compared."""

    call: str
    trouble: str = ""
    """What is wrong with its files; empty where it is merely none that was asked for."""


class ComparisonAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison is asked."""

    old: RuleBook | None
    """None takes what is recorded."""
    new: RuleBook
    kinds: tuple[CallKind, ...] = tuple(CallKind)
    """Calls of other kinds are left out."""
    tolerance: float = 1.0
    """Seconds by which a card may come earlier or later and still be the same."""
    within: float = 30.0
    """Seconds up to which two cards of a rule are the same one, earlier or later."""
    mark_within: float = MARK_WITHIN_S
    """Seconds up to which a card answers for a marked moment."""
    only_reached: bool = False
    """Whether of calls that the change cannot reach no more than the length is asked for."""


class Comparison:
    """Two sets of rules made ready, to compare any number of calls."""

    def __init__(self, asked: ComparisonAsked) -> None:
        self._asked = asked
        self._new = ReadyRules(asked.new)
        self._same = asked.old is not None and asked.old.fingerprint == asked.new.fingerprint
        self._old = None if asked.old is None or self._same else ReadyRules(asked.old)
        self._reach = None if self._old is None else ChangeReach(self._old.book, asked.new)
        self._narrowed = None if self._old is None else NarrowedRules(self._old.book, asked.new)

    def compare(self, path: Path) -> ComparedCall | LeftOut:
        """Run a call under both sets; what cannot be read is told and left out."""
        files = CallFiles(path.parent, path.stem)
        try:
            if self._asked.only_reached and self._reach is not None:
                said = words_in(path)
                if said is not None and not self._reach.reaches(said.words, said.header):
                    return self._not_reached(files, said)
            journal = read_journal(path)
            if not is_asked_for(journal, self._asked):
                return LeftOut(call=path.stem)
            return self._compared(files, journal, read_marks(files.marks))
        except InputError as error:
            return LeftOut(call=path.stem, trouble=error.message)

    def _not_reached(self, files: CallFiles, said: WordsOfCall) -> ComparedCall | LeftOut:
        if kind_of(said.header.about, said.source) not in self._asked.kinds:
            return LeftOut(call=files.call)
        nothing = SideOfCall(rules={}, judged={}, level=Level.CALM.name.lower())
        return ComparedCall(
            call=files.call,
            seconds=said.seconds,
            old=nothing,
            new=nothing,
            moments=(),
            reached=False,
        )

    def _compared(self, files: CallFiles, journal: Journal, marks: Sequence[Mark]) -> ComparedCall:
        new = self._new
        if self._old is None:
            ran = new.run(journal)
            recorded = new.is_as_recorded(journal) if self._same else True
            before = ran if self._same else journal.events
            found = self._told(files, journal, (before, ran), marks)
            return msgspec.structs.replace(found, as_recorded=recorded)
        before = self._old.run(journal)
        reached = self._reaches(journal)
        spared = not reached or self._leave(before, journal)
        after = before if spared else new.run(journal)
        found = self._told(files, journal, (before, after), marks)
        recorded = self._old.is_as_recorded(journal)
        return msgspec.structs.replace(found, as_recorded=recorded, reached=reached)

    def _reaches(self, journal: Journal) -> bool:
        """Whether the change can reach a call in which this was said."""
        reach = self._reach
        if reach is None or reach.everywhere:
            return True
        return reach.reaches(words_of_events(journal), journal.header)

    def _leave(self, before: Sequence[AnyEvent], journal: Journal) -> bool:
        """Whether the changed rules, which did nothing under the old set, do nothing now."""
        return self._narrowed is not None and self._narrowed.leave(before, journal.header)

    def _told(
        self,
        files: CallFiles,
        journal: Journal,
        runs: tuple[Sequence[AnyEvent], Sequence[AnyEvent]],
        marks: Sequence[Mark],
    ) -> ComparedCall:
        """What both runs came to. Words are quoted of the cards that differ, and masked for them.

        In most calls no card differs, and masking takes as long as a tenth of a run.
        """
        found = compared(files.call, _outcomes(runs, outcome_of), marks, self._asked)
        if not found.moments or journal.header.redaction == MASKED:
            return found
        lines = masked_lines(journal)
        masked = _outcomes(runs, lambda run: masked_outcome(journal, run, lines))
        return compared(files.call, masked, marks, self._asked)


def _outcomes(
    runs: tuple[Sequence[AnyEvent], Sequence[AnyEvent]],
    outcome: Callable[[Sequence[AnyEvent]], RunOutcome],
) -> tuple[RunOutcome, RunOutcome]:
    """Of two runs, each looked at once."""
    old, new = runs
    before = outcome(old)
    return before, before if new is old else outcome(new)


def compared(
    call: str,
    outcomes: tuple[RunOutcome, RunOutcome],
    marks: Sequence[Mark],
    asked: ComparisonAsked,
) -> ComparedCall:
    """What the old rules and the new ones made of a call, side by side."""
    old, new = outcomes
    before = side_of(old, marks, asked)
    return ComparedCall(
        call=call,
        seconds=new.seconds,
        old=before,
        new=before if new is old else side_of(new, marks, asked),
        moments=() if new is old else moments_of(call, outcomes, asked),
        marks=len(marks),
    )


def side_of(outcome: RunOutcome, marks: Sequence[Mark], asked: ComparisonAsked) -> SideOfCall:
    """What one set made of it, judged by the reviewers' marks."""
    shown = {rule: [card.at for card in cards] for rule, cards in _by_rule(outcome).items()}
    return SideOfCall(
        rules=outcome.rules,
        judged=judged(marks, shown, asked.mark_within),
        level=outcome.level.name.lower(),
    )


def moments_of(
    call: str, outcomes: tuple[RunOutcome, RunOutcome], asked: ComparisonAsked
) -> tuple[ChangedCard, ...]:
    """The cards that the two do not agree about, by time."""
    before, after = map(_by_rule, outcomes)
    found: list[ChangedCard] = []
    for rule in sorted({*before, *after}):
        was, now = before.get(rule, []), after.get(rule, [])
        times = [card.at for card in was], [card.at for card in now]
        for i, j in paired(*times, asked.within):
            one = None if i is None else was[i]
            other = None if j is None else now[j]
            found += _moment(call, (one, other), outcomes, asked)
    return tuple(sorted(found, key=_when))


def _moment(
    call: str,
    cards: tuple[Shown | None, Shown | None],
    outcomes: tuple[RunOutcome, RunOutcome],
    asked: ComparisonAsked,
) -> list[ChangedCard]:
    one, other = cards
    if one is not None and other is not None:
        gap = other.at - one.at
        if abs(gap) <= asked.tolerance:
            return []
        change = CardChange.EARLIER if gap < 0 else CardChange.LATER
        return [_made(call, change, (one, other))]
    if other is not None:
        without = _why_not(other, outcomes[0], asked.within)
        return [_made(call, CardChange.GAINED, (None, other), without)]
    assert one is not None  # noqa: S101 - a pair has at least one
    without = _why_not(one, outcomes[1], asked.within)
    return [_made(call, CardChange.LOST, (one, None), without)]


def masked_outcome(
    journal: Journal, events: Sequence[AnyEvent], lines: Mapping[str, Utterance] | None = None
) -> RunOutcome:
    """What a run came to; the lines that it quotes are masked, whatever the journal keeps.

    ``lines``: the call's ``masked_lines``, where several runs are looked at.
    """
    if journal.header.redaction == MASKED:
        return outcome_of(events)
    if lines is None:
        lines = masked_lines(journal)
    told = telling(events)
    cards = covered(lines.values(), [one for one in told if isinstance(one, CardRaised)])
    for place, one in enumerate(told):
        if isinstance(one, CardRaised):
            told[place] = next(cards)
        elif isinstance(one, Utterance):
            told[place] = lines.get(one.utterance, one)
    return outcome_of(told, seconds=length_of(events))


def masked_lines(journal: Journal) -> dict[str, Utterance]:
    """The lines of a call as they may be shown; none where it was masked as it was written.

    Masking remembers nothing of drafts and levels, which are most of a journal.
    """
    if journal.header.redaction == MASKED:
        return {}
    facts = [event for event in telling(journal.events) if isinstance(event, Fact)]
    masked = masked_events(facts)
    return {line.utterance: line for line in masked if isinstance(line, Utterance)}


def _made(
    call: str, change: CardChange, cards: tuple[Shown | None, Shown | None], without: str = ""
) -> ChangedCard:
    old, new = cards
    card = new or old
    assert card is not None  # noqa: S101 - a pair has at least one
    return ChangedCard(
        call=call,
        rule=card.rule,
        track=card.track,
        change=change,
        old=None if old is None else old.at,
        new=None if new is None else new.at,
        lines=card.lines,
        without=without,
    )


def _when(moment: ChangedCard) -> tuple[float, str]:
    times = [at for at in (moment.old, moment.new) if at is not None]
    return min(times), moment.rule


def _why_not(card: Shown, other: RunOutcome, within: float) -> str:
    """Why a run does not show a card that another run shows."""
    near = [
        (abs(at - card.at), why)
        for at, why in other.refused.get(card.rule, ())
        if abs(at - card.at) <= within
    ]
    if near:
        return f"kept back: {min(near)[1].replace('_', ' ')}"
    matches = other.matched.get(card.rule, ())
    if any(abs(at - card.at) <= within for at in matches):
        return "the rule matches and asks for no card"
    return "the rule does not match"


def _by_rule(outcome: RunOutcome) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = {}
    for card in outcome.cards:
        found.setdefault(card.rule, []).append(card)
    return found


def is_asked_for(journal: Journal, asked: ComparisonAsked) -> bool:
    """Whether the call is of a kind that is meant."""
    first = next((e for e in journal.events if isinstance(e, CallStarted)), None)
    about: About = journal.header.about
    return kind_of(about, first.source if first else "") in asked.kinds
