"""Make spoken English comparable: the same words come out however they were transcribed.

``Normaliser.words(text)`` turns a transcript, or a phrase pattern's words, into plain lower-case
ASCII words, each of which remembers the token of ``text.split()`` it came from. What it evens
out: case, punctuation, accents; contractions with and without their apostrophe ("isn't",
"isnt" and "is not" agree); numbers as words or digits; British and American spelling; masked
swearing; dropped g's; stutters ("I I want"); spelled initials ("f c a").

Hesitations ("um", "uh") are dropped. Words that people sprinkle anywhere ("like", "just",
"you know", swearing used as an intensifier) are kept but marked *soft*: phrase patterns step
over them, yet may still ask for them.
"""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Sequence

import msgspec

from .spelling import (
    APOSTROPHES,
    CONTRACTIONS,
    HAS_AFTER_S,
    HESITATIONS,
    ILL_AS_ADJECTIVE,
    IS_AFTER,
    KIND_IS_A_NOUN_AFTER,
    KNOW_IS_A_VERB_AFTER,
    KNOW_IS_A_VERB_BEFORE,
    MASKABLE,
    NUMBERS,
    ORDINALS,
    RESPELLED,
    SOFT,
    STUTTERED,
    SUFFIXES,
    TENS,
)


class NormalWord(msgspec.Struct, frozen=True, gc=False):
    """One normalised word."""

    text: str
    token: int
    """Index into ``text.split()`` of the token it came from."""
    soft: bool
    """True where a phrase pattern may step over it."""


