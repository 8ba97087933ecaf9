"""Transcripts of Contact Lens and of Transcribe Call Analytics, by their own names.

Both hold ``Transcript``, a list of turns with ``Content``, ``BeginOffsetMillis`` and
``EndOffsetMillis``. Contact Lens names the speaker by ``ParticipantId``, whose role stands in
``Participants``; Call Analytics by ``ParticipantRole`` on the turn, and adds ``Items``, one a word.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from coach.calls.importers.details import Details
from coach.calls.importers.transcript import FileTranscript, WrittenTurn
from coach.errors import InputError, cause_of
from coach.events import Word

Millis = Annotated[float, msgspec.Meta(ge=0)]


class _Item(msgspec.Struct, frozen=True, rename="pascal"):
    content: str = ""
    begin_offset_millis: Millis | None = None
    end_offset_millis: Millis | None = None
    confidence: float | str | None = None
    type: str = "pronunciation"


class _Turn(msgspec.Struct, frozen=True, rename="pascal"):
    content: str = ""
    begin_offset_millis: Millis | None = None
    end_offset_millis: Millis | None = None
    participant_id: str = ""
    participant_role: str = ""
    items: tuple[_Item, ...] = ()


class _Participant(msgspec.Struct, frozen=True, rename="pascal"):
    participant_id: str = ""
    participant_role: str = ""


class _Characteristics(msgspec.Struct, frozen=True, rename="pascal"):
    total_conversation_duration_millis: Millis | None = None


class _Analysis(msgspec.Struct, frozen=True, rename="pascal"):
    transcript: tuple[_Turn, ...]
    channel: str = "VOICE"
    language_code: str = ""
    job_status: str = "COMPLETED"
    participants: tuple[_Participant, ...] = ()
    conversation_characteristics: _Characteristics = _Characteristics()


def is_analysis(content: object) -> bool:
    """Whether a decoded JSON file is one of these."""
    return isinstance(content, dict) and isinstance(content.get("Transcript"), list)


def read_analysis(content: dict[str, Any]) -> FileTranscript:
    """Read one of either. Raises InputError."""
    if content.get("Channel") == "CHAT":
        raise InputError("it is a chat, and Coach reads calls.")
    try:
        analysis = msgspec.convert(content, _Analysis, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(
            f"{cause_of(error)}.", "Is it a transcript of Contact Lens or of Call Analytics?"
        ) from None
    if analysis.job_status not in ("COMPLETED", ""):
        raise InputError(f"its analysis is {analysis.job_status}, not COMPLETED.")
    roles = {one.participant_id: one.participant_role for one in analysis.participants}
    turns = tuple(
        _turn(
            number,
            turn,
            turn.participant_role or roles.get(turn.participant_id) or turn.participant_id,
        )
        for number, turn in enumerate(analysis.transcript, 1)
    )
    length = analysis.conversation_characteristics.total_conversation_duration_millis
    return FileTranscript(
        turns=turns,
        seconds=None if length is None else length / 1000.0,
        details=Details(language=analysis.language_code or None),
    )


def _turn(number: int, turn: _Turn, speaker: str) -> WrittenTurn:
    if turn.begin_offset_millis is None:
        raise InputError(f"its turn {number} has no BeginOffsetMillis.")
    return WrittenTurn(
        speaker=speaker,
        text=turn.content,
        start=turn.begin_offset_millis / 1000.0,
        end=None if turn.end_offset_millis is None else turn.end_offset_millis / 1000.0,
        words=_words(turn.items),
    )


def _words(items: tuple[_Item, ...]) -> tuple[Word, ...]:
    """The words of ``Items``; a mark of punctuation is written behind the word before it."""
    words: list[Word] = []
    for item in items:
        if item.type == "punctuation" or item.begin_offset_millis is None:
            if words:
                words[-1] = msgspec.structs.replace(words[-1], text=words[-1].text + item.content)
            continue
        end = item.end_offset_millis or item.begin_offset_millis
        words.append(
            Word(
                text=item.content,
                start=item.begin_offset_millis / 1000.0,
                end=end / 1000.0,
                confidence=_confidence(item.confidence),
            )
        )
    return tuple(words)


def _confidence(value: float | str | None) -> float:
    try:
        return min(1.0, max(0.0, float(1.0 if value is None else value)))
    except ValueError:
        return 1.0
