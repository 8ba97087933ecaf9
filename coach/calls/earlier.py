"""What earlier calls with the same caller reference came to, in one line.

Read from the library: every earlier call with a customer counts, rehearsals and demos do not. The
reference is the agent's: a customer number, never a guess by voice or name.
"""

from __future__ import annotations

import msgspec

from coach.calls.about import REAL
from coach.calls.library import Library
from coach.calls.redaction.kinds import holds_mask
from coach.events import Level


class EarlierCalls(msgspec.Struct, frozen=True, kw_only=True):
    """All earlier calls of a caller's."""

    count: int
    last: str
    """Wall-clock start of the newest, ISO 8601 with offset."""
    worst: Level
    """The worst level that any of them reached."""
    worst_on: str
    """Wall-clock start of the newest call that reached it."""
    promised: str
    """What the agent's side promised last, with its date where one was named; empty for nothing."""
    promised_on: str
    """Wall-clock start of the call in which it was."""


def earlier_calls(library: Library, caller: str, *, but: str = "") -> EarlierCalls | None:
    """Everything known of a caller's earlier calls; None where there is none.

    ``but`` is the call for which it is asked. The library must be up to date.
    """
    if not caller or holds_mask(caller):  # a mask stands for anybody
        return None
    kinds = ", ".join(f"'{kind}'" for kind in REAL)
    rows = library.db.execute(
        f"SELECT no, started, level FROM calls WHERE caller = ? AND call <> ? AND kind IN ({kinds})"  # noqa: S608 - fixed names
        " ORDER BY began DESC, call DESC",
        (caller, but),
    ).fetchall()
    if not rows:
        return None
    _, worst_on, worst = max(rows, key=lambda row: row[2])
    promised, promised_on = _promise(library, [(no, started) for no, started, _ in rows])
    return EarlierCalls(
        count=len(rows),
        last=rows[0][1],
        worst=Level(worst),
        worst_on=worst_on,
        promised=promised,
        promised_on=promised_on,
    )


def _promise(library: Library, calls: list[tuple[int, str]]) -> tuple[str, str]:
    """The last promise of the newest call that has one, and that call's start."""
    for no, started in calls:
        row = library.db.execute(
            "SELECT text, due FROM promises WHERE no = ? ORDER BY at DESC LIMIT 1", (no,)
        ).fetchone()
        if row is not None:
            text, due = row
            return f'"{text}"' + (f" (by {due[:10]})" if due else ""), started
    return "", ""


def one_line(earlier: EarlierCalls | None) -> str:
    """Say it in one line; empty where there was none."""
    if earlier is None:
        return ""
    count = f"{earlier.count} earlier call{'s' if earlier.count > 1 else ''}"
    worst = f"at worst {earlier.worst.name.lower()}"
    if earlier.worst > Level.CALM and earlier.worst_on != earlier.last:
        worst += f" (on {earlier.worst_on[:10]})"
    parts = [f"{count}, last on {earlier.last[:10]}, {worst}"]
    if earlier.promised:
        when = "then" if earlier.promised_on == earlier.last else f"on {earlier.promised_on[:10]}"
        parts.append(f"promised {when}: {earlier.promised}")
    return "; ".join(parts)
