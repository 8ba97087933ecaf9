"""One call looked at afterwards: its time line, the moment at the cursor, and the transcript.

The cursor is a time. A key that goes to the next card (cue, silence, ...) also chooses that card;
what is chosen is explained in the panel, and the marking keys are about it. Moving freely chooses
the card that stood on the screen at that time, if any did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coach.errors import CoachError
from coach.events.lengths import clock
from coach.notes.review.going import line_at, lines_with, next_moment
from coach.notes.review.laid_over import (
    ShownLine,
    card_at,
    lines_of,
    meant_by,
    moments_of,
    remarks_on,
)
from coach.notes.review.past_call import Moment, MomentKind, SaidLine, level_at, mood_at
from coach.notes.review.places import FORMS, link, read_time
from coach.notes.review.review_requests import OpenCall, ReviewingDesk
from tui.messages import LeaveAsked
from tui.screens.breakpoints import fit_to_size
from tui.screens.styled_once import StyledOnce
from tui.widgets.keys import HELP, KeyLine
from tui.widgets.moment_panel import MomentPanel
from tui.widgets.past_transcript import SIDES, PastTranscript
from tui.widgets.time_line import TimeLineRows

from .ask import AskPlaceScreen, AskWordsScreen

STEP = 5.0
"""Seconds that an arrow key moves."""
KINDS: dict[str, tuple[tuple[MomentKind, ...], str]] = {
    "card": ((MomentKind.CARD,), "card"),
    "kept_back": ((MomentKind.KEPT_BACK,), "kept-back card"),
    "cue": ((MomentKind.CUE,), "cue"),
    "silence": ((MomentKind.SILENCE, MomentKind.HOLD), "silence or hold"),
    "talk_over": ((MomentKind.TALK_OVER,), "talk-over"),
    "mark": ((MomentKind.MARK,), "mark"),
    "sides": ((MomentKind.SIDES,), "exchange of the sides"),
    "difference": ((MomentKind.OTHERWISE,), "difference"),
}
"""What a key goes to, and its name."""
KEYS = (
    ("c", "card"), ("space", "hear"), ("r", "right"), ("w", "wrong"), ("Enter", "why"),
    ("k", "kept back"), ("Esc", "calls"), ("l", "late"), ("i", "missed"), ("f", "score"),
    ("x", "hand on"), ("/", "search"), ("g", "time"), ("u", "cue"), ("s", "silence"),
    ("o", "talk-over"), ("m", "marks"), HELP,
)  # fmt: skip


class LookingScreen(StyledOnce, Screen[None]):
    """A past call, looked at; ``ReviewScreen`` adds what one says of it."""

    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own
        (0, "-flat"), (18, "-low"), (20, "-middle"), (34, "-tall"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"go_next('{kind}', {step})", f"{KINDS[kind][1]} {words}")
            for letter, kind in (
                ("c", "card"),
                ("k", "kept_back"),
                ("u", "cue"),
                ("s", "silence"),
                ("o", "talk_over"),
                ("m", "mark"),
                ("v", "sides"),
                ("d", "difference"),
            )
            for key, step, words in ((letter, 1, "next"), (letter.upper(), -1, "before"))
        ),
        Binding("n", "hit(1)", "Next line with the words"),
        Binding("N", "hit(-1)", "Line with the words before"),
        Binding("left", f"move({-STEP})", "Back"),
        Binding("right", f"move({STEP})", "On"),
        Binding("shift+left", f"move({-6 * STEP})", "Far back"),
        Binding("shift+right", f"move({6 * STEP})", "Far on"),
        Binding("up", "line(-1)", "Line before"),
        Binding("down", "line(1)", "Next line"),
        Binding("home", "go_to(0)", "Beginning"),
        Binding("end", "go_end", "End"),
        Binding("g", "time", "Go to a time"),
        Binding("slash", "search", "Search words"),
        Binding("y", "link", "Copy the link"),
        Binding("enter", "why", "All about it"),
        Binding("question_mark", "help", "Help"),
        Binding("escape", "leave", "Back to the calls"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(
        self, desk: ReviewingDesk, call: OpenCall, at: float | None, words: str = ""
    ) -> None:
        """``at``: seconds of call time; ``words``: those that were searched in the calls."""
        super().__init__()
        self._desk = desk
        self._call = call
        self._lines: tuple[ShownLine, ...] = ()
        self._moments: tuple[Moment, ...] = ()
        self._asked = 0.0 if at is None else at
        self._at = min(self._asked, call.past.seconds)
        self._chosen: Moment | None = None
        self._words = words
        self.said = ""
        """The latest answer to a key."""

    @property
    def at(self) -> float:
        """Where the cursor is: seconds of call time."""
        return self._at

    @property
    def chosen(self) -> Moment | None:
        """What the panel shows and the marking keys are about."""
        return self._chosen

    def compose(self) -> ComposeResult:
        """Top to bottom; beside each other where there is room."""
        fit_to_size(self)
        yield Static(id="review-head")
        yield TimeLineRows()
        yield Static(id="whisper")
        with Container(id="review-body"):
            yield PastTranscript()
            yield MomentPanel()
        yield KeyLine(KEYS)

    def on_mount(self) -> None:
        """Show the call."""
        self._at = meant_by(moments_of(self._call), self._at) if self._at else self._at
        self._chosen = card_at(self._call.past.moments, self._at)
        self.take(self._call)
        notices = "  ".join(f"{notice}." for notice in self._call.past.notices)
        found = len(self._search(self._words)) if self._words else 0
        hits = f"{_lines(found)} with {self._words!r}; n and N go through." if found else ""
        beyond = self._beyond(self._asked)
        self.whisper(beyond or notices or hits or "? shows every key. c goes to the first card.")

    def take(self, call: OpenCall) -> None:
        """Show the call with what was said of it by now."""
        self._call = call
        self._lines, self._moments = lines_of(call), moments_of(call)
        self.query_one(TimeLineRows).show_call(call.past, self._moments)
        self.query_one(PastTranscript).show_call(self._lines, self._moments)
        self.call_after_refresh(self._show)

    def whisper(self, words: str) -> None:
        """Answer a key."""
        self.said = words
        self.query_one("#whisper", Static).update(Content(words))

    # --- drawing ----------------------------------------------------------------------------

    def _show(self) -> None:
        """Draw the place of the cursor."""
        past = self._call.past
        number = line_at([line.heard for line in self._lines], self._at)
        current = self._lines[number].heard.utterance if number is not None else ""
        self.query_one("#review-head", Static).update(self._head())
        self.query_one(TimeLineRows).show_cursor(self._at)
        self.query_one(PastTranscript).show_current(current, self._at)
        level = level_at(past, self._at).name.lower()
        nothing = f"Nothing was shown at {clock(self._at)}; level {level}{self._mood()}."
        otherwise = (nothing, *(f"Note: {notice}." for notice in past.notices))
        self.query_one(MomentPanel).show_moment(
            self._chosen, remarks_on(self._call, self._chosen), otherwise
        )

    def _mood(self) -> str:
        parts = []
        for channel, points in self._call.past.moods.items():
            point = mood_at(points, self._at)
            if point is not None:
                parts.append(f"{SIDES[channel]} {point.score:+.1f} ± {point.uncertainty:.1f}")
        return f", mood {', '.join(parts)}" if parts else ""

    def _head(self) -> Content:
        past = self._call.past
        corrected = len(self._call.corrected)
        put_right = f"  ✎ {corrected} put right" if corrected else ""
        marks = len(self._call.remarks)
        said = f"  ▸ {marks} mark{'s' if marks != 1 else ''}" if marks else ""
        blind = "  blind" if self._call.blind else ""
        return Content.assemble(
            (past.call, "bold"),
            (blind, "bold $notice"),
            f"  {clock(self._at)} of {clock(past.seconds)}",
            (f"{said}{put_right}", "$accent"),
            (f"  {past.about}", "$quiet"),
        )

    # --- moving -----------------------------------------------------------------------------

    def go_to(self, at: float, moment: Moment | None = None) -> None:
        """Put the cursor somewhere; ``moment`` is what it is put on."""
        self._at = max(0.0, min(self._call.past.seconds, at))
        self._chosen = moment or card_at(self._moments, self._at)
        self._show()

    def on_time_line_rows_pointed(self, pointed: TimeLineRows.Pointed) -> None:
        """Go where somebody clicked."""
        self._move_to(pointed.at)

    def action_go_next(self, kind: str, step: int) -> None:
        """Go to the next moment of a kind, or the one before."""
        kinds, name = KINDS[kind]
        among = [moment for moment in self._moments if moment.kind in kinds]
        found = next_moment(among, self._at, step, self._chosen)
        if found is None:
            which = "further" if step > 0 else "earlier"
            self.whisper(f"No {which} {name}." if among else f"No {name} in this call.")
            return
        self.go_to(found.at, found)
        self.whisper(f"{name} {among.index(found) + 1} of {len(among)}")

    def action_hit(self, step: int) -> None:
        """Go to the next line with the words that were searched."""
        if not self._words:
            self.action_search()
            return
        hits = self._hits()
        starts = [line.start for line in hits]
        after = [at for at in starts if (at - self._at) * step > 0.05]
        if not after:
            self.whisper(f"No {'further' if step > 0 else 'earlier'} line with {self._words!r}.")
            return
        at = min(after) if step > 0 else max(after)
        self.go_to(at)
        self.whisper(f"line {starts.index(at) + 1} of {len(starts)} with {self._words!r}")

    def _hits(self) -> list[ShownLine]:
        found = lines_with((_as_read(line) for line in self._lines), self._words)
        names = {line.utterance for line in found}
        return [line for line in self._lines if line.heard.utterance in names]

    def action_move(self, seconds: float) -> None:
        """Move the cursor freely."""
        self._move_to(self._at + seconds)

    def action_line(self, step: int) -> None:
        """Move line by line."""
        number = line_at([line.heard for line in self._lines], self._at)
        wanted = (-1 if number is None else number) + step
        if 0 <= wanted < len(self._lines):
            self._move_to(self._lines[wanted].start)

    def action_go_to(self, at: float) -> None:
        """Go to a time."""
        self._move_to(at)

    def action_go_end(self) -> None:
        """Go to the end."""
        self._move_to(self._call.past.seconds)

    def _move_to(self, at: float) -> None:
        """Go on from what the last answer was about."""
        self.go_to(at)
        self.whisper("")

    def action_time(self) -> None:
        """Ask for a time and go there."""

        def told(text: str | None) -> None:
            if text:
                self._try(lambda: self._go_to_asked(read_time(text)))

        self.app.push_screen(AskPlaceScreen("Go to which time?", hint=FORMS), told)

    def _go_to_asked(self, at: float) -> None:
        self.go_to(meant_by(self._moments, at))
        self.whisper(self._beyond(at))

    def _beyond(self, at: float) -> str:
        """What to say of a time that was asked for behind the end; empty where it is not."""
        end = self._call.past.seconds
        if at <= end + 1.0:  # a time is written in whole seconds
            return ""
        return f"{clock(at)} is behind the end of this call; it lasts {clock(end)}."

    def action_search(self) -> None:
        """Ask for words and go to the first line that has them."""

        def told(text: str | None) -> None:
            if text is None:
                return
            hits = self._search(text)
            if not hits:
                self.whisper(f"Nobody says {text!r}." if text else "")
                return
            self.go_to(next((h.start for h in hits if h.start >= self._at), hits[0].start))
            self.whisper(f"{_lines(len(hits))}; n and N go through.")

        self.app.push_screen(AskWordsScreen("Search which words?", value=self._words), told)

    def _search(self, words: str) -> list[ShownLine]:
        """Let words stand out; the lines that have them."""
        self._words = words
        hits = self._hits() if words else []
        names = frozenset(line.heard.utterance for line in hits)
        self.query_one(PastTranscript).show_hits(words, names)
        return hits

    # --- looking closer ---------------------------------------------------------------------

    def _try(self, ask: Callable[[], None]) -> bool:
        try:
            ask()
        except CoachError as error:
            self.whisper(str(error))
            return False
        return True

    def action_link(self) -> None:
        """Copy the command that opens this place."""
        here = link(self._call.past.place, self._at)
        self.app.copy_to_clipboard(here)
        self.whisper(f"{here}   (copied, where the terminal allows it)")

    def action_why(self) -> None:
        """All about what is shown."""
        from .moment import MomentScreen  # noqa: PLC0415 - keeps the first frame fast

        if self._chosen is None:
            self.whisper("Nothing was shown here. c goes to the next card, k to one kept back.")
            return
        self.app.push_screen(MomentScreen(self._chosen, remarks_on(self._call, self._chosen)))

    def action_help(self) -> None:
        """Every key."""
        from .review_help import ReviewHelpScreen  # noqa: PLC0415 - keeps the first frame fast

        self.app.push_screen(ReviewHelpScreen())

    def action_leave(self) -> None:
        """Back to the calls."""
        self.post_message(LeaveAsked())


def _lines(count: int) -> str:
    return f"{count} line{'s' if count != 1 else ''}"


def _as_read(line: ShownLine) -> SaidLine:
    """A line with the words as they are read now, what was heard among them."""
    heard = line.heard
    if line.text == heard.text:
        return heard
    return msgspec.structs.replace(heard, text=f"{line.text} {heard.text}")
