"""What `coach import` says while it goes on: how far it is, how fast, and how long it will take."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.events.lengths import lasting
from coach.notes.wording import count_of
from coach.startup.progress import to_wait

if TYPE_CHECKING:
    from coach.calls.importers.batch import Imported
    from coach.calls.importers.in_hand import FileInHand, InHand

BAR_S = 0.5
"""Seconds between two looks at the progress on a terminal; elsewhere each is a line..."""
FIRST_S, EVERY_S, SELDOM_S = 2.0, 5.0, 30.0
"""...the first after so many seconds, then one each ``EVERY_S``..."""
OFTEN_S = 60.0
"""...until so many have gone by, and then one each ``SELDOM_S``."""
FIRST = 8
"""Files after which the time that is left is told."""
LONG_CALL = 120.0
"""Seconds of a call from which on it is told how far it is..."""
LARGE = 200_000
"""...in a file of so many bytes at least..."""
MOST_IN_HAND = 2
"""...of so many calls at most."""
SLOWEST = 0.05
"""Files a second below which their pace tells nothing."""


class ImportProgress:
    """Says how far it is, how fast it goes and how long it will take.

    A thread of its own says it: one file may take an hour, and nothing of it is done until it ends.
    """

    def __init__(self, in_hand: InHand) -> None:
        self._begun = time.monotonic()
        self._bar = sys.stderr.isatty()
        self._in_hand = in_hand
        self._imported: Imported | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="import progress", daemon=True)

    @property
    def seconds(self) -> float:
        """Since the import began."""
        return time.monotonic() - self._begun

    def begin(self, imported: Imported) -> None:
        """Begin to tell, of an import that goes on."""
        self._imported = imported
        self._thread.start()

    def end(self) -> None:
        """Tell no more, and leave the line."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._bar:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _run(self) -> None:
        wait = BAR_S if self._bar else FIRST_S
        while not self._over.wait(wait):
            if self._imported is not None:
                line = progress_line(self._imported, list(self._in_hand.files()), self.seconds)
                if self._bar:
                    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
                else:
                    print(line, file=sys.stderr, flush=True)
                    wait = EVERY_S if self.seconds < OFTEN_S else SELDOM_S


def progress_line(imported: Imported, hand: Sequence[FileInHand], seconds: float) -> str:
    """How far an import has come in so many seconds, how fast it is and how long it will take."""
    files, sizes = list(imported.sizes), list(imported.sizes.values())
    worked = sum(sizes[one.number] * one.share for one in hand)
    heard = imported.seconds + sum(one.heard for one in hand)
    ended = imported.calls + len(imported.failed)
    parts = [f"{imported.done} of {count_of(imported.of, 'file')}"]
    if ended and ended / seconds >= SLOWEST:
        parts.append(f"{ended / seconds:.1f} a second")
    long = [
        one
        for one in hand
        if (one.seconds or LONG_CALL) >= LONG_CALL and sizes[one.number] >= LARGE
    ]
    parts += [f"{files[one.number].name}: {how_far(one)}" for one in long[:MOST_IN_HAND]]
    if heard:
        parts.append(f"{lasting(heard)} of calls, {_times(heard / seconds)} as fast as spoken")
    if worked or ended >= FIRST:  # the first of them wait for what each process reads once
        speed = (imported.brought + worked) / seconds
        left = sum(sizes) - imported.settled - worked
        parts.append(f"{to_wait(left / speed)} left")
    return ", ".join(parts)


def _times(rate: float) -> str:
    return f"{rate:.0f} times" if rate >= 10.0 else f"{rate:.1f} times"


def how_far(one: FileInHand) -> str:
    """How much of a file in hand is done, in words."""
    if one.heard:
        return f"{lasting(one.heard)} of {lasting(one.seconds)} heard"
    if one.seconds:
        return f"{lasting(one.seconds)} to be heard"
    return f"{one.looked:.0%} looked through" if one.looked else "opening"
