"""One microphone is divided into two people as the call goes on, the same however it is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twovoices import FIRST, NOBODY, SECOND, LoudIsSpeech, PitchTells, SaysWhen, spoken
from work_marks import made_once

from audio.listening.inline_driver import InlineDriver
from audio.listening.split_listener import ONE_VOICE, SplitListener
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.voices import live_turns
from audio.voices.live_split import SIDES, LiveSplit
from audio.voices.live_turns import (
    FIRST_ALONE,
    Decision,
    LiveSplitSettings,
    LiveTurns,
)
from audio.voices.trace import NO_WINDOWS, SOUND, SeenWindows
from coach.events import AudioWarning, Channel, Fact, Loudness, Utterance

A, C, M = Channel.AGENT, Channel.CUSTOMER, Channel.MIXED

CALL = spoken(
    (NOBODY, 0.5), (FIRST, 3.0), (NOBODY, 1.0), (SECOND, 2.5), (NOBODY, 0.6), (FIRST, 2.0),
    (NOBODY, 0.5), (SECOND, 2.0), (NOBODY, 1.3),
)  # fmt: skip
DELAY = LiveSplitSettings().delay


def split(**options: bool) -> LiveSplit:
    return LiveSplit(encoder=PitchTells(), detector=LoudIsSpeech(), **options)  # type: ignore[arg-type]


def sides(chunks: list[Chunk]) -> dict[Channel, Samples]:
    return {
        side: np.concatenate([c.samples for c in chunks if c.channel is side]) for side in SIDES
    }


def cut(samples: Samples, sizes: list[int]) -> list[Samples]:
    return np.split(samples, np.cumsum(sizes, dtype=int))


def whole(sizes: list[int], **options: bool) -> dict[Channel, Samples]:
    divider = split(**options)
    chunks = [chunk for piece in cut(CALL, sizes) for chunk in divider.push(piece)]
    return sides(chunks + divider.finish())


@made_once
def uncut() -> dict[Channel, Samples]:
    return whole([])


def whose(found: dict[Channel, Samples], at: float) -> list[Channel]:
    where = slice(round(at * SAMPLE_RATE), round((at + 0.1) * SAMPLE_RATE))
    return [side for side in SIDES if np.abs(found[side][where]).max() > 0.01]


@pytest.mark.parametrize(("first", "second"), [(A, C), (C, A)])
def test_each_persons_sound_comes_on_the_own_side_once(first: Channel, second: Channel) -> None:
    found = whole([], agent_speaks_first=first is A)
    assert np.array_equal(sum(found.values()), CALL)
    for at, side in ((1.0, first), (2.8, first), (5.0, second), (6.5, second), (8.2, first),
                     (10.5, second)):  # fmt: skip
        assert whose(found, at) == [side], at


def test_nothing_is_decided_later_than_the_delay() -> None:
    divider, seconds = split(), 0.0
    for n in range(len(CALL) // 1600):
        seconds += sum(
            len(c.samples) / SAMPLE_RATE
            for c in divider.push(CALL[n * 1600 : (n + 1) * 1600])
            if c.channel is A
        )
        assert (n + 1) * 0.1 - seconds <= DELAY + 0.35, n


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(1, 40_000), max_size=40))
def test_the_same_sound_is_divided_alike_however_it_is_cut(sizes: list[int]) -> None:
    expected, found = uncut(), whole(sizes)
    for side in SIDES:
        assert np.array_equal(found[side], expected[side])


def facts(sizes: list[int]) -> list[Fact]:
    listener = SplitListener(detector=LoudIsSpeech, encoder=PitchTells())  # type: ignore[arg-type]
    driver = InlineDriver(listener, SaysWhen())  # type: ignore[arg-type]
    at, heard = 0, []
    for piece in cut(CALL, sizes):
        heard += driver.push(Chunk(M, at / SAMPLE_RATE, piece))
        at += len(piece)
    return heard + driver.finish(at / SAMPLE_RATE)


@pytest.mark.samples
@settings(max_examples=3, deadline=None)
@given(st.lists(st.integers(1, 40_000), max_size=30))
def test_the_same_sound_gives_the_same_facts_however_it_is_cut(sizes: list[int]) -> None:
    assert facts(sizes) == facts([])


@pytest.mark.samples
def test_each_sentence_is_the_speakers_and_says_how_sure_that_is() -> None:
    heard = facts([])
    said = [f for f in heard if isinstance(f, Utterance) and f.text]
    assert [one.channel for one in said] == [A, C, A, C]
    assert [one.start for one in said] == pytest.approx([0.25, 4.25, 7.35, 9.85], abs=0.3)
    first, *later = [one.speaker_confidence for one in said]
    assert FIRST_ALONE <= first <= FIRST_ALONE + 0.02, "all but its end before a second was known"
    assert all(isinstance(sure, float) and sure > 0.9 for sure in later[1:])
    warned = [f for f in heard if isinstance(f, AudioWarning)]
    assert [(one.kind, one.active, one.detail) for one in warned] == [
        (ONE_VOICE, True, "one voice so far: not split yet"),
        (ONE_VOICE, False, "two voices are told apart from here on"),
    ]
    assert {f.channel for f in heard if isinstance(f, Loudness)} == set(SIDES)


# --- whose it is, without sound ------------------------------------------------------------------


def vector(angle: float) -> np.ndarray:
    """A voice in that direction, degrees."""
    found = np.zeros(256, np.float32)
    found[:2] = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return found


def seen(first: float, count: int, *angles: float) -> SeenWindows:
    """Windows from ``first`` on, each of which is wholly speech."""
    vectors = np.stack([vector(angles[n % len(angles)]) for n in range(count)])
    middles = first + 0.4 + 0.2 * np.arange(count)
    sounds, falls = np.zeros((count, SOUND)), np.full(count, -4.0)
    return SeenWindows(vectors, middles, np.ones(count), sounds, falls, np.full(count, np.nan))


class Talk:
    """People who speak in turn; a part is seconds and directions, none of them for silence."""

    def __init__(self, delay: float = DELAY) -> None:
        self.turns = LiveTurns(LiveSplitSettings(delay=delay))
        self._at = 0.0

    def go_on(self, *parts: tuple[float, tuple[float, ...]]) -> list[Decision]:
        made: list[Decision] = []
        for seconds, angles in parts:
            for n in range(round(seconds / 0.2)):
                heard = angles and self._at >= 0.6
                one = seen(self._at - 0.6, 1, angles[n % len(angles)]) if heard else NO_WINDOWS
                made += self.turns.push(one, [bool(angles)] * 2)
                self._at += 0.2
        return made


SAME = (0.0, 8.0, -8.0, 4.0)
OTHER = (60.0, 68.0, 52.0, 64.0)


def test_one_person_stays_one_however_long_they_speak() -> None:
    talk = Talk()
    made = talk.go_on(*[(4.0, SAME), (1.0, ())] * 8)
    assert talk.turns.voices is None
    assert {one.speaker for one in made} == {0}
    assert {one.confidence for one in made} == {FIRST_ALONE}


def test_two_words_of_somebody_quite_unlike_the_first_are_not_the_firsts() -> None:
    talk = Talk()
    made = talk.go_on((3.4, SAME), (0.6, ()), (0.6, OTHER), (2.4, ()))
    assert {one.speaker for one in made[:34]} == {0}
    assert {one.speaker for one in made[42:46]} == {1}


def test_somebody_a_little_unlike_the_first_is_waited_for() -> None:
    talk = Talk()
    alike = tuple(angle - 20.0 for angle in OTHER)
    talk.go_on((3.4, SAME), (0.6, ()), (0.6, alike), (2.4, ()))
    assert talk.turns.voices is None


def test_what_is_judged_otherwise_later_is_told_once_and_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_turns, "SECOND_SPEAKS", 12.0)
    monkeypatch.setattr(live_turns, "SECOND_SPEAKS_CLEARLY", 12.0)
    talk = Talk(delay=0.6)
    early = talk.go_on((3.0, SAME), (0.4, ()), (1.6, OTHER), (0.4, ()))
    assert {one.speaker for one in early} == {0}, "too little of the second voice is known"
    talk.go_on((2.0, OTHER), (1.0, ()), (2.0, SAME))
    before = list(talk.turns.decided)
    (told,) = talk.turns.rejudged()
    assert told.speaker == 1
    assert (told.start, told.end) == pytest.approx((3.4, 5.4), abs=0.6)
    assert talk.turns.decided == before
    talk.go_on((12.0, SAME))
    assert talk.turns.rejudged() == [], "once"


def test_two_that_turn_out_to_be_one_are_one_again() -> None:
    talk = Talk()
    talk.go_on((3.0, (0.0,)), (1.0, ()), (2.0, (40.0,)))
    assert talk.turns.voices is not None
    talk.go_on(*[(3.0, (10.0, 15.0, 20.0, 25.0, 30.0)), (0.4, ())] * 12)
    assert talk.turns.voices is None
