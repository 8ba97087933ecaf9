"""Words and pairs of words as signs of the trained cues, beside what the encoder makes of a clause.

The encoder generalises, and takes now and then for a cue what merely sounds like one in general;
words do not generalise, and are mistaken elsewhere. Both together tell more than either: a clause
scores high where both say so. A cue's words are a linear model over the words of a clause and
their pairs, without word endings, in buckets (feature hashing, Weinberger et al. 2009).
"""

from __future__ import annotations

import itertools
import math
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

BUCKETS = 1 << 14
_WORD = re.compile(r"[a-z0-9']+")
_ENDINGS = ("ing", "ed", "es", "s")
_SHORTEST_STEM = 3


class WordSigns(NamedTuple):
    """What each bucket of words says for or against each cue."""

    weights: npt.NDArray[np.int8]
    """Buckets by columns of the trained scores."""
    scales: npt.NDArray[np.float32]
    """By cue: what a weight of 1 is worth."""
    bias: npt.NDArray[np.float32]
    """By cue: what a clause without any sign has."""

    def scores(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Texts by cues, in natural logarithms of odds."""
        found = np.zeros((len(texts), len(self.bias)), np.float32)
        for row, text in enumerate(texts):
            found[row] = self._of(text)
        return found

    def widened(self, cues: int) -> WordSigns:
        """The same for so many cues: those behind the ones that are known have no signs."""
        more = cues - len(self.bias)
        return WordSigns(
            np.pad(self.weights, ((0, 0), (0, more))),
            np.pad(self.scales, (0, more)),
            np.pad(self.bias, (0, more)),
        )

    def weighed(self, much: npt.NDArray[np.float32]) -> WordSigns:
        """The same, each cue's signs worth so many times as much."""
        return self._replace(scales=self.scales * much, bias=self.bias * much)

    def _of(self, text: str) -> npt.NDArray[np.float32]:
        buckets = buckets_of(text)
        counts = np.array(list(buckets.values()), np.int32)
        total = counts @ self.weights[list(buckets)].astype(np.int32)
        share = (total / length_of(buckets)).astype(np.float32)
        score: npt.NDArray[np.float32] = self.bias + self.scales * share
        return score


def length_of(buckets: Counter[int]) -> float:
    """Euclidean length of a text's counts, by which they are divided; 1 without any."""
    return math.sqrt(sum(count * count for count in buckets.values()) or 1)


def buckets_of(text: str) -> Counter[int]:
    """How often each bucket is met in a text."""
    words = [
        _stem(word)
        for word in _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    ]
    pairs = [f"{one} {other}" for one, other in itertools.pairwise(words)]
    return Counter(zlib.crc32(sign.encode()) % BUCKETS for sign in (*words, *pairs))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def opened_signs(file: Path) -> WordSigns:
    """The signs in a file that ``save_signs`` wrote."""
    with np.load(file) as held:
        weights = np.zeros((BUCKETS, len(held["bias"])), np.int8)
        weights[np.unpackbits(held["said"]).reshape(weights.shape) != 0] = held["weights"]
        return WordSigns(weights, held["scales"], held["bias"])


def save_signs(file: Path, signs: WordSigns) -> None:
    """Write the signs; the same signs give the same bytes."""
    said = signs.weights != 0
    np.savez_compressed(
        file,
        said=np.packbits(said), weights=signs.weights[said], scales=signs.scales, bias=signs.bias,
    )  # fmt: skip
