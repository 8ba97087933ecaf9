"""Who of the speakers that a transcript names is the agent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from coach.calls.redaction.typed_words import masked_text
from coach.errors import InputError
from coach.events import Channel
from coach.notes.timeline_text import clock_in_tenths

_WORDS = {
    Channel.AGENT: "agent representative rep advisor adviser operator csr clerk employee support "
    "assistant internal supervisor manager specialist",
    Channel.CUSTOMER: "customer caller client user member external guest patient citizen",
}
KNOWN = {word: side for side, words in _WORDS.items() for word in words.split()}
"""Names that say who it is."""
NOBODY = frozenset({"system", "bot", "ivr", "custom_bot", "voicemail", "supervisor_whisper"})
"""Machines and asides; what they say is left out."""
SIDES = {"agent": Channel.AGENT, "customer": Channel.CUSTOMER}


def sides_of_speakers(
    speakers: Mapping[str, float], told: Mapping[str, str], agent: str
) -> dict[str, Channel | None]:
    """The side of each speaker; None for those who are nobody.

    ``speakers``: the second at which each is first heard, by name, in that order. ``told``: who was
    said to be ``agent`` or ``customer``. ``agent``: the agent's name, where it is known. Where only
    one side is known by name, everybody else is of the other. Without any name the transcript is
    undivided, and beside names a nameless line is nobody's. Raises InputError where somebody's side
    cannot be told.
    """
    if set(speakers) <= {""}:
        return dict.fromkeys(speakers, Channel.MIXED)
    by_name = {name.casefold(): SIDES[side] for name, side in told.items()}
    sides: dict[str, Channel | None] = {}
    for name in speakers:
        plain = name.casefold().strip()
        if plain in by_name:
            sides[name] = by_name[plain]
        elif plain in NOBODY or not plain:
            sides[name] = None
        elif agent and plain == agent.casefold():
            sides[name] = Channel.AGENT
        elif (side := _by_word(plain)) is not None:
            sides[name] = side
    rest = [name for name in speakers if name not in sides]
    known = {side for side in sides.values() if side is not None}
    if rest and len(known) != 1:
        raise InputError(_unknown(speakers, rest), "Say --sides NAME=agent, or in a table or file.")
    other = next(iter(known)).other if rest else None
    return sides | dict.fromkeys(rest, other)


def _by_word(name: str) -> Channel | None:
    """``Agent 1``, ``agent_1`` and ``The Agent`` are agents."""
    words = re.findall(r"[^\W\d_]+", name)
    return next((KNOWN[word] for word in words if word in KNOWN), None)


def _unknown(speakers: Mapping[str, float], rest: Sequence[str]) -> str:
    named = ", ".join(
        f"{masked_text(name) or 'nameless'} (first at {clock_in_tenths(speakers[name])})"
        for name in rest[:4]
    )
    return f"who is the agent and who the customer is not known of {named}."
