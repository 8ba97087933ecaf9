"""The application of a floor: every agent in a table, the chosen one's alarms below it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from coach.notes.floor.supervising_desk import SupervisingDesk

from .screens.floor import FloorScreen
from .theme import COACH, VARIABLES


class FloorApp(App[None]):
    """Looks at the desk several times a second. ``clock`` tells when keys are pressed."""

    CSS_PATH = ["coach.tcss", "floor.tcss"]  # noqa: RUF012 - Textual declares it for instances
    TITLE = "Coach floor"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "quit", "Quit", show=False, priority=True)
    ]

    def __init__(
        self, desk: SupervisingDesk, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.register_theme(COACH)
        self.theme = COACH.name
        self.desk = desk
        self._clock = clock

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names our stylesheet uses, for themes that do not define them."""
        return VARIABLES

    def get_default_screen(self) -> FloorScreen:
        """The table is the lowest."""
        return FloorScreen(self.desk, self._clock)
