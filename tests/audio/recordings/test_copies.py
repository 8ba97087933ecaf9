"""One track on two channels of which one fades or is clipped, against two people who leak."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from audio.recordings.relation import WINDOW, Relation
from audio.recordings.survey import Survey, SurveyWindow
from audio.samples.chunks import Samples

RATE = 8000
TURNS = ((0, 4), (9, 12), (18, 23), (24, 25), (31, 36), (42, 44), (46, 50))
"""Seconds in which somebody speaks, the two people by turns."""

LENGTH = 52


def turn(begin: int, end: int, seed: int) -> Samples:
    """Something as peaked as a voice, in syllables, at its own level."""
    random = np.random.default_rng(seed)
    count = (end - begin) * RATE
    noise = np.convolve(random.laplace(size=count), np.hanning(5), "same")
    syllables = 0.2 + np.sin(2 * np.pi * 2 * np.arange(count) / RATE) ** 2
    samples = np.zeros(LENGTH * RATE, np.float32)
    samples[begin * RATE : end * RATE] = 0.008 * random.uniform(0.5, 2) * noise * syllables
    return samples


@functools.cache
def people() -> tuple[Samples, Samples]:
    hiss = np.random.default_rng(9).normal(0, 2e-5, (2, LENGTH * RATE)).astype(np.float32)
    for number, (begin, end) in enumerate(TURNS):
        hiss[number % 2] += turn(begin, end, number)
    return hiss[0], hiss[1]


def both() -> Samples:
    agent, customer = people()
    return agent + customer


def db(level: float) -> np.float32:
    return np.float32(10 ** (level / 20))


def kept(samples: Samples) -> Samples:
    """As 16 bits keep it."""
    return np.round(np.clip(samples, -1, 32767 / 32768) * 32768).astype(np.float32) / 32768


def relation(one: Samples, two: Samples) -> Relation:
    survey = Survey(2)
    size = round(WINDOW * RATE)
    for at in range(0, LENGTH * RATE, size):
        survey.push([SurveyWindow(RATE, kept(row)[at : at + size]) for row in (one, two)])
    return survey.relation(0, 1)


def fading(by: float) -> Samples:
    return (10 ** np.linspace(0, by / 20, LENGTH * RATE)).astype(np.float32)


@pytest.mark.parametrize("by", [-6.0, -20.0])
def test_a_copy_that_fades_is_one_through_pauses_too(by: float) -> None:
    one = both()
    assert relation(one, one * fading(by)).copied
    assert relation(one * fading(by), one).copied


@pytest.mark.parametrize("by", [20.0, 30.0, 36.0])
def test_a_copy_that_is_clipped_is_one_and_its_level_is_told(by: float) -> None:
    one = both()
    found = relation(one, one * db(by))
    assert found.copied
    assert found.gain == pytest.approx(by, abs=1.0)
    assert relation(-one * db(by), one).turned


def test_a_faint_copy_in_noise_of_its_own_is_one() -> None:
    one = both()
    noise = np.random.default_rng(4).normal(0, 5e-5, len(one)).astype(np.float32)
    assert relation(one, one * db(-30) + noise).copied


def test_a_copy_may_fade_and_be_clipped() -> None:
    one = both()
    assert relation(one, one * db(26) * fading(-12)).copied


@pytest.mark.parametrize("leak", [-3.5, -8.0, -20.0])
@pytest.mark.parametrize("louder", [0.0, 30.0])
def test_two_people_who_leak_are_no_copy(leak: float, louder: float) -> None:
    agent, customer = people()
    first, second = agent + db(leak) * customer, (customer + db(leak) * agent) * db(louder)
    assert not relation(first, second).copied
    assert not relation(first * db(louder), customer).copied
    assert not relation(first, second * fading(-20)).copied


def test_one_who_says_little_beside_a_clipped_channel_is_somebody() -> None:
    agent, customer = people()
    assert not relation(agent + db(-5) * customer, customer * db(36)).copied
