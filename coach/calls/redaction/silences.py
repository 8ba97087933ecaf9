"""Where sound must be silenced when it is exported: the places of all masks of a call."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from coach.calls.redaction.kinds import MaskedKind, kind_of
from coach.calls.redaction.redactor import ASKED
from coach.events import Action, AgentAction, Channel, Event, Utterance

MARGIN = 0.2
"""Seconds on either side of a mask: as far as the times of words may be wrong."""


class MaskedSound(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one side's sound that must not be heard."""

    channel: Channel
    start: float
    """Seconds of call time."""
    end: float
    """Seconds of call time."""
    kind: MaskedKind


def silences(events: Iterable[Event]) -> list[MaskedSound]:
    """The places of everything masked in a call, in order of their start.

    While the call was off the record by itself, both sides are silent throughout.
    """
    found: list[MaskedSound] = []
    since: float | None = None
    for event in events:
        if isinstance(event, Utterance):
            found += _of(event)
        elif isinstance(event, AgentAction):
            if event.action is Action.PAUSE and event.note == ASKED:
                since = event.at
            elif event.action is Action.RESUME and since is not None:
                found += _both(since, event.at)
                since = None
    if since is not None:
        found += _both(since, float("inf"))
    return sorted(found, key=lambda one: (one.start, one.channel))


def _both(start: float, end: float) -> list[MaskedSound]:
    return [
        MaskedSound(channel=channel, start=start, end=end, kind=MaskedKind.OFF_RECORD)
        for channel in (Channel.AGENT, Channel.CUSTOMER)
    ]


def _of(said: Utterance) -> list[MaskedSound]:
    """Masked words by their times; the whole turn where it has none."""
    timed = [(kind_of(word.text), word.start, word.end) for word in said.words]
    if not said.words:
        timed = [(kind_of(word), said.start, said.end) for word in said.text.split()]
    return [
        MaskedSound(
            channel=said.channel, start=max(0.0, start - MARGIN), end=end + MARGIN, kind=kind
        )
        for kind, start, end in timed
        if kind is not None
    ]
