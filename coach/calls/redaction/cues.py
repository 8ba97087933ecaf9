"""The words that announce or ask for personal data, and those that name a harmless number."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from typing import NamedTuple

import re2

from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.spoken_digits import MONTH, Token, words_in


class DetailCue(NamedTuple):
    """A stretch of tokens that says what comes next."""

    first: int
    last: int
    """Inclusive."""
    kind: MaskedKind | None
    """None: the number that follows is harmless."""
    loose: bool = False
    """Whether the words say a lot else too: a ``page`` need not be the one that is counted."""


_CUES: tuple[tuple[MaskedKind | None, str], ...] = (
    (
        MaskedKind.CODE,
        (
            r"security(?: (?:code|number)s?)?|(?:three|3)[- ]digit(?: (?:code|number))?"
            r"|last (?:three|3) (?:digits|numbers)|cv[vc]2?|csc|cvn"
            r"|(?:last )?(?:three|four|3|4)(?: digits| numbers| ones)?"
            r" (?:on|from) the (?:back|front)"
            r"(?: of (?:the|your) card)?|(?:code|number|digits) on the (?:back|front)"
            r"|on the front it says|on the back(?: of (?:the|your|my) card)?"
            r"|(?:the|on) (?:back|front|reverse)(?: of (?:it|the card|my card))? (?:it )?"
            r"(?:says|reads|has)"
            r"|that's the back of (?:it|the card|my card)"
            r"|pins?(?: (?:number|code))?(?:'s)?"
        ),
    ),
    (
        MaskedKind.EXPIRY,
        (
            r"(?:(?:the|your|my) )?(?:card )?expir(?:y|es?|ation|ing)(?: date)?(?:'s)?"
            r"|exp(?: date)?(?:'s)?|valid (?:from|until|thru|through|till|to)|good (?:through|thru)"
        ),
    ),
    (
        MaskedKind.BIRTH,
        (
            r"(?:date|day|month|year) of birth|d\.?o\.?b(?:'s)?"
            r"|birth ?dates?(?:'s)?|birthdays?(?:'s)?"
            r"|born(?: (?:on|in))?"
        ),
    ),
    (
        MaskedKind.ID,
        (
            r"social(?: security)?(?: number)?(?:'s)?|ssn|national insurance(?: number)?"
            r"|insurance number"
            r"|ni number(?:'s)?|the sin|nhs(?: number)?|medicare(?: number)?|passport(?: number)?"
            r"|(?:(?:driver'?s?|driving) )?licen[cs]e(?: number)?|tax id(?: number)?|tax number"
        ),
    ),
    (
        MaskedKind.ADDRESS,
        r"zip(?: ?code)?(?:'s)?|post ?code(?:'s)?|postal code",
    ),
    (
        MaskedKind.BANK,
        (
            r"(?:bank |checking |savings |current )?account(?: number)?(?:'s)?|sort code|routing"
            r"(?: number)?(?:'s)?|iban(?: number)?|bsb|bank details|direct debit"
        ),
    ),
    (
        MaskedKind.PHONE,
        (
            r"phone(?: number)?(?:'s)?|mobile(?: number)?"
            r"|cell(?:phone)?(?: number)?|landline|telephone"
            r"(?: number)?|callback number|contact number|call me(?: back)? (?:on|at)|(?:reach|ring"
            r"|text|get) me (?:on"
            r"|at)|text me|dial|calling from|area code|whatsapp|leave a message at"
            r"|(?:my|best|his|her|wife's|your) number|called me on|a text on|number are you calling"
            r"|call \+?"
        ),
    ),
    (
        MaskedKind.CARD,
        (
            r"(?:credit |debit |bank )?cards?(?: number| details)?(?:'s)?|visa|master ?card|amex"
            r"|american express|discover|maestro"
            r"|(?:like|want) to pay(?: (?:that|it|this|them))?(?: off)?|how will you be paying"
            r"|long number|(?:sixteen|16) digits?"
        ),
    ),
    (
        MaskedKind.NUMBER,
        (
            r"(?:read|reading|say|saying|repeat|repeating) (?:that|it|this|the number)"
            r" (?:back|again)(?: to you)?"
            r"|when(?:ever)? you(?:'re| are) ready|ready when you are|i'm ready|go ahead with it"
            r"|fire away"
        ),
    ),
    (
        None,
        (
            r"(?:orders?|references?|ref|tickets?|tracking|cases?|confirmation|invoices?|bills?"
            r"|polic(?:y|ies)|claims?|member(?:ship)?|customer|consumer|consignment|serial|part"
            r"|parcel|package|shipment|delivery|docket|job|batch|booking|complaints?|quote|voucher"
            r"|coupon|token|waybill|receipt|request|incident|enquiry|student|employee|loyalty"
            r"|rewards?|prescription|patient|error|wire|group|asset|toll|tag|lot|product|model|router|sim|rma|check"
            r"|cheque|purchase|frequent flyer|promo|discount) (?:number|code|id|reference|ref|key)"
            r"|(?:utility|electric(?:ity)?|gas|water|energy|broadband|customer) account(?: number)?"
            r"|po number|security (?:deposit|question|check|guard)"
            r"|(?:account|payment|booking|customer) ref(?:erence)?s?"
            r"|references?|ref|tracking|confirmation"
            r"|meter|readings?|serial|sku|models?|errors?|extension|ext"
            r"|version|points|miles|promo|discount|channel|rates?|prices?|fees?"
            r"|imei|mpan|mprn|nmi|iccid|sim(?: card)?(?: number)?|vin|isbn|pnr|rma"
            r"|barcode|record locator"
            r"|waybills?|dockets?|tokens?|(?:toll|asset) tag"
            r"|service request|(?:set-top )?box number"
            r"|recharged|topped up|royal mail|ups|fedex|usps|dhl"
            r"|(?:loyalty|library|membership|rewards?|student|gift|points) card(?: number)?"
            r"|what (?:year|model)|kilowatt|iphone"
            r"|dial (?:star|hash|pound)|mac address|plates? expir(?:y|es)"
            r"|(?:parcel|package|part|modem|router|sticker|label|box)s?"
            r"(?: (?:says|reads|is)|'s an?)"
            r"|(?:stickers|labels)(?: on (?:it|here))?"
            r"|vat(?: number)?|(?:supply|gc|key(?:'s)?) number|top[- ]?up code|quoted"
            r"|code on the (?:box|bottom|side|label|lid|sticker)(?: of the \w+)?"
            r"|lottery|lotto|lucky numbers?"
        ),
    ),
)
_LOOSE = (
    r"orders?|tickets?|cases?|invoices?|polic(?:y|ies)|claims?|member(?:ship)?|complaints?"
    r"|vouchers?|coupons?|item|product|balance|parts?|(?:card )?ending(?: in)?|"
    r"press(?:ed)?|how (?:much|many|long|old)|which|what (?:time|date|does)|when"
    r"|queue|testing|units|count|since|cost|paid|spent|total|flights?|gate|room|bay|aisle|page"
    r"|option"
)
"""What tells of a harmless number only where no card is being read out."""
_ANY_NUMBER = r"\w+ (?:numbers?|id)(?:'s)?"
"""A number with a name of its own: ``the chassis number``."""
_NO_NAME = words_in(
    "the a an front back my your his her their our its that this these those what what's "
    "which whole long full entire big "
    "main other next last first second third right wrong same new old correct actual digit card "
    "visa mastercard amex cvv cvc expiry only debit credit phone mobile cell telephone contact "
    "callback account bank "
    "and or some any no one two three four another valid is get have read enter need give me take "
    "best home work office house street door flat more with for on to in as so of it number was "
    "had got say repeat called up few many five six seven eight nine ten "
    "think then another oh zero nought it's that's so um uh like yes wait sorry mean not "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen digits"
)
"""Words before ``number`` that name none."""
_NEAR_CARD: tuple[tuple[MaskedKind | None, str], ...] = (
    (
        MaskedKind.CODE,
        (
            r"(?:little |short |safety |verification )?code(?: is|'s)?"
            r"|(?:three |four |3 |4 )?(?:on |by |beside |next to |under )?(?:the |my )?signature"
            r"(?: (?:strip|bit|bar|box|panel|line))?|(?:three|four|3|4) behind"
            r"|(?:(?:three|four|3|4) (?:digits|numbers|figures|ones)"
            r"|(?:last|little|small|other|back) (?:digits?|numbers?|figures|ones))"
            r"(?: (?:behind|(?:on|at) the (?:back|rear|reverse|other side|strip)))?"
            r"|(?:digits|numbers?|figures) behind|on the (?:rear|reverse|other side|strip)"
            r"|(?:flip|turn) it over"
            r"|(?:(?:three|four|3|4) )?(?:for|from|at) the (?:back|reverse)"
            r"(?: of (?:it|the card|my card))?"
        ),
    ),
    (
        MaskedKind.EXPIRY,
        (
            r"(?:(?:the )?date |when )?(?:it |that |she |he )?(?:runs? out|lapses)"
            r"|the date on (?:it|the (?:card|front))|(?:and|what's) the date(?: please)?$"
            r"|good (?:till|until|to)|(?:the )?month and (?:the )?year(?: please)?"
            rf"|(?:the )?date(?: is|'s)(?= {MONTH.pattern}(?!\w))"
        ),
    ),
)
"""What asks for the rest of a card, beside a card number alone; elsewhere it may be anything."""
_IDLE = re.compile(
    r"\bin (?:(?:any|that|this|which) )?case\b"
    r"|\b(?:on|over|by|off|from) the phone\b|\boff my phone\b"
    r"|\b(?:\w+'s|i'm|am|you're|just) reading\b|\breading (?:it|this|them|off|from|specs|glasses)\b"
)
"""Words that look like a cue and announce nothing."""
_EACH = tuple(
    (kind, re.compile(rf"(?<![\w'])(?:{words})(?:'s)?(?![\w'])"))
    for kind, words in (*_CUES, (None, _ANY_NUMBER), (None, _LOOSE), *_NEAR_CARD)
)
_PARTS = (",", ".", "?", "!", ";", ":")
_ANY_PLACE = len(_CUES)
_LOOSE_PLACE = _ANY_PLACE + 1


def _names_number(words: str) -> bool:
    """Whether a word before ``number`` says which: ``chassis``, not ``whole`` or ``looking``."""
    first = words.split(maxsplit=1)[0]
    return first not in _NO_NAME and not first.endswith("ing")


def _goes_on(tokens: Sequence[Token], starts: Sequence[int], begin: int) -> bool:
    """Whether nothing parts a word from the next: no name stands before ``please, number is``."""
    return tokens[bisect.bisect_right(starts, begin) - 1].text[-1:] not in _PARTS


def _hints() -> re2.Set:
    """Tells in one pass which of the patterns may match; never passes over one that does."""
    hints = re2.Set.SearchSet()
    for _, words in (*_CUES, (None, _ANY_NUMBER), (None, _LOOSE)):
        hints.Add(rf"(?:^|[^\w'])(?:{words})(?:'s)?(?:$|[^\w'])")
    hints.Compile()
    return hints


_HINTS = _hints()


def cues_in(tokens: Sequence[Token], *, near_card: bool = False) -> list[DetailCue]:
    """Every cue in its order; of two that overlap the longer.

    ``near_card``: with those that are cues beside a card number alone.
    """
    joined = " ".join(token.plain for token in tokens)
    likely = [*(_HINTS.Match(joined.encode(errors="replace")) or ())]
    if near_card:
        likely += range(_LOOSE_PLACE + 1, len(_EACH))
    if not likely:
        return []
    joined = _IDLE.sub(lambda idle: "-" * len(idle[0]), joined)
    starts: list[int] = []
    place = 0
    for token in tokens:
        starts.append(place)
        place += len(token.plain) + 1
    found = [
        (match.start(), match.end(), _EACH[number][0], number == _LOOSE_PLACE)
        for number in sorted(likely)
        for match in _EACH[number][1].finditer(joined)
        if number != _ANY_PLACE
        or (_names_number(match[0]) and _goes_on(tokens, starts, match.start()))
    ]
    found.sort(key=lambda one: (one[0] - one[1], one[0]))
    kept: list[tuple[int, int, MaskedKind | None, bool]] = []
    for begin, end, kind, loose in found:
        if all(end <= other[0] or begin >= other[1] for other in kept):
            kept.append((begin, end, kind, loose))
    cues = [
        DetailCue(
            max(n for n, start in enumerate(starts) if start <= begin),
            max(n for n, start in enumerate(starts) if start < end),
            kind,
            loose,
        )
        for begin, end, kind, loose in kept
    ]
    return sorted(_without_digit(tokens, cue) for cue in cues)


def _without_digit(tokens: Sequence[Token], cue: DetailCue) -> DetailCue:
    """A code's cue without the last digit of the code itself: ``753 on the back``, in words."""
    at = cue.first
    alone = cue.kind is not MaskedKind.CODE or not tokens[at].digits or at == cue.last
    if alone or not at or not tokens[at - 1].digits:
        return cue
    return cue._replace(first=at + 1)


class AskedDetail(NamedTuple):
    """What somebody was asked for, or has begun to say."""

    kind: MaskedKind | None
    """None: a harmless number."""
    until: float
    """Call time up to which an answer is taken for one."""
    so_far: str = ""
    """Digits said of it."""
    year_due: bool = False
    """Whether a date of birth was said without its year."""


class WantedDetail(NamedTuple):
    """What a turn asks for."""

    kind: MaskedKind | None
    """None: a harmless number."""
    loose: bool = False
    """Whether the words may ask for nothing at all."""


ASKS_NAME = re.compile(
    r"\b(?:your|the|first|last|full|middle) (?:\w+ )?(?:name|surname)\b|who am i speaking"
    r"|speaking (?:with|to)\b|name on the (?:card|account)|surname|last name"
    r"|(?:who|who's|what|which|whose)\b.* under\b|whose name"
)
ASKS_ADDRESS = re.compile(r"\b(?:street |your |the |billing |shipping |home )?address\b")
ASKS_EMAIL = re.compile(r"\be-?mail\b")
