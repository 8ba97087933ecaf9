"""Both channels' listening, as a pure state machine: sound and results in, facts and requests out.

The listener decides what is decoded and when; it holds no thread, no clock and no model, so a
live call, a recording and a benchmark drive the same code. ::

    for chunk in sound:
        for item in listener.push(chunk):        # facts, and requests for the transcriber
            ...
    listener.deliver(transcriber.decode(request), at)   # more facts, maybe more requests
    listener.finish(at)                                 # the sound is over

A driver answers every request exactly once, in any order. At most ``lanes`` requests are out at
a time: one draft and one final, so that a long final never delays the words being spoken. What
has to wait, waits here: one draft per channel, newest sound wins; finals in order, never
dropped. When results come late the ladder gives up drafts, then search width (``audio.ladder``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np

from coach.events import (
    Channel,
    Degraded,
    Hypothesis,
    Loudness,
    Recovered,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)

from .chunks import SAMPLE_RATE, Chunk, Samples
from .decoding import DecodeRequest, DecodeResult, Purpose
from .doubt import DoubtSettings, doubt
from .ladder import Ladder, LadderSettings, Rung
from .track import Track, TrackSettings, Turn
from .vad import WINDOW, Vad, VadModel

Heard = SpeechStarted | SpeechEnded | Loudness | Hypothesis | Utterance | Degraded | Recovered
"""The facts a listener states."""

Item = Heard | DecodeRequest


class ListenerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When to decode what."""

    track: TrackSettings = TrackSettings()
    ladder: LadderSettings = LadderSettings()
    doubt: DoubtSettings = DoubtSettings()
    draft_every: float = 0.5
    """Seconds of new speech between two drafts of an utterance."""
    draft_window: float = 8.0
    """Seconds of speech that a draft sees; what lies before is already committed."""
    final_beam: int = 5
    lanes: int = 2
    """Requests that may be out at a time; with one, drafts and finals take turns."""
    language: str | None = "en"
    """None detects it from the first utterances."""


class _Side:
    """One channel: its detector, its track, and what waits to be decoded."""

    def __init__(self, track: Track, vad: Vad) -> None:
        self.track = track
        self.vad = vad
        self.pending: Samples = np.zeros(0, np.float32)
        """Sound that does not fill a window yet."""
        self.finals: deque[Turn] = deque()
        self.out: dict[str, Turn] = {}
        """Utterances that a request is out for, or a final is still due for."""
        self.drafting = False


