"""What the transcriber does where somebody turns to another language, without the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from audio.recognition.decoding import (
    UNKNOWN,
    DecodeRequest,
    DecodeResult,
    ForeignPart,
    Purpose,
    likelier,
)
from audio.recognition.looks import mean_logprob
from audio.recognition.packing import settled
from audio.recognition.transcriber import Transcriber, TranscriberSettings
from audio.samples.chunks import SAMPLE_RATE
from coach.events import Channel, Word

START = 5.0
ENGLISH = {"en": 0.9, "de": 0.05}
GERMAN = {"en": 0.05, "de": 0.9}


def said(text: str, sure: float, start: float, each: float = 0.4) -> list[Word]:
    """The words of a text, one behind another, as sure as each other."""
    return [
        Word(text=word, start=start + n * each, end=start + (n + 1) * each, confidence=sure)
        for n, word in enumerate(text.split())
    ]


class Turning(Transcriber):
    """Hears some words, and is asked for the language of a part by where it begins and ends."""

    def __init__(
        self,
        words: Sequence[Word],
        languages: Mapping[tuple[float, float], Mapping[str, float]],
        *,
        foreign_from: float = 99.0,
    ) -> None:
        self.settings = TranscriberSettings()
        self.words = tuple(words)
        self.languages = languages
        self.foreign_from = foreign_from
        self.asked: list[tuple[float, float]] = []

    def _decode(
        self, request: DecodeRequest, padding: float, *, setting: bool = True
    ) -> DecodeResult:
        del padding, setting
        words = tuple(w for w in self.words if w.start >= request.start - 0.01)
        foreign = request.start >= self.foreign_from
        language = UNKNOWN if foreign else "en"
        return DecodeResult(request, words, avg_logprob=mean_logprob(words), language=language)

    def _languages_of(self, request: DecodeRequest) -> dict[str, float]:
        until = min(request.spoken_until, request.end)
        part = (round(request.start, 1), round(until, 1))
        self.asked.append(part)
        return dict(self.languages[part])


def heard(transcriber: Turning, seconds: float, until: float | None = None) -> DecodeResult:
    return transcriber.decode(
        DecodeRequest(
            number=1,
            purpose=Purpose.FINAL,
            channel=Channel.CUSTOMER,
            utterance="C1",
            start=START,
            samples=np.zeros(round(seconds * SAMPLE_RATE), np.float32),
            spoken_until=START + seconds if until is None else until,
        )
    )


PLAIN = "Sorry my English is not good."
FRONT = said(PLAIN, 0.9, START)
SOUNDS = said("Good tag each roofer on while mine", 0.3, START + 2.4)


def test_english_sounds_of_another_language_behind_plain_words_are_told() -> None:
    result = heard(Turning([*FRONT, *SOUNDS], {(7.4, 10.2): GERMAN}), 5.2)
    assert result.text == PLAIN
    assert result.foreign_rest == ForeignPart(7.4, 10.2, "de")
    assert not result.foreign
    assert result.avg_logprob == pytest.approx(np.log(0.9))


def test_unlikely_english_behind_plain_words_stays() -> None:
    result = heard(Turning([*FRONT, *SOUNDS], {(7.4, 10.2): ENGLISH}), 5.2)
    assert result.text.endswith("while mine")
    assert result.foreign_rest is None


def test_a_rest_too_short_to_tell_a_language_is_not_asked_about() -> None:
    transcriber = Turning([*FRONT, *SOUNDS[:4]], {})
    assert heard(transcriber, 4.0).foreign_rest is None
    assert transcriber.asked == []


def test_foreign_speech_that_the_decoder_passes_over_is_told() -> None:
    """It ends with the English words, and finds the rest of the sound foreign."""
    result = heard(Turning(FRONT, {(7.4, 11.0): GERMAN}, foreign_from=7.0), 6.0)
    assert result.text == PLAIN
    assert result.foreign_rest == ForeignPart(7.4, 11.0, "de")
    unclear = Turning(FRONT, {(7.4, 11.0): {"en": 0.3, "de": 0.4}}, foreign_from=7.0)
    assert heard(unclear, 6.0).foreign_rest == ForeignPart(7.4, 11.0, UNKNOWN)
    english = Turning(FRONT, {(7.4, 11.0): ENGLISH}, foreign_from=7.0)
    assert heard(english, 6.0).foreign_rest is None


def test_foreign_speech_under_a_last_word_stretched_over_it_is_told() -> None:
    *plain, last = said("I want to pay it", 0.95, START)
    stretched = Word(text=last.text, start=last.start, end=START + 6.0, confidence=0.95)
    behind = round(last.start + 1.0, 1)
    turning = Turning(
        [*plain, stretched], {(behind, START + 6.0): GERMAN}, foreign_from=last.start + 0.9
    )
    result = heard(turning, 6.0)
    assert result.text == "I want to pay it"
    assert result.foreign_rest == ForeignPart(last.start + 1.0, START + 6.0, "de")


def test_words_with_other_letters_are_asked_about_from_their_sentence_on() -> None:
    spanish = said("Buenos días llamo porque la factura no está bien.", 0.9, START + 2.4)
    odds = {(5.0, 11.0): {"en": 0.5, "es": 0.4}, (7.4, 11.0): {"en": 0.02, "es": 0.9}}
    result = heard(Turning([*FRONT, *spanish], odds), 6.0)
    assert result.text == PLAIN
    assert result.foreign_rest == ForeignPart(7.4, 11.0, "es")


def test_a_name_with_other_letters_stays() -> None:
    named = said("My name is José and I would like to pay my bill.", 0.9, START)
    result = heard(Turning(named, {(5.0, 9.8): ENGLISH, (6.2, 9.8): ENGLISH}), 4.8)
    assert result.text.startswith("My name is José and")
    assert result.foreign_rest is None


@pytest.mark.parametrize(
    ("plain", "english", "kept"),
    [
        (PLAIN, 0.9, True),
        (PLAIN, 0.6, True),
        (PLAIN, 0.4, False),
        ("No, thank you please.", 0.85, True),  # shorter than tells a language otherwise
        ("No, thank you please.", 0.7, False),
        ("No, thank.", 0.95, False),  # too short for that too
    ],
)
def test_what_begins_in_english_is_kept_where_the_whole_is_not(
    plain: str, english: float, *, kept: bool
) -> None:
    """Its sound must be English: a translation begins with likely words too."""
    front = said(plain, 0.9, START)
    at, until = front[-1].end, front[-1].end + 2.8
    odds = {
        (5.0, round(until, 1)): GERMAN,
        (5.0, round(at, 1)): {"en": english, "de": 1 - english},
        (round(at, 1), round(until, 1)): GERMAN,
    }
    words = [*front, *said("Good tag each roofer on while mine", 0.1, at)]
    result = heard(Turning(words, odds, foreign_from=START), until - START)
    assert result.foreign is not kept
    if kept:
        assert result.text == plain
        assert result.foreign_rest == ForeignPart(pytest.approx(at), pytest.approx(until), "de")


def test_another_look_takes_no_words_from_a_foreign_rest() -> None:
    looked = heard(Turning([*FRONT, *SOUNDS], {(7.4, 10.2): GERMAN}), 5.2)
    other = looked._replace(words=(*FRONT, *SOUNDS), foreign_rest=None, avg_logprob=-0.01)
    for one, two in ((looked, other), (other, looked)):
        assert likelier(one, two).text == PLAIN
        assert likelier(one, two).foreign_rest == looked.foreign_rest


def test_a_phrase_whose_rest_may_be_foreign_is_not_settled_by_its_window() -> None:
    asked = heard(Turning(FRONT, {}), 2.4).request
    alike = DecodeResult(asked._replace(spoken_until=7.4), tuple(FRONT), avg_logprob=-0.1)
    assert settled(alike)
    longer = asked._replace(samples=np.zeros(round(5.2 * SAMPLE_RATE), np.float32))
    words = (*FRONT, *SOUNDS)
    unlikely = DecodeResult(longer._replace(spoken_until=10.2), words, avg_logprob=-0.1)
    assert not settled(unlikely)
