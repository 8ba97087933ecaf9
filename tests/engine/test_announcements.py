"""Recorded voices raise nothing and are no talk; people who say similar things are heard."""

from __future__ import annotations

import itertools

import pytest
from announcements import ANNOUNCEMENTS, PEOPLE
from every_row import every_row
from rulekit import ScriptedRun, agent, card, customer, rule, said

from coach.engine.talk import announcement_signs, announcements
from coach.engine.talk.announcements import AnnouncementTracker, may_begin, verdict
from coach.events import AnnouncementHeard, Channel, CueMatched, CueRetracted
from rules.definition.conditions import Monologue, Silence, Speaker
from rules.definition.roles import Role
from rules.definition.rule import Kind

PLAIN = (Role.PLAIN_ENOUGH,)
HAZARD = rule("safety.gas", said("smell gas"), severity=4, roles=PLAIN, card=card(Kind.SAFETY))
EMERGENCY = rule(
    "safety.emergency", said("emergency"), severity=4, roles=PLAIN, card=card(Kind.SAFETY)
)


@every_row(ANNOUNCEMENTS)
def test_it_is_an_announcement(text: str) -> None:
    assert verdict(text).kind is not None


@every_row(PEOPLE)
def test_it_is_a_person(text: str) -> None:
    assert verdict(text).kind is None


@every_row(PEOPLE)
def test_the_form_of_the_recogniser_changes_nothing(text: str) -> None:
    plain = text.replace("'", "\u2019").replace(",", "").rstrip(".")
    assert verdict(plain).kind is None


def test_the_tables_are_as_long_as_they_say() -> None:
    assert len(ANNOUNCEMENTS) >= 80
    assert len(PEOPLE) >= 80


@pytest.mark.parametrize(
    "text",
    ["If you smell gas", "If this is an", "If this is an emergency", "Please listen", "Your call"],
)
def test_a_draft_that_may_become_one_is_waited_for(text: str) -> None:
    assert may_begin(announcements._plain(text))


@pytest.mark.parametrize(
    "text",
    ["I smell gas", "this is an emergency", "I have an emergency", "my house is on fire", "help"],
)
def test_a_draft_of_a_person_is_not_waited_for(text: str) -> None:
    assert not may_begin(announcements._plain(text))


def test_a_danger_in_an_announcement_raises_nothing() -> None:
    call = ScriptedRun(HAZARD, EMERGENCY)
    results = call.play(
        customer(1.0, "If this is an emergency, hang up and dial 911."),
        customer(8.0, "If you smell gas, leave the building immediately and call this number."),
        until=30.0,
    )
    assert call.cards() == []
    assert [r.kind for r in results if isinstance(r, AnnouncementHeard)] == ["emergency notice"] * 2
    matched = {r.match for r in results if isinstance(r, CueMatched)}
    assert matched <= {r.match for r in results if isinstance(r, CueRetracted)}


def test_the_customer_who_smells_gas_after_it_is_heard() -> None:
    call = ScriptedRun(HAZARD)
    call.play(
        customer(1.0, "If you smell gas, leave the building immediately and call this number."),
        customer(10.0, "Hello, I smell gas in my kitchen."),
        until=30.0,
    )
    assert call.cards() == ["safety.gas"]


def test_it_is_no_talk() -> None:
    call = ScriptedRun()
    call.play(
        agent(0.5, "Good morning, I am calling about your order.", speak=4.0),
        customer(6.0, "Your call is important to us. Please stay on the line.", speak=12.0),
        customer(30.0, "Hello, this is the customer speaking now, who is it?", speak=4.0),
        until=45.0,
    )
    snapshot = call.engine.snapshot()
    assert snapshot.measurements.talk_share_agent == pytest.approx(0.5)
    assert [line.announcement for line in snapshot.transcript] == ["", "hold message", ""]


def test_talking_over_an_announcement_interrupts_nobody() -> None:
    call = ScriptedRun()
    call.play(
        customer(1.0, "Your call is important to us. Please stay on the line.", speak=12.0),
        agent(4.0, "I am still waiting for them to answer me here.", speak=5.0),
        until=30.0,
    )
    assert call.engine.snapshot().measurements.interruptions_agent == 0


