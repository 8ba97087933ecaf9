"""The reviewer's desk: opens calls, keeps what is said of them beside their journals.

What runs the engine, plays sound or writes reports is imported where it is first needed: the list
of calls is there before.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from coach.calls.about import REAL, CallKind
from coach.calls.call_files import JOURNAL, CallFiles, calls_in
from coach.calls.corrections import Correction, add_correction, read_corrections
from coach.calls.exchanges import Exchange, read_exchange, turned
from coach.calls.journal import Journal, read_journal
from coach.calls.journal_gathering import printable
from coach.calls.listing import local
from coach.calls.marks import BY_AGENT, Mark, add_mark, next_mark, read_marks, withdraw
from coach.calls.named_call import named_call
from coach.calls.redaction.typed_words import masked_text
from coach.errors import InputError
from coach.notes.review.past_call import PastCall
from coach.notes.review.review_requests import (
    CallsToChoose,
    Corrected,
    Exchanged,
    OpenCall,
    Remark,
    RuleAsked,
)
from coach.notes.review.verdict import Verdict
from coach.startup.config import Settings
from coach.startup.rules_in_force import rules_of
from coach.startup.wall_clock import wall_clock

if TYPE_CHECKING:
    from coach.notes.review.calibration import CalibrationDesk
    from coach.replay.review_sound import CallSound
    from coach.replay.score_desk import ScoreDesk

OPENING = tuple(f"coach.replay.{name}" for name in ("journal_rules", "review_call", "review_sound"))
"""What opening a call takes, and is slow to load."""
Choose = Callable[[str, Callable[[str], None]], CallsToChoose]
"""Finds calls in the library."""


class Reviewing(msgspec.Struct, frozen=True, kw_only=True):
    """How calls are reviewed."""

    reviewer: str
    """Whose marks they will be."""
    in_force: bool = False
    """Hold the rules in force against those that a call had."""
    recording: Path | None = None
    """The sound of the call, where it does not lie beside its journal."""
    blind: bool = False
    """For calibration: without the marks and scores of others, and without suggestions."""


class ReviewDesk:
    """A ``coach.notes.review.review_requests.ReviewingDesk`` over the files of calls."""

    def __init__(self, settings: Settings, calls: Path, choose: Choose, asked: Reviewing) -> None:
        """``calls``: the library's folder."""
        self.reviewer = asked.reviewer
        self.choice = choose
        self._settings = settings
        self._calls = calls
        self._blind = asked.blind
        self._in_force = asked.in_force
        self._recording = asked.recording
        self._sound: CallSound | None = None
        self._files: CallFiles | None = None
        self._journal: Journal | None = None
        self._past: PastCall | None = None
        self._scoring: ScoreDesk | None = None

    # --- opening ----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Load what opening a call takes, while somebody still chooses one."""
        for module in OPENING:
            importlib.import_module(module)

    def open(self, call: str) -> OpenCall:
        """Read a call: its name in the library, the beginning of it, or its journal's path."""
        files, place = self.find(call)
        self._read(files, place)
        self._scoring = None
        return self._opened()

    def _read(self, files: CallFiles, place: str) -> None:
        """Take up a call as it stands by now. Raises InputError or RulesError."""
        from coach.replay.journal_rules import rules_for  # noqa: PLC0415 - slow
        from coach.replay.review_call import past_call  # noqa: PLC0415 - slow
        from coach.replay.review_sound import CallSound, found_sound, past_source  # noqa: PLC0415

        journal = read_journal(files.journal)
        chosen = rules_for(journal, self._settings, in_force=False)
        other = rules_for(journal, self._settings, in_force=True) if self._in_force else None
        past = past_call(journal, chosen, files, place, other)
        self.close()
        self._files, self._journal, self._past = files, journal, past
        path = found_sound(files, past_source(journal), self._recording)
        self._sound = None if path is None else CallSound(path, journal)

    @property
    def calibration(self) -> CalibrationDesk:
        """Blind scorecards of all calls, compared."""
        from coach.replay.calibration_desk import FiledCalibration  # noqa: PLC0415 - slow

        return FiledCalibration(self._calls, self.reviewer)

    @property
    def scoring(self) -> ScoreDesk:
        """Scorecards of the open call."""
        from coach.replay.score_desk import ScoreDesk  # noqa: PLC0415 - slow

        if self._scoring is None:
            self._scoring = ScoreDesk(
                self._settings, self._open()[0], self.reviewer, blind=self._blind
            )
        return self._scoring

    def find(self, call: str) -> tuple[CallFiles, str]:
        """The files of a call, and how it is found again. Raises InputError."""
        files = named_call(call, self._calls)
        inside = files.folder.resolve() == self._calls.resolve()
        return files, files.call if inside else call

    def _opened(self) -> OpenCall:
        from coach.calls.review.agents_marks import agents_marks  # noqa: PLC0415 - slow
        from coach.replay.review_sound import NO_SOUND  # noqa: PLC0415 - slow

        files, journal, past = self._open()
        sides = read_exchange(files.sides)
        marks = [*agents_marks(journal), *read_marks(files.marks)]
        if self._blind:
            marks = [mark for mark in marks if mark.reviewer == self.reviewer]
        return OpenCall(
            past=past,
            remarks=tuple(map(_remark, sorted(marks, key=lambda mark: mark.at))),
            blind=self._blind,
            corrected={
                name: Corrected(
                    utterance=name,
                    text=None if one.text is None else printable(one.text),
                    other_side=one.other_side,
                    who=printable(one.reviewer),
                    when=local(one.made),
                )
                for name, one in read_corrections(files.corrections).items()
            },
            exchanged=Exchanged(
                times=sides.times,
                who=printable(sides.reviewer),
                when=local(sides.made) if sides.made else "",
            ),
            silent_because=NO_SOUND if self._sound is None else "",
        )

    def _open(self) -> tuple[CallFiles, Journal, PastCall]:
        if self._files is None or self._journal is None or self._past is None:
            raise RuntimeError("no call is open")
        return self._files, self._journal, self._past

    # --- what is said of it -----------------------------------------------------------------

    def mark(self, verdict: Verdict, at: float, *, card: str, rule: str, note: str) -> OpenCall:
        """Keep a mark of the open call; returns the call with it."""
        files = self._open()[0]
        mark = Mark(
            mark=next_mark(files),
            verdict=verdict,
            at=round(at, 3),
            reviewer=self.reviewer,
            made=wall_clock(),
            card=card or None,
            rule=rule or None,
            note=self._kept(note),
        )
        add_mark(files.marks, mark)
        return self._opened()

    def withdraw(self, mark: str) -> OpenCall:
        """Take a mark of the open call back."""
        files = self._open()[0]
        for known in read_marks(files.marks):
            if known.mark == mark:
                withdraw(files.marks, known, by=self.reviewer, made=wall_clock())
        return self._opened()

    def correct(self, utterance: str, *, text: str | None, other_side: bool) -> OpenCall:
        """Keep what was really said, or that the other side said it."""
        files = self._open()[0]
        correction = Correction(
            utterance=utterance,
            reviewer=self.reviewer,
            made=wall_clock(),
            text=None if text is None else self._kept(text),
            other_side=other_side,
        )
        add_correction(files.corrections, correction)
        return self._opened()

    def exchange(self, at: float) -> OpenCall:
        """Exchange the two sides from a time on, or no more; the call is coached anew with it."""
        from coach.replay.exchanged_call import exchange_sides  # noqa: PLC0415 - slow

        files, _, past = self._open()
        times = turned(read_exchange(files.sides).times, at)
        exchange = Exchange(times=times, reviewer=self.reviewer, made=wall_clock())
        exchange_sides(files, exchange, self._settings)
        self._read(files, past.place)
        return self._opened()

    def _kept(self, text: str) -> str:
        """What may be written of a text that a person typed: personal data is masked here too."""
        if self._open()[1].header.redaction == "kept":
            return text
        return masked_text(text)

    def draft(
        self, asked: RuleAsked, tell: Callable[[str], None], go_on: Callable[[int, int], bool]
    ) -> None:
        """Draft a rule from the open call, try it, keep it disabled. Raises a CoachError."""
        from coach.backtest.drafting.draft import RuleWanted  # noqa: PLC0415 - slow
        from coach.backtest.drafting.trial import Kept  # noqa: PLC0415 - slow
        from coach.replay.rule_from_moment import DraftAsked, rule_from_moment  # noqa: PLC0415

        files = self._open()[0]
        calls = sorted(calls_in(self._calls))
        tried = [0, 0]

        def so_far(done: int, of: int) -> None:
            tried[:] = done, of

        wanted = RuleWanted(card=asked.card, say=(asked.say,) if asked.say else (), also=asked.also)
        lines = rule_from_moment(
            DraftAsked(
                files=files, at=asked.at, words=asked.words, wanted=wanted, by=self.reviewer
            ),
            rules_of(self._settings),
            Kept(
                calls=tuple(self._calls / f"{call}{JOURNAL}" for call in calls) or (files.journal,),
                kinds=REAL if calls else tuple(CallKind),
                jobs=1,  # a screen's standard error is none that another process could be given
            ),
            tell=so_far,
            stop=lambda: not go_on(tried[0], tried[1]),
        )
        for line in lines:
            tell(printable(line))

    def hand_on(self, form: str, path: str) -> str:
        """Write the open call to a file that is not there yet, and say which. Raises CoachError."""
        from coach.replay.handing_on import hand_on  # noqa: PLC0415 - slow

        if self._blind:
            raise InputError(
                "A blind review hands nothing on: a report tells what others said.",
                "Review it without --blind.",
            )
        files, _, past = self._open()
        target = Path(path).expanduser()
        hand_on(form, (files, self._settings, past.place), target)
        return f"{target.absolute()}"

    # --- sound ------------------------------------------------------------------------------

    def play(self, at: float, speed: float) -> None:
        """Play the sound from a time on. Raises DeviceError, or InputError for a bad recording."""
        if self._sound is not None:
            self._sound.play(at, speed)

    def playing(self) -> float | None:
        """The time that is heard; None while nothing is."""
        return None if self._sound is None else self._sound.position()

    def hush(self) -> None:
        """Stop the sound."""
        if self._sound is not None:
            self._sound.stop()

    def close(self) -> None:
        """Leave nothing open; safe to call twice."""
        if self._sound is not None:
            self._sound.close()
            self._sound = None


def _remark(mark: Mark) -> Remark:
    by_agent = mark.reviewer == BY_AGENT
    return Remark(
        mark=mark.mark,
        verdict=mark.verdict,
        at=mark.at,
        who="the agent, in the call" if by_agent else printable(mark.reviewer),
        when=local(mark.made) if mark.made else "",
        card=mark.card or "",
        rule=printable(mark.rule or ""),
        note=printable(mark.note),
        by_agent=by_agent,
    )
