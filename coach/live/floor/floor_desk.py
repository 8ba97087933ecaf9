"""A supervisor's desk: a thread that listens to the floor, and says what was acknowledged.

The broker drops what a slow listener cannot take, so every half minute the desk asks once more for
all that is kept: what it missed it then learns.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec

from coach.live.floor.connection import Connect, Connection, Lost
from coach.live.queues import DESK_QUEUES
from coach.notes.floor.messages import ACKNOWLEDGED_FOR_S, Acknowledged, Topics, encode
from coach.notes.floor.outbox import CLEAR, Outbox
from coach.notes.floor.supervising_desk import Picture
from coach.notes.floor.table import FloorTable

TURN = 0.1
"""Seconds the desk waits for the broker before it looks for what the supervisor said."""
ASK_AGAIN_S = 30.0
"""Seconds after which all that is kept is asked for once more."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 10.0
"""Seconds before the broker is tried again: at first, and at most."""
LEAVE_S = 2.0
"""Seconds for the last acknowledgements when the desk is left."""


class FloorDesk:
    """A ``coach.notes.floor.supervising_desk.SupervisingDesk``; safe for several threads."""

    def __init__(
        self,
        topics: Topics,
        connect: Connect,
        *,
        broker: str,
        supervisor: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``broker``: its name, for people. ``clock``: Unix time."""
        self._topics = topics
        self._connect = connect
        self._supervisor = supervisor
        self._clock = clock
        self._lock = threading.Lock()
        self._table = FloorTable(topics)
        self._outbox = Outbox(DESK_QUEUES["floor acknowledgements"].size, forgets=True)
        self._flying: dict[int, tuple[str, int]] = {}
        self._picture = Picture(at=clock(), broker=broker, connected=False)
        self._shown = -1
        """State of the table that the picture shows."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._guard, name="floor desk", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self) -> None:
        """Send what waits, take leave, end the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * LEAVE_S)

    # --- for the screen -------------------------------------------------------------------------

    def look(self) -> Picture:
        """The floor as it stands."""
        with self._lock:
            self._draw(at=self._clock(), waiting=self._outbox.waiting)
            if self._shown != self._table.changes:
                self._shown = self._table.changes
                self._draw(
                    rows=self._table.rows(),
                    not_understood=self._table.not_understood,
                    why_not=self._table.why_not,
                )
            return self._picture

    def acknowledge(self, agent: str, alarm: str) -> bool:
        """Say that an alarm has been seen; False where too many words wait for the broker."""
        message = Acknowledged(alarm=alarm, by=self._supervisor, at=self._clock())
        with self._lock:
            said = self._say(agent, message)
            if said:
                self._table.acknowledge(agent, message)
        return said

    def _say(self, agent: str, message: Acknowledged) -> bool:
        """Tell the broker; False where too much waits already."""
        said = self._topics.acknowledged(agent, message.alarm)
        if not self._outbox.put(said, encode(message)):
            return False
        # Where the agent's Coach is gone nobody else would take the alarm away.
        return self._outbox.put(self._topics.alarm(agent, message.alarm), CLEAR)

    def _draw(self, **changes: object) -> None:
        self._picture = msgspec.structs.replace(self._picture, **changes)

    # --- the desk's thread ----------------------------------------------------------------------

    def _guard(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - the thread's edge: the screen must be told
            with self._lock:
                self._draw(connected=False, trouble=f"{type(error).__name__}: {error}")

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            connection = self._connect(self, None)
            try:
                connection.open()
                wait = FIRST_WAIT
                self._hold(connection)
            except Lost as lost:
                with self._lock:
                    self._draw(connected=False, trouble=str(lost))
            finally:
                connection.close()
            self._stopping.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _hold(self, connection: Connection) -> None:
        """Listen until the desk is left; raises Lost."""
        self._flying.clear()
        with self._lock:
            self._outbox.connected()
            self._draw(connected=True, trouble="")
        again = time.monotonic() + ASK_AGAIN_S
        until: float | None = None
        while True:
            self._send(connection)
            connection.serve(TURN)
            if time.monotonic() >= again:
                again = time.monotonic() + ASK_AGAIN_S
                connection.listen()
            if self._stopping.is_set():
                until = time.monotonic() + LEAVE_S if until is None else until
                if not self._outbox.waiting or time.monotonic() > until:
                    return

    def _send(self, connection: Connection) -> None:
        with self._lock:
            due = self._outbox.due()
        for topic, payload, version in due:
            expires = ACKNOWLEDGED_FOR_S if payload else None
            self._flying[connection.send(topic, payload, expires)] = (topic, version)

    def heard(self, topic: str, payload: bytes) -> None:
        """A message of the floor's."""
        with self._lock:
            seen = self._table.take(topic, payload)
            place = self._topics.place(topic)
            if seen is not None and place is not None:
                self._say(place.agent, seen)

    def confirmed(self, number: int, refused: str) -> None:
        """The broker has an acknowledgement, or has refused it."""
        topic, version = self._flying.pop(number, ("", 0))
        with self._lock:
            if refused:
                self._outbox.refused(topic, version)
                self._draw(trouble=f"the broker refuses what it is told: {refused}")
            else:
                self._outbox.confirmed(topic, version)
