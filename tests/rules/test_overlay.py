"""Supervisors' changes: what they may say, and that every value tells who wrote it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from coach.events import Channel, Level
from rules.books.loader import BadRulesError, load_book
from rules.definition.conditions import AnyOf, Meaning, Phrase, Silence, walk
from rules.definition.roles import Role
from rules.definition.rule import Rule, Status
from rules.matching.evaluate import holds
from rules.matching.matcher import Matcher

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
    '[[change]]\nrule = "esc.example"\nreason = "r"\ntiming.cooldown = 90\n': (
        "floor.toml:5: rule esc.example: timing.cooldown: write set.timing.cooldown, or what else "
        "is meant of replace.timing.cooldown, append.timing.cooldown, remove.timing.cooldown"
    ),
    '[[change]]\nrule = "esc.example"\nreason = "r"\nset.cooldown = 90\n': (
        "floor.toml:5: rule esc.example: set.cooldown: unknown key; did you mean timing.cooldown?"
    ),
    '[[disable]]\nrule = "safety.*"\nreason = "r"\n': "no rule matches",
    '[[rule]]\nid = "esc.example"\nreason = "r"\ntitle = "t"\nseverity = 1\n': "[[change]]",
    '[[rule]]\nid = "esc.example"\nreason = "r"\nset.severity = 1\n': (
        "floor.toml:5: rule esc.example: set.severity: belongs to [[change]], whose rule = names "
        "what it changes; this is new"
    ),
    '[[rule]]\nrule = "esc.example"\nreason = "r"\n': "rule: belongs to [[change]]",
    '[[changes]]\nrule = "esc.example"\nreason = "r"\n': "did you mean 'change'?",
    "[[change]\n": "not TOML",
}


@pytest.mark.parametrize("overlay", sorted(MISTAKES))
def test_mistakes_of_an_overlay_are_explained(overlay: str, tmp_path: Path) -> None:
    with pytest.raises(BadRulesError) as caught:
        load(tmp_path, overlay)
    assert MISTAKES[overlay] in str(caught.value)
    assert "floor.toml" in str(caught.value) or "esc.example" in str(caught.value)


@pytest.mark.parametrize("rate", ["sensitivity", "support"])
def test_a_rate_that_never_counts_is_refused(rate: str, tmp_path: Path) -> None:
    """The rule's own one counts for all its meanings; without it theirs do."""
    pack, over = tmp_path / "pack.toml", tmp_path / "floor.toml"
    meant = PACK.replace(
        'when.phrase = ["an',
        f'{rate} = 0.01\nwhen.meaning = ["there is no room"]\nwhen.phrase = ["an',
    )
    pack.write_text(meant)
    change = 'by = "l"\nreason = "r"\n[[change]]\nrule = "esc.example"\n'
    over.write_text(f"{change}set.when.{rate} = 0.5\n")
    with pytest.raises(BadRulesError) as refused:
        load_book(packs=[pack], overlay=over)
    assert (
        f"floor.toml:5: rule esc.example: set.when.{rate}: the rule's own {rate} counts in its "
        in (str(refused.value))
    )
    over.write_text(f'{change}replace.when = {{ phrase = ["no room"] }}\n')
    with pytest.raises(BadRulesError) as homeless:
        load_book(packs=[pack], overlay=over)
    told = f"when: the rule's {rate} belongs to a meaning; take it away too: remove.{rate} = true"
    assert f"floor.toml:5: rule esc.example: {told}" in str(homeless.value)
    over.write_text(f"{change}set.when.{rate} = 0.5\nremove.{rate} = true\n")
    (leaf,) = (p for p in walk(load_book(packs=[pack], overlay=over).rule("esc.example").when)
               if isinstance(p, Meaning))  # fmt: skip
    assert getattr(leaf, rate) == 0.5


def test_an_overlay_needs_somebody_to_answer_for_it(tmp_path: Path) -> None:
    pack, over = tmp_path / "pack.toml", tmp_path / "floor.toml"
    pack.write_text(PACK)
    over.write_text('[[disable]]\nrule = "say.hello"\nreason = "not here"\n')
    with pytest.raises(BadRulesError, match="who decided it"):
        load_book(packs=[pack], overlay=over)


# --- one value, at any depth ------------------------------------------------------------------

