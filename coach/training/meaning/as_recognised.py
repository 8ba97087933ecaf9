"""Written lines as a recogniser might write them down: case, stops, fillers, neighbours, slips."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_FILLERS = (
    "um", "uh", "well", "look", "i mean", "you know", "okay so", "right", "yeah", "no", "so", "and",
)  # fmt: skip
_HESITATIONS = ("uh", "um", "you know", "i mean", "like", "uh you know", "well")


class AsRecognised:
    """Varies texts as chance has it."""

    def __init__(self, chance: random.Random) -> None:
        """``chance``: shared with whoever draws the texts, so that one seed decides all."""
        self._random = chance

    def varied(self, text: str, around: Sequence[str] = ()) -> str:
        """The text with another case, stops, fillers, neighbours or slips.

        ``around``: texts of which a piece may stand beside it.
        """
        chance = self._random.random
        text = text.lower()
        if chance() < 0.5:
            text = " ".join(re.sub(r"[^\w' ]+", " ", text).split())
        if chance() < 0.15:
            text = f"{self._random.choice(_FILLERS)} {text}"
        if around and chance() < 0.2:
            text = self._beside(text, self._random.choice(around).lower().split())
        if chance() < 0.15:
            words = text.split()
            if len(words) > 5:
                del words[self._random.randrange(len(words))]
            text = " ".join(words)
        return self._hesitant(text) if chance() < 0.35 else text

    def piece(self, text: str) -> str:
        """A few words of the text, as clauses are when they are judged."""
        words = text.split()
        count = self._random.randint(3, 12)
        start = self._random.randint(0, max(0, len(words) - count))
        return " ".join(words[start : start + count])

    def _hesitant(self, text: str) -> str:
        """With hesitations and words begun twice, as people talk."""
        words = text.split()
        for _ in range(self._random.randint(1, 3)):
            at = self._random.randrange(len(words)) if words else 0
            if words and self._random.random() < 0.4:
                words.insert(at, words[at].strip(".,?!"))
            else:
                said = self._random.choice(_HESITATIONS)
                words.insert(at, f"{said}," if self._random.random() < 0.5 else said)
        return " ".join(words)

    def _beside(self, text: str, words: list[str]) -> str:
        count = self._random.randint(2, 8)
        start = self._random.randint(0, max(0, len(words) - count))
        piece = " ".join(words[start : start + count])
        return f"{piece} {text}" if self._random.random() < 0.5 else f"{text} {piece}"
