"""Why nothing was heard of a side, in words, once the sound is over."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from coach.events import Channel, Event, Loudness, Utterance

SILENT_DBFS = -75.0
"""The loudest half second of a side that carries nothing lies below."""
QUIET_DBFS = -50.0
"""Speech whose loudest half second lies below is hardly recognised."""
CLIPPED = 0.05
"""Share of samples at full scale from which words suffer."""
LONG_ENOUGH_S = 5.0
"""Seconds of sound before its silence is worth a word."""

_WHOSE = {
    Channel.AGENT: "the agent's side",
    Channel.CUSTOMER: "the customer's side",
    Channel.MIXED: "the recording",
}


_WHO = {Channel.AGENT: "the agent", Channel.CUSTOMER: "the customer"}


class _UnheardSide(msgspec.Struct):
    seconds: float = 0.0
    speech: float = 0.0
    loudest: float = -100.0
    clipped: float = 0.0
    words: int = 0
    doubts: dict[str, int] = {}
    """Why words were doubtful, and how many of each."""


class HeardTally:
    """Counts what was heard of each side."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        several = set(channels)
        self._divided = len(several) == len(Channel)
        """One track carries both people; MIXED is what may be either's, and no side."""
        if self._divided:
            several.remove(Channel.MIXED)
        self._sides = {channel: _UnheardSide() for channel in sorted(several)}

    def take(self, facts: Iterable[Event]) -> None:
        """Take in facts of any kind."""
        for fact in facts:
            if isinstance(fact, Loudness) and fact.channel in self._sides:
                side, length = self._sides[fact.channel], fact.end - fact.start
                side.seconds += length
                side.speech += length if fact.speech else 0.0
                side.loudest = max(side.loudest, fact.dbfs)
                side.clipped += fact.clipped * length
            elif isinstance(fact, Utterance) and fact.channel in self._sides:
                side = self._sides[fact.channel]
                count = len(fact.text.split())
                side.words += 0 if fact.doubtful else count
                if fact.doubtful and count:
                    side.doubts[fact.doubt] = side.doubts.get(fact.doubt, 0) + count

    def swap(self) -> None:
        """The two channels were taken for each other."""
        self._sides = {channel.other: side for channel, side in self._sides.items()}

    def findings(self) -> list[str]:
        """One sentence for every side of which no word was heard; one for both if it is the same.

        Words that are all doubtful are no words, and that is said.

        Nothing is said of sound that was too short for it.
        """
        if self._divided and any(side.words for side in self._sides.values()):
            return [
                f"No word was heard of {_WHO[one]}: all that was said sounds like one voice."
                for one, side in self._sides.items()
                if side.words == 0 and side.seconds >= LONG_ENOUGH_S
            ]
        found = {
            channel: (_what(side), _reason(side))
            for channel, side in self._sides.items()
            if side.words == 0 and side.seconds >= LONG_ENOUGH_S
        }
        if len(found) > 1 and len(set(found.values())) == 1:
            what, why = next(iter(found.values()))
            return [f"{what} on either side: {why}"]
        return [f"{what} on {_WHOSE[one]}: {why}" for one, (what, why) in found.items()]


def _what(side: _UnheardSide) -> str:
    return "No word that can be relied on was heard" if side.doubts else "No word was heard"


def _reason(side: _UnheardSide) -> str:
    if side.loudest <= SILENT_DBFS:
        return (
            "it is silent. Probably nothing was recorded or connected there; look at the cable, "
            "the device, or the other tracks of the file (coach inspect)."
        )
    if side.loudest <= QUIET_DBFS:
        return (
            f"it is too quiet, {side.loudest:.0f} dBFS at its loudest. Raise the level at the "
            "source, or record again."
        )
    if side.clipped >= CLIPPED * side.seconds:
        return (
            f"it is too loud, {side.clipped / side.seconds:.0%} of it at full scale, so that "
            "words cannot be made out. Lower the level at the source."
        )
    if side.doubts:
        count, why = max((count, why) for why, count in side.doubts.items())
        return (
            f"{sum(side.doubts.values())} came, all doubtful (most of them, {count}: {why}). "
            "Perhaps it is music, noise or another language (--language)."
        )
    if side.speech < 1.0:
        return (
            "there is sound and no speech in it: music, tones or noise, or a wrong sample rate or "
            "kind of coding (coach inspect; --raw and --rate say it)."
        )
    return (
        f"{side.speech:.0f} s sounded like speech and no word came of it. Perhaps the sample rate "
        "is wrong (coach inspect; --rate says it), or it is another language (--language)."
    )
