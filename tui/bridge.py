"""The only crossing from the driver's threads to the screen.

The driver calls a ``Bridge`` from any thread, as often as it likes. Each call only puts what came
into a mailbox and, if nobody has knocked yet, posts one ``Knock``; the app empties the mailbox on
its own loop. So a thousand snapshots cost one message, the newest wins, and
nothing a driver does can make the screen lag behind.

Three things are never lost or delayed: a card (each is handed over once, even if it left again
before the screen was drawn), a change the agent waits for (an answered card, a pause, trouble),
and the end of the call. They knock urgently; everything else is paced to ten times a second.

A call never waits for the screen: a driver that is being stopped by the screen's thread can
still make it without a deadlock. After ``close`` it does nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec
from textual.message import Message

from coach.driver import FrontEnd, Position, Progress
from coach.snapshot import Card, Snapshot

from .messages import Knock

INTERVAL = 0.1
"""Seconds between two ordinary snapshots: ten a second read as immediate and leave the loop
free for keys."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """The call is over; ``error`` is what ended it, if anything did."""

    error: Exception | None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What the mailbox held: the newest of each kind, and every card first seen since."""

    snapshot: Snapshot | None = None
    cards: tuple[Card, ...] = ()
    """Oldest first; each card appears in exactly one delivery."""
    progress: Progress | None = None
    position: Position | None = None
    ending: Ending | None = None


def _cannot_wait(snapshot: Snapshot) -> tuple[object, ...]:
    """The part of a snapshot whose change is shown at once."""
    card = snapshot.card
    return (
        None if card is None else (card.card, card.wording, card.severity),
        snapshot.started,
        snapshot.ended,
        snapshot.paused,
        snapshot.calm_mode,
        snapshot.snoozed_until,
        tuple(trouble.component for trouble in snapshot.trouble),
    )


class Bridge:
    """Mailbox between the driver's threads and the app's loop.

    ``post`` must be safe from any thread, as ``App.post_message`` is.
    """

    def __init__(self, post: Callable[[Message], bool]) -> None:
        self._post = post
        self._lock = threading.Lock()
        self._closed = False
        self._knocked: bool | None = None  # None: nobody waits; else whether it was urgent
        self._snapshot: Snapshot | None = None
        self._cards: list[Card] = []
        self._handed_over: set[str] = set()
        self._last_at = 0.0
        self._last_pressing: tuple[object, ...] | None = None
        self._progress: Progress | None = None
        self._position: Position | None = None
        self._ending: Ending | None = None

    def front_end(self) -> FrontEnd:
        """The callbacks to give to a driver."""
        return FrontEnd(
            snapshot=self._on_snapshot,
            progress=self._on_progress,
            position=self._on_position,
            finished=self._on_finished,
        )

    def collect(self) -> Delivery:
        """Empty the mailbox; the next thing put in knocks again. For the app's loop."""
        with self._lock:
            delivery = Delivery(
                snapshot=self._snapshot,
                cards=tuple(self._cards),
                progress=self._progress,
                position=self._position,
                ending=self._ending,
            )
            self._snapshot = self._progress = self._position = self._ending = None
            self._cards = []
            self._knocked = None
        return delivery

    def close(self) -> None:
        """Take nothing more; once this returns, no message is posted."""
        with self._lock:
            self._closed = True

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        pressing = _cannot_wait(snapshot)
        with self._lock:
            if snapshot.at < self._last_at:
                self._handed_over.clear()  # a replay went back: its cards come again
            self._last_at = snapshot.at
            card = snapshot.card
            if card is not None and card.card not in self._handed_over:
                self._handed_over.add(card.card)
                self._cards.append(card)
            self._snapshot = snapshot
            urgent = pressing != self._last_pressing
            self._last_pressing = pressing
            self._knock(urgent=urgent)

    def _on_progress(self, progress: Progress) -> None:
        with self._lock:
            self._progress = progress
            self._knock(urgent=progress.done == 1)

    def _on_position(self, position: Position) -> None:
        with self._lock:
            self._position = position
            self._knock(urgent=False)

    def _on_finished(self, error: Exception | None) -> None:
        with self._lock:
            self._ending = Ending(error=error)
            self._knock(urgent=True)

    def _knock(self, *, urgent: bool) -> None:
        """Post one message unless an equally urgent one is on its way. Holds the lock."""
        if self._closed or self._knocked or self._knocked is urgent:
            return
        try:
            if self._post(Knock(urgent=urgent)):
                self._knocked = urgent
        except RuntimeError:
            # The loop has gone under us: the app is closing and there is nobody to tell.
            self._closed = True


class DeliveryPace:
    """Decides when the next ordinary delivery is due; the clock is the caller's."""

    def __init__(self, interval: float = INTERVAL) -> None:
        self._interval = interval
        self._last: float | None = None

    def wait(self, now: float) -> float:
        """Seconds until a delivery is due; 0 if it is."""
        if self._last is None:
            return 0.0
        return max(0.0, self._last + self._interval - now)

    def delivered(self, now: float) -> None:
        """A delivery was made."""
        self._last = now
