from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallStarted,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Channel,
    Clearing,
    CommitmentMade,
    Degraded,
    EscalationChanged,
    Event,
    Evidence,
    LadderChanged,
    Level,
    Loudness,
    Suppression,
    Track,
    Utterance,
)
from coach.notes.timeline_text import clock_in_tenths, render, why
from coach.notes.wording import wrapped

WORDS = Evidence(
    rule="esc.supervisor", text="your manager", channel=Channel.CUSTOMER, start=61.04, end=62.0
)
FIGURE = Evidence(note="customer louder than usual by dB", value=7.5, threshold=6.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "00:00.0"),
        (59.96, "01:00.0"),
        (61.04, "01:01.0"),
        (3599.9, "59:59.9"),
        (3725.5, "1:02:05.5"),
        (-0.2, "00:00.0"),
    ],
)
def test_call_time_reads_as_a_clock(seconds: float, text: str) -> None:
    assert clock_in_tenths(seconds) == text


@pytest.mark.parametrize(
    ("because", "text"),
    [
        ((), ""),
        ((WORDS,), '"your manager" (customer, 01:01.0)'),
        ((FIGURE,), "customer louder than usual by 7.5 dB (from 6)"),
        ((WORDS, WORDS), '"your manager" (customer, 01:01.0)'),
        ((Evidence(rule="a.b"),), "a.b"),
    ],
)
def test_reasons_read_as_one_clause(because: tuple[Evidence, ...], text: str) -> None:
    assert why(because) == text


SHOWN: list[tuple[Event, str]] = [
    (
        CallStarted(at=0, call="x", started="", source="a.wav", caller="R7"),
        "00:00.0  call x: a.wav, caller R7",
    ),
    (
        Utterance(
            at=5,
            channel=Channel.AGENT,
            start=3,
            end=4,
            utterance="A1",
            text="hi",
            doubtful=True,
            doubt="very quiet",
        ),
        "00:05.0     agent, from 00:03.0: hi  [doubtful: very quiet]",
    ),
    (
        Utterance(
            at=5,
            channel=Channel.CUSTOMER,
            start=3,
            end=4,
            utterance="C1",
            text="hi",
            withdrawn="I am old.",
        ),
        "00:05.0  customer, from 00:03.0: hi  [withdrawn: I am old.]",
    ),
    (
        AudioGap(at=5, channel=Channel.CUSTOMER, start=3, end=4.5, cause="device lost"),
        "00:05.0  SOUND LOST  customer, 1.5 s: device lost",
    ),
    (AudioWarning(at=1, kind="echo", detail="echo", active=False), "00:01.0  SOUND  echo (over)"),
    (
        Degraded(at=1, component="journal", detail="not written: full"),
        "00:01.0  DEGRADED  journal: not written: full",
    ),
    (
        EscalationChanged(at=2, level=Level.UPSET, previous=Level.CALM, because=(WORDS,)),
        '00:02.0  level calm -> upset: "your manager" (customer, 01:01.0)',
    ),
    (
        CommitmentMade(
            at=2,
            channel=Channel.AGENT,
            start=1,
            end=2,
            utterance="A2",
            text="call you Friday",
            owner=Channel.AGENT,
            due="2026-01-09",
        ),
        "00:02.0  promise by agent, due 2026-01-09: call you Friday",
    ),
]


KEYS = [
    (Action.PAUSE, "paused: nothing is heard or written"),
    (Action.RESUME, "goes on"),
    (Action.SNOOZE, "snoozed"),
    (Action.CALM_MODE, "calm mode on or off"),
    (Action.SWAP_CHANNELS, "sides swapped"),
    (Action.MUTE_RULE, "hidden for this call  [esc.again]"),
    (Action.MARK_WRONG, "marked wrong  [esc.again]"),
    (Action.END, "ended by the agent"),
    (Action.CALLER, "caller K7"),
]
SHOWN += [
    (AgentAction(at=1, action=action, rule="esc.again", note="K7"), f"00:01.0  {line}")
    for action, line in KEYS
]
SHOWN.append((AgentAction(at=1, action=Action.CALLER), "00:01.0  caller not known after all"))


def test_keys_whose_doing_is_told_with_the_card_have_no_line_of_their_own() -> None:
    others = set(Action) - {action for action, _ in KEYS}
    assert others == {Action.ACKNOWLEDGE, Action.DISMISS, Action.USED, Action.NEXT_WORDING}
    assert all(render(AgentAction(at=1, action=action)) is None for action in others)


