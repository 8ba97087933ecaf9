"""Long work on the command line: says what is being done, and how much of it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


class ProgressLine:
    """Shows long work on standard error: a bar on a terminal, single lines elsewhere."""

    def __init__(self) -> None:
        self._last = ""
        self._bar = sys.stderr.isatty()

    def __call__(self, label: str, done: float | None) -> None:
        """Tell how far the work has come."""
        share = "" if done is None else f" {done:4.0%}"
        if self._bar:
            filled = "" if done is None else "█" * round(done * 24) + "░" * (24 - round(done * 24))
            end = "\n" if done == 1 else ""
            print(f"\r\x1b[K{label} {filled}{share}", end=end, file=sys.stderr, flush=True)
        elif label != self._last:
            print(f"{label} ...", file=sys.stderr)
        self._last = label


class WorkPace:
    """How fast work goes on, and how long it will take: from the time since it began."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._done = 0

    def told(self, done: int, of: int, what: str) -> str:
        """``: 40 of 200 calls, 8 a second, 20 s left``; how fast is not told of the first ones.

        What is first told of is where the counting begins: what went before it was getting ready.
        """
        now = self._clock()
        if self._began is None:
            self._began, self._done = now, done
        counts = f": {done:,} of {of:,} {what}"
        spent, more = now - self._began, done - self._done
        if spent <= 0.0 or not more or done >= of:
            return counts
        rate = more / spent
        sizes = ((1, "second"), (60, "minute"), (3600, "hour"))
        length, unit = next((one for one in sizes if rate * one[0] >= 1), sizes[-1])
        speed = f"{rate * length:.0f} {'an' if unit == 'hour' else 'a'} {unit}"
        return f"{counts}, {speed}, {to_wait((of - done) / rate)} left"


def to_wait(seconds: float) -> str:
    """A time to wait, no finer than anybody needs it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
