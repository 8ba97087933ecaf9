"""Composes calls in which a card number is said in one manner each, so that manners can be counted.

Beside `spoken_numbers`, which mixes all that it knows in every call. A line is written as those in
`redaction` are, and everything is drawn from a `random.Random`.

    PYTHONPATH=.:tests python tests/card_manners.py SEED CALLS
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from random import Random

from redaction_count import Counts, count_lines
from spoken_numbers import TEENS, TENS, UNITS, Style, a_card, a_style, groups_of, said_as

from coach.calls.redaction.kinds import MaskedKind

ASKS = (
    "Can I take the long number across the front?",
    "and the card number, whenever suits",
    "What card would you like to use today?",
    "pop the card number in for me then",
    "Number, please?",
    "And the number?",
    "so what's the sixteen digit number there",
    "call out the digits for me",
    "okay I'm on the payment screen, go ahead",
    "If you could read out the numbers on your card for me, please.",
    "I can take a payment now if you've your card handy",
    "right, card details please, long number first",
    "perfect, and your card number?",
    "would that be debit or credit? and what's the number on it?",
    "give me the digits slowly",
    "Thanks. So I'll need the number off your Visa.",
    "how are you paying for that today, card?",
    "Let's do the payment so. What's the card number?",
    "What's the first four digits?",
    "Grand, the card number there when you're ready.",
)
LEADS = (
    "",
    "",
    "",
    "it's",
    "sure,",
    "yeah so",
    "okay,",
    "right so it's",
    "yes it's",
    "let me see,",
    "ok it is",
    "here it is,",
    "Two secs... right,",
    "it says",
    "so that's",
    "the number is",
    "my card is",
    "aye it's",
    "right you are, it's",
    "got a pen? it's",
    "em",
    "it starts with",
    "the first four are",
    "starting with",
    "I have it here,",
    "Mastercard,",
    "here we go,",
)
OPENINGS = (
    "I want to pay my bill, my card number is",
    "hi can I make a payment, card is",
    "I'll give you my card, it's",
    "you can use my visa, number",
    "take it off my debit card,",
    "use the card",
    "so the card I want to use is",
    "put it on my Mastercard please,",
)
ON = (
    "yep",
    "okay",
    "mhm",
    "go on",
    "yes",
    "uh-huh",
    "got that",
    "and the next?",
    "carry on",
    "lovely",
    "right",
    "next four?",
    "grand",
    "and then",
    "OK, keep going",
    "I'm with you",
    "sound",
    "ready for the next lot",
    "mm",
    "thank you",
    "perfect",
    "continue please",
    "so far so good",
)
JOINS = (
    " ",
    " ",
    ", ",
    " and then ",
    " then ",
    " dash ",
    " space ",
    ", next four ",
    " new group ",
    ", next block, ",
    ". Then ",
    ", and the next set is ",
    " gap ",
    " break ",
    ", after that ",
    " second four ",
    ", followed by ",
    ", and next comes ",
    ", then you've got ",
    " um, ",
    " hyphen ",
    " ... ",
    " - ",
    ", that's the first bit, ",
    ", okay? ",
    ", got it? ",
    ", and finally ",
    ", and it ends in ",
    " ending ",
    ", ending with ",
    " slash ",
    " stop ",
    ", new line, ",
    ", third group ",
    ", last lot ",
    ", and the last few are ",
    ", moving on, ",
)
TALK = (
    "it's fierce warm here today",
    "is it raining where you are?",
    "sorry, my daughter just walked in",
    "I've had this card for ages",
    "the embossing is nearly gone",
    "I hope this goes through",
    "one moment, the kettle",
    "these new cards have it on the back, so silly",
    "would you believe I can't read it",
    "hold on till I turn on the light",
    "you're very patient",
    "sorry the system is slow today",
    "no bother at all, take your time",
    "I'm just typing that in",
    "my keyboard is acting up",
    "are you having a nice weekend?",
    "ah not too bad thanks",
    "we're in the middle of lunch here",
    "did you hear me okay?",
    "the line's a bit crackly",
    "could you speak up a little",
    "say hello to nanny",
    "Put that down, Rory",
    "I think that's right anyway",
    "ah here, wrong glasses",
    "shush, I'm on the phone",
)
RESTARTS = (
    "scratch that, let me start over,",
    "no, I'm reading the wrong card. It's",
    "hang on, start again,",
    "sorry I've mixed that up, from the beginning,",
    "ah that's the old one. the new one is",
    "strike all that,",
    "let me do that again from the start:",
    "forget that, different card,",
    "wait, that's my library card, sorry. Right,",
    "delete that, I'll begin again,",
    "I'm all over the place, one more time,",
)
TAKE_BACKS = (
    "no,",
    "sorry,",
    "scratch that,",
    "I mean",
    "no wait",
    "strike that,",
    "oops",
    "er no,",
    "correction",
    "I tell a lie,",
    "make that",
    "or rather",
    "my mistake,",
    "ah no,",
    "sorry that's",
    "no hang on,",
    "I beg your pardon,",
    "let me correct that,",
    "as you were,",
    "apologies,",
    "wait no it's",
    "no it's",
    "nope,",
)
NAMED_AFTER = (
    "that was the three digits",
    "that is the security code",
    "is the code on the back",
    "for the back",
    "from the back of it",
    "is the CVV",
    "on the back",
    "that being the three at the back",
)
_HOMOPHONES = {
    "1": ("won",),
    "2": ("to", "too"),
    "3": ("tree", "free"),
    "4": ("for", "fore"),
    "5": ("fife", "hive"),
    "6": ("sex", "sicks"),
    "8": ("ate",),
    "9": ("nein", "nigh"),
    "0": ("owe",),
}


def _card(text: str) -> str:
    return f"<card:{text}>"


def _unit(digit: str, style: Style) -> str:
    return style.zero if digit == "0" else UNITS[int(digit)]


def _ones(digits: str, style: Style) -> str:
    return " ".join(_unit(d, style) for d in digits)


def _below(value: int) -> str:
    if value < 10:
        return UNITS[value]
    if value < 20:
        return TEENS[value - 10]
    tens, unit = divmod(value, 10)
    return TENS[tens - 2] + (f"-{UNITS[unit]}" if unit else "")


def _as_number(digits: str, chance: Random) -> str:
    """Three or four digits as one number: ``four thousand and two``, ``forty-two hundred``."""
    value = int(digits)
    joint = chance.choice([" and ", " and ", " "])
    if digits[0] == "0" or len(digits) > 4 or value < 100:
        return " ".join(UNITS[int(d)] for d in digits)
    if len(digits) == 4 and digits[1] != "0" and chance.random() < 0.4:
        rest = value % 100
        return f"{_below(value // 100)} hundred" + (f"{joint}{_below(rest)}" if rest else "")
    words = ""
    thousands, rest = divmod(value, 1000)
    if thousands:
        words = f"{UNITS[thousands]} thousand"
    hundreds, low = divmod(rest, 100)
    if hundreds:
        words += f" {UNITS[hundreds]} hundred"
    if low:
        words += f"{joint}{_below(low)}" if words else _below(low)
    words = words.strip()
    return words.replace("-", " ") if chance.random() < 0.4 else words


def _several(digits: str, style: Style, chance: Random) -> str:
    """``three nines and a five``, ``a pair of sevens``, ``quadruple one``, marked."""
    words, place = [], 0
    while place < len(digits):
        digit = digits[place]
        same = min(4, len(digits[place:]) - len(digits[place:].lstrip(digit)))
        name = UNITS[int(digit)]
        many = name + ("es" if name in ("six", "zero") else "s")
        if same == 1:
            words.append(chance.choice(["a ", "", ""]) + _card(_unit(digit, style)))
        else:
            forms = {
                2: [f"<card:two {many}>", f"a pair of <card:{many}>", f"<card:double {name}>"],
                3: [f"<card:three {many}>", f"<card:treble {name}>", f"<card:{name}> three times"],
                4: [f"<card:four {many}>", f"<card:quadruple {name}>", f"all <card:{many}>"],
            }
            words.append(chance.choice(forms[same]))
        place += same
    return chance.choice([" ", ", ", " and ", " then "]).join(words)


def _repeating(chance: Random) -> str:
    """A card with digits that stand more than once side by side."""
    while True:
        digits = a_card(chance)
        if len(re.findall(r"(\d)\1", digits)) > 2:
            return digits


def _recognised(group: str, chance: Random) -> str:
    """A group as a recogniser may write it that takes it for something else."""
    forms = [group, f"{group}-", f"{group},", f"{group}."]
    if len(group) == 4:
        forms += [
            f"${group[:2]}.{group[2:]}", f"{group[:2]}:{group[2:]}", f"{group[0]},{group[1:]}",
            f"£{group[:2]}.{group[2:]}", f"{group[:2]}.{group[2:]}", f"${group[0]},{group[1:]}",
            f"{group[:2]}/{group[2:]}", f"{group[:2]}-{group[2:]}", f"#{group}", f"${group}",
            f"{group}th",
        ]  # fmt: skip
    return chance.choice(forms)


def _misheard(digits: str, style: Style, chance: Random) -> str:
    """Digits one by one, some of them written as words that sound alike."""
    return " ".join(
        chance.choice(_HOMOPHONES[d])
        if d in _HOMOPHONES and chance.random() < 0.12
        else _unit(d, style)
        for d in digits
    )


class _Call:
    """The turns of a call, and who says what."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.turns: list[tuple[str, str]] = []
        self.now = ""

    def begin(self, *, asked: bool = True) -> None:
        if asked:
            self.turns.append(("A", self.chance.choice(ASKS)))
            self.now = self.chance.choice(LEADS)
        else:
            self.now = self.chance.choice(OPENINGS)

    def say(self, text: str, join: str = " ") -> None:
        self.now = f"{self.now}{join if self.now else ''}{text}"

    def yields(self, answer: str, then: str = "") -> None:
        self.turns.append(("C", self.now))
        self.turns.append(("A", answer))
        self.now = then

    def line(self) -> str:
        if self.now:
            self.turns.append(("C", self.now))
        form = self.chance.random()
        out = []
        for who, text in self.turns:
            said = " ".join(text.split())
            if form < 0.3:
                said = said.replace("I'm", "i'm").replace("I've", "i've")
                said = re.sub(r"([,?.…]+)(?= |>|$)", "", said).lower()
            elif form < 0.6:
                said = said[:1].upper() + said[1:] + ("" if said[-1] in ">?.!" else ".")
            out.append(f"{who}: {' '.join(said.split())}")
        return " | ".join(out)


