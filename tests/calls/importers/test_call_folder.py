"""A folder of calls as other systems leave them: broken off in the middle, brought in whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from call_folder import FORMS, PATTERN, TABLE, CallFolder, FolderCall, make_folder

from coach.calls.call import Setup
from coach.calls.importers.batch import Batch, Imported, bring_all, only_import, why_failed
from coach.calls.importers.bringing_in import JournalFolders
from coach.calls.importers.details import DetailsTable, NamePattern
from coach.calls.importers.incoming import Known, Searched, find_calls
from coach.calls.importers.source import TranscriptSource
from coach.calls.library import Library
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.engine.engine import EngineSettings
from rules.definition.rule import RuleBook

PLAIN = Setup(book=RuleBook(language="en", rules=(), fingerprint=""), settings=EngineSettings())
SOURCES = (TranscriptSource(),)
TRANSCRIPTS = len(FORMS) + 2


class KilledError(BaseException):
    """Stands for a process that is no more: nothing behind it is done."""


def bring(searched: Searched, library: Library, after: int | None = None) -> Imported:
    """Bring the folder in; ``after`` so many files the process is no more."""
    root = library.calls.parent
    folder = root / "in"
    batch = Batch(
        make_setup=lambda: PLAIN,
        make_sources=lambda: SOURCES,
        places=JournalFolders(calls=library.calls, importing=root / "importing"),
        purged=root / "purged.ndjson",
        known=Known(pattern=NamePattern(PATTERN), table=DetailsTable(folder / TABLE)),
    )

    def tell(imported: Imported) -> None:
        if imported.done == after:
            raise KilledError

    with only_import(batch.places):
        return bring_all(searched.files, library, batch, tell=tell)


def check(made: CallFolder, library: Library) -> None:
    """Every call is in once, with all that names, table and files beside it say, and its words."""
    found = search(library, Query(most=None)).calls
    assert {one.source: one.started for one in found} == {
        call.file: call.started.isoformat() for call in made.calls
    }
    assert len(found) == len(made.calls)
    known = [
        FolderCall(
            file=one.source, agent=one.agent, caller=one.caller, queue=one.queue, tags=one.tags,
            started=call.started, word=call.word,
        )
        for call in made.calls
        for one in search(library, Query(said=(call.word,))).calls
    ]  # fmt: skip
    assert known == list(made.calls)


def test_a_folder_of_every_kind_is_broken_off_and_brought_in(tmp_path: Path) -> None:
    made = make_folder(tmp_path / "in", TRANSCRIPTS, lines=4)
    searched = find_calls([tmp_path / "in"], SOURCES, tmp_path / "in" / TABLE)
    recordings = {name for name in made.bad if name.endswith(".wav")}
    bad = made.bad.keys() - recordings
    assert len(searched.passed_over) == made.others + len(recordings)
    with Library(tmp_path / "calls", tmp_path / "index") as library:
        with pytest.raises(KilledError):
            bring(searched, library, after=TRANSCRIPTS // 2)
        before = sum(1 for _ in library.calls.glob("*.jsonl"))
        imported = bring(searched, library)
        assert 0 < before < TRANSCRIPTS
        assert (imported.calls, imported.known) == (TRANSCRIPTS - before, before + made.copies)
        told = why_failed(imported)
        assert {one.path.name for one in imported.failed} == bad
        for name in bad:
            assert any(made.bad[name] in line and line.count(name) == 1 for line in told)
        check(made, library)
        again = bring(searched, library)
        assert (again.calls, len(again.failed)) == (0, len(bad))
        library.rebuild()
        check(made, library)
