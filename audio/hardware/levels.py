"""How loud each of several sources is right now; for choosing between them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from audio.samples.chunks import Samples
from coach.errors import CoachError

from . import portaudio
from .devices import SoundSource

FLOOR_DBFS = -60.0
"""Where a level bar begins: line noise and open microphones lie about there."""

FIRST_BLOCK = 4.0
"""Seconds to wait for a source's first sound: an idle sound server holds back two."""


class SourceLevel(NamedTuple):
    """One source's level."""

    dbfs: float | None
    """Of the last fifth of a second; None before any sound."""
    trouble: str = ""
    """Why it cannot be opened; empty where it can."""


class Levels:
    """Opens the sources for as long as the ``with`` block lasts."""

    def __init__(self, sources: Sequence[SoundSource]) -> None:
        self._sources = tuple(sources)
        self._streams: list[portaudio.InputStream] = []
        self._trouble: dict[str, str] = {}
        self._changed = threading.Condition()
        self._heard: dict[str, float] = {}  # seconds
        self._power: dict[str, float] = {}

    def __enter__(self) -> Self:
        for source in self._sources:
            try:
                stream = portaudio.InputStream(
                    source.device,
                    "" if source.pulse else source.host,
                    source.pulse,
                    self._deliver(source.name),
                )
            except CoachError as error:
                self._trouble[source.name] = str(error)
            else:
                self._streams.append(stream)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in self._streams:
            stream.close()

    def listen(self, seconds: float) -> None:
        """Wait until so much of every source has been heard, or one gives nothing."""
        open_ones = [s.name for s in self._sources if s.name not in self._trouble]
        with self._changed:
            self._changed.wait_for(
                lambda: all(self._heard.get(name, 0.0) >= seconds for name in open_ones),
                timeout=FIRST_BLOCK + seconds,
            )

    def read(self) -> dict[str, SourceLevel]:
        """Every source's level, by its name."""
        with self._changed:
            return {source.name: self._level(source.name) for source in self._sources}

    def _level(self, name: str) -> SourceLevel:
        if name in self._trouble:
            return SourceLevel(None, self._trouble[name])
        power = self._power.get(name)
        return SourceLevel(None if power is None else 10 * float(np.log10(power + 1e-10)))

    def _deliver(self, name: str) -> portaudio.Deliver:
        def deliver(samples: Samples, rate: int, _delay: float) -> None:
            power = float(np.dot(samples, samples)) / max(1, len(samples))
            with self._changed:
                # A mean over some ten blocks: a bar that flickers cannot be read.
                before = self._power.get(name, power)
                self._power[name] = 0.9 * before + 0.1 * power
                self._heard[name] = self._heard.get(name, 0.0) + len(samples) / rate
                self._changed.notify_all()

        return deliver
