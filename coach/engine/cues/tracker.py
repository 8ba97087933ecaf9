"""Which rules match: drafts at once, finals for certain, state on the grid.

A condition on state must hold for ``timing.for`` before it matches, and stays active
for ``timing.keep_for`` after it last held. A condition on words matches when they arrive.

Words arrive as drafts first (``Hypothesis.committed``). A rule may match on a draft; the final
text with the same identifier confirms the match, makes it stronger, or withdraws it. A match
whose words prove negated or quoted is withdrawn and made anew, and so is one whose words prove to
be the other side's. One utterance gives at most one match of a rule at a time.

How severe a match is, and on what evidence, is settled in ``coach.engine.cues.belief``.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from coach.engine.cues.belief import Belief, CueSettings, is_stronger, state_match
from coach.engine.cues.compiled_rule import CompiledRule, RuleState
from coach.engine.cues.conditions import Compiler
from coach.engine.cues.gathering import Gathering, Rival, rivals_among
from coach.engine.cues.memories import carry_over
from coach.engine.cues.occasion import CallState, Occasion, Truth, seen_of
from coach.engine.cues.past import Past
from coach.engine.cues.resting import Resting
from coach.engine.cues.state import Announcement
from coach.engine.cues.waiting import Wait
from coach.engine.talk.heard import HeardWords
from coach.events import Channel, CueMatched, CueRetracted, Evidence, Result, Track
from rules.definition.roles import Role
from rules.definition.rule import Rule
from rules.matching.hits import Numbers
from rules.matching.one_cue import ONE_CUE_A_CLAUSE

NEAR_MISS = 10.0
"""Times the accepted rate up to which words that matched no rule are told of."""


class Heeded(msgspec.Struct, frozen=True, kw_only=True):
    """What words brought."""

    results: list[Result]
    """New matches, and withdrawals."""
    confirmed: list[CueMatched]
    """All matches of a final text, also those already made on a draft of it."""
    nearly: tuple[tuple[str, Evidence], ...] = ()
    """Rules with a card that a final text came near without matching, and its words."""
    answered: tuple[tuple[str, tuple[Evidence, ...]], ...] = ()
    """Rules with a card about what stays unanswered, for which the answer came in time: what they
    wait for, and the answer."""


WORDS_TOLD = 4
"""Words behind a danger in a draft that are enough to tell whether it is a story's."""
_GRAVE_FROM = 3
_DANGERS = frozenset({Track.SAFETY, Track.THREAT})


class RestingMatch(NamedTuple):
    """A match that rests on another utterance's draft."""

    match: CueMatched
    heard: HeardWords | None
    """The words that made it, of which it may hold without that draft; None where none did."""


class Ticked(msgspec.Struct, frozen=True, kw_only=True):
    """What the grid brought."""

    matched: Sequence[CueMatched] = ()
    ended: tuple[str, ...] = ()
    """Rules whose reason is over: there is sound again, the turn has ended. A reason that lies
    in the past, such as an answer that never came, is never over."""


_NOTHING = Ticked()


