"""Supervisors' changes: what they may say, and that every value tells who wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.events import Channel
from rules.evaluate import holds
from rules.loader import BadRulesError, load_book
from rules.matcher import Matcher
from rules.model import Phrase, Status

PACK = """
[[rule]]
id = "esc.example"
title = "Example"
severity = 2
when.phrase = ["an example", "another example"]
[rule.card]
kind = "process"
do = "Do something"
say = ["Something."]

[[rule]]
id = "say.hello"
title = "Hello"
severity = 0
when.phrase = ["hello there"]
"""


def load(tmp_path: Path, overlay: str) -> object:
    pack, over = tmp_path / "pack.toml", tmp_path / "floor.toml"
    pack.write_text(PACK)
    over.write_text('by = "floor lead"\n' + overlay)
    return load_book(packs=[pack], overlay=over)


def test_a_phrase_over_several_lines_is_removed_as_it_reads(tmp_path: Path) -> None:
    book = load(
        tmp_path,
        """
        [[change]]
        rule = "esc.example"
        reason = "too broad"
        remove.when.phrase = ['''
            another
            example
            ''']
        """,
    )
    assert book.rule("esc.example").when == Phrase(any=("an example",))  # type: ignore[attr-defined]


def test_values_change_and_say_who_changed_them(tmp_path: Path) -> None:
    book = load(
        tmp_path,
        """
        [[change]]
        rule = "esc.example"
        reason = "we have a desk for it"
        set.severity = 1
        set.card.do = "Offer the desk"
        set.timing.cooldown = 90
        append.when.phrase = ["for instance"]
        remove.when.phrase = ["another example"]
        """,
    )
    rule = book.rule("esc.example")  # type: ignore[attr-defined]
    assert (rule.severity, rule.card.do, rule.timing.cooldown) == (1, "Offer the desk", 90.0)
    assert rule.card.say == ("Something.",)
    assert rule.when == Phrase(any=("an example", "for instance"))
    changed = rule.origin("card.do")
    assert (changed.file, changed.by, changed.reason) == (
        "floor.toml",
        "floor lead",
        "we have a desk for it",
    )
    assert rule.origin("when.phrase").file == "floor.toml"
    assert rule.origin("card.say").file == "pack.toml"


def test_rules_are_disabled_one_by_one_or_by_family(tmp_path: Path) -> None:
    book = load(tmp_path, '[[disable]]\nrule = "say.*"\nreason = "not here"\n')
    assert [r.id for r in book.active()] == ["esc.example"]  # type: ignore[attr-defined]
    assert book.rule("say.hello").origin("status").reason == "not here"  # type: ignore[attr-defined]
    assert book.rule("say.hello").status is Status.DISABLED  # type: ignore[attr-defined]


def test_rules_and_lists_are_added(tmp_path: Path) -> None:
    book = load(
        tmp_path,
        """
        reason = "local product names"
        [lists]
        box = ["red box", "blue box"]
        [[rule]]
        id = "esc.box"
        title = "The box"
        severity = 1
        when.phrase = ["my {box} is broken"]
        """,
    )
    rule = book.rule("esc.box")  # type: ignore[attr-defined]
    assert rule.source.by == "floor lead"
    assert rule.source.reason == "local product names"
    found = Matcher(book).find(Channel.CUSTOMER, "my blue box is broken")  # type: ignore[arg-type]
    assert holds(rule, found)


MISTAKES = {
    '[[change]]\nrule = "esc.exampel"\nreason = "r"\nset.severity = 1\n': "did you mean",
    '[[change]]\nrule = "esc.example"\nset.severity = 1\n': "every entry of an overlay says why",
    '[[change]]\nrule = "esc.example"\nreason = "r"\n': "changes nothing",
    '[[change]]\nrule = "esc.example"\nreason = "r"\nset.id = "esc.other"\n': "cannot be changed",
    '[[change]]\nrule = "esc.example"\nreason = "r"\nset.severety = 1\n': "unknown key",
    '[[change]]\nrule = "esc.example"\nreason = "r"\nremove.when.phrase = ["an exampel"]\n': (
        "did you mean 'an example'?"
    ),
    '[[change]]\nrule = "esc.example"\nreason = "r"\nappend.title = ["x"]\n': "expected a list",
    '[[disable]]\nrule = "safety.*"\nreason = "r"\n': "no rule matches",
    '[[rule]]\nid = "esc.example"\nreason = "r"\ntitle = "t"\nseverity = 1\n': "[[change]]",
    '[[changes]]\nrule = "esc.example"\nreason = "r"\n': "did you mean 'change'?",
    "[[change]\n": "not TOML",
}


@pytest.mark.parametrize("overlay", sorted(MISTAKES))
def test_mistakes_of_an_overlay_are_explained(overlay: str, tmp_path: Path) -> None:
    with pytest.raises(BadRulesError) as caught:
        load(tmp_path, overlay)
    assert MISTAKES[overlay] in str(caught.value)
    assert "floor.toml" in str(caught.value) or "esc.example" in str(caught.value)


def test_an_overlay_needs_somebody_to_answer_for_it(tmp_path: Path) -> None:
    pack, over = tmp_path / "pack.toml", tmp_path / "floor.toml"
    pack.write_text(PACK)
    over.write_text('[[disable]]\nrule = "say.hello"\nreason = "not here"\n')
    with pytest.raises(BadRulesError, match="who decided it"):
        load_book(packs=[pack], overlay=over)
