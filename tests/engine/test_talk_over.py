"""Who talks over whom, and what is none."""

from __future__ import annotations

import pytest
from spoken_turns import AGENT, CUSTOMER, speak

from coach.engine.talk.turns import TurnSettings, TurnTracker
from coach.events import SpeechEnded, SpeechStarted


@pytest.fixture
def turns() -> TurnTracker:
    return TurnTracker(TurnSettings())


def test_talkover_belongs_to_whoever_began_later(turns: TurnTracker) -> None:
    speak(turns, CUSTOMER, 1.0, None)
    speak(turns, AGENT, 4.0, 8.0)
    turns.ended(SpeechEnded(at=10.5, channel=CUSTOMER, start=1.0, end=10.0))
    assert [s.start for s in turns.talkovers(AGENT, 1.5, 0.0, 12.0)] == [4.0]
    assert turns.talkovers(CUSTOMER, 1.5, 0.0, 12.0) == []


def test_talkover_is_found_when_the_earlier_start_arrives_later(turns: TurnTracker) -> None:
    turns.started(SpeechStarted(at=4.1, channel=AGENT, start=4.0, end=4.0))
    turns.started(SpeechStarted(at=4.2, channel=CUSTOMER, start=3.5, end=3.5))
    assert [s.start for s in turns.talkovers(AGENT, 1.5, 0.0, 8.0)] == [4.0]


def test_short_overlap_is_none(turns: TurnTracker) -> None:
    speak(turns, CUSTOMER, 1.0, 5.0)
    speak(turns, AGENT, 4.0, 9.0)
    assert turns.talkovers(AGENT, 1.5, 0.0, 12.0) == []


def test_open_overlap_counts_only_as_far_as_it_is_sure(turns: TurnTracker) -> None:
    speak(turns, CUSTOMER, 1.0, None)
    speak(turns, AGENT, 4.0, None)
    assert turns.talkovers(AGENT, 1.5, 0.0, 5.9) == []
    assert len(turns.talkovers(AGENT, 1.5, 0.0, 6.0)) == 1


@pytest.mark.parametrize("text", ["uh-huh", "Okay.", "mm-hmm yeah", "right, I see"])
def test_a_long_backchannel_is_no_talkover_once_its_words_are_known(
    turns: TurnTracker, text: str
) -> None:
    speak(turns, CUSTOMER, 1.0, None)
    speak(turns, AGENT, 4.0, 6.0)
    assert len(turns.talkovers(AGENT, 1.5, 0.0, 8.0)) == 1
    turns.heard(AGENT, 6.0, text)
    assert turns.talkovers(AGENT, 1.5, 0.0, 8.0) == []


@pytest.mark.parametrize("text", ["no no no", "okay but I need the number", "hold on", ""])
def test_words_that_say_more_are_no_backchannel(turns: TurnTracker, text: str) -> None:
    assert not turns.is_backchannel(text)


def test_talkovers_are_counted_for_the_whole_call(turns: TurnTracker) -> None:
    for start in range(0, 1000, 100):
        speak(turns, CUSTOMER, start, None)
        speak(turns, AGENT, start + 2.0, start + 6.0)
        end = start + 10.0
        turns.ended(SpeechEnded(at=end, channel=CUSTOMER, start=start, end=end))
    assert turns.interruptions(AGENT, 1000.0) == 10
    assert turns.interruptions(CUSTOMER, 1000.0) == 0
