"""Composes calls in which numbers are said: cards in any form that people give them, and others.

A line is written as those in `redaction` are: what must be masked is marked. Everything is drawn
from a `random.Random`, so a property test may hand in one of hypothesis's.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from coach.calls.redaction.spoken_digits import (
    SIZED_FORMS,
    card_windows,
    passes_luhn,
    tokens_of,
)

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

_NETWORKS = (
    ("4", 16),
    ("4", 16),
    ("4", 16),
    ("5", 16),
    ("5", 16),
    ("2", 16),
    ("34", 15),
    ("37", 15),
    ("6011", 16),
    ("65", 16),
    ("35", 16),
    ("36", 14),
    ("38", 14),
    ("30", 14),
    ("4", 13),
    ("62", 19),
    ("6304", 19),
    ("6759", 16),
    ("5018", 18),
    ("630", 18),
)


def a_card(chance: Random) -> str:
    """The digits of a card that passes its check."""
    begin, size = chance.choice(_NETWORKS)
    if begin == "5":
        begin = chance.choice(["51", "52", "53", "54", "55"])
    if begin == "2":
        begin = chance.choice(["2221", "23", "24", "25", "26", "270", "2720"])
    body = begin + "".join(chance.choice("0123456789") for _ in range(size - len(begin) - 1))
    return next(body + last for last in "0123456789" if passes_luhn(body + last))


class Style(NamedTuple):
    """How one speaker says digits throughout a call."""

    zero: str
    twice: bool
    figures: bool
    """Whether a recogniser wrote figures for them."""
    tens: bool
    hyphens: bool
    commas: bool
    nine: str


def a_style(chance: Random) -> Style:
    return Style(
        zero=chance.choice(["oh", "oh", "zero", "zero", "nought", "o"]),
        twice=chance.random() < 0.6,
        figures=chance.random() < 0.35,
        tens=chance.random() < 0.35,
        hyphens=chance.random() < 0.5,
        commas=chance.random() < 0.15,
        nine=chance.choice(["nine"] * 9 + ["niner"]),
    )


def _unit(digit: str, style: Style) -> str:
    if digit == "0":
        return style.zero
    return style.nine if digit == "9" else UNITS[int(digit)]


def _one_by_one(digits: str, style: Style) -> list[str]:
    words, place = [], 0
    while place < len(digits):
        digit = digits[place]
        same = len(digits[place:]) - len(digits[place:].lstrip(digit))
        if style.twice and same >= 2:
            times = 3 if same == 3 else 2
            words += [{2: "double", 3: "triple"}[times], _unit(digit, style)]
            place += times
        else:
            words.append(_unit(digit, style))
            place += 1
    return words


def _pair(pair: str, style: Style) -> list[str]:
    """Two digits as a number below a hundred, where there is one."""
    if pair[0] == "0":
        return [_unit("0", style), _unit(pair[1], style)]
    if pair[0] == "1":
        return [TEENS[int(pair[1])]]
    tens = TENS[int(pair[0]) - 2]
    if pair[1] == "0":
        return [tens]
    unit = UNITS[int(pair[1])]
    return [f"{tens}-{unit}"] if style.hyphens else [tens, unit]


def _in_tens(digits: str, style: Style, chance: Random) -> list[str]:
    if len(digits) == 3 and digits[0] != "0":
        if digits[1:] == "00":
            return [_unit(digits[0], style), "hundred"]
        if chance.random() < 0.3:
            return (
                [_unit(digits[0], style), "hundred", "and", *_pair(digits[1:], style)]
                if (digits[1] != "0")
                else _one_by_one(digits, style)
            )
        return [_unit(digits[0], style), *_pair(digits[1:], style)]
    words: list[str] = []
    place = 0
    while place < len(digits):
        pair = digits[place : place + 2]
        if len(pair) == 1:
            words.append(_unit(pair, style))
        elif pair == "00" and words and words[-1].split("-")[-1] in (*UNITS[1:], *TEENS):
            words.append("hundred")
        else:
            words += _pair(pair, style)
        place += 2
    return words


def said_as(digits: str, style: Style, chance: Random) -> str:
    """A group of digits as it is said or written."""
    if style.figures:
        form = chance.random()
        if form < 0.7 or len(digits) < 2:
            return digits
        if form < 0.8:
            return "-".join(digits)
        return (", " if style.commas else " ").join(digits)
    if style.tens and len(digits) > 1 and chance.random() < 0.85:
        words = _in_tens(digits, style, chance)
    else:
        words = _one_by_one(digits, style)
    if chance.random() < 0.06:
        return "-".join(words)
    if chance.random() < 0.08:
        return " ".join(
            str(UNITS.index(w)) if w in UNITS and chance.random() < 0.5 else w for w in words
        )
    return (", " if style.commas else " ").join(words)


_BY_SIZE = {
    16: ((4, 4, 4, 4),) * 6 + ((8, 8), (6, 6, 4), (5, 5, 6), (2,) * 8, (4, 2, 2, 4, 4), (16,)),
    15: ((4, 6, 5),) * 4 + ((5, 5, 5), (4, 4, 4, 3), (15,), (3,) * 5, (4, 2, 2, 2, 5)),
    14: ((4, 6, 4),) * 3 + ((4, 4, 4, 2), (14,), (2,) * 7),
    13: ((4, 3, 3, 3), (4, 4, 5), (13,), (2,) * 6 + (1,)),
    18: ((4, 4, 4, 4, 2), (6, 6, 6), (6, 12), (3,) * 6),
    19: ((4, 4, 4, 4, 3), (6, 13), (5, 5, 5, 4), (6, 4, 4, 5)),
}


def groups_of(digits: str, chance: Random) -> list[str]:
    if chance.random() < 0.75:
        sizes = list(chance.choice(_BY_SIZE[len(digits)]))
    else:
        sizes = []
        while sum(sizes) < len(digits):
            sizes.append(min(chance.randint(1, 6), len(digits) - sum(sizes)))
    found, place = [], 0
    for size in sizes:
        found.append(digits[place : place + size])
        place += size
    return found


ASKS = (
    "can I take the long number across the front please?",
    "what's the card number?",
    "and how would you like to pay today?",
    "I'll just need the sixteen digits off your card.",
    "could you read me the number on the card when you're ready",
    "okay, go ahead with the card.",
    "and which card would you like to use",
    "right then, fire away",
    "whenever you're ready",
    "so if you could give me your card details for the deposit",
    "can I get a payment method for that",
    "what's the number on it?",
    "go ahead.",
    "and the digits please",
)
LEADS = (
    "",
    "",
    "",
    "",
    "it's",
    "yeah it's",
    "okay so",
    "right,",
    "um",
    "sure,",
    "so the number is",
    "the card is",
    "it starts",
    "my visa,",
    "Yes, it's",
    "I've got it here,",
    "ok here goes,",
    "let me get it out of my purse, right,",
    "it's my wife's card,",
    "I'd like to pay that off, it's",
    "hello love, can I give you my card,",
    "you want",
)
JOINS = (" ",) * 6 + (
    ", ",
    ", ",
    ". ",
    " then ",
    " and ",
    " and then ",
    " um ",
    " uh, ",
    "... ",
    " next is ",
    " followed by ",
    " and after that ",
    " dash ",
    " space ",
    " and the next four are ",
    " and the rest is ",
    " and it ends ",
)
ASIDES = (
    "hang on the light's gone",
    "sorry, the dog's barking",
    "let me find my glasses",
    "is that the one on the front",
    "it's all worn off",
    "hold on a second",
    "are you getting this",
    "you still there?",
    "that's the first bit",
    "the next bit is hard to read",
    "I can't quite make it out",
    "somebody's at the door, two ticks",
    "no darling, not now, mummy's on the phone",
    "I had it a minute ago",
    "my eyes aren't what they were",
    "wait, I've lost my place",
    "which line am I on",
    "it's a new card, see",
    "how many is that now",
    "ooh that's a funny looking number",
    "I'm in the car by the way, parked up",
    "what's that beeping",
    "sorry about the noise, they're drilling next door",
    "the print is tiny",
    "I'll tilt it to the window",
    "got that?",
    "are you writing this down",
    "bear with me",
    "just a moment please",
    "I'm reading it off my phone",
)
BACKS = (
    "yep",
    "okay",
    "mm-hm",
    "go on",
    "yes",
    "right",
    "uh-huh",
    "got it",
    "got that",
    "and then?",
    "carry on",
    "yes, sir.",
    "thank you, and the rest?",
    "keep going",
    "lovely",
    "next four please",
    "sorry, I was just opening the page, go on",
    "one moment while my screen loads",
)
ON = ("", "", "", "", "", "then", "and", "and then", "okay", "right,", "next is", "um", "yes,")
TAKE_BACKS = (
    "no sorry",
    "sorry,",
    "no wait,",
    "scratch that,",
    "I mean",
    "no I tell a lie,",
    "correction,",
    "no, not that,",
    "oops,",
    "wait that's wrong,",
    "sorry, my mistake,",
    "ignore that,",
    "hang on, no,",
    "I said that wrong,",
    "let me say that again,",
    "rather",
)
RESTARTS = (
    "sorry, let me start again,",
    "no that's wrong, start over,",
    "I've gone wrong, from the top,",
    "can I start again?",
    "I'll do it again slower,",
    "oh I've lost my place, right,",
)
TAILS = (
    "",
    "",
    "",
    "that's it",
    "thanks",
    "did you get all that?",
    "and that's the lot",
    "can you read that back to me",
    "okay love",
)


def _marked(kind: str, text: str) -> str:
    return f"<{kind}:{text}>"


def _cased(chance: Random) -> Callable[[str], str]:
    form = chance.random()
    if form < 0.5:
        return lambda turn: turn
    if form < 0.75:
        return _plain
    return lambda turn: turn[:1].upper() + turn[1:]


def _plain(turn: str) -> str:
    """As a recogniser without punctuation writes it."""
    kept = turn.replace("...", " ")
    for sign in ",?":
        kept = kept.replace(f"{sign} ", " ").replace(f"{sign}>", ">")
    kept = kept.removesuffix("?").removesuffix(".").removesuffix(",")
    kept = kept.replace("I'", "i'").replace(" I ", " i ").replace(". ", " ")
    return " ".join(kept.replace(".", " ").split())


class CallShape(NamedTuple):
    """What a composed call is like."""

    asked: bool
    by_turns: bool
    repaired: bool
    with_asides: bool
    agent_reads: bool
    least: int = 1
    """Digits in a group at least."""


def a_shape(chance: Random) -> CallShape:
    """Any of them, as people have them."""
    return CallShape(
        asked=chance.random() < 0.5,
        by_turns=chance.random() < 0.45,
        repaired=chance.random() < 0.3,
        with_asides=chance.random() < 0.35,
        agent_reads=chance.random() < 0.08,
    )


class ComposedCall:
    """Composes the turns of a call in which one card number is said."""

    def __init__(self, chance: Random, shape: CallShape, asides: tuple[str, ...] = ASIDES) -> None:
        self._chance, self._shape, self._asides = chance, shape, asides
        self._digits, self._style = a_card(chance), a_style(chance)
        groups = groups_of(self._digits, chance)
        while min(map(len, groups)) < shape.least:
            groups = groups_of(self._digits, chance)
        self._groups = groups
        self._reader, self._other = ("A", "C") if shape.agent_reads else ("C", "A")
        self._line: list[tuple[str, str]] = []
        self._turn = ""

    def line(self) -> str:
        """The call in one line, marked."""
        chance, shape = self._chance, self._shape
        case = _cased(chance)
        if shape.asked and not shape.agent_reads:
            self._line.append(("A", chance.choice(ASKS)))
        lead = chance.choice(LEADS)
        if shape.with_asides and chance.random() < 0.3:
            lead = f"{chance.choice(self._asides)}, {lead}".rstrip(", ")
        self._turn = f"{lead} " if lead else ""
        self._read_out()
        self._line.append((self._reader, f"{self._turn} {chance.choice(TAILS)}".strip()))
        self._line += _behind(self._digits, self._style, self._reader, self._other, chance)
        return " | ".join(f"{who}: {case(' '.join(said.split()))}" for who, said in self._line)

    def _read_out(self) -> None:
        chance, groups = self._chance, self._groups
        restart = mend = -1
        if self._shape.repaired:
            if len(groups) > 1 and chance.random() < 0.25:
                restart = chance.randint(1, len(groups) - 1)
            else:
                mend = chance.randrange(len(groups))
        number = 0
        while number < len(groups):
            said = said_as(groups[number], self._style, chance)
            self._turn += (
                _mended(groups[number], self._style, chance)
                if number == mend
                else _marked("card", said)
            )
            number += 1
            if number == restart:
                number, restart = 0, -1
                self._start_again()
            elif number < len(groups):
                self._go_on(groups[number - 1])

    def _start_again(self) -> None:
        self._turn += f" {self._chance.choice(RESTARTS)} "
        if self._shape.by_turns and self._chance.random() < 0.5:
            self._line.append((self._reader, self._turn.strip()))
            self._line.append((self._other, self._chance.choice(BACKS)))
            self._turn = ""

    def _go_on(self, group: str) -> None:
        chance = self._chance
        asides = self._asides if self._shape.with_asides else ()
        if self._shape.by_turns and chance.random() < 0.8:
            self._line.append((self._reader, self._turn.strip()))
            self._line += _answer(group, self._style, self._other, self._reader, asides, chance)
            on = chance.choice(ON)
            self._turn = f"{on} " if on else ""
        elif asides and chance.random() < 0.4:
            aside = chance.choice(asides)
            self._turn += chance.choice([f" {aside} ", f", {aside}, ", f". {aside}. "])
        elif chance.random() < 0.6:
            self._turn += chance.choice([" ", " ", ", "])
        else:
            self._turn += chance.choice(JOINS)


def _mended(group: str, style: Style, chance: Random) -> str:
    """A group with something in it that was said wrong and put right, or said twice."""
    back = chance.choice(TAKE_BACKS)
    form = chance.random()
    right = _marked("card", said_as(group, style, chance))
    if form < 0.35:
        wrong = "".join(chance.choice("0123456789") for _ in group)
        return f"{_marked('card', said_as(wrong, style, chance))} {back} {right}"
    if form < 0.7 and len(group) > 1:
        place = chance.randrange(1, len(group) + 1)
        begin = group[: place - 1] + chance.choice("123456789")
        first = said_as(begin, style, chance)
        again = said_as(group[place - 1 :], style, chance)
        return f"{_marked('card', first)} {back} {_marked('card', again)}"
    if form < 0.85:
        between = chance.choice([" ", ", ", ", yeah ", ", that's ", " again "])
        return f"{right}{between}{right}"
    wrong = chance.choice([d for d in "123456789" if d != group[-1]])
    end = _marked("card", _unit(group[-1], style))
    put = _marked("card", _unit(wrong, style))
    begin = said_as(group[:-1] + wrong, style, chance)
    return f"{_marked('card', begin)}, no, {end} not {put}"


def _answer(
    group: str,
    style: Style,
    other: str,
    reader: str,
    asides: tuple[str, ...],
    chance: Random,
) -> list[tuple[str, str]]:
    """What the other side says between two parts."""
    form = chance.random()
    if form < 0.2 and len(group) > 2:
        own = style._replace(figures=chance.random() < 0.5)
        again = _marked("card", said_as(group, own, chance))
        return [(other, chance.choice([f"{again}?", again, f"{again}, yep", f"so {again}"]))]
    if form < 0.25 and len(group) > 2:
        heard = group[:-1] + chance.choice("0123456789")
        again = _marked("card", said_as(heard, style, chance))
        right = _marked("card", said_as(group, style, chance))
        return [(other, f"{again}?"), (reader, f"no, {right}"), (other, "got it")]
    if asides and form < 0.5:
        return [(chance.choice([other, reader]), chance.choice(asides)), (other, "okay")]
    return [(other, chance.choice(BACKS))]


_MONTHS = ("January", "march", "June", "October", "december")


def _behind(
    digits: str, style: Style, reader: str, other: str, chance: Random
) -> list[tuple[str, str]]:
    """The expiry date, the security code, a reading back."""
    out: list[tuple[str, str]] = []
    if chance.random() < 0.3:
        month, year = chance.randint(1, 12), chance.randint(26, 31)
        when = chance.choice(
            [
                f"{month:02}/{year}",
                f"{chance.choice(_MONTHS)} 20{year}",
                " ".join(_pair(f"{month:02}", style) + _pair(str(year), style)),
            ]
        )
        if chance.random() < 0.5:
            out += [(other, "and the expiry date?"), (reader, _marked("expiry", when))]
        else:
            out += [(reader, f"expiry is {_marked('expiry', when)}")]
    if chance.random() < 0.3:
        code = "".join(chance.choice("0123456789") for _ in range(3))
        said = _marked("code", said_as(code, style._replace(tens=False), chance))
        if chance.random() < 0.5:
            out += [(other, "and the three digits on the back?"), (reader, said)]
        else:
            out += [(reader, f"and the security code is {said}")]
    if chance.random() < 0.15 and other == "A":
        parts = (digits[n : n + 4] for n in range(0, len(digits), 4))
        back = " ".join(parts)
        out += [("A", f"so that's {_marked('card', back)}, is that right?"), ("C", "yes")]
    return out


_NAMED = (
    "order number",
    "order",
    "tracking number",
    "parcel number",
    "reference",
    "reference number",
    "claim number",
    "policy number",
    "booking reference",
    "ticket number",
    "invoice number",
    "serial number",
    "meter serial",
    "chassis number",
    "frame number",
    "part number",
    "model number",
    "barcode",
    "membership number",
    "confirmation number",
    "case number",
    "IMEI",
    "SIM number",
    "voucher code",
    "docket number",
    "batch number",
    "engine number",
    "job number",
    "delivery note number",
    "warranty number",
)
_UNITS_SAID = (
    "pounds",
    "dollars",
    "euros",
    "miles",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "percent",
    "degrees",
    "people",
    "inches",
    "kilos",
)
_THINGS = ("boxes", "bags", "kids", "chairs", "calls", "emails", "letters", "tiles", "screws")
_MONTH_NAMES = ("January", "March", "May", "June", "August", "October")
_QUANTITIES = (
    "it took {a} {unit} and then another {b} {unit}",
    "there were about {a} {thing} and {b} {thing} in the van",
    "I've been a customer for {a} {unit} or so",
    "she's {age} and her brother's {other_age} in {month}",
    "it was somewhere between {a} and {b} {unit}",
    "I waited {a} {unit}, then {b} {unit}, and nobody came",
    "we ordered {a} {thing} and only {b} {thing} turned up",
    "they said the {nth} or the {other_nth}",
    "from {a} to {b} {unit} at the most",
    "I rang at {hour} {minute} and again at {other_hour} {other_minute}",
    "it's {a} {unit} by {b} {unit}",
    "we moved here in nineteen {year} and did the roof in twenty {late}",
    "the bill went up by {a} {unit} over {b} {unit}",
    "it costs {a} {unit} for {b} {thing}",
)


def _below_hundred(value: int, style: Style) -> str:
    if value < 10:
        return UNITS[value]
    return " ".join(_pair(str(value), style)) if not style.figures else str(value)


def _no_card(style: Style, chance: Random) -> str:
    """The groups of another number, as said; no stretch of them is a card's."""
    while True:
        digits = "".join(chance.choice("0123456789") for _ in range(chance.randint(4, 18)))
        groups, place = [], 0
        while place < len(digits):
            size = chance.choice([2, 3, 4, 4, 5, 8])
            groups.append(said_as(digits[place : place + size], style, chance))
            place += size
        said = chance.choice([" ", ", "]).join(groups)
        read = "".join(token.digits for token in tokens_of(said))
        if not any(SIZED_FORMS.fullmatch(read[one:end]) for one, end in card_windows(read)):
            return said


