"""Sides that are not whose they are taken to be: exchanged, said, or left alone."""

from __future__ import annotations

import pytest

from coach.calls.side_watch import VOICES_EXCHANGED, SideWatch, Taken
from coach.events import Action, AgentAction, AudioWarning, Channel, Utterance

A, C = Channel.AGENT, Channel.CUSTOMER
GREETING = "Thank you for calling Northwind, my name is Dana, how can I help you?"
WISH = "Hi, I'm calling about my bill"
SECOND_GREETING = "Welcome to the technical team, how may I help? May I have your account number?"


def said(channel: Channel, text: str, at: float, **rest: object) -> Utterance:
    fact = {"utterance": f"{channel[0]}{at}", "text": text, **rest}
    return Utterance(at=at + 4.0, channel=channel, start=at, end=at + 3.0, **fact)  # type: ignore[arg-type]


def run(watch: SideWatch, *facts: Utterance | AudioWarning) -> list[AudioWarning | AgentAction]:
    return [told for fact in facts for told in watch.push(fact)]


def warnings(told: list[AudioWarning | AgentAction]) -> list[AudioWarning]:
    return [one for one in told if isinstance(one, AudioWarning)]


def swaps(told: list[AudioWarning | AgentAction]) -> int:
    return sum(isinstance(one, AgentAction) for one in told)


def test_what_is_right_is_told_with_its_evidence_and_changes_nothing() -> None:
    told = run(SideWatch(Taken()), said(A, GREETING, 2.0), said(C, WISH, 8.0))
    (one,) = warnings(told)
    assert one.detail.startswith("probably the agent: left; because it says “Thank you for")
    assert not one.active
    assert swaps(told) == 0


def test_swapped_sides_are_exchanged_where_nobody_named_them_and_never_silently() -> None:
    told = run(SideWatch(Taken()), said(C, GREETING, 2.0), said(A, WISH, 8.0))
    (one,) = warnings(told)
    assert "probably the agent: right" in one.detail
    assert "--agent-channel left decides" in one.detail
    (key,) = [t for t in told if isinstance(t, AgentAction)]
    assert key.action is Action.SWAP_CHANNELS
    assert told.index(one) < told.index(key)


@pytest.mark.parametrize("text", [GREETING, "How may I help you? Can I take your name?"])
def test_who_named_the_agent_wins_and_is_told_of_strong_evidence(text: str) -> None:
    told = run(SideWatch(Taken(agent="right", customer="left", told=True)), said(C, text, 2.0))
    (one,) = warnings(told)
    assert "seem swapped" in one.detail
    assert "--agent-channel left decides" in one.detail
    assert swaps(told) == 0


def test_nothing_is_said_to_who_named_the_agent_rightly() -> None:
    assert run(SideWatch(Taken(told=True)), said(A, GREETING, 2.0), said(C, WISH, 8.0)) == []


def test_weak_evidence_exchanges_nothing_and_is_told_after_the_opening() -> None:
    watch = SideWatch(Taken())
    assert run(watch, said(C, "What can I do for you?", 2.0)) == []
    told = run(watch, said(A, "okay", 95.0), said(A, "okay", 99.0))
    (one,) = warnings(told)
    assert "may be swapped" in one.detail
    assert swaps(told) == 0


def test_a_transfer_that_exchanges_the_sides_is_told_with_its_time() -> None:
    watch = SideWatch(Taken())
    run(watch, said(A, GREETING, 2.0), said(C, WISH, 8.0))
    told = run(
        watch,
        said(A, "Let me transfer you, one moment", 60.0),
        said(C, SECOND_GREETING, 250.0),
        said(A, "My account number is four seven", 258.0),
    )
    (one,) = warnings(told)
    assert "exchanged from 4:10 on" in one.detail
    assert "probably the agent: right" in one.detail
    assert (
        "T there in `coach review` exchanges them, and so does --swap-at 4:10 in a replay"
        in one.detail
    )
    assert one.since == 250.0
    assert swaps(told) == 0
    (back,) = warnings(run(watch, said(A, SECOND_GREETING, 400.0)))
    assert "on the left side again" in back.detail
    assert "and so does --swap-at 4:10,6:40 in a replay" in back.detail


@pytest.mark.parametrize(
    ("swapped", "told"),
    [((20.0,), "--swap-at 0:20,4:10"), (None, "Nothing is exchanged; T there in `coach review`")],
)
def test_what_was_exchanged_before_stays_in_the_advice(
    swapped: tuple[float, ...] | None, told: str
) -> None:
    watch = SideWatch(Taken(swapped=swapped))
    run(watch, said(A, GREETING, 2.0), said(C, WISH, 8.0))
    # What was said in one breath with the greeting is the new agent's too.
    (one,) = warnings(run(watch, said(C, f"Right, let me see now. {SECOND_GREETING}", 250.0)))
    assert (told in one.detail, one.since) == (True, 250.0)


