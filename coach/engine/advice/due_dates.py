"""When a promise falls due: "by Friday", "within 48 hours", "on the third of May".

``due_spans``, ``due_days`` and ``due_times`` read single phrases; here they are put together.
Days that stand together are one day ("next week on Tuesday"), phrases joined by "to" or "or"
a range, and a span may count from a day ("a week from Friday"). The only "today" is the
wall-clock time at which the call started, given as ISO 8601.

What the words leave open is read in the way that makes the promise keepable: a range is due at
its later end, "next week" is its Friday, a weekday that is today means the one in a week;
holidays are not known. Where words contradict each other ("Monday the fourteenth", and the
next fourteenth is a Saturday) there is no date: one of the two was misspoken or misheard,
either may be the wrong one, and a promise that stands without a date makes the agent ask,
while a wrong date would be kept.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import math
import re
from collections.abc import Callable, Iterator, Sequence

from coach.engine.advice.due_days import read_day
from coach.engine.advice.due_phrases import (
    Day,
    Now,
    TextPlace,
    TimeAmount,
    TimeOfDay,
    TimePhrase,
    compiled,
)
from coach.engine.advice.due_spans import read_span
from coach.engine.advice.due_times import read_time
from coach.engine.advice.number_words import with_digits

_HOURS_OF_WORK = 8
"""Of a working day, for "24 business hours"."""
_LONGEST = 800
"""Days; a longer span is no promise."""
_NEAR, _FAR = 100, 366 * 8 + 2
"""Days ahead in which a number is looked for without a month and with one; from one 29th of
February to the next may be eight years."""

_SAME_DAY = re.compile(r"(?:(?:,|that's|which|is|that|a|the) ?)*")
_WITHIN_PERIOD = re.compile(r"(?:(?:,|on|of|in|the) ?)*")
_RANGE = re.compile(r"(?:,? ?(?:to|or|until|till|through|thru)(?: (?:on|by|the|maybe))*|-)")
_ANCHOR = re.compile(r"(?:of|from|after)(?: the)?")
_BETWEEN = re.compile(r"\bbetween (?:the )?$")
_PROMISES = re.compile(r"'ll\b|\b(?:will|won't|going to|promise|shall|can)\b")
_CLEFT = re.compile(
    r"\b(?:what|all|(?:first|next|best|only|one|last)? ?thing)\b[^,.;?!]*?"
    r"(?:'ll|\b(?:will|can|could|going to|gonna))\b[^,.;?!]*?\b(?:is|'s)\b"
)
"""The beginning of "what I'll do today is I'll call you on Friday": its days are when that is
decided, those behind it what is promised."""
_APPOINTS = re.compile(
    r"\b(?:appointment|book(?:ed|ing)?|slot|schedul\w+|pencil\w*|visit|come in|coming in|then$"
    r"|(?:put|get|got|have|see|fit|squeeze|expect) you (?:in|on|down|at|for|there|then))\b"
    r"|\bthen [.?!]"
)
_OTHER_DAY = re.compile(
    r"\b(?:\d+|an?|few|next|following|same|other|second) (?:more )?(?:(?:working|business) )?"
    r"(?:days?|nights?|mornings?|evenings?|weeks?|fortnights?|months?|weekends?)\b"
)
_OPENING = re.compile(
    r"(?:(?:so|and|then|well|okay|yes|by|within|in|on|before|the|no later than|,) )*"
)
_BEFORE = re.compile(r"(?<!\bor )\bbefore (?:the )?$")


def due_date(
    text: str, started: str, at: float, before: Sequence[tuple[float, str]] = ()
) -> str | None:
    """When the promise in ``text`` falls due, said ``at`` seconds into the call.

    ``before``: what was said a little earlier, oldest first, with when. An appointment that names
    only its time ("an 8 a.m. then") is on the day that was spoken of.

    Returns an ISO date, or date and time to the minute where the words name a time; None
    where they name neither or contradict themselves, or where ``started`` is no ISO time.
    """
    try:
        words = with_digits(text)
        day = _day_spoken_of(tuple(before), started) if _APPOINTS.search(words) else None
        return _due(words, _now(started, at), day)
    except (ValueError, OverflowError):
        # No time of start, or a day beyond the calendar.
        return None


def _now(started: str, at: float) -> Now:
    moment = dt.datetime.fromisoformat(started) + dt.timedelta(seconds=at)
    return Now(moment.date(), moment.hour * 60 + moment.minute)


@functools.lru_cache(maxsize=16)
def _day_spoken_of(before: Sequence[tuple[float, str]], started: str) -> dt.date | None:
    """The day to come that was named last."""
    for at, text in reversed(before):
        words, now = with_digits(text), _now(started, at)
        for phrase in reversed(_reckoned(words, list(_merged(words, _phrases(words, now))), now)):
            day = phrase.said
            if isinstance(day, Day) and day.first == day.last and not day.weak:
                return day.due if day.due is not None and day.due >= now.day else None
    return None


def _due(words: str, now: Now, spoken_of: dt.date | None) -> str | None:
    found = _phrases(words, now)
    time = _time_of(words, found)
    days = _reckoned(words, list(_merged(words, found)), now)
    promised = _promised(words, days)
    if promised is None and time and spoken_of:
        return _iso(spoken_of, time.minute)
    if promised is None:
        # "At 8, two days later": the day is not understood, so the time's next one is not meant.
        return _next_time(time, now) if time and not _OTHER_DAY.search(words) else None
    return _at_time(promised, time, words, now)


def _at_time(promised: TimePhrase, time: TimeOfDay | None, words: str, now: Now) -> str | None:
    """The promised day with the time of day that goes with it."""
    day = promised.said
    if not isinstance(day, Day) or day.first is None or day.due is None or day.due < now.day:
        # A contradiction, or a part of this week or month that is past.
        return None
    if day.minute is not None:
        return _iso(day.due, day.minute)
    if time is not None:
        passed = day.due == now.day and time.minute <= now.minute
        later = passed and not time.certain and time.minute < 720
        return _iso(day.due, time.minute + 720 * later)
    before = _BEFORE.search(words[: promised.begin]) and "end of" not in words
    return _iso(day.first - dt.timedelta(1) if before else day.due, None)


def _iso(day: dt.date, minute: int | None) -> str:
    if minute is None:
        return day.isoformat()
    day += dt.timedelta(minute // 1440)
    return f"{day}T{minute % 1440 // 60:02d}:{minute % 60:02d}"


def _time_of(words: str, found: list[TimePhrase]) -> TimeOfDay | None:
    """The first time of day, or the later end of the range that it begins."""
    end, time = None, None
    for phrase in found:
        if not isinstance(phrase.said, TimeOfDay):
            continue
        joint = words[end : phrase.begin].strip() if end is not None else ""
        if time is None or joint in {"to", "or", "and", "until", "till"}:
            end, time = phrase.end, phrase.said
    return time


def _next_time(time: TimeOfDay, now: Now) -> str | None:
    """A time without a day; if it is past and may mean either half of the day, there is none."""
    if time.minute > now.minute:
        return _iso(now.day, time.minute)
    return _iso(now.day + dt.timedelta(1), time.minute) if time.certain else None


def _promised(words: str, days: list[TimePhrase]) -> TimePhrase | None:
    """The day that is promised: the one that opens the text, or the first after its verb."""
    strong = [d for d in days if not (isinstance(d.said, Day) and d.said.weak)] or days
    if not strong:
        return None
    cleft = _CLEFT.search(words)
    behind = [d for d in strong if cleft and d.begin >= cleft.end()]
    if behind:
        return behind[0]
    verb = _PROMISES.search(words)
    if verb is None or _OPENING.fullmatch(words[: strong[0].begin]):
        return strong[0]
    return next((d for d in strong if d.begin > verb.start()), strong[0])


# --- finding phrases ------------------------------------------------------------------------

_OPENING_TIMES = (
    r"(?:(?: ,)?(?: from)? \d[\d:.]*(?: [ap]m)? (?:to|until|till) \d[\d:.]*(?: [ap]m)?)"
)
_NO_TIMES = compiled(
    r"24/7|24 7"
    # "By the end of the day" is a time, "at" mostly a manner of speaking.
    r"|at the end of the day"
    rf"|monday (?:to|through|thru|till|until) (?:friday|saturday|sunday){_OPENING_TIMES}?"
    rf"|[a-z]+day (?:to|through|thru) [a-z]+day{_OPENING_TIMES}"
    r"|(?:black|good|easter|cyber) (?:friday|saturday|sunday|monday)"
    r"|(?:last|past|previous|every(?: other)?|each|any) (?:[a-z]+day|week|month|weekend|morning)"
)


def _read_no_time(place: TextPlace, now: Now) -> TimePhrase | None:
    del now
    match = place.match(_NO_TIMES)
    return match and TimePhrase(match.start(), match.end(), None)


_READERS: tuple[Callable[[TextPlace, Now], TimePhrase | None], ...] = (
    _read_no_time,
    read_span,
    read_day,
    read_time,
)


def _phrases(words: str, now: Now) -> list[TimePhrase]:
    """The phrases of a text in their order; what only looks like one is read, and left out."""
    found: list[TimePhrase] = []
    at = 0
    while at < len(words):
        place = TextPlace(words, at, found[-1] if found else None)
        phrase = next((p for read in _READERS if (p := read(place, now)) is not None), None)
        if phrase is None:
            at = words.find(" ", at) + 1 or len(words)
            continue
        if phrase.said is not None:
            found.append(phrase)
        at = phrase.end + 1
    return found


# --- putting phrases together ---------------------------------------------------------------


def _merged(words: str, found: list[TimePhrase]) -> Iterator[TimePhrase]:
    """Spans and days, those of one day made one: "Friday, the 13th", "next week on Tuesday"."""
    last: TimePhrase | None = None
    for phrase in found:
        if isinstance(phrase.said, TimeOfDay):
            continue
        if last is not None and isinstance(last.said, Day) and isinstance(phrase.said, Day):
            gap = words[last.end : phrase.begin].strip()
            period = _is_period(last.said) or _is_period(phrase.said)
            if (_WITHIN_PERIOD if period else _SAME_DAY).fullmatch(gap):
                last = TimePhrase(last.begin, phrase.end, _both(last.said, phrase.said))
                continue
        if last is not None:
            yield last
        last = phrase
    if last is not None:
        yield last


def _is_period(day: Day) -> bool:
    return day.first != day.last


def _both(one: Day, two: Day) -> Day | None:
    """What both say of the same day; None if they contradict each other."""
    if one.weak or two.weak:
        return one if two.weak else two
    fields: dict[str, int | None] = {}
    for name in ("weekday", "number", "month", "year"):
        said = {v for v in (getattr(one, name), getattr(two, name)) if v is not None}
        if len(said) > 1:
            return None
        fields[name] = said.pop() if said else None
    first = max((d.first for d in (one, two) if d.first), default=None)
    last = min((d.last for d in (one, two) if d.last), default=None)
    due = min((d.due for d in (one, two) if d.due), default=None)
    if first and last and first > last:
        return None
    return Day(
        *(first, last, due, fields["weekday"], fields["number"], fields["month"], fields["year"]),
        next=one.next or two.next,
    )


def _reckoned(words: str, found: list[TimePhrase], now: Now) -> list[TimePhrase]:
    """The phrases as days of the calendar, ranges made one; None is said in contradictions."""
    out: list[TimePhrase] = []
    left = list(reversed(found))
    while left:
        phrase = left.pop()
        last = out[-1] if out and _is_range(words, out[-1], phrase) else None
        first = last.said if last is not None and isinstance(last.said, Day) else None
        end, said = phrase.end, phrase.said
        if isinstance(said, TimeAmount):
            behind = left[-1].said if left else None
            if isinstance(behind, Day) and _anchors(words, phrase, left[-1]):
                end = left.pop().end
                said = _counted_from(said, _solved(behind, now.day, now))
            else:
                # Anchored to something else than a day: "three days after delivery".
                said = None if said.anchored else _counted(said, now)
        elif isinstance(said, Day):
            said = _solved(said, (first and first.due) or now.day, now)
        if last is None:
            out.append(TimePhrase(phrase.begin, end, said))
        else:
            later = _later(first, said) if first and isinstance(said, Day) else None
            out[-1] = TimePhrase(last.begin, end, later)
    return out


def _is_range(words: str, one: TimePhrase, two: TimePhrase) -> bool:
    gap = words[one.end : two.begin].strip()
    joined = gap in {"and", "and the"} and _BETWEEN.search(words[: one.begin]) is not None
    # "Today, or I can send it for tomorrow": whatever stands between, it is a choice.
    return joined or gap.startswith("or ") or _RANGE.fullmatch(gap) is not None


def _later(one: Day, two: Day) -> Day:
    """The later end of a range; of two days equally late the one with a time is later."""
    return max(one, two, key=lambda day: (day.due or dt.date.min, day.minute or 0))


def _anchors(words: str, span: TimePhrase, day: TimePhrase) -> bool:
    """Whether a span counts from the day behind it: "two days from Monday", "a week today"."""
    gap = words[span.end : day.begin].strip()
    if gap in {"", "on"}:
        return isinstance(span.said, TimeAmount) and span.said.unit == "week"
    return _ANCHOR.fullmatch(gap) is not None


def _counted(span: TimeAmount, now: Now) -> Day | None:
    """The day at which a span from now ends, and the minute, if it is one of minutes or hours."""
    if span.unit not in {"minute", "hour"} or span.working:
        return _counted_from(span, Day(due=now.day))
    minutes = math.floor(span.amount * (60 if span.unit == "hour" else 1) + 0.5) + now.minute
    if minutes > _LONGEST * 1440:
        return None
    due = now.day + dt.timedelta(minutes // 1440)
    return Day(due, due, due, minute=minutes % 1440)


def _counted_from(span: TimeAmount, day: Day | None) -> Day | None:
    """The day at which a span from a day ends; parts of days count as whole ones."""
    if day is None or day.due is None:
        return None
    due = day.due
    if span.unit in {"month", "year"}:
        months = span.amount * (12 if span.unit == "year" else 1)
        if months > _LONGEST / 30:
            return None
        years, month = divmod(due.year * 12 + due.month - 1 + int(months), 12)
        number = min(due.day, calendar.monthrange(years, month + 1)[1])
        due = dt.date(years, month + 1, number) + dt.timedelta(math.ceil(months % 1 * 30))
        return Day(due, due, due)
    week, hours = (5, _HOURS_OF_WORK) if span.working else (7, 24)
    of_day = {"week": week, "day": 1, "hour": 1 / hours, "minute": 1 / hours / 60}
    days = math.ceil(span.amount * of_day[span.unit])
    if days > _LONGEST:
        return None
    while days > 0:
        due += dt.timedelta(1)
        days -= not span.working or due.weekday() < 5
    return Day(due, due, due)


def _solved(day: Day, start: dt.date, now: Now) -> Day | None:
    """The first day from ``start`` on that is as said; None if that one is contradicted."""
    if day.number is None and day.weekday is None:
        return day
    first, last = day.first, day.last
    if day.next and day.number is None and first is None:
        first = now.day + dt.timedelta(7 - now.day.weekday())
        last = first + dt.timedelta(6)
    found = next(_candidates(day, start, first, last), None)
    if found is None or day.weekday not in {None, found.weekday()}:
        return None
    return Day(found, found, found)


def _candidates(
    day: Day, start: dt.date, first: dt.date | None, last: dt.date | None
) -> Iterator[dt.date]:
    """The days that are as said, not counting the weekday that goes with a number."""
    begin = first or (start if day.number is not None else start + dt.timedelta(1))
    end = last or begin + dt.timedelta(_NEAR if day.month is None else _FAR)
    for ahead in range((end - begin).days + 1):
        date = begin + dt.timedelta(ahead)
        if day.number is None:
            if date.weekday() == day.weekday:
                yield date
        elif (
            date.day == day.number
            and day.month in {None, date.month}
            and day.year in {None, date.year}
        ):
            yield date
