"""Which call is meant: a journal's path, a call's identifier, or the beginning of one."""

from __future__ import annotations

from pathlib import Path

from coach.calls.call_files import JOURNAL, CallFiles, calls_in
from coach.errors import InputError

MOST_NAMED = 3
"""Calls named where a beginning fits several."""


def named_call(name: str, library: Path) -> CallFiles:
    """Where the files of a call lie. Raises InputError where none, or several, are meant."""
    path = Path(name)
    if path.suffix == JOURNAL or path.is_file():
        if not path.is_file():
            raise InputError(f"The journal {name} does not exist.", "Check its name and folder.")
        return CallFiles(path.parent, path.name.removesuffix(JOURNAL))
    calls = calls_in(library)
    found = [name] if name in calls else sorted(c for c in calls if name and c.startswith(name))
    if len(found) == 1:
        return CallFiles(library, found[0])
    if not found:
        raise InputError(
            f"No call in the library begins with {name!r}.",
            "`coach calls --kind all` lists every call by its name; a journal's path will do too.",
        )
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    raise InputError(
        f"{len(found)} calls in the library begin with {name!r}: "
        f"{', '.join(found[:MOST_NAMED])}{more}.",
        "Give more of the name.",
    )
