"""What lint says: a remark on one rule, graded, with the place to look at."""

from __future__ import annotations

import enum

import msgspec

from rules.definition.rule import Rule


class Grade(enum.IntEnum):
    """How bad a finding is."""

    NOTE = 0
    WARNING = 1
    ERROR = 2


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One remark on one rule."""

    grade: Grade
    rule: str
    key: str
    message: str
    file: str = ""
    line: int = 0
    """1-based; 0 where it is not known."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [self.grade.name.lower(), place, f"rule {self.rule}", self.key, self.message]
        return ": ".join(part for part in parts if part)


def finding(grade: Grade, rule: Rule, key: str, message: str) -> Finding:
    """A remark at the place where the value was written: in a pack, or in a file of changes."""
    origin = rule.origin(key)
    return Finding(
        grade=grade,
        rule=rule.id,
        key=key,
        message=message,
        file=origin.file,
        line=origin.line,
    )
