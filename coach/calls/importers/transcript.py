"""A transcript as every form of it is read, and the facts that the engine is given of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import msgspec

from coach.calls.importers.details import Details
from coach.calls.importers.sides import sides_of_speakers
from coach.calls.journal import LONGEST
from coach.errors import InputError
from coach.events import (
    CallEnded,
    CallStarted,
    Channel,
    Fact,
    SpeechEnded,
    SpeechStarted,
    Utterance,
    Word,
)

WORDS_PER_MINUTE = 150.0
"""Of conversational English, where a line has no end."""
JOIN_S = 0.7
"""Captions of one speaker so close together are one sentence, unless one has ended."""
LONGEST_LINE_S = 20.0
"""Captions are joined to no more than this: the coach would learn the words too late."""


class WrittenTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a transcript."""

    speaker: str
    """As the transcript names them; empty where it names nobody."""
    text: str
    start: float
    """Seconds from the call's beginning."""
    end: float | None = None
    words: tuple[Word, ...] = ()


class FileTranscript(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says."""

    turns: tuple[WrittenTurn, ...]
    seconds: float | None = None
    """Length of the call, where it says so."""
    details: Details = Details()


class SidedTranscript(msgspec.Struct, frozen=True, kw_only=True):
    """A transcript with its speakers known: what a call is made of."""

    transcript: FileTranscript
    sides: dict[str, Channel | None]
    language: str

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The call's channels."""
        if Channel.MIXED in self.sides.values():
            return (Channel.MIXED,)
        return (Channel.AGENT, Channel.CUSTOMER)

    def left_out(self) -> tuple[str, ...]:
        """Which lines are nobody's, for people."""
        nobodies = [t.speaker for t in self.transcript.turns if self.sides[t.speaker] is None]
        return tuple(
            f"{count} lines of {name or 'nobody named'} are left out."
            for name, count in Counter(nobodies).items()
        )

    def facts(self, first: CallStarted) -> Iterator[Fact]:
        """The facts after ``first``, in order of ``at``; the last one is CallEnded."""
        del first
        facts: list[Fact] = []
        ends = dict.fromkeys(Channel, 0.0)
        for number, turn in enumerate(sorted(self.transcript.turns, key=lambda t: t.start), 1):
            side = self.sides[turn.speaker]
            if side is None or not turn.text.strip():
                continue
            facts += self._spoken(turn, side, number, ends[side])
            ends[side] = facts[-1].at
        facts.sort(key=lambda fact: fact.at)
        end = max([*ends.values(), self.transcript.seconds or 0.0])
        yield from facts
        yield CallEnded(at=end, reason="end of the transcript")

    def _spoken(self, turn: WrittenTurn, side: Channel, number: int, before: float) -> list[Fact]:
        """One line; it begins once the line before it of the same speaker is over."""
        text = " ".join(turn.text.split())
        start = max(turn.start, before)
        usual = len(text.split()) * 60.0 / WORDS_PER_MINUTE
        end = max(start + 0.2, turn.start + usual if turn.end is None else turn.end)
        confidence = sum(w.confidence for w in turn.words) / len(turn.words) if turn.words else 1.0
        return [
            SpeechStarted(at=start, channel=side, start=start, end=start),
            SpeechEnded(at=end, channel=side, start=start, end=end),
            Utterance(
                at=end,
                channel=side,
                start=start,
                end=end,
                utterance=f"{side.value[0]}{number}",
                text=text,
                words=turn.words,
                confidence=round(confidence, 4),
                language=self.language,
            ),
        ]


def told(transcript: FileTranscript, details: Details) -> SidedTranscript:
    """A transcript with its speakers known. Raises InputError."""
    times = [t for turn in transcript.turns for t in (turn.start, turn.end) if t is not None]
    wrong = next((t for t in times if not (math.isfinite(t) and 0.0 <= t <= LONGEST)), None)
    if wrong is not None:
        raise InputError(f"a time of {wrong:g} s is not that of a call.", "Is the unit seconds?")
    if not any(turn.text.strip() for turn in transcript.turns):
        raise InputError("nobody says anything in it.")
    speakers: dict[str, float] = {}
    for turn in transcript.turns:
        speakers.setdefault(turn.speaker, turn.start)
    sides = sides_of_speakers(speakers, details.sides or {}, details.agent or "")
    language = (details.language or "en").partition("-")[0].lower()
    return SidedTranscript(transcript=transcript, sides=sides, language=language)


def joined(turns: list[WrittenTurn]) -> tuple[WrittenTurn, ...]:
    """Captions put together to sentences: they are cut where a screen is full."""
    whole: list[WrittenTurn] = []
    for turn in turns:
        last = whole[-1] if whole else None
        if last is not None and _goes_on(last, turn):
            whole[-1] = msgspec.structs.replace(
                last, text=f"{last.text} {turn.text}", end=turn.end, words=last.words + turn.words
            )
        else:
            whole.append(turn)
    return tuple(whole)


def _goes_on(last: WrittenTurn, turn: WrittenTurn) -> bool:
    if last.speaker != turn.speaker or last.end is None or turn.end is None:
        return False
    ended = last.text.rstrip().endswith((".", "?", "!", "…", '."', '?"', '!"'))
    return (
        not ended
        and 0.0 <= turn.start - last.end + 1e-9 <= JOIN_S
        and turn.end - last.start <= LONGEST_LINE_S
    )
