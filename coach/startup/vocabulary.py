"""The company's names that the recogniser is told to expect, read from a file."""

from __future__ import annotations

from pathlib import Path

from coach.errors import InputError, cause_of

VOCABULARY_CHARACTERS = 800
"""The recogniser takes 200 tokens of text before a call; a name has one in about four letters."""


def read_vocabulary(path: Path) -> str:
    """Read the company's names: one a line, ``#`` starts a remark.

    Raises InputError where the file cannot be read or holds no name.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The vocabulary {path} cannot be read: {cause_of(error)}.",
            "It must be a text file in UTF-8, one name a line.",
        ) from None
    if any(not (char.isprintable() or char.isspace()) for line in lines for char in line):
        raise InputError(
            f"The vocabulary {path} is no text.", "It must be a text file, one name a line."
        )
    names = [name for line in lines if (name := line.partition("#")[0].strip())]
    if not names:
        raise InputError(f"The vocabulary {path} holds no name.", "Write one name a line.")
    vocabulary = ", ".join(names) + "."
    if len(vocabulary) > VOCABULARY_CHARACTERS:
        raise InputError(
            f"The vocabulary {path} is too long: {len(names)} names, {len(vocabulary)} characters.",
            f"Keep the hardest ones, {VOCABULARY_CHARACTERS} characters in all; with more the "
            "recogniser hears names where there are none.",
        )
    return vocabulary
