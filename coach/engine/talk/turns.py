"""Who speaks when: dead air, turns, talk ratio and pace; talk-over is in ``talk_over``.

Fed with speech spans and texts of both channels, asked on the engine's grid. Everything is
measured in call time of the audio (``start``/``end``), so the delay of transcription moves
nothing but the moment at which a text can correct a first impression.

A short acknowledgement while the other side speaks ("uh-huh", "okay") is a backchannel: it is
neither a talk-over nor the end of the other side's turn. A span's words are known only after
it has been heard, so every span keeps its verdict and a late text may change it.

One wart: a span that is still open may in truth be over already, because the detector waits
before it says so. While open, a span therefore counts only up to ``hangover_s`` ago.
"""

from __future__ import annotations

import functools
import math
import re
from collections import deque
from typing import Annotated

import msgspec

from coach.engine.talk.talk_over import KEEP_S, SideSpans, SpeechSpan
from coach.events import Channel, SpeechEnded, SpeechStarted
from coach.parameters import number, seconds
from rules.definition.conditions import Speaker

_OWN_PAUSE_S = 2.5
"""Silence up to this between two utterances of one side is a pause of its own; longer, and the
speaker is busy with something else."""

_WORD = re.compile(r"[a-z']+(?:-[a-z']+)*")
_NUMBER = re.compile(
    r"[^\w\s]*(?:[\d.,:/-]*\d[\d.,:/-]*|(?:zero|oh|double|triple|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|hundred|thousand"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?))[^\w\s]*",
    re.IGNORECASE,
)


class TurnSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds of the conversation measurements."""

    hangover_s: Annotated[float, seconds(0, 5)] = 0.5
    """Seconds the speech detector needs to notice that a span is over; usual for its kind."""
    turn_pause_s: Annotated[float, seconds(0.1, 60)] = 3.0
    """A pause longer than this ends a turn; the 3 s of the usual non-talk definition."""
    interjection_s: Annotated[float, seconds(0, 10)] = 1.0
    """A span shorter than this ends nobody's turn unless its words say more than "uh-huh"."""
    interruption_s: Annotated[float, seconds(0.1, 10)] = 1.5
    """Overlap in seconds that counts as an interruption; starting value of the cue catalogue."""
    words_late_s: Annotated[float, seconds(0, 60)] = 4.0
    """Seconds after a span within which its words may still come; later they never will."""
    pace_speech_s: Annotated[float, seconds(1, 120)] = 6.0
    """Seconds of own speech within the window before a pace is given."""
    pace_baseline_s: Annotated[float, seconds(1, 600)] = 40.0
    """Seconds of own earlier speech before there is a baseline: with less, the short questions
    with which calls open make everybody look hurried later on."""
    backchannel_words: Annotated[int, number(0, 20, "words")] = 4
    """A backchannel has at most this many words."""
    backchannels: tuple[str, ...] = (
        *("aha", "ah", "alright", "cool", "fine", "go", "got", "good", "great", "hm", "hmm"),
        *("huh", "i", "it", "mhm", "mm", "mm-hmm", "mmhmm", "mmm", "oh", "ok", "okay", "on"),
        *("right", "see", "sure", "true", "uh", "uh-huh", "um", "understood", "yeah", "yep"),
        *("yes", "yup"),
    )
    """Words that, alone or together, only say "I am listening"."""


MOST_OPEN = 4
"""Latest open utterances of a side that have a pace."""


