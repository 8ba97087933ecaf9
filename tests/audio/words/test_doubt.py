from __future__ import annotations

import numpy as np
import pytest

from audio.recognition.decoding import UNKNOWN, DecodeRequest, DecodeResult, Purpose
from audio.words.doubt import doubt
from coach.events import Channel, Word


def result(text: str, confidence: float = 0.85, **changes: float | bool) -> DecodeResult:
    words = tuple(
        Word(text=one, start=i * 0.3, end=i * 0.3 + 0.3, confidence=confidence)
        for i, one in enumerate(text.split())
    )
    request = DecodeRequest(
        number=1,
        purpose=Purpose.PAUSE,
        channel=Channel.CUSTOMER,
        utterance="C1",
        start=0.0,
        samples=np.zeros(16000, np.float32),
    )
    logprob = float(np.log(confidence))
    return DecodeResult(request=request, words=words, avg_logprob=logprob)._replace(**changes)


@pytest.mark.parametrize(
    ("confidence", "seconds", "dbfs", "answering", "doubtful"),
    [
        (0.85, 0.26, -25.0, True, False),
        (0.85, 0.26, -25.0, False, True),
        (0.60, 0.26, -25.0, True, True),
        (0.85, 0.26, -50.0, True, True),
        (0.85, 0.60, -50.0, True, True),
        (0.60, 0.60, -25.0, False, False),
    ],
)
def test_a_short_goodbye_is_believed_as_a_clear_answer(
    confidence: float, seconds: float, dbfs: float, answering: bool, doubtful: bool
) -> None:
    why = doubt(
        result("Bye.", confidence),
        speech_seconds=seconds,
        speech_dbfs=dbfs,
        answering=answering,
    )
    assert bool(why) is doubtful


def test_only_usual_inventions_are_doubted_for_being_short() -> None:
    assert not doubt(result("Monday."), speech_seconds=0.2, speech_dbfs=-25.0)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (result("and die", looped=True), "repeated"),
        (result("wait " * 30), "repeats"),
        (result("I see", 0.15), "guessing"),
        (result("I see", 0.3, no_speech=0.8), "no speech"),
    ],
)
def test_other_reasons_for_doubt(one: DecodeResult, why: str) -> None:
    assert why in doubt(one, speech_seconds=2.0, speech_dbfs=-25.0, answering=True)


@pytest.mark.parametrize(
    ("text", "purpose", "doubtful"),
    [
        ("Goodbye.", Purpose.DRAFT, True),
        ("Thank you. Thank you.", Purpose.DRAFT, True),
        ("Bye, bye. Thank you!", Purpose.DRAFT, True),
        ("Thank you, Linda.", Purpose.DRAFT, False),
        ("Thank you. I am done.", Purpose.DRAFT, False),
        ("Goodbye.", Purpose.PAUSE, False),
    ],
)
def test_a_usual_invention_is_not_believed_while_speech_goes_on(
    text: str, purpose: Purpose, doubtful: bool
) -> None:
    one = result(text)
    one = one._replace(request=one.request._replace(purpose=purpose))
    assert bool(doubt(one, speech_seconds=2.0, speech_dbfs=-20.0)) is doubtful


@pytest.mark.parametrize(
    ("asked", "spoken", "why"),
    [
        ("en", "es", "not English but Spanish"),
        ("en", UNKNOWN, "not English"),
        ("de", "en", "not German but English"),
        ("en", "en", ""),
        (None, "es", ""),
    ],
)
def test_foreign_words_are_doubtful_whatever_else_speaks_for_them(
    asked: str | None, spoken: str, why: str
) -> None:
    one = result("quiero hablar con alguien", 0.99)
    one = one._replace(request=one.request._replace(language=asked), language=spoken)
    assert doubt(one, speech_seconds=2.0, speech_dbfs=-20.0, answering=True) == why


def test_a_sentence_said_four_times_is_believed_where_there_was_the_time_for_it() -> None:
    said = result("I want to speak to your manager now. " * 4)
    assert doubt(said, speech_seconds=8.0, speech_dbfs=-25.0) == ""
    assert "repeats" in doubt(said, speech_seconds=1.5, speech_dbfs=-25.0)
