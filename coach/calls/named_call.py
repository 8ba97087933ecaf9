"""Which call is meant: its name in the library, the beginning of one, or a journal's path."""

from __future__ import annotations

from pathlib import Path

from coach.calls.call_files import JOURNAL, CallFiles, calls_in
from coach.errors import InputError
from rules.reading.problems import closest

MOST_NAMED = 3
"""Calls named where a beginning fits several."""


def named_call(name: str, library: Path) -> CallFiles:
    """Where the files of a call lie. Raises InputError where none, or several, are meant.

    UnicodeEncodeError where the name is no text, as no call's is.
    """
    calls, path = calls_in(library), Path(name)
    if name in calls:
        return CallFiles(library, name)
    if path.is_file():
        if path.suffix != JOURNAL:
            raise InputError(
                f"{name} is no journal of a call: its name does not end in {JOURNAL}.",
                "Give a file that `coach live` or `coach replay` wrote; `coach import` brings "
                "recordings and transcripts in.",
            )
        return CallFiles(path.parent, path.name.removesuffix(JOURNAL))
    name.encode()
    found = sorted(call for call in calls if name and call.startswith(name))
    if len(found) == 1:
        return CallFiles(library, found[0])
    if found:
        more = ", ..." if len(found) > MOST_NAMED else "."
        raise InputError(
            f"{len(found)} calls begin with {name!r}: {', '.join(found[:MOST_NAMED])}{more}",
            "Write more of the name.",
        )
    hint = closest(name, calls).lstrip("; ")
    raise InputError(
        f"There is no call {name!r} in the library, and no such journal.",
        f"{hint[:1].upper()}{hint[1:]}"
        if hint
        else "`coach calls --kind all` lists every call by its name; `coach calls --said WORDS` "
        "those in which something was said.",
    )
