"""The card after a call: what went well, one thing to try, and a break after a hard one.

It is for the agent alone and judges nobody: it repeats what was heard in the call, and of all
that could be better it names one thing, the one that helps the customer most.
"""

from __future__ import annotations

from collections.abc import Callable

from coach.events import Channel, Level, Track
from coach.snapshot import AfterCall, Snapshot
from rules.definition.roles import Role

MOST_PRAISE = 3
"""Lines of praise; more is not read."""
TALK_OVERS = 3
"""Talk-overs in a call from which listening is the thing to try."""
TALK_SHARE = 0.7
"""Agent's share of the speech from which asking is the thing to try."""

SAID_BY_AGENT = {
    Role.EMPATHY: "You acknowledged how the customer felt.",
    Role.PARAPHRASE: "You said the matter back to check it.",
    Role.APOLOGY: "You apologised for the experience.",
    Role.OWNERSHIP: "You took the matter on yourself.",
    Role.CHOICE: "You gave the customer a choice.",
    Role.SOLUTION: "You said what can be done.",
    Role.NEXT_STEP: "You said what happens next.",
}
"""Praise by what was heard, the most telling first."""

_TO_TRY = {
    Role.EMPATHY: "Early on, one sentence that names the feeling, before the solution.",
    Role.PARAPHRASE: "Say the matter back in one sentence before you solve it.",
    Role.NEXT_STEP: "Close with what happens next and by when.",
}
"""What to try where it was not heard, the most helpful first."""


def after_call(snapshot: Snapshot) -> AfterCall:
    """Make the card from a finished call."""
    return AfterCall(
        well=_well(snapshot)[:MOST_PRAISE],
        try_next=next((line for find in _FINDINGS if (line := find(snapshot))), ""),
        rest=_rest(snapshot),
    )


def _well(snapshot: Snapshot) -> tuple[str, ...]:
    lines: list[str] = []
    if snapshot.peak_level >= Level.UPSET and snapshot.level <= Level.UNEASY:
        peak, end = snapshot.peak_level.name.lower(), snapshot.level.name.lower()
        lines.append(f"The call was {peak} and ended {end}.")
    dated = [c for c in snapshot.record.commitments if c.owner is Channel.AGENT and c.due]
    if dated:
        lines.append("You promised with a date the customer can rely on.")
    if snapshot.record.warnings and snapshot.ladder.stage != "none":
        lines.append("You set a clear limit before anything else.")
    lines += [text for role, text in SAID_BY_AGENT.items() if role in snapshot.praise]
    return tuple(lines)


def _listening(snapshot: Snapshot) -> str:
    count = snapshot.measurements.interruptions_agent
    if count < TALK_OVERS:
        return ""
    return f"Let the customer finish: you began to speak over them {count} times."


def _unsaid(snapshot: Snapshot) -> str:
    if snapshot.peak_level < Level.UNEASY:
        return ""
    return next((text for role, text in _TO_TRY.items() if role not in snapshot.praise), "")


def _undated(snapshot: Snapshot) -> str:
    promises = [c for c in snapshot.record.commitments if c.owner is Channel.AGENT]
    if promises and not any(c.due for c in promises):
        return "Give promises a date: it saves the customer a second call."
    return ""


def _talking(snapshot: Snapshot) -> str:
    share = snapshot.measurements.talk_share_agent
    if share is None or share < TALK_SHARE:
        return ""
    return f"You spoke {share:.0%} of the time: one open question gives the customer room."


def _open_item(snapshot: Snapshot) -> str:
    for item in snapshot.checklist:
        if item.done is None and item.takeaway:
            return f"One thing was left open: {item.title[:1].lower()}{item.title[1:]}."
    return ""


_FINDINGS: tuple[Callable[[Snapshot], str], ...] = (
    _listening,
    _unsaid,
    _undated,
    _talking,
    _open_item,
)
"""In the order of what helps the customer most; the first that applies is shown."""


def _rest(snapshot: Snapshot) -> str:
    danger = any(cue.track in (Track.SAFETY, Track.THREAT) for cue in snapshot.record.cues)
    if danger:
        return "That was a serious call. Take a break before the next one and talk to your lead."
    if snapshot.peak_level >= Level.ANGRY or snapshot.record.warnings:
        return "That was a hard call, and not about you. Take a few minutes before the next one."
    return ""