def _fours(digits: str) -> list[str]:
    return [digits[n : n + 4] for n in range(0, len(digits), 4)]


def _read(call: _Call, parts: list[str], *, by_turns: float = 0.5) -> None:
    """Say the parts, with or without an answer after each."""
    chance = call.chance
    turns = chance.random() < by_turns
    for number, part in enumerate(parts):
        join = " "
        if number and turns:
            call.yields(chance.choice(ON))
        elif number:
            join = chance.choice([" ", " ", ", "])
        call.say(_card(part), join)


def whole_numbers(chance: Random) -> str:
    """Groups said as numbers: ``four thousand and two``."""
    call, style = _Call(chance), a_style(chance)._replace(figures=False)
    call.begin(asked=chance.random() < 0.8)
    parts = [
        _as_number(group, chance) if chance.random() < 0.6 else _ones(group, style)
        for group in _fours(a_card(chance))
    ]
    _read(call, parts)
    return call.line()


def several_alike(chance: Random) -> str:
    """``three nines and a five``, and said back like it."""
    call, style = _Call(chance), a_style(chance)._replace(figures=False)
    call.begin(asked=chance.random() < 0.8)
    groups = _fours(_repeating(chance))
    for group in groups:
        call.say(_several(group, style, chance))
        if chance.random() < 0.5:
            back = _several(group, style, chance) if chance.random() < 0.7 else _card(group)
            call.yields(chance.choice(["", "so ", "that's "]) + back + "?")
            call.say(chance.choice(["yes", "that's it", "right", "correct, then", "yep and"]))
    return call.line()


