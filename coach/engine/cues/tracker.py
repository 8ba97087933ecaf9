"""Which rules match: drafts at once, finals for certain, state on the grid.

Every rule has the small state that Prometheus keeps for an alert: pending since, active since,
last true. A condition on state must hold for ``timing.for`` before it matches, and stays active
for ``timing.keep_for`` after it last held. A condition on words matches when they arrive.

Words arrive as drafts first (``Hypothesis.committed``). A rule may match on a draft; the final
text with the same identifier confirms the match, makes it stronger, or withdraws it. A match
whose words prove negated or quoted is withdrawn and made anew, and so is one whose words prove to
be the other side's. One utterance gives at most one match of a rule at a time.

Two things lower a severity. Words that are negated or quoted count one less, and at zero they
are no match. Severe conduct (3 or more) needs two pieces of evidence, because recognisers
mishear insults: a raised voice, another conduct cue shortly before, or words that the
recogniser is sure of. Hate and sexual remarks need no second evidence, and neither do threats
and dangers, which are other tracks.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator
from typing import Annotated

import msgspec

from coach.engine.cues.conditions import Compiler, ambient, feels, passing, spoken
from coach.engine.cues.gathering import Gathering
from coach.engine.cues.memories import carry_over
from coach.engine.cues.occasion import CallState, Occasion, Past, Truth, seen_of
from coach.engine.cues.state import Announcement
from coach.engine.talk.heard import HeardWords
from coach.events import Channel, CueMatched, CueRetracted, Evidence, Result, Track
from coach.parameters import number, seconds, share
from rules.hits import Numbers
from rules.matcher import Matcher, leaves
from rules.model import AnyCondition, AnyOf, Meaning, Phrase, Rule, Speaker
from rules.roles import Family, Role
from rules.selection import chosen


class CueSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a match is believed."""

    two_evidence_from: Annotated[int, number(1, 5, "severity")] = 3
    """Severity from which conduct needs a second piece of evidence (cue catalogue)."""
    one_is_enough: tuple[str, ...] | None = None
    """Rules whose words alone are enough: ids, or families such as ``conduct.*``; None means
    those with the role ``plain_enough``."""
    repeat_s: Annotated[float, seconds(0, 7200)] = 180.0
    """Seconds for which an earlier conduct cue counts as the second piece of evidence."""
    raised: Annotated[float, share()] = 0.5
    """Certainty of a raised voice (0 to 1) that counts as the second piece of evidence."""
    sure_word: Annotated[float, share()] = 0.85
    """Mean probability of the matched words that counts as high confidence."""
    unsure_word: Annotated[float, share()] = 0.6
    """Mean probability of the matched words under which a match asks to be checked."""


ONE_CUE_A_CLAUSE = (Family.ESCALATION, Family.CONDUCT)
"""Families in which words that hold one rule by the letter hold no other by meaning; a danger is
never left out for another."""
NEAR_MISS = 10.0
"""Times the accepted rate up to which words that matched no rule are told of."""


class RuleState:
    """What is remembered of one rule."""

    __slots__ = ("active_since", "by_words", "last_true", "pending_since")

    def __init__(self) -> None:
        self.pending_since: float | None = None
        self.active_since: float | None = None
        self.last_true: float | None = None
        self.by_words = False
        """Words made it active, so no change of state settles it."""


class _Compiled:
    """A rule with its tests."""

    __slots__ = (
        *("changes", "letters", "listens", "meanings", "on_grid", "passing", "rest", "rule"),
        *("rests_until", "state", "unless", "unless_on_grid", "when"),
    )

    def __init__(self, rule: Rule, compiler: Compiler, numbers: Numbers) -> None:
        self.rule = rule
        self.passing = passing(rule.when)
        self.listens: frozenset[int] | None = None
        """Numbers of the leaves of which one must hold; None where a score may do instead."""
        if not feels(rule.when):
            self.listens = _listened(rule, numbers)
        self.rests_until = -math.inf
        """It cannot hold on the grid before, ..."""
        self.changes = -1
        """... as long as ``MatchLog.changes`` is this."""
        self.when, self.on_grid, self.rest = compiler.compile(rule.when, rule)
        unless = [compiler.compile(condition, rule) for condition in rule.unless]
        self.unless = [tests.always for tests in unless]
        self.unless_on_grid = [t.on_grid for t in unless if t.on_grid is not None]
        self.state = RuleState()
        self.letters = tuple(numbers.of(leaf, rule.speaker) for leaf in _alternatives(rule.when))
        """Numbers of the phrases each of which is enough by itself."""
        self.meanings = tuple(
            numbers.of(leaf, rule.speaker)
            for leaf in leaves(rule.when)
            if isinstance(leaf, Meaning)
        )

    def truth(self, occasion: Occasion) -> Truth | None:
        """Whether the rule holds and nothing keeps it quiet."""
        truth = self.when(occasion)
        if truth is None or any(test(occasion) is not None for test in self.unless):
            return None
        return truth

    def truth_on_grid(self, occasion: Occasion) -> Truth | None:
        """The same where no words have arrived."""
        truth = self.on_grid(occasion) if self.on_grid is not None else None
        if truth is None or any(test(occasion) is not None for test in self.unless_on_grid):
            return None
        return truth

    def lapse(self, occasion: Occasion, changes: int) -> bool:
        """It does not hold on the grid; whether its reason is over with that.

        A rule that was not in force finds out until when it need not be looked at.
        """
        state = self.state
        state.pending_since = None
        if state.active_since is None:
            if (
                self.rest is not None
                and self.on_grid is not None
                and self.on_grid(occasion) is None
            ):
                self.rests_until, self.changes = self.rest(occasion), changes
            return False
        last, keep_for = state.last_true, self.rule.timing.keep_for
        if last is not None and occasion.now - last <= keep_for:
            return False
        state.active_since = None
        return self.passing and not state.by_words


