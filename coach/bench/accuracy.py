"""How well and how soon a call was transcribed, against a reference text with times.

Word error rate
    Texts of one speaker, in order, after Whisper's English normaliser (numbers, contractions,
    spelling), compared by edit distance over the whole call. Sound marks such as ``[noise]``
    and ``<unk>`` are taken out of the reference first. Insertions are the words that nobody said.
Missed
    Reference words whose middle lies further than `NEAR` from every word that was heard, right
    or wrong: in stretches where nothing was heard at all. A misheard sentence costs word errors
    and no missed words, a sentence that was lost whole costs both.
Lag
    Moment a word became known minus the moment its speaker had finished it. References give a
    start and an end per segment only, so the written words of a segment are spread over it by
    their letters, and a normalised word ends with the written word that completes it ("one
    hundred thirty five dollars" is one word, "$135", and takes five words' time). Only
    words that the final text has right count, each from the first Hypothesis that had it
    committed (or, for drafts, had it at all) in its place, else from the final itself: a word
    that was committed wrong and put right by the final is dated by the final.
"""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from rapidfuzz.distance import Levenshtein

from coach.events import Channel, Hypothesis, Utterance

with warnings.catch_warnings():
    # Its source has invalid escapes, which Python reports when it compiles them first.
    warnings.simplefilter("ignore")
    from whisper_normalizer.english import EnglishTextNormalizer

_MARK = re.compile(r"\[[^\]]*\]|<[^>]*>")


NEAR = 0.5
"""Seconds from a heard word within which a reference word does not count as missed: three times
the mean error of the times that words of a reference are given, twice a telephone word."""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a reference."""

    channel: Channel
    start: float
    end: float
    text: str


class TimedWord(NamedTuple):
    """A normalised reference word and where it was said."""

    text: str
    start: float
    end: float


class KnownWord(NamedTuple):
    """A normalised word of the final text and when it became known."""

    text: str
    drafted: float
    committed: float


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and lags of one call or channel; added together for a total."""

    words: int
    """Words of the reference."""
    errors: int
    """Substitutions, deletions and insertions."""
    insertions: int = 0
    missed: int = 0
    """Words of the reference in stretches where nothing was heard."""
    lags: tuple[float, ...] = ()
    """Of committed words, seconds."""
    draft_lags: tuple[float, ...] = ()

    @property
    def wer(self) -> float | None:
        """Word error rate in per cent; None where the reference has no words."""
        return 100.0 * self.errors / self.words if self.words else None

    @property
    def missed_share(self) -> float | None:
        """Missed words in per cent; None where the reference has no words."""
        return 100.0 * self.missed / self.words if self.words else None

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(
            words=self.words + other.words,
            errors=self.errors + other.errors,
            insertions=self.insertions + other.insertions,
            missed=self.missed + other.missed,
            lags=self.lags + other.lags,
            draft_lags=self.draft_lags + other.draft_lags,
        )


_normalise = EnglishTextNormalizer()


def normalised(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return str(_normalise(_MARK.sub(" ", text))).split()


def reference_words(segments: Iterable[Segment]) -> list[TimedWord]:
    """The reference's normalised words and where each was said."""
    words: list[TimedWord] = []
    for segment in segments:
        written = _MARK.sub(" ", segment.text).split()
        reached = list(itertools.accumulate((len(one) + 1 for one in written), initial=0))
        pace = (segment.end - segment.start) / max(reached[-1], 1)
        texts, ends = completed(written)
        places = [segment.start + pace * reached[end] for end in (0, *ends)]
        words += [
            TimedWord(text, *span)
            for text, span in zip(texts, itertools.pairwise(places), strict=True)
        ]
    return words


def completed(written: Sequence[str]) -> tuple[list[str], list[int]]:
    """The normalised words of a line, and with how many written words each is complete.

    A normalised word is complete where more written words no longer change it or what is
    before it.
    """
    heard = [normalised(" ".join(written[:count])) for count in range(len(written) + 1)]
    whole = heard[-1]
    ends: list[int] = []
    for place in range(1, len(whole) + 1):
        end = len(written)
        while heard[end - 1][:place] == whole[:place]:
            end -= 1
        ends.append(end)
    return whole, ends


def known_words(facts: Iterable[Hypothesis | Utterance]) -> list[KnownWord]:
    """The final words of one channel in order, and when each became known."""
    drafts: dict[str, list[Hypothesis]] = {}
    finals: list[Utterance] = []
    for fact in facts:
        if isinstance(fact, Hypothesis):
            drafts.setdefault(fact.utterance, []).append(fact)
        else:
            finals.append(fact)
    finals.sort(key=lambda one: one.start)
    return [word for final in finals for word in _dated(final, drafts.get(final.utterance, []))]


def _dated(final: Utterance, drafts: Sequence[Hypothesis]) -> list[KnownWord]:
    words = normalised(final.text)
    drafted = [final.at] * len(words)
    committed = [final.at] * len(words)
    held = set(range(len(words)))
    for draft in reversed(drafts):
        sure = normalised(draft.committed)
        shown = normalised(f"{draft.committed} {draft.tail}")
        # Dated from the last time it came in, should it have gone missing in between.
        held &= matches(words, sure).keys()
        for index in held:
            committed[index] = draft.at
        for index in matches(words, shown):
            drafted[index] = draft.at
    return [KnownWord(*row) for row in zip(words, drafted, committed, strict=True)]


def matches(words: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Positions in ``words`` that have the same word at the aligned position of ``other``."""
    found: dict[int, int] = {}
    for op in Levenshtein.opcodes(words, other):
        if op.tag == "equal":
            for offset in range(op.src_end - op.src_start):
                found[op.src_start + offset] = op.dest_start + offset
    return found


def compare(segments: Iterable[Segment], facts: Iterable[Hypothesis | Utterance]) -> Accuracy:
    """Score one channel."""
    facts = tuple(facts)
    reference = reference_words(sorted(segments, key=lambda one: one.start))
    known = known_words(facts)
    expected = [word.text for word in reference]
    heard = [word.text for word in known]
    pairs = matches(expected, heard)
    edits = [edit.tag for edit in Levenshtein.editops(expected, heard)]
    return Accuracy(
        words=len(expected),
        errors=len(edits),
        insertions=edits.count("insert"),
        missed=missed(reference, facts),
        lags=tuple(known[j].committed - reference[i].end for i, j in pairs.items()),
        draft_lags=tuple(known[j].drafted - reference[i].end for i, j in pairs.items()),
    )


def missed(reference: Iterable[TimedWord], facts: Iterable[Hypothesis | Utterance]) -> int:
    """How many words of the reference lie where the finals have nothing at all.

    A final whose words have no times of their own stands for the whole of its span.
    """
    spans = [
        (one.start - NEAR, one.end + NEAR)
        for final in facts
        if isinstance(final, Utterance) and final.text
        for one in final.words or (final,)
    ]
    middles = [(word.start + word.end) / 2 for word in reference]
    return sum(not any(start <= at <= end for start, end in spans) for at in middles)


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which ``share`` of them lie, nearest rank; None for no values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