DEEP = """
[[rule]]
id = "agent.quiet"
title = "Quiet"
severity = 1
when = { silence = 12, unless_said = ["one moment", "bear with me"], announced = 10 }

[[rule]]
id = "agent.tangle"
title = "Tangle"
severity = 1
role = "step"
when.any = [
    { silence = 30, announced = 20 },
    { all = [{ level = "upset" }, { not = { phrase = ["sorry"] } }] },
    { count = { phrase = ["no"] }, at_least = 3, within = 60 },
    { overtalk = "agent", count = 4 },
]
unless = { phrase = ["goodbye"] }
[[rule.timeline]]
name = "silence"
steps = [{ at = 1, agent = "hello" }, { at = 40, cards = [] }]
"""
QUIET = Silence(longer_than=12, unless_said=("one moment", "bear with me"), announced=10)


def deep(tmp_path: Path, overlay: str, rule: str = "agent.tangle") -> Rule:
    pack, over = tmp_path / "pack.toml", tmp_path / "floor.toml"
    pack.write_text(DEEP)
    over.write_text(f'by = "lead"\nreason = "r"\n[[change]]\nrule = "{rule}"\n{overlay}\n')
    return load_book(packs=[pack], overlay=over).rule(rule)


@pytest.mark.parametrize(
    ("overlay", "field", "value"),
    [
        ("set.when.silence = 20", "longer_than", 20),
        ('append.when.unless_said = ["hold on"]', "unless_said", (*QUIET.unless_said, "hold on")),
        ('remove.when.unless_said = ["one moment"]', "unless_said", ("bear with me",)),
        ("remove.when.unless_said = true", "unless_said", ()),
        ("set.when.announced = 5", "announced", 5),
    ],
)
def test_a_change_of_one_value_changes_that_value_only(
    overlay: str, field: str, value: object, tmp_path: Path
) -> None:
    assert deep(tmp_path, overlay, "agent.quiet").when == msgspec.structs.replace(
        QUIET, **{field: value}
    )


@pytest.mark.parametrize(
    ("overlay", "place", "value"),
    [
        ("set.when.any.1.silence = 20", "of.0.longer_than", 20),
        ("set.when.any.silence = 20", "of.0.longer_than", 20),
        ("set.when.any.silence.announced = 5", "of.0.announced", 5),
        ('set.when.any.all.level.level = "angry"', "of.1.of.0.level", Level.ANGRY),
        ('set.when.any.2.all.1.level = "angry"', "of.1.of.0.level", Level.ANGRY),
        ('append.when.any.all.not.phrase = ["a"]', "of.1.of.1.of.any", ("sorry", "a")),
        ("set.when.any.3.at_least = 5", "of.2.at_least", 5),
        ("set.when.any.4.count = 5", "of.3.count", 5),
        ("set.when.any.overtalk.count = 5", "of.3.count", 5),
        ('append.when.any.3.count.phrase = ["nope"]', "of.2.of.any", ("no", "nope")),
        ('replace."when.any.1" = { phrase = ["x"] }', "of.0", Phrase(any=("x",))),
        ('replace.when = { phrase = ["x"] }', "", Phrase(any=("x",))),
    ],
)
def test_any_part_of_a_condition_can_be_changed(
    overlay: str, place: str, value: object, tmp_path: Path
) -> None:
    found: object = deep(tmp_path, overlay).when
    for step in filter(None, place.split(".")):
        found = found[int(step)] if isinstance(found, tuple) else getattr(found, step)
    assert found == value
    untouched = deep(tmp_path, "set.severity = 1").when
    assert isinstance(untouched, AnyOf)
    if place:
        changed = deep(tmp_path, overlay).when
        assert isinstance(changed, AnyOf)
        number = int(place.split(".")[1])
        rest = [part for i, part in enumerate(changed.of) if i != number]
        assert rest == [part for i, part in enumerate(untouched.of) if i != number]


def test_parts_are_taken_away_by_their_number_and_added_at_the_end(tmp_path: Path) -> None:
    text = "remove.when.any.1 = true\nremove.when.any.3 = true\nappend.when.any = [{ elapsed = 9 }]"
    when = deep(tmp_path, text).when
    assert isinstance(when, AnyOf)
    assert [type(part).__name__ for part in when.of] == ["AllOf", "Overtalk", "Elapsed"]


def test_one_condition_becomes_several_and_one_role_too(tmp_path: Path) -> None:
    rule = deep(tmp_path, 'append.unless = [{ cue = "agent.*" }]\nappend.role = ["care"]')
    assert [type(one).__name__ for one in rule.unless] == ["Phrase", "CueSeen"]
    assert rule.roles == (Role.STEP, Role.CARE)


