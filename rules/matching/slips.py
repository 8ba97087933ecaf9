"""Small recognition errors: the book's word that an unknown word was probably meant to be.

A recogniser that hears "I want to speak to your managar" has lost one word, not the request.
Only words that the book does not know are replaced, and only by a word one letter away (two in
long words), so ordinary vocabulary of the rules never turns into other vocabulary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from rules.phrases.normalise import NormalWord

_SHORTEST = 5
"""Shorter words have too many neighbours that mean something else ("time", "fine")."""
_TWO_LETTERS_FROM = 9
_REMEMBERED = 20_000


class Slips:
    """Corrects words towards one vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """``vocabulary``: the book's words, and in how many patterns each stands."""
        self._known = vocabulary
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            if len(word) >= _SHORTEST and word.isalpha():
                self._by_length[len(word)].append(word)
        self._seen: dict[str, str | None] = {}

    def corrected(self, words: Sequence[NormalWord]) -> tuple[Sequence[NormalWord], frozenset[int]]:
        """The words with slips mended, and the indices of those that changed."""
        known = self._known
        meant = {
            i: better
            for i, word in enumerate(words)
            if len(word.text) >= _SHORTEST
            and word.text not in known
            and (better := self._meant(word.text)) is not None
        }
        if not meant:
            return words, frozenset()
        mended = list(words)
        for i, better in meant.items():
            mended[i] = msgspec.structs.replace(mended[i], text=better)
        return mended, frozenset(meant)

    def mended(self, word: str) -> str:
        """A normalised word as it is searched for: itself, or what it was probably meant to be."""
        if len(word) < _SHORTEST or word in self._known:
            return word
        return self._meant(word) or word

    def _meant(self, word: str) -> str | None:
        """The book's word that an unknown one was probably meant to be."""
        if word not in self._seen:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[word] = self._nearest(word)
        return self._seen[word]

    def _nearest(self, word: str) -> str | None:
        # Imported at the first unknown word: it takes as long as importing half the engine.
        from rapidfuzz import process  # noqa: PLC0415
        from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415

        allowed = 2 if len(word) >= _TWO_LETTERS_FROM else 1
        choices = [
            known
            for length in range(len(word) - allowed, len(word) + allowed + 1)
            for known in self._by_length.get(length, ())
            if known[0] == word[0]
        ]
        near = process.extract(
            word, choices, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=5
        )
        ranked = sorted((distance, -self._known[known], known) for known, distance, _ in near)
        best = ranked[0][2] if ranked else None
        return best if best and not _inflected(word, best) else None


def _inflected(word: str, known: str) -> bool:
    """A plural or a tense is another word, not a slip ("managers" is no misheard "manager")."""
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    return longer.startswith(shorter) and longer[len(shorter) :] in {
        "s",
        "d",
        "ed",
        "r",
        "er",
        "ly",
    }
