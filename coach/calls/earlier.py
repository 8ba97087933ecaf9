"""What earlier calls with the same caller reference came to, in one line.

Read from the journals in the user's own data folder. The reference is the agent's: a customer
number, never a guess by voice or name.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from coach.calls.journal import read_journal
from coach.errors import InputError
from coach.events import CallStarted, Channel, CommitmentMade, EscalationChanged, Level

MOST = 5
"""Earlier calls read at most, newest first."""
_HEAD = 16384
"""Bytes in which a journal's first two lines are looked for."""


class EarlierCall(msgspec.Struct, frozen=True, kw_only=True):
    """One earlier call of the caller's."""

    started: str
    worst: Level
    promises: tuple[str, ...]
    """What the agent's side promised, with its date where one was named."""


def earlier_calls(folder: Path, caller: str) -> list[EarlierCall]:
    """Find the newest calls with this reference; a journal that cannot be read is passed over."""
    if not caller or not folder.is_dir():
        return []
    found: list[EarlierCall] = []
    for path in sorted(folder.glob("*.jsonl"), reverse=True):
        if len(found) == MOST:
            break
        if _names(path, caller):
            try:
                found.append(_summary(path))
            except InputError:
                continue
    return found


def one_line(calls: Iterable[EarlierCall]) -> str:
    """Say it in one line; empty where there was none."""
    calls = list(calls)
    if not calls:
        return ""
    last = calls[0]
    count = f"{len(calls)} earlier call{'s' if len(calls) > 1 else ''}"
    parts = [f"{count}, last on {last.started[:10]}, at worst {last.worst.name.lower()}"]
    if last.promises:
        parts.append(f"promised then: {last.promises[-1]}")
    return "; ".join(parts)


def _names(path: Path, caller: str) -> bool:
    try:
        with path.open("rb") as file:
            lines = file.read(_HEAD).split(b"\n")
    except OSError:
        return False
    if len(lines) < 3:
        return False
    try:
        return msgspec.json.decode(lines[1], type=CallStarted).caller == caller
    except msgspec.DecodeError:
        return False


def _summary(path: Path) -> EarlierCall:
    worst = Level.CALM
    started = ""
    promises = []
    for event in read_journal(path).events:
        if isinstance(event, CallStarted):
            started = event.started
        elif isinstance(event, EscalationChanged):
            worst = max(worst, event.level)
        elif isinstance(event, CommitmentMade) and event.owner is Channel.AGENT:
            due = f" (by {event.due[:10]})" if event.due else ""
            promises.append(f'"{event.text}"{due}')
    return EarlierCall(started=started, worst=worst, promises=tuple(promises))
