"""VADER under the overlay."""

from __future__ import annotations

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from coach.engine.talk.distress import valences
from coach.engine.talk.feeling import joined, score_text
from coach.events import Clause


@pytest.mark.parametrize(
    "text",
    [
        "I want to dispute a charge",
        "I have a claim number",
        "I need to cancel the late delivery",
        "it is about my complaint",
        "what is the penalty fee",
        "please stop the payment",
        "help please",
    ],
)
def test_facts_of_a_call_are_neutral(text: str) -> None:
    assert abs(score_text(text).compound) < 0.11


@pytest.mark.parametrize(
    "text",
    [
        "this is a joke",
        "I was given the runaround",
        "you people are incompetent",
        "this is unacceptable",
        "what a shambles",
        "they ignored me",
    ],
)
def test_frustration_of_callers_is_negative(text: str) -> None:
    assert score_text(text).compound <= -0.25


@pytest.mark.parametrize(
    "text", ["the weather is lovely today", "that was horrible", "I am very happy, thank you!!!"]
)
def test_the_rest_is_vader_as_published(text: str) -> None:
    published = SentimentIntensityAnalyzer().polarity_scores(text)["compound"]
    assert score_text(text).compound == published


def test_the_overlay_keeps_to_the_scale() -> None:
    assert all(-4.0 <= value <= 4.0 for value in valences().values())
    assert all(word == word.lower() and " " not in word for word in valences())


def test_words_count_without_fillers() -> None:
    assert score_text("um, well, you know, no").words == 2


def test_distress_is_joined_with_what_the_worst_clause_means() -> None:
    text = "I would like to speak about my bill"
    clauses = tuple(Clause(first=0, last=7, frustration=share) for share in (0.1, 0.6))
    alone, both = score_text(text), score_text(text, clauses)
    assert both.distress == pytest.approx(joined(alone.distress, 0.6))
    assert both.distress > joined(0.0, 0.6)
    assert (both.compound, both.abuse) == (alone.compound, alone.abuse)
    assert score_text(text, (Clause(first=0, last=7),)) == alone


def test_two_reasons_outrank_one_and_the_border_stays() -> None:
    assert joined(0.6, 0.6) > joined(1.0, 0.0) == joined(0.0, 1.0) > joined(0.5, 0.0) == 0.5
    assert joined(0.2, 0.2) == pytest.approx(0.4)
    assert joined(0.5, 1e-6) - 0.5 == pytest.approx(0.5 - joined(0.5 - 1e-6, 0.0), abs=1e-9)
    assert joined(0.0, 0.0) == 0.0
    assert joined(1.0, 1.0) == 1.0
    steps = [joined(share / 50, share / 50) for share in range(51)]
    assert steps == sorted(steps)
