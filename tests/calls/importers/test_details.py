"""What is known of a call, and where from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from coach.calls.importers.details import (
    Details,
    DetailsTable,
    NamePattern,
    details_of,
    laid_over,
    read_sidecar,
)
from coach.calls.importers.incoming import Known, find_calls
from coach.calls.importers.source import TranscriptSource
from coach.errors import InputError

TRANSCRIPT = "start_s\trole\ttext\n1\tagent\thello\n"


def zoned(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().isoformat()


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("{agent}_{caller}", "anna_K7.vtt", {"agent": "anna", "caller": "K7"}),
        ("{agent}-{}-{queue}", "anna-x-y-billing.vtt", {"agent": "anna", "queue": "y-billing"}),
        ("call {caller}", "call 12.5.srt", {"caller": "12.5"}),
        (
            "{started}_{agent}",
            "2026-03-04_Anna.vtt",
            {"started": zoned("2026-03-04"), "agent": "Anna"},
        ),
        (
            "{started:%Y%m%d-%H%M}-{caller}",
            "20260304-0930-K7.vtt",
            {"started": zoned("2026-03-04T09:30"), "caller": "K7"},
        ),
    ],
)
def test_a_files_name_says_what_the_pattern_says(
    pattern: str, name: str, expected: dict[str, str]
) -> None:
    details = NamePattern(pattern).read(Path("folder", name))
    assert {f: getattr(details, f) for f in expected} == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{",
        "{agent",
        "{colour}",
        "{agent}{agent}",
        "{sides}",
        "{agent}}",
        "{started:%Y%Y}",
        "{started:%Q}",
        "{started:%}",
    ],
)
def test_a_pattern_that_is_none_is_told(pattern: str) -> None:
    with pytest.raises(InputError, match="--pattern"):
        NamePattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{agent}{agent}", "has {agent} twice"),
        ("", "names nothing"),
        ("{started:%Q}", "is no form of a ti"),
    ],
)
def test_why_a_pattern_is_none(pattern: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        NamePattern(pattern)


def test_a_time_that_no_clock_shows_is_told() -> None:
    with pytest.raises(InputError, match="'20261345' is no time in the form '%Y%m%d'"):
        NamePattern("{started:%Y%m%d}").read(Path("20261345.vtt"))


@pytest.mark.parametrize("name", ["anna.vtt", "anna_soon.vtt", "anna_20261345.vtt"])
def test_a_name_that_does_not_fit_is_told(name: str) -> None:
    with pytest.raises(InputError, match="anna"):
        NamePattern("{agent}_{started:%Y%m%d}").read(Path(name))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_knows_files_by_path_name_or_stem(tmp_path: Path, separator: str) -> None:
    rows = [
        ["File", "Agent", "sides", "started", "colour"],
        ["one.vtt", "Anna", "A=agent", "2026-03-04T09:30+01:00", "red"],
        ["sub/two.vtt", "Bela", "", "", ""],
        ["three", "Carol", "", "", ""],
        ["four.vtt", "Dino", "", "", ""],
    ]
    path = tmp_path / "calls.csv"
    path.write_text("\ufeff" + "\n".join(separator.join(row) for row in rows))
    table = DetailsTable(path)
    one = table.read(Path("/in/One.vtt"))
    assert (one.agent, one.sides, one.dated_by) == ("Anna", {"A": "agent"}, "calls.csv, line 2")
    assert datetime.fromisoformat(one.started or "") == datetime.fromisoformat("2026-03-04T08:30Z")
    assert table.read(Path("in/sub/two.vtt")).agent == "Bela"
    assert table.read(Path("in/other/two.vtt")) == Details()
    assert table.read(Path("in/three.srt")).agent == "Carol"
    assert table.unused == ("colour",)


def test_a_cell_without_an_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(f"file,agent\n{'x' * 140_000},\n")
    with pytest.raises(InputError, match=r"calls\.csv cannot be read: field larger than"):
        DetailsTable(path)


def test_a_table_names_files_that_are_not_there_whoever_has_read_of_the_others(
    tmp_path: Path,
) -> None:
    """What is in the library already is not looked up again, and is there all the same."""
    path = tmp_path / "calls.csv"
    path.write_text("file,agent\none.vtt,Anna\ntwo,Bela\nthree.vtt,Carol\n")
    files = [Path("in/One.vtt"), Path("in/two.srt"), Path("in/four.vtt")]
    assert DetailsTable(path).absent(files) == ("three.vtt",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a column file"),
        ("file,colour\na,red\n", "needs a column file"),
        ("file,agent\na,Anna\nA,Bela\n", "twice"),
        ("file,started\na,soon\n", "line 2.*no time of start"),
        ("file,sides\na,Anna\n", "who is who"),
        ("file,sides\na,Anna=boss\n", "who is who"),
    ],
)
def test_a_table_that_cannot_be_used_is_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        DetailsTable(path)


def test_the_more_particular_place_is_believed(tmp_path: Path) -> None:
    call = tmp_path / "anna_K7.tsv"
    call.write_text(TRANSCRIPT)
    (tmp_path / "anna_K7.json").write_text('{"caller": 7, "tags": ["vip", "old"], "other": {}}')
    table = tmp_path / "calls.csv"
    table.write_text("file,agent,caller\nanna_K7,Annabel,K8\n")
    known = Known(
        pattern=NamePattern("{agent}_{caller}"),
        table=DetailsTable(table),
        told=Details(agent="nobody", queue="billing"),
    )
    assert known.of(call) == Details(
        agent="Annabel", caller="7", tags=("vip", "old"), queue="billing"
    )


def test_empty_values_say_nothing() -> None:
    assert details_of({"agent": "", "queue": None}, "x") == Details()
    assert laid_over(Details(agent="a"), Details(agent="b", queue="q")) == Details(
        agent="a", queue="q"
    )


@pytest.mark.parametrize("text", ["{", '{"started": "soon"}', '{"agent": ["a"]}', '{"sides": "A"}'])
def test_a_file_beside_a_call_that_cannot_be_used_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError):
        read_sidecar(path)


def test_a_folder_is_searched_for_calls_and_for_nothing_else(tmp_path: Path) -> None:
    for name, text in {
        "b.tsv": TRANSCRIPT,
        "a/c.tsv": TRANSCRIPT,
        "a/c.json": '{"agent": "Anna"}',
        "calls.csv": "file,agent\n",
        "readme.txt": "Hello.",
        "e.vtt": "",
        ".hidden.tsv": TRANSCRIPT,
        ".git/d.tsv": TRANSCRIPT,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    searched = find_calls([tmp_path], [TranscriptSource()], tmp_path / "calls.csv")
    assert [p.relative_to(tmp_path).as_posix() for p in searched.files] == ["b.tsv", "a/c.tsv"]
    assert [path.name for path in searched.passed_over] == ["e.vtt", "readme.txt", "c.json"]
    assert [path.name for path in searched.empty] == ["e.vtt"]
    named = find_calls([tmp_path / "readme.txt"], [TranscriptSource()], None)
    assert len(named.files) == 1
    with pytest.raises(InputError, match="does not exist"):
        find_calls([tmp_path / "nowhere"], [], None)
