"""Whether a rule's condition holds: one small function per node of the tree.

Theory of operation. A condition is looked at on two occasions:

*when words arrive* (``Occasion.heard`` is set)
    lexical leaves answer from what the matcher found in these words, and an answer to which
    they contributed is *fresh*: it belongs to this utterance and makes a match at once;
*on the grid* (``Occasion.heard`` is None)
    only the tracked state is asked, lexical leaves are false, nothing is fresh.

Count, Sequence and NotFollowed look back. They remember when their parts came true: once per
utterance for words, once per rising edge for state. A remembered draft is replaced when the
final words arrive, and dropped when they say something else.

Windows are measured in the time of the audio. NotFollowed, which concludes something from
words that did *not* come, waits a little longer while somebody's words are still being
transcribed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from coach.engine.cues.gathering import Gathering
from coach.engine.cues.memories import Memory
from coach.engine.cues.occasion import CallState, Log, Occasion, Past, SeenMatch, Test, Truth
from coach.engine.cues.state import STATE, Announcement
from coach.engine.talk.turns import channels_of
from coach.events import Channel, Evidence
from rules.hits import Numbers
from rules.model import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    CueSeen,
    Distress,
    LevelAtLeast,
    Lexical,
    Loud,
    Meaning,
    Monologue,
    Near,
    Not,
    NotFollowed,
    Pace,
    Phrase,
    Regex,
    Rule,
    Sequence,
    Silence,
    Speaker,
)
from rules.selection import meant as meant_rules

PULSE_S = 10.0
"""Seconds for which a conclusion from the past (NotFollowed, Sequence) is held true."""
MOST_SEEN = 50
"""Latest matches of other rules that a CueSeen with a window looks at."""
PATIENCE_S = 6.0
"""Longest wait for words that are still being spoken or transcribed."""

Times = Callable[[Occasion], list[SeenMatch]]
"""When a part came true, oldest first."""


Rest = Callable[[Occasion], float]
"""Asked of a test that does not hold on the grid: until when it cannot, unless another rule
matches, a match is withdrawn, or the level changes (``MatchLog.changes``)."""
FOREVER = math.inf
SLACK_S = 0.01
"""Seconds by which a rest ends earlier than it could, so that no rounding makes it too long."""


class OccasionTests(NamedTuple):
    """The tests of one condition, by the occasion."""

    always: Test
    on_grid: Test | None
    """What is left of it where no words have arrived; None where it cannot hold then."""
    rest: Rest | None = None
    """None where it has to be looked at on every grid point."""


def at_any_time(test: Test, rest: Rest | None = None) -> OccasionTests:
    """One test for both occasions."""
    return OccasionTests(test, test, rest)


class Compiler:
    """Turns the conditions of one rule after another into tests."""

    def __init__(self, rule_ids: Iterable[str], call: CallState, numbers: Numbers) -> None:
        """``numbers``: those of the matcher that finds the words."""
        self._ids = tuple(rule_ids)
        self._call = call
        self._numbers = numbers
        self._rule = ""
        self._speaker = Speaker.ANY
        self.memories: list[Memory] = []
        """Innermost first, which is the order to feed them in."""

    def compile(self, condition: AnyCondition, rule: Rule) -> OccasionTests:
        """Make the tests of one condition of ``rule``."""
        self._rule = rule.id
        self._speaker = rule.speaker
        return self._tests(condition)

    def _tests(self, condition: AnyCondition) -> OccasionTests:
        match condition:
            case Meaning() | Phrase() | Near() | Regex():
                return OccasionTests(self._words(condition), None)
            case Distress():
                return OccasionTests(STATE[Distress](condition), None)
            case AllOf(of=of):
                return every([self._tests(part) for part in of])
            case AnyOf(of=of):
                return either([self._tests(part) for part in of])
            case Not(of=of):
                inner = self._tests(of)
                on_grid = always_true if inner.on_grid is None else negation(inner.on_grid)
                return OccasionTests(negation(inner.always), on_grid)
            case _:
                return self._of_state(condition)

    def _of_state(self, condition: AnyCondition) -> OccasionTests:
        match condition:
            case Count():
                return at_any_time(counted(condition, self._times(condition.of)), always)
            case NotFollowed():
                first, then = self._times(condition.first), self._times(condition.then)
                waits = functools.partial(until_due, condition, first)
                return at_any_time(not_followed(condition, first, then), waits)
            case CueSeen():
                return at_any_time(cue_seen(condition, self._log(condition)), always)
            case LevelAtLeast():
                return at_any_time(STATE[LevelAtLeast](condition), always)
            case _:
                return at_any_time(self._test(condition))

    def _test(self, condition: AnyCondition) -> Test:
        match condition:
            case Sequence():
                first, then = self._times(condition.first), self._times(condition.then)
                return sequence(condition, first, then)
            case Silence():
                number = self._numbers.of(condition, self._speaker)
                announcement = Announcement(condition, number)
                self.memories.append(Memory(self._rule, condition, announcement))
                return announcement.holds
            case _:
                return STATE[type(condition)](condition)

    def _words(self, condition: Lexical) -> Test:
        number = self._numbers.of(condition, self._speaker)
        if not isinstance(condition, Meaning):
            return lexical(number, self._rule)
        gathering = Gathering(condition.sensitivity)
        self.memories.append(Memory(self._rule, condition, gathering))
        return meant(number, self._rule, gathering)

    def _log(self, condition: CueSeen) -> Log:
        """The matches of the rules that ids, or prefixes ending in ``.*``, stand for."""
        return self._call.matches.merged(meant_rules(self._ids, condition.rules))

    def _times(self, part: AnyCondition) -> Times:
        """Ask when a part came true."""
        if isinstance(part, CueSeen) and part.count == 1:
            log = self._log(part)
            return lambda _: log
        if isinstance(part, AnyOf) and any(isinstance(one, CueSeen) for one in part.of):
            cues = [one for one in part.of if isinstance(one, CueSeen)]
            rest = tuple(one for one in part.of if not isinstance(one, CueSeen))
            seen = CueSeen(rules=tuple(rule for one in cues for rule in one.rules))
            if not rest:
                return self._times(seen)
            return merged(self._log(seen), self._times(AnyOf(of=rest)))
        tests = self._tests(part)
        past = Past(tests.always, tests.on_grid, only_words=only_words(part))
        self.memories.append(Memory(self._rule, part, past))
        return lambda _: past.times


def merged(log: list[SeenMatch], times: Times) -> Times:
    """Both together, by where they ended."""

    def both(occasion: Occasion) -> list[SeenMatch]:
        more = times(occasion)
        return sorted([*log, *more], key=lambda s: s.end) if more else log

    return both


# --- words ----------------------------------------------------------------------------------


def lexical(number: int, rule: str) -> Test:
    """Words of the utterance match the condition with that number."""

    def test(occasion: Occasion) -> Truth | None:
        heard = occasion.heard
        if heard is None:
            return None
        hit = heard.found.numbered(number)
        if hit is None:
            return None
        return Truth((heard.evidence(rule, hit),), fresh=True, guarded=hit.guard is not None)

    return test


def meant(number: int, rule: str, gathering: Gathering) -> Test:
    """A clause means what the condition with that number says, or weak signs of it add up."""

    def test(occasion: Occasion) -> Truth | None:
        heard = occasion.heard
        if heard is None:
            return None
        hit = heard.found.numbered(number)
        if hit is not None:
            return Truth((heard.evidence(rule, hit),), fresh=True, guarded=hit.guard is not None)
        weak = heard.found.nearly(number)
        if weak is None or not heard.final:
            return None
        gathering.add(heard.utterance, heard.end, heard.evidence(rule, weak))
        signs = gathering.enough(heard.end)
        return Truth(signs, fresh=True) if signs else None

    return test


# --- combinations ---------------------------------------------------------------------------


def all_of(tests: list[Test]) -> Test:
    """Every test holds."""

    def test(occasion: Occasion) -> Truth | None:
        because: tuple[Evidence, ...] = ()
        fresh = guarded = False
        for one in tests:
            truth = one(occasion)
            if truth is None:
                return None
            because += truth.because
            fresh = fresh or truth.fresh
            guarded = guarded or truth.guarded
        return Truth(because, fresh=fresh, guarded=guarded)

    return test


def any_of(tests: list[Test]) -> Test:
    """One test holds; a fresh, unguarded one is preferred."""

    def test(occasion: Occasion) -> Truth | None:
        best: Truth | None = None
        for one in tests:
            truth = one(occasion)
            if truth is None:
                continue
            if truth.fresh and not truth.guarded:
                return truth
            if best is None or (truth.fresh, not truth.guarded) > (best.fresh, not best.guarded):
                best = truth
        return best

    return test


def negation(inner: Test) -> Test:
    """The test does not hold."""

    def test(occasion: Occasion) -> Truth | None:
        return Truth(()) if inner(occasion) is None else None

    return test


def always_true(_: Occasion) -> Truth | None:
    """It holds."""
    return Truth(())


def always(_: Occasion) -> float:
    """Time alone cannot make it hold."""
    return FOREVER


def every(parts: list[OccasionTests]) -> OccasionTests:
    """Every part holds."""
    on_grid = [part.on_grid for part in parts if part.on_grid is not None]
    whole = len(on_grid) == len(parts)

    def rest(occasion: Occasion) -> float:
        """As long as the first part that does not hold."""
        for part in parts:
            if part.on_grid is not None and part.on_grid(occasion) is None:
                return part.rest(occasion) if part.rest is not None else occasion.now
        return occasion.now

    tests = all_of([part.always for part in parts]), all_of(on_grid) if whole else None
    return OccasionTests(*tests, rest if parts and parts[0].rest is not None else None)


def either(parts: list[OccasionTests]) -> OccasionTests:
    """One part holds."""
    on_grid = [part.on_grid for part in parts if part.on_grid is not None]
    left = on_grid[0] if len(on_grid) == 1 else any_of(on_grid)
    rests = [part.rest for part in parts if part.on_grid is not None and part.rest is not None]

    def rest(occasion: Occasion) -> float:
        return min(one(occasion) for one in rests)

    tests = any_of([part.always for part in parts]), left if on_grid else None
    return OccasionTests(*tests, rest if rests and len(rests) == len(on_grid) else None)


# --- looking back ---------------------------------------------------------------------------


def counted(condition: Count, times: Times) -> Test:
    """The part came true often enough."""

    def test(occasion: Occasion) -> Truth | None:
        found = times(occasion)
        if len(found) < condition.at_least:
            return None
        if condition.within is not None:
            found = [s for s in found if s.end >= occasion.now - condition.within]
        if len(found) < condition.at_least:
            return None
        heard = occasion.heard
        fresh = heard is not None and found[-1].utterance == heard.utterance
        because = tuple(e for s in found[-condition.at_least :] for e in s.because[:1])
        return Truth(because, fresh=fresh)

    return test


def sequence(condition: Sequence, first: Times, then: Times) -> Test:
    """One thing, and then another."""

    def test(occasion: Occasion) -> Truth | None:
        later = then(occasion)
        if not later:
            return None
        last, heard = later[-1], occasion.heard
        fresh = heard is not None and last.utterance == heard.utterance
        if not fresh and (last.utterance or occasion.now - last.at > PULSE_S):
            # Words made their match when they arrived; only state is held true for a while.
            return None
        for seen in reversed(first(occasion)):
            gap = last.start - seen.end
            if seen is not last and 0.0 <= gap <= condition.within:
                return Truth((*seen.because[:1], *last.because[:1]), fresh=fresh)
        return None

    return test


def not_followed(condition: NotFollowed, first: Times, then: Times) -> Test:
    """One thing, and the other did not come in time."""
    speakers = tuple(dict.fromkeys(_speakers(condition.then)))

    def due(seen: SeenMatch, occasion: Occasion, answers: list[SeenMatch]) -> bool:
        deadline = seen.end + condition.within
        if not deadline <= occasion.now <= max(deadline, seen.at) + PATIENCE_S + PULSE_S:
            return False
        if answers and answers[-1].end >= seen.start - condition.before:
            return False
        waiting = any(occasion.call.talk.turns.unheard(c, deadline, occasion.now) for c in speakers)
        return not waiting or occasion.now >= deadline + PATIENCE_S

    def test(occasion: Occasion) -> Truth | None:
        answers: list[SeenMatch] | None = None
        for seen in reversed(first(occasion)):
            if occasion.now < seen.end + condition.within:
                continue
            if occasion.now > max(seen.end + condition.within, seen.at) + PATIENCE_S + PULSE_S:
                return None
            if answers is None:
                answers = then(occasion)
            if due(seen, occasion, answers):
                waited = Evidence(
                    value=round(occasion.now - seen.end, 1),
                    threshold=condition.within,
                    note="seconds unanswered",
                )
                return Truth((*seen.because[:1], waited))
        return None

    return test


def until_due(condition: NotFollowed, first: Times, occasion: Occasion) -> float:
    """When the next thing that may be unanswered is due; now where one is already."""
    until = FOREVER
    for seen in reversed(first(occasion)):
        deadline = seen.end + condition.within
        if occasion.now < deadline:
            until = min(until, deadline - SLACK_S)
        elif occasion.now > max(deadline, seen.at) + PATIENCE_S + PULSE_S:
            break
        else:
            return occasion.now
    return until


def _speakers(condition: AnyCondition) -> Iterable[Channel]:
    """Whose words could bring the answer; the agent's unless the condition says otherwise."""
    match condition:
        case (
            Phrase(speaker=speaker)
            | Near(speaker=speaker)
            | Regex(speaker=speaker)
            | Meaning(speaker=speaker)
        ):
            return channels_of(speaker or Speaker.AGENT)
        case AllOf(of=of) | AnyOf(of=of):
            return [channel for part in of for channel in _speakers(part)]
        case _:
            return (Channel.AGENT,)


