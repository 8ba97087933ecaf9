"""The listening half of a live call, on synthetic sound and without a model."""

from __future__ import annotations

import csv
import functools

import numpy as np
import pytest

from audio.chunks import SAMPLE_RATE, Chunk
from audio.decoding import DecodeRequest, DecodeResult, Purpose
from audio.listener import Listener
from audio.recording import open_recording
from coach import sample
from coach.events import (
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Loudness,
    Utterance,
    Word,
)
from coach.live.call_hearing import LEAD_IN, NOISE_FLOOR_DBFS, CallBounds, Ears, Outcome, Phase

BLOCK = 0.1
BOTH = (Channel.AGENT, Channel.CUSTOMER)


@functools.cache
def sample_call() -> dict[Channel, np.ndarray]:
    """The sample call's two sides."""
    sides: dict[Channel, list[np.ndarray]] = {c: [] for c in BOTH}
    for chunk in open_recording(sample.CALL).chunks(1.0):
        sides[chunk.channel].append(chunk.samples)
    return {channel: np.concatenate(parts) for channel, parts in sides.items()}


@functools.cache
def spoken(channel: Channel) -> np.ndarray:
    """The side's longest line in the sample call, without the silence around it."""
    with sample.REFERENCE.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    role = "agent" if channel is Channel.AGENT else "customer"
    lines = [(float(r["start_s"]), float(r["end_s"])) for r in rows if r["role"] == role]
    start, end = max(lines, key=lambda line: line[1] - line[0])
    return sample_call()[channel][round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]


def voice(channel: Channel, seconds: float) -> np.ndarray:
    """So much of that line."""
    return spoken(channel)[: round(seconds * SAMPLE_RATE)]


class Room:
    """Two people and a session clock."""

    def __init__(self, bounds: CallBounds | None = None) -> None:
        self.now = 0.0
        self.origins: list[float] = []
        self.outcomes: list[Outcome] = []
        self.ears = Ears(lambda: Listener(BOTH), bounds or CallBounds(), self._announce)

    def _announce(self, origin: float) -> CallStarted:
        self.origins.append(origin)
        return CallStarted(at=0.0, call=f"call-{len(self.origins)}", started="", source="live")

    def hear(
        self, seconds: float, *speaking: Channel, skip: frozenset[Channel] = frozenset()
    ) -> None:
        sounds = {c: voice(c, seconds) for c in speaking}
        for block in range(round(seconds / BLOCK)):
            chunks = []
            for channel in BOTH:
                if channel in skip:
                    continue
                sound = sounds.get(channel, np.zeros(round(seconds * SAMPLE_RATE), np.float32))
                first = round(block * BLOCK * SAMPLE_RATE)
                samples = sound[first : first + round(BLOCK * SAMPLE_RATE)]
                chunks.append(Chunk(channel, self.now, samples))
            self.now += BLOCK
            self.answer(self.ears.hear(chunks, self.now))

    def answer(self, outcomes: list[Outcome]) -> None:
        """Answer every request with one word, as a model without delay would."""
        self.outcomes += outcomes
        for outcome in outcomes:
            if isinstance(outcome, DecodeRequest):
                word = Word(text="word", start=outcome.start, end=outcome.end, confidence=0.9)
                self.answer(self.ears.deliver(DecodeResult(outcome, (word,)), self.now))

    def of(self, kind: type) -> list:
        return [o for o in self.outcomes if isinstance(o, kind)]


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
    assert not room.of(DecodeRequest)


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
    held: list[Outcome] = room.ears.end("ended by the agent", room.now)
    requests = [o for o in held if isinstance(o, DecodeRequest)]
    assert [r.purpose for r in requests] == [Purpose.FINAL]
    assert not [o for o in held if isinstance(o, CallEnded)]
    word = Word(text="bye", start=1.0, end=2.0, confidence=0.9)
    last = room.ears.deliver(DecodeResult(requests[0], (word,)), room.now + 0.4)
    assert [type(o) for o in last] == [Utterance, CallEnded]
    assert room.ears.phase is Phase.WAITING


def test_a_model_that_never_answers_does_not_hold_the_end_for_ever() -> None:
    bounds = CallBounds(finish_within=2.0)
    room = Room(bounds)
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.ears.end("ended by the agent", room.now)
    assert not [o for o in room.ears.hear([], room.now + 1.9) if isinstance(o, CallEnded)]
    assert [o for o in room.ears.hear([], room.now + 2.1) if isinstance(o, CallEnded)]


def test_a_dead_line_ends_the_call_and_the_next_one_begins_anew() -> None:
    room = Room(CallBounds(end_after=5.0))
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(7.0)
    assert [e.reason for e in room.of(CallEnded)] == ["the far end went silent"]
    room.hear(2.0, Channel.CUSTOMER)
    assert len(room.origins) == 2


def test_a_hold_with_music_does_not_end_the_call() -> None:
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
    room.ears.pause(paused=True)
    before = len(room.of(Utterance))
    room.hear(3.0, Channel.CUSTOMER)
    room.ears.pause(paused=False)
    room.hear(2.0)
    assert len(room.of(Utterance)) == before
    loudness = [o for o in room.of(Loudness) if o.channel is Channel.CUSTOMER and o.at]
    assert loudness[-1].end == pytest.approx(room.now - room.origins[0], abs=0.6)


def test_swapped_sides_change_who_speaks() -> None:
    room = Room()
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(2.0)
    room.ears.swap()
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
