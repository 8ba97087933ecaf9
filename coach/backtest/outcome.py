"""What one run of a call came to: its cards with the lines that caused them, and each rule's tally.

Made from facts and results in order, so a recorded run and one of today are read alike.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable

import msgspec

from coach.calls.journal_gathering import CardSeen, Fate, JournalGathering, printable
from coach.calls.marks import Verdict
from coach.events import (
    AnyEvent,
    CallStarted,
    CardRaised,
    CardSuppressed,
    Channel,
    CueMatched,
    CueRetracted,
    Evidence,
    Hypothesis,
    Level,
    Loudness,
    SpeechEnded,
    SpeechStarted,
    Track,
    Utterance,
)
from coach.notes.timeline_text import clock_in_tenths

MOST_LINES = 4
"""Lines that are given for a card."""

SAYS_NOTHING = frozenset({Loudness, Hypothesis, SpeechStarted, SpeechEnded})
"""Nine lines in ten of a journal."""


class Shown(msgspec.Struct, frozen=True):
    """A card that was shown."""

    rule: str
    track: Track
    at: float
    """Call time, seconds."""
    lines: tuple[str, ...]
    """What caused it: the lines, with who said them and when, or the figures."""


class RuleTally(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule did in a call."""

    fires: int = 0
    """Matches that were not withdrawn."""
    shown: int = 0
    """Cards."""
    used: int = 0
    dismissed: int = 0
    wrong: int = 0
    """Cards that the agent marked wrong during the call."""
    kept_back: dict[str, int] = {}
    """Cards that were asked for and not shown, by reason."""


class RunOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of one call came to."""

    cards: tuple[Shown, ...]
    """In the order in which they were shown."""
    rules: dict[str, RuleTally]
    """Rules that did anything."""
    refused: dict[str, tuple[tuple[float, str], ...]]
    """By rule: when it asked for a card in vain, and why."""
    matched: dict[str, tuple[float, ...]]
    """By rule: when it matched."""
    level: Level
    """The worst that was reached."""
    seconds: float
    """Length of the call."""


def telling(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """The events that an outcome is made of."""
    return [event for event in events if type(event) not in SAYS_NOTHING]


_at = operator.attrgetter("at")


def length_of(events: Iterable[AnyEvent]) -> float:
    """When the last thing happened, in seconds of the call."""
    return max(0.0, max(map(_at, events), default=0.0))


def outcome_of(events: Iterable[AnyEvent], *, seconds: float | None = None) -> RunOutcome:
    """Read a run: facts and results in order.

    ``seconds``: the length of the call, where these are only the events that tell something.
    """
    gathering = JournalGathering(CallStarted(at=0.0, call="", started="", source=""))
    texts: dict[str, Utterance] = {}
    raised: dict[str, CardRaised] = {}
    matches: dict[str, CueMatched] = {}
    refused: dict[str, list[tuple[float, str]]] = {}
    events = tuple(events)
    for event in telling(events):
        gathering.take(event)
        if isinstance(event, Utterance):
            texts[event.utterance] = event
        elif isinstance(event, CardRaised):
            raised[event.card] = event
        elif isinstance(event, CueMatched):
            matches[event.match] = event
        elif isinstance(event, CueRetracted):
            matches.pop(event.match, None)
        elif isinstance(event, CardSuppressed):
            refused.setdefault(event.rule, []).append((event.at, event.reason.value))
    matched: dict[str, list[float]] = {}
    for match in matches.values():
        matched.setdefault(match.rule, []).append(match.at)
    cards = gathering.cards(())
    return RunOutcome(
        cards=tuple(
            Shown(
                card.rule,
                raised[card.card].track,
                card.at,
                _lines(raised[card.card].because, texts),
            )
            for card in cards
        ),
        rules=_tallies(cards, matched, refused),
        refused={rule: tuple(times) for rule, times in refused.items()},
        matched={rule: tuple(times) for rule, times in matched.items()},
        level=gathering.level,
        seconds=length_of(events) if seconds is None else seconds,
    )


def _tallies(
    cards: tuple[CardSeen, ...],
    matched: dict[str, list[float]],
    refused: dict[str, list[tuple[float, str]]],
) -> dict[str, RuleTally]:
    shown = Counter(card.rule for card in cards)
    used = Counter(card.rule for card in cards if card.fate is Fate.USED)
    dismissed = Counter(card.rule for card in cards if card.fate is Fate.DISMISSED)
    wrong = Counter(card.rule for card in cards if card.marked == Verdict.WRONG.value)
    return {
        rule: RuleTally(
            fires=len(matched.get(rule, ())),
            shown=shown[rule],
            used=used[rule],
            dismissed=dismissed[rule],
            wrong=wrong[rule],
            kept_back=dict(sorted(Counter(why for _, why in refused.get(rule, ())).items())),
        )
        for rule in sorted({*matched, *shown, *refused})
    }


def _lines(because: Iterable[Evidence], texts: dict[str, Utterance]) -> tuple[str, ...]:
    lines = dict.fromkeys(_line(evidence, texts) for evidence in because)
    return tuple(line for line in lines if line)[:MOST_LINES]


def _line(evidence: Evidence, texts: dict[str, Utterance]) -> str:
    """The whole line where words caused it, the figure otherwise."""
    said = texts.get(evidence.utterance or "")
    if said is not None:
        return f"{_side(said.channel)} {clock_in_tenths(said.start)}: {printable(said.text)}"
    figure = "" if evidence.value is None else f"{evidence.value:g}"
    told = " ".join(part for part in (evidence.text, evidence.note, figure) if part)
    side = "" if evidence.channel is None else _side(evidence.channel)
    when = "" if evidence.start is None else clock_in_tenths(evidence.start)
    before = " ".join(part for part in (side, when) if part)
    return printable(f"{before}: {told}" if before and told else told)


def _side(channel: Channel) -> str:
    return channel.value.lower()
