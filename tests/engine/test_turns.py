from __future__ import annotations

import pytest
from spoken_turns import AGENT, CUSTOMER, speak

from coach.engine.talk.turns import TurnSettings, TurnTracker
from coach.events import SpeechEnded


@pytest.fixture
def turns() -> TurnTracker:
    return TurnTracker(TurnSettings())


def test_dead_air_begins_where_the_last_voice_ended(turns: TurnTracker) -> None:
    assert turns.dead_air(30.0) == 0.0
    speak(turns, AGENT, 1.0, 4.0)
    speak(turns, CUSTOMER, 3.0, 6.0)
    assert turns.dead_air(10.0) == pytest.approx(4.0)
    speak(turns, CUSTOMER, 11.0, None)
    assert turns.dead_air(12.0) == 0.0


def test_missing_sound_is_no_silence(turns: TurnTracker) -> None:
    speak(turns, AGENT, 1.0, 4.0)
    turns.deaf(20.0)
    assert turns.dead_air(25.0) == pytest.approx(5.0)


def test_a_turn_goes_on_over_own_pauses_and_backchannels(turns: TurnTracker) -> None:
    speak(turns, AGENT, 0.0, 10.0)
    speak(turns, CUSTOMER, 10.2, 10.8)
    turns.heard(CUSTOMER, 10.8, "uh-huh")
    speak(turns, AGENT, 11.5, 30.0)
    speak(turns, AGENT, 32.0, None)
    assert turns.turn(AGENT, 50.0) == pytest.approx(50.0)


def test_the_other_sides_words_end_a_turn(turns: TurnTracker) -> None:
    speak(turns, AGENT, 0.0, 10.0)
    speak(turns, CUSTOMER, 10.2, 10.9)
    speak(turns, AGENT, 11.5, None)
    turns.heard(CUSTOMER, 10.9, "why is that")
    assert turns.turn(AGENT, 20.0) == pytest.approx(8.5)


def test_talking_through_an_interjection_keeps_the_turn(turns: TurnTracker) -> None:
    speak(turns, AGENT, 0.0, None)
    speak(turns, CUSTOMER, 10.0, 13.0)
    turns.heard(CUSTOMER, 13.0, "but that is not what I asked")
    assert turns.turn(AGENT, 20.0) == pytest.approx(20.0)


def test_a_long_pause_ends_a_turn(turns: TurnTracker) -> None:
    speak(turns, AGENT, 0.0, 10.0)
    assert turns.turn(AGENT, 14.0) == 0.0
    speak(turns, AGENT, 14.0, None)
    assert turns.turn(AGENT, 20.0) == pytest.approx(6.0)


def test_talk_share(turns: TurnTracker) -> None:
    assert turns.talk_share(0.0) is None
    speak(turns, AGENT, 0.0, 6.0)
    speak(turns, CUSTOMER, 6.0, 8.0)
    assert turns.talk_share(10.0) == pytest.approx(0.75)


def test_pace_counts_the_utterance_that_is_still_open(turns: TurnTracker) -> None:
    turns.uttered(AGENT, 0.0, 60.0, "word " * 140)
    turns.drafted(AGENT, 62.0, 66.0, "word " * 20)
    turns.drafted(AGENT, 62.0, 72.0, "word " * 50)
    assert turns.pace_now(AGENT, 73.0, 12.0) == pytest.approx(50 * 60.0 / 12.0)
    assert turns.pace_baseline(AGENT, 73.0, 12.0) == pytest.approx(140.0)
    turns.uttered(AGENT, 62.0, 72.0, "word " * 20)
    assert turns.pace_now(AGENT, 73.0, 12.0) == pytest.approx(20 * 60.0 / 12.0)


def test_what_was_drafted_and_never_said_has_no_pace(turns: TurnTracker) -> None:
    turns.drafted(AGENT, 0.0, 10.0, "word " * 50)
    turns.drafted(AGENT, 0.0, 10.0, "")
    assert turns.pace_now(AGENT, 11.0, 12.0) is None


def test_a_draft_that_proves_to_be_the_other_sides_is_no_pace_of_this_one(
    turns: TurnTracker,
) -> None:
    assert turns.drafted(AGENT, 0.0, 10.0, "word " * 50, "U1") is None
    assert turns.drafted(CUSTOMER, 0.0, 10.0, "word " * 50, "U1") is AGENT
    assert turns.pace_now(AGENT, 11.0, 12.0) is None
    assert turns.pace_now(CUSTOMER, 11.0, 12.0) == pytest.approx(300.0)


