"""The loader: every class of mistake is found, placed and explained, all in one run."""

from __future__ import annotations

from pathlib import Path

import pytest
from every_row import every_row
from rulekit import small_pack

from coach.errors import Exit, InputError, RulesError
from coach.events import Level, Track
from rules.books import loader
from rules.books.loader import BadRulesError, fingerprint, load_book
from rules.definition.conditions import (
    AllOf,
    AnyOf,
    Count,
    CueSeen,
    LevelAtLeast,
    Loud,
    Meaning,
    Near,
    Not,
    NotFollowed,
    Phrase,
    Regex,
    Sequence,
    Silence,
    Speaker,
)
from rules.definition.rule import Status

BAD = Path(__file__).parent / "bad"

EXPECTED = {
    "bad_choice": [("status", "did you mean 'stable'?")],
    "bad_family": [("id", "did you mean 'safety'?")],
    "bad_id": [("id", "expected family.name")],
    "bad_list": [("lists.Bad-Name", "lower-case"), ("lists.empty", "list of patterns")],
    "bad_near": [("when.near", "two or more")],
    "bad_option": [("when.unless_sayd", "did you mean 'unless_said'?")],
    "bad_phrase": [
        ("when.phrase", "')' is missing"),
        ("when.phrase", "1 to 12 words"),
        ("when.phrase", "match anything"),
        ("when.phrase", "'what?' is no word"),
    ],
    "bad_card": [
        ("card.kind", "expected one of safety"),
        ("card.do", "at most 60"),
        ("card.say", "{name} is no blank"),
        ("card.hold", "until answered"),
        ("card.priority", "0 to 100"),
    ],
    "bad_regex": [("when.regex", "RE2")],
    "bad_role": [("role", "did you mean 'end_call'?")],
    "bad_sequence": [("when", "'comes' or 'missing'")],
    "bad_severity": [("severity", "0 (good news) to 4")],
    "bad_timeline": [
        ("timeline.steps", "expected one of calm"),
        ("timeline.steps.at", "expected a number"),
    ],
    "bad_timing": [
        ("timing.cool_down", "did you mean 'cooldown'?"),
        ("timing.max_per_call", "expected a whole number"),
    ],
    "duplicate_id": [("id", "first used in duplicate_id.toml, line 1")],
    "greedy_regex": [("when.regex", "match anything")],
    "missing_keys": [
        ("severity", "whole number"),
        ("title", "expected text"),
        ("when", "expected a condition"),
    ],
    "no_condition": [("when", "did you mean 'phrase'?")],
    "not_toml": [("", "not TOML")],
    "two_conditions": [("when", "has phrase and elapsed")],
    "unknown_cue": [("when ... cue", "did you mean 'esc.example'?")],
    "unknown_done_when": [("card.done_when", "say.nothing_of_the_kind")],
    "unknown_key": [("severty", "did you mean 'severity'?")],
    "unknown_list": [("when.phrase", "no list is called 'manger'")],
    "unknown_table": [("rules", "did you mean 'rule'?")],
    "wrong_type": [("severity", "expected a whole number")],
}


def test_there_is_a_fixture_for_every_expectation() -> None:
    assert {p.stem for p in BAD.glob("*.toml")} == set(EXPECTED)


@every_row(sorted(EXPECTED))
def test_each_mistake_is_found_and_explained(name: str) -> None:
    with pytest.raises(BadRulesError) as caught:
        load_book(packs=[BAD / f"{name}.toml"])
    problems = list(caught.value.problems)
    for key, words in EXPECTED[name]:
        assert any(p.key == key and words in p.message for p in problems), (key, problems)
    assert len(problems) == len(EXPECTED[name])
    assert all(p.file == f"{name}.toml" for p in problems)
    assert caught.value.code == Exit.RULES


def test_all_files_are_read_before_anything_is_said() -> None:
    with pytest.raises(BadRulesError) as caught:
        load_book(packs=[BAD])
    assert {p.file for p in caught.value.problems} >= {f"{name}.toml" for name in EXPECTED} - {
        "duplicate_id"
    }
    assert "did you mean" in str(caught.value)


def test_the_line_of_a_key_is_told() -> None:
    with pytest.raises(BadRulesError) as caught:
        load_book(packs=[BAD / "unknown_key.toml"])
    assert caught.value.problems[0].line == 4


