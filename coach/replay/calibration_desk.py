"""Compares the blind scorecards of the library for the screen."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from coach.calls.journal_gathering import printable
from coach.calls.scorecards.agreement import Reliability, against_expert, by_question, on_the_whole
from coach.calls.scorecards.answers import said
from coach.calls.scorecards.form import Form
from coach.calls.scorecards.gathered import Submitted, on_form, on_version, submitted
from coach.calls.scorecards.printed import against_words, reliability_words
from coach.errors import InputError
from coach.notes.review.calibration import CalibratedCall, CalibratedQuestion, Calibration, Given

WHOLE = "Score on the whole, %"


class FiledCalibration:
    """A ``coach.notes.review.calibration.CalibrationDesk`` over the files of calls."""

    def __init__(self, calls: Path, viewer: str) -> None:
        """``viewer``: who looks, and sees others' answers about calls that they have scored."""
        self._calls = calls
        self._viewer = viewer

    def forms(self) -> tuple[tuple[str, str], ...]:
        """Forms on which somebody scored blind."""
        return tuple({one.card.form.id: printable(one.card.form.title) for one in self._blind([])}
                     .items())  # fmt: skip

    def compare(self, form: str, expert: str = "") -> Calibration:
        """Compare them. Raises InputError where nobody has scored blind on the form."""
        notices: list[str] = []
        found = [one for one in self._blind(notices) if one.card.form.id == form]
        if not found:
            raise InputError(
                f"Nobody has scored blind on {form!r}.",
                "`coach review --blind` does, with f; `coach scorecard fill --blind` too.",
            )
        version = max(one.card.form.version for one in found)
        newest = on_version(found, form, version)
        ((asked, _),) = Counter(one.card.form for one in newest).most_common(1)
        cards = on_form(newest, asked, notices.append)
        reviewers = tuple(sorted({one.card.reviewer for one in cards}))
        if expert and expert not in reviewers:
            raise InputError(
                f"{expert!r} has scored no call blind.", f"{', '.join(reviewers)} did."
            )
        calls = {one.call for one in cards}
        seen = {one.call for one in cards if one.card.reviewer == self._viewer}
        return Calibration(
            form=form,
            title=printable(asked.title),
            version=version,
            reviewers=tuple(map(printable, reviewers)),
            expert=printable(expert),
            scorecards=len(cards),
            questions=_questions(asked, cards, reviewers, expert, seen),
            hidden=len(calls - seen),
            notices=tuple(map(printable, notices)),
        )

    def _blind(self, notices: list[str]) -> list[Submitted]:
        return [one for one in submitted(self._calls, notices.append) if one.card.blind]


def _questions(
    form: Form, cards: list[Submitted], reviewers: tuple[str, ...], expert: str, seen: set[str]
) -> tuple[CalibratedQuestion, ...]:
    scorings = [one.scoring for one in cards]
    beside: dict[str, list[str]] = defaultdict(list)
    if expert:
        for one in against_expert(form, scorings, expert):
            beside[one.question].append(printable(against_words(one)))
    answers = {
        (one.call, one.card.reviewer, answer.question): Given(
            printable(said(answer.value)), printable(answer.note)
        )
        for one in cards
        for answer in one.card.answers
    } | {
        (one.call, one.reviewer, ""): Given(f"{one.percent:g}")
        for one in scorings
        if one.percent is not None
    }

    def question(name: str, ask: str, agreed: Reliability) -> CalibratedQuestion:
        rows = [
            CalibratedCall(
                call=call, given=tuple(answers.get((call, who, name)) for who in reviewers)
            )
            for call in sorted(seen)
        ]
        several = [row for row in rows if sum(one is not None for one in row.given) > 1]
        return CalibratedQuestion(
            ask=printable(ask),
            alpha=agreed.alpha,
            words=reliability_words(agreed),
            calls=tuple(sorted(several, key=lambda row: not row.apart)),
            against=tuple(beside[name]),
        )

    asks = {one.id: one.ask for _, one in form.questions()}
    return (
        question("", WHOLE, on_the_whole(scorings)),
        *(
            question(one.question, asks[one.question], one.reliability)
            for one in by_question(form, scorings)
        ),
    )
