"""The far end leaking into the microphone, through the listener and the recogniser itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("coach.bench.accuracy", reason="needs the `bench` extra", exc_type=ImportError)

from oracle import chunks
from rapidfuzz.distance import Levenshtein

from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener, ListenerSettings, SoundFact
from audio.listening.scheduler import DecodingSettings
from audio.recognition.transcriber import Transcriber
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.bench.accuracy import normalised
from coach.events import AudioWarning, Channel, Utterance
from coach.sample import CALL

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("echo through the recogniser"),  # one side is decoded once
]

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER
SECONDS = 46.0
"""Of the sample call: four turns of either side."""
TENTH = SAMPLE_RATE // 10
SELDOM = ListenerSettings(decoding=DecodingSettings(draft_every=4.8))
"""Drafts as on a very busy machine: a twelfth of them."""


@pytest.fixture(autouse=True)
def _shared_decodes(
    sharing_decodes: Callable[..., AbstractContextManager[None]],
) -> Iterator[None]:
    """The customer's side is the same in every test."""
    with sharing_decodes():
        yield


@pytest.fixture(scope="module")
def sides() -> dict[Channel, Samples]:
    pieces: dict[Channel, list[Samples]] = {AGENT: [], CUSTOMER: []}
    for chunk in open_recording(CALL).chunks():
        if chunk.start < SECONDS:
            pieces[chunk.channel].append(chunk.samples)
    return {channel: np.concatenate(parts) for channel, parts in pieces.items()}


def hear(sound: dict[Channel, Samples], transcriber: Transcriber) -> list[SoundFact]:
    driver = InlineDriver(Listener((AGENT, CUSTOMER), SELDOM), transcriber)
    facts = [fact for chunk in chunks(sound, 8000) for fact in driver.push(chunk)]
    return facts + driver.finish(SECONDS)


def leaking(agent: Samples, customer: Samples, level: int, delay: int) -> dict[Channel, Samples]:
    """Both sides, the customer's also on the agent's: ``level`` in dB, ``delay`` in ms."""
    late = np.zeros(delay * SAMPLE_RATE // 1000, np.float32)
    echo = np.concatenate([late, customer[: -len(late)]]) * 10.0 ** (level / 20.0)
    return {AGENT: (agent + echo).astype(np.float32), CUSTOMER: customer}


def spoken(sound: Samples) -> npt.NDArray[np.bool_]:
    """Which tenths of a second are louder than -40 dBFS."""
    rows = sound[: len(sound) // TENTH * TENTH].reshape(-1, TENTH)
    loud: npt.NDArray[np.bool_] = np.sqrt(np.mean(np.square(rows), axis=1)) > 0.01
    return loud


def texts(facts: list[SoundFact], channel: Channel) -> list[str]:
    finals = [f for f in facts if isinstance(f, Utterance) and f.channel is channel]
    return normalised(" ".join(f.text for f in sorted(finals, key=lambda f: f.start)))


@pytest.fixture(scope="module")
def without(
    sides: dict[Channel, Samples],
    transcriber: Transcriber,
    sharing_decodes: Callable[..., AbstractContextManager[None]],
) -> list[SoundFact]:
    with sharing_decodes():
        return hear(sides, transcriber)


@pytest.mark.parametrize(("level", "delay"), [(-12, 250), (-30, 20)])
def test_echo_brings_a_warning_and_no_line_twice(
    level: int,
    delay: int,
    sides: dict[Channel, Samples],
    transcriber: Transcriber,
    without: list[SoundFact],
) -> None:
    facts = hear(leaking(sides[AGENT], sides[CUSTOMER], level, delay), transcriber)
    warnings = [f for f in facts if isinstance(f, AudioWarning) and f.kind == "echo"]
    assert [one.active for one in warnings] == [True]
    assert texts(facts, CUSTOMER) == texts(without, CUSTOMER)
    clean, heard = texts(without, AGENT), texts(facts, AGENT)
    wrong = Levenshtein.distance(clean, heard)
    assert wrong <= 0.08 * len(clean), (clean, heard)


def test_who_talks_at_the_same_time_as_the_echo_is_kept(
    sides: dict[Channel, Samples], transcriber: Transcriber
) -> None:
    """The agent's turns are moved onto the customer's, whose sound leaks at the same time."""
    moved = np.roll(sides[AGENT], 16 * SAMPLE_RATE)
    assert np.count_nonzero(spoken(moved) & spoken(sides[CUSTOMER])) > 70
    clean = texts(hear({AGENT: moved, CUSTOMER: sides[CUSTOMER]}, transcriber), AGENT)
    facts = hear(leaking(moved, sides[CUSTOMER], -20, 120), transcriber)
    heard = texts(facts, AGENT)
    assert any(isinstance(f, AudioWarning) and f.kind == "echo" for f in facts)
    assert Levenshtein.distance(clean, heard) <= 0.15 * len(clean), (clean, heard)
