"""A number that stands for every value it might have, and notes which of them a run holds for.

Theory of operation. A rule is given a ``Traced`` number where its own would stand, and the
unchanged engine runs over a call. Whenever something is decided by it (compared, rounded, put into
words), the answer is worked out for the value that the run is about, and the band of the
neighbouring values that would have been answered alike is narrowed. Reckoning with it gives another
such number. At the end the run is that of every value in the band: each decision was the same.

So nothing about rules, cooldowns or levels is known here, and nothing can be forgotten: what a run
does not ask it does not depend on. While no run is on (``Band.on``), a number is like no other one,
so that a matcher does not take the condition it stands in for another rule's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Self

Figure = int | float


class Band:
    """Values next to each other that the decisions of a run so far do not tell apart."""

    __slots__ = ("at", "first", "last", "on")

    def __init__(self, count: int) -> None:
        self.at = 0
        """Index of the value that the run is about."""
        self.first = 0
        self.last = count - 1
        self.on = False

    def begin(self, at: int, count: int) -> None:
        """A run about the value with that index begins."""
        self.at, self.first, self.last, self.on = at, 0, count - 1, True

    def end(self) -> range:
        """The run is over: the values that it holds for."""
        self.on = False
        return range(self.first, self.last + 1)

    def decide(self, answer_of: Callable[[int], Any]) -> Any:
        """The answer for the value of the run; those next to it that are answered otherwise go."""
        answer = answer_of(self.at)
        for index in range(self.at - 1, self.first - 1, -1):
            if not _same(answer_of, index, answer):
                self.first = index + 1
                break
        for index in range(self.at + 1, self.last + 1):
            if not _same(answer_of, index, answer):
                self.last = index - 1
                break
        return answer

    def only_this(self) -> None:
        """What comes now holds for the value of the run alone."""
        self.first = self.last = self.at


def _same(answer_of: Callable[[int], Any], index: int, answer: Any) -> bool:
    try:
        return bool(answer_of(index) == answer)
    except ArithmeticError:
        return False


class Traced(float):
    """A number with a value for each setting; see the module.

    What it weighs as a plain float is not a number: whoever does not ask learns nothing.
    """

    __slots__ = ("band", "series")

    band: Band
    series: Sequence[Figure | None]
    """By setting; None where a run cannot come any more."""

    def __new__(cls, band: Band, series: Sequence[Figure | None]) -> Self:
        """``series``: the values, rising."""
        made = super().__new__(cls, float("nan"))
        made.band, made.series = band, series
        return made

    @property
    def plain(self) -> Figure:
        """The value of the run."""
        value = self.series[self.band.at]
        assert value is not None  # noqa: S101 - the run's own value is always there
        return value

    def __bool__(self) -> bool:
        return bool(self.band.decide(lambda index: bool(self.series[index])))

    def __hash__(self) -> int:
        """By what it is and not by its value: where it is looked up, only itself is found."""
        return id(self)

    def mapped(self, change: Callable[[int, Figure], Figure]) -> Traced:
        """Another number, made of this one for each setting that is still meant."""
        band = self.band
        made: list[Figure | None] = [None] * len(self.series)
        made[band.at] = change(band.at, self.plain)
        for step, stop in ((-1, band.first - 1), (1, band.last + 1)):
            for index in range(band.at + step, stop, step):
                value = self.series[index]
                try:
                    made[index] = change(index, value) if value is not None else None
                except ArithmeticError:
                    break
        band.decide(lambda index: made[index] is None)
        return Traced(band, made)


def _value(other: Any, index: int) -> Any:
    return other.series[index] if isinstance(other, Traced) else other


def _reckoning(name: str) -> Callable[[Traced, Any], Any]:
    reckon = getattr(operator, name)

    def method(self: Traced, other: Any) -> Any:
        if not isinstance(other, int | float):
            return NotImplemented
        return self.mapped(lambda index, value: reckon(value, _value(other, index)))

    return method


def _reckoning_from_right(name: str) -> Callable[[Traced, Any], Any]:
    reckon = getattr(operator, name)

    def method(self: Traced, other: Any) -> Any:
        if not isinstance(other, int | float):
            return NotImplemented
        return self.mapped(lambda index, value: reckon(_value(other, index), value))

    return method


def _changing(change: Callable[[Figure], Figure]) -> Callable[[Traced], Traced]:
    return lambda self: self.mapped(lambda _, value: change(value))


def _comparing(name: str) -> Callable[[Traced, Any], Any]:
    compare = getattr(operator, name)

    def method(self: Traced, other: Any) -> Any:
        if self is other or (not self.band.on and name in ("eq", "ne")):
            return (self is other) is (name in ("eq", "le", "ge"))
        if not isinstance(other, int | float):
            return NotImplemented
        return self.band.decide(lambda index: compare(self.series[index], _value(other, index)))

    return method


def _alone(name: str) -> Callable[..., Any]:
    """What is done with the very value: the run holds for no other one then."""

    def method(self: Traced, *arguments: Any) -> Any:
        self.band.only_this()
        return getattr(self.plain, name)(*arguments)

    return method


def _equip() -> None:
    """Give the class every operation that a float has: one that were left out would be wrong."""
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
        setattr(Traced, f"__{name}__", _reckoning(name))
        setattr(Traced, f"__r{name}__", _reckoning_from_right(name))
    for name in ("lt", "le", "gt", "ge", "eq", "ne"):
        setattr(Traced, f"__{name}__", _comparing(name))
    for name in ("neg", "pos", "abs"):
        setattr(Traced, f"__{name}__", _changing(getattr(operator, name)))
    for name in ALONE:
        setattr(Traced, name, _alone(name))


ALONE = (
    "__str__", "__repr__", "__format__", "__int__", "__float__", "__index__", "__round__",
    "__trunc__", "__floor__", "__ceil__", "__divmod__", "__rdivmod__", "__reduce__",
    "__reduce_ex__", "as_integer_ratio", "hex", "is_integer", "conjugate",
)  # fmt: skip
_equip()
