"""Rows of word pieces, read from their file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.meaning.piece_rows import PieceRows

WIDTH, COUNT = 6, 20


@pytest.fixture
def table() -> np.ndarray:
    return np.arange(WIDTH * COUNT, dtype=np.uint8).reshape(COUNT, WIDTH)


@pytest.mark.parametrize("pieces", [[0], [19, 0, 7, 7, 3], list(range(COUNT)), []])
def test_rows_are_those_asked_for(tmp_path: Path, table: np.ndarray, pieces: list[int]) -> None:
    file = tmp_path / "rows.bin"
    file.write_bytes(table.tobytes())
    assert np.array_equal(PieceRows(file, WIDTH).of(pieces), table[pieces])


def test_a_newer_file_in_its_place_changes_nothing(tmp_path: Path, table: np.ndarray) -> None:
    file, newer = tmp_path / "rows.bin", tmp_path / "newer.bin"
    file.write_bytes(table.tobytes())
    rows = PieceRows(file, WIDTH)
    newer.write_bytes((table + 100).tobytes())
    newer.replace(file)
    assert np.array_equal(rows.of([5, 2]), table[[5, 2]])


def test_rows_beyond_the_file_are_an_error(tmp_path: Path, table: np.ndarray) -> None:
    file = tmp_path / "rows.bin"
    file.write_bytes(table.tobytes())
    with pytest.raises(ValueError, match="reshape"):
        PieceRows(file, WIDTH).of([COUNT])
