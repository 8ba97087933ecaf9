"""The index says what the files say, whatever happens to either."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from forking import POSSIBLE, Forking
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keptcalls import AGENT, CUSTOMER, keep, level, said

from coach.calls.about import Later, write_later
from coach.calls.call_files import CallFiles, calls_in, files_of, owner_of
from coach.calls.library import BATCH, Library
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.errors import StorageError
from coach.events import Level

ROOT = Path(__file__).parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "calls", tmp_path / "library.sqlite") as opened:
        yield opened


def names(library: Library, query: Query | None = None) -> list[str]:
    library.refresh()
    return [call.call for call in search(library, query or Query(most=None)).calls]


def everything(library: Library) -> list[object]:
    """All that the index holds, in an order of its own."""
    found = search(library, Query(most=None))
    words = library.db.execute("SELECT customer, agent, mixed FROM lines ORDER BY 1, 2, 3")
    return [sorted(found.calls, key=lambda call: call.call), words.fetchall()]


def check(library: Library) -> None:
    assert library.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    library.db.execute("INSERT INTO said(said, rank) VALUES('integrity-check', 1)")


# --- it follows the files ------------------------------------------------------------------------


def test_it_starts_empty_and_for_its_owner_alone(library: Library) -> None:
    assert names(library) == []
    assert stat.S_IMODE(library.index.stat().st_mode) == 0o600


def test_a_new_call_comes_in_and_a_gone_one_goes(library: Library) -> None:
    one = keep(library.calls, "one", [said(1, CUSTOMER, "hello there")])
    keep(library.calls, "two", [said(1, CUSTOMER, "hello again")])
    assert sorted(names(library)) == ["one", "two"]
    one.journal.unlink()
    assert names(library) == ["two"]
    assert names(library, Query(said=("there",))) == []
    check(library)


def test_a_call_that_goes_on_is_read_anew(library: Library) -> None:
    keep(library.calls, "one", [said(1, CUSTOMER, "hello")], end=None)
    library.refresh()
    (before,) = search(library, Query()).calls
    more = [said(1, CUSTOMER, "hello"), said(9, CUSTOMER, "goodbye"), level(9, Level.ANGRY)]
    keep(library.calls, "one", more)
    assert library.refresh().read == 1
    assert library.refresh().read == 0
    (after,) = search(library, Query(said=("goodbye",))).calls
    assert (before.ended, before.level, after.ended, after.level) == (
        False,
        Level.CALM,
        True,
        Level.ANGRY,
    )
    assert names(library, Query(said=("hello",))) == ["one"]
    check(library)


def test_what_lies_beside_a_journal_is_read_anew(library: Library) -> None:
    files = keep(library.calls, "one", caller="K1")
    assert names(library, Query(caller="K1")) == ["one"]
    write_later(files.about, Later(caller="K2", agent="Anna"))
    assert names(library, Query(caller="K1")) == []
    assert names(library, Query(caller="k2", agent="anna")) == ["one"]
    files.about.unlink()
    assert names(library, Query(caller="K1")) == ["one"]


def test_only_so_many_are_read_where_that_is_asked_newest_first(library: Library) -> None:
    for day in range(1, 6):
        keep(library.calls, f"2026-01-0{day}")
    refreshed = library.refresh(at_most=2)
    assert (refreshed.read, refreshed.left) == (2, 3)
    found = search(library, Query()).calls
    assert sorted(c.call for c in found) == ["2026-01-04", "2026-01-05"]


def test_a_file_that_is_no_journal_is_told_and_read_once(library: Library) -> None:
    keep(library.calls, "good")
    (library.calls / "bad.jsonl").write_text("{}\n")
    assert library.refresh().read == 2
    assert library.refresh().read == 0
    assert names(library) == ["good"]
    assert [one.call for one in library.unreadable()] == ["bad"]
    (library.calls / "bad.jsonl").unlink()
    library.refresh()
    assert library.unreadable() == ()


def test_a_damaged_line_costs_that_line_and_is_told(library: Library) -> None:
    files = keep(library.calls, "one", [said(1, CUSTOMER, "hello"), said(5, AGENT, "goodbye")])
    lines = files.journal.read_bytes().splitlines(keepends=True)
    files.journal.write_bytes(b"".join([*lines[:2], b'{"type":"Utterance",oops\n', *lines[2:]]))
    assert names(library, Query(said=("goodbye",))) == ["one"]
    assert "line 3" in search(library, Query()).calls[0].trouble


def test_rebuilding_gives_the_same(library: Library) -> None:
    for number in range(5):
        keep(library.calls, f"c{number}", [said(1, CUSTOMER, f"word{number}")])
    library.refresh()
    before = everything(library)
    assert library.rebuild().read == 5
    assert everything(library) == before
    check(library)


words = st.sampled_from(["hello", "manager", "refund", "thanks", "soon"])
step = st.tuples(st.sampled_from("abc"), st.none() | st.lists(words, max_size=3))


@given(steps=st.lists(step, max_size=12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_to_the_files_it_is_as_if_made_anew(
    steps: list[tuple[str, list[str] | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("library")
    with Library(root / "calls", root / "index") as library:
        for number, (call, text) in enumerate(steps):
            if text is None:
                CallFiles(library.calls, call).journal.unlink(missing_ok=True)
            else:
                lines = [
                    said(n, CUSTOMER, " ".join([*text, f"x{number}"])) for n in range(len(text))
                ]
                keep(library.calls, call, lines)
            library.refresh()
        check(library)
        with Library(library.calls, root / "other") as anew:
            anew.refresh()
            assert everything(library) == everything(anew)


# --- it can be thrown away -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"this is no database" + data[19:],
        lambda data: data[:50] + b"\0" * (len(data) - 50),
        lambda data: data[: len(data) // 2],
        lambda data: data[:0],
    ],
)
def test_a_damaged_index_is_made_again(tmp_path: Path, damage: object) -> None:
    for number in range(20):
        keep(tmp_path / "calls", f"c{number}", [said(1, CUSTOMER, "hello " * 50)])
    index = tmp_path / "index"
    with Library(tmp_path / "calls", index) as library:
        library.refresh()
        library.compact()
    index.write_bytes(damage(index.read_bytes()))  # type: ignore[operator]
    with Library(tmp_path / "calls", index) as library:
        assert len(names(library)) == 20
        check(library)


def test_an_index_of_another_form_is_made_again(tmp_path: Path) -> None:
    keep(tmp_path / "calls", "one")
    index = tmp_path / "index"
    with sqlite3.connect(index) as db:
        db.execute("CREATE TABLE calls(x)")
        db.execute("PRAGMA user_version = 99")
    db.close()
    with Library(tmp_path / "calls", index) as library:
        assert names(library) == ["one"]
        assert library.mended


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="cannot be written"):
        Library(tmp_path / "calls", tmp_path / "index")


_KILLED = """
import os
import signal
import sys
from pathlib import Path
from coach.calls import library as module
root, most = Path(sys.argv[1]), int(sys.argv[2])
put, count = module.insert_call, 0
def insert(*args):
    global count
    put(*args)
    count += 1
    if count == most:
        print("in the middle of writing", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
module.insert_call = insert
module.Library(root / "calls", root / "index").refresh()
"""


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """Processes that have imported the library."""
    with Forking("import coach.calls.library", tmp_path_factory.mktemp("forking")) as made:
        yield made


@pytest.mark.skipif(not POSSIBLE, reason="processes are forked, which is POSIX")
@pytest.mark.parametrize("most", [1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 5])
def test_it_survives_being_killed_in_the_middle_of_writing(
    forking: Forking, tmp_path: Path, most: int
) -> None:
    for number in range(2 * BATCH + 10):
        keep(tmp_path / "calls", f"c{number}", [said(1, CUSTOMER, f"hello word{number}")])
    ended = forking.run(_KILLED, str(tmp_path), str(most))
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "in the middle of writing\n")
    with Library(tmp_path / "calls", tmp_path / "index") as library:
        assert not library.mended
        check(library)
        kept = len(search(library, Query(most=None)).calls)
        assert kept == (most - 1) // BATCH * BATCH
        assert library.refresh().read == 2 * BATCH + 10 - kept
        check(library)
        with Library(tmp_path / "calls", tmp_path / "other") as anew:
            anew.refresh()
            assert everything(library) == everything(anew)


# --- the files of a call -------------------------------------------------------------------------


def test_a_file_belongs_to_the_longest_name_of_a_call_that_begins_it() -> None:
    calls = {"a", "a.b", "c"}
    table = {
        "a.marks.ndjson": "a",
        "a.b.marks.ndjson": "a.b",
        "a.b": "a",
        "c.flac": "c",
        "d.flac": None,
        "c": None,
    }
    assert {name: owner_of(name, calls) for name in table} == table


def test_only_journals_make_calls(tmp_path: Path) -> None:
    files = keep(tmp_path, "a")
    keep(tmp_path, "a.b")
    for path in (files.marks, files.notes, tmp_path / "other.txt", tmp_path / "a.b.flac"):
        path.write_text("")
    assert set(calls_in(tmp_path)) == {"a", "a.b"}
    assert [p.name for p in files_of(tmp_path, "a", ["a", "a.b"])] == [
        "a.marks.ndjson",
        "a.notes.md",
        "a.jsonl",
    ]
    assert calls_in(tmp_path / "nowhere") == {}
