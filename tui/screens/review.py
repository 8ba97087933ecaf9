"""One call looked at afterwards: its time line, the moment at the cursor, and the transcript.

The cursor is a time. A key that goes to the next card (cue, silence, ...) also chooses that card;
what is chosen is explained in the panel, and the marking keys are about it. Moving freely chooses
the card that stood on the screen at that time, if any did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coach.errors import CoachError
from coach.notes.review.desk import Desk, OpenCall
from coach.notes.review.going import line_at, lines_with, next_moment
from coach.notes.review.laid_over import (
    ShownLine,
    card_at,
    lines_of,
    moments_of,
    remarks_on,
)
from coach.notes.review.past_call import Moment, MomentKind, SaidLine, level_at, mood_at
from coach.notes.review.places import FORMS, clock, link, read_time
from coach.notes.review.verdict import Verdict
from tui.review_questions import USUAL, refusal
from tui.widgets.moment_panel import MomentPanel
from tui.widgets.past_transcript import SIDES, PastTranscript
from tui.widgets.time_line import TimeLine

from .ask import AskScreen

if TYPE_CHECKING:
    from tui.review_app import ReviewApp

STEP = 5.0
"""Seconds that an arrow key moves."""
SPEEDS = (1.0, 1.25, 1.5, 1.75, 2.0)
KINDS: dict[str, tuple[tuple[MomentKind, ...], str]] = {
    "card": ((MomentKind.CARD,), "card"),
    "kept_back": ((MomentKind.KEPT_BACK,), "kept-back card"),
    "cue": ((MomentKind.CUE,), "cue"),
    "silence": ((MomentKind.SILENCE, MomentKind.HOLD), "silence or hold"),
    "talk_over": ((MomentKind.TALK_OVER,), "talk-over"),
    "mark": ((MomentKind.MARK,), "mark"),
}
"""What a key goes to, and its name."""
KEYS = (
    ("c", "card"), ("k", "kept back"), ("u", "cue"), ("s", "silence"), ("o", "talk-over"),
    ("r w l i", "right wrong late missing"), ("Enter", "why"), ("/", "search"), ("g", "time"),
    ("m", "marks"), ("Esc", "calls"),
)  # fmt: skip


class ReviewScreen(Screen[None]):
    """Everything about one past call."""

    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-tall")]  # noqa: RUF012 - Textual's own
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
        Binding("r", "say('right')", "Right"),
        Binding("w", "say('wrong')", "Wrong"),
        Binding("l", "say('late')", "Too late"),
        Binding("i", "missing", "A card is missing here"),
        Binding("b", "bookmark", "Bookmark"),
        Binding("z", "take_back", "Take back a mark"),
        Binding("e", "edit", "Put words right"),
        Binding("t", "other_side", "The other side said it"),
        Binding("y", "link", "Copy the link"),
        Binding("enter", "why", "All about it"),
        Binding("space", "play", "Hear, or stop"),
        Binding("plus,equals_sign", "speed(1)", "Faster"),
        Binding("minus", "speed(-1)", "Slower"),
        Binding("question_mark", "help", "Help"),
        Binding("escape", "leave", "Back to the calls"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(self, desk: Desk, call: OpenCall, at: float | None) -> None:
        super().__init__()
        self._desk = desk
        self._call = call
        self._lines: tuple[ShownLine, ...] = ()
        self._moments: tuple[Moment, ...] = ()
        self._at = 0.0 if at is None else min(at, call.past.seconds)
        self._chosen: Moment | None = None
        self._words = ""
        self._speed = 1.0
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
        yield Static(id="review-head")
        yield TimeLine()
        yield Static(id="whisper")
        with Container(id="review-body"):
            yield PastTranscript()
            yield MomentPanel()
        yield Static(self._keys(), id="keys")

    def on_mount(self) -> None:
        """Show the call."""
        self.take(self._call)
        notices = "  ".join(f"{notice}." for notice in self._call.past.notices)
        self.whisper(notices or "? shows every key. c goes to the first card.")
        self.set_interval(0.1, self._follow_sound)

    def take(self, call: OpenCall) -> None:
        """Show the call with what was said of it by now."""
        self._call = call
        self._lines, self._moments = lines_of(call), moments_of(call)
        self.query_one(TimeLine).show_call(call.past, self._moments)
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
        self.query_one(TimeLine).show_cursor(self._at)
        self.query_one(PastTranscript).show_current(current, self._at)
        level = level_at(past, self._at).name.lower()
        otherwise = f"Nothing was shown at {clock(self._at)}; level {level}{self._mood()}."
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
        return Content.assemble(
            (past.call, "bold"),
            (f"  {past.about}  {clock(self._at)} of {clock(past.seconds)}", "$quiet"),
            (f"{said}{put_right}", "$accent"),
        )

    def _keys(self) -> Content:
        shown = [Content.assemble((key, "bold"), (f" {word}", "$quiet")) for key, word in KEYS]
        return Content("  ").join([Content.assemble(("?", "bold"), (" help", "$quiet")), *shown])

    # --- moving -----------------------------------------------------------------------------

    def go_to(self, at: float, moment: Moment | None = None) -> None:
        """Put the cursor somewhere; ``moment`` is what it is put on."""
        self._at = max(0.0, min(self._call.past.seconds, at))
        self._chosen = moment or card_at(self._moments, self._at)
        self._show()

    def on_time_line_pointed(self, pointed: TimeLine.Pointed) -> None:
        """Go where somebody clicked."""
        self.go_to(pointed.at)

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
        self.go_to(self._at + seconds)

    def action_line(self, step: int) -> None:
        """Move line by line."""
        number = line_at([line.heard for line in self._lines], self._at)
        wanted = (-1 if number is None else number) + step
        if 0 <= wanted < len(self._lines):
            self.go_to(self._lines[wanted].start)

    def action_go_to(self, at: float) -> None:
        """Go to a time."""
        self.go_to(at)

    def action_go_end(self) -> None:
        """Go to the end."""
        self.go_to(self._call.past.seconds)

    def action_time(self) -> None:
        """Ask for a time and go there."""

        def told(text: str | None) -> None:
            if text:
                self._try(lambda: self.go_to(read_time(text)))

        self.app.push_screen(AskScreen("Go to which time?", hint=FORMS), told)

    def action_search(self) -> None:
        """Ask for words and go to the first line that has them."""

        def told(text: str | None) -> None:
            if text is None:
                return
            self._words = text
            hits = self._hits() if text else []
            names = frozenset(line.heard.utterance for line in hits)
            self.query_one(PastTranscript).show_hits(text, names)
            if not hits:
                self.whisper(f"Nobody says {text!r}." if text else "")
                return
            self.go_to(next((h.start for h in hits if h.start >= self._at), hits[0].start))
            self.whisper(f"{len(hits)} line{'s' if len(hits) != 1 else ''}; n and N go through.")

        self.app.push_screen(AskScreen("Search which words?", value=self._words), told)

    # --- saying what is right ---------------------------------------------------------------

    def action_say(self, name: str) -> None:
        """Mark the card that is shown."""
        verdict, moment = Verdict(name), self._chosen
        words = refusal(moment)
        if words or moment is None:
            self.whisper(words)
            return
        self._note(verdict, moment.at, card=moment.key, rule=moment.rule)

    def action_missing(self) -> None:
        """Say which card should have come here."""
        moment = self._chosen
        if moment is not None and moment.kind is MomentKind.KEPT_BACK:
            self._note(Verdict.MISSED, moment.at, rule=moment.rule)
            return
        from .choose_rule import ChooseRuleScreen  # noqa: PLC0415 - keeps the first frame fast

        at = self._at

        def chosen(rule: str | None) -> None:
            if rule:
                self._note(Verdict.MISSED, at, rule=rule)

        self.app.push_screen(ChooseRuleScreen(self._call.past.rules), chosen)

    def action_bookmark(self) -> None:
        """Keep this place, with a remark."""
        self._note(Verdict.NOTE, self._at)

    def _note(self, verdict: Verdict, at: float, *, card: str = "", rule: str = "") -> None:
        """Ask for a note, then keep the mark."""

        def noted(note: str | None) -> None:
            if note is None:
                self.whisper("Nothing was marked.")
                return
            done = self._kept(
                lambda: self._desk.mark(verdict, at, card=card, rule=rule, note=note)
            )
            if done and verdict is Verdict.NOTE:
                self.action_link()
            elif done:
                self.whisper(f"Marked {verdict.value}: {rule}. z takes it back.")

        question, usual = USUAL[verdict]
        self.app.push_screen(AskScreen(f"{question}  {rule}".strip(), usual=usual), noted)

    def action_take_back(self) -> None:
        """Take back the latest of this reviewer's marks on what is shown."""
        own = [r for r in remarks_on(self._call, self._chosen) if not r.by_agent]
        if not own:
            self.whisper("There is no mark here to take back; m goes to the marks.")
        elif self._kept(lambda: self._desk.withdraw(own[-1].mark)):
            if self._chosen is not None and self._chosen.kind is MomentKind.MARK:
                self._chosen = None
                self._show()
            self.whisper("The mark is taken back; its line stays in the file.")

    def action_edit(self) -> None:
        """Put the words of the line right."""
        line = self._line()
        if line is None:
            return

        def told(text: str | None) -> None:
            if text is None or text == line.text:
                self.whisper("The line stays as it is.")
                return
            right = None if text in ("", line.heard.text) else text
            if self._correct(line, right, other_side=line.channel is not line.heard.channel):
                self.whisper("Put right for readers; what was heard stays under it and counts.")

        self.app.push_screen(
            AskScreen("What was really said?  (empty: as it was heard)", value=line.text), told
        )

    def action_other_side(self) -> None:
        """The other side said the line."""
        line = self._line()
        if line is None:
            return
        text = None if line.corrected is None else line.corrected.text
        other = line.channel is line.heard.channel
        if self._correct(line, text, other_side=other):
            self.whisper("Put right for readers." if other else "As it was heard again.")

    def _line(self) -> ShownLine | None:
        number = line_at([line.heard for line in self._lines], self._at)
        if number is None:
            self.whisper("There is no line here.")
            return None
        return self._lines[number]

    def _correct(self, line: ShownLine, text: str | None, *, other_side: bool) -> bool:
        name = line.heard.utterance
        return self._kept(lambda: self._desk.correct(name, text=text, other_side=other_side))

    def _kept(self, keep: Callable[[], OpenCall]) -> bool:
        """Keep something and show it; what goes wrong is said."""
        return self._try(lambda: self.take(keep()))

    def _try(self, ask: Callable[[], None]) -> bool:
        try:
            ask()
        except CoachError as error:
            self.whisper(str(error))
            return False
        return True

    # --- looking closer ---------------------------------------------------------------------

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
        cast("ReviewApp", self.app).back_to_list()

    # --- sound ------------------------------------------------------------------------------

    def action_play(self) -> None:
        """Hear the call from here, or stop."""
        if self._desk.playing() is not None:
            self._desk.hush()
            self.whisper(f"Stopped at {clock(self._at)}.")
        elif self._call.silent_because:
            self.whisper(f"There is no sound: {self._call.silent_because}.")
        elif self._try(lambda: self._desk.play(self._at, self._speed)):
            self.whisper(f"Playing at {self._speed:g}x; space stops.")

    def action_speed(self, step: int) -> None:
        """Faster or slower, without a change of pitch."""
        number = SPEEDS.index(self._speed) + step
        self._speed = SPEEDS[max(0, min(len(SPEEDS) - 1, number))]
        self.whisper(f"Speed {self._speed:g}x.")
        if self._desk.playing() is not None:
            self._try(lambda: self._desk.play(self._at, self._speed))

    def _follow_sound(self) -> None:
        at = self._desk.playing()
        if at is not None:
            self.go_to(at)


def _as_read(line: ShownLine) -> SaidLine:
    """A line with the words as they are read now, what was heard among them."""
    heard = line.heard
    if line.text == heard.text:
        return heard
    return msgspec.structs.replace(heard, text=f"{line.text} {heard.text}")
