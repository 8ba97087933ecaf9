"""A scorecard filled in beside the call: one key answers, one goes to the moment in question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from coach.errors import CoachError
from coach.events.lengths import clock
from coach.notes.review.score_sheet import ScoreSheet, ScoringDesk, SheetQuestion
from tui.screens.styled_once import StyledOnce
from tui.widgets.keys import KeyLine

from .ask import AskScreen
from .confirm import ConfirmScreen

KEYS = (
    ("y n 1-9", "answer"), ("Enter", "take"), ("Esc", "call"), ("S", "submit"), ("m", "moment"),
    ("-", "n/a"), ("c p", "notes"), ("e", "type"),
)  # fmt: skip
TYPED = {"yes_no": "y or n", "number": "Enter: type a number", "text": "Enter: type"}


class SheetPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a scorecard the reviewer is; what closes it with ``at`` is a moment to look at."""

    form: str
    question: int = 0
    moment: int = -1
    at: float | None = None


class ScoreSheetScreen(StyledOnce, ModalScreen[SheetPlace]):
    """Questions above, the one at the cursor below with what the engine suggests."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back to the call"),
        Binding("down,j", "go(1)", "Next question"),
        Binding("up,k", "go(-1)", "Question before"),
        Binding("y", "answer('y')", "Yes"),
        Binding("n", "answer('n')", "No"),
        Binding("minus", "answer('-')", "Does not apply"),
        Binding("enter", "take", "Take the suggestion, or type an answer"),
        Binding("e", "type", "Type an answer"),
        Binding("m", "moment", "Look at the moment"),
        Binding("c", "comment", "Comment on the answer"),
        Binding("p", "private", "Private note"),
        Binding("S", "submit", "Submit and lock"),
    ]

    def __init__(self, desk: ScoringDesk, sheet: ScoreSheet, place: SheetPlace) -> None:
        super().__init__()
        self._desk = desk
        self._sheet = sheet
        self._at = min(place.question, len(sheet.questions) - 1)
        self._moment = place.moment
        self.said = ""
        """The latest answer to a key."""

    @property
    def question(self) -> SheetQuestion:
        """The one at the cursor."""
        return self._sheet.questions[self._at]

    # --- drawing ----------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield Static(id="sheet-head")
        questions = VerticalScroll(Static(id="sheet-questions"), id="sheet-list")
        questions.can_focus = False
        yield questions
        yield Static(id="sheet-said")
        yield Static(id="sheet-question")
        yield KeyLine(KEYS)

    def on_mount(self) -> None:
        """Show where it stands."""
        self._draw()

    def _draw(self) -> None:
        sheet = self._sheet
        lacking = f"{sheet.lacking} to answer" if sheet.lacking else "all answered; S submits it"
        state = f"{sheet.locked}, locked" if sheet.locked else f"draft, {lacking}"
        private = f"  {len(sheet.private)} private" if sheet.private else ""
        head = Content.assemble(
            (sheet.title, "bold"),
            f"  {sheet.reviewer}{', blind' if sheet.blind else ''}  {sheet.total}  ",
            (state, "$notice"),
            private,
        )
        self.query_one("#sheet-head", Static).update(head)
        lines = list(self._lines())
        self.query_one("#sheet-questions", Static).update(
            Content("\n").join(line for _, line in lines)
        )
        self.query_one("#sheet-question", Static).update(Content("\n").join(self._detail()))
        self.query_one("#sheet-said", Static).update(self.said)
        row = next(row for row, (number, _) in enumerate(lines) if number == self._at)
        self.call_after_refresh(self._show_row, row)

    def _show_row(self, row: int) -> None:
        shown = self.query_one("#sheet-list", VerticalScroll)
        shown.scroll_to(y=max(0, row - shown.size.height // 2), animate=False)

    def _lines(self) -> Iterator[tuple[int, Content]]:
        """The form in lines, with the number of the question that each is."""
        section = ""
        for number, one in enumerate(self._sheet.questions):
            if one.section != section:
                section = one.section
                yield -1, Content.styled(section, "$quiet bold")
            here = number == self._at
            state = "✓" if one.given is not None else "•" if one.needed else " "
            given = "" if one.given is None else f"  {one.given}"
            other = one.suggested is not None and one.given not in (None, one.suggested)
            yield (
                number,
                Content.assemble(
                    (f" {'▶' if here else ' '} {state} {one.ask}", "bold" if here else ""),
                    (given, "$accent bold"),
                    (f"  (suggested: {one.suggested})" if other else "", "$quiet"),
                ),
            )

    def _detail(self) -> Iterator[Content]:
        one = self.question
        yield Content.assemble((one.ask, "bold"), (f"  {_how(one)}", "$quiet"))
        if one.help:
            yield Content.styled(one.help, "$quiet")
        for number, title in enumerate(one.choices, 1):
            yield Content(f"  {number} {title}")
        if one.given is not None:
            note = f"  “{one.note}”" if one.note else ""
            yield Content.assemble(("answer     ", "$quiet"), (one.given, "bold"), note)
        if one.suggested is not None:
            yield Content.assemble(
                ("suggested  ", "$quiet"), (one.suggested, "bold"), f"  {one.because}"
            )
        for number, (at, words) in enumerate(one.moments):
            sign = "▸" if number == self._moment else " "
            yield Content.styled(f" {sign} {clock(at):>6}  {words}", "$quiet")

    def _say(self, words: str) -> None:
        self.said = words
        self._draw()

    # --- moving -----------------------------------------------------------------------------

    def action_go(self, step: int) -> None:
        """Go to another question."""
        self._at = max(0, min(len(self._sheet.questions) - 1, self._at + step))
        self._moment = -1
        self._say("")

    def action_moment(self) -> None:
        """Look at the next moment that the suggestion goes by, in the call."""
        moments = self.question.moments
        if not moments:
            self._say("No moments are told of this question.")
            return
        number = (self._moment + 1) % len(moments)
        self.dismiss(self._place(moment=number, at=moments[number][0]))

    def action_leave(self) -> None:
        """Back to the call; the answers are kept."""
        self.dismiss(self._place())

    def _place(self, moment: int = -1, at: float | None = None) -> SheetPlace:
        return SheetPlace(form=self._sheet.form, question=self._at, moment=moment, at=at)

    # --- answering --------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """A digit answers a scale or a choice."""
        if event.character is not None and event.character.isdecimal():
            event.stop()
            if self.question.by_digit:
                self.action_answer(event.character)
            else:
                self._say(f"{_how(self.question)}.")

    def action_answer(self, text: str) -> None:
        """Answer as typed, and go on."""
        one = self.question
        if text in ("y", "n") and one.kind != "yes_no":
            self._say(f"{_how(one)}.")
            return
        self._answered(lambda: self._desk.answer(one.question, text))

    def action_take(self) -> None:
        """Take what is suggested where nothing is answered; type what has to be typed."""
        one = self.question
        if one.given is None and one.suggested is not None:
            self._answered(lambda: self._desk.take(one.question))
        elif one.kind == "yes_no" or one.by_digit:
            self._say(f"{_how(one)}.")
        else:
            self.action_type()

    def action_type(self) -> None:
        """Type an answer."""
        one = self.question

        def typed(text: str | None) -> None:
            if text:
                self._answered(lambda: self._desk.answer(one.question, text))

        self.app.push_screen(AskScreen(f"{one.ask}  {_how(one)}", value=one.given or ""), typed)

    def action_comment(self) -> None:
        """Comment on the answer; the agent is shown it."""
        one = self.question

        def typed(text: str | None) -> None:
            if text is not None and self._kept(lambda: self._desk.comment(one.question, text)):
                self._say("The comment is kept; the agent is shown it.")

        self.app.push_screen(AskScreen("Comment on the answer", value=one.note), typed)

    def action_private(self) -> None:
        """Keep a note that the agent is not shown."""

        def typed(text: str | None) -> None:
            if text and self._kept(lambda: self._desk.private_note(text)):
                self._say("The note is kept; the agent is not shown it.")

        self.app.push_screen(AskScreen("Private note: the agent is not shown it"), typed)

    def action_submit(self) -> None:
        """Hand it in, after a question."""
        if self._sheet.locked:
            self._say(f"It was {self._sheet.locked} already.")
            return
        if self._sheet.lacking:
            number = next(
                n for n, q in enumerate(self._sheet.questions) if q.needed and q.given is None
            )
            self._at = number
            self._say(f"{self._sheet.lacking} to answer before it can be submitted; the first.")
            return

        def sure(yes: bool | None) -> None:
            if yes and self._kept(self._desk.submit):
                self._say("Submitted; it is locked.")

        question = f"Submit with {self._sheet.total}? It is locked from then on."
        self.app.push_screen(ConfirmScreen(question), sure)

    def _answered(self, keep: Callable[[], ScoreSheet]) -> None:
        """Keep an answer and go to the next question."""
        name = self.question.question
        if not self._kept(keep):
            return
        names = [one.question for one in self._sheet.questions]
        self._at = min(names.index(name) + 1, len(names) - 1)
        self._moment = -1
        self._say("")

    def _kept(self, keep: Callable[[], ScoreSheet]) -> bool:
        """Keep something; what goes wrong is said."""
        try:
            self._sheet = keep()
        except CoachError as error:
            self._say(str(error))
            return False
        return True


def _how(one: SheetQuestion) -> str:
    """How a question is answered."""
    if one.kind == "choice":
        how = f"1 to {len(one.choices)}"
    elif one.kind == "scale":
        how = f"{one.least} to {one.most}"
        how += "" if one.by_digit else " (Enter: type)"
    else:
        how = TYPED[one.kind]
    return f"{how}; - does not apply" if one.may_not_apply else how
