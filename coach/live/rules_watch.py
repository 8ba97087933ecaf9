"""Watches the files that the rules are read from, so that a change takes effect in calls under way.

A look costs one ``stat`` for each file. Where time or size of one have changed and stand still for
one look more (a file may be caught while it is being written), and the bytes are others than
before, everything is read anew: whole or not at all. What cannot be read keeps the last good
rules and is told once; so is that it is well again. A call may begin without a file that is not
there, which is told as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from coach.calls.call import Setup
from coach.errors import CoachError
from coach.events import Degraded, Recovered
from coach.startup.config import Settings
from coach.startup.rules_in_force import rules_of
from coach.startup.setup import with_rules_now

COMPONENT = "rules"
"""What trouble with the files is called on the screen and in the journal."""

_LACKING = "named in the settings and not there. The changes in it do not hold until it is."
Standing = tuple[tuple[str, int, int], ...]
"""Of each file that is there: its name, when it was written, and its size."""


class RulesWatch:
    """Looks at files, and reads the rules again where they have changed."""

    def __init__(
        self,
        files: Callable[[], Sequence[Path]],
        read: Callable[[], Setup],
        fingerprint: str,
        absent: Sequence[Path] = (),
    ) -> None:
        """``read`` makes a setup of the files as they are.

        ``fingerprint``: the rules in force, which are without the files of ``absent``.
        """
        self._files = files
        self._read = read
        self._fingerprint = fingerprint
        taken = [file for file in files() if file not in absent]
        self._taken = self._seen = standing(taken)
        self._bytes = digest(taken)
        self._untold = tuple(absent)
        self._wrong = bool(absent)

    def look(self) -> tuple[Setup | Degraded | Recovered, ...]:
        """What has become of the files since the last look: nothing, mostly."""
        if self._untold:
            names, self._untold = ", ".join(str(file) for file in self._untold), ()
            return (Degraded(at=0.0, component=COMPONENT, detail=f"{names}: {_LACKING}"),)
        now = standing(self._files())
        if now == self._taken or now != self._seen:
            self._seen = now
            return ()
        bytes_now = digest(self._files())
        if bytes_now == self._bytes:
            self._taken = now
            return ()
        try:
            setup = self._read()
        except CoachError as error:
            self._taken, self._bytes, self._wrong = now, bytes_now, True
            return (Degraded(at=0.0, component=COMPONENT, detail=_kept(error)),)
        if (standing(self._files()), digest(self._files())) != (now, bytes_now):
            return ()  # written while it was read: the next look takes it
        self._taken, self._bytes = now, bytes_now
        return self._read_well(setup)

    def _read_well(self, setup: Setup) -> tuple[Setup | Recovered, ...]:
        well = (Recovered(at=0.0, component=COMPONENT),) if self._wrong else ()
        self._wrong = False
        if setup.book.fingerprint == self._fingerprint:
            return well
        self._fingerprint = setup.book.fingerprint
        return (setup, *well)


def watching(settings: Settings, setup: Setup, absent: Sequence[Path] = ()) -> RulesWatch:
    """A watch over the rules that some settings ask for.

    ``setup`` has them as they are, without the files of ``absent``.
    """
    in_force = rules_of(settings)
    return RulesWatch(
        in_force.files, lambda: with_rules_now(settings, setup), setup.book.fingerprint, absent
    )


def standing(files: Iterable[Path]) -> Standing:
    """When each file was written, and its size; what is not there is left out."""
    found: list[tuple[str, int, int]] = []
    for file in files:
        try:
            state = file.stat()
        except OSError:
            continue
        found.append((str(file), state.st_mtime_ns, state.st_size))
    return tuple(found)


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over names and contents; a file that cannot be read counts as absent."""
    total = hashlib.sha256()
    for file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError:
            continue
        total.update(f"{file}\0{content}\0".encode())
    return total.hexdigest()


def _kept(error: CoachError) -> str:
    """The first mistake, how many more there are, and what holds meanwhile."""
    first, *more = [line.strip() for line in error.message.splitlines() if line.strip()]
    if more:
        first = more[0] + (f" (and {len(more) - 1} more)" if len(more) > 1 else "")
    end = "" if first.endswith((".", "?")) else "."
    return f"{first}{end} The rules from before stay in force."