def test_another_agent_on_the_same_side_is_no_news() -> None:
    watch = SideWatch(Taken())
    run(watch, said(A, GREETING, 2.0), said(C, WISH, 8.0))
    assert run(watch, said(A, SECOND_GREETING, 250.0), said(C, WISH, 258.0)) == []


def test_courtesies_of_a_customer_late_in_a_call_are_no_transfer() -> None:
    watch = SideWatch(Taken())
    run(watch, said(A, GREETING, 2.0), said(C, WISH, 8.0))
    told = run(
        watch,
        said(C, "Thank you for your patience, one moment please", 200.0),
        said(C, "Can you confirm that? Have a great day", 210.0),
    )
    assert told == []


def test_after_the_key_the_sides_are_whose_the_key_made_them() -> None:
    watch = SideWatch(Taken())
    watch.exchanged()
    told = run(watch, said(C, GREETING, 2.0))
    assert [one.active for one in warnings(told)] == [False]
    assert swaps(told) == 0


@pytest.mark.parametrize("rest", [{"doubtful": True}, {"language": "de"}])
def test_words_that_may_be_invented_or_are_foreign_tell_nothing(rest: dict[str, object]) -> None:
    assert run(SideWatch(Taken()), said(C, GREETING, 2.0, **rest)) == []


def changed(since: float) -> AudioWarning:
    """What the sound tells where the voices have changed places."""
    return AudioWarning(at=since + 15.0, kind=VOICES_EXCHANGED, detail="changed", since=since)


def test_voices_that_change_places_are_told_without_any_words_of_it() -> None:
    watch = SideWatch(Taken())
    run(watch, said(A, GREETING, 2.0), said(C, WISH, 8.0))
    (away,) = run(watch, changed(60.0))
    (back,) = run(watch, changed(200.0))
    assert isinstance(away, AudioWarning)
    assert isinstance(back, AudioWarning)
    assert (
        "exchanged from 1:00 on, as a transfer may do it: probably the agent: right" in away.detail
    )
    assert "--swap-at 1:00 in a replay" in away.detail
    assert (away.since, away.active) == (60.0, True)
    assert back.detail.startswith("from 3:20 on the agent is on the left side again")
    assert (back.since, back.active) == (200.0, False)


def test_one_change_is_told_once_whether_words_or_voices_tell_it_first() -> None:
    words = said(C, SECOND_GREETING, 62.0)
    for facts in ((changed(60.0), words), (words, changed(60.0))):
        watch = SideWatch(Taken())
        run(watch, said(A, GREETING, 2.0), said(C, WISH, 8.0))
        told = [one for fact in facts for one in watch.push(fact)]
        assert len(told) == 1


def test_what_was_said_before_voices_changed_places_does_not_turn_it_back() -> None:
    watch = SideWatch(Taken())
    run(watch, said(A, GREETING, 2.0), said(C, WISH, 8.0))
    assert len(run(watch, changed(20.0))) == 1
    assert run(watch, said(C, "How can I help you with that bill?", 25.0)) == []


def test_a_greeting_that_leaks_onto_the_other_side_is_nobodys() -> None:
    echo, greeting = said(C, GREETING, 2.2), said(A, GREETING, 2.0)
    later = (
        said(C, WISH, 12.0),
        said(A, "How can I help you with that?", 20.0),
        said(C, "Yes.", 30.0),
    )
    told = run(SideWatch(Taken(leaks=True)), echo, greeting, *later)
    assert swaps(told) == 0
    assert [one for one in warnings(told) if one.active] == []
    assert swaps(run(SideWatch(Taken()), echo, greeting, *later)) == 1  # where nothing leaks it is


def test_where_sides_leak_what_one_alone_says_tells_as_it_does_elsewhere() -> None:
    told = run(SideWatch(Taken(leaks=True)), said(C, GREETING, 2.0), said(A, WISH, 12.0))
    assert swaps(told) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("Welcome to Northwind Bank.",),
        ("Welcome to Northwind Bank. Thank you for calling.", "For cards, press one."),
        ("Thank you for calling Northwind.", "Please hold for the next available advisor."),
        ("You have reached Northwind Insurance.", "Our offices are closed."),
    ],
)
def test_what_a_machine_greets_with_tells_nothing(lines: tuple[str, ...]) -> None:
    facts = [said(C, line, 1.0 + 4.0 * place) for place, line in enumerate(lines)]
    assert run(SideWatch(Taken()), *facts, said(C, "Okay", 95.0)) == []


def test_a_person_behind_a_machines_greeting_tells() -> None:
    facts = [
        said(C, "Welcome to Northwind Bank. For cards, press one.", 1.0),
        said(A, "Good morning, Northwind Bank, this is Dana, how can I help?", 30.0),
        said(C, WISH, 36.0),
    ]
    (one,) = warnings(run(SideWatch(Taken()), *facts))
    assert one.detail.startswith("probably the agent: left")
