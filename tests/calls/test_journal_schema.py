"""Journals of older forms read as if they had been written today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.calls.facts_again import recorded_settings
from coach.calls.journal import JournalHeader, encode_line, read_journal
from coach.calls.journal_schema import SCHEMA
from coach.events import AgentAction, CardCleared, CardRaised, CueMatched, Evidence, Guard

EVIDENCE = {"rule": "threat.direct", "utterance": "C1", "text": "hurt you", "note": "quoted"}
PLACE = {"channel": "CUSTOMER", "start": 1.0, "end": 2.0}
MATCH = {
    "type": "CueMatched",
    "at": 3.0,
    "rule": "threat.direct",
    "track": "threat",
    "severity": 3,
    "because": [EVIDENCE],
    **PLACE,
}
STATE = {**MATCH, "because": [{"value": 12.5, "note": "seconds of silence"}]}
CARD = {
    "at": 3.0,
    "rule": "threat.direct",
    "track": "threat",
    "severity": 4,
    "priority": 190,
    "do": "Do",
    "say": "Say",
    "until": None,
    "because": [EVIDENCE],
}
LINES: dict[int, list[dict[str, Any]]] = {
    1: [
        {**MATCH, "cue": "C1:threat.direct"},
        {**STATE, "cue": "3.0:agent.silence"},
        {**CARD, "type": "PromptRaised", "prompt": "P1"},
        {"type": "AgentAction", "at": 4.0, "action": "acknowledge", "prompt": "P1"},
        {"type": "PromptCleared", "at": 4.0, "prompt": "P1", "rule": "r", "reason": "used"},
    ],
    2: [
        {**MATCH, "match": "C1:threat.direct"},
        {**STATE, "match": "3.0:agent.silence"},
        {**CARD, "type": "CardRaised", "card": "P1"},
        {"type": "AgentAction", "at": 4.0, "action": "acknowledge", "card": "P1"},
        {"type": "CardCleared", "at": 4.0, "card": "P1", "rule": "r", "reason": "used"},
    ],
    3: [
        {**MATCH, "match": "C1:threat.direct", "utterance": "C1",
         "because": [{**EVIDENCE, "guard": "quoted"}]},
        {**STATE, "match": "3.0:agent.silence"},
        {**CARD, "type": "CardRaised", "card": "P1", "stays": True, "danger": True},
        {"type": "AgentAction", "at": 4.0, "action": "acknowledge", "card": "P1"},
        {"type": "CardCleared", "at": 4.0, "card": "P1", "rule": "r", "reason": "used"},
    ],
}  # fmt: skip
LINES[5] = LINES[4] = LINES[3]
"""Schemas 5 and 6 have other settings, and no other lines."""


@pytest.mark.parametrize("schema", sorted(LINES))
def test_an_older_journal_is_read_with_todays_fields(schema: int, tmp_path: Path) -> None:
    settings = {"prompts" if schema == 1 else "cards": {"wait_s": 9}}
    header = {
        "type": "JournalHeader",
        "at": 0.0,
        "schema": schema,
        "version": "0",
        "call": "x",
        "rules": "",
        "settings": settings,
    }
    path = tmp_path / "old.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in [header, *LINES[schema]]))
    journal = read_journal(path)
    cards = {"wait_s": 9} | ({"after_danger_s": 7200.0} if schema < 3 else {})
    cards |= {"before_turn_s": 0.0, "passed_over_by": 0, "comes_back_s": 0.0}
    cards |= {"unanswered_wait_s": 0.0} if schema < 5 else {}
    again = {"pleasant_again_share": 0.85} if schema < 4 else {}
    escalation = {"hostile_from": 0, "remedy_steps": 0} | again
    told = {"cards": cards} | ({"escalation": escalation} if schema < 5 else {})
    assert journal.header.settings == told
    match, state, card, key, gone = journal.events
    assert isinstance(match, CueMatched)
    assert (match.match, match.utterance, match.guarded) == ("C1:threat.direct", "C1", True)
    assert match.because[0].guard is Guard.QUOTED
    assert isinstance(state, CueMatched)
    assert (state.utterance, state.guarded) == (None, False)
    assert state.because == (Evidence(value=12.5, note="seconds of silence"),)
    assert isinstance(card, CardRaised)
    assert (card.card, card.stays, card.danger) == ("P1", True, True)
    assert isinstance(key, AgentAction)
    assert isinstance(gone, CardCleared)
    assert key.card == gone.card == "P1"


def test_a_call_of_before_cools_as_it_did_then(tmp_path: Path) -> None:
    settings = {"escalation": {"pleasant_share": 0.7}}
    header = JournalHeader(version="0", call="x", rules="", settings=settings, schema=3)
    path = tmp_path / "old.jsonl"
    path.write_bytes(encode_line(header))
    escalation = recorded_settings(read_journal(path)).escalation
    assert (escalation.pleasant_share, escalation.pleasant_again_share) == (0.7, 0.7)


def test_what_is_written_today_needs_no_upgrade() -> None:
    header = JournalHeader(version="0", call="x", rules="", settings={})
    assert header.schema == SCHEMA == max(LINES) + 1
