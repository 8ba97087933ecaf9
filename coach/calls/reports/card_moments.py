"""The moments of a call at which rules asked for their cards, shown or kept back for no fault."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from coach.calls.journal import Journal
from coach.events import (
    CallEnded,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Channel,
    EscalationChanged,
    Level,
    SignalChanged,
    Suppression,
)
from coach.notes.report.card_effects import AFTER_S, CardMoment

FAIR = frozenset({
    Suppression.LOWER_PRIORITY, Suppression.COOLDOWN, Suppression.MAX_PER_CALL,
    Suppression.TONE_BUDGET, Suppression.SNOOZED, Suppression.CALM_MODE, Suppression.MUTED,
})  # fmt: skip
"""Why a card is kept back though its moment is like any other. Doubtful words, a danger, and what
the agent had done already make another moment of it."""
MOOD = "sentiment_customer"


def card_moments(journal: Journal, week: str) -> list[CardMoment]:
    """Every moment of a call that can be compared, by time.

    Left out are moments so near the end that nothing follows, those within a minute of an earlier
    one of the same rule, and those kept back with a card of the rule within a minute around.
    """
    events = journal.events
    end = max((event.at for event in events if isinstance(event, CallEnded)), default=0.0)
    follows = _Following(journal)
    raised = [event for event in events if isinstance(event, CardRaised)]
    fates = {e.card: e.reason.value for e in events if isinstance(e, CardCleared)}
    times: dict[str, list[float]] = {}
    for one in raised:
        times.setdefault(one.rule, []).append(one.at)
    asked = [(e.at, e.rule, "", fates.get(e.card, "")) for e in raised]
    asked += [
        (e.at, e.rule, e.reason.value, "")
        for e in events
        if isinstance(e, CardSuppressed)
        and e.reason in FAIR
        and not any(abs(e.at - at) <= AFTER_S for at in times.get(e.rule, ()))
    ]
    latest: dict[tuple[str, bool], float] = {}
    found: list[CardMoment] = []
    for at, rule, reason, fate in sorted(asked):
        key = rule, not reason
        if at + AFTER_S > end or at - latest.get(key, -AFTER_S) < AFTER_S:
            continue
        latest[key] = at
        found.append(
            CardMoment(
                call=journal.path.stem,
                week=week,
                rule=rule,
                at=at,
                shown=not reason,
                reason=reason,
                level=follows.level(at),
                level_after=follows.level(at + AFTER_S),
                mood=follows.mood(at),
                mood_after=follows.mood(at + AFTER_S),
                fate=fate,
            )
        )
    return found


class _Following:
    """Level and mood at any time of a call, as the journal tells of them."""

    def __init__(self, journal: Journal) -> None:
        levels = [(e.at, e.level) for e in journal.events if isinstance(e, EscalationChanged)]
        moods = [
            (e.at, e.value)
            for e in journal.events
            if isinstance(e, SignalChanged)
            and e.signal == MOOD
            and e.channel is Channel.CUSTOMER
            and e.value is not None
        ]
        self._level_times = [at for at, _ in levels]
        self._levels: Sequence[Level] = [Level.CALM, *(level for _, level in levels)]
        self._mood_times = [at for at, _ in moods]
        self._moods: Sequence[float | None] = [None, *(value for _, value in moods)]

    def level(self, at: float) -> Level:
        return self._levels[bisect.bisect_right(self._level_times, at)]

    def mood(self, at: float) -> float | None:
        return self._moods[bisect.bisect_right(self._mood_times, at)]