def _alternatives(condition: AnyCondition) -> tuple[Phrase, ...]:
    if isinstance(condition, Phrase):
        return (condition,)
    if isinstance(condition, AnyOf):
        return tuple(part for part in condition.of if isinstance(part, Phrase))
    return ()


def _listened(rule: Rule, numbers: Numbers) -> frozenset[int]:
    return frozenset(numbers.of(leaf, rule.speaker) for leaf in leaves(rule.when))


def grave_conditions(matcher: Matcher) -> frozenset[int]:
    """Numbers of the lexical conditions of the customer's serious cues (severity 2 and more)."""
    return frozenset(
        number
        for rule in matcher.book.active()
        if rule.severity >= 2 and rule.speaker is not Speaker.AGENT
        for number in _listened(rule, matcher.numbers)
    )


class Heeded(msgspec.Struct, frozen=True, kw_only=True):
    """What words brought."""

    results: list[Result]
    """New matches, and withdrawals."""
    confirmed: list[CueMatched]
    """All matches of a final text, also those already made on a draft of it."""
    nearly: tuple[tuple[str, Evidence], ...] = ()
    """Rules with a card that a final text came near without matching, and its words."""


class Ticked(msgspec.Struct, frozen=True, kw_only=True):
    """What the grid brought."""

    matched: list[CueMatched]
    ended: tuple[str, ...]
    """Rules whose reason is over: there is sound again, the turn has ended. A reason that lies
    in the past, such as an answer that never came, is never over."""


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
        self.take_rules(rules, numbers)
        self._open: dict[str, dict[str, CueMatched]] = {}
        """Matches on drafts, by utterance and rule."""
        self._resting: dict[str, list[tuple[str, CueMatched]]] = {}
        """Matches of other rules that rest on those: by utterance, the rule and the match."""

    def take_rules(self, rules: Iterable[Rule], numbers: Numbers) -> None:
        """Go by other rules, and keep what is remembered of each rule and each condition."""
        rules, settings = tuple(rules), self._settings
        compiler = Compiler((rule.id for rule in rules), self._call, numbers)
        compiled = [_Compiled(rule, compiler, numbers) for rule in rules]
        if self._compiler is not None:
            carry_over(self._compiler.memories, compiler.memories)
        for one in compiled:
            one.state = self._states.get(one.rule.id, one.state)
        self._compiler = compiler
        self._conduct = frozenset(rule.id for rule in rules if rule.family is Family.CONDUCT)
        self._plain_enough = chosen(rules, Role.PLAIN_ENOUGH, settings.one_is_enough)
        self._states = {c.rule.id: c.state for c in compiled}
        self._spoken = [c for c in compiled if spoken(c.rule.when)]
        self._ambient = [c for c in compiled if ambient(c.rule.when)]
        self._heedful = [n for n, c in enumerate(self._spoken) if c.listens is None]
        """Places in ``_spoken`` of the rules that are looked at whatever was said."""
        self._listeners: dict[int, list[int]] = {}
        """And of those that listen to a condition, by its number."""
        for place, one in enumerate(self._spoken):
            for condition in one.listens or ():
                self._listeners.setdefault(condition, []).append(place)
        kept = compiler.memories
        self._pasts = [m.what for m in kept if isinstance(m.what, Past)]
        self._beyond_words = [past for past in self._pasts if not past.only_words]
        self._watched = [past for past in self._pasts if past.watched]
        self._announcements = [m.what for m in kept if isinstance(m.what, Announcement)]
        self._gatherings: dict[str, list[Gathering]] = {}
        """Weak signs of meaning, by rule."""
        for memory in kept:
            if isinstance(memory.what, Gathering):
                self._gatherings.setdefault(memory.rule, []).append(memory.what)

    # --- words ------------------------------------------------------------------------------

    def hear(self, heard: HeardWords, at: float) -> Heeded:
        """Words arrived; returns matches, and withdrawals where a final says otherwise."""
        occasion = Occasion(at, self._call, heard)
        # A draft without any of the words that are listened for leaves what rests on words alone.
        plain = not heard.final and not heard.found.touched
        for past in self._beyond_words if plain else self._pasts:
            past.hear(occasion, heard)
        if heard.channel is not Channel.CUSTOMER:
            for announcement in self._announcements:
                announcement.hear(heard)
        results = self._misnamed(heard, at)
        known = self._open.setdefault(heard.utterance, {})
        confirmed: dict[str, CueMatched] = {}
        weaker: list[CueMatched] = []
        for compiled, match in self._found(occasion, heard):
            confirmed[match.rule] = match
            earlier = known.get(match.rule)
            if earlier is None or _stronger(match, earlier):
                known[match.rule] = match
                self._see(match)
                # A rule on words and state alike has matched for both.
                compiled.state.active_since = compiled.state.last_true = at
                compiled.state.by_words = True
                results.append(match)
            elif match.guarded and not earlier.guarded:
                weaker.append(match)
        if not heard.final:
            return Heeded(results=results, confirmed=[])
        results += self._close(heard.utterance, confirmed.keys() - {m.rule for m in weaker}, at)
        for match in weaker:
            self._see(match)
            results.append(match)
        nearly = self._nearly(heard, confirmed)
        return Heeded(results=results, confirmed=list(confirmed.values()), nearly=nearly)

    def _found(
        self, occasion: Occasion, heard: HeardWords
    ) -> Iterator[tuple[_Compiled, CueMatched]]:
        """The rules that these words make true, one after the other: each sees those before it."""
        places = set(self._heedful)
        for condition in heard.found.touched:
            places.update(self._listeners.get(condition, ()))
        for place in sorted(places):
            compiled = self._spoken[place]
            truth = compiled.truth(occasion)
            if truth is None or not truth.fresh:
                continue
            if self._said_plainly(compiled, heard):
                continue
            match = self._match(compiled.rule, truth, heard, occasion.now)
            if match is not None:
                yield compiled, match

    def _said_plainly(self, compiled: _Compiled, heard: HeardWords) -> bool:
        """Whether another rule of the family holds by the letter where this one does by meaning.

        Neighbouring cues have neighbouring meanings, and one sentence is to be counted once.
        """
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
        self, heard: HeardWords, matched: Container[str]
    ) -> tuple[tuple[str, Evidence], ...]:
        """What a person would call a near miss: ten times commoner than the rule takes."""
        found: list[tuple[str, Evidence]] = []
        for compiled in self._spoken:
            rule = compiled.rule
            if rule.card is None or rule.id in matched:
                continue
            for meaning in compiled.meanings:
                hit = heard.found.nearly(meaning)
                if hit and hit.rate and hit.rate <= NEAR_MISS * (hit.sensitivity or 0.0):
                    found.append((rule.id, heard.evidence(rule.id, hit)))
        return tuple(found)

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
        self._call.matches.changes += 1
        return self._close(utterance, (), at)

    def _close(self, utterance: str, confirmed: Container[str], at: float) -> list[Result]:
        results: list[Result] = []
        for rule, match in self._open.pop(utterance, {}).items():
            if rule in confirmed:
                continue
            self.forget(rule, match.match)
            because = (Evidence(utterance=utterance, text=match.text, note="a draft only"),)
            results.append(CueRetracted(at=at, match=match.match, rule=rule, because=because))
        for rule, match in self._resting.pop(utterance, ()):
            standing = self._call.matches.of(match.rule)
            if rule in confirmed or all(seen.match != match.match for seen in standing):
                continue
            if match.rule in self._states:
                self._states[match.rule].active_since = None
            self.forget(match.rule, match.match)
            because = (Evidence(rule=rule, utterance=utterance, note="rested on a draft only"),)
            results.append(CueRetracted(at=at, match=match.match, rule=match.rule, because=because))
        return results

    def _rest(self, match: CueMatched) -> None:
        """Remember on which drafts a match rests."""
        for evidence in match.because:
            utterance, rule = evidence.utterance, evidence.rule
            if utterance is None or rule is None:
                continue
            if rule in self._open.get(utterance, ()):
                self._resting.setdefault(utterance, []).append((rule, match))

    def _match(self, rule: Rule, truth: Truth, heard: HeardWords, at: float) -> CueMatched | None:
        severity, because = rule.severity, truth.because
        if truth.guarded:
            severity -= 1
            if severity < 1:
                return None
        if self._needs_second(rule, severity):
            second = self._second_evidence(rule, truth, heard)
            if second is None:
                severity = self._settings.two_evidence_from - 1
            else:
                because += (second,)
        sure = _confidence(truth, heard)
        if severity >= 3 and sure is not None and sure < self._settings.unsure_word:
            note = "heard with little certainty: check the words"
            because += (Evidence(value=round(sure, 2), note=note),)
        own = [e for e in truth.because if e.utterance == heard.utterance]
        return CueMatched(
            at=at,
            channel=heard.channel,
            start=min((e.start for e in own if e.start is not None), default=heard.start),
            end=max((e.end for e in own if e.end is not None), default=heard.end),
            match=f"{heard.utterance}:{rule.id}",
            utterance=heard.utterance,
            rule=rule.id,
            track=rule.track,
            severity=severity,
            text=" ... ".join(dict.fromkeys(e.text for e in own if e.text)),
            because=because,
        )

    # --- the two-evidence rule --------------------------------------------------------------

    def _needs_second(self, rule: Rule, severity: int) -> bool:
        return (
            rule.track is Track.CONDUCT
            and severity >= self._settings.two_evidence_from
            and rule.id not in self._plain_enough
        )

    def _second_evidence(self, rule: Rule, truth: Truth, heard: HeardWords) -> Evidence | None:
        raised = self._call.talk.raised[heard.channel]
        if raised is not None and raised >= self._settings.raised:
            return Evidence(value=round(raised, 2), note="and the voice is raised")
        for other, matched in self._call.matches.by_rule.items():
            if other not in self._conduct:
                continue
            for seen in reversed(matched):
                if heard.end - seen.end > self._settings.repeat_s:
                    break
                if not seen.guarded and seen.utterance != heard.utterance:
                    return Evidence(rule=other, start=seen.start, note="and not for the first time")
        sure = _confidence(truth, heard)
        if sure is not None and sure >= self._settings.sure_word:
            return Evidence(rule=rule.id, value=round(sure, 2), note="and clearly heard")
        return None

    # --- state ------------------------------------------------------------------------------

    def tick(self, now: float) -> Ticked:
        """Look at every condition on state."""
        occasion = Occasion(now, self._call)
        for past in self._watched:
            past.watch(occasion)
        matched: list[CueMatched] = []
        ended: list[str] = []
        for compiled in self._ambient:
            changes = self._call.matches.changes
            if now < compiled.rests_until and compiled.changes == changes:
                continue
            truth = compiled.truth_on_grid(occasion)
            state = compiled.state
            if truth is None:
                if compiled.lapse(occasion, changes):
                    ended.append(compiled.rule.id)
                continue
            state.last_true = now
            if state.active_since is not None:
                continue
            if state.pending_since is None:
                state.pending_since = now
            if now - state.pending_since >= compiled.rule.timing.for_:
                state.active_since = now
                state.by_words = False
                match = _state_match(compiled.rule, truth, now)
                self._see(match)
                self._rest(match)
                matched.append(match)
        return Ticked(matched=matched, ended=tuple(ended))

    # --- what other rules see ---------------------------------------------------------------

    def _see(self, match: CueMatched) -> None:
        self._call.matches.add(match.rule, seen_of(match))

    def forget(self, rule: str, match: str) -> None:
        """A match was withdrawn, or the agent marked it wrong."""
        self._call.matches.remove(rule, match)


