"""Finds e-mail and street addresses, written and spelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from coach.calls.redaction.cues import ASKS_ADDRESS, ASKS_EMAIL
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import Context, MaskedTokens
from coach.calls.redaction.spoken_digits import Token, has_figures, words_in

_TLD = (
    "com|co|org|net|edu|gov|uk|us|ca|au|de|fr|es|it|nl|ie|io|me|tv|info|biz|eu|ch|at|se|no|in|nz"
    "|example|test|mil|app|dev"
)
_WRITTEN = re.compile(r"[\w.+%-]+ ?@ ?[\w-]+(?:\.[\w-]+| \. ?[\w-]+)+", re.IGNORECASE)
_GLUED = re.compile(
    r"[^\s@]*[^\W\d_][^\s@]*@\[?\w[^\s@]*"
    r"|[\w.+%-]+(?:[(\[{<]at[)\]}>]|_at_)[\w-]+(?:(?:\.|[(\[{<]dot[)\]}>]|_dot_)[\w-]+)+",
    re.IGNORECASE,
)
"""An address in one token, whatever its domain and however its sign is written."""
_DOMAIN = re.compile(
    rf"(?<!\S)at (?:[a-z0-9-]+ ){{1,4}}?dot (?:[a-z0-9-]+ dot )?(?:{_TLD})"
    rf"(?: dot (?:{_TLD}))?(?!\S)"
    rf"|(?<!\S)at [a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_TLD})(?!\S)"
)
_BEGUN = re.compile(
    r"e-?mail(?: address)?(?: is|'s)(?!\S)"
    r"|(?<!\S)at (?:gmail|googlemail|hotmail|outlook|yahoo|icloud|aol|gmx|live|proton|protonmail)"
    r"(?!\S)"
    r"|(?<!\S)(?:[a-z0-9] ){2,}at(?!\S)"
)
"""An address that a draft has begun: its end, which would give it away, is still to come."""
_STOPS = words_in(
    "is it's its it email e-mail emails address to me on yes yeah uh um my as use please under the "
    "that's so from with i you your sent write went login like's be should try sure okay dot's "
    "mail username for change"
)
_LETTERS = re.compile(r"[a-z\d](?:-[a-z\d])+")
_SPELLED = frozenset({"dot", "underscore", "hyphen", "dash", "plus"})
_THAT_IS = frozenset({"that's", "it's", "so", "which", "is", "spelled", "spelt", "um", "uh"})
_LONGEST_LOCAL = 14
_STREET = re.compile(
    r"(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|close|court|ct|crescent|terrace|place|pl"
    r"|square|boulevard|blvd|way|highway|gardens|grove|parkway|view|hill|park|plaza|row|walk|mews"
    r"|route)"
)
_ROAD = re.compile(r"(?:street|avenue|road|lane|crescent|boulevard|drive|terrace)")
"""Words that behind a number mean a street even where no capital letter shows a name."""
_NO_STREETS = words_in(
    "a an the of in on at to for from by and or is was are were it i we you they he she this that "
    "my your our their his her up down off over into with along across behind near per way lane "
    "long hard main busy rough whole same other new old big little narrow wide quiet private "
    "people persons men women kids cars times miles mile feet foot metres meters yards blocks "
    "doors houses minutes minute hours hour days day weeks week months month years year seconds "
    "address number thousand million hundred dollars pounds percent point pm am o'clock"
)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
_BOX = re.compile(r"(?<!\S)p\.?o\.? box \d+(?!\S)")
_DOORS = words_in("number flat apartment house unit suite")
_BETWEEN_STREET = 4
_LONGEST_HOUSE = 5
"""Digits of a house number."""


def emails_in(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """E-mail addresses; where there is none, what may be the beginning of one.

    That is what follows a cue in a draft, or is still being spelled.
    """
    texts = [
        token.text if token.text.isascii() else unicodedata.normalize("NFKC", token.text)
        for token in tokens
    ]
    marks = [
        MaskedTokens(first, last, MaskedKind.EMAIL)
        for first, last in (_matches(_WRITTEN, texts) if any("@" in t for t in texts) else ())
    ]
    written = {place for mark in marks for place in range(mark.first, mark.last + 1)}
    marks += [
        MaskedTokens(place, place, MaskedKind.EMAIL)
        for place, text in enumerate(texts)
        if not text.isalnum() and place not in written and _GLUED.search(text)
    ]
    plain = [t.plain for t in tokens]
    for first, last in _matches(_DOMAIN, plain) if "at" in plain else ():
        start = first
        while start > 0 and first - start < _LONGEST_LOCAL:
            before = plain[start - 1]
            named = start > 2 and plain[start - 3 : start - 1] == ["as", "in"]
            if named:
                start -= 3
                continue
            ended = tokens[start - 1].text[-1:] in ".?!" or (
                tokens[start - 1].text.endswith(",")
                and first != start
                and not _is_sign(tokens[start - 1])
            )
            letter = before == "i" and start > 1 and _is_sign(tokens[start - 2])
            if (before in _STOPS and not letter) or ended:
                break
            start -= 1
        marks += [MaskedTokens(start, last, MaskedKind.EMAIL), *_said_before(tokens, start, first)]
    return marks or _half_spelled(tokens, plain, context)


def _is_sign(token: Token) -> bool:
    """Whether a token spells a part of an address: a letter, letters, a digit, ``underscore``."""
    alone = len(token.plain) == 1 or bool(token.digits) or token.plain in _SPELLED
    return alone or _LETTERS.fullmatch(token.plain) is not None


def _said_before(tokens: Sequence[Token], start: int, at: int) -> list[MaskedTokens]:
    """The same name as it was said before it was spelled: ``Tina Marsh, that's T-I-N-A M-...``."""
    end = start
    while end and tokens[end - 1].plain in _THAT_IS:
        end -= 1
    spelled, said = _letters_of(tokens[start:at]), ""
    for first in range(end - 1, max(end - 1 - _LONGEST_LOCAL, -1), -1):
        said = _letters_of(tokens[first : first + 1]) + said
        if said == spelled:
            return [MaskedTokens(first, end - 1, MaskedKind.EMAIL)]
        if not spelled.endswith(said):
            break
    return []


