"""How far the call has escalated: a level with evidence, decay and hysteresis.

Every cue of the customer's adds *heat*, by its track and severity; heat halves every
``half_life_s`` seconds. A bad mood and a raised voice add to it for as long as they last; a voice
only where words go with it or where it lasts, since people also speak up out of pleasure, in a
street or on a bad line. Good news (a cue of severity 0, a pleasant turn) takes heat away. A table
turns heat into a level: each level is entered at one figure and left at a lower one, and is kept
for a minimum stay, so that it never flickers. Only good news by a cue, and a turn that shows that
the customer has settled (``settling``), are seen at once: real thanks and "I'm sorry I shouted"
end the stay, and the mood, which is slow, heats no more until the next bad turn or cue. A threat
or a danger to life raises the call to CRITICAL at once and holds it there for ``pinned_s``.

Only what was surely said counts: doubtful text never gets here, so a "thank you" that the
recogniser made up cools nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

import msgspec

from coach.engine.advice.settling import Calmed
from coach.engine.advice.temper import Temper, Tempering
from coach.engine.cues.looking_back import SLACK_S
from coach.events import CueMatched, EscalationChanged, Evidence, Guard, Level, Track
from coach.parameters import length, number, quantity, seconds, share
from coach.snapshot import MoodPoint
from rules.definition.roles import Role
from rules.definition.rule import Rule
from rules.definition.selection import chosen

RAISED = 0.5
"""Certainty (0 to 1) from which a voice counts as raised."""
FAINT = 0.02
"""Heat of a cue below which it is left out."""
JUST_UNDER = 0.98
"""Share of a bound that heat is brought to where a level is to be left."""

_DANGERS = frozenset({Track.SAFETY, Track.THREAT})


class LevelRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the level table."""

    level: Level
    enter: Annotated[float, quantity(0, 100, "heat")]
    """Heat at which the level is entered."""
    leave: Annotated[float, quantity(0, 100, "heat")]
    """Heat under which it is left, for the level below."""
    stay_s: Annotated[float, seconds(0, 3600)]
    """Seconds it is kept at least."""


class EscalationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Heat and levels. Starting values of our own, tuned on scripted and recorded calls."""

    steps: Annotated[tuple[LevelRow, ...], length(4)] = (
        LevelRow(level=Level.UNEASY, enter=0.9, leave=0.5, stay_s=10.0),
        LevelRow(level=Level.UPSET, enter=2.2, leave=1.4, stay_s=15.0),
        LevelRow(level=Level.ANGRY, enter=4.0, leave=2.6, stay_s=20.0),
        LevelRow(level=Level.CRITICAL, enter=8.0, leave=5.5, stay_s=30.0),
    )
    """From the lowest level up."""
    half_life_s: Annotated[float, seconds(1, 7200)] = 60.0
    """Seconds in which heat halves."""
    conduct: Annotated[tuple[Annotated[float, quantity(0, 100, "heat")], ...], length(5)] = (
        0.0,
        0.8,
        1.8,
        3.2,
        5.0,
    )
    """Heat of a conduct cue by severity 0 to 4."""
    escalation: Annotated[tuple[Annotated[float, quantity(0, 100, "heat")], ...], length(5)] = (
        0.0,
        0.5,
        1.0,
        1.6,
        2.0,
    )
    """Heat of an escalation cue by severity 0 to 4."""
    care: tuple[str, ...] | None = None
    """Rules that call for care and add no heat: who is bereaved or lost for words is not angry.
    Ids, or families such as ``esc.*``; None means those with the role ``care``."""
    danger: Annotated[tuple[Annotated[float, quantity(0, 100, "heat")], ...], length(5)] = (
        0.0,
        1.0,
        2.0,
        5.0,
        9.0,
    )
    """Heat of a safety or threat cue by severity 0 to 4."""
    pinned_s: Annotated[float, seconds(0, 7200)] = 120.0
    """Seconds a danger of severity 4 keeps the call CRITICAL."""
    mood_from: Annotated[float, quantity(-5, 5, "points")] = -1.0
    """Mood (-5 to +5) below which it adds heat."""
    mood_heat: Annotated[float, quantity(0, 20, "heat a point")] = 0.9
    """Heat for each point of mood below ``mood_from``."""
    mood_most: Annotated[float, quantity(0, 100, "heat")] = 2.2
    """Most heat that the mood adds, just enough for UPSET: anger takes cues or a raised voice."""
    mood_trusted: Annotated[float, quantity(0, 10, "points")] = 2.5
    """A mood with a wider uncertainty than this adds nothing."""
    mood_past_s: Annotated[float, seconds(0, 3600)] = 60.0
    """Seconds after which the last mood is stale and adds nothing."""
    voice_heat: Annotated[float, quantity(0, 100, "heat")] = 1.6
    """Heat of a voice that is surely raised."""
    voice_with: Annotated[float, quantity(0, 100, "heat")] = 0.15
    """Heat from cues and mood beside which a raised voice counts at once."""
    voice_with_turn: Annotated[float, quantity(-5, 5, "points")] = -0.25
    """A last turn at or below this score (-5 to +5) makes a raised voice count as well."""
    voice_alone_s: Annotated[float, seconds(0, 600)] = 20.0
    """Seconds a voice must stay raised to count by itself; a pleasant turn begins them anew."""
    hostile_from: Annotated[int, number(0, 5, "severity")] = 3
    """Severity from which an escalation cue can make ANGRY. What is less severe (a third call, a
    wish for a manager) is a reason to be upset, however much of it there is; anger takes an
    offence, a danger, a raised voice or a reproach to the agent beside it."""
    remedy_steps: Annotated[int, number(0, 3, "levels")] = 1
    """Levels by which the call comes down, to UNEASY at most, with each of the customer's turns
    that takes up without heat what the agent has put right. With 0 it does not, and comes to
    UNEASY at most by whatever a single turn says."""
    relief: Annotated[float, share()] = 0.5
    """Share of the heat left after good news."""
    pleasant: Annotated[float, quantity(-5, 5, "points")] = 1.5
    """A turn with at least this score (-5 to +5) eases the heat a little."""
    pleasant_share: Annotated[float, share()] = 0.85
    """Share of the heat left after a pleasant turn: one kind word is no recovery."""
    pleasant_again_share: Annotated[float, share()] = 0.5
    """Share of the heat left after each further pleasant turn, where neither a bad turn nor a cue
    that heats came between: whoever stays friendly has recovered."""


class _Heat:
    """What one cue has added."""

    __slots__ = ("at", "evidence", "match", "severity", "track", "weight")

    def __init__(self, match: CueMatched, weight: float, evidence: Evidence) -> None:
        self.match = match.match
        self.at = match.at
        self.track = match.track
        self.severity = match.severity
        self.weight = weight
        self.evidence = evidence


class EscalationTracker:
    """Follows heat and level of one call."""

    def __init__(self, rules: Iterable[Rule], settings: EscalationSettings) -> None:
        self._settings = settings
        self.take_rules(rules)
        self._heats: list[_Heat] = []
        self._pins: dict[str, tuple[float, Evidence]] = {}
        """Until when dangers keep the call critical, by their matches; the latest counts."""
        self._eased: tuple[Evidence, ...] = ()
        self._still: tuple[MoodPoint | None] | None = None
        """The mood with which nothing heated the calm call; None where something does, or where
        something was heard since."""
        self._looked_at = self._weighed_at = -math.inf
        """When the level was last asked for, and when the heat was last weighed for it."""
        self._stands_until = -math.inf
        """The level stands until then at least, unless something is heard..."""
        self._stands_with: MoodPoint | None = None
        """...with this mood and no raised voice."""
        self._mood: Evidence | None = None
        """Of the mood as it last counted."""
        self._last_turn = 0.0
        self._temper = Temper()
        self._reliefs: dict[str, float] = {}
        """Good news by its match, and when it came; of drafts it may be taken back."""
        self._at_once = False
        """Good news came that the level has not followed yet."""
        self._least = Level.CALM
        """The level under which it leads to nothing at once."""
        self._told_in: str | None = None
        """The utterance that the latest good news came in."""
        self._raised_since: float | None = None
        self._loud = False
        """Whether a raised voice counted at the last look."""
        self.level = Level.CALM
        self.since = 0.0
        self.peak = Level.CALM
        self._because: tuple[Evidence, ...] = ()

    def take_rules(self, rules: Iterable[Rule]) -> None:
        """Go by other rules; the heat there is stays."""
        rules = tuple(rules)
        self._care = chosen(rules, Role.CARE, self._settings.care)
        self._reproaches = chosen(rules, Role.REPROACH, None)

    @property
    def because(self) -> tuple[Evidence, ...]:
        """What the level rests on, the weightiest first."""
        self._catch_up()
        return self._because

    # --- what adds and takes heat -----------------------------------------------------------

    def cue(self, match: CueMatched) -> None:
        """A cue matched, or matched again with another severity; the agent's own heat nothing."""
        if match.track is Track.COACHING:
            return
        self._stir()
        evidence = Evidence(
            rule=match.rule,
            utterance=match.because[0].utterance if match.because else None,
            channel=match.channel,
            start=match.start,
            end=match.end,
            text=match.text,
            note=match.because[0].note if match.because else "",
            guard=match.because[0].guard if match.because else None,
        )
        if match.severity == 0:
            self._relieve(match, evidence)
            return
        weight = self._weights(match.track)[min(match.severity, 4)]
        if match.track is Track.THREAT and evidence.guard is Guard.QUOTED:
            # Who tells of somebody else's threat is shaken, and threatens nobody.
            weight = min(weight, self._settings.escalation[2])
        if weight and match.rule not in self._care:
            self.forget(match.match)
            self._temper.change(Tempering.HEATED, match.match)
            self._heats.append(_Heat(match, weight, evidence))
        if match.severity >= 4 and match.track in (Track.SAFETY, Track.THREAT):
            self._pins.pop(match.match, None)
            self._pins[match.match] = (match.at + self._settings.pinned_s, evidence)

    def _weights(self, track: Track) -> tuple[float, ...]:
        if track is Track.CONDUCT:
            return self._settings.conduct
        if track is Track.ESCALATION:
            return self._settings.escalation
        if track in (Track.SAFETY, Track.THREAT):
            return self._settings.danger
        return (0.0,) * 5

    def forget(self, match: str) -> None:
        """A cue was withdrawn or marked wrong."""
        self._stir()
        came = self._reliefs.pop(match, None)
        if came is not None:
            self._at_once = False
            self._told_in, self._eased = None, ()
            for heat in self._heats:
                heat.weight /= (self._settings.relief or 1.0) if heat.at <= came else 1.0
        self._heats = [heat for heat in self._heats if heat.match != match]
        self._pins.pop(match, None)
        self._temper.forget(match)

    @property
    def _pinned(self) -> tuple[float, Evidence] | None:
        """Until when a danger keeps the call critical, and which."""
        return self._pins[next(reversed(self._pins))] if self._pins else None

    def turn(self, score: float, evidence: Evidence) -> None:
        """The customer finished a turn with ``score`` (-5 to +5)."""
        self._stir()
        self._last_turn = score
        if score < 0.0:
            self._temper.change(Tempering.HEATED)
        if score >= self._settings.pleasant:
            settings = self._settings
            again = self._temper.friendly > 0
            self._temper.change(Tempering.PLEASED)
            share = settings.pleasant_again_share if again else settings.pleasant_share
            self._ease(share, evidence)

    def _relieve(self, match: CueMatched, evidence: Evidence) -> None:
        """Good news by a cue; what one utterance says is one piece of it to the level."""
        if match.match not in self._reliefs:
            self._reliefs[match.match] = match.at
            self._ease(self._settings.relief, evidence)
        self._temper.change(Tempering.RELIEVED, match.match)
        self._at_once |= match.utterance is None or match.utterance != self._told_in
        self._told_in = match.utterance
        self._least = Level.UNEASY if self.level > Level.UNEASY else Level.CALM

    def heats_in(self, utterance: str) -> int:
        """The greatest severity of the cues in an utterance that heat; 0 where none does."""
        return max(
            [h.severity for h in self._heats if h.evidence.utterance == utterance], default=0
        )

    def heated_until(self) -> float:
        """When the latest words ended that heat."""
        ends = [h.evidence.end for h in self._heats if h.evidence.utterance is not None]
        return max([end for end in ends if end is not None], default=-math.inf)

    def settled(self, shown: Calmed, because: Evidence, at: float, mood: MoodPoint | None) -> None:
        """A turn of the customer's showed, by ``because``, that they have settled.

        The level falls at once: to CALM where it was said wholly, to UNEASY at most where it was
        said plainly (to CALM from there), by one with kind words, to UNEASY at most by one where
        they only take up what was put right, and out of ANGRY alone where they are only quieter.
        What is dangerous is as dangerous as before.
        """
        self._stir()
        if shown is Calmed.QUIETER and self.level is not Level.ANGRY:
            return
        steps = self._settings.remedy_steps
        if shown is Calmed.TAKES_UP and (not steps or self.level <= Level.UNEASY):
            return
        if shown is not Calmed.QUIETER:
            self._temper.change(Tempering.RELIEVED)
        if self.level is Level.CALM:
            return
        left: Level = self.level
        if shown is Calmed.TAKES_UP:
            left = Level(max(Level.UPSET, left - steps + 1))
        elif shown >= Calmed.PLAINLY:
            wholly = shown is Calmed.WHOLLY and steps
            left = Level.UNEASY if wholly else min(left, Level.UPSET)
        self._least = Level(left - 1)
        bound = next(step.leave for step in self._settings.steps if step.level is left)
        weights = list(zip(self._heats, self._weights_at(at), strict=True))
        anger = sum(weight for heat, weight in weights if heat.track not in _DANGERS)
        danger = sum(weight for heat, weight in weights if heat.track in _DANGERS)
        room = max(0.0, bound * JUST_UNDER - danger - self._felt(at, mood))
        if anger > room:
            for heat in self._heats:
                heat.weight *= 1.0 if heat.track in _DANGERS else room / anger
        self._raised_since = None
        self._at_once, self._eased = True, (because,)

    def _ease(self, share: float, evidence: Evidence) -> None:
        self._raised_since = None
        for heat in self._heats:
            heat.weight *= share
        self._eased = (evidence,)

    # --- the level --------------------------------------------------------------------------

    def evaluate(
        self, at: float, mood: MoodPoint | None, raised: float | None
    ) -> list[EscalationChanged]:
        """Set the level for ``at`` from heat, mood and voice (0 to 1)."""
        if self._is_still(mood, raised):
            return []
        quiet = raised is None or raised < RAISED
        if quiet and at < self._stands_until and mood is self._stands_with:
            self._looked_at = at
            return []
        self._looked_at = self._weighed_at = at
        self._stands_until = -math.inf
        parts = self._parts(at, mood, raised)
        heat = sum([weight for weight, _ in parts])
        eased, self._at_once = self._at_once, False
        level = self._pin(at, self._fall(heat) if eased else self._step(at, heat))
        if level == self.level:
            if parts:
                self._because = _reasons(parts)
            elif level is Level.CALM:
                self._still = (mood,)
            if quiet and not eased:
                self._stands_until, self._stands_with = self._stands(at, heat, mood), mood
            return []
        previous, self.level, self.since = self.level, level, at
        self.peak = max(self.peak, level)
        because = _reasons(parts)
        if level < previous:
            because = self._eased or (
                Evidence(note="nothing new for a while", value=round(heat, 2)),
            )
        self._eased = ()
        self._because = because
        return [EscalationChanged(at=at, level=level, previous=previous, because=because)]

    def _stands(self, at: float, heat: float, mood: MoodPoint | None) -> float:
        """Until when time alone, which only cools, changes neither the level nor what it rests on.

        Weighed at ``at``, as the heat was. It may be too soon, at the cost of weighing once more;
        it is never too late.
        """
        felt = self._felt(at, mood)
        until = mood.at + self._settings.mood_past_s if mood is not None and felt else math.inf
        if self._heats:
            until = min(until, at + self._cooling(min(self._weights_at(at)), FAINT))
        pinned = self._pinned
        if pinned is not None:
            until = min(until, pinned[0])
        else:
            for step in self._settings.steps:
                if step.level == self.level:
                    cooled = at + self._cooling(heat - felt, step.leave - felt)
                    until = min(until, max(self.since + step.stay_s, cooled))
        return until - SLACK_S

    def _cooling(self, heat: float, bound: float) -> float:
        """Seconds until cues that come to ``heat`` now come to ``bound``."""
        if bound <= 0.0:
            return math.inf
        return self._settings.half_life_s * math.log2(heat / bound) if heat > bound else 0.0

    def _weights_at(self, at: float) -> list[float]:
        """The heat of each cue."""
        half_life = self._settings.half_life_s
        return [heat.weight * 0.5 ** ((at - heat.at) / half_life) for heat in self._heats]

    def _catch_up(self) -> None:
        """Weigh what the level rests on as of when it was last asked for."""
        if self._weighed_at < self._looked_at:
            self._weighed_at = self._looked_at
            parts = self._parts(self._looked_at, self._stands_with, None)
            self._because = _reasons(parts) or self._because

    def _stir(self) -> None:
        """Something was heard, which may change the level at once."""
        self._catch_up()
        self._still = None
        self._stands_until = -math.inf

    def _is_still(self, mood: MoodPoint | None, raised: float | None) -> bool:
        """Whether nothing heats a calm call, as when it was looked at last: time heats nothing."""
        if self._still is None:
            return False
        still = mood is self._still[0] and (raised is None or raised < RAISED)
        if still:
            self._raised_since = None
        else:
            self._still = None
        return still

    def _parts(
        self, at: float, mood: MoodPoint | None, raised: float | None
    ) -> list[tuple[float, Evidence]]:
        parts = []
        kept = []
        for heat, weight in zip(self._heats, self._weights_at(at), strict=True):
            if weight >= FAINT:
                kept.append(heat)
                parts.append((weight, heat.evidence))
        if len(kept) < len(self._heats):
            self._heats = kept
        felt = self._felt(at, mood)
        if mood is not None and felt:
            if self._mood is None or self._mood.value != mood.score:
                self._mood = Evidence(value=mood.score, note="mood of the last turns")
            parts.append((felt, self._mood))
        if raised is None or raised < RAISED:
            self._raised_since = effort = None
        else:
            said = sum(weight for weight, why in parts if why.utterance is not None) + felt
            effort = self._counted(at, raised, said)
        if effort is not None:
            note = "voice raised over its own usual level"
            parts.append((self._settings.voice_heat * effort, Evidence(value=effort, note=note)))
        self._loud = effort is not None
        if len(parts) > 1:
            parts.sort(key=lambda part: -part[0])
        return parts

    def _felt(self, at: float, mood: MoodPoint | None) -> float:
        """The heat of the mood; 0 where it adds none."""
        settings = self._settings
        if mood is None or self._temper.relieved or mood.uncertainty > settings.mood_trusted:
            return 0.0
        weight = min(settings.mood_heat * (settings.mood_from - mood.score), settings.mood_most)
        return weight if weight > 0.0 and at - mood.at <= settings.mood_past_s else 0.0

    def _counted(self, at: float, raised: float, beside: float) -> float | None:
        """How far a raised voice counts: words go with it, or it lasts."""
        if self._raised_since is None:
            self._raised_since = at
        settings = self._settings
        with_words = beside >= settings.voice_with or self._last_turn <= settings.voice_with_turn
        lasts = at - self._raised_since >= settings.voice_alone_s
        return raised if with_words or lasts else None

    def _step(self, at: float, heat: float) -> Level:
        """Look the level up in the table, one step down at a time."""
        level = self.level
        for step in self._settings.steps:
            if step.level > level and heat >= step.enter:
                level = step.level
        if level >= Level.ANGRY > self.level and not self._hostile():
            level = Level.UPSET
        if level > self.level:
            return level
        for step in self._settings.steps:
            if step.level == self.level and heat < step.leave and at - self.since >= step.stay_s:
                return Level(self.level - 1)
        return level

    def _hostile(self) -> bool:
        """Whether anything that heats is more than a reason to be upset."""
        least = self._settings.hostile_from
        if self._loud:
            return True
        if any(h.track is not Track.ESCALATION or h.severity >= least for h in self._heats):
            return True
        return any(h.evidence.rule in self._reproaches for h in self._heats)

    def _fall(self, heat: float) -> Level:
        """The level that good news leaves: as far down as the heat says, whatever the stay.

        Who was upset is uneasy at best: once is no recovery yet; time or more of it does the rest.
        """
        kept = [step.level for step in self._settings.steps if heat >= step.leave]
        return min(self.level, max([self._least, *kept]))

    def _pin(self, at: float, level: Level) -> Level:
        pinned = self._pinned
        if pinned is None:
            return level
        if at >= pinned[0]:
            self._pins.clear()
            return level
        return Level.CRITICAL


def _reasons(parts: list[tuple[float, Evidence]]) -> tuple[Evidence, ...]:
    return tuple([evidence for _, evidence in parts[:3]])
