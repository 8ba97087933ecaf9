"""Who sits at the keyboard."""

from __future__ import annotations

import getpass

from coach.errors import InputError


def named(name: str | None, option: str = "--reviewer") -> str:
    """The name that was given, or the login name. Raises InputError where there is none."""
    if name is not None and name.strip():
        return name.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise InputError("Your name is not known here.", f"Say it with {option}.") from None
