"""A draft that proves wrong leaves nothing behind: what it had changed is as it was before."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulekit import PACK, ScriptedRun, agent, card, customer, rule, said
from shipped_rules import book, matcher
from strategies import calls

from coach.engine.advice.boundary import Ladder, LadderSettings
from coach.engine.advice.checklist import Checklist, ChecklistSettings
from coach.engine.advice.escalation import EscalationTracker
from coach.engine.advice.escalation_settings import EscalationSettings
from coach.engine.engine import Engine
from coach.engine.talk.mood import MoodPoint
from coach.events import (
    CardRaised,
    Channel,
    CueMatched,
    CueRetracted,
    Evidence,
    Fact,
    Hypothesis,
    Level,
    Track,
    Utterance,
)
from coach.snapshot import Snapshot
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    Count,
    CueSeen,
    NotFollowed,
    Sequence,
    Silence,
    Speaker,
)

SPOKE = Evidence(note="spoke")


def draft(at: float, name: str, text: str, by: Channel = Channel.CUSTOMER) -> Hypothesis:
    return Hypothesis(
        at=at, channel=by, start=at - 1.5, end=at - 0.5, utterance=name, committed=text, tail=""
    )


def wrong(at: float, name: str, text: str, by: Channel = Channel.CUSTOMER) -> Utterance:
    """A final text that cannot be believed."""
    return Utterance(
        at=at, channel=by, start=at - 2.0, end=at - 1.0, utterance=name, text=text, doubtful=True
    )


def cue(
    at: float, severity: int, track: Track = Track.CONDUCT, name: str = "conduct.insult"
) -> CueMatched:
    return CueMatched(
        at=at,
        channel=Channel.CUSTOMER,
        start=at - 1.0,
        end=at,
        match=f"C{at:g}:{name}",
        utterance=f"C{at:g}",
        rule=name,
        track=track,
        severity=severity,
        text="you",
        because=(Evidence(rule=name, text="you"),),
    )


# --- the level --------------------------------------------------------------------------------


def test_a_danger_that_is_withdrawn_leaves_the_danger_before_it() -> None:
    tracker = EscalationTracker(PACK, EscalationSettings(pinned_s=120.0))
    first, second = (cue(at, 4, Track.SAFETY, "safety.life") for at in (10.0, 20.0))
    tracker.cue(first)
    tracker.cue(second)
    tracker.forget(second.match)
    levels = {at: at for at in (21.0, 129.5, 130.0)}
    for at in levels:
        tracker.evaluate(at, None, None)
        levels[at] = tracker.level
    assert levels == {21.0: Level.CRITICAL, 129.5: Level.CRITICAL, 130.0: Level.ANGRY}


def test_a_danger_that_calls_for_care_can_be_withdrawn_too() -> None:
    tracker = EscalationTracker(
        PACK, EscalationSettings(care=("safety.self_harm",), pinned_s=900.0)
    )
    danger = cue(10.0, 4, Track.SAFETY, "safety.self_harm")
    tracker.cue(danger)
    tracker.evaluate(10.0, None, None)
    tracker.forget(danger.match)
    for step in range(400):
        tracker.evaluate(11.0 + step / 2, None, None)
    assert tracker.level is Level.CALM


@pytest.mark.parametrize("again", [True, False])
def test_heat_that_is_withdrawn_leaves_the_relief_before_it(*, again: bool) -> None:
    """The mood heats no more once good news has come."""
    tracker = EscalationTracker(PACK, EscalationSettings())
    mood = MoodPoint(at=5.0, score=-4.0, uncertainty=1.0)
    good, bad = cue(10.0, 0, Track.ESCALATION, "esc.recovered"), cue(12.0, 2)
    tracker.cue(good)
    if again:
        tracker.cue(bad)
        tracker.forget(bad.match)
    for at in (13.0, 13.5, 14.0):
        tracker.evaluate(at, mood, None)
    assert tracker.level is Level.CALM


def test_heat_that_is_withdrawn_leaves_the_friendly_turns_before_it() -> None:
    tracker = EscalationTracker(PACK, EscalationSettings())
    for at in (1.0, 2.0, 3.0):
        tracker.cue(cue(at, 3))
    tracker.evaluate(4.0, None, None)
    assert tracker.level is Level.CRITICAL
    tracker.turn(3.0, SPOKE)
    bad = cue(5.0, 1)
    tracker.cue(bad)
    tracker.forget(bad.match)
    tracker.turn(3.0, SPOKE)
    assert sum(heat.weight for heat in tracker._heats) == pytest.approx(9.6 * 0.85 * 0.5)


def test_good_news_in_a_calm_call_does_not_hold_back_what_comes_next() -> None:
    """It is followed when it comes, not when something else has."""
    tracker = EscalationTracker(PACK, EscalationSettings())
    tracker.evaluate(1.0, None, None)
    tracker.cue(cue(2.0, 0, Track.ESCALATION, "esc.recovered"))
    tracker.evaluate(2.0, None, None)
    tracker.cue(cue(3.0, 3))
    (change,) = tracker.evaluate(3.0, None, None)
    assert (change.at, change.level) == (3.0, Level.UPSET)


# --- the ladder -------------------------------------------------------------------------------


def offend(ladder: Ladder, at: float) -> str:
    offence = cue(at, 2)
    ladder.cue(offence)
    return offence.match


def test_an_offence_that_is_withdrawn_takes_no_calm_away() -> None:
    ladder = Ladder(PACK, LadderSettings())
    offend(ladder, 10.0)
    ladder.turn()
    ladder.forget(offend(ladder, 60.0), (), 61.0)
    assert ladder.view(61.0).stage == "acknowledge"
    assert [c.stage for c in ladder.tick(10.0 + LadderSettings().calm_s)] == ["none"]


def test_a_warning_given_stays_where_an_offence_before_it_is_withdrawn() -> None:
    ladder = Ladder(PACK, LadderSettings())
    offence = offend(ladder, 10.0)
    assert ladder.warned(12.0, 15.0)
    ladder.after_warning((), 15.0)
    assert ladder.forget(offence, (), 16.0) == []
    assert ladder.view(16.0).stage == "warn_1"


def test_each_of_two_offences_is_withdrawn_by_itself() -> None:
    ladder = Ladder(PACK, LadderSettings())
    first, second = offend(ladder, 10.0), offend(ladder, 20.0)
    assert [c.stage for c in ladder.forget(first, (), 21.0)] == ["acknowledge"]
    assert [c.stage for c in ladder.forget(second, (), 22.0)] == ["none"]


def test_what_holds_the_ladder_goes_on_where_another_such_word_is_withdrawn() -> None:
    ladder = Ladder(PACK, LadderSettings(held_s=300.0))
    told, misheard = (cue(at, 2, Track.ESCALATION, "esc.vulnerable") for at in (5.0, 50.0))
    ladder.cue(told)
    ladder.cue(misheard)
    ladder.forget(misheard.match, (), 51.0)
    assert ladder.view(304.0).held
    assert not ladder.view(305.0).held


# --- cards and checklist ----------------------------------------------------------------------


def test_a_card_shown_in_error_uses_up_no_wording() -> None:
    desk = ScriptedRun(rule("esc.boss", "manager", card=card(say=("one", "two"))))
    desk.feed([draft(3.0, "C1", "the manager"), wrong(5.0, "C1", "the merger")], until=10.0)
    desk.play(customer(20.0, "the manager"), until=25.0)
    assert [(r.at, r.say) for r in desk.results if isinstance(r, CardRaised)] == [
        (3.0, "one"),
        (21.7, "one"),
    ]


def closing(at: float, name: str) -> CueMatched:
    return cue(at, 0, Track.COACHING, name)


def test_a_reminder_at_what_was_no_closing_is_given_back() -> None:
    checklist = Checklist(PACK, ChecklistSettings(closing=("note.thanks",), over=(), reminders=1))
    misheard, said_so = closing(100.0, "note.thanks"), closing(120.0, "note.thanks")
    assert checklist.closing(misheard, agent_heard=True) is not None
    assert checklist.closing(said_so, agent_heard=True) is None
    checklist.forget(misheard.match)
    assert checklist.closing(said_so, agent_heard=True) is not None


def test_a_goodbye_stands_where_another_one_is_withdrawn() -> None:
    only = ChecklistSettings(closing=("note.thanks",), over=("note.goodbye",), over_s=60.0)
    checklist = Checklist(PACK, only)
    bye, misheard = closing(100.0, "note.goodbye"), closing(110.0, "note.goodbye")
    checklist.heed(bye)
    checklist.heed(misheard)
    checklist.forget(misheard.match)
    assert checklist.closing(closing(160.0, "note.thanks"), agent_heard=True) is None
    assert checklist.closing(closing(161.0, "note.thanks"), agent_heard=True) is not None


# --- rules that look at words -----------------------------------------------------------------


@pytest.mark.parametrize("text", ["one moment", "no mum and"])
def test_a_silence_that_a_draft_alone_announced_is_dead_air(text: str) -> None:
    """Whether the final cannot be believed or says something else."""
    quiet = rule("agent.quiet", Silence(longer_than=12.0, unless_said=("one moment",)), 1)
    desk = ScriptedRun(quiet)
    final = wrong(5.0, "A1", text, Channel.AGENT)
    final = msgspec.structs.replace(final, doubtful=text == "one moment")
    desk.play(agent(0.0, "hello", speak=0.5))
    desk.feed([draft(3.0, "A1", "one moment", Channel.AGENT), final], until=60.0)
    assert [r.at for r in desk.results if isinstance(r, CueMatched)] == [13.0]


# --- all of it --------------------------------------------------------------------------------


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls(keys=False), st.data())
def test_a_call_whose_wrong_drafts_are_left_out_comes_to_the_same(
    facts: list[Fact], data: st.DataObject
) -> None:
    drafted = sorted({f.utterance for f in facts if isinstance(f, Hypothesis)})
    if not drafted:
        return
    misheard = data.draw(st.sets(st.sampled_from(drafted), min_size=1))
    heard: list[Fact] = [
        msgspec.structs.replace(f, doubtful=True)
        if isinstance(f, Utterance) and f.utterance in misheard
        else f
        for f in facts[:-1]
    ]
    ends = []
    for given_ in (
        heard,
        [f for f in heard if not (isinstance(f, Hypothesis) and f.utterance in misheard)],
    ):
        engine = Engine(book(), matcher=matcher())
        for fact in given_:
            engine.receive(fact)
        engine.advance(heard[-1].at + 400.0)
        ends.append(engine.snapshot())
    one, two = map(left, ends)
    assert one == two


def left(snapshot: Snapshot) -> object:
    """What stays of the words of a call; how grave a cue is may hang on what was drafted then."""
    return (
        snapshot.level,
        msgspec.structs.replace(snapshot.record, cues=()),
        snapshot.praise,
        snapshot.mood,
        [item.done for item in snapshot.checklist],
    )


# --- what rests on another utterance's draft ----------------------------------------------------


BOSS = rule("esc.boss", "manager", 2)


def standing(desk: ScriptedRun) -> dict[str, int]:
    """The matches that stand, with their severity."""
    found: dict[str, int] = {}
    for one in desk.results:
        if isinstance(one, CueMatched):
            found[one.rule] = one.severity
        elif isinstance(one, CueRetracted):
            found.pop(one.rule, None)
    return found


def heard(at: float, name: str, text: str, by: Channel = Channel.CUSTOMER) -> Utterance:
    return Utterance(at=at, channel=by, start=at - 2.0, end=at - 1.0, utterance=name, text=text)


@pytest.mark.parametrize("known", [False, True])
def test_words_that_count_for_what_was_said_before_go_with_it(*, known: bool) -> None:
    """Unless it was said another time as well: then that is named in its place."""
    again = rule(
        "esc.again",
        AllOf(of=(said("as I said"), CueSeen(rules=("esc.boss",)))),
        2,
        card=card(),
    )
    desk = ScriptedRun(BOSS, again)
    desk.feed([heard(3.0, "C1", "get me the manager" if known else "hello")])
    desk.feed([draft(6.0, "C2", "the manager"), heard(8.0, "C3", "as I said")])
    assert desk.shown == "esc.again"
    desk.feed([heard(9.0, "C2", "the manor")])
    assert ("esc.again" in standing(desk)) is known
    assert desk.shown == ("esc.again" if known else "")
    if known:
        last = [r for r in desk.results if isinstance(r, CueMatched)][-1]
        assert [one.utterance for one in last.because] == ["C3", "C1"]


def test_an_insult_is_the_first_again_where_the_one_before_it_was_a_draft() -> None:
    rude = rule("conduct.insult", "useless", 3, card=card())
    vile = rule("conduct.worse", "idiot", 3, card=card())
    desk = ScriptedRun(rude, vile)
    desk.feed([draft(3.0, "C1", "you idiot"), heard(5.0, "C2", "you are useless")])
    assert standing(desk) == {"conduct.worse": 2, "conduct.insult": 3}
    desk.feed([heard(6.0, "C1", "you did it")])
    assert standing(desk) == {"conduct.insult": 2}


def test_a_warning_said_again_is_no_second_one_for_an_offence_in_a_draft() -> None:
    """Warnings are not taken back, so what decides about them is final."""
    rude = rule("conduct.insult", "useless", 2)
    warns = rule("say.warning_limit", "I will end this call", 0)

    def warnings(*between: Fact) -> int:
        desk = ScriptedRun(rude, warns)
        first = heard(5.0, "A1", "I will end this call", Channel.AGENT)
        second = heard(12.0, "A2", "I will end this call", Channel.AGENT)
        desk.feed([heard(3.0, "C1", "you are useless"), first, *between, second])
        return len(desk.engine.snapshot().record.warnings)

    assert warnings() == 1
    assert warnings(draft(9.0, "C2", "you are useless")) == 1
    assert warnings(heard(9.0, "C2", "you are useless")) == 2


LOOKING_BACK = (
    Count(of=said("so slow", by=Speaker.ANY), at_least=2),
    Sequence(first=said("so slow"), then=said("so slow", by=Speaker.AGENT), within=60),
)


@pytest.mark.parametrize("condition", LOOKING_BACK, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("final", ["it is so slow", "it is so low", "doubtful"])
def test_what_a_rule_remembers_of_a_draft_goes_with_it(
    condition: AnyCondition, final: str, *, known: bool
) -> None:
    """A rule that looks back has seen a part of itself in a draft of the other side's words."""
    desk = ScriptedRun(rule("esc.slow", condition, 2, card=card()))
    desk.feed([heard(3.0, "C1", "it was so slow" if known else "hello")])
    desk.feed([draft(6.0, "C2", "it is so slow")])
    by_both = heard(8.0, "A1", "I know it is so slow", Channel.AGENT)
    desk.feed([msgspec.structs.replace(by_both, start=6.1)])
    assert "esc.slow" in standing(desk)
    last = wrong(9.0, "C2", final) if final == "doubtful" else heard(9.0, "C2", final)
    desk.feed([last], until=20.0)
    stands = known or final == "it is so slow"
    assert ("esc.slow" in standing(desk)) is stands
    assert desk.shown == ("esc.slow" if stands else "")
    taken_back = [r.match for r in desk.results if isinstance(r, CueRetracted)]
    assert taken_back.count("A1:esc.slow") == (0 if final == "it is so slow" else 1)