def test_an_unreadable_file_is_one_of_the_mistakes(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(BadRulesError, match="not UTF-8") as caught:
        load_book(packs=[tmp_path / "latin.toml", tmp_path / "absent.toml"])
    assert "absent.toml: there is no such file; name another, or take it out" in str(caught.value)


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"no \.toml file"):
        load_book(packs=[tmp_path])


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="Available: en"):
        load_book(language="xx")


FOLDED = '''
[lists]
place = ["""
    (head|main)
    office
    """]

[[rule]]
id = "esc.example"
title = "Example"
severity = 1
when.phrase = [
    """
    (come|go) to (your|the|
    that) {place}
    """,
]
match = ["""
    I will go to your
    head office
    """]
[rule.card]
kind = "process"
do = "Do something"
say = ["""
    First this.
    Then that.
    """]
'''


def test_a_text_over_several_lines_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(FOLDED)
    rule = load_book(packs=[tmp_path]).rule("esc.example")
    assert rule.when == Phrase(any=("(come|go) to (your|the|that) ((head|main) office)",))
    assert rule.examples[0].text == "I will go to your head office"
    assert rule.card is not None
    assert rule.card.say == ("First this. Then that.",)


CONDITIONS = {
    '{ phrase = ["one {thing}"] }': Phrase(any=("one (two|three)",)),
    '{ phrase = "one word", speaker = "agent" }': Phrase(any=("one word",), speaker=Speaker.AGENT),
    '{ near = [["a"], ["b", "c"]], words = 4 }': Near(groups=(("a",), ("b", "c")), words=4),
    '{ regex = "a+ b" }': Regex(pattern="a+ b"),
    '{ not = { phrase = ["no"] } }': Not(of=Phrase(any=("no",))),
    '{ all = [{ phrase = ["a b"] }, { level = "angry" }] }': AllOf(
        of=(Phrase(any=("a b",)), LevelAtLeast(level=Level.ANGRY))
    ),
    '{ any = [{ loud = "agent" }] }': AnyOf(of=(Loud(by=Speaker.AGENT),)),
    '{ count = { phrase = ["no"] }, at_least = 3, within = 60 }': Count(
        of=Phrase(any=("no",)), at_least=3, within=60.0
    ),
    '{ after = { phrase = ["a b"] }, comes = { phrase = ["c"] }, within = 5 }': Sequence(
        first=Phrase(any=("a b",)), then=Phrase(any=("c",)), within=5.0
    ),
    '{ after = { cue = ["esc.x"] }, missing = { phrase = ["c"] }, within = 5, before = 2 }': (
        NotFollowed(
            first=CueSeen(rules=("esc.x",)), then=Phrase(any=("c",)), within=5.0, before=2.0
        )
    ),
    '{ silence = 12, unless_said = ["one moment"] }': Silence(
        longer_than=12.0, unless_said=("one moment",)
    ),
    '{ cue = ["esc.*"], within = 60, count = 2 }': CueSeen(rules=("esc.*",), within=60.0, count=2),
}


