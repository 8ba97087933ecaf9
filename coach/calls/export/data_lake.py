"""A call as a row of a table, with the column names of the Contact Lens data lake.

A cell is empty where a figure is not known. Columns of our own begin with ``coach_``. The customer
is with the agent all the time, so the score with the agent is the overall one, and there is none
without. The end score is that of the last quarter.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import msgspec

from coach.calls.export.contact_lens import category_places
from coach.calls.export.known_call import KnownCall, highest_level
from coach.calls.export.sentiment import overall, quarters
from coach.calls.export.talk_measures import interruptions, non_talk, talk_speed, talk_time
from coach.calls.listing import harmless
from coach.events import Channel

COLUMNS = (
    "contact_id",
    "channel",
    "language_locale",
    "talk_time_total_ms",
    "talk_time_agent_ms",
    "talk_time_customer_ms",
    "non_talk_time_total_ms",
    "total_conversation_duration_ms",
    "talk_speed_agent_wpm",
    "talk_speed_customer_wpm",
    "interruptions_time_total_ms",
    "interruptions_time_agent_ms",
    "interruptions_time_customer_ms",
    "interruptions_total_count",
    "interruptions_agent_count",
    "interruptions_customer_count",
    "sentiment_overall_score_agent",
    "sentiment_overall_score_customer",
    "sentiment_interaction_score_customer_with_agent",
    "sentiment_interaction_score_customer_without_agent",
    "sentiment_end_score_agent",
    "sentiment_end_score_customer",
    "categories",
    "coach_started",
    "coach_kind",
    "coach_agent",
    "coach_queue",
    "coach_caller",
    "coach_level",
    "coach_ended",
)

Cell = str | int | float | None


def row_of(call: KnownCall) -> dict[str, Cell]:
    """The cells of a call by their columns."""
    return {
        "contact_id": harmless(call.call),
        "channel": "VOICE",
        "language_locale": harmless(call.language),
        **_talk(call),
        **_interruptions(call),
        **_sentiment(call),
        "categories": msgspec.json.encode(list(category_places(call))).decode(),
        "coach_started": harmless(call.first.started),
        "coach_kind": call.kind,
        "coach_agent": harmless(call.agent),
        "coach_queue": harmless(call.queue),
        "coach_caller": harmless(call.caller),
        "coach_level": highest_level(call).name.lower(),
        "coach_ended": "true" if call.ended else "false",
    }


def as_csv(rows: Iterable[dict[str, Cell]]) -> str:
    """The table: a line of names, a line for each call."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([row.get(column) for column in COLUMNS])
    return out.getvalue()


def _by_side(call: KnownCall, agent: Cell, customer: Cell) -> Sequence[Cell]:
    """Figures of the sides; none where nobody knows who spoke."""
    return (None, None) if call.heard.undivided else (agent, customer)


def _talk(call: KnownCall) -> dict[str, Cell]:
    heard, one, two = call.heard, Channel.AGENT, Channel.CUSTOMER
    agent, customer = _by_side(call, talk_time(heard, one), talk_time(heard, two))
    agent_wpm, customer_wpm = _by_side(call, talk_speed(heard, one), talk_speed(heard, two))
    return {
        "talk_time_total_ms": sum(talk_time(heard, side) for side in heard.speech),
        "talk_time_agent_ms": agent,
        "talk_time_customer_ms": customer,
        "non_talk_time_total_ms": sum(silence.length for silence in non_talk(heard)),
        "total_conversation_duration_ms": heard.total,
        "talk_speed_agent_wpm": agent_wpm,
        "talk_speed_customer_wpm": customer_wpm,
    }


def _interruptions(call: KnownCall) -> dict[str, Cell]:
    found = interruptions(call.heard, call.turn_settings)
    if not found:
        return {}
    agent, customer = found[Channel.AGENT], found[Channel.CUSTOMER]
    agent_ms, customer_ms = (sum(span.length for span in one) for one in (agent, customer))
    return {
        "interruptions_time_total_ms": agent_ms + customer_ms,
        "interruptions_time_agent_ms": agent_ms,
        "interruptions_time_customer_ms": customer_ms,
        "interruptions_total_count": len(agent) + len(customer),
        "interruptions_agent_count": len(agent),
        "interruptions_customer_count": len(customer),
    }


def _sentiment(call: KnownCall) -> dict[str, Cell]:
    if call.heard.undivided:
        return {}
    cells: dict[str, Cell] = {}
    for side in (Channel.AGENT, Channel.CUSTOMER):
        periods = quarters(call.heard, side, call.feelings)
        if periods:
            name = side.value.lower()
            cells[f"sentiment_overall_score_{name}"] = overall(periods)
            cells[f"sentiment_end_score_{name}"] = periods[-1].score
    with_agent = cells.get("sentiment_overall_score_customer")
    return cells | {"sentiment_interaction_score_customer_with_agent": with_agent}
