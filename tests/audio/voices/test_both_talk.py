"""Where both talk on one track the words are unsure, and the line says so."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from audio.voices.both_talk import both_talk, unsure_where_both_talk
from audio.voices.trace import NO_WINDOWS, SOUND, SeenWindows
from audio.voices.two_voices import Voices
from coach.events import Channel, Utterance, Word
from coach.notes.timeline_text import render

FIRST, SECOND = np.eye(256)[:2]
SOMETHING = np.eye(256)[2]
COMMON = np.eye(256)[3]


def voices() -> Voices:
    first, second = ((0.8 * one + 0.6 * COMMON) for one in (FIRST, SECOND))
    return Voices(first, second, float(first @ second), 0.5)


def seen(*whose: str) -> SeenWindows:
    """Windows of 0.2 s: ``a`` and ``b`` alone, ``x`` both, louder and like neither."""
    of = {
        "a": 0.75 * FIRST + 0.6 * COMMON,
        "b": 0.75 * SECOND + 0.6 * COMMON,
        "x": 0.35 * FIRST + 0.35 * SECOND + 0.55 * COMMON,
    }
    rng = np.random.default_rng(3)
    rows = [of[who] + 0.3 * rng.normal(size=256) / 16 for who in whose]
    vectors = np.stack([row / max(float(np.linalg.norm(row)), 0.9) for row in rows])
    middles = 0.4 + 0.2 * np.arange(len(whose))
    sounds = np.zeros((len(whose), SOUND))
    sounds[[who == "x" for who in whose], 0] = 3.0
    return SeenWindows(
        vectors.astype(np.float32),
        middles,
        np.ones(len(whose)),
        sounds,
        np.full(len(whose), -4.0),
        np.full(len(whose), np.nan),
    )


@pytest.mark.parametrize(
    ("whose", "told"),
    [
        ("aaaaabbbbbaaaaa", ()),
        ("aaaaaxxxxbbbbb", ((1.3, 2.3),)),
        ("aaaaaxbbbbb", ()),
        ("", ()),
    ],
)
def test_a_stretch_is_told_that_is_like_neither(
    whose: str, told: tuple[tuple[float, float], ...]
) -> None:
    found = both_talk(seen(*whose) if whose else NO_WINDOWS, voices())
    assert [pytest.approx(one, abs=0.2) for one in told] == list(found)


def sentence(text: str) -> Utterance:
    """Words of half a second each from 60 s on."""
    words = tuple(
        Word(text=word, start=60.0 + 0.5 * n, end=60.5 + 0.5 * n, confidence=0.9)
        for n, word in enumerate(text.split())
    )
    return Utterance(
        at=70.0,
        channel=Channel.CUSTOMER,
        start=60.0,
        end=words[-1].end,
        utterance="C1",
        text=text,
        words=words,
        confidence=0.9,
    )


@pytest.mark.parametrize(
    ("stretches", "sure", "doubtful", "told"),
    [
        ((), (0.9, 0.9, 0.9), False, "i can pay"),
        (((50.0, 60.2),), (0.9, 0.9, 0.9), False, "i can pay"),
        (((61.0, 61.6),), (0.9, 0.9, 0.5), False, "i can pay  [both talk at 1:01; words unsure]"),
        (
            ((60.4, 61.6),),
            (0.9, 0.5, 0.5),
            True,
            "i can pay  [doubtful: both talk here; words unsure]",
        ),
    ],
)
def test_words_are_unsure_where_both_talk(
    stretches: tuple[tuple[float, float], ...],
    sure: tuple[float, ...],
    doubtful: bool,
    told: str,
) -> None:
    said = unsure_where_both_talk(sentence("i can pay"), stretches)
    assert tuple(word.confidence for word in said.words) == sure
    assert (said.confidence, said.doubtful) == (pytest.approx(np.mean(sure)), doubtful)
    assert (render(said) or "").casefold().endswith(told)


def test_another_doubt_stands() -> None:
    doubted = msgspec.structs.replace(sentence("i can pay"), doubtful=True, doubt="guessing")
    said = unsure_where_both_talk(doubted, ((61.0, 61.6),))
    assert (said.doubtful, said.doubt) == (True, "guessing")
