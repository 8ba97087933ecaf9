"""Gates: what must hold of a backtest, in a line that a person writes and a program checks."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from coach.backtest.changes import CardChange
from coach.backtest.judging import Judged, Share
from coach.errors import InputError
from coach.events import Level, Track
from rules.definition.rule import Kind, RuleBook
from rules.reading.problems import closest

if TYPE_CHECKING:
    from coach.backtest.figures import (
        ComparisonFigures,
    )  # brings the engine, which a help text can do without

FORM = """\
Gates (--gate, repeatable) are checked after the run; exit code 1 if one does not hold:

  no WHAT CHANGE                       no safety lost
  WHAT [CHANGE] OP NUMBER [per UNIT]   esc.* <= 2 per hour;  coaching gained <= 10
  MEASURE of WHAT OP NUMBER            precision of esc.churn >= 80%

WHAT     a rule (esc.churn, esc.*), a track (safety, threat, conduct, escalation, coaching), a
         kind of card (boundary, process, tone), or any; the word cards may follow
CHANGE   lost, gained, earlier, later; without one, the cards that the new rules show
OP       <= < >= > =
UNIT     hour, call
MEASURE  precision, recall, f1: of the new rules, at the moments that reviewers marked
The first two may end in `on LEVEL calls` (calm, uneasy, upset, angry, critical): calls that came
to this level at worst under the old rules. What cannot be measured does not hold."""

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
}
MEASURES: dict[str, Callable[[Judged], Share | None]] = {
    "precision": lambda judged: judged.precision,
    "recall": lambda judged: judged.recall,
    "f1": lambda judged: judged.f1,
}
_CHANGES = "|".join(CardChange)
_ON = rf"(?: on (?P<level>{'|'.join(level.name.lower() for level in Level)}) calls)?"
_OP = r"(?P<op>" + "|".join(re.escape(op) for op in OPERATORS) + r") ?(?P<bound>\d+(?:\.\d+)?)"
_WHAT = r"(?P<what>[a-z0-9_.*?\[\]-]+)(?: cards?)?"
_FORMS = (
    re.compile(rf"no {_WHAT} (?P<change>{_CHANGES}){_ON}"),
    re.compile(rf"(?P<measure>{'|'.join(MEASURES)}) of {_WHAT} ?{_OP}(?P<percent> ?%)?"),
    re.compile(rf"{_WHAT}(?: (?P<change>{_CHANGES}))? ?{_OP}(?: per (?P<unit>hour|call))?{_ON}"),
)


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold."""

    text: str
    """As it was written."""
    what: str
    """A rule, a pattern of rules, a track, a kind of card, or ``any``."""
    change: CardChange | None = None
    measure: str = ""
    unit: str = ""
    level: str | None = None
    op: str = "="
    bound: float = 0.0


class GateResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it holds."""

    gate: str
    holds: bool
    value: float | None
    """What was measured; None where nothing could be."""
    why: str
    """The same in words."""


def read_gate(text: str) -> Gate:
    """Read a gate. InputError where it is none."""
    words = " ".join(text.lower().split())
    for form in _FORMS:
        found = form.fullmatch(words)
        if found is None:
            continue
        parts = found.groupdict()
        bound = float(parts.get("bound") or 0.0)
        if parts.get("percent"):
            bound /= 100.0
        if parts.get("measure") and bound > 1.0:
            raise InputError(
                f"--gate {text!r} holds a share against more than all.",
                "Write one up to 1, or per cent up to 100%.",
            )
        change = parts.get("change")
        return Gate(
            text=text.strip(),
            what=parts["what"],
            change=CardChange(change) if change else None,
            measure=parts.get("measure") or "",
            unit=parts.get("unit") or "",
            level=parts.get("level"),
            op=parts.get("op") or "=",
            bound=bound,
        )
    raise InputError(
        f"--gate {text!r} is no gate.",
        "Write one like 'no safety lost', 'esc.* <= 2 per hour' or 'recall of esc.churn >= 0.8'; "
        "`coach backtest --help` explains them.",
    )


class Chooser:
    """Which rules a gate is about."""

    def __init__(self, old: RuleBook | None, new: RuleBook, recorded: Collection[str] = ()) -> None:
        """Rules of both sets.

        ``old`` is None where each call is taken as it was recorded, with rules of its own;
        ``recorded`` names those, as far as they are known.
        """
        self._recorded = recorded
        self._tracks: dict[str, set[str]] = {}
        """By rule: its track and the kind of its card, under either set."""
        for book in (new,) if old is None else (old, new):
            for rule in book.rules:
                kinds = {rule.track.value} | ({rule.card.kind.value} if rule.card else set())
                self._tracks.setdefault(rule.id, set()).update(kinds)

    def check(self, gate: Gate) -> None:
        """InputError where a gate is about nothing that there is."""
        if gate.what in {*Track, *Kind, "any"}:
            return
        known = {*self._tracks, *self._recorded}
        if not any(fnmatchcase(rule, gate.what) for rule in known):
            near = closest(gate.what, {*known, *map(str, Track), *map(str, Kind)})
            raise InputError(
                f"--gate {gate.text!r} names no rule of either set{near or '.'}",
                "Name a rule, a pattern such as esc.*, a track or a kind of card.",
            )

    def chosen(self, gate: Gate, figures: ComparisonFigures) -> set[str]:
        """The rules it is about, among all that did anything."""
        rules = {*figures.rules(), *figures.tracks, *self._tracks}
        if gate.what == "any":
            return rules
        if gate.what in {*Track, *Kind}:
            known = figures.tracks
            return {r for r in rules if gate.what in self._tracks.get(r, {known.get(r)})}
        return {rule for rule in rules if fnmatchcase(rule, gate.what)}


def check_gate(gate: Gate, figures: ComparisonFigures, chooser: Chooser) -> GateResult:
    """Measure what a gate is about, and say whether it holds."""
    rules = chooser.chosen(gate, figures)
    if not rules:
        return GateResult(gate=gate.text, holds=False, value=None, why="no such rule did anything")
    measured = _judged(gate, figures, rules) if gate.measure else _counted(gate, figures, rules)
    value, words = measured
    holds = value is not None and OPERATORS[gate.op](value, gate.bound)
    return GateResult(gate=gate.text, holds=holds, value=value, why=words)


def _counted(gate: Gate, figures: ComparisonFigures, rules: set[str]) -> tuple[float | None, str]:
    if gate.change is None:
        cards = sum(
            count
            for (rule, level), count in figures.shown.items()
            if rule in rules and gate.level in (None, level)
        )
    else:
        cards = sum(
            count
            for (rule, change, level), count in figures.changes.items()
            if rule in rules and change is gate.change and gate.level in (None, level)
        )
    told = f"{cards} {gate.change or 'shown'}"
    if not gate.unit:
        return float(cards), told
    talk = figures.all_talk(gate.level)
    of, unit = (talk.hours, "hours") if gate.unit == "hour" else (float(talk.calls), "calls")
    if of <= 0:
        return None, "there is no such call"
    return cards / of, f"{told} in {of:.4g} {unit}: {cards / of:.3g} per {gate.unit}"


def _judged(gate: Gate, figures: ComparisonFigures, rules: set[str]) -> tuple[float | None, str]:
    judged = Judged()
    for rule in sorted(rules & figures.new.keys()):
        judged += figures.new[rule].judged
    share = MEASURES[gate.measure](judged)
    if share is None:
        return None, "no mark tells"
    counts = f"{judged.right} right, {judged.false} false, {judged.missed} missed"
    return share.value, f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f}; {counts})"
