"""When a rule matches: drafts and finals, guards, two pieces of evidence, time."""

from __future__ import annotations

import pytest
from rulekit import ScriptedRun, agent, card, customer, rule, said, voices

from coach.events import (
    CardCleared,
    CardRaised,
    CardSuppressed,
    Channel,
    Clearing,
    CueMatched,
    CueRetracted,
    Hypothesis,
    Level,
    Result,
    SpeechEnded,
    SpeechStarted,
    Suppression,
    Utterance,
    Word,
)
from rules.definition.conditions import (
    AllOf,
    AnyOf,
    Count,
    CueSeen,
    Distress,
    Elapsed,
    LevelAtLeast,
    Loud,
    Monologue,
    Not,
    NotFollowed,
    Sequence,
    Silence,
    Speaker,
)
from rules.definition.rule import Kind, Rule, Timing

CUSTOMER = Channel.CUSTOMER


def draft(at: float, committed: str, utterance: str = "C1") -> Hypothesis:
    return Hypothesis(
        at=at,
        channel=CUSTOMER,
        start=1.0,
        end=at,
        utterance=utterance,
        committed=committed,
        tail="",
    )


def final(at: float, text: str, utterance: str = "C1", **options: object) -> Utterance:
    return Utterance(
        **{
            "at": at,
            "channel": CUSTOMER,
            "start": 1.0,
            "end": at,
            "utterance": utterance,
            "text": text,
            **options,
        }
    )


def matched(results: list[Result]) -> list[tuple[str, int]]:
    return [(r.rule, r.severity) for r in results if isinstance(r, CueMatched)]


def retracted(results: list[Result]) -> list[str]:
    return [r.match for r in results if isinstance(r, CueRetracted)]


BOSS = rule("esc.boss", said("your manager"), card=card())


def test_a_draft_matches_at_once_and_the_final_confirms_it_silently() -> None:
    desk = ScriptedRun(BOSS)
    assert matched(desk.feed([draft(2.0, "get me your manager")])) == [("esc.boss", 2)]
    later = [draft(3.0, "get me your manager right"), final(4.0, "get me your manager right now")]
    assert desk.feed(later) == []
    assert desk.shown == "esc.boss"


def test_a_final_that_says_something_else_withdraws_match_and_card() -> None:
    desk = ScriptedRun(BOSS)
    desk.feed([draft(2.0, "get me your manager")])
    results = desk.feed([final(4.0, "get me your manual")])
    assert retracted(results) == ["C1:esc.boss"]
    assert [r.reason for r in results if isinstance(r, CardCleared)] == [Clearing.RETRACTED]
    assert desk.engine.snapshot().transcript[0].cues == ()
    assert desk.engine.snapshot().record.cues == ()


def test_a_doubtful_final_withdraws_what_its_draft_said() -> None:
    desk = ScriptedRun(BOSS)
    desk.feed([draft(2.0, "get me your manager")])
    results = desk.feed([final(4.0, "get me your manager", doubtful=True)])
    assert retracted(results) == ["C1:esc.boss"]


def test_doubtful_text_matches_nothing() -> None:
    desk = ScriptedRun(BOSS)
    assert desk.feed([final(4.0, "get me your manager", doubtful=True)]) == []
    assert desk.engine.snapshot().transcript[0].doubtful


def test_a_danger_heard_in_a_draft_stays_on_the_screen() -> None:
    desk = ScriptedRun(rule("safety.life", said("kill myself"), 4, card=card(Kind.SAFETY)))
    desk.feed([draft(2.0, "I want to kill myself"), final(4.0, "I want to call myself")])
    assert desk.shown == "safety.life"


def test_one_utterance_is_one_match_and_the_next_one_another() -> None:
    desk = ScriptedRun(BOSS)
    desk.feed([final(4.0, "your manager I said your manager")])
    desk.feed([final(9.0, "your manager", "C2")])
    assert len(matched(desk.results)) == 2


def test_evidence_is_placed_where_the_words_were() -> None:
    words = tuple(
        Word(text=text, start=n, end=n + 0.9, confidence=0.9)
        for n, text in enumerate(("get", "me", "your", "manager"))
    )
    desk = ScriptedRun(BOSS)
    (match, *_) = desk.feed([final(4.0, "get me your manager", words=words)])
    assert isinstance(match, CueMatched)
    assert (match.start, match.end, match.text) == (2.0, 3.9, "your manager")


