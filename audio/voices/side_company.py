"""Tells of a second voice on a side that should carry one person: somebody has joined the call.

Fed with the windows of a channel and the speech detector's verdicts on them; looks anew after every
ten seconds of speech until it has told once.
"""

from __future__ import annotations

from audio.chunks import Samples
from audio.vad import Window
from coach.events import AudioWarning, Channel

from .fingerprint import VoiceEncoder
from .more_voices import second_voice
from .trace import CLEAR, NO_WINDOWS, VoiceTrace

KIND = "third_voice"
"""``AudioWarning.kind`` of what is said here."""

LOOK = 50
"""Clear windows (10 s of speech) between two looks."""

MOST = 400
"""Windows that are kept; of more every second one is dropped."""

_WHOSE = {Channel.AGENT: "the agent's", Channel.CUSTOMER: "the customer's"}


class _ToldDetector:
    """A speech detector that has been told its verdicts."""

    def __init__(self) -> None:
        self.given: list[Window] = []

    def push(self, _samples: Samples) -> list[Window]:
        """The verdict on the window that was pushed."""
        given, self.given = self.given, []
        return given


class SideCompany:
    """Follows one side."""

    def __init__(self, channel: Channel, encoder: VoiceEncoder) -> None:
        self._channel = channel
        self._verdict = _ToldDetector()
        self._trace = VoiceTrace(encoder, self._verdict)
        self._clear = NO_WINDOWS
        self._unseen = 0
        self._told = False

    def push(self, block: Samples, window: Window, at: float) -> list[AudioWarning]:
        """Take in one window, heard until call time ``at``, and the verdict on it."""
        if self._told:
            return []
        self._verdict.given.append(window)
        seen = self._trace.push(block)
        fresh = seen.where(seen.shares >= CLEAR)
        if len(fresh.shares):
            self._clear = self._clear.join(fresh)
            self._unseen += len(fresh.shares)
        if self._unseen < LOOK:
            return []
        self._unseen = 0
        since = second_voice(self._clear)
        if len(self._clear.shares) > MOST:
            self._clear = self._clear.where(slice(None, None, 2))
        if since is None:
            return []
        self._told = True
        return [AudioWarning(at=at, kind=KIND, detail=third_on_side(since, self._channel))]


def third_on_side(since: float, channel: Channel) -> str:
    """What a second voice on a side means, in plain words."""
    return (
        f"a third voice is in the call: from about {clock(since)} on two people speak on "
        f"{_WHOSE.get(channel, 'one')} side. What either says counts as that side's"
    )


def third_on_track(since: float) -> str:
    """What a third voice on a track of two means, in plain words."""
    return (
        f"perhaps a third voice is in the call, from about {clock(since)} on. Two are told apart, "
        "so what the third says goes to whichever of them it is more like"
    )


def clock(seconds: float) -> str:
    """Call time as ``01:05``."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    return f"{minutes:02}:{rest:02}"
