"""The report of one call, put together from its journal and from what lies beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from coach.calls.about import kind_of
from coach.calls.beside import Beside
from coach.calls.corrections import Correction
from coach.calls.journal import Journal
from coach.calls.journal_gathering import printable
from coach.calls.marks import BY_AGENT, Mark, Verdict
from coach.calls.reports.cards import CardsOfCall
from coach.calls.reports.settled import Settled
from coach.calls.reports.talk import Talk, talk_of, was_divided
from coach.engine.engine import EngineSettings
from coach.events import (
    Action,
    AgentAction,
    AnnouncementHeard,
    AudioGap,
    CallEnded,
    CallStarted,
    Channel,
    ChecklistTicked,
    CueMatched,
    CueRetracted,
    Degraded,
    EscalationChanged,
    Level,
    Utterance,
)
from coach.notes.report.call_report import (
    CallReport,
    CheckTold,
    LevelStep,
    LineTold,
    MarkTold,
    Matter,
    MoodLine,
    PromiseTold,
    Quote,
    ReportedMood,
    SidedSpan,
    TimeLine,
)
from coach.notes.report.phrases import corrected_words
from coach.notes.timeline_text import UNSURE, clock_in_tenths, why
from coach.notes.written.form import written_text
from coach.snapshot import Commitment, Noted, Snapshot
from rules.definition.rule import Rule

MASKED = {
    "masked": "personal data was masked before anything was written",
    "kept": "personal data was kept in the journal on demand; it is masked in this report",
    "": "the journal is older than masking; personal data is masked in this report",
}
"""By the header's ``redaction``."""


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """What running the engine over the call again gave."""

    snapshot: Snapshot
    """At its end."""
    rules: Mapping[str, Rule]
    """By id."""
    settings: EngineSettings
    called: str
    """Which rules, on one line."""
    notices: tuple[str, ...] = ()


def call_report(
    journal: Journal, call: Settled, again: Again, beside: Beside, place: str
) -> CallReport:
    """Put the report together; ``call`` are the events that it tells of, masked.

    ``place`` is how `coach review` finds the call.
    """
    first = next((e for e in call.events if isinstance(e, CallStarted)), None)
    first = first or CallStarted(at=0.0, call=journal.header.call, started="", source="journal")
    header, about, later = journal.header, journal.header.about, beside.later
    talk = talk_of(call, again.settings.turns, first.channels)
    cards = CardsOfCall(call.events, again.rules)
    levels = _levels(call)
    snapshot = again.snapshot
    after = snapshot.after_call
    caller = _caller(call, first)
    return CallReport(
        call=header.call,
        place=place,
        kind=kind_of(about, first.source).value,
        started=first.started,
        seconds=round(call.end, 3),
        ended=any(isinstance(event, CallEnded) for event in journal.events),
        agent=_either(later.agent, about.agent),
        queue=_either(later.queue, about.queue),
        tags=tuple(printable(t) for t in (about.tags if later.tags is None else later.tags)),
        caller=_either(later.caller, caller),
        source=printable(about.file or first.source),
        language=first.language,
        mixed=first.channels == (Channel.MIXED,),
        divided=was_divided(journal.events),
        version=header.version,
        rules=again.called,
        model=header.model,
        encoder=header.encoder,
        masked=MASKED.get(header.redaction, header.redaction),
        level=Level(max(step.level for step in levels)).name.lower(),
        last_level=Level(levels[-1].level).name.lower(),
        score=beside.score,
        remarks=_remarks(journal, call, again, beside),
        matter=_matter(snapshot, first.language),
        well=after.well if after else (),
        try_next=after.try_next if after else "",
        time_line=_time_line(call, talk, levels, snapshot, first),
        figures=talk.figures,
        cards=cards.shown(),
        kept_back=cards.kept_back(),
        checklist=_checklist(call, snapshot),
        marks=_marks(beside.marks, cards.agents_marks()),
        notes=beside.notes,
        lines=_lines(call, again.rules, first.language, beside.corrections),
    )


def _either(later: str | None, first: str) -> str:
    return printable(first if later is None else later)


def _caller(call: Settled, first: CallStarted) -> str:
    named = [
        event.note
        for event in call.events
        if isinstance(event, AgentAction) and event.action is Action.CALLER
    ]
    return named[-1] if named else first.caller


def _levels(call: Settled) -> tuple[LevelStep, ...]:
    steps = [LevelStep(0.0, int(Level.CALM))]
    steps += [
        LevelStep(event.at, int(event.level), printable(why(event.because)))
        for event in call.events
        if isinstance(event, EscalationChanged)
    ]
    return tuple(steps)


def _remarks(journal: Journal, call: Settled, again: Again, beside: Beside) -> tuple[str, ...]:
    """What a reader has to know, a sentence each."""
    remarks = [*again.notices]
    if not any(isinstance(event, CallEnded) for event in journal.events):
        remarks.append(
            f"The journal has no end: this is the call as far as {clock_in_tenths(call.end)}, and "
            "figures are of that part."
        )
    if journal.truncated:
        remarks.append("The journal's last line was cut short and is left out.")
    remarks += [
        f"At {clock_in_tenths(event.at)} {event.component.replace('_', ' ')}: {event.detail}"
        for event in call.events
        if isinstance(event, Degraded)
    ]
    remarks += beside.troubles
    said = {event.utterance for event in call.events if isinstance(event, Utterance)}
    remarks.append(corrected_words(len(said & set(beside.corrections))))
    return tuple(dict.fromkeys(printable(remark) for remark in remarks if remark))


