"""The journal: one call, one JSONL file, every event on a line as it happens.

Theory of operation. The first line is the header: schema version, program version, settings
and the fingerprint of the rules. Every further line is one event of ``coach.events``, facts
and results in the order the engine met them, with ``type`` and ``at``. A line is handed to
the operating system as soon as it is made, so a crash of the program loses nothing that was
told to the writer. Where a write fails (disk full, folder gone read-only) the lines are kept
in memory and tried again with every later write, from the end of the last whole line, so the
file never holds half a line in its middle.

Facts fed to a new engine in file order give the recorded results again (``coach.replay.player``).
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import socket
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from coach.calls.about import About
from coach.calls.call_files import EXCHANGED, JOURNAL
from coach.calls.journal_schema import SCHEMA, upgrade
from coach.errors import UNREADABLE, InputError, StorageError, cause_of
from coach.events import FACTS, AnyEvent, Event, Fact, Result

Hearing = Literal["", "live", "batch"]
"""How a call's words were heard, see ``JournalHeader.hearing``."""

LONGEST = 48 * 3600.0
"""Seconds; no call lasts longer. The engine walks through time in steps, so a damaged time in a
journal must not send it on for ever."""


LONGEST_SHOWN = 120
"""Characters of a journal's path in a message."""


def call_id(started: str) -> str:
    """Make a call's identifier from its wall-clock start: readable, sortable, a file name.

    Two calls on one machine cannot start in the same microsecond; the suffix keeps calls of
    several machines apart in a shared folder.
    """
    stamp = started[:19].replace(":", "-")
    suffix = hashlib.sha256(f"{socket.gethostname()} {started}".encode()).hexdigest()[:6]
    return f"{stamp}-{suffix}"


class JournalHeader(
    msgspec.Struct, frozen=True, kw_only=True, tag="JournalHeader", tag_field="type"
):
    """First line of every journal."""

    at: float = 0.0
    schema: int = SCHEMA
    version: str
    """Version of the program that wrote it."""
    call: str
    rules: str
    """Fingerprint of the rules in force at the start."""
    settings: dict[str, Any]
    """The engine's settings, as plain data."""
    model: str = ""
    """Name of the speech model, empty where none was used."""
    hearing: Hearing = ""
    """How the words were heard: ``live`` as they were spoken, with drafts, or ``batch``, whole
    phrases of a recording; empty where they were written already, and in older journals."""
    encoder: str = ""
    """Name of the sentence encoder that made the clauses' vectors, empty where it is unknown."""
    engine: str = ""
    """Name of the engine that made the results (``coach.calls.engine_digest``), empty in journals
    from before it was kept."""
    notices: tuple[str, ...] = ()
    """Standing remarks about the sound, e.g. that the recording is undivided mono."""
    about: About = About()
    """What was known about the call."""
    redaction: str = ""
    """``masked``, or ``kept`` where personal data was kept on demand; empty in journals from
    before there was a choice, which keep it."""


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """A journal that was read back."""

    header: JournalHeader
    events: tuple[AnyEvent, ...]
    truncated: bool = False
    """True where the last line was cut short, as after a power failure; it is left out."""
    path: Path = Path("-")
    """Where it was read from."""

    def facts(self) -> tuple[Fact, ...]:
        """What was fed to the engine, in order."""
        return tuple([cast("Fact", e) for e in self.events if type(e) in FACTS])

    def results(self) -> tuple[Result, ...]:
        """What the engine made of it, in order."""
        return tuple(e for e in self.events if isinstance(e, Result))


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(JournalHeader | AnyEvent)
_header_decoder = msgspec.json.Decoder(JournalHeader)


def encode_line(item: JournalHeader | Event) -> bytes:
    """Give one line of a journal, newline included."""
    return _encoder.encode(item) + b"\n"


def refuse_unwritable(path: Path | None) -> None:
    """StorageError where no journal could be begun; for who wants to know before slow work."""
    if path is None:
        return
    try:
        if path.exists():
            raise _taken(path)
        _make_folder(path)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _not_created(path, error) from None


def _make_folder(path: Path) -> None:
    with contextlib.suppress(FileExistsError):  # a file there fails what comes next
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _not_created(path: Path, error: OSError) -> StorageError:
    shown = str(path) if len(str(path)) <= LONGEST_SHOWN else f"{str(path)[:LONGEST_SHOWN]}..."
    return StorageError(
        f"The journal {shown} cannot be created: {error.strerror}.",
        "Free or unlock the folder, name another file with --journal, "
        "or go without one with --no-journal.",
    )


def _taken(path: Path) -> StorageError:
    if path.is_dir():
        return StorageError(f"The journal {path} is a folder.", "Name a file with --journal.")
    return StorageError(
        f"The journal {path} exists already and is not overwritten.",
        "Name another file with --journal, or move the old one away.",
    )


