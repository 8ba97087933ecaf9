"""Until when a condition that does not hold on the grid cannot hold: it need not be asked before.

Time alone changes little: a silence is too short until it has lasted long enough, words are no
longer recent at a known time. What else may change an answer is noted as it changes:
(``CallChanges``). A rest is over when its time has come or when anything that it names has changed.
It spares looking, and changes nothing else.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable

from coach.engine.cues.occasion import Occasion, Rest, Rested, SeenMatch
from coach.engine.talk.call_changes import LOUDER, MATCHES, MOOD, PACE, TURNS
from coach.engine.talk.turns import channels_of
from rules.model import (
    AnyCondition,
    Elapsed,
    Loud,
    Monologue,
    MoodBelow,
    NotFollowed,
    Overtalk,
    Pace,
    Silence,
)

Times = Callable[[Occasion], list[SeenMatch]]
"""When a part came true, oldest first."""
FOREVER = math.inf
SLACK_S = 0.01
"""Seconds by which a rest ends earlier than it could, so that no rounding makes it too long."""
PULSE_S = 10.0
"""Seconds for which a conclusion from the past (NotFollowed, Sequence) is held true."""
PATIENCE_S = 6.0
"""Longest wait for words that are still being spoken or transcribed."""


def always(_: Occasion) -> Rested:
    """Time alone cannot make it hold."""
    return FOREVER, MATCHES


def until_due(condition: NotFollowed, first: Times, occasion: Occasion) -> Rested:
    """When the next thing that may be unanswered is due; now where one is already."""
    until = FOREVER
    for seen in reversed(first(occasion)):
        deadline = seen.end + condition.within
        if occasion.now < deadline:
            until = min(until, deadline - SLACK_S)
        else:
            if occasion.now <= max(deadline, seen.at) + PATIENCE_S + PULSE_S:
                until = occasion.now
            break
    return until, MATCHES


def until_silent(condition: Silence) -> Rest:
    """When it could have been silent for long enough; what silence there is never grows back."""
    longer_than = condition.longer_than

    def rest(occasion: Occasion) -> Rested:
        since = occasion.call.talk.turns.silence_since()
        return (FOREVER, TURNS) if since is None else (since + longer_than - SLACK_S, 0)

    return rest


def until_long(condition: Monologue) -> Rest:
    """When the turn that has been held longest has been held for long enough."""
    channels, longer_than = channels_of(condition.by), condition.longer_than

    def rest(occasion: Occasion) -> Rested:
        turns, now = occasion.call.talk.turns, occasion.now
        held = max([turns.turn(channel, now) for channel in channels])
        return now + (longer_than - held) - SLACK_S, TURNS

    return rest


def while_few(condition: Overtalk) -> Rest:
    """Until somebody speaks again, where too few spans began while the other side spoke."""
    channels = channels_of(condition.by)

    def rest(occasion: Occasion) -> Rested:
        turns, since = occasion.call.talk.turns, occasion.now - condition.within
        begun = sum([turns.begun_over(channel, since) for channel in channels])
        return (FOREVER if begun < condition.count else occasion.now), TURNS

    return rest


def until_forgotten(condition: Pace) -> Rest:
    """When the first of the recent words are no longer recent."""
    channels = channels_of(condition.by)
    spoken = _any_of(PACE[channel] for channel in channels)

    def rest(occasion: Occasion) -> Rested:
        turns, now, past = occasion.call.talk.turns, occasion.now, condition.past
        ends = [turns.pace_from(channel, now, past) for channel in channels]
        return min(ends) + past - SLACK_S, spoken

    return rest


def while_as_loud(condition: Loud) -> Rest:
    """Until the voice is louder."""
    heard = _any_of(LOUDER[channel] for channel in channels_of(condition.by))
    return lambda _: (FOREVER, heard)


def until_late(condition: Elapsed) -> Rest:
    """When the call has lasted long enough."""

    def rest(occasion: Occasion) -> Rested:
        return occasion.call.talk.began + condition.longer_than - SLACK_S, 0

    return rest


def until_moved(_: MoodBelow) -> Rest:
    """Until another turn was scored."""
    return lambda _: (FOREVER, MOOD)


def _any_of(changes: Iterable[int]) -> int:
    return functools.reduce(operator.or_, changes, 0)


RESTS: dict[type[AnyCondition], Callable[..., Rest]] = {
    Silence: until_silent,
    Monologue: until_long,
    Overtalk: while_few,
    Pace: until_forgotten,
    Loud: while_as_loud,
    Elapsed: until_late,
    MoodBelow: until_moved,
}
"""What conditions on the talk alone rest by; those that are missing are asked at every point."""