def test_silence_tells_who_spoke_last(turns: TurnTracker) -> None:
    assert turns.last_spoke() is None
    speak(turns, AGENT, 1.0, 4.0)
    speak(turns, CUSTOMER, 3.0, 3.5)
    assert turns.last_spoke() is AGENT
    speak(turns, CUSTOMER, 5.0, 6.0)
    assert turns.last_spoke() is CUSTOMER


def test_pace_against_the_own_baseline(turns: TurnTracker) -> None:
    for start in (0.0, 20.0, 40.0):
        turns.uttered(AGENT, start, start + 15.0, "word " * 35)
    assert turns.pace_baseline(AGENT, 60.0, 20.0) is None or turns.pace_baseline(
        AGENT, 80.0, 20.0
    ) == pytest.approx(140.0)
    turns.uttered(AGENT, 70.0, 80.0, "word " * 40)
    assert turns.pace_now(AGENT, 80.0, 20.0) == pytest.approx(240.0)
    assert turns.pace_baseline(AGENT, 80.0, 20.0) == pytest.approx(140.0)
    assert turns.pace_now(AGENT, 120.0, 20.0) is None


def test_numbers_read_out_in_bursts_are_not_fast(turns: TurnTracker) -> None:
    for number in range(12):
        start = 4.0 * number
        turns.uttered(AGENT, start, start + 0.8, "four, four 7 Double one 12,50")
    assert turns.pace_now(AGENT, 48.0, 60.0) is None
    assert turns.pace(AGENT) == pytest.approx(450.0)


@pytest.mark.parametrize(
    ("pause", "between", "rate"),
    [(0.0, False, 240.0), (1.0, False, 208.7), (1.0, True, 240.0), (3.0, False, 240.0)],
    ids=["none", "its own", "the other side speaks", "too long to be one"],
)
def test_own_pauses_slow_a_speaker_down(
    turns: TurnTracker, pause: float, between: bool, rate: float
) -> None:
    start = 0.0
    for _ in range(4):
        turns.uttered(AGENT, start, start + 5.0, "word " * 20)
        if between:
            turns.uttered(CUSTOMER, start + 5.2, start + 5.5, "I see")
        start += 5.0 + pause
    assert turns.pace_now(AGENT, start, 60.0) == pytest.approx(rate, abs=0.1)
    assert turns.pace(AGENT) == pytest.approx(240.0)


def test_unheard_words_may_still_come_but_not_for_ever(turns: TurnTracker) -> None:
    speak(turns, AGENT, 10.0, 12.0)
    assert turns.unheard(AGENT, 15.0, 13.0)
    assert not turns.unheard(AGENT, 9.0, 13.0)
    assert not turns.unheard(AGENT, 15.0, 17.0)
    turns.heard(AGENT, 12.0, "I am sorry about that")
    assert not turns.unheard(AGENT, 15.0, 13.0)


def test_a_span_that_was_open_at_a_swap_is_closed_by_its_end(turns: TurnTracker) -> None:
    speak(turns, CUSTOMER, 1.0, None)
    turns.swap()
    assert turns.speaking(AGENT)
    turns.ended(SpeechEnded(at=5.0, channel=CUSTOMER, start=1.0, end=4.5))
    assert not turns.speaking(AGENT)
    assert turns.last_end(AGENT) == 4.5


def test_two_utterances_that_are_open_have_their_pace_together(turns: TurnTracker) -> None:
    turns.drafted(AGENT, 0.0, 6.0, "word " * 20, "A1")
    turns.drafted(AGENT, 6.0, 12.0, "word " * 10, "A2")
    assert turns.pace_now(AGENT, 12.0, 12.0) == pytest.approx(150.0)
    turns.uttered(AGENT, 0.0, 6.0, "word " * 20, "A1")
    assert turns.pace_now(AGENT, 12.0, 12.0) == pytest.approx(150.0)
    turns.drafted(AGENT, 6.0, 12.0, "", "A2")
    assert turns.pace_now(AGENT, 12.0, 12.0) == pytest.approx(200.0)
