"""Forms, scorecards, samples and agreement as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from coach.calls.listing import local
from coach.calls.scorecards.agreement import AgainstExpert, QuestionAgreement, Reliability
from coach.calls.scorecards.answers import Answer, said
from coach.calls.scorecards.confirmation import Confirmed
from coach.calls.scorecards.form import AnswerKind, Form, Question, Reach, Value
from coach.calls.scorecards.frame import by_agent
from coach.calls.scorecards.questionnaire import moment_line
from coach.calls.scorecards.sampling import Sample
from coach.calls.scorecards.scorecard import (
    Scorecard,
    ScorecardEntry,
    ScorecardLine,
    lacking_of,
)
from coach.calls.scorecards.scoring import QuestionScore, Score, Standing
from coach.notes.wording import count_of

_FAILS = {Reach.QUESTION: "fails it", Reach.SECTION: "fails the section", Reach.FORM: "fails all"}


# --- forms ---------------------------------------------------------------------------------------


def form_lines(form: Form) -> Iterator[str]:
    """A form: its sections and questions, and what they are worth."""
    yield f"{form.title} ({form.id}, version {form.version})"
    if form.about:
        yield f"  {form.about}"
    if form.blind_sees_suggestions:
        yield "  Who scores blind sees the suggested answers."
    bands = ", ".join(f"{band.name} from {band.from_:g} %" for band in form.bands)
    if bands:
        yield f"  {bands}"
    for section in form.sections:
        weight = "" if section.weight is None else f", weight {section.weight:g}"
        yield f"\n{section.title} ({section.id}{weight})"
        for question in section.questions:
            yield f"  {question.ask}"
            yield f"      {question.id}: {', '.join(_facts(question))}"


def _facts(question: Question) -> Iterator[str]:
    takes = {
        AnswerKind.YES_NO: f"yes/no (good: {question.good})",
        AnswerKind.SCALE: f"{question.least} to {question.most}",
        AnswerKind.CHOICE: " / ".join(choice.id for choice in question.choices),
        AnswerKind.NUMBER: "a number",
        AnswerKind.TEXT: "in words",
    }
    yield takes[question.kind]
    yield f"weight {question.counted:g}" if question.counted else "not scored"
    if question.not_applicable:
        yield "may not apply"
    if question.ask_if is not None:
        yield f"asked only after an answer to {question.ask_if.question}"
    if question.auto_fail is not None:
        yield f"one answer {_FAILS[question.auto_fail.of]}"
    if question.automatic is not None:
        yield f"answered by the engine ({question.automatic.measure})"


# --- scorecards ----------------------------------------------------------------------------------


def total(score: Score, lacking: int) -> str:
    """``72.5 %, sound``; without a verdict while questions are open, or nothing counts yet.

    ``lacking``: open questions that must be answered; a text that may be left out is none.
    """
    if score.percent is None:
        return "no score yet"
    failed = " (failed)" if score.failed else ""
    if lacking:
        return f"{score.percent:g} % so far{failed}, {count_of(lacking, 'question')} open"
    band = f", {score.band}" if score.band else ""
    return f"{score.percent:g} %{band}{failed}"


def title_line(card: Scorecard) -> str:
    """A scorecard in one line."""
    made = card.lines[-1].made
    blind = " (blind)" if card.blind else ""
    return (
        f"{card.form.id} {card.form.version} by {card.reviewer}{blind}: {card.standing}, "
        f"{total(card.score, len(lacking_of(card.form, card.answers)))}  {local(made)}"
    )


def card_lines(card: Scorecard, *, for_agent: bool) -> Iterator[str]:
    """A scorecard in full; ``for_agent`` leaves out what is private to the reviewers."""
    yield title_line(card)
    result = card.score
    by_id = {one.question: one for one in result.questions}
    answers = {answer.question: answer for answer in card.answers}
    for section, part in zip(card.form.sections, result.sections, strict=True):
        earned = "" if part.percent is None else f"  {part.percent:.0f} % of {_share(part.share)}"
        yield f"\n  {section.title}{earned}{'  FAILED' if part.failed else ''}"
        for question in section.questions:
            if by_id[question.id].standing is not Standing.NOT_ASKED:
                yield from _answer_lines(question, answers.get(question.id), by_id[question.id])
    if any(line.entry is not ScorecardEntry.DRAFT for line in card.lines):
        yield "\n  What happened"
    answers_before: tuple[Answer, ...] = ()
    for line in card.lines:
        if (
            not (for_agent and line.entry is ScorecardEntry.NOTE)
            and line.entry is not ScorecardEntry.DRAFT
        ):
            yield from (f"    {text}" for text in _trace(line, answers_before))
        if line.asked is not None:
            answers_before = line.answers


def _answer_lines(
    question: Question, answer: Answer | None, scored: QuestionScore
) -> Iterator[str]:
    lacking = "no answer" if question.optional else "open"
    given = lacking if answer is None else said(answer.value)
    worth = (
        "" if scored.credit is None else f"  ({_share(scored.credit)} of {_share(scored.share)})"
    )
    fails = f"  {_FAILS[scored.failed].upper()}" if scored.failed else ""
    yield f"    {question.ask}  {given}{worth}{fails}"
    if answer is None:
        return
    if answer.note:
        yield f"        {answer.note}"
    if answer.suggested is not None:
        same = answer.suggested.value == answer.value
        verdict = "confirmed" if same else "not confirmed"
        suggested = answer.suggested
        yield f"        suggested: {said(suggested.value)}, {verdict} ({suggested.because})"
        for moment in suggested.moments:
            yield f"        {moment_line(moment)}"


def _trace(line: ScorecardLine, answers_before: tuple[Answer, ...]) -> Iterator[str]:
    who = line.by or line.reviewer
    words = {
        ScorecardEntry.SUBMITTED: f"submitted, {_percent(line)}; an appeal until {line.until}",
        ScorecardEntry.CHANGED: f"changed, {_percent(line)}: {line.text}",
        ScorecardEntry.ACKNOWLEDGED: f"acknowledged{f': {line.text}' if line.text else ''}",
        ScorecardEntry.APPEALED: f"appealed: {line.text}",
        ScorecardEntry.DECIDED: f"appeal {'granted' if line.granted else 'refused'}: {line.text}",
        ScorecardEntry.NOTE: f"private note: {line.text}",
    }
    if line.entry in words:
        yield f"{local(line.made)}  {who} {words[line.entry]}"
    was, now = _notes(answers_before), _notes(line.answers)
    for one in line.changes:
        if one.before != one.after:
            yield f"    {one.question}: {_was(one.before)} before, {_was(one.after)} now"
        note, note_now = was.get(one.question), now.get(one.question)
        if note != note_now:
            told = f"{note or 'none'} before, {note_now or 'none'} now"
            yield f"    {one.question}, the note: {told}"


def _notes(answers: tuple[Answer, ...]) -> dict[str, str]:
    return {answer.question: answer.note for answer in answers if answer.note}


def _was(value: Value | msgspec.UnsetType | None) -> str:
    return "no answer" if value is msgspec.UNSET else said(value)


def _percent(line: ScorecardLine) -> str:
    return "no score" if line.result is None else f"{line.result:g} %"


# --- samples -------------------------------------------------------------------------------------


def sample_lines(sample: Sample) -> Iterator[str]:
    """A draw: what it was drawn from, how, and what came out."""
    plan = sample.plan
    strata = ", ".join(plan.by) or "none"
    yield (
        f"{count_of(len(sample.drawn), 'call')} drawn of {len(sample.frame)}: {plan.per_agent} an "
        f"agent and week, {plan.allocation.value}, seed {plan.seed}, strata by {strata}."
    )
    for (agent, week), drawn in by_agent(sample.drawn).items():
        of = sum(one.agent == agent and one.week == week for one in sample.frame)
        yield f"\n{agent}, {week}: {len(drawn)} of {of}"
        for one in drawn:
            yield f"  {one.call}  {one.stratum}  (chance {_share(one.chance)})"
    yield "\nStrata (drawn of all):"
    taken = Counter(one.stratum for one in sample.drawn)
    for stratum, count in sorted(Counter(one.stratum for one in sample.frame).items()):
        yield f"  {taken[stratum]} of {count}  {stratum}"
    for because, count in Counter(one.because for one in sample.excluded).most_common():
        yield f"Left out: {count}, {because}."


# --- agreement -----------------------------------------------------------------------------------


def agreement_lines(questions: Sequence[QuestionAgreement], whole: Reliability) -> Iterator[str]:
    """Alpha of every question, with the counts that it rests on."""
    yield "Agreement (Krippendorff's alpha: 1 is full, 0 is chance)"
    width = max((len(one.question) for one in questions), default=0)
    for one in questions:
        idle = f", {one.not_applicable} n/a" if one.not_applicable else ""
        yield f"  {one.question:{width}}  {reliability_words(one.reliability)}{idle}"
    yield f"  {'percent':{width}}  {reliability_words(whole)}"


def reliability_words(one: Reliability) -> str:
    """Alpha and its counts in one line."""
    if one.units == 0:
        return "no call was scored by two"
    if one.alpha is None:
        alpha = "no variation" if one.equal == 1 else "one call alone"
    else:
        alpha = f"{one.alpha:6.3f}"
    equal = "" if one.equal is None else f"{_share(one.equal)} equal, "
    calls = count_of(one.units, "call")
    return f"{alpha}  {one.scale.value}, {equal}{calls}, {one.answers} answers"


def expert_lines(found: Iterable[AgainstExpert], expert: str) -> Iterator[str]:
    """Every reviewer beside the expert."""
    yield f"Against {expert}"
    for one in found:
        yield f"  {one.reviewer}  {one.question}: {_equal(one)}"


def against_words(one: AgainstExpert) -> str:
    """A reviewer beside the expert, on one question."""
    return f"{one.reviewer}: {_equal(one)}"


def _equal(one: AgainstExpert) -> str:
    mean = "" if one.difference is None else f", on average {one.difference:+.2f}"
    return f"{one.equal} of {one.both} equal{mean}"


def confirmed_lines(found: Sequence[Confirmed]) -> Iterator[str]:
    """How often automatic answers were confirmed."""
    yield "Automatic answers (confirmed of answered, with the 95 % interval)"
    if not found:
        yield "  none was submitted"
    for one in found:
        sight = "seen" if one.seen else "blind"
        share = f"{one.confirmed} of {one.answered}  {_share(one.least)} to {_share(one.most)}"
        yield f"  {one.question} ({sight}): {share}"
        for suggested, answer, count in one.instead:
            yield f"      {suggested} suggested, {answer} answered: {count}"


def _share(share: float) -> str:
    """A share of 1 as ``12 %``, with a tenth where that matters."""
    return f"{round(100 * share, 1):g} %"
