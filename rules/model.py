"""What a rule is, as frozen data.

A rule says: *when* this condition holds, unless one of those does, with this timing, show
this card. The condition is a small tree. Leaves of two kinds exist:

lexical
    decided by the words of one utterance: Phrase, Near, Regex, Meaning (see ``rules.matcher``);
state
    decided by what the engine tracks over time, on its grid of call time: Silence, Overtalk,
    Monologue, Pace, Loud, MoodShare, MoodSlope, MoodBelow, Distress, LevelAtLeast, Elapsed,
    CueSeen.

Combinations: AllOf, AnyOf, Not, Count, Sequence, NotFollowed. ``rules.loader`` reads these
from TOML, ``coach.engine.cues`` evaluates them. This module imports nothing but the vocabulary.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator

import msgspec

from coach.events import Level, Track

from .roles import Family, Role


class Status(enum.StrEnum):
    """How far a rule is trusted. Only STABLE and TEST rules run; TEST is marked on screen."""

    STABLE = "stable"
    TEST = "test"
    EXPERIMENTAL = "experimental"
    DISABLED = "disabled"


class Speaker(enum.StrEnum):
    """Whose words a condition listens to."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ANY = "any"


class Condition(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="kind"):
    """Base of all conditions."""


class Phrase(Condition, frozen=True, kw_only=True):
    """One of the phrase patterns occurs in the utterance."""

    any: tuple[str, ...]
    """Phrase patterns; the syntax is described in ``rules.matcher``."""
    speaker: Speaker | None = None
    """None takes the rule's own ``speaker``."""


class Near(Condition, frozen=True, kw_only=True):
    """One word of every group occurs, in any order, within ``words`` words."""

    groups: tuple[tuple[str, ...], ...]
    words: int = 5
    speaker: Speaker | None = None


class Regex(Condition, frozen=True, kw_only=True):
    """A linear-time regular expression matches the normalised text."""

    pattern: str
    speaker: Speaker | None = None


EVERY_WORDING = 60.0
"""Support from which every wording counts: nothing is told apart there any more."""


class Meaning(Condition, frozen=True, kw_only=True):
    """A clause of the utterance means what one of the sentences says.

    How close a clause comes is measured beside the engine (``coach.meaning``) and given as the
    false alarms per hour of ordinary talk that comes as close.
    """

    sentences: tuple[str, ...]
    """What is listened for, in plain words; five to ten differing sentences serve best."""
    unlike: tuple[str, ...] = ()
    """Near misses: a clause that is closer to one of these does not count."""
    trained: str = ""
    """The cue of the shipped model that recognises it; empty goes by the sentences alone."""
    sensitivity: float = 0.02
    """False alarms per hour of ordinary talk that are accepted; more finds more."""
    support: float = 5.0
    """The same for the rule's wordings: they count where the meaning is at least so near."""
    speaker: Speaker | None = None

    @property
    def key(self) -> str:
        """What scores for this condition are kept under; the threshold is no part of it."""
        said = "\n".join((self.trained, *self.sentences, "", *self.unlike))
        return hashlib.sha256(said.encode()).hexdigest()[:10]


class Wording(Phrase, frozen=True, kw_only=True):
    """Phrase patterns that count only where the meaning of the words supports them.

    Words alone remember sentences; so an utterance that was judged must come within
    ``meaning.support`` of what the rule listens for. One without a judgement counts as it is.
    """

    meaning: Meaning | None = None


class AllOf(Condition, frozen=True, kw_only=True):
    """Every condition holds (lexical ones: in the same utterance)."""

    of: tuple[AnyCondition, ...]


class AnyOf(Condition, frozen=True, kw_only=True):
    """At least one condition holds."""

    of: tuple[AnyCondition, ...]


class Not(Condition, frozen=True, kw_only=True):
    """The condition does not hold."""

    of: AnyCondition


class Count(Condition, frozen=True, kw_only=True):
    """The condition came true at least ``at_least`` times within ``within`` seconds."""

    of: AnyCondition
    at_least: int
    within: float | None = None
    """Seconds of call time; None means the whole call."""


class Sequence(Condition, frozen=True, kw_only=True):
    """``first`` came true and then ``then`` did, within ``within`` seconds."""

    first: AnyCondition
    then: AnyCondition
    within: float


class NotFollowed(Condition, frozen=True, kw_only=True):
    """``first`` came true and ``then`` did not within ``within`` seconds after it.

    True from the moment the time is up; ``then`` may also have come up to ``before`` seconds
    earlier. This is "not spoken by": distress without an empathy phrase in 15 s.
    """

    first: AnyCondition
    then: AnyCondition
    within: float
    before: float = 0.0


class Silence(Condition, frozen=True, kw_only=True):
    """Nobody has spoken for ``longer_than`` seconds."""

    longer_than: float
    unless_said: tuple[str, ...] = ()
    """Phrase patterns that announce the silence ("one moment"), said by the agent at most
    ``announced`` seconds before it began."""
    announced: float = 15.0


class Overtalk(Condition, frozen=True, kw_only=True):
    """``by`` started to speak over the other side, ``count`` times within ``within`` seconds.

    Backchannels ("uh-huh", "okay") do not count; neither does overlap shorter than
    ``longer_than`` seconds.
    """

    by: Speaker
    longer_than: float = 1.5
    count: int = 3
    within: float = 60.0


class Monologue(Condition, frozen=True, kw_only=True):
    """``by`` has held the turn for ``longer_than`` seconds."""

    by: Speaker
    longer_than: float


