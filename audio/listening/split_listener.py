"""Listens to one microphone as if each of the two people on it had a track.

It is a ``Listener`` behind a ``LiveSplit``. Everything inside lives ``delay`` behind the sound,
answers of the model included, so that nothing looks late that is not.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from audio.detection.vad import SpeechDetector, Vad
from audio.listening.listener import Item, Listener, ListenerSettings
from audio.recognition.decoding import DecodeResult
from audio.samples.chunks import Chunk
from audio.voices.both_talk import unsure_where_both_talk
from audio.voices.fingerprint import VoiceEncoder
from audio.voices.live_split import SIDES, LiveSplit
from audio.voices.live_turns import LiveSplitSettings, Rejudged
from audio.voices.side_company import KIND as THIRD
from audio.voices.side_company import clock, third_on_track
from coach.events import AudioWarning, Utterance

KIND = "voices"
"""``AudioWarning.kind`` of what is said here."""

ONE_VOICE = "one_voice"
"""``AudioWarning.kind`` of the time in which all speech is the first voice's."""

SPOKEN_S = 1.0
"""Seconds of speech from which it is said that there is one voice so far."""

SHOWN_S = 20.0
"""Seconds for which a second thought about a stretch stays on the screen."""


class SplitListener:
    """Hears one microphone; as ``Listener`` for who drives it, but for its one channel."""

    def __init__(
        self,
        settings: ListenerSettings | None = None,
        split: LiveSplitSettings | None = None,
        *,
        agent_speaks_first: bool = True,
        detector: Callable[[], SpeechDetector] = Vad,
        encoder: VoiceEncoder | None = None,
    ) -> None:
        """``detector`` makes a speech detector for the microphone and one for each side."""
        self._delay = (split or LiveSplitSettings()).delay
        self._split = LiveSplit(
            split, agent_speaks_first=agent_speaks_first, detector=detector(), encoder=encoder
        )
        self._listener = Listener(SIDES, settings, detector=detector)
        self._two: bool | None = None
        """Whether there are two voices, as it was told last; None before anything was."""
        self._third = False
        """A third voice has been told of."""
        self._doubted: float | None = None
        """Since when it is on the screen that somebody else probably spoke."""

    @property
    def now(self) -> float:
        """Call time of the newest sound."""
        return self._listener.now + self._delay

    def push(self, chunk: Chunk) -> list[Item]:
        """Take in sound; chunks follow each other without a gap, from 0 on."""
        items: list[Item] = []
        for one in self._split.push(chunk.samples):
            items += self._judged(self._listener.push(one))
        return items + self._news()

    def deliver(self, result: DecodeResult, at: float) -> list[Item]:
        """Take in a result; ``at`` is the call time of the sound at which it came."""
        return self._judged(self._listener.deliver(result, max(0.0, at - self._delay)))

    def finish(self, at: float) -> list[Item]:
        """The sound is over."""
        items: list[Item] = []
        for one in self._split.finish():
            items += self._judged(self._listener.push(one))
        return [*items, *self._news(), *self._judged(self._listener.finish(at))]

    def give_up(self, at: float) -> list[Item]:
        """Nobody waits for the last results any longer: what is known without them."""
        return self._judged(self._listener.give_up(max(0.0, at - self._delay)))

    def _judged(self, items: list[Item]) -> list[Item]:
        """The items, each sentence with how certain its speaker is."""
        return [self._surely(item) if isinstance(item, Utterance) else item for item in items]

    def _surely(self, fact: Utterance) -> Utterance:
        sure = round(self._split.confidence(fact.start, fact.end), 2)
        judged = msgspec.structs.replace(fact, speaker_confidence=sure)
        return unsure_where_both_talk(judged, self._split.both_talk())

    def _news(self) -> list[Item]:
        """What has become known of the voices."""
        items: list[Item] = []
        two = self._split.two_voices
        if two is not self._two and (two or self._split.spoken_seconds >= SPOKEN_S):
            first, self._two = self._two is None, two
            if two:
                detail = "two voices are told apart from here on"
            elif first:
                detail = "one voice so far: not split yet"
            else:
                detail = "all that was said sounds like one voice after all: not split any more"
            now = self._listener.now
            items.append(AudioWarning(at=now, kind=ONE_VOICE, detail=detail, active=not two))
        for one in self._split.rejudged():
            self._doubted = self.now
            items.append(self._told(_otherwise(one), active=True))
        if self._doubted is not None and self.now - self._doubted >= SHOWN_S:
            self._doubted = None
            items.append(self._told("the voices are told apart as before", active=False))
        third = None if self._third else self._split.third()
        if third is not None:
            self._third = True
            detail = third_on_track(third, live=True)
            items.append(AudioWarning(at=self._listener.now, kind=THIRD, detail=detail))
        return items

    def _told(self, detail: str, *, active: bool) -> AudioWarning:
        return AudioWarning(at=self._listener.now, kind=KIND, detail=detail, active=active)


def _otherwise(found: Rejudged) -> str:
    return (
        f"from {clock(found.start)} to {clock(found.end)} it was probably the other one who "
        "spoke: the voices are better known by now. What was heard stays where it is"
    )
