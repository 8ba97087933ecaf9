"""What a tick of the shipped checklist means: the step was done, asked for and answered."""

from __future__ import annotations

import pytest
from callscript import Say
from rulekit import ScriptedRun, agent, customer
from shipped_rules import book, matcher

from coach.engine.engine import Engine
from coach.events import CallStarted, Channel, ChecklistTicked, Fact, Hypothesis, Utterance

OPENING = agent(1, "hello my name is robin how can i help you today")


def ticked(*says: Say) -> dict[str, str]:
    """The items done, with the words that did them."""
    desk = ScriptedRun(*book().rules)
    desk.play(*says, until=says[-1].end + 5.0)
    return {
        one.item.removeprefix("checklist."): one.text
        for one in desk.results
        if isinstance(one, ChecklistTicked)
    }


@pytest.mark.parametrize(
    "answer",
    [
        "hi i lost my debit card can you send me a new one",
        "i am calling about my bill",
        "the engineer did not come on monday",
        "i was wondering what your branch hours are",
        "my boiler has stopped again",
        "this is the third time i have called and nobody ever called me back",
    ],
)
def test_a_reason_that_was_asked_for_and_told_is_known(answer: str) -> None:
    assert "reason" in ticked(OPENING, customer(6, answer))


@pytest.mark.parametrize(
    "answer", ["hello", "hi my name is alex field", "sorry can you hear me", "good morning"]
)
def test_a_reason_that_was_only_asked_for_is_not_known(answer: str) -> None:
    assert "reason" not in ticked(OPENING)
    assert "reason" not in ticked(OPENING, customer(6, answer))


def test_a_reason_told_unasked_is_known_once_the_agent_goes_into_it() -> None:
    hello = agent(1, "good morning customer care")
    told = customer(5, "i lost my debit card can you send me a new one")
    assert "reason" not in ticked(hello, told)
    assert "reason" in ticked(hello, told, agent(12, "one moment please i am looking it up"))


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("hi i have had this letter from you", "okay could i have the ticket number"),
        ("it is about a wardrobe", "right what is the number"),
        ("i am after one of the green bins", "could i grab your reference please"),
    ],
)
def test_a_reason_is_known_once_the_agent_asks_for_what_finds_it(told: str, asked: str) -> None:
    hello = agent(1, "fairfield customer care")
    assert "reason" not in ticked(hello, customer(5, told))
    assert "reason" in ticked(hello, customer(5, told), agent(12, asked))


def test_a_name_before_here_greets_at_the_beginning_and_nowhere_else() -> None:
    assert "greeting" in ticked(agent(1, "fairfield customer care robin here"))
    assert "greeting" not in ticked(agent(60, "okay i am still here"))


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("your complaint reference is c p one", "reference"),
        ("cheers anthony speak to you tomorrow", "closing"),
        ("it is noted sir have a wonderful wedding good night", "closing"),
        ("i'm sorry mrs field i did not realise that it was for a baby", "apology"),
        ("i do get it that's really annoying", "empathy"),
        ("you can't sleep like this", "empathy"),
    ],
)
def test_these_words_tick(words: str, item: str) -> None:
    assert item in ticked(OPENING, agent(40, words))


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("could i have the ticket number", "reference"),
        ("the engineer will see you on friday between eight and one", "closing"),
        ("i'm sorry mrs field i did not hear that", "apology"),
        ("well that's not annoying anybody", "empathy"),
        ("i'll put you through to them", "ownership"),
    ],
)
def test_these_words_do_not_tick(words: str, item: str) -> None:
    assert item not in ticked(OPENING, agent(40, words))


def test_a_reason_that_the_agent_says_back_is_known() -> None:
    assert "reason" in ticked(agent(1, "so you are calling about the second bill"))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("can i take your date of birth please", "it is the first of may nineteen eighty"),
        ("can you confirm the first line of your address", "twelve mill lane"),
        ("what is the postcode there", "it is four nine two"),
        ("could you give me the answer to your security question", "it is fluffy"),
        ("can i have your name and your date of birth", "alex field may the first eighty"),
        ("can i have your date of birth", "birth date"),
        ("may i have the last four digits of your card", "two five two seven"),
        ("thanks and the first line of the address alex", "twenty two mill lane"),
        ("and the postcode and the date of birth", "tenth of the seventh eighty eight"),
        ("okay and a security word", "tangerine"),
    ],
)
def test_who_is_calling_is_proved_by_what_only_the_customer_knows(asked: str, answer: str) -> None:
    assert "verification" in ticked(OPENING, agent(8, asked), customer(14, answer))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("what was your last name so i can look you up", "it is field"),
        ("what is your account number please", "it is five two seven four one nine"),
        ("can i take the order number", "five two seven"),
        ("can i have your name and your date of birth", "it is alex field"),
        ("can i take your date of birth please", "why do you need that"),
        ("can i take your date of birth please", "one moment"),
        ("can you confirm the first line of your address", "i do not know it"),
        ("thank you alex", "my account number is five two seven"),
        ("and the new postcode is on the letter that we sent you", "twenty two mill lane"),
        ("okay and a security word", "sorry"),
        ("and is there a password on the box", "yes"),
    ],
)
def test_who_is_calling_is_not_proved(asked: str, answer: str) -> None:
    assert "verification" not in ticked(OPENING, agent(8, asked), customer(14, answer))


def test_a_proof_that_was_asked_for_and_not_given_is_none() -> None:
    assert "verification" not in ticked(OPENING, agent(8, "can i take your date of birth please"))


def _reasons(last_words: str) -> list[str]:
    """The utterances that tick the reason; the agent asks while the customer's are a draft."""
    engine = Engine(book(), matcher=matcher())
    customer, agent = Channel.CUSTOMER, Channel.AGENT
    drafted = "hello i am calling about my bill"
    facts: list[Fact] = [
        CallStarted(at=0.0, call="one", started="2026-03-04T09:30:00+00:00", source="test"),
        Hypothesis(
            at=3.6, channel=customer, start=0.0, end=3, utterance="C1", committed=drafted, tail=""
        ),
        Utterance(at=4.1, channel=agent, start=0.0, end=3.2, utterance="A1", text=OPENING.text),
        Utterance(at=5.3, channel=customer, start=0.0, end=4.4, utterance="C1", text=last_words),
    ]
    return [
        result.utterance
        for fact in facts
        for result in engine.receive(fact)
        if isinstance(result, ChecklistTicked) and result.item == "checklist.reason"
    ]


def test_what_is_still_a_draft_ticks_nothing_until_it_is_final() -> None:
    assert _reasons("hello i am calling about my bill") == ["C1"]
    assert _reasons("hello i am falling down the hill") == []
