"""A drafted rule in lines: what it listens for, what it must not, and what it would have done."""

from __future__ import annotations

from collections.abc import Iterator

from coach.backtest.changes import ChangedCard
from coach.backtest.drafting.draft import Draft
from coach.backtest.drafting.moment import Picked
from coach.backtest.drafting.saving import Saved
from coach.backtest.drafting.trial import OwnCheck, Trial
from coach.backtest.report_text import moment_line
from coach.events.lengths import clock
from coach.notes.wording import count_of, often
from rules.checking.findings import Grade


def draft_lines(draft: Draft, picked: Picked) -> Iterator[str]:
    """The draft, in words."""
    rule, when = draft.rule, draft.values["when"]
    yield f"draft of {rule.id}, from {picked.call} at {clock(picked.at)}, {rule.speaker.value}"
    for phrase in when.get("phrase", ()):
        yield f"  to the letter  {phrase}"
    if "meaning" in when:
        found = {one.text for one in draft.alike}
        own = [text for text in when["meaning"] if text not in found]
        yield from (f"  listens for    {text}" for text in own)
    for one in draft.alike:
        marked = ", marked as missed" if one.marked else ""
        yield f"  alike          {one.text}   ({one.source}{marked})"
    for one in draft.barred:
        yield f"  not meant      {one.text}   ({one.source}, which would have fired it)"
    for one in draft.near:
        how = f"{one.source}; as near {often(one.rate)}" if one.rate < 60 else one.source
        yield f"  near miss      {one.text}   ({how})"
    if rule.card is None:
        yield "  card           none: it only notices; --card gives it one"
    else:
        yield f"  card           {rule.card.do}"
        yield from (f"  say            {say}" for say in rule.card.say)


def own_lines(check: OwnCheck) -> Iterator[str]:
    """What its examples and lint say of it."""
    yield f"examples: {len(check.examples)}, " + (
        f"{check.wrong} wrong" if check.wrong else "all right"
    )
    todo = [one.example for one in check.examples if one.example.todo]
    for example in todo:
        yield f"  {'does not match' if example.expect else 'matches'} yet: {example.text}"
    errors = sum(one.grade is Grade.ERROR for one in check.findings)
    yield f"lint: {count_of(errors, 'error')}, {count_of(len(check.findings) - errors, 'warning')}"
    yield from (f"  {one.key}: {one.message}" for one in check.findings)
    for other in check.counted_by:
        yield (
            f"  {other} has phrases of these words: of one family one rule counts a sentence, and "
            f"in a call that is {other}; add the words there, or give the draft phrases of its own"
        )


def card_lines(moment: ChangedCard) -> Iterator[str]:
    """One of its cards, and what caused it."""
    yield f"  {moment_line(moment).partition(';')[0]}"
    yield from (f"      {line}" for line in moment.lines)


def trial_line(trial: Trial) -> str:
    """What it came to in kept calls."""
    if not trial.calls:
        return "backtest: there is no kept call to try it on"
    cards = f"{trial.shown / trial.hours:.2f} an hour" if trial.hours else "-"
    return (
        f"backtest over {count_of(trial.calls, 'call')}, {trial.hours:.2f} hours: "
        f"{count_of(trial.fires, 'match' if trial.fires == 1 else 'matche')} in "
        f"{count_of(trial.in_calls, 'call')}, {count_of(trial.shown, 'card')} ({cards}), "
        f"{count_of(trial.displaced, 'card')} of other rules displaced "
        f"({count_of(trial.reached, 'call')} run; in the others nothing comes near)"
    )


def saved_lines(saved: Saved) -> Iterator[str]:
    """Where it lies, and what a person has to do to put it in force."""
    yield f"saved, disabled: {saved.file}, line {saved.line}"
    if not saved.in_force:
        yield "  The settings do not name this file: put it under [rules] overlay."
    yield '  Read it, then take out its line status = "disabled" to put it in force.'