class Listener:
    """Listens to every channel of one call."""

    def __init__(
        self, channels: Sequence[Channel], settings: ListenerSettings | None = None
    ) -> None:
        self.settings = settings or ListenerSettings()
        self.language = self.settings.language
        """The language in force; None until it is detected."""
        model = VadModel()
        self._sides = {
            channel: _Side(Track(channel, self.settings.track), Vad(model)) for channel in channels
        }
        self._ladder = Ladder(self.settings.ladder)
        self._at = 0.0
        self._number = 0
        self._out: dict[int, DecodeRequest] = {}
        self._turns: dict[int, Turn] = {}
        self._order: deque[Channel] = deque(channels)

    @property
    def idle(self) -> bool:
        """True while no request is out and none is waiting."""
        return not self._out and not any(side.finals for side in self._sides.values())

    def push(self, chunk: Chunk) -> list[Item]:
        """Take in sound of one channel; chunks of a channel follow each other without a gap."""
        side = self._sides[chunk.channel]
        track = side.track
        items: list[Item] = []
        pending = np.concatenate([side.pending, chunk.samples])
        count = len(pending) // WINDOW
        side.pending = pending[count * WINDOW :]
        for index in range(count):
            block = pending[index * WINDOW : (index + 1) * WINDOW]
            (window,) = side.vad.push(block)
            items += self._stamp(track.push(block, window), track.now)
            while track.closed:
                side.finals.append(track.closed.popleft())
            items += self._issue()
        return items

    def deliver(self, result: DecodeResult, at: float) -> list[Item]:
        """Take in a result; ``at`` is the call time at which it came."""
        request = result.request
        side = self._sides[request.channel]
        turn = self._turns.pop(request.number)
        del self._out[request.number]
        self._at = max(self._at, at)
        items: list[Item] = list(self._observe(at - request.end))
        if request.purpose is Purpose.FINAL:
            items += self._conclude(side, turn, result)
        else:
            side.drafting = False
            items += self._revise(side, turn, result)
        return items + self._issue()

    def finish(self, at: float) -> list[Item]:
        """The sound is over; finals that are still due are asked for and must be delivered."""
        self._at = max(self._at, at)
        items: list[Item] = []
        for side in self._sides.values():
            items += self._stamp(side.track.finish(), at)
            while side.track.closed:
                side.finals.append(side.track.closed.popleft())
        return items + self._issue()

    # --- results ---------------------------------------------------------------------------

    def _revise(self, side: _Side, turn: Turn, result: DecodeResult) -> list[Item]:
        """A draft came: it may commit words of an utterance whose final is still due."""
        words = turn.hypothesis
        request = result.request
        committed = words.committed[len(words.committed) - len(request.prefix) :]
        if turn.end < turn.start or committed != request.prefix:
            return []
        before = (words.committed, words.tail)
        if request.purpose is Purpose.PAUSE:
            words.settle(result.words)
        else:
            words.draft(result.words)
        if (words.committed, words.tail) == before:
            return []
        return [
            Hypothesis(
                at=self._at,
                channel=request.channel,
                start=side.track.time(turn.start),
                end=request.end,
                utterance=turn.name,
                committed=words.committed_text,
                tail=words.tail_text,
            )
        ]

    def _conclude(self, side: _Side, turn: Turn, result: DecodeResult) -> list[Item]:
        """A final came."""
        shown = turn.hypothesis.committed or turn.hypothesis.tail
        turn.end = turn.start - 1  # drafts that are still out come too late
        if not result.words and not shown:
            return []
        why = doubt(
            result,
            speech_seconds=turn.speech_seconds,
            speech_dbfs=turn.speech_dbfs,
            settings=self.settings.doubt,
        )
        if result.words and not why:
            side.track.remember(turn.samples, result.text)
        words = result.words
        confidence = sum(w.confidence for w in words) / len(words) if words else 0.0
        return [
            Utterance(
                at=self._at,
                channel=result.request.channel,
                start=result.request.start,
                end=result.request.end,
                utterance=turn.name,
                text=result.text,
                words=words,
                confidence=confidence,
                doubtful=bool(why),
                doubt=why,
                language=result.language,
            )
        ]

    def _observe(self, lateness: float) -> list[Degraded | Recovered]:
        before = self._ladder.rung
        self._ladder.observe(self._at, lateness)
        after = self._ladder.rung
        if after is Rung.DEGRADED and before is not after:
            detail = "this machine cannot keep up: words come late"
            return [Degraded(at=self._at, component="transcription", detail=detail)]
        if before is Rung.DEGRADED and after is not before:
            return [Recovered(at=self._at, component="transcription")]
        return []

    # --- requests --------------------------------------------------------------------------

    def _issue(self) -> list[Item]:
        """Requests for the lanes that are free."""
        items: list[Item] = []
        finals_out = sum(r.purpose is Purpose.FINAL for r in self._out.values())
        drafts_out = len(self._out) - finals_out
        shared = self.settings.lanes == 1
        if not finals_out and not (shared and drafts_out):
            items += self._issue_final()
            finals_out = len(items)
        if not drafts_out and not (shared and finals_out):
            items += self._issue_draft()
        return items

    def _issue_final(self) -> list[DecodeRequest]:
        waiting = [side for side in self._sides.values() if side.finals]
        if not waiting:
            return []
        side = min(waiting, key=lambda one: one.track.time(one.finals[0].end))
        turn = side.finals.popleft()
        small = self._ladder.rung >= Rung.SMALL_BEAM
        room = self.settings.track.context - len(turn.samples) / SAMPLE_RATE
        request = DecodeRequest(
            number=self._next(),
            purpose=Purpose.FINAL,
            channel=side.track.channel,
            utterance=turn.name,
            start=side.track.time(turn.start),
            samples=turn.samples,
            earlier=() if small else side.track.context(room),
            beam=1 if small else self.settings.final_beam,
            language=self.language,
        )
        return [self._send(request, turn)]

    def _issue_draft(self) -> list[DecodeRequest]:
        for _ in range(len(self._order)):
            self._order.rotate(-1)
            side = self._sides[self._order[-1]]
            request = self._draft(side.track)
            if request is not None and side.track.turn is not None:
                return [self._send(request, side.track.turn)]
        return []

    def _draft(self, track: Track) -> DecodeRequest | None:
        """A draft of the channel's open utterance, if one is due."""
        turn = track.turn
        if turn is None:
            return None
        if track.paused:
            if turn.settled >= turn.speech_end:
                return None
            turn.settled = track.sample
            purpose = Purpose.PAUSE
        else:
            rung = self._ladder.rung
            every = self.settings.draft_every * (3.0 if rung is Rung.FEWER_DRAFTS else 1.0)
            due = track.sample - turn.drafted >= every * SAMPLE_RATE
            if rung >= Rung.SMALL_BEAM or not due or turn.speech_end <= turn.drafted:
                return None
            purpose = Purpose.DRAFT
        turn.drafted = track.sample
        start, skipped = self._anchor(track, turn)
        return DecodeRequest(
            number=self._next(),
            purpose=purpose,
            channel=track.channel,
            utterance=turn.name,
            start=track.time(start),
            samples=track.sound(start, track.sample),
            prefix=turn.hypothesis.committed[skipped:],
            language=self.language,
        )

    def _anchor(self, track: Track, turn: Turn) -> tuple[int, int]:
        """The first sample a draft sees, and how many committed words lie before it."""
        window = int(self.settings.draft_window * SAMPLE_RATE)
        if track.sample - turn.start <= window:
            return turn.start, 0
        committed = turn.hypothesis.committed
        limit = track.time(track.sample - window)
        for index, word in enumerate(committed):
            if word.start >= limit:
                offset = track.sample - int((track.now - word.start) * SAMPLE_RATE)
                return max(offset, turn.start), index
        return turn.start, 0

    def _send(self, request: DecodeRequest, turn: Turn) -> DecodeRequest:
        self._out[request.number] = request
        self._turns[request.number] = turn
        return request

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _stamp(
        self, facts: Sequence[SpeechStarted | SpeechEnded | Loudness], at: float
    ) -> list[Item]:
        """The facts in an order of ``at`` that never goes back."""
        self._at = max(self._at, at)
        return [msgspec.structs.replace(fact, at=self._at) for fact in facts]


