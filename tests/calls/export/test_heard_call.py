"""Which words and whose an export holds: pauses, swaps, doubts, announcements, broken journals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from heardcalls import AGENT, CUSTOMER, journal_of, known, spoke

from coach.calls.about import About, Later
from coach.calls.export.coach_extras import coach_extras
from coach.calls.export.contact_lens import contact_lens
from coach.calls.export.heard_call import MillisecondSpan
from coach.calls.export.known_call import known_call
from coach.calls.journal import read_journal
from coach.calls.swaps import with_final_sides
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    Evidence,
    SignalChanged,
    SpeechStarted,
    Track,
    Utterance,
)

SWAP = Action.SWAP_CHANNELS


def key(at: float, action: Action, **more: str) -> AgentAction:
    return AgentAction(at=at, action=action, **more)


def texts(events: list[AnyEvent]) -> list[tuple[str, str]]:
    return [(turn.side.value, turn.text) for turn in known(events).heard.turns]


def test_a_later_text_of_an_utterance_replaces_it_and_an_empty_one_takes_it_away() -> None:
    again = Utterance(at=9.0, channel=AGENT, start=1, end=2, utterance="A1", text="two")
    gone = msgspec.structs.replace(again, utterance="A5", text=" ")
    events = [*spoke(AGENT, 1, 2, "one"), *spoke(AGENT, 5, 6, "five"), again, gone]
    assert texts(events) == [("AGENT", "two")]


def test_turns_stand_in_order_of_their_beginnings() -> None:
    events = [*spoke(AGENT, 4, 5, "second"), *spoke(CUSTOMER, 1, 8, "first")]
    assert [text for _, text in texts(events)] == ["first", "second"]


def test_what_is_said_in_a_pause_is_not_exported() -> None:
    # 3-7 is paused: the turn from 2 runs into it; of its speech, 2-3 is kept.
    call = known(
        [
            *spoke(AGENT, 0, 1, "before"),
            key(3.0, Action.PAUSE),
            key(7.0, Action.RESUME),
            *spoke(CUSTOMER, 2, 8, "secret", at=8.5),
            *spoke(AGENT, 9, 10, "after"),
        ]
    ).heard
    assert [turn.text for turn in call.turns] == ["before", "after"]
    assert call.speech[CUSTOMER] == (MillisecondSpan(2000, 3000),)
    assert call.pauses == (MillisecondSpan(3000, 7000),)


def test_a_pause_without_end_lasts() -> None:
    call = known([*spoke(AGENT, 0, 1, "a"), key(2.0, Action.PAUSE), *spoke(AGENT, 3, 4, "b")])
    assert [turn.text for turn in call.heard.turns] == ["a"]


def test_doubtful_words_are_told_apart() -> None:
    call = known([*spoke(AGENT, 0, 1, "a"), *spoke(CUSTOMER, 2, 3, "b", doubtful=True)])
    assert [turn.text for turn in call.heard.turns] == ["a"]
    (apart,) = coach_extras(call).doubtful
    assert (apart.content, apart.because) == ("b", "its words are doubtful")
    assert len(contact_lens(call).transcript) == 1


def test_an_unfinished_journal_is_exported_as_far_as_it_goes() -> None:
    open_speech = SpeechStarted(at=9.0, channel=CUSTOMER, start=8.9, end=8.9)
    call = known([*spoke(AGENT, 0, 1, "a"), open_speech])
    extras = coach_extras(call)
    assert (extras.ended, extras.call_duration_millis) == (False, 9000)
    assert call.heard.total == 1000
    ended = known([*spoke(AGENT, 0, 1, "a")], end=5.0)
    assert coach_extras(ended).ended


def test_times_beyond_every_call_are_cut() -> None:
    far = [*spoke(AGENT, -5.0, 1.0, "a"), *spoke(CUSTOMER, 1e300, 1e308, "b", at=3.0)]
    heard = known(far).heard
    longest = 48 * 3600 * 1000
    assert [turn.span for turn in heard.turns] == [
        MillisecondSpan(0, 1000),
        MillisecondSpan(longest, longest),
    ]
    assert contact_lens(known(far)).conversation_characteristics.talk_time.total_time_millis == 1000


def test_an_empty_journal_is_an_empty_call() -> None:
    journal = msgspec.structs.replace(journal_of([]), events=())
    call = known_call(journal)
    assert contact_lens(call).transcript == ()
    assert coach_extras(call).started == ""


# --- swaps ---------------------------------------------------------------------------------------


def test_before_a_swap_the_sides_are_exchanged() -> None:
    why = Evidence(channel=AGENT, text="I will")
    promise = CommitmentMade(
        at=2.5,
        channel=AGENT,
        start=1,
        end=2,
        utterance="A1",
        text="I will",
        owner=AGENT,
        because=(why, Evidence(note="seconds")),
    )
    moved = SignalChanged(at=2.6, signal="x", channel=CUSTOMER, value=1.0)
    events: list[AnyEvent] = [
        *spoke(AGENT, 1, 2, "I want my money"),
        promise,
        moved,
        key(3.0, SWAP),
        *spoke(AGENT, 4, 5, "let me look"),
    ]
    assert texts(events) == [("CUSTOMER", "I want my money"), ("AGENT", "let me look")]
    named = with_final_sides(events)
    (made,) = [e for e in named if isinstance(e, CommitmentMade)]
    assert (made.channel, made.owner, made.because[0].channel) == (CUSTOMER,) * 3
    assert made.because[1].channel is None
    assert [e.channel for e in named if isinstance(e, SignalChanged)] == [AGENT]
    extras = coach_extras(known(events))
    assert extras.sides_swapped_at_millis == (3000,)
    roles = [channel.participant_role for channel in extras.channel_definitions]
    assert roles == ["CUSTOMER", "AGENT"]


def test_a_swap_taken_back_exchanges_only_what_lies_between() -> None:
    events = [
        *spoke(AGENT, 1, 2, "one"),
        key(3.0, SWAP),
        *spoke(AGENT, 4, 5, "two"),
        key(6.0, SWAP),
        *spoke(AGENT, 7, 8, "three"),
    ]
    assert [side for side, _ in texts(events)] == ["AGENT", "CUSTOMER", "AGENT"]
    roles = [c.participant_role for c in coach_extras(known(events)).channel_definitions]
    assert roles == ["AGENT", "CUSTOMER"]


def test_a_turn_whose_speech_was_told_before_the_swap_is_talk_of_the_right_side() -> None:
    speech, words = spoke(AGENT, 1, 2, "mine")
    late = msgspec.structs.replace(words, at=4.0, channel=CUSTOMER)
    call = known([speech, key(3.0, SWAP), late]).heard
    assert call.speech[CUSTOMER] == (MillisecondSpan(1000, 2000),)
    assert call.speech[AGENT] == ()


# --- what is known about a call ------------------------------------------------------------------


def test_what_was_learned_later_is_laid_over() -> None:
    about = About(agent="Anna", queue="bills", tags=("a",))
    journal = journal_of([key(1.0, Action.CALLER, note="K7")], about=about)
    first = coach_extras(known_call(journal))
    assert (first.agent, first.queue, first.tags, first.caller) == ("Anna", "bills", ("a",), "K7")
    later = Later(agent="Berta", queue="", tags=(), caller="K8")
    put_right = coach_extras(known_call(journal, later=later))
    assert (put_right.agent, put_right.queue, put_right.tags, put_right.caller) == (
        "Berta",
        "",
        (),
        "K8",
    )


def test_withdrawn_matches_are_left_out() -> None:
    place: dict[str, Any] = {"channel": CUSTOMER, "start": 1.0, "end": 2.0, "at": 2.0}
    cue = CueMatched(match="C1:a", rule="esc.a", track=Track.ESCALATION, severity=2, **place)
    kept = msgspec.structs.replace(cue, match="C1:b", rule="esc.b")
    gone = CueRetracted(at=3.0, match="C1:a", rule="esc.a")
    assert [one.rule for one in coach_extras(known([cue, kept, gone])).cues] == ["esc.b"]


OLD: dict[int, list[dict[str, Any]]] = {
    1: [
        {"type": "CueMatched", "cue": "C1:conduct.insult"},
        {"type": "PromptRaised", "prompt": "P1"},
        {"type": "PromptCleared", "at": 6.0, "prompt": "P1", "rule": "r", "reason": "used"},
    ],
    2: [
        {"type": "CueMatched", "match": "C1:conduct.insult"},
        {"type": "CardRaised", "card": "P1"},
        {"type": "CardCleared", "at": 6.0, "card": "P1", "rule": "r", "reason": "used"},
    ],
}
CARD = {"at": 3.0, "priority": 50, "do": "Do", "say": "Say", "until": None}


@pytest.mark.parametrize("schema", sorted(OLD))
def test_older_journals_are_exported_alike(schema: int, tmp_path: Path) -> None:
    why = {"rule": "conduct.insult", "utterance": "C1", "text": "useless"}
    match = {"rule": "conduct.insult", "track": "conduct", "severity": 2, "because": [why]}
    place = {"channel": "CUSTOMER", "start": 1.0, "end": 2.0}
    cue, card, end = OLD[schema]
    said = {"type": "Utterance", "at": 2.5, "utterance": "C1", "text": "You are useless.", **place}
    lines = [
        {
            "type": "JournalHeader",
            "schema": schema,
            "version": "0",
            "call": "old",
            "rules": "",
            "settings": {"turns": {"interruption_s": 0.5, "gone": 1}},
        },
        {"type": "CallStarted", "at": 0, "call": "old", "started": "", "source": "live"},
        said,
        {**match, **place, "at": 2.6, **cue},
        {**match, **CARD, **card},
        end,
    ]
    path = tmp_path / "old.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    exported = contact_lens(known_call(read_journal(path)))
    assert exported.categories.matched_categories == ("conduct.insult",)
    extras = exported.x_coach
    assert (extras.journal_schema, extras.kind, extras.redaction) == (schema, "live", "kept")
    assert [(one.id, one.fate) for one in extras.cards] == [("P1", "used")]
    assert [one.turn_id for one in extras.cues] == ["C1"]
    assert exported.transcript[0].sentiment == "NEGATIVE"
