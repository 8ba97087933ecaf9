"""A call as plain text, one line per thing that happened: what `--headless` prints.

A line begins with the time at which the thing was known, so the lines are in order; of an
utterance, which is known only once it is over, the line also says when it began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from coach.events import (
    Action,
    AgentAction,
    AnnouncementHeard,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    CardCleared,
    CardRaised,
    CardStrengthened,
    CardSuppressed,
    Channel,
    ChecklistTicked,
    CommitmentMade,
    Degraded,
    EscalationChanged,
    Event,
    Evidence,
    LadderChanged,
    Nodded,
    Recovered,
    RulesChanged,
    Utterance,
    WarningGiven,
)
from coach.notes.wording import (
    FATES,
    STAGES,
    kept_back,
    limit,
    measured,
    nearness,
    waiting,
    wrapped,
)
from coach.notes.written.form import written_text

MOST_NAMED = 3
"""Rules named in one line."""
UNSURE = 0.9
"""Confidence below which it is said how sure it is who spoke."""

NEWS = frozenset({"sides", "one_voice", "voices", "third_voice", "hold_music", "ringing"})
"""Kinds of ``AudioWarning`` that tell what has become known where nothing was wrong."""
CONTINUED = 12
"""Columns before what does not fit on the first row of a line, and before SAY and WHY."""
SPEAKERS = {Channel.CUSTOMER: "customer", Channel.AGENT: "agent", Channel.MIXED: "both"}


def clock_in_tenths(seconds: float) -> str:
    """Call time as ``MM:SS.s``, or ``H:MM:SS.s`` from an hour on."""
    tenths = round(max(0.0, seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{text}" if hours else text


def why(because: Iterable[Evidence]) -> str:
    """Give the reasons in one clause: the words, who said them and when, or the figure."""
    parts = []
    for evidence in because:
        words = f'"{evidence.text}"' if evidence.text else measured(evidence)
        if words == evidence.note:
            words = waiting(evidence)
        if not evidence.text and not evidence.note and evidence.rule:
            words = f"{evidence.rule} {words}".strip()
        if evidence.text and evidence.channel and evidence.start is not None:
            words += f" ({SPEAKERS[evidence.channel]}, {clock_in_tenths(evidence.start)})"
        if evidence.meaning:
            words += f" {nearness(evidence)}"
        if evidence.value is not None and not evidence.text:
            words = f"{words} {limit(evidence)}".strip()
        if words and words not in parts:
            parts.append(words)
    return "; ".join(parts)


def _called(event: CallStarted) -> str:
    caller = f", caller {event.caller}" if event.caller else ""
    return f"call {event.call}: {event.source}{caller}"


def _said(event: Utterance) -> str:
    doubt = f"  [{event.doubt}]" if event.doubt else ""
    if event.doubtful:
        doubt = f"  [doubtful: {event.doubt or 'unsure'}]"
    sure = event.speaker_confidence
    if sure is not msgspec.UNSET and sure < UNSURE:
        doubt += f"  [speaker {sure:.0%} sure]"
    gone = f"  [withdrawn: {event.withdrawn}]" if event.withdrawn else ""
    words = written_text(event.text, event.language)
    return (
        f"{SPEAKERS[event.channel]:>8}, from {clock_in_tenths(event.start)}: {words}{doubt}{gone}"
    )


def _sound(event: AudioWarning) -> str:
    # Whose a side is, once it is clear, was never wrong and is not over.
    over = "" if event.active or event.kind in NEWS else " (over)"
    return f"SOUND  {event.detail}{over}"


def _card(event: CardRaised) -> str:
    say = f'\n{"":{CONTINUED}}SAY  "{event.say}"' if event.say else ""
    reason = why(event.because)
    because = f"\n{'':{CONTINUED}}WHY  {reason}" if reason else ""
    return f"CARD  {event.do}  [{event.rule}]{say}{because}"


def rules_changed(event: RulesChanged) -> str:
    """What changed, in a few words: up to three rules by name."""
    named = ", ".join(event.changed[:MOST_NAMED])
    more = len(event.changed) - MOST_NAMED
    what = f"{named} and {more} more" if more > 0 else named or "nothing that coaches otherwise"
    return f"{what} ({event.source})" if event.source else what


def _stage(stage: str) -> str:
    return STAGES.get(stage, stage)


def _commitment(event: CommitmentMade) -> str:
    due = f", due {event.due}" if event.due else ""
    return f"promise by {SPEAKERS[event.owner]}{due}: {event.text}"


_KEYS: dict[Action, str] = {
    Action.PAUSE: "paused: nothing is heard or written",
    Action.RESUME: "goes on",
    Action.SNOOZE: "snoozed",
    Action.CALM_MODE: "calm mode on or off",
    Action.SWAP_CHANNELS: "sides swapped",
    Action.END: "ended by the agent",
}
"""What a key did to the whole call; what became of a card is told with the card."""


def _key(event: AgentAction) -> str | None:
    if event.action is Action.CALLER:
        return f"caller {event.note}" if event.note else "caller not known after all"
    if event.action is Action.MUTE_RULE:
        return f"hidden for this call  [{event.rule}]"
    if event.action is Action.MARK_WRONG:
        return f"marked wrong  [{event.rule}]"
    return _KEYS.get(event.action)


_RENDER: dict[type[Event], Callable[..., str | None]] = {
    CallStarted: _called,
    CallEnded: lambda e: f"call ended: {e.reason}",
    Utterance: _said,
    AudioGap: lambda e: f"SOUND LOST  {SPEAKERS[e.channel]}, {e.end - e.start:.1f} s: {e.cause}",
    AudioWarning: _sound,
    AgentAction: _key,
    RulesChanged: lambda e: f"RULES CHANGED  {rules_changed(e)}",
    Degraded: lambda e: f"DEGRADED  {e.component}: {e.detail}",
    Recovered: lambda e: f"recovered  {e.component} {e.detail}".rstrip(),
    EscalationChanged: lambda e: (
        f"level {e.previous.name.lower()} -> {e.level.name.lower()}: {why(e.because)}"
    ),
    LadderChanged: lambda e: (
        f"boundary {_stage(e.previous)} -> {_stage(e.stage)}: {why(e.because)}"
    ),
    CardRaised: _card,
    CardStrengthened: lambda e: f"graver  [{e.rule}] severity {e.severity}: {why(e.because)}",
    CardCleared: lambda e: f"card gone  [{e.rule}] {FATES[e.reason.value]}",
    Nodded: lambda e: f"nod  {e.text}",
    WarningGiven: lambda e: f"warning {e.number} given: {e.text}",
    CommitmentMade: _commitment,
    AnnouncementHeard: lambda e: (
        f"ANNOUNCEMENT  {e.kind}, not the {SPEAKERS[e.channel]}: {why(e.because)}"
    ),
    ChecklistTicked: lambda e: f"done  {e.item}",
}

_WHY_NOT: dict[type[Event], Callable[..., str]] = {
    CardSuppressed: lambda e: f"no card  [{e.rule}] {kept_back(e)}: {why(e.because)}",
}


def render(event: Event, *, why_not: bool = False, width: int | None = None) -> str | None:
    """Give an event's line, or None for events that the timeline leaves out.

    ``why_not`` adds the cards that were asked for and not shown. ``width`` breaks what is longer
    than so many columns between its words, the rest indented; None leaves lines whole.
    """
    make = _RENDER.get(type(event))
    if make is None and why_not:
        make = _WHY_NOT.get(type(event))
    line = make(event) if make is not None else None
    if line is None:
        return None
    line = f"{clock_in_tenths(event.at)}  {line}"
    if width is None:
        return line
    first, *others = line.split("\n")
    rows = [wrapped(first, width, CONTINUED)]
    rows += [wrapped(row, width, CONTINUED + len("SAY  ")) for row in others]
    return "\n".join(rows)
