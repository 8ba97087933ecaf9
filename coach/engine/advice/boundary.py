"""The boundary ladder: acknowledge, ask, warn with the consequence, end. It offers, never acts.

The ladder is a state machine; its moves are a table (``ladder_moves``). A rung says which card the
agent was offered last. What the agent really said is heard separately: only a warning that
was spoken counts, so nobody is ever "at the end" because a card was shown. An offence that
began before the agent had finished warning does not count against the customer.

The ladder stands still while it is held: while a danger to life is open (distress is no
abuse), and once the customer has told of an illness, a loss or another vulnerability, where
help comes first. Every floor sets its own number of warnings, its zero-tolerance list and
whose card stands at the top (``LadderSettings``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Annotated, NamedTuple

import msgspec

from coach.engine.advice.ladder_moves import MOVES, LadderTrigger, Move, Rung
from coach.events import Channel, CueMatched, Evidence, LadderChanged, Track
from coach.parameters import number, seconds
from coach.snapshot import LadderView
from rules.definition.roles import Family, Role
from rules.definition.rule import Rule
from rules.definition.selection import chosen, first_with


class LadderSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A floor's policy. The defaults are the middle of what published procedures do."""

    warnings: Annotated[int, number(0, 10)] = 2
    """Warnings the agent must have given before ending the call is offered."""
    zero_tolerance: tuple[str, ...] | None = None
    """Rules that go straight to the top: ids, or families such as ``threat.*``; None means those
    with the role ``zero_tolerance``."""
    held_by: tuple[str, ...] | None = None
    """Rules after which the ladder stands still, besides an open danger to life; None means those
    with the role ``holds_ladder``."""
    held_s: Annotated[float, seconds(0, 86400)] | None = None
    """Seconds for which it does; None means the rest of the call."""
    top_card: str = ""
    """Id of the rule whose card stands at the top, such as one that hands over to a supervisor
    where agents may not hang up; empty means the rule with the role ``ladder_end``."""
    offences: tuple[str, ...] | None = None
    """Rules that are disrespect towards the agent; None means those with the role ``offence``.
    Swearing at the situation, shouting and refusing every answer are none."""
    offence_from: Annotated[int, number(1, 5, "severity")] = 2
    """Severity from which they count; negated or quoted words never do."""
    calm_s: Annotated[float, seconds(1, 7200)] = 90.0
    """Seconds of neutral turns after which the ladder steps down (domain practice)."""
    same_warning_s: Annotated[float, seconds(0, 600)] = 20.0
    """A second warning this soon, with no offence between, is the same warning again."""


_RANK = {LadderTrigger.OFFENCE: 1, LadderTrigger.SEVERE: 2, LadderTrigger.ZERO: 3}


_CARDS = (Role.LADDER_ACKNOWLEDGE, Role.LADDER_REQUEST, Role.LADDER_LIMIT, Role.LADDER_END)


class LadderPlace(msgspec.Struct, frozen=True):
    """A rung; ``number`` tells the warnings apart and is 0 elsewhere."""

    rung: Rung
    number: int = 0

    @property
    def stage(self) -> str:
        """The name that results and the screen use."""
        return f"warn_{self.number}" if self.rung is Rung.WARN else self.rung.value


class LadderMove(NamedTuple):
    """One trigger, and where the ladder stood before it."""

    match: str
    """Of the cue; empty where it was none."""
    trigger: LadderTrigger | None
    """None: a warning was given and stands."""
    at: float
    before: tuple[LadderPlace, int, float]
    """The place, the warnings that stood, and when the ladder had moved last."""


MOST_MOVES = 32
"""Latest moves that can be undone one by one; drafts are final long before."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an offence."""

    changed: list[LadderChanged]
    card: str
    """Rule whose card is to be offered."""
    held: bool
    """The ladder stands still: the card is not to be shown."""


