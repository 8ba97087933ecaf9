"""What was said in kept calls, line by line, without reading what else a journal holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.journal import JournalHeader, read_journal, standing
from coach.calls.journal_schema import SCHEMA
from coach.calls.marks import Verdict, read_marks
from coach.errors import UNREADABLE, InputError
from coach.events import Utterance
from coach.meaning.listening import LANGUAGE

MARKED_S = 10.0
"""Lines so near a moment at which a card was missed are no near misses."""
_UTTERANCE = b'{"type":"Utterance"'


class KeptLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a kept call."""

    call: str
    said: Utterance
    encoder: str
    """That made its vectors."""
    marked: bool = False
    """Whether a reviewer marked a card as missed there."""


def kept_lines(journals: Iterable[Path]) -> Iterator[KeptLine]:
    """Every line that rules would have listened to; calls that cannot be read are passed over."""
    for path in journals:
        try:
            missed = [
                mark.at
                for mark in read_marks(CallFiles(path.parent, path.stem).marks)
                if mark.verdict is Verdict.MISSED
            ]
            encoder, lines = _lines_of(path)
        except (InputError, OSError):
            continue
        for line in lines:
            if line.doubtful or line.language != LANGUAGE or not line.text.strip():
                continue
            near = any(line.start - MARKED_S <= at <= line.end + MARKED_S for at in missed)
            yield KeptLine(call=path.stem, said=line, encoder=encoder, marked=near)


def _lines_of(path: Path) -> tuple[str, list[Utterance]]:
    """The encoder and the lines of a call; nine lines in ten of its journal are not decoded."""
    head, *lines = standing(path).read_bytes().split(b"\n")
    try:
        header = msgspec.json.decode(head, type=JournalHeader)
        if header.schema == SCHEMA:
            said = [line for line in lines if line.startswith(_UTTERANCE)]
            return header.encoder, [msgspec.json.decode(line, type=Utterance) for line in said]
    except UNREADABLE:
        pass  # an older form, or damaged: the journal's own reader knows
    journal = read_journal(path)
    return journal.header.encoder, [e for e in journal.events if isinstance(e, Utterance)]
