"""The handoff note: what a colleague or supervisor must know who takes the call over.

Made from a snapshot alone, so that any front end can make it at any moment.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from coach.events import Channel
from coach.notes.written.form import written_text
from coach.snapshot import Commitment, Noted, NotedCue, NotedWarning, Record, Snapshot

MOST = 20
"""Entries of one kind; a note longer than a page is not read."""

_Entry = TypeVar("_Entry", Noted, Commitment, NotedWarning, NotedCue)
_SPEAKERS = {Channel.AGENT: "agent", Channel.CUSTOMER: "customer", Channel.MIXED: "one of them"}


def _clock(seconds: float) -> str:
    """Call time as ``MM:SS``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def handoff_note(snapshot: Snapshot) -> str:
    """The note that goes to a supervisor with the call: plain text, ready to send.

    Says what the matter is and what the customer wants, what was tried, what was promised, which
    warnings were given, and which words led here, with their times; what is not known is left out.
    """
    record = written_record(snapshot)
    head = f"Handoff note, {_clock(snapshot.at)} into the call"
    if snapshot.caller:
        head += f", caller {snapshot.caller}"
    level = f"Level: {snapshot.level.name.lower()} since {_clock(snapshot.level_since)}"
    if snapshot.mood_trend:
        level += f", mood {snapshot.mood_trend}"
    lines = [head, level]
    begun = [_quoted(one) for one in matter(record)]
    lines += _section("The matter, in the customer's words", begun)
    lines += _section("The customer wants", [_quoted(want) for want in record.wants])
    lines += _section("Done or tried so far", [_quoted(step) for step in record.steps])
    lines += _section("Promised", [_promise(made) for made in record.commitments])
    lines += _section("Warnings given", [_quoted(warning) for warning in record.warnings])
    lines += _section("What was said", [_said(cue) for cue in record.cues])
    open_items = [item.title for item in snapshot.checklist if item.done is None]
    if open_items:
        lines += ["", "Still open: " + "; ".join(open_items)]
    return "\n".join(lines) + "\n"


def written_record(snapshot: Snapshot) -> Record:
    """The record with its words as they are read: "reference C4119" for "C four one one nine"."""
    record, language = snapshot.record, snapshot.language

    def form(entries: tuple[_Entry, ...]) -> tuple[_Entry, ...]:
        return tuple(
            msgspec.structs.replace(one, text=written_text(one.text, language)) for one in entries
        )

    return Record(
        opening=form(record.opening),
        matters=form(record.matters),
        wants=form(record.wants),
        steps=form(record.steps),
        commitments=form(record.commitments),
        warnings=form(record.warnings),
        cues=form(record.cues),
    )


def matter(record: Record) -> list[Noted]:
    """How the customer began and what they say went wrong, in the order it was said.

    What one sentence told already is not said twice.
    """
    begun = {one.utterance for one in record.opening}
    told = [one for one in record.matters if one.utterance not in begun]
    return sorted([*record.opening, *told], key=lambda one: one.at)


def _section(title: str, entries: list[str]) -> list[str]:
    """The newest entries under a heading; says so where older ones are left out."""
    if not entries:
        return []
    older = len(entries) - MOST
    left_out = [f"- ({older} earlier)"] if older > 0 else []
    return ["", f"{title}:", *left_out, *(f"- {entry}" for entry in entries[-MOST:])]


def _quoted(noted: Noted) -> str:
    return f'{_clock(noted.at)} "{noted.text}"'


def _promise(made: Commitment) -> str:
    due = f", due {made.due.replace('T', ' ')}" if made.due else ", no clear date"
    return f'{_clock(made.at)} {_SPEAKERS[made.owner]}: "{made.text}"{due}'


def _said(cue: NotedCue) -> str:
    words = f': "{cue.text}"' if cue.text else ""
    return f"{_clock(cue.at)} {cue.title}{words}"
