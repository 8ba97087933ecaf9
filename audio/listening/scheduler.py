"""Which decode is asked for next: the part of the listener that knows about scarcity.

Three kinds of work compete for the machine: drafts of what is being said, decodes in pauses,
and finals. Drafts have a lane of their own, so that a long final never delays the words being
spoken; pauses and finals share the other, oldest speech first. At most one request is out in
each lane. What has to wait, waits here: a draft is made of the newest sound at the moment it is
asked for, so there is at most one for each channel; finals queue, up to so much sound
(``DecodingSettings.waiting_most``), and of more the oldest gives way: it is stated as far as it is
known.

On a machine that cannot keep up, drafts are thinned and not given up: their lane rests after each
for a multiple of the time that it took, a longer one while pauses or finals wait, so drafts
use a small share of the machine however slow that is. The side whose last draft is longest ago has
the next one, so both are heard of. No final waits for a draft but the one that is out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Annotated

import msgspec

from audio.recognition.decoding import DecodeRequest, DecodeResult, Purpose
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.parameters import number, quantity, seconds, share

from .channel_speech import ChannelSpeech, OpenUtterance
from .effort import Effort, EffortControl, EffortSettings


class DecodingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When to decode what."""

    effort: EffortSettings = EffortSettings()
    draft_every: Annotated[float, seconds(0.1, 30)] = 0.4
    """Seconds of new speech between two drafts of an utterance."""
    first_draft: Annotated[float, seconds(0.1, 30)] = 0.5
    """Seconds of speech before the first one; less is mostly taken for "Bye." or "Thank you."."""
    draft_window: Annotated[float, seconds(1, 29)] = 6.0
    """Seconds of speech that a draft sees; what lies before is already committed."""
    draft_beam: Annotated[int, number(1, 20)] = 2
    """Width of the search in drafts of what is clear."""
    draft_sure: Annotated[float, share()] = 0.85
    """Mean probability of the newest words below which the next draft searches as widely as a
    final."""
    beam: Annotated[int, number(1, 20)] = 5
    """Width of the search in pauses and finals, and in drafts of what is unclear."""
    context: Annotated[float, seconds(1, 29)] = 12.0
    """Seconds of speech, the utterance's own included, that a final sees."""
    second_look: Annotated[float, share()] = 0.6
    """Mean probability of the words below which a decode made in a pause, which sees the
    utterance alone, is followed by one with earlier speech in front; the likelier one wins."""
    draft_rest: Annotated[float, quantity(0, 20, "times")] = 3.0
    """Rest after a draft on a machine that cannot keep up, in times of what the draft took: with
    3, drafts use a quarter of one lane. Three times as long while pauses or finals wait."""
    draft_rest_most: Annotated[float, seconds(1, 600)] = 20.0
    """Longest rest, so that drafts come even where finals alone are more than it can do."""
    waiting_most: Annotated[float, seconds(10, 3600)] = 180.0
    """Seconds of speech that may wait for their finals, 12 MB of sound. Words that come later than
    this help nobody in the call, and each one that waits delays all that is said after it."""
    lanes: Annotated[int, number(1, 2)] = 2
    """Requests that may be out at a time; with one, drafts come only while nothing else waits."""


