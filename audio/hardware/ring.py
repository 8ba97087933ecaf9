"""What lies between a sound device's callback and the reader: a queue that never waits.

The callback copies its block in and returns. Where the reader has not come for five seconds,
the oldest sound is dropped and counted, so that what is read is never older than that.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import NamedTuple

from audio.samples.chunks import Samples

KEEP = 5.0
"""Seconds of sound kept for a reader that is late."""


class Block(NamedTuple):
    """What a device gave at once."""

    stream: int
    """Which opening of the device it comes from; they count up from 1."""
    arrived: float
    """Call time at which it reached the program, seconds."""
    samples: Samples
    """Shape (n,), at the device's own rate."""
    rate: int
    """Samples a second."""
    lost: int = 0
    """Samples dropped just before it."""

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate


class Ring:
    """Blocks of one device, oldest first; one writer, one reader."""

    def __init__(self, ready: threading.Condition) -> None:
        """``ready`` is notified, and its lock held, at every change."""
        self._ready = ready
        self._blocks: deque[Block] = deque()
        self._length = 0.0
        self._lost = 0

    def put(self, block: Block) -> None:
        """Take in a block; called by the device's thread."""
        with self._ready:
            self._blocks.append(block)
            self._length += block.seconds
            while self._length > KEEP and len(self._blocks) > 1:
                dropped = self._blocks.popleft()
                self._length -= dropped.seconds
                self._lost += len(dropped.samples)
            self._ready.notify_all()

    def take(self) -> list[Block]:
        """Give everything there is; the lock of ``ready`` must be held."""
        blocks = list(self._blocks)
        if blocks and self._lost:
            blocks[0] = blocks[0]._replace(lost=self._lost)
            self._lost = 0
        self._blocks.clear()
        self._length = 0.0
        return blocks

    def __bool__(self) -> bool:
        """Whether anything can be taken."""
        return bool(self._blocks)
