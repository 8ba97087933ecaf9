"""`coach export` from end to end: which calls, where they go, and what is refused."""

from __future__ import annotations

import csv
import json
import os
import stat
from pathlib import Path

import msgspec
import pytest
from keptcalls import AGENT, CUSTOMER, cue, keep, level, said
from shipped_rules import book

from coach.calls import kept_rules
from coach.calls.about import Later, write_later
from coach.cli import main
from coach.errors import Exit
from coach.events import Level
from coach.startup.paths import Paths

WORDS = [
    said(1, AGENT, "Thank you for calling."),
    said(62, CUSTOMER, "I asked for a manager yesterday."),
    cue(63, "esc.supervisor", "asked for a manager"),
    level(63, Level.UPSET),
]


@pytest.fixture(autouse=True)
def _calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Paths.of().calls
    files = keep(folder, "2026-01-05-a", WORDS, end=90.0)
    keep(folder, "2026-01-05-b", WORDS, end=90.0, started="2026-02-05T09:00:00+00:00")
    keep(folder, "2026-03-01-c", started="2026-03-01T09:00:00+00:00")
    write_later(files.about, Later(agent="Anna"))


def test_one_call_goes_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", "2026-01-05-a", "--as", "vtt"]) == Exit.OK
    out, err = capsysbinary.readouterr()
    assert b"<v Customer>I asked for a manager yesterday.\n" in out
    assert err == b""
    assert main(["export", "2026-03", "--as", "contact-lens"]) == Exit.OK, "a beginning is enough"
    assert json.loads(capsysbinary.readouterr().out)["X-Coach"]["Call"] == "2026-03-01-c"