class CueTracker:
    """Evaluates all rules of a book over one call."""

    def __init__(
        self, rules: Iterable[Rule], call: CallState, settings: CueSettings, numbers: Numbers
    ) -> None:
        """``numbers``: those of the matcher that finds the words."""
        self._call = call
        self._settings = settings
        self._states: dict[str, RuleState] = {}
        self._compiler: Compiler | None = None
        self._waits: list[Wait] = []
        self._looked = 0.0
        """When the rules were looked at last."""
        self.take_rules(rules, numbers)
        self._open: dict[str, dict[str, CueMatched]] = {}
        """Matches on drafts, by utterance and rule."""
        self._resting: dict[str, list[RestingMatch]] = {}
        """Matches that rest on those, by their identifier."""
        self._recalling: dict[str, list[tuple[str, RestingMatch]]] = {}
        """By the utterance of a draft, rules that remember a part of themselves from it, each with
        a match that rests on that."""

    def take_rules(self, rules: Iterable[Rule], numbers: Numbers) -> None:
        """Go by other rules, and keep what is remembered of each rule and each condition."""
        rules, settings = tuple(rules), self._settings
        compiler = Compiler((rule.id for rule in rules), self._call, numbers)
        compiled = [CompiledRule(rule, compiler, numbers) for rule in rules]
        if self._compiler is not None:
            carry_over(self._compiler.memories, compiler.memories)
        for one in compiled:
            one.state = self._states.get(one.rule.id, one.state)
        self._compiler = compiler
        self._belief = Belief(rules, self._call, settings)
        self._states = {c.rule.id: c.state for c in compiled}
        self._spoken = [c for c in compiled if c.traits.spoken]
        on_grid = [c for c in compiled if c.traits.ambient]
        self._stories = [c for c in self._spoken if Role.STORY in c.rule.roles]
        self._grid = Resting(on_grid, self._call.moved)
        self._meaning_cards = [c for c in self._spoken if c.meanings and c.rule.card is not None]
        self._heedful = [n for n, c in enumerate(self._spoken) if c.listens is None]
        """Places in ``_spoken`` of the rules that are looked at whatever was said."""
        self._listeners: dict[int, list[int]] = {}
        """And of those that listen to a condition, by its number."""
        for place, one in enumerate(self._spoken):
            for condition in one.listens or ():
                self._listeners.setdefault(condition, []).append(place)
        kept = compiler.memories
        self._take_pasts([(m.rule, m.what) for m in kept if isinstance(m.what, Past)])
        self._announcements = [m.what for m in kept if isinstance(m.what, Announcement)]
        carded = {rule.id for rule in rules if rule.card is not None}
        waits = [wait for wait in compiler.waits if wait.rule in carded]
        for wait, known in itertools.product(waits, self._waits):
            if wait.rule == known.rule:
                wait.carry(known)
        self._waits = waits
        waited_for = {wait.rule for wait in waits}
        self._waiting = {c.rule.id: c for c in compiled if c.rule.id in waited_for}
        self._gatherings: dict[str, list[Gathering]] = {}
        """Weak signs of meaning, by rule."""
        rivals_of = rivals_among(
            tuple(
                Rival(c.rule.id, c.rule.severity, c.meanings)
                for c in compiled
                if c.rule.card is not None and c.meanings
            )
        )
        severity = {rule.id: rule.severity for rule in rules}
        for memory in kept:
            if isinstance(memory.what, Gathering):
                self._gatherings.setdefault(memory.rule, []).append(memory.what)
                memory.what.rivals = rivals_of(memory.rule, severity[memory.rule])

    def _take_pasts(self, parts: list[tuple[str, Past]]) -> None:
        """Remember when these parts of rules came true, innermost first."""
        self._pasts = pasts = [past for _, past in parts]
        self._pasts_of: dict[str, list[Past]] = {}
        """The same by rule."""
        for rule, past in parts:
            self._pasts_of.setdefault(rule, []).append(past)
        self._watched = [past for past in pasts if past.watched]
        self._beyond = [place for place, past in enumerate(pasts) if not past.only_words]
        """Places of those that something else than words can make true."""
        self._remembering: dict[int, list[int]] = {}
        """And of those that listen to a condition and to nothing else, by its number."""
        for place, past in enumerate(pasts):
            for condition in past.listens or ():
                self._remembering.setdefault(condition, []).append(place)

    # --- words ------------------------------------------------------------------------------

    def hear(self, heard: HeardWords, at: float) -> Heeded:
        """Words arrived; returns matches, and withdrawals where a final says otherwise."""
        occasion = Occasion(at, self._call, heard)
        for past in self._pasts if heard.final else self._drafted(heard):
            past.hear(occasion, heard)
        if heard.channel is not Channel.CUSTOMER and (heard.found or heard.final):
            for announcement in self._announcements:
                announcement.hear(occasion, heard)
        results = self._misnamed(heard, at)
        known = self._open.setdefault(heard.utterance, {})
        confirmed: dict[str, CueMatched] = {}
        weaker: list[CueMatched] = []
        for compiled, match in self._found(occasion, heard):
            confirmed[match.rule] = match
            earlier = known.get(match.rule)
            if earlier is None or is_stronger(match, earlier):
                known[match.rule] = match
                self._see(match)
                self._rest(match, heard)
                # A rule on words and state alike has matched for both.
                compiled.state.active_since = compiled.state.last_true = at
                compiled.state.by_words = True
                compiled.state.stays = False
                self._grid.wake(match.rule)
                results.append(match)
            elif match.guarded and not earlier.guarded:
                weaker.append(match)
        if not heard.final:
            return Heeded(results=results, confirmed=[])
        standing = confirmed.keys() - {m.rule for m in weaker}
        results += self._close(heard.utterance, standing, at)
        self._settle(match for match in confirmed.values() if match.rule in standing)
        for match in weaker:
            self._see(match)
            self._rest(match, heard)
            results.append(match)
        return Heeded(
            results=results,
            confirmed=list(confirmed.values()),
            nearly=self._nearly(occasion, heard, confirmed),
            answered=tuple(
                (wait.rule, told)
                for wait in self._waits
                for told in wait.answered(occasion)
                if not self._waiting[wait.rule].is_kept_quiet(occasion)
            ),
        )

    def _drafted(self, heard: HeardWords) -> Iterable[Past]:
        """What a draft may bring: without any of its words it leaves what rests on words alone."""
        places = set(self._beyond)
        for condition in heard.found.touched:
            places.update(self._remembering.get(condition, ()))
        return [self._pasts[place] for place in sorted(places)]

    def _found(
        self, occasion: Occasion, heard: HeardWords
    ) -> Iterator[tuple[CompiledRule, CueMatched]]:
        """The rules that these words make true, one after the other: each sees those before it."""
        touched = heard.found.touched
        if touched:
            places = set(self._heedful)
            for condition in touched:
                places.update(self._listeners.get(condition, ()))
            among = sorted(places)
        else:
            among = self._heedful
        for place in among:
            compiled = self._spoken[place]
            truth = compiled.truth(occasion)
            if truth is None or not truth.fresh:
                continue
            if self._said_plainly(compiled, heard):
                continue
            match = self._belief.match(compiled.rule, truth, heard, occasion.now)
            if match is not None and not self._may_be_a_story(match, occasion, heard):
                yield compiled, match

    def _may_be_a_story(self, match: CueMatched, occasion: Occasion, heard: HeardWords) -> bool:
        """Whether a draft breaks off where a danger may still prove to be long past.

        "When my house was on fire" says so with its next words, "last year". So a grave match
        behind what opens a story waits for a few of them, or for the final.
        """
        if heard.final or match.track not in _DANGERS or match.severity < _GRAVE_FROM:
            return False
        length = (heard.end - heard.start) / max(1, len(heard.text.split()))
        if heard.end - match.end >= (WORDS_TOLD - 0.5) * length:
            return False
        for story in self._stories:
            truth = story.truth(occasion)
            if truth is None or not truth.fresh or truth.guarded:
                continue
            starts = [one.start for one in truth.because if one.start is not None]
            if any(start <= match.start for start in starts):
                return True
        return False

    def _said_plainly(self, compiled: CompiledRule, heard: HeardWords) -> bool:
        """Whether another rule of the family counts these words (``counted_by``)."""
        rule = compiled.rule
        if rule.family not in ONE_CUE_A_CLAUSE:
            return False
        own = [h for n in compiled.letters if (h := heard.found.numbered(n)) and h.guard is None]
        near = [h for n in compiled.meanings if (h := heard.found.numbered(n))]
        if own or not near:
            return False
        others = (
            heard.found.numbered(number)
            for other in self._spoken
            if other.rule.family is rule.family and other is not compiled
            for number in other.letters
        )
        return any(
            hit.guard is None and hit.first <= one.last and one.first <= hit.last
            for hit in others
            if hit is not None
            for one in near
        )

    def _nearly(
        self, occasion: Occasion, heard: HeardWords, matched: Container[str]
    ) -> tuple[tuple[str, Evidence], ...]:
        """What a person would call a near miss: ten times commoner than the rule takes.

        Only where the rule lacks nothing else: were it near enough, it would match.
        """
        if not heard.found.weak:
            return ()
        found: list[tuple[str, Evidence]] = []
        for compiled in self._meaning_cards:
            rule = compiled.rule
            if rule.id in matched:
                continue
            for meaning in compiled.meanings:
                hit = heard.found.nearly(meaning)
                if not hit or not hit.rate or hit.rate > NEAR_MISS * (hit.sensitivity or 0.0):
                    continue
                if self._would_match(compiled, occasion, heard.supposing(meaning)):
                    found.append((rule.id, heard.evidence(rule.id, hit)))
        return tuple(found)

    def _would_match(self, compiled: CompiledRule, occasion: Occasion, heard: HeardWords) -> bool:
        """Whether a rule would match if the words had been as they are supposed to be.

        One that looks back remembers what was, so only what keeps it quiet is asked.
        """
        supposed = msgspec.structs.replace(occasion, heard=heard)
        if compiled.traits.looks_back:
            return not compiled.is_barred(supposed)
        truth = compiled.truth(supposed)
        if truth is None or not truth.fresh or self._said_plainly(compiled, heard):
            return False
        return self._belief.match(compiled.rule, truth, heard, occasion.now) is not None

    def _misnamed(self, heard: HeardWords, at: float) -> list[Result]:
        """The sides were swapped in mid-sentence: its words so far had the other side's name."""
        known = self._open.get(heard.utterance)
        if not known or all(match.channel is heard.channel for match in known.values()):
            return []
        return self._close(heard.utterance, (), at)

    def settle(self, rule: str) -> None:
        """The agent has done something about what ``rule`` notices: its weak signs are answered."""
        for gathering in self._gatherings.get(rule, ()):
            gathering.settle()

    def withdraw(self, utterance: str, at: float) -> list[Result]:
        """The final text is doubtful or was never to be kept: nothing drafted counts."""
        for past in self._pasts:
            past.forget(utterance)
        for announcement in self._announcements:
            announcement.forget(utterance)
        self._call.moved.update(self._pasts, self._announcements)
        return self._close(utterance, (), at)

    def _close(self, utterance: str, confirmed: Container[str], at: float) -> list[Result]:
        results: list[Result] = []
        gone: list[CueMatched] = []
        for rule, match in self._open.pop(utterance, {}).items():
            if rule in confirmed:
                self._resting.pop(match.match, None)
                continue
            gone.append(match)
            self.forget(rule, match.match)
            because = (Evidence(utterance=utterance, text=match.text, note="a draft only"),)
            results.append(CueRetracted(at=at, match=match.match, rule=rule, because=because))
        for match in gone:
            results += self._let_go(match.match, match.rule, utterance, at)
        for rule, resting in self._recalling.pop(utterance, ()):
            seen = (one for past in self._pasts_of.get(rule, ()) for one in past.times)
            if all(one.utterance != utterance for one in seen):
                results += self._let_one_go(resting, rule, utterance, at)
        return results

    def _let_go(self, draft: str, rule: str, utterance: str, at: float) -> list[Result]:
        """Withdraw what rests on a draft's match; what holds without it is made anew."""
        results: list[Result] = []
        for resting in self._resting.pop(draft, ()):
            results += self._let_one_go(resting, rule, utterance, at)
        return results

    def _let_one_go(
        self, resting: RestingMatch, rule: str, utterance: str, at: float
    ) -> list[Result]:
        match = resting.match
        standing = self._call.matches.of(match.rule)
        if all(seen.match != match.match for seen in standing):
            return []
        if match.rule in self._states:
            self._states[match.rule].active_since = None
            self._grid.wake(match.rule)
        self.forget(match.rule, match.match)
        because = (Evidence(rule=rule, utterance=utterance, note="rested on a draft only"),)
        gone = CueRetracted(at=at, match=match.match, rule=match.rule, because=because)
        return [gone, *self._anew(resting, at)]

    def _anew(self, resting: RestingMatch, at: float) -> list[Result]:
        """What is left of a match that words made, without the draft on which it had rested."""
        match, heard = resting
        drafted = self._open.get(match.utterance or "", {})
        is_open = drafted.pop(match.rule, None) is not None
        compiled = next((c for c in self._spoken if c.rule.id == match.rule), None)
        again = None
        if heard is not None and compiled is not None:
            occasion = Occasion(match.at, self._call, heard.again())
            truth = compiled.truth(occasion)
            if truth is not None and truth.fresh:
                again = self._belief.match(compiled.rule, truth, heard, at)
        if again is None or heard is None:
            return self._let_go(match.match, match.rule, match.utterance or "", at)
        if is_open:
            drafted[match.rule] = again
        self._see(again)
        if not is_open:
            self._settle((again,))
        self._rest(again, heard)
        return [again]

    def _rest(self, match: CueMatched, heard: HeardWords | None = None) -> None:
        """Remember on which drafts of other utterances a match rests, and its own words."""
        resting = RestingMatch(match, heard)
        for evidence in match.because:
            rule, utterance = evidence.rule, evidence.utterance
            if rule is None:
                continue
            drafts = self._drafts_of(rule, evidence, match.utterance)
            for draft in drafts:
                self._resting.setdefault(draft, []).append(resting)
            if drafts or utterance is None or utterance == match.utterance:
                continue
            if utterance in self._open and rule in self._pasts_of:
                self._recalling.setdefault(utterance, []).append((rule, resting))

    def _drafts_of(self, rule: str, evidence: Evidence, own: str | None) -> list[str]:
        """Open matches of a rule that evidence stands for: its words, or the first of its reasons.

        Where it names no utterance, those that begin where it does. ``own``: the utterance whose
        drafts are none of another's.
        """
        named = evidence.utterance
        return [
            one.match
            for utterance, drafted in self._open.items()
            if utterance != own
            and (one := drafted.get(rule)) is not None
            and (
                utterance == named
                or evidence in one.because[:1]
                or (named is None and one.start == evidence.start)
            )
        ]

    # --- state ------------------------------------------------------------------------------

    def tick(self, now: float) -> Ticked:
        """Look at every condition on state."""
        occasion = Occasion(now, self._call)
        before, self._looked = self._looked, now
        for past in self._watched:
            past.watch(occasion)
        if not self._grid.wake_due(now):
            return _NOTHING
        matched: list[CueMatched] = []
        ended: list[str] = []
        for compiled in self._grid.due():
            truth = compiled.on_grid(occasion) if compiled.on_grid is not None else None
            state = compiled.state
            if state.stays:
                state.stays, state.last_true = False, before
            if truth is None or compiled.is_kept_quiet(occasion):
                if state.active_since is not None and compiled.lapse(now):
                    ended.append(compiled.rule.id)
                state.pending_since = None
                if truth is None and state.active_since is None:
                    self._grid.lie_down(compiled, occasion)
                continue
            state.last_true = now
            if state.active_since is not None:
                self._grid.stay(compiled, occasion)
            elif (match := self._held(compiled, truth, now)) is not None:
                matched.append(match)
        return Ticked(matched=matched, ended=tuple(ended))

    def _held(self, compiled: CompiledRule, truth: Truth, now: float) -> CueMatched | None:
        """A rule that had not matched holds; its match, once it has held for long enough."""
        state = compiled.state
        if state.pending_since is None:
            state.pending_since = now
        if now - state.pending_since < compiled.rule.timing.for_:
            return None
        state.active_since = now
        state.by_words = False
        match = state_match(compiled.rule, truth, now)
        self._see(match)
        self._settle((match,))
        self._rest(match)
        return match

    # --- what other rules see ---------------------------------------------------------------

    def _see(self, match: CueMatched) -> None:
        self._call.matches.add(match.rule, seen_of(match))

    def _settle(self, matches: Iterable[CueMatched]) -> None:
        """No draft can take these back."""
        for match in matches:
            self._call.settled.add(match.rule, seen_of(match))

    def forget(self, rule: str, match: str) -> None:
        """A match was withdrawn, or the agent marked it wrong."""
        self._call.matches.remove(rule, match)
        self._call.settled.remove(rule, match)