@pytest.mark.parametrize("text", sorted(CONDITIONS))
def test_each_kind_of_condition_is_read(text: str, tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    pack.write_text(
        '[lists]\nthing = ["two", "three"]\n[[rule]]\nid = "esc.x"\ntitle = "X"\nseverity = 1\n'
        f"when = {text}\n"
    )
    assert load_book(packs=[pack]).rule("esc.x").when == CONDITIONS[text]


def test_track_and_speaker_follow_from_the_family(tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    rule = '[[rule]]\nid = "{}.x"\ntitle = "X"\nseverity = 1\nwhen.phrase = ["an example"]\n'
    pack.write_text("".join(rule.format(f) for f in ("safety", "agent", "note")))
    book = load_book(packs=[pack])
    assert [(r.track, r.speaker, r.status) for r in book.rules] == [
        (Track.SAFETY, Speaker.CUSTOMER, Status.STABLE),
        (Track.COACHING, Speaker.AGENT, Status.STABLE),
        (Track.COACHING, Speaker.ANY, Status.STABLE),
    ]


def test_no_stays_a_word(tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    pack.write_text('[[rule]]\nid = "esc.x"\ntitle = "no"\nseverity = 1\nwhen.phrase = ["no no"]\n')
    rule = load_book(packs=[pack]).rule("esc.x")
    assert rule.title == "no"
    assert rule.when == Phrase(any=("no no",))


def test_the_fingerprint_covers_behaviour_and_nothing_else() -> None:
    book = load_book()
    assert fingerprint(book.rules) == book.fingerprint == load_book().fingerprint
    assert fingerprint(book.rules[1:]) != book.fingerprint


def test_changes_leave_what_was_read_as_it_stands(tmp_path: Path) -> None:
    """A file is read once, however often it is loaded."""
    plain = load_book()
    overlay = tmp_path / "floor.toml"
    overlay.write_text(
        'by = "lead"\nreason = "ours"\n[[change]]\nrule = "esc.legal"\n'
        'set.severity = 1\nappend.when.phrase = ["bill"]\n'
    )
    assert load_book(overlay=overlay) != plain
    assert load_book() == plain


def test_files_of_changes_with_one_name_are_told_apart(tmp_path: Path) -> None:
    files = [tmp_path / "team.toml", tmp_path / "shared" / "team.toml"]
    (tmp_path / "shared").mkdir()
    for file in files:
        file.write_text('by = "b"\nreason = "r"\n[[disable]]\nrule = "no.such"\n')
    with pytest.raises(BadRulesError) as caught:
        load_book(overlay=files)
    assert {one.file for one in caught.value.problems} == set(map(str, files))
    with pytest.raises(BadRulesError) as caught:
        load_book(overlay=files[:1])
    assert [one.file for one in caught.value.problems] == ["team.toml"]


def test_a_rule_is_built_once_as_long_as_it_and_its_lists_stay(tmp_path: Path) -> None:
    overlay = tmp_path / "floor.toml"
    overlay.write_text(
        'by = "lead"\nreason = "ours"\n[[change]]\nrule = "esc.legal"\nset.severity = 1\n'
    )
    plain, again, changed = load_book(), load_book(), load_book(overlay=overlay)
    assert all(one is other for one, other in zip(plain.rules, again.rules, strict=True))
    others = zip(plain.rules, changed.rules, strict=True)
    assert [one.id for one, other in others if one is not other] == ["esc.legal"]


def test_a_rule_is_built_anew_where_a_list_of_another_file_has_changed(tmp_path: Path) -> None:
    lists = tmp_path / "a_lists.toml"
    (tmp_path / "rules.toml").write_text(small_pack("{thing}"))
    for words in (["one thing"], ["another thing"], ["one thing"]):
        lists.write_text(f'[lists]\nthing = ["{words[0]}"]\n')
        when = load_book(packs=[tmp_path]).rule("esc.example").when
        assert when == Phrase(any=(f"({words[0]})",))


def test_the_mistakes_of_a_rule_are_told_however_often_it_is_loaded() -> None:
    told = []
    for _ in range(2):
        with pytest.raises(BadRulesError) as caught:
            load_book(packs=[BAD / "unknown_key.toml"])
        told.append(caught.value.problems)
    assert told[0] == told[1] != ()


def test_no_more_built_rules_are_kept_than_so_many(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(loader, "_BUILT", {})
    monkeypatch.setattr(loader, "_MOST_BUILT", 3)
    for number in range(5):
        pack = tmp_path / f"{number}.toml"
        pack.write_text(small_pack(f"example {number}"))
        assert load_book(packs=[pack]).rule("esc.example").when == Phrase(
            any=(f"example {number}",)
        )
    assert len(loader._BUILT) == 3


@pytest.mark.parametrize(
    "exceptions",
    [
        'unless.meaning = ["we move to another town soon"]\nunless.phrase = ["not leaving"]',
        'unless = [{ meaning = ["we move to another town soon"] }, { phrase = ["not leaving"] }]',
    ],
)
def test_sentences_of_an_exception_are_near_misses_whatever_stands_beside_them(
    exceptions: str, tmp_path: Path
) -> None:
    (tmp_path / "pack.toml").write_text(
        '[[rule]]\nid = "note.leaves"\ntitle = "Leaves"\nseverity = 1\n'
        'when.meaning = ["I am leaving you for somebody cheaper"]\nsensitivity = 0.1\n'
        f"{exceptions}\n"
        'match = ["I am leaving you for somebody cheaper"]\n'
        'no_match = ["not leaving", "the sun is out"]\n'
    )
    rule = load_book(packs=[tmp_path]).rule("note.leaves")
    assert isinstance(rule.when, Meaning)
    assert rule.when.unlike == ("we move to another town soon",)
    assert [type(part) for part in rule.unless] == [Phrase]