def joined(chance: Random) -> str:
    """Every kind of word between the groups."""
    call, style = _Call(chance), a_style(chance)
    call.begin(asked=chance.random() < 0.7)
    for number, group in enumerate(groups_of(a_card(chance), chance)):
        call.say(_card(said_as(group, style, chance)), chance.choice(JOINS) if number else " ")
    return call.line()


def asked_again(chance: Random) -> str:
    """A part is asked for again, in the middle or at the end."""
    call, style = _Call(chance), a_style(chance)
    call.begin()
    digits = a_card(chance)
    groups = _fours(digits)
    which = chance.randrange(len(groups))
    at = chance.choice([which, len(groups) - 1])
    name = (
        ["first", "second", "third", "last"][min(which, 3)] if which < len(groups) - 1 else "last"
    )
    for number, group in enumerate(groups):
        call.say(_card(said_as(group, style, chance)), chance.choice([" ", ", "]))
        if number == at:
            ask = chance.choice(
                [
                    f"the {name} four again?",
                    f"sorry, what was the {name} bit?",
                    f"Can you repeat the {name} set for me",
                    f"I missed the {name} group, sorry",
                    "say that again?",
                    "pardon?",
                    "you broke up there, once more",
                    f"what came after {_card(said_as(groups[which - 1], style, chance))}?"
                    if which
                    else "the start again please?",
                ]
            )
            again = _card(said_as(groups[which], style, chance))
            call.yields(ask, chance.choice(["", "", "it was", "sure,", "yes that's", "that's"]))
            call.say(again)
            if number + 1 < len(groups):
                call.yields(chance.choice(ON))
    return call.line()


