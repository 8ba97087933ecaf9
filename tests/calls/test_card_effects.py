"""Which cards help: a fair comparison, counted by calls; moments to learn from, without names."""

from __future__ import annotations

import json
import math
from pathlib import Path

import msgspec
import pytest
from keptcalls import AGENT, CUSTOMER, cleared, keep, kept_back, level, raised, said

from coach.calls.about import About, CallKind
from coach.calls.call_files import CallFiles
from coach.calls.journal import read_journal
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.reports.card_moments import card_moments
from coach.cli import main
from coach.errors import Exit
from coach.events import AnyEvent, Clearing, Level, SignalChanged, Suppression
from coach.notes.report.card_effects import ALONE, HARMS, HELPS, UNKNOWN, CardMoment, effects
from coach.notes.report.card_effects import difference as between

UPSET, ANGRY = Level.UPSET, Level.ANGRY
BEHIND = ("lower_priority", 0, 0, None)
LOW, COLD, DONE = Suppression.LOWER_PRIORITY, Suppression.COOLDOWN, Suppression.ALREADY_DONE


def mood(at: float, value: float) -> SignalChanged:
    return SignalChanged(at=at, signal="sentiment_customer", channel=CUSTOMER, value=value)


def told(tmp_path: Path, *events: AnyEvent, end: float = 400.0) -> list[CardMoment]:
    ordered = sorted(events, key=lambda event: event.at)
    return card_moments(read_journal(keep(tmp_path, "c", ordered, end=end).journal), "2026-01-05")


MOMENTS = (
    # shown: level and mood then and a minute later
    ((raised(50, "P1", "a"), mood(10, -2.0), mood(80, 1.0)), [("shown", 0, 0, 3.0)]),
    ((raised(50, "P1", "a"), level(40, UPSET), level(90, ANGRY)), [("shown", 2, 3, None)]),
    # nothing new heard of the mood: it is what it was
    ((raised(50, "P1", "a"), mood(10, -2.0), mood(111, 1.0)), [("shown", 0, 0, 0.0)]),
    # kept back for no fault of the moment
    ((kept_back(50, "a", LOW), mood(10, 1.0), mood(70, 0.5)), [("lower_priority", 0, 0, -0.5)]),
    # what the agent had done already makes another moment of it
    ((kept_back(50, "a", DONE),), []),
    # the card of the rule itself came within a minute, before or after
    ((raised(20, "P1", "a"), kept_back(50, "a", COLD)), [("shown", 0, 0, None)]),
    ((kept_back(50, "a", LOW), raised(80, "P1", "a")), [("shown", 0, 0, None)]),
    ((raised(20, "P1", "b"), kept_back(50, "a", LOW)), [("shown", 0, 0, None), BEHIND]),
    # asked for over and over: one moment a minute
    ((kept_back(50, "a", LOW), kept_back(60, "a", LOW)), [("lower_priority", 0, 0, None)]),
    # nothing follows
    ((raised(350, "P1", "a"),), []),
)  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), MOMENTS)
def test_a_moment_is_what_it_was_and_what_came_a_minute_later(
    events: tuple[AnyEvent, ...], expected: list[tuple[object, ...]], tmp_path: Path
) -> None:
    found = told(tmp_path, *events)
    seen = [
        (one.reason or "shown", int(one.level), int(one.level_after), one.mood_change)
        for one in found
    ]
    assert seen == expected


def moment(call: int, change: float, *, shown: bool, at_level: Level = Level.CALM) -> CardMoment:
    return CardMoment(
        call=f"c{call}", week="2026-01-05", rule="a", at=1.0, shown=shown,
        reason="" if shown else "cooldown", level=at_level, level_after=at_level,
        mood=0.0, mood_after=change,
    )  # fmt: skip


def test_cards_are_compared_at_the_same_level_and_by_calls() -> None:
    # at CALM cards gain one point; the many kept back at ANGRY, where all is worse, do not count
    moments = [moment(n, 1.0 + n / 10, shown=True) for n in range(5)]
    moments += [moment(10 + n, n / 10, shown=False) for n in range(5)]
    moments += [moment(20 + n, -4.0, shown=False, at_level=Level.ANGRY) for n in range(9)]
    (one,) = effects(moments)
    assert one.mood.difference.value == pytest.approx(1.0)
    assert one.mood.difference.calls == 10
    assert (one.shown, one.kept_back, one.verdict) == (5, 14, HELPS)
    # more moments of one call count no more than one
    more = [moment(0, 1.0, shown=True) for _ in range(50)]
    (again,) = effects([*moments, *more])
    assert again.mood.difference == one.mood.difference
    assert effects(moments[5:]) == (), "a rule that never showed a card"


def test_a_call_with_moments_of_both_kinds_and_of_two_levels_is_one_call() -> None:
    levels = (Level.CALM, Level.ANGRY)
    moments = [
        moment(n, n / 10, shown=shown, at_level=at)
        for n in range(5) for shown in (True, False) for at in levels
    ]  # fmt: skip
    (one,) = effects(moments)
    assert one.mood.difference.calls == 5


