"""Writes one call down in a form that others read: a report, or what other tools take."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable
from pathlib import Path

from coach.calls.about import read_later
from coach.calls.call_files import CallFiles
from coach.calls.corrections import read_corrections
from coach.calls.export.contact_lens import as_json
from coach.calls.export.data_lake import as_csv, row_of
from coach.calls.export.known_call import KnownCall, known_call
from coach.calls.export.web_captions import web_captions
from coach.calls.journal import read_journal
from coach.calls.kept_rules import folder_of, kept
from coach.calls.masked_journal import masked_journal
from coach.calls.whole_file import check_folder
from coach.errors import InputError, StorageError
from coach.notes.report.call_page import call_page
from coach.notes.report.call_text import call_text
from coach.replay.report_of_call import report_of_call
from coach.startup.config import Settings
from rules.definition.roles import Role
from rules.definition.selection import chosen


def known_of(files: CallFiles, journal: Path, *, with_rules: bool) -> KnownCall:
    """A call as it is exported: its journal, and what lies beside it. Raises InputError.

    ``with_rules``: also which rules hear what the customer wants.
    """
    read = masked_journal(read_journal(journal))
    return known_call(
        read,
        later=read_later(files.about),
        corrections=read_corrections(files.corrections),
        wants=_wants(read.header.rules, folder_of(journal)) if with_rules else frozenset(),
        call=files.call,
    )


@functools.cache
def _wants(fingerprint: str, folder: Path) -> frozenset[str]:
    """The rules that heard what the customer wants; none where the call's rules are not kept."""
    with contextlib.suppress(InputError):  # a set that cannot be read is as good as none
        book = kept(fingerprint, folder)
        if book is not None:
            return frozenset(chosen(book.active(), Role.WANT, None))
    return frozenset()


def _known(files: CallFiles) -> KnownCall:
    return known_of(files, files.journal, with_rules=True)


_WRITE: dict[str, Callable[[CallFiles, Settings, str], str | bytes]] = {
    "report": lambda *call: call_page(report_of_call(*call)),
    "markdown": lambda *call: call_text(report_of_call(*call)),
    "contact-lens": lambda files, *_: as_json(_known(files)),
    "csv": lambda files, *_: as_csv([row_of(_known(files))]),
    "vtt": lambda files, *_: web_captions(_known(files)),
}


def hand_on(form: str, call: tuple[CallFiles, Settings, str], path: Path) -> None:
    """Write a call to a file that is not there yet, for its owner alone.

    ``call``: its files, the settings, and how it is found where it is not in the library. Raises
    InputError, or StorageError where there is a file or it cannot be written.
    """
    check_folder(path)
    made = _WRITE[form](*call)
    content = made if isinstance(made, bytes) else made.encode(errors="replace")
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise StorageError(
            f"{path} exists already and is not overwritten.", "Name another."
        ) from None
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Name another file."
        ) from None
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Name another file."
        ) from None
