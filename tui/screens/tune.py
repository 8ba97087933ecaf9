"""A rule tuned: its figures, what the chosen value does in every kept call, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coach.errors import CoachError
from coach.notes.tuning.tuning_desk import DialRow, RuleRow, TuningDesk, VersionSeen
from tui.screens.styled_once import StyledOnce
from tui.widgets import tuned
from tui.widgets.tune_room import SHORT, TIGHT, TuneRoom

from .ask import AskScreen
from .choose_one import ChooseOneScreen
from .confirm import ConfirmScreen

EVERY_S = 0.5
"""Seconds between two looks at what has come in."""
LINES = 12
"""Lines of a difference that a question shows."""
NOWHERE = (
    "Nothing can be saved: no overlay is named. Name one in the settings (rules.overlay) or with "
    "--overlay FILE; it is made as you save."
)
USUAL = ("fewer false alarms", "too few were shown", "tried on kept calls")
"""Usual reasons."""


class TuneScreen(StyledOnce, Screen[None]):
    """Everything about one rule."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tight"), (TIGHT, "-broad")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-roomy")]  # noqa: RUF012 - Textual's own
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Lower"),
        Binding("right", "turn(1)", "Higher"),
        Binding("shift+left", "turn(-5)", "Much lower"),
        Binding("shift+right", "turn(5)", "Much higher"),
        Binding("home", "turn(-999)", "Lowest"),
        Binding("end", "turn(999)", "Highest"),
        Binding("up", "choose(-1)", "Figure before"),
        Binding("down", "choose(1)", "Next figure"),
        Binding("pageup", "scroll(-3)", "Moments before"),
        Binding("pagedown", "scroll(3)", "Further moments"),
        Binding("u", "undo", "Undo"),
        Binding("r", "rule", "Another rule"),
        Binding("s", "save", "Save"),
        Binding("p", "publish", "Publish"),
        Binding("v", "versions", "Versions"),
        Binding("w", "wordings", "Wordings"),
        Binding("question_mark", "help", "Help"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(self, desk: TuningDesk, rules: tuple[RuleRow, ...], rule: str) -> None:
        """``rule``: the one that is shown first."""
        super().__init__()
        self._desk = desk
        self._rules = rules
        self._rule = next(row for row in rules if row.rule == rule)
        self._chosen = _first_dial(self._rule)
        self._at = self._saved = self._dial.present
        """The value that is shown, and the one that is in force: both by index."""
        self._doing = ""
        """What is being done to the overlay."""
        self._before: list[int] = []
        """Where the figure stood, for undo."""
        self._from = 0
        self._words = ""

    @property
    def _dial(self) -> DialRow:
        return self._rule.dials[self._chosen]

    def compose(self) -> ComposeResult:
        """Head, figures to turn, what they do, the curve, moments, a line of words, the keys."""
        yield Static(id="tune-head")
        yield Static(id="tune-dials")
        yield Static(id="tune-figures")
        yield Static(id="tune-curve")
        with Horizontal(id="tune-moments"):
            yield Static(id="tune-gained")
            yield Static(id="tune-lost")
        yield Static(id="tune-told")
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Begin with the rule's first figure."""
        self._begin()
        self.set_interval(EVERY_S, self._look)
        if not self._desk.overlay:
            self.tell(NOWHERE)

    def on_resize(self) -> None:
        """Lay the curve out anew."""
        self.show()

    @property
    def _room(self) -> TuneRoom:
        return TuneRoom(self.size.width, self.size.height)

    # --- showing ----------------------------------------------------------------------------

    def _begin(self) -> None:
        self._at = self._saved = self._dial.present
        self._before, self._from = [], 0
        rule, path = self._rule.rule, self._dial.path
        self.run_worker(lambda: self._desk.begin(rule, path), thread=True, group="begin")
        self.show()

    def _look(self) -> None:
        if self.is_current:
            self.show()

    def show(self) -> None:
        """Show what is known of the chosen value."""
        dial, points, room = self._dial, self._desk.curve(), self._room
        values, progress = (self._saved, self._at), self._desk.progress()
        self._put("keys", room.keys())
        self._put("tune-head", room.head(self._rule, progress, self._desk.overlay))
        tight = room.is_tight
        self._put(
            "tune-dials",
            tuned.dials(self._rule.dials, self._chosen, values, room.dials, tight=tight),
        )
        if len(points) != len(dial.values):
            return
        view = tuned.FiguresView(
            low=room.is_low or tight,
            tight=tight,
            bare=room.is_bare,
            since_saved=self._saved != dial.present,
            so_far=points[self._at].calls < progress.of,
        )
        self._put("tune-figures", tuned.figures(points[dial.present], points[self._at], view))
        few = room.has_one_list
        self._put("tune-curve", tuned.curve(points, dial, values, room.width, rates_only=few))
        self._show_moments(few=few)

    def _show_moments(self, *, few: bool) -> None:
        """``few``: in one list, as there is little room."""
        found, rule, first = self._desk.moments(self._at), self._rule.rule, self._from
        self.set_class(few, "-few")
        if few:
            all_ = tuned.moments(found, rule, "Cards that differ", first, kinds=True)
            self._put("tune-gained", all_)
            return
        lost = [one for one in found if one.change == "lost"]
        gained = [one for one in found if one.change != "lost"]
        self._put("tune-gained", tuned.moments(gained, rule, "Gained, earlier, later", first))
        self._put("tune-lost", tuned.moments(lost, rule, "Lost", first))

    def _put(self, name: str, content: Content) -> None:
        self.query_one(f"#{name}", Static).update(content)

    def tell(self, words: str) -> None:
        """Say something on the line above the keys."""
        self.set_class(bool(words), "-told")
        self._put("tune-told", Content(words))

    # --- keys -------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Every key, and what the figures mean."""
        from .tune_help import TuneHelpScreen  # noqa: PLC0415 - keeps the first frame fast

        self.app.push_screen(TuneHelpScreen())

    def action_turn(self, step: int) -> None:
        """Take another value."""
        to = max(0, min(len(self._dial.values) - 1, self._at + step))
        if to != self._at:
            self._before.append(self._at)
            self._at, self._from = to, 0
            if self._room.is_small:
                self.tell("")  # it lies over the figures
            self.show()

    def action_undo(self) -> None:
        """Back to the value before."""
        if not self._before:
            self.tell("There is nothing to undo.")
            return
        self._at = self._before.pop()
        self.show()

    def action_choose(self, step: int) -> None:
        """Another figure of the rule."""
        self._tell_what_goes()
        self._chosen = (self._chosen + step) % len(self._rule.dials)
        self._rule = next(row for row in self._rules if row.rule == self._rule.rule)
        self._begin()

    def action_scroll(self, step: int) -> None:
        """Further moments."""
        most = len(self._desk.moments(self._at)) - 1
        self._from = max(0, min(self._from + step, most))
        self.show()

    def action_rule(self) -> None:
        """Choose another rule."""

        def chosen(rule: str | None) -> None:
            if rule:
                self._tell_what_goes()
                self._rule = next(row for row in self._rules if row.rule == rule)
                self._chosen = _first_dial(self._rule)
                self._begin()

        rows = [(row.rule, row.title) for row in self._rules]
        self.app.push_screen(ChooseOneScreen(rows, "Which rule?"), chosen)

    def action_save(self) -> None:
        """Save the value, with a reason."""
        dial, at = self._dial, self._at
        if not self._desk.overlay:
            self.tell(NOWHERE)
            return
        if self._is_busy():
            return
        if at == self._saved:
            self.tell("The value is the one in force; turn it first.")
            return

        self.tell("Looking at what that contradicts …")

        def look() -> None:
            try:
                found = self._desk.contradicted(at)
            except CoachError as error:
                self.app.call_from_thread(self.tell, str(error))
            else:
                self.app.call_from_thread(self._ask_why, dial, at, found)

        self.run_worker(look, thread=True, group="save", exclusive=True)

    def _ask_why(self, dial: DialRow, at: int, contradicted: Sequence[str]) -> None:
        """Ask for the reason, naming what speaks against the value; unless one has gone on."""
        self.tell("")
        if self._dial is not dial or not self.is_current:
            return

        def reasoned(reason: str | None) -> None:
            if not reason:
                self.tell("Nothing was saved: a change says why.")
                return
            self._do("Saving", lambda: self._desk.save(at, reason), saved=at)

        against = "".join(f"\n`coach rules lint` will say: it {one}" for one in contradicted)
        question = f"Why?  {self._change(dial, at)}{against}"
        self.app.push_screen(AskScreen(question, usual=USUAL), reasoned)

    def action_publish(self) -> None:
        """Publish the overlay, once that is meant."""
        if self._is_busy():
            return
        if not (self._desk.overlay and self._desk.shared):
            self._do("Publishing", self._desk.publish)
            return
        question = f"Publish {self._desk.overlay} to {self._desk.shared}?"
        if turned := self._unsaved():
            question += f"\n{turned} is not saved, and will not be in it."
        self._ask(question, lambda: self._do("Publishing", self._desk.publish))

    def leave(self) -> None:
        """End the application, once what is not saved may go."""
        turned = self._unsaved()
        if not turned:
            self.app.exit()
            return
        self._ask(f"{turned} is not saved. Leave without it?", self.app.exit)

    def _tell_what_goes(self) -> None:
        """Say that a turned value is given up for another figure."""
        turned = self._unsaved()
        self.tell(f"{turned} was not saved." if turned else "")

    def _unsaved(self) -> str:
        """The value that was turned and not saved; empty where there is none."""
        return "" if self._at == self._saved else self._change(self._dial, self._at)

    def _change(self, dial: DialRow, at: int) -> str:
        values = f"{tuned.number(dial.values[self._saved])} → {tuned.number(dial.values[at])}"
        return f"{self._rule.rule} {dial.path}: {values}"

    def _ask(self, question: str, then: Callable[[], object]) -> None:
        """Ask before something is done."""

        def answered(yes: bool | None) -> None:
            if yes:
                then()

        self.app.push_screen(ConfirmScreen(question), answered)

    def action_versions(self) -> None:
        """Show the versions, and roll back to one."""
        if self._is_busy():
            return
        try:
            rows = [(f"version {one.number}", _version(one)) for one in self._desk.versions()]
        except CoachError as error:
            self.tell(str(error))
            return

        def chosen(version: str | None) -> None:
            if not version:
                return
            number = int(version.rpartition(" ")[2])
            lines = self._desk.difference(number)
            if not lines:
                self.tell(f"Version {number} is what the overlay holds; nothing is rolled back.")
                return
            shown = max(1, min(LINES, self.size.height - 9))
            more = [f"… and {len(lines) - shown} more lines"] if len(lines) > shown else []
            question = "\n".join((f"Roll back to version {number}?", *lines[:shown], *more))
            if turned := self._unsaved():
                question += f"\n{turned} is not saved, and goes."
            self._ask(
                question, lambda: self._do("Rolling back", lambda: self._desk.roll_back(number))
            )

        question, hint = "Roll back to which version?", "part of a day, a name or a reason"
        self.app.push_screen(ChooseOneScreen(rows, question, hint), chosen)

    def action_wordings(self) -> None:
        """Count which wordings were used."""
        rule = self._rule.rule
        self.tell("Reading the calls …")

        def count() -> None:
            found = self._desk.wordings(rule)
            words = "\n".join(
                f"{one.shown} shown, {one.used} used, {one.dismissed} waved off: {one.words}"
                for one in found
            )
            self.app.call_from_thread(self.tell, words or "The rule has no words to say.")

        self.run_worker(count, thread=True, group="wordings")

    def _is_busy(self) -> bool:
        """Whether the overlay is still being worked on; says so."""
        if self._doing:
            self.tell(f"{self._doing} … One thing after the other.")
        return bool(self._doing)

    def _do(self, doing: str, what: Callable[[], str], saved: int | None = None) -> None:
        """Do something to the overlay, beside the screen, and show the rules as they are then.

        ``saved``: the index of the value that it puts in force; what is known of the figure's
        values stays then, against the value that was in force before.
        """
        self._doing = doing
        self.tell(f"{doing} …")

        def work() -> None:
            try:
                words, rules = what(), self._desk.rules()
            except CoachError as error:
                self.app.call_from_thread(self._done, str(error))
            else:
                told = words[:1].upper() + words[1:] + "."
                self.app.call_from_thread(self._done, told, rules, saved)

        self.run_worker(work, thread=True, group="overlay")

    def _done(
        self, words: str, rules: tuple[RuleRow, ...] | None = None, saved: int | None = None
    ) -> None:
        """Say how it went; begin anew where the rules may have become others."""
        self._doing = ""
        if rules is not None:
            self._rules = rules
            if saved is not None:
                self._saved = saved
                self.show()
            else:
                path, rule = self._dial.path, self._rule.rule
                self._rule = next((row for row in rules if row.rule == rule), rules[0])
                paths = [dial.path for dial in self._rule.dials]
                self._chosen = paths.index(path) if path in paths else 0
                self._begin()
        self.tell(words)


def _version(one: VersionSeen) -> str:
    published = "  (published)" if one.published else ""
    return f"{one.when[:16].replace('T', ' ')}  {one.by:<12} {one.reason}{published}"


def _first_dial(rule: RuleRow) -> int:
    """The figure that a supervisor most likely means: what the rule listens for."""
    for number, dial in enumerate(rule.dials):
        if dial.path.split(".", maxsplit=1)[0] in ("sensitivity", "when"):
            return number
    return 0
