"""A desk with an invented call, for tests of the review's screen and for looking at it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from textual.pilot import Pilot
from textual.strip import Strip

from coach.errors import InputError
from coach.events import Channel, Evidence, Level
from coach.notes.review.calibration import Calibration, CalibrationDesk
from coach.notes.review.past_call import (
    Moment,
    MomentKind,
    PastCall,
    PastLevel,
    SaidLine,
    Speech,
)
from coach.notes.review.review_requests import (
    CallRow,
    CallsToChoose,
    Corrected,
    Exchanged,
    OpenCall,
    Remark,
    RuleAsked,
)
from coach.notes.review.score_sheet import ScoreSheet, ScoringDesk
from coach.notes.review.verdict import Verdict
from coach.snapshot import MoodPoint

C, A = Channel.CUSTOMER, Channel.AGENT
SAID = (
    (2.0, A, "Good morning, you are through to billing. My name is Anna, how can I help?"),
    (9.0, C, "I have called three times now and nobody has fixed my bill."),
    (18.0, A, "Can I take your account number?"),
    (24.0, C, "I gave it to your colleague. I want to speak to your manager."),
    (38.0, A, "I am sorry that you had to call again. Let me look at it with you."),
    (60.0, C, "Thank you, that is all I wanted."),
)
LINES = tuple(
    SaidLine(utterance=f"{side[0]}{number}", channel=side, start=at, end=at + 5.0, text=text)
    for number, (at, side, text) in enumerate(SAID)
)
WORDS = Evidence(
    channel=C, start=9.0, end=14.0, text="called three times now", utterance="C1", rule="esc.again"
)
FIRST = Moment(
    kind=MomentKind.CARD,
    at=12.0,
    end=30.0,
    title="Own it: one owner, one date",
    key="P1",
    rule="esc.again",
    fate="expired after 18 s",
    say="I own this now: here is what happens, and by when.",
    because=(WORDS,),
    needed=("The words themselves are what it listens for.",),
    limits=("rule: cooldown 120 s", "card: priority 55"),
)
SECOND = msgspec.structs.replace(
    FIRST, at=40.0, end=52.0, title="Name the feeling, then paraphrase", key="P2", rule="agent.feel"
)
KEPT_BACK = Moment(
    kind=MomentKind.KEPT_BACK,
    at=27.0,
    end=27.0,
    title="Agree first. Offer one try, then a warm handover",
    rule="esc.supervisor",
    fate="cooldown",
    because=(msgspec.structs.replace(WORDS, start=24.0, text="speak to your manager"),),
    needed=("Needed: 20 s more, or a cooldown of at most 15 s (timing.cooldown).",),
)
OTHERS = (
    Moment(kind=MomentKind.CUE, at=9.0, end=14.0, title="Has called before", rule="esc.again"),
    Moment(kind=MomentKind.TALK_OVER, at=24.0, end=26.0, title="talks over for 2.0 s", side=C),
    Moment(kind=MomentKind.SILENCE, at=29.0, end=38.0, title="9 s: nobody speaks"),
    Moment(kind=MomentKind.HOLD, at=43.0, end=60.0, title="17 s: hold, announced by the agent"),
)
PAST = PastCall(
    call="2026-03-04T09-30-00-1a2b3c",
    place="2026-03-04T09-30-00-1a2b3c",
    started="2026-03-04T09:30:00+00:00",
    seconds=75.0,
    about="live  agent Anna  queue billing",
    lines=LINES,
    speech=tuple(Speech(line.channel, line.start, line.end) for line in LINES),
    levels=(
        PastLevel(0.0, Level.CALM),
        PastLevel(12.0, Level.UPSET),
        PastLevel(27.0, Level.ANGRY),
        PastLevel(62.0, Level.CALM),
    ),
    moods={
        C: (MoodPoint(at=14.0, score=-1.5, uncertainty=1.0),
            MoodPoint(at=65.0, score=2.5, uncertainty=1.0)),
        A: (MoodPoint(at=7.0, score=1.0, uncertainty=1.0),),
    },
    moments=tuple(sorted([FIRST, SECOND, KEPT_BACK, *OTHERS], key=lambda m: (m.at, m.kind))),
    rules=(("esc.again", "Has called before"), ("esc.supervisor", "Asks for a supervisor")),
)  # fmt: skip
OWN = Remark(
    mark="agent1", verdict=Verdict.WRONG, at=45.0, who="the agent, in the call", when="",
    card="P2", rule="agent.feel", by_agent=True,
)  # fmt: skip
ROWS = tuple(
    CallRow(
        call=name, when="2026-03-04 09:30", length="1:15", level=level, who="Anna  billing",
        cards=2, marks=marks, score="", hits=hits,
    )
    for name, level, marks, hits in (
        ("2026-03-04T09-30-00-1a2b3c", "angry", 1, ((24.0, "0:24 customer: your «manager»"),)),
        ("2026-03-03T10-00-00-9f8e7d", "calm", 0, ()),
    )
)  # fmt: skip


FRAME = 0.004
"""Seconds in which a screen of a test is refreshed (`conftest.py`)."""
SETTLED = 10
"""Refreshes without a change after which a screen is drawn."""


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the screen work on until something holds, however slow the machine is."""
    for _ in range(1000):
        if holds():
            break
        await pilot.pause(0.01)
    assert holds()
    await pilot.app.workers.wait_for_complete()
    for _ in range(2):
        await pilot.pause()


