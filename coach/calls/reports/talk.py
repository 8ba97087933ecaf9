"""Who spoke when in a call, and what that comes to in figures.

The definitions are the engine's own (``coach.engine.talk.turns``), over the whole call and with
every text known, so no figure depends on when a text arrived. Silence before the first word and
after the last one is nobody's; neither is a time without sound, or off the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from coach.calls.reports.settled import Settled
from coach.engine.talk.announcement_signs import AnnouncementKind
from coach.engine.talk.sound import GONE, HOLDS
from coach.engine.talk.turns import TurnSettings, TurnTracker
from coach.events import (
    AnnouncementHeard,
    AudioGap,
    AudioWarning,
    Channel,
    Degraded,
    Event,
    Recovered,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)
from coach.notes.report.call_report import Figures, SidedSpan, SideFigures, Span

SILENCE_S = 3.0
"""A silence is longer than this: the usual definition of non-talk time."""
ANNOUNCED_S = 15.0
"""Seconds before a silence within which the agent's announcement of it counts."""
_ANNOUNCES = re.compile(
    r"\b(?:hold|bear with (?:me|us)|(?:one|a|just a|two) (?:moment|second|minute|sec)s?"
    r"|give me a|let me (?:just )?(?:check|look|see|find|get|ask|pull|open|transfer)"
    r"|i(?:'ll| will| am going to) (?:just )?(?:check|look|ask|put you|transfer)|hang on)\b",
    re.IGNORECASE,
)


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """Who spoke when."""

    speech: tuple[SidedSpan, ...]
    """In order; recorded voices are nobody's."""
    talk_overs: tuple[SidedSpan, ...]
    """``side`` is who began to speak while the other one spoke."""
    silences: tuple[Span, ...]
    holds: tuple[Span, ...]
    turns: tuple[SidedSpan, ...]
    """Speech of one side with its own pauses, until the other side says more than "uh-huh"."""
    figures: Figures


def was_divided(events: Iterable[Event]) -> bool:
    """Whether both people were on one track, which was divided by their voices."""
    return any(isinstance(event, Utterance) and event.speaker_judged for event in events)


def talk_of(call: Settled, settings: TurnSettings, channels: Sequence[Channel]) -> Talk:
    """Measure a call."""
    said = _said(call)
    speech = _speech(call)
    short = _short(speech, said, settings)
    overs = () if Channel.MIXED in channels else _talk_overs(speech, short, settings)
    quiet = _quiet(call, speech)
    messages = _messages(call)
    announced = _holds(quiet, said)
    music = _music(call)
    holds = [span for span in quiet if span in announced or _meets(span, music)]
    silences = tuple(span for span in quiet if span not in holds)
    turns = _turns(speech, short, settings.turn_pause_s)
    all_holds = tuple(sorted([*holds, *messages], key=lambda span: span.start))
    ends = [span.end for span in speech]
    sides = {
        side: _side(side, speech, overs, turns, [one for one in said if one.channel is side])
        for side in channels
    }
    agent, customer = sides.get(Channel.AGENT), sides.get(Channel.CUSTOMER)
    figures = Figures(
        talk_s=round(max(ends, default=0.0), 3),
        agent=agent,
        customer=customer,
        both=sides.get(Channel.MIXED),
        agent_share=_share(agent, customer),
        dead_air_s=_total(silences),
        dead_airs=len(silences),
        longest_silence=max(silences, key=lambda span: span.seconds, default=None),
        hold_s=_total(all_holds),
    )
    return Talk(
        speech=speech,
        talk_overs=overs,
        silences=silences,
        holds=all_holds,
        turns=turns,
        figures=figures,
    )


def _total(spans: Iterable[Span]) -> float:
    return round(sum((span.seconds for span in spans), 0.0), 3)


def _share(agent: SideFigures | None, customer: SideFigures | None) -> float | None:
    if agent is None or customer is None or agent.talk_s + customer.talk_s < 1.0:
        return None
    return round(agent.talk_s / (agent.talk_s + customer.talk_s), 4)


# --- speech --------------------------------------------------------------------------------------


def _said(call: Settled) -> list[Utterance]:
    """What people said, the last text of each, without recorded voices."""
    announced = {one.utterance for one in call.events if isinstance(one, AnnouncementHeard)}
    texts: dict[str, Utterance] = {}
    for event in call.events:
        if isinstance(event, Utterance):
            texts[event.utterance] = event
    return [u for name, u in texts.items() if u.text and not u.doubtful and name not in announced]


def _speech(call: Settled) -> tuple[SidedSpan, ...]:
    """Every stretch of speech; one that a journal breaks off in lasts as far as is known."""
    spans: dict[tuple[Channel, float], SidedSpan] = {}
    for event in call.events:
        if isinstance(event, SpeechStarted):
            spans[event.channel, event.start] = SidedSpan(event.start, call.end, event.channel)
        elif isinstance(event, SpeechEnded):
            for key in [k for k in spans if k[0] is event.channel and spans[k].end == call.end]:
                del spans[key]  # its start may have been told differently
            end = max(event.start, event.end)
            spans[event.channel, event.start] = SidedSpan(event.start, end, event.channel)
    announced = [one for one in call.events if isinstance(one, AnnouncementHeard)]
    heard = [
        span
        for span in spans.values()
        if not any(
            one.channel is span.side and span.start < one.end and span.end > one.start
            for one in announced
        )
    ]
    return tuple(sorted(heard, key=lambda span: (span.start, span.side)))


