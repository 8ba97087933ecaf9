"""A rule from a moment: what is drafted is what is tried, kept disabled, or refused."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import msgspec
import pytest
from callscript import Say, spoken
from keptcalls import CUSTOMER, keep, said
from rulekit import agent, book, customer, rule, small_pack
from work_marks import made_once

from coach.backtest import running
from coach.backtest.drafting import alike
from coach.backtest.drafting.trial import Kept
from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.spread import processes
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit
from coach.events import CallEnded, CallStarted, Fact
from coach.meaning.listening import MeaningListener
from coach.notes.review.review_requests import CallsToChoose, RuleAsked
from coach.replay import rule_from_moment as rule_from_moment_module
from coach.replay.review_desk import ReviewDesk, Reviewing
from coach.replay.rule_from_moment import DraftAsked, rule_from_moment
from coach.startup.config import load
from coach.startup.rules_in_force import RulesInForce
from rules.books.loader import load_book
from rules.changes.overlay_text import appended, entry_text
from rules.definition.conditions import Meaning
from rules.definition.rule import Status

PARK = "there is nowhere to park at your branch"
SAME = "there is nowhere to park near your branch"
TEAM = '# the floor decides\n[[disable]]\nrule = "esc.example"\nreason = "x"\nby = "y"'
OTHER = "what are your opening hours on a Saturday"


@made_once
def listener() -> MeaningListener:
    return MeaningListener(book(rule("esc.any", Meaning(sentences=("I will cancel everything",)))))


def kept(calls: Path, name: str, *says: Say) -> None:
    """A call with the vectors of what was said, as every call has them."""
    meaning = listener()
    setup = Setup(
        book=book(), settings=EngineSettings(), meaning=meaning, encoder=meaning.encoder,
        about=About(kind=CallKind.LIVE),
    )  # fmt: skip
    first = CallStarted(at=0.0, call=name, started="2026-03-04T09:30:00+00:00", source="live")
    calls.mkdir(parents=True, exist_ok=True)
    call = Call(setup, first, calls / f"{name}.jsonl")
    for fact in sorted((f for n, say in enumerate(says) for f in spoken(say, f"U{n}")), key=at):
        call.feed(fact)
    call.feed(CallEnded(at=60.0, reason="end"))
    assert call.close() == ""


def at(fact: Fact) -> float:
    return fact.at


@pytest.fixture(scope="module")
def calls_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three kept calls."""
    calls = tmp_path_factory.mktemp("calls")
    kept(calls, "one", agent(3, "good morning how can I help"), customer(9, PARK))
    kept(calls, "two", customer(4, SAME), customer(20, "my card number is lost"))
    kept(calls, "three", customer(5, OTHER))
    return calls


