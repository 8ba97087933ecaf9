"""What a clumsy or hostile user gets: one clear line, the documented code, nothing lost."""

from __future__ import annotations

import os
import signal
import struct
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from forking import POSSIBLE, Ended, Forking
from shipped_rules import book

from audio.hardware.devices import Devices
from coach.calls.journal import JournalHeader, encode_line, read_journal
from coach.calls.language_watch import KIND, KNOWN, LanguageWatch, checked, uncovered
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit, InputError
from coach.events import (
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Fact,
    Loudness,
    Utterance,
)
from coach.replay.player import Player
from coach.startup.config import Settings
from coach.startup.setup import engine_settings
from coach.startup.vocabulary import read_vocabulary

HEADER = JournalHeader(version="0", call="x", rules=book().fingerprint, settings={})
"""What it holds was judged by the shipped rules, so a replay has nothing to judge anew."""
FIRST = CallStarted(at=0.0, call="x", started="2026-01-05T09:00:00+00:00", source="script")


def wav(path: Path, *, rate: int = 8000, channels: int = 2, seconds: float = 1.0) -> None:
    """A file of faint noise whose header can say what it likes."""
    length = round(8000 * seconds) * 4
    data = (bytes(i * 7 % 5 for i in range(5)) * (length // 5 + 1))[:length]
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels % 2**32, 2 * channels, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data))
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data)


def quiet(at: float) -> Loudness:
    return Loudness(
        at=at, channel=Channel.AGENT, start=max(0.0, at - 0.5), end=at, dbfs=-50.0, speech=False
    )


def journal(path: Path, *facts: Fact, header: JournalHeader = HEADER) -> None:
    path.write_bytes(b"".join(encode_line(one) for one in (header, FIRST, *facts)))


