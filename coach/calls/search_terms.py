"""What a person typed, as the index knows it: the rules that a name means, words as a question."""

from __future__ import annotations

import difflib
import fnmatch
import re
import sqlite3

from coach.calls.journal_gathering import printable
from coach.calls.library_tables import COLUMNS
from coach.errors import InputError
from coach.events import Channel
from rules.definition.roles import Family


def is_cue(rule: str) -> bool:
    """Whether a rule's matches are cues, and not what goes on in every call."""
    try:
        return Family(rule.partition(".")[0]).is_cue
    except ValueError:  # a family of a floor's own
        return True


_EVERY_RULE = """
WITH RECURSIVE every(rule) AS (
    SELECT min(rule) FROM {table}
    UNION ALL SELECT (SELECT min(rule) FROM {table} WHERE rule > every.rule) FROM every
    WHERE rule IS NOT NULL)
SELECT rule FROM every WHERE rule IS NOT NULL
"""
"""From one rule to the next in the index, and not over all their matches."""


def matching_rules(db: sqlite3.Connection, table: str, wanted: str) -> list[str]:
    """The rules of a table (``cues`` or ``cards``) that a name, its part or a pattern means."""
    known = [rule for (rule,) in db.execute(_EVERY_RULE.format(table=table))]
    name = wanted.lower()
    if any(sign in name for sign in "*?["):
        rules = [rule for rule in known if fnmatch.fnmatchcase(rule.lower(), name)]
    else:
        rules = [rule for rule in known if f".{name}." in f".{rule.lower()}."]
    if rules or not known:
        return rules
    near = difflib.get_close_matches(name, {p for r in known for p in (r, *r.split("."))}, n=1)
    raise InputError(
        f"No call in the library has a {table.removesuffix('s')} {wanted!r}.",
        f"Did you mean {near[0]!r}?" if near else "`coach rules list` shows every rule.",
    )


def expression(words: str, by: Channel | None) -> str:
    """What a person typed as a question to the full-text index. Raises InputError for no words."""
    parts = re.findall(r'"([^"]*)"|(\S+)', printable(words))
    terms = []
    for phrase, word in parts:
        text = phrase or word.replace('"', " ")
        if re.search(r"\w", text):
            begins = "*" if word.endswith("*") and not phrase else ""
            terms.append(f'"{text.rstrip("*")}"{begins}')
    if not terms:
        raise InputError(f"{words!r} holds no words.", "Say what was said, such as --said manager.")
    question = " ".join(terms)
    return question if by is None else f"{COLUMNS[by]} : ({question})"