@pytest.fixture
def library(tmp_path: Path, calls_of_all: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """These calls, a small pack, and a team's overlay with a remark in it."""
    monkeypatch.setenv("COACH_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COACH_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(alike, "MOST_LOOKED_AT", 4)
    shutil.copytree(calls_of_all, tmp_path / "data" / "calls")
    (tmp_path / "pack.toml").write_text(small_pack())
    team = tmp_path / "config" / "team.toml"
    team.parent.mkdir()
    team.write_text(TEAM)
    settings = '[rules]\npacks = ["../pack.toml"]\noverlay = "team.toml"\n'
    (tmp_path / "config" / "settings.toml").write_text(settings)
    return tmp_path


def draft(*words: str) -> int:
    return main(["rules", "draft", *words, "--jobs", "1", "--by", "Lead"])


@pytest.mark.meaning
def test_from_a_moment_to_a_tested_rule(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marks = CallFiles(library / "data" / "calls", "two").marks
    add_mark(marks, Mark(mark="M1", verdict=Verdict.MISSED, at=5, reviewer="R", made="", rule="x"))
    code = draft("one@0:09", "--card", "Offer parking", "--say", "One.", "--say", "Two.")
    assert code == Exit.OK
    out = capsys.readouterr().out
    assert f"alike          {SAME}   (two at 0:04, marked as missed)" in out
    assert "examples: " in out
    assert ", all right" in out
    assert "lint: 0 errors, 0 warnings" in out
    assert "backtest over 3 calls, 0.05 hours: 2 matches in 2 calls, 2 cards" in out
    assert f"customer 00:09.0: {PARK}" in out
    assert "saved, disabled: " in out
    team = library / "config" / "team.toml"
    text = team.read_text()
    assert text.startswith("# the floor decides\n")
    (values,) = tomllib.loads(text)["rule"]
    assert (values["status"], values["by"]) == ("disabled", "Lead")
    assert values["reason"] == "drafted from one at 0:09"
    assert values["when"]["meaning"] == values["match"] == [PARK, SAME]
    assert len(values["no_match"]) >= 2
    found = load_book(packs=[library / "pack.toml"], overlay=team)
    (drafted,) = (
        one for one in found.rules if one.status is Status.DISABLED and one.id != "esc.example"
    )
    assert drafted.id == "esc.nowhere_park_branch"
    assert found.active() == ()


@pytest.mark.meaning
def test_what_was_tried_is_what_is_kept(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft("one@0:09", "--cue", "esc.parking")
    capsys.readouterr()
    team = library / "config" / "team.toml"
    team.write_text(team.read_text().replace('status = "disabled"\n', ""))
    assert main(["rules", "test", "esc.parking"]) == Exit.OK
    assert main(["backtest", "--against", "packs", "--jobs", "1", "--every-rule"]) == Exit.OK
    row = next(line for line in capsys.readouterr().out.splitlines() if "esc.parking" in line)
    assert "0 > 2" in row, "as many matches as the draft had"


@pytest.mark.meaning
def test_a_dry_run_prints_the_entry_and_keeps_nothing(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (library / "config" / "team.toml").read_text()
    more = ["--also", "the car park is always full", "--no-overlay", "--dry-run"]
    assert draft("one", *more) == Exit.INPUT
    assert draft("one@9", "--words", "nowhere to park", *more) == Exit.OK
    out = capsys.readouterr().out
    (values,) = tomllib.loads(out[out.index("[[rule]]") :])["rule"]
    assert values["when"]["meaning"][:2] == ["nowhere to park", "the car park is always full"]
    assert "card" not in values
    assert (library / "config" / "team.toml").read_text() == before


@pytest.mark.meaning
@pytest.mark.usefixtures("library")
def test_of_many_calls_the_newest_are_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rule_from_moment_module, "NEWEST", 2)
    assert draft("one@9", "--dry-run") == Exit.OK
    told = capsys.readouterr().out
    assert "backtest over 2 calls" in told
    assert "These are the newest of 3 calls; --newest 3 takes all." in told


@pytest.mark.meaning
@pytest.mark.usefixtures("library")
def test_after_so_many_runs_it_is_enough_unless_more_calls_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rule_from_moment_module, "MOST_RUN", 1)
    assert draft("one@9", "--dry-run", "--jobs", "1") == Exit.OK
    told = capsys.readouterr().out
    assert "1 call run; in the others nothing comes near" in told
    assert "These are the newest of 3 calls; --newest 3 takes all." in told
    assert draft("one@9", "--dry-run", "--newest", "3") == Exit.OK
    told = capsys.readouterr().out
    assert "backtest over 3 calls" in told
    assert "These are the newest" not in told
    assert told.startswith(f"customer in one at 0:09: {PARK}"), "before anything is looked for"


@pytest.mark.meaning
@pytest.mark.parametrize(
    "heard", ["phrase", 'meaning = ["you can park nowhere at your branch"]\nwhen.wording']
)
def test_a_draft_that_another_rule_would_stand_in_for_says_so(
    heard: str, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One cue a clause: a phrase of the same family goes before a meaning, and nothing fires."""
    pack = library / "pack.toml"
    text = pack.read_text().replace("an example", "nowhere to park")
    pack.write_text(text.replace("when.phrase", f"when.{heard}"))
    assert draft("one@9", "--no-overlay", "--dry-run") == Exit.OK
    told = capsys.readouterr().out
    assert "esc.example has phrases of these words" in told
    assert "0 matches in 0 calls" in told
    mine = library / "mine.toml"
    mine.write_text(f'by = "b"\nreason = "r"\n{told[told.index("[[rule]]") :]}'.replace(
        'status = "disabled"\n', ""
    ))  # fmt: skip
    assert main(["rules", "try", PARK, "--overlay", str(mine)]) == Exit.OK
    assert "in a call only esc.example counts it: it has a phrase of these words" in (
        capsys.readouterr().out
    )


@pytest.mark.meaning
def test_words_too_few_for_a_meaning_are_taken_to_the_letter(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draft("one@9", "--words", "your Branch") == Exit.OK
    assert "to the letter  your branch" in capsys.readouterr().out
    (values,) = tomllib.loads((library / "config" / "team.toml").read_text())["rule"]
    assert values["when"] == {"phrase": ["your branch"]}
    assert len(values["no_match"]) == 2


@pytest.mark.meaning
def test_the_agents_words_make_a_rule_about_the_agent(library: Path) -> None:
    assert draft("one@3", "--card", "Smile") == Exit.OK
    (values,) = tomllib.loads((library / "config" / "team.toml").read_text())["rule"]
    assert values["id"] == "agent.good_morning_help"


@pytest.mark.meaning
def test_where_no_overlay_is_in_force_one_is_made_beside_the_settings(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draft("one@9", "--no-overlay") == Exit.OK
    assert "The settings do not name this file" in capsys.readouterr().out
    assert (library / "config" / "overlay.toml").read_text().startswith("[[rule]]\n")


@pytest.mark.meaning
def test_a_draft_that_is_stopped_is_kept_nowhere(library: Path) -> None:
    calls = tuple((library / "data" / "calls").glob("*.jsonl"))
    asked = DraftAsked(files=CallFiles(library / "data" / "calls", "one"), at=9, by="Lead")
    rules = RulesInForce(packs=(library / "pack.toml",))
    lines = list(rule_from_moment(asked, rules, Kept(calls=calls), stop=lambda: True))
    assert lines[-1] == "stopped: the rule is kept nowhere"
    assert not (library / "config" / "overlay.toml").exists()


@pytest.mark.meaning
def test_the_reviewer_s_desk_drafts_from_the_open_call(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "FEW", 0)
    monkeypatch.setattr(processes, "ProcessPoolExecutor", None)  # beside a screen none can start
    calls = library / "data" / "calls"
    asked = Reviewing(reviewer="Rita")
    desk = ReviewDesk(load(), calls, lambda _search, _tell: CallsToChoose(rows=(), told=""), asked)
    desk.open("one")
    lines: list[str] = []
    desk.draft(RuleAsked(at=9.0, words=PARK, card="Offer parking"), lines.append, go_on)
    assert lines[-2].startswith("saved, disabled: ")
    (values,) = tomllib.loads((library / "config" / "team.toml").read_text())["rule"]
    assert (values["by"], values["status"]) == ("Rita", "disabled")


def go_on(done: int, of: int) -> bool:
    return done <= of


REFUSED = (
    (["one"], Exit.INPUT, "'one' names no time. Write it behind the call: CALL@3:12."),
    (["none@3"], Exit.INPUT, "There is no call 'none' in the library"),
    (["one@9", "--say", "x"], Exit.INPUT, "--say needs --card."),
    (["one@9", "--newest", "0"], Exit.INPUT, "--newest must be from 1 to 1000000."),
    (["one@9", "--jobs", "0"], Exit.INPUT, "--jobs must be from 1 to 1024."),
    (["one@50", "--words", PARK], Exit.INPUT, "Nobody says 'there is nowhere to park"),
    (["one@50"], Exit.INPUT, "Nothing is said at 0:50: the last words of one end at 0:12. Give a"),
    (["mail@30"], Exit.INPUT, "'mail me at [e-mail]' holds personal data, which no rule may."),
    (["empty@3"], Exit.INPUT, "holds nothing that is said"),
    (["signs@3"], Exit.INPUT, "'—' holds no word."),
    (["long@3"], Exit.INPUT, "The line at 0:03 has 41 words; a rule is drafted from 40 at most."),
    (["one@9", "--cue", "esc.example"], Exit.INPUT, "There is a rule 'esc.example' already."),
    (["one@9", "--cue", "Nonsense"], Exit.RULES, "That draft is no rule: id: 'Nonsense' is"),
    (["one@9", "--card", "x" * 61], Exit.RULES, "61 characters; expected at most 60"),
    (["one@9", "--into", "."], Exit.INPUT, "The overlay . cannot be read: "),
    (["one@9", "--into", "pack.toml/x"], Exit.STORAGE, "The overlay pack.toml/x cannot be written"),
    (["one@9", "--into", "bad.toml"], Exit.RULES, "bad.toml: not TOML"),
)  # fmt: skip


@pytest.mark.meaning
def test_what_cannot_be_drafted_is_one_line_and_writes_nothing(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = library / "data" / "calls"
    keep(calls, "empty")
    keep(calls, "mail", [said(30, CUSTOMER, "mail me at jo@x.org")])
    keep(calls, "signs", [said(3, CUSTOMER, "... — ...")])
    keep(calls, "long", [said(3, CUSTOMER, "word " * 41)])
    (library / "bad.toml").write_text("[[change]\n")
    for words, code, text in REFUSED:
        assert main(["rules", "draft", *words, "--by", "Lead"]) == code, words
        err = capsys.readouterr().err
        assert text in err
        assert "Traceback" not in err
    assert (library / "config" / "team.toml").read_text() == TEAM
    assert (library / "bad.toml").read_text() == "[[change]\n"


@pytest.mark.meaning
def test_an_overlay_that_cannot_be_written_is_told(
    library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    assert draft("one@9") == Exit.STORAGE
    err = capsys.readouterr().err
    assert "team.toml cannot be written: No space left on device." in err
    assert {path.name for path in (library / "config").iterdir()} == {"team.toml", "settings.toml"}


def test_an_entry_reads_back_as_it_was_meant() -> None:
    values = {
        "id": "esc.x",
        "status": "disabled",
        "sensitivity": 0.05,
        "severity": 2,
        "when": {"meaning": ['he said "no" \\ \x7f', "b" * 120]},
        "set.when.any.1.silence": 20,
        "steps": [{"at": 2, "cards": []}],
        "flag": True,
    }
    once = entry_text("rule", values)
    text = appended(appended("", once), once)
    first, second = tomllib.loads(text)["rule"]
    assert first == second
    assert first["when"] == values["when"]
    assert first["set"]["when"]["any"]["1"]["silence"] == 20
    assert (first["sensitivity"], first["flag"], first["steps"]) == (0.05, True, values["steps"])
    assert msgspec.json.encode(first)