class Ladder:
    """Follows the boundary ladder of one call."""

    def __init__(self, rules: Iterable[Rule], settings: LadderSettings) -> None:
        self._settings = settings
        self.take_rules(rules)
        self._place = LadderPlace(Rung.NONE)
        self._given = 0
        """Warnings heard in the whole call."""
        self._standing = 0
        """Warnings that still count; calm takes them away again."""
        self._warned_until = -1.0
        self._conduct: dict[str, tuple[float, int]] = {}
        """Cues of conduct and threat by match: their end, and the customer's turns until then."""
        self._offended = -1.0
        """End of the latest of them."""
        self._certain: dict[str, float] = {}
        """Those of them that no draft can take back: where they ended."""
        self._surely_offended = -1.0
        """The latest of these ends."""
        self._moved_at = 0.0
        self._turns = 0
        """The customer's turns that were no conduct."""
        self._stepped = 0
        """How many there were when the ladder last stepped down..."""
        self._calm_from = 0
        """...or the customer last offended, whichever was later."""
        self._last: deque[tuple[CueMatched, LadderTrigger]] = deque(maxlen=MOST_MOVES)
        """The latest offences, each the worst of its utterance so far."""
        self._moves: deque[LadderMove] = deque(maxlen=MOST_MOVES)
        """What moved the ladder last: where a match was none, the rest is gone through again."""
        self._holds: dict[str, float] = {}
        """Cues that hold the ladder by match, and when they were heard; the latest counts."""
        self.safety_open = False

    def take_rules(self, rules: Iterable[Rule]) -> None:
        """Go by other rules; where the ladder stands it stays."""
        rules, settings = tuple(rules), self._settings
        self._zero = chosen(rules, Role.ZERO_TOLERANCE, settings.zero_tolerance)
        self._offences = chosen(rules, Role.OFFENCE, settings.offences)
        self._holding = chosen(rules, Role.HOLDS_LADDER, settings.held_by)
        self._cards = {role: first_with(rules, role) for role in _CARDS}

    # --- the customer -----------------------------------------------------------------------

    def happening(self, match: CueMatched) -> LadderTrigger | None:
        """What a match means for the ladder, if anything."""
        if match.channel is Channel.AGENT or match.guarded:
            return None
        if match.rule in self._zero:
            return LadderTrigger.ZERO
        if match.rule not in self._offences or match.severity < self._settings.offence_from:
            return None
        return LadderTrigger.SEVERE if match.severity >= 3 else LadderTrigger.OFFENCE

    def zero(self, match: CueMatched) -> bool:
        """Whether the floor has no tolerance for what was said."""
        return self.happening(match) is LadderTrigger.ZERO

    def cue(self, match: CueMatched) -> Offer | None:
        """A cue matched; returns what to offer if it was an offence."""
        if match.rule in self._holding:
            self._holds.pop(match.match, None)
            self._holds[match.match] = match.at
        bad = match.track in (Track.CONDUCT, Track.THREAT)
        if bad and match.channel is not Channel.AGENT:
            self._conduct[match.match] = (match.end, self._turns)
            self._offended = max(self._offended, match.end)
            self._calm_from = self._turns
            if match.utterance is None:
                self.confirmed(match)
        happening = self.happening(match)
        if happening is None:
            return None
        if self.held(match.at):
            place = self._target(MOVES[self._place.rung].get(happening, Move.STAY))
            return Offer(changed=[], card=self.card_of(place), held=True)
        last = self._last[-1] if self._last else None
        known = last[1] if last is not None and _one_saying(last[0], match) else None
        if known is not None and _RANK[happening] <= _RANK[known]:
            return None
        if match.start < self._warned_until and happening is not LadderTrigger.ZERO:
            return None
        self._last.append((match, happening))
        changed = self._move(happening, match.at, match.because[:1], match.match)
        return Offer(changed=changed, card=self.card_of(self._place), held=False)

    def confirmed(self, match: CueMatched) -> None:
        """A match is certain: final words hold it, or no words were needed."""
        bad = match.track in (Track.CONDUCT, Track.THREAT)
        if bad and match.channel is not Channel.AGENT:
            self._certain[match.match] = match.end
            self._surely_offended = max(self._surely_offended, match.end)

    def forget(self, match: str, because: tuple[Evidence, ...], at: float) -> list[LadderChanged]:
        """A match was withdrawn; the ladder moves to where it would be without it."""
        self._holds.pop(match, None)
        if self._conduct.pop(match, None) is not None:
            self._offended = max((end for end, _ in self._conduct.values()), default=-1.0)
            self._calm_from = max([self._stepped, *(turns for _, turns in self._conduct.values())])
        if self._certain.pop(match, None) is not None:
            self._surely_offended = max(self._certain.values(), default=-1.0)
        for last in [one for one in self._last if one[0].match == match]:
            self._last.remove(last)
        moves = list(self._moves)
        first = next((n for n, move in enumerate(moves) if move.match == match), None)
        if first is None:
            return []
        before = self._place
        self._place, self._standing, self._moved_at = moves[first].before
        while len(self._moves) > first:
            self._moves.pop()
        for move in moves[first:]:
            if move.match != match:
                self._shift(move.trigger, move.at, move.match)
        target, self._place = self._place, before
        return self._go(target, at, because)

    def turn(self) -> None:
        """The customer finished a turn."""
        self._turns += 1

    # --- the agent --------------------------------------------------------------------------

    def warned(self, start: float, end: float) -> bool:
        """The agent was heard warning; returns whether it is a warning of its own.

        That is not taken back, so an offence before it counts where its words are final.
        """
        soon = self._given > 0 and start - self._warned_until < self._settings.same_warning_s
        same = soon and self._surely_offended <= self._warned_until
        self._warned_until = max(self._warned_until, end)
        if same:
            return False
        self._given += 1
        self._shift(None, end, "")
        return True

    def after_warning(self, because: tuple[Evidence, ...], at: float) -> list[LadderChanged]:
        """Move to the rung of the warning just given."""
        return self._move(LadderTrigger.WARNED, at, because)

    def ended(self, because: tuple[Evidence, ...], at: float) -> list[LadderChanged]:
        """The agent was heard ending the call for cause."""
        return self._move(LadderTrigger.ENDED, at, because)

    # --- time -------------------------------------------------------------------------------

    def tick(self, at: float) -> list[LadderChanged]:
        """Step down after neutral turns."""
        if self._place.rung in (Rung.NONE, Rung.OVER):
            return []
        quiet_since = max(self._moved_at, self._offended, self._warned_until)
        if self._turns <= self._calm_from or at - quiet_since < self._settings.calm_s:
            return []
        note = "seconds of neutral turns"
        value = round(at - quiet_since, 1)
        calm = Evidence(value=value, threshold=self._settings.calm_s, note=note)
        changed = self._move(LadderTrigger.CALM, at, (calm,))
        if changed:
            self._stepped = self._calm_from = self._turns
        return changed

    # --- the machine ------------------------------------------------------------------------

    def _move(
        self, happening: LadderTrigger, at: float, because: tuple[Evidence, ...], match: str = ""
    ) -> list[LadderChanged]:
        before = self._place
        self._shift(happening, at, match)
        target, self._place = self._place, before
        return self._go(target, at, because)

    def _shift(self, happening: LadderTrigger | None, at: float, match: str) -> None:
        """Move by a trigger; None: one more warning stands, which moves nothing yet."""
        before = (self._place, self._standing, self._moved_at)
        self._moves.append(LadderMove(match, happening, at, before))
        if happening is None:
            self._standing = min(self._standing + 1, self._settings.warnings)
            return
        move = MOVES[self._place.rung].get(happening, Move.STAY)
        self._place = self._target(move)
        if move is Move.DOWN:
            self._standing = max(0, self._standing - 1)
        if move is not Move.STAY:
            self._moved_at = at

    def _target(self, move: Move) -> LadderPlace:
        targets: dict[Move, Callable[[], LadderPlace]] = {
            Move.STAY: lambda: self._place,
            Move.ACKNOWLEDGE: lambda: LadderPlace(Rung.ACKNOWLEDGE),
            Move.WARN_OR_END: self._next_warning,
            Move.TO_GIVEN: self._given_warning,
            Move.END: lambda: LadderPlace(Rung.END),
            Move.DOWN: self._below,
            Move.OVER: lambda: LadderPlace(Rung.OVER),
        }
        return targets[move]()

    def _next_warning(self) -> LadderPlace:
        if self._standing >= self._settings.warnings:
            return LadderPlace(Rung.END)
        return LadderPlace(Rung.WARN, self._standing + 1)

    def _given_warning(self) -> LadderPlace:
        if self._standing == 0:
            return self._place
        return LadderPlace(Rung.WARN, max(self._standing, self._place.number))

    def _below(self) -> LadderPlace:
        place, most = self._place, self._settings.warnings
        if place.rung is Rung.END and most > 0:
            return LadderPlace(Rung.WARN, most)
        if place.rung is Rung.WARN and place.number > 1:
            return LadderPlace(Rung.WARN, place.number - 1)
        if place.rung in (Rung.WARN, Rung.END):
            return LadderPlace(Rung.ACKNOWLEDGE)
        return LadderPlace(Rung.NONE)

    def _go(
        self, target: LadderPlace, at: float, because: tuple[Evidence, ...]
    ) -> list[LadderChanged]:
        if target == self._place:
            return []
        previous, self._place = self._place, target
        return [
            LadderChanged(
                at=at,
                stage=target.stage,
                previous=previous.stage,
                warnings=self._given,
                because=because,
            )
        ]

    # --- questions --------------------------------------------------------------------------

    @property
    def rung(self) -> Rung:
        """Where the ladder stands."""
        return self._place.rung

    @property
    def given(self) -> int:
        """Warnings the agent has given in this call."""
        return self._given

    def held(self, at: float) -> bool:
        """Whether the ladder stands still at ``at``."""
        if self.safety_open:
            return True
        if not self._holds:
            return False
        since = self._holds[next(reversed(self._holds))]
        return self._settings.held_s is None or at - since < self._settings.held_s

    def card_of(self, place: LadderPlace) -> str:
        """The rule whose card belongs to a rung; empty where there is none.

        The last warning before the end names the consequence, however many there are.
        """
        if place.rung is Rung.ACKNOWLEDGE:
            return self._cards[Role.LADDER_ACKNOWLEDGE]
        if place.rung is Rung.WARN:
            last = place.number >= self._settings.warnings
            return self._cards[Role.LADDER_LIMIT if last else Role.LADDER_REQUEST]
        if place.rung is Rung.END:
            return self._settings.top_card or self._cards[Role.LADDER_END]
        return ""

    def view(self, at: float) -> LadderView:
        """For the screen."""
        return LadderView(
            stage=self._place.stage,
            warnings=self._given,
            needed=self._settings.warnings,
            held=self.held(at),
        )


def _one_saying(one: CueMatched, other: CueMatched) -> bool:
    """Whether two matches are about the same words, or the same moment where no words made them."""
    if other.utterance is None:
        return one.utterance is None and one.at == other.at
    return one.utterance == other.utterance


def is_ladder_rule(rule: Rule) -> bool:
    """Whether the rule is a card of the ladder, shown by the ladder alone."""
    return rule.family is Family.LADDER