_MASK = re.compile(r"[*#@$%!_]+")
_PIECES = re.compile(r"[a-z0-9']+")
_SPELLED_OUT = re.compile(r"(?:[a-z]\.){2,}[a-z]?\.?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_ISE = re.compile(r"(?<=[a-z]{4})is(e|es|ed|er|ers|ing|ation|ations)$")
_KEEPS_ISE = re.compile(
    r"(?:prom|adv|superv|rev|surpr|exerc|compr|desp|dev|televis|improv|prec|ra|no|pra)"
)
_DROPPED_OR_PARTED = HESITATIONS | {"ill", "better"}
"""Words of which ``_in_context`` makes something else, whatever stands beside most of them."""
_NEIGHBOURS_TELL = HESITATIONS | STUTTERED | HAS_AFTER_S | {"ill", "better"}
"""What ``_in_context`` looks at more closely."""
_MAY_BE_SOFT = SOFT | {"you", "i", "sort", "kind"}
"""And what ``_mark_soft`` does."""
_PLACED = 8192
"""Words at their places that are remembered: a draft repeats all that the one before it said."""
_MAX_TOKEN = 60
"""Longer tokens are no words; cutting them keeps the work per token bounded."""


def reads_plainly(text: str, words: Sequence[NormalWord]) -> bool:
    """Whether ``words_of`` a text are those of its tokens: none dropped, joined or read otherwise.

    Then those of its beginnings are the first of them, but for one that ends with "you know", which
    what follows keeps apart.
    """
    alone = [piece for token in text.split() for piece in token_words(token)]
    return alone == [word.text for word in words]


def words_of(text: str) -> list[NormalWord]:
    """All normalised words of ``text``, in order."""
    found: list[NormalWord] = []
    for index, token in enumerate(text.split()):
        found += _placed(token, index)
    return _mark_soft(_in_context(found))


@functools.lru_cache(maxsize=_PLACED)
def _placed(token: str, index: int) -> tuple[NormalWord, ...]:
    """The words of a token that stands at this place."""
    return tuple([NormalWord(piece, index, False) for piece in token_words(token)])


@functools.lru_cache(maxsize=50_000)
def token_words(token: str) -> tuple[str, ...]:
    """The words one token stands for, looked at by itself."""
    plain = _ascii(token[:_MAX_TOKEN])
    if _MASK.search(plain.strip(".,!?;:")) and (bare := _unmask(plain)):
        return (bare,)
    if _SPELLED_OUT.fullmatch(plain):
        plain = plain.replace(".", "")
    plain = plain.replace("%", " percent ")
    plain = re.sub(r"(?<=\d)[.,](?=\d)", "", plain)
    words: list[str] = []
    for piece in _PIECES.findall(plain):
        words.extend(_piece_words(piece))
    return tuple(words)


def _ascii(token: str) -> str:
    for mark in APOSTROPHES:
        token = token.replace(mark, "'")
    folded = unicodedata.normalize("NFKD", token)
    return folded.encode("ascii", "ignore").decode("ascii").lower()


def _unmask(token: str) -> str:
    """The swear word that "f***ing" hides, or the empty string."""
    body = token.strip(".,!?;:\"'()")
    shape = "".join(
        "[a-z]+" if _MASK.fullmatch(part) else re.escape(part)
        for part in re.split(f"({_MASK.pattern})", body)
        if part
    )
    if not re.search("[a-z]", body):
        return ""
    for word in MASKABLE:
        if re.fullmatch(shape, word):
            return word
    return ""


def _piece_words(piece: str) -> tuple[str, ...]:
    raw = piece
    if suffix := SUFFIXES.get(raw):  # "you 're": a tokeniser cut the contraction in two
        return (suffix,)
    piece = piece.strip("'")
    if not piece:
        return ()
    if known := CONTRACTIONS.get(piece):
        return known
    if raw.endswith("in'") and len(raw) > 4:
        piece += "g"
    elif piece.endswith("'s"):
        stem = piece[:-2]
        return (_respell(stem), "is") if stem in IS_AFTER else (_respell(stem),)
    elif "'" in piece:
        return tuple(word for part in re.split("(?=')", piece) for word in _suffix_words(part))
    return _number_words(piece) if piece[0].isdigit() else (_respell(piece),)


def _suffix_words(part: str) -> tuple[str, ...]:
    if suffix := SUFFIXES.get(part):
        return (suffix,)
    part = part.strip("'")
    return (_respell(part),) if part else ()


def _number_words(digits: str) -> tuple[str, ...]:
    if ordinal := _ORDINAL.fullmatch(digits):
        return (ORDINALS.get(int(ordinal[1]), digits),)
    if not digits.isdecimal():
        return (digits,)
    if len(digits) > 2 or (len(digits) == 2 and digits[0] == "0"):
        return {"100": ("hundred",), "1000": ("thousand",)}.get(digits, (digits,))
    value = int(digits)
    if value in NUMBERS:
        return (NUMBERS[value],)
    tens, ones = divmod(value, 10)
    return (TENS[tens], NUMBERS[ones]) if ones else (TENS[tens],)


def _respell(word: str) -> str:
    if word in RESPELLED:
        return RESPELLED[word]
    if len(word) > 6 and not _KEEPS_ISE.match(word):
        word = _ISE.sub(r"iz\1", word)
    return word


def _in_context(words: list[NormalWord]) -> list[NormalWord]:
    """Drop hesitations and stutters, and settle what only the neighbours can tell."""
    texts = [word.text for word in words]
    if not _neighbours_tell(texts):
        return _without_restarts(_joined_initials(words))
    kept: list[NormalWord] = []
    for word in words:
        text = word.text
        if text not in _NEIGHBOURS_TELL:
            kept.append(word)
            continue
        if text in HESITATIONS:
            continue
        before = kept[-1].text if kept else ""
        if text == before and text in STUTTERED:
            continue
        if text == "ill" and before not in ILL_AS_ADJECTIVE:
            kept.append(NormalWord("i", word.token, soft=False))
            kept.append(NormalWord("will", word.token, soft=False))
            continue
        if text in HAS_AFTER_S and before == "is" and len(kept) > 1:
            kept[-1] = msgspec.structs.replace(kept[-1], text="has")
        elif text == "better" and before == "would":
            kept[-1] = msgspec.structs.replace(kept[-1], text="had")
        kept.append(word)
    return _without_restarts(_joined_initials(kept))


def _neighbours_tell(texts: list[str]) -> bool:
    """Whether any of the words may be dropped, parted or read as another by what is beside it."""
    if not _DROPPED_OR_PARTED.isdisjoint(texts) or any(map(operator.eq, texts, texts[1:])):
        return True
    return "is" in texts and not HAS_AFTER_S.isdisjoint(texts)


def _without_restarts(words: list[NormalWord]) -> list[NormalWord]:
    """Say "I want I want to" once: drop a pair of words that is said again at once."""
    if len({word.text for word in words}) > len(words) - 2:
        return words  # no two are said again
    kept: list[NormalWord] = []
    for word in words:
        kept.append(word)
        if (
            len(kept) >= 4
            and kept[-1].text == kept[-3].text
            and kept[-2].text == kept[-4].text
            and kept[-2].text in STUTTERED
        ):
            del kept[-2:]
    return kept


def _joined_initials(words: list[NormalWord]) -> list[NormalWord]:
    """Write three or more single letters in a row as one word."""
    if [len(word.text) for word in words].count(1) < 3:
        return words
    kept: list[NormalWord] = []
    run: list[NormalWord] = []
    for word in [*words, NormalWord("", -1, soft=False)]:
        if len(word.text) == 1 and word.text.isalpha():
            run.append(word)
            continue
        if len(run) >= 3:
            kept.append(msgspec.structs.replace(run[0], text="".join(w.text for w in run)))
        else:
            kept.extend(run)
        run = []
        if word.text:
            kept.append(word)
    return kept


def _mark_soft(words: list[NormalWord]) -> list[NormalWord]:
    """Mark words that patterns step over; "you know" and its like become one such word."""
    if _MAY_BE_SOFT.isdisjoint([word.text for word in words]):
        return words
    marked: list[NormalWord] = []
    skip = False
    for i, word in enumerate(words):
        if skip:
            skip = False
            continue
        if word.text not in _MAY_BE_SOFT:
            marked.append(word)
            continue
        after = words[i + 1].text if i + 1 < len(words) else ""
        before = words[i - 1].text if i else ""
        beyond = words[i + 2].text if i + 2 < len(words) else ""
        if _is_filler((word.text, after), before, beyond):
            marked.append(NormalWord(f"{word.text}_{after}", word.token, soft=True))
            skip = True
        else:
            soft = word.text in SOFT
            marked.append(NormalWord(word.text, word.token, soft=True) if soft else word)
    return marked


def _is_filler(pair: tuple[str, str], before: str, after: str) -> bool:
    if pair == ("you", "know"):
        return before not in KNOW_IS_A_VERB_BEFORE and after not in KNOW_IS_A_VERB_AFTER
    if pair == ("i", "mean"):
        return before not in KNOW_IS_A_VERB_BEFORE
    return pair in {("sort", "of"), ("kind", "of")} and before not in KIND_IS_A_NOUN_AFTER
