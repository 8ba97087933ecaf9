"""The messages of a floor, and the topics they stand under.

Every message is the whole present state of one thing and is kept by the broker (retained), so who
comes late, or comes again, has the same picture; a later one replaces it. Nothing depends on the
order in which they arrive: each says how new it is.

    PREFIX/v1/AGENT/status              how the agent's call goes
    PREFIX/v1/AGENT/presence            whether the agent's Coach is connected
    PREFIX/v1/AGENT/alarms/ALARM        an alarm; an empty message takes it away
    PREFIX/v1/AGENT/acknowledged/ALARM  a supervisor has seen it

All times are Unix time in seconds, by the clock of the machine that sent the message.
"""

from __future__ import annotations

import enum
import re
from typing import Annotated, NamedTuple

import msgspec

from coach.events import Level, Track

SCHEMA = 1
"""Version of all of this; other versions stand under other topics."""
LARGEST = 20_000
"""Bytes of a message; more is none of ours."""
ACKNOWLEDGED_FOR_S = 86_400
"""Seconds for which the broker keeps an acknowledgement: an agent's Coach that was away for so long
has nothing left to take back."""

Name = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=1000)]


class AlarmKind(enum.StrEnum):
    """What an alarm is about."""

    DANGER = "danger"
    """A danger to life, or a threat."""
    SUPERVISOR = "supervisor"
    """The customer asks for somebody above the agent."""


class Cue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a rule noticed about the customer."""

    title: Name
    """The rule's."""
    track: Track
    severity: int
    at: float
    words: Words = ""
    """What was said, masked; only where the team's settings allow words."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="type"):
    """Base of all messages."""

    schema: int = SCHEMA


class AgentStatus(Message, frozen=True, kw_only=True, tag="status"):
    """How an agent's call goes. Of two, that of the later session or the higher number holds."""

    begun: float
    """When this session of Coach began."""
    number: int
    """Counts the session's messages."""
    at: float
    """When it was made."""
    call: Name = ""
    """Identifier of the call; that of the last one between calls."""
    in_call: bool = False
    paused: bool = False
    level: Level = Level.CALM
    since: float = 0.0
    """When the call came to this level."""
    cue: Cue | None = None
    """The call's last."""


class Presence(Message, frozen=True, kw_only=True, tag="presence"):
    """Whether an agent's Coach is connected; the broker itself says when it is gone."""

    begun: float
    """When this session of Coach began."""
    connection: int
    """Counts the session's connections; of one connection, its end is the later news."""
    online: bool


class Alarm(Message, frozen=True, kw_only=True, tag="alarm"):
    """Something a supervisor should see now; open until one has acknowledged it."""

    alarm: Name
    """Identifier, unique on the floor."""
    call: Name
    kind: AlarmKind
    revision: int
    """Counts what was said of this alarm; the highest holds."""
    raised: float
    """When it was heard first."""
    count: int = 1
    """How often it was heard."""
    cue: Cue
    """What was heard last."""
    withdrawn: bool = False
    """The words were heard otherwise in the end. It stays open: a supervisor decides."""
    answered: bool = False
    """The agent has answered the card about it."""


class Acknowledged(Message, frozen=True, kw_only=True, tag="acknowledged"):
    """A supervisor has seen an alarm."""

    alarm: Name
    by: Name
    at: float


AnyMessage = AgentStatus | Presence | Alarm | Acknowledged
_DECODER: msgspec.json.Decoder[AnyMessage] = msgspec.json.Decoder(AnyMessage)
_ENCODER = msgspec.json.Encoder()


def encode(message: AnyMessage) -> bytes:
    """The message as it is sent."""
    return _ENCODER.encode(message)


def decode(payload: bytes) -> AnyMessage:
    """The message of a payload; ValueError, in words without its content, where it is none."""
    if len(payload) > LARGEST:
        raise ValueError(f"{len(payload):,} bytes")
    try:
        message: AnyMessage = _DECODER.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("no message of a floor") from None
    if message.schema != SCHEMA:
        raise ValueError(f"written by another version of Coach (schema {message.schema})")
    return message


class TopicSubject(NamedTuple):
    """What a topic is about."""

    agent: str
    what: str
    """``status``, ``presence``, ``alarms`` or ``acknowledged``."""
    alarm: str = ""


class Topics(msgspec.Struct, frozen=True):
    """The topics under one prefix."""

    prefix: str

    def status(self, agent: str) -> str:
        """How this agent's call goes."""
        return f"{self._of(agent)}/status"

    def presence(self, agent: str) -> str:
        """Whether this agent's Coach is connected."""
        return f"{self._of(agent)}/presence"

    def alarm(self, agent: str, alarm: str) -> str:
        """One alarm of this agent's."""
        return f"{self._of(agent)}/alarms/{_level(alarm)}"

    def acknowledged(self, agent: str, alarm: str) -> str:
        """That one alarm of this agent's has been seen."""
        return f"{self._of(agent)}/acknowledged/{_level(alarm)}"

    def for_agent(self, agent: str) -> tuple[str, ...]:
        """What an agent's Coach listens to: what was acknowledged, and whether another is there."""
        return (f"{self._of(agent)}/acknowledged/+", self.presence(agent))

    def everything(self) -> tuple[str, ...]:
        """What a floor listens to."""
        of = f"{self.prefix}/v{SCHEMA}/+"
        return (f"{of}/status", f"{of}/presence", f"{of}/alarms/+", f"{of}/acknowledged/+")

    def place(self, topic: str) -> TopicSubject | None:
        """What a topic is about; None for one of others."""
        start = f"{self.prefix}/v{SCHEMA}/"
        agent, *rest = topic.removeprefix(start).split("/")
        if not topic.startswith(start) or not agent:
            return None
        match rest:
            case ["status" | "presence" as what]:
                return TopicSubject(_name(agent), what)
            case ["alarms" | "acknowledged" as what, alarm] if alarm:
                return TopicSubject(_name(agent), what, _name(alarm))
        return None

    def _of(self, agent: str) -> str:
        return f"{self.prefix}/v{SCHEMA}/{_level(agent)}"


def _level(name: str) -> str:
    """A name as one level of a topic: what has a meaning there is written as ``%2F``."""
    return re.sub(r"[%/+#\x00-\x1f\x7f-\x9f]", lambda found: f"%{ord(found[0]):02X}", name)


def _name(level: str) -> str:
    """The name that a level stands for."""
    return re.sub(r"%([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), level)
