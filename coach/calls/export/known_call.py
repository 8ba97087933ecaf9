"""A call that is to be exported: its journal, what is known about it, and what was heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from coach.calls.about import Later, kind_of
from coach.calls.corrections import Correction
from coach.calls.export.heard_call import HeardCall, TurnHeard, heard_call
from coach.calls.export.sentiment import Feeling, feelings
from coach.calls.journal import Journal, JournalHeader
from coach.calls.journal_gathering import printable
from coach.calls.swaps import swaps, with_final_sides
from coach.engine.talk.mood import MoodSettings
from coach.engine.talk.turns import TurnSettings
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    Channel,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Event,
    Level,
)

_Settings = TypeVar("_Settings", MoodSettings, TurnSettings)


class KnownCall(msgspec.Struct, frozen=True, kw_only=True):
    """All that an export is made of."""

    header: JournalHeader
    first: CallStarted
    events: tuple[Event, ...]
    """Under the sides at the end."""
    swapped_at: tuple[float, ...]
    """Seconds of call time."""
    heard: HeardCall
    cues: tuple[CueMatched, ...]
    """The matches that were not withdrawn."""
    feelings: dict[str, Feeling]
    """By turn; turns in a language that is not scored have none."""
    turn_settings: TurnSettings
    wants: frozenset[str] = frozenset()
    """Ids of the rules that hear what the customer wants, as far as they are known."""
    corrections: dict[str, Correction] = {}
    """What reviewers put right, by turn; figures go by what was heard."""
    call: str
    kind: str
    agent: str
    queue: str
    tags: tuple[str, ...]
    caller: str
    notices: tuple[str, ...]

    @property
    def ended(self) -> bool:
        """Whether the journal goes to the end of the call."""
        return any(isinstance(event, CallEnded) for event in self.events)

    def read(self, turn: TurnHeard) -> tuple[Channel, str]:
        """Who said what in a turn, put right where a reviewer did."""
        correction = self.corrections.get(turn.turn)
        if correction is None:
            return turn.side, turn.text
        side, text = correction.line(turn.side, turn.text)
        return side, printable(text)

    @property
    def seconds(self) -> float:
        """To the end of the call or of the journal."""
        return max((event.at for event in self.events), default=0.0)

    @property
    def language(self) -> str:
        """Code of the language that most turns are in, or of the call where it has none."""
        spoken = [turn.language for turn in self.heard.turns]
        return max(spoken, key=spoken.count) if spoken else self.first.language


def known_call(
    journal: Journal,
    *,
    later: Later | None = None,
    wants: frozenset[str] = frozenset(),
    corrections: Mapping[str, Correction] | None = None,
    call: str = "",
) -> KnownCall:
    """Gather a call. ``call`` is its name in the library where it has another than its journal.

    ``later`` is what was learned after the call, ``corrections`` what was put right since.
    """
    later = later or Later()
    header = journal.header
    about = header.about
    named = with_final_sides(journal.events)
    name = call or header.call
    start = CallStarted(at=0.0, call=name, started="", source="journal")
    first = next((event for event in named if isinstance(event, CallStarted)), start)
    heard = heard_call(named)
    cues = _standing(named)
    notices = [printable(notice) for notice in header.notices]
    if journal.truncated:
        notices.append("The last line of the journal was cut short and is left out.")
    return KnownCall(
        header=header,
        first=first,
        events=named,
        swapped_at=swaps(journal.events),
        heard=heard,
        cues=cues,
        feelings=feelings(heard, cues, _settings(header, "mood", MoodSettings())),
        turn_settings=_settings(header, "turns", TurnSettings()),
        wants=wants,
        corrections={t.turn: c for t in heard.turns if (c := (corrections or {}).get(t.turn))},
        call=name,
        kind=kind_of(about, first.source).value,
        agent=printable(about.agent if later.agent is None else later.agent),
        queue=printable(about.queue if later.queue is None else later.queue),
        tags=tuple(printable(t) for t in (about.tags if later.tags is None else later.tags)),
        caller=printable(_caller(first, named) if later.caller is None else later.caller),
        notices=tuple(notices),
    )


def highest_level(call: KnownCall) -> Level:
    """The worst level that the call came to."""
    levels = [event.level for event in call.events if isinstance(event, EscalationChanged)]
    return max(levels, default=Level.CALM)


def _standing(events: Sequence[Event]) -> tuple[CueMatched, ...]:
    cues: dict[str, CueMatched] = {}
    for event in events:
        if isinstance(event, CueMatched):
            cues[event.match] = event
        elif isinstance(event, CueRetracted):
            cues.pop(event.match, None)
    return tuple(cues.values())


def _caller(first: CallStarted, events: Sequence[Event]) -> str:
    caller = first.caller
    for event in events:
        if isinstance(event, AgentAction) and event.action is Action.CALLER:
            caller = event.note
    return caller


def _settings(header: JournalHeader, part: str, usual: _Settings) -> _Settings:
    """What the call was measured with; the usual where its journal says it in another form."""
    try:
        return msgspec.convert(header.settings.get(part, {}), type(usual))
    except msgspec.ValidationError:
        return usual
