"""The floor's table is the same whatever the order, and however often, messages come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.events import Level, Track
from coach.notes.floor import table
from coach.notes.floor.messages import (
    Acknowledged,
    AgentStatus,
    Alarm,
    AlarmKind,
    AnyMessage,
    Cue,
    Presence,
    Topics,
    encode,
)
from coach.notes.floor.table import AgentRow, FloorTable

TOPICS = Topics("coach")


def alarm(name: str = "c.1", revision: int = 1, severity: int = 4, raised: float = 10.0) -> Alarm:
    cue = Cue(title=f"alarm {name}", track=Track.SAFETY, severity=severity, at=raised)
    return Alarm(
        alarm=name, call="c", kind=AlarmKind.DANGER, revision=revision, raised=raised, cue=cue,
        count=revision,
    )  # fmt: skip


def status(number: int = 1, level: Level = Level.CALM, begun: float = 1.0) -> AgentStatus:
    return AgentStatus(
        begun=begun, number=number, at=5.0, call="c", in_call=True, level=level, since=5.0
    )


def online(connection: int = 1, *, begun: float = 1.0, there: bool = True) -> Presence:
    return Presence(begun=begun, connection=connection, online=there)


def seen(name: str = "c.1", by: str = "Maria", at: float = 20.0) -> Acknowledged:
    return Acknowledged(alarm=name, by=by, at=at)


def sent(agent: str, message: AnyMessage) -> tuple[str, bytes]:
    match message:
        case AgentStatus():
            topic = TOPICS.status(agent)
        case Presence():
            topic = TOPICS.presence(agent)
        case Alarm(alarm=name):
            topic = TOPICS.alarm(agent, name)
        case Acknowledged(alarm=name):
            topic = TOPICS.acknowledged(agent, name)
    return topic, encode(message)


def rows(*messages: tuple[str, AnyMessage]) -> tuple[AgentRow, ...]:
    floor = FloorTable(TOPICS)
    for agent, message in messages:
        floor.take(*sent(agent, message))
    assert floor.not_understood == 0
    return floor.rows()


STORY: tuple[tuple[str, AnyMessage], ...] = (
    ("Anna", online(1)),
    ("Anna", status(1)),
    ("Anna", status(2, Level.ANGRY)),
    ("Anna", alarm("c.1", 1)),
    ("Anna", alarm("c.1", 2)),
    ("Anna", online(1, there=False)),
    ("Anna", online(2)),
    ("Anna", alarm("c.2", 1)),
    ("Anna", seen("c.1", "Maria", 20.0)),
    ("Anna", seen("c.1", "Jon", 21.0)),
    ("Anna", status(1, Level.UPSET, begun=50.0)),
    ("Anna", online(1, begun=50.0)),
    ("Ben", alarm("d.1", 1)),
    ("Ben", status(4)),
)


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=6))
def test_order_and_repetition_change_nothing(
    told: list[tuple[str, AnyMessage]], again: list[tuple[str, AnyMessage]]
) -> None:
    found = rows(*told, *again)
    assert found == rows(*STORY)
    anna = next(row for row in found if row.agent == "Anna")
    assert (anna.online, anna.in_call) == (True, True)
    assert anna.status == status(1, Level.UPSET, begun=50.0)
    assert [a.alarm for a in anna.open] == ["c.2"]
    assert [(one.alarm.count, one.seen) for one in anna.seen] == [(2, seen())]


def test_the_most_urgent_comes_first() -> None:
    found = rows(
        ("calm", status()), ("calm", online()),
        ("angry", status(1, Level.ANGRY)), ("angry", online()),
        ("away", status(1, Level.CRITICAL)), ("away", online(there=False)),
        ("older", alarm("o.1", raised=1.0, severity=3)),
        ("newer", alarm("n.1", raised=9.0, severity=3)), ("newer", online()),
        ("grave", alarm("g.1", raised=99.0, severity=4)),
    )  # fmt: skip
    assert [row.agent for row in found] == ["grave", "older", "newer", "angry", "calm", "away"]


def test_an_agents_gravest_alarm_comes_first_then_the_oldest() -> None:
    (row,) = rows(
        ("Anna", alarm("a.1", raised=1.0, severity=2)),
        ("Anna", alarm("a.2", raised=9.0, severity=4)),
        ("Anna", alarm("a.3", raised=5.0, severity=4)),
    )
    assert [one.alarm for one in row.open] == ["a.3", "a.2", "a.1"]


def test_an_alarm_taken_away_is_closed_and_comes_back_only_if_nobody_has_seen_it() -> None:
    floor = FloorTable(TOPICS)
    topic, payload = sent("Anna", alarm())
    floor.take(topic, payload)
    floor.take(topic, b"")
    assert floor.rows() == ()
    floor.take(topic, payload)
    assert len(floor.rows()[0].open) == 1
    floor.take(*sent("Anna", seen()))
    floor.take(topic, b"")
    assert floor.take(topic, payload) == seen(), "who tells it again should hear of it again"
    assert floor.rows() == ()


@pytest.mark.parametrize(
    ("topic", "payload", "why"),
    [
        (TOPICS.status("A"), b"{", "coach/v1/A/status: no message of a floor"),
        (
            TOPICS.status("A"),
            encode(online()),
            "coach/v1/A/status: another kind of message than its topic holds",
        ),
        (
            TOPICS.alarm("A", "x"),
            encode(alarm("y")),
            "coach/v1/A/alarms/x: another kind of message than its topic holds",
        ),
    ],
)
def test_what_is_not_understood_is_counted_and_changes_nothing(
    topic: str, payload: bytes, why: str
) -> None:
    floor = FloorTable(TOPICS)
    floor.take(topic, payload)
    assert (floor.not_understood, floor.why_not, floor.rows()) == (1, why, ())


def test_its_size_is_bounded_and_no_open_alarm_pays_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_AGENTS", 2)
    monkeypatch.setattr(table, "MOST_ALARMS", 2)
    floor = FloorTable(TOPICS)
    for agent in "ABC":
        floor.take(*sent(agent, status()))
    assert floor.why_not == "coach/v1/C/status: more than 2 agents"
    for number in range(3):
        floor.take(*sent("A", alarm(f"c.{number}", raised=float(number))))
    assert len(floor.rows()[0].open) == 3
    floor.take(*sent("A", seen("c.0")))
    floor.take(*sent("A", alarm("c.3", raised=3.0)))
    assert [one.alarm for one in floor.rows()[0].open] == ["c.1", "c.2", "c.3"]
    assert floor.rows()[0].seen == ()
