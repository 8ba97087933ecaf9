"""What calls can come from. Another kind of file is another CallSource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from coach.calls.importers.analytics_json import is_analysis, read_analysis
from coach.calls.importers.captions import is_captions, read_captions
from coach.calls.importers.details import Details, laid_over
from coach.calls.importers.in_hand import InHandRow
from coach.calls.importers.tables import is_table, read_table
from coach.calls.importers.transcript import FileTranscript, told
from coach.calls.journal import Hearing
from coach.errors import UNREADABLE, InputError, cause_of
from coach.events import CallStarted, Channel, Fact

HEAD = 4096
"""Bytes by which a source tells whether a file is one of its own."""
LARGEST = 200_000_000
"""Bytes; a transcript of two days has less."""


class OpenedSource(Protocol):
    """A file that is ready to be made into a call."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The call's channels."""
        ...

    @property
    def details(self) -> Details:
        """What is known of the call, with what the file itself says."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """Standing remarks for the journal's header."""
        ...

    @property
    def model(self) -> str:
        """Name of the speech model that hears it; empty where its words are written already."""
        ...

    @property
    def hearing(self) -> Hearing:
        """How its words are heard; empty where they are written already."""
        ...

    def facts(self, first: CallStarted) -> Iterator[Fact]:
        """The facts after ``first``, in order of ``at``; the last one is CallEnded."""
        ...


class CallSource(Protocol):
    """A kind of file that calls come from."""

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether a file is of this kind, by its name and its first ``HEAD`` bytes."""
        ...

    def check(self, path: Path, details: Details) -> None:
        """Raise the CoachError by which ``open`` would refuse a file, and prepare nothing else."""
        ...

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> OpenedSource:
        """Read it as far as is needed to know what it is. Raises CoachError.

        ``row``: where to tell how far that is, and later the hearing, where they take long.
        """
        ...


class OpenedTranscript(msgspec.Struct, frozen=True, kw_only=True):
    """A transcript as a call is made of it."""

    channels: tuple[Channel, ...]
    details: Details
    transcript: FileTranscript
    notices: tuple[str, ...] = ()
    model: str = ""
    hearing: Hearing = ""

    def facts(self, first: CallStarted) -> Iterator[Fact]:
        """As OpenedSource has it."""
        return told(self.transcript, self.details).facts(first)


_BESIDE = (
    b'"ConversationCharacteristics"',
    b'"ContentMetadata"',
    b'"JobStatus"',
    b'"Participants"',
)
"""Keys that stand beside the transcript, and may stand before it."""


class TranscriptSource:
    """Contact Lens and Call Analytics JSON, WebVTT, SRT and tables, told by what they hold."""

    def claims(self, path: Path, head: bytes) -> bool:
        """As CallSource has it."""
        text = head.decode("utf-8", errors="ignore")
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return path.suffix.lower() == ".json" and _names_transcript(path)
        return is_captions(text) or is_table(text)

    def check(self, path: Path, details: Details) -> None:
        """As CallSource has it."""
        self.open(path, details)

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> OpenedTranscript:
        """As CallSource has it."""
        del row  # read in a moment
        transcript = _read(path)
        known = laid_over(details, transcript.details)
        known_sides = told(transcript, known)
        return OpenedTranscript(
            channels=known_sides.channels,
            details=known,
            transcript=transcript,
            notices=known_sides.left_out(),
        )


def _names_transcript(path: Path) -> bool:
    """Whether a JSON file has the key of a transcript, or was cut short before it came to that."""
    try:
        if path.stat().st_size > LARGEST:
            return True
        content = path.read_bytes()
    except OSError:
        return False
    cut = not content.rstrip().endswith(b"}")
    return b'"Transcript"' in content or (cut and any(key in content for key in _BESIDE))


def _read(path: Path) -> FileTranscript:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"it has more than {LARGEST / 1e6:g} MB.", "Is it the right file?")
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"it cannot be read: {cause_of(error)}.", "A transcript is text in UTF-8."
        ) from None
    if is_captions(text[:HEAD]):
        return read_captions(text)
    if is_table(text[:HEAD]):
        return read_table(text)
    try:
        content = msgspec.json.decode(text)
    except UNREADABLE as error:
        raise InputError(f"it is no JSON: {cause_of(error)}.") from None
    if not is_analysis(content):
        raise InputError(
            "it is no transcript that is known.",
            "Known are Contact Lens, Call Analytics, WebVTT, SRT and tables.",
        )
    return read_analysis(content)


def source_for(path: Path, sources: Sequence[CallSource]) -> CallSource | None:
    """The first source that claims a file; None where none does. Raises InputError."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror}.", "Check its permissions."
        ) from None
    return next((source for source in sources if source.claims(path, head)), None)
