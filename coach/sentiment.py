"""How a sentence feels: VADER's compound and the distress model, for one utterance."""

from __future__ import annotations

import functools

import msgspec
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


class TextScore(msgspec.Struct, frozen=True, kw_only=True):
    """The mood of one utterance."""

    compound: float
    """VADER's compound, -1 to 1."""
    distress: float
    """Probability-like measure of distress, 0 to 1."""
    words: int
    """How many words it rests on."""


@functools.cache
def _analyser() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def score_text(text: str) -> TextScore:
    """Score one utterance of English text."""
    compound = float(_analyser().polarity_scores(text)["compound"])
    return TextScore(compound=compound, distress=max(0.0, -compound), words=len(text.split()))
