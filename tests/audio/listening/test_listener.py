from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import WORD, LevelMeter, Oracle, chunks, for_words_alone, say, sound

from audio.detection.vad import Window
from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener, ListenerSettings, SoundFact
from audio.listening.scheduler import DecodingSettings
from audio.recognition.decoding import TELLING, DecodeRequest, DecodeResult, ForeignPart, Purpose
from audio.samples.chunks import Chunk, Samples
from coach.events import (
    AudioGap,
    Channel,
    Hypothesis,
    Loudness,
    SpeechEnded,
    SpeechStarted,
    Utterance,
    Word,
)

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER


@pytest.fixture(autouse=True)
def _for_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for_words_alone(monkeypatch)


def listener(*channels: Channel, settings: ListenerSettings | None = None) -> Listener:
    return Listener(channels or (CUSTOMER,), settings, detector=LevelMeter)


def hear(
    said: dict[Channel, list[Word]],
    *,
    size: int = 320,
    settings: ListenerSettings | None = None,
    seconds: float | None = None,
    oracle: Oracle | None = None,
) -> list[SoundFact]:
    ends = [word.end for words in said.values() for word in words]
    length = seconds or max(ends, default=0.0) + 2.0
    driver = InlineDriver(listener(*said, settings=settings), oracle or Oracle(said))
    facts: list[SoundFact] = []
    for chunk in chunks({c: sound(words, length, c) for c, words in said.items()}, size):
        facts += driver.push(chunk)
    return facts + driver.finish(length)


def finals(facts: list[SoundFact], channel: Channel = CUSTOMER) -> list[Utterance]:
    found = [f for f in facts if isinstance(f, Utterance) and f.channel is channel]
    return sorted(found, key=lambda one: one.start)


def text(facts: list[SoundFact], channel: Channel = CUSTOMER) -> str:
    return " ".join(one.text for one in finals(facts, channel))


def test_an_utterance_is_drafted_committed_and_concluded() -> None:
    facts = hear({CUSTOMER: say("I want my money back and I want it today", 1.0)})
    (final,) = finals(facts)
    drafts = [f for f in facts if isinstance(f, Hypothesis)]
    assert final.text == "I want my money back and I want it today"
    assert {d.utterance for d in drafts} == {final.utterance} == {"C1"}
    assert any(d.tail for d in drafts)
    assert drafts[-1].committed == final.text
    assert drafts[-1].at < final.at
    assert [w.text for w in final.words] == final.text.split()
    assert final.start == pytest.approx(1.0, abs=0.3)
    assert final.end == pytest.approx(4.0, abs=0.3)


def test_words_are_committed_in_the_pause_and_long_before_the_final() -> None:
    said = say("please help me now", 1.0)
    facts = hear({CUSTOMER: said})
    whole = next(
        f for f in facts if isinstance(f, Hypothesis) and f.committed == "please help me now"
    )
    assert whole.at - said[-1].end < 0.4


def test_a_short_silence_stays_inside_the_utterance_and_a_long_one_closes_it() -> None:
    joined = hear({CUSTOMER: [*say("my", 1.0), *say("debit card", 1.9)]})
    assert [one.text for one in finals(joined)] == ["my debit card"]
    apart = hear({CUSTOMER: [*say("my", 1.0), *say("debit card", 2.9)]})
    assert [one.text for one in finals(apart)] == ["my", "debit card"]


def test_speech_facts_frame_each_stretch() -> None:
    facts = hear({CUSTOMER: [*say("one two", 1.0), *say("three four", 2.4)]})
    starts = [f.start for f in facts if isinstance(f, SpeechStarted)]
    ends = [(f.start, f.end) for f in facts if isinstance(f, SpeechEnded)]
    assert starts == pytest.approx([1.0, 2.4], abs=0.04)
    assert [e for _, e in ends] == pytest.approx([1.6, 3.0], abs=0.04)


def test_loudness_comes_twice_a_second_and_knows_speech() -> None:
    facts = hear({CUSTOMER: say("one two three four five", 1.0)}, seconds=4.0)
    meters = [f for f in facts if isinstance(f, Loudness)]
    assert [m.start for m in meters] == [i * 0.5 for i in range(8)]
    assert [m.speech for m in meters] == [False, False, True, True, True, False, False, False]
    assert meters[0].dbfs == -100.0
    assert meters[3].dbfs == pytest.approx(-17.0, abs=0.3)


def test_both_may_speak_at_once() -> None:
    said = {
        AGENT: say("a b c d e f g h i j", 1.0),
        CUSTOMER: say("one two three four five six seven", 1.5),
    }
    facts = hear(said)
    assert text(facts, AGENT) == "a b c d e f g h i j"
    assert text(facts, CUSTOMER) == "one two three four five six seven"


