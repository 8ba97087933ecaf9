"""Vectors in letters are read as the standard library reads them."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.meaning.encoder import unpacked, unpacked_rows
from coach.meaning.written_vectors import read_all, written


@given(
    st.integers(1, 40).flatmap(lambda n: st.lists(st.binary(min_size=n, max_size=n), min_size=1))
)
def test_what_was_written_is_read(vectors: list[bytes]) -> None:
    letters = [written(one) for one in vectors]
    assert [base64.b85decode(one) for one in letters] == vectors
    assert [row.tobytes() for row in read_all(letters)] == vectors


def test_many_are_unpacked_as_each_alone_is() -> None:
    rows = np.random.default_rng(3).integers(-127, 128, (50, 384)).astype(np.int8)
    each = [unpacked(row.tobytes()) for row in rows]
    assert (unpacked_rows(rows) == np.stack(each)).all()


@pytest.mark.parametrize(
    "letters", [["ab c0"], ["~~~~~"], ["00000", "0000,"], ["0000"] * 2 + ["00"]]
)
def test_what_is_damaged_is_no_vector(letters: list[str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's and the standard library's texts differ
        read_all(letters)