class Decoder(Protocol):
    """What answers requests: ``audio.transcriber.Transcriber``, or a stand-in."""

    def decode(self, request: DecodeRequest) -> DecodeResult:
        """Answer one request; may block."""
        ...


class InlineDriver:
    """Runs a listener and a transcriber in one thread, so that results are deterministic.

    Every request is answered before the next window of sound is heard, as on a machine without
    limits; ``at`` is the call time at which the result was asked for.
    """

    def __init__(self, listener: Listener, decoder: Decoder) -> None:
        self._listener = listener
        self._decoder = decoder
        self._now = 0.0

    def push(self, chunk: Chunk) -> list[Heard]:
        """Hear a chunk and everything that comes of it."""
        facts: list[Heard] = []
        for first in range(0, len(chunk.samples), WINDOW):
            piece = chunk.samples[first : first + WINDOW]
            part = Chunk(chunk.channel, chunk.start + first / SAMPLE_RATE, piece)
            self._now = max(self._now, part.end)
            facts += self._answer(self._listener.push(part))
        return facts

    def finish(self, at: float) -> list[Heard]:
        """The sound is over: everything that is still due."""
        self._now = max(self._now, at)
        return self._answer(self._listener.finish(at))

    def _answer(self, items: list[Item]) -> list[Heard]:
        facts: list[Heard] = []
        waiting = deque(items)
        while waiting:
            item = waiting.popleft()
            if isinstance(item, DecodeRequest):
                result = self._decoder.decode(item)
                waiting.extendleft(reversed(self._listener.deliver(result, self._now)))
            else:
                facts.append(item)
        return facts
