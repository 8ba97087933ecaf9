"""Phrases that name a span of time: "within 48 hours", "three to five business days".

A span without a word that makes it a time to come ("in", "within", "allow") is one only if it
is a range, stands alone or has its day behind it: "a two day course" is none.
"""

from __future__ import annotations

import re

from coach.engine.advice.due_phrases import (
    CLAUSE_BEGINS,
    DAYS,
    Now,
    TextPlace,
    TimeAmount,
    TimePhrase,
    compiled,
    ending,
)

_NUMBER = r"\d+(?:\.\d+)?"
_SPAN = compiled(
    rf"(?P<amount>an?|the next(?= [a-z])|the(?= hour)|(?<=within )the|{_NUMBER})"
    rf"(?: (?:to|or) (?P<more>{_NUMBER}))?"
    r"(?: (?P<working>working|business|week))?"
    r"(?: more)? (?P<unit>minute|min|hour|hr|h|day|week|fortnight|month|year"
    r"|(?:night|morning|afternoon|evening)(?=s? from (?:now|today|tonight)))(?:s|'s)?"
    rf"(?: (?:or|to) (?P<tail>{_NUMBER}(?! [a-z]*(?:minute|hour|day|week|month))|so|more))?"
    r"(?:(?: and)? (?P<minutes>\d+) min(?:ute)?s?)?"
    r"(?P<now> from (?:now|today|tonight)| time| away| hence| ahead)?(?: (?:window|period))?"
)
_UNITS = {"min": "minute", "hr": "hour", "h": "hour"} | dict.fromkeys(
    ("night", "morning", "afternoon", "evening"), "day"
)
_ROUGHLY = (
    r"(?: (?:about|around|roughly|approximately|up to|the (?:next|following|coming)|next"
    r"|another|just|only|a|the"
    r"|less than|no more than|at most|under|a maximum of|of))*"
)
_INTRODUCED = ending(
    r"(?:in|within|inside|after|over|next|during|allow|takes?|taking|be|give [a-z]+|wait|another"
    rf"|under|no more than|less than|up to|that's|it's){_ROUGHLY}"
)
_NO_SPAN_BEFORE = ending(
    r"(?:for|last|past|previous|these|those|every|each|by|at least|(?<!no )more than"
    rf"|over(?! the)|longer than|been|was|were|add|plus|extra){_ROUGHLY}"
)
_NO_SPAN_AFTER = compiled(
    r" (?:ago|old|late|early|earlier|since|overdue|notice|guarantee|warranty|trial"
    r"|(?:an?|per|every|each) (?:day|week|month|year))"
)
_SAME_TIME, _NEXT = ending("(?:this|same) time"), compiled("next (?P<unit>week|month|year)")
_TO = re.compile("to|or")
_GOES_ON = re.compile(rf" (?:to|or) {_NUMBER} ")
_ANCHOR = compiled(r" (?:of|from|after|before|once|prior|following|as soon as)")
_ANCHOR_OF_WEEKS = compiled(rf" (?:on|today|tomorrow|{'|'.join(DAYS)})")
_CLAUSE_ENDS = re.compile(r"$| [,.;!?]| (?:max|maximum|tops|at most|at the (?:latest|most))\b")


def read_span(place: TextPlace, now: Now) -> TimePhrase | None:
    """A span that begins here."""
    del now
    if place.ends(_SAME_TIME) and (match := place.match(_NEXT)):
        # "This time next month": the time is a phrase of its own.
        said = TimeAmount(1.0, match["unit"], working=False, anchored=False)
        return TimePhrase(match.start(), match.end(), said)
    match = place.match(_SPAN)
    if match is None:
        return None
    introduced = place.ends(_INTRODUCED) or match["now"] is not None
    vague = match["amount"].startswith("the")
    if vague and not introduced:
        return None
    anchored = _anchored(place, match, introduced=introduced)
    no_span = place.ends(_NO_SPAN_BEFORE) and (match["now"] is None or vague)
    if no_span or anchored is None or _NO_SPAN_AFTER.match(place.words, match.end()):
        return TimePhrase(match.start(), match.end(), None)
    return TimePhrase(match.start(), match.end(), _amount(match, anchored=anchored))


def _anchored(place: TextPlace, match: re.Match[str], *, introduced: bool) -> bool | None:
    """Whether the span needs a day behind it; None if it is no time to come."""
    needs = _ANCHOR.match(place.words, match.end()) is not None
    if introduced or match["more"] or match["tail"] not in {None, "more"}:
        return needs
    if needs or (
        match["unit"] in {"week", "fortnight"} and _ANCHOR_OF_WEEKS.match(place.words, match.end())
    ):
        return True
    alone = _CLAUSE_ENDS.match(place.words, match.end()) and place.ends(CLAUSE_BEGINS)
    ranges = place.follows(_TO, TimeAmount) or _GOES_ON.match(place.words, match.end())
    return False if alone or ranges else None


def _amount(match: re.Match[str], *, anchored: bool) -> TimeAmount | None:
    """The later end of a span; "in a minute" is none, as nobody means one minute."""
    unit = _UNITS.get(match["unit"], match["unit"])
    ends = [match[name] for name in ("amount", "more", "tail")]
    amount = max([float(end) for end in ends if end and end[0].isdigit()], default=1.0)
    if amount == 0 or (unit == "minute" and amount == 1):
        return None
    if unit == "hour":
        amount += int(match["minutes"] or 0) / 60
    if unit == "fortnight":
        unit, amount = "week", 2 * amount
    return TimeAmount(amount, unit, bool(match["working"]), anchored)
