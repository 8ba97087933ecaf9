"""Pieces of several channels of one moment: cut anew, filled up, and by the names they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from audio.samples.chunks import Samples

from .leak import Pair


def exchanged(voices: Sequence[Samples], position: int, swaps: Sequence[int]) -> Sequence[Samples]:
    """The voices of a moment that begins at sample ``position``, each by the name it has there."""
    length = len(voices[0])
    for at in swaps:
        place = min(max(at - position, 0), length)
        if place < length:
            first, second = voices
            voices = (
                np.concatenate([first[:place], second[place:]]),
                np.concatenate([second[:place], first[place:]]),
            )
    return voices


def cut(pairs: Iterable[Pair], size: int) -> Iterator[Pair]:
    """The same sound, ``size`` samples at a time, fewer at the end."""
    first, second = np.empty(0, np.float32), np.empty(0, np.float32)
    for more, also in pairs:
        first, second = np.concatenate([first, more]), np.concatenate([second, also])
        while len(first) >= size:
            yield first[:size], second[:size]
            first, second = first[size:], second[size:]
    if len(first):
        yield first, second


def padded(samples: Samples, length: int) -> Samples:
    """The samples with silence behind them up to ``length`` of them."""
    if len(samples) == length:
        return samples
    return np.concatenate([samples, np.zeros(length - len(samples), np.float32)])
