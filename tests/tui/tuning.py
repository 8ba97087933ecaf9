"""A desk with invented figures, for tests of the tuning screen and for looking at it."""

from __future__ import annotations

import threading

from coach.errors import InputError
from coach.notes.tuning.tuning_desk import (
    CallsTried,
    DialRow,
    MomentSeen,
    PointSeen,
    RuleRow,
    ShareSeen,
    VersionSeen,
    WordingSeen,
)

VALUES = (0.0, 4.0, 6.0, 8.0, 10.0, 11.0, 12.0, 13.0, 15.0, 20.0, 30.0, 60.0, 120.0, 600.0)
SILENCE = DialRow(
    path="when.silence", unit="s", meaning="Seconds of silence.", values=VALUES, present=6
)
COOLDOWN = DialRow(
    path="timing.cooldown", unit="s", meaning="Seconds after a card.", values=(0.0, 45.0), present=1
)
RULES = (
    RuleRow(rule="agent.dead_air", title="Silence without notice", dials=(COOLDOWN, SILENCE)),
    RuleRow(rule="esc.churn", title="Wants to leave", dials=(COOLDOWN,)),
)


def point(index: int) -> PointSeen:
    shown = 90 - 6 * index
    return PointSeen(
        calls=200, hours=33.3, shown=shown, touched=shown // 2, per_hour=shown / 33.3,
        used=7, dismissed=index,
        precision=ShareSeen(0.4 + index / 40, 0.3, 0.8, 40),
        recall=ShareSeen(0.9 - index / 20, 0.4, 0.95, 38),
        gained=max(0, 6 * (6 - index)), lost=max(0, 6 * (index - 6)), moved=index % 3,
        others=4, kept_back=(("lower_priority", 9), ("cooldown", 3)),
    )  # fmt: skip


def moment(number: int, change: str) -> MomentSeen:
    return MomentSeen(
        call=f"2026-03-04T09-{number:02}", at=61.0 * number,
        rule="agent.dead_air" if number % 3 else "esc.churn", change=change,
        lines=("agent 01:02: Let me look.", "seconds of silence 9.1"),
        without="the rule does not match",
    )  # fmt: skip


class ScriptedDesk:
    """Answers at once, and remembers what it was asked."""

    def __init__(self) -> None:
        self.overlay = "team.toml"
        self.shared = ""
        self.asked: list[tuple[object, ...]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._count = 0

    def rules(self) -> tuple[RuleRow, ...]:
        return RULES

    def begin(self, rule: str, path: str) -> None:
        self.asked.append(("begin", rule, path))
        dials = next(row.dials for row in RULES if row.rule == rule)
        self._count = len(next(dial.values for dial in dials if dial.path == path))

    def progress(self) -> CallsTried:
        return CallsTried(near=200, whole=120, of=200)

    def curve(self) -> tuple[PointSeen, ...]:
        return tuple(map(point, range(self._count)))

    def moments(self, index: int) -> tuple[MomentSeen, ...]:
        changes = ("gained", "lost", "earlier", "later", "gained", "lost")
        return tuple(moment(n, change) for n, change in enumerate(changes)) if index != 6 else ()

    def save(self, index: int, reason: str) -> str:
        self.asked.append(("save", index, reason))
        return "saved as version 2 of team.toml"

    def contradicted(self, index: int) -> tuple[str, ...]:
        return ("contradicts its timeline 'x'",) if index == 1 else ()

    def publish(self) -> str:
        if not self.shared:
            raise InputError("There is no place to publish to.", "Give --publish-to FOLDER.")
        self.may_go_on.wait()
        self.asked.append(("publish",))
        return "published to shared"

    def versions(self) -> tuple[VersionSeen, ...]:
        return (
            VersionSeen(number=2, when="2026-03-05T10:00:00+00:00", by="R", reason="too early"),
            VersionSeen(number=1, when="2026-03-04T09:30:00+00:00", by="", reason="found"),
        )

    same = False
    """Whether every version is what the overlay holds."""

    def difference(self, number: int) -> tuple[str, ...]:
        if self.same:
            return ()
        return tuple(f"- line {line} of version {number}" for line in range(15))

    def roll_back(self, number: int) -> str:
        self.asked.append(("roll back", number))
        return f"rolled back to version {number}; that is version 3 now"

    def wordings(self, rule: str) -> tuple[WordingSeen, ...]:
        return (WordingSeen(words=f"One moment ({rule})", shown=9, used=4, dismissed=1),)

    def close(self) -> None:
        pass
