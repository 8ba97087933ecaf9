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
from collections.abc import Callable, Sequence
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
from .vad import WINDOW, SpeechDetector, Vad

Heard = SpeechStarted | SpeechEnded | Loudness | Hypothesis | Utterance | Degraded | Recovered
"""The facts a listener states."""

Item = Heard | DecodeRequest


class ListenerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When to decode what."""

    track: TrackSettings = TrackSettings()
    ladder: LadderSettings = LadderSettings()
    doubt: DoubtSettings = DoubtSettings()
    draft_every: float = 0.6
    """Seconds of new speech between two drafts of an utterance."""
    draft_window: float = 8.0
    """Seconds of speech that a draft sees; what lies before is already committed."""
    context: float = 12.0
    """Seconds of speech, the utterance's own included, that a final sees."""
    pause_context: float = 0.0
    """Likewise for a decode made in a pause, which must be quick."""
    final_beam: int = 5
    lanes: int = 2
    """Requests that may be out at a time; with one, drafts and finals take turns."""
    language: str | None = "en"
    """None detects it from the first utterances."""


class _Side:
    """One channel: its detector, its track, and what waits to be decoded."""

    def __init__(self, track: Track, vad: SpeechDetector) -> None:
        self.track = track
        self.vad = vad
        self.pending: Samples = np.zeros(0, np.float32)
        """Sound that does not fill a window yet."""
        self.finals: deque[Turn] = deque()


class Listener:
    """Listens to every channel of one call."""

    def __init__(
        self,
        channels: Sequence[Channel],
        settings: ListenerSettings | None = None,
        *,
        detector: Callable[[], SpeechDetector] = Vad,
    ) -> None:
        """``detector`` makes each channel's speech detector."""
        self.settings = settings or ListenerSettings()
        self.language = self.settings.language
        """The language in force; None until it is detected."""
        self._sides = {
            channel: _Side(Track(channel, self.settings.track), detector()) for channel in channels
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
            items += self._take_closed(side)
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
        if turn.done:
            return items + self._issue()
        match request.purpose:
            case Purpose.DRAFT:
                items += self._revise(side, turn, result)
            case Purpose.PAUSE:
                turn.answer = result if self._covers(side.track, turn, request) else None
                if turn is not side.track.turn and turn.answer is not None:
                    items += self._conclude(side, turn, result)
                else:
                    items += self._revise(side, turn, result)
            case Purpose.FINAL:
                items += self._conclude(side, turn, result)
        return items + self._issue()

    def finish(self, at: float) -> list[Item]:
        """The sound is over; finals that are still due are asked for and must be delivered."""
        self._at = max(self._at, at)
        items: list[Item] = []
        for side in self._sides.values():
            items += self._stamp(side.track.finish(), at)
            items += self._take_closed(side)
        return items + self._issue()

    # --- results ---------------------------------------------------------------------------

    def _take_closed(self, side: _Side) -> list[Item]:
        """Utterances that have just closed: conclude them, or see that a final is made."""
        items: list[Item] = []
        while side.track.closed:
            turn = side.track.closed.popleft()
            if turn.settled != turn.speech_end:
                side.finals.append(turn)
            elif turn.answer is not None:
                items += self._conclude(side, turn, turn.answer)
        return items

    @staticmethod
    def _covers(track: Track, turn: Turn, request: DecodeRequest) -> bool:
        """Whether nothing was said since a pause decode was asked for."""
        return turn.settled == turn.speech_end and track.time(turn.settled) <= request.end

    def _revise(self, side: _Side, turn: Turn, result: DecodeResult) -> list[Item]:
        """Words of an utterance whose final is still due."""
        words = turn.hypothesis
        request = result.request
        before = (words.committed, words.tail)
        if request.purpose is Purpose.PAUSE:
            # A pause that is over may have been overtaken by drafts that heard more.
            if turn.answer is not None or len(result.words) >= len(words.committed):
                words.settle(result.words)
        elif request.skipped == turn.skipped and turn.settled < side.track.at(request.end):
            words.draft(result.words, skipped=request.skipped, heard=request.end)
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
        turn.done = True
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
        drafts = sum(r.purpose is Purpose.DRAFT for r in self._out.values())
        others = len(self._out) - drafts
        shared = self.settings.lanes == 1
        if not others and not (shared and drafts):
            items += self._issue_final()
            others = len(items)
        if not drafts and not (shared and others):
            items += self._issue_draft()
        return items

    def _issue_final(self) -> list[DecodeRequest]:
        """The oldest of the finals that wait and the pauses that are still undecoded."""
        due: list[tuple[float, _Side, Turn]] = []
        for side in self._sides.values():
            track, turn = side.track, side.track.turn
            if side.finals:
                due.append((track.time(side.finals[0].end), side, side.finals[0]))
            elif turn is not None and track.paused and turn.settled != turn.speech_end:
                due.append((track.time(turn.speech_end), side, turn))
        if not due:
            return []
        _, side, turn = min(due, key=lambda one: one[0])
        track = side.track
        if side.finals:
            side.finals.popleft()
            purpose, samples = Purpose.FINAL, turn.samples
        else:
            turn.settled, turn.answer = turn.speech_end, None
            purpose, samples = Purpose.PAUSE, track.sound(turn.start, track.sample)
        small = self._ladder.rung >= Rung.SMALL_BEAM
        seconds = len(samples) / SAMPLE_RATE
        context = self.settings.pause_context if purpose is Purpose.PAUSE else self.settings.context
        request = DecodeRequest(
            number=self._next(),
            purpose=purpose,
            channel=track.channel,
            utterance=turn.name,
            start=track.time(turn.start),
            samples=samples,
            earlier=() if small else track.context(context - seconds),
            beam=1 if small else self.settings.final_beam,
            language=self.language,
        )
        return [self._send(request, turn)]

    def _issue_draft(self) -> list[DecodeRequest]:
        rung = self._ladder.rung
        if rung >= Rung.SMALL_BEAM:
            return []
        every = self.settings.draft_every * (3.0 if rung is Rung.FEWER_DRAFTS else 1.0)
        for _ in range(len(self._order)):
            self._order.rotate(-1)
            track = self._sides[self._order[-1]].track
            turn = track.turn
            if turn is None or track.paused:
                continue
            if turn.speech_end - turn.drafted >= every * SAMPLE_RATE:
                return [self._send(self._draft(track, turn), turn)]
        return []

    def _draft(self, track: Track, turn: Turn) -> DecodeRequest:
        turn.drafted = track.sample
        self._move_anchor(track, turn)
        skipped = turn.hypothesis.committed[: turn.skipped]
        return DecodeRequest(
            number=self._next(),
            purpose=Purpose.DRAFT,
            channel=track.channel,
            utterance=turn.name,
            start=track.time(turn.anchor),
            samples=track.sound(turn.anchor, track.sample),
            skipped=turn.skipped,
            prompt=" ".join(word.text for word in skipped),
            language=self.language,
        )

    def _move_anchor(self, track: Track, turn: Turn) -> None:
        """Let drafts of a long utterance begin later.

        They begin at the widest gap between committed words in the first half of what they
        would otherwise see.
        """
        window = self.settings.draft_window
        if track.now - track.time(turn.anchor) <= window:
            return
        words = turn.hypothesis.committed
        limit = track.now - window / 2
        gaps = [
            (words[i].start - words[i - 1].end, i)
            for i in range(max(turn.skipped, 1), len(words))
            if words[i].start <= limit
        ]
        if gaps:
            _, turn.skipped = max(gaps)
            turn.anchor = track.at(words[turn.skipped].start)

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
