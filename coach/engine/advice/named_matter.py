"""The customer's matter in a few words, as the agent would name it."""

from __future__ import annotations

import re

_MATTER = re.compile(
    r"\b(?:about|regarding|with|for|want|need|like|is|have|get|cancel|return|change|send me|fix)"
    r" ((?:my|our|the|a|an) \w.*)"
)
_YOURS = {"my": "your", "our": "your", "me": "you", "mine": "yours"}
_SHORTENED = re.compile(r"(i|you|he|she|it|we|they|that|there|who|what)['\u2019][a-z]+")
"""A subject drawn together with its verb ("it's", "I've"): with it another clause begins."""
_CLAUSE_WORDS = frozenset(
    (
        "about", "again", "and", "because", "before", "but", "by", "can", "could", "for",
        "from", "has", "have", "i", "if", "in", "is", "it", "keeps", "now",
        "on", "or", "please", "since", "so", "than", "that", "then", "to", "today",
        "was", "we", "when", "which", "who", "will", "with", "you", "your",
    )
)  # fmt: skip
"""Words at which the name of a thing ends."""


def matter(text: str, most: int) -> str:
    """The thing a wish is about, seen from the agent's side: "about my bill" is "your bill".

    Empty where the words name no thing, or one that takes more than ``most`` words.
    """
    found = _MATTER.search(text.lower())
    if found is None:
        return ""
    words: list[str] = []
    for word in found[1].split():
        bare = word.strip(".,;:!?")
        if words and (bare in _CLAUSE_WORDS or _SHORTENED.fullmatch(bare)):
            break
        words.append(_YOURS.get(bare, bare))
        if bare != word:
            break
    return " ".join(words) if 2 <= len(words) <= most else ""