GREETING = "Hi, you've reached Mark. Please leave a message after the beep."
MESSAGE = "This is Dana about your order, which is in our depot until Friday, " * 4


def test_a_message_on_a_voicemail_is_spoken_to_nobody() -> None:
    rules = (
        rule("agent.long", Monologue(by=Speaker.AGENT, longer_than=20.0), card=card()),
        rule("agent.still", Silence(longer_than=15.0), card=card()),
    )
    for first, cards in ((GREETING, []), ("Hello, this is Mark.", ["agent.long", "agent.still"])):
        call = ScriptedRun(*rules)
        call.play(customer(1.0, first), agent(10.0, MESSAGE, speak=30.0), until=90.0)
        assert call.cards() == cards


def test_who_picks_up_after_a_voicemail_greeting_is_somebody() -> None:
    call = ScriptedRun(rule("agent.still", Silence(longer_than=15.0), card=card()))
    call.play(customer(1.0, GREETING), customer(12.0, "Hello, I'm here, who is it?"), until=45.0)
    assert call.cards() == ["agent.still"]


def test_what_follows_in_the_same_voice_is_more_of_it() -> None:
    tracker = AnnouncementTracker()
    channel = Channel.CUSTOMER
    assert tracker.final(channel, 0.0, 4.0, "Your call is important to us. Please hold.").kind
    more = "The branch on Hill Street opens from Monday to Friday between nine and five."
    assert tracker.final(channel, 5.0, 10.0, more).kind == "hold message"


@pytest.mark.parametrize(
    ("start", "text"),
    [
        (30.0, "The branch on Hill Street opens from Monday to Friday between nine and five."),
        (5.0, "Billing department, Sarah speaking."),
        (5.0, "Hello, the branch on Hill Street, how can I help you today?"),
        (5.0, "Well the branch on Hill Street was closed when I went there."),
    ],
)
def test_a_person_who_follows_it_is_heard(start: float, text: str) -> None:
    tracker = AnnouncementTracker()
    channel = Channel.CUSTOMER
    tracker.final(channel, 0.0, 4.0, "Your call is important to us. Please hold.")
    assert tracker.final(channel, start, start + 5.0, text).kind is None


HANDED_OVER = (
    "Please hold the line while I transfer you to the next available agent.",
    "Thank you for holding, I'm transferring you now to the next available specialist.",
    "Thank you for your patience. Please hold while I transfer you to the next available agent.",
    "Your call is important to us, please stay on the line while I put you through to a manager.",
)
ALSO_RECORDED = (
    "Please hold, your call is being transferred to the fraud team.",
    "Please stay on the line and an advisor will be with you shortly.",
    "Please hold for the next available agent.",
    "Please wait while we connect your call to the claims department.",
    "The estimated wait is about five minutes. Please stay on the line.",
)
RECORDED = (
    "Your call is important to us. Please stay on the line.",
    "All of our agents are busy. Please hold for the next available agent.",
    "You are number four in the queue. Please stay on the line.",
)


@pytest.mark.parametrize("text", HANDED_OVER)
def test_who_hands_the_call_over_is_a_person(text: str) -> None:
    assert verdict(text).kind is None


@pytest.mark.parametrize("text", [*ALSO_RECORDED, *RECORDED])
def test_words_that_people_say_too_go_by_who_has_just_talked(text: str) -> None:
    channel = Channel.AGENT
    alone, later, talking = (AnnouncementTracker() for _ in range(3))
    assert alone.final(channel, 1.0, 5.0, text).kind == "hold message"
    for tracker in (later, talking):
        tracker.final(channel, 0.0, 4.0, "Alright, let me get you over to the right people.")
        tracker.final(channel.other, 5.0, 6.0, "Okay, thank you.")
    assert later.final(channel, 90.0, 95.0, text).kind == "hold message"
    person = text in ALSO_RECORDED
    assert (talking.final(channel, 8.0, 12.0, text).kind is None) is person


def test_a_recording_that_welcomes_is_nobody_who_has_just_talked() -> None:
    tracker = AnnouncementTracker()
    assert (
        tracker.final(Channel.AGENT, 0.0, 3.0, "Hello, welcome to Riverside Dental.").kind is None
    )
    text = "Please hold for the next available agent."
    assert tracker.final(Channel.AGENT, 4.0, 8.0, text).kind == "hold message"


