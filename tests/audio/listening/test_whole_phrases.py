"""Hearing a call that is over: the finals of the live way, many asked for at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from oracle import LevelMeter, Oracle, chunks, say, sound

from audio.detection.endpointer import EndpointerSettings
from audio.listening.channel_speech import SpeechSettings
from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener, ListenerSettings, SoundFact
from audio.listening.whole_phrases import LONGEST, PHRASES, BatchHearing
from audio.recognition.decoding import DecodeRequest, DecodeResult, Purpose
from coach.events import Channel, Degraded, Hypothesis, Utterance, Word

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER
Said = dict[Channel, list[Word]]


class Together(Oracle):
    """An oracle that is asked for many at once."""

    def __init__(self, said: Said, *, confidence: float = 0.99, in_context: bool = False) -> None:
        super().__init__(said, confidence=confidence)
        self.in_context = in_context
        self.batches: list[list[DecodeRequest]] = []

    def decode_all(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        self.batches.append(list(requests))
        return [self.decode(one)._replace(in_context=self.in_context) for one in requests]


def hear(
    said: Said,
    seconds: float,
    *,
    size: int = 32_000,
    oracle: Together | None = None,
    language: str | None = "en",
) -> list[SoundFact]:
    hearing = BatchHearing(
        tuple(said),
        oracle or Together(said),
        ListenerSettings(language=language),
        detector=LevelMeter,
    )
    facts: list[SoundFact] = []
    for chunk in chunks({c: sound(words, seconds, c) for c, words in said.items()}, size):
        facts += hearing.push(chunk)
    return facts + hearing.finish(seconds)


def live(said: Said, seconds: float) -> list[SoundFact]:
    driver = InlineDriver(Listener(tuple(said), detector=LevelMeter), Oracle(said))
    facts: list[SoundFact] = []
    for chunk in chunks({c: sound(words, seconds, c) for c, words in said.items()}, 320):
        facts += driver.push(chunk)
    return facts + driver.finish(seconds)


def finals(facts: Sequence[SoundFact]) -> list[Utterance]:
    return [fact for fact in facts if isinstance(fact, Utterance)]


def exchange(lines: Sequence[tuple[float, int]]) -> tuple[Said, float]:
    """A call in turns: seconds of silence before each, and how many words it has."""
    said: Said = {AGENT: [], CUSTOMER: []}
    at = 0.5
    for number, (silence, words) in enumerate(lines):
        at += silence
        text = " ".join(f"w{number}x{i}" for i in range(words))
        said[AGENT if number % 2 else CUSTOMER] += say(text, at)
        at += words * 0.3
    return said, at + 2.0


CALLS = {
    "nothing said": [],
    "one word": [(1.0, 1)],
    "short turns": [(0.7, 3), (0.2, 2), (0.7, 1), (1.5, 4), (4.0, 2), (0.2, 2)],
    "long turns": [(0.7, 12), (1.5, 25), (0.2, 9), (4.0, 18)],
}


@pytest.mark.samples
@pytest.mark.parametrize("name", CALLS)
def test_the_finals_are_those_of_a_replay(name: str) -> None:
    said, seconds = exchange(CALLS[name])
    whole, replayed = hear(said, seconds), live(said, seconds)

    def told(facts: list[SoundFact]) -> list[tuple[str, str, float, bool]]:
        return sorted((one.utterance, one.text, one.start, one.doubtful) for one in finals(facts))

    def spans(facts: list[SoundFact]) -> list[tuple[str, float, float]]:
        others = [one for one in facts if not isinstance(one, Hypothesis | Utterance)]
        return sorted((type(one).__name__, one.start, one.end) for one in others)

    assert told(whole) == told(replayed)
    assert spans(whole) == spans(replayed)
    assert not any(isinstance(fact, Hypothesis | Degraded) for fact in whole)


@pytest.mark.samples
@pytest.mark.parametrize("size", [700, 20_000])
def test_facts_come_in_order_whatever_the_pieces(size: int) -> None:
    said, seconds = exchange([(0.7, 4), (0.2, 9), (2.0, 1), (0.7, 14), (1.5, 3)])
    facts = hear(said, seconds, size=size)
    times = [fact.at for fact in facts]
    assert times == sorted(times)
    assert facts == hear(said, seconds)
    for one in finals(facts):
        assert one.end <= one.at <= one.end + 1.3  # when it closed, not when it was decoded


@pytest.mark.samples
def test_phrases_wait_for_company_but_not_for_ever() -> None:
    said, seconds = exchange([(0.7, 2)] * (PHRASES + 4))
    oracle = Together(said)
    hear(said, seconds, oracle=oracle)
    assert seconds < LONGEST
    assert [len(batch) for batch in oracle.batches] == [PHRASES, 4]
    said, seconds = exchange([(1.0, 3), (LONGEST, 3), (2.0, 3)])
    oracle = Together(said)
    hear(said, seconds, oracle=oracle)
    assert [len(batch) for batch in oracle.batches] == [1, 2]


@pytest.mark.samples
def test_until_the_language_is_known_every_phrase_is_asked_for_at_once() -> None:
    said, seconds = exchange([(1.0, 8), (3.0, 8), (1.0, 8), (1.0, 8), (1.0, 8)])
    oracle = Together(said)
    hear(said, seconds, oracle=oracle, language=None)
    assert [[one.language for one in batch] for batch in oracle.batches] == [
        [None],
        [None],
        ["en", "en", "en"],
    ]


@pytest.mark.samples
@pytest.mark.parametrize(("in_context", "looks"), [(False, 1), (True, 0)])
def test_a_weak_phrase_is_looked_at_again_unless_it_was_heard_in_context(
    in_context: bool, looks: int
) -> None:
    said, seconds = exchange([(1.0, 5)])
    oracle = Together(said, confidence=0.4, in_context=in_context)
    facts = hear(said, seconds, oracle=oracle)
    assert sum(one.purpose is Purpose.FINAL for one in oracle.asked) == looks
    assert len(finals(facts)) == 1


@pytest.mark.samples
def test_speech_without_a_pause_is_cut() -> None:
    said, seconds = exchange([(1.0, 150)])
    told = finals(hear(said, seconds))
    assert len(told) == 2
    assert [word for one in told for word in one.text.split() if word != "~"][-1] == "w0x149"
    assert max(one.end - one.start for one in told) < 28.0


@pytest.mark.parametrize("quietest", [-55.0, -80.0])
def test_the_speech_detector_rests_only_below_what_is_ever_speech(
    quietest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []

    def made(*, rests_below: float) -> LevelMeter:
        rests.append(rests_below)
        return LevelMeter()

    monkeypatch.setattr("audio.listening.whole_phrases.Vad", made)
    track = SpeechSettings(endpointer=EndpointerSettings(min_dbfs=quietest))
    BatchHearing((AGENT, CUSTOMER), Together({}), ListenerSettings(track=track))
    assert len(rests) == 2
    assert max(rests) < quietest
