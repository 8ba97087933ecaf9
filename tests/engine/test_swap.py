"""The two sides were taken for each other: whenever the agent says so, nothing is lost."""

from __future__ import annotations

import functools

import msgspec
import pytest
from callscript import CALLS, facts_of, read
from rulekit import ScriptedRun, agent, customer, key
from shipped_rules import matcher

from coach.engine.engine import Engine
from coach.events import (
    Action,
    AgentAction,
    AudioWarning,
    Channel,
    Fact,
    Hypothesis,
    Located,
    SignalChanged,
    SpeechEnded,
    SpeechStarted,
)
from coach.snapshot import Snapshot

MATCHER = matcher()


def other(fact: Fact) -> Fact:
    if isinstance(fact, Located):
        return msgspec.structs.replace(fact, channel=fact.channel.other)
    return fact


def swapped_at(facts: list[Fact], moments: list[float]) -> Snapshot:
    """The call as it stands before its end, with a swap at each moment."""
    engine = Engine(MATCHER.book, matcher=MATCHER)
    keys, named = list(moments), False
    for fact in facts[:-1]:
        while keys and keys[0] <= fact.at:
            engine.receive(AgentAction(at=keys.pop(0), action=Action.SWAP_CHANNELS))
            named = not named
        engine.receive(other(fact) if named else fact)
    return engine.snapshot()


@functools.cache
def facts_and_end(call: str) -> tuple[list[Fact], Snapshot]:
    """A scripted call, and how it stands where nobody swaps."""
    facts = facts_of(read(CALLS / f"{call}.toml"))
    return facts, swapped_at(facts, [])


@pytest.mark.parametrize("call", ["set_boundaries", "despair_in_a_billing_call"])
@pytest.mark.parametrize(("first", "shift"), enumerate([0.0, 0.3, 1.3, 2.9]))
def test_a_swap_in_mid_sentence_loses_no_word_and_no_figure(
    call: str, first: int, shift: float
) -> None:
    facts, plain = facts_and_end(call)
    for speech in [f for f in facts if isinstance(f, SpeechStarted)][first::6]:
        moment = speech.at + shift
        once = swapped_at(facts, [moment])
        said = {(line.utterance, line.channel.other, line.text) for line in once.transcript}
        assert said == {(line.utterance, line.channel, line.text) for line in plain.transcript}
        one, two = once.measurements, plain.measurements
        assert one.pace_agent_wpm == two.pace_customer_wpm
        assert one.interruptions_agent == two.interruptions_customer
        twice = swapped_at(facts, [moment, moment + 0.8])
        assert [(line.channel, line.text, line.final) for line in twice.transcript] == [
            (line.channel, line.text, line.final) for line in plain.transcript
        ]
        assert twice.measurements == plain.measurements


def test_a_span_that_is_open_is_closed_under_its_new_name() -> None:
    desk = ScriptedRun()
    mine = {"channel": Channel.AGENT, "start": 1.0}
    yours = {"channel": Channel.CUSTOMER, "start": 2.0}
    desk.feed(
        [
            SpeechStarted(at=1.1, end=1.0, **mine),
            SpeechStarted(at=2.1, end=2.0, **yours),
            key(3.0, Action.SWAP_CHANNELS),
            SpeechEnded(at=4.5, channel=Channel.AGENT, start=2.0, end=4.0),
        ]
    )
    speaking = {h.channel: h.speaking for h in desk.engine.snapshot().health}
    assert speaking == {Channel.AGENT: False, Channel.CUSTOMER: True}


def test_an_unchanged_draft_is_heard_again_under_its_new_name() -> None:
    desk = ScriptedRun(*MATCHER.book.active())
    words = {"start": 1.0, "end": 3.0, "utterance": "A1", "tail": ""}
    text = "I want to speak to your manager"
    desk.feed([Hypothesis(at=3.5, channel=Channel.AGENT, committed=text, **words)])
    assert desk.cards() == []
    desk.feed([key(4.0, Action.SWAP_CHANNELS)])
    desk.feed([Hypothesis(at=4.5, channel=Channel.CUSTOMER, committed=text, **words)])
    assert desk.cards() == ["esc.supervisor"]


def test_figures_told_of_one_side_are_those_of_the_other_afterwards() -> None:
    desk = ScriptedRun()
    over = [
        customer(1, "one two three four five six seven eight nine ten", speak=8.0),
        agent(3, "no no let me tell you how it is right now", speak=4.0),
    ]
    told = [r for r in desk.play(*over, until=12.0) if isinstance(r, SignalChanged)]
    assert [(r.signal, r.value) for r in told] == [("interruptions_agent_count", 1.0)]
    desk.feed([key(13.0, Action.SWAP_CHANNELS)])
    more = desk.play(customer(20, "hello there you"), until=30.0)
    assert not [r for r in more if isinstance(r, SignalChanged) and "interruptions" in r.signal]


def test_a_side_said_to_be_silent_is_not_said_so_under_the_wrong_name() -> None:
    desk = ScriptedRun()
    desk.feed([AudioWarning(at=1.0, kind="silent_agent", detail="silent")])
    desk.feed([key(2.0, Action.SWAP_CHANNELS)])
    assert desk.engine.snapshot().trouble == ()
    desk.feed([AudioWarning(at=3.0, kind="silent_customer", detail="silent")])
    desk.feed([AudioWarning(at=9.0, kind="silent_customer", detail="", active=False)])
    assert desk.engine.snapshot().trouble == ()
