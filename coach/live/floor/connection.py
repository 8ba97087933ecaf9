"""What a line or a desk needs of a connection to the broker.

A connection is used until it is lost and never opened again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec


class Lost(Exception):  # noqa: N818 - a connection is lost; nothing is wrong with the program
    """There is no connection, or no more; the words say why."""


class Will(msgspec.Struct, frozen=True):
    """What the broker says when the connection ends without a word."""

    topic: str
    payload: bytes


class ConnectionOwner(Protocol):
    """Whoever owns a connection."""

    def heard(self, topic: str, payload: bytes) -> None:
        """A message came."""
        ...

    def confirmed(self, number: int, refused: str) -> None:
        """The broker has a message that was sent, or has ``refused`` it."""
        ...


class Connection(Protocol):
    """What a line or a desk needs of one."""

    def open(self) -> None:
        """Connect and subscribe; raises Lost."""
        ...

    def send(self, topic: str, payload: bytes, expires_s: int | None = None) -> int:
        """Send a message that the broker keeps; gives the number that confirms it."""
        ...

    def listen(self) -> None:
        """Ask for what the broker keeps, once more; raises Lost."""
        ...

    def serve(self, timeout: float) -> None:
        """Wait for news, at most ``timeout`` seconds, and take it; raises Lost."""
        ...

    def close(self) -> None:
        """Take leave. The will is not said."""
        ...


Connect = Callable[[ConnectionOwner, Will | None], Connection]
"""Makes a connection that is not open yet."""
