"""Figures of a call against those reckoned by hand, and against the engine's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from callscript import CALLS, facts_of, read
from shipped_rules import matcher

from coach.calls.journal import Journal, JournalHeader
from coach.calls.reports.settled import settled
from coach.calls.reports.talk import Talk, talk_of, was_divided, without
from coach.engine.engine import Engine
from coach.engine.talk.turns import TurnSettings
from coach.events import (
    Action,
    AgentAction,
    AnnouncementHeard,
    AnyEvent,
    AudioGap,
    CallStarted,
    Channel,
    CommitmentMade,
    Degraded,
    Evidence,
    Recovered,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)
from coach.notes.report.call_report import SidedSpan, Span

A, C, M = Channel.AGENT, Channel.CUSTOMER, Channel.MIXED
STARTED = CallStarted(at=0.0, call="c", started="2026-01-05T09:00:00+00:00", source="test")


def spoke(side: Channel, start: float, end: float, text: str) -> list[AnyEvent]:
    name = f"{side.value[0]}{start:g}"
    return [
        SpeechStarted(at=start, channel=side, start=start, end=start),
        SpeechEnded(at=end, channel=side, start=start, end=end),
        Utterance(at=end, channel=side, start=start, end=end, utterance=name, text=text),
    ]


def journal(*events: AnyEvent) -> Journal:
    header = JournalHeader(version="0", call="c", rules="", settings={})
    in_order = sorted(events, key=lambda event: event.at)
    return Journal(header=header, events=(STARTED, *in_order))


def measured(*events: AnyEvent, channels: Sequence[Channel] = (A, C)) -> Talk:
    return talk_of(settled(journal(*events)), TurnSettings(), channels)


CALL = [
    *spoke(A, 1, 5, "good morning how can I help you today"),  # 8 words in 4 s
    *spoke(C, 6, 16, "the engineer did not come on Monday and I waited all day"),  # 12 in 10 s
    *spoke(A, 12, 15, "yes but you have to"),  # over the customer for 3 s; 5 words in 3 s
    *spoke(C, 17, 20, "let me finish please"),  # 4 in 3 s; a pause of 1 s, which the agent took
    *spoke(A, 21, 31, "right I will check that for you one moment please"),  # 10 in 10 s
    *spoke(C, 24, 25, "okay"),  # 1 in 1 s; an acknowledgement
    *spoke(A, 41, 43, "thank you for waiting"),  # 4 in 2 s, after an announced silence of 10 s
    *spoke(C, 48, 50, "well and what now"),  # 4 in 2 s, after 5 s of dead air
    *spoke(C, 52, 54, "are you still there"),  # 4 in 2 s, after an own pause of 2 s
]


def test_every_figure_of_a_call_by_hand() -> None:
    talk = measured(*CALL)
    figures = talk.figures
    assert figures.agent is not None
    assert figures.customer is not None
    assert figures.both is None
    assert figures.talk_s == 54
    assert (figures.agent.talk_s, figures.customer.talk_s) == (19, 18)
    assert figures.agent_share == pytest.approx(19 / 37, abs=1e-4)
    assert (figures.agent.words, figures.agent.pace_wpm) == (27, round(27 * 60 / 19, 1))
    assert (figures.customer.words, figures.customer.pace_wpm) == (25, round(25 * 60 / 18, 1))
    assert (figures.agent.talk_overs, figures.agent.talk_over_s) == (1, 3)
    assert (figures.customer.talk_overs, figures.customer.talk_over_s) == (0, 0)
    assert (figures.dead_air_s, figures.dead_airs) == (5, 1)
    assert figures.longest_silence == Span(43, 48)
    assert figures.hold_s == 10
    assert talk.holds == (Span(31, 41),)
    assert (figures.agent.longest_s, figures.agent.longest_at) == (10, 21)
    assert (figures.customer.longest_s, figures.customer.longest_at) == (14, 6)
    assert talk.talk_overs == (SidedSpan(12, 15, A),)


def test_one_undivided_track_has_no_sides() -> None:
    talk = measured(*spoke(M, 1, 5, "hello there you"), *spoke(M, 4, 9, "x"), channels=(M,))
    figures = talk.figures
    assert (figures.agent, figures.customer, figures.agent_share) == (None, None, None)
    assert figures.both is not None
    assert figures.both.talk_overs == 0
    assert talk.talk_overs == ()


def test_a_call_without_a_word_has_no_figures() -> None:
    figures = measured().figures
    assert figures.agent is not None
    assert (figures.talk_s, figures.agent_share, figures.agent.pace_wpm) == (0, None, None)
    assert figures.longest_silence is None


@pytest.mark.parametrize(
    ("between", "silences"),
    [
        ([], [Span(5, 20)]),
        ([AudioGap(at=9, channel=C, start=5, end=9, cause="x")], [Span(9, 20)]),
        ([AudioGap(at=18, channel=C, start=7, end=18, cause="x")], []),
        (
            [
                Degraded(at=8, component="far_end", detail="gone"),
                Recovered(at=16, component="far_end"),
            ],
            [Span(16, 20)],
        ),
        ([Degraded(at=10, component="far_end", detail="gone")], [Span(5, 10)]),
        ([Degraded(at=10, component="journal", detail="full")], [Span(5, 20)]),
        (
            [
                AgentAction(at=9, action=Action.PAUSE),
                AgentAction(at=15, action=Action.RESUME),
            ],
            [Span(5, 9), Span(15, 20)],
        ),
    ],
)
def test_time_without_sound_is_no_silence(between: list[AnyEvent], silences: list[Span]) -> None:
    talk = measured(*spoke(A, 1, 5, "good morning to you"), *between, *spoke(C, 20, 22, "yes I am"))
    assert list(talk.silences) == silences


def test_a_recorded_voice_is_nobodys_talk_and_asks_to_hold() -> None:
    message = AnnouncementHeard(
        at=12, channel=C, start=6, end=12, utterance="C6", kind="hold message", text="please hold"
    )
    talk = measured(
        *spoke(A, 1, 5, "I have a question about it"),
        *spoke(C, 6, 12, "please hold"),
        message,
        *spoke(C, 13, 15, "hello who is there"),
    )
    assert talk.figures.customer is not None
    assert (talk.figures.customer.talk_s, talk.figures.customer.words) == (2, 4)
    assert talk.holds == (Span(6, 12),)


def test_a_journal_that_breaks_off_in_a_sentence() -> None:
    open_speech = SpeechStarted(at=6, channel=C, start=6, end=6)
    later = Degraded(at=9, component="journal", detail="x")
    talk = measured(*spoke(A, 1, 5, "good morning to you"), open_speech, later)
    assert talk.speech[-1] == SidedSpan(6, 9, C)


def test_after_a_swap_all_that_was_before_has_the_other_name() -> None:
    promise = CommitmentMade(
        at=5, channel=C, start=1, end=5, utterance="C1", text="I will", owner=C,
        because=(Evidence(channel=C, text="I will"),),
    )  # fmt: skip
    swap = AgentAction(at=6, action=Action.SWAP_CHANNELS)
    call = settled(
        journal(*spoke(C, 1, 5, "good morning"), promise, swap, *spoke(C, 7, 9, "hm no"))
    )
    assert [u.channel for u in call.of(Utterance) if isinstance(u, Utterance)] == [A, C]
    (made,) = call.of(CommitmentMade)
    assert isinstance(made, CommitmentMade)
    assert (made.owner, made.because[0].channel) == (A, A)


def test_what_was_said_off_the_record_leaves_no_trace() -> None:
    events = [
        *spoke(A, 1, 3, "good morning"),
        AgentAction(at=4, action=Action.PAUSE),
        *spoke(C, 5, 7, "the secret"),
    ]
    call = settled(journal(*events))
    assert [u.text for u in call.of(Utterance) if isinstance(u, Utterance)] == ["good morning"]
    assert call.pauses == (Span(4, 7),), "it lasts as far as the journal"


@pytest.mark.parametrize(
    ("holes", "left"),
    [
        ([], [(0, 10)]),
        ([(2, 3), (5, 7)], [(0, 2), (3, 5), (7, 10)]),
        ([(5, 7), (2, 6)], [(0, 2), (7, 10)]),
        ([(-5, 2), (9, 20)], [(2, 9)]),
        ([(-5, 20)], []),
        ([(20, 30)], [(0, 10)]),
    ],
)
def test_what_is_left_of_a_span(
    holes: list[tuple[float, float]], left: list[tuple[float, float]]
) -> None:
    assert without(Span(0, 10), [Span(*hole) for hole in holes]) == [Span(*one) for one in left]


@pytest.mark.parametrize("path", sorted(CALLS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_figures_are_the_engines(path: Path) -> None:
    facts = facts_of(read(path))
    engine = Engine(matcher().book, matcher=matcher())
    events: list[AnyEvent] = []
    for fact in facts:
        events += [fact, *engine.receive(fact)]
    header = JournalHeader(version="0", call="c", rules="", settings={})
    figures = talk_of(
        settled(Journal(header=header, events=tuple(events))), TurnSettings(), (A, C)
    ).figures
    screen = engine.snapshot().measurements
    assert figures.agent is not None
    assert figures.customer is not None
    assert figures.agent.talk_overs == screen.interruptions_agent
    assert figures.customer.talk_overs == screen.interruptions_customer
    assert figures.agent_share == pytest.approx(screen.talk_share_agent, abs=1e-4)
    assert figures.agent.pace_wpm == pytest.approx(screen.pace_agent_wpm, abs=0.1)
    assert figures.customer.pace_wpm == pytest.approx(screen.pace_customer_wpm, abs=0.1)


def test_a_track_that_was_divided_shows_in_who_was_judged() -> None:
    (_, _, said) = spoke(A, 1, 5, "good morning")
    assert isinstance(said, Utterance)
    assert not was_divided([STARTED, said])
    assert was_divided([STARTED, msgspec.structs.replace(said, speaker_confidence=0.9)])
