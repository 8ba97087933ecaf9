"""Ctrl+C as a request: work in hand is finished, so that a call is left whole and ended.

An exception out of nowhere could fall between an event and its line in the journal. The second
Ctrl+C is the usual one, and so is the first where what is in hand may be given up.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Self


class Interrupt:
    """While it is entered, the first Ctrl+C only sets ``asked``."""

    def __init__(self) -> None:
        self.asked = False
        self._before: object = None
        self._giving_up = False

    def __enter__(self) -> Self:
        """Take over the signal; outside the main thread nothing can, and nothing is sent."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_error: object) -> None:
        """Give the signal back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]

    @contextlib.contextmanager
    def giving_up(self) -> Iterator[None]:
        """While it is entered, what is in hand may be given up: KeyboardInterrupt at once."""
        self._giving_up = True
        try:
            if self.asked:
                raise KeyboardInterrupt
            yield
        finally:
            self._giving_up = False

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self.asked or self._giving_up:
            self.asked = True
            raise KeyboardInterrupt
        self.asked = True
