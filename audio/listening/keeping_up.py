"""What is told of a machine that cannot keep up, and of one that can again."""

from __future__ import annotations

from audio.recognition.decoding import DecodeRequest, Purpose
from coach.events import AudioGap, Degraded, Recovered

from .channel_speech import ChannelSpeech, OpenUtterance
from .effort import Effort, EffortControl

PAUSE_ALLOWANCE = 0.3
"""Seconds of silence before a decode in a pause can be asked for."""

FINAL_ALLOWANCE = 2.0
"""Seconds after the speech in which a second look may come without anybody waiting for it."""

_COMPONENT = "transcription"
_REMEDY = "Close other programs; a smaller model helps (coach model list)"
_LATE = f"this machine cannot keep up: words come later, and less exact. {_REMEDY}"
_LOST = "this machine cannot keep up: {:.0f} s of speech were never transcribed. " + _REMEDY


class KeepingUp:
    """Lets the effort follow the results of a call, and tells of its last step."""

    def __init__(self, effort: EffortControl) -> None:
        self._effort = effort
        self._lost = 0.0
        """Seconds of speech that nothing is known of."""

    def answered(
        self, lateness: float, request: DecodeRequest, now: float
    ) -> list[Degraded | Recovered]:
        """A result came so many seconds late."""
        before = self._effort.given_up
        if before >= Effort.SMALL_BEAM and request.purpose is Purpose.DRAFT:
            return []  # a draft may take its time there; it is paid for by the rest after it
        self._effort.observe(now, lateness)
        after = self._effort.given_up
        if after is Effort.DEGRADED and before is not after:
            return [Degraded(at=now, component=_COMPONENT, detail=_LATE)]
        if before is Effort.DEGRADED and after is not before:
            return [Recovered(at=now, component=_COMPONENT)]
        return []

    def lost(self, gap: AudioGap) -> Degraded:
        """Speech gave way to newer one, and will never be transcribed."""
        self._lost += gap.end - gap.start
        self._effort.overwhelmed(gap.at)
        return Degraded(at=gap.at, component=_COMPONENT, detail=_LOST.format(self._lost))


def lateness(track: ChannelSpeech, turn: OpenUtterance, request: DecodeRequest, at: float) -> float:
    """Seconds by which a result came later than it would at an idle machine's first try.

    Waiting for the lane counts, so a decode in a pause is dated from the end of the speech.
    """
    if request.purpose is Purpose.DRAFT:
        return at - request.end
    allowance = PAUSE_ALLOWANCE if request.purpose is Purpose.PAUSE else FINAL_ALLOWANCE
    return at - track.time(min(turn.speech_end, track.at(request.end))) - allowance
