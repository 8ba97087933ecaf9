"""What a journal's call sounded like: who said what and when, in whole milliseconds.

What was said while the call was paused is nobody's, as in the call itself. Words that the
recogniser may have invented and recorded announcements are kept apart from the turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from coach.calls.journal import LONGEST
from coach.calls.journal_gathering import printable
from coach.engine.talk.sound import GONE
from coach.events import (
    Action,
    AgentAction,
    AnnouncementHeard,
    AudioGap,
    CallStarted,
    Channel,
    Clause,
    Degraded,
    Event,
    Loudness,
    Recovered,
    SpeechEnded,
    Utterance,
    Word,
)


def millis(seconds: float) -> int:
    """Seconds of call time as whole milliseconds, none below 0 or beyond the longest call."""
    return round(max(0.0, min(seconds, LONGEST)) * 1000)


class MillisecondSpan(NamedTuple):
    """From here to there, in milliseconds of call time."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start

    def meets(self, other: MillisecondSpan) -> bool:
        """Whether they have time in common."""
        return self.start < other.end and self.end > other.start


class TurnHeard(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said in one stretch of speech."""

    turn: str
    """The utterance's identifier."""
    side: Channel
    span: MillisecondSpan
    text: str
    """Without line breaks and what a terminal would obey, one space between words."""
    words: tuple[Word, ...]
    clauses: tuple[Clause, ...]
    language: str
    confidence: float
    speaker_confidence: float | None
    doubt: str
    """Why the words may be invented; empty where they are not doubted."""


class Measured(NamedTuple):
    """How loud a side was."""

    span: MillisecondSpan
    dbfs: float
    speech: bool
    """Whether it spoke most of the time."""


class Announced(msgspec.Struct, frozen=True):
    """A recorded voice."""

    turn: TurnHeard
    kind: str


class HeardCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was heard."""

    channels: tuple[Channel, ...]
    turns: tuple[TurnHeard, ...]
    """In order of their beginnings; so are the next two."""
    doubtful: tuple[TurnHeard, ...]
    announcements: tuple[Announced, ...]
    speech: dict[Channel, tuple[MillisecondSpan, ...]]
    """Stretches of speech of each side, up to the end of the last word."""
    unknown: tuple[MillisecondSpan, ...]
    """Where nobody can say whether somebody spoke: pauses of the call, lost sound."""
    pauses: tuple[MillisecondSpan, ...]
    loudness: dict[Channel, tuple[Measured, ...]]
    """By their beginnings."""

    @property
    def total(self) -> int:
        """Milliseconds from the start to the end of the last word."""
        return max((turn.span.end for turn in self.turns), default=0)

    @property
    def undivided(self) -> bool:
        """Whether nobody knows who said what."""
        return Channel.MIXED in self.channels

    def turns_of(self, side: Channel) -> tuple[TurnHeard, ...]:
        """The turns of one side."""
        return tuple(turn for turn in self.turns if turn.side is side)


def heard_call(events: Sequence[Event]) -> HeardCall:
    """Gather what was heard from a call's events under their final sides."""
    first = next((event for event in events if isinstance(event, CallStarted)), None)
    end = max((event.at for event in events), default=0.0)
    pauses = tuple(_pauses(events, end))
    recorded = {e.utterance: e.kind for e in events if isinstance(e, AnnouncementHeard)}
    turns = _turns(events, pauses)
    spoken = tuple(t for t in turns if not t.doubt and t.turn not in recorded)
    announced = tuple(Announced(t, recorded[t.turn]) for t in turns if t.turn in recorded)
    last = max((turn.span.end for turn in spoken), default=0)
    sides = {turn.side for turn in spoken} | set(first.channels if first else ())
    return HeardCall(
        channels=first.channels if first else (Channel.AGENT, Channel.CUSTOMER),
        turns=spoken,
        doubtful=tuple(t for t in turns if t.doubt and t.turn not in recorded),
        announcements=announced,
        speech={
            side: _speech(
                [e for e in events if isinstance(e, SpeechEnded) and e.channel is side],
                [turn.span for turn in spoken if turn.side is side],
                [a.turn.span for a in announced if a.turn.side is side],
                (pauses, last),
            )
            for side in Channel
            if side in sides
        },
        unknown=(*pauses, *_lost(events, end)),
        pauses=pauses,
        loudness={
            side: tuple(
                sorted(
                    Measured(MillisecondSpan(millis(e.start), millis(e.end)), e.dbfs, e.speech)
                    for e in events
                    if isinstance(e, Loudness) and e.channel is side
                )
            )
            for side in Channel
            if side in sides
        },
    )


def _turns(events: Iterable[Event], pauses: Sequence[MillisecondSpan]) -> tuple[TurnHeard, ...]:
    turns: dict[str, TurnHeard] = {}
    for event in events:
        if isinstance(event, Utterance):
            turns.pop(event.utterance, None)
            turn = _turn(event)
            if turn.text and not any(turn.span.meets(pause) for pause in pauses):
                turns[event.utterance] = turn
    return tuple(sorted(turns.values(), key=lambda turn: turn.span))


def _turn(event: Utterance) -> TurnHeard:
    sure = event.speaker_confidence
    start = millis(event.start)
    return TurnHeard(
        turn=event.utterance,
        side=event.channel,
        span=MillisecondSpan(start, max(start, millis(event.end))),
        text=" ".join(printable(event.text).split()),
        words=event.words,
        clauses=event.clauses,
        language=event.language,
        confidence=event.confidence,
        speaker_confidence=None if sure is msgspec.UNSET else sure,
        doubt=(event.doubt or "its words are doubtful") if event.doubtful else "",
    )


def _speech(
    ended: Iterable[SpeechEnded],
    turns: Sequence[MillisecondSpan],
    announced: Sequence[MillisecondSpan],
    bounds: tuple[Sequence[MillisecondSpan], int],
) -> tuple[MillisecondSpan, ...]:
    """One side's stretches of speech, without announcements and what lies beyond the bounds.

    Of a stretch that runs into a pause, what comes before the pause is kept. A turn for which no
    speech was told is a stretch itself: transcripts and cut journals have such.
    """
    pauses, last = bounds
    spans: list[MillisecondSpan] = []
    for event in ended:
        span = MillisecondSpan(millis(event.start), millis(event.end))
        if any(span.meets(one) for one in announced):
            continue
        stop = min((p.start for p in pauses if span.meets(p)), default=span.end)
        spans.append(MillisecondSpan(span.start, min(span.end, stop)))
    spans += [turn for turn in turns if not any(turn.meets(span) for span in spans)]
    cut = [MillisecondSpan(span.start, min(span.end, last)) for span in spans]
    return tuple(sorted(span for span in cut if span.length > 0))


def _pauses(events: Iterable[Event], end: float) -> Iterator[MillisecondSpan]:
    since: float | None = None
    for event in events:
        if not isinstance(event, AgentAction):
            continue
        if event.action is Action.PAUSE and since is None:
            since = event.at
        elif event.action is Action.RESUME and since is not None:
            yield MillisecondSpan(millis(since), millis(event.at))
            since = None
    if since is not None:
        yield MillisecondSpan(millis(since), millis(end) + 1)


def _lost(events: Iterable[Event], end: float) -> Iterator[MillisecondSpan]:
    """Lost sound, and the time in which a side had no device."""
    gone: dict[str, float] = {}
    for event in events:
        if isinstance(event, AudioGap):
            yield MillisecondSpan(millis(event.start), millis(event.end))
        elif isinstance(event, Degraded) and event.component in GONE:
            gone.setdefault(event.component, event.at)
        elif isinstance(event, Recovered) and event.component in gone:
            yield MillisecondSpan(millis(gone.pop(event.component)), millis(event.at))
    for since in gone.values():
        yield MillisecondSpan(millis(since), millis(end))
