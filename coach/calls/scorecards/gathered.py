"""Submitted scorecards on one form, gathered from all calls to be compared with one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from coach.calls.scorecards.agreement import Scoring
from coach.calls.scorecards.answers import values_of
from coach.calls.scorecards.form import Form
from coach.calls.scorecards.scorecard import Scorecard, scored_calls
from coach.notes.wording import count_of

Tell = Callable[[str], object]


class Submitted(msgspec.Struct, frozen=True):
    """A submitted scorecard and its call."""

    call: str
    card: Scorecard

    @property
    def scoring(self) -> Scoring:
        """Its answers."""
        return Scoring(
            call=self.call,
            reviewer=self.card.reviewer,
            answers=values_of(self.card.answers),
            percent=self.card.score.percent,
        )


def submitted(calls: Path, tell: Tell) -> Iterator[Submitted]:
    """Every submitted scorecard of a folder; ``tell`` hears which files are left out, and why."""
    for call, cards in scored_calls(calls, tell):
        for card in cards:
            if card.submitted is not None:
                yield Submitted(call, card)


def on_version(found: list[Submitted], form: str, version: int) -> list[Submitted]:
    """Those on a version of a form."""
    return [one for one in found if one.card.form.id == form and one.card.form.version == version]


def on_form(found: list[Submitted], form: Form, tell: Tell) -> list[Submitted]:
    """Those on exactly this form; ``tell`` hears how many bear its name and differ."""
    same = [one for one in found if one.card.form == form]
    otherwise = len(found) - len(same)
    if otherwise:
        tell(
            f"{count_of(otherwise, 'scorecard')} on another form of the same id and version: "
            "raise the version whenever a form changes."
        )
    return same