@pytest.mark.parametrize(
    ("severity", "said_by", "expected"),
    [(2, "I am not saying you are lying", [("esc.lie", 1)]), (1, "he said you are lying", [])],
)
def test_guarded_words_count_one_less(
    severity: int, said_by: str, expected: list[tuple[str, int]]
) -> None:
    desk = ScriptedRun(rule("esc.lie", said("you are lying"), severity))
    assert matched(desk.feed([final(4.0, said_by)])) == expected


def test_unless_in_the_same_utterance_keeps_the_rule_quiet() -> None:
    desk = ScriptedRun(rule("esc.sue", said("court"), unless=(said("tennis"),)))
    assert matched(desk.feed([final(4.0, "see you at the tennis court")])) == []
    assert matched(desk.feed([final(9.0, "see you in court", "C2")])) == [("esc.sue", 2)]


# --- two pieces of evidence -----------------------------------------------------------------

INSULT = rule("conduct.swear", said("you idiot"), 3)


def sure(text: str, confidence: float) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start=n * 0.5, end=n * 0.5 + 0.4, confidence=confidence)
        for n, word in enumerate(text.split())
    )


def test_severe_conduct_on_words_alone_counts_one_less() -> None:
    desk = ScriptedRun(INSULT)
    assert matched(desk.feed([final(4.0, "you idiot")])) == [("conduct.swear", 2)]


def test_a_repeat_is_the_second_evidence() -> None:
    desk = ScriptedRun(INSULT)
    desk.feed([final(4.0, "you idiot")])
    assert matched(desk.feed([final(9.0, "you idiot", "C2")])) == [("conduct.swear", 3)]
    assert matched(desk.feed([final(500.0, "you idiot", "C3", start=498.0)])) == [
        ("conduct.swear", 2)
    ]


def test_a_clear_recognition_is_the_second_evidence_and_raises_the_draft() -> None:
    desk = ScriptedRun(INSULT)
    assert matched(desk.feed([draft(2.0, "you idiot")])) == [("conduct.swear", 2)]
    results = desk.feed([final(4.0, "you idiot", words=sure("you idiot", 0.95))])
    assert matched(results) == [("conduct.swear", 3)]
    assert not retracted(results)


def test_a_raised_voice_is_the_second_evidence() -> None:
    calm = customer(1, " ".join(["words"] * 40))
    loud = customer(25, "you idiot " + " ".join(["words"] * 12), loud=12)
    desk = ScriptedRun(INSULT)
    desk.play(calm, loud, *voices([calm, loud], 40.0))
    assert ("conduct.swear", 3) in matched(desk.results)


def test_hate_needs_no_second_evidence() -> None:
    desk = ScriptedRun(rule("conduct.hate", said("go home"), 4))
    assert matched(desk.feed([final(4.0, "go home")])) == [("conduct.hate", 4)]


def test_severe_words_heard_badly_ask_to_be_checked() -> None:
    desk = ScriptedRun(rule("threat.arm", said("a gun"), 4))
    (match, *_) = desk.feed([final(4.0, "a gun", words=sure("a gun", 0.4))])
    assert isinstance(match, CueMatched)
    assert any("check" in evidence.note for evidence in match.because)


# --- state and time -------------------------------------------------------------------------


def test_a_state_must_hold_for_a_while_and_is_kept_for_a_while() -> None:
    timing = Timing(for_=4.0, keep_for=6.0)
    desk = ScriptedRun(rule("esc.long", Elapsed(longer_than=10.0), timing=timing))
    assert matched(desk.feed([], until=14.0)) == []
    assert matched(desk.feed([], until=14.5)) == [("esc.long", 2)]
    assert matched(desk.feed([], until=100.0)) == []


def test_an_announced_silence_is_none() -> None:
    quiet = rule("agent.quiet", Silence(longer_than=12.0, unless_said=("one moment",)), 1)
    announced, sudden = ScriptedRun(quiet), ScriptedRun(quiet)
    announced.play(agent(1, "let me see one moment"), until=60.0)
    sudden.play(agent(1, "let me see"), until=60.0)
    assert matched(announced.results) == []
    assert matched(sudden.results) == [("agent.quiet", 1)]