def test_a_change_brings_examples_and_timelines_of_its_own(tmp_path: Path) -> None:
    rule = deep(
        tmp_path,
        'match = ["no no no"]\n[[change.timeline]]\nname = "silence"\nsteps = []\n'
        '[[change.timeline]]\nname = "more"\nsteps = []',
    )
    assert [e.text for e in rule.examples] == ["no no no"]
    assert [(t.name, len(t.steps)) for t in rule.timelines] == [("silence", 0), ("more", 0)]
    assert deep(tmp_path, 'remove.timeline = ["silence"]').timelines == ()


def test_what_a_change_leaves_is_kept_with_its_line(tmp_path: Path) -> None:
    rule = deep(
        tmp_path, 'set.when.any.silence = 20\nset.timing.cooldown = 9\nappend.role=["care"]'
    )
    assert [(c.key, c.was, c.now, c.line) for c in rule.changes] == [
        ("when.any.1.silence", "30", "20", 5),
        ("timing.cooldown", "45", "9", 6),
        ("role", "", "care", 7),
    ]


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ("set.when.any.5.silence = 1", "has the parts 1 to 4, and no 5"),
        ("set.when.any.silense = 1", "did you mean 'silence'?"),
        ("set.when.any.1.silence = 'x'", "when.any.1.silence: expected a number"),
        ("set.when.any.1.silence = 900", "when.any.1.silence: expected 0 to 600 s, not 900"),
        ("set.when = 5", "set one of its values, or all of it with replace.when"),
        ('set.when.phrase = ["x"]', "has any and phrase"),
        ("set.timing.cooldown = nan", "expected 0 to 86400 s, not nan"),
        ("remove.card = true", "the rule has no card"),
        ("set.title.x = 1", "'Tangle' and has no 'x'"),
        ("append.title = ['x']", "expected a list"),
    ],
)
def test_a_mistake_names_the_line_of_the_change(overlay: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BadRulesError) as caught:
        deep(tmp_path, overlay)
    assert words in str(caught.value)
    assert {(p.file, p.line) for p in caught.value.problems} == {("floor.toml", 5)}


# --- layers -----------------------------------------------------------------------------------


def test_overlays_stack_and_preferences_come_last(tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    pack.write_text(PACK)
    files = []
    for name, cooldown in (("one", 50), ("two", 60), ("own", 70)):
        files.append(tmp_path / f"{name}.toml")
        signed = "" if name == "own" else 'by = "b"\nreason = "r"\n'
        files[-1].write_text(
            f'{signed}[[change]]\nrule = "esc.example"\nset.timing.cooldown = {cooldown}\n'
        )
    book = load_book(packs=[pack], overlay=files[:2], preferences=files[2])
    rule = book.rule("esc.example")
    assert [(c.was, c.now) for c in rule.changes] == [("45", "50"), ("50", "60"), ("60", "70")]
    assert rule.origin("timing.cooldown").by == "the agent"
    reversed_ = load_book(packs=[pack], overlay=files[1::-1])
    assert reversed_.rule("esc.example").timing.cooldown == 50


@pytest.mark.parametrize(
    "text",
    [
        '[[change]]\nrule = "esc.example"\nset.severity = 1\n',
        '[[change]]\nrule = "safety.fire"\nset.card.say = ["x"]\n',
        '[[disable]]\nrule = "safety.*"\n',
        '[[rule]]\nid = "esc.own"\ntitle = "t"\nseverity = 1\nwhen.phrase = ["x y"]\n',
    ],
)
def test_preferences_may_touch_only_what_concerns_the_agent(text: str, tmp_path: Path) -> None:
    pack, own = tmp_path / "pack.toml", tmp_path / "preferences.toml"
    fire = 'title = "Fire"\nseverity = 4\nwhen.phrase = ["fire"]\n[rule.card]\nkind = "safety"\n'
    pack.write_text(f'{PACK}[[rule]]\nid = "safety.fire"\n{fire}do = "Go"\n')
    own.write_text(text)
    with pytest.raises(BadRulesError, match="an agent's preferences"):
        load_book(packs=[pack], preferences=own)
    load_book(packs=[pack], overlay=_signed(tmp_path, text))


def _signed(folder: Path, text: str) -> Path:
    file = folder / "team.toml"
    file.write_text(f'by = "lead"\nreason = "r"\n{text}')
    return file
