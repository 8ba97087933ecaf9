"""From the tokens of an answer to words: which belong together, when each was said, how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from coach.events import Word

from .encoder import FRAMES_PER_SECOND, POSITIONS_PER_SECOND
from .loops import PlacedWord

if TYPE_CHECKING:
    from ctranslate2.models import WhisperAlignmentResult
    from faster_whisper.tokenizer import Tokenizer

_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages written without spaces; Whisper's tokenizer cuts them by character."""


def words_of(
    tokenizer: Tokenizer,
    forced: int,
    tokens: list[int],
    aligned: WhisperAlignmentResult,
    frames: int,
) -> list[PlacedWord]:
    """The words of ``tokens``, with times in seconds from the beginning of the sound.

    ``forced``: tokens that were forced in front, whose alignment is left out; ``frames``: mel
    frames of the sound.
    """
    first: dict[int, float] = {}
    for token, position in aligned.alignments:
        first.setdefault(token, position / POSITIONS_PER_SECOND)
    groups, members = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    words: list[PlacedWord] = []
    at = forced
    for group, ids in zip(groups, members, strict=True):
        text_of = group.strip()
        span = range(at, at + len(ids))
        at += len(ids)
        if not text_of or ids[0] >= tokenizer.eot:
            continue
        start = first.get(span.start, first.get(span.stop - 1, 0.0))
        end = first.get(span.stop, frames / FRAMES_PER_SECOND)
        chances = [aligned.text_token_probs[i] for i in span if i < forced + len(tokens)]
        mean = float(np.mean(chances)) if chances else 0.0
        word = Word(text=text_of, start=start, end=max(start, end), confidence=mean)
        if words and _tied(group, tokenizer.language_code):
            before = words[-1].word
            tied = msgspec.structs.replace(before, text=before.text + text_of, end=word.end)
            words[-1] = words[-1]._replace(word=tied)
        else:
            words.append(PlacedWord(word, span.start - forced))
    return words


def _tied(group: str, language: str) -> bool:
    """Whether a piece of the tokenizer is no word of its own but belongs to the one before it.

    Those are punctuation, and what no space divides from it: the tokenizer cuts "527-419",
    "9.30", "a.m." and "check-in" before the mark.
    """
    unspaced = language in _UNSPACED
    return not any(c.isalnum() for c in group) or not (unspaced or group.startswith(" "))
