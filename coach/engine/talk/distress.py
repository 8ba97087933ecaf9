"""How much distress a caller's sentence shows: a small linear model over its words.

The text is reduced to plain words (case, punctuation and spelling of contractions do not
count, since speech recognition invents them), the words become features, and each feature
adds its weight. Features are

words
    as they are, and marked when a negation stands at most three words before;
neighbours
    runs of two and three words, with the borders of the sentence;
letters
    runs of three to five letters within a word, so that misspelt and unseen forms count;
groups
    what a word does in a complaint (``lexicon_en.toml``), and pairs of groups in order,
    such as *again* then *unable*.

There are two sums with tables of their own: one for distress in general, one for abuse of the
listener, which shows in other words. The stronger one decides (they are joined like
probabilities of independent causes).

Weights live in a table addressed by a hash of the feature: one byte each, no list of words
or phrases from anybody's text. ``coach/training/distress/train_distress.py`` makes the table,
``distress_en.md`` says from what and how well it does. Pure Python: one sentence takes some
hundredths of a millisecond once its words are known.
"""

from __future__ import annotations

import array
import functools
import importlib.resources
import itertools
import math
import re
import tomllib
import zlib
from collections.abc import Iterator

import msgspec

TABLE_BITS = 18
"""The table has 2**18 weights; features that come to share a place share a weight."""
_LAST_PLACE = (1 << TABLE_BITS) - 1

LETTER_VALUE = 0.5
"""Worth of one run of letters against one whole word: a word has many of them."""

LONGEST_GAP = 5
"""Words between two group words that still count as a pair."""

_NEGATIONS = frozenset(
    {"not", "no", "never", "nothing", "nobody", "none", "neither", "nor", "without", "hardly"}
)
_NEGATED_WORDS = 3
_KNOWN_WORDS = 20_000
"""Words whose weights are remembered; a call has a few hundred."""

_DROPPED = re.compile(r"https?://\S+|@\w+|&\w+;|#[A-Z_]+#|\[[A-Z]+\]|<[^>]*>")
"""Addresses, handles, and the placeholders and marks that transcripts contain."""
_CONTRACTIONS = (
    (re.compile(r"\b(can't|cannot|cant)\b"), "can not"),
    (re.compile(r"\b(won't|wont)\b"), "will not"),
    (re.compile(r"\b(do|does|did|is|was|are|have|has|had|could|would|should)nt\b"), r"\1 not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bi'?m\b"), "i am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"'s?\b"), ""),
)
_FILLERS = re.compile(r"\b(?:you know|i mean|uh|uhm|um|er|erm|hm+)\b")
"""Said while thinking; "you know" is not said to anybody."""
_STRETCHED = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[^\W\d_]+|\d+")


def words_of(text: str) -> list[str]:
    """The plain words of a text.

    Lower case, contractions written out, numbers as ``0``; fillers and stuttered repetitions
    ("you, you, you know") are left out, which speech is full of and which say nothing.
    """
    plain = _DROPPED.sub(" ", text.replace("\u2019", "'")).lower()
    if "'" in plain or "nt" in plain or "im" in plain:
        for pattern, full in _CONTRACTIONS:
            plain = pattern.sub(full, plain)
    plain = _FILLERS.sub(" ", _STRETCHED.sub(r"\1\1", plain))
    words: list[str] = []
    for found in _WORD.findall(plain):
        word = "0" if found[0].isdigit() else found
        if not words or word != words[-1]:
            words.append(word)
    return words


class Groups:
    """Which groups a word or a pair of words belongs to."""

    def __init__(self, entries: dict[str, list[str]]) -> None:
        """``entries``: the words of each group as ``lexicon_en.toml`` writes them."""
        self._whole: dict[str, tuple[str, ...]] = {}
        self._starts: dict[str, tuple[str, ...]] = {}
        for group, words in entries.items():
            for word in words:
                table = self._starts if word.endswith("*") else self._whole
                key = word.rstrip("*")
                if group not in table.get(key, ()):
                    table[key] = (*table.get(key, ()), group)

    def of(self, word: str) -> tuple[str, ...]:
        """Groups of one word, or of two joined by a space."""
        found = dict.fromkeys(self._whole.get(word, ()))
        for length in range(2, len(word) + 1):
            found.update(dict.fromkeys(self._starts.get(word[:length], ())))
        return tuple(found)


class _Lexicon(msgspec.Struct, frozen=True, kw_only=True):
    """``lexicon_en.toml``; what its tables mean is written there."""

    neutral: list[str]
    valence: dict[str, float]
    groups: dict[str, list[str]]


@functools.cache
def _lexicon() -> _Lexicon:
    text = (
        importlib.resources.files("coach.engine.talk")
        .joinpath("lexicon_en.toml")
        .read_text("utf-8")
    )
    return msgspec.convert(tomllib.loads(text), _Lexicon)


@functools.cache
def groups() -> Groups:
    """The groups of ``lexicon_en.toml``."""
    return Groups(_lexicon().groups)


def valences() -> dict[str, float]:
    """What ``lexicon_en.toml`` lays over VADER's word list: valence -4 to 4 by word."""
    return dict.fromkeys(_lexicon().neutral, 0.0) | _lexicon().valence


