"""What is purged is gone from every file, and nothing else is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from keptcalls import AGENT, CUSTOMER, cue, keep, said

from coach.calls.about import About, CallKind
from coach.calls.call_files import CallFiles
from coach.calls.library import Library
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.purge_proof import Proof, prove, words_of
from coach.calls.retention import (
    GOING_ON_S,
    Reason,
    choose,
    delete,
    hold,
    purge,
    read_purged,
    release,
)
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.errors import InputError, StorageError

WHEN = "2026-03-04T09:30:00+01:00"
PRIVATE = 'my mother "Zephyrine" lives in Quuxville, señor'


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Calls in a data folder; the one that is purged came in last, so numbers stay the same."""
    folder = tmp_path / "calls"
    for number in range(30):
        lines = [
            said(n, CUSTOMER, f"thank you for calling about parcel number {number} {n}")
            for n in range(20)
        ]
        keep(folder, f"kept{number}", lines, started="2026-03-01T09:00:00+00:00")
    with Library(folder, tmp_path / "library.sqlite") as opened:
        opened.refresh()
        secret(opened)
        yield opened


def secret(library: Library) -> CallFiles:
    files = keep(
        library.calls,
        "gone",
        [
            said(1, AGENT, "thank you for calling about parcel number 3 3"),
            said(5, CUSTOMER, PRIVATE),
            said(9, CUSTOMER, "the Xylophonist was flabbergasted"),
        ],
        started="2020-01-01T09:00:00+00:00",
        caller="K7",
        about=About(kind=CallKind.IMPORT, digest="d1g3st"),
    )
    add_mark(
        files.marks,
        Mark(mark="M1", verdict=Verdict.NOTE, at=5, reviewer="R", made=WHEN, note=PRIVATE),
    )
    files.notes.write_text(PRIVATE)
    (library.calls / "gone.flac").write_bytes(b"sound")
    library.refresh()
    return files


def purged(library: Library, *calls: str) -> Proof:
    data = library.index.parent
    chosen = choose(library, Query(), calls)
    taken = words_of(library, calls)
    purge(library, chosen.calls, data / "purged.ndjson", Reason("by name", WHEN))
    return prove(library, [data], taken, data / "purged.ndjson")


def everywhere(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# --- it is gone ----------------------------------------------------------------------------------


def test_everything_of_a_call_goes_together(library: Library) -> None:
    data = library.index.parent
    before = everywhere(data)
    proof = purged(library, "gone")
    after = everywhere(data)
    for word in (
        b"Zephyrine",
        b"Quuxville",
        b"se\xc3\xb1or",
        b"flabbergast",
        b"Xylophonist",
        b"sound",
    ):
        assert word in before
        assert word.lower() not in after.lower()
    assert not list(library.calls.glob("gone*"))
    assert search(library, Query(said=("flabbergasted",))).total == 0
    assert search(library, Query(most=None)).total == 30
    assert (proof.found, proof.calls, proof.sentences, proof.shared) == ((), 1, 2, 1)
    assert proof.words >= 5
    assert proof.files >= 32


def test_the_full_text_index_is_as_if_the_call_had_never_been_there(
    library: Library, tmp_path: Path
) -> None:
    purged(library, "gone")
    with Library(library.calls, tmp_path / "other") as anew:
        anew.refresh()
        anew.compact()
        terms = "SELECT term, doc, cnt FROM vocabulary ORDER BY term"
        found = []
        for one in (library, anew):
            one.db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, said, row)")
            found.append(one.db.execute(terms).fetchall())
            (segments,) = one.db.execute("SELECT count(DISTINCT segid) FROM said_idx").fetchone()
            assert segments == 1, "what was deleted is kept in older parts until they are merged"
        assert found[0] == found[1]


def test_what_went_is_listed_without_content(library: Library) -> None:
    purged(library, "gone")
    path = library.index.parent / "purged.ndjson"
    (entry,) = read_purged(path)
    assert (entry.call, entry.kind, entry.because, entry.files) == ("gone", "import", "by name", 4)
    assert entry.size > 0
    assert entry.digest == "d1g3st"
    assert set(json.loads(path.read_text())) == {
        "call",
        "kind",
        "started",
        "purged",
        "because",
        "files",
        "size",
        "digest",
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sound.log", f"x {PRIVATE} x"),
        ("calls/kept3.notes.md", "the Xylophonist was flabbergasted"),
        ("calls/other.jsonl", json.dumps({"text": PRIVATE})),
        ("export/a.json", json.dumps({"text": PRIVATE}, ensure_ascii=False)),
        ("export/names.txt", "gone"),
    ],
)
def test_what_is_left_anywhere_is_found(library: Library, name: str, content: str) -> None:
    path = library.index.parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    proof = purged(library, "gone")
    assert {trace.path for trace in proof.found} == {path}


