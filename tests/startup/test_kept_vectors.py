"""Kept vectors are those that the encoder would make, or none at all."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest

from coach.meaning.encoder import encoder, facts, opened
from coach.startup import kept_vectors
from coach.startup.kept_vectors import KeptVectors, keeping_vectors, made_by

MADE_BY = b"m" * 32
SENTENCES = ("I want my money back", "nobody ever called me", "I want my money BACK")


def filled(file: Path) -> KeptVectors:
    kept = KeptVectors(file, MADE_BY, 4)
    kept.put("one", b"1111")
    kept.put("two", b"2222")
    kept.save()
    return KeptVectors(file, MADE_BY, 4)


def test_what_was_kept_is_there_again_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "vectors.bin"
    again = filled(file)
    assert (again.get("one"), again.get("two"), again.get("three")) == (b"1111", b"2222", None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"one" not in file.read_bytes()
    before = file.stat().st_mtime_ns
    again.save()
    assert file.stat().st_mtime_ns == before, "nothing new, nothing written"


def test_a_file_that_is_damaged_or_of_another_model_counts_for_nothing(tmp_path: Path) -> None:
    file = tmp_path / "vectors.bin"
    filled(file)
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert KeptVectors(file, MADE_BY, 4).get("one") is None
        file.write_bytes(whole[:place])
        assert KeptVectors(file, MADE_BY, 4).get("one") is None
    file.write_bytes(whole)
    assert KeptVectors(file, MADE_BY, 4).get("one") == b"1111"
    assert KeptVectors(file, b"x" * 32, 4).get("one") is None
    assert KeptVectors(file, MADE_BY, 3).get("one") is None


def test_with_too_many_those_of_the_last_look_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_vectors, "MOST", 2)
    file = tmp_path / "vectors.bin"
    kept = filled(file)
    kept.get("two")
    kept.put("three", b"3333")
    kept.save()
    again = KeptVectors(file, MADE_BY, 4)
    assert (again.get("one"), again.get("two"), again.get("three")) == (None, b"2222", b"3333")


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = KeptVectors(tmp_path / "file" / "vectors.bin", MADE_BY, 4)
    kept.put("one", b"1111")
    kept.save()
    assert kept.get("one") == b"1111"


@pytest.mark.meaning
def test_kept_vectors_are_the_encoder_s_own_to_the_byte(tmp_path: Path) -> None:
    model = encoder()
    plain = opened(Path(kept_vectors.__file__).parents[1] / "meaning", facts(), model._heads)
    expected = plain.encode(SENTENCES)
    for _ in range(2):  # made, then taken from the file
        model._known.clear()
        with keeping_vectors(tmp_path):
            assert np.array_equal(model.encode(SENTENCES), expected)
        assert model.kept is None
    file = tmp_path / "sentences" / "vectors.bin"
    kept = KeptVectors(file, made_by(), facts().dimensions)
    assert len(kept._known) == 2, "the encoder knows no capitals"
