"""The parser of the command line and of each command: what it refuses whatever the command is."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from coach.startup.figures import Figure

FILES_NAMED = (
    *("FILE", "FOLDER", "FILE_OR_FOLDER", "PATH", "CSV", "RULES", "MODEL"),
    *("CALL", "CALL@TIME", "CALL[@TIME]", "FORM", "CALL|FORM"),
)
"""What stands in the help for a file, a folder or a call, or for what may be one of them."""
NO_CALL_AT = re.compile(r"^\s*@[\d:.\s]*$")
"""A time without a call before it."""


class CommandParser(argparse.ArgumentParser):
    """A parser whose result names it as ``parser``, so that a mistake shows its own usage."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.set_defaults(parser=self)
        # "-5d" is a value that its option refuses in its own words, not an option of its own.
        self._negative_number_matcher = re.compile(r"-\.?\d")

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """The value; an empty name, as of a variable that is not set, would be a folder.

        Raises InputError for a number out of its range.
        """
        named = NO_CALL_AT.sub("", arg_string) if "@TIME" in str(action.metavar) else arg_string
        if names_file(action) and not named.strip():
            raise argparse.ArgumentError(action, "an empty name is no file")
        value = super()._get_value(action, arg_string)
        if isinstance(action.type, Figure):
            action.type.check("/".join(action.option_strings), value)
        return value


def names_file(action: argparse.Action) -> bool:
    """Whether what is given to an argument names a file, a folder or a call."""
    return action.type is Path or action.metavar in FILES_NAMED
