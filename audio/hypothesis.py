"""Which words of an open utterance can be relied on: local agreement between drafts.

A draft of speech that is still going on is wrong mostly at its edge, where the last word is
half heard. A word is committed

- once two drafts in a row agree on it: on everything before it, or at least on a run of
  `RUN` words that it ends, for the first words of an utterance may stay garbled for long while
  those behind them are clear;
- on first sight, when the recogniser is sure of it, the surer the less it has heard after it
  (``SureSettings``), and of everything before it, or of a run of `RUN` words that it ends;
- when the speaker has paused, because then there is no edge.

Words that may be inventions (``audio.doubt``) commit nothing, however they came.

Later drafts may put committed words right, but only by agreeing with each other on as many
words: a single garbled draft changes nothing that was committed. What was decoded in a pause,
drafts leave alone: they are made in haste, and it was not. It may read committed words
differently, but a sentence that it passes over in silence stays (``with_passed_over``): a decoder
that hears more of the sound at once sometimes begins, or goes on, a sentence too late.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
from rapidfuzz.distance import Levenshtein, Opcode

from coach.events import Word
from coach.parameters import seconds, share

RUN = 2
"""Words in a row that two drafts must share, or one draft be sure of, for the words before them
to be let through: one may be chance ("the", "you")."""

EDGE = 8
"""Words at the end of a draft by which its sureness is judged: what two seconds hold."""

EDGE_SECONDS = 0.2
"""Seconds by which two decodes place the same word differently."""

LONGEST_WORD = 0.7
"""Seconds that hardly any word is longer than."""

_STOPS = ".?!"

_TRIM = ".,;:!?\"'()[]{}-"


class SureSettings(msgspec.Struct, frozen=True):
    """When one draft is enough to commit a word."""

    steps: tuple[tuple[Annotated[float, seconds(0, 10)], Annotated[float, share()]], ...] = (
        (0.2, 0.9),
        (0.4, 0.7),
        (0.9, 0.45),
    )
    """Seconds of sound heard after the word, and its least probability then.

    Counted over drafts of telephone calls, 95 of 100 words within these bounds are in the final
    text as well; the word's own probability tells, that of the words before it adds nothing.
    """

    def sure(self, word: Word, heard: float) -> bool:
        """Whether ``word`` of a draft that has heard up to ``heard`` can be relied on."""
        after = heard - word.end
        return any(after >= least and word.confidence >= bound for least, bound in self.steps)


def same_word(one: str, other: str) -> bool:
    """Whether two drafts mean the same word: case and outer punctuation do not count."""
    return one.strip(_TRIM).casefold() == other.strip(_TRIM).casefold()


def joint(committed: Sequence[Word], draft: Sequence[Word]) -> int | None:
    """Where in ``draft`` the committed words end, if it says the last `RUN` of them again."""
    blocks = list(Levenshtein.opcodes(_texts(committed), _texts(draft)))
    for op in blocks[-2:]:
        if op.tag == "equal" and op.src_end == len(committed):
            return int(op.dest_end) if _length(op) >= min(RUN, len(committed)) else None
    return None if committed else 0


def agreement(new: Sequence[Word], last: Sequence[Word]) -> int:
    """How many words of ``new`` are confirmed by ``last``."""
    blocks = Levenshtein.opcodes(_texts(new), _texts(last))
    ends = [
        op.src_end
        for op in blocks
        if op.tag == "equal" and (op.src_start == op.dest_start == 0 or _length(op) >= RUN)
    ]
    return max(ends, default=0)


class _Passed(NamedTuple):
    """Committed words that a decode passes over."""

    start: int
    end: int
    place: int
    """Where they belong among the decode's words."""


def _passed_over(committed: Sequence[Word], words: Sequence[Word]) -> list[_Passed]:
    """Runs of `RUN` committed words or more with the same words on both sides in the decode.

    "I am old. I cannot." and "I cannot." agree in either "I": of such choices the one is taken
    that leaves sentences whole.
    """
    blocks = list(Levenshtein.opcodes(_texts(committed), _texts(words)))
    found: list[_Passed] = []
    for index, op in enumerate(blocks):
        beside = (*blocks[max(index - 1, 0) : index], *blocks[index + 1 :][:1])
        if op.tag != "delete" or _length(op) < RUN or any(one.tag != "equal" for one in beside):
            continue
        slide = _slide(committed, op)
        found.append(_Passed(op.src_start - slide, op.src_end - slide, op.dest_start - slide))
    return found


def _slide(committed: Sequence[Word], op: Opcode) -> int:
    """By how many words a run may lie earlier, to begin with a sentence; 0 if it cannot."""
    texts = _texts(committed)
    for slide in range(op.src_start + 1):
        first, last = op.src_start - slide, op.src_end - slide
        if slide and (slide > op.dest_start or texts[first] != texts[last]):
            return 0
        if first == 0 or committed[first - 1].text[-1:] in _STOPS:
            return slide
    return 0


