"""Which finals may be inventions of the recogniser.

Whisper answers silence, music and noise with words it has often seen beside them ("Thank you.",
"Bye."), and it answers them confidently, so no single figure tells. The clip's level, the
model's own opinion that nobody spoke, its probability for the words, repetition, and a list of
the usual inventions are weighed together. Doubtful words are shown dimmed, fire no rule and
clear no alarm; the cost of a wrong doubt is small, that of a false alarm is not.
"""

from __future__ import annotations

import re
import zlib
from typing import Annotated

import msgspec

from audio.recognition.decoding import DecodeResult, Purpose
from audio.recognition.loops import LEAST_WORD, once
from coach.parameters import dbfs, quantity, seconds, share

from .language import not_as_asked


class DoubtSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds beyond which words are doubtful."""

    no_speech: Annotated[float, share()] = 0.6
    """Whisper's own bound; counts only together with a poor probability, as in Whisper."""
    logprob: Annotated[float, quantity(-20, 0, "nats a token")] = -1.0
    """Whisper's own bound for the mean log probability."""
    hopeless: Annotated[float, quantity(-20, 0, "nats a token")] = -1.6
    """Mean log probability that is doubtful whatever else holds: every word at about 0.2."""
    compression: Annotated[float, quantity(1, 100, "times")] = 2.4
    """Whisper's own bound: text that packs better than this repeats itself."""
    quiet_dbfs: Annotated[float, dbfs()] = -45.0
    """Below this level the usual inventions are not believed."""
    short: Annotated[float, seconds(0, 10)] = 0.4
    """Clips with less speech than this (seconds) do not carry a usual invention..."""
    answer: Annotated[float, share()] = 0.75
    """...unless they answer the other side and the words have this probability: people do say
    "Bye." in a quarter of a second, and mostly when they have been spoken to."""


_ENDS = re.compile(r"[.!?]+")

INVENTIONS = frozenset(
    {
        "bye",
        "bye bye",
        "goodbye",
        "i'm sorry",
        "okay",
        "oh",
        "please subscribe",
        "so",
        "thank you",
        "thank you for watching",
        "thank you very much",
        "thanks",
        "thanks for watching",
        "the",
        "you",
    }
)
"""Sentences that base models write for sound without speech, most frequent ones."""


def doubt(
    result: DecodeResult,
    *,
    speech_seconds: float,
    speech_dbfs: float,
    answering: bool = False,
    settings: DoubtSettings | None = None,
) -> str:
    """Why ``result`` is doubtful, in plain words; empty if it is not.

    ``speech_seconds`` is how much of the clip the detector called speech, ``speech_dbfs`` the
    level of that part, ``answering`` whether somebody else had spoken just before. In a draft
    speech goes on behind the clip, and half a word is often taken for a usual invention.
    """
    bounds = settings or DoubtSettings()
    why = _unlikely(result, bounds, speech_seconds)
    if why:
        return why
    answer = answering and result.confidence >= bounds.answer
    short = speech_seconds < bounds.short and not answer
    draft = result.request.purpose is Purpose.DRAFT
    weak = short or draft or speech_dbfs < bounds.quiet_dbfs
    text = result.text
    if weak and text and all(one in INVENTIONS for one in _sentences(text)):
        return "words often heard in silence"
    return ""


def _unlikely(result: DecodeResult, bounds: DoubtSettings, speech_seconds: float) -> str:
    """What the recogniser's own figures say against the words."""
    text = result.text
    if result.foreign and text:
        return not_as_asked(result.request.language or "", result.language)
    if result.looped:
        return "the recogniser repeated itself"
    fits = len(result.words) * LEAST_WORD <= speech_seconds
    plain = " ".join(word.text for word in once(result.words)) if fits else text
    if len(plain) > 40 and _compression(plain) > bounds.compression:
        return "the text repeats itself"
    if result.avg_logprob < bounds.hopeless:
        return "the recogniser was guessing"
    if result.no_speech > bounds.no_speech and result.avg_logprob < bounds.logprob:
        return "probably no speech"
    return ""


def _sentences(text: str) -> list[str]:
    plain = (" ".join(one.replace(",", " ").split()) for one in _ENDS.split(text.casefold()))
    return [one for one in plain if one]


def _compression(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))