def drawn(pilot: Pilot[None]) -> list[list[Strip]]:
    """The lines of the screen and of those that show behind it."""
    screens = [pilot.app.screen, *pilot.app._background_screens]
    return [screen._compositor.render_strips() for screen in screens]


async def picture(pilot: Pilot[None]) -> str:
    """The screen once it has stopped changing: what is drawn comes in several refreshes.

    Its lines tell whether it changes; a picture of each refresh would cost ten times as much.
    """
    alike, shown = 0, drawn(pilot)
    for _ in range(1000):
        await pilot.pause(FRAME)
        await pilot.app.workers.wait_for_complete()
        now = drawn(pilot)
        alike = alike + 1 if now == shown else 0
        shown = now
        if alike == SETTLED:
            return pilot.app.export_screenshot(simplify=True)
    raise AssertionError("the screen never settles")


class NoForms:
    """A desk without a form."""

    def forms(self) -> tuple[tuple[str, str], ...]:
        return ()

    def begin(self, form: str) -> ScoreSheet:
        raise InputError(f"There is no form {form}.")

    answer = comment = take = private_note = submit = begin  # type: ignore[assignment]


class NoCalibration:
    """A desk where nobody has scored blind."""

    def forms(self) -> tuple[tuple[str, str], ...]:
        return ()

    def compare(self, form: str, expert: str = "") -> Calibration:
        raise InputError(f"Nobody has scored blind on {form!r}{expert}.")


class ScriptedDesk:
    """Remembers what it was asked and keeps marks in memory."""

    reviewer = "Rita"

    def __init__(
        self, *, silent_because: str = "its recording is not there", caller: str = ""
    ) -> None:
        """``caller`` is who called, of calls without moments that were asked for."""
        self.caller = caller
        self.call = OpenCall(past=PAST, remarks=(OWN,), silent_because=silent_because)
        self.asked: list[tuple[object, ...]] = []
        self.fails: Exception | None = None
        self.prepared = 0
        self.heard: float | None = None
        self.scoring: ScoringDesk = NoForms()
        self.calibration: CalibrationDesk = NoCalibration()

    def choice(self, search: str, tell: Callable[[str], None]) -> CallsToChoose:
        tell("Reading calls: 1 of 2 …")
        self.asked.append(("choice", search))
        if search == "--by":
            raise InputError("That search is not understood.")
        rows = ROWS if search != "nothing" else ()
        if self.caller:
            who = f"Anna  billing  {self.caller}"
            rows = tuple(msgspec.structs.replace(row, who=who, hits=()) for row in rows)
        return CallsToChoose(rows=rows, told=f"{len(rows)} live calls.")

    def prepare(self) -> None:
        """Nothing is slow here."""
        self.prepared += 1

    def open(self, call: str) -> OpenCall:
        self.asked.append(("open", call))
        return self.call

    def mark(self, verdict: Verdict, at: float, *, card: str, rule: str, note: str) -> OpenCall:
        self._ask("mark", verdict.value, at, card, rule, note)
        mark = Remark(
            mark=f"M{len(self.call.remarks)}", verdict=verdict, at=at, who="Rita",
            when="2026-03-05 08:00", card=card, rule=rule, note=note,
        )  # fmt: skip
        remarks = sorted([*self.call.remarks, mark], key=lambda remark: remark.at)
        return self._now(remarks=tuple(remarks))

    def withdraw(self, mark: str) -> OpenCall:
        self._ask("withdraw", mark)
        return self._now(remarks=tuple(r for r in self.call.remarks if r.mark != mark))

    def correct(self, utterance: str, *, text: str | None, other_side: bool) -> OpenCall:
        self._ask("correct", utterance, text, other_side)
        corrected = {name: one for name, one in self.call.corrected.items() if name != utterance}
        if text is not None or other_side:
            corrected[utterance] = Corrected(
                utterance=utterance, text=text, other_side=other_side, who="Rita",
                when="2026-03-05 08:00",
            )  # fmt: skip
        return self._now(corrected=corrected)

    def exchange(self, at: float) -> OpenCall:
        self._ask("exchange", at)
        times = tuple(sorted({*self.call.exchanged.times} ^ {at}))
        return self._now(exchanged=Exchanged(times=times, who="Rita", when="2026-03-05 08:00"))

    def draft(
        self, asked: RuleAsked, tell: Callable[[str], None], go_on: Callable[[int, int], bool]
    ) -> None:
        self._ask("draft", asked)
        tell("draft of esc.called_three_times, customer")
        tell("saved, disabled: team.toml, line 4" if go_on(1, 2) else "stopped")

    def hand_on(self, form: str, path: str) -> str:
        self._ask("hand_on", form, path)
        return path

    def play(self, at: float, speed: float) -> None:
        self._ask("play", at, speed)
        self.heard = at

    def playing(self) -> float | None:
        return self.heard

    def hush(self) -> None:
        self.heard = None

    def close(self) -> None:
        self.hush()

    def _ask(self, *asked: object) -> None:
        if self.fails is not None:
            raise self.fails
        self.asked.append(asked)

    def _now(self, **changed: object) -> OpenCall:
        self.call = msgspec.structs.replace(self.call, **changed)
        return self.call
