"""A floor for the screen's tests: its desk shows what the test says and remembers what is asked."""

from __future__ import annotations

import msgspec

from coach.events import Level, Track
from coach.notes.floor.messages import Acknowledged, AgentStatus, Alarm, AlarmKind, Cue
from coach.notes.floor.supervising_desk import Picture
from coach.notes.floor.table import AgentRow, OpenAlarm

NOW = 1_800_000_000.0
NAMES = ("Ada", "Ben", "Chiara", "Dimitri", "Elif", "Fatima-Zahra El Mansouri", "Gero", "Hana")


def cue(title: str, ago: float, track: Track = Track.ESCALATION, words: str = "") -> Cue:
    grave = track in (Track.SAFETY, Track.THREAT)
    return Cue(title=title, track=track, severity=4 if grave else 2, at=NOW - ago, words=words)


def alarm(name: str, what: Cue, **more: object) -> Alarm:
    made = Alarm(
        alarm=name, call="c", kind=AlarmKind.DANGER, revision=1, raised=what.at, cue=what
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


def row(agent: str, level: Level = Level.CALM, since: float = 30.0, **more: object) -> AgentRow:
    status = AgentStatus(
        begun=1.0, number=1, at=NOW, call="c", in_call=True, level=level, since=NOW - since
    )
    status = msgspec.structs.replace(status, **{k: more.pop(k) for k in STATUS & set(more)})
    return msgspec.structs.replace(AgentRow(agent=agent, status=status, online=True), **more)


STATUS = {"cue", "in_call", "paused"}

HURT = cue("Threatens somebody", 20.0, Track.THREAT)
SMELLS = cue("Smells gas", 75.0, Track.SAFETY)
ASKS = cue("Asks for a supervisor", 9.0)


def floor(*, words: bool = False) -> Picture:
    """A busy floor: two alarms at one agent, one at another who is gone, and many calls."""
    hurt = msgspec.structs.replace(HURT, words="I know where you park") if words else HURT
    seen = Acknowledged(alarm="c.0", by="Maria", at=NOW - 60)
    rows = [
        row(
            "Ada", Level.CRITICAL, 24.0, cue=ASKS,
            open=(alarm("c.1", hurt, count=3, answered=True), alarm("c.2", ASKS, withdrawn=True)),
            seen=(OpenAlarm(alarm=alarm("c.0", cue("Swears at the agent", 90.0)), seen=seen),),
        ),
        row("Ben", Level.UPSET, online=False, open=(alarm("d.1", SMELLS),), cue=SMELLS),
        row("Chiara", Level.ANGRY, 200.0, cue=cue("Threatens to go to the ombudsman", 130.0)),
        row("Dimitri", Level.UNEASY, 8000.0, paused=True),
        row("Elif", cue=cue("Has called before about it", 7.0)),
        *(row(name, since=10.0 * n) for n, name in enumerate(NAMES[5:])),
        *(row(f"Agent {n:02d}", since=7.0 * n) for n in range(30)),
        row("Zoe", in_call=False),
    ]  # fmt: skip
    return Picture(rows=tuple(rows), at=NOW, broker="localhost:8883", connected=True)


class ScriptedDesk:
    """Shows ``picture``. ``full``: nothing more is taken."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.asked: list[tuple[str, str]] = []
        self.full = False

    def look(self) -> Picture:
        return self.picture

    def acknowledge(self, agent: str, alarm: str) -> bool:
        if not self.full:
            self.asked.append((agent, alarm))
            rows = tuple(
                msgspec.structs.replace(
                    one, open=tuple(a for a in one.open if (one.agent, a.alarm) != (agent, alarm))
                )
                for one in self.picture.rows
            )
            self.picture = msgspec.structs.replace(self.picture, rows=rows)
        return not self.full
