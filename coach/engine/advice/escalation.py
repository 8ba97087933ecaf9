"""How far the call has escalated: a level with evidence, decay and hysteresis.

Every cue of the customer's adds *heat*, by its track and severity; heat halves every
``half_life_s`` seconds. A bad mood and a raised voice add to it for as long as they last; a voice
only where words go with it or where it lasts, since people also speak up out of pleasure, in a
street or on a bad line. Good news (a cue of severity 0, a pleasant turn) takes heat away. A table
turns heat into a level: each level is entered at one figure and left at a lower one, and is kept
for a minimum stay, so that it never flickers. Only good news is seen at once (``easing``), and the
mood, which is slow, heats no more then until the next bad turn or cue. A threat or a danger to life
raises the call to CRITICAL at once and holds it there for ``pinned_s``.

Only what was surely said counts: doubtful text never gets here, so a "thank you" that the
recogniser made up cools nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from coach.engine.advice.easing import Easing
from coach.engine.advice.escalation_settings import EscalationSettings
from coach.engine.advice.settling import Calmed
from coach.engine.advice.temper import Temper, Tempering
from coach.engine.cues.looking_back import SLACK_S
from coach.events import CueMatched, EscalationChanged, Evidence, Guard, Level, Track
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
        self._easing = Easing(settings.remedy_steps)
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
        came = self._easing.forget(match)
        if came is not None:
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
        if not self._easing.knows(match):
            self._ease(self._settings.relief, evidence)
        self._temper.change(Tempering.RELIEVED, match.match)
        self._easing.cue(match, self.level)

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

        What is dangerous is as dangerous as before.
        """
        self._stir()
        if not self._easing.follows(shown, self.level):
            return
        if shown is not Calmed.QUIETER:
            self._temper.change(Tempering.RELIEVED)
        if self.level is Level.CALM:
            return
        left = self._easing.settled(shown, self.level, because)
        bound = next(step.leave for step in self._settings.steps if step.level is left)
        weights = list(zip(self._heats, self._weights_at(at), strict=True))
        anger = sum(weight for heat, weight in weights if heat.track not in _DANGERS)
        danger = sum(weight for heat, weight in weights if heat.track in _DANGERS)
        room = max(0.0, bound * JUST_UNDER - danger - self._felt(at, mood))
        if anger > room:
            for heat in self._heats:
                heat.weight *= 1.0 if heat.track in _DANGERS else room / anger
        self._raised_since = None

    def _ease(self, share: float, evidence: Evidence) -> None:
        self._raised_since = None
        for heat in self._heats:
            heat.weight *= share
        self._easing.because = (evidence,)

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
        eased = self._easing.is_due()
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
            because = self._easing.because or (
                Evidence(note="nothing new for a while", value=round(heat, 2)),
            )
        self._easing.because = ()
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
        """The level that good news leaves: as far down as the heat says, whatever the stay."""
        kept = [step.level for step in self._settings.steps if heat >= step.leave]
        return min(self.level, max([self._easing.least, *kept]))

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
