"""The application in which rules are tuned."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from coach.notes.tuning.tuning_desk import RuleRow, TuningDesk

from .screens.confirm import ConfirmScreen
from .screens.tune import TuneScreen
from .theme import COACH, VARIABLES


class TuneApp(App[None]):
    """Opens a rule."""

    CSS_PATH = ["coach.tcss", "review.tcss", "tune.tcss"]  # noqa: RUF012 - Textual declares it so
    TITLE = "Coach tune"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "quit", "Quit", show=False, priority=True)
    ]

    def __init__(self, desk: TuningDesk, rules: tuple[RuleRow, ...], rule: str) -> None:
        """``rule``: the one that is shown first."""
        super().__init__()
        self.register_theme(COACH)
        self.theme = COACH.name
        self._first = desk, rules, rule

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names our stylesheet uses, for themes that do not define them."""
        return VARIABLES

    def get_default_screen(self) -> TuneScreen:
        """The rule."""
        return TuneScreen(*self._first)

    async def action_quit(self) -> None:
        """Quit, once what is not saved may go: by any key, whatever lies over the rule."""
        if isinstance(self.screen, ConfirmScreen):
            return  # a question stands already, and says what answers it
        rule = self.screen_stack[0]
        if isinstance(rule, TuneScreen):
            rule.leave()
