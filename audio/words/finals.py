"""What a final says, given what stood committed before it.

People act on committed words: a card may have come of them. So they are not lost because the
last decode of an utterance happens to pass over them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from audio.recognition.decoding import DecodeResult
from coach.events import Word

from .passed_over import RUN, with_passed_over

LOST = 0.5
"""Seconds of speech behind the last word that is known from which words are missing."""

UNDECODED = "never transcribed, this machine cannot keep up"
"""``AudioGap.cause`` of speech whose final nobody waited for."""

NOBODY = 0.6
"""Whisper's own bound for the probability that there was no speech at all."""


def silent(result: DecodeResult) -> bool:
    """Whether a decode says that nobody spoke."""
    return not result.words and result.no_speech > NOBODY


def with_committed(
    result: DecodeResult, committed: Sequence[Word], *, doubtful: bool
) -> DecodeResult:
    """A final with the committed words that it passes over.

    Where the decoder only repeated itself they are all there is, unless they are just the
    beginning. Nothing is added to a final that is doubtful for another reason, or that says that
    nobody spoke.
    """
    if silent(result):
        return result
    if result.looped and 2 * len(committed) >= max(len(result.words), 2 * RUN):
        certain = float(np.mean([np.log(max(word.confidence, 1e-6)) for word in committed]))
        return result._replace(words=tuple(committed), looped=False, avg_logprob=certain)
    if doubtful:
        return result
    return result._replace(words=with_passed_over(result.words, committed))


def not_before(start: float, word: Word) -> Word:
    """The word without what lies before the utterance."""
    return msgspec.structs.replace(word, start=max(word.start, start), end=max(word.end, start))