class Scheduler:
    """Issues requests for the tracks of one call; ``language`` may be set as it is found."""

    def __init__(
        self, tracks: Iterable[ChannelSpeech], settings: DecodingSettings, language: str | None
    ) -> None:
        self.settings = settings
        self.language = language
        self.effort = EffortControl(settings.effort)
        self._tracks = deque(tracks)
        """In the order in which they had their last draft, longest ago first."""
        self._finals: deque[tuple[ChannelSpeech, OpenUtterance]] = deque()
        self._out: dict[int, tuple[DecodeRequest, ChannelSpeech, OpenUtterance]] = {}
        self._number = 0
        self._last_draft = (0.0, 0.0)
        """When its result came, call time, and how many seconds after it was asked for."""

    @property
    def idle(self) -> bool:
        """True while no request is out and no final is waiting."""
        return not self._out and not self._finals

    def want_final(self, track: ChannelSpeech, turn: OpenUtterance) -> None:
        """Queue a final of a closed utterance."""
        self._finals.append((track, turn))

    def crowded_out(self) -> list[tuple[ChannelSpeech, OpenUtterance]]:
        """Take out the finals that give way because more sound waits than may, oldest first.

        Those that only wait for a second look go before others: with them no word is lost.
        """
        found: list[tuple[ChannelSpeech, OpenUtterance]] = []
        waiting = sum(len(turn.samples) for _, turn in self._finals)
        while waiting > self.settings.waiting_most * SAMPLE_RATE:
            answered = (one for one in self._finals if one[1].answer is not None)
            oldest = next(answered, self._finals[0])
            self._finals.remove(oldest)
            waiting -= len(oldest[1].samples)
            found.append(oldest)
        return found

    def abandon(self) -> list[tuple[ChannelSpeech, OpenUtterance]]:
        """Ask for nothing more: all that is closed and has no final, oldest first."""
        out = [(track, turn) for _, track, turn in self._out.values()]
        due = [one for one in (*out, *self._finals) if one[1] is not one[0].turn]
        self._finals.clear()
        found = {id(turn): (track, turn) for track, turn in due if not turn.done}
        return sorted(found.values(), key=lambda one: one[0].time(one[1].start))

    def returned(self, result: DecodeResult, at: float) -> tuple[ChannelSpeech, OpenUtterance]:
        """A request has been answered, at call time ``at``: whose it was."""
        request, track, turn = self._out.pop(result.request.number)
        if request.purpose is Purpose.DRAFT:
            self._last_draft = (at, max(at - request.end, 0.0))
        return track, turn

    def is_out(self, turn: OpenUtterance) -> bool:
        """Whether a request for this utterance is still unanswered."""
        return any(one is turn for _, _, one in self._out.values())

    def weak(self, result: DecodeResult) -> bool:
        """Whether a decode made in a pause gets a second look."""
        unsure = result.looped or result.confidence < self.settings.second_look
        if result.foreign or result.in_context:
            return False  # earlier speech in the call's language would only mislead, or has not
        return self.effort.given_up is Effort.FULL and unsure

    def issue(self) -> list[DecodeRequest]:
        """Requests for the lanes that are free."""
        requests: list[DecodeRequest] = []
        drafts = sum(one.purpose is Purpose.DRAFT for one, _, _ in self._out.values())
        others = len(self._out) - drafts
        shared = self.settings.lanes == 1
        if not others and not (shared and drafts):
            requests += self._final()
            others = len(requests)
        if not drafts and not (shared and others):
            requests += self._draft()
        return requests

    # --- pauses and finals -----------------------------------------------------------------

    def _final(self) -> list[DecodeRequest]:
        """The oldest of the finals that wait and the pauses that are still undecoded."""
        due = self._undecoded() + ([self._finals[0]] if self._finals else [])
        if due:
            track, turn = min(due, key=lambda one: one[0].time(one[1].speech_end))
            if turn is track.turn:
                turn.settled, turn.settled_at = turn.speech_end, track.sample
                turn.answer = None
                samples = track.sound(turn.start, track.sample)
                return [self._ask(Purpose.PAUSE, track, turn, samples, context=0.0)]
            self._finals.popleft()
            return [self._look(track, turn, turn.samples)]
        for track, turn in self._paused():
            if (
                track.silent
                and turn.answer
                and turn.looked != turn.speech_end
                and self.weak(turn.answer)
            ):
                return [self._look(track, turn, track.sound(turn.start, track.sample))]
        return []

    def _paused(self) -> list[tuple[ChannelSpeech, OpenUtterance]]:
        """Open utterances whose speaker pauses."""
        return [(one, one.turn) for one in self._tracks if one.turn and one.paused]

    def _undecoded(self) -> list[tuple[ChannelSpeech, OpenUtterance]]:
        """Those of them whose last words no decode has been asked for."""
        return [(one, turn) for one, turn in self._paused() if turn.settled != turn.speech_end]

    def _look(self, track: ChannelSpeech, turn: OpenUtterance, samples: Samples) -> DecodeRequest:
        turn.looked = turn.speech_end
        context = self.settings.context if self.effort.given_up < Effort.SMALL_BEAM else 0.0
        return self._ask(Purpose.FINAL, track, turn, samples, context=context)

    def _ask(
        self,
        purpose: Purpose,
        track: ChannelSpeech,
        turn: OpenUtterance,
        samples: Samples,
        *,
        context: float,
    ) -> DecodeRequest:
        small = self.effort.given_up >= Effort.SMALL_BEAM
        return self._send(
            DecodeRequest(
                number=self._next(),
                purpose=purpose,
                channel=track.channel,
                utterance=turn.name,
                start=track.time(turn.start),
                samples=samples,
                spoken_until=track.time(turn.speech_end),
                earlier=track.context(context - len(samples) / SAMPLE_RATE),
                beam=1 if small else self.settings.beam,
                language=self.language,
            ),
            track,
            turn,
        )

    # --- drafts ----------------------------------------------------------------------------

    def _draft(self) -> list[DecodeRequest]:
        effort = self.effort.given_up
        if effort >= Effort.SMALL_BEAM and self._resting():
            return []
        every = self.settings.draft_every * (1.0 if effort is Effort.FULL else 3.0)
        for _ in range(len(self._tracks)):
            track = self._tracks[0]
            self._tracks.rotate(-1)
            turn = track.turn
            if turn is None or track.paused:
                continue
            due = turn.drafted + every * SAMPLE_RATE
            if turn.drafted < turn.onset:
                due = turn.onset + self.settings.first_draft * SAMPLE_RATE
            if turn.speech_end >= due:
                return [self._draft_of(track, turn)]
        return []

    def _resting(self) -> bool:
        """Whether it is too early for a draft on a machine that cannot keep up."""
        answered, took = self._last_draft
        others_wait = bool(self._finals or self._undecoded())
        rest = self.settings.draft_rest * (3.0 if others_wait else 1.0) * took
        now = max(track.now for track in self._tracks)
        return now < answered + min(rest, self.settings.draft_rest_most)

    def _draft_of(self, track: ChannelSpeech, turn: OpenUtterance) -> DecodeRequest:
        turn.drafted = track.sample
        self._move_anchor(track, turn)
        before = turn.hypothesis.committed[: turn.skipped]
        return self._send(
            DecodeRequest(
                number=self._next(),
                purpose=Purpose.DRAFT,
                channel=track.channel,
                utterance=turn.name,
                start=track.time(turn.anchor),
                samples=track.sound(turn.anchor, track.sample),
                skipped=turn.skipped,
                prompt=" ".join(word.text for word in before),
                beam=self._draft_beam(turn),
                language=self.language,
                unsure=not track.understood,
            ),
            track,
            turn,
        )

    def _draft_beam(self, turn: OpenUtterance) -> int:
        if self.effort.given_up is not Effort.FULL:
            return 1
        clear = turn.hypothesis.confidence >= self.settings.draft_sure
        return self.settings.draft_beam if clear else self.settings.beam

    def _move_anchor(self, track: ChannelSpeech, turn: OpenUtterance) -> None:
        """Let drafts of a long utterance begin later.

        They begin at the widest gap between committed words in the first half of what they
        would otherwise see.
        """
        window = self.settings.draft_window
        if track.now - track.time(turn.anchor) <= window:
            return
        words = turn.hypothesis.committed
        begins = [
            i
            for i in range(turn.skipped + 1, len(words))
            if words[i].start <= track.now - window / 2
        ]
        near = [i for i in begins if words[i].start >= track.now - window] or begins[-1:]
        gaps = [(words[i].start - words[i - 1].end, i) for i in near]
        if gaps:
            _, turn.skipped = max(gaps)
            turn.anchor = track.at(words[turn.skipped].start)

    def _send(
        self, request: DecodeRequest, track: ChannelSpeech, turn: OpenUtterance
    ) -> DecodeRequest:
        self._out[request.number] = (request, track, turn)
        return request

    def _next(self) -> int:
        self._number += 1
        return self._number


class WholePhrases(Scheduler):
    """Asks for finals only, for all that are due at once: nobody waits for a word.

    A phrase is first decoded alone, as in a pause; where that is weak, with earlier speech in
    front.
    """

    def issue(self) -> list[DecodeRequest]:
        """As Scheduler has it."""
        requests: list[DecodeRequest] = []
        while self._finals:
            track, turn = self._finals.popleft()
            if turn.settled == turn.speech_end:
                requests.append(self._look(track, turn, turn.samples))
                continue
            turn.settled = turn.speech_end
            alone = self._ask(Purpose.PAUSE, track, turn, turn.samples, context=0.0)
            requests.append(alone)
        return requests