class PaceMeter:
    """Two rates of one side, in words a minute.

    The *articulation rate* is words over the time they take; pauses do not count. The *speaking
    rate* is what a listener has to follow: the speaker's own short pauses count as time, and
    numbers count neither as words nor as time, since who reads out a number slowly in bursts
    articulates short words fast. (The terms are those of phonetics: Laver, Principles of
    Phonetics, 1994.)
    """

    def __init__(self) -> None:
        self.recent: deque[tuple[float, int, float]] = deque()
        """(end of utterance, words but numbers, their seconds with the pause before them)."""
        self.words = 0
        self.seconds = 0.0
        self.drafts: dict[str, tuple[float, int, float]] = {}
        """The same of the utterances that are still open, the latest last."""
        self._all_words = 0
        self._all_seconds = 0.0
        self._end: float | None = None

    def add(self, start: float, end: float, words: int, numbers: int = 0) -> None:
        """Take in one final utterance of ``words`` words, ``numbers`` of them numbers."""
        if words == 0 or end <= start:
            return
        self._all_words += words
        self._all_seconds += end - start
        seconds = self._with_pause(start, end, (words - numbers) / words)
        self._end = end
        words -= numbers
        if words:
            self.recent.append((end, words, seconds))
            self.words += words
            self.seconds += seconds
        while self.recent and self.recent[0][0] < end - KEEP_S:
            self.recent.popleft()

    def drafted(self, of: str, start: float, end: float, words: int, numbers: int) -> None:
        """Take in how much of an open utterance was said so far; its next draft replaces it."""
        self.drafts.pop(of, None)
        if words > numbers and end > start:
            seconds = self._with_pause(start, end, (words - numbers) / words)
            self.drafts[of] = (end, words - numbers, seconds)
            if len(self.drafts) > MOST_OPEN:
                del self.drafts[next(iter(self.drafts))]

    def open(self, now: float, past: float) -> list[tuple[float, int, float]]:
        """What was said in the last ``past`` seconds in utterances that are still open."""
        return [draft for draft in self.drafts.values() if draft[0] >= now - past]

    def _with_pause(self, start: float, end: float, share: float) -> float:
        """Seconds of words from ``start`` to ``end``, with the short pause before them."""
        pause = start - self._end if self._end is not None else 0.0
        return (end - start) * share + (pause if 0.0 < pause <= _OWN_PAUSE_S else 0.0)

    def other_spoke(self) -> None:
        """The other side had the floor: what was silence until now was no pause."""
        self._end = None

    def overall(self) -> float | None:
        """Articulation rate over the whole call."""
        return self._all_words * 60.0 / self._all_seconds if self._all_seconds >= 1.0 else None

    def window(self, now: float, past: float) -> tuple[int, float]:
        """Words and seconds of the utterances that ended in the last ``past`` seconds."""
        words, seconds = 0, 0.0
        for end, count, length in reversed(self.recent):
            if end < now - past:
                break
            words += count
            seconds += length
        return words, seconds


class SpeakingSide:
    """What is known of one channel."""

    def __init__(self) -> None:
        self.open: SpeechSpan | None = None
        self.kept = SideSpans()
        self.talked = 0.0
        """Seconds of closed speech."""
        self.last_end: float | None = None
        self.turn_start: float | None = None
        self.text_end = -1.0
        """How far words are known."""
        self.pace = PaceMeter()


