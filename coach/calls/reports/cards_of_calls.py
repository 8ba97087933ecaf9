"""The report on cards, and material for training, gathered from the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, read_journal
from coach.calls.library import Library
from coach.calls.listing import local
from coach.calls.reports.card_moments import card_moments
from coach.calls.reports.training import Picking
from coach.calls.search import search
from coach.calls.search_query import FoundCall, Query
from coach.errors import InputError
from coach.notes.report.card_effects import CardMoment, CardsReport, effects, weeks

MANY = 50
"""Calls from which on the progress is told."""


class WantedCards(msgspec.Struct, frozen=True, kw_only=True):
    """Whose calls, and of when."""

    agent: str | None = None
    since: float | None = None
    """Seconds since 1970; so is the next one."""
    until: float | None = None
    since_named: str = ""
    """For people; so is the next one."""
    until_named: str = ""


def cards_report(
    library: Library,
    wanted: WantedCards,
    picking: Picking | None = None,
    tell: Callable[[float], None] = lambda _: None,
) -> CardsReport:
    """Compare the cards of every call with a customer; ``picking`` sees each call as well.

    Raises InputError where no call can be compared.
    """
    query = Query(agent=wanted.agent, since=wanted.since, until=wanted.until, most=None)
    found = search(library, query).calls
    remarks: Counter[str] = Counter()
    moments: list[CardMoment] = []
    counted = 0
    for number, one in enumerate(reversed(found), 1):
        journal = _journal(library, one, remarks)
        if journal is None:
            continue
        counted += 1
        own = card_moments(journal, _week(one))
        moments += own
        if picking is not None:
            picking.look_at(journal, one, own)
        if len(found) >= MANY:
            tell(number / len(found))
    if not counted:
        raise InputError(
            "The library has no call in that time whose cards can be compared.",
            "`coach calls` lists what there is; calls without an end are left out.",
        )
    kept_back = Counter(moment.reason for moment in moments if not moment.shown)
    return CardsReport(
        calls=counted,
        since=wanted.since_named,
        until=wanted.until_named,
        agent=wanted.agent or "",
        rules=effects(moments),
        weeks=weeks(moments),
        reasons=dict(kept_back.most_common()),
        remarks=tuple(
            f"{many} {'call' if many == 1 else 'calls'}: {why}" for why, many in remarks.items()
        ),
    )


def _journal(library: Library, found: FoundCall, remarks: Counter[str]) -> Journal | None:
    if not found.ended:
        remarks["left out, the journal has no end"] += 1
        return None
    if local(found.started) == "unknown start":
        remarks["left out, nobody knows when it began"] += 1
        return None
    try:
        return read_journal(CallFiles(library.calls, found.call).journal)
    except InputError:
        remarks["left out, the journal cannot be read"] += 1
        return None


def _week(found: FoundCall) -> str:
    began = datetime.fromisoformat(found.started).astimezone()
    return (began - timedelta(days=began.weekday())).date().isoformat()
