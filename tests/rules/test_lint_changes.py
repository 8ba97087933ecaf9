"""What lint says of changes: each danger is named, at the line of the change and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from coach.engine.engine import Engine
from coach.events import Fact, Result
from rules.books.loader import load_book
from rules.checking.findings import Finding, Grade
from rules.checking.lint import lint
from rules.matching.matcher import Matcher

PACK = """
[[rule]]
id = "safety.fire"
title = "Fire"
severity = 4
when.phrase = ["the house is on fire", "there is a fire"]
match = ["the house is on fire"]
no_match = ["you are fired", "fire away"]
false_positives = ["a song"]
timing = { cooldown = 0, max_per_call = 9 }
[rule.card]
kind = "safety"
do = "Get them out"
say = ["Please leave the house."]
hold = "until answered"

[[rule]]
id = "agent.quiet"
title = "Quiet"
severity = 1
role = "step"
when.silence = 12
[rule.card]
kind = "process"
do = "Say something"
say = ["Still here."]
[[rule.timeline]]
name = "silence"
steps = [{ at = 1, agent = "right" }, { at = 16, cards = ["agent.quiet"] }]

[[rule]]
id = "esc.after"
title = "After a fire"
severity = 1
when.cue = ["safety.fire"]
"""
LATER = """[[change.timeline]]
name = "silence"
steps = [{ at = 1, agent = "right" }, { at = 25, cards = ["agent.quiet"] }]"""
OTHER = LATER.replace('"silence"', '"longer"')
LINE = 5
"""Of the first change in the overlay below."""

DANGERS: list[tuple[str, str, str, str]] = [
    ("safety.fire", "set.severity = 3", "severity", "counts for less: 4 -> 3"),
    ("safety.fire", "set.status = 'experimental'", "status", "no longer runs"),
    ("safety.fire", "set.timing.cooldown = 60", "timing.cooldown", "rests longer: 0 s -> 60 s"),
    ("safety.fire", "set.timing.for = 2", "timing.for", "comes later"),
    ("safety.fire", "set.timing.max_per_call = 1", "timing.max_per_call", "less often"),
    ("safety.fire", "set.card.hold = 5", "card.hold", "until answered -> 5 s"),
    ("safety.fire", "set.card.kind = 'process'", "card.kind", "no longer a safety card"),
    ("safety.fire", "set.card.priority = 1", "card.priority", "comes after others"),
    ("safety.fire", "remove.card = true", "card", "shows no card any more"),
    ("safety.fire", "set.speaker = 'agent'", "speaker", "listens to another side"),
    ("safety.fire", "set.track = 'coaching'", "track", "is none any more"),
    ("safety.fire", "set.unless.phrase = ['of love']", "unless", "stays quiet in more cases"),
    ("safety.fire", "remove.when.phrase = ['there is a fire']", "when", "'there is a fire'"),
    ("safety.fire", "remove.when.phrase = ['the house is on fire']", "match", "none of its 1"),
    ("safety.fire", "append.when.phrase = ['fire away']", "no_match", "must not match and does"),
    ("safety.fire", "match = ['smoke']", "match", "the change's example 'smoke' must match"),
    ("safety.fire", "set.unless.phrase = ['the house is on fire', 'there is a fire']", "unless",
     "can never match"),
    ("agent.quiet", "set.when.silence = 20", "timeline", "contradicts its timeline 'silence'"),
    ("agent.quiet", "set.when.silence = 20", "timeline",
     'if that is meant, give the change a [[change.timeline]] with name = "silence"'),
    ("agent.quiet", "set.timing.max_per_call = 0", "timing.max_per_call", "never shown"),
    ("agent.quiet", "remove.role = true", "role", "no rule has the role step any more"),
    ("agent.quiet", "set.severity = 1\n[[change]]\nrule = 'agent.quiet'\nset.severity = 2",
     "severity", "set twice: line 5 says 1"),
]  # fmt: skip


def findings(tmp_path: Path, overlay: str, more: str = "") -> list[Finding]:
    pack, floor = tmp_path / "pack.toml", tmp_path / "floor.toml"
    pack.write_text(PACK + more)
    floor.write_text(f'by = "lead"\nreason = "r"\n{overlay}\n')
    book, base = load_book(packs=[pack], overlay=floor), load_book(packs=[pack])
    matcher = Matcher(book)

    def run(facts: Sequence[Fact]) -> list[Result]:
        engine = Engine(book, matcher=matcher)
        return [result for fact in facts for result in engine.receive(fact)]

    return [f for f in lint(book, matcher, base=base, run=run) if f.grade > Grade.NOTE]


@pytest.mark.parametrize(
    ("before", "after", "quieter"),
    [("utterance", "words", False), ("words", "utterance", True)],
)
def test_an_exception_that_reaches_further_makes_a_danger_quieter(
    before: str, after: str, *, quieter: bool, tmp_path: Path
) -> None:
    more = f"""
