"""What was said in a kept call, drafts included, without reading what else a journal holds."""

from __future__ import annotations

from pathlib import Path

import msgspec

from coach.calls.journal import Journal, JournalHeader, standing
from coach.calls.journal_schema import SCHEMA
from coach.errors import UNREADABLE
from coach.events import CallStarted, Hypothesis, Utterance

Words = Utterance | Hypothesis
_SAID = (b'{"type":"Utterance"', b'{"type":"Hypothesis"')
_STARTED = b'{"type":"CallStarted"'
_header = msgspec.json.Decoder(JournalHeader)
_words = msgspec.json.Decoder(Words)
_started = msgspec.json.Decoder(CallStarted)


class _Timed(msgspec.Struct, frozen=True):
    """Of a line its time alone."""

    at: float


_timed = msgspec.json.Decoder(_Timed)


class WordsOfCall(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one call."""

    header: JournalHeader
    source: str
    """Where its sound came from; empty where the journal does not say."""
    words: tuple[Words, ...]
    seconds: float
    """Its length: when the last thing happened."""


def words_in(journal: Path) -> WordsOfCall | None:
    """The words of a call; None for a journal that its own reader must look at.

    That is one of an older form, and one that is damaged or cannot be read.
    """
    try:
        head, *lines = standing(journal).read_bytes().split(b"\n")
        header = _header.decode(head)
        if header.schema != SCHEMA or lines.pop() != b"":
            return None
        said = tuple(_words.decode(line) for line in lines if line.startswith(_SAID))
        first = lines[0] if lines else b""
        source = _started.decode(first).source if first.startswith(_STARTED) else ""
        ends = (_timed.decode(line).at for line in lines)
        return WordsOfCall(header=header, source=source, words=said, seconds=max(ends, default=0.0))
    except (*UNREADABLE, OSError):
        return None


def words_of_events(journal: Journal) -> tuple[Words, ...]:
    """The same of a call that was read."""
    return tuple(event for event in journal.events if isinstance(event, Words))
