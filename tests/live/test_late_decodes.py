"""What becomes of a decode that comes back after its call, a swap or its time is over."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # listening_room.py stands beside the tests

import msgspec
import pytest
from listening_room import Room, in_a_call
from oracle import for_words_alone

from audio.recognition.decoding import Purpose
from coach.events import (
    Action,
    AudioGap,
    AudioWarning,
    CallEnded,
    Channel,
    Hypothesis,
    Utterance,
)
from coach.live.call_hearing import SETTLED, CallBounds, CallOpened
from coach.live.late_decodes import Ask


@pytest.fixture(autouse=True)
def _for_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for_words_alone(monkeypatch)


@pytest.mark.parametrize("numbers_collide", [True, False])
def test_words_of_one_call_never_reach_the_next(numbers_collide: bool) -> None:
    room = in_a_call(CallBounds(finish_within=2.0))
    room.answering = False
    room.hear(2.0, Channel.CUSTOMER)
    room.press(Action.END)
    room.hear(3.0)
    late = room.held[-1]
    room.hear(SETTLED)
    room.hear(2.0, Channel.CUSTOMER)
    assert len(room.origins) == 2
    if numbers_collide:
        new = next(ask for ask in room.held if ask.call != late.call)
        late = Ask(late.call, new.request)
    room.release(late, "a secret of the first caller")
    heard = [o for o in room.outcomes if isinstance(o, Utterance | Hypothesis)]
    assert all("secret" not in msgspec.json.encode(o).decode() for o in heard)


def test_words_that_were_with_the_model_at_a_swap_come_under_the_new_name() -> None:
    room = in_a_call()
    room.answering = False
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    room.press(Action.SWAP_CHANNELS)
    swapped = len(room.outcomes)
    for ask in room.held:
        room.release(ask)
    told = [o for o in room.outcomes[swapped:] if isinstance(o, Utterance | Hypothesis)]
    assert {o.channel for o in told} == {Channel.AGENT}


def test_a_model_that_never_answers_does_not_hold_the_end_for_ever() -> None:
    bounds = CallBounds(finish_within=2.0)
    room = Room(bounds)
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.ears.press(Action.END, room.now)
    assert not [o for o in room.ears.hear([], room.now + 1.9) if isinstance(o, CallEnded)]
    last = room.ears.hear([], room.now + 2.1)
    assert [type(o) for o in last] == [Utterance, AudioGap, AudioWarning, CallEnded]
    assert "could not be transcribed in time" in last[2].detail


def test_all_that_waits_at_the_end_of_a_call_is_told_as_far_as_it_is_known() -> None:
    room = in_a_call(CallBounds(finish_within=2.0))
    room.answering = False
    for _ in range(4):
        room.hear(2.0, Channel.CUSTOMER)
        room.hear(2.0)
    for ask in [ask for ask in room.held if ask.request.purpose is Purpose.DRAFT][:1]:
        room.release(ask, "please cancel")
    drafted = [o for o in room.outcomes if isinstance(o, Hypothesis)][-1]
    room.press(Action.END)
    room.hear(3.0)
    ended = next(i for i, o in enumerate(room.outcomes) if isinstance(o, CallEnded))
    gaps = [o for o in room.outcomes[:ended] if isinstance(o, AudioGap)]
    finals = {o.utterance: o for o in room.outcomes[:ended] if isinstance(o, Utterance)}
    assert drafted.utterance in finals
    assert len(gaps) >= 3
    assert [gap.start for gap in gaps] == sorted(gap.start for gap in gaps)
    assert {gap.channel for gap in gaps} == {Channel.CUSTOMER}


def test_a_key_begins_the_next_call_while_the_last_words_are_out() -> None:
    room = in_a_call()
    room.answering = False
    room.hear(2.0, Channel.CUSTOMER)
    room.press(Action.END)
    room.answer(room.ears.begin(room.now))
    kinds = [type(o) for o in room.outcomes if isinstance(o, CallEnded | CallOpened)]
    assert kinds == [CallOpened, CallEnded, CallOpened]
