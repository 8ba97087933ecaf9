"""What a rule is, as frozen data.

A rule says: *when* this condition (``rules.definition.conditions``) holds, unless one of those
does, with this timing, show this card. ``rules.books.loader`` reads rules from TOML.
"""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

from coach.events import Track
from coach.parameters import number, seconds

from .conditions import AnyCondition, Share, Span, Speaker
from .examples import Example, ScriptedCall
from .roles import Family, Role


class Status(enum.StrEnum):
    """How far a rule is trusted. Only STABLE and TEST rules run; TEST is marked on screen."""

    STABLE = "stable"
    TEST = "test"
    EXPERIMENTAL = "experimental"
    DISABLED = "disabled"


class Timing(msgspec.Struct, frozen=True, kw_only=True, rename={"for_": "for"}):
    """When a true condition becomes a match, and how often it may become a card."""

    for_: Annotated[float, seconds(0, 600)] = 0.0
    """Seconds a state condition must hold before it counts."""
    keep_for: Span = 0.0
    """Seconds a match stays active after its condition last held."""
    cooldown: Annotated[float, seconds(0, 86400)] = 45.0
    """Seconds after a card of this rule before it may card again."""
    max_per_call: Annotated[int, number(0, 1000, "cards")] = 3
    """Cards of this rule in one call."""


class Kind(enum.StrEnum):
    """What a card spends and what it may override."""

    SAFETY = "safety"
    THREAT = "threat"
    BOUNDARY = "boundary"
    PROCESS = "process"
    TONE = "tone"
    """Counts against the per-call budget of tone cards."""
    NOD = "nod"
    """Not a card: one short line of praise."""


class CardSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent sees."""

    kind: Kind
    """What the card spends and what it may override."""
    do: str
    """What to do, at most 60 characters."""
    say: tuple[str, ...] = ()
    """Wordings; they rotate. One with ``{issue}`` or ``{agent}`` is given where that is known."""
    steps: tuple[str, ...] = ()
    """The longer list, shown on demand."""
    hold: Annotated[float, seconds(1, 3600)] | None = 20.0
    """Seconds on screen; ``until answered`` stays until the agent answers it."""
    priority: Annotated[int, number(0, 100)] = 50
    """0 to 100; higher wins the one place on the screen."""
    routine_below: Share | None = None
    """Distress of the words (0 to 1) below which a calm customer asks for routine ("I'd like to
    cancel my service, please"): noted, but no card comes and the level stays. None: never."""
    done_when: tuple[str, ...] = ()
    """Ids of rules on the agent's words that make this card needless (a nod instead)."""


class WrittenAt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a value was written, and by a change what became of it."""

    file: str
    key: str
    """Dotted; parts of a list are counted from 1: ``when.all.2.silence``."""
    line: int = 0
    """1-based; 0 where it is not known."""
    by: str = ""
    reason: str = ""
    action: str = ""
    """``set``, ``replace``, ``append``, ``remove`` or ``disable``; empty in a pack."""
    was: str = ""
    """For people: the value before the change; of a list, what it lost."""
    now: str = ""
    """For people: the value after the change; of a list, what it gained."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule."""

    id: str
    title: str
    family: Family
    track: Track
    severity: int
    status: Status
    speaker: Speaker
    """Whose words the lexical conditions listen to unless they say otherwise."""
    when: AnyCondition
    unless: tuple[AnyCondition, ...] = ()
    """Any of these holding in the same utterance keeps the rule quiet, or bars what it covers."""
    timing: Timing = Timing()
    roles: tuple[Role, ...] = ()
    """What the program uses it for."""
    card: CardSpec | None = None
    """None: the match feeds the level, the record and other rules, and shows nothing."""
    false_positives: tuple[str, ...] = ()
    """Known benign matches, in words."""
    examples: tuple[Example, ...] = ()
    timelines: tuple[ScriptedCall, ...] = ()
    source: WrittenAt
    changes: tuple[WrittenAt, ...] = ()
    """Values that an overlay wrote; the last one for a key is in force."""

    def origin(self, key: str) -> WrittenAt:
        """Where the value of ``key`` (dotted, e.g. ``card.do``) was written, or a part of it."""
        for change in reversed(self.changes):
            if change.key == key or key.startswith(change.key + "."):
                return change
        for change in reversed(self.changes):
            if change.key.startswith(key + "."):
                return change
        return msgspec.structs.replace(self.source, key=key)


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """All rules in force, in file order."""

    rules: tuple[Rule, ...]
    language: str
    fingerprint: str
    """SHA-256 over all that decides what the rules do: two equal fingerprints coach alike."""

    def active(self) -> tuple[Rule, ...]:
        """The rules that run: stable and test ones."""
        return tuple(r for r in self.rules if r.status in (Status.STABLE, Status.TEST))

    def rule(self, rule_id: str) -> Rule:
        """The rule with that id; KeyError if there is none."""
        for r in self.rules:
            if r.id == rule_id:
                return r
        raise KeyError(rule_id)
