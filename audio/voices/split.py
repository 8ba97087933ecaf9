"""A recording of one mixed track, taken apart into the two people on it.

The track is gone through once before it is played, to learn the two voices and who speaks when;
then its sound comes on the channel of whoever speaks, and silence on the others. So all that works
on two sides works here. A stretch that may be either's, or is a third voice's, comes as MIXED:
whose it is stays open.

Only one of two who talk at once is heard where they do, so talk-over is counted too little, and the
words are unsure where it is told that both talk (``both_talk``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import numpy as np

from audio.detection.vad import SpeechDetector, Vad
from audio.recordings.opening import MIXED_NOTICE, Recording
from audio.samples.chunks import SAMPLE_RATE, Chunk
from coach.events import AudioWarning, Channel

from .both_talk import Stretches, both_talk
from .fingerprint import VoiceEncoder, shared_encoder
from .handed_over import ElseFrom
from .side_company import KIND, third_on_track
from .side_voices import SideVoices
from .third_voice import Third, third_voice
from .trace import CLEAR, NO_WINDOWS, SeenWindows, VoiceTrace, joined
from .turns import CELL, VoiceTurn, cells_of, confidence_within, turns_of, within, without
from .two_views import PARTED, likeness_of, part, thinned
from .two_voices import Voices, steadied, tell_apart

LEAST_SPEECH = 4.0
"""Seconds; in less nobody can tell two people apart."""

COUNTED = 1200
"""Windows by which it is seen whether there are more than two voices."""

PIECE = 10.0
"""Seconds looked at in one go."""

ONE_VOICE_NOTICE = (
    "All that is said on this one track sounds like one voice: one person speaks, or two whose "
    "voices are too much alike to be told apart. So who said what is unknown, and the agent's own "
    "cues, talk-over, talk share and the boundary ladder are off. Record in stereo to have them."
)

SUREST_OF_ALIKE = 0.9
"""Most certain that anybody can be whose a sentence is where two voices are much alike."""

IN_A_REPLAY = "--agent-voice first or second says who the agent is, --no-split leaves it whole."

Tell = Callable[[float], None]
"""Takes the share that is done, 0 to 1."""

LookedAt = Callable[[float], bool]
"""Whether the piece that begins at a time, in seconds, is looked at."""


class VoicesHeard(msgspec.Struct, frozen=True, kw_only=True):
    """What a mixed track was found to hold."""

    voices: Voices | None
    """None where there is too little speech."""
    turns: tuple[VoiceTurn, ...]
    third: Third | None = None
    """A third voice, whose turns are nobody's; None where there is none to be told."""
    perhaps: Third | None = None
    """What is a third voice's where words hand the call over; None where nothing is."""
    both: Stretches = ()
    """Where both talk at once, as far as that is told."""
    speech: tuple[tuple[float, float], ...] = ()
    """Beginning and end of every stretch that the detector took for speech, in cells."""

    @property
    def divided(self) -> bool:
        """Whether there are two people to tell apart."""
        return self.voices is not None and not self.voices.one_person

    @property
    def much_alike(self) -> bool:
        """Whether the two are told apart, and only just."""
        return self.voices is not None and self.voices.much_alike

    @property
    def unsure(self) -> float:
        """Share of the speech whose speaker is not certain enough to be named."""
        speech = sum(turn.speech for turn in self.turns)
        return sum(t.speech for t in self.turns if not t.sure) / speech if speech else 0.0


class SplitRecording:
    """The recording with two sides; as ``audio.recordings.played.Recording`` for who plays it."""

    def __init__(
        self,
        recording: Recording,
        heard: VoicesHeard,
        *,
        agent_speaks_first: bool,
        remedy: str = IN_A_REPLAY,
    ) -> None:
        """``remedy``: how to have it otherwise, a sentence."""
        self._recording = recording
        self._remedy = remedy
        self.heard = heard
        first, second = Channel.AGENT, Channel.CUSTOMER
        self._whose = (first, second) if agent_speaks_first else (second, first)
        unsure = any(not turn.sure for turn in heard.turns)
        self.channels: tuple[Channel, ...] = (
            (Channel.AGENT, Channel.CUSTOMER, Channel.MIXED)
            if unsure
            else (Channel.AGENT, Channel.CUSTOMER)
        )
        """MIXED only where there is something whose speaker is not certain."""

    @property
    def duration(self) -> float:
        """As the recording's."""
        return self._recording.duration

    @property
    def notices(self) -> tuple[str, ...]:
        """As the recording's, with what the split means."""
        others = [notice for notice in self._recording.notices if notice != MIXED_NOTICE]
        third = self.heard.third
        more = () if third is None else (f"Of the voices: {third_on_track(third)}.",)
        return (*others, split_notice(self.heard, self._remedy), *more)

    @property
    def news(self) -> tuple[AudioWarning, ...]:
        """What is to be told where the call gets there, in order of time."""
        third = self.heard.third
        if third is None:
            return ()
        return (AudioWarning(at=third.since, kind=KIND, detail=third_on_track(third)),)

    def confidence(self, start: float, end: float) -> float:
        """How certain it is who speaks between two times, 0.5 to 1."""
        sure = confidence_within(self.heard.turns, start, end)
        return min(sure, SUREST_OF_ALIKE) if self.heard.much_alike else sure

    def chunks(self, seconds: float = 0.02) -> Iterator[Chunk]:
        """The sound of each channel in turn; silence while another one speaks."""
        plan = [(round(t.end * SAMPLE_RATE), self._channel(t)) for t in self.heard.turns]
        position = at = 0
        for chunk in self._recording.chunks(seconds):
            voices = {channel: np.zeros_like(chunk.samples) for channel in self.channels}
            done, size = 0, len(chunk.samples)
            while done < size:
                while at < len(plan) - 1 and plan[at][0] <= position + done:
                    at += 1
                last = at == len(plan) - 1
                until = size if last else min(plan[at][0] - position, size)
                voices[plan[at][1]][done:until] = chunk.samples[done:until]
                done = until
            position += len(chunk.samples)
            for channel in self.channels:
                yield Chunk(channel, chunk.start, voices[channel])

    def _channel(self, turn: VoiceTurn) -> Channel:
        return self._whose[turn.speaker] if turn.sure else Channel.MIXED


