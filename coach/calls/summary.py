"""A call in short: what the library's index keeps of a journal and of the files beside it.

Read from the files alone, so the index can always be made again. Lines of a journal that say
nothing to the library (levels, drafts, speech) are passed over unread: they are nine in ten.
"""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from coach.calls.about import About, CallKind, kind_of
from coach.calls.beside import read_beside
from coach.calls.call_files import CallFiles
from coach.calls.corrections import Correction
from coach.calls.journal import LONGEST, JournalHeader, read_journal, standing
from coach.calls.journal_gathering import (
    CardSeen,
    CueOfCall,
    JournalGathering,
    KeptBack,
    LineSaid,
    LineVersion,
    Promise,
    printable,
)
from coach.calls.journal_schema import SCHEMA
from coach.calls.marks import Mark
from coach.calls.masked_journal import MASKED, masked_events, masked_journal
from coach.errors import UNREADABLE, InputError, cause_of
from coach.events import (
    AgentAction,
    AnyEvent,
    CallEnded,
    CallStarted,
    CardCleared,
    CardRaised,
    CardSuppressed,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Level,
    Utterance,
)

Telling = (
    JournalHeader
    | CallStarted
    | CallEnded
    | Utterance
    | AgentAction
    | CueMatched
    | CueRetracted
    | EscalationChanged
    | CardRaised
    | CardCleared
    | CardSuppressed
    | CommitmentMade
)
"""The lines of a journal that say something to the library."""
_TELLING = frozenset(f'{{"type":"{kind.__name__}"'.encode() for kind in Telling.__args__)
_BEGINS = b'{"type":"'
"""How Coach writes a line; one that another program has written anew may have spaces in it."""
_decoder = msgspec.json.Decoder(Telling)
_every_decoder = msgspec.json.Decoder(JournalHeader | AnyEvent)


class _Moment(msgspec.Struct):
    at: Annotated[float, msgspec.Meta(ge=0, le=LONGEST)]


class CallSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What the index keeps of one call."""

    call: str
    kind: CallKind
    started: str
    """Wall-clock time, ISO 8601 with offset."""
    source: str
    caller: str
    agent: str
    queue: str
    tags: tuple[str, ...]
    digest: str
    seconds: float
    """Length of the call."""
    ended: bool
    """False while it goes on, and where the program was killed."""
    level: Level
    """The worst that was reached."""
    last_level: Level
    lines: tuple[LineSaid, ...]
    """As they were heard, and those that a reviewer put right once more, as he did."""
    cues: tuple[CueOfCall, ...]
    cards: tuple[CardSeen, ...]
    kept_back: tuple[KeptBack, ...]
    promises: tuple[Promise, ...]
    marks: tuple[Mark, ...]
    """The agent's own and the reviewers', by moment."""
    score: float | None
    held: str
    """Why it must be kept; empty where it need not."""
    notes: str
    trouble: str
    """What of its files could not be read."""


def summarise(files: CallFiles) -> CallSummary:
    """Read a call's files. Raises InputError where there is no journal that can be understood.

    What is damaged beside or inside an otherwise good journal is left out and told by ``trouble``.
    """
    trouble: list[str] = []
    header, gathered = _gathered(files.journal, trouble)
    beside = read_beside(files)
    later, marks = beside.later, beside.marks
    about: About = header.about
    first = gathered.first
    all_marks = sorted([*gathered.marks, *marks], key=lambda mark: (mark.at, mark.made))
    return CallSummary(
        call=files.call,
        kind=kind_of(about, first.source),
        started=first.started,
        source=printable(about.file or first.source),
        caller=_either(later.caller, gathered.caller),
        agent=_either(later.agent, about.agent),
        queue=_either(later.queue, about.queue),
        tags=tuple(printable(t) for t in (about.tags if later.tags is None else later.tags)),
        digest=about.digest,
        seconds=round(gathered.seconds, 3),
        ended=gathered.ended,
        level=gathered.level,
        last_level=gathered.last_level,
        lines=tuple(_versions(gathered.lines(), beside.corrections)),
        cues=gathered.cues(),
        cards=gathered.cards(marks),
        kept_back=gathered.kept_back(),
        promises=tuple(gathered.promises),
        marks=tuple(all_marks),
        score=beside.score,
        held=later.hold.because if later.hold else "",
        notes=beside.notes,
        trouble="; ".join([*trouble, *beside.troubles]),
    )


def _either(later: str | None, first: str) -> str:
    return printable(first if later is None else later)


def _versions(
    lines: Iterable[LineSaid], corrections: Mapping[str, Correction]
) -> Iterator[LineSaid]:
    for line in lines:
        correction = corrections.get(line.utterance)
        if correction is None:
            yield line
            continue
        yield msgspec.structs.replace(line, version=LineVersion.HEARD)
        side, text = correction.line(line.channel, line.text)
        yield LineSaid(
            line.utterance, side, line.start, printable(text), doubtful=False,
            version=LineVersion.CORRECTED,
        )  # fmt: skip


def _gathered(journal: Path, trouble: list[str]) -> tuple[JournalHeader, JournalGathering]:
    journal = standing(journal)
    lines = _lines(journal)
    number, head = next(lines, (0, b""))
    try:
        header = msgspec.json.decode(head, type=JournalHeader)
    except UNREADABLE:
        raise InputError(
            f"{journal} is no journal: its first line is not a header.", "Name another file."
        ) from None
    gathering = JournalGathering(
        CallStarted(at=0.0, call=header.call, started="", source="journal")
    )
    if header.schema != SCHEMA:
        whole = read_journal(journal)
        for event in masked_journal(whole).events:
            gathering.take(event)
        return whole.header, gathering
    last = b""
    unmasked: list[AnyEvent] = []
    take = gathering.take if header.redaction == MASKED else unmasked.append
    for number, line in lines:
        try:
            told = _told(line)
            if told is not None:
                _take(take, told)
            elif line.strip():
                last = line
        except UNREADABLE as error:
            if line.endswith(b"\n"):  # a last line without its end was cut short: no damage
                trouble.append(f"{journal}, line {number}: {cause_of(error)}")
    for event in masked_events(unmasked):
        gathering.take(event)
    with contextlib.suppress(*UNREADABLE):  # nothing was passed over, or it was cut short
        gathering.seconds = max(gathering.seconds, msgspec.json.decode(last, type=_Moment).at)
    return header, gathering


def _told(line: bytes) -> JournalHeader | AnyEvent | None:
    """What a line says to the library; None where it says nothing."""
    if not line.startswith(_BEGINS):
        return _every_decoder.decode(line) if line.strip() else None
    if line[: line.find(b'"', len(_BEGINS)) + 1] in _TELLING:
        told: JournalHeader | AnyEvent = _decoder.decode(line)
        return told
    return None


def _take(take: Callable[[AnyEvent], None], event: JournalHeader | AnyEvent) -> None:
    """Take a line; ValidationError for a time at which no call is."""
    if not 0.0 <= event.at <= LONGEST:
        raise msgspec.ValidationError("its time is not that of a call")
    if not isinstance(event, JournalHeader):
        take(event)


def _lines(journal: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with journal.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
    except OSError as error:
        raise InputError(
            f"The journal {journal} cannot be read: {error.strerror}.",
            "Check its name and permissions.",
        ) from None
