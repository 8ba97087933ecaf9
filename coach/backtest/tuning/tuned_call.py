"""One kept call under every value of a dial, with as few runs of the engine as can be.

Two ways lead to the same figures as comparing the call once for each value:

* Of a rule that touches only cards (``only_cards``), one run has all values in force side by side,
  and the place of the card is asked anew for each of them (``card_tape``).
* Of any other rule a run is made with a traced figure (``traced``), which tells the band of values
  that it holds for; the next run is for the first value beyond it.

A property test holds both ways against full comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from coach.backtest.compare import (
    ComparedCall,
    ComparisonAsked,
    LeftOut,
    compared,
    is_asked_for,
    masked_outcome,
)
from coach.backtest.outcome import RunOutcome, outcome_of
from coach.backtest.rerun import ReadyRules
from coach.backtest.tuning.card_tape import CardTape, NotOnTapeError
from coach.backtest.tuning.only_cards import going_along, is_named
from coach.backtest.tuning.tape_reading import TapeReading
from coach.backtest.tuning.traced import Band
from coach.backtest.tuning.turned import Turned
from coach.calls.call_files import CallFiles
from coach.calls.facts_again import recorded_settings
from coach.calls.journal import Journal, read_journal
from coach.calls.marks import read_marks
from coach.errors import InputError


class TunedStretch(msgspec.Struct, frozen=True):
    """Values next to each other that make the same of a call."""

    first: int
    """Index of the first value."""
    last: int
    compared: ComparedCall
    """Against the rules in force."""


class TunedCall(msgspec.Struct, frozen=True, kw_only=True):
    """What values of a dial make of a call."""

    call: str
    stretches: tuple[TunedStretch, ...]
    """Rising; without gaps over the values that were asked for, perhaps beyond."""

    def at(self, index: int) -> ComparedCall | None:
        """What the value with that index makes of it; None where it was not asked for."""
        found = (one.compared for one in self.stretches if one.first <= index <= one.last)
        return next(found, None)

    def covers(self, count: int) -> bool:
        """Whether it is about every one of so many values."""
        return self.stretches[0].first == 0 and self.stretches[-1].last == count - 1


class CallTuner:
    """A dial made ready, to try its values on any number of calls."""

    def __init__(self, turned: Turned, asked: ComparisonAsked) -> None:
        """``asked``: its rules are not looked at; both sides are ``turned``'s."""
        self._turned = turned
        self._asked = asked
        self._count = len(turned.dial.values)
        self._band = Band(self._count)
        self._old = ReadyRules(turned.book)
        self._all: ReadyRules | None = None
        self._along = going_along(turned.rule, turned.book, turned.dial.path)
        if self._along is not None:
            self._all = ReadyRules(turned.book_of_all("all", self._along))
        traced = turned.book_traced(self._band)
        self._traced = None if traced is None else ReadyRules(traced)
        self._singly: dict[int, ReadyRules] = {}

    def tune(self, path: Path, wanted: range) -> TunedCall | LeftOut:
        """Try the values with these indices, at least; what cannot be read is left out."""
        files = CallFiles(path.parent, path.stem)
        try:
            journal = read_journal(path)
            if not is_asked_for(journal, self._asked):
                return LeftOut(call=path.stem)
            marks = read_marks(files.marks)
            runs = self._runs(journal, wanted)
        except InputError as error:
            return LeftOut(call=path.stem, trouble=error.message)
        old = self._in_force(journal, runs)
        found: list[TunedStretch] = []
        for band, new in runs:
            same = found and found[-1].last + 1 == band.start
            one = compared(files.call, (old, old if new == old else new), marks, self._asked)
            if same and found[-1].compared == one:
                found[-1] = TunedStretch(found[-1].first, band.stop - 1, one)
            else:
                found.append(TunedStretch(band.start, band.stop - 1, one))
        return TunedCall(call=files.call, stretches=tuple(found))

    def _in_force(self, journal: Journal, runs: Sequence[tuple[range, RunOutcome]]) -> RunOutcome:
        """What the rules in force make of it: what is recorded, where that is what they did."""
        if self._old.is_as_recorded(journal):
            return masked_outcome(journal, journal.events)
        return next(outcome for band, outcome in runs if self._turned.dial.present in band)

    def _runs(self, journal: Journal, wanted: range) -> list[tuple[range, RunOutcome]]:
        """What comes of the values wanted, and of the present one, band by band, rising."""
        if self._all is not None and not is_named(self._along or (), recorded_settings(journal)):
            try:
                return list(self._side_by_side(journal, self._all))
            except NotOnTapeError:
                pass
        return self._one_after_another(journal, wanted)

    def _side_by_side(
        self, journal: Journal, ready: ReadyRules
    ) -> Iterator[tuple[range, RunOutcome]]:
        tape = CardTape(journal, self._turned, ready)
        start = 0
        for stop in range(1, self._count + 1):
            if stop < self._count and self._do_the_same(tape, start, stop):
                continue
            outcome = outcome_of(TapeReading(tape, start).events())
            yield range(start, stop), msgspec.structs.replace(outcome, seconds=tape.seconds)
            start = stop

    def _do_the_same(self, tape: CardTape, one: int, other: int) -> bool:
        first, second = self._turned.rules[one], self._turned.rules[other]
        alike = first.card == second.card and first.timing == second.timing
        return alike and tape.signature(one) == tape.signature(other)

    def _one_after_another(self, journal: Journal, wanted: range) -> list[tuple[range, RunOutcome]]:
        """The present value first, then outwards, each band once."""
        present = self._turned.dial.present
        runs = [self._run(journal, present)]
        if self._traced is None:
            around = [index for index in wanted if index != present]
            return sorted([*runs, *(self._run(journal, i) for i in around)], key=_start)
        while (index := runs[0][0].start - 1) >= wanted.start:
            runs.insert(0, self._run(journal, index))
        while (index := runs[-1][0].stop) < wanted.stop:
            runs.append(self._run(journal, index))
        return runs

    def _run(self, journal: Journal, index: int) -> tuple[range, RunOutcome]:
        """A run with one value, and the values that it holds for."""
        if self._traced is None:
            ready = self._singly.get(index) or ReadyRules(self._turned.book_at(index))
            self._singly[index] = ready
            return range(index, index + 1), masked_outcome(journal, ready.run_anew(journal))
        self._band.begin(index, self._count)
        try:
            outcome = masked_outcome(journal, self._traced.run_anew(journal))
        finally:
            band = self._band.end()
        return band, outcome


def _start(run: tuple[range, Sequence[object] | RunOutcome]) -> int:
    return run[0].start