[[rule]]
id = "safety.gas"
title = "Gas"
severity = 4
when.phrase = ["smell gas"]
unless.phrase = ["gas bill"]
unless.reach = "{before}"
"""
    change = f'[[change]]\nrule = "safety.gas"\nset.unless.reach = "{after}"'
    found = findings(tmp_path, change, more)
    assert any("stays quiet in more cases" in one.message for one in found) is quieter


@pytest.mark.parametrize(("rule", "change", "key", "words"), DANGERS)
def test_a_dangerous_change_is_named_at_its_own_line(
    rule: str, change: str, key: str, words: str, tmp_path: Path
) -> None:
    found = findings(tmp_path, f'[[change]]\nrule = "{rule}"\n{change}')
    (one,) = [f for f in found if f.key == key and words in f.message]
    line = LINE + change.count("\n")
    assert (one.file, one.line, one.rule) == ("floor.toml", line, rule)


NEAR = """
[[rule]]
id = "safety.smoke"
title = "Smoke"
severity = 4
match = ["smoke everywhere"]
no_match = ["she smokes"]
[rule.when]
any = [
    { meaning = ["there is smoke in the room"], wording = ["smoke everywhere"] },
    { phrase = ["smoke everywhere"] },
]
"""


@pytest.mark.parametrize("figure", ["sensitivity", "support"])
def test_less_of_a_meaning_within_a_condition_is_named_once_at_its_line(
    figure: str, tmp_path: Path
) -> None:
    found = findings(tmp_path, f'[[change]]\nrule = "safety.smoke"\nset.{figure} = 0.001', NEAR)
    (one,) = [f for f in found if f.file == "floor.toml" or f.key == "when"]
    assert (one.file, one.line, one.key) == ("floor.toml", LINE, figure)
    assert f"a safety rule finds less: {figure}" in one.message


def test_of_several_timelines_one_may_be_left_out(tmp_path: Path) -> None:
    change = f"[[change]]\nrule = 'agent.quiet'\nset.when.silence = 20\n{OTHER}"
    (one,) = findings(tmp_path, change)
    assert 'if that is meant, add to the change: remove.timeline = ["silence"]' in one.message


def test_a_disabled_family_leaves_rules_that_wait_for_it(tmp_path: Path) -> None:
    found = findings(tmp_path, '[[disable]]\nrule = "safety.*"')
    assert {(f.rule, f.file, f.line) for f in found} == {
        ("safety.fire", "floor.toml", 4),
        ("esc.after", "pack.toml", 31),
    }
    assert any("it waits for safety.fire, which does not run" in f.message for f in found)


@pytest.mark.parametrize(
    "change",
    [
        'rule = "safety.fire"\nappend.when.phrase = ["it burns"]',
        'rule = "safety.fire"\nset.card.say = ["Please go outside now."]',
        'rule = "agent.quiet"\nset.when.silence = 14',
        f'rule = "agent.quiet"\nset.when.silence = 20\n{LATER}',
        f'rule = "agent.quiet"\nset.when.silence = 20\nremove.timeline = ["silence"]\n{OTHER}',
    ],
)
def test_a_harmless_change_gives_no_warning(change: str, tmp_path: Path) -> None:
    assert findings(tmp_path, f"[[change]]\n{change}") == []
