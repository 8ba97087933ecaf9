"""Days and periods as a person types them: ``last-week``, ``yesterday``, ``2026-03-01``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from coach.errors import InputError

FORMS = (
    "today, yesterday, this-week, last-week, this-month, last-month, this-year, last-year, "
    "30m, 12h, 7d, 4w (so long ago), 2026-03, 2026-W10, 2026-03-01, 2026-03-01T14:30"
)
_DAY = timedelta(days=1)
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": _DAY,
    "w": timedelta(weeks=1),
}


def period(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Beginning and end (no longer in it) of what a person means; a week begins on Monday.

    All are local times without a zone, so a day in which the clocks change is a day like any
    other. ``7d`` is from seven days ago until now. Raises InputError.
    """
    word = text.strip().lower().replace(" ", "-").replace("_", "-")
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    named = _NAMED.get(word)
    if named is not None:
        return named(day)
    ago = re.fullmatch(r"(\d{1,5})([mhdw])", word)
    if ago:
        return now - int(ago[1]) * _UNITS[ago[2]], now
    try:
        dated = _dated(text.strip())
        for moment in dated:
            moment.timestamp()  # the first and the last days of the calendar have none
    except (ValueError, OverflowError):
        raise InputError(f"{text!r} is no day or period.", f"Known are {FORMS}.") from None
    return dated


def age(text: str) -> timedelta:
    """How long ago ``30d`` is. Raises InputError."""
    found = re.fullmatch(r"(\d{1,5})([mhdw])", text.strip().lower())
    if not found:
        raise InputError(f"{text!r} is no age.", "Say 30d for thirty days; known are m, h, d, w.")
    return int(found[1]) * _UNITS[found[2]]


def local_now() -> datetime:
    """The time on this machine's wall, without a zone."""
    return datetime.now().astimezone().replace(tzinfo=None)


def _dated(text: str) -> tuple[datetime, datetime]:
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return _month(datetime.fromisoformat(f"{text}-01"))
    if week := re.fullmatch(r"(\d{4})-[Ww](\d{2})", text):
        return _week(datetime.fromisocalendar(int(week[1]), int(week[2]), 1))
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone().replace(tzinfo=None)
    whole_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    return moment, moment + (_DAY if whole_day else timedelta(minutes=1))


def _week(day: datetime) -> tuple[datetime, datetime]:
    monday = day - day.weekday() * _DAY
    return monday, monday + 7 * _DAY


def _month(day: datetime) -> tuple[datetime, datetime]:
    first = day.replace(day=1)
    return first, (first + 32 * _DAY).replace(day=1)


def _year(day: datetime) -> tuple[datetime, datetime]:
    first = day.replace(month=1, day=1)
    return first, first.replace(year=first.year + 1)


_NAMED: dict[str, Callable[[datetime], tuple[datetime, datetime]]] = {
    "today": lambda day: (day, day + _DAY),
    "yesterday": lambda day: (day - _DAY, day),
    "this-week": _week,
    "last-week": lambda day: _week(day - 7 * _DAY),
    "this-month": _month,
    "last-month": lambda day: _month(day.replace(day=1) - _DAY),
    "this-year": _year,
    "last-year": lambda day: _year(day.replace(month=1, day=1) - _DAY),
}


def refuse_backwards(since: datetime | None, until: datetime | None) -> None:
    """InputError where a time ends before it begins."""
    if since is not None and until is not None and since >= until:
        raise InputError(
            "--since is later than --until, so nothing lies between.", "Exchange them."
        )
