"""How far a figure from so many calls can be trusted: 95 % intervals, without chance.

Shares of calls get Wilson's interval, means Student's, and the difference of two shares that of
Newcombe. Cards and items of a checklist come in calls, and those of one call are alike; their share
gets Wilson's interval for as many independent ones as its scatter from call to call is worth.
Counts over hours get the exact interval of a Poisson process.
(Wilson 1927; Newcombe, Statistics in Medicine 17, 1998, method 10; Korn and Graubard 1998.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

Z = 1.959964
"""Of the normal distribution: 95 % lie within so many standard deviations."""
NEVER = 3.689
"""A Poisson process of so many an interval shows none in 2.5 % of intervals."""
TAIL = 0.025
"""Of either side of an exact interval."""
BISECTIONS = 60
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Student's t for 95 %, by degrees of freedom from 1 to 30."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with where the true one lies, in 95 of 100 such samples."""

    value: float | None
    """None where nothing tells it."""
    low: float | None = None
    """None, as ``high``, where so few calls tell nothing of others."""
    high: float | None = None
    count: float = 0
    """How many had it; of a mean, their sum."""
    of: int = 0
    """Of how many."""
    calls: int = 0
    """Calls that it rests on."""
    mean: bool = False
    """Whether it is a mean over the calls, and no share."""


NOTHING = Estimate(value=None)


def share(hits: int, of: int) -> Estimate:
    """A share of calls: Wilson's interval."""
    if of <= 0:
        return NOTHING
    low, high = wilson(hits / of, of)
    return Estimate(value=hits / of, low=low, high=high, count=hits, of=of, calls=of)


def poisson(count: int) -> tuple[float, float]:
    """The exact interval of what was expected where so many were counted (Garwood 1936).

    Were the lower end expected, so many or more would come in 2.5 % of samples; were it the higher
    end, so many or fewer.
    """
    low = 0.0 if count <= 0 else _expected(count - 1, 1.0 - TAIL)
    return low, _expected(count, TAIL)


def _expected(most: int, chance: float) -> float:
    """What is expected where ``most`` or fewer come with this chance."""
    factorials = [math.lgamma(number + 1.0) for number in range(most + 1)]
    low, high = 0.0, most + 10.0 + 6.0 * math.sqrt(most + 1.0)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        log = math.log(middle)
        logs = (number * log - middle - of for number, of in enumerate(factorials))
        at_most = math.fsum(map(math.exp, logs))
        low, high = (middle, high) if at_most > chance else (low, middle)
    return (low + high) / 2


def wilson(part: float, of: float) -> tuple[float, float]:
    """Wilson's interval of a share that was seen in ``of`` independent ones."""
    middle = part + Z * Z / (2 * of)
    half = Z * math.sqrt(part * (1 - part) / of + Z * Z / (4 * of * of))
    scale = 1 + Z * Z / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def pooled_share(pairs: Sequence[tuple[int, int]]) -> Estimate:
    """A share of things that come in calls; ``pairs`` are hits and things of each call.

    One call tells nothing of how calls differ, so it has no interval.
    """
    pairs = [pair for pair in pairs if pair[1] > 0]
    hits, of = sum(hit for hit, _ in pairs), sum(many for _, many in pairs)
    if of == 0:
        return NOTHING
    part, calls = hits / of, len(pairs)
    plain = Estimate(value=part, count=hits, of=of, calls=calls)
    if calls < 2:
        return plain
    scatter = sum((hit - part * many) ** 2 for hit, many in pairs)
    variance = calls / (calls - 1) * scatter / of**2
    independent = part * (1 - part) / of
    # Where all are alike, nothing tells how calls differ: as many as there are calls, at least.
    effect = max(1.0, variance / independent) if independent > 0 else of / calls
    low, high = wilson(part, max(1.0, of / effect))
    return msgspec.structs.replace(plain, low=low, high=high)


def mean(values: Sequence[float], least: float = -math.inf, most: float = math.inf) -> Estimate:
    """A mean over calls: Student's interval, within what is possible.

    One call, or several that are all alike, say nothing of how calls differ: no interval.
    """
    calls = len(values)
    if calls == 0:
        return NOTHING
    middle = math.fsum(values) / calls
    plain = Estimate(value=middle, count=math.fsum(values), of=calls, calls=calls, mean=True)
    if calls < 2:
        return plain
    deviation = math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (calls - 1))
    if deviation == 0:
        return plain
    half = student(calls - 1) * deviation / math.sqrt(calls)
    return msgspec.structs.replace(
        plain, low=max(least, middle - half), high=min(most, middle + half)
    )


def rate(counts: Sequence[int]) -> Estimate:
    """How often something comes up in a call, on average.

    Where it never came up, the exact bound for a Poisson process (Garwood 1936).
    """
    found = mean([float(count) for count in counts], 0.0)
    if counts and not any(counts):
        return msgspec.structs.replace(found, low=0.0, high=NEVER / len(counts))
    return found


def student(freedom: int) -> float:
    """Student's t for 95 %; beyond 30 degrees of freedom the first terms of its expansion."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    return Z + (Z**3 + Z) / (4 * freedom) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * freedom**2)


def difference(before: Estimate, after: Estimate) -> Estimate:
    """How much a share of calls changed: Newcombe's interval."""
    first, second = before.value, after.value
    if first is None or second is None:
        return NOTHING
    (low1, high1), (low2, high2) = wilson(first, before.of), wilson(second, after.of)
    return Estimate(
        value=second - first,
        low=second - first - math.hypot(second - low2, high1 - first),
        high=second - first + math.hypot(high2 - second, first - low1),
        of=before.of + after.of,
        calls=before.calls + after.calls,
    )
