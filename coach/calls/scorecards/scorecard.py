"""Scorecards that were filled in: what lies in ``CALL.scores.ndjson``, line by line.

Theory of operation. A scorecard is one form, filled in by one reviewer for one call; that is also
how it is named. Its lines only ever grow:

``draft``         answers so far, without ``percent``: it is open and may be filled in further
``submitted``     the answers; from here on it is locked
``changed``       after submission, with the reason and what every changed answer was before
``acknowledged``  the agent has read it, and may reply
``appealed``      the agent asks for it to be looked at again, until a date
``decided``       what became of the appeal
``note``          private to the reviewers: the agent is not shown it

Each line with answers holds the form it was filled in on, so that an old scorecard reads as it was
meant whatever has become of the form's file. A scoring is *blind* where the reviewer saw nobody
else's answers, nor the suggestions unless the form shows them: it is for calibration and is not the
call's score, so its lines give no ``percent``, which is what the library goes by.

What was typed is masked like what was said (``coach.calls.redaction``) before it is written.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from coach.calls.call_files import SCORES, CallFiles
from coach.calls.lines_beside import append_line, read_lines
from coach.calls.redaction.typed_words import masked_text
from coach.calls.scorecards.answers import Answer, values_of
from coach.calls.scorecards.form import AnswerKind, Form, Percent, Value
from coach.calls.scorecards.scoring import Score, score
from coach.errors import InputError


class ScorecardEntry(enum.StrEnum):
    """What a line says."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGED = "changed"
    ACKNOWLEDGED = "acknowledged"
    APPEALED = "appealed"
    DECIDED = "decided"
    NOTE = "note"
    OTHER = "other"
    """A line of another program's."""


class AnswerChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that was changed after submission."""

    question: str
    before: Value | msgspec.UnsetType | None = msgspec.UNSET
    """UNSET where there was no answer, None where it did not apply; the same as ``after`` where
    only the note was changed."""
    after: Value | msgspec.UnsetType | None = msgspec.UNSET


class ScorecardLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the file; ``coach.calls.scores`` reads the first four of it."""

    form: str
    reviewer: str
    """Whose scorecard it is."""
    made: str
    """Wall-clock time, ISO 8601 with offset."""
    percent: Percent | None = None
    entry: ScorecardEntry = ScorecardEntry.OTHER
    by: str = ""
    """Who wrote the line; empty where the reviewer did."""
    blind: bool = False
    asked: Form | None = None
    """The form, with lines that hold answers."""
    answers: tuple[Answer, ...] = ()
    result: Percent | None = None
    """What the answers come to, also where it is not the call's score."""
    band: str = ""
    text: str = ""
    """Reason, reply, decision or note."""
    changes: tuple[AnswerChange, ...] = ()
    until: str = ""
    """Last day on which the agent may appeal, ISO date."""
    granted: bool | None = None


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """One scorecard as it stands."""

    form: Form
    reviewer: str
    blind: bool
    answers: tuple[Answer, ...]
    lines: tuple[ScorecardLine, ...]
    """All that belong to it, oldest first."""

    def last(self, *entries: ScorecardEntry) -> ScorecardLine | None:
        """The newest line that says one of these."""
        return next((line for line in reversed(self.lines) if line.entry in entries), None)

    @property
    def submitted(self) -> ScorecardLine | None:
        """The line that locked it; None while it is a draft."""
        return self.last(ScorecardEntry.SUBMITTED)

    @property
    def score(self) -> Score:
        """What its answers come to."""
        return score(self.form, values_of(self.answers))

    @property
    def standing(self) -> str:
        """In one word how far it has come."""
        if self.submitted is None:
            return "draft"
        last = self.last(
            ScorecardEntry.SUBMITTED,
            ScorecardEntry.ACKNOWLEDGED,
            ScorecardEntry.APPEALED,
            ScorecardEntry.DECIDED,
        )
        return last.entry.value if last is not None else "submitted"

    @property
    def until(self) -> date | None:
        """The last day on which the agent may appeal."""
        line = self.submitted
        return date.fromisoformat(line.until) if line is not None and line.until else None


