"""A screen's classes by its size, before anything is in it."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

SHORT = 16
"""Lines under which a question over the screen has no room around it."""
SHEET_HEIGHTS = [(0, "-short"), (SHORT, "-roomy")]
"""Classes of a question by the height of the screen."""


def fit_to_size(screen: Screen[Any]) -> None:
    """Give a screen that is about to be composed the classes of its breakpoints.

    Textual gives them when it tells the screen its size, and then looks for the styles of
    everything in it once more.
    """
    width, height = screen.app.size
    classes: dict[str, bool] = {}
    for cells, breakpoints in (
        (width, screen.HORIZONTAL_BREAKPOINTS),
        (height, screen.VERTICAL_BREAKPOINTS),
    ):
        reached = max((one for one in breakpoints or () if one[0] <= cells), default=None)
        classes |= {name: (least, name) == reached for least, name in breakpoints or ()}
    screen.update_classes(classes, animate=False)
