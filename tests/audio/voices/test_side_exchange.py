"""Sides whose voices change places in the middle are told of; whatever else changes is not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from twovoices import FIRST, NOBODY, SECOND, LoudIsSpeech, PitchTells, spoken

from audio.listening.listener import Listener
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.voices.side_company import KIND as COMPANY
from audio.voices.side_exchange import EACH, exchanged_at
from audio.voices.side_voices import EXCHANGED, SideVoices
from audio.voices.trace import SOUND, SeenWindows, joined
from coach.events import AudioWarning, Channel

AGENT, CUSTOMER = SIDES = (Channel.AGENT, Channel.CUSTOMER)
ANNA, BEN, CARL = 1, 2, 3


def heard(person: int, count: int, begin: float, seed: int) -> SeenWindows:
    """Clear windows of one person, whose direction lies apart from all others'."""
    vectors = np.random.default_rng(seed).normal(size=(count, 256)) * 0.3 / 16
    vectors[:, 0] += 0.6  # what all voices have in common
    vectors[:, person] += 0.8
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    middles = begin + 0.2 * np.arange(count)
    sounds = np.zeros((count, SOUND))
    return SeenWindows(
        vectors.astype(np.float32),
        middles,
        np.ones(count),
        sounds,
        np.full(count, -4.0),
        np.full(count, np.nan),
    )


def track(*parts: tuple[int, int]) -> SeenWindows:
    """Who speaks on a side, and in how many windows of each five seconds."""
    rows = enumerate(parts)
    return joined([heard(person, count, 5.0 * row, row) for row, (person, count) in rows])


@pytest.mark.parametrize(
    ("first", "second", "since"),
    [
        ([ANNA, ANNA, BEN, BEN], [BEN, BEN, ANNA, ANNA], 10.0),
        ([ANNA, ANNA, BEN, BEN], [BEN, BEN, CARL, CARL], 10.0),
        ([ANNA, ANNA, CARL, CARL], [BEN, BEN, ANNA, ANNA], 10.0),
        ([ANNA, BEN, BEN, BEN, BEN], [BEN, ANNA, ANNA, ANNA, ANNA], 5.0),
        ([ANNA, ANNA, ANNA, ANNA], [BEN, BEN, BEN, BEN], None),
        ([ANNA, ANNA, CARL, CARL], [BEN, BEN, BEN, BEN], None),
        ([ANNA, ANNA, ANNA, ANNA], [BEN, BEN, CARL, CARL], None),
        ([ANNA, ANNA, ANNA, ANNA], [BEN, CARL, BEN, CARL], None),
    ],
    ids=[
        *("both change", "a new agent beside", "a new customer beside", "early"),
        *("nothing changes", "another agent", "another customer", "a conference"),
    ],
)
def test_voices_that_change_places_are_told_and_new_ones_are_not(
    first: list[int], second: list[int], since: float | None
) -> None:
    found = exchanged_at(
        track(*((person, EACH + 2) for person in first)),
        track(*((person, EACH + 2) for person in second)),
    )
    assert found == (None if since is None else pytest.approx(since, abs=0.6))


@pytest.mark.parametrize("short", range(4))
def test_too_little_speech_on_either_side_tells_nothing(short: int) -> None:
    counts = [EACH - 1 if n == short else EACH for n in range(4)]
    first = track((ANNA, counts[0]), (BEN, counts[1]))
    second = track((BEN, counts[2]), (ANNA, counts[3]))
    assert exchanged_at(first, second) is None


def facts_of(*sides: Samples, recorded: bool) -> list[AudioWarning]:
    """What is told of the voices on two sides, heard in pieces of a second."""
    voices = SideVoices(SIDES, PitchTells(), recorded=recorded)  # type: ignore[arg-type]
    listener = Listener(SIDES, detector=LoudIsSpeech, voices=voices)
    facts = []
    for first in range(0, len(sides[0]), SAMPLE_RATE):
        for side, sound in zip(SIDES, sides, strict=True):
            piece = sound[first : first + SAMPLE_RATE]
            facts += listener.push(Chunk(side, first / SAMPLE_RATE, piece))
    return [f for f in facts if isinstance(f, AudioWarning) and f.kind in (EXCHANGED, COMPANY)]


@pytest.mark.samples
@pytest.mark.parametrize("recorded", [True, False])
def test_a_listener_tells_every_exchange_once_and_only_in_recordings(recorded: bool) -> None:
    turns = [(FIRST, SECOND)] * 3 + [(SECOND, FIRST)] * 3 + [(FIRST, SECOND)] * 3
    agent = [((one, 3.0), (NOBODY, 3.0)) for one, _ in turns]
    customer = [((NOBODY, 3.0), (other, 3.0)) for _, other in turns]
    told = facts_of(
        spoken(*itertools.chain(*agent)), spoken(*itertools.chain(*customer)), recorded=recorded
    )
    if not recorded:  # there it is a voice that the side had not
        assert [one.kind for one in told] == [COMPANY]
        return
    assert [one.kind for one in told] == [EXCHANGED, EXCHANGED]
    assert [one.since for one in told] == [
        pytest.approx(18.0, abs=0.8),
        pytest.approx(36.0, abs=0.8),
    ]
