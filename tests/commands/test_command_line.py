"""The words of the command line itself: help, usage, completion, and files no machine takes."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest
from all_arguments import arguments

from coach import begin
from coach.calls.call import Call, Setup
from coach.calls.journal import JournalHeader, encode_line
from coach.cli import COMMANDS, leave, main, make_parser
from coach.engine.engine import EngineSettings
from coach.errors import Exit, InputError, StorageError, cause_of
from coach.events import CallStarted, Channel, Loudness
from coach.sample import CALL
from coach.startup import options
from coach.startup.command_parser import names_file
from coach.startup.completion_scripts import SHELLS, table_of
from rules.definition.rule import RuleBook

TOO_LONG = "a" * 300
FIRST = CallStarted(at=0.0, call="x", started="2026-01-05T09:00:00+00:00", source="script")


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "call.jsonl"
    header = JournalHeader(version="0", call="x", rules="", settings={})
    heard = Loudness(at=1.0, channel=Channel.AGENT, start=0.5, end=1.0, dbfs=-50.0, speech=False)
    path.write_bytes(b"".join(encode_line(one) for one in (header, FIRST, heard)))
    return path


# --- help and usage --------------------------------------------------------------------------


def test_alone_it_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == Exit.OK
    shown = capsys.readouterr().out
    listed = [line.split(maxsplit=1)[:1] for line in shown.splitlines()]
    assert all([name] in listed for name in COMMANDS)


@pytest.mark.parametrize(
    ("words", "usage", "message"),
    [
        (["replay", "a", "b"], "coach replay ", "coach replay: error: unrecognized arguments: b"),
        (["calls", "--sinse", "1d"], "coach calls ", "--sinse; did you mean '--since'?"),
        (["rules", "list", "--overlai=x"], "coach rules list ", "did you mean '--overlay'?"),
        (["report", "a", "b"], "coach report ", "coach report: error: unrecognized arguments: b"),
        (["rules", "list", "a", "b"], "coach rules list ", "unrecognized arguments: b"),
        (["model", "list", "--all"], "coach model list ", "unrecognized arguments: --all"),
        (["bench", "--backtest"], "coach bench ", "argument --backtest: expected one argument"),
        (["calls", "--like"], "coach calls ", "argument --like: expected one argument"),
        (["scorecard"], "coach scorecard ", "the following arguments are required: ACTION"),
        (["scorecard", "sample", "--seed"], "coach scorecard sample ", "expected one argument"),
        (
            ["scorecard", "sample", "--allocate", "x"],
            "coach scorecard sample ",
            "invalid choice: 'x' (choose from 'proportional', 'equal')",
        ),
        (["calls", "--fate", "x"], "coach calls ", "invalid choice: 'x' (choose from 'shown', 'us"),
        (["calls", "--length", "10m..1m"], "coach calls ", "'10m..1m' begins above its end, so n"),
        (["calls", "--score", "nan.."], "coach calls ", "'nan..' is no range such as 60..80"),
        (["import", ""], "coach import ", "argument PATH: an empty name is no file"),
        (["export", "a", "--as", "vtt", "--out", ""], "coach export ", "an empty name is no file"),
        (["scorecard", "fill", "c"], "coach scorecard fill ", "arguments are required: FORM"),
        (
            ["scorecard", "agreement", "f", "--json", "--screen"],
            "coach scorecard agreement ",
            "not allowed with argument --json",
        ),
        (["export", "a"], "coach export ", "the following arguments are required: --as"),
        (["export", "a", "--as", "srt"], "coach export ", "invalid choice: 'srt'"),
        (["backtest", "--jobs", "x"], "coach backtest ", "invalid int value: 'x'"),
        (["backtest", "--scheduler"], "coach backtest ", "expected one argument"),
        (["import", "a", "--scheduler"], "coach import ", "expected one argument"),
        (["backtest", "--gate"], "coach backtest ", "expected one argument"),
        (["rules", "draft"], "coach rules draft ", "arguments are required: CALL@TIME"),
        (["rules", "draft", "c@1", "--severity", "9"], "coach rules draft ", "invalid choice: 9"),
        (["suggest", "a", "b"], "coach suggest ", "unrecognized arguments: b"),
        (["suggest", "--miss-costs", "x"], "coach suggest ", "invalid float value: 'x'"),
        (["report", "--training"], "coach report ", "expected one argument"),
        (["serve", "live"], "coach serve ", "invalid choice: 'live'"),
        (["serve", "--idle", "x"], "coach serve ", "invalid float value: 'x'"),
        (["serve", "review", "--bogus"], "coach review ", "unrecognized arguments: --bogus"),
        (["live", "--publish", "x"], "coach live ", "unrecognized arguments: x"),
        (["floor", "x"], "coach floor ", "unrecognized arguments: x"),
        (["floor", "--supervisor"], "coach floor ", "expected one argument"),
        (["rules"], "coach rules ", "the following arguments are required: ACTION"),
        (["replay", "--speed", "9"], "coach replay ", "invalid choice: '9'"),
        (["rpelay", "a"], "coach ", "there is no command 'rpelay'; did you mean 'replay'?"),
        (["xyz"], "coach ", "there is no command 'xyz'; known are demo, live,"),
        (["--bogus"], "coach ", "unrecognized arguments: --bogus"),
    ],
)
def test_a_mistake_shows_the_usage_of_its_own_command(
    words: list[str], usage: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == Exit.USAGE
    err = capsys.readouterr().err
    assert err.startswith(f"usage: {usage}[-h]")
    assert message in err


NO_FILES = {
    *("ADDRESS", "AGE", "CODE", "FAMILY", "FIELD=VALUE", "GATE", "ID", "ID|engine.PART", "KIND"),
    *("LENGTH", "LIST", "NAME", "NAME=SIDE", "PATTERN", "REF", "RULE", "SEARCH", "SENTENCE", "TAG"),
    *("TEXT", "TIME", "TRAITS", "WHEN", "WHY", "WORDS", "..."),
}
"""What stands in the help for text that names no file, folder or call."""


def test_every_argument_that_takes_text_says_whether_it_names_a_file() -> None:
    unknown = [
        (*words, action.dest, action.metavar)
        for words, action in arguments(make_parser("*"))
        if action.type is None and not action.choices
        if not names_file(action) and action.metavar not in NO_FILES
    ]
    assert not unknown, "write one of FILES_NAMED as metavar, or name the metavar in NO_FILES"


@pytest.mark.parametrize("empty", ["", " ", "\t "])
def test_no_argument_takes_an_empty_name(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    named = [words for words, action in arguments(make_parser("*")) if names_file(action)]
    assert len(named) > 100
    for words in named:
        with pytest.raises(SystemExit) as stopped:
            main([*words, empty])
        assert stopped.value.code == Exit.USAGE, words
        assert ": an empty name is no file" in capsys.readouterr().err, words


def test_an_option_with_a_long_text_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", f"--like={'slow ' * 100}", "--by=agent", "--near=2"]) == Exit.INPUT
    assert "--near must be from 0 to 1" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["@3:12", " @72", "@"])
@pytest.mark.parametrize("words", [["review"], ["serve", "review"], ["rules", "draft"]])
def test_a_time_alone_names_no_call(
    words: list[str], place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*words, place])
    assert stopped.value.code == Exit.USAGE
    assert ": an empty name is no file" in capsys.readouterr().err


def test_screens_in_a_browser_take_no_empty_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "review", ""])
    assert stopped.value.code == Exit.USAGE
    assert "argument CALL[@TIME]: an empty name is no file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "forms"),
    [
        ("score", ['{"channel": "CUSTOMER"', "CUSTOMER<TAB>"]),
        ("alarms", ["A|", "start_s<TAB>", "conversationId<TAB>", '{"utterance"', "journal"]),
    ],
)
def test_help_and_readme_show_the_forms_that_are_read(
    command: str, forms: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for form in forms:
        assert form in shown
        assert form.removesuffix("<TAB>").strip('"') in readme


@pytest.mark.meaning
def test_the_forms_in_the_help_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("A|Good morning, how can I help?\nB|My bill is wrong.\n")
    Path("b.tsv").write_text("start_s\tend_s\trole\ttext\n1\t2\tagent\thello\n")
    Path("c.tsv").write_text("conversationId\tturnNumber\tutterance\n7\t1\thello\n")
    Path("d.jsonl").write_text('{"channel": "CUSTOMER", "text": "hi", "start": 1.0, "end": 2.5}\n')
    Path("e.jsonl").write_text('{"utterance": "hello"}\n')
    for name in ("a.txt", "b.tsv", "c.tsv", "d.jsonl", "e.jsonl"):
        assert main(["alarms", name]) == Exit.OK


def test_the_timeline_is_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    golden = Path(__file__).parents[1] / "calls" / "golden" / "polite_fury.jsonl"
    header = JournalHeader(version="0", call="golden", rules="", settings={})
    Path("call.jsonl").write_bytes(encode_line(header) + golden.read_bytes())
    assert main(["replay", "call.jsonl", "--headless"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    times = [line[:7] for line in lines if line[:1].isdigit()]
    assert len(times) > 20
    assert times == sorted(times)
    assert any(", from 00:" in line for line in lines)


# --- completion --------------------------------------------------------------------------------


def test_the_table_knows_every_command_option_and_value() -> None:
    places = {place.path: place for place in table_of(make_parser("*"))}
    assert {word.text for word in places["coach"].words} >= set(COMMANDS)
    assert places["coach replay"].values["--speed"] == ("1", "2", "4", "max")
    assert places["coach replay"].values["--journal"] == ()
    assert "--headless" not in places["coach replay"].values
    assert "--overlay" in {word.text for word in places["coach rules list"].words}
    assert [w.text for w in places["coach completion"].words][-3:] == list(SHELLS)


@pytest.mark.parametrize("shell", list(SHELLS))
def test_a_script_is_printed_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == Exit.OK
    script = capsys.readouterr().out
    assert all(name in script for name in COMMANDS)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes(capsys: pytest.CaptureFixture[str]) -> None:
    typed = {
        "coach re": "replay report review",
        "coach rules ex": "explain",
        "coach replay --spe": "--speed",
        "coach replay a.wav --speed m": "max",
        "coach rules list --ov": "--overlay",
        "coach model ": "list verify fetch trust",
        "coach replay a": "",  # files, by the shell's own completion
        "coach replay --journal a": "",
    }
    main(["completion", "bash"])
    script = capsys.readouterr().out
    for line in typed:
        script += f"COMP_WORDS=({' '.join(map(repr, line.split(' ')))}); "
        script += "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _coach\n"
        script += 'echo "${COMPREPLY[*]}"\n'
    done = subprocess.run(
        ["bash", "--norc", "-c", script], check=True, text=True, capture_output=True
    )
    assert dict(zip(typed, done.stdout.splitlines(), strict=True)) == typed
    assert done.stderr == ""


def test_a_thread_that_is_busy_does_not_take_the_exit_code_along(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(code: int) -> None:
        raise SystemExit(f"at once with {code}")

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(sys, "argv", ["coach", "replay", "no such file", "--headless"])
    for threads, code in (
        ([threading.main_thread(), threading.Thread(daemon=True)], f"at once with {Exit.INPUT}"),
        ([threading.main_thread()], Exit.INPUT),
    ):
        monkeypatch.setattr(threading, "enumerate", lambda threads=threads: threads)
        with pytest.raises(SystemExit) as ended:
            leave()
        assert ended.value.code == code
        assert "There is no file no such file" in capsys.readouterr().err


# --- files and folders that the machine refuses ------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["replay", TOO_LONG], Exit.INPUT),
        (["replay", f"{TOO_LONG}.jsonl", "--headless"], Exit.INPUT),
        (["replay", "--agent", TOO_LONG, "--customer", "b.wav"], Exit.INPUT),
        (["replay", "call.jsonl", "--headless", "--settings", TOO_LONG], Exit.INPUT),
        (["replay", "call.jsonl", "--headless", "--journal", TOO_LONG], Exit.STORAGE),
        (["rules", "list", "--rules", TOO_LONG], Exit.RULES),
        (["rules", "list", "--overlay", TOO_LONG], Exit.RULES),
        (["score", TOO_LONG], Exit.INPUT),
        (["alarms", TOO_LONG], Exit.INPUT),
        (["model", "trust", TOO_LONG], Exit.INPUT),
        (["export", TOO_LONG, "--as", "vtt"], Exit.INPUT),
        (["export", "call.jsonl", "--as", "vtt", "--out", TOO_LONG], Exit.STORAGE),
        (["export", "call.jsonl", "--as", "csv", "--out", f"{TOO_LONG}/a"], Exit.STORAGE),
    ],
)
@pytest.mark.usefixtures("journal")
def test_a_name_too_long_is_one_line(
    words: list[str], code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == code
    err = capsys.readouterr().err
    assert os.strerror(errno.ENAMETOOLONG) in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("number", "code", "remedy"),
    [
        (errno.EACCES, Exit.INPUT, "Check its permissions, or name another."),
        (errno.ENOTDIR, Exit.INPUT, "A file stands where a folder is meant."),
        (errno.EISDIR, Exit.INPUT, "It is a folder; name a file."),
        (errno.EROFS, Exit.STORAGE, "It is read-only; name another place."),
        (errno.ENOSPC, Exit.STORAGE, "Free some space, or name another place."),
        (errno.ELOOP, Exit.INPUT, "Check its name and its folder."),
    ],
)
def test_whatever_the_machine_says_of_a_file_is_one_line(
    number: int,
    code: Exit,
    remedy: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(number, os.strerror(number), "some/file")

    monkeypatch.setattr("coach.startup.rules_in_force.load_book", refuse)
    assert main(["rules", "list"]) == code
    assert capsys.readouterr().err == f"coach: some/file: {os.strerror(number)}. {remedy}\n"


@pytest.mark.parametrize("place", ["a file", "read only"])
@pytest.mark.usefixtures("journal")
def test_a_data_folder_that_cannot_be_written_is_one_line(
    place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path("data")
    if place == "a file":
        data.touch()
    else:
        data.mkdir()
        made = os.open

        def read_only(path: str | Path, flags: int, mode: int = 0o777) -> int:
            if flags & os.O_CREAT:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
            return made(path, flags, mode)

        monkeypatch.setattr("coach.calls.journal.os.open", read_only)
    target = data / "calls" / "kept.jsonl"
    words = ["replay", "call.jsonl", "--headless", "--journal", str(target)]
    assert main(words) == Exit.STORAGE
    err = capsys.readouterr().err
    assert err.startswith(f"coach: The journal {target} cannot be created: ")
    assert "go without one with --no-journal." in err


@pytest.mark.parametrize("place", ["a file", "read only", TOO_LONG])
@pytest.mark.parametrize("words", [["live"], ["replay", str(CALL), "--headless"]])
def test_a_call_is_refused_before_it_begins_where_it_cannot_be_kept(
    words: list[str],
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing slow was done, no device was opened, and no customer is on the line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_DATA_HOME", place)
    monkeypatch.setenv("COLUMNS", "1000")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    Path("a file").touch()
    made = os.mkdir

    def read_only(path: str | Path, mode: int = 0o777) -> None:
        if Path(path).parts[0] == "read only":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        made(path, mode)

    monkeypatch.setattr(os, "mkdir", read_only)
    assert main(words) == Exit.STORAGE
    err = capsys.readouterr().err
    assert err.startswith(f"coach: The journal {place[:100]}")
    assert len(err.splitlines()) == 1
    assert "cannot be created: " in err
    assert "go without one with --no-journal." in err


@pytest.mark.parametrize("name", ["in the way/sound.log", f"{TOO_LONG}/sound.log"])
def test_the_screen_opens_although_its_log_cannot_be_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "in the way").touch()
    with options._opened_log(tmp_path / name) as log:
        assert log.name == os.devnull
    with options._opened_log(tmp_path / "new" / "sound.log") as log:
        assert log.name == str(tmp_path / "new" / "sound.log")


def test_a_full_disk_is_told_in_whole_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = RuleBook(rules=(), language="en", fingerprint="none")
    call = Call(Setup(book=book, settings=EngineSettings()), FIRST, tmp_path / "kept.jsonl")

    def full(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("coach.calls.journal.os.write", full)
    call.feed(Loudness(at=1.0, channel=Channel.AGENT, start=0, end=1, dbfs=-50.0, speech=False))
    words = str(StorageError(call.close(), "Free some space and replay the call again."))
    assert words.endswith(
        "kept.jsonl: No space left on device. Free some space and replay the call again."
    )


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "x"),
            "No such file or directory",
        ),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), "not UTF-8 text (byte 0)"),
        (ValueError("odd"), "odd"),
    ],
)
def test_causes_carry_no_numbers_and_no_name(error: Exception, cause: str) -> None:
    assert cause_of(error) == cause


@pytest.mark.parametrize(
    ("remedy", "words"),
    [("", "Wrong."), ("Mend it.", "Wrong. Mend it."), ("\nMend it.", "Wrong.\nMend it.")],
)
def test_message_and_remedy_are_joined(remedy: str, words: str) -> None:
    assert str(InputError("Wrong.", remedy)) == words


# --- what else is answered in one line ---------------------------------------------------------


def test_score_knows_a_journal(
    journal: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (str(journal), "-"):
        with journal.open("rb") as file:
            monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
            assert main(["score", name]) == Exit.INPUT
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.count("\n") == 1
        assert "is a journal of a call, and score reads sentences. `coach alarms FILE`" in shown.err


def test_score_names_a_few_bad_lines_and_counts_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "odd.txt"
    file.write_text("no tab\n" * 30 + "CUSTOMER\thello\n")
    assert main(["score", str(file)]) == Exit.INPUT
    shown = capsys.readouterr()
    assert json.loads(shown.out)["line"] == 31
    assert shown.err.count("coach: ") == 6
    assert shown.err.endswith("30 lines could not be read. `coach score --help` shows the form.\n")


def test_rules_are_listed_by_a_word_of_their_title(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "dead air"]) == Exit.OK
    by_id = capsys.readouterr().out
    assert by_id.startswith("agent.dead_air ")
    assert main(["rules", "list", "SILENCE"]) == Exit.OK
    by_title = capsys.readouterr().out
    assert "agent.dead_air " in by_title
    assert "esc.churn" not in by_title


@pytest.mark.parametrize(
    ("family", "hint"),
    [
        ("saftey", "Did you mean 'safety'?"),
        ("esc.supervizor", "Did you mean 'esc.supervisor'?"),
        ("zzz", "The families are agent, checklist,"),
    ],
)
def test_a_family_that_is_none_is_said(
    family: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "list", family]) == Exit.INPUT
    shown = capsys.readouterr()
    assert shown.out == ""
    said = shown.err.splitlines()[-1]
    assert said.startswith(f"coach: No rule's id begins with {family!r}. {hint}")


def test_files_that_nobody_wrote_are_refused_at_once(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    big = journal.with_name("big.toml")
    with big.open("wb") as file:
        file.truncate(15_000_000)
    assert main(["rules", "list", "--overlay", str(big)]) == Exit.RULES
    assert "big.toml: 15.0 MB, and at most 2 MB are read" in capsys.readouterr().err
    assert main(["replay", str(journal), "--headless", "--settings", str(big)]) == Exit.INPUT
    assert "has 15.0 MB; at most 1 MB are read. Is it the right file?" in capsys.readouterr().err


def test_live_without_a_terminal_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert main(["live"]) == Exit.INPUT
    assert capsys.readouterr().err == (
        "coach: `coach live` needs a terminal for its screen. Run it in a terminal window, with "
        "nothing sent elsewhere (`>`, `2>`, `|`); `coach replay FILE --headless` works without "
        "one.\n"
    )


def test_help_of_a_replay_says_that_words_tell_the_agent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        "which side of a stereo recording is the agent (default: the opening words tell)" in shown
    )


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_on_a_terminal_a_mistake_is_broken_between_its_words(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["replay", "nothing", "--headless"]
    assert main(words) == Exit.INPUT
    whole = capsys.readouterr().err
    assert whole.count("\n") == 1, "one line where no person reads it"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(words) == Exit.INPUT
    shown = capsys.readouterr().err
    assert shown.split() == whole.split()
    assert all(len(row) <= columns for row in shown.splitlines())
    assert "no call of that name in the library" in whole


def test_a_value_that_begins_with_a_minus_is_refused_by_its_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["calls", "--since", "-3d"]) == Exit.INPUT
    assert "'-3d' is no day or period" in capsys.readouterr().err


def test_ctrl_c_while_the_program_loads_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loading = ModuleType("coach.cli")

    def interrupted(name: str) -> NoReturn:
        raise KeyboardInterrupt(name)

    monkeypatch.setattr(loading, "__getattr__", interrupted, raising=False)
    monkeypatch.setitem(sys.modules, "coach.cli", loading)
    with pytest.raises(SystemExit) as ended:
        begin()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "coach: stopped\n"


@pytest.mark.parametrize("chained", ["cause", "context"])
def test_ctrl_c_while_a_compiled_library_loads_is_one_line(
    chained: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(*_args: object, **_more: object) -> NoReturn:
        error = ImportError("initialization failed")
        if chained == "cause":
            raise error from KeyboardInterrupt()
        error.__context__ = KeyboardInterrupt()
        raise error

    monkeypatch.setattr("coach.startup.rules_in_force.load_book", load)
    assert main(["rules", "list"]) == 130
    assert capsys.readouterr().err == "coach: stopped\n"


def test_a_library_that_is_broken_is_no_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_args: object, **_more: object) -> NoReturn:
        raise ImportError("no such symbol")

    monkeypatch.setattr("coach.startup.rules_in_force.load_book", load)
    with pytest.raises(ImportError, match="no such symbol"):
        main(["rules", "list"])
