"""Versions of the journal's form: an older journal is read as if it had been written today.

Schema 1 called cards prompts and named a match ``cue``; schema 2 says ``card`` and ``match``.
Schema 3 says of a match which utterance made it, of a card whether it stays and is about a danger,
and of evidence whether its words were meant; before, all this was to be read out of other fields.
Schema 4 knows how much of the heat a second pleasant turn leaves.
Schema 5 knows how long a card about what the customer said waits while nobody answers it, what
anger takes, and how the level follows what the agent puts right.
Schema 6 knows that a card counts for less once the agent has spoken past it, that reminders wait
for the agent's turn, and that a card which gave way undone comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SCHEMA = 6
"""Version of the journal's form; raised when an older reader could misunderstand a line."""

_FOR_GOOD_S = 7200.0
"""Before schema 3 an acknowledged danger kept all other cards back until the call ended."""

_PLEASANT_AGAIN = 0.85
"""Before schema 4 every pleasant turn left as much of the heat as the first."""

_NO_LONGER_S = 0.0
"""Before schema 5 no card waited longer because nobody had answered the customer."""

_ANY = 0
"""Before schema 5 enough cues of any severity made a call angry."""

_AT_ONCE = {"before_turn_s": 0.0, "passed_over_by": 0, "comes_back_s": 0.0}
"""Before schema 6 no card's place hung on the agent's turns, and none came back."""

Line = dict[str, Any]

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
_GUARDS = ("negated", "quoted")
_DANGERS = ("safety", "threat")


def upgrade(line: Line, schema: int) -> Line:
    """One line of a journal of an older ``schema``, as it would be written today."""
    for step in _STEPS[schema - 1 :]:
        line = step(line)
    return line


def _with_names_of_2(line: Line) -> Line:
    written = str(line.get("type", ""))
    kind = _TYPES.get(written, written)
    named = _FIELDS.get(kind, {})
    new = {named.get(key, key): value for key, value in line.items()}
    new["type"] = kind
    if kind == "JournalHeader" and isinstance(new.get("settings"), dict):
        new["settings"] = {_SETTINGS.get(k, k): v for k, v in new["settings"].items()}
    return new


def _with_fields_of_3(line: Line) -> Line:
    new = dict(line)
    if isinstance(line.get("because"), list):
        new["because"] = [_guarded(evidence) for evidence in line["because"]]
    if line.get("type") == "JournalHeader" and isinstance(line.get("settings"), dict):
        cards = {"after_danger_s": _FOR_GOOD_S, **_of(line["settings"].get("cards"))}
        new["settings"] = {**line["settings"], "cards": cards}
    if line.get("type") == "CueMatched":
        utterance = str(line.get("match", "")).partition(":")[0]
        if any(_of(e).get("utterance") == utterance for e in new.get("because", ())):
            new["utterance"] = utterance
    if line.get("type") == "CardRaised":
        new["stays"] = line.get("until") is None
        new["danger"] = line.get("track") in _DANGERS and line.get("severity", 0) >= 3
    return new


def _with_settings_of_4(line: Line) -> Line:
    settings = line.get("settings")
    if line.get("type") != "JournalHeader" or not isinstance(settings, dict):
        return line
    told = _of(settings.get("escalation"))
    again = {"pleasant_again_share": told.get("pleasant_share", _PLEASANT_AGAIN), **told}
    return {**line, "settings": {**settings, "escalation": again}}


def _with_settings_of_5(line: Line) -> Line:
    settings = line.get("settings")
    if line.get("type") != "JournalHeader" or not isinstance(settings, dict):
        return line
    cards = {"unanswered_wait_s": _NO_LONGER_S, **_of(settings.get("cards"))}
    told = _of(settings.get("escalation"))
    escalation = {"hostile_from": _ANY, "remedy_steps": 0, **told}
    return {**line, "settings": {**settings, "cards": cards, "escalation": escalation}}


def _with_settings_of_6(line: Line) -> Line:
    settings = line.get("settings")
    if line.get("type") != "JournalHeader" or not isinstance(settings, dict):
        return line
    return {**line, "settings": {**settings, "cards": {**_AT_ONCE, **_of(settings.get("cards"))}}}


def _guarded(evidence: object) -> object:
    note = _of(evidence).get("note")
    return {**_of(evidence), "guard": note} if note in _GUARDS else evidence


def _of(value: object) -> Line:
    return value if isinstance(value, dict) else {}


_STEPS: tuple[Callable[[Line], Line], ...] = (
    _with_names_of_2,
    _with_fields_of_3,
    _with_settings_of_4,
    _with_settings_of_5,
    _with_settings_of_6,
)
"""From each schema to the next."""
