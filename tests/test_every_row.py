"""A table that is one test hides no row that fails."""

from __future__ import annotations

import pytest
from every_row import every_row


def test_every_row_that_fails_is_told_with_its_reason() -> None:
    @every_row([(2, 4), (3, 10), ("x", 1), (1, 1)])
    def check(number: int, square: int) -> None:
        with pytest.raises(ZeroDivisionError):
            1 / (0 if number != 1 else 1)
        assert number * number == square

    with pytest.raises(AssertionError) as told:
        check()
    lines = str(told.value).splitlines()
    assert lines[0] == "3 of 4 rows fail:"
    rows = [line for line in lines[1:] if not line.startswith(" ")]
    assert rows == ["(3, 10)", "('x', 1)", "(1, 1)"]
    assert "    AssertionError: assert (3 * 3) == 10" in lines
    assert any("TypeError: can't multiply" in line for line in lines)
    assert any("DID NOT RAISE" in line for line in lines)


def test_rows_of_one_value_are_given_whole_and_all_may_hold() -> None:
    seen: list[tuple[int, int]] = []

    @every_row((n, n) for n in range(2))
    def check(pair: tuple[int, int]) -> None:
        seen.append(pair)

    check()
    check()
    assert seen == [(0, 0), (1, 1)] * 2


def test_rows_may_be_made_when_the_test_begins() -> None:
    asked: list[str] = []

    def rows() -> list[int]:
        asked.append("made")
        return [1, 2]

    @every_row(rows)
    def check(row: int) -> None:
        asked.append(f"row {row}")

    assert asked == []
    check()
    assert asked == ["made", "row 1", "row 2"]


def test_a_table_without_rows_proves_nothing() -> None:
    @every_row([])
    def check(row: int) -> None:
        del row

    with pytest.raises(AssertionError, match="the table is empty"):
        check()
