"""What the engine answers from a call's journal, and with which moments."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from every_row import every_row
from keptcalls import AGENT, CUSTOMER, cue, keep, level, pressed, promise
from scorecardkit import form, question, section
from shipped_rules import book

from coach.calls.call_files import CallFiles
from coach.calls.scorecards.automatic import MOST_MOMENTS, Suggestion, suggest
from coach.calls.scorecards.call_facts import gather
from coach.calls.scorecards.call_reading import roles_of, suggestions
from coach.calls.scorecards.form import Value
from coach.events import (
    Action,
    AnyEvent,
    AudioGap,
    CallEnded,
    CallStarted,
    Channel,
    ChecklistTicked,
    CueMatched,
    CueRetracted,
    Evidence,
    Guard,
    Level,
    SignalChanged,
    SpeechEnded,
    Track,
    Utterance,
    WarningGiven,
)
from coach.notes.report.call_report import Span

ROLES = roles_of([book()])
END = CallEnded(at=300.0, reason="end")


def spoke(start: float, end: float, side: Channel = AGENT) -> SpeechEnded:
    return SpeechEnded(at=end + 0.5, channel=side, start=start, end=end)


def heard(start: float, rule: str, side: Channel = AGENT, guard: Guard | None = None) -> CueMatched:
    return CueMatched(
        at=start + 1,
        channel=side,
        start=start,
        end=start + 1,
        match=f"{rule}:{start:g}",
        rule=rule,
        track=Track.COACHING,
        severity=0,
        text="words",
        because=(Evidence(guard=guard),) if guard else (),
    )


def warned(start: float, number: int) -> WarningGiven:
    return WarningGiven(
        at=start,
        channel=AGENT,
        start=start,
        end=start,
        number=number,
        utterance="A1",
        text="please",
    )


def over(at: float, count: int) -> SignalChanged:
    return SignalChanged(at=at, signal="interruptions_agent_count", value=float(count))


def answered(automatic: str, events: list[AnyEvent], kind: str = "yes_no") -> Suggestion:
    more = f"not_applicable = true\nautomatic = {{ {automatic} }}"
    one = form(section("s", question("a", kind, more), question("z")))
    found = suggest(one.sections[0].questions[0], gather([*events, END]), ROLES)
    assert found is not None
    return found


def test_one_track_does_not_tell_who_spoke_over_whom() -> None:
    asked = question("a", "number", 'automatic = { measure = "talk_over" }')
    asked_in = form(section("s", asked, question("z")))
    began = CallStarted(at=0.0, call="c", started="", source="", channels=(Channel.MIXED,))
    judged = Utterance(
        at=3.0, channel=AGENT, start=1.0, end=2.0, utterance="A1", text="hi", speaker_confidence=0.9
    )
    for first in (began, judged):
        facts = gather([first, over(9, 1), END])
        assert suggest(asked_in.sections[0].questions[0], facts, ROLES) is None


GREETING = 'measure="heard", rules=["checklist.greeting"], within_s=20'
EMPATHY = 'measure="heard_after", role=["empathy"], after=["esc.*"], within_s=30'
HOLD = 'measure="announced", rules=["say.hold_notice"], silence_s=20, within_s=10'
ORDER = 'measure="warned_in_order"'
PROMISE = 'measure="dated_promise"'

TABLE: list[tuple[str, list[AnyEvent], Value | None, list[float]]] = [
    (GREETING, [spoke(5, 8), heard(5, "checklist.greeting")], "yes", [5]),
    (GREETING, [spoke(5, 8), heard(26, "checklist.greeting")], "no", []),
    (GREETING, [spoke(5, 8), heard(24, "checklist.greeting")], "yes", [24]),
    (GREETING, [], "no", []),
    ('measure="heard", rules=["say.*"], last_s=60', [heard(239, "say.thanks")], "no", []),
    ('measure="heard", rules=["say.*"], last_s=60', [heard(241, "say.thanks")], "yes", [241]),
    ('measure="heard", role=["paraphrase"]', [heard(9, "say.paraphrase")], "yes", [9]),
    ('measure="heard", role=["paraphrase"]', [heard(9, "say.empathy")], "no", []),
    ('measure="heard", rules=["a.b"]', [heard(9, "a.b", guard=Guard.NEGATED)], "no", []),
    (
        'measure="heard", rules=["a.b"]',
        [heard(9, "a.b"), CueRetracted(at=12, match="a.b:9", rule="a.b")],
        "no",
        [],
    ),
    (EMPATHY, [], None, []),
    (EMPATHY, [cue(11, "esc.churn"), heard(40, "say.empathy")], "yes", [10, 40]),
    (EMPATHY, [cue(11, "esc.churn"), heard(41, "say.empathy")], "no", [10]),
    (EMPATHY, [heard(8, "say.empathy"), cue(11, "esc.churn")], "no", [10]),
    (
        f"{EMPATHY}, least_share=0.5",
        [cue(11, "esc.churn"), heard(20, "say.empathy"), cue(99, "esc.legal")],
        "yes",
        [10, 20, 98],
    ),
    (HOLD, [spoke(0, 10), spoke(29, 40, CUSTOMER)], None, []),
    (HOLD, [spoke(0, 10), heard(8, "say.hold_notice"), spoke(30, 40, CUSTOMER)], "yes", [8, 10]),
    (HOLD, [heard(8, "say.hold_notice"), spoke(0, 19), spoke(40, 41)], "no", [19]),
    (HOLD, [spoke(0, 10), spoke(8, 25, CUSTOMER), spoke(40, 41)], None, []),
    (ORDER, [], None, []),
    (ORDER, [warned(10, 1)], "yes", [10]),
    (
        ORDER,
        [
            heard(10, "say.warning_request"),
            warned(10, 1),
            heard(50, "say.warning_limit"),
            warned(50, 2),
            heard(90, "say.end_call"),
        ],
        "yes",
        [10, 50, 90],
    ),
    (ORDER, [warned(10, 1), heard(90, "say.end_call")], "no", [10, 90]),
    (ORDER, [heard(9, "say.warning_limit"), warned(9, 1)], "no", [9]),
    (f"{ORDER}, warnings=1", [warned(10, 1), heard(90, "say.end_call")], "yes", [10, 90]),
    (PROMISE, [], None, []),
    (PROMISE, [promise(9, "I will call", "2026-01-09")], "yes", [8]),
    (PROMISE, [promise(9, "I will call", "2026-01-09"), promise(20, "I will see")], "no", [8, 19]),
    ('measure="calmed"', [level(9, Level.UNEASY)], None, []),
    ('measure="calmed"', [level(9, Level.ANGRY), level(50, Level.UNEASY)], "yes", [9, 50]),
    ('measure="calmed"', [level(9, Level.ANGRY)], "no", [9]),
    ('measure="longest_silence", at_most=12', [spoke(0, 5), spoke(17, 20)], "yes", [5]),
    ('measure="longest_silence", at_most=12', [spoke(0, 5), spoke(18, 20)], "no", [5]),
    ('measure="talk_over", at_most=1', [over(9, 1), over(20, 2)], "no", [9, 20]),
    ('measure="talk_over", at_most=1', [over(9, 1), over(20, 2), over(22, 1)], "yes", [9]),
    ('measure="longest_turn", at_most=45', [spoke(0, 50)], "no", [0]),
    ('measure="talk_share", at_most=70', [], None, []),
    ('measure="talk_share", at_most=70', [spoke(0, 3), spoke(3, 4, CUSTOMER)], "no", []),
]


@every_row(TABLE)
def test_an_answer_with_its_moments(
    automatic: str, events: list[AnyEvent], value: Value | None, moments: list[float]
) -> None:
    found = answered(automatic, events)
    assert found.value == value
    assert [moment.at for moment in found.moments] == moments
    assert found.because


@pytest.mark.parametrize(
    ("measure", "events", "value"),
    [
        ("longest_silence", [spoke(0, 5), spoke(9.5, 20), spoke(21, 22, CUSTOMER)], 4.5),
        ("longest_silence", [], 0.0),
        ("longest_turn", [spoke(0, 5), spoke(9, 20), spoke(30, 60, CUSTOMER)], 11.0),
        ("talk_over", [over(9, 2)], 2.0),
        ("talk_share", [spoke(0, 3), spoke(3, 4, CUSTOMER)], 75.0),
    ],
)
def test_a_figure(measure: str, events: list[AnyEvent], value: float) -> None:
    assert answered(f'measure="{measure}"', events, "number").value == value


def test_a_promise_says_its_date() -> None:
    told = answered(PROMISE, [promise(9, "I will call", "2026-01-09"), promise(20, "I will see")])
    assert [moment.text for moment in told.moments] == [
        "I will call (due 2026-01-09)",
        "I will see (no date)",
    ]
    assert told.because == "1 of 2 promises have a date"


def test_a_tick_of_the_checklist_counts_once_with_its_match() -> None:
    tick = ChecklistTicked(
        at=9, channel=AGENT, start=5.4, end=6, item="checklist.recap", utterance="A1", text="so"
    )
    recap = 'measure="heard", rules=["checklist.recap"]'
    assert len(answered(recap, [tick]).moments) == 1
    assert len(answered(recap, [heard(5, "checklist.recap"), tick]).moments) == 1


def test_no_more_moments_are_kept_than_are_read() -> None:
    many: list[AnyEvent] = [heard(n, "a.b") for n in range(40)]
    found = answered('measure="heard", rules=["a.b"]', many)
    assert (len(found.moments), found.because) == (MOST_MOMENTS, "heard 40 times")


def test_silence_off_the_record_or_in_lost_sound_means_nothing() -> None:
    gap = AudioGap(at=30, channel=AGENT, start=12, end=30, cause="device")
    facts = gather(
        [
            spoke(0, 10),
            gap,
            pressed(31, Action.PAUSE),
            pressed(60, Action.RESUME),
            spoke(62, 63),
            END,
        ]
    )
    assert list(facts.silences(1.5)) == [Span(10, 12), Span(60, 62)]
    assert facts.unheard == (Span(12, 30), Span(31, 60))


def test_a_swap_names_what_was_before_anew() -> None:
    facts = gather(
        [
            spoke(0, 10),
            heard(1, "a.b"),
            promise(3, "I will call"),
            msgspec.structs.replace(promise(6, "I will pay"), channel=CUSTOMER, owner=CUSTOMER),
            pressed(20, Action.SWAP_CHANNELS),
            spoke(21, 25),
            END,
        ]
    )
    assert facts.speech[CUSTOMER] == (Span(0, 10),)
    assert facts.speech[AGENT] == (Span(21, 25),)
    assert [moment.side for moment in facts.matches] == [CUSTOMER]
    assert [one.moment.text for one in facts.promises] == ["I will pay"]


def test_a_call_whose_rules_are_not_kept_goes_by_those_in_force(tmp_path: Path) -> None:
    files = keep(tmp_path, "one", [heard(9, "say.paraphrase")])
    asks = 'automatic = { measure="heard", role=["paraphrase"] }'
    one = form(section("s", question("a", more=asks)))
    assert suggestions(one, files, book)["a"].value == "yes"
    plain = form(section("s", question("a")))
    assert suggestions(plain, CallFiles(tmp_path, "absent"), book) == {}
