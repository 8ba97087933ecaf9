"""What a floor is told of an agent's calls, made of what the engine says.

Told are: whether a call is on or paused, its level, the last cue about the customer, and alarms.
Never told: what the agent is coached in, moods, figures, the caller reference, sound, and words,
unless the team's settings allow those. All that was told is kept for the agent to look at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import msgspec

from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    CardCleared,
    Channel,
    Clearing,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Event,
    Level,
    Track,
)
from coach.notes.floor.messages import (
    Acknowledged,
    AgentStatus,
    Alarm,
    AlarmKind,
    AnyMessage,
    Cue,
    Presence,
    Topics,
    decode,
    encode,
)
from coach.notes.floor.outbox import CLEAR
from coach.snapshot import FloorView, Told
from rules.definition.roles import Role
from rules.definition.rule import RuleBook

DANGER_FROM = 3
"""Severity from which a cue of safety or threat is an alarm, as it is a danger on the screen."""
TOLD = 100
"""Messages that the agent can look back at."""
ANSWERED = (Clearing.ACKNOWLEDGED, Clearing.USED, Clearing.DISMISSED)

Post = tuple[str, bytes]
"""A topic and what holds there from now on."""


class Teller:
    """Turns events of calls into messages; ``now`` is Unix time. Not safe for several threads."""

    def __init__(
        self, agent: str, topics: Topics, begun: float, *, broker: str = "", words: bool = False
    ) -> None:
        """``broker``: its name, for the agent. ``words``: whether what was said may be told."""
        self._agent = agent
        self._topics = topics
        self._words = words
        self._status = AgentStatus(begun=begun, number=0, at=begun)
        self._titles: dict[str, str] = {}
        self._asks_above: frozenset[str] = frozenset()
        """Rules that hear the customer ask for somebody above the agent."""
        self._open: dict[str, Alarm] = {}
        """By identifier."""
        self._raised = 0
        self._matches: dict[str, str] = {}
        """Of the call's matches, the alarm that each belongs to."""
        self._rules_of: dict[str, str] = {}
        """Of the call's alarms, the rule."""
        self._others: set[float] = set()
        """When they began."""
        self._told: deque[Told] = deque(maxlen=TOLD)
        self._view = FloorView(broker=broker, agent=agent, words=words)

    @property
    def view(self) -> FloorView:
        """What the agent may look at."""
        return self._view

    @property
    def others(self) -> int:
        """How many other sessions are connected that tell under the same name."""
        return len(self._others)

    def connected(self) -> None:
        """A connection has begun: who else is there, the broker will say anew."""
        self._others.clear()

    def take_rules(self, book: RuleBook) -> None:
        """Other rules are in force."""
        self._titles = {rule.id: rule.title for rule in book.rules}
        self._asks_above = frozenset(r.id for r in book.rules if Role.SUPERVISOR in r.roles)

    def hello(self, now: float) -> list[Post]:
        """What holds before any call."""
        return [self._tell_status(now, "Coach is ready, no call is on")]

    def tell(self, events: Sequence[Event], now: float) -> list[Post]:
        """What is to be told of some events, in their order."""
        return [post for event in events for post in self._of(event, now)]

    def heard(self, topic: str, payload: bytes, now: float) -> list[Post]:
        """A message of the floor's; an alarm that was seen is taken from the broker."""
        place = self._topics.place(topic)
        try:
            message = decode(payload) if payload else None
        except ValueError:
            return []
        if place is None or place.agent != self._agent:
            return []
        if isinstance(message, Presence) and message.begun != self._status.begun:
            (self._others.add if message.online else self._others.discard)(message.begun)
        if not isinstance(message, Acknowledged):
            return []
        alarm = self._open.pop(message.alarm, None) if place.alarm == message.alarm else None
        if alarm is None:
            return []
        self._rules_of.pop(message.alarm, None)
        self._note(now, f"{message.by} has seen the alarm: {alarm.cue.title}", "")
        self._view = msgspec.structs.replace(self._view, seen=self._view.told[-1])
        return [(self._topics.alarm(self._agent, message.alarm), CLEAR)]

    def presence(self, connection: int, *, online: bool) -> Post:
        """That Coach is there, or is gone: for the broker to say, or on leaving."""
        message = Presence(begun=self._status.begun, connection=connection, online=online)
        return self._topics.presence(self._agent), encode(message)

    def line(self, *, connected: bool, waiting: int) -> None:
        """How the line to the broker stands."""
        if (connected, waiting) != (self._view.connected, self._view.waiting):
            self._view = msgspec.structs.replace(self._view, connected=connected, waiting=waiting)

    # --- events ---------------------------------------------------------------------------------

    def _of(self, event: Event, now: float) -> Iterable[Post]:
        change = _status_change(event, now)
        if change is not None:
            words, changes = change
            if isinstance(event, CallStarted):
                self._matches.clear()
                self._rules_of.clear()
            return [self._tell_status(now, words, **changes)]
        match event:
            case CueMatched():
                return self._cue(event, now)
            case CueRetracted(match=match):
                return self._retract(match, now)
            case CardCleared(rule=rule, reason=reason) if reason in ANSWERED:
                return self._answer(rule, now)
        return []

    def _cue(self, match: CueMatched, now: float) -> Iterable[Post]:
        if match.track is Track.COACHING or match.channel is Channel.AGENT:
            return  # between the agent and Coach
        if match.guarded and match.track is not Track.SAFETY:
            return  # said, and not meant
        if match.rule not in self._titles:
            return
        cue = Cue(
            title=self._titles[match.rule][:200],
            track=match.track,
            severity=match.severity,
            at=now,
            words=match.text[:1000] if self._words else "",
        )
        yield self._tell_status(now, f"cue: {cue.title}", cue=cue)
        danger = match.track in (Track.SAFETY, Track.THREAT) and match.severity >= DANGER_FROM
        if danger or match.rule in self._asks_above:
            yield self._alarm(match, cue, AlarmKind.DANGER if danger else AlarmKind.SUPERVISOR, now)

    def _alarm(self, match: CueMatched, cue: Cue, kind: AlarmKind, now: float) -> Post:
        """One alarm for a rule and a call, as long as it is open."""
        known = [name for name, rule in self._rules_of.items() if rule == match.rule]
        if known:
            alarm = self._open[known[0]]
            alarm = msgspec.structs.replace(
                alarm,
                kind=AlarmKind.DANGER if kind is AlarmKind.DANGER else alarm.kind,
                count=alarm.count + 1,
                cue=cue,
                withdrawn=False,
                answered=False,
            )
        else:
            self._raised += 1
            alarm = Alarm(
                alarm=f"{self._status.call}.{self._raised}",
                call=self._status.call,
                kind=kind,
                revision=0,
                raised=now,
                cue=cue,
            )
            self._rules_of[alarm.alarm] = match.rule
        self._matches[match.match] = alarm.alarm
        return self._tell_alarm(now, f"alarm: {cue.title}", alarm)

    def _retract(self, match: str, now: float) -> Iterable[Post]:
        alarm = self._open.get(self._matches.pop(match, ""))
        if alarm is None or alarm.alarm in self._matches.values():
            return []
        words = f"alarm taken back: {alarm.cue.title}"
        return [self._tell_alarm(now, words, msgspec.structs.replace(alarm, withdrawn=True))]

    def _answer(self, rule: str, now: float) -> Iterable[Post]:
        for name, of in self._rules_of.items():
            alarm = self._open[name]
            if of == rule and not alarm.answered:
                words = f"you answered the alarm: {alarm.cue.title}"
                changed = msgspec.structs.replace(alarm, answered=True)
                return [self._tell_alarm(now, words, changed)]
        return []

    # --- telling --------------------------------------------------------------------------------

    def _tell_status(self, now: float, words: str, **changes: object) -> Post:
        number = self._status.number + 1
        self._status = msgspec.structs.replace(self._status, number=number, at=now, **changes)
        return self._tell(self._topics.status(self._agent), now, words, self._status)

    def _tell_alarm(self, now: float, words: str, alarm: Alarm) -> Post:
        alarm = msgspec.structs.replace(alarm, revision=alarm.revision + 1)
        self._open[alarm.alarm] = alarm
        return self._tell(self._topics.alarm(self._agent, alarm.alarm), now, words, alarm)

    def _tell(self, topic: str, now: float, words: str, message: AnyMessage) -> Post:
        payload = encode(message)
        self._note(now, words, payload.decode())
        return topic, payload

    def _note(self, now: float, words: str, sent: str) -> None:
        self._told.append(Told(at=now, words=words, sent=sent))
        self._view = msgspec.structs.replace(self._view, told=tuple(self._told))


def _status_change(event: Event, now: float) -> tuple[str, dict[str, object]] | None:
    """What an event changes in the status, and that in words; None where it changes nothing."""
    match event:
        case CallStarted(call=call):
            calm = {"level": Level.CALM, "since": now, "cue": None}
            return "a call has begun", {"call": call, "in_call": True, "paused": False, **calm}
        case CallEnded():
            return "the call is over", {"in_call": False, "paused": False}
        case AgentAction(action=Action.PAUSE):
            return "paused", {"paused": True}
        case AgentAction(action=Action.RESUME):
            return "no longer paused", {"paused": False}
        case EscalationChanged(level=level):
            return f"level {level.name.lower()}", {"level": level, "since": now}
    return None
