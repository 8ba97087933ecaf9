"""Calls as they are heard, for tests of what is made of them: speech with its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coach.calls.about import About
from coach.calls.export.known_call import KnownCall, known_call
from coach.calls.journal import Journal, JournalHeader
from coach.events import AnyEvent, CallEnded, CallStarted, Channel, SpeechEnded, Utterance

AGENT, CUSTOMER, MIXED = Channel.AGENT, Channel.CUSTOMER, Channel.MIXED


def spoke(side: Channel, start: float, end: float, text: str = "", **more: Any) -> list[AnyEvent]:
    """A stretch of speech, and its words half a second after its end; no words without a text."""
    facts: list[AnyEvent] = [SpeechEnded(at=end, channel=side, start=start, end=end)]
    if text:
        name = more.pop("utterance", f"{side.value[0]}{start:g}")
        told = Utterance(
            at=more.pop("at", end + 0.5),
            channel=side,
            start=start,
            end=end,
            utterance=name,
            text=text,
            **more,
        )
        facts.append(told)
    return facts


def journal_of(
    events: Sequence[AnyEvent],
    *,
    channels: tuple[Channel, ...] = (AGENT, CUSTOMER),
    end: float | None = None,
    **header: Any,
) -> Journal:
    """A journal of events in order of ``at``; ``end`` None leaves it without an end."""
    first = CallStarted(
        at=0.0, call="x", started="2026-03-04T09:30:00+00:00", source="test", channels=channels
    )
    ordered = sorted(events, key=lambda event: event.at)
    last = [] if end is None else [CallEnded(at=end, reason="end")]
    filled = {"version": "0", "call": "x", "rules": "", "settings": {}, "about": About()} | header
    return Journal(header=JournalHeader(**filled), events=(first, *ordered, *last))


def known(events: Sequence[AnyEvent], **more: Any) -> KnownCall:
    """The same as it is exported."""
    wants = more.pop("wants", frozenset())
    return known_call(journal_of(events, **more), wants=wants)
