"""Where a decoder began to repeat itself.

A recogniser that has lost the sound repeats its last phrase until it is stopped. People repeat
themselves too ("no no no", "one one one"), so a repetition counts as a loop only when the same
stretch comes back often enough to be unlikely in speech: three times for a phrase, more for
single tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

PHRASE_ROUNDS = 3
"""Rounds of a phrase of `SHORT` tokens or more that make a loop."""

SHORT = 4
"""Phrases shorter than this may be said several times over ("bye bye bye", "one one one")."""

SHORT_ROUNDS = 6


def cut_repetition(tokens: Sequence[int]) -> list[int]:
    """The tokens up to and including the first round of a loop; all of them if there is none."""
    for length in range(1, len(tokens) // 2 + 1):
        needed = PHRASE_ROUNDS if length >= SHORT else SHORT_ROUNDS
        for start in range(len(tokens) - length * needed + 1):
            phrase = tokens[start : start + length]
            rounds = 1
            while tokens[start + rounds * length : start + (rounds + 1) * length] == phrase:
                rounds += 1
            if rounds >= needed:
                return list(tokens[: start + length])
    return list(tokens)