def echoed_wrong(chance: Random) -> str:
    """The agent says a part back with a wrong digit, and is put right."""
    call, style = _Call(chance), a_style(chance)
    call.begin(asked=chance.random() < 0.8)
    for group in _fours(a_card(chance)):
        call.say(_card(said_as(group, style, chance)))
        if chance.random() < 0.5 and len(group) > 2:
            place = chance.randrange(len(group))
            other = chance.choice([d for d in "0123456789" if d != group[place]])
            heard = group[:place] + other + group[place + 1 :]
            call.yields(_card(said_as(heard, style, chance)) + chance.choice(["?", "", ", yeah?"]))
            right, wrong = _card(_unit(group[place], style)), _card(_unit(other, style))
            form = chance.random()
            if form < 0.3:
                call.say(f"no, {_card(said_as(group, style, chance))}")
            elif form < 0.5:
                call.say(f"no, {right} not {wrong}")
            elif form < 0.65:
                call.say(f"it's a {right}, not a {wrong}")
            elif form < 0.8:
                call.say(f"no that's {right} at the end" if place == 3 else f"no, {right}, {right}")
            else:
                call.say(f"not {wrong}, {right}")
            call.yields(
                chance.choice(["sorry,", "ah okay,", "so"])
                + " "
                + _card(said_as(group, style, chance)),
                "yes",
            )
        elif chance.random() < 0.5:
            call.yields(chance.choice(ON))
    return call.line()


def with_small_talk(chance: Random) -> str:
    """Over ten turns or so, with other talk between them."""
    call, style = _Call(chance), a_style(chance)
    call.begin(asked=chance.random() < 0.75)
    for number, group in enumerate(groups_of(a_card(chance), chance)):
        if number:
            if chance.random() < 0.6:
                call.say(chance.choice(TALK), chance.choice([" ", ", ", ". "]))
            call.yields(chance.choice(ON))
            for _ in range(chance.randrange(3)):
                call.say(chance.choice(TALK))
                call.yields(chance.choice([*TALK, *ON]))
        call.say(_card(said_as(group, style, chance)))
    return call.line()


