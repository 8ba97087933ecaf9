"""What an agent's Coach has to tell the floor, until the broker has it.

Theory of operation. The outbox holds the state that the floor should see, one message a topic, and
not a list of what happened: a newer message takes the place of the older one. What is on its way
is known by its version, so a confirmation of an older message confirms no newer one. A broker
that comes back may have forgotten everything, so after every connection all of it is due again.
Thus nothing can be lost that still holds, and it cannot grow: its topics are counted. Nor does what
is on its way: of a topic one message is, and a newer one waits here until the broker has answered,
however slow it is.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

CLEAR = b""
"""A message that takes away what the broker keeps under its topic."""


class _Stand(enum.Enum):
    DUE = "due"
    SENT = "sent"
    KEPT = "kept"
    """The broker has confirmed it."""


class _Entry(msgspec.Struct):
    payload: bytes
    version: int
    stand: _Stand = _Stand.DUE
    on_its_way: int = 0
    """The version that the broker has not answered yet; 0 for none."""


class Outgoing(NamedTuple):
    """A message that is due."""

    topic: str
    payload: bytes
    version: int


class Outbox:
    """Not safe for several threads."""

    def __init__(self, size: int, *, forgets: bool = False) -> None:
        """``size``: topics at most. ``forgets``: what the broker has confirmed is done with."""
        self._size = size
        self._forgets = forgets
        self._entries: dict[str, _Entry] = {}
        self._versions = 0

    def put(self, topic: str, payload: bytes) -> bool:
        """Say what holds under a topic from now on; False where there is no room for one more."""
        if topic not in self._entries and len(self._entries) >= self._size:
            return False
        self._versions += 1
        # Put anew behind the others: what changed last is sent last.
        before = self._entries.pop(topic, None)
        self._entries[topic] = _Entry(
            payload=payload,
            version=self._versions,
            on_its_way=before.on_its_way if before else 0,
        )
        return True

    def due(self) -> list[Outgoing]:
        """What is to be sent, oldest first; it counts as sent from here on."""
        found = []
        for topic, entry in self._entries.items():
            if entry.stand is _Stand.DUE and not entry.on_its_way:
                entry.stand = _Stand.SENT
                entry.on_its_way = entry.version
                found.append(Outgoing(topic, entry.payload, entry.version))
        return found

    def confirmed(self, topic: str, version: int) -> None:
        """The broker has this version; a topic that it has cleared is forgotten."""
        entry = self._answered(topic, version)
        if entry is None or entry.version != version:
            return
        entry.stand = _Stand.KEPT
        if entry.payload == CLEAR or self._forgets:
            del self._entries[topic]

    def refused(self, topic: str, version: int) -> None:
        """The broker will not have this version; a newer one of the topic may be tried."""
        self._answered(topic, version)

    def _answered(self, topic: str, version: int) -> _Entry | None:
        entry = self._entries.get(topic)
        if entry is not None and entry.on_its_way == version:
            entry.on_its_way = 0
        return entry

    def connected(self) -> None:
        """A connection has begun: the broker may know nothing."""
        for entry in self._entries.values():
            entry.stand = _Stand.DUE
            entry.on_its_way = 0

    @property
    def waiting(self) -> int:
        """Messages that the broker has not confirmed."""
        return sum(entry.stand is not _Stand.KEPT for entry in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)
