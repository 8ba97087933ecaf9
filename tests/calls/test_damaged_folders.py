"""A folder of calls in which somebody else has been: nothing is lost, and what is wrong is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from keptcalls import CUSTOMER, cue, keep, said

from coach.calls.journal import LONGEST
from coach.calls.library import Library
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.cli import main
from coach.errors import Exit
from coach.startup.paths import Paths

EVERY = Query()


def listed(folder: Path, query: Query = EVERY) -> list[tuple[str, float, str]]:
    with Library(folder, folder.parent / "library.sqlite") as library:
        library.refresh()
        found = search(library, query).calls
        return [(call.call, call.seconds, call.trouble) for call in found]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file names are always UTF-8")
def test_a_name_that_is_no_text_stops_no_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Paths.of().calls
    files = keep(folder, "good", [said(1, CUSTOMER, "hello")])
    strange = os.fsencode(folder) + b"/\xff\x1b.jsonl"
    os.link(os.fsencode(files.journal), strange)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.notes.md")).touch()
    assert main(["calls"]) == Exit.OK
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("good ")
    assert err == (
        f"coach: left out: {folder}/\\udcff\\x1b.jsonl: its name is not UTF-8. Give it another.\n"
    )


def test_a_journal_that_was_written_anew_with_spaces_is_read_alike(tmp_path: Path) -> None:
    events = [said(1, CUSTOMER, "Hello: my, manager"), cue(3, "esc.supervisor")]
    files = keep(tmp_path / "calls", "a", events)
    before = listed(tmp_path / "calls", Query(said=("manager",), cues=("esc.supervisor",)))
    text = files.journal.read_bytes()
    files.journal.write_bytes(text.replace(b'":', b'" : ').replace(b',"', b', "') + b"\n  \n")
    assert before
    assert listed(tmp_path / "calls", Query(said=("manager",), cues=("esc.supervisor",))) == before


@pytest.mark.parametrize("at", [b"1e300", b"-1.0", b"%d" % (LONGEST + 1)])
@pytest.mark.parametrize("kind", [b'"type":"CallEnded"', b'"type": "CallEnded"'])
def test_a_time_at_which_no_call_is_counts_for_nothing(
    tmp_path: Path, at: bytes, kind: bytes
) -> None:
    files = keep(tmp_path / "calls", "a", [said(1, CUSTOMER, "hello")], end=None)
    with files.journal.open("ab") as file:
        file.write(b'{%s,"at":%s,"reason":""}\n' % (kind, at))
    ((_, seconds, trouble),) = listed(tmp_path / "calls")
    assert seconds == 3.0
    assert trouble.endswith("line 4: its time is not that of a call")


def test_names_obey_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    keep(Paths.of().calls, "a\x1b[2J\nb", caller="K\x1b]0;x\x07\n7")
    for command in (["calls"], ["purge", "--call", "a\x1b[2J\nb", "--dry-run"]):
        assert main(command) == Exit.OK
        out = capsys.readouterr().out
        assert out.startswith("a [2J b ")
        assert "\x1b" not in out


@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31", "0001", "2026-02-30"])
def test_a_day_that_no_clock_has_is_told(capsys: pytest.CaptureFixture[str], when: str) -> None:
    for option in ("--since", "--until", "--during"):
        assert main(["calls", option, when]) == Exit.INPUT
        assert f"{when!r} is no day or period. Known are today," in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["calls", "\udcff"],
        ["calls", "--caller", "K\udcff7"],
        ["calls", "good", "--set", "agent=\udcff"],
        ["purge", "--hold", "good", "--because", "\udcff"],
        ["purge", "--call", "\udcff", "--dry-run"],
    ],
)
def test_an_argument_that_is_no_text_is_told(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    keep(Paths.of().calls, "good")
    assert main(words) == Exit.USAGE
    said = "coach: '\\udcff' on the command line is no text. Write it in UTF-8.\n"
    assert capsys.readouterr().err == said


def test_what_is_set_stays_in_the_folder_of_calls(capsys: pytest.CaptureFixture[str]) -> None:
    keep(Paths.of().calls, "good")
    keep(Paths.of().data, "outside")
    assert main(["calls", "../outside", "--set", "agent=Anna"]) == Exit.INPUT
    assert "There is no call '../outside' in the library" in capsys.readouterr().err
    assert not (Paths.of().data / "outside.about.json").exists()