def as_recognised(chance: Random) -> str:
    """Figures with signs that make sums, times and dates of them."""
    call = _Call(chance)
    call.begin(asked=chance.random() < 0.8)
    digits = a_card(chance)
    parts = _fours(digits) if chance.random() < 0.8 else groups_of(digits, chance)
    _read(call, [_recognised(group, chance) for group in parts])
    return call.line()


def sounding_alike(chance: Random) -> str:
    """Words that sound like digits."""
    call, style = _Call(chance), a_style(chance)._replace(figures=False)
    call.begin(asked=True)
    digits = a_card(chance)
    parts = _fours(digits) if chance.random() < 0.6 else groups_of(digits, chance)
    _read(call, [_misheard(group, style, chance) for group in parts])
    return call.line()


def lost_or_doubled(chance: Random) -> str:
    """A digit too few or too many, so that nothing checks."""
    call, style = _Call(chance), a_style(chance)
    call.begin(asked=chance.random() < 0.8)
    digits = a_card(chance)
    place = chance.randrange(1, len(digits))
    digits = digits[:place] + chance.choice([digits[place + 1 :], digits[place - 1 :]])
    _read(call, [said_as(group, style, chance) for group in groups_of_any(digits, chance)])
    return call.line()


def groups_of_any(digits: str, chance: Random) -> list[str]:
    if chance.random() < 0.6:
        return _fours(digits)
    found = []
    while digits:
        size = chance.randint(1, 6)
        found.append(digits[:size])
        digits = digits[size:]
    return found


def not_announced(chance: Random) -> str:
    """Nothing tells that a card number comes."""
    call, style = _Call(chance), a_style(chance)
    call.turns.append(
        (
            "A",
            chance.choice(
                ["hello", "go ahead there", "okay", "when you're ready", "thanks for holding"]
            ),
        )
    )
    call.now = chance.choice(["", "", "it's", "okay", "right,", "yeah"])
    groups = groups_of(a_card(chance), chance)
    _read(call, [said_as(group, style, chance) for group in groups], by_turns=0.6)
    return call.line()


def taken_back(chance: Random) -> str:
    """A digit, a group or all of it is taken back."""
    call, style = _Call(chance), a_style(chance)
    call.begin(asked=chance.random() < 0.75)
    groups = groups_of(a_card(chance), chance)
    wrong_at = chance.randrange(len(groups))
    turns = chance.random() < 0.4
    for number, group in enumerate(groups):
        if number and turns:
            call.yields(chance.choice(ON))
        if number == wrong_at:
            form = chance.random()
            if form < 0.35:
                other = "".join(chance.choice("0123456789") for _ in group)
                call.say(f"{_card(said_as(other, style, chance))} {chance.choice(TAKE_BACKS)}")
            elif form < 0.6:
                cut = chance.randint(1, len(group))
                other = group[: cut - 1] + chance.choice("123456789")
                call.say(f"{_card(said_as(other, style, chance))} {chance.choice(TAKE_BACKS)}")
            elif form < 0.7 and len(group) == 4:
                call.say(f"{_card(said_as(group[:2] + group[3] + group[2], style, chance))}")
                call.say(
                    chance.choice(
                        ["no, swap the last two,", "other way round,", "wrong way round,"]
                    ),
                    ", ",
                )
            else:
                for before in groups[: number + 1]:
                    call.say(_card(said_as(before, style, chance)))
                call.say(chance.choice(RESTARTS))
                for before in groups[:number]:
                    call.say(_card(said_as(before, style, chance)))
        call.say(_card(said_as(group, style, chance)), chance.choice([" ", " ", ", "]))
    return call.line()


def in_pairs(chance: Random) -> str:
    """Pairs as numbers."""
    call, style = _Call(chance), a_style(chance)._replace(figures=False, tens=True)
    call.begin(asked=chance.random() < 0.7)
    digits = a_card(chance)
    sizes = chance.choice([2, 4, 4, 6])
    _read(
        call, [said_as(digits[n : n + sizes], style, chance) for n in range(0, len(digits), sizes)]
    )
    return call.line()


