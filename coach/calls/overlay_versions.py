"""A team's overlay and its kept versions: saved with a reason, rolled back, published.

Beside ``team.toml`` lies the folder ``team.toml.versions``: every state of the file under its
number, and ``versions.ndjson`` with who, when and why. It only grows; rolling back is one more
version. What was changed by hand meanwhile is kept as a version before anything is written.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import msgspec

from coach.calls.lines_beside import append_line, read_lines
from coach.calls.whole_file import write_whole
from coach.errors import UNREADABLE, InputError, StorageError, cause_of

FOUND = "as it was found"
BY_HAND = "changed by hand"


VERSIONS = ".versions"
"""Ends the name of the folder in which an overlay's states are kept."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One kept state."""

    number: int
    """From 1."""
    when: str
    """ISO 8601 with offset."""
    by: str
    reason: str
    sha256: str
    """Of the file's bytes."""


class OverlayFile:
    """An overlay with its versions; everything that writes may raise StorageError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder = path.with_name(f"{path.name}{VERSIONS}")

    def text(self) -> str:
        """What stands in it; InputError where it cannot be read."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, *UNREADABLE) as error:
            raise InputError(f"{self.path} cannot be read: {cause_of(error)}.") from None

    def versions(self) -> tuple[Version, ...]:
        """Every kept state, oldest first."""
        return read_lines(self._folder / "versions.ndjson", Version)

    def save(self, text: str, *, by: str, reason: str, when: str) -> Version:
        """Make ``text`` the overlay's, and keep it."""
        before = self.text()
        known = self.versions()
        if before and not any(one.sha256 == _digest(before) for one in known[-1:]):
            self._keep(before, "", BY_HAND if known else FOUND, when)
        version = self._keep(text, by, reason, when)
        _write(self.path, text)
        return version

    def roll_back(self, number: int, *, by: str, when: str) -> Version:
        """Make an earlier state the present one. InputError where there is none."""
        path = self._folder / f"{number:04}.toml"
        known = [one for one in self.versions() if one.number == number]
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = None
        if not known or text is None:
            raise InputError(f"There is no version {number} of {self.path.name}.")
        if _digest(text) != known[0].sha256:
            raise InputError(f"{path} is not what was kept: it was changed since.")
        return self.save(text, by=by, reason=f"rolled back to version {number}", when=when)

    def publish(self, folder: Path) -> str:
        """Copy it to a shared folder, and commit it where that is a git working copy.

        InputError where the file there is none of the kept versions: it is somebody else's work.
        """
        if not folder.is_dir():
            raise InputError(f"There is no folder {folder}.", "Name the one that others read.")
        target, text = folder / self.path.name, self.text()
        published = OverlayFile(target).text()
        versions = self.versions()
        if published and all(one.sha256 != _digest(published) for one in versions):
            raise InputError(
                f"{target} holds changes that are not in {self.path}.",
                "Bring them in first; nothing was published.",
            )
        _write(target, text)
        reason = versions[-1].reason if versions else FOUND
        return _committed(folder, target.name, reason) or f"published to {target}"

    def _keep(self, text: str, by: str, reason: str, when: str) -> Version:
        known = self.versions()
        version = Version(
            number=known[-1].number + 1 if known else 1,
            when=when,
            by=by,
            reason=reason,
            sha256=_digest(text),
        )
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"The folder of versions {self._folder} cannot be made: {error.strerror}."
            ) from None
        _write(self._folder / f"{version.number:04}.toml", text)
        append_line(self._folder / "versions.ndjson", version)
        return version


class NewValue(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of a rule that is to have another value."""

    rule: str
    path: str
    """As a change writes it after ``set.``."""
    value: float
    by: str
    reason: str


def with_value(text: str, new: NewValue) -> str:
    """The overlay's text with one value more.

    A change that stands there for that value alone is taken out; nothing else is touched.
    """
    kept = [block for block in _blocks(text) if not _sets_only(block, new.rule, new.path)]
    entry = "\n".join(
        (
            "[[change]]",
            f"rule = {json.dumps(new.rule)}",
            f"by = {json.dumps(new.by, ensure_ascii=False)}",
            f"reason = {json.dumps(new.reason, ensure_ascii=False)}",
            f"set.{new.path} = {new.value!r}",
        )
    )
    before = "".join(kept).rstrip("\n")
    return f"{before}\n\n{entry}\n" if before else f"{entry}\n"


def _blocks(text: str) -> list[str]:
    """The text in pieces that begin with the head of a table, the first one perhaps without."""
    return re.split(r"^(?=\[)", text, flags=re.MULTILINE)


def _sets_only(block: str, rule: str, path: str) -> bool:
    if not block.startswith("[[change]]"):
        return False
    try:
        (values,) = tomllib.loads(block)["change"]
    except tomllib.TOMLDecodeError:
        return False
    here = values.pop("set", None)
    if values.pop("rule", None) != rule or set(values) - {"by", "reason"}:
        return False
    for name in path.split("."):
        if not isinstance(here, dict) or list(here) != [name]:
            return False
        here = here[name]
    return not isinstance(here, dict)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from None


def _committed(folder: Path, name: str, reason: str) -> str:
    """What was committed; empty where the folder is no git working copy."""
    git = shutil.which("git")
    if git is None or not _ran([git, "-C", str(folder), "rev-parse", "--is-inside-work-tree"])[0]:
        return ""
    _ran([git, "-C", str(folder), "add", "--", name])
    message = f"{name}: {reason}"
    good, words = _ran([git, "-C", str(folder), "commit", "-m", message, "--", name])
    if not good and "nothing to commit" not in words:
        last = words.strip().splitlines()[-1:] or ["git said nothing"]
        raise StorageError(f"{name} lies in {folder}, but git did not commit it: {last[0]}.")
    return f"published to {folder / name} and committed there"


def _ran(command: list[str]) -> tuple[bool, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git, with names of ours
    return done.returncode == 0, done.stdout + done.stderr
