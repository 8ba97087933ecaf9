"""Mood and distress are judged in English only; words of other languages are written down."""

from __future__ import annotations

import pytest
from rulekit import ScriptedRun, card, rule

from coach.events import Channel, Level, Utterance
from coach.snapshot import Snapshot
from rules.definition.conditions import Distress


def said(language: str) -> Snapshot:
    desk = ScriptedRun(rule("agent.upset", Distress(at_least=0.3), 2, card=card()))
    for number in range(4):
        at = 5.0 + 5 * number
        place = {"channel": Channel.CUSTOMER, "start": at - 4, "end": at, "utterance": f"C{number}"}
        text = "this is terrible I am so angry and upset about it"
        desk.feed([Utterance(at=at, language=language, text=text, **place)])
    return desk.engine.snapshot()


@pytest.mark.parametrize("language", ["en", "en-GB", "EN_us"])
def test_english_is_judged(language: str) -> None:
    call = said(language)
    assert call.mood
    assert call.card is not None


@pytest.mark.parametrize("language", ["de", "fr", "cy", ""])
def test_any_other_language_is_only_written_down(language: str) -> None:
    call = said(language)
    assert len(call.transcript) == 4
    assert call.mood == ()
    assert call.card is None
    assert call.level is Level.CALM