def test_a_monologue_is_matched_while_it_lasts() -> None:
    desk = ScriptedRun(rule("agent.long", Monologue(by=Speaker.AGENT, longer_than=45.0), 1))
    desk.play(agent(0, "so " * 30, speak=60.0), until=50.0)
    (match,) = [r for r in desk.results if isinstance(r, CueMatched)]
    assert 45.0 < match.at <= 46.5


def test_loudness_against_the_own_usual_level() -> None:
    says = [customer(1, "w " * 40), customer(30, "w " * 20, loud=10)]
    desk = ScriptedRun(rule("conduct.loud", Loud(by=Speaker.CUSTOMER), 1, timing=Timing(for_=3.0)))
    desk.play(*says, *voices(says, 45.0))
    (match,) = [r for r in desk.results if isinstance(r, CueMatched)]
    assert 33.0 < match.at < 40.0


def test_distress_is_judged_on_final_words_only() -> None:
    desk = ScriptedRun(rule("esc.upset", Distress(at_least=0.6), 1))
    said_all = "this is absolutely terrible I am so angry and upset about all of it"
    assert matched(desk.feed([draft(2.0, said_all)])) == []
    assert matched(desk.feed([final(4.0, said_all)])) == [("esc.upset", 1)]


# --- looking back ---------------------------------------------------------------------------

SORRY = rule("say.sorry", "sorry", 0)


def unanswered(*rules: Rule, unless: tuple[CueSeen, ...] = (), **options: float) -> ScriptedRun:
    missing = NotFollowed(
        first=said("never called", by=Speaker.CUSTOMER),
        then=CueSeen(rules=("say.sorry",)),
        within=15.0,
        **options,
    )
    cold = rule("agent.cold", missing, 1, speaker=Speaker.ANY, card=card(), unless=unless)
    return ScriptedRun(*rules, SORRY, cold)


def test_what_was_not_said_in_time_is_noticed() -> None:
    desk = unanswered()
    results = desk.play(customer(1, "nobody ever never called"), until=30.0)
    (match,) = [r for r in results if isinstance(r, CueMatched)]
    assert match.at == pytest.approx(18.0, abs=0.5)
    assert matched(desk.feed([], until=200.0)) == []


def test_an_answer_in_time_keeps_it_quiet() -> None:
    desk = unanswered()
    desk.play(customer(1, "you never called"), agent(8, "I am sorry"), until=60.0)
    assert matched(desk.results) == [("say.sorry", 0)]


def test_an_answer_given_just_before_counts_if_the_rule_says_so() -> None:
    calls = (agent(1, "sorry"), customer(4, "you never called"))
    strict, kind = unanswered(), unanswered(before=5.0)
    strict.play(*calls, until=60.0)
    kind.play(*calls, until=60.0)
    assert ("agent.cold", 1) in matched(strict.results)
    assert ("agent.cold", 1) not in matched(kind.results)


@pytest.mark.parametrize(
    ("said_at", "sorry_at"), [(1, 8), (4, 1)], ids=["after it", "just before it"]
)
def test_why_there_was_no_card_is_told_where_the_answer_came_in_time(
    said_at: float, sorry_at: float
) -> None:
    desk = unanswered(before=5.0)
    desk.play(customer(said_at, "you never called"), agent(sorry_at, "I am sorry"), until=60.0)
    (told,) = [r for r in desk.results if isinstance(r, CardSuppressed)]
    assert (told.rule, told.reason) == ("agent.cold", Suppression.ALREADY_DONE)
    assert [why.text for why in told.because] == ["never called", "sorry"]


def test_an_answer_that_came_too_late_is_no_reason() -> None:
    desk = unanswered()
    desk.play(customer(1, "you never called"), agent(40, "I am sorry"), until=60.0)
    assert [r for r in desk.results if isinstance(r, CardSuppressed)] == []


def test_words_still_being_transcribed_are_waited_for() -> None:
    desk = unanswered()
    desk.play(customer(1, "you never called"))
    desk.feed(
        [
            SpeechStarted(at=15.1, channel=Channel.AGENT, start=15.0, end=15.0),
            SpeechEnded(at=18.5, channel=Channel.AGENT, start=15.0, end=18.0),
        ],
        until=19.5,
    )
    assert matched(desk.results) == []
    late = final(20.0, "I am sorry about that", "A1", channel=Channel.AGENT, start=15.0, end=18.0)
    desk.feed([late], until=60.0)
    assert matched(desk.results) == [("say.sorry", 0)]


