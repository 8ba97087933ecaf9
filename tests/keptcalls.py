"""Calls as they are kept: journals written for tests of the library, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coach.calls.about import About, CallKind
from coach.calls.call_files import CallFiles
from coach.calls.journal import JournalHeader, encode_line
from coach.events import (
    AgentAction,
    AnyEvent,
    CallEnded,
    CallStarted,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Channel,
    Clearing,
    CommitmentMade,
    CueMatched,
    EscalationChanged,
    Level,
    Suppression,
    Track,
    Utterance,
)

CUSTOMER, AGENT = Channel.CUSTOMER, Channel.AGENT


def said(at: float, side: Channel, text: str, *, doubtful: bool = False) -> Utterance:
    return Utterance(
        at=at + 2.0,
        channel=side,
        start=at,
        end=at + 1.5,
        utterance=f"{side.value[0]}{at:g}",
        text=text,
        doubtful=doubtful,
    )


def level(at: float, to: Level, before: Level = Level.CALM) -> EscalationChanged:
    return EscalationChanged(at=at, level=to, previous=before)


def cue(at: float, rule: str, text: str = "words") -> CueMatched:
    return CueMatched(
        at=at,
        channel=CUSTOMER,
        start=at - 1,
        end=at,
        match=f"{rule}:{at:g}",
        rule=rule,
        track=Track.ESCALATION,
        severity=2,
        text=text,
    )


def raised(at: float, card: str, rule: str) -> CardRaised:
    return CardRaised(
        at=at,
        card=card,
        rule=rule,
        track=Track.ESCALATION,
        severity=2,
        priority=50,
        do="Do it",
        say="",
        until=None,
        stays=False,
        danger=False,
    )


def cleared(at: float, card: str, rule: str, reason: Clearing) -> CardCleared:
    return CardCleared(at=at, card=card, rule=rule, reason=reason)


def kept_back(at: float, rule: str, reason: Suppression) -> CardSuppressed:
    return CardSuppressed(at=at, rule=rule, reason=reason)


def promise(at: float, text: str, due: str | None = None) -> CommitmentMade:
    return CommitmentMade(
        at=at,
        channel=AGENT,
        start=at - 1,
        end=at,
        utterance="A1",
        text=text,
        owner=AGENT,
        due=due,
    )


def pressed(at: float, action: object, **more: str) -> AgentAction:
    return AgentAction(at=at, action=action, **more)  # type: ignore[arg-type]


def keep(
    folder: Path,
    call: str,
    events: Sequence[AnyEvent] = (),
    *,
    started: str = "2026-01-05T09:00:00+00:00",
    caller: str = "",
    end: float | None = 60.0,
    about: About | None = None,
    redaction: str = "masked",
) -> CallFiles:
    """Write a live call's journal; ``end`` None leaves it without one."""
    folder.mkdir(parents=True, exist_ok=True)
    about = About(kind=CallKind.LIVE) if about is None else about
    header = JournalHeader(
        version="0", call=call, rules="", settings={}, about=about, redaction=redaction
    )
    first = CallStarted(at=0.0, call=call, started=started, source="test", caller=caller)
    lines: list[AnyEvent] = [first, *events]
    if end is not None:
        lines.append(CallEnded(at=end, reason="end"))
    files = CallFiles(folder, call)
    files.journal.write_bytes(encode_line(header) + b"".join(encode_line(line) for line in lines))
    return files