class JournalWriter:
    """Appends events to a new file of mode 0600.

    Raises StorageError when the file cannot be created. Later failures do not raise:
    ``write`` returns what is wrong, keeps the lines, and tries again next time.
    """

    def __init__(self, path: Path, header: JournalHeader) -> None:
        self.path = path
        self._pending: list[bytes] = []
        self._size = 0
        self._closed = False
        try:
            _make_folder(path)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
            self._fd = os.open(path, flags, 0o600)
        except FileExistsError:
            raise _taken(path) from None
        except OSError as error:
            raise _not_created(path, error) from None
        trouble = self._flush([encode_line(header)])
        if trouble:
            os.close(self._fd)
            with contextlib.suppress(OSError):
                path.unlink()
            raise StorageError(
                f"The journal {path} cannot be written: {trouble}.",
                "Free some space, name another file with --journal, "
                "or go without one with --no-journal.",
            )

    @property
    def pending(self) -> int:
        """How many lines wait for the file to become writable again."""
        return len(self._pending)

    def write(self, events: Iterable[Event]) -> str:
        """Append events; returns an empty string, or what keeps them from the file."""
        return self._flush([encode_line(event) for event in events])

    def close(self) -> str:
        """Write what is pending and close the file; returns like ``write``. Safe to repeat."""
        if self._closed:
            return ""
        trouble = self._flush([])
        self._closed = True
        os.close(self._fd)
        return trouble

    def _flush(self, lines: Sequence[bytes]) -> str:
        self._pending.extend(lines)
        if not self._pending:
            return ""
        data = b"".join(self._pending)
        written = 0
        try:
            while written < len(data):
                written += os.write(self._fd, data[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._size)
                os.lseek(self._fd, self._size, os.SEEK_SET)
            return error.strerror or str(error)
        self._size += len(data)
        self._pending.clear()
        return ""


def is_journal(path: Path) -> bool:
    """Tell whether the file begins as a journal does."""
    if not path.is_file():  # opening a pipe would wait for its other end
        return False
    try:
        with path.open("rb") as file:
            return begins_journal(file.read(200))
    except OSError:
        return False


def begins_journal(head: bytes) -> bool:
    """Tell whether a file that begins so is a journal."""
    head = head[:200].removeprefix(codecs.BOM_UTF8).lstrip()
    return head.startswith(b"{") and b'"JournalHeader"' in head


def standing(path: Path) -> Path:
    """The file by which readers and figures of a call go.

    That is its journal, or what was made of it where a reviewer confirmed that the sides are
    exchanged from a time on (``coach.calls.exchanges``).
    """
    if not path.name.endswith(JOURNAL):
        return path
    made = path.with_name(path.name.removesuffix(JOURNAL) + EXCHANGED)
    return made if made.is_file() else path


def read_journal(path: Path, *, as_heard: bool = False) -> Journal:
    """Read a journal back, with its sides as they stand; ``as_heard`` as they were written.

    Raises InputError naming the file and the line where it cannot be understood. A last line
    that was cut short is left out and reported by ``truncated``.
    """
    file = path if as_heard else standing(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"The journal {file} cannot be read: {error.strerror}.",
            "Check its name and permissions.",
        ) from None
    data = data.removeprefix(codecs.BOM_UTF8)
    whole = _at_once(data)
    if whole is not None:
        return _assemble(path, whole, truncated=False)
    lines = data.split(b"\n")
    ends_whole = lines[-1] == b""
    items: list[JournalHeader | AnyEvent] = []
    truncated = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            items.append(_decode(line, items))
        except UNREADABLE as error:
            if number == len(lines) and not ends_whole:
                truncated = True
                continue
            if items and isinstance(items[0], JournalHeader):
                _check_schema(file, items[0])
            raise InputError(
                f"{file}, line {number}: {cause_of(error)}.",
                "The file is damaged or was written by a newer Coach; lines before it are whole.",
            ) from None
    return _assemble(path, items, truncated=truncated)


def _at_once(data: bytes) -> list[JournalHeader | AnyEvent] | None:
    """All lines of a whole journal of today's schema; None for every other one."""
    try:
        header = _header_decoder.decode(data.partition(b"\n")[0])
        if header.schema != SCHEMA:
            return None
        items: list[JournalHeader | AnyEvent] = _decoder.decode_lines(data)
    except UNREADABLE:
        return None
    # Two events on one line are a damaged file, which is told with the line's number.
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    return items if len(items) == lines else None


def _decode(line: bytes, before: list[JournalHeader | AnyEvent]) -> JournalHeader | AnyEvent:
    """One line, with today's names where the header above it tells of an older schema."""
    known: JournalHeader | AnyEvent
    if before and isinstance(before[0], JournalHeader) and before[0].schema == SCHEMA:
        known = _decoder.decode(line)
        return known
    raw = msgspec.json.decode(line)
    if before and isinstance(before[0], JournalHeader):
        schema = before[0].schema
    else:
        schema = _written_schema(raw)
    if isinstance(raw, dict) and 1 <= schema < SCHEMA:
        raw = upgrade(raw, schema)
    known = msgspec.convert(raw, JournalHeader | AnyEvent)
    return known


def _written_schema(header: object) -> int:
    schema = header.get("schema", SCHEMA) if isinstance(header, dict) else SCHEMA
    return schema if isinstance(schema, int) else SCHEMA


def _assemble(path: Path, items: list[JournalHeader | AnyEvent], *, truncated: bool) -> Journal:
    if not items or not isinstance(items[0], JournalHeader):
        raise InputError(
            f"{path} is no journal: its first line is not a journal header.",
            "Give a file that `coach live` or `coach replay` wrote.",
        )
    header = items[0]
    _check_schema(path, header)
    latest = 0.0
    for item in items[1:]:
        kind = type(item)
        if kind in FACTS:
            if not latest <= item.at <= LONGEST:
                raise InputError(
                    f"{path} is damaged: {kind.__name__} at {item.at:g} s follows a fact at "
                    f"{latest:g} s.",
                    "A journal is in order of time; replay an undamaged copy.",
                )
            latest = item.at
        elif kind is JournalHeader:
            raise InputError(f"{path} holds a second journal header.", "Split it into two files.")
    events = cast("list[AnyEvent]", items[1:])
    return Journal(header=header, events=tuple(events), truncated=truncated, path=path)


def _check_schema(path: Path, header: JournalHeader) -> None:
    if header.schema > SCHEMA:
        raise InputError(
            f"{path} is of journal schema {header.schema}; this Coach reads up to {SCHEMA}.",
            "Update Coach.",
        )
