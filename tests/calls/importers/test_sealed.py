"""What an import keeps of calls that are not finished: whole, or nothing, and closed to others."""

from __future__ import annotations

from pathlib import Path

from coach.calls.importers.sealed import SEALED, SealedStore

KEY, OTHER = b"of this sound" * 5, b"of that sound" * 5
WORDS = b"my card number is four one one one" * 30


def test_what_was_kept_is_found_again_by_its_key_alone(tmp_path: Path) -> None:
    SealedStore(tmp_path / "new").put(KEY, WORDS)
    later = SealedStore(tmp_path / "new")
    assert later.get(KEY) == WORDS
    assert later.get(OTHER) is None


def test_nothing_of_it_can_be_read_without_the_key(tmp_path: Path) -> None:
    SealedStore(tmp_path).put(KEY, WORDS)
    (path,) = tmp_path.iterdir()
    assert path.suffix == SEALED
    assert path.stat().st_mode & 0o077 == 0
    content = path.read_bytes()
    pieces = [WORDS[at : at + 4] for at in range(0, len(WORDS), 4)]
    assert not any(piece in content for piece in [*pieces, KEY[:4]])
    path.rename(path.with_stem("0" * 40))
    assert SealedStore(tmp_path).get(KEY) is None


def test_a_damaged_file_counts_for_nothing(tmp_path: Path) -> None:
    SealedStore(tmp_path).put(KEY, WORDS)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:10], b"", bytes([whole[0] ^ 1]) + whole[1:]):
        path.write_bytes(damaged)
        assert SealedStore(tmp_path).get(KEY) is None


def test_what_was_used_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    SealedStore(tmp_path).put(OTHER, WORDS)
    SealedStore(tmp_path).put(KEY, WORDS)
    used = SealedStore(tmp_path)
    assert used.get(KEY) == WORDS
    used.forget()
    assert SealedStore(tmp_path).get(KEY) is None
    assert SealedStore(tmp_path).get(OTHER) == WORDS


def test_a_place_that_takes_nothing_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SealedStore(tmp_path / "file")
    store.put(KEY, WORDS)
    assert store.get(KEY) is None
