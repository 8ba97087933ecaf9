"""Scorecards of the call that is being reviewed, filled in answer by answer."""

from __future__ import annotations

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.journal_gathering import printable
from coach.calls.listing import local
from coach.calls.scorecards.answers import Answer, UnfitError, in_order, said, typed, values_of
from coach.calls.scorecards.automatic import Suggestion
from coach.calls.scorecards.call_reading import suggestions
from coach.calls.scorecards.form import AnswerKind, Form, Question
from coach.calls.scorecards.form_reading import (
    examine,
    find_form,
    forms_in,
    read_form,
)
from coach.calls.scorecards.printed import total
from coach.calls.scorecards.questionnaire import moment_words
from coach.calls.scorecards.scorecard import (
    Filled,
    Saying,
    Scorecard,
    ScorecardEntry,
    add_note,
    keep_draft,
    lacking_of,
    read_scorecards,
    submit,
)
from coach.calls.scorecards.scoring import Standing, score
from coach.errors import InputError
from coach.notes.review.score_sheet import ScoreSheet, SheetQuestion
from coach.startup.config import Settings
from coach.startup.form_folders import form_folders
from coach.startup.rules_in_force import rules_of
from coach.startup.wall_clock import wall_clock


class ScoreDesk:
    """A ``coach.notes.review.score_sheet.ScoringDesk`` over the files of one call."""

    def __init__(
        self, settings: Settings, files: CallFiles, reviewer: str, *, blind: bool = False
    ) -> None:
        """``blind``: for calibration, apart from the call's score."""
        self._settings = settings
        self._blind = blind
        self._files = files
        self._reviewer = reviewer
        self._form: Form | None = None
        self._suggested: dict[str, Suggestion] = {}

    def forms(self) -> tuple[tuple[str, str], ...]:
        """The forms without mistakes: identifier and title."""
        found = (examine(path).form for path in forms_in(form_folders()).values())
        return tuple((form.id, form.title) for form in found if form is not None)

    def begin(self, form: str) -> ScoreSheet:
        """Begin a form, or go on with it on the version on which it was begun."""
        newest = read_form(find_form(form, form_folders()))
        card = self._card(newest.id)
        self._form = newest if card is None else card.form
        self._suggested = suggestions(
            self._form, self._files, lambda: rules_of(self._settings).load()
        )
        return self._sheet()

    def answer(self, question: str, text: str) -> ScoreSheet:
        """Answer a question as it would be typed. Raises InputError for what is no answer."""
        asked = self._question(question)
        try:
            value = typed(asked, text)
        except UnfitError as error:
            raise InputError(f"{error}.") from None
        before = self._given().get(question)
        suggested = self._suggested.get(question)
        return self._keep(
            Answer(
                question=question,
                value=value,
                note="" if before is None else before.note,
                suggested=suggested,
                seen=self._suggestion(asked) is not None,
            )
        )

    def take(self, question: str) -> ScoreSheet:
        """Confirm what the engine suggests. Raises InputError where it suggests nothing."""
        suggested = self._suggestion(self._question(question))
        if suggested is None:
            raise InputError("Nothing is suggested here.", "Answer it yourself.")
        return self._keep(
            Answer(question=question, value=suggested.value, suggested=suggested, seen=True)
        )

    def comment(self, question: str, note: str) -> ScoreSheet:
        """Give an answer a note. Raises InputError where there is no answer yet."""
        given = self._given().get(question)
        if given is None:
            raise InputError("A note needs an answer.", "Answer the question first.")
        return self._keep(msgspec.structs.replace(given, note=note))

    def private_note(self, text: str) -> ScoreSheet:
        """Keep a note for the reviewers alone, also once it is submitted."""
        form = self._open()
        if self._card(form.id) is None:
            keep_draft(self._files.scores, self._filled(()), wall_clock())
        card = self._card(form.id)
        if card is not None:
            add_note(
                self._files.scores, card, Saying(by=self._reviewer, text=text, made=wall_clock())
            )
        return self._sheet()

    def submit(self) -> ScoreSheet:
        """Hand it in. Raises InputError where an answer is lacking."""
        given = in_order(self._open(), self._given().values())
        submit(self._files.scores, self._filled(given), wall_clock())
        return self._sheet()

    # --- what is kept -----------------------------------------------------------------------

    def _open(self) -> Form:
        if self._form is None:
            raise RuntimeError("no form is open")
        return self._form

    def _question(self, name: str) -> Question:
        question = self._open().question(name)
        if question is None:
            raise RuntimeError(f"the form has no question {name}")
        return question

    def _card(self, form: str) -> Scorecard | None:
        """The scorecard of this reviewer, as it is in the file."""
        cards = read_scorecards(self._files.scores)
        name = (form, self._reviewer, self._blind)
        return next((c for c in cards if (c.form.id, c.reviewer, c.blind) == name), None)

    def _given(self) -> dict[str, Answer]:
        card = self._card(self._open().id)
        return {} if card is None else {answer.question: answer for answer in card.answers}

    def _keep(self, answer: Answer) -> ScoreSheet:
        form = self._open()
        answers = in_order(form, (self._given() | {answer.question: answer}).values())
        keep_draft(self._files.scores, self._filled(answers), wall_clock())
        return self._sheet()

    def _filled(self, answers: tuple[Answer, ...]) -> Filled:
        return Filled(
            form=self._open(), reviewer=self._reviewer, blind=self._blind, answers=answers
        )

    # --- what is shown ----------------------------------------------------------------------

    def _sheet(self) -> ScoreSheet:
        form = self._open()
        card = self._card(form.id)
        answers = () if card is None else card.answers
        given = {answer.question: answer for answer in answers}
        result, lacking = score(form, values_of(answers)), len(lacking_of(form, answers))
        asked = {q.question for q in result.questions if q.standing is not Standing.NOT_ASKED}
        submitted = None if card is None else card.submitted
        lines = () if card is None else card.lines
        return ScoreSheet(
            form=form.id,
            title=printable(form.title),
            reviewer=printable(self._reviewer),
            blind=self._blind,
            questions=tuple(
                _shown(section.title, question, given.get(question.id), self._suggestion(question))
                for section, question in form.questions()
                if question.id in asked
            ),
            total=total(result, lacking),
            lacking=lacking,
            locked="" if submitted is None else f"submitted {local(submitted.made)}",
            private=tuple(
                printable(line.text) for line in lines if line.entry is ScorecardEntry.NOTE
            ),
        )

    def _suggestion(self, question: Question) -> Suggestion | None:
        """What the reviewer is shown as the engine's answer."""
        hidden = self._open().hides_suggestions(blind=self._blind)
        return None if hidden else self._suggested.get(question.id)


def _shown(
    section: str, question: Question, given: Answer | None, suggested: Suggestion | None
) -> SheetQuestion:
    moments = () if suggested is None else suggested.moments
    return SheetQuestion(
        question=question.id,
        section=printable(section),
        ask=printable(question.ask),
        help=printable(question.help),
        kind=question.kind.value,
        least=question.least,
        most=question.most,
        choices=tuple(printable(choice.title) for choice in question.choices),
        may_not_apply=question.not_applicable,
        needed=not question.optional,
        given=None if given is None else _words(question, given.value),
        note="" if given is None else printable(given.note),
        suggested=None if suggested is None else _words(question, suggested.value),
        because="" if suggested is None else printable(suggested.because),
        moments=tuple((moment.at, printable(moment_words(moment))) for moment in moments),
    )


def _words(question: Question, value: str | float | None) -> str:
    """An answer as it is read: of a choice its title."""
    if question.kind is AnswerKind.CHOICE:
        titles = {choice.id: choice.title for choice in question.choices}
        return printable(titles.get(str(value), said(value)))
    return printable(said(value))
