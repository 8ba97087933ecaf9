"""Speech told to the tracker of turns as the detector would."""

from __future__ import annotations

from coach.engine.talk.turns import TurnTracker
from coach.events import Channel, SpeechEnded, SpeechStarted

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER


def speak(turns: TurnTracker, channel: Channel, start: float, end: float | None) -> None:
    """Somebody speaks from ``start`` to ``end``; None goes on."""
    turns.started(SpeechStarted(at=start + 0.1, channel=channel, start=start, end=start))
    if end is not None:
        turns.ended(SpeechEnded(at=end + 0.5, channel=channel, start=start, end=end))
