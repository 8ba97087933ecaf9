"""What the program does with a rule hangs on its role and family, never on its name."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from callscript import CALLS, facts_of, read
from parsed import parts_of

from coach.engine.advice.boundary import LadderSettings
from coach.engine.engine import Engine, EngineSettings
from rules.books.loader import load_book
from rules.checking.lint import lint
from rules.definition.roles import Family, Role
from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher

ROOT = Path(__file__).parents[2]
WHOLE = re.compile(r"""(?<=["'])[\w.]+(?=["'])""")
FIRST_PIECE = re.compile(r"""(?<=["'])[\w.]+(?=["']\s*[a-zA-Z]{0,2}["'])""")
"""Of a literal that goes on in another one behind it."""


@functools.cache
def shipped() -> RuleBook:
    return load_book()


@functools.cache
def renamed() -> tuple[RuleBook, dict[str, str]]:
    """The shipped pack with another name for every rule, and the names."""
    names = {r.id: f"{r.id.partition('.')[0]}.rule_{n}" for n, r in enumerate(shipped().rules)}
    text = msgspec.json.encode(shipped()).decode()
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    return msgspec.json.decode(text.encode(), type=RuleBook), names


@functools.cache
def matcher(name: str) -> Matcher:
    return Matcher(shipped() if name == "shipped" else renamed()[0])


def coached(call: str, book: str) -> tuple[str, Any]:
    """All results and the last picture of a call, as text."""
    engine = Engine(matcher(book).book, matcher=matcher(book))
    results = [r for f in facts_of(read(CALLS / f"{call}.toml")) for r in engine.receive(f)]
    return msgspec.json.encode(results).decode(), msgspec.to_builtins(engine.snapshot().after_call)


@pytest.mark.parametrize(
    "call",
    ["ending_an_abusive_call", "set_boundaries", "threat_to_the_depot", "follow_up",
     "reflect_afterwards", "despair_in_a_billing_call"],
)  # fmt: skip
def test_a_pack_with_other_names_coaches_alike(call: str) -> None:
    text, after = coached(call, "shipped")
    for old, new in renamed()[1].items():
        text = re.sub(rf'(?<=[":]){re.escape(old)}(?=")', new, text)
    other_text, other_after = coached(call, "renamed")
    assert json.loads(other_text) == json.loads(text)
    assert other_after == after


def _literals(text: str) -> Iterator[str]:
    for node in parts_of(text):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("package", ["coach", "audio", "tui", "rules"])
def test_no_rule_is_known_by_its_name(package: str) -> None:
    ids = {rule.id for rule in shipped().rules}
    begun = {name[:end] for name in ids for end in range(1, len(name) + 1)}
    for file in (ROOT / package).rglob("*.py"):
        if "training" in file.parts:  # what a model is trained on is named there
            continue
        text = file.read_text(encoding="utf-8")
        if ids.isdisjoint(WHOLE.findall(text)) and begun.isdisjoint(FIRST_PIECE.findall(text)):
            continue  # none can be in it, and parsing takes a hundred times as long
        assert ids.isdisjoint(_literals(text)), file


def test_every_role_has_a_rule_in_the_shipped_pack() -> None:
    assert {role for rule in shipped().active() for role in rule.roles} == set(Role)


def test_lint_names_the_roles_that_no_rule_has() -> None:
    few = tuple(
        msgspec.structs.replace(r, roles=()) if Role.END_CALL in r.roles else r
        for r in shipped().rules
    )
    book = msgspec.structs.replace(shipped(), rules=few)
    assert [f.message for f in lint(book) if f.key == "role"] == ["no rule has the role end_call"]


def test_families_follow_from_ids_and_say_which_matches_are_cues() -> None:
    families = {rule.family for rule in shipped().rules}
    assert families == set(Family) - {Family.OTHER}
    assert not any(f.is_cue for f in (Family.SAY, Family.CHECKLIST, Family.NOTE, Family.LADDER))
    assert all(rule.family.value == rule.id.partition(".")[0] for rule in shipped().rules)


def test_a_list_in_the_settings_comes_before_the_roles() -> None:
    facts = facts_of(read(CALLS / "set_boundaries.toml"))
    none = EngineSettings(ladder=LadderSettings(offences=(), zero_tolerance=()))
    engine = Engine(shipped(), none, matcher=matcher("shipped"))
    for fact in facts[:-1]:
        engine.receive(fact)
    assert engine.snapshot().card is None or engine.snapshot().card.rule != "ladder.warn_1"
