"""Where words hand the call over, a new voice is told from little of it."""

from __future__ import annotations

import numpy as np
import pytest
from twovoices import FIRST, NOBODY, SECOND, LoudIsSpeech, PitchTells, spoken

from audio.listening.listener import Listener
from audio.recognition.decoding import DecodeRequest, DecodeResult
from audio.samples.chunks import SAMPLE_RATE, Chunk
from audio.voices.handed_over import new_voice_within
from audio.voices.more_voices import second_voice
from audio.voices.side_company import KIND, SideCompany
from audio.voices.side_voices import SideVoices
from audio.voices.trace import SOUND, SeenWindows
from coach.events import AudioWarning, Channel, Utterance, Word

FALLS = -4.0


def people(*counts: int, brighter: float = 0.0, falls: float = FALLS) -> SeenWindows:
    """Clear windows of people one after the other; the last one may be brighter, or in a room."""
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(sum(counts), 256)) * 0.3 / 16
    vectors[:, 0] += 0.6  # what all voices have in common
    whose = np.repeat(np.arange(len(counts)), counts)
    vectors[np.arange(len(whose)), 1 + whose] += 0.8
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    last = whose == len(counts) - 1
    sounds = np.zeros((len(whose), SOUND))
    sounds[last, 1:] += np.linspace(-brighter, brighter, SOUND - 1)
    middles = 0.4 + 0.2 * np.arange(len(whose))
    fall = np.where(last, falls, FALLS)
    return SeenWindows(
        vectors.astype(np.float32),
        middles,
        np.ones(len(whose)),
        sounds,
        fall,
        np.full(len(whose), np.nan),
    )


@pytest.mark.parametrize(
    ("counts", "within", "since"),
    [
        ((60, 10), (8.0, 70.0), 12.0),
        ((60, 10), (12.8, 70.0), None),
        ((60, 10), (0.0, 9.0), None),
        ((60, 3), (8.0, 70.0), None),
        ((2, 30), (0.0, 60.0), None),
        ((90,), (0.0, 60.0), None),
    ],
    ids=["new", "begun before", "begins later", "hardly", "nobody before", "one"],
)
def test_a_new_voice_is_found_where_it_was_announced(
    counts: tuple[int, ...], within: tuple[float, float], since: float | None
) -> None:
    found = new_voice_within(people(*counts), within)
    assert found == (None if since is None else pytest.approx(since, abs=0.6))


def test_whoever_was_heard_on_the_other_side_is_nobody_new() -> None:
    beside = people(0, 30)
    found = new_voice_within(
        people(60, 10), (8.0, 70.0), beside._replace(middles=beside.middles / 9)
    )
    assert found is None


def test_somebody_announced_may_sound_like_the_other_side() -> None:
    """Between the cosine that is a leak's with the words and the one that is without them."""
    clear, beside = people(60, 20), people(0, 30)
    beside.vectors[:, 3] += 0.5
    lengths = np.linalg.norm(beside.vectors, axis=1, keepdims=True)
    other = beside._replace(vectors=beside.vectors / lengths, middles=beside.middles / 9)
    assert second_voice(clear) is not None
    assert second_voice(clear, other) is None
    assert new_voice_within(clear, (8.0, 70.0), other) == pytest.approx(12.0, abs=0.6)


@pytest.mark.parametrize("how", [{"brighter": 8.0}, {"falls": -2.2}], ids=["raised", "in a room"])
def test_a_voice_that_may_be_the_same_one_needs_the_words(how: dict[str, float]) -> None:
    clear = people(60, 20, **how)
    assert second_voice(clear) is None
    company = SideCompany(Channel.AGENT)
    assert company.push(clear, 16.0) == []
    assert company.expect((60.0, 120.0), 16.0) == []
    (told,) = company.expect((10.0, 70.0), 16.0)
    assert "from about 00:12 on a second one" in told.detail
    assert "on the agent's side" in told.detail
    assert company.expect((10.0, 70.0), 17.0) == []


def test_words_that_come_first_wait_for_the_voice() -> None:
    clear, company = people(60, 20, brighter=8.0), SideCompany(Channel.CUSTOMER)
    assert company.push(clear.where(slice(0, 60)), 12.0) == []
    assert company.expect((11.0, 70.0), 12.0) == []
    (told,) = company.push(clear.where(slice(60, None)), 16.0)
    assert told.kind == KIND


@pytest.mark.samples
@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("recorded", [True, False])
def test_a_listener_tells_who_was_announced_on_the_agents_side_of_a_recording(
    announced: bool, recorded: bool
) -> None:
    """Two seconds of the new voice, too few to be told without the words."""
    sides = (Channel.AGENT, Channel.CUSTOMER)
    both = spoken((FIRST, 14.0), (NOBODY, 1.5), (SECOND, 2.4), (NOBODY, 2.5))
    heard: list[str] = []

    def else_from(utterance: Utterance) -> tuple[float, float] | None:
        heard.append(utterance.text)
        return (utterance.start, utterance.end + 60.0) if announced else None

    voices = SideVoices(sides, PitchTells(), recorded=recorded, else_from=else_from)  # type: ignore[arg-type]
    voices._company = {c: _NeedsWords(c) for c in voices._company}
    listener = Listener(sides, detector=LoudIsSpeech, voices=voices)
    facts: list[object] = []
    for first in range(0, len(both), SAMPLE_RATE):
        for side in sides:
            piece = both[first : first + SAMPLE_RATE] * (side is Channel.AGENT)
            facts += _answered(listener, listener.push(Chunk(side, first / SAMPLE_RATE, piece)))
    facts += _answered(listener, listener.finish(len(both) / SAMPLE_RATE))
    told = [f for f in facts if isinstance(f, AudioWarning) and f.kind == KIND]
    assert heard
    assert len(told) == (announced and recorded)
    assert all("on the agent's side" in one.detail for one in told)


class _NeedsWords(SideCompany):
    """Company that a side's sound alone does not tell."""

    def _by_voice(self, _beside: SeenWindows) -> float | None:
        return None


def _answered(listener: Listener, items: list[object]) -> list[object]:
    """The facts, with those of every decode that was asked for."""
    facts: list[object] = []
    while items:
        item = items.pop(0)
        if isinstance(item, DecodeRequest):
            word = Word(text="words", start=item.start, end=item.end - 0.1, confidence=0.95)
            items += listener.deliver(DecodeResult(item, (word,)), listener.now)
        else:
            facts.append(item)
    return facts
