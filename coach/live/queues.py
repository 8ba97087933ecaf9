"""The queues between the threads of a live session: each is bounded, and says what it gives up.

``QUEUES`` is the whole policy. Words are never given up in silence: drafts and levels are
replaced by newer ones anyway, so they go first; a lost final or key is told as trouble. Most are
a ``BoundedQueue``; the device ring (``audio.hardware.ring``), the utterances that wait for their
final (``audio.listening.scheduler``), the outbox (``coach.notes.floor.outbox``) and the screen
(``tui.bridge``) keep their bounds themselves.
"""

from __future__ import annotations

import enum
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from coach.driver import MOST_KEYS

T = TypeVar("T")


class WhenFull(enum.Enum):
    """What gives way in a full queue."""

    DROP_OLDEST = "the oldest is dropped"
    THIN = "the oldest that a newer one replaces is dropped; with none of that kind, the newest"
    REFUSE = "the newest is refused"
    AS_KNOWN = "the oldest is stated with the words that are known of it, the rest as lost"
    NEWEST_WINS = "only the newest is kept"
    NEWEST_EACH = "a newer message replaces the older of its topic; a further topic is refused"


class Bound(NamedTuple):
    """One queue's bound."""

    size: int
    when_full: WhenFull
    told: str
    """How it becomes known."""


QUEUES: dict[str, Bound] = {
    "device ring": Bound(5, WhenFull.DROP_OLDEST, "AudioGap for the lost sound; size in seconds"),
    "device news": Bound(
        64, WhenFull.DROP_OLDEST, "nothing: the newest of each device is among them"
    ),
    "keys": Bound(MOST_KEYS, WhenFull.REFUSE, "Degraded(keys)"),
    "finals": Bound(
        180,
        WhenFull.AS_KNOWN,
        "AudioGap for the lost words, Degraded(transcription); size in seconds of sound",
    ),
    "decode requests": Bound(16, WhenFull.THIN, "Degraded(transcription) for a lost final"),
    "decode results": Bound(16, WhenFull.REFUSE, "Degraded(transcription)"),
    "session inbox": Bound(4096, WhenFull.THIN, "Degraded(session) for a lost fact"),
    "floor outbox": Bound(
        128, WhenFull.NEWEST_EACH, "Degraded(floor); the status and 127 open alarms at most"
    ),
    "screen": Bound(1, WhenFull.NEWEST_WINS, "nothing: a card is handed over whatever happens"),
}
"""Every queue between the threads of a live session, and its ends. A replay has the keys alone
(``coach.replay.driver``), and what is pressed before either is there waits likewise
(``coach.startup.deferred``)."""

DESK_QUEUES: dict[str, Bound] = {
    "floor acknowledgements": Bound(
        1024, WhenFull.NEWEST_EACH, "a line on the supervisor's screen: the alarm stays open"
    ),
}
"""Every queue of a supervisor's desk."""


class BoundedQueue(Generic[T]):
    """A queue between threads that holds at most so many items.

    ``replaceable`` tells which items newer ones replace (drafts, levels); in a full queue they
    make room. ``lost`` is called, on the thread that puts, for each item that was given up
    though nothing replaces it.
    """

    def __init__(
        self,
        bound: Bound,
        *,
        replaceable: Callable[[T], bool] = lambda _item: False,
        lost: Callable[[T], None] = lambda _item: None,
    ) -> None:
        self._bound = bound
        self._replaceable = replaceable
        self._lost = lost
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: T) -> bool:
        """Add an item; returns whether it is in the queue. Never blocks."""
        with self._changed:
            full = len(self._items) >= self._bound.size
            kept = not full or self._make_room()
            if kept:
                self._items.append(item)
                self._changed.notify()
        if not kept and not self._replaceable(item):
            self._lost(item)
        return kept

    def get(self, timeout: float | None = None) -> T | None:
        """The oldest item; None after ``timeout`` seconds, or once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout)
            return self._items.popleft() if self._items else None

    def close(self) -> None:
        """Nobody waits any more: ``get`` gives what is left, then None."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether it has been closed."""
        return self._closed

    def __len__(self) -> int:
        return len(self._items)

    def _make_room(self) -> bool:
        if self._bound.when_full is not WhenFull.THIN:
            return False
        for index, item in enumerate(self._items):
            if self._replaceable(item):
                del self._items[index]
                return True
        return False