def said(text: str, at: float, language: str = "en", *, doubtful: bool = False) -> Utterance:
    return Utterance(
        at=at,
        channel=Channel.CUSTOMER,
        start=at - 2.0,
        end=at,
        utterance=f"C{at:g}",
        text=text,
        language=language,
        doubtful=doubtful,
    )


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder full of things that are not what their names say."""
    monkeypatch.chdir(tmp_path)
    wav(Path("call.wav"))
    wav(Path("rate.wav"), rate=2**31 - 1)
    wav(Path("none.wav"), rate=0)
    wav(Path("many.wav"), channels=200)
    with wave.open("one.wav", "wb") as one:
        one.setparams((1, 2, 8000, 0, "NONE", ""))
        one.writeframes(b"\0\0")
    Path("head.wav").write_bytes(Path("call.wav").read_bytes()[:20])
    Path("folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe.wav")
    journal(Path("good.jsonl"), quiet(1.0))
    journal(Path("back.jsonl"), quiet(9.0), quiet(1.0))
    journal(Path("before.jsonl"), quiet(-3.0))
    journal(Path("far.jsonl"), quiet(1e12))
    newer = msgspec.structs.replace(HEADER, schema=9)
    journal(Path("newer.jsonl"), header=newer)
    with Path("newer.jsonl").open("ab") as file:
        file.write(b'{"type":"NotYetInvented","at":1.0}\n')
    Path("other.jsonl").write_text('{"a": 1}\n')
    Path("binary.txt").write_bytes(b"\0\0\1name\n")
    Path("long.txt").write_text("\n".join(f"Name {i}" for i in range(5000)))
    Path("empty.toml").touch()
    Path("lengths.toml").write_text("[engine.escalation]\nconduct = []\n")
    Path("never.toml").write_text("[engine.escalation]\nhalf_life_s = 0\n")
    Path("overlay.toml").write_text(
        'by = "a"\n[[change]]\nrule = "esc.churn"\nreason = "r"\nset.severity = "high"\n'
    )
    Path("times.tsv").write_text("start_s\tend_s\trole\ttext\nnan\t2\tagent\thi\n")
    Path("later.tsv").write_text("start_s\tend_s\trole\ttext\n1e15\t1e16\tagent\thi\n")
    Path("text.tsv").write_text("start_s\tend_s\trole\ttext\n1\t2\tagent\thi\n")
    return tmp_path


HEADLESS = ("--headless", "--no-journal")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["replay", "rate.wav", *HEADLESS], Exit.INPUT, "2147483647 Hz"),
        (["replay", "none.wav", *HEADLESS], Exit.INPUT, "none.wav"),
        (["replay", "many.wav", *HEADLESS], Exit.INPUT, "many.wav"),
        (["replay", "one.wav", *HEADLESS], Exit.INPUT, "too short"),
        (["replay", "head.wav", *HEADLESS], Exit.INPUT, "head.wav"),
        (["replay", "folder", *HEADLESS], Exit.INPUT, "is a folder"),
        (["replay", "--agent", "call.wav", "--customer", "./call.wav"], Exit.INPUT, "both sides"),
        (["replay", "good.jsonl", "--agent", "a", "--customer", "b"], Exit.INPUT, "one stereo"),
        (["replay", "--verify"], Exit.INPUT, "no file is named"),
        (["replay", "back.jsonl", "--verify"], Exit.INPUT, "follows a fact at 9 s"),
        (["replay", "before.jsonl", "--headless"], Exit.INPUT, "at -3 s"),
        (["replay", "far.jsonl", "--headless"], Exit.INPUT, "at 1e+12 s"),
        (
            ["replay", "newer.jsonl", "--headless"],
            Exit.INPUT,
            "newer.jsonl is of journal schema 9; this Coach reads up to",
        ),
        (["replay", "other.jsonl", "--headless"], Exit.INPUT, "other.jsonl, line 1"),
        (
            ["replay", "good.jsonl", "--headless", "--rules", "empty.toml"],
            Exit.RULES,
            "No rule is in force: nothing would ever be shown.",
        ),
        (["rules", "list", "--overlay", "overlay.toml"], Exit.RULES, "overlay.toml:5: rule esc"),
        (["replay", "call.wav", *HEADLESS, "--language", "xx"], Exit.INPUT, "'xx'"),
        (["bench", "call.wav", "--language", "english"], Exit.INPUT, "'english'"),
        (["demo", *HEADLESS, "--vocabulary", "binary.txt"], Exit.INPUT, "no text"),
        (
            ["demo", *HEADLESS, "--vocabulary", "absent.txt"],
            Exit.INPUT,
            "absent.txt cannot be read: No such file or directory. It must be",
        ),
        (["demo", *HEADLESS, "--vocabulary", "long.txt"], Exit.INPUT, "5000 names"),
        (["demo", *HEADLESS, "--settings", "lengths.toml"], Exit.INPUT, "escalation.conduct"),
        (["demo", *HEADLESS, "--settings", "never.toml"], Exit.INPUT, "half_life_s"),
        (["alarms", "times.tsv"], Exit.INPUT, "times.tsv"),
        (["alarms", "later.tsv"], Exit.INPUT, "later.tsv"),
        (["alarms", "text.tsv", "--wpm", "nan"], Exit.INPUT, "--wpm must be from 1 to 1000."),
        (["model", "trust", "folder"], Exit.INPUT, "folder holds no model.bin. Name"),
    ],
)
@pytest.mark.usefixtures("files")
def test_a_mistake_gets_one_clear_line(
    words: list[str], code: Exit, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == code
    err = capsys.readouterr().err
    assert message in err
    assert "coach: " in err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
@pytest.mark.usefixtures("files")
def test_a_pipe_is_refused_instead_of_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "pipe.wav", *HEADLESS]) == Exit.INPUT
    assert "no file but a pipe" in capsys.readouterr().err


@pytest.mark.usefixtures("files")
def test_a_journal_and_none_are_not_both_wanted() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["replay", "good.jsonl", "--journal", "x", "--no-journal"])
    assert stopped.value.code == Exit.USAGE


@pytest.mark.usefixtures("files")
def test_a_journal_of_a_journal_is_written_where_it_is_asked_for() -> None:
    assert main(["replay", "good.jsonl", "--headless", "--journal", "again.jsonl"]) == Exit.OK
    assert isinstance(read_journal(Path("again.jsonl")).facts()[-1], CallEnded)
    assert main(["replay", "again.jsonl", "--verify"]) == Exit.OK


@pytest.mark.usefixtures("files")
def test_a_byte_order_mark_is_no_damage() -> None:
    whole = Path("good.jsonl").read_bytes()
    Path("marked.jsonl").write_bytes(b"\xef\xbb\xbf" + whole)
    assert main(["replay", "marked.jsonl", "--headless"]) == Exit.OK


# --- streams and signals ---------------------------------------------------------------------

in_a_process = pytest.mark.skipif(not POSSIBLE, reason="processes are forked, which is POSIX")


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """Processes that have imported the commands and read the shipped rules."""
    code = """