class Pace(Condition, frozen=True, kw_only=True):
    """``by`` speaks faster than usual.

    True when the rate over the last ``past`` seconds is ``over_baseline_pct`` percent above
    the speaker's own baseline, or above ``ceiling_wpm`` and somewhat above the baseline; never
    while there is no baseline.
    """

    by: Speaker
    over_baseline_pct: float = 25.0
    ceiling_wpm: float = 190.0
    past: float = 20.0


class Loud(Condition, frozen=True, kw_only=True):
    """``by`` is louder than usual: ``over_baseline_db`` above the own median of the call."""

    by: Speaker
    over_baseline_db: float = 6.0


class MoodShare(Condition, frozen=True, kw_only=True):
    """At least ``share`` of the customer's turns in the past ``past`` seconds are negative."""

    share: float = 0.5
    past: float = 30.0
    turns: int = 3
    """Fewer scored turns than this decide nothing."""


class MoodSlope(Condition, frozen=True, kw_only=True):
    """The customer's mood moved by ``change`` (on -5..+5) over the past ``past`` seconds.

    A negative ``change`` asks for a fall of at least that much, a positive one for a rise.
    """

    change: float
    past: float = 60.0


class MoodBelow(Condition, frozen=True, kw_only=True):
    """The customer's mood (-5..+5, smoothed) is at or below ``score``."""

    score: float


class Distress(Condition, frozen=True, kw_only=True):
    """The customer's utterance has at least this ``distress`` (0 to 1)."""

    at_least: float


class LevelAtLeast(Condition, frozen=True, kw_only=True):
    """The call is at ``level`` or above."""

    level: Level


class Elapsed(Condition, frozen=True, kw_only=True):
    """The call has lasted ``longer_than`` seconds."""

    longer_than: float


class CueSeen(Condition, frozen=True, kw_only=True):
    """A rule of ``rules`` (ids, or a prefix ending in ``.*``) matched within ``within`` s."""

    rules: tuple[str, ...]
    within: float | None = None
    count: int = 1


Lexical = Phrase | Wording | Near | Regex | Meaning
AnyCondition = (
    Phrase
    | Wording
    | Near
    | Regex
    | Meaning
    | AllOf
    | AnyOf
    | Not
    | Count
    | Sequence
    | NotFollowed
    | Silence
    | Overtalk
    | Monologue
    | Pace
    | Loud
    | MoodShare
    | MoodSlope
    | MoodBelow
    | Distress
    | LevelAtLeast
    | Elapsed
    | CueSeen
)


def walk(condition: AnyCondition) -> Iterator[AnyCondition]:
    """The condition and all conditions inside it, outermost first."""
    yield condition
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.of:
            yield from walk(part)
    elif isinstance(condition, Not | Count):
        yield from walk(condition.of)
    elif isinstance(condition, Sequence | NotFollowed):
        yield from walk(condition.first)
        yield from walk(condition.then)


class Timing(msgspec.Struct, frozen=True, kw_only=True, rename={"for_": "for"}):
    """When a true condition becomes a match, and how often it may become a card."""

    for_: float = 0.0
    """Seconds a state condition must hold before it counts."""
    keep_for: float = 0.0
    """Seconds a match stays active after its condition last held."""
    cooldown: float = 45.0
    """Seconds after a card of this rule before it may card again."""
    max_per_call: int = 3


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
    do: str
    """What to do, at most 60 characters."""
    say: tuple[str, ...] = ()
    """Wordings; they rotate. ``{issue}`` and ``{agent}`` are filled in where known."""
    steps: tuple[str, ...] = ()
    """The longer list, shown on demand."""
    hold: float | None = 20.0
    """Seconds on screen; None stays until the agent answers it."""
    priority: int = 50
    """0 to 100; higher wins the one place on the screen."""
    done_when: tuple[str, ...] = ()
    """Ids of rules on the agent's words that make this card needless (a nod instead)."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence and whether the rule must match it."""

    text: str
    expect: bool
    todo: bool = False
    """Known to fail today: reported, but not an error until it passes."""


class ScriptedMoment(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of a timeline: what happens, and what must or must not come of it."""

    at: float
    customer: str = ""
    agent: str = ""
    speak: float | None = None
    """Seconds the words take; None reckons 2.5 words a second."""
    loud: float = 0.0
    """dB above the speaker's usual level."""
    cards: tuple[str, ...] | None = None
    """Rule ids whose cards are on screen at ``at``; an empty tuple means no card."""
    level: Level | None = None


class ScriptedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A scripted call that starts at 0, in the manner of a Prometheus rule test."""

    name: str
    steps: tuple[ScriptedMoment, ...]


class WrittenAt(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value was written."""

    file: str
    key: str
    by: str = ""
    reason: str = ""


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
    """Any of these holding in the same utterance keeps the rule quiet."""
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
        """Where the value of ``key`` (dotted, e.g. ``card.do``) was written."""
        for change in reversed(self.changes):
            if change.key == key or key.startswith(change.key + "."):
                return change
        return msgspec.structs.replace(self.source, key=key)


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """All rules in force, in file order."""

    rules: tuple[Rule, ...]
    language: str
    fingerprint: str
    """SHA-256 over the canonical form of all rules: two equal fingerprints coach alike."""

    def active(self) -> tuple[Rule, ...]:
        """The rules that run: stable and test ones."""
        return tuple(r for r in self.rules if r.status in (Status.STABLE, Status.TEST))

    def rule(self, rule_id: str) -> Rule:
        """The rule with that id; KeyError if there is none."""
        for r in self.rules:
            if r.id == rule_id:
                return r
        raise KeyError(rule_id)
