"""Numbers of the command line: what each may be, beside the option that takes it."""

from __future__ import annotations

import argparse
import math

from coach.errors import InputError

MANY = 1_000_000
"""More calls, lines or changes than anybody has."""
MOST_PROCESSES = 1024


class Figure:
    """Reads a number of an option and says within which bounds it is one.

    Both bounds are allowed, the lower one not where it must be ``above`` it; None is no bound.
    What is infinite or no number is never allowed.
    """

    def __init__(  # noqa: PLR0913 - all but the kind have a usual value
        self,
        kind: type[int | float],
        least: float | None = None,
        most: float | None = None,
        *,
        above: bool = False,
        unit: str = "",
        remedy: str,
    ) -> None:
        """``unit`` stands behind the bounds, ``remedy`` says what to give or to leave out."""
        self.__name__ = kind.__name__  # argparse names it where what is typed is no number
        self.kind = kind
        self.least = least
        self.most = most
        self.above = above
        self.unit = unit
        self.remedy = remedy

    def __call__(self, text: str) -> float:
        """The number. Raises ValueError."""
        return self.kind(text)

    def allows(self, value: float) -> bool:
        """Whether it lies within the bounds."""
        if self.most is not None and not value <= self.most:
            return False
        if isinstance(value, float) and not math.isfinite(value):  # a whole number may be too long
            return False
        if self.least is None:
            return True
        return value > self.least if self.above else value >= self.least

    def check(self, option: str, value: float) -> None:
        """Raise InputError for a number out of the bounds."""
        if not self.allows(value):
            unit = f" {self.unit}" if self.unit else ""
            raise InputError(f"{option} must be {self._bounds()}{unit}.", self.remedy)

    def _bounds(self) -> str:
        if self.least is None:
            return "a number" if self.most is None else f"at most {self.most:.10g}"
        if self.above:
            most = "" if self.most is None else f" and at most {self.most:.10g}"
            return f"above {self.least:.10g}{most}"
        if self.most is None:
            return f"{self.least:.10g} or more"
        return f"from {self.least:.10g} to {self.most:.10g}"


def count(remedy: str, *, least: int = 1, most: int = MANY) -> Figure:
    """How many of something."""
    return Figure(int, least, most, remedy=remedy)


def add_jobs_option(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Add the option that says by how many processes something is done."""
    parser.add_argument(
        "--jobs",
        type=count("Leave it out for one a core.", most=MOST_PROCESSES),
        metavar="N",
        help=f"processes (default: one a core{more})",
    )