def _matter(snapshot: Snapshot, language: str) -> Matter:
    record = snapshot.record
    begun = {one.utterance for one in record.opening}

    def quotes(noted: Iterable[Noted]) -> tuple[Quote, ...]:
        return tuple(
            Quote(at=one.at, side=one.channel, text=_written(one.text, language)) for one in noted
        )

    return Matter(
        opening=quotes(record.opening),
        wrong=quotes(one for one in record.matters if one.utterance not in begun),
        wants=quotes(record.wants),
        tried=quotes(record.steps),
        promised=_promises(record.commitments, language),
        warnings=quotes(record.warnings),
    )


def _promises(made: Iterable[Commitment], language: str) -> tuple[PromiseTold, ...]:
    """Each promise once; the same words without a date again are the same promise too."""
    told: dict[tuple[Channel, str, str | None], PromiseTold] = {}
    for one in made:
        key = (one.owner, one.text.casefold(), one.due)
        before = told.get(key)
        if before is None:
            text = _written(one.text, language)
            told[key] = PromiseTold(
                at=one.at, side=one.owner, text=text, due=one.due, again=one.again
            )
        else:
            again = (*before.again, one.at, *one.again)
            told[key] = msgspec.structs.replace(before, again=again)
    return tuple(told.values())


def _written(text: str, language: str) -> str:
    return printable(written_text(text, language))


def _time_line(
    call: Settled,
    talk: Talk,
    levels: tuple[LevelStep, ...],
    snapshot: Snapshot,
    first: CallStarted,
) -> TimeLine:
    moods = {Channel.AGENT: snapshot.agent_mood, Channel.CUSTOMER: snapshot.mood}
    if first.channels == (Channel.MIXED,):
        moods = {}
    return TimeLine(
        seconds=round(max(call.end, talk.figures.talk_s), 3),
        levels=levels,
        moods=tuple(
            MoodLine(side, tuple(ReportedMood(point.at, point.score) for point in points))
            for side, points in moods.items()
            if points
        ),
        speech=talk.speech,
        talk_overs=talk.talk_overs,
        silences=talk.silences,
        holds=talk.holds,
        off_record=call.pauses,
        lost=tuple(
            SidedSpan(event.start, event.end, event.channel)
            for event in call.events
            if isinstance(event, AudioGap)
        ),
    )


def _checklist(call: Settled, snapshot: Snapshot) -> tuple[CheckTold, ...]:
    """The items of the rules the call had; of other rules, what was ticked then."""
    ticked = {e.item: e for e in call.events if isinstance(e, ChecklistTicked)}
    items = {item.item: item.title for item in snapshot.checklist}
    titles = items | {name: items.get(name, name) for name in ticked}
    return tuple(
        CheckTold(
            item=name,
            title=title,
            done=ticked[name].start if name in ticked else None,
            text=printable(ticked[name].text) if name in ticked else "",
        )
        for name, title in titles.items()
    )


def _marks(reviewers: Sequence[Mark], agents: Sequence[MarkTold]) -> tuple[MarkTold, ...]:
    told = [
        MarkTold(
            at=mark.at,
            verdict=mark.verdict.value,
            by=printable(mark.reviewer),
            made=mark.made,
            card=mark.card,
            rule=mark.rule,
            note=printable(mark.note),
        )
        for mark in reviewers
        if mark.verdict is not Verdict.WITHDRAWN
    ]
    return tuple(sorted([*agents, *told], key=lambda mark: (mark.at, mark.by != BY_AGENT)))


def _lines(
    call: Settled,
    rules: Mapping[str, Rule],
    language: str,
    corrections: Mapping[str, Correction],
) -> tuple[LineTold, ...]:
    """The transcript by start, with what was noticed in each line, as it was put right."""
    texts: dict[str, Utterance] = {}
    for event in call.events:
        if isinstance(event, Utterance) and event.text.strip():
            texts[event.utterance] = event
    announced = {e.utterance: e.kind for e in call.events if isinstance(e, AnnouncementHeard)}
    cues = _cues(call, rules)
    lines = [
        LineTold(
            start=one.start,
            end=one.end,
            side=one.channel,
            text=_written(one.text, one.language or language),
            doubtful=one.doubtful or bool(one.doubt),
            speaker_unsure=_unsure(one),
            announcement=announced.get(name, ""),
            cues=tuple(dict.fromkeys(cues.get(name, ()))),
        )
        for name, one in texts.items()
    ]
    told = zip(lines, (corrections.get(name) for name in texts), strict=True)
    return tuple(sorted((_put_right(*one) for one in told), key=lambda line: line.start))


def _put_right(line: LineTold, correction: Correction | None) -> LineTold:
    if correction is None:
        return line
    side, text = correction.line(line.side, line.text)
    return msgspec.structs.replace(
        line,
        text=printable(text),
        side=side,
        doubtful=False,
        heard=line.text,
        heard_side=line.side,
        put_right_by=printable(correction.reviewer),
    )


def _unsure(said: Utterance) -> float | None:
    sure = said.speaker_confidence
    return sure if isinstance(sure, float) and sure < UNSURE else None


def _cues(call: Settled, rules: Mapping[str, Rule]) -> dict[str, list[str]]:
    """Titles of the cues by the utterance that they rest on."""
    retracted = {e.match for e in call.events if isinstance(e, CueRetracted)}
    found: dict[str, list[str]] = {}
    for event in call.events:
        if not isinstance(event, CueMatched) or event.match in retracted:
            continue
        rule = rules.get(event.rule)
        if event.utterance is None or (rule is not None and not rule.family.is_cue):
            continue
        if event.severity >= 1:
            found.setdefault(event.utterance, []).append(rule.title if rule else event.rule)
    return found
