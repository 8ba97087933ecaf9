"""Whether a rule's condition holds: one small function per node of the tree.

Theory of operation. A condition is looked at on two occasions:

*when words arrive* (``Occasion.heard`` is set)
    lexical leaves answer from what the matcher found in these words, and an answer to which
    they contributed is *fresh*: it belongs to this utterance and makes a match at once;
*on the grid* (``Occasion.heard`` is None)
    only the tracked state is asked, lexical leaves are false, nothing is fresh.

Count, Sequence and NotFollowed look back (``looking_back``). They remember when their parts came
true: once per utterance for words, once per rising edge for state. A remembered draft is replaced
when the final words arrive, and dropped when they say something else.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable
from collections.abc import Sequence as Series

from coach.engine.cues.condition_traits import only_words
from coach.engine.cues.gathering import Gathering
from coach.engine.cues.looking_back import (
    FOREVER,
    Times,
    counted,
    cue_seen,
    merged,
    not_followed,
    sequence,
    until_answer_is_late,
    until_due,
    until_forgotten,
    until_state_follows,
)
from coach.engine.cues.memories import Memory
from coach.engine.cues.occasion import CallState, Log, Occasion, Test, Truth
from coach.engine.cues.past import OccasionTests, Past
from coach.engine.cues.rests import (
    RESTS,
    STAYS,
    Asleep,
    Rest,
    only_by,
    silence_rest,
)
from coach.engine.cues.rule_traits import RuleTraits
from coach.engine.cues.state import STATE, Announcement
from coach.engine.cues.waiting import Wait
from coach.events import Evidence
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    CueSeen,
    Distress,
    Lexical,
    Loud,
    Meaning,
    Near,
    Not,
    NotFollowed,
    Phrase,
    Regex,
    Sequence,
    Silence,
    Speaker,
    leaves,
)
from rules.definition.exceptions import beside_exceptions
from rules.definition.roles import Family
from rules.definition.rule import Rule
from rules.definition.selection import meant as meant_rules
from rules.matching.hits import Numbers


def at_any_time(test: Test, rest: Rest | None = None, stay: Rest | None = None) -> OccasionTests:
    """One test for both occasions."""
    return OccasionTests(test, test, rest, stay)


class Compiler:
    """Turns the conditions of one rule after another into tests."""

    def __init__(self, rule_ids: Iterable[str], call: CallState, numbers: Numbers) -> None:
        """``numbers``: those of the matcher that finds the words."""
        self._ids = tuple(rule_ids)
        self._call = call
        self._numbers = numbers
        self._rule = ""
        self._speaker = Speaker.ANY
        self._matches = call.matches
        self._phrase_tests: dict[int, OccasionTests | None] = {}
        self.memories: list[Memory] = []
        """Innermost first, which is the order to feed them in."""
        self.waits: list[Wait] = []
        """What rules wait for an answer to."""

    def compile(self, condition: AnyCondition, rule: Rule, traits: RuleTraits) -> OccasionTests:
        """Make the tests of one condition of ``rule``, which has these traits."""
        self._rule = rule.id
        self._speaker = rule.speaker
        item = rule.family is Family.CHECKLIST
        self._matches = self._call.settled if item else self._call.matches
        self._phrase_tests = traits.phrase_tests
        return self._tests(condition)

    def _tests(self, condition: AnyCondition) -> OccasionTests:
        known = self._phrase_tests.get(id(condition))
        if known is None:
            known = self._made(condition)
            if id(condition) in self._phrase_tests:
                self._phrase_tests[id(condition)] = known
        return known

    def _made(self, condition: AnyCondition) -> OccasionTests:
        match condition:
            case AnyOf(of=of):
                return either([self._tests(part) for part in of])
            case Meaning() | Phrase() | Near() | Regex():
                return OccasionTests(self._words(condition), None)
            case Distress():
                return OccasionTests(STATE[Distress](condition), None)
            case AllOf():
                parts, words = beside_exceptions(condition)
                return self.beside(every([self._tests(part) for part in parts]), words, parts)
            case Not(of=of):
                inner = self._tests(of)
                on_grid = always_true if inner.on_grid is None else negation(inner.on_grid)
                return OccasionTests(negation(inner.always), on_grid)
            case _:
                return self._of_state(condition)

    def beside(
        self, tests: OccasionTests, exceptions: Series[Lexical], of: Iterable[AnyCondition]
    ) -> OccasionTests:
        """The tests of some conditions of the rule at hand, where exceptions cover words."""
        if not exceptions:
            return tests
        number, speaker = self._numbers.of, self._speaker
        barring = tuple([number(one, speaker) for one in exceptions])
        barred = frozenset([number(leaf, speaker) for part in of for leaf in leaves(part)])
        return tests._replace(always=in_the_rest(tests.always, barring, barred))

    def _of_state(self, condition: AnyCondition) -> OccasionTests:
        match condition:
            case CueSeen():
                log, moved = self._log(condition)
                recent = functools.partial(until_forgotten, condition, log)
                return at_any_time(cue_seen(condition, log), only_by(*moved), _woken(recent, moved))
            case Count():
                times, moved = self._times(condition.of)
                return at_any_time(counted(condition, times), only_by(*moved))
            case NotFollowed():
                first, moved = self._times(condition.first)
                then, later = self._times(condition.then)
                due = functools.partial(until_due, condition, first, then)
                wait = Wait(self._rule, condition, first, then)
                self.waits.append(wait)
                late = functools.partial(until_answer_is_late, condition, first, then)
                rests = _woken(due, moved | later), _woken(late, moved | later)
                return at_any_time(not_followed(condition, first, then, wait.gave_up), *rests)
            case Sequence():
                first, moved = self._times(condition.first)
                then, later = self._times(condition.then)
                holds = functools.partial(until_state_follows, then)
                return at_any_time(sequence(condition, first, then), _woken(holds, moved | later))
            case Silence():
                number = self._numbers.of(condition, self._speaker)
                announcement = Announcement(condition, number)
                self.memories.append(Memory(self._rule, condition, announcement))
                return at_any_time(announcement.holds, silence_rest(condition, announcement))
            case _:
                kind = type(condition)
                if isinstance(condition, Loud):
                    self._call.talk.heed_loudness(condition.over_baseline_db)
                stay = STAYS[kind](condition) if kind in STAYS else None
                return at_any_time(STATE[kind](condition), RESTS[kind](condition), stay)

    def _words(self, condition: Lexical) -> Test:
        number = self._numbers.of(condition, self._speaker)
        if not isinstance(condition, Meaning):
            return lexical(number, self._rule)
        gathering = Gathering(condition.sensitivity)
        self.memories.append(Memory(self._rule, condition, gathering))
        return meant(number, self._rule, gathering)

    def _log(self, condition: CueSeen) -> tuple[Log, frozenset[Hashable]]:
        """The matches of the rules that ids, or prefixes ending in ``.*``, stand for.

        And what moves when they change. An item of the checklist sees no matches of drafts.
        """
        rules = _meant(self._ids, condition.rules)
        return self._matches.merged(rules), frozenset({rules})

    def _times(self, part: AnyCondition) -> tuple[Times, frozenset[Hashable]]:
        """Ask when a part came true; and what moves when that changes."""
        if isinstance(part, CueSeen) and part.count == 1:
            log, moved = self._log(part)
            return lambda _: log, moved
        if isinstance(part, AnyOf) and any(isinstance(one, CueSeen) for one in part.of):
            cues = [one for one in part.of if isinstance(one, CueSeen)]
            rest = tuple(one for one in part.of if not isinstance(one, CueSeen))
            seen = CueSeen(rules=tuple(rule for one in cues for rule in one.rules))
            if not rest:
                return self._times(seen)
            log, moved = self._log(seen)
            times, more = self._times(AnyOf(of=rest))
            return merged(log, times), moved | more
        tests = self._tests(part)
        numbers, speaker = self._numbers, self._speaker
        listens = frozenset([numbers.of(leaf, speaker) for leaf in leaves(part)])
        past = Past(tests, listens if only_words(part) else None)
        self.memories.append(Memory(self._rule, part, past))
        return lambda _: past.times, frozenset({past})


_meant = functools.lru_cache(maxsize=256)(meant_rules)
"""Every call of a set of rules asks the same."""

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
        if weak is None or not heard.final or heard.supposed:
            return None
        if gathering.outdone(weak, heard.found):
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


def in_the_rest(inner: Test, exceptions: tuple[int, ...], of: frozenset[int]) -> Test:
    """The test holds in the words that no exception covers; both by number."""

    def test(occasion: Occasion) -> Truth | None:
        if occasion.heard is not None:
            heard = occasion.heard.beside(exceptions, of)
            if heard is not occasion.heard:
                occasion = Occasion(occasion.now, occasion.call, heard)
        return inner(occasion)

    return test


def negation(inner: Test) -> Test:
    """The test does not hold."""

    def test(occasion: Occasion) -> Truth | None:
        return _PLAINLY if inner(occasion) is None else None

    return test


_PLAINLY = Truth(())


def always_true(_: Occasion) -> Truth | None:
    """It holds."""
    return _PLAINLY


def every(parts: list[OccasionTests]) -> OccasionTests:
    """Every part holds."""
    always = all_of([part.always for part in parts])
    on_grid = [part.on_grid for part in parts if part.on_grid is not None]
    if len(on_grid) < len(parts):
        return OccasionTests(always, None)
    failed = 0
    """Number of the part that did not hold when the grid asked last."""

    def holds(occasion: Occasion) -> Truth | None:
        nonlocal failed
        because: tuple[Evidence, ...] = ()
        for number, test in enumerate(on_grid):
            truth = test(occasion)
            if truth is None:
                failed = number
                return None
            because += truth.because
        return Truth(because)

    def rest(occasion: Occasion) -> Asleep:
        """As long as the first part that does not hold and can rest."""
        for number in range(failed, len(parts)):
            of_part = parts[number].rest
            if of_part is not None and (number == failed or on_grid[number](occasion) is None):
                return of_part(occasion)
        return Asleep(occasion.now, ())

    can_rest = any(part.rest is not None for part in parts)
    stays = [part.stay for part in parts if part.stay is not None]
    stay = shortest(stays) if len(stays) == len(parts) else None
    return OccasionTests(always, holds, rest if can_rest else None, stay)


def either(parts: list[OccasionTests]) -> OccasionTests:
    """One part holds."""
    on_grid = [part.on_grid for part in parts if part.on_grid is not None]
    left = on_grid[0] if len(on_grid) == 1 else any_of(on_grid)
    rests = [part.rest for part in parts if part.on_grid is not None and part.rest is not None]
    tests = any_of([part.always for part in parts]), left if on_grid else None
    rest = shortest(rests) if rests and len(rests) == len(on_grid) else None
    stays = [part.stay for part in parts if part.on_grid is not None]
    return OccasionTests(*tests, rest, stays[0] if len(stays) == 1 else None)


def shortest(rests: list[Rest]) -> Rest:
    """As long as every one of them."""
    if len(rests) == 1:
        return rests[0]

    def rest(occasion: Occasion) -> Asleep:
        until = FOREVER
        woken_by: tuple[Hashable, ...] = ()
        for one in rests:
            asleep = one(occasion)
            until = min(until, asleep.until)
            woken_by += asleep.woken_by
        return Asleep(until, woken_by)

    return rest


def _woken(until: Callable[[Occasion], float], moved: Iterable[Hashable]) -> Rest:
    """A rest that ends sooner where any of these has moved."""
    woken_by = tuple(moved)
    return lambda occasion: Asleep(until(occasion), woken_by)
