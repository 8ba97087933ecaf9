"""Which card of one run is which of the other: the same rule, and as near in time as can be."""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[int | None, int | None]
"""Index among the old times and among the new ones; None where the other has no partner."""


def paired(old: Sequence[float], new: Sequence[float], within: float) -> list[Pair]:
    """Pair two rising series of times, no two crossing, partners at most ``within`` seconds apart.

    As many pairs as possible are made, and of equally many those that lie nearest together.
    Exchanging the two series exchanges the indices of the pairs, and nothing else.
    """
    best = _best(old, new, within)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(old) and j < len(new):
        near = abs(old[i] - new[j]) <= within
        if near and _with(best[i + 1][j + 1], old[i], new[j]) == best[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] == best[i][j] and (old[i] <= new[j] or best[i][j + 1] != best[i][j]):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(k, None) for k in range(i, len(old))]
    return pairs + [(None, k) for k in range(j, len(new))]


Worth = tuple[int, float]
"""How many pairs, and minus the seconds between their partners."""


def _best(old: Sequence[float], new: Sequence[float], within: float) -> list[list[Worth]]:
    """The best worth of what is left of both series, from each place on."""
    best: list[list[Worth]] = [[(0, 0.0)] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            worth = max(best[i + 1][j], best[i][j + 1])
            if abs(old[i] - new[j]) <= within:
                worth = max(worth, _with(best[i + 1][j + 1], old[i], new[j]))
            best[i][j] = worth
    return best


def _with(rest: Worth, one: float, other: float) -> Worth:
    return rest[0] + 1, rest[1] - abs(one - other)
