"""One kept call under every value of a dial, with as few runs of the engine as can be.

Two ways lead to the same figures as comparing the call once for each value:

* Of a rule that touches only cards (``only_cards``), one run has all values in force side by side,
  and the place of the card is asked anew for each of them (``card_tape``).
* Of any other rule a run is made with a traced figure (``traced``), which tells the band of values
  that it holds for; the next run is for the first value beyond it.

Values that do the same share one result. A property test holds both ways against full comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from coach.backtest.compare import Asked, ComparedCall, LeftOut, compared, is_asked_for
from coach.backtest.outcome import Outcome, outcome_of
from coach.backtest.rerun import ReadyRules
from coach.backtest.tuning.card_tape import CardTape, NotOnTapeError
from coach.backtest.tuning.only_cards import is_named, touches_only_cards
from coach.backtest.tuning.traced import Band
from coach.backtest.tuning.turned import Turned
from coach.calls.call_files import CallFiles
from coach.calls.facts_again import recorded_settings
from coach.calls.journal import Journal, read_journal
from coach.calls.marks import Mark, read_marks
from coach.errors import InputError


class TunedCall(msgspec.Struct, frozen=True, kw_only=True):
    """What each value of a dial makes of a call, against the rules in force."""

    call: str
    bands: tuple[tuple[int, ComparedCall], ...]
    """The index of the first value for which each holds, rising from 0."""

    def at(self, index: int) -> ComparedCall:
        """What the value with that index makes of it."""
        return next(one for first, one in reversed(self.bands) if first <= index)


class CallTuner:
    """A dial made ready, to try all its values on any number of calls."""

    def __init__(self, turned: Turned, asked: Asked) -> None:
        """``asked``: its rules are those in force on both sides."""
        self._turned = turned
        self._asked = asked
        self._old = ReadyRules(turned.book)
        dial = turned.dial
        self._only_cards = touches_only_cards(turned.rule, turned.book, dial.path)
        self._all = ReadyRules(turned.book_of_all("all")) if self._only_cards else None
        self._band = Band(len(dial.values))
        traced = turned.book_traced(self._band)
        self._traced = None if traced is None else ReadyRules(traced)
        self._each_ready: dict[int, ReadyRules] = {}

    def tune(self, path: Path) -> TunedCall | LeftOut:
        """Try every value on a call; what cannot be read is told and left out."""
        files = CallFiles(path.parent, path.stem)
        try:
            journal = read_journal(path)
            if not is_asked_for(journal, self._asked):
                return LeftOut(call=path.stem)
            return self._tuned(files, journal, read_marks(files.marks))
        except InputError as error:
            return LeftOut(call=path.stem, trouble=error.message)

    def _tuned(self, files: CallFiles, journal: Journal, marks: Sequence[Mark]) -> TunedCall:
        old = outcome_of(self._old.run(journal))
        bands: list[tuple[int, ComparedCall]] = []
        for first, new in self._outcomes(journal):
            one = compared(files.call, (old, old if new == old else new), marks, self._asked)
            if not bands or bands[-1][1] != one:
                bands.append((first, one))
        return TunedCall(call=files.call, bands=tuple(bands))

    def _outcomes(self, journal: Journal) -> Iterator[tuple[int, Outcome]]:
        """The first value of each band, and what comes of all that are in it."""
        if self._all is not None and not is_named(
            self._turned.dial.rule, recorded_settings(journal)
        ):
            try:
                yield from list(self._side_by_side(journal, self._all))
            except NotOnTapeError:
                pass
            else:
                return
        yield from self._one_after_another(journal)

    def _side_by_side(self, journal: Journal, ready: ReadyRules) -> Iterator[tuple[int, Outcome]]:
        tape = CardTape(journal, self._turned, ready)
        before: tuple[object, ...] | None = None
        same_cards = len({self._cards_of(index) for index in range(self._count)}) == 1
        for index in range(self._count):
            signature = tape.signature(index)
            if same_cards and signature == before:
                continue
            before = signature
            outcome = outcome_of(tape.read(index))
            yield index, msgspec.structs.replace(outcome, seconds=tape.seconds)

    def _cards_of(self, index: int) -> bytes:
        """What of the rule the place of the card goes by."""
        rule = self._turned.rules[index]
        return msgspec.json.encode((rule.card, rule.timing))

    @property
    def _count(self) -> int:
        return len(self._turned.dial.values)

    def _one_after_another(self, journal: Journal) -> Iterator[tuple[int, Outcome]]:
        if self._traced is None:
            yield from self._each(journal)
            return
        index = 0
        while index < self._count:
            self._band.begin(index, self._count)
            try:
                outcome = outcome_of(self._traced.run_anew(journal))
            finally:
                band = self._band.end()
            yield index, outcome
            index = band.stop

    def _each(self, journal: Journal) -> Iterator[tuple[int, Outcome]]:
        for index in range(self._count):
            ready = self._each_ready.setdefault(index, ReadyRules(self._turned.book_at(index)))
            yield index, outcome_of(ready.run_anew(journal))
