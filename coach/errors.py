"""Errors that a user can mend, and the exit codes that go with them.

A CoachError carries what is wrong, where, and what to do. The command line prints it as one
line (more for a list of problems) and exits with its code; a traceback is shown only for a
defect of the program itself.
"""

from __future__ import annotations

import enum
import re

import msgspec


class Exit(enum.IntEnum):
    """Exit codes of every `coach` command; the README documents them."""

    OK = 0
    FAILED = 1
    """The command ran and the answer is no: a check failed, a replay differed."""
    USAGE = 2
    """The command line cannot be understood."""
    INPUT = 3
    """What is named cannot be used: a file, a call, a rule, a value, a setting."""
    RULES = 4
    """A rule file has mistakes, or is not there."""
    MODEL = 5
    """The speech model is missing or does not verify."""
    DEVICE = 6
    """A sound device, system library or extra package is missing or failed."""
    STORAGE = 7
    """Something could not be written."""


class CoachError(Exception):
    """A mistake or a lack that the user can mend.

    ``message`` says what is wrong and where, ``remedy`` what to do.
    """

    code = Exit.FAILED

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        between = "" if self.remedy.startswith("\n") else " "
        return f"{self.message}{between}{self.remedy}".rstrip()


class UsageError(CoachError):
    """The command line cannot be understood."""

    code = Exit.USAGE


class InputError(CoachError):
    """What is named cannot be used: a file, a call, a rule, a value, a setting."""

    code = Exit.INPUT


class RulesError(CoachError):
    """A rule file has mistakes, or is not there."""

    code = Exit.RULES


class ModelError(CoachError):
    """The speech model is missing or does not verify."""

    code = Exit.MODEL


class DeviceError(CoachError):
    """A sound device, system library or extra package is missing or failed."""

    code = Exit.DEVICE


class StorageError(CoachError):
    """Something could not be written."""

    code = Exit.STORAGE


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding JSON raises for bytes that are not what they should be."""
_VALUE = re.compile(r"(Invalid (?:enum )?value) .*?(?= - at `[^`]*`$|$)", re.DOTALL)


def cause_of(error: Exception) -> str:
    """Why a file cannot be read, for a person.

    Without numbers, without its name again, and without any value of it: that may be what
    somebody said.
    """
    if isinstance(error, msgspec.ValidationError):
        return _VALUE.sub(r"\1", str(error))
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start})"
    return getattr(error, "strerror", None) or str(error)
