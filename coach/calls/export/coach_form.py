"""What an export says beyond the usual form: the coaching, and why it came or did not come.

Times are whole milliseconds from the start of the call; sides are those at the end of the call.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class PascalForm(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Base of all parts: fields are named in Pascal case."""


class Why(PascalForm, frozen=True, kw_only=True):
    """A reason: whose words, which rule, which figure."""

    rule: str | UnsetType = UNSET
    turn_id: str | UnsetType = UNSET
    participant_id: str | UnsetType = UNSET
    begin_offset_millis: int | UnsetType = UNSET
    end_offset_millis: int | UnsetType = UNSET
    text: str | UnsetType = UNSET
    value: float | UnsetType = UNSET
    threshold: float | UnsetType = UNSET
    meaning: str | UnsetType = UNSET
    """The sentence of the rule that the words come closest to."""
    note: str | UnsetType = UNSET
    guard: str | UnsetType = UNSET
    """Why the words are not meant: ``negated`` or ``quoted``."""


class ChannelDefinition(PascalForm, frozen=True, kw_only=True):
    """Whose voice a channel carried at the end; ids count from 0 in the order of the call."""

    channel_id: int
    participant_role: str


class LevelChange(PascalForm, frozen=True, kw_only=True):
    """The call moved to another level."""

    offset_millis: int
    level: str
    previous: str
    because: tuple[Why, ...]


class ExportedCard(PascalForm, frozen=True, kw_only=True):
    """A card that was shown."""

    id: str
    rule: str
    track: str
    severity: int
    do: str
    say: str
    begin_offset_millis: int
    end_offset_millis: int | UnsetType = UNSET
    """Absent where it stood to the end of the journal."""
    fate: str
    """``shown`` where it stood to the end of the journal; else why it left."""
    marked_wrong: bool
    """By the agent, during the call."""
    because: tuple[Why, ...]


class ExportedKeptBack(PascalForm, frozen=True, kw_only=True):
    """A card that was asked for and not shown."""

    offset_millis: int
    rule: str
    reason: str
    because: tuple[Why, ...]


class ExportedCue(PascalForm, frozen=True, kw_only=True):
    """A rule that matched and was not withdrawn."""

    id: str
    rule: str
    track: str
    severity: int
    participant_id: str | UnsetType = UNSET
    turn_id: str | UnsetType = UNSET
    begin_offset_millis: int
    end_offset_millis: int
    text: str
    because: tuple[Why, ...]


class Warned(PascalForm, frozen=True, kw_only=True):
    """A boundary warning that the agent gave."""

    number: int
    turn_id: str
    begin_offset_millis: int
    end_offset_millis: int
    text: str
    because: tuple[Why, ...]


class LadderStep(PascalForm, frozen=True, kw_only=True):
    """The boundary ladder moved."""

    offset_millis: int
    stage: str
    previous: str
    because: tuple[Why, ...]


class ExportedCommitment(PascalForm, frozen=True, kw_only=True):
    """Somebody promised something."""

    participant_id: str | UnsetType = UNSET
    turn_id: str
    begin_offset_millis: int
    end_offset_millis: int
    text: str
    due: str | UnsetType = UNSET
    """ISO date, or date and time."""


class ChecklistItem(PascalForm, frozen=True, kw_only=True):
    """Something the checklist asks for was said."""

    item: str
    turn_id: str
    begin_offset_millis: int
    end_offset_millis: int
    text: str


class TurnDetail(PascalForm, frozen=True, kw_only=True):
    """Figures of a turn of the transcript."""

    id: str
    confidence: float
    """Mean probability of the words, 0 to 1."""
    speaker_confidence: float | UnsetType = UNSET
    """That this side said it, 0.5 to 1, where one track was split by its voices."""
    sentiment_score: float | UnsetType = UNSET
    """-5 to +5; absent where it was not scored."""


class LineApart(PascalForm, frozen=True, kw_only=True):
    """Words that are not in the transcript, and why."""

    id: str
    participant_id: str | UnsetType = UNSET
    begin_offset_millis: int
    end_offset_millis: int
    content: str
    because: str


class PutRight(PascalForm, frozen=True, kw_only=True):
    """A turn that a reviewer put right: ``Transcript`` has it so, and this is what was heard."""

    turn_id: str
    heard_content: str
    heard_participant_id: str | UnsetType = UNSET
    reviewer: str
    made: str
    """Wall-clock time, ISO 8601 with offset."""


class OffRecord(PascalForm, frozen=True, kw_only=True):
    """The call was paused."""

    begin_offset_millis: int
    end_offset_millis: int


class ExportedTrouble(PascalForm, frozen=True, kw_only=True):
    """Something was wrong with the sound or the program."""

    offset_millis: int
    kind: str
    detail: str


class XCoach(PascalForm, frozen=True, kw_only=True):
    """All of it."""

    program_version: str
    journal_schema: int
    call: str
    kind: str
    started: str
    """Wall-clock time, ISO 8601 with offset; empty where it is unknown."""
    source: str
    agent: str
    queue: str
    tags: tuple[str, ...]
    caller: str
    ended: bool
    """False where the journal breaks off before the end of the call."""
    call_duration_millis: int
    """To the end of the call or of the journal, silence included."""
    channel_definitions: tuple[ChannelDefinition, ...]
    sides_swapped_at_millis: tuple[int, ...]
    rules: str
    """Fingerprint of the rules at the start."""
    model: str
    redaction: str
    """``masked`` or ``kept``; what `coach export` writes is masked in any case."""
    figures_of: str
    """What all figures, cues and cards go by, whatever was put right in the transcript."""
    notices: tuple[str, ...]
    highest_level: str
    level_changes: tuple[LevelChange, ...]
    cards: tuple[ExportedCard, ...]
    kept_back: tuple[ExportedKeptBack, ...]
    cues: tuple[ExportedCue, ...]
    warnings: tuple[Warned, ...]
    ladder: tuple[LadderStep, ...]
    commitments: tuple[ExportedCommitment, ...]
    checklist: tuple[ChecklistItem, ...]
    turns: tuple[TurnDetail, ...]
    doubtful: tuple[LineApart, ...]
    announcements: tuple[LineApart, ...]
    corrections: tuple[PutRight, ...]
    off_record: tuple[OffRecord, ...]
    troubles: tuple[ExportedTrouble, ...]