def other_call(chance: Random) -> str:
    """A call with numbers in it none of which must be masked."""
    style, case = a_style(chance), _cased(chance)
    if chance.random() < 0.5:
        turns = [("C", _quantity(style, chance)) for _ in range(chance.randint(1, 4))]
        line = [t for turn in turns for t in (turn, ("A", chance.choice(BACKS[:9])))]
        return " | ".join(f"{who}: {case(said)}" for who, said in line)
    name = chance.choice(_NAMED)
    number = _no_card(style, chance)
    form = chance.random()
    if form < 0.4:
        line = [("A", f"what's the {name}?"), ("C", f"it's {number}"), ("A", "thank you")]
    elif form < 0.7:
        line = [("C", f"{chance.choice(['my', 'the'])} {name} is {number}"), ("A", "okay")]
    else:
        line = [("A", f"your {name} is {number}"), ("C", number), ("A", "that's right")]
    return " | ".join(f"{who}: {case(said)}" for who, said in line)


def _quantity(style: Style, chance: Random) -> str:
    values = {
        name: _below_hundred(chance.randint(2, 99), style)
        for name in ("a", "b", "age", "other_age", "year", "late")
    }
    values["late"] = _below_hundred(chance.randint(10, 26), style)
    values["year"] = _below_hundred(chance.randint(40, 99), style)
    values |= {name: UNITS[chance.randint(3, 9)] for name in ("hour", "other_hour")}
    values |= {
        name: _below_hundred(chance.choice([10, 15, 20, 30, 45, 50]), style)
        for name in ("minute", "other_minute")
    }
    nths = ("third", "fifth", "eleventh", "nineteenth", "twenty second")
    return chance.choice(_QUANTITIES).format(
        **values,
        unit=chance.choice(_UNITS_SAID),
        thing=chance.choice(_THINGS),
        month=chance.choice(_MONTH_NAMES),
        nth=chance.choice(nths),
        other_nth=chance.choice(nths),
    )
