"""A table whose rows are all asked one cheap question is one test, which asks it of every row."""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def every_row(
    rows: Iterable[Any] | Callable[[], Iterable[Any]],
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Makes a test of a check of one row: it tells every row that fails, and how.

    The values of a row are the check's parameters in order; to a check with one parameter a row is
    given whole. A test for each row costs two milliseconds and more, most checks far less.
    ``rows`` may also be a function that makes them, which is then called by the test alone.
    """
    kept = rows if callable(rows) else list(rows)

    def tested(check: Callable[..., None]) -> Callable[[], None]:
        several = len(inspect.signature(check).parameters) > 1

        def test() -> None:
            table = list(kept()) if callable(kept) else kept
            assert table, "the table is empty"
            failures: list[tuple[Any, BaseException]] = []
            for row in table:
                try:
                    check(*row) if several else check(row)
                except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - all are told
                    failures.append((row, failure))
            if failures:
                told = [
                    f"{row!r}\n{textwrap.indent(f'{type(failure).__name__}: {failure}', '    ')}"
                    for row, failure in failures
                ]
                counted = f"{len(failures)} of {len(table)} rows fail:"
                raise AssertionError("\n".join([counted, *told])) from failures[0][1]

        functools.update_wrapper(test, check)
        del test.__wrapped__  # type: ignore[attr-defined] # its parameters are no fixtures
        return test

    return tested
