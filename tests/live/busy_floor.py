"""Measure a floor: 200 agents at ten events a second, in the table alone and over a real broker.

    PYTHONPATH=. python tests/live/busy_floor.py [AGENTS] [EVENTS_A_SECOND] [SECONDS]

The first figure is the table's: messages a second that it reduces, and what a picture costs. The
second is a desk's in a process of its own, over mosquitto on this machine, with its screen looking
four times a second: messages that came, their age when they stood in the table, and the desk's
share of a core. Every hundredth event is an alarm, so that alarms open all the time.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # floor_broker.py and rulekit.py stand there

from floor_broker import Broker
from rulekit import rule

from coach.commands.floor import make_desk
from coach.events import CallStarted, Channel, CueMatched, EscalationChanged, Level, Track
from coach.live.floor.broker import BrokerConnection
from coach.notes.floor.messages import AgentStatus, Topics, decode
from coach.notes.floor.table import FloorTable
from coach.notes.floor.telling import Teller
from coach.startup.config import Settings
from coach.startup.floor_access import floor_access
from rules.definition.rule import RuleBook

BOOK = RuleBook(
    rules=(
        rule("safety.test", "some words", 4, title="A danger"),
        rule("conduct.test", "some words", 2, title="Swears at the agent"),
    ),
    language="en",
    fingerprint="test",
)
LOOK_S = 0.25


class Agents:
    """So many agents whose calls bring one event after the other."""

    def __init__(self, count: int, topics: Topics) -> None:
        self.tellers = [Teller(f"Agent {n:03d}", topics, time.time()) for n in range(count)]
        self.made = 0
        for n, teller in enumerate(self.tellers):
            teller.take_rules(BOOK)
            call = CallStarted(at=0.0, call=f"call-{n}", started="", source="live")
            teller.tell([call], time.time())

    def event(self) -> list[tuple[str, bytes]]:
        """What the next agent's next event comes to."""
        teller = self.tellers[self.made % len(self.tellers)]
        turn = self.made // len(self.tellers)
        self.made += 1
        if self.made % 100 and turn % 2:
            level = Level(turn // 2 % 5)
            changed = EscalationChanged(at=1.0, level=level, previous=Level.CALM)
            return teller.tell([changed], time.time())
        danger = self.made % 100 == 0
        heard = CueMatched(
            at=1.0, channel=Channel.CUSTOMER, start=0.5, end=1.0, match=f"m{self.made}",
            rule="safety.test" if danger else "conduct.test", text="what was said",
            track=Track.SAFETY if danger else Track.CONDUCT, severity=4 if danger else 2,
        )  # fmt: skip
        return teller.tell([heard], time.time())


def table_alone(count: int) -> None:
    """Reduce a hundred thousand messages."""
    topics = Topics("coach")
    agents, table = Agents(count, topics), FloorTable(topics)
    posts = [post for _ in range(100_000) for post in agents.event()]
    start = time.process_time()
    for topic, payload in posts:
        table.take(topic, payload)
    spent = time.process_time() - start
    start = time.process_time()
    for _ in range(100):
        table.take(*agents.event()[0])
        table.rows()
    picture = (time.process_time() - start) / 100
    print(f"table: {len(posts) / spent:,.0f} messages a second, a picture {picture * 1e3:.2f} ms")


def desk_process(settings: Settings, pipe: Pipe) -> None:
    """A desk; it looks as its screen would, until it is told to stop."""
    desk = make_desk(floor_access(settings), "Maria")
    ages: list[float] = []
    take = desk._table.take

    def timed(topic: str, payload: bytes) -> object:
        seen = take(topic, payload)
        if topic.endswith("/status"):
            message = decode(payload)
            assert isinstance(message, AgentStatus)
            ages.append(time.time() - message.at)
        return seen

    desk._table.take = timed  # type: ignore[method-assign, assignment]
    desk.start()
    while not desk.look().connected:
        threading.Event().wait(0.05)
    pipe.send("ready")
    begun = resource.getrusage(resource.RUSAGE_SELF)
    while not pipe.poll(LOOK_S):
        desk.look()
    ended = resource.getrusage(resource.RUSAGE_SELF)
    picture = desk.look()
    spent = ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime
    alarms = sum(alarm.count for row in picture.rows for alarm in row.open)
    pipe.send((ages, spent, len(picture.rows), alarms, ended.ru_maxrss / 1024))
    desk.stop()


class Nobody:
    """Owns a connection and listens to nothing."""

    def heard(self, topic: str, payload: bytes) -> None:
        raise AssertionError(topic, payload)

    def confirmed(self, number: int, refused: str) -> None:
        pass


def over_a_broker(count: int, rate: float, seconds: float) -> None:
    """Tell so many events a second, evenly."""
    with tempfile.TemporaryDirectory() as folder, Broker(Path(folder)) as broker:
        settings = broker.settings()
        access = floor_access(settings)
        ours, theirs = multiprocessing.Pipe()
        desk = multiprocessing.get_context("spawn").Process(
            target=desk_process, args=(settings, theirs)
        )
        desk.start()
        ours.recv()
        # One process stands for all agents, so it does not wait for the broker's confirmations.
        connection = BrokerConnection(access, "bench", ["nothing/here"], Nobody())
        connection.open()
        agents = Agents(count, access.topics)
        told = events = 0
        start = time.monotonic()
        while (now := time.monotonic() - start) < seconds:
            due = int(min(now, seconds) * count * rate)
            for _ in range(min(100, due - events)):
                events += 1
                for topic, payload in agents.event():
                    connection._client.publish(topic, payload, 0, retain=True)
                    told += 1
            connection.serve(0.001)
        wall = time.monotonic() - start
        threading.Event().wait(1.0)
        ours.send("stop")
        ages, spent, rows, alarms, memory = ours.recv()
        desk.join()
        connection.close()
    ages.sort()
    print(
        f"broker: {events:,} events ({told:,} messages) in {wall:.1f} s, "
        f"{len(ages):,} statuses came, {rows} agents, {alarms} alarms heard; age median "
        f"{ages[len(ages) // 2] * 1e3:.0f} ms, 99 % {ages[len(ages) * 99 // 100] * 1e3:.0f} ms; "
        f"desk {spent / wall * 100:.0f} % of a core, {memory:.0f} MB"
    )


if __name__ == "__main__":
    words = [*sys.argv[1:], *("200", "10", "20")[len(sys.argv) - 1 :]]
    table_alone(int(words[0]))
    over_a_broker(int(words[0]), float(words[1]), float(words[2]))
