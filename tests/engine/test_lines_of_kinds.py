"""Lines and near misses of what customers and agents say, by rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from callscript import spoken
from rulekit import START, agent, customer
from shipped_rules import book, matcher

from coach.engine.engine import Engine, EngineSettings
from coach.events import CueMatched, CueRetracted, Fact
from coach.meaning.listening import MeaningListener

MISSED = {
    ("checklist.recap", "so the appointment is in the system for the third"),
    ("say.yes_to_manager", "of course you may i'll go and look for her"),
    ("note.reason", "the reason i'm calling about is"),
}
"""Lines that are heard otherwise than they are meant."""
NEEDS_MEANING = "checklist.recap"


class Line(msgspec.Struct, frozen=True):
    rule: str
    meant: str
    speaker: str
    before: str
    text: str


LINES = [
    Line(*row.split("\t"))
    for row in Path(__file__).with_name("lines_of_kinds.tsv").read_text("utf-8").splitlines()[1:]
]


def heard(line: Line, given: Callable[[Fact], Fact]) -> bool:
    """Whether the rule matches what is said, after what was said before it."""
    engine = Engine(book(), EngineSettings(), matcher=matcher())
    engine.receive(START)
    at, facts, found = 1.0, list[Fact](), dict[str, str]()
    before = [text for text in line.before.split(" / ") if text]
    for number, text in enumerate([*before, line.text]):
        by_customer = number == 0 if before else line.speaker == "customer"
        said = (customer if by_customer else agent)(at, text)
        facts += spoken(said, f"u{number}")
        at = said.end + 2.0
    for fact in sorted(facts, key=lambda one: one.at):
        for result in engine.receive(given(fact)):
            if isinstance(result, CueMatched):
                found[result.match] = result.rule
            elif isinstance(result, CueRetracted):
                found.pop(result.match, None)
    return line.rule in found.values()


def wrong(lines: list[Line], given: Callable[[Fact], Fact]) -> set[tuple[str, str]]:
    return {(x.rule, x.text) for x in lines if heard(x, given) is not (x.meant == "yes")}


def test_each_line_is_heard_as_it_is_meant() -> None:
    lines = [line for line in LINES if line.rule != NEEDS_MEANING]
    assert wrong(lines, lambda fact: fact) == {m for m in MISSED if m[0] != NEEDS_MEANING}


@pytest.mark.meaning
def test_a_recap_is_told_from_an_offer() -> None:
    lines = [line for line in LINES if line.rule == NEEDS_MEANING]
    given = MeaningListener(book()).given
    assert wrong(lines, given) == {m for m in MISSED if m[0] == NEEDS_MEANING}