import sys
import coach.commands.devices, coach.commands.replay, coach.commands.rules
import coach.calls.call, coach.calls.library, coach.replay.player, coach.startup.setup
from rules.books.loader import load_book
load_book()
assert "sounddevice" not in sys.modules
"""
    with Forking(code, tmp_path_factory.mktemp("forking")) as made:
        yield made


def run_coach(forking: Forking, script: str, *words: str, stdout: Path | None = None) -> Ended:
    """The command in a process of its own; ``script`` runs before it."""
    code = f"import sys\n{script}\nfrom coach.cli import main\nsys.exit(main({list(words)!r}))"
    return forking.run(code, stdout=stdout)


@in_a_process
@pytest.mark.parametrize("closed", ["stderr", "stdin = sys.stdout = sys.stderr"])
@pytest.mark.usefixtures("files")
def test_closed_streams_do_no_harm(forking: Forking, closed: str) -> None:
    """A journal must not be given the descriptor that others take for standard error."""
    numbers = [2] if closed == "stderr" else [0, 1, 2]
    script = f"import os; [os.close(n) for n in {numbers}]; sys.{closed} = None"
    done = run_coach(
        forking, script, "replay", "good.jsonl", "--headless", "--journal", "kept.jsonl"
    )
    assert done.returncode == Exit.OK
    assert isinstance(read_journal(Path("kept.jsonl")).facts()[-1], CallEnded)


@in_a_process
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["rules", "list"], ["replay", "good.jsonl", "--headless"]])
@pytest.mark.usefixtures("files")
def test_a_full_output_is_one_line(forking: Forking, words: list[str]) -> None:
    done = run_coach(forking, "", *words, stdout=Path("/dev/full"))
    assert done.returncode == Exit.STORAGE
    assert "The output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@in_a_process
@pytest.mark.usefixtures("files")
def test_an_output_that_knows_few_characters_gets_substitutes(forking: Forking) -> None:
    journal(Path("umlaut.jsonl"), said("die Rechnung war zu spät", 3.0))
    done = run_coach(forking, "sys.stdout.reconfigure(encoding='ascii')", "replay", "umlaut.jsonl")
    assert done.returncode == Exit.OK
    assert "zu sp?t" in done.stdout


def test_a_call_stopped_with_ctrl_c_is_whole_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    journal(Path("long.jsonl"), *[quiet(n / 2) for n in range(1, 200)])
    step = Player.step
    taken = 0

    def interrupted(player: Player, until: float) -> object:
        nonlocal taken
        taken += 1
        if taken == 50:
            signal.raise_signal(signal.SIGINT)
        return step(player, until)

    monkeypatch.setattr(Player, "step", interrupted)
    assert main(["replay", "long.jsonl", "--headless", "--journal", "kept.jsonl"]) == 130
    kept = read_journal(Path("kept.jsonl"))
    assert sum(isinstance(fact, Loudness) for fact in kept.facts()) == 50
    assert kept.facts()[-1] == CallEnded(at=25.0, reason="stopped by the user")
    printed = capsys.readouterr()
    assert "call ended: stopped by the user" in printed.out
    assert "coach: stopped" in printed.err


@in_a_process
def test_without_portaudio_only_devices_fail(forking: Forking) -> None:
    script = """
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
sys.meta_path.insert(0, Missing())
"""
    done = run_coach(forking, script, "devices")
    assert done.returncode == Exit.DEVICE
    assert "apt install" in done.stderr
    assert "Traceback" not in done.stderr
    assert run_coach(forking, script, "rules", "list").returncode == Exit.OK


# --- settings and vocabulary -----------------------------------------------------------------


def test_the_usual_settings_are_in_range() -> None:
    assert engine_settings(Settings()) == EngineSettings()


def test_a_vocabulary_keeps_names_and_drops_remarks(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Klarivo  # ours\n\n# theirs\nBrimtel\tPlus\n", encoding="utf-8")
    assert read_vocabulary(file) == "Klarivo, Brimtel\tPlus."


# --- languages -------------------------------------------------------------------------------


def test_the_codes_are_those_of_the_recogniser() -> None:
    tokenizer = pytest.importorskip("faster_whisper.tokenizer")
    assert set(tokenizer._LANGUAGE_CODES) == KNOWN


@pytest.mark.parametrize(
    ("code", "plain"), [("en", "en"), ("EN-gb", "en"), ("de_AT", "de"), (" auto ", "auto")]
)
def test_a_code_is_taken_in_the_forms_people_write(code: str, plain: str) -> None:
    assert checked(code) == plain


def test_an_english_model_is_not_asked_for_german() -> None:
    assert checked("en", model="base.en") == "en"
    with pytest.raises(InputError, match="hears English only"):
        checked("de", model="base.en")


@pytest.mark.parametrize(
    ("spoken", "rules", "parts"),
    [
        ("en", "en", []),
        ("auto", "en", []),
        ("de", "en", ["the rules are en only", "mood is judged in en only"]),
        ("de", "de", ["mood is judged in en only"]),
        ("en", "de", ["the rules are de only"]),
    ],
)
def test_what_a_language_lacks_is_said(spoken: str, rules: str, parts: list[str]) -> None:
    line = uncovered(spoken, rules)
    assert bool(line) == bool(parts)
    assert all(part in line for part in parts)


def test_a_detected_language_is_warned_of_once_and_on_evidence() -> None:
    watch = LanguageWatch("en", told="en")
    assert watch.push([said("okay", 2.0, "nl", doubtful=True), said("hello there", 4.0)]) == []
    assert watch.push([said("die Rechnung", 6.0, "de")]) == []
    warned = watch.push([said("ist zu hoch", 8.0, "de")])
    assert [(w.at, w.kind) for w in warned] == [(8.0, KIND)]
    assert watch.push([said("und noch mehr", 20.0, "de")]) == []


def test_foreign_words_that_are_doubtful_for_it_are_warned_of() -> None:
    watch = LanguageWatch("en", told="en")
    unknown = [said("guten Tag", at, "und", doubtful=True) for at in (3.0, 6.0, 9.0)]
    assert watch.push(unknown) == []
    spanish = [said("buenos días", at, "es", doubtful=True) for at in (12.0, 15.0)]
    (told,) = watch.push(spanish)
    # Others in the call may speak the language of the rules, and go on to.
    assert told.detail.startswith("The language es is heard, but the rules are en only")
    assert "where it is spoken" in told.detail
    assert "call is in" not in told.detail


def test_a_language_that_was_given_is_not_told_twice() -> None:
    watch = LanguageWatch("en", told="de")
    assert watch.push([said("die Rechnung", at, "de") for at in (3.0, 6.0, 9.0)]) == []


@pytest.mark.model
@pytest.mark.timeout(300)
def test_a_call_said_to_be_german_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    wav(Path("call.wav"))
    words = ["replay", "call.wav", "--mono", "--headless", "--language", "de"]
    assert main([*words, "--journal", "kept.jsonl"]) == Exit.OK
    assert "note: The call is in de, but the rules are en only" in capsys.readouterr().out
    kept = read_journal(Path("kept.jsonl"))
    assert any("in de" in notice for notice in kept.header.notices)
    assert not any(isinstance(fact, AudioWarning) and fact.kind == KIND for fact in kept.facts())


@pytest.mark.parametrize("columns", [60, 80])
def test_on_a_terminal_what_is_the_matter_with_devices_is_told_to_its_end(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "No sound server answers, and without one the far end cannot be heard: start it first."
    found = Devices(sources=(), notes=(note,))
    monkeypatch.setattr("audio.hardware.devices.list_devices", lambda: found)
    assert main(["devices", "--no-levels"]) == Exit.OK
    assert f"! {note}" in capsys.readouterr().out.splitlines()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["devices", "--no-levels"]) == Exit.OK
    out = capsys.readouterr().out
    assert note in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= columns


@pytest.mark.parametrize(
    "command",
    [
        ["rules", "explain"],
        ["rules", "settable"],
        ["rules", "test"],
        ["suggest"],
        ["tune"],
        ["alarms", "talk.txt", "--rule"],
    ],
    ids=" ".join,
)
def test_a_rule_that_is_none_is_told_alike_by_every_command(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("talk.txt").write_text("A|hello there\nB|hello\n", "utf-8")
    assert main([*command, "esc.supervisr"]) == Exit.INPUT
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == "coach: No rule is called 'esc.supervisr'. Did you mean 'esc.supervisor'?"


@pytest.mark.parametrize(
    "command",
    [
        ["report", "call.jsonl", "--html"],
        ["report", "call.jsonl", "--md"],
        ["report", "call.jsonl", "--json"],
        ["report", "--cards", "--training"],
        ["export", "call.jsonl", "--as", "vtt", "--out"],
        ["backtest", "call.jsonl", "--html"],
        ["suggest", "--write"],
        ["scorecard", "sample", "--per-agent=1", "--week=last-week", "--seed=1", "--save"],
    ],
    ids=" ".join,
)
def test_a_file_in_a_folder_that_is_not_there_is_told_alike_by_every_command(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    journal(Path("call.jsonl"), CallEnded(at=1.0, reason="end"))
    assert main([*command, "absent/file"]) == Exit.STORAGE
    assert capsys.readouterr().err.endswith(
        "coach: absent/file cannot be written: absent is no folder. "
        "Name a folder that is there, or make it.\n"
    )
    assert not Path("absent").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_report_that_cannot_be_written_is_a_matter_of_storage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    journal(Path("call.jsonl"), CallEnded(at=1.0, reason="end"))
    assert main(["report", "call.jsonl", "--md", "/dev/full", "--force"]) == Exit.STORAGE
    assert capsys.readouterr().err.endswith(
        "coach: /dev/full cannot be written: No space left on device. Name another file.\n"
    )
