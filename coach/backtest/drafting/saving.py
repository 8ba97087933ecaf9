"""Puts a drafted rule into a team's overlay, disabled: nothing but a person enables it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from coach.backtest.drafting.draft import Draft
from coach.calls.whole_file import write_whole
from coach.errors import InputError, StorageError, cause_of
from rules.changes.overlay_text import appended, entry_text
from rules.definition.rule import Status


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """Where a draft lies."""

    file: Path
    line: int
    """Of its ``[[rule]]``, from 1."""
    in_force: bool
    """Whether the settings lay this file over the packs."""


Check = Callable[[str], None]
"""Reads the rules with this text in the overlay's place; raises RulesError."""


def rule_entry(draft: Draft, by: str, reason: str) -> str:
    """The draft as it is written: disabled, with who drafted it and from what."""
    values: dict[str, Any] = {**draft.values, "by": by, "reason": reason}
    values["status"] = Status.DISABLED.value
    return entry_text("rule", values)


def text_of(file: Path) -> str:
    """What an overlay holds; nothing where there is none. Raises InputError."""
    try:
        return file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The overlay {file} cannot be read: {cause_of(error)}.", "Name another with --into."
        ) from None


def save(entry: str, file: Path, overlays: Sequence[Path], check: Check) -> Saved:
    """Put an entry behind what an overlay holds; the file is made where there is none.

    The whole text is checked before it is written, so that a set of rules in force stays whole.
    InputError where the file is not understood, RulesError where it would not be with the entry,
    StorageError where it cannot be written.
    """
    text = appended(text_of(file), entry)
    check(text)
    try:
        file.resolve().parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())
    except OSError as error:
        raise StorageError(
            f"The overlay {file} cannot be written: {error.strerror}.", "Name another with --into."
        ) from None
    in_force = any(file.resolve() == one.resolve() for one in overlays)
    line = text.count("\n", 0, text.rindex(entry)) + 1
    return Saved(file=file, line=line, in_force=in_force)
