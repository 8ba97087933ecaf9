"""A journal that was written unmasked, as it may be shown, searched and exported: masked.

Journals from before masking, and those of calls that were kept as they were said, hold personal
data. Their facts are masked as those of a new call are, and words that results quote are looked up
in the masked lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from coach.calls.journal import Journal
from coach.calls.redaction.redactor import RedactionSettings, Redactor
from coach.calls.redaction.typed_words import masked_text
from coach.events import AnyEvent, CardRaised, Evidence, Fact, Result, Utterance

MASKED = "masked"
"""What a journal's header says of a call that was masked as it was written."""
R = TypeVar("R", bound=msgspec.Struct)


def masked_journal(journal: Journal) -> Journal:
    """The journal as it may be shown; as it is where it was masked when it was written."""
    if journal.header.redaction == MASKED:
        return journal
    return msgspec.structs.replace(
        journal,
        header=msgspec.structs.replace(journal.header, redaction=MASKED),
        events=tuple(masked_events(journal.events)),
    )


def masked_events(events: Sequence[AnyEvent]) -> Iterator[AnyEvent]:
    """The events, masked one by one; none is added, since the pauses that a call had are in it."""
    redactor = Redactor(RedactionSettings(pause_for_card=False))
    masked: list[AnyEvent] = []
    for event in events:
        masked += redactor.push(event) if isinstance(event, Fact) else [event]
    lines = _lines(masked)
    for event in masked:
        yield _covered(event, lines) if isinstance(event, Result) else event


def covered(facts: Iterable[Fact], results: Iterable[Result]) -> Iterator[Result]:
    """The results with nothing in them but what the masked ``facts`` say."""
    lines = _lines(facts)
    for result in results:
        yield _covered(result, lines)


def _lines(facts: Iterable[AnyEvent]) -> dict[str, str]:
    return {fact.utterance: fact.text for fact in facts if isinstance(fact, Utterance)}


def _covered(result: R, lines: dict[str, str]) -> R:
    """A card's words may quote from anywhere, so they are left out."""
    changed: dict[str, object] = {}
    text, because = getattr(result, "text", ""), getattr(result, "because", ())
    if text:
        changed["text"] = _quoted(text, getattr(result, "utterance", None), lines)
    if because:
        changed["because"] = tuple(_evidence(one, lines) for one in because)
    if isinstance(result, CardRaised):
        changed["say"] = ""
    return msgspec.structs.replace(result, **changed) if changed else result


def _evidence(one: Evidence, lines: dict[str, str]) -> Evidence:
    text = _quoted(one.text, one.utterance, lines) if one.text else ""
    return msgspec.structs.replace(one, text=text)


def _quoted(text: str, utterance: str | None, lines: dict[str, str]) -> str:
    """Words that were quoted from a line: as they stand there, or else the whole masked line."""
    if utterance is None:
        return masked_text(text)
    line = lines.get(utterance, "")
    return text if text in line else line
