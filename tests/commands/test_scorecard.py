"""`coach scorecard` from a form to agreement, and what it says of mistakes."""

from __future__ import annotations

import getpass
import io
import json
from pathlib import Path

import pytest
from keptcalls import AGENT, CUSTOMER, cue, keep, level, promise, said
from scorecardkit import HEAD, question, section

from coach.calls.about import About, CallKind
from coach.calls.call_files import CallFiles
from coach.calls.scorecards.scorecard import read_scorecards
from coach.cli import main
from coach.errors import Exit
from coach.events import Level

FORM = HEAD + section(
    "s",
    question("dated", more='not_applicable = true\nautomatic = { measure = "dated_promise" }'),
    question("tone", "scale"),
    question("words", "text", "optional = true"),
)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three calls of an agent's, a form of one's own, and a name to log in with."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COACH_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(getpass, "getuser", lambda: "ruth")
    own = tmp_path / "config" / "scorecards"
    own.mkdir(parents=True)
    (own / "f.toml").write_text(FORM)
    folder = tmp_path / "data" / "calls"
    lines = [
        said(1, CUSTOMER, "where is my router"),
        said(5, AGENT, "I will send one"),
        promise(9, "I will send one", "2026-11-27"),
    ]
    about = About(kind=CallKind.LIVE, agent="Anna")
    for number, more in enumerate(([], [level(9, Level.ANGRY)], [cue(9, "esc.churn")]), 1):
        started = f"2026-11-2{number + 2}T09:00:00+00:00"
        keep(folder, f"c{number}", [*lines, *more], about=about, started=started)
    return folder


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def submitted(calls: Path, call: str, reviewer: str, tone: int, *more: str) -> None:
    answers = calls.parent / "answers.toml"
    blind = "--blind" in more
    dated = 'dated = "yes"\n' if blind else ""
    answers.write_text(f"[answers]\n{dated}tone = {tone}\n")
    words = ["scorecard", "fill", call, "f", "--answers", str(answers), "--reviewer", reviewer]
    assert main([*words, *([] if blind else ["--take"]), "--submit", *more]) == Exit.OK


