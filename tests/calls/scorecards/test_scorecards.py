"""What lies beside the journal: drafts, a lock, a trace, the agent's side."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from keptcalls import keep
from scorecardkit import form, question, section

from coach.calls.lines_beside import read_lines
from coach.calls.marks import Mark
from coach.calls.redaction.typed_words import masked_text
from coach.calls.scorecards.answers import Answer
from coach.calls.scorecards.automatic import Suggestion
from coach.calls.scorecards.confirmation import confirmations, interval
from coach.calls.scorecards.form import Value
from coach.calls.scorecards.printed import card_lines
from coach.calls.scorecards.scorecard import (
    Filled,
    Saying,
    Scorecard,
    ScorecardEntry,
    ScorecardLine,
    acknowledge,
    add_note,
    appeal,
    change,
    decide,
    keep_draft,
    read_scorecards,
    scored_calls,
    submit,
)
from coach.calls.scores import read_scores, standing_score
from coach.errors import InputError

FORM = form(section("s", question("a"), question("b"), question("c", "text", "optional = true")))
DAY = "2026-03-04T09:30:00+00:00"
LATER = "2026-03-18T23:59:00+00:00"
TOO_LATE = "2026-03-19T00:01:00+00:00"


def filled(reviewer: str = "Ruth", *, blind: bool = False, **values: Value) -> Filled:
    answers = tuple(Answer(question=name, value=value) for name, value in values.items())
    return Filled(form=FORM, reviewer=reviewer, blind=blind, answers=answers)


def saying(text: str = "because", made: str = DAY, by: str = "Anna") -> Saying:
    return Saying(by=by, text=text, made=made)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return keep(tmp_path, "one").scores


def only(path: Path) -> Scorecard:
    (card,) = read_scorecards(path)
    return card


def test_a_draft_is_no_score_until_it_is_submitted(path: Path) -> None:
    keep_draft(path, filled(a="yes"), DAY)
    assert standing_score(read_scores(path)) is None
    assert (only(path).standing, only(path).score.open) == ("draft", ("b", "c"))
    submit(path, filled(a="yes", b="no"), DAY)
    assert standing_score(read_scores(path)) == 50
    assert only(path).standing == "submitted"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_form_is_kept_as_it_was_asked(path: Path) -> None:
    submit(path, filled(a="yes", b="yes"), DAY)
    assert only(path).form == FORM


def test_submitted_it_is_locked(path: Path) -> None:
    submit(path, filled(a="yes", b="no"), DAY)
    before = path.read_bytes()
    again: list[Callable[[], object]] = [
        lambda: keep_draft(path, filled(a="no"), DAY),
        lambda: submit(path, filled(a="yes", b="yes"), DAY),
    ]
    for act in again:
        with pytest.raises(InputError, match="was submitted on 2026-03-04 and is locked"):
            act()
    assert path.read_bytes() == before
    keep_draft(path, filled("Omar", a="no"), DAY)
    keep_draft(path, filled(blind=True, a="no"), DAY)
    assert len(read_scorecards(path)) == 3


def test_a_lacking_answer_keeps_it_open(path: Path) -> None:
    with pytest.raises(InputError, match=r"Without an answer: b\. Answer them"):
        submit(path, filled(a="yes"), DAY)
    assert read_scorecards(path) == ()


def test_a_change_is_traced(path: Path) -> None:
    with pytest.raises(InputError, match="is not submitted, so it needs no"):
        change(path, filled(a="no"), saying())
    submit(path, filled(a="yes", b="no"), DAY)
    with pytest.raises(InputError, match="No answer differs from"):
        change(path, filled(a="yes", b="no"), saying())
    change(path, filled(a="yes", b="yes", c="good"), saying("heard it again", by="Ruth"))
    line = only(path).lines[-1]
    assert (line.entry, line.text, line.by) == (ScorecardEntry.CHANGED, "heard it again", "Ruth")
    assert [(c.question, c.before, c.after) for c in line.changes] == [
        ("b", "no", "yes"),
        ("c", msgspec.UNSET, "good"),
    ]
    assert standing_score(read_scores(path)) == 100
    assert only(path).lines[0].answers == filled(a="yes", b="no").answers, "as it was"
    noted = (Answer(question="a", value="yes", note="twice"), *only(path).answers[1:])
    change(path, msgspec.structs.replace(filled(), answers=noted), saying())
    told = list(card_lines(only(path), for_agent=False))
    assert "        b: no before, yes now" in told
    assert "        c: no answer before, good now" in told
    assert "        a, the note: none before, twice now" in told
    both = (Answer(question="a", value="no", note="once"), *only(path).answers[1:])
    change(path, msgspec.structs.replace(filled(), answers=both), saying())
    told = list(card_lines(only(path), for_agent=True))
    assert told[-2:] == [
        "        a: yes before, no now",
        "        a, the note: twice before, once now",
    ]
    bare = (Answer(question="a", value="no"), *only(path).answers[1:])
    change(path, msgspec.structs.replace(filled(), answers=bare), saying())
    assert list(card_lines(only(path), for_agent=True))[-1] == (
        "        a, the note: once before, none now"
    )


def test_the_agent_answers_and_appeals_until_a_day(path: Path) -> None:
    keep_draft(path, filled(a="yes", b="no"), DAY)
    with pytest.raises(InputError, match="The scorecard is a draft"):
        acknowledge(path, only(path), saying())
    submit(path, filled(a="yes", b="no"), DAY)
    acknowledge(path, only(path), saying("thank you"))
    assert only(path).standing == "acknowledged"
    with pytest.raises(InputError, match=r"No appeal is open\."):
        decide(path, only(path), saying(), granted=True)
    with pytest.raises(InputError, match="The last day for an appeal was 2026-03-18"):
        appeal(path, only(path), saying(made=TOO_LATE))
    appeal(path, only(path), saying("it was said", LATER))
    with pytest.raises(InputError, match="An appeal is open already"):
        appeal(path, only(path), saying(made=LATER))
    decide(path, only(path), saying("heard again", TOO_LATE, "Lead"), granted=True)
    assert only(path).standing == "decided"
    entries = [line.entry for line in only(path).lines]
    assert entries == ["draft", "submitted", "acknowledged", "appealed", "decided"]
    assert standing_score(read_scores(path)) == 50


def test_a_private_note_changes_nothing_else(path: Path) -> None:
    keep_draft(path, filled(a="yes"), DAY)
    add_note(path, only(path), saying("talk to the team", by="Ruth"))
    assert only(path).lines[-1].text == "talk to the team"
    assert (only(path).standing, len(only(path).answers)) == ("draft", 1)


def test_what_was_typed_is_masked_before_it_is_written(path: Path) -> None:
    card = "4111 1111 1111 1111"
    words = filled(a="yes", b="no", c=f"read out {card} aloud")
    noted = Answer(question="a", value="yes", note=f"she said {card}")
    submit(path, msgspec.structs.replace(words, answers=(noted, *words.answers[1:])), DAY)
    appeal(path, only(path), saying(f"the card was {card}"))
    other = filled(a="no", b="no", c=f"said {card}")
    change(path, other, saying(f"for {card}", by="Ruth"))
    add_note(path, only(path), saying(f"again {card}"))
    written = path.read_text()
    assert "1111" not in written
    assert written.count("card-number") >= 6
    assert masked_text("all well\nand calm") == "all well\nand calm"


def test_a_blind_scoring_is_not_the_calls_score(path: Path) -> None:
    submit(path, filled(a="yes", b="no", blind=True), DAY)
    assert standing_score(read_scores(path)) is None
    assert only(path).score.percent == 50
    with pytest.raises(InputError, match="is blind, for calibration"):
        acknowledge(path, only(path), saying())


def test_lines_of_others_are_left_alone(path: Path) -> None:
    path.write_bytes(b'{"form":"x","reviewer":"Ruth","made":"","percent":12}\n')
    assert read_scorecards(path) == ()
    submit(path, filled(a="yes", b="no"), DAY)
    assert len(read_scorecards(path)) == 1
    assert len(read_lines(path, ScorecardLine)) == 2
    with pytest.raises(InputError, match="line 1"):
        read_lines(path, Mark)


def test_only_calls_have_scorecards(path: Path) -> None:
    submit(path, filled(a="yes", b="no"), DAY)
    path.with_name("gone.scores.ndjson").write_bytes(path.read_bytes())
    damaged = keep(path.parent, "two").scores
    damaged.write_text("oops\n")
    told: list[str] = []
    assert [call for call, _ in scored_calls(path.parent, told.append)] == ["one"]
    assert len(told) == 1
    assert "two.scores.ndjson, line 1" in told[0]


# --- how often automatic answers are confirmed ----------------------------------------------------


def card(suggested: Value | None, value: Value | None, *, seen: bool = True) -> Scorecard:
    answer = Answer(
        question="a",
        value=value,
        suggested=Suggestion(value=suggested, because="heard"),
        seen=seen,
    )
    line = ScorecardLine(form="f", reviewer="Ruth", made=DAY, entry=ScorecardEntry.SUBMITTED)
    return Scorecard(form=FORM, reviewer="Ruth", blind=False, answers=(answer,), lines=(line,))


def test_confirmations_are_counted_apart_by_what_was_seen() -> None:
    cards = [card("yes", "yes"), card("yes", "no"), card("yes", "no"), card(None, None)]
    draft = msgspec.structs.replace(card("no", "yes"), lines=())
    seen, blind = confirmations([*cards, card("no", "no", seen=False), draft])
    assert (seen.question, seen.seen, seen.confirmed, seen.answered) == ("a", True, 2, 4)
    assert seen.instead == (("yes", "no", 2),)
    assert seen.least < 0.5 < seen.most
    assert (blind.seen, blind.confirmed, blind.answered) == (False, 1, 1)


@pytest.mark.parametrize(
    ("hits", "of", "least", "most"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_the_interval_of_a_share(hits: int, of: int, least: float, most: float) -> None:
    assert interval(hits, of) == pytest.approx((least, most), abs=0.0001)
