"""The report of an agent's calls, gathered from the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, read_journal
from coach.calls.library import Library
from coach.calls.listing import local
from coach.calls.reports.call_figures import KeptBooks, call_figures
from coach.calls.search import search
from coach.calls.search_query import FoundCall, Query
from coach.engine.engine import EngineSettings
from coach.errors import InputError
from coach.notes.report.agent_report import AgentReport, CallFigures, Week, measured, points_of

Tell = Callable[[float], None]
"""Hears how far it has come, 0 to 1."""


MANY = 50
"""Calls from which on the progress is told."""


class CallsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Whose calls, and of when."""

    agent: str
    since: float | None = None
    """Seconds since 1970; so are the next two."""
    until: float | None = None
    coached: float | None = None
    """What came before is compared with what came after; None: the first half with the second."""
    since_named: str = ""
    """For people; so are the next two."""
    until_named: str = ""
    coached_named: str = ""


def agent_report(library: Library, wanted: CallsWanted, tell: Tell) -> AgentReport:
    """Measure every call with a customer. Raises InputError where there is none.

    Calls without an end are left out, since figures of a part are no figures of a call.
    """
    query = Query(agent=wanted.agent, since=wanted.since, until=wanted.until, most=None)
    found = search(library, query).calls
    if not found:
        raise InputError(
            f"The library has no call of agent {wanted.agent!r} in that time.",
            "`coach calls --agent NAME` lists them; `--set agent=NAME` names the agent of a call.",
        )
    remarks: Counter[str] = Counter()
    calls = _measured(library, found, remarks, tell)
    if not calls:
        raise InputError(
            f"None of the {len(found)} calls of agent {wanted.agent!r} can be measured.",
            "They have no end or no start, or cannot be read: `coach calls` tells which.",
        )
    after, split = _parted(calls, wanted)
    counts = Counter(call.week for call in calls)
    weeks = tuple(Week(monday, counts[monday]) for monday in sorted(counts))
    return AgentReport(
        agent=found[0].agent,
        since=wanted.since_named,
        until=wanted.until_named,
        calls=len(calls),
        split=split,
        weeks=weeks,
        measures=measured(calls, weeks),
        points=points_of(calls, after, well=False),
        well=points_of(calls, after, well=True),
        remarks=tuple(
            f"{many} {'call' if many == 1 else 'calls'}: {why}" for why, many in remarks.items()
        ),
    )


def _measured(
    library: Library, found: Sequence[FoundCall], remarks: Counter[str], tell: Tell
) -> list[CallFigures]:
    """The figures of each call, oldest first; ``remarks`` says what was left out, and why."""
    books = KeptBooks()
    calls = []
    for number, one in enumerate(reversed(found), 1):
        if not one.ended:
            remarks["left out, the journal has no end"] += 1
            continue
        if local(one.started) == "unknown start":
            remarks["left out, nobody knows when it began"] += 1
            continue
        try:
            journal = read_journal(CallFiles(library.calls, one.call).journal)
            settings = _settings(journal)
        except InputError:
            remarks["left out, the journal cannot be read"] += 1
            continue
        book = books.of(journal)
        if book is None:
            remarks["the rules it had are not kept, so its checklist and cues are not counted"] += 1
        if journal.header.redaction != "masked":
            remarks["not masked when it was written, so its words are left out here"] += 1
        calls.append(call_figures(one, journal, settings, book))
        if len(found) >= MANY:
            tell(number / len(found))
    mixed = sum(call.talk_overs is None for call in calls)
    if mixed:
        remarks[
            "both people on one track, so it does not count for talk-over, and undivided not for "
            "share of speech"
        ] = mixed
    return calls


def _settings(journal: Journal) -> EngineSettings:
    """The settings that a call was coached with; those of today where they cannot be used."""
    try:
        return msgspec.convert(journal.header.settings, EngineSettings)
    except msgspec.ValidationError:
        return EngineSettings()


def _parted(calls: Sequence[CallFigures], wanted: CallsWanted) -> tuple[Sequence[CallFigures], str]:
    """The calls of the later part, and what parts them."""
    if wanted.coached is not None:
        after = [call for call in calls if call.began >= wanted.coached]
        return (
            after,
            f"{wanted.coached_named} ({len(calls) - len(after)} before, {len(after)} after)",
        )
    half = len(calls) // 2
    return calls[half:], f"the first {half} calls and the {len(calls) - half} after them"
