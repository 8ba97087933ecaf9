"""What has been said, as lines for the screen: drafts while they last, then final text."""

from __future__ import annotations

import bisect
from collections import deque
from statistics import median

import msgspec

from coach.events import Channel, Hypothesis, Utterance
from coach.notes.written.form import written_text
from coach.snapshot import Line

MOST_LINES = 200
"""Lines kept for the screen; the journal keeps everything."""


class _TranscriptLine:
    """One line, put into its written form when somebody looks at it."""

    __slots__ = ("_shown", "language", "line")

    def __init__(self, line: Line, language: str) -> None:
        self.line = line
        """Its words as they were heard."""
        self.language = language
        self._shown: Line | None = None

    def change(self, line: Line) -> None:
        """Show another line from now on."""
        self.line, self._shown = line, None

    def place(self) -> tuple[float, str]:
        """Where it stands among the others."""
        return self.line.start, self.line.utterance

    def shown(self) -> Line:
        """The line as a person would write it."""
        if self._shown is None:
            self._shown = msgspec.structs.replace(
                self.line,
                text=written_text(self.line.text, self.language),
                tail=written_text(self.line.tail, self.language),
            )
        return self._shown


class Transcript:
    """The lines of one call, oldest first by where they start in the audio."""

    def __init__(self) -> None:
        self.language = "en"
        """Of the latest words; drafts do not say theirs."""
        self._lines: list[_TranscriptLine] = []
        self._by_utterance: dict[str, _TranscriptLine] = {}
        self._view: tuple[Line, ...] | None = ()
        self._lags: deque[float] = deque(maxlen=10)
        self._drafted: dict[str, tuple[Channel, str]] = {}
        """Committed words of what is not final yet, and whose voice they were taken for."""

    def draft(self, fact: Hypothesis) -> bool:
        """Take in a draft; returns whether its committed words are new, or another's voice."""
        known = self._drafted.get(fact.utterance)
        new = known != (fact.channel, fact.committed)
        if new and fact.committed:
            self._drafted[fact.utterance] = (fact.channel, fact.committed)
            if known is None or known[1] != fact.committed:
                self._lags.append(fact.at - fact.end)
        self._put(
            Line(
                utterance=fact.utterance,
                channel=fact.channel,
                start=fact.start,
                end=fact.end,
                text=fact.committed,
                tail=fact.tail,
                final=False,
            )
        )
        return new

    def final(self, fact: Utterance, announcement: str = "") -> None:
        """Take in the final text; an empty one takes the line away, unless words went with it.

        ``announcement``: what a recorded voice that says it is for.
        """
        self._drafted.pop(fact.utterance, None)
        self._lags.append(fact.at - fact.end)
        self.language = fact.language
        if not fact.text and not fact.withdrawn:
            self.drop(fact.utterance)
            return
        self._put(
            Line(
                utterance=fact.utterance,
                channel=fact.channel,
                start=fact.start,
                end=fact.end,
                text=fact.text,
                doubtful=fact.doubtful,
                announcement=announcement,
                doubt=fact.doubt,
                withdrawn=fact.withdrawn,
            )
        )

    def drop(self, utterance: str) -> None:
        """Forget what was drafted of an utterance."""
        self._drafted.pop(utterance, None)
        said = self._by_utterance.pop(utterance, None)
        if said is not None:
            self._lines.remove(said)
            self._view = None

    def mark(self, utterance: str, rule: str, *, matched: bool) -> None:
        """A rule matched in the utterance, or its match was withdrawn."""
        said = self._by_utterance.get(utterance)
        if said is None:
            return
        line = said.line
        cues = tuple(r for r in line.cues if r != rule) + ((rule,) if matched else ())
        said.change(msgspec.structs.replace(line, cues=cues))
        self._view = None

    def swap(self) -> None:
        """The two channels were taken for each other."""
        for said in self._lines:
            said.change(msgspec.structs.replace(said.line, channel=said.line.channel.other))
        self._view = None

    def lines(self) -> tuple[Line, ...]:
        """The latest lines, oldest first."""
        if self._view is None:
            self._view = tuple(said.shown() for said in self._lines)
        return self._view

    def lag(self) -> float | None:
        """Median delay of the last ten texts, seconds; None before any."""
        return round(median(self._lags), 2) if self._lags else None

    def _put(self, line: Line) -> None:
        self._view = None
        said = self._by_utterance.get(line.utterance)
        if said is None:
            said = _TranscriptLine(line, self.language)
            self._by_utterance[line.utterance] = said
        else:
            known = said.line
            if known.cues:
                line = msgspec.structs.replace(line, cues=known.cues)
            said.change(line)
            said.language = self.language
            if line.start == known.start:
                return
            self._lines.remove(said)
        bisect.insort(self._lines, said, key=_TranscriptLine.place)
        if len(self._lines) > MOST_LINES:
            del self._by_utterance[self._lines.pop(0).line.utterance]
