"""`coach purge` and `coach import` from end to end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from keptcalls import CUSTOMER, keep, said

from coach.calls.importers.sealed import SealedStore
from coach.cli import main
from coach.errors import Exit
from coach.sample import CALL
from coach.startup.paths import Paths

WORDS = "the flabbergasted Xylophonist"


@pytest.fixture(autouse=True)
def _calls() -> None:
    folder = Paths.of().calls
    keep(
        folder, "old", [said(1, CUSTOMER, WORDS)], started="2020-01-01T09:00:00+00:00", caller="K7"
    )
    keep(folder, "new", started="2999-01-01T09:00:00+00:00")


def printed(capsys: pytest.CaptureFixture[str], *words: str, code: int = Exit.OK) -> str:
    assert main([*words]) == code
    return capsys.readouterr().out


def test_old_calls_go_and_what_was_searched_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "purge", "--older-than", "30d", "--yes")
    assert "1 call purged, 1 file." in out
    assert "for 1 name and 1 sentence, and the index for 2 single words." in out
    assert out.endswith("Nothing of them is left.\n")
    assert "old  2020-01-01" in printed(capsys, "purge", "--list")
    assert "new" in printed(capsys, "calls", "--kind", "all")


def test_what_a_stopped_import_keeps_goes_by_its_age(capsys: pytest.CaptureFixture[str]) -> None:
    """It belongs to no call, so neither the name of a call nor a caller means it."""
    folder = Paths.of().importing
    store = SealedStore(folder)
    for key, age_s in ((b"sound of long ago", 90 * 86_400.0), (b"sound of today", 0.0)):
        before = {*folder.glob("*")}
        store.put(key, b"words")
        (kept,) = {*folder.glob("*")} - before
        os.utime(kept, (kept.stat().st_mtime - age_s,) * 2)
    told = "1 part heard by an import that was stopped before"
    assert told in printed(capsys, "purge", "--older-than", "30d", "--dry-run")
    assert told not in printed(capsys, "purge", "--call", "old", "--dry-run")
    assert store.get(b"sound of long ago") == b"words"
    assert told in printed(capsys, "purge", "--older-than", "30d", "--yes")
    assert store.get(b"sound of long ago") is None
    assert store.get(b"sound of today") == b"words"


def test_what_is_left_is_told_and_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    left = Paths.of().data / "sound.log"
    left.write_text(f"{WORDS}\n")
    out = printed(capsys, "purge", "--call", "old", "--yes", code=Exit.FAILED)
    assert f"LEFT in {left}: {WORDS!r}" in out


def test_rules_that_quote_the_call_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule that was drafted from a moment has the words of it, wherever the overlay lies."""
    config, team = Paths.of().config, tmp_path / "team.toml"
    kept = tmp_path / "team.toml.versions" / "1.toml"
    kept.parent.mkdir()
    config.mkdir(parents=True)
    (config / "settings.toml").write_text(f"[rules]\noverlay = {str(team)!r}\n")
    for file in (team, kept):
        file.write_text(f"# {WORDS}\n")
    out = printed(capsys, "purge", "--call", "old", "--yes", code=Exit.FAILED)
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("LEFT")] == [
        f"LEFT in {file}" for file in (team, kept)
    ]


def test_a_trial_purges_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert "old" in printed(capsys, "purge", "--caller", "K7", "--dry-run")
    assert "old" in printed(capsys, "calls", "old")


