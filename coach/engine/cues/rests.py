"""Until when a condition on state that does not hold cannot hold, and what may change that.

And of some that hold, until when they surely go on to.

As long as nothing has moved that a condition asks about, time alone can make it hold, and no
sooner than its rest says. A rest may be too short, at the cost of one more look; it is never too
long.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import msgspec

from coach.engine.cues.looking_back import FOREVER, SLACK_S
from coach.engine.cues.occasion import LEVEL, Occasion
from coach.engine.talk.state import Aspect
from coach.engine.talk.turns import channels_of
from rules.definition.conditions import (
    Elapsed,
    LevelAtLeast,
    Loud,
    Monologue,
    MoodBelow,
    MoodShare,
    MoodSlope,
    Overtalk,
    Pace,
    Silence,
)


class Asleep(msgspec.Struct, frozen=True):
    """A test that does not hold need not be asked again for now."""

    until: float
    woken_by: tuple[Hashable, ...]
    """What may make it hold sooner; see ``CallState.moved``."""


Rest = Callable[[Occasion], Asleep]
"""Asked of a test that does not hold on the grid, right after that was found."""


def only_by(*moved: Hashable) -> Rest:
    """Of a test that time alone cannot make hold."""
    asleep = Asleep(FOREVER, moved)
    return lambda _: asleep


def silence_rest(condition: Silence, announced: Hashable) -> Rest:
    """``announced`` moves when the agent's words have announced a silence."""
    woken_by = (Aspect.ENDED, announced)

    def rest(occasion: Occasion) -> Asleep:
        since = occasion.call.talk.turns.silence_since()
        if since is None or occasion.now - since > condition.longer_than:
            return Asleep(FOREVER, woken_by)
        return Asleep(since + condition.longer_than - SLACK_S, woken_by)

    return rest


def _monologue(condition: Monologue) -> Rest:
    channels = channels_of(condition.by)

    def rest(occasion: Occasion) -> Asleep:
        began = [occasion.call.talk.turns.goes_on_since(channel) for channel in channels]
        first = min([since for since in began if since is not None], default=FOREVER)
        return Asleep(first + condition.longer_than - SLACK_S, (Aspect.BEGAN,))

    return rest


def _overtalk(condition: Overtalk) -> Rest:
    channels = channels_of(condition.by)

    def rest(occasion: Occasion) -> Asleep:
        turns, since = occasion.call.talk.turns, occasion.now - condition.within
        found: list[float] = []
        for channel in channels:
            found += turns.talkovers_from(channel, condition.longer_than, since)
        for number, proves in enumerate(sorted(found), start=1):
            if number >= condition.count:
                return Asleep(proves - SLACK_S, (Aspect.OVER,))
        return Asleep(FOREVER, (Aspect.OVER,))

    return rest


def _pace(condition: Pace) -> Rest:
    channels = channels_of(condition.by)
    woken_by = tuple([(Aspect.PACE, channel) for channel in channels])

    def rest(occasion: Occasion) -> Asleep:
        turns, now, past = occasion.call.talk.turns, occasion.now, condition.past
        until = min([turns.same_pace_until(channel, now, past) for channel in channels])
        return Asleep(until - SLACK_S, woken_by)

    return rest


def _mood_of(condition: MoodShare | MoodSlope) -> Rest:
    def rest(occasion: Occasion) -> Asleep:
        until = occasion.call.talk.mood.same_until(occasion.now, condition.past)
        return Asleep(until - SLACK_S, (Aspect.MOOD,))

    return rest


def _elapsed(condition: Elapsed) -> Rest:
    return lambda occasion: Asleep(occasion.call.talk.began + condition.longer_than - SLACK_S, ())


def _loud(condition: Loud) -> Rest:
    """It holds, or does not, until its bound is crossed, which the talk heeds."""
    return only_by(*[(Aspect.LOUDNESS, channel) for channel in channels_of(condition.by)])


RESTS: dict[type, Callable[..., Rest]] = {
    Monologue: _monologue,
    Overtalk: _overtalk,
    Pace: _pace,
    Loud: _loud,
    MoodBelow: lambda _: only_by(Aspect.MOOD),
    MoodShare: _mood_of,
    MoodSlope: _mood_of,
    LevelAtLeast: lambda _: only_by(LEVEL),
    Elapsed: _elapsed,
}
"""By the kind of the condition."""

STAYS: dict[type, Callable[..., Rest]] = {
    Loud: _loud,
    MoodBelow: lambda _: only_by(Aspect.MOOD),
    LevelAtLeast: lambda _: only_by(LEVEL),
    Elapsed: lambda _: only_by(),
}
"""Of what holds, and goes on to until something moves: by the kind of the condition."""
