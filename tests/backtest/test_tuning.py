"""Every value of a dial, at once: the same as a backtest of each value by itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import tuned_rules as tuned
from callscript import spoken
from every_row import every_row
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rulekit import agent, customer
from shipped_rules import book
from strategies import calls

from coach.backtest.compare import ComparedCall, LeftOut
from coach.backtest.figures import ComparisonFigures
from coach.backtest.tuning.card_tape import CardTape, NotOnTapeError
from coach.backtest.tuning.curve import DialCurve
from coach.backtest.tuning.dial import dials_of, values_between
from coach.backtest.tuning.only_cards import going_along
from coach.backtest.tuning.traced import Band, Traced
from coach.backtest.tuning.tuned_call import TunedCall
from coach.calls.marks import Mark, Verdict, add_mark
from coach.events import Action, AgentAction, CallEnded, Fact
from rules.books.loader import load_book

SIDE_BY_SIDE = (
    ("agent.dead_air", "when.silence"),
    ("agent.dead_air", "timing.cooldown"),
    ("agent.dead_air", "unless.1.within"),
    ("agent.very_long", "when.longer_than"),
    ("agent.monologue", "when.longer_than"),
    ("agent.monologue", "card.priority"),
    ("agent.no_care", "when.within"),
    ("agent.loud", "when.all.2.over_baseline_db"),
)
ONE_AFTER_ANOTHER = (
    ("esc.leaves", "sensitivity"),
    ("esc.leaves", "when.support"),
    ("esc.upset", "when.any.1.distress"),
    ("esc.upset", "when.any.2.mood_below"),
    ("esc.boss", "timing.cooldown"),
    ("conduct.rude", "when.at_least"),
    ("conduct.rude", "card.hold"),
)
DIALS = (*SIDE_BY_SIDE, *ONE_AFTER_ANOTHER)


def came_to(call: ComparedCall | LeftOut) -> ComparedCall | LeftOut:
    """A call as it was compared, without by which way: tuning has a way of its own."""
    if isinstance(call, LeftOut):
        return call
    return msgspec.structs.replace(call, as_recorded=False, reached=True)


@st.composite
def calls_with_answers(draw: st.DrawFn) -> list[Fact]:
    """Calls in which some keys are for the card that was shown last."""
    return [
        msgspec.structs.replace(fact, note=draw(st.sampled_from(("", "for the card"))))
        if isinstance(fact, AgentAction) and fact.action is not Action.CALLER
        else fact
        for fact in draw(calls())
    ]


@pytest.mark.meaning
@pytest.mark.parametrize(("rule", "path"), DIALS, ids=str)
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(facts=calls_with_answers(), data=st.data())
def test_each_value_does_as_in_a_backtest_of_its_own(
    tmp_path_factory: pytest.TempPathFactory,
    facts: list[Fact],
    data: st.DataObject,
    rule: str,
    path: str,
) -> None:
    journal = tmp_path_factory.mktemp("call") / "c.jsonl"
    tuned.keep(journal, facts[1:])
    count = len(tuned.turned(rule, path).dial.values)
    one = tuned.tuner(rule, path).tune(journal, range(count))
    assert isinstance(one, TunedCall)
    assert [s.first for s in one.stretches[1:]] == [s.last + 1 for s in one.stretches[:-1]]
    assert (one.stretches[0].first, one.stretches[-1].last) == (0, count - 1)
    edges = [index for s in one.stretches for index in (s.first, s.last)]
    for index in data.draw(st.lists(st.sampled_from(edges), min_size=1, max_size=4)):
        assert one.at(index) == came_to(tuned.comparison(rule, path, index).compare(journal))


# --- which way leads there ----------------------------------------------------------------------


@every_row(DIALS)
def test_only_what_touches_cards_alone_is_tried_side_by_side(rule: str, path: str) -> None:
    assert (tuned.tuner(rule, path)._all is not None) is ((rule, path) in SIDE_BY_SIDE)


@pytest.mark.parametrize(
    ("rule", "along"),
    [
        ("agent.dead_air", {"agent.dead_air"}),
        ("agent.kept_waiting", {"agent.kept_waiting", "agent.dead_air"}),
        ("agent.quiet_end", {"agent.quiet_end"}),
        ("agent.monologue", {"agent.monologue"}),
        ("agent.no_empathy", {"agent.no_empathy"}),
        ("agent.calm_down", None),
        ("esc.supervisor", None),
    ],
)
def test_the_shipped_rules_about_the_agent_are_tried_side_by_side(
    rule: str, along: set[str] | None
) -> None:
    shipped = book()
    assert going_along(shipped.rule(rule), shipped, "timing.cooldown") == along


@pytest.mark.parametrize(
    "looks",
    [
        'when.cue = ["agent.monologue"]',
        'when.silence = 5\nunless = [{ cue = ["agent.*"], within = 9 }]',
        'when.silence = 5\n[rule.card]\nkind = "tone"\ndo = "x"\ndone_when = ["agent.monologue"]',
        'when.phrase = ["well"]\nunless = [{ cue = ["agent.monologue"], within = 9 }]',
        'when.silence = 5\nunless = [{ cue = ["agent.monologue"] }]\nrole = "offence"',
    ],
)
def test_what_is_more_than_kept_quiet_by_a_rule_cannot_go_along(tmp_path: Path, looks: str) -> None:
    path = tmp_path / "pack.toml"
    path.write_text(
        f"{tuned.PACK}\n[[rule]]\nid = 'agent.looks'\ntitle = 'It'\nseverity = 1\n{looks}\n"
    )
    made = load_book(packs=[path])
    assert going_along(made.rule("agent.monologue"), made, "timing.cooldown") is None
    assert going_along(tuned.book().rule("agent.monologue"), tuned.book(), "timing.cooldown")


def call_with(path: Path, *more: Fact) -> Path:
    """A call with silences, a complaint, and keys."""
    says = [
        *spoken(agent(1.0, "good morning how can I help you today"), "A1"),
        *spoken(customer(12.0, "I will cancel everything and go somewhere else"), "C1"),
        *spoken(customer(24.0, "let me speak to your manager right now please"), "C2"),
        *spoken(agent(40.0, "that is our policy there is nothing I can do"), "A2"),
    ]
    facts = sorted([*says, *more], key=lambda fact: fact.at)
    tuned.keep(path, [*facts, CallEnded(at=70.0, reason="end")])
    return path


@pytest.mark.meaning
def test_a_card_that_was_marked_wrong_is_run_whole(tmp_path: Path) -> None:
    wrong = AgentAction(at=14.5, action=Action.MARK_WRONG, note="for the card")
    journal = call_with(tmp_path / "c.jsonl", wrong)
    tuner = tuned.tuner("agent.dead_air", "when.silence")
    count = len(tuned.turned("agent.dead_air", "when.silence").dial.values)
    one = tuner.tune(journal, range(count))
    assert isinstance(one, TunedCall)
    for index in (0, 12, count - 1):
        full = tuned.comparison("agent.dead_air", "when.silence", index)
        assert one.at(index) == came_to(full.compare(journal))


@pytest.mark.meaning
def test_what_is_not_about_cards_and_names_one_is_not_on_a_tape(tmp_path: Path) -> None:
    pause = AgentAction(at=30.0, action=Action.PAUSE, note="for the card")
    journal = call_with(tmp_path / "c.jsonl", pause)
    tuner = tuned.tuner("agent.dead_air", "when.silence")
    assert tuner._all is not None
    with pytest.raises(NotOnTapeError):
        CardTape(tuned.read(journal), tuned.turned("agent.dead_air", "when.silence"), tuner._all)


@pytest.mark.meaning
def test_values_far_from_the_present_one_come_later(tmp_path: Path) -> None:
    journal = call_with(tmp_path / "c.jsonl")
    turned = tuned.turned("esc.leaves", "sensitivity")
    dial, tuner = turned.dial, tuned.tuner("esc.leaves", "sensitivity")
    near = tuner.tune(journal, range(dial.present, dial.present + 1))
    whole = tuner.tune(journal, range(len(dial.values)))
    assert isinstance(near, TunedCall)
    assert isinstance(whole, TunedCall)
    assert near.at(dial.present) == whole.at(dial.present)
    curve = DialCurve(dial)
    for one in (near, whole, whole):
        curve.add(one)
    assert {point.calls for point in curve.points} <= {1, 2}
    assert curve.points[dial.present].seconds == 70.0 * curve.points[dial.present].calls
    (tmp_path / "bad.jsonl").write_text("{}\n")
    bad = tuner.tune(tmp_path / "bad.jsonl", range(1))
    assert isinstance(bad, LeftOut)
    assert "bad.jsonl" in bad.trouble


# --- the sum ------------------------------------------------------------------------------------


@pytest.mark.meaning
def test_a_point_of_the_curve_is_a_backtest_s_figures(tmp_path: Path) -> None:
    paths = [call_with(tmp_path / f"{name}.jsonl") for name in "abc"]
    mark = Mark(
        mark="M1", verdict=Verdict.RIGHT, at=11.0, reviewer="R", made="", rule="agent.dead_air"
    )
    add_mark(tmp_path / "a.marks.ndjson", mark)
    turned = tuned.turned("agent.dead_air", "when.silence")
    curve, count = DialCurve(turned.dial), len(turned.dial.values)
    for path in paths:
        one = tuned.tuner("agent.dead_air", "when.silence").tune(path, range(count))
        assert isinstance(one, TunedCall)
        curve.add(one)
    assert curve.whole == 3
    for index in (0, turned.dial.nearest(4), turned.dial.present, count - 1):
        figures, point = ComparisonFigures(), curve.points[index]
        for path in paths:
            figures.add(tuned.comparison("agent.dead_air", "when.silence", index).compare(path))
        new = figures.new.get("agent.dead_air")
        assert point.shown == (new.shown if new else 0)
        assert point.judged == (new.judged if new else point.judged)
        assert point.moments == figures.moments
        assert point.seconds == figures.all_talk().seconds
        changed = sum([*point.changes.values(), *point.others.values()])
        assert changed == sum(figures.changes.values())
    assert curve.points[0].shown > curve.points[-1].shown


# --- figures to turn ----------------------------------------------------------------------------


def test_a_turned_set_is_the_one_that_the_overlay_makes(tmp_path: Path) -> None:
    turned = tuned.turned("agent.dead_air", "unless.1.within")
    index = turned.dial.nearest(30)
    overlay = tmp_path / "team.toml"
    overlay.write_text(
        'by = "R"\nreason = "r"\n[[change]]\nrule = "agent.dead_air"\n'
        f"set.unless.1.within = {turned.dial.values[index]!r}\n"
    )
    made = load_book(packs=[tuned.pack()], overlay=overlay)
    assert turned.book_at(index).fingerprint == made.fingerprint
    assert turned.book_at(turned.dial.present).fingerprint == tuned.book().fingerprint


def test_every_figure_with_a_range_can_be_turned() -> None:
    entry = tuned.entry("agent.dead_air")
    assert [dial.path for dial in dials_of(entry)] == [
        "timing.for", "timing.keep_for", "timing.cooldown", "timing.max_per_call",
        "card.hold", "card.priority", "when.silence", "when.announced",
        "unless.1.within", "unless.1.count",
    ]  # fmt: skip
    assert dials_of(tuned.entry("esc.leaves"))[0].path == "sensitivity"
    assert tuned.dial("agent.dead_air", "when.silence").unit == "s"


@pytest.mark.parametrize(
    ("least", "most", "present", "some"),
    [
        (0, 600, 12, {0, 4, 11, 12, 13, 20, 30, 100, 600}),
        (0.0005, 5, 0.02, {0.0005, 0.001, 0.012, 0.019, 0.02, 0.021, 0.05, 1, 5}),
        (-5, 5, -1.5, {-5, -3, -1.6, -1.5, -1.4, 0, 1, 5}),
        (0, 0, 0, {0}),
    ],
)
def test_values_are_round_and_finest_about_the_present_one(
    least: float, most: float, present: float, some: set[float]
) -> None:
    values = values_between(least, most, present)
    assert some <= set(values)
    assert list(values) == sorted(set(values))
    assert (values[0], values[-1]) == (least, most)
    assert len(values) < 60


def test_whole_numbers_stay_whole() -> None:
    values = values_between(1, 1000, 3, whole=True)
    assert all(isinstance(value, int) for value in values)
    assert {1, 2, 3, 4, 11, 1000} <= set(values)


# --- numbers that stand for several -------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "holds_for"),
    [
        (lambda x: x > 3.5, (0, 2)),
        (lambda x: 3 // x == 1, (1, 2)),
        (lambda x: 10 - x * 2 >= 5, (0, 1)),
        (lambda x: max(x, 4) == 4, (0, 2)),
        (lambda x: f"{x:g}", (1, 1)),
        (round, (1, 1)),
        (lambda x: bool(x - 2), (1, 1)),
        (lambda x: 1 / (x - 3) < 0, (0, 1)),
        (lambda x: -x < abs(x), (0, 4)),
        (lambda x: min(2.5, x) == 2.5, (0, 1)),
        (lambda x: [10, 20, 30, 40, 50][int(x)], (1, 1)),
    ],
)
def test_a_traced_number_knows_for_which_values_an_answer_holds(
    ask: object, holds_for: tuple[int, int]
) -> None:
    values = (1, 2, 3, 4, 5)
    band = Band(len(values))
    number = Traced(band, values)
    band.begin(1, len(values))
    answer = ask(number)  # type: ignore[operator]
    found = band.end()
    assert (found.start, found.stop - 1) == holds_for
    assert [ask(values[index]) for index in found] == [answer] * len(found)  # type: ignore[operator]


def test_between_runs_a_traced_number_is_like_no_other() -> None:
    band = Band(2)
    one, other = Traced(band, (1, 2)), Traced(band, (1, 2))
    assert one == one  # noqa: PLR0124 - that is the question
    assert one != other
    assert one != 1
    assert len({one, other, 1}) == 3
