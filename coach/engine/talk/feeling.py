"""How a sentence feels: VADER's compound and the distress model, for one utterance.

VADER runs as published; only its word list is overlaid with that of callers
(``lexicon_en.toml``), where facts of a call such as "claim" or "late fee" are no feelings.
The distress model (``coach.engine.talk.distress``) hears what VADER cannot: waiting, repetition,
refusal, polite fury. Where the sentence encoder has looked, the distress that it finds by meaning
is joined to it: the model hears words, the encoder what they come to.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import msgspec
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from coach.events import Clause

from . import distress

LANGUAGE = "en"
"""The one language whose words are scored."""
BORDER = 0.5
"""Distress from here on is distress."""
_STEEP = (2.0 - BORDER) / (1.0 - BORDER)
"""The exponent with which the slope at the border is 1 on both sides."""
_REMEMBERED = 1024
"""Texts, a few calls' worth: a call that is coached with one set of rules after the other, as in a
backtest, says the same words each time."""


class TextScore(msgspec.Struct, frozen=True, kw_only=True):
    """The mood of one utterance.

    ``compound`` hears capitals and exclamation marks, as VADER does; ``distress``, ``abuse``
    and ``words`` depend on the words alone, in whatever case and punctuation.
    """

    compound: float
    """VADER's compound, -1 to 1; 0 is neutral."""
    distress: float
    """Distress of any kind, abuse included: 0 to 1, and 0.5 is the border. 99.5 % of polite
    service turns stay under it."""
    words: int
    """How many words it rests on, fillers left out. One or two words say little about mood:
    the mood tracker scores no turn that short."""
    abuse: float = 0.0
    """Abuse of the listener: 0 to 1, and 0.5 is the border."""
    worded: float = 0.0
    """Distress by the words alone: a matter that distresses most people may be told calmly."""


@functools.cache
def _analyser() -> SentimentIntensityAnalyzer:
    analyser = SentimentIntensityAnalyzer()
    analyser.lexicon.update(distress.valences())
    return analyser


def is_scored(language: str) -> bool:
    """Whether words in ``language`` (a code such as ``en`` or ``en-GB``) can be scored."""
    return language.lower().replace("_", "-").partition("-")[0] == LANGUAGE


def joined(worded: float, meant: float) -> float:
    """Distress by the words and by what they mean, each 0 to 1, as one figure of 0 to 1.

    The sum of both decides, so that two that agree outrank one that is sure: up to the border
    (0.5) it is taken as it is, above it brought under 1 without a bend. Either alone comes to
    0.85 at most.
    """
    both = worded + meant
    if both <= BORDER:
        return both
    return 1.0 - (1.0 - BORDER) * math.pow((2.0 - both) / (2.0 - BORDER), _STEEP)


@functools.lru_cache(maxsize=_REMEMBERED)
def _by_words(text: str) -> tuple[float, distress.DistressReading]:
    """VADER's compound, and what the distress model hears."""
    return float(_analyser().polarity_scores(text)["compound"]), distress.model().judge(text)


def score_text(text: str, clauses: Sequence[Clause] = ()) -> TextScore:
    """Score one utterance of English text, with what its clauses mean where that is known."""
    compound, judged = _by_words(text)
    worded = judged.distress
    return TextScore(
        compound=compound,
        distress=joined(worded, max(one.frustration for one in clauses)) if clauses else worded,
        words=judged.words,
        abuse=judged.abuse,
        worded=worded,
    )
