"""The table: one row a call, its cells by hand and by what the JSON of the same call says."""

from __future__ import annotations

import csv
import io

from heardcalls import AGENT, CUSTOMER, MIXED, journal_of, known, spoke

from coach.calls.about import About, CallKind
from coach.calls.export.data_lake import COLUMNS, as_csv, row_of
from coach.calls.export.known_call import KnownCall, known_call
from coach.events import CueMatched, EscalationChanged, Level, Track

DATA_LAKE = """
talk_time_total_ms, talk_time_agent_ms, talk_time_customer_ms, non_talk_time_total_ms,
total_conversation_duration_ms, talk_speed_agent_wpm, talk_speed_customer_wpm,
interruptions_time_total_ms, interruptions_time_agent_ms, interruptions_time_customer_ms,
interruptions_total_count, interruptions_agent_count, interruptions_customer_count,
sentiment_overall_score_agent, sentiment_overall_score_customer,
sentiment_interaction_score_customer_with_agent,
sentiment_interaction_score_customer_without_agent, sentiment_end_score_agent,
sentiment_end_score_customer, categories
"""


def cells(*calls: KnownCall) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(row_of(call) for call in calls))))


def test_the_columns_are_those_of_the_data_lake_and_our_own() -> None:
    names = [name.strip() for name in DATA_LAKE.replace("\n", " ").split(",")]
    assert [name for name in COLUMNS if name in names] == names
    others = [name for name in COLUMNS if name not in names]
    assert others[:3] == ["contact_id", "channel", "language_locale"]
    assert all(name.startswith("coach_") for name in others[3:])


def test_a_call_reckoned_by_hand() -> None:
    cue = {"channel": CUSTOMER, "start": 1, "end": 2, "track": Track.ESCALATION, "severity": 1}
    events = [
        # 4 words in 2 s, 3 of them in the overlap 4-6 with the customer's 1-6: 6 words in 5 s.
        *spoke(CUSTOMER, 1, 6, "I hate this awful terrible bill."),
        *spoke(AGENT, 4, 6, "but I must say"),
        *spoke(AGENT, 16, 19, "Thank you, that is wonderful."),
        CueMatched(at=3, match="C1:esc.b", rule="esc.b", **cue),  # type: ignore[arg-type]
        CueMatched(at=3, match="C1:esc.a", rule="esc.a", **cue),  # type: ignore[arg-type]
        CueMatched(at=3, match="C1:say.x", rule="say.x", **cue),  # type: ignore[arg-type]
        EscalationChanged(at=7, level=Level.ANGRY, previous=Level.CALM),
        EscalationChanged(at=9, level=Level.CALM, previous=Level.ANGRY),
    ]
    about = About(kind=CallKind.LIVE, agent="=Anna", queue="bills")
    (row,) = cells(known_call(journal_of(events, end=20.0, about=about)))
    assert row == {
        "contact_id": "x",
        "channel": "VOICE",
        "language_locale": "en",
        "talk_time_total_ms": "10000",
        "talk_time_agent_ms": "5000",
        "talk_time_customer_ms": "5000",
        "non_talk_time_total_ms": "10000",
        "total_conversation_duration_ms": "19000",
        "talk_speed_agent_wpm": "108",
        "talk_speed_customer_wpm": "72",
        "interruptions_time_total_ms": "2000",
        "interruptions_time_agent_ms": "2000",
        "interruptions_time_customer_ms": "0",
        "interruptions_total_count": "1",
        "interruptions_agent_count": "1",
        "interruptions_customer_count": "0",
        # Agent: neutral at 4 s of 19 (quarter 1), positive at 16 s (quarter 4): 0, 0, 0, 5.
        "sentiment_overall_score_agent": "1.2",
        "sentiment_end_score_agent": "5.0",
        # Customer: negative at 1 s of 6 (quarter 1): -5, 0, 0, 0.
        "sentiment_overall_score_customer": "-1.2",
        "sentiment_interaction_score_customer_with_agent": "-1.2",
        "sentiment_interaction_score_customer_without_agent": "",
        "sentiment_end_score_customer": "0.0",
        "categories": '["esc.a","esc.b"]',
        "coach_started": "2026-03-04T09:30:00+00:00",
        "coach_kind": "live",
        "coach_agent": "'=Anna",
        "coach_queue": "bills",
        "coach_caller": "",
        "coach_level": "angry",
        "coach_ended": "true",
    }


def test_what_is_not_known_is_empty() -> None:
    undivided = known(spoke(MIXED, 0, 2, "Hello there my friend."), channels=(MIXED,))
    foreign = known(spoke(CUSTOMER, 0, 2, "Guten Tag auch.", language="de"))
    one, two = cells(undivided, foreign)
    assert one["talk_time_total_ms"] == "2000"
    empty = [n for n in COLUMNS if "agent" in n or "customer" in n or "interruptions" in n]
    assert {one[name] for name in empty if name != "coach_agent"} == {""}
    assert (two["language_locale"], two["sentiment_overall_score_customer"]) == ("de", "")
    assert (two["talk_speed_agent_wpm"], two["interruptions_total_count"]) == ("", "0")
