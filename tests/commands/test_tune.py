"""`coach tune` behind its screen: figures come in, values are saved, published, taken back."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from datetime import UTC, datetime
from multiprocessing import resource_tracker
from pathlib import Path

import pytest
import tuned_rules as tuned
from callscript import spoken
from rulekit import agent, customer

from coach.backtest.compare import ComparisonAsked, LeftOut
from coach.backtest.tuning.trying import Trying
from coach.backtest.tuning.tuned_call import CallTuner
from coach.backtest.tuning.wordings import OTHER, wordings_of
from coach.calls.about import CallKind
from coach.cli import main
from coach.errors import Exit, InputError, RulesError
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CardCleared,
    CardRaised,
    Clearing,
    Track,
)
from coach.notes.tuning.tuning_desk import CallsTried
from coach.replay.tune_desk import TuneDesk, Tuning
from coach.startup.rules_in_force import RulesInForce
from rules.books.loader import load_book

TIMELINE = """
[[rule.timeline]]
name = "quiet"
steps = [{ at = 1, agent = "right" }, { at = 14, cards = ["agent.dead_air"] }]

[[rule]]
id = "agent.monologue\""""
DISABLED = """
[[rule]]
id = "esc.x"
title = "x"
severity = 1
status = "disabled"
when.phrase = ["x"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calls").mkdir()
    says = [
        *spoken(agent(1.0, "good morning how can I help you today"), "A1"),
        *spoken(customer(20.0, "let me speak to your manager right now please"), "C1"),
    ]
    for name in "ab":
        tuned.keep(tmp_path / "calls" / f"{name}.jsonl", [*says, CallEnded(at=40.0, reason="end")])
    Path("team.toml").write_text('by = "lead"\nreason = "r"\n')
    return tmp_path


def desk(folder: Path, **more: object) -> TuneDesk:
    overlay = folder / "team.toml"
    asked = {
        "calls": tuple(sorted((folder / "calls").glob("*.jsonl"))),
        "kinds": tuple(CallKind),
        "in_force": RulesInForce(packs=(tuned.pack(),), overlays=(overlay,)),
        "overlay": overlay,
        "shared": None,
        "by": "R",
        "jobs": 1,
        **more,
    }
    now = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    return TuneDesk(Tuning(**asked), lambda: now)  # type: ignore[arg-type]


def begin(desk: TuneDesk, rule: str, path: str) -> None:
    desk.begin(rule, path)
    assert desk._work is not None
    desk._work.join()


@pytest.mark.meaning
def test_from_figures_to_a_published_change_and_back(folder: Path) -> None:
    shared = folder / "shared"
    shared.mkdir()
    one = desk(folder, shared=shared)
    rows = {row.rule: row for row in one.rules()}
    dial = next(d for d in rows["agent.dead_air"].dials if d.path == "when.silence")
    assert (dial.unit, dial.values[dial.present]) == ("s", 6)
    assert dial.meaning == "Seconds of silence."
    assert one.curve() == ()
    begin(one, "agent.dead_air", "when.silence")
    assert (one.progress().near, one.progress().whole, one.progress().of) == (2, 2, 2)
    points = one.curve()
    assert points[dial.present].shown > points[-1].shown == 0
    assert points[-1].lost == points[dial.present].shown
    lost = one.moments(len(points) - 1)
    assert {m.change for m in lost} == {"lost"}
    assert lost[0].without == "the rule does not match"
    index = dial.values.index(10)
    assert one.save(index, "comes too early") == "saved as version 2 of team.toml"
    in_force = load_book(packs=[tuned.pack()], overlay=folder / "team.toml")
    assert (
        in_force.fingerprint
        == tuned.turned("agent.dead_air", "when.silence")
        .book_at(tuned.turned("agent.dead_air", "when.silence").dial.nearest(10))
        .fingerprint
    )
    changed = {row.rule: row for row in one.rules()}["agent.dead_air"].dials
    assert next(d.values[d.present] for d in changed if d.path == "when.silence") == 10
    assert one.publish() == f"published to {shared / 'team.toml'}"
    assert [(v.number, v.by, v.reason) for v in one.versions()] == [
        (2, "R", "comes too early"),
        (1, "", "as it was found"),
    ]
    assert [v.number for v in one.versions() if v.published] == [2]
    assert one.difference(1) == (
        "- [[change]]", '- rule = "agent.dead_air"', '- by = "R"',
        '- reason = "comes too early"', "- set.when.silence = 10",
    )  # fmt: skip
    assert one.roll_back(1) == (
        "rolled back to version 1; that is version 3 now; "
        f"{shared / 'team.toml'} still holds what was published before, until p publishes this"
    )
    assert (folder / "team.toml").read_text() == 'by = "lead"\nreason = "r"\n'


@pytest.mark.meaning
def test_what_a_desk_cannot_do_is_said(folder: Path) -> None:
    bare = desk(folder, overlay=None, in_force=RulesInForce(packs=(tuned.pack(),)))
    bare.rules()
    begin(bare, "agent.dead_air", "when.silence")
    with pytest.raises(InputError, match="There is no overlay to save into"):
        bare.save(0, "r")
    with pytest.raises(InputError, match="There is no place to publish to"):
        bare.publish()
    over = folder / "over.toml"
    over.write_text(
        'by = "x"\nreason = "r"\n[[change]]\nrule = "agent.dead_air"\nset.when.silence = 9\n'
    )
    files = (folder / "team.toml", over)
    two = desk(folder, in_force=RulesInForce(packs=(tuned.pack(),), overlays=files))
    two.rules()
    begin(two, "agent.dead_air", "when.silence")
    with pytest.raises(InputError, match=r"team\.toml would not do what was tried"):
        two.save(0, "r")
    assert (folder / "team.toml").read_text() == 'by = "lead"\nreason = "r"\n'


@pytest.mark.meaning
def test_an_overlay_that_is_not_there_is_made_by_saving(folder: Path) -> None:
    (folder / "team.toml").unlink()
    with pytest.raises(RulesError, match=r"team\.toml: there is no such file; make it"):
        RulesInForce(packs=(tuned.pack(),), overlays=(folder / "team.toml",)).load()
    one = desk(folder)
    dial = next(d for row in one.rules() for d in row.dials if d.path == "when.silence")
    begin(one, "agent.dead_air", "when.silence")
    assert one.save(dial.values.index(10), "r") == "saved as version 1 of team.toml"
    assert load_book(packs=[tuned.pack()], overlay=folder / "team.toml").rules
    one.close()
    one.begin("agent.dead_air", "when.silence")
    assert one._work is None


@pytest.mark.meaning
def test_calls_of_other_kinds_are_not_counted(folder: Path) -> None:
    one = desk(folder, kinds=(CallKind.IMPORT,))
    one.rules()
    begin(one, "esc.boss", "timing.cooldown")
    assert one.progress() == CallsTried(near=0, whole=0, of=0)


@pytest.mark.meaning
def test_a_value_says_which_timelines_it_contradicts(folder: Path) -> None:
    pack = folder / "pack.toml"
    pack.write_text(tuned.PACK.replace('\n[[rule]]\nid = "agent.monologue"', TIMELINE, 1))
    one = desk(folder, in_force=RulesInForce(packs=(pack,), overlays=(folder / "team.toml",)))
    values = next(d.values for row in one.rules() for d in row.dials if d.path == "when.silence")
    begin(one, "agent.dead_air", "when.silence")
    (told,) = one.contradicted(values.index(20))
    assert told.startswith("contradicts its timeline 'quiet': at 14 s expected agent.dead_air")
    assert one.contradicted(values.index(7)) == ()


@pytest.mark.meaning
def test_what_a_value_is_tried_with_is_not_left_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    one = desk(folder)
    values = next(d.values for row in one.rules() for d in row.dials if d.path == "when.silence")
    begin(one, "agent.dead_air", "when.silence")
    assert one.contradicted(values.index(20)) == ()
    assert one.save(values.index(10), "too early") == "saved as version 2 of team.toml"
    one.close()
    assert list(temporary.iterdir()) == []


@pytest.mark.meaning
def test_what_goes_wrong_beside_the_screen_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = desk(folder)
    one.rules()

    def fail(*_: object) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(CallTuner, "tune", fail)
    begin(one, "esc.boss", "timing.cooldown")
    assert one.progress().trouble == "RuntimeError: no luck"


def test_a_call_that_a_process_could_not_do_is_told() -> None:
    turned = tuned.turned("esc.boss", "timing.cooldown")
    work = Trying(turned, ComparisonAsked(old=None, new=tuned.book()), range(1))
    assert str(work.ended()).startswith("A process that tries values was ended from outside.")
    assert work.lost(Path("a.jsonl"), "killed") == LeftOut(call="a", trouble="a.jsonl: killed")


def card(name: str, say: str) -> CardRaised:
    return CardRaised(
        at=1.0, card=name, rule="esc.boss", track=Track.ESCALATION, severity=2, priority=50,
        do="Do it", say=say, until=9.0, stays=False, danger=False,
    )  # fmt: skip


def cleared(name: str, reason: Clearing) -> CardCleared:
    return CardCleared(at=5.0, card=name, rule="esc.boss", reason=reason)


@pytest.mark.meaning
def test_a_wording_is_counted_where_it_was_on_the_screen(folder: Path) -> None:
    say = ("I am {agent}.", "Let me see.")
    following = AgentAction(at=2.0, action=Action.NEXT_WORDING, card="P1")
    events = [
        card("P1", "I am Kim."), following, cleared("P1", Clearing.USED),
        card("P2", "I am Kim."), cleared("P2", Clearing.DISMISSED),
        card("P3", "Something else."), cleared("P3", Clearing.EXPIRED),
    ]  # fmt: skip
    assert dict(wordings_of(events, "esc.boss", say)) == {
        (say[0], "shown"): 2, (say[1], "shown"): 1, (say[1], "used"): 1,
        (say[0], "dismissed"): 1, (OTHER, "shown"): 1,
    }  # fmt: skip
    (folder / "calls" / "bad.jsonl").write_text("{}\n")
    counted = desk(folder).wordings("esc.boss")
    assert [(one.words, one.shown) for one in counted] == [("five", 2)]


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            ["--jobs", "0"],
            Exit.INPUT,
            "--jobs must be from 1 to 1024. Leave it out for one a",
        ),
        (["--calls", "calls"], Exit.INPUT, "Tuning needs a terminal. `coach backtest --overlay"),
        (["--calls", "none"], Exit.INPUT, "none"),
        (["no.such_rule"], Exit.INPUT, "No rule is called 'no.such_rule'. `coach rules list`"),
        (["agent.dead_air"], Exit.INPUT, "There is no call in the library."),
    ],
)
@pytest.mark.usefixtures("folder")
def test_mistakes(
    words: list[str], code: Exit, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tune", *words]) == code
    assert told in capsys.readouterr().err


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("rule", "pack", "told"),
    [
        ("agent.dead_ait", "", "No rule is called 'agent.dead_ait'. Did you mean"),
        ("esc.x", DISABLED, "esc.x does not run: its status is disabled (pack.toml:2)."),
        ("say.moment", "", "say.moment has no figure to turn. `coach rules explain` shows it."),
        ("", DISABLED, "No rule that runs has a figure to turn."),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_turned(
    folder: Path, rule: str, pack: str, told: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    path = folder / "pack.toml"
    path.write_text(pack or tuned.PACK)
    more = [rule] if rule else []
    code = main(["tune", *more, "--calls", "calls", "--rules", str(path), "--jobs", "1"])
    assert code == Exit.INPUT
    assert told in capsys.readouterr().err


def test_a_desk_opens_where_no_process_can_be_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused() -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(resource_tracker, "ensure_running", refused)
    opened = desk(folder, jobs=2)
    assert opened._tuning.jobs == 1
    assert "(Operation not permitted): this one does all" in capsys.readouterr().err
    opened.close()
