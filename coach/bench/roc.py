"""How well a figure tells two kinds apart."""

from __future__ import annotations

from collections.abc import Sequence


def area_under_curve(yes: Sequence[float], no: Sequence[float]) -> float:
    """Area under the receiver operating characteristic.

    The chance that a figure drawn from ``yes`` is above one drawn from ``no``; ties count
    half. 0.5 is guessing. ValueError where either side is empty.
    """
    if not yes or not no:
        raise ValueError("both sides need at least one figure")
    ordered = sorted([(figure, True) for figure in yes] + [(figure, False) for figure in no])
    ranks = 0.0
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        middle = (at + 1 + end) / 2.0
        ranks += middle * sum(is_yes for _, is_yes in ordered[at:end])
        at = end
    pairs = len(yes) * len(no)
    return (ranks - len(yes) * (len(yes) + 1) / 2.0) / pairs
