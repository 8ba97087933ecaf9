"""Long work on the command line: says what is being done, and how much of it is."""

from __future__ import annotations

import sys


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