def with_articles(chance: Random) -> str:
    """Digits named one by one: ``a four, then a two, that's a nine``."""
    call, style = _Call(chance), a_style(chance)._replace(figures=False)
    call.begin(asked=chance.random() < 0.8)
    forms = (
        "{}",
        "{}",
        "a {}",
        "then {}",
        "then a {}",
        "that's a {}",
        "number {}",
        "and a {}",
        "it's a {}",
        "I think that's a {}",
        "{}",
        "another {}",
        "looks like a {}",
        "{} I think",
    )
    for number, digit in enumerate(a_card(chance)):
        said = chance.choice(forms).format(_card(_unit(digit, style)))
        if number and chance.random() < 0.12:
            call.yields(chance.choice(ON))
        call.say(said, chance.choice([" ", ", "]))
    return call.line()


def code_and_expiry(chance: Random) -> str:
    """A plain card, then its date and code in many wordings."""
    call, style = _Call(chance), a_style(chance)
    call.begin()
    _read(call, [said_as(group, style, chance) for group in _fours(a_card(chance))], by_turns=0.3)
    month, year = chance.randint(1, 12), chance.randint(26, 33)
    names = "January February March April May June July August September October November December"
    name = names.split()[month - 1]
    mm, yy = f"{month:02}", str(year)
    date = chance.choice(
        [
            f"<expiry:{mm}/{yy}>", f"<expiry:{mm} {yy}>", f"<expiry:{mm}{yy}>",
            f"<expiry:{name} 20{yy}>", f"<expiry:{name} {_below(year)}>",
            f"<expiry:{_ones(mm, style)} {_ones(yy, style)}>",
            f"<expiry:{_ones(mm, style)} slash {_ones(yy, style)}>",
            f"<expiry:{_below(month)} of twenty {_below(year)}>",
            f"<expiry:{_below(month)}>, year <expiry:{_ones(yy, style)}>",
            f"month <expiry:{_ones(mm, style)}> year <expiry:{_below(year)}>",
            f"end of <expiry:{name} {yy}>",
            f"<expiry:{_below(month)} {_below(year)}>",
            f"<expiry:{mm}> and the year is <expiry:20{yy}>",
            f"the <expiry:{mm}> of <expiry:{yy}>",
        ]
    )  # fmt: skip
    if chance.random() < 0.6:
        call.yields(
            chance.choice(
                [
                    "and the expiry?",
                    "Expiry date?",
                    "valid until?",
                    "what's the expiration on that?",
                    "and when does it run out?",
                    "and the expiry date on the front please",
                ]
            ),
            chance.choice(["", "it's", "that's", "em", ""]),
        )
    else:
        call.say(
            chance.choice(
                [
                    "expiry",
                    "exp date",
                    "and it expires",
                    "good through",
                    "valid thru",
                    "runs out",
                    "the expiry is",
                ]
            ),
            ", ",
        )
    call.say(date)
    code = "".join(chance.choice("0123456789") for _ in range(3))
    said = f"<code:{chance.choice([code, ' '.join(code), _ones(code, style)])}>"
    form = chance.random()
    if form < 0.35:
        call.yields(
            chance.choice(
                [
                    "and the three digits on the back?",
                    "CVV?",
                    "and the security code?",
                    "last three on the back there",
                    "and the three numbers on the signature strip",
                    "flip it over for me, the three numbers?",
                ]
            ),
            chance.choice(["", "it's", "ok", "that's"]),
        )
        call.say(said)
    elif form < 0.6:
        call.say(
            chance.choice(
                [
                    "and the code is",
                    "security code",
                    "CVC",
                    "the three on the back are",
                    "and the back number is",
                    "CVV is",
                ]
            ),
            ", ",
        )
        call.say(said)
    else:
        if chance.random() < 0.5:
            call.yields(chance.choice(ON))
        call.say(
            f"{said}, {chance.choice(NAMED_AFTER)}",
            ", ",
        )
    return call.line()


