"""Two people parted by their voices and by how their sound arrives, on made-up windows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from audio.samples.chunks import SAMPLE_RATE
from audio.voices import live_turns
from audio.voices.fingerprint import SEEN, STEP, VoiceEncoder, spectra_of
from audio.voices.live_turns import LiveSplitSettings, LiveTurns
from audio.voices.third_voice import may_be_in_a_room
from audio.voices.trace import NO_WINDOWS, SOUND, SeenWindows, falls_of, joined, sounds_of
from audio.voices.turns import CELL
from audio.voices.two_views import (
    LEAST,
    MOST,
    _main_directions,
    likeness_of,
    part,
    thinned,
)
from audio.voices.two_voices import Voices, steadied, tell_apart

NEAR = np.zeros(SOUND)
"""How somebody at the desk arrives..."""

FAR = np.array([-8.0, -9.0, 3.0, 3.0, 0.0, 1.0, 1.0, 2.0, -1.0])
"""...and the other end out of a loudspeaker."""

SHOUTING = np.concatenate([[12.0], np.linspace(-12.0, 12.0, SOUND - 1)])
"""What it adds to speak up."""


def windows(
    *turns: tuple[float, int, np.ndarray],
    alike: float = 0.3,
    seed: int = 1,
    first: float = 0.4,
    spread: float = 1.0,
) -> SeenWindows:
    """People who speak by turns: seconds, who, and how it arrives; a second of pause after each.

    ``alike``: angle between the two voices in radians, beside which the sounds of speech vary by
    about 0.6 within a turn. ``spread``: of the sounds, in units of what is usual.
    """
    random = np.random.default_rng(seed)
    vectors, middles, sounds, at = [], [], [], first
    for seconds, who, arrives in turns:
        count = round(seconds / 0.2)
        for n in range(count):
            vector = np.zeros(256)
            vector[:2] = np.cos(who * alike), np.sin(who * alike)
            vectors.append(vector)
            middles.append(at + 0.2 * n)
            sounds.append(arrives)
        at += seconds + 1.0
    kinds = np.repeat(random.normal(size=(len(vectors) // 2 + 1, 256)), 2, axis=0)[: len(vectors)]
    kinds[:, 20:] *= 0.1
    made = np.array(vectors) + 0.12 * spread * kinds
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    varied = np.array(sounds) + 2.5 * spread * random.normal(size=(len(vectors), SOUND))
    ones = np.ones(len(vectors))
    return SeenWindows(
        made.astype(np.float32), np.array(middles), ones, varied, -4.0 * ones, np.nan * ones
    )


def two(found: Voices | None) -> bool:
    return found is not None and found.parting is not None and found.parting.two


TALK = [(2.4, 0), (1.6, 1), (2.0, 0), (2.4, 1), (1.6, 0), (2.0, 1), (2.4, 0), (1.6, 1)]


def test_voices_that_are_too_much_alike_are_parted_by_how_they_arrive() -> None:
    seen = windows(*[(s, who, FAR if who else NEAR) for s, who in TALK])
    alone = tell_apart(steadied(seen.vectors, seen.middles), seen.shares)
    assert alone is None or alone.one_person
    found = part(seen)
    assert two(found)
    assert found is not None
    assert not found.one_person
    who = np.repeat([who for _, who in TALK], [round(s / 0.2) for s, _ in TALK])
    assert np.mean((likeness_of(seen, found) > 0) == (who == 1)) > 0.95
    turned = likeness_of(seen, found.turned())
    assert turned == pytest.approx(-likeness_of(seen, found))


@pytest.mark.parametrize("seed", range(6))
def test_one_person_who_arrives_in_one_way_stays_one(seed: int) -> None:
    assert not two(part(windows(*[(s, 0, NEAR) for s, _ in TALK], seed=seed)))


@pytest.mark.parametrize("seed", range(6))
def test_whoever_gets_angry_stays_one(seed: int) -> None:
    louder = NEAR + SHOUTING
    begins = [NEAR] * 4 + [louder] * 4
    calms = [NEAR] * 3 + [louder] * 3 + [NEAR] * 2
    for way in (begins, calms):
        turns = [(s, 0, arrives) for (s, _), arrives in zip(TALK, way, strict=True)]
        assert not two(part(windows(*turns, seed=seed)))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("loud", [6.0, 10.0])
def test_mere_loudness_by_turns_is_nobody_else(seed: int, loud: float) -> None:
    quiet, raised = NEAR.copy(), NEAR.copy()
    raised[0] = loud
    turns = [(s, 0, raised if other else quiet) for s, other in TALK]
    assert not two(part(windows(*turns, seed=seed)))


def test_few_windows_tell_nothing() -> None:
    assert part(NO_WINDOWS) is None
    assert part(windows((0.2 * (LEAST - 1), 0, NEAR))) is None


@given(st.integers(0, 2000))
def test_what_is_learnt_from_is_no_more_than_the_most_in_order(count: int) -> None:
    middles = 0.2 * np.arange(count)
    seen = SeenWindows(
        np.zeros((count, 256), np.float32),
        middles,
        np.ones(count),
        np.zeros((count, SOUND)),
        np.zeros(count),
        np.zeros(count),
    )
    kept = thinned(seen)
    assert len(kept.shares) <= MOST + 10
    assert len(kept.shares) >= min(count, MOST // 2)
    assert bool(np.all(np.diff(kept.middles) > 0))


def test_how_a_window_arrives_is_its_level_and_its_shape() -> None:
    noise = np.random.default_rng(3).normal(size=SAMPLE_RATE * 2).astype(np.float32) * 0.1
    spectra, starts = spectra_of(noise), np.arange(0, 100, STEP)
    found = sounds_of(spectra, starts)
    assert found.shape == (len(starts), SOUND)
    fainter = sounds_of(spectra_of(noise * 0.1), starts)
    assert found[:, 0] - fainter[:, 0] == pytest.approx(20.0, abs=0.1)
    assert found[:, 1:] == pytest.approx(fainter[:, 1:], abs=0.1)
    assert found[:, 1:].mean(axis=1) == pytest.approx(0.0, abs=1e-6)
    silence = sounds_of(np.zeros((SEEN, 40), np.float32), np.zeros(1, np.int64))
    assert np.isfinite(silence).all()


@pytest.mark.parametrize("reverberation", [0.3, 0.9])
def test_in_a_room_sound_falls_slowly(reverberation: float) -> None:
    """Syllables of noise, as they are and through a room whose sound takes so long to die away."""
    rng = np.random.default_rng(3)
    loud = np.repeat(rng.uniform(size=60) < 0.5, SAMPLE_RATE // 10)
    dry = rng.normal(size=len(loud)) * loud * 0.1
    size = round(reverberation * SAMPLE_RATE)
    tail = rng.normal(size=size) * 10.0 ** (-3.0 * np.arange(size) / size) * 0.09
    tail[0] = 1.0
    whole = 1 << (len(dry) + size).bit_length()
    roomy = np.fft.irfft(np.fft.rfft(dry, whole) * np.fft.rfft(tail, whole))[: len(dry)]
    starts = np.arange(0, 500, STEP)
    near, far = (
        falls_of(spectra_of(sound.astype(np.float32)), starts).mean() for sound in (dry, roomy)
    )
    assert near < far - 1.0
    assert may_be_in_a_room(float(near), float(far))
    assert may_be_in_a_room(float(far), float(near))
    assert not may_be_in_a_room(float(near), float(near))
    assert not may_be_in_a_room(float(far), float(far))


@pytest.mark.parametrize(("count", "figures"), [(40, 60), (60, 40), (60, 60)])
def test_the_main_directions_span_what_singular_vectors_span(count: int, figures: int) -> None:
    rng = np.random.default_rng(count)
    spread = np.concatenate([np.linspace(9.0, 4.0, 8), np.ones(figures - 8)])
    points = rng.normal(size=(count, figures)) * spread
    points -= points.mean(axis=0)
    found = _main_directions(points, 8)
    wanted = np.linalg.svd(points, full_matrices=False)[2][:8]
    assert found.T @ found == pytest.approx(wanted.T @ wanted, abs=1e-9)
    assert found @ found.T == pytest.approx(np.eye(8), abs=1e-9)


def test_main_directions_of_few_different_points_are_directions_too() -> None:
    points = np.repeat(np.random.default_rng(1).normal(size=(3, 90)), 20, axis=0)
    points -= points.mean(axis=0)
    found = _main_directions(points, 8)
    assert found @ found.T == pytest.approx(np.eye(8), abs=1e-9)
    assert points @ found.T @ found == pytest.approx(points, abs=1e-9)


def test_how_sound_falls_does_not_hang_on_its_level() -> None:
    noise = np.random.default_rng(3).normal(size=SAMPLE_RATE * 2).astype(np.float32) * 0.1
    starts = np.arange(0, 100, STEP)
    found = falls_of(spectra_of(noise), starts)
    assert found.shape == (len(starts),)
    assert found == pytest.approx(falls_of(spectra_of(noise * 0.1), starts), abs=0.05)
    assert falls_of(spectra_of(noise), starts[:0]).shape == (0,)
    assert np.isfinite(falls_of(np.zeros((SEEN, 40), np.float32), np.zeros(1, np.int64))).all()


def test_as_it_goes_two_who_sound_alike_are_told_by_how_they_arrive() -> None:
    turns = [(s, who, FAR if who else NEAR) for s, who in TALK * 2]
    seen = windows(*turns)
    live = LiveTurns(LiveSplitSettings())
    end = float(seen.middles[-1]) + 1.0
    for step in range(round(end / 0.2)):
        low, high = 0.2 * step - 0.4, 0.2 * step - 0.2
        now = seen.where((seen.middles > low) & (seen.middles <= high))
        cells = CELL * (2 * step + np.arange(2) + 0.5)
        spoken = [bool(np.min(np.abs(seen.middles - at)) <= 0.11) for at in cells]
        live.push(now, spoken)
    live.finish()
    assert live.voices is not None
    assert live.voices.parting is not None
    later = [
        (live.decided[int(at / CELL)].speaker, who)
        for at, who in zip(
            seen.middles,
            np.repeat([w for _, w, _ in turns], [round(s / 0.2) for s, _, _ in turns]),
            strict=True,
        )
        if at > end * 0.6
    ]
    assert np.mean([speaker == who for speaker, who in later]) > 0.95


@pytest.mark.parametrize(("gain", "two_of_them"), [(4.2, False), (9.0, True)])
def test_as_it_goes_nobody_is_told_by_a_few_nats_however_the_sounds_come_and_go(
    gain: float, two_of_them: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that two explain beyond one may be coming and going, and yet be chance."""

    def by_turns(seen: SeenWindows, before: Voices | None = None) -> Voices | None:
        found = part(seen, before)
        if found is None or found.parting is None:
            return found
        return found._replace(parting=found.parting._replace(gain=gain, returns=gain))

    monkeypatch.setattr(live_turns, "part", by_turns)
    live = LiveTurns(LiveSplitSettings())
    seen = windows((2.4, 0, NEAR), (2.4, 0, NEAR), (2.4, 0, NEAR))
    for n in range(len(seen.shares)):
        live.push(seen.where(slice(n, n + 1)), [True, True])
    assert (live.voices is not None) is two_of_them


def test_windows_keep_how_they_arrive() -> None:
    seen = windows((2.0, 0, FAR))
    assert joined([seen, NO_WINDOWS]).sounds == pytest.approx(seen.sounds)
    assert seen.where(slice(0, 3)).sounds.shape == (3, SOUND)


def test_small_arrays_are_worked_on_by_one_thread() -> None:
    VoiceEncoder()
    assert {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"} == {1}
