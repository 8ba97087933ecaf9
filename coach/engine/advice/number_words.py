"""Numbers said in words, written as digits: "seventy-two" is 72, "an hour and a half" 1.5 hour.

Every grammar that reads numbers from speech can work on the text that ``with_digits`` gives,
whether the recogniser wrote a number as word or as digits.
"""

from __future__ import annotations

import re

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ODD_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
}  # fmt: skip
_CARDINALS = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 20 + 10 * place for place, word in enumerate(_TENS)},
}
_ORDINALS = {
    **{f"{word}th": value for word, value in _CARDINALS.items()},
    **{f"{word[:-1]}ieth": _CARDINALS[word] for word in _TENS},
    **_ODD_ORDINALS,
}

_TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d|\d+(?:st|nd|rd|th)\b|\d+(?:[:./]\d+)*|[a-z]+(?:'[a-z]+)*|[^\w\s']"
)
_SPELLING = (
    ("[\u2018\u2019]", "'"),
    (r" ?½", " 1/2"),
    (r" ?¼", " 1/4"),
    (r" ?¾", " 3/4"),
    (r"(?<=\d),(?=\d(?!\d))", "."),
    (r"\b([ap])\.? ?m\b\.?", r"\1m"),
    (r"(?<=\d)(?<!\b\d{4})(?<!\b\d{4}-\d\d) ?[-\u2013\u2014] ?(?=\d)", " to "),
    (r"(?<=[a-z])[-\u2013](?=[a-z0-9])|(?<=\d)[-\u2013](?=[a-z])", " "),
)
_PRONOUN_AFTER = frozenset(
    {"this", "that", "which", "the", "no", "any", "each", "every", "another", "new", "first"}
)
"""Before "one" these make it a pronoun: "this one"."""
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_NAMES_A_DAY = re.compile(rf"the|of|[a-z]+day|{_MONTH}")
"""Before "second" these make it a number: "the second", "March second"."""
_UNIT = r"(minute|hour|day|week|month|year)s?"
_QUANTITIES = (
    (r"\b(\d+) point (\d+)\b", r"\1.\2"),
    (rf"\bsecond (?=(?:of )?(?:{_MONTH})\b)", "2th "),
    (rf"\b(?:1|an?) {_UNIT} and (?:a|1) half\b", r"1.5 \1s"),
    (rf"\b(\d+) {_UNIT} and (?:a|1) half\b", r"\1.5 \2s"),
    (rf"\b(\d+) and (?:a|1) half (?:of an? )?{_UNIT}\b", r"\1.5 \2s"),
    (rf"\b(?:a )?half (?:of )?(?:an? )?{_UNIT}\b", r"0.5 \1"),
    (rf"\b3 quarters of an? {_UNIT}\b", r"0.75 \1"),
    (rf"\b(?:an? )?quarter (?:of )?(?:an )?{_UNIT}\b", r"0.25 \1"),
    (rf"\b(0\.\d+) of an? {_UNIT}\b", r"\1 \2"),
    (r"\b(\d+) 0(\.5|\.25|\.75)\b", r"\1\2"),
    (r"\b(?:a )?couple(?: of)?\b", "2"),
    (r"\b(?:a )?few\b", "3"),
)
_FRACTIONS = {"1/2": "0.5", "1/4": "0.25", "3/4": "0.75"}


def with_digits(text: str) -> str:
    """The text in lower case, tokens apart by one space, numbers as digits.

    Ordinals all end in "th" ("2th"), a range has "to" ("3 to 5"), hyphens between words and
    apostrophes that end a word are gone, punctuation is a token of its own. Words that are
    numbers in form only stay: "this one", "one second", "the second we hear", "first thing".
    """
    text = text.lower()
    for pattern, plain in _SPELLING:
        text = re.sub(pattern, plain, text)
    tokens = _TOKEN.findall(text)
    out: list[str] = []
    place = 0
    while place < len(tokens):
        number, used = _number(tokens, place)
        out.append(number or tokens[place])
        place += used or 1
    joined = " ".join(out)
    for pattern, plain in _QUANTITIES:
        joined = re.sub(pattern, plain, joined)
    return joined


def _number(tokens: list[str], place: int) -> tuple[str, int]:
    """The number that begins at ``place`` as digits, and how many tokens it takes."""
    word = tokens[place]
    before = tokens[place - 1] if place else ""
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    if word in _FRACTIONS:
        return _FRACTIONS[word], 1
    if ordinal := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word):
        return f"{ordinal[1]}th", 1
    if (
        (word == "one" and (before in _PRONOUN_AFTER or after == "of"))
        or (word == "second" and not _NAMES_A_DAY.fullmatch(before))
        or (word == "second" and after in {"i", "we", "you", "he", "she", "they", "it", "that"})
        or (word == "first" and after == "thing")
    ):
        return "", 0
    if word == "a" and after == "hundred":
        return _large(tokens, place + 1, 1, 1)
    value, used, ordinal_form = _small(tokens, place)
    if not used or ordinal_form:
        return (f"{value}th" if used else ""), used
    return _large(tokens, place + used, value, used)


def _small(tokens: list[str], place: int) -> tuple[int, int, bool]:
    """A number below 100: its value, the tokens it takes, whether it is an ordinal."""
    word = tokens[place]
    if word in _ORDINALS:
        return _ORDINALS[word], 1, True
    if word not in _CARDINALS:
        return 0, 0, False
    value = _CARDINALS[word]
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    if value >= 20:
        if 0 < _CARDINALS.get(after, 0) < 10:
            return value + _CARDINALS[after], 2, False
        if 0 < _ORDINALS.get(after, 0) < 10:
            return value + _ORDINALS[after], 2, True
    return value, 1, False


def _large(tokens: list[str], place: int, value: int, used: int) -> tuple[str, int]:
    """Goes on with "hundred", "thousand" and what is added to them."""
    for name, factor in (("thousand", 1000), ("hundred", 100)):
        if place < len(tokens) and tokens[place] == name:
            value, used, place = value * factor, used + 1, place + 1
            joint = place < len(tokens) and tokens[place] == "and"
            rest = place + joint
            more, taken, ordinal = _small(tokens, rest) if rest < len(tokens) else (0, 0, False)
            if taken and not ordinal:
                return str(value + more), used + joint + taken
    return str(value), used
