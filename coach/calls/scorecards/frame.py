"""The calls that a sample can be drawn from, each with its agent, week and stratum."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from coach.calls.scorecards.sampling import Candidate, Drawn, Excluded, Sample, differing
from coach.calls.search_query import FoundCall
from coach.errors import UNREADABLE, InputError, StorageError, cause_of
from rules.reading.problems import closest

TRAITS = ("level", "length", "cue")
"""What strata can be made of."""
LENGTHS_S = (180.0, 600.0)
"""Seconds at which lengths are divided."""


class Strata(msgspec.Struct, frozen=True, kw_only=True):
    """What strata are made of."""

    by: tuple[str, ...] = TRAITS
    lengths_s: tuple[float, ...] = LENGTHS_S
    """Where lengths are divided, seconds, upwards."""
    cue: str = ""
    """The rule that is asked for; empty divides calls with any cue from those without."""
    with_cue: frozenset[str] = frozenset()
    """Calls in which that rule matched."""

    def in_words(self) -> tuple[str, ...]:
        """For the record of a draw."""
        bounds = ", ".join(f"{bound:g} s" for bound in self.lengths_s)
        told = {"length": f"length ({bounds})", "cue": f"cue ({self.cue or 'any'})"}
        return tuple(told.get(trait, trait) for trait in self.by)

    def of(self, call: FoundCall) -> str:
        """The stratum of a call."""
        traits: dict[str, Callable[[FoundCall], str]] = {
            "level": lambda one: one.level.name.lower(),
            "length": self._length,
            "cue": self._cue,
        }
        return ", ".join(traits[trait](call) for trait in self.by) or "all"

    def _length(self, call: FoundCall) -> str:
        below = sum(call.seconds >= bound for bound in self.lengths_s)
        if below == len(self.lengths_s):
            return f"{self.lengths_s[-1]:g} s and more"
        if below == 0:
            return f"under {self.lengths_s[0]:g} s"
        return f"{self.lengths_s[below - 1]:g} to {self.lengths_s[below]:g} s"

    def _cue(self, call: FoundCall) -> str:
        has = call.call in self.with_cue if self.cue else call.cues > 0
        return f"{'with' if has else 'without'} {self.cue or 'cues'}"


def traits_of(text: str) -> tuple[str, ...]:
    """``level,length`` as traits. Raises InputError."""
    traits = tuple(part.strip() for part in text.split(",") if part.strip())
    for trait in traits:
        if trait not in TRAITS:
            hint = closest(trait, TRAITS).lstrip("; ")
            raise InputError(
                f"There is no stratum by {trait!r}.",
                f"{hint[:1].upper()}{hint[1:]}" if hint else f"Known are {', '.join(TRAITS)}.",
            )
    return tuple(dict.fromkeys(traits))


def framed(
    calls: Iterable[FoundCall], strata: Strata, scored: Collection[str], least_s: float
) -> tuple[list[Candidate], list[Excluded]]:
    """The calls that can be drawn, and those that cannot, with the reason.

    Agents whose names differ in capitals alone are one agent, as in the library.
    """
    frame: list[Candidate] = []
    excluded: list[Excluded] = []
    names: dict[str, str] = {}
    for call in sorted(calls, key=lambda one: one.call):
        week = week_of(call.started)
        because = (
            "no agent is known"
            if not call.agent
            else "it has no end"
            if not call.ended
            else "its start is unknown"
            if not week
            else "it is scored already"
            if call.call in scored
            else f"it is shorter than {least_s:g} s"
            if call.seconds < least_s
            else ""
        )
        if because:
            excluded.append(Excluded(call=call.call, because=because))
        else:
            stratum = strata.of(call)
            agent = names.setdefault(call.agent.casefold(), call.agent)
            frame.append(Candidate(call=call.call, agent=agent, week=week, stratum=stratum))
    return frame, excluded


def week_of(started: str) -> str:
    """The ISO week of a start, in this machine's time zone; empty where it is unknown."""
    try:
        year, week, _ = datetime.fromisoformat(started).astimezone().isocalendar()
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{year}-W{week:02d}"


# --- kept for an audit ---------------------------------------------------------------------------


def keep_sample(path: Path, sample: Sample) -> None:
    """Write a draw with all that it was drawn from.

    Raises StorageError where it cannot be written, or a file is there already.
    """
    content = msgspec.json.format(msgspec.json.encode(sample), indent=1) + b"\n"
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        if path.is_dir():
            raise StorageError(f"{path} is a folder.", "Name a file in it.") from None
        raise StorageError(
            f"{path} exists already and is not overwritten.", "Name another file for the sample."
        ) from None
    except OSError as error:
        raise StorageError(
            f"The sample {path} cannot be written: {error.strerror}.", "Name another file."
        ) from None


def audited(path: Path) -> tuple[Sample, set[str]]:
    """A kept draw, and the calls that differ when it is drawn again. Raises InputError."""
    try:
        sample = msgspec.json.decode(path.read_bytes(), type=Sample)
    except (OSError, *UNREADABLE) as error:
        raise InputError(
            f"{path} is no kept sample: {cause_of(error)}.",
            "`coach scorecard sample --save` makes one.",
        ) from None
    return sample, differing(sample)


def by_agent(drawn: Sequence[Drawn]) -> dict[tuple[str, str], list[Drawn]]:
    """What was drawn, by agent and week."""
    cells: dict[tuple[str, str], list[Drawn]] = {}
    for one in drawn:
        cells.setdefault((one.agent, one.week), []).append(one)
    return cells
