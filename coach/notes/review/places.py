"""Places in a call: how a time is written and read, and how a link names a call at a time."""

from __future__ import annotations

import re
import shlex

from coach.errors import InputError
from coach.events.lengths import clock

_TIME = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:\.\d{1,3})?)")
FORMS = "3:12, 1:03:12 or seconds"


def read_time(text: str) -> float:
    """Seconds of call time. Raises InputError for what is no time."""
    found = _TIME.fullmatch(text.strip())
    hours, minutes, rest = found.groups() if found else ("", "", "")
    below_60 = (not minutes or float(rest) < 60) and (not hours or int(minutes) < 60)
    if not found or not below_60:
        raise InputError(f"{text!r} is no time of a call.", f"Write {FORMS}.")
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest)


def split_place(text: str) -> tuple[str, float | None]:
    """``CALL@3:12`` as call and time; None where no time is named. Raises InputError.

    What stands behind the last ``@`` is a time if it looks like one at all, so that a file's name
    may hold the sign.
    """
    call, at, time = text.rpartition("@")
    if not at or not call or not re.fullmatch(r"[\d:.]*", time):
        return text, None
    return call, read_time(time)


def link(place: str, at: float) -> str:
    """The command that opens a call at a time."""
    return f"coach review {shlex.quote(f'{place}@{clock(at)}')}"