def test_words_that_the_index_has_for_itself_are_nothing_left(library: Library) -> None:
    """Names of its columns, and of rules in calls that remain; a word in free pages is."""
    words = "the customer promises a second xenon regulator version"
    keep(library.calls, "odd", [said(2, CUSTOMER, words)], started="2020-01-02T09:00:00+00:00")
    keep(library.calls, "kept", [cue(2, "esc.regulator", "ombudsman")])
    library.refresh()
    assert purged(library, "odd").found == ()


def test_a_text_across_the_pieces_that_are_read_is_found(library: Library) -> None:
    path = library.index.parent / "log"
    path.write_bytes(b"." * ((1 << 22) - 20) + PRIVATE.encode() + b"." * 100)
    assert {trace.text for trace in purged(library, "gone").found} == {PRIVATE}


def test_a_purge_that_was_stopped_is_finished_by_the_next(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.unlink

    def stopped(path: Path, *, missing_ok: bool = False) -> None:
        if path.suffix == ".jsonl":
            raise KeyboardInterrupt
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", stopped)
    with pytest.raises(KeyboardInterrupt):
        purged(library, "gone")
    monkeypatch.setattr(Path, "unlink", real)
    library.refresh()
    assert purged(library, "gone").found == ()
    assert b"flabbergast" not in everywhere(library.index.parent)


def test_a_file_that_cannot_be_deleted_is_told(library: Library) -> None:
    (library.calls / "gone.notes.md").unlink()
    with pytest.raises(StorageError, match=r"calls cannot be deleted"):
        delete([library.calls])


def test_a_journal_that_was_deleted_by_hand_leaves_no_words_in_the_index(library: Library) -> None:
    for path in library.calls.glob("gone*"):
        path.unlink()
    library.refresh()
    assert b"flabbergast" not in everywhere(library.index.parent)


# --- which calls ---------------------------------------------------------------------------------


def names(library: Library, query: Query, *calls: str) -> list[str]:
    return [call.call for call in choose(library, query, calls).calls]


def test_calls_are_chosen_by_age_caller_and_name(library: Library) -> None:
    old = Query(until=1.6e9)
    assert names(library, old) == ["gone"]
    assert names(library, Query(caller="K7")) == ["gone"]
    assert names(library, Query(), "gone", "kept1") == ["gone", "kept1"]
    assert names(library, old, "kept1") == []
    with pytest.raises(InputError, match="no call 'nothing'"):
        choose(library, Query(), ["nothing"])


def test_rehearsals_and_demos_go_too(library: Library) -> None:
    for kind in CallKind:
        keep(library.calls, kind.value, started="2020-01-01T09:00:00+00:00", about=About(kind=kind))
    library.refresh()
    assert set(names(library, Query(until=1.6e9))) == {"gone", *CallKind}


def test_a_held_call_is_kept_until_it_is_released(library: Library) -> None:
    hold(library.calls, "gone", "a complaint", WHEN)
    library.refresh()
    chosen = choose(library, Query(until=1.6e9), [])
    assert chosen.calls == ()
    assert [(call.call, call.held) for call in chosen.held] == [("gone", "a complaint")]
    release(library.calls, "gone")
    library.refresh()
    assert names(library, Query(until=1.6e9)) == ["gone"]
    with pytest.raises(InputError, match="no call"):
        hold(library.calls, "../gone", "x", WHEN)


def test_a_call_that_goes_on_is_kept(library: Library) -> None:
    files = keep(library.calls, "now", caller="K7", end=None)
    library.refresh()
    chosen = choose(library, Query(caller="K7"), [])
    assert [c.call for c in chosen.going_on] == ["now"]
    stat = files.journal.stat()
    os.utime(files.journal, (stat.st_atime, stat.st_mtime - GOING_ON_S - 1))
    library.refresh()
    assert set(names(library, Query(caller="K7"))) == {"gone", "now"}
