"""Versions of the journal's form: an older journal is read as if it had been written today.

Schema 1 called cards prompts and named a match ``cue``; schema 2 says ``card`` and ``match``.
"""

from __future__ import annotations

from typing import Any

SCHEMA = 2
"""Version of the journal's form; raised when an older reader could misunderstand a line."""

_TYPES = {
    "PromptRaised": "CardRaised",
    "PromptCleared": "CardCleared",
    "PromptSuppressed": "CardSuppressed",
}
_FIELDS = {
    "CardRaised": {"prompt": "card"},
    "CardCleared": {"prompt": "card"},
    "AgentAction": {"prompt": "card"},
    "CueMatched": {"cue": "match"},
    "CueRetracted": {"cue": "match"},
}
_SETTINGS = {"prompts": "cards"}


def upgrade(line: dict[str, Any]) -> dict[str, Any]:
    """One line of a journal of schema 1, with today's names."""
    kind = _TYPES.get(line.get("type", ""), line.get("type", ""))
    named = _FIELDS.get(kind, {})
    new = {named.get(key, key): value for key, value in line.items()}
    new["type"] = kind
    if kind == "JournalHeader" and isinstance(new.get("settings"), dict):
        new["settings"] = {_SETTINGS.get(k, k): v for k, v in new["settings"].items()}
    return new
