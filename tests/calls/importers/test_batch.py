"""Many files: each comes in once, whatever happens to the others or to the program."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bringing import batch, bring, counts
from forking import POSSIBLE, Forking

from coach.calls.about import CallKind
from coach.calls.export.contact_lens import as_json
from coach.calls.export.known_call import known_call
from coach.calls.export.web_captions import web_captions
from coach.calls.importers.batch import FEW, bring_all, only_import
from coach.calls.importers.details import Details
from coach.calls.importers.in_hand import InHand, InHandRow
from coach.calls.importers.incoming import Known
from coach.calls.importers.own_export import exported_call
from coach.calls.importers.source import OpenedTranscript, TranscriptSource
from coach.calls.journal import read_journal
from coach.calls.library import Library
from coach.calls.retention import Reason, purge
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.errors import StorageError
from coach.events import CallStarted, Fact, Utterance
from coach.startup.interrupt import Interrupt

ROOT = Path(__file__).parents[3]


def transcript(number: int) -> str:
    return f"start_s\trole\ttext\n1\tagent\thello\n3\tcaller\tparcel word{number} is late\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for number in range(5):
        path = made / f"{number}.tsv"
        path.write_text(transcript(number))
        os.utime(path, (1.7e9 + number, 1.7e9 + number))
    return made


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "calls", tmp_path / "index") as opened:
        yield opened


def test_files_become_calls_with_what_is_known_of_them(folder: Path, library: Library) -> None:
    known = Known(told=Details(agent="Anna", queue="billing", tags=("old",), caller="K7"))
    imported = bring(folder, library, known=known)
    assert counts(imported) == (5, 0, 0)
    found = search(library, Query(said=("word3",), caller="K7", agent="Anna", tags=("old",)))
    (call,) = found.calls
    assert (call.kind, call.source, call.queue) == (CallKind.IMPORT, "3.tsv", "billing")
    started = datetime.fromisoformat(call.started)
    assert started == datetime.fromtimestamp(1.7e9 + 3, UTC)
    journal = read_journal(library.calls / f"{call.call}.jsonl")
    assert journal.header.about.dated_by == "time of the file"
    assert [e.text for e in journal.events if isinstance(e, Utterance)] == [
        "hello",
        "parcel word3 is late",
    ]
    assert not (library.calls.parent / "importing").exists()


def test_the_same_content_never_comes_in_twice(folder: Path, library: Library) -> None:
    (folder / "copy of 1.tsv").write_text(transcript(1))
    assert counts(bring(folder, library)) == (5, 1, 0)
    (folder / "5.tsv").write_text(transcript(5))
    assert counts(bring(folder, library)) == (1, 6, 0)
    library.rebuild()
    assert counts(bring(folder, library)) == (0, 7, 0)
    assert len(search(library, Query(most=None)).calls) == 6


def exports_of(library: Library, folder: Path) -> Path:
    """One call of the library, in the two forms that an import reads."""
    folder.mkdir()
    call = search(library, Query(most=1)).calls[0].call
    journal = read_journal(library.calls / f"{call}.jsonl")
    known = known_call(journal, wants=frozenset())
    (folder / "export.json").write_bytes(as_json(known))
    (folder / "export.vtt").write_text(web_captions(known))
    return folder


def test_our_own_export_of_a_call_that_is_there_is_no_other_call(
    folder: Path, library: Library, tmp_path: Path
) -> None:
    bring(folder, library)
    exported = exports_of(library, tmp_path / "out")
    assert counts(bring(exported, library)) == (0, 2, 0)


def test_our_own_export_of_a_purged_call_does_not_bring_it_back(
    folder: Path, library: Library, tmp_path: Path
) -> None:
    bring(folder, library)
    exported = exports_of(library, tmp_path / "out")
    gone = search(library, Query(most=1)).calls
    purge(library, gone, tmp_path / "purged.ndjson", Reason("by name", "2026-01-01T00:00:00+00:00"))
    imported = bring(exported, library)
    assert (imported.calls, imported.purged) == (0, 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("other.json", b'{"X-Coach": {"Call": "gone"'),
        ("other.json", b'{"X-Coach": {"Call": 7}}'),
        ("other.json", b'{"X-Coach": {}}'),
        ("other.json", b'{"Transcript": []}'),
        ("other.vtt", b"WEBVTT\n\nNOTE call gone\n\n1\n00:00.000 --> 00:01.000\nhello\n"),
        ("other.vtt", b"WEBVTT\n\n1\n00:00.000 --> 00:01.000\nNOTE call gone\n"),
        ("other.tsv", b'"X-Coach": {"Call": "gone"}'),
    ],
)
def test_what_is_no_export_of_ours_names_no_call(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert exported_call(path) == ""


def test_an_error_in_one_file_stops_no_other(folder: Path, library: Library) -> None:
    (folder / "1.tsv").write_text("start_s\trole\ttext\nsoon\tagent\thello\n")
    (folder / "2.tsv").write_bytes(b"\xff\xfe\0")
    (folder / "3.tsv").unlink()
    (folder / "3.tsv").symlink_to(folder / "nowhere")
    imported = bring(folder, library)
    assert counts(imported) == (2, 0, 3)
    assert [(one.path.name, bool(one.failed)) for one in imported.failed] == [
        ("1.tsv", True),
        ("2.tsv", True),
        ("3.tsv", True),
    ]
    (folder / "1.tsv").write_text(transcript(1))
    assert counts(bring(folder, library)) == (1, 2, 2)


class Broken(TranscriptSource):
    """A source with a defect of its own."""

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> object:  # type: ignore[override]
        if path.name == "1.tsv":
            raise RuntimeError("oops")
        return super().open(path, details, row)


def test_a_defect_of_a_source_stops_no_other_file(folder: Path, library: Library) -> None:
    imported = bring(folder, library, make_sources=lambda: (Broken(),))
    assert counts(imported) == (4, 0, 1)
    assert imported.failed[0].failed.startswith("a defect of Coach (RuntimeError in test_batch.py")


def test_it_stops_after_the_file_in_hand_and_goes_on_later(folder: Path, library: Library) -> None:
    made = batch(library)
    done: list[int] = []
    first = bring_all(
        sorted(folder.iterdir()),
        library,
        made,
        tell=lambda imported: done.append(imported.done),
        stop=lambda: len(done) == 2,
    )
    assert (first.calls, first.of - first.done) == (2, 3)
    assert counts(bring(folder, library)) == (3, 2, 0)


class Interrupted(TranscriptSource):
    """A source of calls in whose midst somebody presses Ctrl+C."""

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> OpenedTranscript:
        opened = super().open(path, details)
        if row is None or path.name != "2.tsv":
            return opened
        fields = {name: getattr(opened, name) for name in opened.__struct_fields__}
        row.hear(40.0, 4000.0)
        return InterruptedCall(**fields)


class InterruptedCall(OpenedTranscript):
    def facts(self, first: CallStarted) -> Iterator[Fact]:
        for number, fact in enumerate(super().facts(first)):
            if number == 2:
                signal.raise_signal(signal.SIGINT)
            yield fact


def test_what_is_in_hand_is_given_up_at_once_and_the_rest_stays(
    folder: Path, library: Library
) -> None:
    hand = InHand()
    with Interrupt() as interrupt, only_import(batch(library).places):
        imported = bring_all(
            sorted(folder.iterdir()),
            library,
            batch(
                library,
                make_sources=lambda: (Interrupted(),),
                in_hand=hand,
                giving_up=interrupt.giving_up,
            ),
            stop=lambda: interrupt.asked,
        )
    assert counts(imported) == (2, 0, 0)
    assert [(one.number, one.heard, one.seconds) for one in hand.files()] == [(2, 40.0, 4000.0)]
    assert search(library, Query(most=None)).total == 2
    assert not list(library.calls.parent.glob("importing/*"))
    assert counts(bring(folder, library)) == (3, 2, 0)


def test_ctrl_c_out_of_turn_stays_a_request() -> None:
    with Interrupt() as interrupt:
        signal.raise_signal(signal.SIGINT)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt), interrupt.giving_up():
            raise AssertionError


def test_there_is_one_import_at_a_time(library: Library) -> None:
    places = batch(library).places
    with (
        only_import(places),
        pytest.raises(StorageError, match="Another import is going on"),
        only_import(places),
    ):
        pass


class Endless(TranscriptSource):
    """A source whose calls have no end."""

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> OpenedTranscript:
        opened = super().open(path, details, row)
        return WithoutEnd(**{f: getattr(opened, f) for f in opened.__struct_fields__})


class WithoutEnd(OpenedTranscript):
    def facts(self, first: CallStarted) -> Iterator[Fact]:
        yield from list(super().facts(first))[:-1]


def test_a_call_without_an_end_does_not_come_in(folder: Path, library: Library) -> None:
    imported = bring(folder, library, make_sources=lambda: (Endless(),))
    assert counts(imported) == (0, 0, 5)
    assert imported.failed[0].failed == "it ends before the call does."
    assert not list(library.calls.glob("*.jsonl"))


_KILLED = """
import os
import signal
import sys
from pathlib import Path
import bringing
from coach.calls.call import Call
root, most = Path(sys.argv[1]), int(sys.argv[2])
feed, count = Call.feed, 0
def killed(self, fact):
    global count
    count += 1
    if count == most:
        print("in the middle of a call", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return feed(self, fact)
Call.feed = killed
with bringing.Library(root / "calls", root / "index") as library:
    bringing.bring(root / "in", library)
"""


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """Processes that have imported what an import needs."""
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r}); import bringing"
    with Forking(code, tmp_path_factory.mktemp("forking")) as made:
        yield made


@pytest.mark.skipif(not POSSIBLE, reason="processes are forked, which is POSIX")
@pytest.mark.parametrize("most", [1, 5, 20, 33])
def test_an_import_that_is_killed_is_simply_run_again(
    forking: Forking, folder: Path, library: Library, most: int
) -> None:
    ended = forking.run(_KILLED, str(library.calls.parent), str(most))
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout == "in the middle of a call\n"
    whole = len(list(library.calls.glob("*.jsonl")))
    assert whole < 5
    assert counts(bring(folder, library)) == (5 - whole, whole, 0)
    found = search(library, Query(most=None)).calls
    assert len(found) == 5
    assert all(call.ended for call in found)


_SEVERAL = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
import bringing
root, sources = Path(sys.argv[1]), getattr(bringing, sys.argv[2])
if __name__ == "__main__":
    with (
        bringing.Interrupt() as interrupt,
        bringing.Library(root / "calls", root / "index") as library,
    ):
        imported = bringing.bring(
            root / "in",
            library,
            lambda: interrupt.asked,
            make_setup=bringing.plain,
            make_sources=sources,
            processes=2,
        )
    print(*bringing.counts(imported))
"""


@contextlib.contextmanager
def several(
    library: Library, sources: str, stderr: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """An import in several processes; ended where a test fails with it."""
    words = [sys.executable, "-c", _SEVERAL, str(library.calls.parent), sources]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=stderr, cwd=ROOT) as first:
        try:
            yield first
        except BaseException:
            first.kill()
            raise


@pytest.fixture
def many(folder: Path) -> Path:
    for number in range(5, FEW + 2):
        (folder / f"{number}.tsv").write_text(transcript(number))
    return folder


@pytest.mark.slow
def test_several_processes_bring_the_same_in(many: Path, library: Library) -> None:
    (many / "bad.tsv").write_text("start_s\trole\ttext\nsoon\tagent\thello\n")
    with several(library, "transcripts") as first:
        assert first.stdout is not None
        assert first.stdout.read().split() == [b"%d" % (FEW + 2), b"0", b"1"]
    library.refresh()
    assert search(library, Query(said=("word7",))).total == 1


@pytest.mark.slow
def test_no_process_outlives_an_import_that_is_killed(many: Path, library: Library) -> None:
    with several(library, "waiting") as first:
        assert first.stdout is not None
        assert [first.stdout.readline() for _ in range(2)] == [b"opened\n"] * 2
        first.send_signal(signal.SIGKILL)
        assert first.stdout.read() == b"", "it ends once nobody is left who might write"
    assert counts(bring(many, library)) == (FEW + 2, 0, 0)


@pytest.mark.slow
def test_processes_are_ended_at_once_where_nobody_wants_them(many: Path, library: Library) -> None:
    with several(library, "waiting") as first:
        assert first.stdout is not None
        assert [first.stdout.readline() for _ in range(2)] == [b"opened\n"] * 2
        first.send_signal(signal.SIGINT)
        assert first.stdout.read() == b"0 0 0\n"
    assert counts(bring(many, library)) == (FEW + 2, 0, 0)


@pytest.mark.slow
def test_a_process_that_is_ended_from_outside_is_told(many: Path, library: Library) -> None:
    assert many.is_dir()
    with several(library, "dying", stderr=subprocess.PIPE) as first:
        told = first.communicate()[1]
    assert b"A process of the import was ended from outside." in told
    assert counts(bring(many, library)) == (FEW + 2, 0, 0)
