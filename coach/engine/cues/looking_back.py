"""The conditions that look back: how often, in which order, and unanswered.

Windows are measured in the time of the audio. NotFollowed, which concludes something from
words that did *not* come, waits a little longer while somebody's words are still being
transcribed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from coach.engine.cues.occasion import Log, Occasion, SeenMatch, Test, Truth
from coach.engine.talk.turns import channels_of
from coach.events import Channel, Evidence
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    CueSeen,
    Meaning,
    Near,
    NotFollowed,
    Phrase,
    Regex,
    Sequence,
    Speaker,
)

PULSE_S = 10.0
"""Seconds for which a conclusion from the past (NotFollowed, Sequence) is held true."""

MOST_SEEN = 50
"""Latest matches of other rules that a CueSeen with a window looks at."""

PATIENCE_S = 6.0
"""Longest wait for words that are still being spoken or transcribed."""

Times = Callable[[Occasion], list[SeenMatch]]
"""When a part came true, oldest first."""

FOREVER = math.inf

SLACK_S = 0.01
"""Seconds by which a rest ends earlier than it could, so that no rounding makes it too long."""


def merged(log: list[SeenMatch], times: Times) -> Times:
    """Both together, by where they ended."""

    def both(occasion: Occasion) -> list[SeenMatch]:
        more = times(occasion)
        return sorted([*log, *more], key=lambda s: s.end) if more else log

    return both


def counted(condition: Count, times: Times) -> Test:
    """The part came true often enough."""

    def test(occasion: Occasion) -> Truth | None:
        found = times(occasion)
        if len(found) < condition.at_least:
            return None
        if condition.within is not None:
            found = [s for s in found if s.end >= occasion.now - condition.within]
        if len(found) < condition.at_least:
            return None
        heard = occasion.heard
        fresh = heard is not None and found[-1].utterance == heard.utterance
        because = tuple(e for s in found[-condition.at_least :] for e in s.because[:1])
        return Truth(because, fresh=fresh)

    return test


def sequence(condition: Sequence, first: Times, then: Times) -> Test:
    """One thing, and then another."""

    def test(occasion: Occasion) -> Truth | None:
        later = then(occasion)
        if not later:
            return None
        last, heard = later[-1], occasion.heard
        fresh = heard is not None and last.utterance == heard.utterance
        if not fresh and (last.utterance or occasion.now - last.at > PULSE_S):
            # Words made their match when they arrived; only state is held true for a while.
            return None
        for seen in reversed(first(occasion)):
            gap = last.start - seen.end
            if seen is not last and 0.0 <= gap <= condition.within:
                return Truth((*seen.because[:1], *last.because[:1]), fresh=fresh)
        return None

    return test


def until_state_follows(then: Times, occasion: Occasion) -> float:
    """Now while the later thing, brought by state, is held true; else until there is another."""
    later = then(occasion)
    held = later and not later[-1].utterance and occasion.now - later[-1].at <= PULSE_S
    return occasion.now if held else FOREVER


def answered(condition: NotFollowed, seen: SeenMatch, answers: list[SeenMatch]) -> bool:
    """Whether the other thing came, or came shortly before."""
    return bool(answers) and answers[-1].end >= seen.start - condition.before


def not_followed(
    condition: NotFollowed, first: Times, then: Times, given_up: Callable[[SeenMatch], None]
) -> Test:
    """One thing, and the other did not come in time; ``given_up`` is told which one that is."""
    speakers = tuple(dict.fromkeys(_speakers(condition.then)))

    def due(seen: SeenMatch, occasion: Occasion, answers: list[SeenMatch]) -> bool:
        deadline = seen.end + condition.within
        if not deadline <= occasion.now <= max(deadline, seen.at) + PATIENCE_S + PULSE_S:
            return False
        if answered(condition, seen, answers):
            return False
        waiting = any(occasion.call.talk.turns.unheard(c, deadline, occasion.now) for c in speakers)
        return not waiting or occasion.now >= deadline + PATIENCE_S

    def test(occasion: Occasion) -> Truth | None:
        answers: list[SeenMatch] | None = None
        for seen in reversed(first(occasion)):
            if occasion.now < seen.end + condition.within:
                continue
            if occasion.now > max(seen.end + condition.within, seen.at) + PATIENCE_S + PULSE_S:
                return None
            if answers is None:
                answers = then(occasion)
            if due(seen, occasion, answers):
                given_up(seen)
                waited = Evidence(
                    value=round(occasion.now - seen.end, 1),
                    threshold=condition.within,
                    note="seconds since then, still not done",
                )
                return Truth((*seen.because[:1], waited))
        return None

    return test


def until_due(condition: NotFollowed, first: Times, then: Times, occasion: Occasion) -> float:
    """When the next thing that may be unanswered is due; now where one is already."""
    until = FOREVER
    answers: list[SeenMatch] | None = None
    for seen in reversed(first(occasion)):
        deadline = seen.end + condition.within
        if occasion.now < deadline:
            until = min(until, deadline - SLACK_S)
        elif occasion.now > max(deadline, seen.at) + PATIENCE_S + PULSE_S:
            break
        else:
            answers = then(occasion) if answers is None else answers
            if not answered(condition, seen, answers):
                return occasion.now
    return until


def until_answer_is_late(
    condition: NotFollowed, first: Times, then: Times, occasion: Occasion
) -> float:
    """Until when what is unanswered goes on to be; now while words of an answer may still come."""
    until, now = FOREVER, occasion.now
    answers = then(occasion)
    for seen in reversed(first(occasion)):
        deadline = seen.end + condition.within
        until = min(until, max(deadline, seen.at) + PATIENCE_S + PULSE_S - SLACK_S)
        if now >= deadline + PATIENCE_S and not answered(condition, seen, answers):
            return until
    return now


def until_forgotten(condition: CueSeen, log: Log, occasion: Occasion) -> float:
    """Until when enough of the matches that were seen are recent."""
    if condition.within is None:
        return FOREVER
    times = sorted([seen.at for seen in log[-MOST_SEEN:]])
    enough = len(times) >= condition.count
    return times[-condition.count] + condition.within - SLACK_S if enough else occasion.now


def _speakers(condition: AnyCondition) -> Iterable[Channel]:
    """Whose words could bring the answer; the agent's unless the condition says otherwise."""
    match condition:
        case (
            Phrase(speaker=speaker)
            | Near(speaker=speaker)
            | Regex(speaker=speaker)
            | Meaning(speaker=speaker)
        ):
            return channels_of(speaker or Speaker.AGENT)
        case AllOf(of=of) | AnyOf(of=of):
            return [channel for part in of for channel in _speakers(part)]
        case _:
            return (Channel.AGENT,)


def cue_seen(condition: CueSeen, log: Log) -> Test:
    """Other rules matched."""

    def test(occasion: Occasion) -> Truth | None:
        found: list[SeenMatch] = log
        if len(found) < condition.count:
            return None
        if condition.within is not None:
            # By when it was learned: the words of a long utterance may be known late.
            since = occasion.now - condition.within
            if log.latest < since:
                return None
            found = [seen for seen in log[-MOST_SEEN:] if seen.at >= since]
        if len(found) < condition.count:
            return None
        return Truth(tuple(e for s in found[-condition.count :] for e in s.because[:1]))

    return test
