"""Swaps of the two sides in a journal, and its events under the names that held in the end.

A swap says that the two sides had been taken for each other until then: what follows it carries the
right names, what stands before it the wrong ones. An export has one name for each person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from coach.events import (
    Action,
    AgentAction,
    Channel,
    CommitmentMade,
    Event,
    Evidence,
    Located,
    SignalChanged,
)


def swaps(events: Iterable[Event]) -> tuple[float, ...]:
    """When the sides were exchanged, in seconds of call time."""
    return tuple(event.at for event in events if is_swap(event))


def with_final_sides(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events in their order, those before a swap with the sides exchanged."""
    named: list[Event] = []
    wrong = False
    for event in reversed(events):
        if is_swap(event):
            wrong = not wrong
        named.append(_exchanged(event) if wrong else event)
    return tuple(reversed(named))


def is_swap(event: Event) -> bool:
    """Whether it is the key that exchanges the sides."""
    return isinstance(event, AgentAction) and event.action is Action.SWAP_CHANNELS


def _exchanged(event: Event) -> Event:
    new: dict[str, object] = {}
    if isinstance(event, Located | SignalChanged) and event.channel is not None:
        new["channel"] = event.channel.other
    if isinstance(event, CommitmentMade):
        new["owner"] = event.owner.other
    because: tuple[Evidence, ...] = getattr(event, "because", ())
    if because:
        new["because"] = tuple(_evidence(one) for one in because)
    return msgspec.structs.replace(event, **new) if new else event


def _evidence(one: Evidence) -> Evidence:
    side: Channel | None = one.channel
    return one if side is None else msgspec.structs.replace(one, channel=side.other)