def test_half_an_hour_of_silence_asks_for_nothing() -> None:
    hears = listener()
    quiet = Chunk(CUSTOMER, 0.0, sound([], 60.0))
    asked = [
        item
        for minute in range(30)
        for item in hears.push(quiet._replace(start=minute * 60.0))
        if not isinstance(item, Loudness)
    ]
    assert asked == []


def test_an_uncertain_pause_gets_a_second_look_with_the_earlier_speech_in_front() -> None:
    said = {CUSTOMER: [*say("one two three", 1.0), *say("four five", 4.0)]}
    oracle = Oracle(said, confidence=0.5)
    facts = hear(said, oracle=oracle)
    looks = [one for one in oracle.asked if one.purpose is Purpose.FINAL]
    assert [one.utterance for one in looks] == ["C1", "C2"]
    assert [e.text for e in looks[1].earlier] == ["one two three"]
    assert text(facts) == "one two three four five"


def test_a_certain_pause_becomes_the_final_without_another_decode() -> None:
    said = {CUSTOMER: say("one two three", 1.0)}
    oracle = Oracle(said)
    hear(said, oracle=oracle)
    assert [one.purpose for one in oracle.asked if one.purpose is not Purpose.DRAFT] == [
        Purpose.PAUSE
    ]


def test_three_minutes_without_a_pause_lose_and_double_no_word() -> None:
    words = " ".join(f"w{i}" for i in range(600))
    facts = hear({CUSTOMER: say(words, 1.0)})
    assert text(facts) == words
    assert len(finals(facts)) > 5
    assert max(f.end - f.start for f in finals(facts)) < 30.0


def test_speech_that_goes_on_after_a_long_utterance_has_closed_is_heard() -> None:
    long = " ".join(f"w{i}" for i in range(30))
    facts = hear({CUSTOMER: [*say(long, 1.0), *say("and more", 10.4)]})
    assert [one.text for one in finals(facts)] == [long, "and more"]


def test_drafts_of_long_speech_see_only_its_end() -> None:
    said = {CUSTOMER: say(" ".join(f"w{i}" for i in range(60)), 1.0)}
    oracle = Oracle(said)
    hear(said, oracle=oracle)
    longest = max(one.seconds for one in oracle.asked if one.purpose is Purpose.DRAFT)
    assert longest < DecodingSettings().draft_window + 1.0


@pytest.mark.parametrize(("sureness", "later"), [(0.84, 5), (0.86, 2)])
def test_drafts_search_widely_until_the_words_are_clear(sureness: float, later: int) -> None:
    said = {CUSTOMER: say("one two three four five six seven eight nine ten", 1.0)}
    beams: list[int] = []

    class Sure(Oracle):
        def decode(self, request: DecodeRequest) -> DecodeResult:
            if request.purpose is Purpose.DRAFT:
                beams.append(request.beam)
            result = super().decode(request)
            words = (msgspec.structs.replace(w, confidence=sureness) for w in result.words)
            return result._replace(words=tuple(words))

    hear(said, oracle=Sure(said))
    assert beams[0] == 5
    assert len(beams) > 3
    assert set(beams[1:]) == {later}


def test_looped_answer_is_doubtful() -> None:
    said = {CUSTOMER: say("and die", 1.0)}

    class Looping(Oracle):
        def decode(self, request: DecodeRequest) -> DecodeResult:
            return super().decode(request)._replace(looped=True)

    (final,) = finals(hear(said, oracle=Looping(said)))
    assert final.doubtful
    assert final.doubt


@pytest.mark.parametrize("change", [{"looped": True}, {"no_speech": 0.9, "avg_logprob": -1.2}])
def test_doubtful_words_are_drafts_at_most_and_never_committed(change: dict[str, Any]) -> None:
    said = {CUSTOMER: say("thank you for watching this and much more besides", 1.0)}

    class Doubtful(Oracle):
        def decode(self, request: DecodeRequest) -> DecodeResult:
            return super().decode(request)._replace(**change)

    facts = hear(said, oracle=Doubtful(said))
    drafts = [fact for fact in facts if isinstance(fact, Hypothesis)]
    assert any(draft.tail for draft in drafts)
    assert {draft.committed for draft in drafts} == {""}


def test_a_doubtful_pause_leaves_what_was_committed() -> None:
    said = {CUSTOMER: [*say("my card is gone and I need another", 1.0), *say("today", 4.05)]}

    class Unsure(Oracle):
        def decode(self, request: DecodeRequest) -> DecodeResult:
            result = super().decode(request)
            doubtful = request.purpose is Purpose.PAUSE and request.end < 4.0
            return result._replace(looped=doubtful)

    facts = hear(said, oracle=Unsure(said))
    lengths = [len(f.committed.split()) for f in facts if isinstance(f, Hypothesis)]
    assert lengths == sorted(lengths)
    assert text(facts) == "my card is gone and I need another today"


