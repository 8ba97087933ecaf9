"""The live screen, the same for a call and for a replay.

From top to bottom: what is coached and how long; trouble; the level; one line for a nod or the
answer to a key; the card, the largest and brightest thing there is; the transcript, whose newest
line is always the lowest. Beside or below it stand the quieter sections, at the foot standing
notices, a replay's position, the sound and the keys. Where rows are few, trouble and notices are
brief while a card stands. The screen draws snapshots and turns keys into messages; it decides
nothing about the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Static

from coach.driver import Position, Progress
from coach.events import Action
from coach.snapshot import Card, Snapshot
from tui.key_answers import (
    JUST_CAME,
    JUST_LEFT,
    OF_ITS_CARD,
    OVER,
    done,
    no_call,
    refusal,
)
from tui.messages import Acted, BeginAsked, PlayingAsked, SeekAsked, SpeedAsked
from tui.screens.breakpoints import fit_to_size
from tui.screens.opening_sheets import OpensSheets
from tui.seen_card import SeenCard
from tui.widgets.banner import Notices, TroubleBanner
from tui.widgets.card import CardPane
from tui.widgets.health import HealthLine
from tui.widgets.keys import LiveKeyLine
from tui.widgets.level import LevelStrip
from tui.widgets.mood import MoodPanel
from tui.widgets.panels import (
    ChecklistPanel,
    FiguresPanel,
    LadderPanel,
    PastPanel,
    RecordPanel,
)
from tui.widgets.replay_bar import ReplayBar, next_speed, speed_words
from tui.widgets.status import StatusLine
from tui.widgets.summary import Summary
from tui.widgets.transcript import TranscriptView
from tui.widgets.whisper import Whisper

SEEK = 10.0
"""Seconds that an arrow key moves a replay."""
SMALLEST = (40, 12)
"""Columns and rows below which nothing useful fits."""


class Main(Vertical):
    """The column of the card and the transcript; tells the card how much place there is."""

    def on_resize(self) -> None:
        """Fit the card anew."""
        self.query_one(CardPane).fit(self.size)


class LiveScreen(OpensSheets):
    """Everything during a call."""

    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it for instances
        (0, "-too-narrow"),
        (SMALLEST[0], "-narrow"),
        (110, "-wide"),
        (170, "-huge"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it for instances
        (0, "-too-low"),
        (SMALLEST[1], "-low"),
        (22, "-middle"),
        (34, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "begin", "Begin a call"),
        Binding("u", "answer('used')", "Used the words"),
        Binding("d", "answer('dismiss')", "Dismiss the card"),
        Binding("a", "answer('acknowledge')", "Acknowledge the card"),
        Binding("n", "answer('next_wording')", "Next wording"),
        Binding("m", "answer('mute_rule')", "Hide this kind of card"),
        Binding("w", "answer('mark_wrong')", "Mark the card wrong"),
        Binding("s", "agent('snooze')", "Snooze"),
        Binding("c", "agent('calm_mode')", "Calm mode"),
        Binding("p", "pause", "Pause"),
        Binding("x", "agent('swap_channels')", "Swap sides"),
        Binding("k", "caller", "Who calls"),
        Binding("e", "end", "End the call"),
        Binding("h", "handoff", "Handoff note"),
        Binding("o", "overview", "Overview"),
        Binding("y", "why", "Why"),
        Binding("f", "told", "What the floor was told"),
        Binding("question_mark", "help", "Help"),
        Binding("q", "app.quit", "Quit"),
        Binding("r", "review", "After the call: review"),
        Binding("space", "play", "Replay: stop or go on"),
        Binding("left", "seek(-1)", "Replay: back"),
        Binding("right", "seek(1)", "Replay: forward"),
        Binding("plus,equals_sign", "speed(1)", "Replay: faster"),
        Binding("minus", "speed(-1)", "Replay: slower"),
        Binding("up", "scroll_rows(-1)", "Transcript: up"),
        Binding("down", "scroll_rows(1)", "Transcript: down"),
        Binding("pageup", "scroll_page(-1)", "Transcript: page up"),
        Binding("pagedown", "scroll_page(1)", "Transcript: page down"),
        Binding("home", "scroll_start", "Transcript: first line"),
        Binding("end", "follow", "Transcript: newest line"),
    ]

    def __init__(self, *, live: bool, title: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self._live = live
        self._heading = title
        self._seen = SeenCard(clock)
        self._snapshot: Snapshot | None = None
        self._stopped = False

    @property
    def snapshot(self) -> Snapshot | None:
        """The moment on the screen."""
        return self._snapshot

    @property
    def over(self) -> bool:
        """True once the call has ended or Coach has stopped; a replay may go back."""
        return self._stopped or (self._snapshot is not None and self._snapshot.ended)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        fit_to_size(self)
        yield StatusLine(live=self._live, title=self._heading)
        yield TroubleBanner()
        yield LevelStrip()
        yield Whisper()
        with Horizontal(id="body"):
            with Main(id="main"):
                yield CardPane(live=self._live)
                yield TranscriptView()
                yield Summary()
            with Container(id="side"):
                with Vertical(id="side-first"):
                    yield MoodPanel()
                    yield LadderPanel()
                    yield ChecklistPanel()
                    yield FiguresPanel()
                with Vertical(id="side-second"):
                    yield RecordPanel()
                    yield PastPanel()
        yield Notices()
        if not self._live:
            yield ReplayBar()
        yield HealthLine(live=self._live)
        yield LiveKeyLine(live=self._live)
        yield Static(
            "This terminal is too small for Coach.\n"
            f"It needs {SMALLEST[0]} columns and {SMALLEST[1]} rows.",
            id="too-small",
        )

    # --- what the app hands over ---------------------------------------------------------

    def show(self, snapshot: Snapshot) -> None:
        """Draw this moment."""
        self._snapshot = snapshot
        self._seen.show(snapshot.card)
        self.set_class(snapshot.card is not None and not self._stopped, "-with-card")
        for shows in self._shows():
            shows(snapshot)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the model has come."""
        self.query_one(CardPane).show_progress(progress)

    def show_position(self, position: Position) -> None:
        """Show where the replay stands."""
        for bar in self.query(ReplayBar):
            bar.show_position(position)

    def show_stopped(self, failure: str) -> None:
        """Coach has stopped, because of ``failure`` if there is one; all stays readable."""
        self._stopped = True
        self.remove_class("-with-card")
        self.query_one(CardPane).show_stopped()
        self.query_one(StatusLine).show_stopped()
        self.query_one(LiveKeyLine).show_stopped()
        if failure:
            self.query_one(TroubleBanner).show_failure(failure)

    def whisper(self, words: str) -> None:
        """Answer a key."""
        self.query_one(Whisper).say(words)

    def _shows(self) -> list[Callable[[Snapshot], None]]:
        return [
            self.query_one(StatusLine).show,
            self.query_one(TroubleBanner).show,
            self.query_one(Notices).show,
            self.query_one(CardPane).show,
            self.query_one(LevelStrip).show,
            self.query_one(Whisper).show,
            self.query_one(TranscriptView).show,
            self.query_one(Summary).show,
            self.query_one(MoodPanel).show,
            self.query_one(LadderPanel).show,
            self.query_one(ChecklistPanel).show,
            self.query_one(FiguresPanel).show,
            self.query_one(RecordPanel).show,
            self.query_one(PastPanel).show,
            self.query_one(HealthLine).show,
            self.query_one(LiveKeyLine).show,
        ]

    # --- the agent's keys ----------------------------------------------------------------

    def action_answer(self, name: str) -> None:
        """A key that answers the card that the agent saw."""
        action = Action(name)
        card, shown = self._seen.meant, self._seen.shown
        if card is None:
            self.whisper("There is no card to answer." if shown is None else JUST_CAME)
            return
        left = shown is None or shown.card != card.card
        words = JUST_LEFT if left and action in OF_ITS_CARD else refusal(action, card)
        if words:
            self.whisper(words)
            return
        self._ask(action, card)
        if left:
            self.whisper(JUST_LEFT)

    def action_agent(self, name: str) -> None:
        """A key about the call as a whole; the sides can be swapped at any time."""
        action = Action(name)
        devices = action is Action.SWAP_CHANNELS and self._live and not self._stopped
        if devices or self._going():
            self._ask(action)

    def action_begin(self) -> None:
        """Begin a call now, without waiting for sound."""
        snapshot = self._snapshot
        if not self._live:
            self.whisper("A replay begins by itself.")
        elif snapshot is not None and snapshot.started and not snapshot.ended:
            self.whisper("The call is on already.")
        elif self._stopped:
            self.whisper("Coach has stopped.")
        else:
            self.post_message(BeginAsked())
            self.whisper("The call begins …" if snapshot else "The call begins in a moment …")

    def action_pause(self) -> None:
        """Pause hearing, or go on."""
        if self._going():
            paused = self._snapshot is not None and self._snapshot.paused
            self._ask(Action.RESUME if paused else Action.PAUSE)

    def action_end(self) -> None:
        """End the call, once confirmed."""
        from .confirm import ConfirmScreen  # noqa: PLC0415 - keeps the first frame fast

        if not self._going():
            return

        def confirmed(yes: bool | None) -> None:
            if yes:
                self._ask(Action.END)

        self.app.push_screen(ConfirmScreen("End this call?"), confirmed)

    def action_caller(self) -> None:
        """Say who calls, or somebody else; the driver looks up what earlier calls came to."""
        from .caller import CallerScreen  # noqa: PLC0415 - keeps the first frame fast

        snapshot = self._snapshot
        if snapshot is None or not self._going():
            return

        def named(caller: str | None) -> None:
            if caller is None or caller == snapshot.caller or not self._going():
                return
            if self._snapshot is not None and self._snapshot.at < snapshot.at:
                self.whisper("Another call has begun meanwhile; its caller is as it was.")
                return
            self.post_message(Acted(Action.CALLER, note=caller))
            self.whisper("Caller changed." if caller else "No caller reference any more.")

        self.app.push_screen(CallerScreen(snapshot.caller), named)

    # --- replay --------------------------------------------------------------------------

    def action_play(self) -> None:
        """Stop or go on."""
        position = self._position()
        if position is not None:
            self.post_message(PlayingAsked(playing=not position.playing))
            self.query_one(ReplayBar).expect(playing=not position.playing)

    def action_seek(self, steps: int) -> None:
        """Move by ten seconds."""
        position = self._position()
        if position is not None:
            target = min(position.duration, max(0.0, position.at + steps * SEEK))
            self.post_message(SeekAsked(target))
            self.query_one(ReplayBar).expect(at=target)

    def action_speed(self, step: int) -> None:
        """Play faster or slower."""
        position = self._position()
        if position is not None:
            speed = next_speed(position.speed, step)
            self.post_message(SpeedAsked(speed))
            self.query_one(ReplayBar).expect(speed=speed)
            self.whisper(f"Speed {speed_words(speed)}")

    # --- the transcript ------------------------------------------------------------------

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll by rows."""
        self.query_one(TranscriptView).back(rows)

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by pages."""
        transcript = self.query_one(TranscriptView)
        transcript.back(pages * max(1, transcript.size.height - 2))

    def action_scroll_start(self) -> None:
        """Go to the first line."""
        transcript = self.query_one(TranscriptView)
        transcript.back(-transcript.virtual_size.height)

    def action_follow(self) -> None:
        """Go to the newest line and follow."""
        self.query_one(TranscriptView).follow()

    def _ask(self, action: Action, card: Card | None = None) -> None:
        """Pass a key on, with the card that was on the screen when it was pressed."""
        card = card or self._seen.meant
        self.post_message(Acted(action, card.card if card else None))
        self.whisper(done(action, self._snapshot))

    def _going(self) -> bool:
        """Whether a call is on, or a replay about to begin; says so where none is."""
        snapshot = self._snapshot
        if self.over:
            self.whisper(OVER)
            return False
        if self._live and (snapshot is None or not snapshot.started):
            self.whisper(no_call(snapshot))
            return False
        return True

    def _position(self) -> Position | None:
        if self._live:
            self.whisper("Only a replay can be moved.")
            return None
        position = self.query_one(ReplayBar).position
        if position is None:
            self.whisper("The replay is still being prepared.")
        return position