def test_a_text_that_may_be_left_out_leaves_no_score_open(
    calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submitted(calls, "c1", "ruth", 4)
    out = capsys.readouterr().out
    assert "f 1 by ruth: submitted, 87.5 %" in out
    assert "so far" not in out
    assert "open" not in out


@pytest.mark.usefixtures("calls")
def test_a_form_is_filled_in_submitted_and_found_by_its_score(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "\n4\nsend it today\n")
    assert main(["scorecard", "fill", "c1", "f", "--submit"]) == Exit.OK
    out = capsys.readouterr().out
    assert "suggested: yes (1 of 1 promises have a date)" in out
    assert "f 1 by ruth: submitted, 87.5 %" in out
    assert main(["calls", "--score", "80.."]) == Exit.OK
    assert "c1 " in capsys.readouterr().out
    assert main(["calls", "--score", "..80"]) == Exit.OK
    assert "c1 " not in capsys.readouterr().out


def test_what_was_typed_is_kept_where_it_cannot_be_submitted(
    calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "n; not the one for the router\n\nw\n")
    assert main(["scorecard", "fill", "c1", "f", "--submit"]) == Exit.INPUT
    assert capsys.readouterr().err == (
        "coach: Without an answer: tone. Answer them, then submit.\n"
    )
    typed(monkeypatch, "\n3\n\n")
    assert main(["scorecard", "fill", "c1", "f", "--submit"]) == Exit.OK
    (card,) = read_scorecards(CallFiles(calls, "c1").scores)
    assert [answer.value for answer in card.answers] == ["no", 3.0, "w"]
    assert card.answers[0].note == "not the one for the router"
    assert card.answers[0].suggested is not None
    assert card.answers[0].suggested.value == "yes"


def test_a_draft_stays_a_draft_where_the_reviewer_stops(
    calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "y\n.\n")
    assert main(["scorecard", "fill", "c1", "f", "--submit"]) == Exit.OK
    out = capsys.readouterr().out
    assert "Kept as a draft; --submit hands it in." in out
    assert "Without an answer yet: tone." in out
    assert main(["scorecard", "show", "c1", "--for-agent"]) == Exit.OK
    assert capsys.readouterr().out.startswith("Nothing of it is for the agent yet: ")
    assert read_scorecards(CallFiles(calls, "c1").scores)[0].submitted is None


def test_from_lock_to_appeal_and_what_the_agent_is_shown(
    calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submitted(calls, "c1", "ruth", 2)
    answers = ["--answers", str(calls.parent / "answers.toml")]
    assert main(["scorecard", "fill", "c1", "f", *answers]) == Exit.INPUT
    assert "is locked. Change it with --change" in capsys.readouterr().err
    for words in (
        ["note", "c1", "--text", "between us"],
        ["acknowledge", "c1", "--by", "Anna", "--reply", "thanks"],
        ["appeal", "c1", "--by", "Anna", "--because", "I was calm"],
        ["decide", "c1", "--by", "Lead", "--granted", "--because", "heard it again"],
    ):
        assert main(["scorecard", *words]) == Exit.OK
    (calls.parent / "answers.toml").write_text("[answers]\ntone = 5\n")
    assert main(["scorecard", "fill", "c1", "f", *answers, "--change", "appeal"]) == Exit.OK
    assert "\n1 answer changed; " in capsys.readouterr().out
    assert main(["scorecard", "show", "c1"]) == Exit.OK
    shown = capsys.readouterr().out
    for line in (
        "private note: between us",
        "Anna acknowledged: thanks",
        "Anna appealed: I was calm",
        "Lead appeal granted: heard it again",
        "ruth changed, 100 %: appeal",
        "tone: 2 before, 5 now",
    ):
        assert line in shown
    assert main(["scorecard", "show", "c1", "--for-agent"]) == Exit.OK
    shown = capsys.readouterr().out
    assert "between us" not in shown
    assert "Anna appealed" in shown
    assert main(["scorecard", "show", "c1", "--json"]) == Exit.OK
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["entry"] for line in lines][-1] == "changed"


def test_blind_scorings_are_hidden_until_ones_own_is_submitted_and_then_compared(
    calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for call, tone in (("c1", 5), ("c2", 1), ("c3", 3)):
        submitted(calls, call, "omar", tone, "--blind")
    submitted(calls, "c1", "ruth", 4, "--blind")
    submitted(calls, "c2", "ruth", 1, "--blind")
    capsys.readouterr()
    assert main(["scorecard", "show", "c1"]) == Exit.OK
    assert "by omar (blind)" in capsys.readouterr().out
    assert main(["scorecard", "show", "c3"]) == Exit.OK
    shown = capsys.readouterr().out
    assert "omar" not in shown
    assert main(["scorecard", "list", "--scored"]) == Exit.OK
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()] == ["c1", "c1", "c2", "c2"]
    assert "Hidden until you submit yours: 1 blind scorecard of others." in shown
    assert main(["scorecard", "agreement", "f", "--expert", "omar"]) == Exit.OK
    shown = capsys.readouterr().out
    assert "5 scorecards by 2 reviewers" in shown
    assert "ordinal, 50 % equal, 2 calls, 4 answers" in shown
    assert "ruth  tone: 1 of 2 equal, on average -0.50" in shown
    assert "dated (blind): 5 of 5" in shown
    for words, told in (
        (["agreement", "f", "--screen"], "--screen needs a terminal. Without it the same is"),
        (["agreement", "f", "--screen", "--all"], "--screen compares blind scorecards on the newe"),
        (["fill", "c3", "f", "--blind", "--take"], "--take needs the suggested answers, which"),
    ):
        assert main(["scorecard", *words]) == Exit.INPUT
        assert told in capsys.readouterr().err
    assert main(["scorecard", "agreement", "f", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["percent"]["units"] == 2
    assert main(["calls", "--score", "0.."]) == Exit.OK
    assert "0 live calls" in capsys.readouterr().out, "a blind scoring is not the call's score"


def _cut_short(_sample: object) -> list[str]:
    raise BrokenPipeError


def test_a_sample_can_be_drawn_kept_and_checked(
    calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calls.is_dir()
    words = ["scorecard", "sample", "--per-agent", "2", "--week", "2026-W48", "--seed", "7"]
    assert main([*words, "--by", "level,cue", "--save", "s.json"]) == Exit.OK
    first = capsys.readouterr().out
    assert main([*words, "--save", "s.json"]) == Exit.STORAGE
    assert "s.json exists already and is not overwritten. Name another file for the" in (
        capsys.readouterr().err
    )
    assert "2 calls drawn of 3: 2 an agent and week, proportional, seed 7" in first
    assert main([*words, "--by", "level,cue", "--lengths", "30s,2m", "--cue", "churn"]) == Exit.OK
    assert "with churn" in capsys.readouterr().out
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("coach.commands.scorecard_sampling.sample_lines", _cut_short)
        assert main([*words, "--save", "cut.json"]) == Exit.OK
    assert Path("cut.json").is_file(), "kept although nobody read the lines"
    assert main(["scorecard", "sample", "--check", "s.json"]) == Exit.OK
    assert "Drawn again: the same calls." in capsys.readouterr().out
    kept = json.loads(Path("s.json").read_text())
    left = ({one["call"] for one in kept["frame"]} - {o["call"] for o in kept["drawn"]}).pop()
    kept["drawn"][0]["call"] = left
    Path("s.json").write_text(json.dumps(kept))
    assert main(["scorecard", "sample", "--check", "s.json"]) == Exit.FAILED
    assert "NOT the draw of its seed" in capsys.readouterr().out
    submitted(calls, "c1", "ruth", 3)
    assert main([*words, "--unscored", "--at-least", "30s"]) == Exit.OK
    assert "Left out: 1, it is scored already." in capsys.readouterr().out


def test_forms_are_listed_shown_and_checked(
    calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scorecard", "list"]) == Exit.OK
    listed = capsys.readouterr().out
    assert "difficult-call  A difficult call  (version 1," in listed
    assert "f  A form  (version 1, 3 questions" in listed
    assert main(["scorecard", "show", "difficult-call"]) == Exit.OK
    assert "answered by the engine (announced)" in capsys.readouterr().out
    assert main(["scorecard", "lint"]) == Exit.OK
    assert "2 forms, 0 mistakes" in capsys.readouterr().out
    Path("bad.toml").write_text(FORM.replace("dated_promise", "dated_promis"))
    assert main(["scorecard", "lint", "./bad.toml"]) == Exit.FAILED
    assert "did you mean 'dated_promise'?" in capsys.readouterr().out
    assert main(["scorecard", "lint", "--measures"]) == Exit.OK
    assert "announced: yes where every silence" in capsys.readouterr().out
    submitted(calls, "c2", "ruth", 3)
    capsys.readouterr()
    assert main(["scorecard", "list", "--scored"]) == Exit.OK
    assert capsys.readouterr().out.startswith("c2  f 1 by ruth: submitted, 75 %")


MISTAKES: list[tuple[list[str], str]] = [
    (
        ["fill", "c12", "f"],
        "There is no call 'c12' in the library, and no such",
    ),
    (
        ["fill", "zzzz", "f"],
        "There is no call 'zzzz' in the library, and no such",
    ),
    (["fill", "c1", "g"], "There is no form 'g'. `coach scorecard list` shows every form."),
    (["fill", "c1", "f", "--answers", "no.toml"], "The answers in no.toml cannot be read: No such"),
    (["fill", "c1", "f", "--answers", "odd.toml"], "odd.toml: answers.ton: the form has no such"),
    (["fill", "c1", "f", "--change", "x", "--take"], "The scorecard is not submitted, so it needs"),
    (
        ["fill", "c1", "f", "--change", "x", "--submit"],
        "--change and --submit do not go together. It is submitted already.",
    ),
    (["show", "c1"], "Nobody has scored 'c1'. `coach scorecard fill c1 FORM` does."),
    (["note", "c1", "--text", "x"], "No scorecard of c1 is meant by that. `coach scorecard show"),
    (["agreement", "f"], "Nobody has submitted a scorecard on version 1 of 'f'."),
    (["sample"], "A sample needs --per-agent, --week and --seed. Such as"),
    (
        ["sample", "--per-agent", "0", "--week", "last-week", "--seed", "1"],
        "--per-agent must be from 1 to 1000000.",
    ),
    (
        ["sample", "--per-agent", "1", "--week", "soon", "--seed", "1"],
        "'soon' is no day or period. Known are",
    ),
    (
        ["sample", "--per-agent", "1", "--week", "today", "--seed", "1", "--lengths", "3m,1m"],
        "--lengths '3m,1m' does not go upwards. Such as 3m,10m.",
    ),
    (
        ["sample", "--per-agent", "1", "--week", "today", "--seed", "1", "--at-least", "long"],
        "'long' is no length. Such as 90s, 3m or 1h.",
    ),
    (["sample", "--check", "odd.toml"], "odd.toml is no kept sample: "),
]


@pytest.mark.parametrize(("words", "told"), MISTAKES)
@pytest.mark.usefixtures("calls")
def test_a_mistake_is_one_line(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("odd.toml").write_text("[answers]\nton = 3\n")
    assert main(["scorecard", *words]) == Exit.INPUT
    err = capsys.readouterr().err
    assert err.startswith(f"coach: {told}")
    assert err.count("\n") == 1


def test_forms_that_share_a_version_are_not_mixed(
    calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submitted(calls, "c1", "ruth", 3)
    own = calls.parents[1] / "config" / "scorecards" / "f.toml"
    own.write_text(FORM.replace("tone?", "pace?"))
    submitted(calls, "c2", "ruth", 3)
    capsys.readouterr()
    assert main(["scorecard", "agreement", "f", "--all"]) == Exit.OK
    shown = capsys.readouterr()
    assert "1 scorecard by 1 reviewer" in shown.out
    assert "not blind" not in shown.out
    assert "left out: 1 scorecard on another form of the same id and version" in shown.err
    assert main(["scorecard", "agreement", "f"]) == Exit.OK
    shown = capsys.readouterr()
    told = "0 scorecards by 0 reviewers. 1 scorecard not blind: --all counts them, too."
    assert told in shown.out
    own.write_text(FORM.replace("tone?", "pace?").replace("version = 1", "version = 2"))
    assert main(["scorecard", "agreement", "f"]) == Exit.INPUT
    assert main(["scorecard", "agreement", "f", "--version", "1"]) == Exit.OK


def test_who_is_meant_must_be_plain(
    calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    submitted(calls, "c1", "ruth", 3)
    submitted(calls, "c1", "omar", 3)
    assert main(["scorecard", "note", "c1", "--text", "x"]) == Exit.INPUT
    assert "c1 has several scorecards. Say which: --form f --rev" in capsys.readouterr().err
    assert main(["scorecard", "agreement", "f", "--all", "--expert", "rut"]) == Exit.INPUT
    assert (
        "'rut' has submitted no scorecard on it; did you mean 'ruth'? `coach"
        in capsys.readouterr().err
    )
    assert main(["scorecard", "agreement", "f", "--expert", "ruth"]) == Exit.INPUT
    assert "'ruth' has scored no call blind. --all takes" in capsys.readouterr().err

    def nobody() -> str:
        raise OSError("no login")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert main(["scorecard", "fill", "c1", "f"]) == Exit.INPUT
    assert "Your name is not known here. Say it with --reviewer." in capsys.readouterr().err


@pytest.mark.usefixtures("calls")
def test_a_list_without_scorecards_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scorecard", "list", "--scored"]) == Exit.OK
    assert capsys.readouterr().out == "Nothing is scored yet.\n"
