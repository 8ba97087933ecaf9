"""What a front end may ask of a floor."""

from __future__ import annotations

from typing import Protocol

import msgspec

from coach.notes.floor.table import AgentRow


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The floor at one moment."""

    rows: tuple[AgentRow, ...] = ()
    """The most urgent first."""
    at: float
    """Unix time."""
    broker: str
    connected: bool
    trouble: str = ""
    """Why there is no connection; empty where there is one, or where the first is being made."""
    waiting: int = 0
    """Acknowledgements that the broker has not confirmed."""
    not_understood: int = 0
    why_not: str = ""

    def row(self, agent: str) -> AgentRow | None:
        """An agent's row."""
        return next((row for row in self.rows if row.agent == agent), None)


class SupervisingDesk(Protocol):
    """A supervisor's connection to the floor."""

    def look(self) -> Picture:
        """The floor as it stands; quick, and asked several times a second."""
        ...

    def acknowledge(self, agent: str, alarm: str) -> bool:
        """Say that an alarm has been seen; safe to say twice.

        False where so much waits for the broker that no more is taken: the alarm stays open.
        """
        ...
