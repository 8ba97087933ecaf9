"""VADER's compound of a sentence: the published one, with less work.

The package goes over a text letter by letter for pictures and over its list of negations word by
word. Both are done at once here, and of the four figures that it gives only the one that is used is
worked out. Everything else is the package's own code, so every compound is the published one.
"""

from __future__ import annotations

from typing import Any

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    N_SCALAR,
    NEGATE,
    SentimentIntensityAnalyzer,
    SentiText,
    normalize,
)

_NEGATE = frozenset(NEGATE)
_EMPHASIS = ("so", "this")


class Valence(SentimentIntensityAnalyzer):  # type: ignore[misc] # the package has no types
    """The analyser, asked for the compound alone."""

    def compound(self, text: str) -> float:
        """-1 to 1; 0 is neutral."""
        if not text.isascii():
            return float(self.polarity_scores(text)["compound"])
        plain = text.strip()
        told = SentiText(plain)
        words: list[str] = told.words_and_emoticons
        lowered = [word.lower() for word in words]
        valences: list[float] = []
        for place, word in enumerate(lowered):
            kind_of = word == "kind" and lowered[place + 1 : place + 2] == ["of"]
            if word in self.lexicon and word not in BOOSTER_DICT and not kind_of:
                self.sentiment_valence(0, told, words[place], place, valences)
            else:
                valences.append(0)
        if not any(valences):
            return 0.0
        total = float(sum(self._but_check(words, valences)))
        if total:
            emphasis = self._punctuation_emphasis(plain)
            total += emphasis if total > 0 else -emphasis
        return float(round(normalize(total), 4))

    @staticmethod
    def _negation_check(valence: float, words: list[Any], start_i: int, i: int) -> float:
        """What the word ``start_i`` + 1 words before the one at ``i`` makes of its valence."""
        before = [str(word).lower() for word in words[i - start_i - 1 : i]]
        far, *between = before
        if start_i == 1:
            if far == "never" and between[0] in _EMPHASIS:
                return valence * 1.25
            if far == "without" and between[0] == "doubt":
                return valence
        if start_i == 2:
            if (far == "never" and between[0] in _EMPHASIS) or between[1] in _EMPHASIS:
                return valence * 1.25
            if far == "without" and "doubt" in between:
                return valence
        return valence * N_SCALAR if far in _NEGATE or "n't" in far else valence
