"""What lint says of sentences that stand by themselves."""

from __future__ import annotations

import pytest
from rulekit import book, rule

from rules.checking.findings import Grade
from rules.checking.lint import lint_sentences
from rules.definition.conditions import AnyCondition, AnyOf, Meaning, Phrase, Wording
from rules.matching.near_misses import in_calls

SENTENCES = ("the bill on paper", "the bill by post", "a printed bill")
ALONE = Meaning(sentences=SENTENCES, sensitivity=0.02)


def said(when: AnyCondition, *rates: float) -> list[tuple[Grade, str]]:
    found = lint_sentences(book(rule("esc.a", when=when)), lambda _: rates)
    return [(f.grade, f.message) for f in found]


def test_sentences_none_of_which_finds_another_are_a_weakness_and_lint_says_from_where_on() -> None:
    ((grade, message),) = said(ALONE, 0.591, 2.0, 60.0)
    assert grade is Grade.WARNING
    assert message == (
        "none of its 3 sentences would be found by the others at a sensitivity of 0.02, "
        "the first from 0.6 on (a false alarm in one of 20 calls of five minutes): it hears hardly "
        "more than its own wording; give it phrases"
    )


def test_a_sensitivity_that_no_rule_may_have_is_not_advised() -> None:
    ((_, message),) = said(ALONE, 5.01, 8.0, 60.0)
    assert "and none at any other" in message


def test_a_sentence_far_from_the_others_is_named() -> None:
    ((grade, message),) = said(ALONE, 0.02, 0.5, 0.3)
    assert grade is Grade.NOTE
    assert message == (
        "1 of its 3 sentences would be found by the others; farthest from them is "
        "'the bill by post'"
    )


@pytest.mark.parametrize(
    "when",
    [
        AnyOf(of=(ALONE, Phrase(any=("paper bill",)))),
        AnyOf(of=(ALONE, Wording(any=("paper bill",), meaning=ALONE))),
        Meaning(sentences=SENTENCES, trained="esc.churn"),
        Meaning(sentences=SENTENCES[:1]),
        Phrase(any=("paper bill",)),
    ],
    ids=["phrases", "wordings", "a trained cue", "one sentence", "no sentence"],
)
def test_phrases_a_trained_cue_and_a_single_sentence_are_left_alone(when: AnyCondition) -> None:
    assert said(when, 60.0, 60.0, 60.0) == []


def test_sentences_that_all_find_one_another_need_no_word() -> None:
    assert said(ALONE, 0.01, 0.02, 0.001) == []


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (0.02, "a false alarm in one of 600 calls of five minutes"),
        (0.6, "a false alarm in one of 20 calls of five minutes"),
        (12.0, "a false alarm in every call of five minutes"),
        (60.0, "5 false alarms in every call of five minutes"),
    ],
)
def test_a_rate_is_told_in_calls(rate: float, told: str) -> None:
    assert in_calls(rate) == told
