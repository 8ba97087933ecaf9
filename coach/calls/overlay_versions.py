"""A team's overlay and its kept versions: saved with a reason, rolled back, published.

Beside ``team.toml`` lies the folder ``team.toml.versions``: every state of the file under its
number, and ``versions.ndjson`` with who, when and why. It only grows; rolling back is one more
version. What was changed by hand meanwhile is kept as a version before anything is written or
published, and ``published.ndjson`` says which version was published where.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from coach.calls.lines_beside import append_line, read_lines
from coach.calls.whole_file import write_whole
from coach.errors import UNREADABLE, InputError, StorageError, cause_of

FOUND = "as it was found"
BY_HAND = "changed by hand"
NAMED = 3
"""Changes by others that a refusal names."""


VERSIONS = ".versions"
"""Ends the name of the folder in which an overlay's states are kept."""


class OverlayVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One kept state."""

    number: int
    """From 1."""
    when: str
    """ISO 8601 with offset."""
    by: str
    reason: str
    sha256: str
    """Of the file's bytes."""


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A version that was published."""

    number: int
    when: str
    """ISO 8601 with offset."""
    by: str
    to: str
    """The file that others read."""


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
            raise InputError(
                f"{self.path} cannot be read: {cause_of(error)}.",
                "It must be a text file in UTF-8 that you may read.",
            ) from None

    def versions(self) -> tuple[OverlayVersion, ...]:
        """Every kept state, oldest first."""
        return read_lines(self._folder / "versions.ndjson", OverlayVersion)

    def save(self, text: str, *, by: str, reason: str, when: str) -> OverlayVersion:
        """Make ``text`` the overlay's, and keep it."""
        if self.path.exists():
            self._as_it_is(when)
        version = self._keep(text, by, reason, when)
        _write(self.path, text)
        return version

    def roll_back(self, number: int, *, by: str, when: str) -> OverlayVersion:
        """Make an earlier state the present one. InputError where there is none."""
        path = self._folder / f"{number:04}.toml"
        known = [one for one in self.versions() if one.number == number]
        text = self.version_text(number)
        if not known or text is None:
            raise InputError(
                f"{self.path.name} has no version {number}.", "v in `coach tune` lists them."
            )
        if _digest(text) != known[0].sha256:
            raise InputError(
                f"{path} is not what was kept: it was changed since.", "Choose another one."
            )
        return self.save(text, by=by, reason=f"rolled back to version {number}", when=when)

    def publish(self, folder: Path, *, by: str, when: str) -> str:
        """Copy it to a shared folder, and commit it where that is a git working copy.

        What is published is one of the versions from then on, however it was written. InputError
        where the file there has changes by others that this one lacks.
        """
        if not folder.is_dir():
            raise InputError(
                f"There is no folder {folder} to publish to.",
                "See that the share is there and can be reached, or name another folder.",
            )
        if not self.path.exists():
            raise InputError(
                f"There is no {self.path} to publish.", "Save a change first; that makes it."
            )
        target, text = folder / self.path.name, self.text()
        published = OverlayFile(target).text()
        version = self._as_it_is(when)
        if published and all(one.sha256 != _digest(published) for one in self.versions()):
            lacking = changes_lacking(self._published_text(target), published, text)
            if lacking:
                named = "; ".join(lacking[:NAMED])
                more = f"; and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
                raise InputError(
                    f"{target} holds changes by others that are not in {self.path}: {named}{more}.",
                    "Make them in yours as they stand there, or copy that file over yours (which "
                    f"is kept as version {version.number}), then publish again; nothing was "
                    "published.",
                )
        _write(target, text)
        publication = Publication(number=version.number, when=when, by=by, to=str(target.resolve()))
        append_line(self._folder / "published.ndjson", publication)
        return _committed(folder, target.name, version.reason) or f"published to {target}"

    def publications(self) -> tuple[Publication, ...]:
        """What was published, oldest first."""
        return read_lines(self._folder / "published.ndjson", Publication)

    def is_published(self, target: Path) -> bool:
        """Whether a published file holds what this one holds now; so if it is gone."""
        published = OverlayFile(target).text()
        return not published or _digest(published) == _digest(self.text())

    def version_text(self, number: int) -> str | None:
        """What a version holds; None where it cannot be read."""
        try:
            return (self._folder / f"{number:04}.toml").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def _published_text(self, target: Path) -> str:
        """What was published there last; empty where nothing was."""
        found = [one.number for one in self.publications() if one.to == str(target.resolve())]
        return (self.version_text(found[-1]) or "") if found else ""

    def _as_it_is(self, when: str) -> OverlayVersion:
        """The version that the file is now; made where it was written by hand."""
        text, known = self.text(), self.versions()
        if known and known[-1].sha256 == _digest(text):
            return known[-1]
        return self._keep(text, "", BY_HAND if known else FOUND, when)

    def _keep(self, text: str, by: str, reason: str, when: str) -> OverlayVersion:
        known = self.versions()
        version = OverlayVersion(
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
                f"The folder of versions {self._folder} cannot be made: {error.strerror}.",
                "Free some space or unlock the folder.",
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


def _figure(value: float) -> str:
    """As a person writes it: 12 and not 12.0."""
    return repr(int(value) if value == int(value) else value)


def with_value(text: str, new: NewValue) -> str:
    """The overlay's text with one value more.

    What stands there for that value is taken out: a change that does nothing else, and of one that
    does more the line with the value. Nothing else is touched.
    """
    kept = [
        _without_value(block, new.rule, new.path)
        for block in _blocks(text)
        if not _sets_only(block, new.rule, new.path)
    ]
    entry = "\n".join(
        (
            "[[change]]",
            f"rule = {json.dumps(new.rule)}",
            f"by = {json.dumps(new.by, ensure_ascii=False)}",
            f"reason = {json.dumps(new.reason, ensure_ascii=False)}",
            f"set.{new.path} = {_figure(new.value)}",
        )
    )
    before = "".join(kept).rstrip("\n")
    return f"{before}\n\n{entry}\n" if before else f"{entry}\n"


def changes_lacking(base: str, theirs: str, ours: str) -> tuple[str, ...]:
    """What ``theirs`` made of ``base`` and ``ours`` did not, each in a few words with its line.

    Entries count by what they say, however they are laid out or ordered; remarks by their words.
    """
    before, there, here = _parts(base), _parts(theirs), _parts(ours)
    added = [part for part in there - before if here[part] < there[part]]
    gone = [part for part in before - there if here[part] > there[part]]
    return (
        *(f"line {_line_of(theirs, part)}, {_named(part)}" for part in added),
        *(f"{_named(part)} was taken out there" for part in gone),
    )


def _parts(text: str) -> Counter[tuple[str, str]]:
    """Entries and lines with remarks, each as what it says and as it is written."""
    found: Counter[tuple[str, str]] = Counter()
    for block in _blocks(text):
        try:
            value = tomllib.loads(block)
        except tomllib.TOMLDecodeError:
            found[block.strip(), ""] += 1
            continue
        if value:
            found[json.dumps(value, sort_keys=True, default=str), ""] += 1
    found.update(("", line.strip()) for line in text.splitlines() if "#" in line)
    return found


def _line_of(text: str, part: tuple[str, str]) -> int:
    """The first line of a part, from 1."""
    line = 1
    for block in _blocks(text):
        if part[0] and part in _parts(block):
            break
        for number, words in enumerate(block.splitlines()):
            if part[1] and words.strip() == part[1]:
                return line + number
        line += block.count("\n")
    return line


def _named(part: tuple[str, str]) -> str:
    """A part in a few words."""
    says, remark = part
    if remark:
        return f"`{remark}`"
    try:
        ((kind, value),) = json.loads(says).items()
    except ValueError:
        return "the head" if says.startswith("{") else f"`{says.splitlines()[0]}`"
    entry = value[0] if isinstance(value, list) and value else value
    entry = entry if isinstance(entry, dict) else {}
    return f"[[{kind}]] {entry.get('rule') or entry.get('id') or ''}".rstrip()


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
    return _holds_only(here, path)


def _without_value(block: str, rule: str, path: str) -> str:
    """A change without the line that sets a value; as it is where that takes more than a line."""
    try:
        (before,) = tomllib.loads(block)["change"]
    except (tomllib.TOMLDecodeError, KeyError, ValueError):
        return block
    if before.get("rule") != rule:
        return block
    lines = block.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if not line.lstrip().startswith(f"set.{path}"):
            continue
        rest = "".join(lines[:number] + lines[number + 1 :])
        try:
            (after,) = tomllib.loads(rest)["change"]
            removed = tomllib.loads(line)["set"]
        except (tomllib.TOMLDecodeError, KeyError, ValueError):
            continue
        if _holds_only(removed, path) and _laid_over(after, {"set": removed}) == before:
            return rest
    return block


def _holds_only(values: object, path: str) -> bool:
    """Whether there is one value, and it lies at that path."""
    for name in path.split("."):
        if not isinstance(values, dict) or list(values) != [name]:
            return False
        values = values[name]
    return not isinstance(values, dict)


def _laid_over(values: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Tables with further values in them."""
    found = dict(values)
    for name, value in more.items():
        under = found.get(name, {})
        both = isinstance(value, dict) and isinstance(under, dict)
        found[name] = _laid_over(under, value) if both else value
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Free some space or unlock the folder."
        ) from None


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
        raise StorageError(
            f"{name} lies in {folder}, but git did not commit it: {last[0]}.",
            "Commit it there by hand.",
        )
    return f"published to {folder / name} and committed there"


def _ran(command: list[str]) -> tuple[bool, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git, with names of ours
    return done.returncode == 0, done.stdout + done.stderr