def with_passed_over(words: Sequence[Word], committed: Sequence[Word]) -> tuple[Word, ...]:
    """A decode's words with the committed ones between which it says nothing at all.

    It says nothing where it has no words in their place: neither in the text, where a decode that
    reads them differently has its own, nor in the sound.
    """
    kept: list[Word] = []
    reached = 0
    for run in _passed_over(committed, words):
        lost = committed[run.start : run.end]
        if _spoken_over(lost, words):
            continue
        kept += words[reached : run.place]
        kept[-1:] = [_within(word, -math.inf, lost[0].start) for word in kept[-1:]]
        kept += lost
        after = words[run.place : run.place + 1]
        kept += [_within(word, lost[-1].end, math.inf) for word in after]
        reached = run.place + len(after)
    return (*kept, *words[reached:])


def withdrawn(stated: Sequence[Word], words: Sequence[Word]) -> str:
    """What stood committed and is said no longer: whole sentences, not words put right."""
    same = len(stated) - int(Levenshtein.distance(_texts(stated), _texts(words), weights=(0, 1, 1)))
    if len(stated) - same >= RUN and 2 * same < len(stated):
        return _line(stated)
    runs = _passed_over(stated, words)
    return " ".join(_line(stated[run.start : run.end]) for run in runs)


def _line(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _within(word: Word, start: float, end: float) -> Word:
    """The word, drawn in so that it begins and ends between the two as far as it can."""
    begin = min(max(word.start, start), word.end)
    return msgspec.structs.replace(word, start=begin, end=max(begin, min(word.end, end)))


def _spoken_over(run: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether a decode has words of its own where ``run`` was said.

    Words beside a gap are drawn out into it, so those longer than words are do not count.
    """
    start, end = run[0].start + EDGE_SECONDS, run[-1].end - EDGE_SECONDS
    return any(
        start < _middle(word) < end and word.end - word.start <= LONGEST_WORD for word in words
    )


def _texts(words: Sequence[Word]) -> list[str]:
    return [word.text.strip(_TRIM).casefold() for word in words]


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _length(op: Opcode) -> int:
    return int(op.src_end - op.src_start)


class Hypothesis:
    """The words of one open utterance."""

    def __init__(self, sure: SureSettings | None = None) -> None:
        self.committed: tuple[Word, ...] = ()
        self.tail: tuple[Word, ...] = ()
        """The newest draft's words after the committed ones."""
        self._sure = sure or SureSettings()
        self._last: tuple[Word, ...] = ()
        self._fixed = 0
        """Committed words that drafts leave alone."""
        self._until = -math.inf
        """Call time up to which the fixed words go."""

    @property
    def confidence(self) -> float:
        """Mean probability of the newest words; 0 while there are none that can be believed."""
        newest = self._last[-EDGE:]
        return sum(word.confidence for word in newest) / len(newest) if newest else 0.0

    @property
    def committed_text(self) -> str:
        """The committed words as one line."""
        return _line(self.committed)

    @property
    def tail_text(self) -> str:
        """The draft words as one line."""
        return _line(self.tail)

    def draft(self, words: Sequence[Word], *, skipped: int, heard: float) -> None:
        """Take in a draft of speech that goes on.

        ``words`` follow the first ``skipped`` committed words; ``heard`` is the call time up
        to which the draft has heard.
        """
        full = (*self.committed[:skipped], *words)
        if self._fixed:
            fresh = (word for word in full[skipped:] if _middle(word) > self._until)
            full = (*self.committed[: max(self._fixed, skipped)], *fresh)
        kept = len(self.committed)
        agreed = agreement(full, self._last)
        self._last = full
        if agreed < kept:
            past = joint(self.committed, full)
            if past is None:
                self.tail = full[kept:]
                return
            full = (*self.committed, *full[past:])
        self.committed = full[: self._sure_up_to(full, max(agreed, kept), heard)]
        self.tail = full[len(self.committed) :]

    def guess(self, words: Sequence[Word], *, skipped: int) -> None:
        """Take in words that may be inventions: shown, but they commit and confirm nothing.

        ``words`` follow the first ``skipped`` committed words.
        """
        full = (*self.committed[:skipped], *words)
        self.tail = full[len(self.committed) :]
        self._last = ()

    def settle(
        self, words: Sequence[Word], *, until: float = math.inf, silent: bool = False
    ) -> None:
        """Take in a decode made in a pause: every word of it is committed until the next pause.

        ``until`` is the call time up to which it has heard: what drafts have heard after that
        stays. ``silent``: nobody has spoken up to then, so nothing was passed over.
        """
        before = [word for word in self.committed if _middle(word) <= until]
        later = self.committed[len(before) :]
        words = () if silent else with_passed_over(words, before)
        self.committed = (*words, *later)
        self.tail = tuple(word for word in self.tail if _middle(word) > until)
        self._last = (*self.committed, *self.tail)
        self._fixed = len(words)
        self._until = until

    def split(self, count: int) -> Hypothesis:
        """Keep the first ``count`` committed words; the rest goes to a new hypothesis."""
        rest = Hypothesis(self._sure)
        rest.committed = self.committed[count:]
        rest._last = self._last[count:]
        rest._fixed, rest._until = max(0, self._fixed - count), self._until
        rest.tail = self.tail
        self.committed, self.tail = self.committed[:count], ()
        self._last = self.committed
        return rest

    def _sure_up_to(self, words: Sequence[Word], count: int, heard: float) -> int:
        """How many of ``words`` can be relied on when the first ``count`` can."""
        run = RUN
        for index in range(count, len(words)):
            run = run + 1 if self._sure.sure(words[index], heard) else 0
            if run >= RUN:
                count = index + 1
        return count
