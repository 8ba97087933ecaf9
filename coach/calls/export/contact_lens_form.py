"""The form of a Contact Lens analysis of a call, with the exact names of its fields.

Times are whole milliseconds from the start of the call. A field that is absent is not known or not
there. What is our own stands under ``X-Coach`` (``coach.calls.export.coach_form``), which other
readers pass over.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from coach.calls.export.coach_form import PascalForm, XCoach

VERSION = "1.1.0"
"""Of the form."""


class Participant(PascalForm, frozen=True, kw_only=True):
    """Somebody who speaks."""

    participant_id: str
    participant_role: str


class EntityRedaction(PascalForm, frozen=True, kw_only=True):
    """What was masked and how."""

    redaction_entities_requested: tuple[str, ...]
    redaction_mask_mode: str


class RedactionTypesMetadata(PascalForm, frozen=True, kw_only=True):
    """By the type of redaction."""

    pii: EntityRedaction = msgspec.field(name="PII")


class ContentMetadata(PascalForm, frozen=True, kw_only=True):
    """Whether the words are masked."""

    output: str
    """``Raw`` or ``Redacted``."""
    redaction_types: tuple[str, ...] | UnsetType = UNSET
    redaction_types_metadata: RedactionTypesMetadata | UnsetType = UNSET


class PointOfInterest(PascalForm, frozen=True, kw_only=True):
    """A part of the call."""

    begin_offset_millis: int
    end_offset_millis: int


class PointsOfInterest(PascalForm, frozen=True, kw_only=True):
    """Where a category was met."""

    points_of_interest: tuple[PointOfInterest, ...]


class Categories(PascalForm, frozen=True, kw_only=True):
    """The rules that matched or brought a card."""

    matched_categories: tuple[str, ...]
    matched_details: dict[str, PointsOfInterest]


class ScoredQuarter(PascalForm, frozen=True, kw_only=True):
    """A quarter of a side's time."""

    begin_offset_millis: int
    end_offset_millis: int
    score: float


class SentimentByPeriod(PascalForm, frozen=True, kw_only=True):
    """By the kind of period."""

    quarter: dict[str, tuple[ScoredQuarter, ...]] = msgspec.field(name="QUARTER")


class Sentiment(PascalForm, frozen=True, kw_only=True):
    """Scores by side, -5 to +5."""

    overall_sentiment: dict[str, float]
    sentiment_by_period: SentimentByPeriod


class Instance(PascalForm, frozen=True, kw_only=True):
    """A silence or an interruption."""

    begin_offset_millis: int
    duration_millis: int
    end_offset_millis: int


class Interruptions(PascalForm, frozen=True, kw_only=True):
    """Told of who began later."""

    total_count: int
    total_time_millis: int
    interruptions_by_interrupter: dict[str, tuple[Instance, ...]]


class NonTalkTime(PascalForm, frozen=True, kw_only=True):
    """Silences of more than 3 s."""

    total_time_millis: int
    instances: tuple[Instance, ...]


class Speed(PascalForm, frozen=True, kw_only=True):
    """A side's pace."""

    average_words_per_minute: int


class TalkSpeed(PascalForm, frozen=True, kw_only=True):
    """Words a minute of own speech."""

    details_by_participant: dict[str, Speed]


class SideTalkTime(PascalForm, frozen=True, kw_only=True):
    """A side's talk time."""

    total_time_millis: int


class TalkTime(PascalForm, frozen=True, kw_only=True):
    """The sum of the sides' talk time: what both say at once counts twice."""

    total_time_millis: int
    details_by_participant: dict[str, SideTalkTime]


class ConversationCharacteristics(PascalForm, frozen=True, kw_only=True):
    """Figures of the whole call."""

    total_conversation_duration_millis: int
    sentiment: Sentiment | UnsetType = UNSET
    """Absent where no side's words can be scored."""
    interruptions: Interruptions | UnsetType = UNSET
    """Absent where nobody knows who spoke."""
    non_talk_time: NonTalkTime
    talk_speed: TalkSpeed
    talk_time: TalkTime


class CharacterOffsets(PascalForm, frozen=True, kw_only=True):
    """Where in a turn's content."""

    begin_offset_char: int
    end_offset_char: int


class Detected(PascalForm, frozen=True, kw_only=True):
    """A part of a turn's content that says something of note."""

    character_offsets: CharacterOffsets
    text: str


class Redaction(PascalForm, frozen=True, kw_only=True):
    """Where something was masked."""

    redacted_timestamps: tuple[PointOfInterest, ...]


class AnalysedTurn(PascalForm, frozen=True, kw_only=True):
    """What somebody said."""

    id: str
    participant_id: str | UnsetType = UNSET
    """Absent where nobody knows who said it."""
    begin_offset_millis: int
    end_offset_millis: int
    content: str
    sentiment: str | UnsetType = UNSET
    loudness_score: tuple[float | None, ...] | UnsetType = UNSET
    issues_detected: tuple[Detected, ...] | UnsetType = UNSET
    action_items_detected: tuple[Detected, ...] | UnsetType = UNSET
    redaction: Redaction | UnsetType = UNSET


class Analysis(PascalForm, frozen=True, kw_only=True):
    """A whole file."""

    version: str = VERSION
    channel: str = "VOICE"
    language_code: str
    job_status: str = "COMPLETED"
    content_metadata: ContentMetadata
    participants: tuple[Participant, ...]
    categories: Categories
    conversation_characteristics: ConversationCharacteristics
    transcript: tuple[AnalysedTurn, ...]
    x_coach: XCoach = msgspec.field(name="X-Coach")