class Passing(Oracle):
    """Passes over the words before ``until`` in pauses and finals; drafts have them."""

    def __init__(self, said: dict[Channel, list[Word]], until: float, **change: Any) -> None:
        super().__init__(said)
        self.until = until
        self.change = change

    def decode(self, request: DecodeRequest) -> DecodeResult:
        result = super().decode(request)
        if request.purpose is Purpose.DRAFT:
            return result
        later = tuple(word for word in result.words if word.start >= self.until)
        return result._replace(words=later, **self.change)


PENSIONER = "I am a pensioner. I cannot pay that."


@pytest.mark.parametrize("until", [1.0 + 4 * WORD - 0.01, 99.0])
def test_committed_words_that_the_last_decode_passes_over_stay_in_the_final(until: float) -> None:
    said = {CUSTOMER: say(PENSIONER, 1.0)}
    facts = hear(said, oracle=Passing(said, until))
    (final,) = finals(facts)
    stated = [f.committed for f in facts if isinstance(f, Hypothesis)]
    assert any("pensioner." in one for one in stated)
    assert set(max(stated, key=len).split()) <= set(final.text.split())
    assert (final.doubtful, final.withdrawn) == (False, "")
    assert [word.text for word in final.words] == final.text.split()


def test_committed_words_that_nobody_said_are_withdrawn_in_a_final() -> None:
    said = {CUSTOMER: say(PENSIONER, 1.0)}
    facts = hear(said, oracle=Passing(said, 99.0, no_speech=0.9))
    (final,) = finals(facts)
    assert final.text == ""
    assert final.withdrawn.startswith("I am a pensioner.")


def test_a_final_that_only_repeats_itself_leaves_what_was_committed() -> None:
    said = {CUSTOMER: say(PENSIONER, 1.0)}
    facts = hear(said, oracle=Passing(said, 0.0, looped=True))
    (final,) = finals(facts)
    assert final.text.startswith("I am a pensioner.")
    assert not final.doubtful


def test_foreign_speech_commits_nothing_and_its_final_says_what_it_is() -> None:
    said = {CUSTOMER: say("quiero hablar con alguien ahora mismo por favor", 1.0)}

    class Spanish(Oracle):
        def decode(self, request: DecodeRequest) -> DecodeResult:
            return super().decode(request)._replace(language="es")

    oracle = Spanish(said, confidence=0.4)
    facts = hear(said, oracle=oracle)
    (final,) = finals(facts)
    assert (final.doubtful, final.doubt) == (True, "not English but Spanish")
    assert final.language == "es"
    assert {f.committed for f in facts if isinstance(f, Hypothesis)} == {""}
    assert Purpose.FINAL not in {one.purpose for one in oracle.asked}


def test_foreign_speech_before_the_first_word_is_a_gap_that_says_what_it_is() -> None:
    said = {CUSTOMER: say("I would like to speak to somebody right now please", 1.0)}

    class Turning(Oracle):
        def decode(self, request: DecodeRequest) -> DecodeResult:
            result = super().decode(request)
            if request.purpose is Purpose.DRAFT:
                return result._replace(words=())
            until = result.words[3].start
            front = ForeignPart(request.start, until, "es")
            return result._replace(words=result.words[3:], foreign_front=front)

    facts = hear(said, oracle=Turning(said, confidence=0.4))
    (final,) = finals(facts)
    assert not final.doubtful
    (gap,) = (fact for fact in facts if isinstance(fact, AudioGap))
    assert gap.cause == "not English but Spanish, not transcribed"
    assert (gap.channel, gap.start, gap.at) == (CUSTOMER, final.start, final.at)
    assert final.start < gap.end <= final.words[0].start


def test_foreign_speech_behind_the_last_word_is_a_gap_and_takes_what_stood_committed() -> None:
    said = {CUSTOMER: say("I would like to speak to somebody right now please", 1.0)}

    class Turning(Oracle):
        """Takes the rest of the sentence for another language once somebody pauses."""

        def decode(self, request: DecodeRequest) -> DecodeResult:
            result = super().decode(request)
            if request.purpose is Purpose.DRAFT:
                return result
            rest = ForeignPart(result.words[5].start, request.end, "de")
            return result._replace(words=result.words[:5], foreign_rest=rest)

    oracle = Turning(said, confidence=0.9)
    facts = hear(said, oracle=oracle)
    (final,) = finals(facts)
    assert (final.text, final.doubtful) == ("I would like to speak", False)
    stated = [fact.committed for fact in facts if isinstance(fact, Hypothesis)]
    assert any("somebody right" in one for one in stated)
    assert "somebody right" in final.withdrawn
    (gap,) = (fact for fact in facts if isinstance(fact, AudioGap))
    assert gap.cause == "not English but German, not transcribed"
    assert final.words[-1].end <= gap.start < gap.end <= final.end + 0.5


