"""Promises in words: where one ends and the next begins, their dates, and which are the same."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Iterable

_NEXT_PROMISE = re.compile(
    r",? and (?=(?:i|we|you|he|she|they|(?:my|our|the|an?) \w+)(?:'ll| will| are going to| can) )",
    re.IGNORECASE,
)
_DONE_NEXT = (
    "arrange", "book", "bring", "call", "cancel", "change", "check", "collect", "come", "confirm",
    "contact", "credit", "deliver", "email", "exchange", "fit", "fix", "follow", "get", "give",
    "install", "let", "mail", "pay", "phone", "pick", "post", "process", "put", "refund",
    "repair", "replace", "reply", "ring", "send", "set", "ship", "speak", "start", "take", "tell",
    "text", "update", "visit", "write",
)  # fmt: skip
"""Verbs with which a promise goes on after "and", its subject left out."""
_JOINT = re.compile(
    rf"(?:,? and(?: then)?|,? then|,) (?=(?:also )?(?:{'|'.join(_DONE_NEXT)})\b)"
    r"|(?:,? and(?: then)?|,? then|,? but|,)? "
    r"(?=(?:i|we|you|he|she|it|they|(?:my|our|your|the|an?) \w+)"
    r"(?:'ll| will| shall| (?:am|is|are) going to) )"
    r"|,? and (?=(?:an?|another|my|our|the|your) "
    r"(?!\w*(?:days?|th|first|second|third|weeks?|months|weekends?|next|following|other|same|end"
    r"|latest|mornings?|afternoons?|evenings?|nights?)\b)[a-z]\w*(?: \w+){0,2}? "
    r"(?:before|by|in|on|this|next|no later than|today|tomorrow|within)\b)",
    re.IGNORECASE,
)
"""Where another promise may begin in the same sentence."""
_GOES_ON = re.compile(
    r"\b(?:after|as|because|before|if|is|or|promise|say|so|sure|that|think|unless|until|what|when"
    r"|where|which|while|who)$",
    re.IGNORECASE,
)
"""What is not over behind such a word: "what I will do is I will call you"."""
_DATE = len("2026-03-12")
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
_PROMISE = re.compile(r"(?:'ll|\b(?:will|going to|promise|shall|expect))\b", re.IGNORECASE)

_ANNOUNCES = re.compile(
    r"\b(?:i|we|he|she|it|they|(?:my|our|your|the|an?|[a-z]+'s) \w+)"
    r"(?:'ll|(?: will)(?! not)"
    r"|(?:'s|'re|'m| am| is| are) (?:going to|coming|arriving|due|booked))\b",
    re.IGNORECASE,
)
"""Something is to come, said of whoever does it."""
_NO_PROMISE = re.compile(r"\b(?:if|unless|whether|not|won't|never|said|did)\b|\?$", re.IGNORECASE)
_CONTRAST = re.compile(r",? but", re.IGNORECASE)
"""Behind it a day of the week may come before the one just named."""


def promises_beside(text: str, due: Callable[[str], str | None]) -> list[tuple[str, str | None]]:
    """Promises that a clause beside a promise makes: those that name their date.

    Whoever promises one thing goes on to the next in another sentence: "And the new one is coming
    on Friday." Without a date it may be anything: "It'll be fine."
    """
    return [
        (words, day)
        for part in _NEXT_PROMISE.split(text)
        if _ANNOUNCES.search(part) and not _NO_PROMISE.search(part)
        for words, day in promises_in(part, due)
        if day is not None
    ]


_BOOKED = re.compile(
    r"\b(?:appointments?|book(?:ed|ing)?|slot|schedul(?:e|ed)|pencil(?:l?ed)?|see you"
    r"|(?:have|got|put|get|fit) (?:you|him|her|them)(?: \w+)? (?:down|in|on))\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = frozenset({
    "a", "about", "again", "all", "already", "also", "am", "an", "and", "any", "are", "as",
    "at", "back", "be", "been", "before", "but", "by", "can", "confirm", "day", "down", "for",
    "from", "give", "go", "going", "got", "have", "her", "here", "him", "his", "i", "in", "is",
    "it", "just", "let", "ll", "m", "may", "me", "my", "new", "next", "now", "of", "off",
    "okay", "on", "once", "or", "our", "out", "over", "please", "promise", "re", "recap",
    "right", "s", "said", "shall", "she", "should", "so", "that", "the", "their", "them",
    "then", "they", "this", "through", "time", "to", "up", "us", "ve", "very", "we", "week",
    "well", "will", "with", "would", "yes", "you", "your", "afternoon", "afternoons",
    "evening", "morning", "oclock", "pm", "today", "tomorrow", "tonight",
})  # fmt: skip
"""Words that do not tell one promise from another; when it is kept is compared by its date."""
_SAME_SHARE = 0.6


def say_the_same(one: str, other: str) -> bool:
    """Whether two promises for the same moment by the same person are one, said twice.

    Appointments are: nobody has two at once. Others are where most of what the shorter one says
    stands in the other, with what is done: "I'll call you on Friday", "and I call you back then".
    """
    if _BOOKED.search(one) and _BOOKED.search(other):
        return True
    said, known = (_telling(text) for text in (one, other))
    shared = said & known
    return bool(shared & set(_DONE_NEXT)) and len(shared) >= _SAME_SHARE * min(
        len(said), len(known)
    )


_SUMS_UP = re.compile(
    r"(?:^|[.?!] +)"
    r"(?:(?:okay|ok|right|great|good|lovely|perfect|all right|alright|thanks|and)[,.]? +)*"
    r"(?:(?:so[, ]+)?(?:just +)?(?P<plainly>to (?:recap|sum up|summari[sz]e|confirm|be clear)"
    r"|let me (?:recap|sum up|summari[sz]e|go over))|so\b)",
    re.IGNORECASE,
)


class SummedUp(enum.IntEnum):
    """How far a promise is told as part of a recap."""

    NOT = 0
    MAYBE = 1
    """Behind "so", which opens recaps and much else."""
    PLAINLY = 2


def summed_up(text: str, upto: int) -> SummedUp:
    """How what stands at ``upto`` in an utterance is told: behind "so", or "to recap"."""
    opened = [found for found in _SUMS_UP.finditer(text) if found.start() <= upto]
    if not opened:
        return SummedUp.NOT
    plainly = any(found["plainly"] for found in opened)
    return SummedUp.PLAINLY if plainly else SummedUp.MAYBE


def sums_up(text: str, known: Iterable[str]) -> bool:
    """Whether most of what a promise tells was promised already, in one promise or in several."""
    said = _telling(text)
    told = set().union(*map(_telling, known))
    return bool(said) and len(said & told) >= _SAME_SHARE * len(said)


def _telling(text: str) -> set[str]:
    """The words of a promise that tell what is promised."""
    words = set(re.findall(r"[a-z]+", text.lower()))
    return {word for word in words - _SAYS_NOTHING if not _WEEKDAY.fullmatch(word)}


_OFFERS = re.compile(
    r"^(?:\W|so\b|then\b|or\b|and\b|okay\b)*(?:i|we) (?:can|could)\b", re.IGNORECASE
)
_OR = re.compile(r"\bor\b", re.IGNORECASE)


def is_choice(text: str) -> bool:
    """Whether a clause offers a choice, and so promises neither: "I can pay it now or send it"."""
    return bool(_OFFERS.search(text) and _OR.search(text) and not _PROMISE.search(text))


def promises_in(text: str, due: Callable[[str], str | None]) -> list[tuple[str, str | None]]:
    """Every promise that a clause makes, with the date it names; ``due`` finds dates in words.

    A day of the week names the day just spoken of where that is such a day: "by Friday the 12th of
    March, and I will call you on Friday".
    """
    parts = _NEXT_PROMISE.split(text)
    promises = [part for part in parts if _PROMISE.search(part)] or parts[:1]
    found: list[tuple[str, str | None]] = []
    for words, day in (one for part in promises for one in _by_date(part, due)):
        before = next((date for _, date in reversed(found) if date is not None), None)
        found.append((words, _same_day(words, day, before)))
    return found


def _same_day(words: str, day: str | None, before: str | None) -> str | None:
    """The date of a promise, on the day named before where words name only its weekday."""
    if day is None or before is None or day >= before or not _WEEKDAY.search(words):
        return day
    named, first = (dt.date.fromisoformat(one[:_DATE]) for one in (day, before))
    return before[:_DATE] + day[_DATE:] if named.weekday() == first.weekday() else day


def _by_date(text: str, due: Callable[[str], str | None]) -> list[tuple[str, str | None]]:
    """A promise in its parts, with their dates, where each has one of its own.

    "Collect it today and deliver it on Friday" is two, "call you on Monday or Tuesday" one. A
    day of the week that would come before the one just named has none: it may be a later one.
    """
    begin, found = 0, list[tuple[str, str | None]]()
    last = due(text)
    for joint in _JOINT.finditer(text):
        one, rest = text[begin : joint.start()], text[joint.end() :]
        if not (found or _PROMISE.search(one)) or _GOES_ON.search(one):
            continue
        day, next_day = due(one), due(rest)
        if day is not None and next_day is not None and day != next_day:
            found.append((one, day))
            begin = joint.end()
            last = _same_day(rest, next_day, day)
            earlier = last is not None and last < day and _WEEKDAY.search(rest)
            if earlier and not _CONTRAST.match(joint.group()):
                last = None
    return [*found, (text[begin:], last)]