def split(
    recording: Recording,
    *,
    agent_speaks_first: bool = True,
    tell: Tell | None = None,
    remedy: str = IN_A_REPLAY,
) -> SplitRecording | Recording:
    """Take a mixed recording apart; where no two people can be told apart, itself, which says so.

    ``agent_speaks_first``: whose the first voice is taken to be. ``remedy``: how to have it
    otherwise, a sentence.
    """
    heard = listen(recording, tell=tell)
    if heard.voices is None or not heard.turns:
        return recording
    if not heard.divided:
        return recording.telling(ONE_VOICE_NOTICE, instead=MIXED_NOTICE)
    return SplitRecording(recording, heard, agent_speaks_first=agent_speaks_first, remedy=remedy)


def side_voices_of(
    recording: Recording | SplitRecording, else_from: ElseFrom | None = None
) -> SideVoices | None:
    """What follows the voices where each person has a track; None elsewhere.

    ``else_from`` as ``SideVoices`` has it.
    """
    if isinstance(recording, SplitRecording) or len(recording.channels) == 1:
        return None
    return SideVoices(
        recording.channels,
        shared_encoder(),
        recorded=True,
        else_from=else_from,
        alone_until=recording.alone_until,
    )


def listen(
    recording: Recording,
    *,
    tell: Tell | None = None,
    encoder: VoiceEncoder | None = None,
    detector: SpeechDetector | None = None,
    looked_at: LookedAt | None = None,
) -> VoicesHeard:
    """Go through a mixed recording once and find who speaks when.

    ``looked_at``: of which pieces more than silence is heard; None for all.
    """
    trace = VoiceTrace(encoder or shared_encoder(), detector or Vad(), pitched=True)
    seen = [NO_WINDOWS]
    for chunk in recording.chunks(PIECE):
        heard = looked_at is None or looked_at(chunk.start)
        seen.append(trace.push(chunk.samples if heard else np.zeros_like(chunk.samples)))
        if tell is not None and recording.duration:
            tell(min(1.0, chunk.end / recording.duration))
    return _heard(trace, joined(seen))


def split_notice(heard: VoicesHeard, remedy: str) -> str:
    """What a listener should know of a split track, in plain words."""
    unsure = f", {heard.unsure:.0%} of the speech left open" if heard.unsure >= 0.005 else ""
    alike = (
        " The two voices are much alike, so more of it may be given to the wrong one, and all of "
        "it may be one person's."
        if heard.much_alike
        else ""
    )
    return (
        f"Both speakers are on one track, which was split by their voices: {len(heard.turns)} "
        f"turns{unsure}. Who said what is judged, not known, and where both talk at once only one "
        f"is heard.{alike} {remedy}"
    )


def _heard(trace: VoiceTrace, seen: SeenWindows) -> VoicesHeard:
    """Who speaks when, of all that was gone through."""
    if trace.spoken_seconds < LEAST_SPEECH:
        return VoicesHeard(voices=None, turns=())
    voices = _two_of(seen)
    if voices is None:
        return VoicesHeard(voices=None, turns=())
    count = -(-trace.samples // round(CELL * SAMPLE_RATE))
    spoken = trace.spoken(0, count)
    clear = thinned(seen.where(seen.shares >= CLEAR), COUNTED)
    third = third_voice(clear)
    perhaps = third_voice(clear, announced=True) if third is None else None
    theirs: list[tuple[float, float]] = []
    if third is not None:
        theirs = third.turns(seen, spoken)
        # The two are learnt anew from what is theirs; where that is one person's, all was two's.
        others = _two_of(seen.where(~within(seen.middles, theirs)))
        if others is None or others.one_person:
            third, theirs = None, []
        else:
            voices = others
    cells = cells_of(likeness_of(seen, voices), seen.middles, seen.shares, count)
    of_two = seen.where(~within(seen.middles, theirs))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], spoken, [False]]))) * CELL
    return VoicesHeard(
        voices=voices,
        turns=tuple(without(turns_of(cells, spoken), theirs, spoken)),
        third=third,
        perhaps=perhaps,
        both=() if voices.one_person else both_talk(of_two, voices),
        speech=tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)),
    )


def _two_of(seen: SeenWindows) -> Voices | None:
    """Two voices, as well as they can be told apart; None for too little speech."""
    clear = seen.where(seen.shares >= CLEAR)
    voices = tell_apart(steadied(clear.vectors, clear.middles), clear.shares)
    if voices is None:
        return None
    both = part(thinned(seen.where(seen.shares >= PARTED)), voices)
    return both if both is not None and both.parting is not None and both.parting.two else voices