def test_a_held_call_is_kept_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "purge", "--hold", "old", "--because", "a complaint")
    out = printed(capsys, "purge", "--older-than", "1d", "--yes")
    assert "kept, it is held: a complaint" in out
    assert "held" in printed(capsys, "calls", "--held")
    printed(capsys, "purge", "--release", "old")
    assert "1 call purged" in printed(capsys, "purge", "--older-than", "1d", "--yes")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Nothing says which calls"),
        (["--older-than", "soon"], "no age"),
        (["--older-than", ""], "no age"),
        (["--older-than", "1d", "--caller", ""], "--caller names nobody. Without it calls of all"),
        (["--call", "nothing", "--yes"], "no call 'nothing'"),
        (["--call", "old"], "Nobody can be asked here. Say --yes"),
        (["--hold", "old"], "--because go together"),
        (["--release", "nothing"], "no call 'nothing'"),
        (["--call", "ol", "--yes"], "Write its whole name; `coach calls --kind all` lists them."),
        (["--older-than", "-5d"], "'-5d' is no age"),
    ],
)
def test_mistakes_are_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["purge", *words]) == Exit.INPUT
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.meaning
def test_an_imported_call_is_coached_found_and_once_purged_stays_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "in" / "Anna_K9.tsv"
    file.parent.mkdir()
    file.write_text(
        "start_s\tend_s\trole\ttext\n1\t3\tagent\thow can I help?\n"
        "4\t7\tcaller\tlet me speak to your supervisor please\n"
    )
    (file.parent / "bad.vtt").write_text("WEBVTT\n\n00:01.000 --> soon\nHi.\n")
    words = ("import", str(file.parent), "--pattern", "{agent}_{caller}")
    assert main([*words]) == Exit.INPUT
    captured = capsys.readouterr()
    assert captured.out.startswith("1 call came in")
    assert "bad.vtt: does not fit the pattern" in captured.err
    found = printed(capsys, "calls", "--cue", "supervisor", "--caller", "K9", "--agent", "Anna")
    assert "1 imported call." in found
    printed(capsys, "purge", "--caller", "K9", "--yes")
    assert "1 purged before" in printed(capsys, "import", str(file))
    assert "1 call came in" in printed(capsys, "import", str(file), "--again")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "does not exist"),
        (["."], "There is no recording and no transcript in '.'. `coach import --help` names what"),
        ([".", "--jobs", "0"], "--jobs must be from 1 to 1024"),
        ([".", "--pattern", "{colour}"], "there is no {colour}"),
        ([".", "--sides", "Anna"], "who is who"),
        (
            [".", "--metadata", "nowhere.csv"],
            "nowhere.csv cannot be read: No such file or directory. Check its name and folder;",
        ),
        ([os.devnull], f"{os.devnull} is no file and no folder. A pipe is read once only."),
    ],
)
def test_mistakes_of_an_import_are_one_line(
    words: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["import", *words]) == Exit.INPUT
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty. Export the call again."),
        (b"\xff\xfe\x00", "`coach import --help` names the forms."),
        (b'{"Transcript": [', "it is no JSON: Input data was truncated."),
        (b'{"Transcript": [1]}', "Is it a transcript of Contact Lens"),
        (
            b"WEBVTT\n\n00:01.000 --> 00:03.000\n<v Kim>hello\n",
            "is not known of Kim (first at 00:01.0)",
        ),
        (None, "it is a journal, not a call of another system. `coach replay` and"),
    ],
)
def test_of_a_file_that_cannot_come_in_it_is_said_what_to_do(
    content: bytes | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "call.json"
    if content is None:
        content = next(Paths.of().calls.glob("*.jsonl")).read_bytes()
    file.write_bytes(content)
    assert main(["import", str(file)]) == Exit.INPUT
    assert told in capsys.readouterr().err
    assert main(["import", str(file), "--dry-run"]) == Exit.INPUT  # a trial run knows it, too
    out, err = capsys.readouterr()
    assert told in err
    assert out == "0 calls, 1 would fail, 0 other files.\n"


@pytest.mark.samples
def test_a_trial_run_opens_a_recording_and_refuses_one_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.wav", "b.mp3"):
        (tmp_path / name).write_bytes(b"a letter, named like a recording")
    (tmp_path / "call.flac").write_bytes(CALL.read_bytes())
    assert main(["import", str(tmp_path), "--dry-run"]) == Exit.INPUT
    out, err = capsys.readouterr()
    assert "1 call, 2 would fail, 0 other files.\n" in out
    assert all(f"{tmp_path / name}: " in err for name in ("a.wav", "b.mp3"))


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--overlay", "bad.toml"], Exit.RULES, "bad.toml: not TOML"),
        (["--pattern", "{agent}_{caller}"], Exit.INPUT, "a.tsv does not fit the pattern"),
        (["--sides", "Anna"], Exit.INPUT, "who is who"),
    ],
)
def test_a_trial_run_refuses_what_the_import_would(
    words: list[str],
    code: Exit,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text("[[change]\n")
    Path("a.tsv").write_text("start_s\tend_s\trole\ttext\n1\t3\tagent\thow can I help?\n")
    assert main(["import", "a.tsv", "--dry-run", *words]) == code
    assert message in capsys.readouterr().err


def test_an_import_that_is_refused_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text("[[change]\n")
    Path("a.tsv").write_text("start_s\tend_s\trole\ttext\n1\t3\tagent\thow can I help?\n")
    begun: list[str] = []
    monkeypatch.setattr(
        "coach.calls.importers.batch.bring_all", lambda *_a, **_b: begun.append("bring")
    )
    monkeypatch.setattr(
        "coach.calls.importers.in_hand.InHand", lambda _n: begun.append("semaphore")
    )
    assert main(["import", "a.tsv", "--overlay", "bad.toml"]) == Exit.RULES
    assert main(["import", "a.tsv", "--scheduler", "tls://x:1"]) == Exit.INPUT
    assert begun == []
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.meaning
def test_an_import_that_cannot_be_written_says_so_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "call.tsv"
    file.write_text("start_s\tend_s\trole\ttext\n1\t3\tagent\thow can I help?\n")
    trouble = "events are not in the journal: No space left on device."
    monkeypatch.setattr("coach.calls.importers.bringing_in.Call.close", lambda _call: trouble)
    assert main(["import", str(file), "--jobs", "1"]) == Exit.STORAGE
    err = capsys.readouterr().err
    assert "coach: Not every call could be written. Free some space or unlock the data" in err