def test_the_agents_own_transfer_is_the_agents() -> None:
    warm = rule("agent.transfer", said("transferred to"), card=card())
    call = ScriptedRun(warm)
    call.play(
        customer(1.0, "Somebody has used my card, what do I do?", speak=3.0),
        agent(5.0, "I am sorry about that, let me find the right people for you.", speak=4.0),
        agent(12.0, "Please hold, your call is being transferred to the fraud team.", speak=5.0),
        until=30.0,
    )
    assert call.cards() == ["agent.transfer"]
    assert [line.announcement for line in call.engine.snapshot().transcript] == ["", "", ""]


def test_an_answer_ends_it() -> None:
    tracker = AnnouncementTracker()
    tracker.final(Channel.CUSTOMER, 0.0, 4.0, "Your call is important to us. Please hold.")
    tracker.final(Channel.AGENT, 4.5, 5.0, "Hello.")
    more = "The branch on Hill Street opens from Monday to Friday between nine and five."
    assert tracker.final(Channel.CUSTOMER, 5.5, 10.0, more).kind is None


def test_it_is_known_under_its_new_name_after_a_swap() -> None:
    tracker = AnnouncementTracker()
    tracker.final(Channel.AGENT, 0.0, 4.0, "Your call is important to us. Please hold.")
    tracker.swap()
    more = "The branch on Hill Street opens from Monday to Friday between nine and five."
    assert tracker.final(Channel.CUSTOMER, 5.0, 10.0, more).kind == "hold message"


def test_the_one_expression_finds_a_sign_exactly_where_there_is_one() -> None:
    plain = [announcements._plain(text) for text in (*ANNOUNCEMENTS, *PEOPLE)]
    plain = [text for text in plain if text.isascii()]
    signs = [any(sign.pattern.search(text) for sign in announcement_signs.SIGNS) for text in plain]
    assert [announcement_signs._ANY_SIGN.search(text) is not None for text in plain] == signs
    assert 20 < sum(signs) < len(signs) - 20


def test_the_signs_found_are_those_of_looking_for_each() -> None:
    for text in (*ANNOUNCEMENTS, *PEOPLE):
        plain = announcements._plain(text)
        for begun in (plain, plain[: len(plain) // 2]):
            each = [(sign, sign.pattern.search(begun)) for sign in announcement_signs.SIGNS]
            there = [(sign, hit.span()) for sign, hit in each if hit is not None]
            found = announcement_signs.found_signs(begun)
            assert [(sign, hit.span()) for sign, hit in found] == there, begun


def test_a_sign_is_found_beside_letters_that_are_not_ascii() -> None:
    assert verdict("caf\u00e9: for sales press one, for support press two").kind is not None


@every_row(
    itertools.product(
        (*ANNOUNCEMENTS, *PEOPLE), ("", "your call is important to us please stay on the line")
    )
)
def test_what_became_of_a_draft_changes_nothing_in_what_it_is_taken_for(
    text: str, before: str
) -> None:
    words = text.split()
    plainly, foreseen = AnnouncementTracker(), AnnouncementTracker()
    for tracker in (plainly, foreseen):
        tracker.final(Channel.CUSTOMER, 0.0, 5.0, before)
    for start in (6.0, 60.0):
        for count in range(1, len(words) + 1):
            draft = " ".join(words[:count])
            taken = plainly.draft(Channel.CUSTOMER, start, draft)
            assert foreseen.draft(Channel.CUSTOMER, start, draft, " ".join(words)) is taken
            assert foreseen.draft(Channel.CUSTOMER, start, draft, before) is taken


def test_a_draft_of_plain_talk_is_not_judged_where_its_final_text_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(AnnouncementTracker, "_judge")
    tracker = AnnouncementTracker()
    final = "my bill is wrong again"
    assert not tracker.draft(Channel.CUSTOMER, 0.0, "my bill is", final)
    with pytest.raises(AttributeError):
        tracker.draft(Channel.CUSTOMER, 0.0, "my bill is", "my bills are wrong again")
