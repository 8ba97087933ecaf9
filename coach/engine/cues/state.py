"""The state conditions: what the trackers measure, asked on the engine's grid.

Each function takes a condition and gives its test; ``STATE`` is the table of them. Silence
alone has a memory: the agent may have announced it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coach.engine.cues.occasion import Occasion, Test, Truth
from coach.engine.talk.heard import HeardWords
from coach.engine.talk.turns import channels_of
from coach.events import Channel, Evidence
from rules.definition.conditions import (
    Distress,
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

MOOD_TRUSTED = 2.5
"""Half-width of the mood (points) above which MoodBelow decides nothing."""
DISTRESS_WORDS = 4
"""Fewest words of an utterance whose distress is believed."""

MOST_ANNOUNCED = 16
"""Latest announcements of a silence that are remembered: more are never drafts at once."""

HURRIED = 1.2
"""Times the baseline that a pace over the ceiling must be as well: who always speaks fast
cannot be told to slow down all through the call."""


class Announcement:
    """A Silence, and when the agent last announced one."""

    def __init__(self, condition: Silence, number: int) -> None:
        """``number``: the matcher's, for the words that announce it."""
        self._condition = condition
        self._number = number
        self.ends: dict[str, float] = {}
        """Where announcements ended, by the utterance: a draft of one may be taken back."""

    @property
    def said(self) -> float | None:
        """Where the latest announcement ended."""
        return next(reversed(self.ends.values()), None)

    def carry(self, known: object) -> bool:
        """Remember what another one has heard. Whether it is of this kind."""
        if not isinstance(known, Announcement):
            return False
        self.ends = known.ends
        return True

    def hear(self, occasion: Occasion, heard: HeardWords) -> None:
        """Note an announcement among the agent's words; of a final, that there is none."""
        known = self.said
        if heard.found.numbered(self._number) is not None:
            self.forget(heard.utterance)
            self.ends[heard.utterance] = heard.end
            if len(self.ends) > MOST_ANNOUNCED:
                del self.ends[next(iter(self.ends))]
        elif heard.final:
            self.forget(heard.utterance)
        if self.said != known:
            occasion.call.moved.add(self)

    def forget(self, utterance: str) -> None:
        """The words of ``utterance`` no longer count."""
        self.ends.pop(utterance, None)

    def holds(self, occasion: Occasion) -> Truth | None:
        """Nobody has spoken for too long, and nobody said why."""
        turns, last = occasion.call.talk.turns, self._condition.last_spoke
        since = turns.silence_since()
        if since is None or occasion.now - since <= self._condition.longer_than:
            return None
        if last is not None and turns.last_spoke() not in channels_of(last):
            return None
        if self.said is not None and since - self.said <= self._condition.announced:
            return None
        value = round(occasion.now - since, 1)
        threshold = self._condition.longer_than
        return Truth(
            (Evidence(start=since, end=occasion.now, value=value, threshold=threshold,
                      note="seconds of silence"),)
        )  # fmt: skip


def distress(condition: Distress) -> Test:
    """The customer's final words are distressed."""

    def test(occasion: Occasion) -> Truth | None:
        heard = occasion.heard
        if heard is None or heard.channel is Channel.AGENT:
            return None
        score = heard.score
        if score is None or score.words < DISTRESS_WORDS or score.worded < condition.at_least:
            return None
        evidence = Evidence(
            utterance=heard.utterance,
            channel=heard.channel,
            start=heard.start,
            end=heard.end,
            text=heard.text,
            value=round(score.worded, 3),
            threshold=condition.at_least,
            note="the words sound distressed",
        )
        return Truth((evidence,), fresh=True)

    return test


def overtalk(condition: Overtalk) -> Test:
    """One side keeps speaking over the other."""
    channels = channels_of(condition.by)

    def test(occasion: Occasion) -> Truth | None:
        since = occasion.now - condition.within
        turns = occasion.call.talk.turns
        found = 0
        for channel in channels:
            found += len(turns.talkovers(channel, condition.longer_than, since, occasion.now))
        if found < condition.count:
            return None
        note = f"talk-overs in {condition.within:g} s"
        return Truth((Evidence(value=found, threshold=condition.count, note=note),))

    return test


