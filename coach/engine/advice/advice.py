"""From matches to the card: checklist, record, ladder, level and cards, in that order.

``coach.engine.engine`` hands words and time in; each pass goes once down the list, and what a part
finds is there for the parts below it. Warnings, promises and ticks are taken from final words
only, because they are not taken back; levels and cards may follow a draft and are corrected
when the final words say something else.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import msgspec

from coach.engine.advice.bad_news import BadNews
from coach.engine.advice.boundary import Ladder, LadderSettings, is_ladder_rule
from coach.engine.advice.card_policy import CardSettings, Mode, Request, suppressed
from coach.engine.advice.cards import CardSlot, MakeSlot
from coach.engine.advice.checklist import Checklist, ChecklistSettings, is_item
from coach.engine.advice.dangers import Dangers
from coach.engine.advice.escalation import EscalationTracker
from coach.engine.advice.escalation_settings import EscalationSettings
from coach.engine.advice.ladder_moves import Rung
from coach.engine.advice.latest_done import latest_done
from coach.engine.advice.record import CallRecord, RecordSettings
from coach.engine.advice.routine import Routine
from coach.engine.advice.settling import Calmed, CustomerTurn, Settling
from coach.engine.advice.wanted_cards import CardAsking, request
from coach.engine.cues.belief import CueSettings
from coach.engine.cues.occasion import LEVEL, CallState
from coach.engine.cues.tracker import CueTracker
from coach.engine.talk.heard import HeardWords
from coach.engine.talk.mood import MoodTurn
from coach.engine.talk.state import TalkState
from coach.engine.talk.transcript import Transcript
from coach.events import (
    CardSuppressed,
    Channel,
    Clearing,
    CueMatched,
    CueRetracted,
    Evidence,
    Result,
    Suppression,
    Track,
    WarningGiven,
)
from rules.definition.roles import Family, Role
from rules.definition.rule import Rule
from rules.matching.matcher import Matcher

WARNINGS = (Role.WARNING_REQUEST, Role.WARNING_LIMIT)
"""Roles of the rules that hear the agent give a boundary warning."""
TURN_OVER_S = 2.0
"""Seconds of the agent's silence after which their turn is over; a pause for breath is shorter."""


