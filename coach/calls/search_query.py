"""What is asked of the library, and what is found: calls, and the moments in them."""

from __future__ import annotations

import enum

import msgspec

from coach.calls.about import REAL, CallKind
from coach.calls.journal_gathering import Fate
from coach.calls.marks import Mark
from coach.events import Channel, Level

MOST_CALLS = 50
"""Calls shown unless more are asked for."""


class SearchBounds(msgspec.Struct, frozen=True):
    """From so much to so much, both allowed; None is no bound."""

    least: float | None = None
    most: float | None = None


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; a call is found where all of it holds."""

    kinds: tuple[CallKind, ...] = REAL
    since: float | None = None
    """Seconds since 1970: the call began then or later."""
    until: float | None = None
    """Seconds since 1970: the call began before."""
    agent: str | None = None
    queue: str | None = None
    tags: tuple[str, ...] = ()
    caller: str | None = None
    level: Level | None = None
    """It came so far, or further."""
    cues: tuple[str, ...] = ()
    """A rule, a part of its name, or a pattern with ``*``."""
    card: str | None = None
    """As ``cues``; the rule of a card."""
    fate: Fate | None = None
    """What became of that card, or of any."""
    score: SearchBounds = SearchBounds()
    length: SearchBounds = SearchBounds()
    """Seconds."""
    said: tuple[str, ...] = ()
    """Words of one line each, in any order; in double quotes, next to one another; ``*`` ends a
    beginning."""
    by: Channel | None = None
    """Who said them."""
    like: str = ""
    """A sentence; lines that mean something like it are found (``coach.calls.likeness``), once
    their clauses have been brought up to date."""
    near: float = 0.6
    """The least nearness to it, up to 1."""
    marked: bool = False
    held: bool = False
    call: str | None = None
    most: int | None = MOST_CALLS
    """Calls given; None gives all."""


class HitKind(enum.StrEnum):
    """What was found in its place."""

    SAID = "said"
    CUE = "cue"
    CARD = "card"
    LIKE = "like"


class SearchHit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A moment of a call that was asked for."""

    kind: HitKind
    at: float
    """Seconds of call time."""
    text: str
    side: Channel | None = None
    spans: tuple[tuple[int, int], ...] = ()
    """Where in ``text`` the words stand."""
    rule: str = ""
    fate: str = ""
    doubtful: bool = False
    version: str = ""
    """``heard`` of a line that was put right since, ``corrected`` as a reviewer put it right."""
    near: float = 0.0
    """How near it comes to the sentence that was asked for, 1 for the same words."""


class FoundCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it is listed."""

    call: str
    kind: CallKind
    started: str
    source: str
    caller: str
    agent: str
    queue: str
    tags: tuple[str, ...]
    seconds: float
    ended: bool
    level: Level
    last_level: Level
    score: float | None
    held: str
    trouble: str
    cues: int
    """How many were noticed; what goes on in every call, such as a greeting, is not counted."""
    cards: int
    """How many were shown."""
    marks: tuple[Mark, ...]
    hits: tuple[SearchHit, ...]


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a search came to."""

    calls: tuple[FoundCall, ...]
    """Newest first, as many as were asked for."""
    counts: dict[CallKind, int]
    """All calls for which the rest of the query holds, by kind, those of other kinds too."""
    total: int
    """Calls of the kinds that were asked for."""
