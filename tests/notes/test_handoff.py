"""The record keeps facts; the note makes words of them."""

from __future__ import annotations

import msgspec
from rulekit import ScriptedRun, agent, card, customer, key, rule, said
from shipped_rules import book

from coach.events import Action, Channel
from coach.notes.handoff import MOST, handoff_note, written_record
from coach.snapshot import Snapshot
from rules.definition.rule import Kind


def told() -> Snapshot:
    desk = ScriptedRun(
        rule("note.want", said("i want"), 0),
        rule("note.step", said("i have"), 0),
        rule("note.commitment", said("i will"), 0),
        rule("say.warning_request", said("respectful"), 0),
        rule("conduct.insult", said("useless"), 2, card=card(Kind.BOUNDARY)),
    )
    desk.play(
        customer(1, "I want my money back"),
        agent(5, "I have checked the order"),
        agent(9, "I will call you on Friday"),
        customer(14, "you are useless"),
        agent(18, "please be respectful"),
    )
    return desk.engine.snapshot()


def test_everything_in_the_record_has_its_time_its_side_and_its_utterance() -> None:
    record = told().record
    facts = {
        "want": record.wants[0],
        "step": record.steps[0],
        "warning": record.warnings[0],
        "cue": record.cues[0],
    }
    places = {name: (fact.channel, fact.utterance) for name, fact in facts.items()}
    assert places == {
        "want": (Channel.CUSTOMER, "C1"),
        "step": (Channel.AGENT, "A5"),
        "warning": (Channel.AGENT, "A18"),
        "cue": (Channel.CUSTOMER, "C14"),
    }
    assert [round(fact.at) for fact in facts.values()] == [1, 5, 19, 15]
    (promise,) = record.commitments
    assert (promise.owner, promise.utterance, promise.due) == (Channel.AGENT, "A9", "2026-03-06")
    assert (record.warnings[0].number, record.warnings[0].text) == (1, "please be respectful")
    assert (record.cues[0].rule, record.cues[0].severity) == ("conduct.insult", 2)


def test_the_note_gives_each_fact_with_its_time() -> None:
    note = handoff_note(told())
    for line in (
        '- 00:01 "I want my money back"',
        '- 00:05 "I have checked the order"',
        '- 00:09 agent: "I will call you on Friday", due 2026-03-06',
        '- 00:18 "please be respectful"',
        '- 00:14 Title of conduct.insult: "useless"',
    ):
        assert line in note


def test_a_long_call_keeps_every_fact_and_the_note_the_newest() -> None:
    desk = ScriptedRun(rule("note.want", said("i want"), 0))
    desk.play(*(customer(10.0 * n + 1, f"I want item number {n}") for n in range(MOST + 5)))
    snapshot = desk.engine.snapshot()
    assert len(snapshot.record.wants) == MOST + 5
    note = handoff_note(snapshot)
    assert "- (5 earlier)" in note
    assert note.count("I want item") == MOST
    assert f"number {MOST + 4}" in note


OPENING = "the engineer did not come on Monday and I waited at home the whole day"


def test_the_note_begins_with_the_matter_in_the_customers_words() -> None:
    desk = ScriptedRun(*book().rules)
    desk.play(
        agent(1, "good morning how can I help you with your broadband today"),
        customer(8, OPENING),
        customer(20, "I want to speak to someone in charge"),
        customer(120, "and my phone is still not working"),
    )
    note = handoff_note(desk.engine.snapshot())
    first = note.index("The matter, in the customer's words:")
    assert first < note.index(f'00:08 "{OPENING}"') < note.index("The customer wants:")
    assert 'my phone is still not working"\n\nThe customer wants:' in note
    assert "how can I help" not in note
    assert note.count(OPENING) == 1, "what went wrong was told by how it began"


def test_words_are_in_the_form_in_which_they_are_read() -> None:
    desk = ScriptedRun(rule("note.commitment", said("i will"), 0))
    desk.play(agent(1, "I will note your reference C four one one nine and ring you"))
    snapshot = desk.engine.snapshot()
    assert "reference C4119 and" in handoff_note(snapshot)
    assert "reference C4119 and" in written_record(snapshot).commitments[0].text
    assert "C four one one nine" in snapshot.record.commitments[0].text, "the record keeps facts"
    spanish = msgspec.structs.replace(snapshot, language="es")
    assert "C four one one nine" in handoff_note(spanish)


def test_after_a_swap_the_matter_is_the_other_sides() -> None:
    desk = ScriptedRun(rule("note.want", said("i want"), 0))
    desk.play(agent(1, OPENING), customer(12, "good morning how can I help you with that today"))
    assert [one.text[:4] for one in desk.engine.snapshot().record.opening] == ["good"]
    desk.play(key(20, Action.SWAP_CHANNELS))
    (opening,) = desk.engine.snapshot().record.opening
    assert (opening.text, opening.channel) == (OPENING, Channel.CUSTOMER)
