"""Agents and a supervisor's desk over a real broker, which is restarted and forgets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest
from floor_broker import Broker
from rulekit import rule as made

from coach.commands.floor import make_desk
from coach.events import (
    CallEnded,
    CallStarted,
    Channel,
    CueMatched,
    Degraded,
    EscalationChanged,
    Level,
    Recovered,
    Track,
)
from coach.live.floor.agent_line import floor_line
from coach.live.floor.floor_desk import FloorDesk
from coach.live.floor.line import FloorLine
from coach.notes.floor.messages import AlarmKind
from coach.notes.floor.supervising_desk import Picture
from coach.startup.floor_access import floor_access
from rules.definition.roles import Role
from rules.definition.rule import RuleBook

pytestmark = [pytest.mark.broker, pytest.mark.xdist_group("broker")]

PATIENCE = 30.0
"""Seconds after which a test gives up waiting for another thread."""
BOOK = RuleBook(
    rules=(
        made("safety.test", "some words", 4, title="A danger"),
        made("esc.test", "some words", 2, title="Asks above", roles=(Role.SUPERVISOR,)),
    ),
    language="en",
    fingerprint="test",
)


@pytest.fixture(autouse=True)
def quick_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("line", "floor_desk"):
        monkeypatch.setattr(f"coach.live.floor.{where}.FIRST_WAIT", 0.05)
        monkeypatch.setattr(f"coach.live.floor.{where}.LONGEST_WAIT", 0.1)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


class Agent:
    """An agent's line, and what it reported."""

    def __init__(self, broker: Broker, name: str = "Anna") -> None:
        settings = broker.settings()
        settings = type(settings)(agent=name, floor=settings.floor)
        self.line: FloorLine = floor_line(floor_access(settings), settings, masked=True)
        self.reports: list[Degraded | Recovered] = []
        self.line.take_rules(BOOK)
        self.line.start(self.reports.append)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.line.stop()

    def call(self) -> None:
        started = CallStarted(at=0.0, call="call-1", started="", source="live")
        changed = EscalationChanged(at=1.0, level=Level.ANGRY, previous=Level.CALM)
        self.line.tell([started, changed])

    def danger(self, number: int = 1) -> None:
        self.line.tell([cue(number)])


def cue(number: int = 1, rule: str = "safety.test") -> CueMatched:
    danger = rule.startswith("safety")
    return CueMatched(
        at=2.0, channel=Channel.CUSTOMER, start=1.0, end=2.0, match=f"m{number}", rule=rule,
        track=Track.SAFETY if danger else Track.ESCALATION, severity=4 if danger else 2,
        text="what was said",
    )  # fmt: skip


def until(look: Callable[[], object], holds: Callable[[], bool]) -> None:
    """Look again and again; another thread brings it about."""
    wait = threading.Event()
    for _ in range(round(PATIENCE / 0.02)):
        if holds():
            return
        wait.wait(0.02)
    raise AssertionError(f"never held; last: {look()}")


def seen(desk: FloorDesk, holds: Callable[[Picture], bool]) -> Picture:
    until(desk.look, lambda: holds(desk.look()))
    return desk.look()


def opened(count: int) -> Callable[[Picture], bool]:
    return lambda picture: sum(len(row.open) for row in picture.rows) == count


@pytest.fixture
def desk(broker: Broker) -> Iterator[FloorDesk]:
    made = make_desk(floor_access(broker.settings()), "Maria")
    made.start()
    yield made
    made.stop()


def test_from_a_danger_to_its_acknowledgement(broker: Broker, desk: FloorDesk) -> None:
    with Agent(broker) as agent:
        agent.call()
        agent.danger()
        agent.line.tell([cue(2, "esc.test")])
        (row,) = seen(desk, opened(2)).rows
        assert (row.agent, row.online, row.in_call) == ("Anna", True, True)
        assert row.status is not None
        assert row.status.level is Level.ANGRY
        assert {alarm.kind for alarm in row.open} == set(AlarmKind)
        assert not any(alarm.cue.words for alarm in row.open)
        assert desk.acknowledge("Anna", row.open[0].alarm)
        until(agent.line.view, lambda: agent.line.view().seen is not None)
        told = agent.line.view().seen
        assert told is not None
        assert told.words == "Maria has seen the alarm: A danger"
        late = make_desk(floor_access(broker.settings()), "Jon")
        late.start()
        assert seen(late, opened(1)).rows[0].open[0].cue.title == "Asks above"
        late.stop()
        agent.line.tell([CallEnded(at=9.0, reason="")])
    assert seen(desk, lambda p: not p.rows[0].online).rows[0].in_call is False
    assert opened(1)(desk.look())
    assert agent.reports == []


