"""Which words of an open utterance can be relied on: local agreement between drafts.

A draft of speech that is still going on is wrong mostly at its edge, where the last word is
half heard. A word is committed once two drafts in a row agree on it and on everything before
it, or when the speaker has paused, so that there is no edge. Committed words are never taken
back here; the decoder is made to continue them (``DecodeRequest.prefix``), which is why a
draft brings only the words after them.
"""

from __future__ import annotations

from collections.abc import Sequence

from coach.events import Word

_TRIM = ".,;:!?…\"'()[]{}-–—¿¡«»“”‘’"  # noqa: RUF001 - typographic marks that the recogniser writes


def same_word(one: str, other: str) -> bool:
    """Whether two drafts mean the same word: case and outer punctuation do not count."""
    return one.strip(_TRIM).casefold() == other.strip(_TRIM).casefold()


class Hypothesis:
    """The words of one open utterance."""

    def __init__(self) -> None:
        self.committed: tuple[Word, ...] = ()
        self.tail: tuple[Word, ...] = ()
        """The newest draft's words after the committed ones."""

    @property
    def committed_text(self) -> str:
        """The committed words as one line."""
        return " ".join(word.text for word in self.committed)

    @property
    def tail_text(self) -> str:
        """The draft words as one line."""
        return " ".join(word.text for word in self.tail)

    def draft(self, words: Sequence[Word]) -> None:
        """Take in a draft of the words after the committed ones; commits what it confirms."""
        agreed = 0
        for old, new in zip(self.tail, words, strict=False):
            if not same_word(old.text, new.text):
                break
            agreed += 1
        self._take(words, agreed)

    def settle(self, words: Sequence[Word]) -> None:
        """Take in a draft made in a pause: every word of it is committed."""
        self._take(words, len(words))

    def _take(self, words: Sequence[Word], count: int) -> None:
        self.committed += tuple(words[:count])
        self.tail = tuple(words[count:])
