"""A journal's events as they stood once everything was known.

Two keys change what is true of what came before: a swap gives everything until then the other
side's name, and what was said during a pause leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from coach.calls.journal import Journal
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    CommitmentMade,
    Event,
    Evidence,
    Located,
)
from coach.notes.report.call_report import Span

FOREVER = float("inf")
"""End of a pause that is not over."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The events of a call under the names that its sides have in the end."""

    events: tuple[AnyEvent, ...]
    """Without what was said off the record."""
    pauses: tuple[Span, ...]
    """The last one reaches to ``end`` where it was not over."""
    end: float
    """Call time of the last event."""

    def of(self, *kinds: type[Event]) -> tuple[AnyEvent, ...]:
        """The events of some kinds, in order."""
        return tuple(event for event in self.events if isinstance(event, kinds))


def settled(journal: Journal) -> Settled:
    """Settle the events of a journal."""
    end = max((event.at for event in journal.events), default=0.0)
    pauses = tuple(_pauses(journal.events))
    swaps = sum(_swaps(event) for event in journal.events)
    kept: list[AnyEvent] = []
    for event in journal.events:
        swaps -= _swaps(event)
        named = _exchanged(event) if swaps % 2 else event
        if not (isinstance(named, Located) and _within(named, pauses)):
            kept.append(named)
    return Settled(
        events=tuple(kept),
        pauses=tuple(Span(pause.start, min(pause.end, end)) for pause in pauses),
        end=end,
    )


def _swaps(event: Event) -> bool:
    return isinstance(event, AgentAction) and event.action is Action.SWAP_CHANNELS


def _pauses(events: Iterable[Event]) -> list[Span]:
    pauses: list[Span] = []
    for event in events:
        if not isinstance(event, AgentAction):
            continue
        paused = bool(pauses) and pauses[-1].end == FOREVER
        if event.action is Action.PAUSE and not paused:
            pauses.append(Span(event.at, FOREVER))
        elif event.action is Action.RESUME and paused:
            pauses[-1] = Span(pauses[-1].start, event.at)
    return pauses


def _within(event: Located, pauses: Sequence[Span]) -> bool:
    return any(event.start < pause.end and event.end > pause.start for pause in pauses)


def _exchanged(event: AnyEvent) -> AnyEvent:
    """The event with the other side's name wherever it names one."""
    new: dict[str, object] = {}
    if isinstance(event, Located):
        new["channel"] = event.channel.other
    if isinstance(event, CommitmentMade):
        new["owner"] = event.owner.other
    because: tuple[Evidence, ...] = getattr(event, "because", ())
    if because:
        new["because"] = tuple(
            msgspec.structs.replace(one, channel=one.channel.other) if one.channel else one
            for one in because
        )
    return msgspec.structs.replace(event, **new) if new else event