class Advice:
    """Everything between the words and the screen, for one call."""

    def __init__(  # noqa: PLR0913 - what one call needs, each of it once
        self,
        matcher: Matcher,
        talk: TalkState,
        transcript: Transcript,
        parts: tuple[
            CueSettings,
            RecordSettings,
            ChecklistSettings,
            LadderSettings,
            EscalationSettings,
            CardSettings,
        ],
        agent_name: str,
        *,
        slot: MakeSlot = CardSlot,
    ) -> None:
        cues, record, checklist, ladder, escalation, cards = parts
        rules = matcher.book.active()
        self._rules: dict[str, Rule] = {rule.id: rule for rule in rules}
        self._state = CallState(talk)
        self._transcript = transcript
        self._agent_name = agent_name
        heeded = [rule for rule in rules if not is_ladder_rule(rule)]
        self.cues = CueTracker(heeded, self._state, cues, matcher.numbers)
        self.record = CallRecord(rules, record)
        self.checklist = Checklist(rules, checklist)
        self.ladder = Ladder(rules, ladder)
        self._wanted = CardAsking(self._rules, self.ladder)
        self.escalation = EscalationTracker(rules, escalation)
        self._ends: dict[str, float] = {}
        """When each utterance ended."""
        done = functools.partial(latest_done, self._rules, self._state.matches, self._ends)
        self.cards = slot(cards, done)
        self._answered_by = _answered_by(rules)
        """Which rules' cards each rule about the agent's words makes needless."""
        self.praise: dict[Role, None] = {}
        self._dangers = Dangers(cards.after_danger_s)
        self._bad_news = BadNews()
        self._settling = Settling(escalation.pleasant)
        self._turn: MoodTurn | None = None
        """The customer's latest scored turn."""
        self._routine = Routine()
        self._marked: dict[str, str] = {}
        """The utterance that a match is shown at in the transcript."""
        self._agent_spoke: float | None = None
        """Where the agent's latest words of a turn began, until it is over; minus infinity where
        nothing yet was more than a sign of listening."""
        self._ticks: dict[str, list[CueMatched]] = {}
        """Checklist items that follow from other rules' matches, by utterance not yet final."""

    def take_rules(self, matcher: Matcher, at: float) -> list[Result]:
        """Go by other rules, and keep all that is known of the call."""
        rules = matcher.book.active()
        self._rules.clear()
        self._rules.update((rule.id, rule) for rule in rules)
        self.cues.take_rules((r for r in rules if not is_ladder_rule(r)), matcher.numbers)
        for tracker in (self.record, self.checklist, self.ladder, self.escalation):
            tracker.take_rules(rules)
        self._answered_by = _answered_by(rules)
        self._ticks = {
            utterance: [match for match in ticks if match.rule in self._rules]
            for utterance, ticks in self._ticks.items()
        }
        return self.cards.take_rules(self._rules, at)

    # --- entrances --------------------------------------------------------------------------

    def hear(self, heard: HeardWords, at: float) -> list[Result]:
        """Words arrived, a draft or final."""
        self._keep_quiet(at)
        self._routine.hear(heard)
        if heard.channel is Channel.AGENT and self._agent_spoke is None:
            self._agent_spoke = -math.inf
        heeded = self.cues.hear(heard, at)
        if not heard.final and not heeded.results:
            self._routine.heard()
            return [*self._weigh(at)]
        results = self._matches(heeded.results, at, final=heard.final)
        for match in results:
            if isinstance(match, CueMatched) and is_item(self._rules[match.rule]):
                self._ticks.setdefault(heard.utterance, []).append(match)
        if heard.final:
            self._ends[heard.utterance] = heard.end
            self.record.said(heard)
            results += self._confirm(heard, heeded.confirmed, at)
            results += [
                CardSuppressed(at=at, rule=rule, reason=Suppression.NOT_SURE, because=(evidence,))
                for rule, evidence in heeded.nearly
            ]
            results += [
                CardSuppressed(at=at, rule=rule, reason=Suppression.ALREADY_DONE, because=why)
                for rule, why in heeded.answered
            ]
            rules = frozenset(match.rule for match in heeded.confirmed)
            drafted = self._routine.final(heard.utterance, rules)
            results += self._follow(results, at, drafted, heard, heeded.confirmed)
            if heard.channel is Channel.AGENT:
                results += self.cards.spoke(heard.whole(), at)
                if not self._state.talk.turns.is_backchannel(heard.text):
                    self._agent_spoke = heard.start
        else:
            results += self._follow(results, at)
        self._routine.heard()
        return results

    def withdraw(self, utterance: str, at: float) -> list[Result]:
        """A final text cannot be used: what was drafted of it does not count."""
        self._keep_quiet(at)
        results = self.cues.withdraw(utterance, at)
        self._ticks.pop(utterance, None)
        self._routine.forget(utterance)
        return results + self._follow(results, at) if results else results

    def tick(self, at: float, *, listening: bool) -> list[Result]:
        """Let time pass; while the call is paused nothing but the card grows older."""
        self._keep_quiet(at)
        if not listening:
            return self.cards.tick(at, ())
        ticked = self.cues.tick(at)
        results: list[Result] = [*ticked.matched, *self.ladder.tick(at)]
        results += self._follow(results, at) if results else self._weigh(at)
        self._heed_turn(at)
        results += self.cards.tick(at, ticked.ended)
        return results

    def _heed_turn(self, at: float) -> None:
        """Tell the cards of a turn of the agent's that is over: what it did not do is undone."""
        turns, since = self._state.talk.turns, self._agent_spoke
        end = turns.last_end(Channel.AGENT)
        if since is None or end is None or at - end < TURN_OVER_S:
            return
        if not turns.unheard(Channel.AGENT, at, at):
            self._agent_spoke = None
            self.cards.turn_over(since)

    def end(self, at: float) -> list[Result]:
        """The call is over."""
        return self.cards.end(at)

    # --- the pass ---------------------------------------------------------------------------

    def _matches(self, found: Sequence[Result], at: float, *, final: bool) -> list[Result]:
        """The matches, and those of rules that look at them."""
        results = list(found)
        if final or any(isinstance(one, CueMatched) for one in found):
            ticked = self.cues.tick(at)
            results += ticked.matched
            if ticked.ended:
                results += self.cards.tick(at, ticked.ended)
        return results

    def _confirm(
        self, heard: HeardWords, confirmed: Sequence[CueMatched], at: float
    ) -> list[Result]:
        """Take into the record what final words say."""
        results: list[Result] = []
        # "I am going to end the call now" gives no further chance, so it is no warning.
        warned = any(self._is(match, Role.END_CALL) for match in confirmed)
        results += self._done_items(heard, confirmed)
        for match in confirmed:
            self.ladder.confirmed(match)
            results += self.record.final(match, heard)
            if heard.channel is not Channel.AGENT:
                continue
            rule = self._rules[match.rule]
            if rule.family is Family.SAY:
                self.praise.update(dict.fromkeys(rule.roles))
            if self._is(match, *WARNINGS) and not warned:
                warned = True
                results += self._warned(match, heard)
            elif self._is(match, Role.END_CALL):
                results += self.ladder.ended(match.because, match.at)
        if heard.channel is Channel.AGENT:
            roles = {role for match in confirmed for role in self._rules[match.rule].roles}
            self._bad_news.said(roles, heard.end)
        offended = any(match.track is Track.CONDUCT for match in confirmed)
        if heard.channel is not Channel.AGENT and not offended:
            self.ladder.turn()
        self._set_mode(at)
        return results

    def _done_items(self, heard: HeardWords, confirmed: Sequence[CueMatched]) -> list[Result]:
        """Tick the items that follow from other rules."""
        results: list[Result] = []
        said = {match.rule: match for match in confirmed}
        for item in self._ticks.pop(heard.utterance, ()):
            causes = (item.rule, *(e.rule for e in item.because if e.rule is not None))
            cause = next((said[rule] for rule in causes if rule in said), None)
            if cause is not None:
                results += self.checklist.tick(item.rule, cause, heard.utterance)
        return results

    def _warned(self, match: CueMatched, heard: HeardWords) -> list[Result]:
        if not self.ladder.warned(match.start, heard.end):
            return []
        given = WarningGiven(
            at=match.at,
            channel=heard.channel,
            start=match.start,
            end=match.end,
            number=self.ladder.given,
            utterance=heard.utterance,
            text=heard.text,
            because=match.because,
        )
        self.record.warning(given)
        return [given, *self.ladder.after_warning(match.because, match.at)]

    def _follow(
        self,
        found: Sequence[Result],
        at: float,
        drafted: Sequence[CueMatched] = (),
        said: HeardWords | None = None,
        confirmed: Sequence[CueMatched] = (),
    ) -> list[Result]:
        """Take matches and withdrawals on to the ladder, the level and the cards.

        ``drafted``: matches of drafts that waited for the final words. ``said``: those, with all
        that is ``confirmed`` of them.
        """
        results: list[Result] = []
        asked: list[Request] = []
        for one in found:
            if isinstance(one, CueMatched) and self.checklist.heed(one):
                results += self.cards.goodbye(at)
        for one in found:
            if isinstance(one, CueRetracted):
                results += self._retracted(one)
            elif isinstance(one, CueMatched):
                results += self._matched(one, asked)
        for one in drafted:
            # It counts from now on: nobody knew before whether it does.
            weighed = msgspec.structs.replace(one, at=at)
            results += self._weighed(weighed, self._rules[one.rule], asked)
        if said is not None and said.channel is not Channel.AGENT:
            self._settle(said, confirmed, at)
        results += self._weigh(at)
        if asked:
            results += self.cards.ask(asked, at)
        return results

    def _weigh(self, at: float) -> Sequence[Result]:
        """Set the level."""
        state, escalation = self._state, self.escalation
        talk = state.talk
        results = escalation.evaluate(at, talk.mood.point, talk.raised[Channel.CUSTOMER])
        if state.level is not escalation.level:
            state.level = escalation.level
            state.moved.add(LEVEL)
        return results

    def _settle(self, heard: HeardWords, confirmed: Sequence[CueMatched], at: float) -> None:
        """Let the level follow what a finished turn of the customer's shows of their settling."""
        roles = {role for match in confirmed for role in self._rules[match.rule].roles}
        heats = self.escalation.heats_in(heard.utterance)
        in_doubt = self.praise_in_doubt(heard.start) and Role.REGRET not in roles
        if not heats and not in_doubt:
            for match in confirmed:
                if _is_good_news(match):
                    self.escalation.cue(match)
        if heard.channel is not Channel.CUSTOMER:
            return
        feeling = heard.score
        turn = self._turn
        scored = turn is not None and turn.utterance == heard.utterance
        talk = self._state.talk
        heated = self.escalation.heated_until()
        shown = self._settling.turn(
            CustomerTurn(
                start=heard.start,
                end=heard.end,
                words=len(heard.text.split()),
                roles=roles,
                heats=heats,
                score=turn.score if turn is not None and scored else None,
                distress=feeling.distress if feeling is not None else 0.0,
                in_doubt=in_doubt,
                over_db=talk.loud[Channel.CUSTOMER],
                put_right=self._bad_news.put_right(heated),
                soothed=self._bad_news.soothed(heated),
            )
        )
        if shown is not Calmed.NOT:
            self.escalation.settled(shown, heard.whole(), at, talk.mood.point)
        if shown >= Calmed.KINDLY:
            self.cards.settled(at)

    def praise_in_doubt(self, start: float) -> bool:
        """Whether praise that begins then may be sarcasm, since the agent told bad news."""
        return self._bad_news.stands(start)

    def turn(self, turn: MoodTurn, because: Evidence) -> None:
        """The customer's turn was scored."""
        self._turn = turn
        self.escalation.turn(turn.score, because)

    def _is(self, match: CueMatched, *roles: Role) -> bool:
        """Whether the rule that matched has one of the roles."""
        return not set(roles).isdisjoint(self._rules[match.rule].roles)

    # --- one match --------------------------------------------------------------------------

    def _matched(self, match: CueMatched, asked: list[Request]) -> list[Result]:
        results: list[Result] = []
        rule = self._rules[match.rule]
        utterance = next((e.utterance for e in match.because if e.utterance), None)
        if utterance is not None and rule.family.is_cue:
            self._marked[match.match] = utterance
            self._transcript.mark(utterance, match.rule, matched=True)
        self.record.cue(match, rule)
        if match.utterance in self._ends:
            self.ladder.confirmed(match)
        if rule.track is Track.SAFETY and match.severity >= 3:
            asks = rule.card is not None and request(rule, match).danger
            self._dangers.opened(match.match, match.rule, asks=asks, at=match.at)
            self._set_mode(match.at)
            results += self.cards.safety_opened(match.at)
        if match.channel is Channel.AGENT and not match.guarded:
            evidence = match.because[0] if match.because else Evidence(rule=match.rule)
            results += self.cards.said(match.rule, rule.title, evidence, match.at)
            for answered in self._answered_by.get(match.rule, ()):
                self.cues.settle(answered)
        own: list[Request] = []
        results += self._weighed(match, rule, own)
        if self.ladder.rung in (Rung.NONE, Rung.ACKNOWLEDGE):
            # A call that ends for cause, or nearly so, is no occasion for a gentle reminder.
            item = self.checklist.closing(match, agent_heard=self._state.talk.agent_heard)
            asked += [request(item, match)] if item is not None else []
        asked += own
        return results

    def _weighed(self, match: CueMatched, rule: Rule, asked: list[Request]) -> list[Result]:
        """Let the match count for the level, the ladder and a card, unless it is routine."""
        routine = self._routine.asked(match, rule, self.escalation.level)
        if routine is not None:
            held = suppressed(request(rule, match), match.at, Suppression.ROUTINE, routine)
            return [held] if routine.threshold is not None else []
        if not _is_good_news(match):
            self.escalation.cue(match)
        offer = self.ladder.cue(match)
        changed = list(offer.changed) if offer is not None else []
        return [*changed, *self._wanted.ask(match, rule, offer, asked)]

    def _retracted(self, gone: CueRetracted) -> list[Result]:
        self._unmark(gone.match, gone.rule)
        results: list[Result] = list(self.ladder.forget(gone.match, gone.because, gone.at))
        self.record.forget(gone.match)
        self.checklist.forget(gone.match)
        self.escalation.forget(gone.match)
        self._wanted.forget(gone.match)
        if self._dangers.forget(gone.match):
            self._set_mode(gone.at)
        return results + self.cards.retract(gone.match, gone.because, gone.at)

    def _unmark(self, match: str, rule: str) -> None:
        utterance = self._marked.pop(match, None)
        if utterance is not None:
            self._transcript.mark(utterance, rule, matched=False)

    # --- the agent's verdict on a card ------------------------------------------------------

    def answer(self, reason: Clearing, named: str | None, at: float) -> list[Result]:
        """The agent acknowledged or used a card: a danger is seen to, but not over."""
        shown = self.cards.shown
        results = self.cards.answer(reason, named, at)
        if results and shown is not None:
            self._dangers.answered(shown.rule.id, at)
            self._set_mode(at)
        return results

    def wave_away(self, request: Request, *, wrong: bool, at: float) -> list[Result]:
        """The agent dismissed a card: a danger is over; marked wrong, its match never was."""
        self._dangers.over(request.rule.id)
        self._set_mode(at)
        if not wrong:
            return []
        self.escalation.forget(request.match)
        self.record.forget(request.match)
        self.cues.forget(request.cause, request.match)
        self._unmark(request.match, request.cause)
        because = (Evidence(rule=request.cause, note="marked wrong by the agent"),)
        return list(self.ladder.forget(request.match, because, at))

    # --- quiet and mode --------------------------------------------------------------------------

    def _keep_quiet(self, at: float) -> None:
        """The quiet after a danger may be over."""
        if self._dangers.quiet(at) is not self.cards.policy.mode.safety_open:
            self._set_mode(at)

    def _set_mode(self, at: float) -> None:
        self.ladder.safety_open = self._dangers.open
        self.cards.policy.mode = Mode(
            safety_open=self._dangers.quiet(at),
            issue=self.record.issue(),
            agent=self._agent_name,
        )


def _is_good_news(match: CueMatched) -> bool:
    """Whether it is told in words that ease the heat; they do so once the turn is finished."""
    good = match.severity == 0 and match.track is not Track.COACHING
    return good and match.utterance is not None and match.channel is not Channel.AGENT


def _answered_by(rules: Sequence[Rule]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in rules:
        for done in rule.card.done_when if rule.card else ():
            found.setdefault(done, []).append(rule.id)
    return found
