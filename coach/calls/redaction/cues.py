"""The words that announce or ask for personal data, and those that name a harmless number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import re2

from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.spoken_digits import Token


class DetailCue(NamedTuple):
    """A stretch of tokens that says what comes next."""

    first: int
    last: int
    """Inclusive."""
    kind: MaskedKind | None
    """None: the number that follows is harmless."""


_CUES: tuple[tuple[MaskedKind | None, str], ...] = (
    (
        MaskedKind.CODE,
        (
            r"security(?: (?:code|number)s?)?|(?:three|3)[- ]digit(?: (?:code|number))?"
            r"|last (?:three|3) (?:digits|numbers)|cv[vc]2?|csc|cvn"
            r"|(?:last )?(?:three|four|3|4) (?:digits|numbers) (?:on|from) the (?:back|front)"
            r"(?: of (?:the|your) card)?|(?:code|number|digits) on the (?:back|front)"
            r"|on the front it says|on the back(?: of (?:the|your|my) card)?"
            r"|pins?(?: (?:number|code))?(?:'s)?"
        ),
    ),
    (
        MaskedKind.EXPIRY,
        (
            r"(?:(?:the|your|my) )?(?:card )?expir(?:y|es?|ation|ing)(?: date)?(?:'s)?"
            r"|exp(?: date)?(?:'s)?|valid (?:until|thru|through|till|to)|good (?:through|thru)"
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
            r"|how would you like to pay|how will you be paying|long number|(?:sixteen|16) digits?"
        ),
    ),
    (
        MaskedKind.NUMBER,
        (
            r"(?:read|say|repeat) (?:that|it|this|the number) (?:back|again)(?: to you)?"
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
            r"|orders?|references?|ref|tickets?|tracking|cases?|confirmation"
            r"|invoices?|polic(?:y|ies)|claims?|member(?:ship)?|complaints?|vouchers?|coupons?"
            r"|meter|readings?|serial|sku|item|product|models?|errors?|extension|ext"
            r"|flights?|gate|room|bay|aisle"
            r"|version|balance|points|miles|promo|discount|page|channel|option"
            r"|imei|mpan|mprn|nmi|iccid|sim(?: card)?(?: number)?|vin|isbn|pnr|rma"
            r"|barcode|record locator"
            r"|waybills?|dockets?|tokens?|(?:toll|asset) tag"
            r"|service request|(?:set-top )?box number"
            r"|recharged|topped up|spent|royal mail|ups|fedex|usps|dhl"
            r"|(?:loyalty|library|membership|rewards?|student|gift|points) card(?: number)?"
            r"|press(?:ed)?|how (?:much|many|long|old)|which"
            r"|what (?:year|time|date|does|model)|when"
            r"|queue|kilowatt|testing|units|count|since|cost|paid|total|iphone"
            r"|dial (?:star|hash|pound)|mac address|plates? expir(?:y|es)"
            r"|(?:parcel|package|part|modem|router|sticker|label|box)s?"
            r"(?: (?:says|reads|is)|'s an?)"
            r"|(?:stickers|labels)(?: on (?:it|here))?"
            r"|vat(?: number)?|(?:supply|gc|key(?:'s)?) number|top[- ]?up code|quoted"
            r"|code on the (?:box|bottom|side|label|lid|sticker)(?: of the \w+)?"
            r"|lottery|lotto|lucky numbers?|(?:card )?ending(?: in)?"
        ),
    ),
)
_NEAR_CARD: tuple[tuple[MaskedKind | None, str], ...] = (
    (
        MaskedKind.CODE,
        (
            r"(?:little |short |safety |verification )?code(?: is|'s)?|signature strip"
            r"|(?:three|four|3|4|last|little|small|other) (?:digits?|numbers?|figures|ones)"
            r"(?: (?:behind|(?:on|at) the (?:back|rear|reverse|other side|strip)))?"
            r"|(?:digits|numbers?|figures) behind|on the (?:rear|reverse|other side|strip)"
            r"|(?:flip|turn) it over"
        ),
    ),
    (
        MaskedKind.EXPIRY,
        (
            r"(?:(?:the )?date |when )?(?:it |that |she |he )?(?:runs? out|lapses)"
            r"|the date on (?:it|the (?:card|front))|(?:and|what's) the date(?: please)?$"
            r"|good (?:till|until|to)"
        ),
    ),
)
"""What asks for the rest of a card, beside a card number alone; elsewhere it may be anything."""
_IDLE = re.compile(
    r"\bin (?:(?:any|that|this|which) )?case\b"
    r"|\b(?:on|over|by|off|from) the phone\b|\boff my phone\b"
)
"""Words that look like a cue and announce nothing."""
_EACH = tuple(
    (kind, re.compile(rf"(?<![\w'])(?:{words})(?:'s)?(?![\w'])"))
    for kind, words in (*_CUES, *_NEAR_CARD)
)


def _hints() -> re2.Set:
    """Tells in one pass which of the patterns may match; never passes over one that does."""
    hints = re2.Set.SearchSet()
    for _, words in _CUES:
        hints.Add(rf"(?:^|[^\w'])(?:{words})(?:'s)?(?:$|[^\w'])")
    hints.Compile()
    return hints


_HINTS = _hints()


def cues_in(tokens: Sequence[Token], *, near_card: bool = False) -> list[DetailCue]:
    """Every cue in its order, with those for beside a card; of two that overlap the longer."""
    joined = " ".join(token.plain for token in tokens)
    likely = [*(_HINTS.Match(joined.encode(errors="replace")) or ())]
    if near_card:
        likely += range(len(_CUES), len(_EACH))
    if not likely:
        return []
    joined = _IDLE.sub(lambda idle: "-" * len(idle[0]), joined)
    starts: list[int] = []
    place = 0
    for token in tokens:
        starts.append(place)
        place += len(token.plain) + 1
    found = [
        (match.start(), match.end(), kind)
        for kind, pattern in (_EACH[number] for number in sorted(likely))
        for match in pattern.finditer(joined)
    ]
    found.sort(key=lambda one: (one[0] - one[1], one[0]))
    kept: list[tuple[int, int, MaskedKind | None]] = []
    for begin, end, kind in found:
        if all(end <= other[0] or begin >= other[1] for other in kept):
            kept.append((begin, end, kind))
    cues = [
        DetailCue(
            max(n for n, start in enumerate(starts) if start <= begin),
            max(n for n, start in enumerate(starts) if start < end),
            kind,
        )
        for begin, end, kind in kept
    ]
    return sorted(cues)


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


ASKS_NAME = re.compile(
    r"\b(?:your|the|first|last|full|middle) (?:\w+ )?(?:name|surname)\b|who am i speaking"
    r"|speaking (?:with|to)\b|name on the (?:card|account)|surname|last name"
    r"|(?:who|who's|what|which|whose)\b.* under\b|whose name"
)
ASKS_ADDRESS = re.compile(r"\b(?:street |your |the |billing |shipping |home )?address\b")
ASKS_EMAIL = re.compile(r"\be-?mail\b")
