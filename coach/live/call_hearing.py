"""The listening half of a live call: from captured sound to facts of one call after another.

Between calls the sound is watched but not transcribed; a few seconds of it are kept, so that
a call which begins by itself has its greeting. A call is heard by a ``Listener`` of its own,
whose clock starts at the call's first sample. Single-threaded: the listener thread of
``coach.live.session`` owns it; requests for the model go out and results come back by arguments.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from audio.chunks import SAMPLE_RATE, Chunk
from audio.decoding import DecodeRequest, DecodeResult
from audio.health import SilenceWatch
from audio.listener import Listener
from coach.events import (
    AudioGap,
    CallEnded,
    CallStarted,
    Channel,
    Fact,
    Loudness,
    SpeechStarted,
)

LEAD_IN = 0.5
"""Seconds of sound kept before the first word of a call that begins by itself."""
RENEW = 60.0
"""Seconds after which the listener that watches between calls is renewed: nobody decodes what
it asks for, so it must not gather."""
NOISE_FLOOR_DBFS = -60.0
"""Below this a line carries nothing: an idle sound card and comfort noise stay under it."""


class CallBounds(msgspec.Struct, frozen=True, kw_only=True):
    """When a call begins and ends without a key."""

    begin_on_sound: bool = True
    """Begin when the far end starts to speak."""
    lead: float = 15.0
    """Seconds before that in which the agent's greeting may already have begun: it takes 5 to
    8 s, and the customer takes a moment to answer."""
    end_after: float | None = 60.0
    """End after the far end has carried no sound at all for so many seconds (hold music and
    line noise are sound); None waits for the key."""
    finish_within: float = 6.0
    """Seconds that the last words may take to be transcribed after the end."""


class Phase(enum.Enum):
    """What the ears are doing."""

    WAITING = enum.auto()
    """No call; sound is watched."""
    IN_CALL = enum.auto()
    ENDING = enum.auto()
    """The call is over but its last words are still with the model."""


Outcome = Fact | DecodeRequest
NewListener = Callable[[], Listener]
Announce = Callable[[float], CallStarted]
"""Makes the first event of a call that began so many session seconds after the session."""


class Ears:
    """Finds the calls in a session's sound.

    All times passed in are session time (seconds since capture began); the facts that come
    out carry call time, but for those of the waiting phase, whose times mean nothing and
    which serve only to show levels and trouble.
    """

    def __init__(self, new_listener: NewListener, bounds: CallBounds, announce: Announce) -> None:
        self.phase = Phase.WAITING
        self.paused = False
        self.swapped = False
        self._new_listener = new_listener
        self._bounds = bounds
        self._announce = announce
        self._listener = new_listener()
        self._origin = 0.0
        """Session time at which the listener's clock stands at 0: the call's, or since when it
        has been watched for one."""
        self._due: dict[Channel, float] = {}
        """Listener time of each channel's next sample."""
        self._recent: deque[Chunk] = deque()
        """While waiting: the last ``lead`` seconds and a little more of both channels."""
        self._spoke: dict[Channel, float] = {}
        """While waiting: session time at which each channel last began to speak."""
        self._silence = SilenceWatch()
        self._far_end_heard = 0.0
        self._outstanding = 0
        self._deadline = 0.0
        self._end_reason = ""

    # --- what may happen --------------------------------------------------------------------

    def hear(self, items: Iterable[Chunk | Fact], now: float) -> list[Outcome]:
        """Take what the capture gave."""
        outcomes: list[Outcome] = []
        for item in items:
            if isinstance(item, Chunk):
                outcomes += self._take(item)
            else:
                outcomes.append(self._on_call_clock(item))
        if self.phase is Phase.IN_CALL and self._line_is_dead():
            outcomes += self.end("the far end went silent", now)
        if self.phase is Phase.ENDING and now >= self._deadline:
            outcomes += self._close(now)
        return outcomes

    def deliver(self, result: DecodeResult, now: float) -> list[Outcome]:
        """Take what the model understood; a result that outlived its call is dropped."""
        if self.phase is Phase.WAITING:
            return []
        self._outstanding -= 1
        outcomes = self._counted(self._listener.deliver(result, now - self._origin))
        if self.phase is Phase.ENDING and self._outstanding <= 0:
            outcomes += self._close(now)
        return outcomes

    def begin(self, now: float) -> list[Outcome]:
        """Begin a call at the agent's key."""
        if self.phase is not Phase.WAITING:
            return []
        return self._begin(now)

    def end(self, reason: str, now: float) -> list[Outcome]:
        """End the call; its CallEnded follows once the last words are there."""
        if self.phase is not Phase.IN_CALL:
            return []
        self.phase = Phase.ENDING
        self._end_reason = reason
        self._deadline = now + self._bounds.finish_within
        outcomes = self._counted(self._listener.finish(now - self._origin))
        return outcomes if self._outstanding > 0 else [*outcomes, *self._close(now)]

    def pause(self, paused: bool) -> list[Outcome]:
        """Hear nothing, or hear again; the channels' clocks go on."""
        self.paused = paused
        return []

    def swap(self) -> list[Outcome]:
        """Exchange the two sides from here on."""
        self.swapped = not self.swapped
        return []

    # --- inside -----------------------------------------------------------------------------

    def _take(self, chunk: Chunk) -> list[Outcome]:
        if self.paused:
            chunk = chunk._replace(samples=np.zeros_like(chunk.samples))
        if self.swapped:
            chunk = chunk._replace(channel=chunk.channel.other)
        if self.phase is Phase.WAITING:
            return self._watch(chunk)
        if self.phase is Phase.ENDING:
            return []
        outcomes = self._feed(chunk)
        for loudness in [o for o in outcomes if isinstance(o, Loudness)]:
            if self._is_line_noise(loudness):
                self._far_end_heard = loudness.end
            if not self.paused:
                outcomes += self._silence.push(loudness)
        return self._counted(outcomes)

    def _feed(self, chunk: Chunk) -> list[Outcome]:
        """Give a chunk to the listener, on its clock and without a hole before it.

        A channel's samples are its clock: lost sound is replaced by silence of equal length,
        and sound from before the clock began, or given twice, is cut off.
        """
        start = chunk.start - self._origin
        due = self._due.get(chunk.channel, 0.0)
        missing = round((start - due) * SAMPLE_RATE)
        samples = chunk.samples
        if missing > 0:
            samples = np.concatenate([np.zeros(missing, np.float32), samples])
        elif missing < 0:
            samples = samples[-missing:]
        if not len(samples):
            return []
        self._due[chunk.channel] = due + len(samples) / SAMPLE_RATE
        return list(self._listener.push(Chunk(chunk.channel, due, samples)))

    def _watch(self, chunk: Chunk) -> list[Outcome]:
        """Keep the last seconds, show levels, and see whether a call has begun."""
        if chunk.end - self._origin > RENEW:
            self._watch_anew(chunk.start)
        self._recent.append(chunk)
        while self._recent[0].end < chunk.end - self._bounds.lead - 1.0:
            self._recent.popleft()
        shown: list[Outcome] = []
        begun = False
        for outcome in self._feed(chunk):
            if isinstance(outcome, Loudness):
                shown.append(outcome)
            elif isinstance(outcome, SpeechStarted):
                self._spoke.setdefault(outcome.channel, outcome.start + self._origin)
                begun = begun or outcome.channel is Channel.CUSTOMER
        greeting = self._spoke.get(Channel.AGENT)
        if greeting is not None and greeting < chunk.end - self._bounds.lead:
            del self._spoke[Channel.AGENT]
        if begun and self._bounds.begin_on_sound:
            first = min(self._spoke.values()) - LEAD_IN
            return shown + self._begin(max(first, self._recent[0].start))
        return shown

    def _watch_anew(self, now: float) -> None:
        self._renew(now)
        self._spoke.clear()

    def _renew(self, origin: float) -> None:
        """Take a fresh listener whose clock stands at 0 at session time ``origin``."""
        self._listener = self._new_listener()
        self._origin = origin
        self._due = {}

    def _begin(self, origin: float) -> list[Outcome]:
        self.phase = Phase.IN_CALL
        self._outstanding = 0
        self._far_end_heard = 0.0
        self._renew(origin)
        self._silence = SilenceWatch()
        recent, self._recent = list(self._recent), deque()
        outcomes: list[Outcome] = [self._announce(origin)]
        # What was kept is already swapped and paused as it should be.
        for chunk in recent:
            outcomes += self._counted(self._feed(chunk))
        return outcomes

    def _close(self, now: float) -> list[Outcome]:
        at = now - self._origin
        self.phase = Phase.WAITING
        self._watch_anew(now)
        return [CallEnded(at=at, reason=self._end_reason)]

    def _counted(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        self._outstanding += sum(isinstance(o, DecodeRequest) for o in outcomes)
        return list(outcomes)

    @staticmethod
    def _is_line_noise(fact: Loudness) -> bool:
        """Tell whether the far end's line carries anything: speech, music, noise."""
        return fact.channel is Channel.CUSTOMER and fact.dbfs > NOISE_FLOOR_DBFS

    def _line_is_dead(self) -> bool:
        after = self._bounds.end_after
        heard_until = self._due.get(Channel.CUSTOMER, 0.0)
        return after is not None and heard_until - self._far_end_heard >= after

    def _on_call_clock(self, fact: Fact) -> Fact:
        if self.phase is Phase.WAITING:
            return fact
        at = max(0.0, fact.at - self._origin)
        if isinstance(fact, AudioGap):
            channel = fact.channel.other if self.swapped else fact.channel
            return msgspec.structs.replace(
                fact,
                at=at,
                channel=channel,
                start=max(0.0, fact.start - self._origin),
                end=max(0.0, fact.end - self._origin),
            )
        return msgspec.structs.replace(fact, at=at)