def test_a_journal_is_exported_with_what_lies_beside_it(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    files = keep(tmp_path, "elsewhere", WORDS, end=90.0)
    write_later(files.about, Later(queue="bills"))
    assert main(["export", str(files.journal), "--as", "contact-lens"]) == Exit.OK
    content = json.loads(capsysbinary.readouterr().out)
    assert content["X-Coach"]["Queue"] == "bills"
    assert content["Categories"]["MatchedCategories"] == ["esc.supervisor"]


def test_chosen_calls_are_a_table_oldest_first(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", "--as", "csv", "--said", "manager", "--until", "2026-02"]) == Exit.OK
    rows = list(csv.DictReader(capsysbinary.readouterr().out.decode().splitlines()))
    assert [row["contact_id"] for row in rows] == ["2026-01-05-a", "2026-01-05-b"]
    assert [row["coach_agent"] for row in rows] == ["Anna", ""]
    assert main(["export", "--as", "csv", "--kind", "all"]) == Exit.OK
    assert len(capsysbinary.readouterr().out.splitlines()) == 4


def test_several_calls_go_to_a_folder_each_for_its_owner_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["export", "2026-01-05-a", "2026-03-01-c", "2026-01-05-a", "--as", "contact-lens"]
    assert main([*words, "--out", "new/calls"]) == Exit.OK
    made = sorted(Path("new/calls").iterdir())
    assert [path.name for path in made] == ["2026-01-05-a.json", "2026-03-01-c.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert capsys.readouterr().out == "written: new/calls, 2 calls\n"
    assert main(["export", "2026-01-05-a", "--as", "vtt", "--out", "new/calls"]) == Exit.OK
    assert main(["export", "2026-01-05-a", "--as", "csv", "--out", "new/calls"]) == Exit.OK
    assert Path("new/calls/2026-01-05-a.vtt").is_file()
    assert Path("new/calls/calls.csv").is_file()
    capsys.readouterr()
    assert main(["export", "2026-01-05-a", "--as", "csv", "--out", "."]) == Exit.OK
    assert capsys.readouterr().out == "written: ., 1 call\n"


def test_files_are_overwritten_only_where_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.vtt").write_text("mine")
    words = ["export", "2026-01-05-a", "--as", "vtt", "--out", "a.vtt"]
    assert main(words) == Exit.STORAGE
    assert capsys.readouterr().err == (
        "coach: a.vtt exists already and is not overwritten. "
        "Name another place with --out, or say --force.\n"
    )
    assert Path("a.vtt").read_text() == "mine"
    assert main([*words, "--force"]) == Exit.OK
    assert Path("a.vtt").read_text().startswith("WEBVTT\n")
    assert sorted(path.name for path in Path().glob("*a.vtt*")) == ["a.vtt"]


def test_pipes_are_written_to_and_links_stay_links() -> None:
    os.mkfifo("pipe")
    words = ["export", "2026-01-05-a", "--as", "vtt"]
    with open(os.open("pipe", os.O_RDONLY | os.O_NONBLOCK), "rb") as pipe:  # noqa: PTH123 - without waiting
        assert main([*words, "--out", "pipe"]) == Exit.OK
        assert pipe.read().startswith(b"WEBVTT\n")
    assert Path("pipe").is_fifo()
    Path("real.vtt").write_text("old")
    Path("link.vtt").symlink_to("real.vtt")
    assert main([*words, "--out", "link.vtt", "--force"]) == Exit.OK
    assert Path("link.vtt").is_symlink()
    assert Path("real.vtt").read_text().startswith("WEBVTT\n")


def test_a_damaged_call_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    journal = Paths.of().calls / "2026-01-05-b.jsonl"
    journal.write_bytes(journal.read_bytes() + b"{damaged}\n")
    words = ["export", "2026-01-05-a", "2026-01-05-b", "--as", "csv", "--out", "t.csv"]
    assert main(words) == Exit.INPUT
    out, err = capsys.readouterr()
    assert out == "written: t.csv, 1 call\n"
    assert f"coach: left out: {journal}, line 8: " in err
    assert len(Path("t.csv").read_text().splitlines()) == 2


def test_what_the_customer_wants_is_told_by_the_rules_that_the_call_had(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    folder = Paths.of().calls
    want = msgspec.structs.replace(
        cue(63, "note.want", "I asked for"), utterance="C62", start=62.0, severity=0
    )
    files = keep(folder, "wants", [WORDS[1], want], end=90.0)
    lines = files.journal.read_bytes()
    files.journal.write_bytes(
        lines.replace(b'"rules":""', f'"rules":"{book().fingerprint}"'.encode())
    )

    def issues() -> list[str]:
        assert main(["export", "wants", "--as", "contact-lens"]) == Exit.OK
        (turn,) = json.loads(capsysbinary.readouterr().out)["Transcript"]
        return [one["Text"] for one in turn.get("IssuesDetected", [])]

    assert issues() == [], "nobody knows what the rule was for"
    kept_rules.keep(book(), folder / "rules")
    from coach.replay import handing_on  # noqa: PLC0415 - its memory is for one run

    handing_on._wants.cache_clear()
    assert issues() == ["I asked for a manager yesterday."]


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        ([], Exit.INPUT, "No call is named. Name one of `coach calls`, or choose some, such as"),
        (
            ["2026-03-01-c", "--since", "2026-01"],
            Exit.INPUT,
            "Calls are named, or chosen by options, not both. Leave one of the two out.",
        ),
        (["--since", "2027-01"], Exit.INPUT, "No call is found that way. `coach calls` with these"),
        (["--by", "customer"], Exit.INPUT, "--by needs --said. Say which words"),
        (
            ["nobody"],
            Exit.INPUT,
            "There is no call 'nobody' in the library, and no such journal.",
        ),
        (
            ["2026-01"],
            Exit.INPUT,
            "2 calls begin with '2026-01': 2026-01-05-a, 2026-01-05-b. Write more of the name.",
        ),
        (["2026-01-05-a", "2026-03"], Exit.INPUT, "2 calls do not fit one output. Name a folder"),
        (
            ["2026-01-05-a", "2026-03", "--out", "file"],
            Exit.INPUT,
            "file is a file, and 2 calls need a folder. Name a folder with --out.",
        ),
        (["file"], Exit.INPUT, "file is no journal: its first line is not a journal header."),
        (
            ["2026-03", "--out", "file/x.vtt"],
            Exit.STORAGE,
            "file/x.vtt cannot be written: file is no folder. Name a folder that is there",
        ),
        (
            ["2026-03", "--out", "absent/x.vtt"],
            Exit.STORAGE,
            "absent/x.vtt cannot be written: absent is no folder. Name a folder that is there",
        ),
    ],
)
def test_a_mistake_is_one_line(
    words: list[str], code: Exit, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").write_text("")
    assert main(["export", *words, "--as", "vtt"]) == code
    err = capsys.readouterr().err
    assert err.startswith(f"coach: {text}")
    assert err.count("\n") == 1


def test_two_files_of_one_name_are_not_written_over_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journals = [
        str(keep(tmp_path / name, "same", WORDS, end=90.0).journal) for name in ("one", "two")
    ]
    assert main(["export", *journals, "--as", "vtt", "--out", "out"]) == Exit.INPUT
    assert "Two of the calls have one name. Export them" in capsys.readouterr().err


def test_the_form_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "2026-03-01-c"])
    assert "the following arguments are required: --as" in capsys.readouterr().err


@pytest.mark.meaning
def test_what_was_exported_is_imported_alike(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    def turns(call: str) -> list[tuple[object, ...]]:
        main(["export", call, "--as", "contact-lens"])
        content = json.loads(capsysbinary.readouterr().out)
        names = ("ParticipantId", "BeginOffsetMillis", "EndOffsetMillis", "Content")
        return [tuple(turn[name] for name in names) for turn in content["Transcript"]]

    before = turns("2026-01-05-a")
    assert len(before) == 2
    for form, name in (("contact-lens", "out.json"), ("vtt", "out.vtt")):
        assert main(["export", "2026-01-05-a", "--as", form, "--out", name]) == Exit.OK
        known = {path.stem for path in Paths.of().calls.glob("*.jsonl")}
        assert main(["import", name, "--jobs", "1"]) == Exit.OK
        assert {path.stem for path in Paths.of().calls.glob("*.jsonl")} == known, "it is there"
        of_another_library = Path(name).read_bytes().replace(b"2026-01-05-a", b"2026-01-05-z")
        Path(name).write_bytes(of_another_library)
        assert main(["import", name, "--jobs", "1"]) == Exit.OK
        capsysbinary.readouterr()
        (new,) = {path.stem for path in Paths.of().calls.glob("*.jsonl")} - known
        assert turns(new) == before, form
