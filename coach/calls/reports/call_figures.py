"""One call of an agent's in figures, with the moments that something can be learned from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from coach.calls.journal import Journal
from coach.calls.journal_gathering import printable
from coach.calls.kept_rules import folder_of, kept
from coach.calls.reports.settled import Settled, settled
from coach.calls.reports.talk import Talk, talk_of, was_divided
from coach.calls.search_query import FoundCall
from coach.engine.advice.checklist import is_item
from coach.engine.engine import EngineSettings
from coach.errors import InputError
from coach.events import (
    CallStarted,
    CardCleared,
    CardRaised,
    Channel,
    ChecklistTicked,
    Clearing,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    Track,
)
from coach.notes.after_call import SAID_BY_AGENT
from coach.notes.report.agent_report import CallFigures, PointRaised, ReportMoment
from coach.notes.report.call_report import SideFigures, Span
from coach.notes.written.form import written_text
from rules.definition.rule import RuleBook

LONG_TURN_S = 60.0
"""The agent talked so long at a stretch: one open question would have given room."""
LONG_SILENCE_S = 10.0
"""Silence of so long that nobody announced is told as a moment."""
_NO_BOOK = RuleBook(rules=(), language="en", fingerprint="")


class KeptBooks:
    """The sets of rules beside journals, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, RuleBook | None] = {}

    def of(self, journal: Journal) -> RuleBook | None:
        """The set that a call began with; None where it is not kept or cannot be read."""
        name = journal.header.rules
        if name not in self._read:
            try:
                self._read[name] = kept(name, folder_of(journal.path))
            except InputError:
                self._read[name] = None
        return self._read[name]


def _talk_overs(agent: SideFigures | None, call: Settled) -> int | None:
    """None where one track carries both people: of two who talk at once only one is heard."""
    return None if agent is None or was_divided(call.events) else agent.talk_overs


def call_figures(
    found: FoundCall, journal: Journal, settings: EngineSettings, book: RuleBook | None
) -> CallFigures:
    """Measure a call; ``found`` is what the library knows of it, ``book`` the rules it had."""
    call = settled(journal)
    first = next((e for e in call.events if isinstance(e, CallStarted)), None)
    channels = first.channels if first else (Channel.AGENT, Channel.CUSTOMER)
    talk = talk_of(call, settings.turns, channels)
    figures = talk.figures
    cards = [event.card for event in call.events if isinstance(event, CardRaised)]
    fates = {e.card: e.reason for e in call.events if isinstance(e, CardCleared)}
    items = {rule.id for rule in book.active() if is_item(rule)} if book else set()
    done = {event.item for event in call.events if isinstance(event, ChecklistTicked)}
    began = datetime.fromisoformat(found.started).astimezone()
    return CallFigures(
        call=found.call,
        began=began.timestamp(),
        week=(began - timedelta(days=began.weekday())).date().isoformat(),
        level=int(found.level),
        last_level=int(found.last_level),
        talk_s=figures.talk_s,
        agent_share=figures.agent_share,
        talk_overs=_talk_overs(figures.agent, call),
        dead_air_s=figures.dead_air_s,
        cards=len(cards),
        used=sum(fates.get(card) is Clearing.USED for card in cards),
        dismissed=sum(fates.get(card) is Clearing.DISMISSED for card in cards),
        done=len(done & items),
        items=len(items),
        score=found.score,
        heard=tuple(_heard(found.call, journal, call, talk, book or _NO_BOOK)),
    )


def _heard(
    name: str, journal: Journal, call: Settled, talk: Talk, book: RuleBook
) -> Iterator[PointRaised]:
    """What came up. Words of a journal that was not masked are left out."""
    masked = journal.header.redaction == "masked"

    def said(places: Iterable[tuple[float, str]]) -> tuple[ReportMoment, ...]:
        return tuple(
            ReportMoment(call=name, at=at, text=text if masked else "") for at, text in places
        )

    for point, title, advice, spans in _measured(talk):
        lasted = tuple(
            ReportMoment(call=name, at=s.start, lasted=f"{s.seconds:.0f} s") for s in spans
        )
        if lasted:
            yield PointRaised(point=point, title=title, advice=advice, moments=lasted)
    undated = [
        (event.start, _words(event.text))
        for event in call.events
        if isinstance(event, CommitmentMade) and event.owner is Channel.AGENT and not event.due
    ]
    if undated:
        yield PointRaised(
            point="undated",
            title="A promise without a date",
            advice="Give promises a date: it saves the customer a second call.",
            moments=said(undated),
        )
    for (point, title, advice), places in _matched(call, book).items():
        yield PointRaised(point=point, title=title, advice=advice, moments=said(places))


def _measured(talk: Talk) -> Iterator[tuple[str, str, str, list[Span]]]:
    """Point, title, advice and stretches of what the figures tell."""
    agent = Channel.AGENT
    yield (
        "talk_over",
        "Spoke over the customer",
        "Let the customer finish; a short pause before answering helps.",
        [over for over in talk.talk_overs if over.side is agent],
    )
    yield (
        "silence",
        "A silence that nobody announced",
        "Say what you are about to do, and how long it takes, before it goes quiet.",
        [silence for silence in talk.silences if silence.seconds >= LONG_SILENCE_S],
    )
    yield (
        "long_turn",
        "A long turn",
        "One open question in the middle gives the customer room.",
        [turn for turn in talk.turns if turn.side is agent and turn.seconds >= LONG_TURN_S],
    )


def _matched(call: Settled, book: RuleBook) -> dict[tuple[str, str, str], list[tuple[float, str]]]:
    """Moments of what rules noticed of the agent, by point, title and advice."""
    rules = {rule.id: rule for rule in book.rules}
    retracted = {e.match for e in call.events if isinstance(e, CueRetracted)}
    found: dict[tuple[str, str, str], list[tuple[float, str]]] = {}
    for event in call.events:
        if not isinstance(event, CueMatched) or event.match in retracted or event.guarded:
            continue
        if event.channel is not Channel.AGENT or event.track is not Track.COACHING:
            continue
        rule = rules.get(event.rule)
        if rule is None:
            continue
        place = (event.start, _words(event.text))
        if rule.family.is_cue and event.severity >= 1:
            advice = rule.card.do if rule.card else rule.title
            found.setdefault((rule.id, rule.title, advice), []).append(place)
        for role in rule.roles:
            if role in SAID_BY_AGENT:
                found.setdefault((role.value, SAID_BY_AGENT[role], ""), []).append(place)
    return found


def _words(text: str) -> str:
    return printable(written_text(text))
