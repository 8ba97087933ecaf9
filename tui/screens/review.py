"""A past call reviewed: what is right and wrong of it, what was really said, and how it sounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from coach.errors import CoachError
from coach.events import Channel
from coach.events.lengths import clock
from coach.notes.review.going import line_at
from coach.notes.review.laid_over import ShownLine, remarks_on
from coach.notes.review.past_call import MomentKind
from coach.notes.review.review_requests import FORMS, OpenCall, RuleAsked
from coach.notes.review.verdict import Verdict
from tui.review_questions import USUAL, refusal

from .ask import AskFileScreen, AskScreen
from .confirm import ConfirmScreen
from .looking import LookingScreen
from .score_sheet import SheetPlace

SPEEDS = (1.0, 1.25, 1.5, 1.75, 2.0)


class ReviewScreen(LookingScreen):
    """Everything about one past call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "say('right')", "Right"),
        Binding("w", "say('wrong')", "Wrong"),
        Binding("l", "say('late')", "Too late"),
        Binding("i", "missing", "A card is missing here"),
        Binding("b", "bookmark", "Bookmark"),
        Binding("z", "take_back", "Take back a mark"),
        Binding("e", "edit", "Put words right"),
        Binding("t", "other_side", "The other side said it"),
        Binding("T", "exchange", "The sides are exchanged from here on, or no more"),
        Binding("a", "rule", "A rule from this line"),
        Binding("f", "score", "Fill in a scorecard"),
        Binding("x", "hand_on", "Hand it on"),
        Binding("space", "play", "Hear, or stop"),
        Binding("plus,equals_sign", "speed(1)", "Faster"),
        Binding("minus", "speed(-1)", "Slower"),
    ]

    def on_mount(self) -> None:
        """Follow the sound while it plays."""
        self._speed = 1.0
        self._scored: SheetPlace | None = None
        self.set_interval(0.1, self._follow_sound)

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
        from .choose_one import ChooseOneScreen  # noqa: PLC0415 - keeps the first frame fast

        at = self._at

        def chosen(rule: str | None) -> None:
            if rule:
                self._note(Verdict.MISSED, at, rule=rule)
            else:
                self.whisper("Nothing was marked.")

        self.app.push_screen(ChooseOneScreen(self._call.past.rules), chosen)

    def action_bookmark(self) -> None:
        """Keep this place, with a remark."""
        self._note(Verdict.NOTE, self._at)

    def _note(self, verdict: Verdict, at: float, *, card: str = "", rule: str = "") -> None:
        """Ask for a note, then keep the mark."""

        def noted(note: str | None) -> None:
            if note is None:
                self.whisper("Nothing was marked.")
                return
            done = self._kept(lambda: self._desk.mark(verdict, at, card=card, rule=rule, note=note))
            if done and verdict is Verdict.NOTE:
                self.action_link()
            elif done:
                self.whisper(f"Marked {verdict.value}: {rule}. z takes it back.")

        question, usual = USUAL[verdict]
        self.app.push_screen(AskScreen(f"{question}  {rule}".strip(), usual=usual), noted)

    def action_take_back(self) -> None:
        """Take back the latest of this reviewer's marks on what is shown."""
        own = [r for r in remarks_on(self._call, self._chosen) if r.who == self._desk.reviewer]
        if not own:
            self.whisper("There is no mark of yours here to take back; m goes to the marks.")
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

        question = "What was really said?  (empty: as it was heard)"
        self.app.push_screen(AskScreen(question, value=line.text, changed=True), told)

    def action_other_side(self) -> None:
        """The other side said the line."""
        line = self._line()
        if line is None:
            return
        if line.channel is Channel.MIXED:
            self.whisper("Both sides are on one track here; nobody knows who spoke.")
            return
        text = None if line.corrected is None else line.corrected.text
        other = line.channel is line.heard.channel
        if self._correct(line, text, other_side=other):
            self.whisper("Put right for readers." if other else "As it was heard again.")

    def action_exchange(self) -> None:
        """Exchange the sides from what is shown on, or from the line; where they are, no more."""
        moment = self._chosen
        line = None if moment is not None and moment.kind is MomentKind.SIDES else self._line()
        if moment is not None and line is None and moment.kind is MomentKind.SIDES:
            at = moment.at
        elif line is None:
            return
        elif line.channel is Channel.MIXED:
            self.whisper("Both people are on one track here; there are no sides to exchange.")
            return
        else:
            at = line.start
        back = at in self._call.exchanged.times
        question = (
            f"From {clock(at)} on, are the sides as they were heard after all?"
            if back
            else f"From {clock(at)} on, is each of the two heard on the other's side?"
        )

        def answered(yes: bool | None) -> None:
            if not yes:
                self.whisper("The sides stay as they are.")
                return
            self.whisper("Coaching the call again …")
            self.run_worker(lambda: self._exchange(at, back=back), thread=True, group="sides")

        self.app.push_screen(
            ConfirmScreen(f"{question} The call is coached again; all figures go by it."), answered
        )

    def _exchange(self, at: float, *, back: bool) -> None:
        """Beside the loop: coaching a long call again takes seconds."""
        try:
            call = self._desk.exchange(at)
        except CoachError as error:
            self.app.call_from_thread(self.whisper, str(error))
            return

        def show() -> None:
            self.take(call)
            there = [m for m in self._moments if m.kind is MomentKind.SIDES and m.at == at]
            self.go_to(
                at, max(there, key=lambda m: m.key, default=None)
            )  # confirmed before proposed
            self.whisper(
                "As they were heard again."
                if back
                else f"Exchanged from {clock(at)} on; the journal stays. T here takes it back."
            )

        self.app.call_from_thread(show)

    def action_rule(self) -> None:
        """Draft a rule from the line, or from words of it."""
        line = self._line()
        if line is None:
            return
        from .draft_rule import DraftedScreen, DraftRuleScreen  # noqa: PLC0415 - as above

        def asked(rule: RuleAsked | None) -> None:
            if rule is None:
                self.whisper("No rule was drafted.")
            else:
                self.app.push_screen(DraftedScreen(self._desk, rule))

        self.app.push_screen(DraftRuleScreen(line.start, line.heard.text), asked)

    def _line(self) -> ShownLine | None:
        number = line_at([line.heard for line in self._lines], self._at)
        if number is None:
            self.whisper("There is no line here; ↓ goes to the next one.")
            return None
        return self._lines[number]

    def _correct(self, line: ShownLine, text: str | None, *, other_side: bool) -> bool:
        name = line.heard.utterance
        return self._kept(lambda: self._desk.correct(name, text=text, other_side=other_side))

    def _kept(self, keep: Callable[[], OpenCall]) -> bool:
        """Keep something and show it; what goes wrong is said."""
        return self._try(lambda: self.take(keep()))

    # --- scoring ----------------------------------------------------------------------------

    def action_score(self) -> None:
        """Fill in a scorecard, or go back to the question from which one came."""
        if self._scored is not None:
            self._score(self._scored)
            return
        forms = self._desk.scoring.forms()
        if not forms:
            self.whisper("There is no form; `coach scorecard list` tells where they lie.")
        elif len(forms) == 1:
            self._score(SheetPlace(form=forms[0][0]))
        else:
            from .choose_one import ChooseOneScreen  # noqa: PLC0415 - keeps the first frame fast

            def chosen(form: str | None) -> None:
                if form:
                    self._score(SheetPlace(form=form))

            asked = ChooseOneScreen(forms, "Which form is filled in?", "part of its name")
            self.app.push_screen(asked, chosen)

    def _score(self, place: SheetPlace) -> None:
        from .score_sheet import ScoreSheetScreen  # noqa: PLC0415 - keeps the first frame fast

        desk = self._desk.scoring

        def left(to: SheetPlace | None) -> None:
            self._scored = to if to is not None and to.at is not None else None
            if to is not None and to.at is not None:
                self.go_to(to.at)
                self.whisper(f"{clock(to.at)}: what the question goes by. f goes back to it.")

        def shown() -> None:
            self.app.push_screen(ScoreSheetScreen(desk, desk.begin(place.form), place), left)

        self._try(shown)

    # --- handing it on ----------------------------------------------------------------------

    def action_hand_on(self) -> None:
        """Write the call down in a form that others read."""
        from .choose_one import ChooseOneScreen  # noqa: PLC0415 - keeps the first frame fast

        endings = {form: ending for form, _, ending in FORMS}

        def chosen(form: str | None) -> None:
            if form:
                name = f"{self._call.past.call}{endings[form]}"
                asked = AskFileScreen("Into which file?", value=name)
                self.app.push_screen(asked, lambda path: self._write(form, path))

        forms = [(form, title) for form, title, _ in FORMS]
        self.app.push_screen(ChooseOneScreen(forms, "Hand it on as what?", "part of it"), chosen)

    def _write(self, form: str, path: str | None) -> None:
        """Beside the loop: a long call takes a while."""
        if not path:
            self.whisper("Nothing was written.")
            return
        self.whisper("Writing …")

        def work() -> None:
            try:
                told = f"Written to {self._desk.hand_on(form, path)}"
            except CoachError as error:
                told = str(error)
            self.app.call_from_thread(self.whisper, told)

        self.run_worker(work, thread=True)

    # --- sound ------------------------------------------------------------------------------

    def action_play(self) -> None:
        """Hear the call from here, or stop."""
        if self._desk.playing() is not None:
            self._desk.hush()
            self.whisper(f"Stopped at {clock(self._at)}.")
        elif self._call.silent_because:
            self.whisper(f"There is no sound: {self._call.silent_because}.")
        else:
            self._play()
            self.whisper(f"Playing at {self._speed:g}x; space stops.")

    def action_speed(self, step: int) -> None:
        """Faster or slower, without a change of pitch."""
        number = SPEEDS.index(self._speed) + step
        self._speed = SPEEDS[max(0, min(len(SPEEDS) - 1, number))]
        self.whisper(f"Speed {self._speed:g}x.")
        if self._desk.playing() is not None:
            self._play()

    def _play(self) -> None:
        """Begin to play beside the loop: a sound server may take its time, or hang."""
        at, speed = self._at, self._speed

        def play() -> None:
            try:
                self._desk.play(at, speed)
            except CoachError as error:
                self.app.call_from_thread(self.whisper, str(error))

        self.run_worker(play, thread=True, group="sound")

    def _follow_sound(self) -> None:
        at = self._desk.playing()
        if at is not None and abs(at - self._at) > 0.05:
            self.go_to(at)
