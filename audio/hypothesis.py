"""Which words of an open utterance can be relied on: local agreement between drafts.

A draft of speech that is still going on is wrong mostly at its edge, where the last word is
half heard. A word is committed

- once two drafts in a row agree on it: on everything before it, or at least on a run of
  `RUN` words that it ends, for the first words of an utterance may stay garbled for long while
  those behind them are clear;
- on first sight, when the recogniser is sure of it and of everything before it and has heard
  enough sound after it (``SureSettings``);
- when the speaker has paused, because then there is no edge.

Later drafts may put committed words right, but only by agreeing with each other on as many
words: a single garbled draft changes nothing that was committed.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rapidfuzz.distance import Levenshtein, Opcode

from coach.events import Word

RUN = 2
"""Words in a row that two drafts must share for the words before them to be let through: one
may be chance ("the", "you")."""

_TRIM = ".,;:!?\"'()[]{}-"


class SureSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When one draft is enough to commit a word."""

    confidence: float = 0.75
    """Least probability of the word, and of all new words before it."""
    after: float = 0.4
    """Seconds of sound heard after the word: about two syllables of right context."""


def same_word(one: str, other: str) -> bool:
    """Whether two drafts mean the same word: case and outer punctuation do not count."""
    return one.strip(_TRIM).casefold() == other.strip(_TRIM).casefold()


def common_prefix(one: Sequence[Word], other: Sequence[Word]) -> int:
    """How many words two drafts agree on from their beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if not same_word(a.text, b.text):
            break
        count += 1
    return count


def agreement(new: Sequence[Word], last: Sequence[Word]) -> int:
    """How many words of ``new`` are confirmed by ``last``."""
    texts = [[word.text.strip(_TRIM).casefold() for word in words] for words in (new, last)]
    blocks = Levenshtein.opcodes(texts[0], texts[1])
    ends = [
        op.src_end
        for op in blocks
        if op.tag == "equal" and (op.src_start == op.dest_start == 0 or _length(op) >= RUN)
    ]
    return max(ends, default=0)


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

    @property
    def committed_text(self) -> str:
        """The committed words as one line."""
        return " ".join(word.text for word in self.committed)

    @property
    def tail_text(self) -> str:
        """The draft words as one line."""
        return " ".join(word.text for word in self.tail)

    def draft(self, words: Sequence[Word], *, skipped: int, heard: float) -> None:
        """Take in a draft of speech that goes on.

        ``words`` follow the first ``skipped`` committed words; ``heard`` is the call time up
        to which the draft has heard.
        """
        full = (*self.committed[:skipped], *words)
        agreed = agreement(full, self._last)
        if common_prefix(full, self.committed) == len(self.committed):
            agreed = max(agreed, len(self.committed))
            while agreed < len(full) and self._is_sure(full[agreed], heard):
                agreed += 1
        self._last = full
        if agreed >= len(self.committed):
            self.committed = full[:agreed]
        self.tail = full[len(self.committed) :]

    def settle(self, words: Sequence[Word], *, skipped: int = 0) -> None:
        """Take in a decode made in a pause: every word of it is committed."""
        self.committed = (*self.committed[:skipped], *words)
        self._last = self.committed
        self.tail = ()

    def split(self, count: int) -> Hypothesis:
        """Keep the first ``count`` committed words; the rest goes to a new hypothesis."""
        rest = Hypothesis(self._sure)
        rest.committed = self.committed[count:]
        rest._last = self._last[count:]
        rest.tail = self.tail
        self.committed, self.tail = self.committed[:count], ()
        self._last = self.committed
        return rest

    def _is_sure(self, word: Word, heard: float) -> bool:
        bounds = self._sure
        return word.confidence >= bounds.confidence and heard - word.end >= bounds.after
