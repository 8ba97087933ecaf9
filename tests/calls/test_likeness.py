"""Who said something like this: exact, masked, and whole whatever was killed or went."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keptcalls import AGENT, CUSTOMER, keep, said

from coach.calls import likeness
from coach.calls.call_files import CallFiles
from coach.calls.clause_file import DIMENSIONS, RECORD, ClauseFile
from coach.calls.clause_records import LAYOUT, decoded, scales_of
from coach.calls.journal import encode_line, read_journal
from coach.calls.library import Library
from coach.calls.likeness import bring_up_to_date
from coach.calls.retention import Reason, choose, purge
from coach.calls.search import search
from coach.calls.search_query import HitKind, Query
from coach.errors import StorageError
from coach.events import Channel, Clause, Utterance
from coach.meaning.clauses import spans_of
from coach.meaning.encoder import encoder, facts, packed, unpacked

CARD = "4111 1111 1111 1111"


def heard(at: float, side: Channel, text: str) -> Utterance:
    """A line with its clauses' vectors, as a call keeps it."""
    words, spans = text.split(), spans_of(text)
    vectors = encoder().encode([" ".join(words[a : b + 1]) for a, b in spans])
    clauses = tuple(
        Clause(first=a, last=b, vector=base64.b85encode(packed(vector)).decode())
        for (a, b), vector in zip(spans, vectors, strict=True)
    )
    return msgspec.structs.replace(said(at, side, text), clauses=clauses)


def kept(folder: Path, call: str, *lines: Utterance, encoder: str = "", **more: str) -> CallFiles:
    files = keep(folder, call, lines, **more)  # type: ignore[arg-type]
    journal = read_journal(files.journal)
    header = msgspec.structs.replace(journal.header, encoder=encoder or facts().name)
    files.journal.write_bytes(b"".join(map(encode_line, (header, *journal.events))))
    return files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    back = "I left my number on monday and nobody has rung me back since"
    kept(folder, "waited", heard(5, CUSTOMER, "hello there good morning"), heard(9, CUSTOMER, back))
    kept(folder, "weather", heard(5, CUSTOMER, "the weather is lovely over here this week"))
    agent = heard(5, AGENT, "nobody has called you back yet, I see")
    kept(folder, "sorry", agent, redaction="masked")
    return folder


@pytest.fixture
def library(folder: Path, tmp_path: Path) -> Library:
    with Library(folder, tmp_path / "library.sqlite") as library:
        library.refresh()
        bring_up_to_date(library)
        yield library


LIKE = Query(like="nobody ever called me back", near=0.6)


def found(library: Library, query: Query = LIKE) -> dict[str, list[str]]:
    return {
        call.call: [hit.text[slice(*hit.spans[0])] for hit in call.hits]
        for call in search(library, query).calls
    }


def test_other_words_for_it_are_found_and_shown_in_their_place(library: Library) -> None:
    calls = search(library, LIKE).calls
    assert {call.call for call in calls} == {"waited", "sorry"}
    hits = [hit for call in calls for hit in call.hits]
    assert [hit.near for hit in hits] == sorted((hit.near for hit in hits), reverse=True)
    (one,) = next(call for call in calls if call.call == "waited").hits
    assert (one.kind, one.at, one.side) == (HitKind.LIKE, 9.0, CUSTOMER)
    assert "nobody has rung me back" in one.text[slice(*one.spans[0])]
    by_customer = msgspec.structs.replace(LIKE, by=CUSTOMER)
    assert list(found(library, by_customer)) == ["waited"]
    assert found(library, msgspec.structs.replace(LIKE, near=0.999)) == {}
    assert found(library, msgspec.structs.replace(LIKE, since=4e9)) == {}


def test_what_a_killed_program_left_is_cut_off(library: Library, folder: Path) -> None:
    before = found(library)
    path = ClauseFile(library.db, library.index).path
    end = path.stat().st_size
    with path.open("ab") as file:  # records that the index was never told of
        file.write(b"\x7f" * (3 * RECORD + 17))
    assert found(library) == before
    kept(folder, "new", heard(5, CUSTOMER, "nobody ever called me back"))
    library.refresh()
    assert bring_up_to_date(library).read == 1
    assert set(found(library)) == {*before, "new"}
    assert path.stat().st_size == end + RECORD
    with path.open("r+b") as file:  # and some that it was told of are lost
        file.truncate(end - RECORD)
    assert bring_up_to_date(library).read == 4
    assert set(found(library)) == {*before, "new"}
    assert len(list(library.index.parent.glob("library.clauses-*"))) == 1