class Faint(LevelMeter):
    """Takes sound for speech without being sure of it."""

    def push(self, samples: Samples) -> list[Window]:
        return [
            one._replace(probability=0.4 * one.probability, whole=0.4)
            for one in super().push(samples)
        ]


@pytest.mark.parametrize(
    ("detector", "change", "text_of"),
    [
        (Faint, {"looped": True}, ""),
        (LevelMeter, {"looped": True}, "thank you"),
        (Faint, {}, "thank you"),
    ],
)
def test_doubtful_words_of_what_is_barely_speech_are_nothing(
    detector: type[LevelMeter], change: dict[str, Any], text_of: str
) -> None:
    said = {CUSTOMER: say("thank you", 1.0)}

    class Some(Oracle):
        def decode(self, request: DecodeRequest) -> DecodeResult:
            return super().decode(request)._replace(**change)

    driver = InlineDriver(Listener((CUSTOMER,), detector=detector), Some(said))
    facts = [f for c in chunks({CUSTOMER: sound(said[CUSTOMER], 4.0)}, 320) for f in driver.push(c)]
    assert text(facts + driver.finish(4.0)) == text_of


SCRIPT = st.lists(st.tuples(st.floats(0.0, 2.5), st.integers(1, 12)), min_size=1, max_size=3)


def spoken(script: list[tuple[float, int]], mark: str) -> list[Word]:
    words: list[Word] = []
    at, counter = 0.5, itertools.count()
    for silence, count in script:
        at += silence
        words += say(" ".join(f"{mark}{next(counter)}" for _ in range(count)), at)
        at += count * WORD
    return words


@settings(max_examples=12, deadline=None)
@given(SCRIPT, SCRIPT)
def test_every_word_arrives_once_and_in_order(
    agent: list[tuple[float, int]], customer: list[tuple[float, int]]
) -> None:
    said = {AGENT: spoken(agent, "a"), CUSTOMER: spoken(customer, "c")}
    facts = hear(said)
    for channel, words in said.items():
        assert text(facts, channel) == " ".join(w.text for w in words)
    times = [fact.at for fact in facts]
    assert times == sorted(times)


@settings(max_examples=8, deadline=None)
@given(SCRIPT, st.integers(40, 40_000))
def test_size_of_chunks_makes_no_difference(script: list[tuple[float, int]], size: int) -> None:
    said = {CUSTOMER: spoken(script, "c")}
    assert hear(said, size=size) == hear(said, size=320)


class _Fluent(Oracle):
    """Makes fluent English of Spanish, and knows better where it is asked for the language."""

    def __init__(self, said: dict[Channel, list[Word]], *, spanish: tuple[float, float]) -> None:
        super().__init__(said)
        self._spanish = spanish

    def decode(self, request: DecodeRequest) -> DecodeResult:
        result = super().decode(request)
        first, last = self._spanish
        asked = request.unsure or request.purpose is not Purpose.DRAFT
        foreign = asked and request.seconds >= TELLING and first <= request.start < last
        return result._replace(language="es") if foreign else result


def test_drafts_of_fluent_foreign_speech_commit_nothing() -> None:
    said = {CUSTOMER: say("there is a fire in my house and I have to pay for it now", 1.0)}
    facts = hear(said, oracle=_Fluent(said, spanish=(0.0, 9.0)))
    assert {f.committed for f in facts if isinstance(f, Hypothesis)} == {""}
    (final,) = finals(facts)
    assert (final.doubtful, final.language) == (True, "es")


def test_after_foreign_speech_drafts_wait_for_the_language_again() -> None:
    said = {
        CUSTOMER: [
            *say("I want to speak to somebody about this bill", 1.0),
            *say("one two three four five six seven eight nine", 6.0),
            *say("there is a fire in my house and I have to pay", 12.0),
        ]
    }
    facts = hear(said, oracle=_Fluent(said, spanish=(5.0, 30.0)))
    kept = [f for f in facts if isinstance(f, Hypothesis) and f.start > 11.0]
    assert kept
    assert {f.committed for f in kept} == {""}


def test_of_a_side_known_to_speak_the_language_drafts_act_at_once() -> None:
    said = {
        CUSTOMER: [
            *say("I want to speak to somebody about this bill", 1.0),
            *say("there is a fire in my house and I have to go", 6.0),
        ]
    }
    facts = hear(said, oracle=_Fluent(said, spanish=(90.0, 99.0)))
    drafts = [f for f in facts if isinstance(f, Hypothesis)]

    def committed(words: str) -> float:
        return next(f.at for f in drafts if words in f.committed)

    # The first time the language must be heard first, which takes two seconds; then no more.
    assert committed("I want to") - 1.0 > TELLING - 0.5
    assert committed("there is a fire") - 6.0 < TELLING
