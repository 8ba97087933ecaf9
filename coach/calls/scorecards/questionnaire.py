"""Filling in a form at a plain terminal: one question at a time, Enter takes what is suggested.

It knows no terminal: ``ask`` shows a prompt and gives what was typed (EOFError where nothing comes
any more), ``say`` shows a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from coach.calls.scorecards.answers import (
    Answer,
    UnfitError,
    in_order,
    said,
    typed,
    values_of,
)
from coach.calls.scorecards.automatic import Suggestion
from coach.calls.scorecards.call_facts import FactMoment
from coach.calls.scorecards.form import AnswerKind, Form, Question, Section
from coach.calls.scorecards.scoring import Standing, standing_of
from coach.events import Channel
from coach.events.lengths import clock

Ask = Callable[[str], str]
Say = Callable[[str], None]
BACK, STOP, HELP = "<", ".", "?"
HOW = (
    "Enter takes the suggested answer (or the one given before); y, n, a number or a word answers; "
    "- does not apply;\n'y; because' adds a note; < goes back; ? helps; . stops and keeps a draft."
)
_SIDES = {Channel.AGENT: "agent: ", Channel.CUSTOMER: "customer: ", Channel.MIXED: ""}


class Filling(msgspec.Struct, frozen=True, kw_only=True):
    """What the questionnaire came to."""

    answers: tuple[Answer, ...]
    stopped: bool
    """Whether it was left before the last question."""


def moment_line(moment: FactMoment) -> str:
    """A moment in one line, with the time at which it can be looked up."""
    return f"{clock(moment.at):>7}  {moment_words(moment)}"


def moment_words(moment: FactMoment) -> str:
    """What a moment is, without its time."""
    side = "" if moment.side is None else _SIDES[moment.side]
    rule = f"  ({moment.rule})" if moment.rule else ""
    return f"{side}{moment.text}{rule}"


class Questionnaire:
    """One form that is being filled in."""

    def __init__(
        self,
        form: Form,
        suggestions: Mapping[str, Suggestion],
        given: Iterable[Answer] = (),
        *,
        blind: bool = False,
    ) -> None:
        """``blind``: suggestions are kept beside the answers; the form says whether they show."""
        self._form = form
        self._suggestions = suggestions
        self._answers = {answer.question: answer for answer in given}
        self._hidden = form.hides_suggestions(blind=blind)

    def run(self, ask: Ask, say: Say) -> Filling:
        """Go through the form once."""
        questions = list(self._form.questions())
        say(HOW)
        place, shown = 0, ""
        stopped = False
        while place < len(questions):
            section, question = questions[place]
            if not self._is_asked(question):
                place += 1
                continue
            if section.title != shown:
                say(f"\n{section.title}")
                shown = section.title
            self._show(section, question, place + 1, say)
            try:
                words = ask(self._prompt(question)).strip()
            except (EOFError, KeyboardInterrupt):
                words = STOP
            if words == STOP:
                stopped = True
                break
            if words == BACK:
                place = self._before(place)
            elif self._take(question, words, say):
                place += 1
        return Filling(answers=in_order(self._form, self._answers.values()), stopped=stopped)

    def _before(self, place: int) -> int:
        """The question asked before this one; the first has none."""
        questions = list(self._form.questions())
        asked = [n for n in range(place) if self._is_asked(questions[n][1])]
        return asked[-1] if asked else place

    def _is_asked(self, question: Question) -> bool:
        standing = standing_of(self._form, values_of(self._answers.values()))
        return standing[question.id] is not Standing.NOT_ASKED

    def _show(self, _section: Section, question: Question, number: int, say: Say) -> None:
        total = sum(1 for _ in self._form.questions())
        say(f"\n{number:>3}/{total}  {question.ask}")
        for place, choice in enumerate(question.choices, 1):
            say(f"        {place} {choice.id}: {choice.title}")
        before = self._answers.get(question.id)
        if before is not None:
            say(f"        given: {said(before.value)}")
        suggestion = self._suggestion(question)
        if suggestion is not None:
            say(f"        suggested: {said(suggestion.value)} ({suggestion.because})")
            for moment in suggestion.moments:
                say(f"        {moment_line(moment)}")

    def _suggestion(self, question: Question) -> Suggestion | None:
        return None if self._hidden else self._suggestions.get(question.id)

    def _prompt(self, question: Question) -> str:
        forms = {
            AnswerKind.YES_NO: "y/n",
            AnswerKind.SCALE: f"{question.least}-{question.most}",
            AnswerKind.CHOICE: f"1-{len(question.choices)}",
            AnswerKind.NUMBER: "a number",
            AnswerKind.TEXT: "in words",
        }
        parts = [forms[question.kind], *(["-"] if question.not_applicable else [])]
        usual = self._usual(question)
        taken = f", Enter: {said(usual.value)}" if usual is not None else ""
        return f"        [{', '.join(parts)}{taken}] > "

    def _usual(self, question: Question) -> Answer | Suggestion | None:
        """What Enter takes."""
        return self._answers.get(question.id) or self._suggestion(question)

    def _take(self, question: Question, words: str, say: Say) -> bool:
        """Take what was typed; whether to go on to the next question."""
        if words == HELP:
            say(f"        {question.help or 'There is no further help for this question.'}\n{HOW}")
            return False
        before = self._answers.get(question.id)
        note = before.note if before else ""
        if question.kind is not AnswerKind.TEXT and ";" in words:
            words, _, note = (part.strip() for part in words.partition(";"))
        usual = self._usual(question)
        if not words and usual is None:
            return True  # left open
        try:
            value = typed(question, words) if words or usual is None else usual.value
        except UnfitError as error:
            say(f"        {error}.")
            return False
        self._answers[question.id] = Answer(
            question=question.id,
            value=value,
            note=note,
            suggested=self._suggestions.get(question.id),
            seen=not self._hidden and question.id in self._suggestions,
        )
        return True
