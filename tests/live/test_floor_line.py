"""An agent's line to the floor, with the broker in the test's hand: the call never waits for it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # scripted_session.py stands beside the tests

import msgspec
import pytest
from scripted_session import PATIENCE, Session

from coach.events import Action, CallStarted, Degraded, EscalationChanged, Level, Recovered
from coach.live.floor import line as lines
from coach.live.floor.connection import Connection, ConnectionOwner, Lost, Will
from coach.live.floor.line import FloorLine
from coach.live.queues import QUEUES
from coach.notes.floor.messages import AgentStatus, Presence, Topics, decode
from coach.notes.floor.telling import Teller

TOPICS = Topics("coach")


class ScriptedBroker:
    """Makes connections. ``hangs``: none is ever answered; ``refuses``: each is, with a no."""

    def __init__(self, *, hangs: bool = False, refuses: str = "") -> None:
        self.hangs = hangs
        self.refuses = refuses
        self.kept: dict[str, bytes] = {}
        self.will: Will | None = None
        self.changed = threading.Condition()
        self.attempts = 0
        self.breaks = threading.Event()
        self.letting_go = threading.Event()

    def connect(self, owner: ConnectionOwner, will: Will | None) -> Connection:
        self.will = will
        return ScriptedConnection(self, owner)


class ScriptedConnection:
    def __init__(self, broker: ScriptedBroker, owner: ConnectionOwner) -> None:
        self.broker = broker
        self.owner = owner
        self.sent = self.confirmed = 0

    def open(self) -> None:
        with self.broker.changed:
            self.broker.attempts += 1
            self.broker.changed.notify_all()
        if self.broker.hangs:
            self.broker.letting_go.wait(PATIENCE)
            raise Lost("no answer")
        if self.broker.refuses:
            raise Lost(self.broker.refuses)

    def send(self, topic: str, payload: bytes, expires_s: int | None = None) -> int:
        assert expires_s is None
        self.sent += 1
        with self.broker.changed:
            self.broker.kept[topic] = payload
            self.broker.changed.notify_all()
        return self.sent

    def listen(self) -> None:
        pass

    def serve(self, timeout: float) -> None:
        if self.broker.breaks.wait(min(timeout, 0.005)):
            self.broker.breaks.clear()
            raise Lost("it was lost")
        for number in range(self.confirmed + 1, self.sent + 1):
            self.owner.confirmed(number, "")
        self.confirmed = self.sent

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def quick_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(lines, "LONGEST_WAIT", 0.001)
    monkeypatch.setattr(lines, "LEAVE_S", 0.05)


def line(broker: ScriptedBroker) -> FloorLine:
    return FloorLine(Teller("Anna", TOPICS, 1.0, broker="here:1"), broker.connect, "here:1")


def session_of(broker: ScriptedBroker) -> Session:
    session = Session()
    session.parts = msgspec.structs.replace(session.parts, floor=line(broker))
    return session


@pytest.mark.parametrize("broker", [ScriptedBroker(hangs=True), ScriptedBroker(refuses="no")])
def test_a_call_goes_on_as_ever_without_a_broker(broker: ScriptedBroker) -> None:
    with session_of(broker) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        session.model.texts.extend(["where is my parcel"] * 9)
        session.driver.act(Action.PAUSE)
        session.until(lambda s: s.paused)
        session.driver.act(Action.END)
        after = session.until(lambda s: s.ended)
        broker.letting_go.set()
    assert session.over() is None
    assert after.floor is not None
    assert not after.floor.connected
    assert [told.words for told in after.floor.told] == [
        "Coach is ready, no call is on", "a call has begun", "paused", "the call is over",
    ]  # fmt: skip
    trouble = [t.detail for t in after.trouble]
    assert trouble == (
        ["no connection to here:1: no. The call is not affected"] if broker.refuses else []
    )


def test_a_session_tells_its_calls_and_takes_leave() -> None:
    broker = ScriptedBroker()
    with session_of(broker) as session:
        session.driver.begin()
        session.until(lambda s: s.started and s.floor is not None and s.floor.connected)
        session.until(lambda s: s.floor is not None and not s.floor.waiting)
        status = decode(broker.kept[TOPICS.status("Anna")])
        assert isinstance(status, AgentStatus)
        assert status.in_call
    assert session.over() is None
    status = decode(broker.kept[TOPICS.status("Anna")])
    assert isinstance(status, AgentStatus)
    assert (status.in_call, status.call) == (False, "call-1")
    left = decode(broker.kept[TOPICS.presence("Anna")])
    assert left == Presence(begun=1.0, connection=1, online=False)
    assert broker.will is not None
    assert decode(broker.will.payload) == left


def test_a_lost_connection_is_one_line_of_trouble_and_all_is_told_again() -> None:
    broker = ScriptedBroker()
    reports: list[Degraded | Recovered] = []
    told = line(broker)
    told.start(reports.append)
    with broker.changed:
        assert broker.changed.wait_for(lambda: TOPICS.status("Anna") in broker.kept, PATIENCE)
        broker.kept.clear()
        broker.refuses = "nobody there"
    broker.breaks.set()
    with broker.changed:
        assert broker.changed.wait_for(lambda: broker.attempts >= 5, PATIENCE)
        broker.refuses = ""
        assert broker.changed.wait_for(lambda: TOPICS.status("Anna") in broker.kept, PATIENCE)
    told.stop()
    assert [type(report) for report in reports] == [Degraded, Recovered]
    assert isinstance(reports[0], Degraded)
    assert reports[0].detail == "no connection to here:1: it was lost. The call is not affected"


def test_what_finds_no_room_in_the_outbox_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUEUES, "floor outbox", QUEUES["floor outbox"]._replace(size=0))
    reports: list[Degraded | Recovered] = []
    told = line(ScriptedBroker(hangs=True))
    told._report = reports.append
    told.tell([CallStarted(at=0.0, call="c", started="", source="live")])
    told.tell([EscalationChanged(at=1.0, level=Level.UPSET, previous=Level.CALM)])
    assert [r.detail for r in reports if isinstance(r, Degraded)] == [
        "0 messages are open on the floor, and no more are told"
    ]


def test_what_the_broker_refuses_is_trouble() -> None:
    reports: list[Degraded | Recovered] = []
    told = line(ScriptedBroker())
    told._report = reports.append
    told.confirmed(1, "Not authorized")
    assert [r.detail for r in reports if isinstance(r, Degraded)] == [
        "here:1 refuses what it is told: Not authorized"
    ]
