"""Calls with marks of a rule: what a proposal rests on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from coach.backtest.compare import MARK_WITHIN_S
from coach.backtest.judging import Judged, judged
from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, read_journal
from coach.calls.marks import Mark, Verdict, read_marks
from coach.errors import InputError
from coach.events import AnyEvent, CardRaised

_JUDGE = frozenset({Verdict.RIGHT, Verdict.WRONG, Verdict.LATE, Verdict.MISSED})


class RuleInCall(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule does in one call."""

    times: tuple[float, ...]
    """When its cards were shown, in seconds of call time."""
    judged: Judged


class MarkedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call with marks of one rule."""

    journal: Journal
    marks: tuple[Mark, ...]
    """Of that rule, those that judge."""
    rule: str

    @property
    def call(self) -> str:
        """Its name."""
        return self.journal.path.stem

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return max((event.at for event in self.journal.events), default=0.0)

    def seen(self, events: Iterable[AnyEvent]) -> RuleInCall:
        """What the rule does in a run of the call."""
        times = tuple(e.at for e in events if isinstance(e, CardRaised) and e.rule == self.rule)
        by_rule = judged(self.marks, {self.rule: times}, MARK_WITHIN_S)
        return RuleInCall(times=times, judged=by_rule.get(self.rule, Judged()))


def marks_by_rule(journals: Iterable[Path]) -> dict[str, dict[Path, tuple[Mark, ...]]]:
    """For each rule the calls with marks that judge it; files that cannot be read are passed over.

    Both in order of their names.
    """
    found: dict[str, dict[Path, list[Mark]]] = {}
    for path in sorted(journals, key=lambda path: path.name):
        try:
            marks = read_marks(CallFiles(path.parent, path.stem).marks)
        except InputError:
            continue
        for mark in marks:
            if mark.rule is not None and mark.verdict in _JUDGE:
                found.setdefault(mark.rule, {}).setdefault(path, []).append(mark)
    return {
        rule: {path: tuple(marks) for path, marks in found[rule].items()} for rule in sorted(found)
    }


def marked_calls(rule: str, marks: dict[Path, tuple[Mark, ...]]) -> list[MarkedCall]:
    """The calls of a rule's marks, read; those that cannot be are left out."""
    calls: list[MarkedCall] = []
    for path, own in marks.items():
        try:
            calls.append(MarkedCall(journal=read_journal(path), marks=own, rule=rule))
        except InputError:
            continue
    return calls