def _letters_of(tokens: Sequence[Token]) -> str:
    """Letters and figures, without the signs that are named between them."""
    words = (token.plain for token in tokens if token.plain not in _SPELLED)
    return "".join(c for word in words for c in word if c.isalnum())


def _half_spelled(
    tokens: Sequence[Token], plain: Sequence[str], context: Context
) -> list[MaskedTokens]:
    said = " ".join(plain)
    asked = context.asked is not None and context.asked.kind is MaskedKind.EMAIL
    told = ASKS_EMAIL.search(said) is not None
    signs = bool({"dot", "underscore"} & set(plain))
    begun = context.draft and (asked or signs or _BEGUN.search(said) is not None)
    if not (begun or ((asked or told) and signs)):
        return []
    begin = max((n + 1 for n, word in enumerate(plain) if word in _STOPS), default=0)
    begin = min([begin, *(n for n, word in enumerate(plain) if word in _SPELLED)])
    return [MaskedTokens(begin, len(tokens) - 1, MaskedKind.EMAIL)] if begin < len(tokens) else []


def streets_in(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """Street addresses and postcodes."""
    if not (any(t.digits for t in tokens) or has_figures(tokens)):
        return []
    marks = [
        MaskedTokens(first, last, MaskedKind.ADDRESS)
        for pattern, words in (
            (_POSTCODE, [t.text.strip(".,") for t in tokens]),
            (_BOX, [t.plain for t in tokens]),
        )
        for first, last in _matches(pattern, words)
    ]
    place = 0
    while place < len(tokens):
        last = _street_from(tokens, place) or _small_street(tokens, place, context)
        if last is not None:
            marks.append(MaskedTokens(_with_door(tokens, place), last, MaskedKind.ADDRESS))
        place = place + 1 if last is None else last + 1
    return marks


def _is_house(token: Token) -> bool:
    if token.digits:
        return True
    return token.plain[:1].isdigit() and re.fullmatch(r"\d{1,5}[a-z]?", token.plain) is not None


def _house_end(tokens: Sequence[Token], first: int, more: Sequence[str] = ()) -> int:
    """The last token of a house number: ``forty two b``, ``one hundred and four``."""
    at = first
    while at + 1 < len(tokens):
        word = tokens[at + 1].plain
        hundreds = word == "and" and tokens[at].plain == "hundred" and _digits_at(tokens, at + 2)
        if not (_is_house(tokens[at + 1]) or hundreds or word == "hundred" or word in more):
            break
        at += 1
    return at


def _digits_at(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and bool(tokens[place].digits)


def _with_door(tokens: Sequence[Token], first: int) -> int:
    """Go back over "number" and "flat 3,"."""
    while first and (
        tokens[first - 1].plain in _DOORS
        or (first > 1 and tokens[first - 1].digits and tokens[first - 2].plain in _DOORS)
    ):
        first -= 1
    return first


def _street_from(tokens: Sequence[Token], first: int) -> int | None:
    """The last token of an address whose house number stands at ``first``."""
    if not _is_house(tokens[first]):
        return None
    at = _house_end(tokens, first, ("b", "a", "on", "flat"))
    found = None
    for end in range(at + 1, min(at + 1 + _BETWEEN_STREET, len(tokens))):
        token = tokens[end]
        if not (token.text[:1].isupper() or token.plain in ("of", "the")):
            break
        if _STREET.fullmatch(token.plain):
            found = end
        if token.text[-1:] in ",.?!":
            break
    return None if found is None else _with_town(tokens, found)


def _small_street(tokens: Sequence[Token], first: int, context: Context) -> int | None:
    """The last token of an address in small letters, as some recognisers write everything."""
    if not _is_house(tokens[first]):
        return None
    at = _house_end(tokens, first)
    if sum(len(token.digits) for token in tokens[first : at + 1]) > _LONGEST_HOUSE:
        return None
    told = {cue.kind for cue in context.cues} | {context.asked.kind if context.asked else None}
    streets = _STREET if MaskedKind.ADDRESS in told else _ROAD
    for end in range(at + 1, min(at + 1 + _BETWEEN_STREET, len(tokens))):
        plain = tokens[end].plain
        if end > at + 1 and streets.fullmatch(plain):
            return end
        if not plain.isalpha() or plain in _NO_STREETS or tokens[end].text[-1:] in ",.?!":
            return None
    return None


def _with_town(tokens: Sequence[Token], end: int) -> int:
    """Go on over a town, a flat or a number behind a comma."""
    if not tokens[end].text.endswith(","):
        while end + 1 < len(tokens) and tokens[end + 1].plain.isdigit():
            end += 1
        return end
    last = end
    for n in range(end + 1, min(end + 4, len(tokens))):
        token = tokens[n]
        if not (
            token.text[:1].isupper()
            or token.plain in ("apartment", "flat", "unit", "number")
            or _is_house(token)
        ):
            break
        last = n
    return last


def asks_address(text: str) -> bool:
    """Whether somebody asks where the other one lives."""
    return ASKS_ADDRESS.search(text) is not None and not ASKS_EMAIL.search(text)


def _matches(pattern: re.Pattern[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Matches in the words joined by spaces, as first and last word."""
    joined = " ".join(words)
    found = []
    for match in pattern.finditer(joined):
        first = joined.count(" ", 0, match.start())
        found.append((first, first + match[0].count(" ")))
    return found
