"""The agent's line to the floor, and what the agent is told of it."""

from __future__ import annotations

import secrets
import time
from typing import NamedTuple

from coach.live.floor.connection import Connection, ConnectionOwner, Will
from coach.live.floor.line import FloorLine
from coach.notes.floor.telling import Teller
from coach.startup.config import Settings
from coach.startup.floor_access import FloorAccess, agent_on_floor


class Followed(NamedTuple):
    """Whether a floor follows the calls."""

    line: FloorLine | None = None
    notices: tuple[str, ...] = ()


def followed(publish: FloorAccess | None, settings: Settings, *, masked: bool) -> Followed:
    """The line to the floor at ``publish``, and what the agent is told of it at each call's start.

    ``masked``: whether personal data is masked in words.
    """
    if publish is None:
        return Followed()
    line = floor_line(publish, settings, masked=masked)
    return Followed(line, (floor_notice(publish, words=line.view().words),))


def floor_line(access: FloorAccess, settings: Settings, *, masked: bool) -> FloorLine:
    """The agent's line to the floor; ``masked``: whether personal data is masked in words."""
    from coach.live.floor.broker import BrokerConnection  # noqa: PLC0415 - an optional library

    agent, topics = agent_on_floor(settings), access.topics
    words = settings.floor.words and masked
    client = f"coach-agent-{secrets.token_hex(8)}"
    """A name of its own: two sessions of one name would else throw each other out without end."""
    teller = Teller(agent, topics, time.time(), broker=access.name, words=words)

    def connect(owner: ConnectionOwner, will: Will | None) -> Connection:
        return BrokerConnection(access, client, topics.for_agent(agent), owner, will)

    return FloorLine(teller, connect, access.name)


def floor_notice(access: FloorAccess, *, words: bool) -> str:
    """What the agent is told from the start on about being followed."""
    what = "level, cues and alarms" + (" with the words said" if words else ", no words")
    plain = ", unencrypted" if access.open_to_others else ""
    return f"The floor sees your calls' {what} ({access.name}{plain}); f shows all that was sent."