def cue_seen(condition: CueSeen, log: Log) -> Test:
    """Other rules matched."""

    def test(occasion: Occasion) -> Truth | None:
        found: list[SeenMatch] = log
        if len(found) < condition.count:
            return None
        if condition.within is not None:
            # By when it was learned: the words of a long utterance may be known late.
            since = occasion.now - condition.within
            if log.latest < since:
                return None
            found = [seen for seen in log[-MOST_SEEN:] if seen.at >= since]
        if len(found) < condition.count:
            return None
        return Truth(tuple(e for s in found[-condition.count :] for e in s.because[:1]))

    return test


def ambient(condition: AnyCondition) -> bool:
    """Whether the condition can come true without words arriving."""
    match condition:
        case Phrase() | Near() | Regex() | Meaning() | Distress():
            return False
        case AllOf(of=of):
            return all(ambient(part) for part in of)
        case AnyOf(of=of):
            return any(ambient(part) for part in of)
        case Count(of=part) | Sequence(then=part):
            return ambient(part)
        case _:
            return True


def only_words(condition: AnyCondition) -> bool:
    """Whether nothing but the words that arrive at that moment can make the condition hold."""
    match condition:
        case Phrase() | Near() | Regex() | Meaning():
            return True
        case AllOf(of=of) | AnyOf(of=of):
            return bool(of) and all(only_words(part) for part in of)
        case _:
            return False


def spoken(condition: AnyCondition) -> bool:
    """Whether words alone can make the condition come true at once."""
    match condition:
        case Phrase() | Near() | Regex() | Meaning() | Distress():
            return True
        case AllOf(of=of) | AnyOf(of=of):
            return any(spoken(part) for part in of)
        case Count(of=part) | Sequence(then=part):
            return spoken(part)
        case _:
            return False


def passing(condition: AnyCondition) -> bool:
    """Whether the condition is about the present moment only, so that its end settles it."""
    match condition:
        case Silence() | Monologue() | Pace() | Loud() | Phrase() | Near() | Regex() | Meaning():
            return True
        case AllOf(of=of):
            return any(passing(part) for part in of)
        case AnyOf(of=of):
            return all(passing(part) for part in of)
        case _:
            return False


def feels(condition: AnyCondition) -> bool:
    """Whether the condition depends on how words feel, not only on which they are."""
    match condition:
        case Distress():
            return True
        case AllOf(of=of) | AnyOf(of=of):
            return any(feels(part) for part in of)
        case Not(of=part) | Count(of=part) | Sequence(then=part):
            return feels(part)
        case _:
            return False
