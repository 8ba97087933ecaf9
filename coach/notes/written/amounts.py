"""Money: "one hundred nineteen dollars and ninety-nine cents", and what recognisers make of it.

A recogniser writes "$119.99", said with an "and", as "100 and $19.99": where the first number
has room for the second, and no range is meant, they are one amount. Without cents they are where
words before tell of a price: "100 and $19" may be two things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import DIGITS, Number, below_hundred, cardinal, grouped, is_number_word, numeral

_MAJOR = {
    **dict.fromkeys(("dollar", "dollars"), "$"),
    **dict.fromkeys(("euro", "euros"), "€"),
    **dict.fromkeys(("pound", "pounds"), "£"),
}
_MINOR = frozenset({"cent", "cents", "pence", "penny", "p"})
_MONEY = re.compile(r"([$£€])(\d{1,3}(?:,\d{3})+|\d+)(\.\d\d)?")
_DECIMAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)\.(\d\d)")
_SCALED = frozenset({"hundred", "thousand"})
_RANGE = frozenset({"between", "from", "both", "either"})
_ADDED = frozenset({"for", "shipping", "more", "each", "off", "in", "per", "a", "an", "extra"})
_PRICE = re.compile(
    r"costs?|charged?|charges|charging|pay|paid|paying|prices?|fees?|bills?|billed|total|only|owe|"
    r"comes|came|amounts?|balance"
)
_PAID = re.compile(
    r"costs?|charged?|charges|charging|pay|paid|paying|prices?|fees?|bills?|billed|owed?|owes|"
    r"refund(?:ed)?"
)
"""What is said of money alone, and of no weight."""
_PER = re.compile(
    r"(?:a|per|each|every|plus) ?"
    r"(?:month|year|week|day|night|time|tax|vat|shipping|postage|delivery|tip|fees?)?"
)


_PRICED_WITHIN = 8
"""Words up to the end of a number among which one may say that it is a price."""
_WEIGHED = frozenset({"of", "overweight", "heavier", "lighter", "in", "heavy"})
_GOODS = frozenset({"for", "weighs", "weigh", "weight", "weighing", "overweight"})


class _Sum(NamedTuple):
    sign: str
    whole: int
    cents: int | None
    end: int


def amount(atoms: Sequence[Atom], place: int) -> Match | None:
    """An amount of money that begins at a place."""
    for read in (_mended, _range, _spoken, _numeral_and_cents, _price):
        found = read(atoms, place)
        if found is not None:
            return found
    return None


def _written(total: _Sum) -> Match:
    cents = "" if total.cents is None else f".{total.cents:02d}"
    return Match(total.end, f"{total.sign}{grouped(total.whole, 1000)}{cents}")


# --- put right ------------------------------------------------------------------------------


def _mended(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "100 and $19.99", "a hundred and $19.99", "the total is 3,400 and $5"."""
    first = _piece(atoms, place)
    if first is None or first.cents is not None or word_at(atoms, first.end) != "and":
        return None
    if not (atoms[first.end - 1].runs_on and atoms[first.end].runs_on):
        return None
    second = _piece(atoms, first.end + 1)
    if second is not None and not second.sign and not first.sign and _is_numeral(atoms, place):
        second = _with_its_unit(atoms, second)
    sign = first.sign or (second.sign if second else "")
    if second is None or not sign or (first.sign and second.sign):
        return None
    priced = second.cents is not None or (second.sign and _is_price(atoms, place))
    room = 10 ** (len(str(first.whole)) - len(str(first.whole).rstrip("0")))
    ranged = _RANGE.intersection(words_before(atoms, place, 4))
    if not priced or first.whole < 100 or second.whole >= room or ranged:
        return None
    if word_at(atoms, second.end) in _ADDED and atoms[second.end - 1].runs_on:
        return None
    return _written(_Sum(sign, first.whole + second.whole, second.cents, second.end))


def _is_numeral(atoms: Sequence[Atom], place: int) -> bool:
    return numeral(word_at(atoms, place)) is not None


def _with_its_unit(atoms: Sequence[Atom], total: _Sum) -> _Sum:
    """A number with the unit behind it, and its cents: "19 pounds and 99 pence"."""
    sign = _MAJOR.get(follows(atoms, total.end), "")
    if not sign:
        return total
    end = total.end + 1
    cents = _cents(atoms, end)
    if cents is None:
        return total._replace(sign=sign, end=end)
    return _Sum(sign, total.whole, cents.value, cents.end)


