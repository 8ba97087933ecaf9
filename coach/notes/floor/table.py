"""The floor as its messages tell it: every agent, how their call goes, and the open alarms.

Whatever order the messages come in, and however often, the same table comes of them: of what can
change the newest holds, and an alarm is open as long as there is one and nobody has acknowledged
it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from coach.notes.floor.messages import (
    Acknowledged,
    AgentStatus,
    Alarm,
    AnyMessage,
    Presence,
    Topics,
    TopicSubject,
    decode,
)

MOST_AGENTS = 5_000
"""Agents on one floor; more would be somebody's mistake, or mischief."""
MOST_ALARMS = 1_000
"""Alarms kept of one agent, seen ones included; the oldest seen ones are forgotten first."""


class OpenAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm as it stands."""

    alarm: Alarm
    seen: Acknowledged | None = None
    """By whom it was acknowledged; None while it is open."""


class AgentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One agent."""

    agent: str
    status: AgentStatus | None = None
    """None where only an alarm is left of an agent."""
    online: bool = False
    open: tuple[Alarm, ...] = ()
    """Oldest first, so that what is first stays first."""
    seen: tuple[OpenAlarm, ...] = ()
    """Alarms of the present call that were acknowledged, oldest first."""

    @property
    def in_call(self) -> bool:
        """Whether a call is on, as far as is known."""
        return self.online and self.status is not None and self.status.in_call

    @property
    def urgency(self) -> tuple[object, ...]:
        """Sorts the rows: open alarms by gravity and age, then by level, then by name."""
        level = self.status.level if self.status is not None and self.in_call else 0
        gravest = max((alarm.cue.severity for alarm in self.open), default=-1)
        oldest = min((alarm.raised for alarm in self.open), default=0.0)
        quiet = (not self.in_call, not self.online)
        return (-gravest, oldest, *quiet, -level, self.agent.casefold(), self.agent)


class _Agent:
    """What has been heard of one agent."""

    def __init__(self) -> None:
        self.status: AgentStatus | None = None
        self.presence: Presence | None = None
        self.alarms: dict[str, Alarm] = {}
        self.seen: dict[str, Acknowledged] = {}
        self.row: AgentRow | None = None
        """As it was shown last; None once something has changed."""


class FloorTable:
    """Reduces messages to rows. Not safe for several threads."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._agents: dict[str, _Agent] = {}
        self.not_understood = 0
        """Messages that were none of ours."""
        self.why_not = ""
        """What was the matter with the last of those, and where it stood."""
        self.changes = 0
        """Grows whenever something in the table has changed."""

    def take(self, topic: str, payload: bytes) -> Acknowledged | None:
        """Take a message.

        An alarm that somebody has acknowledged already gives that acknowledgement: whoever sent
        the alarm does not know of it, and should be told again.
        """
        place = self._topics.place(topic)
        if place is None:
            return None
        if not payload:
            self._cleared(place)
            return None
        try:
            agent, message = self._read(place, payload)
        except ValueError as error:
            self.not_understood += 1
            self.why_not = f"{topic[:80]}: {error}"
            self.changes += 1
            return None
        if _keep(agent, message):
            agent.row = None
            self.changes += 1
        return agent.seen.get(message.alarm) if isinstance(message, Alarm) else None

    def _read(self, place: TopicSubject, payload: bytes) -> tuple[_Agent, AnyMessage]:
        """What came, and of whom; ValueError where it cannot be used."""
        message = decode(payload)
        if not _belongs(place, message):
            raise ValueError("another kind of message than its topic holds")
        agent = self._agents.get(place.agent)
        if agent is None:
            if len(self._agents) >= MOST_AGENTS:
                raise ValueError(f"more than {MOST_AGENTS:,} agents")
            agent = self._agents[place.agent] = _Agent()
        return agent, message

    def acknowledge(self, agent: str, message: Acknowledged) -> None:
        """Take a supervisor's word before the broker has it."""
        known = self._agents.get(agent)
        if known is not None and _keep(known, message):
            known.row = None
            self.changes += 1

    def rows(self) -> tuple[AgentRow, ...]:
        """All agents, the most urgent first."""
        return tuple(sorted(self._rows(), key=lambda row: row.urgency))

    def _rows(self) -> Iterator[AgentRow]:
        for name, agent in self._agents.items():
            if agent.row is None:
                agent.row = _row(name, agent)
            if agent.status is not None or agent.row.open:
                yield agent.row

    def _cleared(self, place: TopicSubject) -> None:
        """What stood under a topic was taken away."""
        agent = self._agents.get(place.agent)
        if agent is None:
            return
        if place.what == "alarms" and place.alarm not in agent.seen:
            agent.alarms.pop(place.alarm, None)
        if place.what == "status":
            agent.status = None
        agent.row = None
        self.changes += 1


def _belongs(place: TopicSubject, message: AnyMessage) -> bool:
    match message:
        case AgentStatus():
            return place.what == "status"
        case Presence():
            return place.what == "presence"
        case Alarm(alarm=alarm):
            return place.what == "alarms" and place.alarm == alarm
        case Acknowledged(alarm=alarm):
            return place.what == "acknowledged" and place.alarm == alarm


def _keep(agent: _Agent, message: AnyMessage) -> bool:
    """Keep what is newer than what is known; whether it was."""
    match message:
        case AgentStatus():
            newer = agent.status is None or _age(message) > _age(agent.status)
            agent.status = message if newer else agent.status
        case Presence():
            newer = agent.presence is None or _order(message) > _order(agent.presence)
            agent.presence = message if newer else agent.presence
        case Alarm(alarm=name):
            known = agent.alarms.get(name)
            newer = known is None or message.revision > known.revision
            if newer:
                agent.alarms[name] = message
                _forget_some(agent)
        case Acknowledged(alarm=name):
            seen = agent.seen.get(name)
            newer = seen is None or (message.at, message.by) < (seen.at, seen.by)
            if newer:
                agent.seen[name] = message
    return newer


def _age(status: AgentStatus) -> tuple[float, int]:
    return status.begun, status.number


def _order(presence: Presence) -> tuple[float, int, bool]:
    return presence.begun, presence.connection, not presence.online


def _forget_some(agent: _Agent) -> None:
    """Forget the oldest alarm that was seen; one that is open is never forgotten."""
    if len(agent.alarms) <= MOST_ALARMS:
        return
    seen = [alarm for alarm in agent.alarms.values() if alarm.alarm in agent.seen]
    if seen:
        oldest = min(seen, key=lambda alarm: (alarm.raised, alarm.alarm)).alarm
        del agent.alarms[oldest]
        del agent.seen[oldest]


def _row(name: str, agent: _Agent) -> AgentRow:
    alarms = sorted(
        agent.alarms.values(), key=lambda one: (-one.cue.severity, one.raised, one.alarm)
    )
    call = agent.status.call if agent.status is not None else ""
    return AgentRow(
        agent=name,
        status=agent.status,
        online=agent.presence is not None and agent.presence.online,
        open=tuple(alarm for alarm in alarms if alarm.alarm not in agent.seen),
        seen=tuple(
            OpenAlarm(alarm=alarm, seen=agent.seen[alarm.alarm])
            for alarm in alarms
            if alarm.alarm in agent.seen and alarm.call == call
        ),
    )
