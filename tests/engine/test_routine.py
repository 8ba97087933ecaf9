"""What a calm customer asks for as one asks for anything: noted, and no card."""

from __future__ import annotations

import pytest
from rulekit import ScriptedRun, card, rule

from coach.events import (
    CardRaised,
    CardSuppressed,
    Channel,
    Clause,
    CueMatched,
    EscalationChanged,
    Hypothesis,
    Level,
    Suppression,
    Utterance,
)

LEAVES = rule("esc.leaves", "cancel my service", 2, card=card(routine_below=0.3))
OTHER = rule("esc.other", "this is a disgrace", 2)


def said(at: float, text: str, distress: float = 0.0, language: str = "en") -> Utterance:
    """A final text with so much distress by its meaning."""
    clause = Clause(first=0, last=len(text.split()) - 1, frustration=distress)
    return Utterance(
        at=at, channel=Channel.CUSTOMER, start=at - 2.0, end=at, utterance=f"C{at:g}", text=text,
        clauses=(clause,), language=language,
    )  # fmt: skip


def draft(at: float, text: str, of: float) -> Hypothesis:
    return Hypothesis(
        at=at, channel=Channel.CUSTOMER, start=of - 2.0, end=at, utterance=f"C{of:g}",
        committed=text, tail="",
    )  # fmt: skip


ASKED = "I would like to cancel my service please"
UPSET = "I am furious and fed up so I would like to cancel my service"
ANGRY = "I am so angry and so upset with all of you"


@pytest.mark.parametrize(
    ("facts", "cards"),
    [
        ([said(9.0, ASKED)], 0),
        ([said(9.0, UPSET)], 1),
        ([said(9.0, ASKED, 0.9)], 0),
        ([said(5.0, ANGRY), said(9.0, ASKED)], 1),
        ([said(5.0, ANGRY), said(200.0, ASKED)], 0),
        ([said(5.0, "I tell you this is a disgrace"), said(9.0, ASKED)], 1),
        ([draft(8.0, ASKED, of=9.0), said(9.0, ASKED)], 0),
        ([draft(8.0, ASKED, of=9.0), said(9.0, UPSET)], 1),
        ([draft(8.0, ASKED, of=9.0), said(9.0, "I'd like to cancel a lesson please", 0.5)], 0),
        ([said(9.0, ASKED, language="de")], 1),
    ],
    ids=[
        "calm words", "distressed words", "a grave matter in calm words",
        "a distressed turn before", "one long ago",
        "an uneasy call", "a draft of calm words", "a draft that proves distressed",
        "a draft that was misheard", "words whose feeling is not known",
    ],
)  # fmt: skip
def test_a_routine_request_gets_no_card(facts: list[Utterance | Hypothesis], cards: int) -> None:
    run = ScriptedRun(LEAVES, OTHER)
    run.feed(facts)
    assert sum(isinstance(r, CardRaised) for r in run.results) == cards


def test_a_routine_request_is_noted_leaves_the_level_and_says_what_it_lacked() -> None:
    run = ScriptedRun(LEAVES)
    run.feed([draft(8.0, ASKED, of=9.0), said(9.0, ASKED, 0.1)])
    assert [r.rule for r in run.results if isinstance(r, CueMatched)] == ["esc.leaves"]
    assert not [r for r in run.results if isinstance(r, EscalationChanged)]
    (kept,) = (r for r in run.results if isinstance(r, CardSuppressed))
    assert kept.reason is Suppression.ROUTINE
    figure = kept.because[-1]
    assert figure.threshold == 0.3
    assert figure.value is not None
    assert 0.0 <= figure.value < 0.3


def test_a_draft_that_waited_counts_from_its_final_words() -> None:
    desk = ScriptedRun(LEAVES)
    desk.feed([draft(8.0, ASKED, of=9.0), said(9.0, ASKED)])
    assert [(r.at, r.reason) for r in desk.results if isinstance(r, CardSuppressed)] == [
        (9.0, Suppression.ROUTINE)
    ]
    times = [r.at for r in desk.results]
    assert times == sorted(times)


def test_what_is_no_routine_raises_the_level_once() -> None:
    run = ScriptedRun(LEAVES)
    run.feed([draft(8.0, ASKED, of=9.0), said(9.0, UPSET)])
    changes = [r.level for r in run.results if isinstance(r, EscalationChanged)]
    assert changes
    assert changes[0] is not Level.CALM
