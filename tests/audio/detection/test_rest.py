"""What the transcriber does with a decode that stopped early, without the model."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from audio.recognition.decoding import (
    UNKNOWN,
    DecodeRequest,
    DecodeResult,
    Earlier,
    ForeignPart,
    Purpose,
    likelier,
)
from audio.recognition.looks import Look
from audio.recognition.transcriber import Transcriber, TranscriberSettings, _asked, together
from audio.samples.chunks import SAMPLE_RATE
from coach.events import Channel, Word

SENTENCE = "I said no."


class Stopping(Transcriber):
    """Hears one round of a sentence a second long, however often it is said."""

    def __init__(self, *, sure: float = 0.9, looped_after: int = 99) -> None:
        self.settings = TranscriberSettings()
        self.sure = sure
        self.looped_after = looped_after
        self.asked: list[float] = []

    def _decode(
        self, request: DecodeRequest, padding: float, *, setting: bool = True
    ) -> DecodeResult:
        del padding, setting
        self.asked.append(request.start)
        sure = 0.9 if len(self.asked) == 1 else self.sure
        words = tuple(
            Word(
                text=text,
                start=request.start + i / 3,
                end=request.start + (i + 1) / 3,
                confidence=sure,
            )
            for i, text in enumerate(SENTENCE.split())
        )
        looped = len(self.asked) > self.looped_after
        return DecodeResult(request, words, avg_logprob=float(np.log(sure)), looped=looped)


def request(
    seconds: float, *, purpose: Purpose = Purpose.PAUSE, known: bool = True
) -> DecodeRequest:
    asked = DecodeRequest(
        number=1,
        purpose=purpose,
        channel=Channel.CUSTOMER,
        utterance="C1",
        start=5.0,
        samples=np.zeros(round((seconds + 0.3) * SAMPLE_RATE), np.float32),
    )
    return asked._replace(spoken_until=5.0 + seconds) if known else asked


@pytest.mark.parametrize(("seconds", "rounds"), [(1.0, 1), (1.7, 1), (2.0, 2), (4.0, 4)])
def test_speech_behind_the_last_word_is_decoded_too(seconds: float, rounds: int) -> None:
    result = Stopping().decode(request(seconds))
    assert result.text == " ".join([SENTENCE] * rounds)
    assert result.request.start == 5.0
    assert [round(word.start, 2) for word in result.words[::3]] == [5.0 + i for i in range(rounds)]


@pytest.mark.parametrize(
    "stopping",
    [Stopping(sure=0.5), Stopping(looped_after=1)],
    ids=["unsure", "looped"],
)
def test_what_is_behind_the_last_word_is_taken_only_where_it_is_sure(stopping: Stopping) -> None:
    assert stopping.decode(request(4.0)).text == SENTENCE


def test_drafts_and_speech_of_unknown_end_are_left_as_they_are() -> None:
    assert Stopping().decode(request(4.0, purpose=Purpose.DRAFT)).text == SENTENCE
    assert Stopping().decode(request(4.0, known=False)).text == SENTENCE


@pytest.mark.parametrize(("beam", "searches"), [(5, [5, 5, 1]), (1, [1, 1])])
def test_what_failed_is_searched_once_in_each_way(beam: int, searches: list[int]) -> None:
    beams = []

    class Looping(Stopping):
        def _decode(
            self, request: DecodeRequest, padding: float, *, setting: bool = True
        ) -> DecodeResult:
            beams.append(request.beam)
            return super()._decode(request, padding, setting=setting)

    assert Looping(looped_after=0).decode(request(4.0)._replace(beam=beam)).looped
    assert beams == searches


class BeginningLate(Stopping):
    """Hears the sentence from 9 s on; what lies before is said in another language."""

    def __init__(
        self, *, code: str, probability: float = 0.9, sure: float = 0.9, asked: float = 0.02
    ) -> None:
        super().__init__(sure=sure)
        self.odds = {code: probability, "en": asked}
        self.code = code

    def _decode(
        self, request: DecodeRequest, padding: float, *, setting: bool = True
    ) -> DecodeResult:
        result = super()._decode(request, padding, setting=setting)
        if request.seconds > 4.5:
            words = [
                msgspec.structs.replace(w, start=w.start + 4, end=w.end + 4) for w in result.words
            ]
            return result._replace(words=tuple(words))
        return result._replace(language=self.code)

    def _languages_of(self, request: DecodeRequest) -> dict[str, float]:
        del request
        return self.odds


def test_foreign_speech_before_the_first_word_is_told_and_not_transcribed() -> None:
    result = BeginningLate(code="es").decode(request(5.0))
    assert result.text == SENTENCE
    assert result.foreign_front == ForeignPart(5.0, 9.0, "es")
    later = result._replace(foreign_front=None, avg_logprob=-0.01)
    assert likelier(result, later).foreign_front == result.foreign_front
    assert likelier(later, result).foreign_front == result.foreign_front


def test_a_language_that_is_not_clear_is_not_named() -> None:
    unclear = BeginningLate(code="es", probability=0.48).decode(request(5.0)).foreign_front
    assert unclear == ForeignPart(5.0, 9.0, UNKNOWN)
    unlike = BeginningLate(code="es", probability=0.48, asked=0.5).decode(request(5.0))
    assert unlike.foreign_front is None


def test_a_first_word_stretched_over_what_lies_before_is_no_word_of_it() -> None:
    class Stretching(BeginningLate):
        def _decode(
            self, request: DecodeRequest, padding: float, *, setting: bool = True
        ) -> DecodeResult:
            result = super()._decode(request, padding, setting=setting)
            first, *others = result.words
            first = msgspec.structs.replace(first, start=request.start)
            return result._replace(words=(first, *others))

    assert Stretching(code="es").decode(request(5.0)).foreign_front == ForeignPart(
        5.0, pytest.approx(9.0 + 1 / 3 - 1.0), "es"
    )


class SoundsFirst(Stopping):
    """Makes unlikely words of the first three seconds, and plain ones of what follows."""

    def __init__(self, *, english: float) -> None:
        super().__init__()
        self.english = english

    def _decode(
        self, request: DecodeRequest, padding: float, *, setting: bool = True
    ) -> DecodeResult:
        del padding, setting
        self.asked.append(request)
        said = [(f"sound{i}", 5.0 + i / 2, 0.3) for i in range(6)]
        said += [(f"word{i}", 8.0 + i / 2, 0.95) for i in range(6)]
        words = tuple(
            Word(text=text, start=at, end=at + 0.5, confidence=sure) for text, at, sure in said
        )
        return DecodeResult(request, words, avg_logprob=-0.6)

    def _languages_of(self, request: DecodeRequest) -> dict[str, float]:
        assert request.seconds == pytest.approx(3.0)
        return {"en": self.english, "de": 0.95 - self.english}


@pytest.mark.parametrize(("english", "code"), [(0.1, "de"), (0.4, "de"), (0.47, UNKNOWN)])
def test_english_sounds_of_another_language_before_plain_words_are_told(
    english: float, code: str
) -> None:
    result = SoundsFirst(english=english).decode(request(6.0))
    assert result.text == "word0 word1 word2 word3 word4 word5"
    assert result.foreign_front == ForeignPart(5.0, 8.0, code)


def test_unlikely_english_before_plain_words_stays() -> None:
    result = SoundsFirst(english=0.55).decode(request(6.0))
    assert result.text.startswith("sound0 sound1")
    assert result.foreign_front is None


def test_two_words_stretched_over_what_lies_before_are_no_words_of_it() -> None:
    class StretchingTwo(BeginningLate):
        def _decode(
            self, request: DecodeRequest, padding: float, *, setting: bool = True
        ) -> DecodeResult:
            result = super()._decode(request, padding, setting=setting)
            first, second, *others = result.words
            half = (request.start + second.end) / 2
            first = msgspec.structs.replace(first, start=request.start, end=half)
            second = msgspec.structs.replace(second, start=half)
            return result._replace(words=(first, second, *others))

    assert StretchingTwo(code="es").decode(request(5.0)).foreign_front == ForeignPart(
        5.0, pytest.approx(9.0 + 2 / 3 - 1.0), "es"
    )


def test_words_before_the_first_one_are_put_in_front() -> None:
    assert BeginningLate(code="en").decode(request(5.0)).text == f"{SENTENCE} {SENTENCE}"
    assert BeginningLate(code="en", sure=0.5).decode(request(5.0)).text == SENTENCE


def test_a_look_that_finds_foreign_speech_goes_before_a_likelier_one() -> None:
    english = Stopping().decode(request(1.0))
    foreign = english._replace(language="es", avg_logprob=-3.0)
    assert likelier(english, foreign) is foreign
    assert likelier(foreign, english) is foreign


def test_clips_of_like_length_that_are_asked_for_alike_are_decoded_together() -> None:
    lengths = [9.0, 1.0, 9.0, 1.5, 2.0]
    asked = [_asked(Look(request(seconds), 2.0)) for seconds in lengths]
    assert together(asked, 12.0) == [[1, 3], [4], [0], [2]]
    assert together(asked, 60.0) == [[1, 3, 4, 0, 2]]
    others = [
        Look(request(1.0), 2.0, setting=False),
        Look(request(1.0)._replace(beam=5), 2.0),
        Look(request(1.0)._replace(language=None), 2.0),
        Look(request(1.0)._replace(earlier=(Earlier(asked[1].joined, "so"),)), 2.0),
    ]
    apart = [asked[1], *map(_asked, others)]
    assert together(apart) == [[0], [1], [2], [3], [4]]
