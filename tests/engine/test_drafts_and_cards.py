"""What a draft said and the final words do not: cards follow the final, in either direction."""

from __future__ import annotations

import msgspec
import pytest
from rulekit import ScriptedRun, card, rule, said

from coach.engine.advice.card_policy import CardSettings
from coach.engine.engine import EngineSettings
from coach.events import (
    Action,
    AgentAction,
    CardCleared,
    CardRaised,
    CardStrengthened,
    CardSuppressed,
    Channel,
    Clearing,
    CueMatched,
    CueRetracted,
    Hypothesis,
    Suppression,
    Utterance,
    Word,
)
from rules.definition.rule import Kind, Rule, Timing

ARM = rule("threat.arm", said("hurt you"), 4, card=card(Kind.THREAT, hold=None))
LIFE = rule("safety.life", said("end it all"), 4, card=card(Kind.SAFETY, hold=None))
RUDE = rule("conduct.insult", said("useless"), 3, card=card(Kind.BOUNDARY))


def draft(at: float, text: str, *, name: str = "C1", by: Channel = Channel.CUSTOMER) -> Hypothesis:
    return Hypothesis(
        at=at, channel=by, start=1.0, end=at - 0.5, utterance=name, committed=text, tail=""
    )


def final(
    at: float,
    text: str,
    *,
    name: str = "C1",
    by: Channel = Channel.CUSTOMER,
    sure: float | None = None,
) -> Utterance:
    spoken = text.split()
    words = () if sure is None else tuple(
        Word(text=w, start=1.0 + n / 4, end=1.2 + n / 4, confidence=sure)
        for n, w in enumerate(spoken)
    )  # fmt: skip
    end = 1.0 + len(spoken) / 4
    return Utterance(at=at, channel=by, start=1.0, end=end, utterance=name, text=text, words=words)


def run(*rules: Rule) -> ScriptedRun:
    return ScriptedRun(*rules, settings=EngineSettings())


def test_a_draft_misheard_as_negated_does_not_use_up_the_card_of_its_final() -> None:
    desk = run(ARM)
    desk.feed([draft(3, "I'm not going to hurt you")])
    assert desk.shown == ""
    desk.feed([final(5, "I'm now going to hurt you")])
    assert desk.shown == "threat.arm"


def test_not_even_where_the_severity_stays_what_it_was() -> None:
    """Negated, the insult counts 2 of 3; plain, but heard once only, it counts 2 as well."""
    desk = run(RUDE)
    desk.feed([draft(3, "I'm not saying you are useless")])
    assert desk.cards() == []
    desk.feed([final(5, "I mean it you are useless")])
    assert desk.cards() == ["conduct.insult"]


def test_a_draft_misheard_as_plain_does_not_stand_against_its_final() -> None:
    desk = run(RUDE)
    desk.feed([draft(3, "I mean it you are useless")])
    assert desk.cards() == ["conduct.insult"]
    desk.feed([final(5, "I'm not saying you are useless")], until=12.0)
    assert desk.shown == ""
    assert desk.engine.snapshot().ladder.stage == "none"
    gone = [r for r in desk.results if isinstance(r, CueRetracted)]
    left = [r for r in desk.results if isinstance(r, CueMatched)][-1]
    assert [r.match for r in gone] == [left.match]
    assert (left.severity, left.guarded) == (2, True)
    refused = [r.reason for r in desk.results if isinstance(r, CardSuppressed)]
    assert Suppression.DOUBTFUL in refused


def test_a_severity_that_rises_reaches_the_card_on_the_screen() -> None:
    desk = run(LIFE)
    desk.feed([draft(3, "she said I should end it all")])
    (raised,) = [r for r in desk.results if isinstance(r, CardRaised)]
    assert raised.severity == 3
    desk.feed([final(5, "and now I will end it all")])
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert (shown.card, shown.severity) == (raised.card, 4)
    assert shown.because[0].guard is None
    (stronger,) = [r for r in desk.results if isinstance(r, CardStrengthened)]
    assert (stronger.card, stronger.severity) == (raised.card, 4)


def test_a_second_utterance_may_be_graver_than_the_one_on_the_card() -> None:
    desk = run(RUDE)
    desk.feed([final(3, "you are useless", sure=0.7)])
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert shown.severity == 2
    desk.feed([final(6, "you are useless", name="C2", sure=0.95)])
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert shown.severity == 3
    assert desk.cards() == ["conduct.insult"]


def test_a_card_that_becomes_one_about_a_danger_stays() -> None:
    plain = rule("safety.check", said("tired of life"), 3, card=card(Kind.SAFETY, hold=10))
    desk = run(plain)
    desk.feed([draft(3, "he said I am tired of life")])
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert (shown.stays, shown.danger, shown.until) == (False, False, 13.0)
    desk.feed([final(5, "I am tired of life")], until=200.0)
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert (shown.stays, shown.danger, shown.until) == (True, True, None)


def test_what_waits_is_asked_about_anew_once_it_is_a_danger() -> None:
    other = rule("esc.other", said("bill"), 2, card=card())
    plain = rule(
        "safety.check", said("tired of life"), 3, card=card(Kind.SAFETY, hold=10, priority=10)
    )
    desk = run(other, plain)
    desk.feed([draft(3, "the bill", name="C0"), draft(4, "he said I am tired of life")])
    assert desk.shown == "esc.other"
    desk.feed([final(5, "I am tired of life")])
    assert desk.shown == "safety.check"
    cleared = [(r.rule, r.reason) for r in desk.results if isinstance(r, CardCleared)]
    assert cleared == [("esc.other", Clearing.REPLACED)]