class TurnTracker:
    """Follows the conversation of two channels, or of one undivided channel."""

    def __init__(self, settings: TurnSettings) -> None:
        self._settings = settings
        self._backchannels = frozenset(settings.backchannels)
        self._sides = {channel: SpeakingSide() for channel in Channel}
        self._deaf_until = 0.0
        """Silence is not counted before this: sound was missing or the call was paused."""
        self._spoken = False

    # --- facts ------------------------------------------------------------------------------

    def started(self, fact: SpeechStarted) -> bool:
        """Somebody began to speak. Returns whether that concerns speech of both at once."""
        side, far = self._sides[fact.channel], self._sides[fact.channel.other]
        concerns = self._is_over(side.open, far)
        if side.open is not None:
            self._close(side, fact.start)
        span = SpeechSpan(fact.start)
        side.open = span
        self._spoken = True
        if side.turn_start is None or (
            side.last_end is not None and span.start - side.last_end > self._settings.turn_pause_s
        ):
            side.turn_start = span.start
        return side.kept.begin(span, far.kept, self._settings.interruption_s) or concerns

    @staticmethod
    def _is_over(span: SpeechSpan | None, far: SpeakingSide) -> bool:
        """Whether a span began during the far side's speech, or that during it."""
        return span is not None and (span.over is not None or far.kept.talks_over(span))

    def ended(self, fact: SpeechEnded) -> bool:
        """Somebody fell silent. Returns whether that concerns speech of both at once."""
        channel = fact.channel
        if self._sides[channel].open is None:
            # The sides were swapped while this span was open.
            channel = channel.other
        side = self._sides[channel]
        span = side.open
        if span is None or (channel is not fact.channel and span.start != fact.start):
            return False
        self._close(side, max(fact.end, span.start))
        if span.until(fact.at) - span.start >= self._settings.interjection_s:
            self._take_turn(channel, span)
        return self._is_over(span, self._sides[channel.other])

    def _close(self, side: SpeakingSide, end: float) -> None:
        span = side.open
        if span is None:
            return
        span.end = end
        side.open = None
        side.talked += end - span.start
        side.last_end = end if side.last_end is None else max(side.last_end, end)

    def heard(self, channel: Channel, end: float, text: str) -> tuple[bool, bool]:
        """Words of the span that reaches to about ``end`` are known; they may be a draft.

        Returns whether they may have told something new of who has the turn, and of a talk-over.
        """
        side = self._sides[channel]
        side.text_end = max(side.text_end, end)
        span = side.kept.last(end)
        if span is None or not text:
            return False, False
        known = span.backchannel, span.substantial
        span.backchannel = self.is_backchannel(text)
        if not span.backchannel:
            self._take_turn(channel, span)
        over = span.over is not None and span.backchannel is not known[0]
        return known != (span.backchannel, span.substantial), over

    def drafted(
        self, channel: Channel, start: float, end: float, text: str, utterance: str = ""
    ) -> Channel | None:
        """How much of an open utterance was said so far, in words that may still change.

        Returns the other side where it was taken for theirs until now.
        """
        words, taken = text.split(), None
        for other, side in self._sides.items():
            if other is not channel and side.pace.drafts.pop(utterance, None) is not None:
                taken = other
        self._sides[channel].pace.drafted(utterance, start, end, len(words), _numbers(words))
        return taken

    def uttered(
        self, channel: Channel, start: float, end: float, text: str, utterance: str = ""
    ) -> None:
        """A final text arrived."""
        self._sides[channel].pace.drafts.pop(utterance, None)
        words = text.split()
        numbers = _numbers(words)
        for other, side in self._sides.items():
            if other is channel:
                side.pace.add(start, end, len(words), numbers)
            else:
                side.pace.other_spoke()

    def disregard(self, channel: Channel, start: float, end: float) -> None:
        """What one side's channel carried from ``start`` to ``end`` was no talk of a person's.

        It was no silence either: dead air counts from its end.
        """
        side, far = self._sides[channel], self._sides[channel.other]
        gone = [s for s in side.kept.spans if s.end is not None and s.start < end and s.end > start]
        for span in gone:
            side.talked -= span.until(end) - span.start
        side.kept.remove(gone, far.kept)
        if side.open is None or side.open.start >= end:
            side.turn_start = side.open.start if side.open else None
        side.text_end = max(side.text_end, end)

    def _take_turn(self, channel: Channel, span: SpeechSpan) -> None:
        """``span`` is more than a backchannel: the far side's turn ends unless it talks on."""
        if span.backchannel or span.substantial:
            return
        span.substantial = True
        far = self._sides[channel.other]
        if far is self._sides[channel]:
            return
        if far.open is None:
            if far.last_end is None or far.last_end < span.until(span.start):
                far.turn_start = None
            else:
                self._restart(far, span.start)
        elif far.open.start >= span.start:
            self._restart(far, span.start)

    def _restart(self, side: SpeakingSide, after: float) -> None:
        later = [s.start for s in side.kept.spans if s.start >= after]
        if later:
            side.turn_start = later[0]

    def deaf(self, at: float) -> None:
        """Sound was missing up to ``at``: silence before it means nothing."""
        self._deaf_until = max(self._deaf_until, at)

    def hush(self, at: float) -> None:
        """Listening stopped at ``at``: close what is open and forget the turns."""
        for side in self._sides.values():
            self._close(side, max(at, side.open.start) if side.open else at)
            side.turn_start = None
            side.pace.drafts.clear()
        self.deaf(at)

    def swap(self) -> None:
        """The two channels were taken for each other."""
        sides = self._sides
        sides[Channel.AGENT], sides[Channel.CUSTOMER] = (
            sides[Channel.CUSTOMER],
            sides[Channel.AGENT],
        )

    # --- questions --------------------------------------------------------------------------

    def is_backchannel(self, text: str) -> bool:
        """True where the words only say "I am listening"."""
        count = 0
        for count, word in enumerate(_WORD.finditer(text.lower()), start=1):
            if count > self._settings.backchannel_words or word[0] not in self._backchannels:
                return False
        return count > 0

    def speaking(self, channel: Channel) -> bool:
        """True while the channel's speech is going on."""
        return self._sides[channel].open is not None

    def last_end(self, channel: Channel) -> float | None:
        """Where the channel's latest closed span ended."""
        return self._sides[channel].last_end

    def last_spoke(self) -> Channel | None:
        """Whose closed speech ended last; None before anybody's has."""
        ends = {c: s.last_end for c, s in self._sides.items() if s.last_end is not None}
        return max(ends, key=lambda channel: ends[channel], default=None)

    def unheard(self, channel: Channel, began_by: float, now: float) -> bool:
        """True while words of speech that began by ``began_by`` may still come."""
        side = self._sides[channel]
        if side.open is not None and side.open.start <= began_by:
            return True
        ended = side.kept.begun_by(began_by)
        if ended is None or ended.end is None or now - ended.end > self._settings.words_late_s:
            return False
        return side.text_end < ended.end - self._settings.hangover_s

    def silence_since(self) -> float | None:
        """When the present silence began; None while somebody speaks or before anybody has."""
        if not self._spoken:
            return None
        latest = self._deaf_until
        for side in self._sides.values():
            if side.open is not None:
                return None
            if side.last_end is not None and side.last_end > latest:
                latest = side.last_end
        return latest

    def dead_air(self, now: float) -> float:
        """Seconds of silence up to ``now``."""
        since = self.silence_since()
        return 0.0 if since is None else max(0.0, now - since)

    def turn(self, channel: Channel, now: float) -> float:
        """Seconds the channel has held the turn; 0 where it does not hold it."""
        side = self._sides[channel]
        if side.turn_start is None:
            return 0.0
        if side.open is not None:
            return max(0.0, now - side.turn_start)
        if side.last_end is None or now - side.last_end > self._settings.turn_pause_s:
            return 0.0
        far = self._sides[channel.other]
        taken = self._settings.interjection_s + self._settings.hangover_s
        if far is not side and far.open is not None and now - far.open.start >= taken:
            return 0.0
        return max(0.0, side.last_end - side.turn_start)

    def goes_on_since(self, channel: Channel) -> float | None:
        """When the turn began in which the channel is speaking; None where it is not."""
        side = self._sides[channel]
        return side.turn_start if side.open is not None else None

    def talkovers(
        self, by: Channel, longer_than: float, since: float, now: float
    ) -> list[SpeechSpan]:
        """The spans with which ``by`` spoke over the other side, begun at ``since`` or later."""
        sure = now - self._settings.hangover_s
        return self._sides[by].kept.talk_overs(longer_than, since, sure)

    def talkovers_from(self, by: Channel, longer_than: float, since: float) -> list[float]:
        """When each of those spans proves to be one, if nothing is heard before."""
        sure = self._sides[by].kept.sure_from(longer_than, since)
        return [at + self._settings.hangover_s for at in sure]

    def interruptions(self, by: Channel, now: float) -> int:
        """How often ``by`` spoke over the other side in this call."""
        sure = now - self._settings.hangover_s
        return self._sides[by].kept.count(self._settings.interruption_s, sure)

    def talk_share(self, now: float) -> float | None:
        """The agent's share of all speech, 0 to 1."""
        agent, customer = (self._talked(c, now) for c in (Channel.AGENT, Channel.CUSTOMER))
        return agent / (agent + customer) if agent + customer >= 1.0 else None

    def _talked(self, channel: Channel, now: float) -> float:
        side = self._sides[channel]
        return side.talked + (max(0.0, now - side.open.start) if side.open else 0.0)

    def pace(self, channel: Channel) -> float | None:
        """Articulation rate over the call so far."""
        return self._sides[channel].pace.overall()

    def pace_now(self, channel: Channel, now: float, past: float) -> float | None:
        """Speaking rate over the last ``past`` seconds; None where too little was said."""
        meter = self._sides[channel].pace
        words, seconds = meter.window(now, past)
        for _, more, longer in meter.open(now, past):
            words, seconds = words + more, seconds + longer
        return words * 60.0 / seconds if seconds >= self._settings.pace_speech_s else None

    def same_pace_until(self, channel: Channel, now: float, past: float) -> float:
        """Until when neither rate changes, unless words come: when the next ones are too old."""
        meter = self._sides[channel].pace
        first = math.inf
        for end, _, _ in reversed(meter.recent):
            if end < now - past:
                break
            first = min(first, end)
        first = min([first, *(end for end, _, _ in meter.open(now, past))])
        return first + past

    def pace_baseline(self, channel: Channel, now: float, past: float) -> float | None:
        """Speaking rate before the last ``past`` seconds; None where too little was said."""
        meter = self._sides[channel].pace
        words, seconds = meter.window(now, past)
        if meter.seconds - seconds < self._settings.pace_baseline_s:
            return None
        return (meter.words - words) * 60.0 / (meter.seconds - seconds)


def _numbers(words: list[str]) -> int:
    return sum(map(_is_number, words))


@functools.lru_cache(maxsize=4096)
def _is_number(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word))


def channels_of(speaker: Speaker) -> tuple[Channel, ...]:
    """The channels a condition's ``by`` stands for."""
    if speaker is Speaker.AGENT:
        return (Channel.AGENT,)
    if speaker is Speaker.CUSTOMER:
        return (Channel.CUSTOMER,)
    return (Channel.AGENT, Channel.CUSTOMER)
