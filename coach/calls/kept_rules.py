"""The sets of rules that calls were coached with, kept beside their journals by fingerprint.

A journal names its rules by fingerprint; this is where they are found again, so that an old call
replays with the rules it had, whatever has become of packs and overlays since. A set is written
once, whole or not at all; about 90 kB hold the shipped pack. Examples, timelines and remarks are
left out: they decide nothing.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from coach.calls.journal import Journal
from coach.calls.whole_file import OWNERS, write_whole
from coach.errors import UNREADABLE, InputError, StorageError, cause_of
from coach.events import RulesChanged
from rules.definition.rule import RuleBook

FOLDER = "rules"
"""Beside the journals."""
_ENDING = ".json.gz"
_FINGERPRINT = re.compile(r"[0-9a-z]{1,64}")
INSTEAD = "Take the file away to replay the call with the rules in force."
LARGEST = 50_000_000
"""Bytes of one set, unpacked; more was not written by this program."""


def folder_of(journal: Path) -> Path:
    """Where the rules of a journal's call are kept."""
    return journal.parent / FOLDER


def keep(book: RuleBook, folder: Path) -> None:
    """Keep a set, unless it is kept already. StorageError where it cannot be written."""
    path = folder / f"{book.fingerprint}{_ENDING}"
    if path.is_file():
        return
    bare = msgspec.structs.replace(
        book,
        rules=tuple(
            msgspec.structs.replace(r, examples=(), timelines=(), false_positives=())
            for r in book.rules
        ),
    )
    data = gzip.compress(msgspec.json.encode(bare), mtime=0)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, data, mode=OWNERS)
    except OSError as error:
        raise StorageError(
            f"The rules of the call cannot be kept in {folder}: {error.strerror or error}.",
            "Free some space or unlock the folder; without them it replays with other rules.",
        ) from None


def kept(fingerprint: str, folder: Path) -> RuleBook | None:
    """The set with that fingerprint, or None where it is not kept.

    InputError where its file cannot be read.
    """
    if not _FINGERPRINT.fullmatch(fingerprint):
        return None
    path = folder / f"{fingerprint}{_ENDING}"
    try:
        with gzip.open(path) as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InputError(f"{path} is no kept set of rules: it is far too large.", INSTEAD)
        book = msgspec.json.decode(data, type=RuleBook)
    except FileNotFoundError:
        return None
    except (OSError, EOFError, zlib.error, *UNREADABLE) as error:
        raise InputError(
            f"The kept rules {path} cannot be read: {cause_of(error)}.",
            INSTEAD,
        ) from None
    if book.fingerprint != fingerprint:
        raise InputError(f"{path} holds another set of rules than its name says.", INSTEAD)
    return book


def kept_sets(folder: Path) -> Iterator[RuleBook]:
    """Every set that is kept in a folder. InputError where one cannot be read."""
    for path in sorted(folder.glob(f"*{_ENDING}")):
        book = kept(path.name.removesuffix(_ENDING), folder)
        if book is not None:
            yield book


class RulesOfCall(msgspec.Struct, frozen=True, kw_only=True):
    """The sets of rules that a journal names, as far as they are kept."""

    first: RuleBook | None
    """That it began with; None where it is not kept."""
    others: tuple[RuleBook, ...] = ()
    """Put in force while it ran."""
    missing: tuple[RulesChanged, ...] = ()
    """Changes whose set is not kept."""


def rules_of_call(journal: Journal) -> RulesOfCall:
    """Find the rules that a call was coached with. InputError where one cannot be read."""
    folder = folder_of(journal.path)
    changes = [event for event in journal.facts() if isinstance(event, RulesChanged)]
    found = {one.rules: kept(one.rules, folder) for one in changes}
    return RulesOfCall(
        first=kept(journal.header.rules, folder),
        others=tuple(book for book in found.values() if book is not None),
        missing=tuple(one for one in changes if found[one.rules] is None),
    )
