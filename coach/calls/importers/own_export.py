"""Which call a file was exported from, where it is an export of ours.

Its bytes differ from those of the recording or transcript that the call was made of, so a digest
does not tell that the call is in the library already; the name that the export carries does.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from coach.calls.importers.captions import WHOLE_TURNS
from coach.errors import UNREADABLE, InputError

LARGEST = 64_000_000
"""Bytes of a file that is looked into; an export of a call of a working day has less."""

_CAPTIONS_NOTE = re.compile(r"^NOTE call (\S+)$", re.MULTILINE)


class _OwnExtras(msgspec.Struct, rename="pascal"):
    call: str = ""


class _OwnAnalysis(msgspec.Struct):
    extras: _OwnExtras = msgspec.field(default_factory=_OwnExtras, name="X-Coach")


def exported_call(path: Path) -> str:
    """The name of the call that a file was exported from; empty where it is no export of ours.

    Raises InputError where it cannot be read.
    """
    kind = path.suffix.lower()
    if kind not in (".json", ".vtt"):
        return ""
    try:
        if path.stat().st_size > LARGEST:
            return ""
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror}.", "Check its permissions."
        ) from None
    return _of_analysis(content) if kind == ".json" else _of_captions(content)


def _of_analysis(content: bytes) -> str:
    if b'"X-Coach"' not in content:
        return ""
    try:
        return msgspec.json.decode(content, type=_OwnAnalysis).extras.call
    except UNREADABLE:
        return ""  # what is wrong with it is told by whoever reads it


def _of_captions(content: bytes) -> str:
    text = content.decode("utf-8", errors="ignore")
    head = text.partition("-->")[0]
    named = _CAPTIONS_NOTE.search(head)
    return named[1] if named and f"NOTE {WHOLE_TURNS}" in head else ""