@pytest.mark.parametrize("forgets", [False, True], ids=["restarted", "forgotten"])
def test_no_open_alarm_is_lost_with_the_broker(
    broker: Broker, desk: FloorDesk, *, forgets: bool
) -> None:
    with Agent(broker) as agent:
        agent.call()
        agent.danger()
        alarm = seen(desk, opened(1)).rows[0].open[0]
        broker.stop(forgets=forgets)
        until(lambda: agent.reports, lambda: bool(agent.reports))
        seen(desk, lambda picture: not picture.connected)
        agent.line.tell([cue(2, "esc.test")])  # while there is no broker
        assert opened(1)(desk.look())
        assert desk.acknowledge("Anna", alarm.alarm)
        assert desk.look().waiting
        broker.start()
        seen(desk, lambda picture: opened(1)(picture) and not picture.waiting)
        until(agent.line.view, lambda: agent.line.view().seen is not None)
        until(agent.line.view, lambda: not agent.line.view().waiting)
        late = make_desk(floor_access(broker.settings()), "Jon")
        late.start()
        (row,) = seen(late, opened(1)).rows
        assert row.open[0].cue.title == "Asks above"
        late.stop()
    assert [type(report) for report in agent.reports] == [Degraded, Recovered]


def test_an_alarm_outlives_the_agents_coach_and_a_restart(broker: Broker, desk: FloorDesk) -> None:
    with Agent(broker) as agent:
        agent.call()
        agent.danger()
        until(agent.line.view, lambda: not agent.line.view().waiting)
    desk.stop()
    broker.stop()
    broker.start()
    later = make_desk(floor_access(broker.settings()), "Jon")
    later.start()
    (row,) = seen(later, opened(1)).rows
    assert later.acknowledge("Anna", row.open[0].alarm)
    seen(later, lambda picture: not picture.waiting)
    later.stop()
    with Agent(broker):  # the next session has a status of its own, and no old alarm
        last = make_desk(floor_access(broker.settings()), "Jon")
        last.start()
        assert opened(0)(seen(last, lambda picture: bool(picture.rows and picture.rows[0].online)))
        last.stop()


def test_encrypted_and_with_a_password(tmp_path: Path) -> None:
    with Broker(tmp_path, secure=True) as broker, Agent(broker) as agent:
        agent.call()
        agent.danger()
        desk = make_desk(floor_access(broker.settings()), "Maria")
        desk.start()
        seen(desk, opened(1))
        desk.stop()
        assert agent.reports == []
        (tmp_path / "password").write_text("guess\n", encoding="utf-8")
        stranger = make_desk(floor_access(broker.settings()), "Eve")
        stranger.start()
        said = seen(stranger, lambda picture: bool(picture.trouble))
        stranger.stop()
        assert said.trouble == "the broker says: Not authorized"
        trusting = make_desk(floor_access(broker.settings(ca=None)), "Jon")
        (tmp_path / "password").write_text("sesame\n", encoding="utf-8")
        trusting.start()
        said = seen(trusting, lambda picture: bool(picture.trouble))
        trusting.stop()
        assert said.trouble.startswith("its certificate is not trusted: self")


def test_two_agents_of_one_name_are_told_and_go_on(broker: Broker, desk: FloorDesk) -> None:
    with Agent(broker) as first:
        until(first.line.view, lambda: first.line.view().connected)
        with Agent(broker) as second:
            until(lambda: first.reports, lambda: bool(first.reports))
            until(lambda: second.reports, lambda: bool(second.reports))
            first.call()
            first.danger()
            seen(desk, opened(1))
        until(lambda: first.reports, lambda: len(first.reports) == 2)
    told, well = first.reports
    assert isinstance(told, Degraded)
    assert told == second.reports[0]
    assert told.detail == (
        f"another Coach tells localhost:{broker.port} as Anna too: the floor mixes you"
    )
    assert isinstance(well, Recovered)