def test_counting_within_a_window() -> None:
    desk = ScriptedRun(rule("esc.again", Count(of=said("what"), at_least=2, within=30.0)))
    desk.feed([final(4.0, "what"), final(60.0, "what", "C2", start=59.0)])
    assert matched(desk.results) == []
    assert matched(desk.feed([final(70.0, "what", "C3", start=69.0)])) == [("esc.again", 2)]
    assert matched(desk.feed([], until=75.0)) == [], "counted once"


def test_a_withdrawn_draft_is_not_counted() -> None:
    desk = ScriptedRun(rule("esc.again", Count(of=said("what"), at_least=2)))
    desk.feed([draft(2.0, "what"), final(4.0, "watt"), final(9.0, "what", "C2")])
    assert matched(desk.results) == []


def test_one_thing_and_then_another() -> None:
    order = Sequence(first=said("manager"), then=said("lawyer"), within=60.0)
    right, wrong, late = (ScriptedRun(rule("esc.both", order)) for _ in range(3))
    right.feed([final(4.0, "manager"), final(20.0, "lawyer", "C2", start=19.0)])
    wrong.feed([final(4.0, "lawyer"), final(20.0, "manager", "C2", start=19.0)])
    late.feed([final(4.0, "manager"), final(90.0, "lawyer", "C2", start=89.0)])
    assert matched(right.results) == [("esc.both", 2)]
    assert matched(wrong.results) == matched(late.results) == []


def test_rules_may_look_at_other_rules_and_at_the_level() -> None:
    desk = ScriptedRun(
        rule("esc.one", "apple", 3),
        rule("esc.seen", CueSeen(rules=("esc.one",), within=10.0)),
        rule("agent.calm", LevelAtLeast(level=Level.UNEASY), 1),
    )
    desk.feed([final(4.0, "apple")], until=5.0)
    assert matched(desk.results) == [("esc.one", 3), ("esc.seen", 2), ("agent.calm", 1)]


def test_state_and_words_together() -> None:
    both = AllOf(of=(said("apple"), Elapsed(longer_than=30.0)))
    neither = AllOf(of=(said("apple"), Not(of=said("pear"))))
    either = AnyOf(of=(said("plum"), Elapsed(longer_than=50.0)))
    desk = ScriptedRun(rule("esc.both", both), rule("esc.not", neither), rule("esc.any", either))
    desk.feed([final(4.0, "apple"), final(10.0, "apple pear", "C2")])
    assert matched(desk.results) == [("esc.not", 2)]
    assert matched(desk.feed([final(40.0, "apple", "C3")])) == [("esc.both", 2), ("esc.not", 2)]
    assert matched(desk.feed([], until=60.0)) == [("esc.any", 2)]


def test_a_card_is_asked_for_once_for_each_match() -> None:
    desk = ScriptedRun(BOSS)
    desk.feed([draft(2.0, "your manager"), final(4.0, "your manager")])
    assert len([r for r in desk.results if isinstance(r, CardRaised)]) == 1


def test_an_answer_of_which_one_learns_after_the_card_is_no_reason() -> None:
    desk = unanswered()
    late = final(40.0, "I am sorry", "A1", channel=Channel.AGENT, start=8.0, end=9.0)
    desk.play(customer(1, "you never called"), until=39.0)
    assert desk.cards() == ["agent.cold"]
    desk.feed([late])
    assert [r for r in desk.results if isinstance(r, CardSuppressed)] == []


@pytest.mark.parametrize("insulted", [False, True])
def test_an_answer_is_no_reason_where_an_exception_held_besides(*, insulted: bool) -> None:
    exception = CueSeen(rules=("conduct.insult",), within=60.0)
    desk = unanswered(rule("conduct.insult", "useless", 2), unless=(exception,))
    desk.play(customer(1, "you are useless" if insulted else "hello"))
    desk.play(customer(8, "you never called"), agent(14, "I am sorry"), until=60.0)
    told = [r.reason for r in desk.results if isinstance(r, CardSuppressed)]
    assert told == ([] if insulted else [Suppression.ALREADY_DONE])