def _stronger(match: CueMatched, earlier: CueMatched) -> bool:
    """Whether later words of the same utterance say more than a draft of them did."""
    if match.guarded is not earlier.guarded:
        return earlier.guarded
    return match.severity > earlier.severity


def _confidence(truth: Truth, heard: HeardWords) -> float | None:
    """Mean probability of the matched words; None where words carry none."""
    found = [
        word.confidence
        for evidence in truth.because
        if evidence.utterance == heard.utterance
        and evidence.start is not None
        and evidence.end is not None
        for word in heard.words
        if word.start >= evidence.start - 0.01 and word.end <= evidence.end + 0.01
    ]
    return sum(found) / len(found) if found else None


def _state_match(rule: Rule, truth: Truth, now: float) -> CueMatched:
    """Make a match that no single utterance caused."""
    because = tuple(
        e if e.rule is not None else msgspec.structs.replace(e, rule=rule.id) for e in truth.because
    )
    channel = Channel.AGENT if rule.speaker is Speaker.AGENT else Channel.CUSTOMER
    first = truth.because[0] if truth.because else None
    return CueMatched(
        at=now,
        channel=channel,
        start=first.start if first is not None and first.start is not None else now,
        end=now,
        match=f"{now:.1f}:{rule.id}",
        rule=rule.id,
        track=rule.track,
        severity=rule.severity,
        text=next((e.text for e in truth.because if e.text), ""),
        because=because,
    )
