"""What a rule listens for, as frozen data: a small tree of conditions.

Leaves of two kinds exist:

lexical
    decided by the words of one utterance: Phrase, Wording, Near, Regex, Meaning (see
    ``rules.matching.matcher``);
state
    decided by what the engine tracks over time, on its grid of call time: Silence, Overtalk,
    Monologue, Pace, Loud, MoodShare, MoodSlope, MoodBelow, Distress, LevelAtLeast, Elapsed,
    CueSeen.

Combinations: AllOf, AnyOf, Not, Count, Sequence, NotFollowed. ``rules.reading.condition_tables``
reads them from TOML, ``coach.engine.cues`` evaluates them. The class names are data: they are the
tags by which kept rules tell conditions apart.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator
from typing import Annotated

import msgspec

from coach.events import Level
from coach.parameters import number, quantity, seconds, share

LEAST_SENSITIVITY, MOST_SENSITIVITY = 0.0005, 5.0
"""False alarms an hour: rarer is beyond what can be counted, more is noise."""
RATE = "false alarms an hour"
"""The unit of a sensitivity: per hour of ordinary talk."""
Span = Annotated[float, seconds(0, 7200)]
"""A time within a call."""
Share = Annotated[float, share()]
Times = Annotated[int, number(1, 1000, "times")]
"""How often something must come true."""


class Speaker(enum.StrEnum):
    """Whose words a condition listens to."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ANY = "any"


class ExceptionReach(enum.StrEnum):
    """How far an exception reaches that listens to words; of what is no exception it says nothing.

    Rules that were kept before exceptions had a reach have none of the narrower ones.
    """

    UTTERANCE = "utterance"
    """What holds anywhere in the utterance bars the rule."""
    WORDS = "words"
    """Only the words that it covers are barred: the rule may hold in the others."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="kind"):
    """Base of all conditions."""


class Phrase(Condition, frozen=True, kw_only=True):
    """One of the phrase patterns occurs in the utterance."""

    any: tuple[str, ...]
    """Phrase patterns; rules/README.md describes the syntax."""
    speaker: Speaker | None = None
    """Whose words; unless given, those that the rule listens to."""
    reach: ExceptionReach = ExceptionReach.UTTERANCE
    """Of an exception, what it bars: the utterance, or only the words that it covers."""


class Near(Condition, frozen=True, kw_only=True):
    """One word of every group occurs, in any order, within ``words`` words."""

    groups: tuple[tuple[str, ...], ...]
    """Lists of words; one of each must occur."""
    words: Annotated[int, number(2, 60, "words")] = 5
    """Words within which they must stand."""
    speaker: Speaker | None = None
    """Whose words; unless given, those that the rule listens to."""
    reach: ExceptionReach = ExceptionReach.UTTERANCE
    """Of an exception, what it bars: the utterance, or only the words that it covers."""


class Regex(Condition, frozen=True, kw_only=True):
    """A linear-time regular expression matches the normalised text."""

    pattern: str
    """In RE2's language, on normalised text."""
    speaker: Speaker | None = None
    """Whose words; unless given, those that the rule listens to."""
    reach: ExceptionReach = ExceptionReach.UTTERANCE
    """Of an exception, what it bars: the utterance, or only the words that it covers."""


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
    sensitivity: Annotated[float, quantity(LEAST_SENSITIVITY, MOST_SENSITIVITY, RATE)] = 0.02
    """False alarms per hour of ordinary talk that are accepted; more finds more."""
    support: Annotated[float, quantity(LEAST_SENSITIVITY, EVERY_WORDING, RATE)] = 5.0
    """The same for the rule's wordings: they count where the meaning is at least so near."""
    speaker: Speaker | None = None
    """Whose words; unless given, those that the rule listens to."""
    reach: ExceptionReach = ExceptionReach.UTTERANCE
    """Of an exception, what it bars: the utterance, or only the words that it covers."""

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
    at_least: Times
    """How often it must have come true."""
    within: Span | None = None
    """Seconds of call time; None means the whole call."""


class Sequence(Condition, frozen=True, kw_only=True):
    """``first`` came true and then ``then`` did, within ``within`` seconds."""

    first: AnyCondition
    then: AnyCondition
    within: Span
    """Seconds from the end of the first to the beginning of the second."""


class NotFollowed(Condition, frozen=True, kw_only=True):
    """``first`` came true and ``then`` did not within ``within`` seconds after it.

    True from the moment the time is up; ``then`` may also have come up to ``before`` seconds
    earlier. This is "not spoken by": distress without an empathy phrase in 15 s.
    """

    first: AnyCondition
    then: AnyCondition
    within: Span
    """Seconds after the first in which the second must not have come."""
    before: Span = 0.0
    """Seconds before the first in which it must not have come either."""