def test_confirmed_words_change_nothing() -> None:
    desk = run(ARM)
    desk.feed([draft(3, "I'm going to hurt you"), final(5, "I'm going to hurt you")])
    assert len([r for r in desk.results if isinstance(r, CueMatched)]) == 1
    assert desk.cards() == ["threat.arm"]


@pytest.mark.parametrize(("hold", "stays"), [(20.0, False), (None, True)])
def test_a_card_says_whether_it_stays_and_whether_it_is_about_a_danger(
    hold: float | None, *, stays: bool
) -> None:
    desk = run(rule("esc.boss", said("manager"), 3, card=card(hold=hold)))
    desk.feed([final(3, "your manager")])
    (raised,) = [r for r in desk.results if isinstance(r, CardRaised)]
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert (raised.stays, raised.danger) == (shown.stays, shown.danger) == (stays, False)


def test_words_that_prove_to_be_the_other_sides_lose_their_matches_with_the_next_draft() -> None:
    calm = rule("agent.calm", said("calm down"), 1, card=card(), timing=Timing(cooldown=0.0))
    desk = run(rule("esc.boss", said("manager"), 3, card=card()), calm)
    desk.feed([draft(3, "calm down your manager")])
    assert desk.shown == "esc.boss"
    desk.feed([draft(4, "calm down your manager", by=Channel.AGENT)])
    gone = [r.rule for r in desk.results if isinstance(r, CueRetracted)]
    assert gone == ["esc.boss"]
    assert desk.shown == "agent.calm"


def test_what_was_withdrawn_takes_its_card_along_and_is_told_on_its_line() -> None:
    desk = run(RUDE)
    desk.feed([draft(3, "I mean it you are useless")])
    assert desk.shown == "conduct.insult"
    gone = msgspec.structs.replace(final(5, ""), withdrawn="I mean it you are useless")
    desk.feed([gone])
    assert desk.shown == ""
    cleared = [r.reason for r in desk.results if isinstance(r, CardCleared)]
    assert cleared == [Clearing.RETRACTED]
    assert [type(r) for r in desk.results if isinstance(r, CueRetracted)] == [CueRetracted]
    (line,) = desk.engine.snapshot().transcript
    assert (line.text, line.withdrawn) == ("", "I mean it you are useless")
    desk.feed([draft(13, "hello", name="C2"), final(14, "", name="C2")])
    assert len(desk.engine.snapshot().transcript) == 1


def test_a_danger_that_was_withdrawn_stays_and_the_line_says_so() -> None:
    desk = run(ARM)
    desk.feed([draft(3, "I am going to hurt you")])
    desk.feed([msgspec.structs.replace(final(5, ""), withdrawn="I am going to hurt you")])
    assert desk.shown == "threat.arm"
    (line,) = desk.engine.snapshot().transcript
    assert line.withdrawn == "I am going to hurt you"


def shown_and_gone(*keys: AgentAction) -> ScriptedRun:
    """A draft's card leaves the screen before the final text says something else."""
    boss = rule(
        "agent.boss",
        "manager",
        2,
        card=card(Kind.TONE, hold=4.0),
        timing=Timing(cooldown=600.0, max_per_call=1),
    )
    desk = ScriptedRun(
        boss, settings=EngineSettings(cards=CardSettings(tone_budget=1, max_per_call=1))
    )
    desk.feed([draft(3, "ask the manager", by=Channel.AGENT), *keys], until=9.0)
    assert desk.shown == ""
    desk.feed([final(10, "ask the manor", by=Channel.AGENT)])
    later = final(20, "ask the manager", name="A2", by=Channel.AGENT)
    desk.feed([msgspec.structs.replace(later, start=18.0, end=19.0)])
    return desk


def test_a_card_that_has_gone_gives_back_what_it_took_where_its_draft_is_withdrawn() -> None:
    desk = shown_and_gone()
    assert desk.cards() == ["agent.boss", "agent.boss"]
    assert [r.say for r in desk.results if isinstance(r, CardRaised)] == ["one", "one"]


@pytest.mark.parametrize("action", [Action.USED, Action.DISMISS, Action.ACKNOWLEDGE])
def test_a_card_that_the_agent_answered_counts_all_the_same(action: Action) -> None:
    desk = shown_and_gone(AgentAction(at=5.0, action=action))
    assert desk.cards() == ["agent.boss"]


def test_what_is_made_graver_goes_with_the_match_that_made_it_so() -> None:
    mild = msgspec.structs.replace(RUDE, timing=Timing(cooldown=600.0))
    desk = run(mild)
    desk.feed([final(3, "you are useless", sure=0.7), draft(5, "you are useless", name="C2")])
    desk.feed([final(6, "you are useless", name="C2", sure=0.95)])
    assert desk.shown == "conduct.insult"
    gone = final(30, "you are used", name="C1")
    desk.feed([gone], until=60.0)
    desk.feed([final(61, "you are useless", name="C3")])
    assert desk.cards() == ["conduct.insult"], "the graver words are final"
