"""The supervisor's desk: tries values of a figure on kept calls, keeps versions of the overlay."""

from __future__ import annotations

import difflib
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from multiprocessing import resource_tracker
from pathlib import Path

import msgspec

from coach.backtest.changes import CardChange
from coach.backtest.compare import ComparisonAsked, LeftOut
from coach.backtest.judging import Share
from coach.backtest.tuning.curve import CurvePoint, DialCurve
from coach.backtest.tuning.dial import NEAR, Dial, dials_of
from coach.backtest.tuning.trying import Trying, try_all
from coach.backtest.tuning.turned import Turned
from coach.backtest.tuning.wordings import wordings_of
from coach.calls.about import CallKind
from coach.calls.journal import read_journal
from coach.calls.overlay_versions import NewValue, OverlayFile, with_value
from coach.calls.scratch_folder import ScratchFolder
from coach.calls.spread.processes import CANNOT_START, tell_alone
from coach.engine.engine import Engine
from coach.errors import CoachError, InputError
from coach.events import Fact, Result
from coach.meaning.listening import MeaningListener
from coach.notes.tuning.tuning_desk import (
    CallsTried,
    DialRow,
    MomentSeen,
    PointSeen,
    RuleRow,
    ShareSeen,
    VersionSeen,
    WordingSeen,
)
from coach.startup.rules_in_force import RulesInForce, without_missing
from coach.startup.settable import of_one
from rules.checking.lint_changes import contradicted_timelines
from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher

NO_OVERLAY = "There is no overlay to save into."
NAME_ONE = "Name one in the settings (rules.overlay), or give --overlay FILE; saving makes it."
MOVED = (CardChange.EARLIER, CardChange.LATER)


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """What is tuned, and for whom."""

    calls: tuple[Path, ...]
    kinds: tuple[CallKind, ...]
    in_force: RulesInForce
    overlay: Path | None
    """Where changes are saved; one of those in force."""
    shared: Path | None
    """Where it is published."""
    by: str
    jobs: int


