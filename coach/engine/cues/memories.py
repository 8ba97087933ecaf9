"""What parts of conditions remember of a call, and how it is carried over to other rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from coach.engine.cues.gathering import Gathering
from coach.engine.cues.past import Past
from coach.engine.cues.state import Announcement
from rules.definition.conditions import AnyCondition


class Memory(NamedTuple):
    """The memory of one part."""

    rule: str
    part: AnyCondition
    what: Past | Announcement | Gathering


def carry_over(known: list[Memory], new: list[Memory]) -> None:
    """Give new rules the memory of those before them.

    It belongs to the same part of the rule of that id; where that part has changed, to the next
    part of its kind.
    """
    left, waiting = list(known), list(new)
    for alike in (_is_same, _is_kin):
        waiting = [one for one in waiting if not _found(one, left, alike)]


def _found(one: Memory, left: list[Memory], alike: Callable[[Memory, Memory], bool]) -> bool:
    for index, other in enumerate(left):
        if one.rule == other.rule and alike(one, other) and one.what.carry(other.what):
            del left[index]
            return True
    return False


def _is_same(one: Memory, other: Memory) -> bool:
    return one.part == other.part


def _is_kin(one: Memory, other: Memory) -> bool:
    return type(one.part) is type(other.part)