def monologue(condition: Monologue) -> Test:
    """One side has held the turn for long."""
    channels = channels_of(condition.by)

    def test(occasion: Occasion) -> Truth | None:
        for channel in _listened_to(channels, occasion):
            held = occasion.call.talk.turns.turn(channel, occasion.now)
            if held > condition.longer_than:
                value, note = round(held, 1), "seconds of one turn"
                threshold = condition.longer_than
                return Truth(
                    (Evidence(channel=channel, value=value, threshold=threshold, note=note),)
                )
        return None

    return test


def _listened_to(channels: Iterable[Channel], occasion: Occasion) -> list[Channel]:
    """Those of the channels of which somebody hears how they speak."""
    to_machine = occasion.call.talk.to_machine
    return [channel for channel in channels if not (to_machine and channel is Channel.AGENT)]


def pace(condition: Pace) -> Test:
    """One side speaks faster than usual."""
    channels = channels_of(condition.by)

    def test(occasion: Occasion) -> Truth | None:
        turns = occasion.call.talk.turns
        for channel in _listened_to(channels, occasion):
            rate = turns.pace_now(channel, occasion.now, condition.past)
            if rate is None:
                continue
            baseline = turns.pace_baseline(channel, occasion.now, condition.past)
            if baseline is None:
                continue
            ceiling = max(condition.ceiling_wpm, baseline * HURRIED)
            bound = min(ceiling, baseline * (1.0 + condition.over_baseline_pct / 100.0))
            if rate > bound:
                evidence = Evidence(
                    channel=channel, value=round(rate), threshold=round(bound),
                    note="words a minute, own pauses counted",
                )  # fmt: skip
                return Truth((evidence,))
        return None

    return test


def loud(condition: Loud) -> Test:
    """One side is louder than usual."""
    channels = channels_of(condition.by)

    def test(occasion: Occasion) -> Truth | None:
        for channel in channels:
            over = occasion.call.talk.loud[channel]
            if over is not None and over >= condition.over_baseline_db:
                evidence = Evidence(
                    channel=channel, value=round(over, 1), threshold=condition.over_baseline_db,
                    note="dB over the usual level",
                )  # fmt: skip
                return Truth((evidence,))
        return None

    return test


def mood_share(condition: MoodShare) -> Test:
    """Many of the customer's latest turns are negative."""

    def test(occasion: Occasion) -> Truth | None:
        negative, turns = occasion.call.talk.mood.negative_share(occasion.now, condition.past)
        if turns < max(1, condition.turns) or negative < condition.share * turns:
            return None
        note = f"share of {turns} turns that are negative"
        value = round(negative / turns, 2)
        return Truth((Evidence(value=value, threshold=condition.share, note=note),))

    return test


def mood_slope(condition: MoodSlope) -> Test:
    """The customer's mood fell or rose."""

    def test(occasion: Occasion) -> Truth | None:
        change = occasion.call.talk.mood.change(occasion.now, condition.past)
        if change is None:
            return None
        if change > condition.change if condition.change < 0 else change < condition.change:
            return None
        note = f"change of mood in {condition.past:g} s"
        return Truth((Evidence(value=round(change, 2), threshold=condition.change, note=note),))

    return test


def mood_below(condition: MoodBelow) -> Test:
    """The customer's mood is low."""

    def test(occasion: Occasion) -> Truth | None:
        point = occasion.call.talk.mood.point
        if point is None or point.uncertainty > MOOD_TRUSTED or point.score > condition.score:
            return None
        return Truth((Evidence(value=point.score, threshold=condition.score, note="mood"),))

    return test


def level_at_least(condition: LevelAtLeast) -> Test:
    """The call has escalated so far."""

    def test(occasion: Occasion) -> Truth | None:
        level = occasion.call.level
        if level < condition.level:
            return None
        return Truth((Evidence(value=level, threshold=condition.level, note="escalation level"),))

    return test


def elapsed(condition: Elapsed) -> Test:
    """The call has lasted long."""

    def test(occasion: Occasion) -> Truth | None:
        lasted = occasion.now - occasion.call.talk.began
        if lasted <= condition.longer_than:
            return None
        note, threshold = "seconds of call", condition.longer_than
        return Truth((Evidence(value=round(lasted), threshold=threshold, note=note),))

    return test


STATE: dict[type, Callable[..., Test]] = {
    Distress: distress,
    Overtalk: overtalk,
    Monologue: monologue,
    Pace: pace,
    Loud: loud,
    MoodShare: mood_share,
    MoodSlope: mood_slope,
    MoodBelow: mood_below,
    LevelAtLeast: level_at_least,
    Elapsed: elapsed,
}
