"""The last seconds of one channel, addressed by sample of call time."""

from __future__ import annotations

import numpy as np

from .chunks import SAMPLE_RATE, Samples


class Tape:
    """Keeps at least ``keep`` seconds; what is older falls out."""

    def __init__(self, keep: float) -> None:
        self._keep = round(keep * SAMPLE_RATE)
        self._data: Samples = np.zeros(2 * self._keep, np.float32)
        self._used = 0
        self.end = 0
        """Sample after the last one written."""

    @property
    def start(self) -> int:
        """The oldest sample held."""
        return self.end - self._used

    def write(self, start: int, samples: Samples) -> None:
        """Add sound; what is missing before it is silence, what is known already is skipped."""
        if start > self.end:
            self._append(np.zeros(min(start - self.end, self._keep), np.float32))
            self.end = start
        self._append(samples[max(0, self.end - start) :])

    def read(self, start: int, end: int) -> Samples:
        """Sound from ``start`` to ``end``, silence where none is held; a view where it can be."""
        first = self.start
        if first <= start and end <= self.end:
            return self._data[start - first : end - first]
        out = np.zeros(end - start, np.float32)
        low, high = max(start, first), min(end, self.end)
        if low < high:
            out[low - start : high - start] = self._data[low - first : high - first]
        return out

    def _append(self, samples: Samples) -> None:
        samples = samples[-self._keep :]
        if self._used + len(samples) > len(self._data):
            kept = self._keep - len(samples)
            self._data[:kept] = self._data[self._used - kept : self._used]
            self._used = kept
        self._data[self._used : self._used + len(samples)] = samples
        self._used += len(samples)
        self.end += len(samples)