def lacking_of(form: Form, answers: tuple[Answer, ...]) -> tuple[str, ...]:
    """Questions that must be answered before the scorecard can be submitted."""
    total = score(form, values_of(answers))
    optional = {question.id for _, question in form.questions() if question.optional}
    return tuple(name for name in total.open if name not in optional)


def read_scorecards(path: Path) -> tuple[Scorecard, ...]:
    """All scorecards of a call, in the order in which they were begun. Raises InputError."""
    cards: dict[tuple[str, str, bool], Scorecard] = {}
    for line in read_lines(path, ScorecardLine):
        key = (line.form, line.reviewer, line.blind)
        before = cards.get(key)
        lines = (*(before.lines if before else ()), line)
        if line.asked is not None and line.entry is not ScorecardEntry.OTHER:
            cards[key] = Scorecard(
                form=line.asked,
                reviewer=line.reviewer,
                blind=line.blind,
                answers=line.answers,
                lines=lines,
            )
        elif before is not None:
            cards[key] = msgspec.structs.replace(before, lines=lines)
    return tuple(cards.values())


def scored_calls(
    folder: Path, tell: Callable[[str], object]
) -> Iterator[tuple[str, tuple[Scorecard, ...]]]:
    """Every call of a folder that has scorecards, by name.

    A file that cannot be understood is left out; ``tell`` hears why.
    """
    for path in sorted(folder.glob(f"*{SCORES}")):
        call = path.name.removesuffix(SCORES)
        if CallFiles(folder, call).journal.is_file():
            try:
                yield call, read_scorecards(path)
            except InputError as error:
                tell(str(error))


