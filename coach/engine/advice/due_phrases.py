"""What is said about time in one phrase, and the place in a text where a phrase is looked for.

The text is as ``coach.engine.advice.number_words`` gives it. A phrase says only what its own
words say: ``coach.engine.advice.due_dates`` puts phrases together and reckons the day.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = rf"(?P<weekday>{'|'.join(DAYS)})"
CLAUSE_BEGINS = re.compile(r"(?:^|[,.;:] )(?:so |and |about |around |probably |maybe )*$")
"""What stands before a place that begins a clause."""

NEXT_WORDS = (
    r"i|we|you|he|she|they|it|there|that|this|is|are|do|does|can|could|would|will|shall|if|so|and"
    r"|or|but|to|until|till|for|with|when|then|because|at|by|in the|the latest|my|our|your|please"
    r"|thanks?|okay"
)
"""Words behind a bare number that show it to count nothing: not the "shops" of "at ten shops"."""


class Now(NamedTuple):
    """The moment at which the words are said."""

    day: dt.date
    minute: int
    """Of the day."""


class TimeAmount(NamedTuple):
    """An amount of time from now, or from a day named behind it; a range is its later end."""

    amount: float
    unit: str
    """Minute, hour, day, week, month or year."""
    working: bool
    """Whether only working time counts."""
    anchored: bool
    """Whether it says nothing without a day behind it: "a week on Friday"."""


class Day(NamedTuple):
    """What a phrase says about a day; what it leaves open is None."""

    first: dt.date | None = None
    last: dt.date | None = None
    due: dt.date | None = None
    """The day meant where no other phrase tells which from first to last."""
    weekday: int | None = None
    """0 is Monday."""
    number: int | None = None
    """Of the month."""
    month: int | None = None
    year: int | None = None
    next: bool = False
    """The one of the coming week, unless a number tells which: "next Friday"."""
    weak: bool = False
    """A day only where no other phrase names one: "in the morning"."""
    minute: int | None = None
    """Of the day, where a span ends at a minute."""


class TimeOfDay(NamedTuple):
    """A time of day."""

    minute: int
    """Of the day, as the words are meant in office hours; 1440 is midnight."""
    certain: bool
    """Whether the words tell which half of the day."""


class TimePhrase(NamedTuple):
    """Something said about time, and where in the text."""

    begin: int
    end: int
    said: TimeAmount | Day | TimeOfDay | None
    """None: nothing that a date comes from."""


class TextPlace(NamedTuple):
    """A place in the text and what stands before it."""

    words: str
    at: int
    last: TimePhrase | None

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern, if it begins here."""
        return pattern.match(self.words, self.at)

    def ends(self, pattern: re.Pattern[str]) -> bool:
        """Whether what stands before this place ends with the pattern (see ``ending``)."""
        return pattern.search(self.words[: self.at]) is not None

    def follows(self, joint: re.Pattern[str], *kinds: type) -> bool:
        """Whether only ``joint`` stands between this place and a phrase of one of the kinds."""
        return (
            self.last is not None
            and isinstance(self.last.said, kinds)
            and joint.fullmatch(self.words[self.last.end : self.at].strip()) is not None
        )


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern that ends with a whole word; it is tried only where a word begins."""
    return re.compile(rf"(?:{pattern})(?![^ ])")


def ending(pattern: str) -> re.Pattern[str]:
    """A pattern for the words right before a place."""
    return re.compile(rf"(?:^|(?<= ))(?:{pattern}) $")