def doubtful_digits(chance: Random) -> str:
    """A digit that is hard to read is asked about while the number goes on."""
    call, style = _Call(chance), a_style(chance)._replace(figures=False)
    call.begin(asked=chance.random() < 0.8)
    for group in _fours(a_card(chance)):
        if chance.random() < 0.4 and len(group) == 4:
            place = chance.randrange(2, 4)
            digit = _card(_unit(group[place], style))
            other = _card(_unit(chance.choice("123456789"), style))
            call.say(_card(_ones(group[:place], style)))
            form = chance.choice(
                (
                    f", is that a {digit}? Yes, {digit}",
                    f", or is it a {digit}, yes it's a {digit}",
                    f", looks like a {digit}",
                    f", might be a {digit} or a {other}, no, it's a {digit}",
                )
            )
            call.say(form + (f" {_card(_ones(group[place + 1 :], style))}" if place < 3 else ""))
        else:
            call.say(_card(_ones(group, style)), chance.choice([" ", ", "]))
        if chance.random() < 0.3:
            call.yields(chance.choice(ON))
    return call.line().replace(" ,", ",")


def asked_back(chance: Random) -> str:
    """A part is asked back, or a digit put right by its place, behind the whole number."""
    call, style = _Call(chance), a_style(chance)
    call.begin(asked=chance.random() < 0.8)
    groups = _fours(a_card(chance))
    _read(call, [said_as(group, style, chance) for group in groups], by_turns=0.2)
    which = chance.choice([0, len(groups) - 1])
    group = groups[which]
    place = chance.randrange(len(group))
    other = chance.choice([d for d in "123456789" if d != group[place]])
    right, wrong = _card(_unit(group[place], style)), _card(_unit(other, style))
    if chance.random() < 0.5:
        part = "first" if which == 0 else "last"
        call.say(
            chance.choice(
                (
                    f"the {part} one might be a {wrong}",
                    f"I think the {part} digit's a {right}, not a {wrong}",
                    f"that {part} number looks like a {right} or a {wrong}",
                )
            ),
            ", ",
        )
        return call.line()
    heard = _card(said_as(group[:place] + other + group[place + 1 :], style, chance))
    where = "start" if which == 0 else "end"
    call.yields(
        chance.choice((f"Was that {heard} at the {where}?", f"Is it {heard} at the {where}?")),
        chance.choice(("nah,", "no,", "nope, it's", "it's", "")),
    )
    call.say(chance.choice((_card(said_as(group, style, chance)), right)))
    return call.line()


MANNERS: dict[str, Callable[[Random], str]] = {
    one.__name__: one
    for one in (
        whole_numbers,
        several_alike,
        joined,
        asked_again,
        echoed_wrong,
        with_small_talk,
        as_recognised,
        sounding_alike,
        lost_or_doubled,
        not_announced,
        taken_back,
        in_pairs,
        with_articles,
        code_and_expiry,
        doubtful_digits,
        asked_back,
    )
}


def count_manner(name: str, seed: int, calls: int) -> Counts:
    chance = Random(f"{name}{seed}")  # noqa: S311 - no secret
    return count_lines([MANNERS[name](chance) for _ in range(calls)])


if __name__ == "__main__":
    seed, calls, *only = sys.argv[1:]
    for name in MANNERS:
        if only and name not in only:
            continue
        counts = count_manner(name, int(seed), int(calls))
        row = [f"{name:17}"]
        row += [
            f"{kind} {counts.found[kind]}/{counts.wanted[kind]}"
            for kind in (MaskedKind.CARD, MaskedKind.EXPIRY, MaskedKind.CODE)
            if counts.wanted[kind]
        ]
        made, right = sum(counts.made.values()), sum(counts.right.values())
        print("  ".join([*row, f"masks right {right}/{made}"]))
        if only:
            print("\n".join(counts.wrong_lines[:60]))
