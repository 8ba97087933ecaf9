"""A call as an analysis of Contact Lens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import UNSET, UnsetType

from coach.calls.export import contact_lens_form as form
from coach.calls.export.coach_extras import coach_extras, side_id
from coach.calls.export.heard_call import MillisecondSpan, TurnHeard, millis
from coach.calls.export.known_call import KnownCall
from coach.calls.export.loudness_scores import loudness_scores
from coach.calls.export.sentiment import overall, quarters
from coach.calls.export.talk_measures import SIDES, interruptions, non_talk, talk_speed, talk_time
from coach.calls.redaction.kinds import MaskedKind, kind_of
from coach.calls.search_terms import is_cue
from coach.engine.advice.record import RecordSettings, clause
from coach.events import CardRaised, CommitmentMade, CueMatched

MACHINE = "SYSTEM"
"""The participant whose turns are recorded announcements."""


def contact_lens(call: KnownCall) -> form.Analysis:
    """The whole file."""
    return form.Analysis(
        language_code=call.language,
        content_metadata=_metadata(call),
        participants=_participants(call),
        categories=_categories(call),
        conversation_characteristics=_characteristics(call),
        transcript=tuple(_transcript(call)),
        x_coach=coach_extras(call),
    )


def as_json(call: KnownCall) -> bytes:
    """The file's bytes: JSON, indented, with a line's end."""
    return msgspec.json.format(msgspec.json.encode(contact_lens(call)), indent=2) + b"\n"


def _metadata(call: KnownCall) -> form.ContentMetadata:
    if call.header.redaction != "masked":
        return form.ContentMetadata(output="Raw")
    pii = form.EntityRedaction(
        redaction_entities_requested=tuple(kind.value for kind in MaskedKind),
        redaction_mask_mode="ENTITY_TYPE",
    )
    return form.ContentMetadata(
        output="Redacted",
        redaction_types=("PII",),
        redaction_types_metadata=form.RedactionTypesMetadata(pii=pii),
    )


def _participants(call: KnownCall) -> tuple[form.Participant, ...]:
    if call.heard.undivided:
        return ()
    names = [side.value for side in SIDES]
    names += [MACHINE] if call.heard.announcements else []
    return tuple(form.Participant(participant_id=n, participant_role=n) for n in names)


# --- categories ----------------------------------------------------------------------------------


def category_places(call: KnownCall) -> dict[str, tuple[MillisecondSpan, ...]]:
    """Where each cue was met, by its rule; a card without a cue stands where it was raised."""
    places: dict[str, list[MillisecondSpan]] = {}
    for cue in call.cues:
        if is_cue(cue.rule):
            places.setdefault(cue.rule, []).append(
                MillisecondSpan(millis(cue.start), millis(cue.end))
            )
    for event in call.events:
        if isinstance(event, CardRaised) and event.rule not in places:
            places[event.rule] = [MillisecondSpan(millis(event.at), millis(event.at))]
    return {rule: tuple(sorted(set(spans))) for rule, spans in sorted(places.items())}


def _categories(call: KnownCall) -> form.Categories:
    places = category_places(call)
    return form.Categories(
        matched_categories=tuple(places),
        matched_details={
            rule: form.PointsOfInterest(points_of_interest=tuple(_place(span) for span in spans))
            for rule, spans in places.items()
        },
    )


def _place(span: MillisecondSpan) -> form.PointOfInterest:
    return form.PointOfInterest(begin_offset_millis=span.start, end_offset_millis=span.end)


# --- figures -------------------------------------------------------------------------------------


def _characteristics(call: KnownCall) -> form.ConversationCharacteristics:
    heard = call.heard
    sides = () if heard.undivided else SIDES
    times = {side: talk_time(heard, side) for side in heard.speech}
    speeds = {side: talk_speed(heard, side) for side in sides}
    silences = non_talk(heard)
    return form.ConversationCharacteristics(
        total_conversation_duration_millis=heard.total,
        sentiment=_sentiment(call),
        interruptions=UNSET if heard.undivided else _interruptions(call),
        non_talk_time=form.NonTalkTime(
            total_time_millis=sum(silence.length for silence in silences),
            instances=tuple(_instance(silence) for silence in silences),
        ),
        talk_speed=form.TalkSpeed(
            details_by_participant={
                side.value: form.Speed(average_words_per_minute=speed)
                for side, speed in speeds.items()
                if speed is not None
            }
        ),
        talk_time=form.TalkTime(
            total_time_millis=sum(times.values()),
            details_by_participant={
                side.value: form.SideTalkTime(total_time_millis=times.get(side, 0))
                for side in sides
            },
        ),
    )


def _sentiment(call: KnownCall) -> form.Sentiment | UnsetType:
    if call.heard.undivided:
        return UNSET
    found = {side.value: quarters(call.heard, side, call.feelings) for side in SIDES}
    scored = {side: periods for side, periods in found.items() if periods}
    if not scored:
        return UNSET
    return form.Sentiment(
        overall_sentiment={side: overall(periods) for side, periods in scored.items()},
        sentiment_by_period=form.SentimentByPeriod(
            quarter={
                side: tuple(
                    form.ScoredQuarter(
                        begin_offset_millis=one.span.start,
                        end_offset_millis=one.span.end,
                        score=one.score,
                    )
                    for one in periods
                )
                for side, periods in scored.items()
            }
        ),
    )


def _interruptions(call: KnownCall) -> form.Interruptions:
    found = interruptions(call.heard, call.turn_settings)
    every = [span for spans in found.values() for span in spans]
    return form.Interruptions(
        total_count=len(every),
        total_time_millis=sum(span.length for span in every),
        interruptions_by_interrupter={
            side.value: tuple(_instance(span) for span in spans)
            for side, spans in found.items()
            if spans
        },
    )


def _instance(span: MillisecondSpan) -> form.Instance:
    return form.Instance(
        begin_offset_millis=span.start, duration_millis=span.length, end_offset_millis=span.end
    )


# --- turns ---------------------------------------------------------------------------------------


def _transcript(call: KnownCall) -> list[form.AnalysedTurn]:
    """The turns in order; of an undivided call without announcements, which have a name."""
    notable = _Notable(call)
    turns = [_turn(call, turn, notable) for turn in call.heard.turns]
    if not call.heard.undivided:
        turns += [_announcement(one.turn) for one in call.heard.announcements]
    return sorted(turns, key=lambda turn: (turn.begin_offset_millis, turn.end_offset_millis))


def _announcement(turn: TurnHeard) -> form.AnalysedTurn:
    return form.AnalysedTurn(
        id=turn.turn,
        participant_id=MACHINE,
        begin_offset_millis=turn.span.start,
        end_offset_millis=turn.span.end,
        content=turn.text,
        redaction=_redaction(turn),
    )


def _turn(call: KnownCall, turn: TurnHeard, notable: _Notable) -> form.AnalysedTurn:
    feeling = call.feelings.get(turn.turn)
    side, text = call.read(turn)
    loudness = loudness_scores(turn.span, call.heard.loudness.get(turn.side, ()))
    return form.AnalysedTurn(
        id=turn.turn,
        participant_id=side_id(side),
        begin_offset_millis=turn.span.start,
        end_offset_millis=turn.span.end,
        content=text,
        sentiment=UNSET if feeling is None else feeling.label.value,
        loudness_score=loudness or UNSET,
        issues_detected=notable.issues(turn, text) or UNSET,
        action_items_detected=notable.actions(turn, text) or UNSET,
        redaction=_redaction(turn),
    )


def _redaction(turn: TurnHeard) -> form.Redaction | UnsetType:
    """Where masks stand; the whole turn where its words carry no times."""
    if not any(kind_of(word) for word in turn.text.split()):
        return UNSET
    masked = [word for word in turn.words if kind_of(word.text.strip())]
    places = [MillisecondSpan(millis(word.start), millis(word.end)) for word in masked] or [
        turn.span
    ]
    return form.Redaction(redacted_timestamps=tuple(_place(place) for place in places))


class _Notable:
    """What was found in the turns, by the turn's identifier."""

    def __init__(self, call: KnownCall) -> None:
        self._wants: dict[str, list[CueMatched]] = {}
        self._promises: dict[str, list[str]] = {}
        for cue in call.cues:
            if cue.rule in call.wants and cue.utterance is not None:
                self._wants.setdefault(cue.utterance, []).append(cue)
        for event in call.events:
            if isinstance(event, CommitmentMade):
                self._promises.setdefault(event.utterance, []).append(event.text)

    def issues(self, turn: TurnHeard, content: str) -> tuple[form.Detected, ...]:
        """The clauses in which a rule heard what the customer wants, as places of ``content``."""
        most = RecordSettings().clause_words
        wants = self._wants.get(turn.turn, ())
        return tuple(_detected(content, [clause(turn.text, cue, most) for cue in wants]))

    def actions(self, turn: TurnHeard, content: str) -> tuple[form.Detected, ...]:
        """What somebody promised."""
        return tuple(_detected(content, self._promises.get(turn.turn, ())))


def _detected(content: str, texts: Iterable[str]) -> Iterator[form.Detected]:
    """The parts of a turn's content, the whole of it where a part is not to be found there."""
    for text in dict.fromkeys(" ".join(one.split()) for one in texts):
        at = content.find(text)
        begin, end = (at, at + len(text)) if text and at >= 0 else (0, len(content))
        yield form.Detected(
            character_offsets=form.CharacterOffsets(begin_offset_char=begin, end_offset_char=end),
            text=content[begin:end],
        )
