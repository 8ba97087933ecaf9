"""Gates: what they say, what they measure, and what is said of one that cannot be meant."""

from __future__ import annotations

import pytest
from every_row import every_row
from rulekit import book, card, rule

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.compare import ComparedCall, SideOfCall
from coach.backtest.figures import ComparisonFigures
from coach.backtest.gates import Chooser, Gate, check_gate, read_gate
from coach.backtest.judging import Judged
from coach.backtest.outcome import RuleTally
from coach.errors import InputError
from coach.events import Track
from rules.definition.rule import Kind

RULES = book(
    rule("esc.boss", "manager", card=card()),
    rule("esc.bill", "bill", card=card()),
    rule("safety.gas", "gas", 4, card=card(Kind.SAFETY)),
    rule("agent.tone", "calm down", 1, card=card(Kind.TONE)),
)


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("no safety lost", {"what": "safety", "change": CardChange.LOST}),
        ("No  safety cards LOST", {"what": "safety", "change": CardChange.LOST}),
        ("no any gained on calm calls",
         {"what": "any", "change": CardChange.GAINED, "level": "calm"}),
        ("esc.* <= 2 per hour", {"what": "esc.*", "op": "<=", "bound": 2.0, "unit": "hour"}),
        ("esc.boss<3", {"what": "esc.boss", "op": "<", "bound": 3.0}),
        ("tone cards <= 2.5 per hour on calm calls",
         {"what": "tone", "op": "<=", "bound": 2.5, "unit": "hour", "level": "calm"}),
        ("coaching gained <= 0.1 per call",
         {"what": "coaching", "change": CardChange.GAINED,
          "op": "<=", "bound": 0.1, "unit": "call"}),
        ("precision of esc.boss >= 80%",
         {"what": "esc.boss", "measure": "precision", "op": ">=", "bound": 0.8}),
        ("f1 of any > 0.5", {"what": "any", "measure": "f1", "op": ">", "bound": 0.5}),
        ("any = 0", {"what": "any", "op": "=", "bound": 0.0}),
    ],
)  # fmt: skip
def test_gates_are_read(text: str, gate: dict[str, object]) -> None:
    assert read_gate(text) == Gate(text=text, **gate)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "safety",
        "no safety",
        "no safety missing",
        "esc.* <= two",
        "esc.* <= -1",
        "esc.* <= 2 per minute",
        "esc.* <= 2 on calm",
        "no safety lost per hour",
    ],
)
def test_what_is_no_gate_is_told(text: str) -> None:
    with pytest.raises(InputError, match=r"is no gate\. Write one like 'no safety lost'"):
        read_gate(text)


@pytest.mark.parametrize(
    "text", ["no esc.bos lost", "esx.* <= 1", "recall of nothing >= 0.1", "recall >= 0.5"]
)
def test_a_gate_about_nothing_is_told(text: str) -> None:
    with pytest.raises(InputError, match="names no rule of either set"):
        Chooser(RULES, RULES).check(read_gate(text))


def test_a_near_name_is_asked_for_with_one_mark() -> None:
    with pytest.raises(InputError, match=r"; did you mean 'esc\.boss'\? Name a rule"):
        Chooser(RULES, RULES).check(read_gate("no esc.bos lost"))


def test_a_gate_may_be_about_a_rule_that_only_a_recorded_call_had() -> None:
    gate = read_gate("no old.gone lost")
    Chooser(None, RULES, recorded={"old.gone"}).check(gate)
    with pytest.raises(InputError, match="names no rule of either set"):
        Chooser(None, RULES).check(gate)


def side(level: str, judged: Judged | None = None, **shown: int) -> SideOfCall:
    rules = {name.replace("_", "."): RuleTally(fires=n, shown=n) for name, n in shown.items()}
    known = {} if judged is None else {"esc.boss": judged}
    return SideOfCall(rules=rules, judged=known, level=level)


def moment(name: str, change: CardChange, track: Track = Track.ESCALATION) -> ChangedCard:
    return ChangedCard(call="c", rule=name, track=track, change=change, old=1.0)


def figures() -> ComparisonFigures:
    """An hour of calm talk and half an hour of angry talk."""
    found = ComparisonFigures()
    for level, seconds, new, moments in (
        (
            "calm",
            3600.0,
            side("calm", Judged(right=3, false=1), esc_boss=2, agent_tone=3),
            (
                moment("esc.boss", CardChange.GAINED),
                moment("old.gone", CardChange.LOST, Track.SAFETY),
            ),
        ),
        ("angry", 1800.0, side("upset", esc_boss=4), (moment("esc.boss", CardChange.LATER),)),
    ):
        found.add(
            ComparedCall(call=level, seconds=seconds, old=side(level), new=new, moments=moments)
        )
    return found


@every_row(
    [
        ("esc.boss <= 6", True, "6 shown"),
        ("esc.boss < 6", False, "6 shown"),
        ("esc.* <= 4 per hour", True, "6 shown in 1.5 hours: 4 per hour"),
        ("esc.boss <= 2 per hour on calm calls", True, "2 shown in 1 hours: 2 per hour"),
        ("escalation <= 7.9 per hour on angry calls", False, "4 shown in 0.5 hours: 8 per hour"),
        ("tone <= 2 per call", True, "3 shown in 2 calls: 1.5 per call"),
        ("no esc.* gained", False, "1 gained"),
        ("no esc.* lost", True, "0 lost"),
        ("no safety lost", False, "1 lost"),  # of a rule that only the recorded call had
        ("no any later on calm calls", True, "0 later"),
        ("any <= 1 per hour on critical calls", False, "there is no such call"),
        ("no any lost on critical calls", True, "0 lost"),
        ("precision of esc.boss >= 75%", True, "0.75 (0.30 to 0.95; 3 right, 1 false, 0 missed)"),
        ("recall of any > 0.99", True, "1.00 (0.44 to 1.00; 3 right, 1 false, 0 missed)"),
        ("recall of safety > 0.1", False, "no mark tells"),
        ("no old.* lost", False, "1 lost"),
        ("no esx.* lost", False, "no such rule did anything"),
    ]
)
def test_gates_are_measured(text: str, holds: bool, why: str) -> None:
    result = check_gate(read_gate(text), figures(), Chooser(None, RULES))
    assert (result.holds, result.why) == (holds, why)