class Silence(Condition, frozen=True, kw_only=True):
    """Nobody has spoken for ``longer_than`` seconds."""

    longer_than: Annotated[float, seconds(0, 600)]
    """Seconds of silence."""
    unless_said: tuple[str, ...] = ()
    """Phrase patterns that announce the silence ("one moment"), said by the agent at most
    ``announced`` seconds before it began."""
    announced: Annotated[float, seconds(0, 600)] = 15.0
    """Seconds before the silence within which an announcement counts."""
    last_spoke: Speaker | None = None
    """Only where this side spoke last: who has asked waits, who is asked thinks."""


class Overtalk(Condition, frozen=True, kw_only=True):
    """``by`` started to speak over the other side, ``count`` times within ``within`` seconds.

    Backchannels ("uh-huh", "okay") do not count; neither does overlap shorter than
    ``longer_than`` seconds.
    """

    by: Speaker
    """Who talks over the other side."""
    longer_than: Annotated[float, seconds(0, 60)] = 1.5
    """Seconds that both must have spoken at once."""
    count: Times = 3
    """How often it must have happened."""
    within: Span = 60.0
    """Seconds in which it must have happened so often."""


class Monologue(Condition, frozen=True, kw_only=True):
    """``by`` has held the turn for ``longer_than`` seconds."""

    by: Speaker
    """Who holds the turn."""
    longer_than: Annotated[float, seconds(0, 3600)]
    """Seconds of one turn."""


class Pace(Condition, frozen=True, kw_only=True):
    """``by`` speaks faster than usual.

    True when the rate over the last ``past`` seconds is ``over_baseline_pct`` percent above
    the speaker's own baseline, or above ``ceiling_wpm`` and somewhat above the baseline; never
    while there is no baseline.
    """

    by: Speaker
    """Who speaks fast."""
    over_baseline_pct: Annotated[float, quantity(0, 500, "%")] = 25.0
    """Percent above the speaker's own baseline."""
    ceiling_wpm: Annotated[float, quantity(50, 1000, "words a minute")] = 190.0
    """A rate that is too fast for anybody."""
    past: Annotated[float, seconds(1, 600)] = 20.0
    """Seconds over which the rate is taken."""


class Loud(Condition, frozen=True, kw_only=True):
    """``by`` is louder than usual: ``over_baseline_db`` above the speaker's median of the call."""

    by: Speaker
    """Who is loud."""
    over_baseline_db: Annotated[float, quantity(0, 60, "dB")] = 6.0
    """dB above the speaker's own median of the call."""


class MoodShare(Condition, frozen=True, kw_only=True):
    """At least ``share`` of the customer's turns in the past ``past`` seconds are negative."""

    share: Share = 0.5
    """Share of negative turns."""
    past: Span = 30.0
    """Seconds over which turns are counted."""
    turns: Annotated[int, number(1, 100, "turns")] = 3
    """Fewer scored turns than this decide nothing."""


class MoodSlope(Condition, frozen=True, kw_only=True):
    """The customer's mood moved by ``change`` (on -5..+5) over the past ``past`` seconds.

    A negative ``change`` asks for a fall of at least that much, a positive one for a rise.
    """

    change: Annotated[float, quantity(-10, 10, "points")]
    """Points of mood; negative asks for a fall."""
    past: Span = 60.0
    """Seconds over which the change is taken."""


class MoodBelow(Condition, frozen=True, kw_only=True):
    """The customer's mood (-5..+5, smoothed) is at or below ``score``."""

    score: Annotated[float, quantity(-5, 5, "points")]
    """Highest mood that counts."""


class Distress(Condition, frozen=True, kw_only=True):
    """The words of the customer's utterance have at least this distress (0 to 1)."""

    at_least: Share
    """Lowest distress that counts."""


class LevelAtLeast(Condition, frozen=True, kw_only=True):
    """The call is at ``level`` or above."""

    level: Level
    """Lowest level that counts."""


class Elapsed(Condition, frozen=True, kw_only=True):
    """The call has lasted ``longer_than`` seconds."""

    longer_than: Annotated[float, seconds(0, 86400)]
    """Seconds of call."""


class CueSeen(Condition, frozen=True, kw_only=True):
    """A rule of ``rules`` (ids, or a prefix ending in ``.*``) matched within ``within`` s."""

    rules: tuple[str, ...]
    """Ids, or families such as ``esc.*``."""
    within: Annotated[float, seconds(0, 86400)] | None = None
    """Seconds in which they must have matched; None means the whole call."""
    count: Times = 1
    """Matches it takes."""


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


def leaves(condition: AnyCondition) -> Iterator[Lexical | Silence]:
    """The leaves of a condition that listen to words."""
    return (one for one in walk(condition) if isinstance(one, Lexical | Silence))


def patterns_of(leaf: Lexical | Silence) -> tuple[str, ...]:
    """The phrase patterns of a leaf."""
    if isinstance(leaf, Silence):
        return leaf.unless_said
    return leaf.any if isinstance(leaf, Phrase) else ()
