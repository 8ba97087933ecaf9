"""Both channels' listening, as a pure state machine: sound and results in, facts and requests out.

The listener holds no thread, no clock and no model, so a live call, a recording and a benchmark
drive the same code. ::

    for chunk in sound:
        for item in listener.push(chunk):        # facts, and requests for the transcriber
            ...
    listener.deliver(transcriber.decode(request), at)   # more facts, maybe more requests
    listener.finish(at)                                 # the sound is over

A driver answers every request exactly once, in any order; at most two are out at a time, unless
nothing but whole phrases is asked for (``audio.listening.whole_phrases``). Which
decode is worth asking for is decided in ``audio.listening.scheduler``, where an utterance begins
and ends in ``audio.listening.channel_speech``; here results become facts.

How an utterance is told: drafts while it is spoken (``Hypothesis``, committing what they agree
on), everything committed at each pause, and one ``Utterance`` when the silence has lasted. The
decode of its last pause becomes its final at once, unless the recogniser was unsure of it; then
a second one, with the channel's earlier speech in front, has been made meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from audio.detection.echo import EchoDetector, EchoSettings, leaks
from audio.detection.hold_music import LineSoundWatch
from audio.detection.vad import WINDOW, SpeechDetector, Vad
from audio.recognition.decoding import (
    TELLING,
    UNKNOWN,
    DecodeRequest,
    DecodeResult,
    ForeignPart,
    Purpose,
    before,
    confidence_of,
    likelier,
    text_of,
)
from audio.samples.chunks import Chunk, Samples
from audio.voices.side_voices import SideVoices
from audio.words.doubt import DoubtSettings, doubt
from audio.words.finals import LOST, UNDECODED, not_before, silent, with_committed
from audio.words.language import LanguageVote, not_as_asked
from audio.words.passed_over import withdrawn
from coach.events import (
    AudioGap,
    AudioWarning,
    Channel,
    Degraded,
    Hypothesis,
    Loudness,
    Recovered,
    SpeechEnded,
    SpeechStarted,
    Utterance,
    Word,
)

from .channel_speech import ChannelSpeech, OpenUtterance, SpeechSettings
from .keeping_up import KeepingUp, lateness
from .scheduler import DecodingSettings, Scheduler, WholePhrases

SoundFact = (
    SpeechStarted
    | SpeechEnded
    | Loudness
    | Hypothesis
    | Utterance
    | AudioGap
    | AudioWarning
    | Degraded
    | Recovered
)
"""The facts a listener states."""

Item = SoundFact | DecodeRequest

ANSWER = 3.0
"""Seconds after the other side's speech within which an answer begins."""

BARELY = 3
"""Windows that are clearly speech with fewer of which an utterance is too little for words that are
doubtful or very quiet: a breath, or a touch of the receiver."""


class ListenerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a call is listened to."""

    track: SpeechSettings = SpeechSettings()
    decoding: DecodingSettings = DecodingSettings()
    doubt: DoubtSettings = DoubtSettings()
    language: str | None = "en"
    """None detects it from the first utterances."""
    echo: EchoSettings = EchoSettings()
    finals_only: bool = False
    """Nothing is asked for before a phrase has closed (``audio.listening.whole_phrases``)."""


class _ListenerSide:
    """One channel: its detector, its track, and sound that does not fill a window yet."""

    def __init__(self, track: ChannelSpeech, vad: SpeechDetector) -> None:
        self.track = track
        self.vad = vad
        self.pending: Samples = np.zeros(0, np.float32)


class Listener:
    """Listens to every channel of one call."""

    def __init__(
        self,
        channels: Sequence[Channel],
        settings: ListenerSettings | None = None,
        *,
        detector: Callable[[], SpeechDetector] = Vad,
        voices: SideVoices | None = None,
    ) -> None:
        """``detector`` makes each channel's speech detector.

        ``voices``: given where each person has a track, and other voices on them are to
        be told of.
        """
        self.settings = settings or ListenerSettings()
        self._sides = {
            channel: _ListenerSide(ChannelSpeech(channel, self.settings.track), detector())
            for channel in channels
        }
        tracks = [side.track for side in self._sides.values()]
        scheduler = WholePhrases if self.settings.finals_only else Scheduler
        self._scheduler = scheduler(tracks, self.settings.decoding, self.settings.language)
        self._keeping_up = KeepingUp(self._scheduler.effort)
        self._vote = LanguageVote()
        both = {Channel.AGENT, Channel.CUSTOMER} <= set(channels)
        self._echo = EchoDetector(self.settings.echo) if both else None
        self._line = LineSoundWatch(channels)
        self._voices = voices
        self._at = 0.0

    @property
    def language(self) -> str | None:
        """The language in force; None until it is detected."""
        return self._scheduler.language

    @property
    def now(self) -> float:
        """Call time of the newest fact or sound."""
        return self._at

    @property
    def idle(self) -> bool:
        """True while no request is out and no final is waiting."""
        return self._scheduler.idle

    def push(self, chunk: Chunk) -> list[Item]:
        """Take in sound of one channel; chunks of a channel follow each other without a gap."""
        side = self._sides[chunk.channel]
        track = side.track
        items: list[Item] = []
        if self._echo is not None:
            items += self._stamp(self._echo.push(chunk), chunk.end)
        pending = np.concatenate([side.pending, chunk.samples])
        count = len(pending) // WINDOW
        side.pending = pending[count * WINDOW :]
        for index in range(count):
            block = pending[index * WINDOW : (index + 1) * WINDOW]
            (window,) = side.vad.push(block)
            items += self._stamp(track.push(block, window), track.now)
            items += self._stamp(
                self._line.push(track.channel, block, window, track.now), track.now
            )
            if self._voices is not None:
                told = self._voices.push(track.channel, block, window, track.now)
                items += self._stamp(told, track.now)
            items += self._with_what_words_tell(self._take_closed(track))
            items += self._scheduler.issue()
        return items

    def deliver(self, result: DecodeResult, at: float) -> list[Item]:
        """Take in a result; ``at`` is the call time at which it came."""
        track, turn = self._scheduler.returned(result, at)
        result = result._replace(words=self._own(track.channel, result.words))
        self._at = max(self._at, at)
        items: list[Item] = []
        late = lateness(track, turn, result.request, at)
        items += self._keeping_up.answered(late, result.request, self._at)
        if result.request.language is None:
            self._scheduler.language = self._vote.receive(result)
        if result.words and result.request.language is not None:
            track.understood = self._speaks_it(track, turn, result)
        if not turn.done:
            items += self._with_what_words_tell(self._understand(track, turn, result))
        return items + list(self._scheduler.issue())

    def finish(self, at: float) -> list[Item]:
        """The sound is over; finals that are still due are asked for and must be delivered."""
        self._at = max(self._at, at)
        items: list[Item] = []
        for side in self._sides.values():
            items += self._stamp(side.track.finish(), at)
            items += self._take_closed(side.track)
        if self._voices is not None:
            items += self._stamp(self._voices.finish(at), at)
        return items + list(self._scheduler.issue())

    def give_up(self, at: float) -> list[Item]:
        """Nobody waits for the last results any longer: what is known without them.

        Every utterance without its final is stated as far as it is known, with what is lost of it.
        """
        self._at = max(self._at, at)
        return [item for one in self._scheduler.abandon() for item in self._as_known(*one)]

    # --- results ---------------------------------------------------------------------------

    def _with_what_words_tell(self, items: list[Item]) -> list[Item]:
        """The items, with what their words tell of the voices."""
        if self._voices is None:
            return items
        told = [
            warning
            for item in items
            if isinstance(item, Utterance)
            for warning in self._voices.said(item, self._at)
        ]
        return [*items, *told]

    def _understand(
        self, track: ChannelSpeech, turn: OpenUtterance, result: DecodeResult
    ) -> list[Item]:
        """What a result changes about an utterance whose final has not been stated."""
        closed = turn is not track.turn
        purpose = result.request.purpose
        if purpose is Purpose.PAUSE:
            turn.answer = result if turn.settled == turn.speech_end else None
            if closed and turn.answer is not None:
                return self._close(track, turn)
        elif purpose is Purpose.FINAL:
            if turn.looked != turn.speech_end:
                return []
            result = turn.answer = likelier(turn.answer, result)
            if closed:
                return self._conclude(track, turn, result)
        return self._revise(track, turn, result)

    def _own(self, channel: Channel, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The words without those that are the far end leaking into the microphone."""
        if channel is not Channel.AGENT or self._echo is None or self._echo.delay is None:
            return words
        shares = [self._echo.explained(word.start, word.end) for word in words]
        return tuple(w for w, leaked in zip(words, leaks(shares), strict=True) if not leaked)

    def _take_closed(self, track: ChannelSpeech) -> list[Item]:
        """Utterances that have just closed."""
        items: list[Item] = []
        while track.closed:
            turn = track.closed.popleft()
            turn.answering = self._answering(track, turn)
            items += self._close(track, turn)
        return items

    def _close(self, track: ChannelSpeech, turn: OpenUtterance) -> list[Item]:
        """Conclude a closed utterance, or see that what it waits for has been asked for."""
        if turn.settled != turn.speech_end:
            turn.answer = None  # of a pause before the last words
            return self._wait(track, turn)
        if turn.answer is None:
            return []  # the decode of its last pause is out
        if turn.looked == turn.speech_end:
            return [] if self._scheduler.is_out(turn) else self._conclude(track, turn, turn.answer)
        if self._scheduler.weak(turn.answer):
            return self._wait(track, turn)
        return self._conclude(track, turn, turn.answer)

    def _wait(self, track: ChannelSpeech, turn: OpenUtterance) -> list[Item]:
        """Let an utterance wait for its final; what gives way to it is told."""
        self._scheduler.want_final(track, turn)
        told = [item for one in self._scheduler.crowded_out() for item in self._as_known(*one)]
        gaps = [item for item in told if isinstance(item, AudioGap)]
        return [*told, *(self._keeping_up.lost(gap) for gap in gaps)]

    def _as_known(self, track: ChannelSpeech, turn: OpenUtterance) -> list[Item]:
        """Conclude an utterance without its final: what stands committed, and what is lost."""
        if turn.answer is not None:
            return self._conclude(track, turn, turn.answer)
        turn.done = True
        words = self._own(track.channel, turn.hypothesis.committed)
        told: list[Item] = []
        if words or turn.shown:
            told.append(self._final(track, turn, words, language=self.language or UNKNOWN))
        start = words[-1].end if words else track.began(turn)
        end = track.time(turn.speech_end)
        if not words or end - start >= LOST:
            gap = AudioGap(
                at=self._at, channel=track.channel, start=start, end=end, cause=UNDECODED
            )
            told.append(gap)
        return told

    def _revise(
        self, track: ChannelSpeech, turn: OpenUtterance, result: DecodeResult
    ) -> list[Item]:
        """Words of an utterance whose final is still due."""
        words = turn.hypothesis
        request = result.request
        before = (words.committed, words.tail)
        draft = request.purpose is Purpose.DRAFT
        if draft and (request.skipped != turn.skipped or track.at(request.end) <= turn.settled_at):
            return []  # asked for before what is known by now
        if self._doubt(track, turn, result):
            words.guess(result.words, skipped=request.skipped)
        elif draft:
            # What the recogniser makes of another language may come as fluent English.
            held = request.language is not None and not track.understood
            words.draft(result.words, skipped=request.skipped, heard=request.end, held=held)
        else:
            # Committed before it was known how the far end leaks.
            words.committed = self._own(track.channel, words.committed)
            words.settle(result.words, until=request.end, silent=silent(result))
            anchor = track.time(turn.anchor)
            turn.skipped = sum((w.start + w.end) / 2 < anchor for w in words.committed)
        if (words.committed, words.tail) == before:
            return []
        turn.shown = True
        if len(words.committed) >= len(turn.stated):
            turn.stated = words.committed
        return [
            Hypothesis(
                at=self._at,
                channel=request.channel,
                start=track.began(turn),
                end=request.end,
                utterance=turn.name,
                committed=words.committed_text,
                tail=words.tail_text,
            )
        ]

    def _conclude(
        self, track: ChannelSpeech, turn: OpenUtterance, result: DecodeResult
    ) -> list[Item]:
        """State an utterance's final."""
        turn.done = True
        committed = self._own(track.channel, turn.hypothesis.committed)
        if result.foreign_rest is not None:
            committed = before(committed, result.foreign_rest.start)
        doubtful = bool(self._doubt(track, turn, result))
        result = with_committed(result, committed, doubtful=doubtful)
        why = self._doubt(track, turn, result)
        weak = why or turn.speech_dbfs < self.settings.doubt.quiet_dbfs
        if weak and turn.clear_windows < BARELY:
            why, result = "", result._replace(words=())
        if not result.words and not turn.shown:
            return []
        if result.words and not why:
            track.remember(turn.samples, result.text)
        final = self._final(track, turn, result.words, doubt=why, language=result.language)
        if why or not final.words:
            return [final]
        front, rest = result.foreign_front, result.foreign_rest
        gaps: list[Item] = []
        if front is not None and final.words[0].end >= front.end:
            gaps.append(self._not_transcribed(result, front, max(front.start, final.start)))
        if rest is not None:
            gaps.append(self._not_transcribed(result, rest, rest.start))
        return [*gaps, final]

    def _not_transcribed(self, result: DecodeResult, part: ForeignPart, start: float) -> AudioGap:
        """What is told of speech in another language from a call time on."""
        return AudioGap(
            at=self._at,
            channel=result.request.channel,
            start=start,
            end=part.end,
            cause=not_as_asked(result.language, part.language) + ", not transcribed",
        )

    def _final(
        self,
        track: ChannelSpeech,
        turn: OpenUtterance,
        words: tuple[Word, ...],
        *,
        doubt: str = "",
        language: str,
    ) -> Utterance:
        start = track.began(turn)
        return Utterance(
            at=self._at,
            channel=track.channel,
            start=start,
            end=track.time(turn.end),
            utterance=turn.name,
            text=text_of(words),
            words=tuple(not_before(start, word) for word in words),
            confidence=confidence_of(words),
            doubtful=bool(doubt),
            doubt=doubt,
            language=language,
            withdrawn=withdrawn(turn.stated, words),
        )

    def _speaks_it(self, track: ChannelSpeech, turn: OpenUtterance, result: DecodeResult) -> bool:
        """Whether a side is known to speak the call's language, once this has come."""
        if result.foreign or result.foreign_rest is not None:
            return False
        told = result.request.seconds >= TELLING and not self._doubt(track, turn, result)
        return track.understood or told

    def _doubt(self, track: ChannelSpeech, turn: OpenUtterance, result: DecodeResult) -> str:
        """Why the words of an utterance may be inventions; empty if they are not."""
        return doubt(
            result,
            speech_seconds=turn.speech_seconds,
            speech_dbfs=turn.speech_dbfs,
            answering=self._answering(track, turn),
            settings=self.settings.doubt,
        )

    def _answering(self, track: ChannelSpeech, turn: OpenUtterance) -> bool:
        """Whether another side had spoken when the utterance began, or has before it closed."""
        if turn.answering is not None:
            return turn.answering
        since = track.time(turn.start) - ANSWER
        others = (side.track for side in self._sides.values() if side.track is not track)
        return any(one.spoke_until >= since for one in others)

    def _stamp(
        self, facts: Sequence[SpeechStarted | SpeechEnded | Loudness | AudioWarning], at: float
    ) -> list[Item]:
        """The facts in an order of ``at`` that never goes back."""
        self._at = max(self._at, at)
        return [msgspec.structs.replace(fact, at=self._at) for fact in facts]