def test_an_answer_that_was_waited_for_in_vain_goes_with_the_draft_that_asked() -> None:
    waited = NotFollowed(first=said("so slow"), then=said("sorry", by=Speaker.AGENT), within=4)
    desk = ScriptedRun(rule("esc.slow", waited, 2))
    desk.feed([draft(3.0, "C1", "it is so slow")], until=20.0)
    assert "esc.slow" in standing(desk)
    desk.feed([heard(21.0, "C1", "it is so low")], until=25.0)
    assert standing(desk) == {}


def test_what_rests_on_a_draft_by_its_own_words_goes_with_it() -> None:
    """The rule that was seen names these very words first, and the other side's draft second."""
    asked = Sequence(first=said("apple"), then=said("berry", by=Speaker.AGENT), within=20)
    again = AllOf(of=(said("apple"), CueSeen(rules=("esc.asked",))))
    desk = ScriptedRun(rule("esc.asked", asked, 2), rule("esc.more", again, 2))
    desk.feed([draft(3.0, "C1", "an apple"), draft(6.0, "A1", "a berry", Channel.AGENT)])
    desk.feed([heard(7.0, "C1", "an apple")])
    assert standing(desk) == {"esc.asked": 2, "esc.more": 2}
    desk.feed([wrong(8.0, "A1", "a berry", Channel.AGENT)])
    assert standing(desk) == {}