def test_a_call_that_is_purged_leaves_no_vector(library: Library, tmp_path: Path) -> None:
    chosen = choose(library, Query(), ["waited"])
    number = library.db.execute("SELECT no FROM calls WHERE call = 'waited'").fetchone()
    first, count = library.db.execute(
        "SELECT first, count FROM clauses WHERE no = ?", number
    ).fetchone()
    records = np.fromfile(ClauseFile(library.db, library.index).path, LAYOUT)
    gone = records[first : first + count]["vector"]
    purge(library, chosen.calls, tmp_path / "purged.ndjson", Reason("a test", "2026-01-01"))
    (left,) = library.index.parent.glob("library.clauses-*")
    assert all(vector.tobytes() not in left.read_bytes() for vector in gone)
    assert list(found(library)) == ["sorry"]
    assert bring_up_to_date(library).read == 0


def test_what_is_masked_is_searched_as_it_is_shown(library: Library, folder: Path) -> None:
    line = f"nobody has rung me back since. My card number is {CARD}."
    kept(folder, "old", heard(5, CUSTOMER, line), redaction="kept")
    library.refresh()
    bring_up_to_date(library)
    (call,) = [call for call in search(library, LIKE).calls if call.call == "old"]
    (hit,) = call.hits
    assert CARD not in hit.text
    assert "[card-number]" in hit.text
    whole = msgspec.structs.replace(LIKE, like=hit.text, near=0.99)
    assert "old" in found(library, whole)


def test_vectors_of_another_encoder_are_told_of(library: Library, folder: Path) -> None:
    kept(folder, "other", heard(5, CUSTOMER, LIKE.like), encoder="another")
    library.refresh()
    assert bring_up_to_date(library).foreign == 1
    assert "other" not in found(library)
    (folder / "other.jsonl").unlink()
    library.refresh()
    assert bring_up_to_date(library).foreign == 0


def test_clauses_that_cannot_be_written_are_told_of(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    kept(folder, "new", heard(5, CUSTOMER, "nobody ever called me back"))
    library.refresh()
    monkeypatch.setattr("coach.calls.clause_file.os.fsync", full)
    with pytest.raises(StorageError, match=r"The clauses .* cannot be written: No space left"):
        bring_up_to_date(library)
    monkeypatch.undo()
    assert bring_up_to_date(library).read == 1


def test_an_index_without_clauses_finds_nothing_like_it(folder: Path, tmp_path: Path) -> None:
    with Library(folder, tmp_path / "other.sqlite") as library:
        library.refresh()
        assert found(library) == {}
        library.compact()
        assert list(tmp_path.glob("other.clauses-*")) == []


def test_a_vector_has_the_encoders_size() -> None:
    assert facts().dimensions == DIMENSIONS


@given(st.lists(st.binary(min_size=DIMENSIONS, max_size=DIMENSIONS), min_size=1, max_size=4))
def test_base_85_is_read_as_python_reads_it(vectors: list[bytes]) -> None:
    kept = [base64.b85encode(vector).decode() for vector in vectors]
    assert [vector.tobytes() for vector in decoded(kept)] == vectors


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.data())
def test_every_record_inside_the_spans_is_held_against_the_sentence(
    seed: int, count: int, data: st.DataObject
) -> None:
    draw = np.random.default_rng(seed)
    records = np.zeros(count, LAYOUT)
    records["vector"] = draw.integers(-127, 128, (count, DIMENSIONS))
    records["scales"] = scales_of(records["vector"])
    sentence = draw.standard_normal(DIMENSIONS).astype(np.float32)
    first = data.draw(st.integers(0, count - 1))
    length = data.draw(st.integers(1, count - first))
    spans = np.array([[first, length, 1]], np.int64)
    plain = [
        float(unpacked(record["vector"].tobytes()).astype(np.float64) @ sentence)
        for record in records
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "BLOCK", 7)
        scores = likeness._scores(records, sentence, spans)
    for number, score in enumerate(scores):
        inside = first <= number < first + length
        assert score == pytest.approx(plain[number] if inside else -1.0, abs=1e-4)