@pytest.mark.parametrize(
    ("shown", "kept", "verdict"),
    [
        ([2.0, 2.1], [0.0, 0.1], HELPS),
        ([0.0, 0.1], [2.0, 2.1], HARMS),
        ([0.0, 2.0], [0.1, 1.9], UNKNOWN),
        ([2.0, 2.1], [0.0], ALONE),
        ([2.0, 2.1], [], ALONE),
    ],
)
def test_a_verdict_needs_more_than_chance(
    shown: list[float], kept: list[float], verdict: str
) -> None:
    moments = [moment(n, change, shown=True) for n, change in enumerate(shown)]
    moments += [moment(50 + n, change, shown=False) for n, change in enumerate(kept)]
    (one,) = effects(moments)
    assert one.verdict == verdict


def test_the_interval_is_welch_s() -> None:
    first, second = [3.0, 4.0, 5.0, 6.0], [1.0, 3.0, 2.0]
    found = between([(first, second)])
    variance = (5 / 3) / 4 + 1.0 / 3  # by hand: freedom 4.98 of 4, t 2.776
    half = 2.776 * math.sqrt(variance)
    assert found.value == pytest.approx(2.5)
    assert (found.low, found.high) == pytest.approx((2.5 - half, 2.5 + half))
    assert between([([1.0, 1.0], [0.0, 0.0])]).low is None, "all alike: nothing tells the scatter"


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    calls = tmp_path / "data" / "calls"
    about = About(kind=CallKind.LIVE, agent="Priya")
    for number in range(3):
        events = [
            mood(10, -2.0),
            said(40, CUSTOMER, "my number is 07700 900123 and I am cross"),
            raised(50, "P1", "esc.a"),
            cleared(55, "P1", "esc.a", Clearing.USED),
            said(44, CUSTOMER, "nineteen eighty four"),
            said(60, AGENT, "this is Priya I am sorry about that"),
            mood(80, 1.0 + number / 10),
            kept_back(200, "esc.b", LOW),
        ]
        files = keep(
            calls, f"c{number}", events, end=400.0, about=about,
            started=f"2026-01-{5 + 7 * number:02d}T09:00:00+00:00",
        )  # fmt: skip
        masked = files.journal.read_text().replace('"redaction":""', '"redaction":"masked"', 1)
        if number:
            files.journal.write_text(masked)
    note = Mark(
        mark="M1", verdict=Verdict.MISSED, at=60, reviewer="R", made="", rule="esc.b",
        note="mail jo@x.org",
    )  # fmt: skip
    add_mark(CallFiles(calls, "c1").marks, note)
    return calls


def test_cards_week_by_week_and_moments_to_learn_from(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert library.is_dir()
    assert main(["report", "--cards", "--training", "learn.md"]) == Exit.OK
    out, err = capsys.readouterr()
    assert "- **Calls:** 3\n- **Kept back:** lower priority 3" in out
    row = next(line for line in out.splitlines() if line.startswith("| `esc.a`"))
    assert [cell.strip() for cell in row.split("|")[2:4]] == ["3", "100% (44% to 100%)"]
    assert "| +3.10 (+2.85 to +3.35) |" in row
    assert ALONE in row
    assert "| 2026-01-12 | 1     | 1       |" in out
    assert err.endswith("written: learn.md, 3 moments\n")
    text = Path("learn.md").read_text()
    assert text.count("### It was used, and it helped") == 2
    assert "mood +3.2 in the minute after; used" in text
    assert "### Marked in review" in text
    for private in ("Priya", "07700", "900123", "jo@x.org", "c1", "2026", "1984"):
        assert private not in text, private
    assert main(["report", "--cards", "--json", "-", "--since", "2026-01-12"]) == Exit.OK
    report = json.loads(capsys.readouterr().out)
    assert (report["calls"], report["rules"][0]["shown"]) == (2, 2)
    assert main(["report", "--cards", "--html", "cards.html", "--agent", "priya"]) == Exit.OK
    page = Path("cards.html").read_text()
    assert ">esc.a</td>" in page
    assert "script" not in page
    assert msgspec.json.encode(report)


REFUSED = (
    (["--training", "x.md"], Exit.INPUT, "--training needs --cards."),
    (["c1", "--cards"], Exit.INPUT, "--cards is about many calls."),
    (["--cards", "--coached", "2026"], Exit.INPUT, "--cards is about many calls."),
    (["--cards", "--agent", "Nobody"], Exit.INPUT, "The library has no call in that time whose"),
    (["--cards", "--training", "there.md"], Exit.STORAGE, "The file there.md exists already"),
)


@pytest.mark.usefixtures("library")
def test_what_cannot_be_reported_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("there.md").touch()
    for words, code, text in REFUSED:
        assert main(["report", *words]) == code, words
        assert f"coach: {text}" in capsys.readouterr().err
    assert Path("there.md").read_text() == ""
