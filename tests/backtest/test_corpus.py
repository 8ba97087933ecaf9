"""Calls that must stay quiet, with the false alarms that are known, and calls that must not."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from shipped_rules import book, matcher

from coach.backtest.corpus import CorpusConversation, facts_of, read_conversations
from coach.engine.engine import Engine, EngineSettings
from coach.events import CardRaised, Channel
from coach.meaning.listening import MeaningListener

CORPUS = Path(__file__).parents[1] / "corpus"
WORDS_PER_MINUTE = 150.0


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A false alarm that is known."""

    call: str
    rule: str
    words: str
    because: str


class Cards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hostile: dict[str, list[str]]
    known: list[Known] = []


CARDS = msgspec.toml.decode((CORPUS / "cards.toml").read_bytes(), type=Cards)
BENIGN, HOSTILE = (
    sorted(path.stem for path in (CORPUS / kind).glob("*.txt")) for kind in ("benign", "hostile")
)
Alarm = tuple[str, str, str]
"""Call, rule and words."""


@functools.cache
def meaning() -> MeaningListener:
    return MeaningListener(book())


def as_written(name: str) -> CorpusConversation:
    """The call with A, who answers the telephone, as the agent."""
    told = read_conversations(CORPUS / "hostile" / f"{name}.txt")
    return next(one for one in told if one.lines[0].channel is Channel.AGENT)


def cards(conversation: CorpusConversation) -> Iterator[tuple[str, str]]:
    """Rules of the cards, with the words that caused them."""
    engine = Engine(book(), EngineSettings(), matcher=matcher())
    for fact in facts_of(conversation, WORDS_PER_MINUTE):
        for result in engine.receive(meaning().given(fact)):
            if isinstance(result, CardRaised):
                yield result.rule, " / ".join(one.text or one.note for one in result.because)


def alarms(name: str) -> frozenset[Alarm]:
    """What a benign call raises, with either side as the agent."""
    told = read_conversations(CORPUS / "benign" / f"{name}.txt")
    return frozenset((name, *card) for one in told for card in cards(one))


@functools.cache
def known(name: str) -> frozenset[Alarm]:
    return frozenset((one.call, one.rule, one.words) for one in CARDS.known if one.call == name)


@pytest.fixture(scope="module", params=BENIGN)
def benign(request: pytest.FixtureRequest) -> tuple[str, frozenset[Alarm]]:
    """A benign call, and what it raises."""
    return request.param, alarms(request.param)


@pytest.mark.meaning
def test_a_benign_call_is_quiet_but_for_what_is_known(
    benign: tuple[str, frozenset[Alarm]],
) -> None:
    name, raised = benign
    assert raised - known(name) == set()


@pytest.mark.meaning
def test_what_is_known_still_comes(benign: tuple[str, frozenset[Alarm]]) -> None:
    name, raised = benign
    stale = known(name) - raised
    assert stale == set(), "it no longer comes: take it out of tests/corpus/cards.toml"


@pytest.mark.meaning
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_call_raises_its_cards(name: str) -> None:
    raised = {rule for rule, _ in cards(as_written(name))}
    assert set(CARDS.hostile[name]) <= raised


def test_the_list_names_calls_that_there_are() -> None:
    assert sorted(CARDS.hostile) == HOSTILE
    assert {one.call for one in CARDS.known} <= set(BENIGN)
    assert all(one.because for one in CARDS.known)