def marked(words: list[str]) -> list[str]:
    """The words with ``!`` before those that a negation reaches."""
    result, reach = [], 0
    for word in words:
        if word in _NEGATIONS:
            result.append(word)
            reach = _NEGATED_WORDS
        else:
            result.append("!" + word if reach else word)
            reach = max(0, reach - 1)
    return result


def word_features(word: str) -> Iterator[tuple[str, float]]:
    """Name and value of the features of one (marked) word alone."""
    yield "w " + word, 1.0
    for group in groups().of(word.lstrip("!")):
        yield ("g! " if word[0] == "!" else "g ") + group, 1.0
    if word[0] == "!":
        return
    framed = f"<{word}>"
    for length in (3, 4, 5):
        for at in range(len(framed) - length + 1):
            yield "c " + framed[at : at + length], LETTER_VALUE


def phrase_features(words: list[str]) -> Iterator[str]:
    """Names of the features of neighbouring words; ``words`` are marked."""
    framed = ["^", *words, "$"]
    before = ""
    for here, there in itertools.pairwise(framed):
        yield f"b {here} {there}"
        if before:
            yield f"t {before} {here} {there}"
        before = here
    yield from _group_pairs([word.lstrip("!") for word in words])


def _group_pairs(words: list[str]) -> Iterator[str]:
    of = _groups_of
    last: tuple[str, ...] = ("^",)
    last_at = -1
    for at, word in enumerate(words):
        own = of(word)
        if at + 1 < len(words):
            both = of(f"{word} {words[at + 1]}")
            for group in both:
                yield "g " + group
            own = (*both, *own)
        if not own:
            continue
        if at - last_at <= LONGEST_GAP:
            for first in last[:3]:
                for second in own[:3]:
                    yield f"p {first} {second}"
        last, last_at = own, at


@functools.lru_cache(maxsize=_KNOWN_WORDS)
def _groups_of(word: str) -> tuple[str, ...]:
    return groups().of(word)


def address(feature: str) -> int:
    """Place of a feature's weight in the table."""
    return zlib.crc32(feature.encode()) & _LAST_PLACE


def scaling(words: int) -> float:
    """What the sum of the features is multiplied by: long texts are no surer than short."""
    return 1.0 / math.sqrt(words + 1.0)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How one sum becomes a figure."""

    step: float
    """Weight of one unit of the table."""
    bias: float
    gain: float
    """What the sum and the bias are multiplied by when the two sums are joined."""


class DistressModelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What ``distress_en.json`` says about the table beside it."""

    sha256: str
    """Of ``distress_en.bin``."""
    trained: str
    """ISO date."""
    distress: Head
    abuse: Head


class DistressReading(msgspec.Struct, frozen=True, kw_only=True):
    """What the model makes of one text; both figures are 0 to 1 and 0.5 is the border."""

    distress: float
    """Distress of any kind, abuse included."""
    abuse: float
    """Abuse of the listener alone."""
    words: int
    """Words that the figures rest on, fillers left out."""


class DistressModel:
    """The trained tables."""

    def __init__(self, facts: DistressModelFacts, table: bytes) -> None:
        """``table``: 2 x 2**TABLE_BITS signed bytes, distress then abuse."""
        size = 1 << TABLE_BITS
        if len(table) != 2 * size:
            raise ValueError(f"table of {len(table)} bytes, expected {2 * size}")
        self._facts = facts
        self._distress = array.array("b", table[:size])
        self._abuse = array.array("b", table[size:])
        self._word = functools.lru_cache(maxsize=_KNOWN_WORDS)(self._weigh_word)

    def judge(self, text: str) -> DistressReading:
        """Judge one text; without words the figures are 0."""
        words = words_of(text)
        if not words:
            return DistressReading(distress=0.0, abuse=0.0, words=0)
        said = marked(words)
        distress = abuse = 0.0
        for word in said:
            mine = self._word(word)
            distress += mine[0]
            abuse += mine[1]
        places = list(map(address, phrase_features(said)))
        distress += sum(map(self._distress.__getitem__, places))
        abuse += sum(map(self._abuse.__getitem__, places))
        scale = scaling(len(words))
        unhappy = _margin(self._facts.distress, distress * scale)
        abusive = _margin(self._facts.abuse, abuse * scale)
        return DistressReading(
            distress=_share(_either(unhappy, abusive)), abuse=_share(abusive), words=len(words)
        )

    def _weigh_word(self, word: str) -> tuple[float, float]:
        distress = abuse = 0.0
        for feature, value in word_features(word):
            place = address(feature)
            distress += value * self._distress[place]
            abuse += value * self._abuse[place]
        return distress, abuse


def _margin(head: Head, total: float) -> float:
    return head.gain * (head.step * total + head.bias)


def _either(one: float, other: float) -> float:
    """Margin of "one or the other": the log of the sum of the odds."""
    high, low = max(one, other), min(one, other)
    return high + math.log1p(math.exp(low - high))


def _share(margin: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, margin))))


@functools.cache
def model() -> DistressModel:
    """The shipped model."""
    folder = importlib.resources.files("coach.engine.talk")
    facts = msgspec.json.decode(
        folder.joinpath("distress_en.json").read_bytes(), type=DistressModelFacts
    )
    return DistressModel(facts, folder.joinpath("distress_en.bin").read_bytes())
