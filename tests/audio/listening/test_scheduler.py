"""Scarcity: what a machine that is too slow still does, for both sides, and what it says."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import NamedTuple

import pytest
from oracle import WORD, LevelMeter, Oracle, chunks, for_words_alone, say, sound

from audio.listening.channel_speech import ChannelSpeech, OpenUtterance, SpeechSettings
from audio.listening.effort import EffortSettings
from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Item, Listener, ListenerSettings, SoundFact
from audio.listening.scheduler import DecodingSettings
from audio.recognition.decoding import DecodeRequest, DecodeResult, Purpose
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.words.hypothesis import SureSettings
from coach.events import AudioGap, Channel, Degraded, Hypothesis, Recovered, Utterance, Word

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER
COST = {Purpose.DRAFT: 1.5, Purpose.PAUSE: 2.0, Purpose.FINAL: 2.6}
"""Seconds that a decode takes where it searches widely, half of it where it does not."""


@pytest.fixture(autouse=True)
def _for_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for_words_alone(monkeypatch)


def listener(*channels: Channel, decoding: DecodingSettings | None = None) -> Listener:
    chosen = ListenerSettings(decoding=decoding or DecodingSettings())
    return Listener(channels or (CUSTOMER,), chosen, detector=LevelMeter)


def spoken(script: list[tuple[float, int]], mark: str) -> list[Word]:
    """Silences and numbers of words after them."""
    words: list[Word] = []
    at, counter = 0.5, itertools.count()
    for silence, count in script:
        at += silence
        words += say(" ".join(f"{mark}{next(counter)}" for _ in range(count)), at)
        at += count * WORD
    return words


class Asked(NamedTuple):
    """A request, when it was asked and when it was answered, in call time."""

    request: DecodeRequest
    at: float
    answered: float


class SlowMachine:
    """One core: a request takes its cost, and the next waits for it; time is counted."""

    def __init__(self, oracle: Oracle, cost: dict[Purpose, float]) -> None:
        self.oracle = oracle
        self.cost = cost
        self.free = 0.0
        self.due: list[tuple[float, DecodeResult]] = []
        self.asked: list[Asked] = []

    def run(self, hears: Listener, sounds: dict[Channel, Samples], end: float) -> list[SoundFact]:
        facts: list[SoundFact] = []

        def take(items: list[Item], now: float) -> None:
            for item in items:
                if isinstance(item, DecodeRequest):
                    wide = self.cost[item.purpose] * (1.0 if item.beam > 1 else 0.5)
                    self.free = max(self.free, now) + wide
                    self.due.append((self.free, self.oracle.decode(item)))
                    self.asked.append(Asked(item, now, self.free))
                else:
                    facts.append(item)

        for chunk in chunks(sounds, 512):
            while self.due and self.due[0][0] <= chunk.end:
                at, result = self.due.pop(0)
                take(hears.deliver(result, at), at)
            take(hears.push(chunk), chunk.end)
        take(hears.finish(end), end)
        while self.due:
            at, result = self.due.pop(0)
            take(hears.deliver(result, at), at)
        return facts


def ended(said: dict[Channel, list[Word]]) -> float:
    return max(word.end for words in said.values() for word in words) + 2.0


def sounds_of(said: dict[Channel, list[Word]]) -> dict[Channel, Samples]:
    return {channel: sound(words, ended(said), channel) for channel, words in said.items()}


TALKS_ON = [(1.0, 50)] * 4
"""A quarter of a minute without a pause, four times: of such speech only drafts tell in time."""
ANSWERS = [(1.0, 8)] * 18


SCARCE_FROM = 15.0
"""Seconds of call time after which every machine here has given up all that it gives up."""


def overloaded(
    said: dict[Channel, list[Word]], cost: float, lanes: int
) -> tuple[list[Asked], list[Asked]]:
    """Drafts, and the other decodes, of a machine whose decodes cost so many times too much."""
    machine = SlowMachine(Oracle(said), {purpose: cost * one for purpose, one in COST.items()})
    effort = EffortSettings(calm=600.0)  # what is given up is not taken back
    hears = listener(AGENT, CUSTOMER, decoding=DecodingSettings(lanes=lanes, effort=effort))
    machine.run(hears, sounds_of(said), ended(said))
    asked = [one for one in machine.asked if one.at > SCARCE_FROM]
    drafts = [one for one in asked if one.request.purpose is Purpose.DRAFT]
    return drafts, [one for one in asked if one.request.purpose is not Purpose.DRAFT]


def overtaken(drafts: list[Asked], others: list[Asked]) -> list[tuple[float, float]]:
    """Drafts that were asked for while a final waited, and that final."""
    closes_after = SpeechSettings().merge + 0.1
    return [
        (draft.at, other.at)
        for draft, other in itertools.product(drafts, others)
        if other.request.end + closes_after < draft.at < other.at
    ]


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("cost", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("agent", [TALKS_ON, ANSWERS], ids=["talks on", "answers"])
def test_an_overloaded_machine_drafts_both_sides_in_turn_and_seldom(
    lanes: int, cost: float, agent: list[tuple[float, int]]
) -> None:
    said = {AGENT: spoken(agent, "a"), CUSTOMER: spoken(TALKS_ON, "c")}
    drafts, others = overloaded(said, cost, lanes)
    if lanes == 1:
        assert overtaken(drafts, others) == []
    drafted = Counter(one.request.channel for one in drafts)
    if lanes == 1 and not drafts:
        assert all(a.answered == b.at for a, b in itertools.pairwise(others)), "room for a draft"
        return
    assert min(drafted[AGENT], drafted[CUSTOMER]) >= 1
    assert abs(drafted[AGENT] - drafted[CUSTOMER]) <= 2
    spent = sum(one.answered - one.at for one in drafts)
    assert spent / (ended(said) - SCARCE_FROM) < 0.3


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_slow_machine_gives_up_drafts_says_so_and_loses_no_final(lanes: int) -> None:
    talk = [(1.0, 8), (1.2, 6), (1.5, 10)] * 12
    said = {AGENT: spoken(talk, "a"), CUSTOMER: spoken(talk[1:], "c")}
    end = ended(said)
    slow = SlowMachine(Oracle(said), COST)
    hears = listener(AGENT, CUSTOMER, decoding=DecodingSettings(lanes=lanes))
    facts = slow.run(hears, sounds_of(said), end)
    for channel, words in said.items():
        told = [f for f in facts if isinstance(f, Utterance) and f.channel is channel]
        told.sort(key=lambda one: one.start)
        assert " ".join(one.text for one in told) == " ".join(word.text for word in words)
    assert any(isinstance(fact, Degraded) for fact in facts)
    known = {}
    for fact in facts:
        if isinstance(fact, Hypothesis | Utterance):
            words = fact.committed if isinstance(fact, Hypothesis) else fact.text
            for word in words.split():
                known.setdefault(word, fact.at)
    lags = sorted(known[w.text] - w.end for words in said.values() for w in words)
    assert lags[int(0.95 * len(lags))] < 5.0
    assert hears.idle


def lost_in_silence(
    said: dict[Channel, list[Word]], facts: list[SoundFact]
) -> list[tuple[Channel, str]]:
    """Words that stand in no final and lie in no stretch that is told as lost."""
    finals = [fact for fact in facts if isinstance(fact, Utterance)]
    gaps = [fact for fact in facts if isinstance(fact, AudioGap)]
    heard = {(one.channel, text) for one in finals for text in one.text.split()}
    return [
        (channel, word.text)
        for channel, words in said.items()
        for word in words
        if (channel, word.text) not in heard
        and not any(
            gap.channel is channel and gap.start < word.end and word.start < gap.end for gap in gaps
        )
    ]


def test_what_so_slow_a_machine_cannot_decode_gives_way_oldest_first_and_is_told() -> None:
    said = {AGENT: spoken([(1.5, 10)] * 9, "a"), CUSTOMER: spoken([(1.2, 12)] * 8, "c")}
    slow = SlowMachine(Oracle(said), {purpose: 10 * cost for purpose, cost in COST.items()})
    hears = listener(AGENT, CUSTOMER, decoding=DecodingSettings(waiting_most=10.0))
    facts = slow.run(hears, sounds_of(said), ended(said))
    gaps = [fact for fact in facts if isinstance(fact, AudioGap)]
    assert len(gaps) > 2
    for channel in said:
        starts = [gap.start for gap in gaps if gap.channel is channel]
        assert starts == sorted(starts)
    assert lost_in_silence(said, facts) == []
    names = [fact.utterance for fact in facts if isinstance(fact, Utterance)]
    assert len(names) == len(set(names))
    told = [fact.detail for fact in facts if isinstance(fact, Degraded)]
    lost = sum(gap.end - gap.start for gap in gaps)
    assert f"{lost:.0f} s of speech were never transcribed" in told[-1]
    assert hears.idle


def test_a_decoder_that_hangs_costs_no_more_memory_than_may_wait() -> None:
    said = {CUSTOMER: spoken([(1.5, 10)] * 8, "c")}
    hears = listener(decoding=DecodingSettings(waiting_most=10.0))
    facts: list[Item] = []
    for chunk in chunks(sounds_of(said), 512):
        facts += hears.push(chunk)
        waiting = sum(len(turn.samples) for _, turn in hears._scheduler._finals)
        assert waiting <= 10.0 * SAMPLE_RATE
    known = [fact for fact in facts if not isinstance(fact, DecodeRequest)]
    assert any(isinstance(fact, Degraded) for fact in known)
    known += [fact for fact in hears.finish(ended(said)) if not isinstance(fact, DecodeRequest)]
    known += [fact for fact in hears.give_up(ended(said)) if not isinstance(fact, DecodeRequest)]
    assert lost_in_silence(said, known) == []


def test_a_machine_that_lost_words_says_when_it_keeps_up_again() -> None:
    said = {CUSTOMER: spoken([(1.5, 10)] * 12, "c")}
    hears = listener(decoding=DecodingSettings(waiting_most=10.0, effort=EffortSettings(calm=5.0)))
    held: list[DecodeRequest] = []
    told: list[Item] = []
    oracle = Oracle(said)
    for chunk in chunks(sounds_of(said), 512):
        told += hears.push(chunk)
        held += [item for item in told if isinstance(item, DecodeRequest)]
        told = [item for item in told if not isinstance(item, DecodeRequest)]
        if chunk.start < 30.0:
            continue
        while held:
            told += hears.deliver(oracle.decode(held.pop(0)), chunk.end)
            held += [item for item in told if isinstance(item, DecodeRequest)]
            told = [item for item in told if not isinstance(item, DecodeRequest)]
    kinds = [type(item) for item in told if isinstance(item, Degraded | Recovered)]
    assert kinds[0] is Degraded
    assert kinds[-1] is Recovered


def test_who_waits_for_a_second_look_gives_way_first_and_loses_no_word() -> None:
    hears = listener(decoding=DecodingSettings(waiting_most=20.0))
    track = ChannelSpeech(CUSTOMER, SpeechSettings())
    waiting = []
    for number in range(3):
        turn = OpenUtterance(f"C{number}", 0, 0, SureSettings())
        turn.samples, turn.shown = sound([], 9.0), True
        turn.speech_windows = turn.clear_windows = 9 * SAMPLE_RATE // 512
        waiting.append(turn)
    request = DecodeRequest(1, Purpose.PAUSE, CUSTOMER, "C1", 0.0, waiting[1].samples)
    waiting[1].answer = DecodeResult(request, tuple(say("I want to cancel", 1.0)))
    told = [item for turn in waiting for item in hears._wait(track, turn)]
    assert [(type(item), getattr(item, "text", "")) for item in told] == [
        (Utterance, "I want to cancel")
    ]


def test_a_machine_that_recovers_takes_the_drafts_back() -> None:
    said = {CUSTOMER: spoken([(1.0, 8)] * 40, "c")}
    end = ended(said)
    slow = SlowMachine(Oracle(said), {Purpose.DRAFT: 3.0, Purpose.PAUSE: 6.0, Purpose.FINAL: 6.0})
    hears = listener()
    sounds = sound(said[CUSTOMER], end)
    half = len(sounds) // 2 // 512 * 512
    facts = slow.run(hears, {CUSTOMER: sounds[:half]}, half / SAMPLE_RATE)
    assert any(isinstance(fact, Degraded) for fact in facts)
    slow.cost = dict.fromkeys(Purpose, 0.05)
    slow.free = 0.0
    rest = InlineDriver(hears, slow.oracle)
    late: list[SoundFact] = []
    for first in range(half, len(sounds), 512):
        late += rest.push(Chunk(CUSTOMER, first / SAMPLE_RATE, sounds[first : first + 512]))
    assert any(isinstance(fact, Recovered) for fact in late)
