"""Proposals in lines for people, and as entries of an overlay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from coach.backtest.judging import Judged
from coach.backtest.report_text import share_text, table
from coach.notes.report.intervals import Estimate
from coach.notes.wording import count_of
from rules.changes.overlay_text import entry_text

from .suggestion import OfRule, Proposal

HEADS = ("", "right", "false", "missed", "precision", "recall", "cost", "cards")
HEAD = """\
# Proposed by `coach suggest` from reviewers' marks. Nothing of it is in force: look at it, try it
# with `coach backtest --overlay`, and lay it over the packs in the settings if you agree.
"""


def suggestion_lines(found: Iterable[OfRule], miss: float, most: int) -> Iterator[str]:
    """Every rule with what is proposed for it, ``most`` changes each."""
    costs = f"{miss:g} false alarm{'' if miss == 1 else 's'}"
    for one in found:
        marks = f"{count_of(one.marks, 'mark')} in {count_of(one.calls, 'call')}"
        yield f"{one.rule}   {marks}, {one.hours:.2f} hours; a miss costs {costs}"
        if one.nothing:
            counts = f"right {one.now.right}, false {one.now.false}, missed {one.now.missed}"
            yield f"  nothing is proposed: {one.nothing} ({counts})"
        for proposal in one.proposals[:most]:
            yield from _proposal(proposal, miss)
        more = len(one.proposals) - most
        if more > 0:
            yield f"  and {more} more that save less (--most N)"
        yield ""


def _proposal(one: Proposal, miss: float) -> Iterator[str]:
    yield f"  {change_words(one)}"
    for wording in one.wordings:
        also = (
            f", fires on {count_of(wording.elsewhere, 'other line')}" if wording.elsewhere else ""
        )
        finds = count_of(wording.finds, "missed moment")
        yield f"    “{wording.text}”   ({wording.source}; finds {finds}{also})"
    effect = one.effect
    rows = [
        ("as it is", *_judged(effect.before, miss), str(effect.cards_before)),
        ("with it", *_judged(effect.after, miss), str(effect.cards_after)),
        ("held out", *_judged(effect.held_out, miss), "-"),
    ]
    yield from (f"    {line}" for line in table([HEADS, *rows]))
    yield f"    saves {saved_words(effect.saved)}; {_verdict(one)}"
    if effect.unmarked:
        number = f"{abs(effect.unmarked)} {'more' if effect.unmarked > 0 else 'fewer'}"
        yield f"    of all its cards {number} that nobody has marked"


def _judged(one: Judged, miss: float) -> tuple[str, ...]:
    counts = map(str, (one.right, one.false, one.missed))
    return (*counts, share_text(one.precision), share_text(one.recall), f"{one.cost(miss):g}")


def change_words(one: Proposal) -> str:
    """The change on one line."""
    if one.now is None:
        return f"{one.action} {one.path}"
    unit = f" {one.unit}" if one.unit else ""
    return f"{one.action} {one.path} = {one.value:g}{unit} (now {one.now:g})"


def saved_words(saved: Estimate) -> str:
    """What is saved for each call, with its interval."""
    if saved.value is None:
        return "nothing that can be told"
    interval = ""
    if saved.low is not None and saved.high is not None:
        interval = f" ({saved.low:.2f} to {saved.high:.2f})"
    return f"{saved.value:.2f}{interval} a call, held out"


def _verdict(one: Proposal) -> str:
    if one.sure:
        return "more than chance"
    if one.effect.saved.value is not None and one.effect.saved.value <= 0:
        return "it fits these calls only: do not take it"
    return "it may be chance: mark more calls"


def entries(found: Iterable[OfRule], by: str) -> str:
    """The best change of each rule as an overlay, but for those that fit their own calls only."""
    texts = [
        entry_text("change", _values(one.proposals[0], by))
        for one in found
        if one.proposals and (one.proposals[0].effect.saved.value or 0.0) > 0
    ]
    return "\n".join([HEAD, *texts])


def _values(one: Proposal, by: str) -> dict[str, Any]:
    before, after = one.effect.before, one.effect.after
    reason = (
        f"marks of {count_of(one.effect.saved.calls, 'call')}: right {before.right} -> "
        f"{after.right}, false {before.false} -> {after.false}, missed {before.missed} -> "
        f"{after.missed}; saves {saved_words(one.effect.saved)}"
    )
    values = {"rule": one.rule, "by": by, "reason": reason, f"{one.action}.{one.path}": one.value}
    if one.wordings:
        values["match"] = [wording.text for wording in one.wordings]
    return values