class TuneDesk:
    """A ``coach.notes.tuning.tuning_desk.TuningDesk`` over kept calls and an overlay."""

    def __init__(self, tuning: Tuning, now: Callable[[], datetime]) -> None:
        """RulesError where the rules in force have mistakes."""
        self._tuning = tuning
        self._now = now
        self.overlay = "" if tuning.overlay is None else str(tuning.overlay)
        self.shared = "" if tuning.shared is None else str(tuning.shared)
        self._take_anew()
        self._dials: dict[tuple[str, str], Dial] = {}
        self._curve: DialCurve | None = None
        self._turned: Turned | None = None
        self._near = 0
        self._others = 0
        self._trouble = ""
        self._stop = threading.Event()
        self._closed = False
        self._turn = threading.Lock()
        """Held while work is begun or ended: keys may come faster than that."""
        self._work: threading.Thread | None = None
        if tuning.jobs > 1:
            # While a screen is up, its stand-in for standard error has no descriptor to hand on.
            try:
                resource_tracker.ensure_running()
            except CANNOT_START as error:
                tell_alone(error)
                self._tuning = msgspec.structs.replace(tuning, jobs=1)

    # --- rules and their figures ------------------------------------------------------------

    def rules(self) -> tuple[RuleRow, ...]:
        """Every rule that runs and has a figure to turn."""
        running = {rule.id: rule for rule in self._book.active()}
        rows = []
        for entry in self._parts.rules:
            dials = dials_of(entry) if entry.name in running else ()
            meanings = {p.path: p.meaning for p in of_one(entry.name, [entry])} if dials else {}
            self._dials.update(((dial.rule, dial.path), dial) for dial in dials)
            row = tuple(
                DialRow(
                    path=dial.path,
                    unit=dial.unit,
                    meaning=meanings.get(dial.path, ""),
                    values=dial.values,
                    present=dial.present,
                )
                for dial in dials
            )
            if row:
                title = running[entry.name].title
                rows.append(RuleRow(rule=entry.name, title=title, dials=row))
        return tuple(rows)

    # --- trying values ----------------------------------------------------------------------

    def begin(self, rule: str, path: str) -> None:
        """Try the values on all calls: first those about the present one, then the rest."""
        with self._turn:
            self._end()
            if self._closed:
                return
            dial = self._dials[rule, path]
            entry = next(entry for entry in self._parts.rules if entry.name == rule)
            turned = Turned(self._book, entry, self._parts.lists, dial)
            self._turned, self._curve, self._near, self._trouble = turned, DialCurve(dial), 0, ""
            self._others = 0
            self._stop = threading.Event()
            self._work = threading.Thread(
                target=self._try, args=(turned, self._curve, self._stop), name="tuning", daemon=True
            )
            self._work.start()

    def _try(self, turned: Turned, curve: DialCurve, stop: threading.Event) -> None:
        dial = turned.dial
        near = range(max(0, dial.present - NEAR), min(len(dial.values), dial.present + NEAR + 1))
        asked = ComparisonAsked(old=turned.book, new=turned.book, kinds=self._tuning.kinds)
        calls: Sequence[Path] = self._tuning.calls
        try:
            for wanted in (near, range(len(dial.values))):
                whole = set()
                work = Trying(turned, asked, wanted)
                tried = try_all(calls, work, self._tuning.jobs, stop.is_set)
                for path, one in zip(calls, tried, strict=False):
                    if stop.is_set():
                        return
                    if isinstance(one, LeftOut) and not one.trouble:
                        self._others += 1
                        whole.add(path)
                        continue
                    self._near += wanted is near
                    if isinstance(one, LeftOut):
                        self._trouble = one.trouble or self._trouble
                        whole.add(path)
                        continue
                    curve.add(one)
                    if one.covers(len(dial.values)):
                        whole.add(path)
                calls = [path for path in calls if path not in whole]
        except CoachError as error:
            self._trouble = error.message
        except Exception as error:  # noqa: BLE001 - on a thread nobody else would tell of it
            self._trouble = f"{type(error).__name__}: {error}"

    def progress(self) -> CallsTried:
        """How far the calls have come in."""
        whole = self._curve.whole if self._curve else 0
        of = len(self._tuning.calls) - self._others
        return CallsTried(near=self._near, whole=whole, of=of, trouble=self._trouble)

    def curve(self) -> tuple[PointSeen, ...]:
        """What each value comes to so far."""
        return tuple(map(_seen, self._curve.points)) if self._curve else ()

    def moments(self, index: int) -> tuple[MomentSeen, ...]:
        """The first cards that differ with a value."""
        found = list(self._curve.points[index].moments) if self._curve else []
        return tuple(
            MomentSeen(
                call=one.call,
                at=min(at for at in (one.old, one.new) if at is not None),
                rule=one.rule,
                change=one.change.value,
                lines=one.lines,
                without=one.without,
            )
            for one in found
        )

    def close(self) -> None:
        """Stop what runs; nothing is begun any more."""
        self._closed = True
        self._stop.set()
        with self._turn:
            self._end()

    def _end(self) -> None:
        """Stop what runs."""
        self._stop.set()
        if self._work is not None:
            self._work.join()
            self._work = None

    # --- the overlay ------------------------------------------------------------------------

    def _file(self) -> OverlayFile:
        if self._tuning.overlay is None:
            raise InputError(NO_OVERLAY, NAME_ONE)
        return OverlayFile(self._tuning.overlay)

    def save(self, index: int, reason: str) -> str:
        """Write the value into the overlay, once the rules with it are those that were tried."""
        file, turned = self._file(), self._turned
        assert turned is not None  # noqa: S101 - a figure is chosen
        dial = turned.dial
        value = NewValue(
            rule=dial.rule, path=dial.path, value=dial.values[index],
            by=self._tuning.by, reason=reason,
        )  # fmt: skip
        text = with_value(file.text(), value)
        tried = self._loaded_with(file.path, text)
        if tried.fingerprint != turned.book_at(index).fingerprint:
            raise InputError(
                f"{file.path.name} would not do what was tried: something laid over it, or the "
                "file as it is now, sets another value.",
                "Start `coach tune` again to see the rules as they are.",
            )
        version = file.save(text, by=self._tuning.by, reason=reason, when=self._when())
        self._take_anew()
        return f"saved as version {version.number} of {file.path.name}{self._withheld(file)}"

    def contradicted(self, index: int) -> tuple[str, ...]:
        """What timelines say against the value, and what to write where it is meant."""
        file, turned = self._file(), self._turned
        assert turned is not None  # noqa: S101 - a figure is chosen
        dial = turned.dial
        value = NewValue(
            rule=dial.rule, path=dial.path, value=dial.values[index], by="?", reason="?"
        )
        tried = self._loaded_with(file.path, with_value(file.text(), value))
        meaning, matcher = MeaningListener(tried), Matcher(tried)

        def run(facts: Sequence[Fact]) -> list[Result]:
            engine = Engine(tried, matcher=matcher)
            return [result for fact in facts for result in engine.receive(meaning.given(fact))]

        found = contradicted_timelines(tried, [tried.rule(dial.rule)], run)
        return tuple(finding.message for finding in found)

    def publish(self) -> str:
        """Put the overlay where others take it from."""
        if self._tuning.shared is None:
            raise InputError(
                "There is no place to publish to.", "Give --publish-to FOLDER, shared or in git."
            )
        file = self._file()
        return file.publish(self._tuning.shared, by=self._tuning.by, when=self._when())

    def versions(self) -> tuple[VersionSeen, ...]:
        """Every kept state, the latest first."""
        file = self._file()
        published = {one.number for one in file.publications()}
        return tuple(
            VersionSeen(
                number=one.number,
                when=one.when,
                by=one.by,
                reason=one.reason,
                published=one.number in published,
            )
            for one in reversed(file.versions())
        )

    def difference(self, number: int) -> tuple[str, ...]:
        """Lines that rolling back takes out (``- ``) and puts in (``+ ``)."""
        file = self._file()
        now, then = file.text().splitlines(), (file.version_text(number) or "").splitlines()
        return tuple(
            line
            for line in difflib.ndiff(now, then)
            if line[:2] in ("- ", "+ ") and line[2:].strip()
        )

    def roll_back(self, number: int) -> str:
        """Make an earlier state the present one."""
        file = self._file()
        version = file.roll_back(number, by=self._tuning.by, when=self._when())
        self._take_anew()
        now = f"that is version {version.number} now"
        return f"rolled back to version {number}; {now}{self._withheld(file)}"

    @staticmethod
    def _withheld(file: OverlayFile) -> str:
        """That others do not have what the file holds now, where it was published before."""
        others = [one.to for one in file.publications() if not file.is_published(Path(one.to))]
        if not others:
            return ""
        return f"; {others[-1]} still holds what was published before, until p publishes this"

    def _take_anew(self) -> None:
        in_force = without_missing(self._tuning.in_force, self._tuning.overlay)
        self._parts = in_force.parts()
        self._book = in_force.load()

    def _loaded_with(self, path: Path, text: str) -> RuleBook:
        """The rules in force with another text in the place of a file; nothing is left behind."""
        with ScratchFolder() as scratch:
            other = scratch.path / path.name
            other.write_text(text, encoding="utf-8")
            known = self._tuning.in_force
            overlays = tuple(other if one == path else one for one in known.overlays)
            return msgspec.structs.replace(known, overlays=overlays).load()

    def _when(self) -> str:
        return self._now().isoformat(timespec="seconds")

    # --- wordings ---------------------------------------------------------------------------

    def wordings(self, rule: str) -> tuple[WordingSeen, ...]:
        """Which wordings of its card were used and dismissed in the calls as they were."""
        card = self._book.rule(rule).card
        say = card.say if card is not None else ()
        total: Counter[tuple[str, str]] = Counter()
        for path in self._tuning.calls:
            try:
                total += wordings_of(read_journal(path).events, rule, say)
            except InputError:
                continue  # the figures name what cannot be read
        words = dict.fromkeys([*say, *(words for words, _ in total)])
        return tuple(
            WordingSeen(
                words=one,
                shown=total[one, "shown"],
                used=total[one, "used"],
                dismissed=total[one, "dismissed"],
            )
            for one in words
        )


def _seen(point: CurvePoint) -> PointSeen:
    judged, changes = point.judged, point.changes
    return PointSeen(
        calls=point.calls,
        hours=point.seconds / 3600.0,
        shown=point.shown,
        touched=point.touched,
        per_hour=point.per_hour,
        used=point.used,
        dismissed=point.dismissed,
        precision=_share(judged.precision, judged.right + judged.false),
        recall=_share(judged.recall, judged.right + judged.missed),
        gained=changes.get(CardChange.GAINED, 0),
        lost=changes.get(CardChange.LOST, 0),
        moved=sum(changes.get(one, 0) for one in MOVED),
        others=sum(point.others.values()),
        kept_back=tuple(point.kept_back.items()),
    )


def _share(share: Share | None, of: int) -> ShareSeen | None:
    return None if share is None else ShareSeen(share.value, share.low, share.high, of)
