"""Talk time, silence, interruptions and pace, each reckoned by hand."""

from __future__ import annotations

import msgspec
import pytest
from callscript import CALLS, facts_of, read
from heardcalls import AGENT, CUSTOMER, MIXED, journal_of, known, spoke
from shipped_rules import book, matcher

from coach.calls.export.heard_call import MillisecondSpan
from coach.calls.export.known_call import known_call
from coach.calls.export.talk_measures import (
    interruptions,
    non_talk,
    talk_speed,
    talk_time,
)
from coach.engine.engine import Engine, EngineSettings
from coach.engine.talk.turns import TurnSettings
from coach.events import (
    Action,
    AgentAction,
    AnnouncementHeard,
    AudioGap,
    Channel,
    Degraded,
    Recovered,
)

SETTINGS = TurnSettings(interruption_s=1.5)


def test_talk_time_counts_each_sides_own_speech_and_overlap_twice() -> None:
    # Agent 1.0-4.0 and 3.5-5.0 (one stretch of 4.0 s), customer 4.5-9.0: 4000 + 4500 of 9000 ms.
    call = known(
        [
            *spoke(AGENT, 1.0, 4.0, "one two three"),
            *spoke(AGENT, 3.5, 5.0, "four"),
            *spoke(CUSTOMER, 4.5, 9.0, "five six"),
        ]
    ).heard
    assert (talk_time(call, AGENT), talk_time(call, CUSTOMER)) == (4000, 4500)
    assert call.total == 9000


def test_talk_speed_is_words_over_minutes_of_own_speech() -> None:
    # 60 words in 15.079 s are 238.7 a minute, 37 words in 13.619 s are 163.0.
    call = known(
        [
            *spoke(AGENT, 0.0, 15.079, "word " * 60),
            *spoke(CUSTOMER, 20.0, 33.619, "word " * 37),
        ]
    ).heard
    assert (talk_speed(call, AGENT), talk_speed(call, CUSTOMER)) == (239, 163)


def test_who_says_nothing_has_no_speed() -> None:
    call = known([*spoke(AGENT, 0, 1, "hello"), *spoke(CUSTOMER, 0.2, 0.4)]).heard
    assert talk_speed(call, CUSTOMER) is None
    assert talk_time(call, CUSTOMER) == 200


def test_duration_goes_to_the_last_word() -> None:
    # The customer's noise at 50 s has no words: the call is over at 12 s, and so is its silence.
    call = known([*spoke(AGENT, 0, 12.0, "hello"), *spoke(CUSTOMER, 50, 51)], end=60.0).heard
    assert call.total == 12_000
    assert talk_time(call, CUSTOMER) == 0
    assert non_talk(call) == ()


def test_silences_of_more_than_three_seconds_are_non_talk() -> None:
    # 0-3.001 is longer than 3 s, 5-8 is exactly 3 s, 9-20 is 11 s although noise ends at 9.
    call = known(
        [
            *spoke(AGENT, 3.001, 5.0, "hello"),
            *spoke(CUSTOMER, 8.0, 8.5, "hi"),
            *spoke(AGENT, 8.2, 9.0, "yes"),
            *spoke(CUSTOMER, 20.0, 21.0, "so"),
        ]
    ).heard
    assert non_talk(call) == (MillisecondSpan(0, 3001), MillisecondSpan(9000, 20_000))


def test_what_nobody_can_know_is_no_silence() -> None:
    # Of 2-30 s: paused 5-9, sound lost 12-20, microphone gone 23-26: 9-12 and 20-23 are 3 s each,
    # so only 26-30 is left.
    call = known(
        [
            *spoke(AGENT, 0.0, 2.0, "hello"),
            AgentAction(at=5.0, action=Action.PAUSE),
            AgentAction(at=9.0, action=Action.RESUME),
            AudioGap(at=20.0, channel=CUSTOMER, start=12.0, end=20.0, cause="overrun"),
            Degraded(at=23.0, component="microphone", detail="gone"),
            Recovered(at=26.0, component="microphone"),
            *spoke(CUSTOMER, 30.0, 31.0, "hi"),
        ]
    ).heard
    assert non_talk(call) == (MillisecondSpan(26_000, 30_000),)