def _is_price(atoms: Sequence[Atom], place: int) -> bool:
    """Whether words before a place say that a price comes."""
    before = words_before(atoms, place, _PRICED_WITHIN - 1)
    return any(_PRICE.fullmatch(word) for word in before)


def _piece(atoms: Sequence[Atom], place: int) -> _Sum | None:
    word = word_at(atoms, place)
    money = _MONEY.fullmatch(word)
    if money:
        cents = int(money[3][1:]) if money[3] else None
        return _Sum(money[1], int(money[2].replace(",", "")), cents, place + 1)
    decimal = _DECIMAL.fullmatch(word)
    if decimal:
        return _Sum("", int(decimal[1].replace(",", "")), int(decimal[2]), place + 1)
    number = cardinal(atoms, place)
    if number is None or number.value == 0:
        return None
    return _Sum("", number.value, None, number.end)


def _numeral_and_cents(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "$19 and 99 cents", "$20 dollars", "19.99 dollars", "$19.99 cents"."""
    first = _piece(atoms, place)
    if first is None:
        return None
    after = follows(atoms, first.end)
    if first.cents is not None and not first.sign and after in _MAJOR:
        return _written(_Sum(_MAJOR[after], first.whole, first.cents, first.end + 1))
    if not first.sign:
        return None
    if after in _MAJOR or (first.cents is not None and after in _MINOR):
        return _written(first._replace(end=first.end + 1))
    cents = _cents(atoms, first.end) if first.cents is None else None
    if cents is None:
        return None
    return _written(first._replace(cents=cents.value, end=cents.end))


# --- as it was said -------------------------------------------------------------------------


def _spoken(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "two hundred dollars", "nineteen dollars ninety-nine", "two pounds fifty"."""
    number = _digit_oh_digit(atoms, place) or cardinal(atoms, place)
    if number is None and word_at(atoms, place) == "a":
        number = Number(1, place + 1, bare=True)  # "a dollar fifty"
    if number is None:
        return None
    sign = _MAJOR.get(follows(atoms, number.end), "")
    return _with_unit(atoms, number, sign) if sign else _minor(atoms, number)


def _digit_oh_digit(atoms: Sequence[Atom], place: int) -> Number | None:
    """Such as "three oh nine": three digits of which the middle one is a nought."""
    first, last = DIGITS.get(word_at(atoms, place), 0), DIGITS.get(follows(atoms, place + 2), 0)
    if not first or not last or follows(atoms, place + 1) not in ("oh", "o", "zero"):
        return None
    before = words_before(atoms, place, 1)
    if (before and is_number_word(before[-1])) or follows(atoms, place + 3) not in _MAJOR:
        return None
    return Number(first * 100 + last, place + 3)


def _range(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "fifty to sixty dollars", "three hundred and four hundred dollars"."""
    first = cardinal(atoms, place)
    if first is None or not first.spoken or first.bare or first.value < 2:
        return None
    second = cardinal(atoms, first.end + 1) if atoms[first.end - 1].runs_on else None
    if second is None or second.value <= first.value or second.bare or second.scaled:
        return None
    joint = follows(atoms, first.end)
    scaled = [word_at(atoms, number.end - 1) in _SCALED for number in (first, second)]
    joints = {"to", "or", "and"} if all(scaled) else {"to", "or"}
    if "between" in words_before(atoms, place, 2):
        joints = {"and"}
    sign = _MAJOR.get(follows(atoms, second.end), "")
    # Pounds may be weight.
    if joint not in joints or not atoms[first.end].runs_on or sign in ("", "£"):
        return None
    # Of "three or four hundred dollars" nobody knows whether both are hundreds.
    if first.value < 100 and any(scaled) and not all(scaled):
        return Match(second.end + 1, None)
    low, high = (f"{sign}{grouped(number.value, 1000)}" for number in (first, second))
    return Match(second.end + 1, f"{low} {joint} {high}")


def _is_paid(atoms: Sequence[Atom], number: Number, end: int) -> bool:
    """Whether a word before says that pounds are money: "I owe two hundred pounds"."""
    before = words_before(atoms, number.end, _PRICED_WITHIN)
    at = next((n for n, word in enumerate(before) if _PAID.fullmatch(word)), None)
    if (
        at is None
        or word_at(atoms, number.end) != "pounds"
        or follows(atoms, end) in _WEIGHED
        or number.bare
    ):
        return False
    return not _GOODS.intersection(before[at:])


def _with_unit(atoms: Sequence[Atom], number: Number, sign: str) -> Match | None:
    end, pounds = number.end + 1, sign == "£"
    if pounds and follows(atoms, end) == "sterling":
        return _written(_Sum("£", number.value, None, end + 1))
    cents = _cents(atoms, end) or _bare_cents(atoms, end)
    if cents is not None:
        return _written(_Sum(sign, number.value, cents.value, cents.end))
    # Pounds may be weight; "a dollar" and "a million dollars" people leave in words.
    pounds = pounds and not _is_paid(atoms, number, end)
    if pounds or (number.bare and (number.value == 1 or number.scaled)):
        return None
    if number.scaled and number.value % 10**6 == 0:
        return Match(end, f"{sign}{_scaled(number.value)}")
    return _written(_Sum(sign, number.value, None, end))


def _scaled(value: int) -> str:
    if value % 10**9 == 0:
        return f"{value // 10**9} billion"
    return f"{value // 10**6} million"


def _minor(atoms: Sequence[Atom], number: Number) -> Match | None:
    if follows(atoms, number.end) not in ("cent", "cents", "pence") or not number.spoken:
        return None
    if number.bare or number.value > 99:
        return None
    return Match(number.end + 1, f"{number.value} {atoms[number.end].raw}")


def _cents(atoms: Sequence[Atom], place: int) -> Number | None:
    """Such as "and ninety-nine cents" behind whole dollars."""
    joined = follows(atoms, place) == "and"
    number = below_hundred(atoms, place + joined)
    if follows(atoms, place + joined) in ("oh", "o", "zero"):
        digit = DIGITS.get(follows(atoms, place + joined + 1), 0)
        number = Number(digit, place + joined + 2) if digit else None
    if number is None or not atoms[place - 1].runs_on:
        return None
    if follows(atoms, number.end) not in _MINOR:
        return None
    return number._replace(end=number.end + 1)


def _bare_cents(atoms: Sequence[Atom], place: int) -> Number | None:
    """Such as "ninety-nine" in "nineteen dollars ninety-nine", where nothing is counted by it."""
    if not follows(atoms, place):
        return None
    if word_at(atoms, place) in ("oh", "o") and follows(atoms, place + 1) in DIGITS:
        number = Number(DIGITS[atoms[place + 1].word], place + 2)
    else:
        found = below_hundred(atoms, place)
        if found is None or found.value < 10:
            return None
        number = found
    after = follows(atoms, number.end)
    free = not after or after in {"a", "and", "but", "for", "in", "is", "on", "per", "was", "each"}
    return number if free else None


def _price(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "nineteen ninety nine" where words say that it is a price."""
    first = _hundreds(atoms, place) or below_hundred(atoms, place)
    if first is None or not first.spoken or not atoms[first.end - 1].runs_on:
        return None
    second = below_hundred(atoms, first.end)
    if second is None or second.value < 10 or numeral(word_at(atoms, first.end)) is not None:
        return None
    if is_number_word(follows(atoms, second.end)) or first.value < 2:
        return None
    priced = any(_PRICE.fullmatch(word) for word in words_before(atoms, place, 5))
    after = f"{follows(atoms, second.end)} {follows(atoms, second.end + 1)}".strip()
    if not priced and not (after and _PER.fullmatch(after) and after not in ("a", "per")):
        return None
    if after.startswith(("minute", "hour", "day", "percent")):
        return None
    return Match(second.end, f"{first.value}.{second.value:02d}")


def _hundreds(atoms: Sequence[Atom], place: int) -> Number | None:
    """The whole part of a price of three digits, where cents follow.

    Such as "one nineteen" and "a hundred and nineteen" before "ninety nine".
    """
    whole = cardinal(atoms, place)
    if whole is not None and 100 < whole.value < 1000 and whole.value % 100:
        return whole if below_hundred(atoms, whole.end) else None
    digit = DIGITS.get(word_at(atoms, place), 0)
    rest = below_hundred(atoms, place + 1) if digit and atoms[place].runs_on else None
    if rest is None or rest.value < 10 or not rest.spoken or not atoms[rest.end - 1].runs_on:
        return None
    cents = below_hundred(atoms, rest.end)
    return Number(digit * 100 + rest.value, rest.end) if cents and cents.value >= 10 else None
