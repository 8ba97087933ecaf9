"""Packed vectors as they stand in a journal: in the base 85 of RFC 1924.

They are read all at once: the standard library reads letter by letter, and a backtest reads some
three hundred vectors a call.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_BASE = len(_LETTERS)
_DIGITS = np.full(256, _BASE, np.uint64)
_DIGITS[np.frombuffer(_LETTERS, np.uint8)] = np.arange(_BASE)
_GROUP = 5
"""Letters for four bytes."""
_POWERS = np.array([_BASE**n for n in reversed(range(_GROUP))], np.uint64)


def written(vector: bytes) -> str:
    """A packed vector in letters."""
    return base64.b85encode(vector).decode("ascii")


def read_all(vectors: Sequence[str]) -> npt.NDArray[np.int8]:
    """Packed vectors, a row each. Raises ValueError where one is none, or of another length."""
    size = len(vectors[0])
    if size % _GROUP or any(len(one) != size for one in vectors):
        return np.stack([np.frombuffer(base64.b85decode(one), np.int8) for one in vectors])
    letters = np.frombuffer("".join(vectors).encode("ascii"), np.uint8)
    digits = _DIGITS[letters].reshape(-1, _GROUP)
    numbers = digits @ _POWERS
    if digits.max() >= _BASE or numbers.max() > np.iinfo(np.uint32).max:
        raise ValueError("a kept vector is damaged")
    return np.frombuffer(numbers.astype(">u4").tobytes(), np.int8).reshape(len(vectors), -1)