def test_a_recorded_announcement_is_neither_talk_nor_silence() -> None:
    words = "Your call may be recorded."
    call = known(
        [
            *spoke(CUSTOMER, 0.0, 10.0, words, utterance="C1"),
            AnnouncementHeard(
                at=10.5,
                channel=CUSTOMER,
                start=0,
                end=10,
                utterance="C1",
                kind="notice",
                text=words,
            ),
            *spoke(AGENT, 12.0, 13.0, "hello"),
        ]
    ).heard
    assert talk_time(call, CUSTOMER) == 0
    assert non_talk(call) == ()


def test_an_interruption_is_told_of_the_later_one_to_the_end_of_the_overlap() -> None:
    # The agent speaks 0-10. The customer begins at 6 and both speak until 8: 2 s. At 9 the agent
    # still speaks: 1 s is too short. The agent begins at 21 while the customer speaks 20-25: until
    # 24, 3 s.
    call = known(
        [
            *spoke(AGENT, 0.0, 10.0, "let me tell you"),
            *spoke(CUSTOMER, 6.0, 8.0, "no listen"),
            *spoke(CUSTOMER, 9.0, 12.0, "no really"),
            *spoke(CUSTOMER, 20.0, 25.0, "I want to"),
            *spoke(AGENT, 21.0, 24.0, "we do not"),
        ]
    ).heard
    assert interruptions(call, SETTINGS) == {
        AGENT: (MillisecondSpan(21_000, 24_000),),
        CUSTOMER: (MillisecondSpan(6000, 8000),),
    }


@pytest.mark.parametrize(
    ("text", "counts"), [("uh-huh yeah", False), ("Okay, right.", False), ("yeah but no", True)]
)
def test_an_acknowledgement_interrupts_nobody(text: str, counts: bool) -> None:
    call = known(
        [*spoke(CUSTOMER, 0.0, 10.0, "so I said"), *spoke(AGENT, 4.0, 6.0, text)],
    ).heard
    assert interruptions(call, SETTINGS)[AGENT] == (
        (MillisecondSpan(4000, 6000),) if counts else ()
    )


def test_who_begin_at_once_do_not_interrupt() -> None:
    call = known([*spoke(AGENT, 1, 5, "I want"), *spoke(CUSTOMER, 1, 5, "you want")]).heard
    assert interruptions(call, SETTINGS) == {AGENT: (), CUSTOMER: ()}


def test_of_an_undivided_call_talk_and_silence_are_known_and_no_more() -> None:
    call = known(
        [*spoke(MIXED, 0, 2, "hello"), *spoke(MIXED, 8, 9, "hi there")], channels=(MIXED,)
    ).heard
    assert call.undivided
    assert talk_time(call, MIXED) == 3000
    assert non_talk(call) == (MillisecondSpan(2000, 8000),)
    assert interruptions(call, SETTINGS) == {}


def test_a_call_without_words_has_no_length() -> None:
    call = known([*spoke(AGENT, 0, 2), *spoke(CUSTOMER, 5, 9)], end=10.0).heard
    assert (call.total, non_talk(call), talk_time(call, AGENT)) == (0, (), 0)


@pytest.mark.parametrize("name", ["listen_and_paraphrase", "polite_fury", "stay_calm"])
def test_interruptions_are_those_that_the_call_itself_counted(name: str) -> None:
    script = read(CALLS / f"{name}.toml")
    engine = Engine(book(), msgspec.convert(script.settings, EngineSettings), matcher=matcher())
    events = [e for fact in facts_of(script) for e in (fact, *engine.receive(fact))]
    journal = journal_of([])
    exported = known_call(msgspec.structs.replace(journal, events=tuple(events)))
    counted = engine.snapshot().measurements
    found = interruptions(exported.heard, TurnSettings())
    assert (len(found[AGENT]), len(found[CUSTOMER])) == (
        counted.interruptions_agent,
        counted.interruptions_customer,
    )
    share = talk_time(exported.heard, AGENT) / sum(
        talk_time(exported.heard, side) for side in (Channel.AGENT, Channel.CUSTOMER)
    )
    assert share == pytest.approx(counted.talk_share_agent, abs=0.002)
