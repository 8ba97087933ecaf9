"""Questions that the engine answers: measures over a call's facts, each with the moments it took.

A form names a measure and its fields; ``MEASURES`` says what each one finds, which fields it needs
and takes, and whether it may find that the question does not apply. A measure never decides: its
answer is a suggestion, which stands beside the one that a reviewer confirmed.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from coach.calls.scorecards.call_facts import CallFacts, FactMoment
from coach.calls.scorecards.form import NO, YES, AnswerKind, Automatic, Case, Question, Value
from coach.events import Channel, Level
from coach.notes.report.call_report import Span

MOST_MOMENTS = 12
"""Moments kept with an answer; the first ones."""
HARD = Level.UPSET
"""The level from which on a call has something to come down from."""
ANNOUNCED_S = 15.0
"""Seconds before a silence within which it counts as announced, unless the form says otherwise."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the engine answers."""

    value: Value | None
    """None says that the question does not apply."""
    because: str
    """In one clause, with the count or figure it goes by."""
    moments: tuple[FactMoment, ...] = ()


Roles = Mapping[str, frozenset[str]]
"""The ids of the rules of each role, in the set of rules that the call had."""
Found = tuple[Value | None, str, Sequence[FactMoment]]


class AutomaticMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """One way to find an answer."""

    meaning: str
    """In one clause: what it says yes to, or what it measures."""
    unit: str = ""
    """Of what it measures; empty where it says yes or no by itself."""
    needs: tuple[str, ...] = ()
    """Fields that must be given; ``a|b`` is one of them at least."""
    takes: tuple[str, ...] = ()
    """Further fields that may be given."""
    may_not_apply: bool = False
    two_tracks: bool = False
    """One track with both people on it does not tell: where both talk only one is heard."""
    find: Callable[[CallFacts, Automatic, Roles], Found]

    def fields(self) -> set[str]:
        """Every field that means something to it."""
        named = {name for need in self.needs for name in need.split("|")}
        return named | set(self.takes) | ({"at_least", "at_most"} if self.unit else set())


def suggest(question: Question, facts: CallFacts, roles: Roles) -> Suggestion | None:
    """Answer a question from a call; None where it is not answered by the engine."""
    how = question.automatic
    measure = MEASURES.get(how.measure) if how is not None else None
    if how is None or measure is None or (measure.two_tracks and facts.one_track):
        return None
    value, because, moments = measure.find(facts, how, roles)
    if measure.unit and question.kind is AnswerKind.YES_NO and value is not None:
        value = YES if Case(at_least=how.at_least, at_most=how.at_most).holds(value) else NO
    return Suggestion(value=value, because=because, moments=tuple(moments[:MOST_MOMENTS]))


# --- words ---------------------------------------------------------------------------------------


def _matching(
    facts: CallFacts, rules: Iterable[str], names: Iterable[str] = ()
) -> list[FactMoment]:
    """The moments of the rules that ids or patterns mean, and of those named in full."""
    patterns, known = tuple(rules), frozenset(names)
    return [
        moment
        for moment in facts.matches
        if moment.rule in known or any(fnmatch.fnmatchcase(moment.rule, p) for p in patterns)
    ]


def _asked_for(facts: CallFacts, how: Automatic, roles: Roles) -> list[FactMoment]:
    names = [rule for role in how.role for rule in roles.get(role, ())]
    return _matching(facts, how.rules, names)


def _heard(facts: CallFacts, how: Automatic, roles: Roles) -> Found:
    found = _asked_for(facts, how, roles)
    where = ""
    if how.within_s is not None:
        begin = min((s.start for side in facts.speech.values() for s in side), default=0.0)
        found = [moment for moment in found if moment.at <= begin + how.within_s]
        where = f" in the first {how.within_s:g} s"
    if how.last_s is not None:
        found = [moment for moment in found if moment.at >= facts.seconds - how.last_s]
        where += f" in the last {how.last_s:g} s"
    return (YES if found else NO), f"{_heard_times(len(found))}{where}", found


def _heard_after(facts: CallFacts, how: Automatic, roles: Roles) -> Found:
    causes = _matching(facts, how.after)
    if not causes:
        return None, "nothing in the call asks for it", ()
    answers = _asked_for(facts, how, roles)
    within = how.within_s or 0.0
    followed = [
        next((a for a in answers if cause.at <= a.at <= cause.at + within), None)
        for cause in causes
    ]
    met = sum(answer is not None for answer in followed)
    moments: list[FactMoment] = []
    for cause, answer in zip(causes, followed, strict=True):
        moments += [one for one in (cause, answer) if one is not None and one not in moments]
    value = YES if met / len(causes) >= how.least_share else NO
    return value, f"followed within {within:g} s: {met} of {len(causes)}", moments


def _announced(facts: CallFacts, how: Automatic, roles: Roles) -> Found:
    silences = list(facts.silences(how.silence_s or 0.0))
    if not silences:
        return None, f"no silence of {how.silence_s:g} s or more", ()
    notices = _asked_for(facts, how, roles)
    before = ANNOUNCED_S if how.within_s is None else how.within_s
    moments: list[FactMoment] = []
    met = 0
    for silence in silences:
        notice = [n for n in notices if silence.start - before <= n.at <= silence.start]
        met += bool(notice)
        moments += [*notice[-1:], _silent(silence)]
    value = YES if met / len(silences) >= how.least_share else NO
    return value, f"{met} of {len(silences)} long silences were announced", moments