# --- what may be written when --------------------------------------------------------------------


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer hands in."""

    form: Form
    reviewer: str
    blind: bool
    answers: tuple[Answer, ...]


def keep_draft(path: Path, filled: Filled, made: str) -> None:
    """Keep answers that are not handed in yet. Raises InputError once they are, StorageError."""
    _check_open(path, filled)
    append_line(path, _with_answers(filled, ScorecardEntry.DRAFT, made))


def submit(path: Path, filled: Filled, made: str) -> Score:
    """Hand a scorecard in and lock it.

    Raises InputError where it is locked already or an answer is lacking, StorageError.
    """
    _check_open(path, filled)
    _check_whole(filled)
    total = score(filled.form, values_of(filled.answers))
    day = datetime.fromisoformat(made).date() + timedelta(days=filled.form.appeal_days)
    line = _with_answers(filled, ScorecardEntry.SUBMITTED, made)
    append_line(path, msgspec.structs.replace(line, until=day.isoformat()))
    return total


def change(path: Path, filled: Filled, said: Saying) -> tuple[AnswerChange, ...]:
    """Change a locked scorecard; what was before stays readable.

    Raises InputError where it is not locked, nothing differs, or an answer is lacking.
    """
    card = _of(path, filled)
    if card is None or card.submitted is None:
        raise InputError("The scorecard is not submitted, so it needs no --change.", "Fill it in.")
    _check_whole(filled)
    given = tuple(_masked(filled.form, answer) for answer in filled.answers)
    before, after = values_of(card.answers), values_of(given)
    words = [{one.question: one.note for one in answers} for answers in (card.answers, given)]
    changes = tuple(
        AnswerChange(
            question=name,
            before=before.get(name, msgspec.UNSET),
            after=after.get(name, msgspec.UNSET),
        )
        for name in {**before, **after}
        if before.get(name, msgspec.UNSET) != after.get(name, msgspec.UNSET)
        or words[0].get(name) != words[1].get(name)
    )
    if not changes:
        raise InputError("No answer differs from the submitted one.", "Nothing was written.")
    line = _with_answers(filled, ScorecardEntry.CHANGED, said.made)
    append_line(
        path,
        msgspec.structs.replace(line, text=masked_text(said.text), changes=changes, by=said.by),
    )
    return changes


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """Who says what about a scorecard, and when."""

    by: str
    text: str
    made: str
    """Wall-clock time, ISO 8601 with offset."""


def acknowledge(path: Path, card: Scorecard, said: Saying) -> None:
    """The agent has read the scorecard, and may reply.

    Raises InputError while it is a draft, or where it is blind.
    """
    _check_submitted(card)
    append_line(path, _about(card, ScorecardEntry.ACKNOWLEDGED, said))


def appeal(path: Path, card: Scorecard, said: Saying) -> None:
    """The agent asks for another look.

    Raises InputError while it is a draft, where it is blind, while an appeal is open, and after the
    last day.
    """
    _check_submitted(card)
    if _open_appeal(card) is not None:
        raise InputError("An appeal is open already.", "`coach scorecard decide` comes first.")
    until = card.until
    if until is not None and datetime.fromisoformat(said.made).date() > until:
        raise InputError(
            f"The last day for an appeal was {until}.",
            "The reviewer can still change the scorecard: `coach scorecard fill --change`.",
        )
    append_line(path, _about(card, ScorecardEntry.APPEALED, said))


def decide(path: Path, card: Scorecard, said: Saying, *, granted: bool) -> None:
    """Say what becomes of an appeal; answers are changed by ``change``, not by this.

    Raises InputError where none is open.
    """
    if _open_appeal(card) is None:
        raise InputError("No appeal is open.", "`coach scorecard show CALL` tells how it stands.")
    line = _about(card, ScorecardEntry.DECIDED, said)
    append_line(path, msgspec.structs.replace(line, granted=granted))


def add_note(path: Path, card: Scorecard, said: Saying) -> None:
    """Keep a note that the agent is not shown. Raises StorageError."""
    append_line(path, _about(card, ScorecardEntry.NOTE, said))


def _open_appeal(card: Scorecard) -> ScorecardLine | None:
    last = card.last(ScorecardEntry.APPEALED, ScorecardEntry.DECIDED)
    return last if last is not None and last.entry is ScorecardEntry.APPEALED else None


def _of(path: Path, filled: Filled) -> Scorecard | None:
    name = (filled.form.id, filled.reviewer, filled.blind)
    cards = read_scorecards(path)
    return next((c for c in cards if (c.form.id, c.reviewer, c.blind) == name), None)


def _check_open(path: Path, filled: Filled) -> None:
    card = _of(path, filled)
    if card is not None and card.submitted is not None:
        raise InputError(
            f"The scorecard was submitted on {card.submitted.made[:10]} and is locked.",
            'Change it with --change "why"; the change is kept beside what was before.',
        )


def _check_submitted(card: Scorecard) -> None:
    if card.submitted is None:
        raise InputError("The scorecard is a draft.", "The reviewer submits it first.")
    if card.blind:
        raise InputError("The scorecard is blind, for calibration.", "It is not the call's score.")


def _check_whole(filled: Filled) -> None:
    lacking = lacking_of(filled.form, filled.answers)
    if lacking:
        raise InputError(f"Without an answer: {', '.join(lacking)}.", "Answer them, then submit.")


def _with_answers(filled: Filled, entry: ScorecardEntry, made: str) -> ScorecardLine:
    answers = tuple(_masked(filled.form, answer) for answer in filled.answers)
    total = score(filled.form, values_of(answers))
    counts = entry is not ScorecardEntry.DRAFT and not filled.blind
    return ScorecardLine(
        form=filled.form.id,
        reviewer=filled.reviewer,
        made=made,
        percent=total.percent if counts else None,
        entry=entry,
        blind=filled.blind,
        asked=filled.form,
        answers=answers,
        result=total.percent,
        band=total.band,
    )


def _masked(form: Form, answer: Answer) -> Answer:
    """The answer without personal data in what was typed."""
    question, value = form.question(answer.question), answer.value
    if question is not None and question.kind is AnswerKind.TEXT and isinstance(value, str):
        value = masked_text(value)
    return msgspec.structs.replace(answer, value=value, note=masked_text(answer.note))


def _about(card: Scorecard, entry: ScorecardEntry, said: Saying) -> ScorecardLine:
    return ScorecardLine(
        form=card.form.id,
        reviewer=card.reviewer,
        made=said.made,
        entry=entry,
        blind=card.blind,
        by=said.by,
        text=masked_text(said.text),
    )
