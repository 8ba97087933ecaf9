"""Which words of an open utterance can be relied on: local agreement between drafts.

A draft of speech that is still going on is wrong mostly at its edge, where the last word is
half heard. A word is committed

- once two drafts in a row agree on it: on everything before it, or at least on a run of
  `RUN` words that it ends, for the first words of an utterance may stay garbled for long while
  those behind them are clear;
- on first sight, when the recogniser is sure of it, the surer the less it has heard after it
  (``SureSettings``), and of everything before it, or of a run of `RUN` words that it ends;
- when the speaker has paused, because then there is no edge.

Words that may be inventions (``audio.words.doubt``) commit nothing, however they came.

Later drafts may put committed words right, but only by agreeing with each other on as many
words: a single garbled draft changes nothing that was committed. What was decoded in a pause,
drafts leave alone: they are made in haste, and it was not. It may read committed words
differently, but a sentence that it passes over in silence stays (``audio.words.passed_over``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import msgspec
from rapidfuzz.distance import Levenshtein, Opcode

from coach.events import Word
from coach.parameters import seconds, share

from .passed_over import RUN, texts_of, with_passed_over

EDGE = 8
"""Words at the end of a draft by which its sureness is judged: what two seconds hold."""


class SureSettings(msgspec.Struct, frozen=True):
    """When one draft is enough to commit a word."""

    steps: tuple[tuple[Annotated[float, seconds(0, 10)], Annotated[float, share()]], ...] = (
        (0.2, 0.9),
        (0.4, 0.7),
        (0.9, 0.45),
    )
    """Seconds of sound heard after the word, and its least probability then; that of
    the words before it adds nothing."""

    def sure(self, word: Word, heard: float) -> bool:
        """Whether ``word`` of a draft that has heard up to ``heard`` can be relied on."""
        after = heard - word.end
        return any(after >= least and word.confidence >= bound for least, bound in self.steps)


def joint(committed: Sequence[Word], draft: Sequence[Word]) -> int | None:
    """Where in ``draft`` the committed words end, if it says the last `RUN` of them again."""
    blocks = list(Levenshtein.opcodes(texts_of(committed), texts_of(draft)))
    for op in blocks[-2:]:
        if op.tag == "equal" and op.src_end == len(committed):
            return int(op.dest_end) if _length(op) >= min(RUN, len(committed)) else None
    return None if committed else 0


def agreement(new: Sequence[Word], last: Sequence[Word]) -> int:
    """How many words of ``new`` are confirmed by ``last``."""
    blocks = Levenshtein.opcodes(texts_of(new), texts_of(last))
    ends = [
        op.src_end
        for op in blocks
        if op.tag == "equal" and (op.src_start == op.dest_start == 0 or _length(op) >= RUN)
    ]
    return max(ends, default=0)


def _line(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _length(op: Opcode) -> int:
    return int(op.src_end - op.src_start)


class OpenWords:
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

    def draft(
        self, words: Sequence[Word], *, skipped: int, heard: float, held: bool = False
    ) -> None:
        """Take in a draft of speech that goes on.

        ``words`` follow the first ``skipped`` committed words; ``heard`` is the call time up
        to which the draft has heard. ``held``: nothing is committed for it, but the next draft
        may agree with it.
        """
        full = (*self.committed[:skipped], *words)
        if self._fixed:
            fresh = (word for word in full[skipped:] if _middle(word) > self._until)
            full = (*self.committed[: max(self._fixed, skipped)], *fresh)
        kept = len(self.committed)
        agreed = agreement(full, self._last)
        self._last = full
        if held:
            self.tail = full[kept:]
            return
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

    def split(self, count: int) -> OpenWords:
        """Keep the first ``count`` committed words; the rest goes to a new hypothesis."""
        rest = OpenWords(self._sure)
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