def _warned_in_order(facts: CallFacts, how: Automatic, roles: Roles) -> Found:
    ends = _matching(facts, how.rules, roles.get("end_call", ()))
    if not (facts.warnings or ends):
        return None, "no warning was given, and the call was not ended for cause", ()
    requests = _matching(facts, (), roles.get("warning_request", ()))
    limits = _matching(facts, (), roles.get("warning_limit", ()))
    moments = sorted([*facts.warnings, *ends], key=lambda moment: moment.at)
    if limits and not any(asked.at <= limits[0].at for asked in requests):
        return NO, "the limit was named before respect was asked for", moments
    before = [w for w in facts.warnings if not ends or w.at <= ends[0].at]
    if ends and len(before) < how.warnings:
        return NO, f"ended after {len(before)} of {how.warnings} warnings", moments
    return YES, f"{len(before)} warnings, in order", moments


# --- what was promised and how it went -----------------------------------------------------------


def _dated_promise(facts: CallFacts, how: Automatic, _roles: Roles) -> Found:
    if not facts.promises:
        return None, "the agent promised nothing", ()
    dated = [promise for promise in facts.promises if promise.due]
    value = YES if len(dated) / len(facts.promises) >= how.least_share else NO
    told = [
        msgspec.structs.replace(
            one.moment, text=f"{one.moment.text} ({f'due {one.due}' if one.due else 'no date'})"
        )
        for one in facts.promises
    ]
    return value, f"{len(dated)} of {len(facts.promises)} promises have a date", told


def _calmed(facts: CallFacts, _how: Automatic, _roles: Roles) -> Found:
    worst = max(level for _, level in facts.levels)
    if worst < HARD:
        return None, f"the call never came to {HARD.name.lower()}", ()
    last = facts.levels[-1][1]
    moments = [
        FactMoment(at=at, text=f"level {level.name.lower()}") for at, level in facts.levels[1:]
    ]
    because = f"{worst.name.lower()} at worst, {last.name.lower()} at the end"
    return (YES if last < worst else NO), because, moments


# --- figures -------------------------------------------------------------------------------------


def _longest_silence(facts: CallFacts, _how: Automatic, _roles: Roles) -> Found:
    return _longest(list(facts.silences(0.0)), "silence")


def _longest_turn(facts: CallFacts, _how: Automatic, _roles: Roles) -> Found:
    return _longest(facts.speech[Channel.AGENT], "stretch of the agent's")


def _longest(spans: Sequence[Span], what: str) -> Found:
    longest = max(spans, key=lambda span: span.seconds, default=None)
    if longest is None:
        return 0.0, f"no {what}", ()
    value = round(longest.seconds, 1)
    return value, f"longest {what}: {value:g} s", (_silent(longest, what),)


def _talk_over(facts: CallFacts, _how: Automatic, _roles: Roles) -> Found:
    count = len(facts.talk_overs)
    told = f"spoke over the customer {_times(count)}" if count else "never spoke over the customer"
    return float(count), told, facts.talk_overs


def _talk_share(facts: CallFacts, _how: Automatic, _roles: Roles) -> Found:
    agent, customer = (
        sum(span.seconds for span in facts.speech[side])
        for side in (Channel.AGENT, Channel.CUSTOMER)
    )
    if agent + customer < 1.0:
        return None, "hardly anything was said", ()
    share = round(100.0 * agent / (agent + customer), 1)
    return share, f"the agent spoke {share:g} % of all speech", ()


def _silent(span: Span, what: str = "silence") -> FactMoment:
    return FactMoment(at=span.start, text=f"{what}, {span.seconds:.1f} s")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _heard_times(count: int) -> str:
    return f"heard {_times(count)}" if count else "not heard"


_WORDS = "rules|role"
MEASURES: dict[str, AutomaticMeasure] = {
    "heard": AutomaticMeasure(
        meaning="yes where a rule heard it, in the first or last seconds if so asked",
        needs=(_WORDS,),
        takes=("within_s", "last_s"),
        find=_heard,
    ),
    "heard_after": AutomaticMeasure(
        meaning="yes where it was heard within so many seconds after each match of other rules",
        needs=(_WORDS, "after", "within_s"),
        takes=("least_share",),
        may_not_apply=True,
        find=_heard_after,
    ),
    "announced": AutomaticMeasure(
        meaning="yes where every silence of that length was announced just before",
        needs=(_WORDS, "silence_s"),
        takes=("within_s", "least_share"),
        may_not_apply=True,
        find=_announced,
    ),
    "warned_in_order": AutomaticMeasure(
        meaning="yes where respect was asked for before the limit was named, and the call ended "
        "for cause only after so many warnings",
        takes=("warnings", "rules"),
        may_not_apply=True,
        find=_warned_in_order,
    ),
    "dated_promise": AutomaticMeasure(
        meaning="yes where the agent's promises have a date",
        takes=("least_share",),
        may_not_apply=True,
        find=_dated_promise,
    ),
    "calmed": AutomaticMeasure(
        meaning="yes where a call that came to upset or worse ended below its worst level",
        may_not_apply=True,
        find=_calmed,
    ),
    "longest_silence": AutomaticMeasure(
        meaning="the longest silence between two utterances", unit="s", find=_longest_silence
    ),
    "longest_turn": AutomaticMeasure(
        meaning="the agent's longest stretch of speech", unit="s", find=_longest_turn
    ),
    "talk_over": AutomaticMeasure(
        meaning="how often the agent spoke over the customer; not answered of one mixed track",
        unit="times",
        two_tracks=True,
        find=_talk_over,
    ),
    "talk_share": AutomaticMeasure(
        meaning="the agent's share of all speech", unit="%", may_not_apply=True, find=_talk_share
    ),
}
"""By the name that forms use."""