def _short(
    speech: Sequence[SidedSpan], said: Sequence[Utterance], settings: TurnSettings
) -> frozenset[SidedSpan]:
    """The stretches that are short acknowledgements and nothing else."""
    tracker = TurnTracker(settings)
    short = []
    for span in speech:
        texts = [
            one.text
            for one in said
            if one.channel is span.side and one.start < span.end and one.end > span.start
        ]
        if texts and all(tracker.is_backchannel(text) for text in texts):
            short.append(span)
    return frozenset(short)


def _talk_overs(
    speech: Sequence[SidedSpan], short: frozenset[SidedSpan], settings: TurnSettings
) -> tuple[SidedSpan, ...]:
    found = []
    for span in speech:
        if span in short:
            continue
        under = [
            other
            for other in speech
            if other.side is not span.side and other.start < span.start < other.end
        ]
        end = max((min(span.end, other.end) for other in under), default=span.start)
        if end - span.start >= settings.interruption_s:
            found.append(SidedSpan(span.start, end, span.side))
    return tuple(found)


def _turns(
    speech: Sequence[SidedSpan], short: frozenset[SidedSpan], pause_s: float
) -> tuple[SidedSpan, ...]:
    turns: list[SidedSpan] = []
    for side in Channel:
        own = [span for span in speech if span.side is side]
        others = [span for span in speech if span.side is not side and span not in short]
        open_turn: SidedSpan | None = None
        for span in own:
            if open_turn is None:
                open_turn = span
                continue
            pause = Span(open_turn.end, span.start)
            taken = any(o.start < pause.end and o.end > pause.start for o in others)
            if pause.seconds > pause_s or taken:
                turns.append(open_turn)
                open_turn = span
            else:
                open_turn = SidedSpan(open_turn.start, max(open_turn.end, span.end), side)
        turns += [open_turn] if open_turn else []
    return tuple(sorted(turns, key=lambda turn: turn.start))


def _side(
    side: Channel,
    speech: Sequence[SidedSpan],
    overs: Sequence[SidedSpan],
    turns: Sequence[SidedSpan],
    said: Sequence[Utterance],
) -> SideFigures:
    words = sum(len(one.text.split()) for one in said)
    seconds = sum(one.end - one.start for one in said)
    mine = [over for over in overs if over.side is side]
    longest = max(
        (turn for turn in turns if turn.side is side),
        key=lambda turn: turn.seconds,
        default=SidedSpan(0.0, 0.0, side),
    )
    return SideFigures(
        talk_s=_total(span for span in speech if span.side is side),
        words=words,
        pace_wpm=round(words * 60.0 / seconds, 1) if seconds >= 1.0 else None,
        talk_overs=len(mine),
        talk_over_s=_total(mine),
        longest_s=round(longest.seconds, 3),
        longest_at=longest.start,
    )


# --- silence -------------------------------------------------------------------------------------


def _quiet(call: Settled, speech: Sequence[SidedSpan]) -> list[Span]:
    """Stretches of more than 3 s between the first word and the last in which nobody speaks."""
    unheard = [*_deaf(call), *(Span(p.start, p.end) for p in call.pauses), *_announced(call)]
    gaps: list[Span] = []
    reach: float | None = None
    for span in speech:
        if reach is not None and span.start > reach:
            gaps.append(Span(reach, span.start))
        reach = span.end if reach is None else max(reach, span.end)
    pieces = [piece for gap in gaps for piece in without(gap, unheard)]
    return [piece for piece in pieces if piece.seconds > SILENCE_S]


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span."""
    left: list[Span] = []
    start = span.start
    for hole in sorted(holes, key=lambda hole: hole.start):
        if hole.end <= start or hole.start >= span.end:
            continue
        if hole.start > start:
            left.append(Span(start, hole.start))
        start = hole.end
    return [*left, Span(start, span.end)] if start < span.end else left


def _deaf(call: Settled) -> list[Span]:
    """When sound was missing."""
    spans: list[Span] = []
    since: dict[str, float] = {}
    for event in call.events:
        if isinstance(event, AudioGap):
            spans.append(Span(event.start, event.end))
        elif isinstance(event, Degraded) and event.component in GONE:
            since.setdefault(event.component, event.at)
        elif isinstance(event, Recovered) and event.component in since:
            spans.append(Span(since.pop(event.component), event.at))
    return [*spans, *(Span(start, call.end) for start in since.values())]


def _announced(call: Settled) -> list[Span]:
    """When a recorded voice spoke."""
    return [Span(e.start, e.end) for e in call.events if isinstance(e, AnnouncementHeard)]


def _messages(call: Settled) -> list[Span]:
    """When a recorded voice asked to wait."""
    return [
        Span(event.start, event.end)
        for event in call.events
        if isinstance(event, AnnouncementHeard) and event.kind == AnnouncementKind.HOLD
    ]


def _music(call: Settled) -> list[Span]:
    """When the line carried music or rang."""
    spans: list[Span] = []
    since: dict[str, float] = {}
    for event in call.events:
        if isinstance(event, AudioWarning) and event.kind in HOLDS:
            if event.active:
                since.setdefault(event.kind, event.at)
            elif event.kind in since:
                spans.append(Span(since.pop(event.kind), event.at))
    return [*spans, *(Span(start, call.end) for start in since.values())]


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(one.start < span.end and one.end > span.start for one in others)


def _holds(quiet: Sequence[Span], said: Sequence[Utterance]) -> list[Span]:
    """The silences that the agent had announced; an announcement is good for one of them."""
    holds = []
    before = 0.0
    for silence in quiet:
        since = max(before, silence.start - ANNOUNCED_S)
        if any(
            one.channel is not Channel.CUSTOMER
            and since <= one.end <= silence.start + 1.0
            and _ANNOUNCES.search(one.text)
            for one in said
        ):
            holds.append(silence)
        before = silence.end
    return holds
