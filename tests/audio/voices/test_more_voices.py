"""A second voice on the customer's side is told of."""

from __future__ import annotations

import numpy as np
import pytest
from twovoices import FIRST, NOBODY, SECOND, LoudIsSpeech, PitchTells, spoken

from audio.listening.listener import Listener
from audio.samples.chunks import SAMPLE_RATE, Chunk
from audio.voices import side_company
from audio.voices.more_voices import second_voice
from audio.voices.side_company import KIND, SideCompany
from audio.voices.side_voices import SideVoices
from audio.voices.trace import SOUND, SeenWindows
from coach.events import AudioWarning, Channel


def people(*counts: int, spread: float = 0.3) -> SeenWindows:
    """Clear windows of people who speak one after the other, each with a direction of their own."""
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(sum(counts), 256)) * spread / 16
    vectors[:, 0] += 0.6  # what all voices have in common
    first = 0
    for person, count in enumerate(counts):
        vectors[first : first + count, 1 + person] += 0.8
        first += count
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    middles = 0.4 + 0.2 * np.arange(len(vectors))
    ones = np.ones(len(vectors))
    sounds = np.zeros((len(vectors), SOUND))
    return SeenWindows(
        vectors.astype(np.float32), middles, ones, sounds, -4.0 * ones, np.nan * ones
    )


@pytest.mark.parametrize(("counts", "since"), [((200,), None), ((60, 20), 12.0), ((60, 5), None)])
def test_a_second_voice_on_a_side_is_told(counts: tuple[int, ...], since: float | None) -> None:
    found = second_voice(people(*counts))
    assert found == (None if since is None else pytest.approx(since, abs=0.5))


@pytest.mark.parametrize(
    ("brighter", "told"), [(8.0, False), (0.0, True), (-8.0, False), (20.0, True)]
)
def test_a_raised_voice_is_no_second_one(brighter: float, told: bool) -> None:
    clear = people(60, 20)
    sounds = clear.sounds.copy()
    sounds[60:, 1:] += np.linspace(-brighter, brighter, SOUND - 1)
    assert (second_voice(clear._replace(sounds=sounds)) is not None) is told


@pytest.mark.parametrize("order", [(0, 1), (0, 1, 0), (0, 1, 0, 1)])
@pytest.mark.parametrize("how", ["in a room", "a little brighter", "as the first"])
def test_who_may_be_the_first_one_otherwise_is_told_by_turns_alone(
    order: tuple[int, ...], how: str
) -> None:
    """Somebody goes over to a loudspeaker, or speaks up: never by turns with herself."""
    whose = np.repeat(order, 20)
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(len(whose), 256)) * 0.3 / 16
    vectors[:, 0] += 0.8  # what all voices have in common
    vectors[np.arange(len(whose)), 1 + whose] += 0.4
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    falls, sounds = np.full(len(whose), -4.0), np.zeros((len(whose), SOUND))
    if how == "in a room":
        falls[whose == 1] = -2.3
    if how == "a little brighter":
        sounds[whose == 1, 1:] += np.linspace(-3.0, 3.0, SOUND - 1)
    middles = 0.4 + 0.2 * np.arange(len(whose))
    clear = SeenWindows(
        vectors.astype(np.float32),
        middles,
        np.ones(len(whose)),
        sounds,
        falls,
        np.full(len(whose), np.nan),
    )
    told = how == "as the first" or len(order) == 4
    assert (second_voice(clear) is not None) is told


def test_whoever_was_heard_on_the_other_side_is_nobody_new() -> None:
    """A leak, or sides that have changed places."""
    clear = people(60, 20)
    others = people(0, 30), people(0, 0, 30)
    found = [second_voice(clear, other._replace(middles=other.middles * 0.1)) for other in others]
    assert found == [None, pytest.approx(12.0, abs=0.5)]


@pytest.mark.parametrize(
    ("counts", "told"),
    [((20, 12), True), ((20, 7), True), ((20, 4), False), ((32,), False), ((400,), False)],
)
def test_a_short_call_is_enough_to_tell_of_it(counts: tuple[int, ...], told: bool) -> None:
    """A conference of half a minute in which the second has two seconds and a half."""
    clear, company = people(*counts), SideCompany(Channel.CUSTOMER)
    found: list[AudioWarning] = []
    for first in range(0, len(clear.shares), 4):
        found += company.push(clear.where(slice(first, first + 4)), first * 0.2)
    found += company.finish(len(clear.shares) * 0.2)
    assert len(found) == told


def test_the_more_is_known_of_a_side_the_less_often_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[int] = []
    monkeypatch.setattr(
        side_company, "second_voice", lambda clear, _beside: looks.append(len(clear.shares))
    )
    clear, company = people(1000), SideCompany(Channel.CUSTOMER)
    for first in range(0, 1000, 4):
        company.push(clear.where(slice(first, first + 4)), first * 0.2)
    assert looks[:3] == [8, 16, 24]
    assert len(looks) < 50


@pytest.mark.samples
def test_a_listener_tells_of_it_once_and_only_of_the_customers_side() -> None:
    both = spoken((FIRST, 8.0), (NOBODY, 1.0), (SECOND, 6.0), (FIRST, 12.0))
    sides = (Channel.AGENT, Channel.CUSTOMER)
    told: dict[bool, list[AudioWarning]] = {}
    for watched in (True, False):
        listener = Listener(
            sides,
            detector=LoudIsSpeech,
            voices=SideVoices(sides, PitchTells()) if watched else None,  # type: ignore[arg-type]
        )
        facts = []
        for first in range(0, len(both), SAMPLE_RATE):
            for side in sides:
                piece = both[first : first + SAMPLE_RATE]
                facts += listener.push(Chunk(side, first / SAMPLE_RATE, piece))
        told[watched] = [f for f in facts if isinstance(f, AudioWarning) and f.kind == KIND]
    (warning,) = told[True]
    assert "from about 00:09 on a second one" in warning.detail
    assert "on the customer's side" in warning.detail
    assert told[False] == []


@pytest.mark.samples
def test_the_last_sound_of_a_call_counts_too() -> None:
    """What is heard in its last two seconds waits to be looked at in one go."""
    both = spoken((FIRST, 7.68), (SECOND, 1.9))
    sides = (Channel.CUSTOMER,)
    listener = Listener(
        sides,
        detector=LoudIsSpeech,
        voices=SideVoices(sides, PitchTells()),  # type: ignore[arg-type]
    )
    heard = listener.push(Chunk(Channel.CUSTOMER, 0.0, both))
    assert not [f for f in heard if isinstance(f, AudioWarning) and f.kind == KIND]
    at = len(both) / SAMPLE_RATE
    (told,) = [f for f in listener.finish(at) if isinstance(f, AudioWarning) and f.kind == KIND]
    assert told.at == at
