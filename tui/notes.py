"""The handoff note, made from a snapshot."""

from __future__ import annotations

from coach.events import Channel
from coach.snapshot import Snapshot

from .wording import clock, reason


def handoff_text(snapshot: Snapshot) -> str:
    """The note for whoever takes over: issue, what was tried, what was promised, warnings."""
    record = snapshot.record
    lines = [f"Handoff at {clock(snapshot.at)}" + _caller(snapshot)]
    for title, entries in (
        ("Customer wants", record.wants),
        ("Steps so far", record.steps),
        ("Promised", [_promise(p.owner, p.text, p.due, p.at) for p in record.commitments]),
        ("Warnings given", record.warnings),
        ("What was heard", [reason(cue) for cue in record.cues]),
    ):
        lines += ["", f"{title}:"]
        lines += [f"- {entry}" for entry in entries] or ["- nothing noted"]
    return "\n".join(lines)


def _caller(snapshot: Snapshot) -> str:
    return f", caller {snapshot.caller}" if snapshot.caller else ""


def _promise(owner: Channel, text: str, due: str | None, at: float) -> str:
    who = "customer" if owner is Channel.CUSTOMER else "we"
    by = f", by {due}" if due else ""
    return f"{clock(at)} {who}: {text}{by}"
