"""The unit of sound inside the program: a block of one channel at 16 kHz."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coach.events import Channel

SAMPLE_RATE = 16_000
"""Samples per second everywhere inside the program; Whisper and the VAD were trained on it."""

Samples = npt.NDArray[np.float32]
"""Mono audio, shape (n,), full scale is -1 to 1."""


class Chunk(NamedTuple):
    """A piece of one channel's sound; consecutive chunks of a channel join without a gap."""

    channel: Channel
    start: float
    """Call time of the first sample, seconds."""
    samples: Samples

    @property
    def end(self) -> float:
        """Call time just after the last sample, seconds."""
        return self.start + len(self.samples) / SAMPLE_RATE
