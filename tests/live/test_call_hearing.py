"""The listening half of a live call, on synthetic sound and without a model."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # listening_room.py stands beside the tests


import numpy as np
import pytest
from listening_room import Room, in_a_call
from oracle import for_words_alone

from audio.recognition.decoding import DecodeResult, Purpose
from audio.samples.chunks import SAMPLE_RATE, Chunk
from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallEnded,
    Channel,
    Loudness,
    Utterance,
    Word,
)
from coach.live.call_hearing import (
    LEAD_IN,
    NOISE_FLOOR_DBFS,
    SETTLED,
    CallBounds,
    CallOpened,
    Outcome,
)
from coach.live.call_life import Phase
from coach.live.late_decodes import Ask, CallDecoded


@pytest.fixture(autouse=True)
def _for_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for_words_alone(monkeypatch)


@pytest.mark.samples
def test_a_call_begins_when_the_far_end_speaks_and_keeps_its_first_word() -> None:
    room = Room()
    room.hear(3.0)
    assert room.ears.phase is Phase.WAITING
    room.hear(2.0, Channel.CUSTOMER)
    assert room.ears.phase is Phase.IN_CALL
    assert room.origins[0] == pytest.approx(3.0 - LEAD_IN, abs=0.3)
    room.hear(2.0)
    said = room.of(Utterance)[0]
    assert said.channel is Channel.CUSTOMER
    assert said.start == pytest.approx(LEAD_IN, abs=0.5)


def test_the_greeting_before_the_far_end_speaks_belongs_to_the_call() -> None:
    room = Room()
    room.hear(3.0)
    room.hear(2.0, Channel.AGENT)
    room.hear(1.0)
    assert room.ears.phase is Phase.WAITING
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    assert room.origins[0] == pytest.approx(3.0 - LEAD_IN, abs=0.4)
    assert [u.channel for u in room.of(Utterance)] == [Channel.AGENT, Channel.CUSTOMER]


def test_the_agent_alone_begins_no_call() -> None:
    room = Room()
    for _ in range(4):
        room.hear(3.0, Channel.AGENT)
        room.hear(8.0)
    assert room.origins == []
    assert not room.of(Ask)


def test_a_key_begins_a_call_where_sound_may_not() -> None:
    room = Room(CallBounds(begin_on_sound=False))
    room.hear(3.0, Channel.CUSTOMER)
    assert room.ears.phase is Phase.WAITING
    room.answer(room.ears.begin(room.now))
    assert room.ears.phase is Phase.IN_CALL
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    assert room.of(Utterance)


def test_a_call_ends_by_key_once_its_last_words_are_there() -> None:
    room = Room()
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    held: list[Outcome] = room.ears.press(Action.END, room.now)
    requests = [o for o in held if isinstance(o, Ask)]
    assert [r.request.purpose for r in requests] == [Purpose.FINAL]
    assert not [o for o in held if isinstance(o, CallEnded)]
    word = Word(text="bye", start=1.0, end=2.0, confidence=0.9)
    result = DecodeResult(requests[0].request, (word,))
    last = room.ears.deliver(CallDecoded(requests[0].call, result), room.now + 0.4)
    assert [type(o) for o in last] == [Utterance, CallEnded]
    assert room.ears.phase is Phase.SETTLING


def test_a_dead_line_ends_the_call_and_the_next_one_begins_anew() -> None:
    room = Room(CallBounds(end_after=5.0))
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(7.0)
    assert [e.reason for e in room.of(CallEnded)] == ["the far end went silent"]
    room.hear(SETTLED)
    room.hear(2.0, Channel.CUSTOMER)
    assert len(room.origins) == 2


def test_a_hold_with_music_does_not_end_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # here all of the sound is heard
    room = Room(CallBounds(end_after=5.0))
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    time = np.arange(round(8.0 * SAMPLE_RATE)) / SAMPLE_RATE
    music = (0.05 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    room.answer(room.ears.hear([Chunk(Channel.CUSTOMER, room.now, music)], room.now + 8.0))
    assert not room.of(CallEnded)


def test_paused_ears_hear_nothing_and_keep_time() -> None:
    room = Room()
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    room.press(Action.PAUSE)
    before = len(room.of(Utterance))
    room.hear(3.0, Channel.CUSTOMER)
    room.press(Action.RESUME)
    room.hear(2.0)
    assert len(room.of(Utterance)) == before
    loudness = [o for o in room.of(Loudness) if o.channel is Channel.CUSTOMER and o.at]
    assert loudness[-1].end == pytest.approx(room.now - room.origins[0], abs=0.6)


def test_swapped_sides_change_who_speaks() -> None:
    room = Room()
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    room.press(Action.SWAP_CHANNELS)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    assert [u.channel for u in room.of(Utterance)] == [Channel.CUSTOMER, Channel.AGENT]


def test_lost_sound_leaves_the_clock_right() -> None:
    room = Room()
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(1.0)
    lost_from = room.now
    room.now += 4.0
    gap = AudioGap(
        at=room.now, channel=Channel.CUSTOMER, start=lost_from, end=room.now, cause="device lost"
    )
    room.answer(room.ears.hear([gap], room.now))
    began = room.now
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    assert room.of(AudioGap)[0].start == pytest.approx(lost_from - room.origins[0])
    sounding = [
        o for o in room.of(Loudness) if o.channel is Channel.CUSTOMER and o.dbfs > NOISE_FLOOR_DBFS
    ]
    resumed = next(o for o in sounding if o.start > 4.0)
    assert resumed.start == pytest.approx(began - room.origins[0], abs=0.5)


def test_a_side_that_starts_late_is_not_shifted() -> None:
    room = Room()
    room.hear(2.0, skip=frozenset({Channel.AGENT}))
    room.hear(2.0, Channel.CUSTOMER, skip=frozenset({Channel.AGENT}))
    room.hear(1.5)
    began = room.now
    room.hear(2.0, Channel.AGENT)
    room.hear(2.0)
    said = next(u for u in room.of(Utterance) if u.channel is Channel.AGENT)
    assert said.start == pytest.approx(began - room.origins[0], abs=0.5)


def test_a_muted_microphone_is_noticed_and_its_return_too() -> None:
    room = Room(CallBounds(end_after=None))
    room.hear(1.0)
    for _ in range(4):
        room.hear(6.0, Channel.CUSTOMER)
    active = [w for w in room.of(AudioWarning) if w.active]
    assert [w.kind for w in active] == ["silent_agent"]
    room.hear(2.0, Channel.AGENT)
    assert [w.active for w in room.of(AudioWarning)] == [True, False]


# --- what one call may not do to the next ---------------------------------------------------------


@pytest.mark.parametrize("before_the_end", [True, False])
def test_a_pause_ends_with_its_call(before_the_end: bool) -> None:
    room = in_a_call()
    if before_the_end:
        room.press(Action.PAUSE)
    room.press(Action.END)
    if not before_the_end:
        room.press(Action.PAUSE)
    room.hear(SETTLED + 1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    ended = next(i for i, o in enumerate(room.outcomes) if isinstance(o, CallEnded))
    assert [o.text for o in room.outcomes[ended:] if isinstance(o, Utterance)]


def test_a_long_pause_does_not_end_the_call_and_the_line_is_judged_anew_after_it() -> None:
    room = in_a_call(CallBounds(end_after=5.0))
    room.press(Action.PAUSE)
    room.hear(12.0)
    room.press(Action.RESUME)
    room.hear(4.0)
    assert not room.of(CallEnded)
    room.hear(2.0)
    assert room.of(CallEnded)


def test_a_call_ended_while_the_customer_speaks_begins_no_other() -> None:
    room = in_a_call()
    room.hear(1.0, Channel.CUSTOMER)
    room.press(Action.END)
    room.hear(4.0, Channel.CUSTOMER)
    assert room.ears.phase is Phase.SETTLING
    assert len(room.origins) == 1
    room.hear(SETTLED + 0.5)
    room.hear(2.0, Channel.CUSTOMER)
    assert len(room.origins) == 2


@pytest.mark.parametrize("presses", [1, 2])
def test_a_swap_in_mid_sentence_loses_no_word_and_leaves_no_old_name(presses: int) -> None:
    plain, swapped = Room(), Room()
    for room in (plain, swapped):
        room.hear(1.0)
        room.hear(1.5, Channel.CUSTOMER)
        for _ in range(presses if room is swapped else 0):
            room.press(Action.SWAP_CHANNELS)
        room.hear(2.0, Channel.CUSTOMER)
        room.hear(2.0)
    after = next(
        i
        for i, o in reversed(list(enumerate(swapped.outcomes)))
        if isinstance(o, AgentAction) and o.action is Action.SWAP_CHANNELS
    )
    name = Channel.AGENT if presses == 1 else Channel.CUSTOMER
    said = [o for o in swapped.outcomes[after:] if isinstance(o, Utterance)]
    assert {u.channel for u in said} == {name}
    spans = [(u.start, u.end, u.text) for u in swapped.of(Utterance)]
    assert spans == [(u.start, u.end, u.text) for u in plain.of(Utterance)]


def test_a_swap_between_calls_holds_for_the_next() -> None:
    room = Room()
    room.hear(1.0)
    room.press(Action.SWAP_CHANNELS)
    room.hear(3.0, Channel.CUSTOMER)
    assert room.origins == [], "what was the customer's device is the agent's now"
    room.hear(2.0, Channel.AGENT)
    assert len(room.origins) == 1


def test_keys_come_out_in_the_order_of_the_sound() -> None:
    room = in_a_call()
    room.press(Action.SNOOZE)
    room.hear(1.0, Channel.CUSTOMER)
    facts = [o for o in room.outcomes if not isinstance(o, Ask | CallOpened)]
    key = next(i for i, o in enumerate(facts) if isinstance(o, AgentAction))
    assert facts[key - 1].at <= facts[key].at <= facts[key + 1].at
    assert facts[key].at == pytest.approx(room.now - 1.0 - room.origins[0], abs=0.01)


def test_keys_without_a_call_are_no_facts() -> None:
    room = Room()
    for action in (Action.PAUSE, Action.RESUME, Action.DISMISS, Action.SWAP_CHANNELS, Action.END):
        room.press(action)
    assert room.outcomes == []
