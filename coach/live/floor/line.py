"""An agent's line to the floor: a thread that keeps the broker's picture of the call as it is.

The call's thread hands over events; what they come to stands in the outbox at once, under a lock
that nobody holds while waiting for anything. The line's own thread does all that may take time.
Without a connection the call goes on as ever: one line of trouble stands on the screen, and the
broker is tried again, more and more seldom.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from coach.events import Degraded, Event, Recovered
from coach.live.floor.connection import Connect, Connection, Lost, Will
from coach.live.queues import QUEUES
from coach.notes.floor.outbox import Outbox
from coach.notes.floor.telling import Post, Teller
from coach.notes.wording import count_of
from coach.snapshot import FloorView
from rules.definition.rule import RuleBook

COMPONENT = "floor"
"""What trouble with it is called on the screen and in the journal."""
TURN = 0.1
"""Seconds the line waits for the broker before it looks for news of the call."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds before the broker is tried again: at first, and at most."""
NEWS_S = 30.0
"""Seconds for which the agent's screen says that an alarm was seen."""
LEAVE_S = 2.0
"""Seconds for the last messages when Coach is closed."""

Report = Callable[[Degraded | Recovered], object]


class FloorLine:
    """Safe for several threads."""

    def __init__(
        self,
        teller: Teller,
        connect: Connect,
        broker: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``broker``: its name, for people. ``clock``: Unix time."""
        self._teller = teller
        self._connect = connect
        self._broker = broker
        self._clock = clock
        self._lock = threading.Lock()
        self._outbox = Outbox(QUEUES["floor outbox"].size)
        self._flying: dict[int, tuple[str, int]] = {}
        """Of what was sent: topic and version, by the number that confirms it."""
        self._connections = 0
        self._stopping = threading.Event()
        self._said = ""
        """The trouble on the screen."""
        self._down = False
        """Whether it is told that there is no connection."""
        self._report: Report = lambda _: None
        self._thread = threading.Thread(target=self._guard, name="floor", daemon=True)

    # --- called by the call's thread: never waits ----------------------------------------------

    def start(self, report: Report) -> None:
        """Begin to connect; what goes wrong is reported, from a thread of the line's own."""
        self._report = report
        with self._lock:
            posts = self._teller.hello(self._clock())
        self._put(posts)
        self._thread.start()

    def take_rules(self, book: RuleBook) -> None:
        """Other rules are in force."""
        with self._lock:
            self._teller.take_rules(book)

    def tell(self, events: Sequence[Event]) -> None:
        """Take what the call has brought."""
        if not events:
            return
        with self._lock:
            posts = self._teller.tell(events, self._clock())
        self._put(posts)

    def view(self) -> FloorView:
        """What the agent may look at."""
        return self._teller.view

    def news(self) -> tuple[str, ...]:
        """That a supervisor has seen an alarm, for half a minute."""
        seen = self._teller.view.seen
        if seen is None or self._clock() - seen.at > NEWS_S:
            return ()
        return (f"{seen.words}.",)

    def stop(self) -> None:
        """Send what waits, take leave, end the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * LEAVE_S)

    def _put(self, posts: Sequence[Post]) -> None:
        with self._lock:
            lost = [topic for topic, payload in posts if not self._outbox.put(topic, payload)]
            connected = self._teller.view.connected
            self._teller.line(connected=connected, waiting=self._outbox.waiting)
        if lost:
            held = count_of(len(self._outbox), "message")
            self._trouble(f"{held} are open on the floor, and no more are told")

    # --- the line's thread ----------------------------------------------------------------------

    def _guard(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - the thread's edge: the call goes on without
            self._trouble(f"{type(error).__name__}: {error}")

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            self._connections += 1
            topic, gone = self._teller.presence(self._connections, online=False)
            connection = self._connect(self, Will(topic, gone))
            try:
                connection.open()
                wait = FIRST_WAIT
                self._hold(connection)
            except Lost as lost:
                self._show(connected=False)
                if not self._down:  # one line for one outage, whatever each attempt meets
                    self._down = True
                    why = f"no connection to {self._broker}: {lost}"
                    self._trouble(f"{why}. The call is not affected")
            finally:
                connection.close()
            self._stopping.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _hold(self, connection: Connection) -> None:
        """Keep the broker's picture as it is until Coach is closed; raises Lost."""
        with self._lock:
            self._outbox.connected()
            self._teller.connected()
        self._flying.clear()
        connection.send(*self._teller.presence(self._connections, online=True))
        self._down = False
        self._well()
        until: float | None = None
        while True:
            self._send(connection)
            connection.serve(TURN)
            self._show(connected=True)
            if self._stopping.is_set():
                until = time.monotonic() + LEAVE_S if until is None else until
                if not self._outbox.waiting or time.monotonic() > until:
                    break
        connection.send(*self._teller.presence(self._connections, online=False))
        connection.serve(TURN)

    def _send(self, connection: Connection) -> None:
        with self._lock:
            due = self._outbox.due()
        for topic, payload, version in due:
            self._flying[connection.send(topic, payload)] = (topic, version)

    def heard(self, topic: str, payload: bytes) -> None:
        """A supervisor has acknowledged an alarm, or another Coach tells under this name."""
        with self._lock:
            before = self._teller.others
            posts = self._teller.heard(topic, payload, self._clock())
            others, agent = self._teller.others, self._teller.view.agent
        self._put(posts)
        if others and not before:
            self._trouble(f"another Coach tells {self._broker} as {agent} too: the floor mixes you")
        elif before and not others:
            self._well()

    def confirmed(self, number: int, refused: str) -> None:
        """The broker has a message, or has refused it."""
        topic, version = self._flying.pop(number, ("", 0))
        with self._lock:
            if refused:
                self._outbox.refused(topic, version)
            else:
                self._outbox.confirmed(topic, version)
        if refused:
            self._trouble(f"{self._broker} refuses what it is told: {refused}")

    # --- what the agent sees --------------------------------------------------------------------

    def _show(self, *, connected: bool) -> None:
        with self._lock:
            self._teller.line(connected=connected, waiting=self._outbox.waiting)

    def _trouble(self, words: str) -> None:
        """One line for one trouble, however often it comes."""
        if words != self._said:
            self._said = words
            self._report(Degraded(at=0.0, component=COMPONENT, detail=words))

    def _well(self) -> None:
        if self._said:
            self._said = ""
            self._report(Recovered(at=0.0, component=COMPONENT))
