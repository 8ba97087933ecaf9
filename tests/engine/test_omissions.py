"""Rules about what the agent did not say or do, while nobody hears the agent."""

from __future__ import annotations

import msgspec
import pytest
from callscript import Say
from rulekit import ScriptedRun, agent, card, customer, key, rule, said
from shipped_rules import book

from coach.events import (
    Action,
    Channel,
    ChecklistTicked,
    CueMatched,
    Fact,
    Hypothesis,
    Utterance,
)
from rules.checking.lint import lint
from rules.checking.omissions import of_omission
from rules.definition.conditions import CueSeen, NotFollowed, Silence, Speaker
from rules.definition.roles import Family, Role
from rules.definition.rule import RuleBook

GUARDED = (Role.OMISSION,)


def undivided(at: float, text: str) -> Say:
    return Say(at=at, speaker=Channel.MIXED, text=text)


def noticed(*what: Say | Fact, roles: tuple[Role, ...] = GUARDED) -> set[str]:
    """The rules that match in a call whose customer complains and asks to end."""
    missing = NotFollowed(
        first=said("never called", by=Speaker.CUSTOMER),
        then=CueSeen(rules=("say.sorry",)),
        within=15.0,
    )
    desk = ScriptedRun(
        rule("say.sorry", "sorry", 0),
        rule("agent.cold", missing, 1, speaker=Speaker.ANY, roles=roles),
        rule("agent.quiet", Silence(longer_than=10.0), 1, roles=roles),
        rule("checklist.recap", said("to recap"), 0, card=card(hold=10), roles=roles),
        rule("note.all", said("that is all"), 0, speaker=Speaker.ANY, roles=(Role.CLOSING,)),
    )
    desk.play(*what, customer(64, "you never called"), until=90.0)
    desk.play(customer(95, "that is all"), until=120.0)
    matched = {r.rule for r in desk.results if isinstance(r, CueMatched)}
    return (matched - {"note.all"}) | set(desk.cards())


ALL = {"agent.cold", "agent.quiet", "checklist.recap"}


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ((), set()),
        ((customer(1, "hello"),), set()),
        ((agent(1, "hello", doubtful=True),), set()),
        ((agent(1, "hello"),), ALL),
        ((undivided(1, "hello"),), ALL),
        ((customer(1, "hello"), key(5, Action.SWAP_CHANNELS)), ALL),
        ((agent(1, "hello"), key(5, Action.SWAP_CHANNELS)), set()),
    ],
    ids=[
        "nobody", "the customer", "a noise", "the agent", "somebody",
        "the agent, taken for the customer", "the customer, taken for the agent",
    ],
)  # fmt: skip
def test_nothing_follows_from_what_nobody_could_hear(
    before: tuple[Say | Fact, ...], what: set[str]
) -> None:
    assert noticed(*before) == what


def test_an_item_that_drafts_of_the_first_words_meet_is_ticked_by_the_final_text() -> None:
    words = "to recap it is on its way and with you on Friday morning"
    draft = Hypothesis(
        at=4.0, channel=Channel.AGENT, start=1.0, end=3.5, utterance="A1",
        committed="to recap", tail="it",
    )  # fmt: skip
    final = Utterance(
        at=9.0, channel=Channel.AGENT, start=1.0, end=8.5, utterance="A1", text=words, language="en"
    )
    run = ScriptedRun(
        rule("say.recap", "to recap", 0, speaker=Speaker.AGENT),
        rule("checklist.recap", CueSeen(rules=("say.recap",), within=5.0), 0, roles=GUARDED),
    )
    run.feed([draft, final])
    assert [r.item for r in run.results if isinstance(r, ChecklistTicked)] == ["checklist.recap"]


def test_rules_that_were_kept_without_the_role_coach_as_they_did() -> None:
    assert noticed(roles=()) == ALL


def test_every_shipped_rule_of_this_kind_has_the_role_and_no_other_has() -> None:
    rules = book().rules
    assert {r.id for r in rules if of_omission(r, book())} == {
        r.id for r in rules if Role.OMISSION in r.roles
    }
    assert {r.family for r in rules if Role.OMISSION in r.roles} == {
        Family.AGENT,
        Family.CHECKLIST,
    }


def answered(by: Speaker | None) -> RuleBook:
    missing = NotFollowed(first=said("where is it"), then=said("here", by=by), within=9.0)
    return RuleBook(
        rules=(rule("esc.example", missing, 1),), language="en", fingerprint="of a test"
    )


@pytest.mark.parametrize(
    ("by", "told"),
    [(Speaker.AGENT, True), (Speaker.ANY, True), (None, False), (Speaker.CUSTOMER, False)],
)
def test_lint_tells_of_a_rule_of_this_kind_without_the_role(
    by: Speaker | None, *, told: bool
) -> None:
    found = [f for f in lint(answered(by)) if f.rule == "esc.example" and f.key == "role"]
    assert bool(found) is told
    guarded = msgspec.structs.replace(answered(by).rules[0], roles=GUARDED)
    book_ = msgspec.structs.replace(answered(by), rules=(guarded,))
    assert not [f for f in lint(book_) if f.rule == "esc.example" and f.key == "role"]
