"""What the coach did in a call, put into the form of ``coach.calls.export.coach_form``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import UNSET, UnsetType

from coach.calls.export import coach_form as form
from coach.calls.export.heard_call import TurnHeard, millis
from coach.calls.export.known_call import KnownCall, highest_level
from coach.calls.journal_gathering import Fate, printable
from coach.events import (
    Action,
    AgentAction,
    AudioWarning,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Channel,
    ChecklistTicked,
    CommitmentMade,
    CueMatched,
    Degraded,
    EscalationChanged,
    Evidence,
    LadderChanged,
    Level,
    WarningGiven,
)


def coach_extras(call: KnownCall) -> form.XCoach:
    """Everything of a call that is our own."""
    header, heard, events = call.header, call.heard, call.events
    return form.XCoach(
        program_version=header.version,
        journal_schema=header.schema,
        call=call.call,
        kind=call.kind,
        started=call.first.started,
        source=printable(header.about.file or call.first.source),
        agent=call.agent,
        queue=call.queue,
        tags=call.tags,
        caller=call.caller,
        ended=call.ended,
        call_duration_millis=millis(call.seconds),
        channel_definitions=_channels(call),
        sides_swapped_at_millis=tuple(millis(at) for at in call.swapped_at),
        rules=header.rules,
        model=header.model,
        redaction=header.redaction or "kept",
        figures_of="as heard",
        notices=call.notices,
        highest_level=_level(highest_level(call)),
        level_changes=tuple(_change(e) for e in events if isinstance(e, EscalationChanged)),
        cards=tuple(_cards(call)),
        kept_back=tuple(_kept_back(e) for e in events if isinstance(e, CardSuppressed)),
        cues=tuple(_cue(cue) for cue in call.cues),
        warnings=tuple(_warned(e) for e in events if isinstance(e, WarningGiven)),
        ladder=tuple(_step(e) for e in events if isinstance(e, LadderChanged)),
        commitments=tuple(_promise(e) for e in events if isinstance(e, CommitmentMade)),
        checklist=tuple(_ticked(e) for e in events if isinstance(e, ChecklistTicked)),
        turns=tuple(_detail(call, turn) for turn in heard.turns),
        doubtful=tuple(_apart(turn, turn.doubt) for turn in heard.doubtful),
        announcements=tuple(_apart(one.turn, one.kind) for one in heard.announcements),
        corrections=tuple(_put_right(call)),
        off_record=tuple(
            form.OffRecord(begin_offset_millis=p.start, end_offset_millis=p.end)
            for p in heard.pauses
        ),
        troubles=tuple(_troubles(call)),
    )


def _put_right(call: KnownCall) -> Iterator[form.PutRight]:
    for turn in call.heard.turns:
        correction = call.corrections.get(turn.turn)
        if correction is not None:
            yield form.PutRight(
                turn_id=turn.turn,
                heard_content=turn.text,
                heard_participant_id=side_id(turn.side),
                reviewer=printable(correction.reviewer),
                made=printable(correction.made),
            )


def side_id(side: Channel | None) -> str | UnsetType:
    """The participant of a side; none where nobody knows."""
    return UNSET if side in (None, Channel.MIXED) else str(side.value)


def _channels(call: KnownCall) -> tuple[form.ChannelDefinition, ...]:
    swapped = len(call.swapped_at) % 2 == 1
    return tuple(
        form.ChannelDefinition(
            channel_id=number, participant_role=(side.other if swapped else side).value
        )
        for number, side in enumerate(call.heard.channels)
    )


def _level(level: Level) -> str:
    return level.name.lower()


def _why(because: Iterable[Evidence]) -> tuple[form.Why, ...]:
    return tuple(
        form.Why(
            rule=one.rule or UNSET,
            turn_id=one.utterance or UNSET,
            participant_id=side_id(one.channel),
            begin_offset_millis=UNSET if one.start is None else millis(one.start),
            end_offset_millis=UNSET if one.end is None else millis(one.end),
            text=printable(one.text) or UNSET,
            value=UNSET if one.value is None else one.value,
            threshold=UNSET if one.threshold is None else one.threshold,
            meaning=one.meaning or UNSET,
            note=printable(one.note) or UNSET,
            guard=UNSET if one.guard is None else one.guard.value,
        )
        for one in because
    )


def _change(event: EscalationChanged) -> form.LevelChange:
    return form.LevelChange(
        offset_millis=millis(event.at),
        level=_level(event.level),
        previous=_level(event.previous),
        because=_why(event.because),
    )


def _cards(call: KnownCall) -> Iterator[form.ExportedCard]:
    cleared = {e.card: e for e in call.events if isinstance(e, CardCleared)}
    wrong = set()
    shown: str | None = None
    for event in call.events:
        if isinstance(event, CardRaised):
            shown = event.card
        elif isinstance(event, AgentAction) and event.action is Action.MARK_WRONG:
            wrong.add(event.card or shown)
    for event in call.events:
        if not isinstance(event, CardRaised):
            continue
        end = cleared.get(event.card)
        yield form.ExportedCard(
            id=event.card,
            rule=event.rule,
            track=event.track.value,
            severity=event.severity,
            do=printable(event.do),
            say=printable(event.say),
            begin_offset_millis=millis(event.at),
            end_offset_millis=UNSET if end is None else millis(end.at),
            fate=Fate.SHOWN.value if end is None else end.reason.value,
            marked_wrong=event.card in wrong,
            because=_why(event.because),
        )


def _kept_back(event: CardSuppressed) -> form.ExportedKeptBack:
    return form.ExportedKeptBack(
        offset_millis=millis(event.at),
        rule=event.rule,
        reason=event.reason.value,
        because=_why(event.because),
    )


def _cue(event: CueMatched) -> form.ExportedCue:
    return form.ExportedCue(
        id=event.match,
        rule=event.rule,
        track=event.track.value,
        severity=event.severity,
        participant_id=side_id(event.channel),
        turn_id=event.utterance or UNSET,
        begin_offset_millis=millis(event.start),
        end_offset_millis=millis(event.end),
        text=printable(event.text),
        because=_why(event.because),
    )


def _warned(event: WarningGiven) -> form.Warned:
    return form.Warned(
        number=event.number,
        turn_id=event.utterance,
        begin_offset_millis=millis(event.start),
        end_offset_millis=millis(event.end),
        text=printable(event.text),
        because=_why(event.because),
    )


def _step(event: LadderChanged) -> form.LadderStep:
    return form.LadderStep(
        offset_millis=millis(event.at),
        stage=event.stage,
        previous=event.previous,
        because=_why(event.because),
    )


def _promise(event: CommitmentMade) -> form.ExportedCommitment:
    return form.ExportedCommitment(
        participant_id=side_id(event.owner),
        turn_id=event.utterance,
        begin_offset_millis=millis(event.start),
        end_offset_millis=millis(event.end),
        text=printable(event.text),
        due=event.due or UNSET,
    )


def _ticked(event: ChecklistTicked) -> form.ChecklistItem:
    return form.ChecklistItem(
        item=event.item,
        turn_id=event.utterance,
        begin_offset_millis=millis(event.start),
        end_offset_millis=millis(event.end),
        text=printable(event.text),
    )


def _detail(call: KnownCall, turn: TurnHeard) -> form.TurnDetail:
    feeling = call.feelings.get(turn.turn)
    return form.TurnDetail(
        id=turn.turn,
        confidence=round(turn.confidence, 3),
        speaker_confidence=UNSET if turn.speaker_confidence is None else turn.speaker_confidence,
        sentiment_score=UNSET if feeling is None or feeling.points is None else feeling.points,
    )


def _apart(turn: TurnHeard, because: str) -> form.LineApart:
    return form.LineApart(
        id=turn.turn,
        participant_id=side_id(turn.side),
        begin_offset_millis=turn.span.start,
        end_offset_millis=turn.span.end,
        content=turn.text,
        because=printable(because),
    )


def _troubles(call: KnownCall) -> Iterator[form.ExportedTrouble]:
    for event in call.events:
        if isinstance(event, AudioWarning) and event.active:
            kind, detail = event.kind, event.detail
        elif isinstance(event, Degraded):
            kind, detail = event.component, event.detail
        else:
            continue
        yield form.ExportedTrouble(
            offset_millis=millis(event.at), kind=printable(kind), detail=printable(detail)
        )