@pytest.mark.parametrize(("event", "line"), SHOWN)
def test_what_happened_is_one_line(event: Event, line: str) -> None:
    assert render(event) == line


def test_a_card_says_what_to_do_what_to_say_and_why() -> None:
    card = CardRaised(
        at=62,
        card="P1",
        rule="esc.supervisor",
        track=Track.ESCALATION,
        severity=2,
        priority=60,
        do="Offer the transfer",
        say="I can arrange that.",
        until=80,
        stays=False,
        danger=False,
        because=(WORDS,),
    )
    line = render(card)
    assert line is not None
    assert line.splitlines() == [
        "01:02.0  CARD  Offer the transfer  [esc.supervisor]",
        '            SAY  "I can arrange that."',
        '            WHY  "your manager" (customer, 01:01.0)',
    ]


def test_measurements_are_left_out_and_refusals_are_shown_on_demand() -> None:
    level = Loudness(at=1, channel=Channel.AGENT, start=0.5, end=1, dbfs=-30, speech=True)
    assert render(level) is None
    refusal = CardSuppressed(at=1, rule="a.b", reason=Suppression.COOLDOWN, because=(WORDS,))
    assert render(refusal) is None
    shown = render(refusal, why_not=True)
    assert shown is not None
    assert "no card  [a.b] it had been shown not long before: " in shown


@pytest.mark.parametrize("reason", Suppression)
def test_why_a_card_was_kept_back_is_said_in_words(reason: Suppression) -> None:
    shown = render(CardSuppressed(at=1, rule="a.b", reason=reason), why_not=True)
    assert shown is not None
    words = shown.removeprefix("00:01.0  no card  [a.b] ")
    assert len(words.split()) >= 4, "no code, but a clause"
    assert "_" not in words


@pytest.mark.parametrize("reason", Clearing)
def test_what_became_of_a_card_is_said_in_words(reason: Clearing) -> None:
    shown = render(CardCleared(at=1, card="P1", rule="a.b", reason=reason))
    assert shown is not None
    assert "_" not in shown
    assert shown != f"00:01.0  card gone  [a.b] {reason.value}" or reason in (
        Clearing.USED,
        Clearing.DISMISSED,
        Clearing.ACKNOWLEDGED,
    )


def test_the_stages_of_the_boundary_are_said_in_words() -> None:
    moved = LadderChanged(
        at=1, stage="warn_1", previous="acknowledge", warnings=0, because=(WORDS,)
    )
    assert render(moved) == (
        '00:01.0  boundary acknowledge -> ask for respect: "your manager" (customer, 01:01.0)'
    )


def test_whoever_waits_for_the_place_is_named() -> None:
    waits = Evidence(rule="agent.policy_wall", note="waits for the place before it")
    waited = Evidence(value=12.0, note="waited too long for the place")
    assert why((waits,)) == "agent.policy_wall waits for the place before it"
    assert why((waited,)) == "waited too long for the place, more than 12 s"
    note = "waited for another card to end, and nobody had answered the customer"
    late = Evidence(rule="esc.low", value=18.7, note=note)
    told = "waited 19 s for the card of esc.low to end, and nobody had answered the customer"
    assert why((late,)) == told
    back = Evidence(rule="esc.low", value=8.0, note="had given way to another card, and came back")
    assert why((back,)) == "had given way to another card 8 s before, and came back"


SPOKEN = Utterance(
    at=31.1,
    channel=Channel.AGENT,
    start=21.2,
    end=31.0,
    utterance="A1",
    text="I understand how frustrating this is and I am sorry that you had to call three times.",
)


def test_on_a_terminal_a_line_is_broken_between_its_words_and_indented() -> None:
    shown = render(SPOKEN, width=80)
    assert shown is not None
    assert shown.splitlines() == [
        "00:31.1     agent, from 00:21.2: I understand how frustrating this is and I am",
        "            sorry that you had to call three times.",
    ]
    assert render(SPOKEN) == " ".join(row.strip() for row in shown.splitlines()).replace(
        "00:31.1 agent", "00:31.1     agent"
    )


@example(40, f"{':' * 28}\N{NO-BREAK SPACE}")
@given(st.integers(40, 200), st.text(st.characters(codec="utf-8", categories=("L", "Zs", "P"))))
def test_breaking_lines_cuts_no_word(width: int, text: str) -> None:
    line = f"00:31.1  customer, from 00:21.2: {text}"
    shown = wrapped(line, width, 12)
    assert shown.split() == line.split()
    if all(len(word) <= width - 12 for word in line.split()):
        assert all(len(row) <= width for row in shown.split("\n"))
