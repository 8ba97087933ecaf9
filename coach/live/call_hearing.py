"""The listening half of a live call: from captured sound and keys to facts, one call after another.

What happens is looked up in ``coach.live.call_life``; this module does the deeds of that table
and keeps the figures that make things happen. Single-threaded: the listener thread of
``coach.live.session`` owns it; requests for the model go out and results come back by arguments.

Keys pass through here, so that they come out as facts in the order of the sound: what was
heard before a key stands before it in the journal, and a replay cannot differ.

The listener below knows two devices, or two voices, under the names they had at first. Whose they
are is decided as facts leave (``coach.live.swapped_sides``): a swap in mid-sentence damages
nothing, and every fact after it carries the new name. Where one microphone hears both people, it
stands for the far end: a call begins when anybody speaks, and ends when the line is dead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from audio.recognition.decoding import DecodeRequest
from audio.samples.chunks import SAMPLE_RATE, Chunk
from coach.calls.silent_sides import SilentSides
from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Fact,
    Loudness,
    SpeechStarted,
    Utterance,
)
from coach.live.call_life import LIFE, Deed, Happening, Phase
from coach.live.capture_and_listener import NewListener, OneMicrophone
from coach.live.late_decodes import Ask, CallDecoded, CallDecodes, words_missing
from coach.live.swapped_sides import SwappedSides

LEAD_IN = 0.5
"""Seconds of sound kept before the first word of a call that begins by itself."""
RENEW = 60.0
"""Seconds after which the listener that watches between calls is renewed: nobody decodes what
it asks for, so it must not gather."""
NOISE_FLOOR_DBFS = -60.0
"""Below this a line carries nothing: an idle sound card and comfort noise stay under it."""
SETTLED = 5.0
"""Seconds without speech at the far end after which a new call may begin by itself: who is still
on the line pauses for less, and no caller is put through sooner."""


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


class CallOpened(NamedTuple):
    """A call began at this session time."""

    at: float
    first: CallStarted


Outcome = Fact | CallOpened | Ask
NewCall = Callable[[], CallStarted]

_KEYS = {
    Action.END: Happening.END_KEY,
    Action.PAUSE: Happening.PAUSE_KEY,
    Action.RESUME: Happening.RESUME_KEY,
    Action.SWAP_CHANNELS: Happening.SWAP_KEY,
}


class CallHearing:
    """Hears one call after another.

    All times passed in are session time (``coach.live.session``); the facts that come out
    carry call time, but for those of a phase without a call, whose times mean nothing and which
    serve only to show levels and trouble.
    """

    def __init__(
        self,
        new_listener: NewListener,
        bounds: CallBounds,
        new_call: NewCall,
        mixed: OneMicrophone | None = None,
    ) -> None:
        """``new_call`` makes the first event of a call that begins at this moment.

        ``mixed``: set where one microphone hears both people.
        """
        self.phase = Phase.WAITING
        self._names = SwappedSides(mixed.taken if mixed else None)
        self._far = Channel.MIXED if mixed else Channel.CUSTOMER
        """The device on which the far end is heard."""
        self._new_listener = new_listener
        self._new_watcher: NewListener = mixed.watcher if mixed else new_listener
        self._bounds = bounds
        self._new_call = new_call
        self._listener = self._new_watcher()
        self._decodes = CallDecodes()
        self._origin = 0.0
        """Session time at which the listener's clock stands at 0: the call's, or since when it
        has been watched for one."""
        self._due: dict[Channel, float] = {}
        """Listener time of each device's next sample."""
        self._recent: deque[Chunk] = deque()
        """Without a call: the last ``lead`` seconds and a little more of both devices."""
        self._spoke: dict[Channel, float] = {}
        """Without a call: session time at which each side last began to speak."""
        self._quiet_since = 0.0
        """Without a call: session time since when the far end has not spoken."""
        self._silence = SilentSides()
        self._line_alive = 0.0
        """Call time until which the far end's line carried something."""
        self._end_reason = ""

    # --- what may happen --------------------------------------------------------------------

    def hear(self, items: Iterable[Chunk | Fact], now: float) -> list[Outcome]:
        """Take what the capture gave."""
        outcomes: list[Outcome] = []
        for item in items:
            if isinstance(item, Chunk):
                outcomes += self._sound(item, now)
            else:
                outcomes += self._device_news(item)
        if self.phase is Phase.IN_CALL and self._line_is_dead():
            outcomes += self._finish(Happening.LINE_DEAD, "the far end went silent", now)
        if self.phase is Phase.ENDING and self._decodes.out_of_time(now):
            outcomes += self._close(Happening.OUT_OF_TIME, now)
        return outcomes

    def deliver(self, answer: CallDecoded, now: float) -> list[Outcome]:
        """Take what the model understood; what another call asked for is dropped."""
        own = self._decodes.is_own(answer)
        deed = self._step(Happening.OWN_DECODE if own else Happening.STRAY_DECODE)
        if deed is not Deed.HEAR:
            return []
        self._decodes.came_back()
        outcomes = self._leave(self._listener.deliver(answer.result, now - self._origin))
        outcomes += self._silences(outcomes)
        if self.phase is Phase.ENDING and self._decodes.all_back:
            outcomes += self._close(Happening.LAST_WORDS, now)
        return outcomes

    def begin(self, now: float) -> list[Outcome]:
        """Take the key that begins a call."""
        deed = self._step(Happening.BEGIN_KEY)
        if deed is Deed.IGNORE:
            return []
        ended = self._state_the_end(now, short=True) if deed is Deed.CLOSE_AND_BEGIN else []
        return [*ended, *self._begin(now)]

    def press(
        self, action: Action, now: float, *, card: str | None = None, note: str = ""
    ) -> list[Outcome]:
        """Take any other key of the agent's."""
        if action is Action.END:
            return self._finish(Happening.END_KEY, "ended by the agent", now)
        deed = self._step(_KEYS.get(action, Happening.CARD_KEY))
        fact = AgentAction(at=self._call_time(now), action=action, card=card, note=note)
        if deed is Deed.IGNORE:
            return []
        if deed is Deed.RESUME:
            self._line_alive = max(self._line_alive, now - self._origin)
        if deed in (Deed.SWAP, Deed.SWAP_AND_TELL):
            self._swap()
        return [] if deed is Deed.SWAP else [fact]

    def close(self, now: float) -> list[Outcome]:
        """The session is being closed: end the call at hand, if any."""
        return self._finish(Happening.SESSION_CLOSED, "the session was closed", now)

    # --- the table --------------------------------------------------------------------------

    def _step(self, happening: Happening) -> Deed:
        """Look it up, take on the phase that follows, and say what is to be done."""
        cell = LIFE[self.phase][happening]
        self.phase = cell.then
        return cell.deed

    # --- sound ------------------------------------------------------------------------------

    def _sound(self, chunk: Chunk, now: float) -> list[Outcome]:
        match self._step(Happening.SOUND):
            case Deed.HEAR:
                return self._heard(chunk)
            case Deed.HEAR_SILENCE:
                return self._heard(chunk._replace(samples=np.zeros_like(chunk.samples)))
            case Deed.KEEP:
                self._keep(chunk)
                return []
            case _:
                return self._watch(chunk, now)

    def _heard(self, chunk: Chunk) -> list[Outcome]:
        outcomes = self._leave(self._feed(chunk))
        for loudness in [o for o in outcomes if isinstance(o, Loudness)]:
            if self._line_carries_something(loudness):
                self._line_alive = loudness.end
        return [*outcomes, *self._silences(outcomes)]

    def _silences(self, outcomes: Sequence[Outcome]) -> list[AudioWarning]:
        """What is said of a side that carries nothing."""
        if self.phase is not Phase.IN_CALL or self._far is Channel.MIXED:
            return []
        facts = [one for one in outcomes if isinstance(one, Loudness | Utterance)]
        return [told for fact in facts for told in self._silence.push(fact)]

    def _feed(self, chunk: Chunk) -> Sequence[Fact | DecodeRequest]:
        """Give a chunk to the listener, on its clock and without a hole before it.

        A device's samples are its clock: lost sound is replaced by silence of equal length,
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
        return self._listener.push(Chunk(chunk.channel, due, samples))

    def _keep(self, chunk: Chunk) -> None:
        """Keep the last seconds for a call that begins soon."""
        self._recent.append(chunk)
        while self._recent[0].end < chunk.end - self._bounds.lead - 1.0:
            self._recent.popleft()

    def _watch(self, chunk: Chunk, now: float) -> list[Outcome]:
        """Show levels, and see whether a call has begun or the last one has died away."""
        if chunk.end - self._origin > RENEW:
            self._watch_anew(chunk.start)
        self._keep(chunk)
        outcomes: list[Outcome] = []
        speaks = False
        for outcome in self._leave(self._feed(chunk), watching=True):
            if isinstance(outcome, Loudness):
                outcomes.append(outcome)
                if outcome.channel is self._far and outcome.speech:
                    self._quiet_since = chunk.end
            elif isinstance(outcome, SpeechStarted):
                self._spoke.setdefault(outcome.channel, outcome.start + self._origin)
                speaks = speaks or outcome.channel is self._far
        self._forget_old_greeting(chunk.end)
        if self.phase is Phase.SETTLING and not speaks:
            if chunk.end - self._quiet_since >= SETTLED:
                self._step(Happening.FAR_END_QUIET)
                self._watch_anew(now)
        elif speaks and self._bounds.begin_on_sound:
            outcomes += self._begin_by_sound()
        return outcomes

    def _begin_by_sound(self) -> list[Outcome]:
        if self._step(Happening.FAR_END_SPEAKS) is not Deed.BEGIN:
            self._quiet_since = max(self._quiet_since, self._spoke.get(self._far, 0.0))
            return []
        first = min(self._spoke.values()) - LEAD_IN
        return self._begin(max(first, self._recent[0].start))

    def _forget_old_greeting(self, now: float) -> None:
        greeting = self._spoke.get(Channel.AGENT)
        if greeting is not None and greeting < now - self._bounds.lead:
            del self._spoke[Channel.AGENT]

    def _watch_anew(self, now: float) -> None:
        self._renew(now, self._new_watcher)
        self._spoke.clear()

    def _renew(self, origin: float, new_listener: NewListener) -> None:
        """Take a fresh listener whose clock stands at 0 at session time ``origin``."""
        self._listener = new_listener()
        self._origin = origin
        self._due = {}

    # --- begin and end ----------------------------------------------------------------------

    def _begin(self, origin: float) -> list[Outcome]:
        """Open a call; the table has made the phase IN_CALL."""
        self._decodes.begin_call()
        self._line_alive = 0.0
        self._renew(origin, self._new_listener)
        self._names.begin()
        self._silence = SilentSides()
        recent, self._recent = list(self._recent), deque()
        outcomes: list[Outcome] = [CallOpened(origin, self._new_call())]
        for chunk in recent:
            outcomes += self._leave(self._feed(chunk))
        return outcomes

    def _finish(self, happening: Happening, reason: str, now: float) -> list[Outcome]:
        """Hear no more of the call; its CallEnded follows once the last words are there."""
        if self._step(happening) is not Deed.FINISH:
            return []
        self._end_reason = reason
        self._decodes.wait_until(now + self._bounds.finish_within)
        outcomes = self._leave(self._listener.finish(now - self._origin))
        if not self._decodes.all_back:
            return outcomes
        return [*outcomes, *self._close(Happening.LAST_WORDS, now)]

    def _close(self, happening: Happening, now: float) -> list[Outcome]:
        short = self._step(happening) is Deed.CLOSE_SHORT
        return self._state_the_end(now, short=short)

    def _state_the_end(self, now: float, *, short: bool) -> list[Outcome]:
        """State the end of the call; ``short`` where the last words may be missing."""
        at = now - self._origin
        outcomes: list[Outcome] = []
        if short and not self._decodes.all_back:
            outcomes += self._leave(self._listener.give_up(at))
            outcomes.append(words_missing(at))
        self._quiet_since = now
        self._watch_anew(now)
        return [*outcomes, CallEnded(at=at, reason=self._end_reason)]

    # --- what leaves ------------------------------------------------------------------------

    def _leave(
        self, items: Sequence[Fact | DecodeRequest], *, watching: bool = False
    ) -> list[Outcome]:
        """Facts under the names in force, requests under the number of their call."""
        outcomes: list[Outcome] = []
        for item in items:
            if not isinstance(item, DecodeRequest):
                outcomes += [self._names.renamed(item)] if watching else self._names.named(item)
            elif not watching:
                outcomes.append(self._decodes.ask(item))
        return outcomes

    def _swap(self) -> None:
        self._names.swap()
        self._silence.swap()
        self._spoke = {side.other: at for side, at in self._spoke.items()}

    def _line_carries_something(self, fact: Loudness) -> bool:
        """Whether the far end's line carries anything: speech, music, noise."""
        far = self._far in (fact.channel, Channel.MIXED)
        return far and fact.dbfs > NOISE_FLOOR_DBFS

    def _line_is_dead(self) -> bool:
        after = self._bounds.end_after
        device = self._far.other if self._names.swapped else self._far
        return after is not None and self._due.get(device, 0.0) - self._line_alive >= after

    def _call_time(self, now: float) -> float:
        """Seconds of the call at hand."""
        return max(0.0, now - self._origin)

    def _device_news(self, fact: Fact) -> list[Outcome]:
        if self._step(Happening.DEVICE_NEWS) is Deed.SHOW:
            return [self._names.renamed(fact)]
        at = self._call_time(fact.at)
        if isinstance(fact, AudioGap):
            start, end = self._call_time(fact.start), self._call_time(fact.end)
            return [self._names.renamed(msgspec.structs.replace(fact, at=at, start=start, end=end))]
        return [msgspec.structs.replace(fact, at=at)]
