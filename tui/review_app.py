"""The application of a review: calls to choose from, and one call looked at.

Reading files is done beside the loop, so the screen stays alive. The desk owns files and sound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.app import App
from textual.binding import Binding, BindingType

from coach.errors import CoachError
from coach.notes.review.calibration import Calibration
from coach.notes.review.review_requests import CallsToChoose, OpenCall, ReviewingDesk

from .messages import CallAsked, SearchAsked
from .screens.calibration import CalibrationScreen
from .screens.choose_call import ChooseCallScreen
from .screens.choose_one import ChooseOneScreen
from .screens.review import ReviewScreen
from .theme import COACH, VARIABLES

T = TypeVar("T")


class ReviewApp(App[None]):
    """Opens the list, or at once the call that was named."""

    CSS_PATH = ["coach.tcss", "review.tcss"]  # noqa: RUF012 - Textual declares it for instances
    TITLE = "Coach review"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "quit", "Quit", show=False, priority=True)
    ]

    def __init__(
        self,
        desk: ReviewingDesk,
        *,
        call: str = "",
        at: float | None = None,
        search: str = "",
        calibration: Calibration | None = None,
    ) -> None:
        """``call``: opened at once, at ``at`` seconds; empty lists what ``search`` finds.

        ``calibration`` is shown at once.
        """
        super().__init__()
        self.register_theme(COACH)
        self.theme = COACH.name
        self.desk = desk
        self._call = call
        self._at = at
        self._search = search
        self._calibration = calibration
        self._prepared = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names our stylesheet uses, for themes that do not define them."""
        return VARIABLES

    def get_default_screen(self) -> ChooseCallScreen:
        """The list is the lowest, also where a call is opened at once."""
        return ChooseCallScreen(self._search)

    def on_mount(self) -> None:
        """Open the call, or look for calls, once the first frame is on the screen."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if self._calibration is not None:
            self._compared(self._calibration)
        elif self._call:
            self._open_call(self._call, self._at)
        else:
            self._look_for(self._search)

    # --- what the screens ask for -----------------------------------------------------------

    def on_search_asked(self, message: SearchAsked) -> None:
        """Find calls, and show them."""
        self._look_for(message.search)

    def on_call_asked(self, message: CallAsked) -> None:
        """Read a call, and show it."""
        self._open_call(message.call, message.at, message.words)

    def on_agreement_asked(self) -> None:
        """Compare the blind scorecards on a form, chosen where there are several."""

        def found(forms: tuple[tuple[str, str], ...]) -> None:
            if not forms:
                self._tell("Nobody has scored blind yet: `coach review --blind`, and f in a call.")
            elif len(forms) == 1:
                self._compare(forms[0][0])
            else:
                asked = ChooseOneScreen(forms, "Scored on which form?", "part of its name")
                self.push_screen(asked, lambda form: self._compare(form) if form else None)

        self._beside(self.desk.calibration.forms, found)

    def on_leave_asked(self) -> None:
        """From a call to the calls; where none has been listed yet they are looked for."""
        if len(self.screen_stack) == 1:
            return  # the key was pressed again before the list was there
        self.desk.hush()
        self.pop_screen()
        self._look_for(self._listed() or self._search)

    # --- beside the loop --------------------------------------------------------------------

    def _look_for(self, search: str) -> None:
        def found(choice: CallsToChoose) -> None:
            for screen in self.screen_stack:
                if isinstance(screen, ChooseCallScreen):
                    screen.show_choice(choice)
            if not self._prepared:
                self._prepared = True
                self.call_after_refresh(self._prepare)

        def tell(words: str) -> None:
            self.call_from_thread(self._tell, words)

        self._beside(lambda: self.desk.choice(search, tell), found)

    def _prepare(self) -> None:
        """Behind the frame that shows the calls."""
        self.run_worker(self.desk.prepare, thread=True, group="prepare")

    def _open_call(self, call: str, at: float | None = None, words: str = "") -> None:
        def opened(open_call: OpenCall) -> None:
            self.push_screen(ReviewScreen(self.desk, open_call, at, words))

        self._tell(f"Reading {call} …")
        self._beside(lambda: self.desk.open(call), opened)

    def _compare(self, form: str) -> None:
        self._beside(lambda: self.desk.calibration.compare(form), self._compared)

    def _compared(self, found: Calibration) -> None:
        self.push_screen(CalibrationScreen(self.desk.calibration, found))

    def _listed(self) -> str:
        lowest = self.screen_stack[0]
        return lowest.search if isinstance(lowest, ChooseCallScreen) else ""

    def _beside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do slow work on a thread and show what came of it."""

        def run() -> None:
            try:
                result = work()
            except CoachError as error:
                self.call_from_thread(self._tell, str(error))
                return
            self.call_from_thread(then, result)

        self.run_worker(run, thread=True, exclusive=True)

    def _tell(self, words: str) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, ChooseCallScreen):
                screen.tell(words)
