"""How a sentence feels: VADER's compound and the distress model, for one utterance.

VADER runs as published; only its word list is overlaid with that of callers
(``lexicon_en.toml``), where facts of a call such as "claim" or "late fee" are no feelings.
The distress model (``coach.engine.talk.distress``) hears what VADER cannot: waiting, repetition,
refusal, polite fury. Where the sentence encoder has looked, the distress that it finds by meaning
is joined to it: the model hears words, the encoder what they come to.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from coach.events import Clause

from . import distress

LANGUAGE = "en"
"""The one language whose words are scored."""


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
    """Distress by the words and by what they mean, each 0 to 1: either is enough.

    Both are taken as independent reasons; 0 changes nothing.
    """
    return 1.0 - (1.0 - worded) * (1.0 - meant)


def score_text(text: str, clauses: Sequence[Clause] = ()) -> TextScore:
    """Score one utterance of English text, with what its clauses mean where that is known."""
    compound = float(_analyser().polarity_scores(text)["compound"])
    judged = distress.model().judge(text)
    meant = max((clause.frustration for clause in clauses), default=0.0)
    return TextScore(
        compound=compound,
        distress=joined(judged.distress, meant),
        words=judged.words,
        abuse=judged.abuse,
        worded=judged.distress,
    )
