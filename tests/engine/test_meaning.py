"""Meaning in the engine, with clauses made by hand: no model is asked."""

from __future__ import annotations

import msgspec
import pytest
from rulekit import ScriptedRun, agent, card, rule

from coach.events import (
    CardRaised,
    CardSuppressed,
    Channel,
    Clause,
    ClauseScore,
    CueMatched,
    Suppression,
    Utterance,
)
from rules.definition.conditions import EVERY_WORDING, AllOf, AnyOf, Meaning, Phrase, Wording

BOSS = Meaning(sentences=("let me speak to your boss",), sensitivity=0.02, support=5.0)
OTHER = Meaning(sentences=("I will take you to court",), sensitivity=0.02)
BY_MEANING = rule("esc.boss", BOSS, 2, card=card(done_when=("say.boss",)))
BY_WORDING = rule(
    "esc.boss", AnyOf(of=(BOSS, Wording(any=("boss",), meaning=BOSS))), 2, card=card()
)


def said(at: float, text: str, *scores: tuple[Meaning, float], judged: bool = True) -> Utterance:
    """One utterance that was judged as a whole."""
    found = tuple(ClauseScore(key=m.key, rate=rate, nearest=0) for m, rate in scores)
    clause = Clause(first=0, last=len(text.split()) - 1, scores=found)
    return Utterance(
        at=at, channel=Channel.CUSTOMER, start=at - 1.0, end=at, utterance=f"C{at:g}", text=text,
        clauses=(clause,) if judged else (),
    )  # fmt: skip


def matched(run: ScriptedRun) -> list[str]:
    return [r.rule for r in run.results if isinstance(r, CueMatched)]


def test_words_that_come_near_enough_match_and_say_why() -> None:
    run = ScriptedRun(BY_MEANING)
    run.feed([said(2.0, "who is above you then", (BOSS, 0.01))])
    (raised,) = (r for r in run.results if isinstance(r, CardRaised))
    (why,) = raised.because
    assert (why.text, why.meaning) == ("who is above you then", "let me speak to your boss")
    assert (why.value, why.threshold) == (0.01, 0.02)


def test_a_near_miss_gets_no_card_and_says_what_it_lacked() -> None:
    run = ScriptedRun(BY_MEANING)
    run.feed([said(2.0, "who is above you then", (BOSS, 0.15))])
    assert matched(run) == []
    (missed,) = (r for r in run.results if isinstance(r, CardSuppressed))
    assert (missed.rule, missed.reason) == ("esc.boss", Suppression.NOT_SURE)
    assert (missed.because[0].value, missed.because[0].threshold) == (0.15, 0.02)
    run.feed([said(9.0, "it is quite another matter", (BOSS, 1.5))])
    assert sum(isinstance(r, CardSuppressed) for r in run.results) == 1, "too far off to tell of"


def test_weak_signs_add_up_until_the_agent_has_answered_them() -> None:
    heard = rule("say.boss", Phrase(any=("put you through",)), 0)
    signs = [said(at, f"somebody else please {at:g}", (BOSS, 0.25)) for at in (10.0, 20.0, 30.0)]
    run = ScriptedRun(BY_MEANING, heard)
    run.feed(signs[:2])
    assert matched(run) == []
    run.feed(signs[2:])
    assert matched(run) == ["esc.boss"]
    answered = ScriptedRun(BY_MEANING, heard)
    answered.feed(signs[:2])
    answered.play(agent(21.0, "I can put you through"), until=28.0)
    answered.feed(signs[2:])
    assert matched(answered) == ["say.boss"]


@pytest.mark.parametrize(
    ("own", "other", "told"),
    [
        (2, 1, False),  # the words speak of something else, as often as they come near
        (4, 3, False),
        (4, 2, True),  # a danger is not passed over for a lesser matter
    ],
)
def test_words_that_come_nearer_to_another_matter_are_no_sign_of_this_one(
    own: int, other: int, *, told: bool
) -> None:
    mine = rule("esc.boss", BOSS, own, card=card())
    rival = rule("esc.court", OTHER, other, card=card())
    signs = [
        said(at, f"somebody else please {at:g}", (BOSS, 0.25), (OTHER, 0.1))
        for at in (10.0, 20.0, 30.0)
    ]
    run = ScriptedRun(mine, rival)
    run.feed(signs)
    assert ("esc.boss" in matched(run)) is told
    assert "esc.court" in matched(run)


def test_words_about_as_near_to_two_matters_are_signs_of_both() -> None:
    run = ScriptedRun(BY_MEANING, rule("esc.court", OTHER, 2, card=card()))
    for at in (10.0, 20.0, 30.0):
        run.feed([said(at, f"somebody else please {at:g}", (BOSS, 0.25), (OTHER, 0.2))])
    assert set(matched(run)) == {"esc.boss", "esc.court"}


def test_what_is_said_elsewhere_in_a_turn_supports_no_words() -> None:
    text = "my boss went fishing and then somebody ought to come and put this right"
    far = Clause(first=0, last=3)
    near = Clause(first=6, last=13, scores=(ClauseScore(key=BOSS.key, rate=1.0, nearest=0),))
    whole = said(2.0, text)
    for clauses, found in (
        ((far, near), []),
        ((far, msgspec.structs.replace(near, first=1)), ["esc.boss"]),
    ):
        run = ScriptedRun(BY_WORDING)
        run.feed([msgspec.structs.replace(whole, clauses=clauses)])
        assert matched(run) == found


@pytest.mark.parametrize(
    ("before", "guarded"),
    [
        ("so he says", True),
        ("and this man shouted at me", True),
        ("my brother told me", True),
        ("he said I will come down there and", True),
        ("he said no and", False),
        ("they said I will call you back and", False),
        ("he said I will wait but now I am here and", False),
        ("well I said", False),
        ("nobody told me", False),
        ("he says that to everybody here", False),
        ("stop shouting at me", False),
    ],
)
def test_a_clause_that_somebody_else_said_is_quoted(before: str, guarded: bool) -> None:
    text = f"{before}, I will take you to court"
    first = len(before.split())
    score = ClauseScore(key=OTHER.key, rate=0.01, nearest=0)
    clause = Clause(first=first, last=first + 6, scores=(score,))
    run = ScriptedRun(rule("esc.court", OTHER, 2, card=card()))
    run.feed([msgspec.structs.replace(said(2.0, text), clauses=(clause,))])
    assert [r.guarded for r in run.results if isinstance(r, CueMatched)] == [guarded]


def test_a_wording_counts_where_the_meaning_supports_it() -> None:
    for rate, found in ((4.0, ["esc.boss"]), (6.0, [])):
        run = ScriptedRun(BY_WORDING)
        run.feed([said(2.0, "my boss told me to call", (BOSS, rate))])
        assert matched(run) == found


def test_with_the_most_support_every_wording_counts() -> None:
    most = msgspec.structs.replace(BOSS, support=EVERY_WORDING)
    wording = Wording(any=("boss",), meaning=most)
    run = ScriptedRun(rule("esc.boss", AnyOf(of=(most, wording)), 2, card=card()))
    run.feed([said(2.0, "my boss told me to call")])
    assert matched(run) == ["esc.boss"]


def test_a_wording_in_words_that_were_never_judged_counts_as_it_is() -> None:
    run = ScriptedRun(BY_WORDING)
    run.feed([said(2.0, "my boss told me to call", judged=False)])
    assert matched(run) == ["esc.boss"]


def test_one_sentence_is_one_cue_where_another_rule_has_its_very_words() -> None:
    court = rule("esc.court", OTHER, 2, card=card())
    plain = rule("esc.plain", Phrase(any=("money back",)), 1)
    run = ScriptedRun(court, plain)
    run.feed([said(2.0, "I just want my money back", (OTHER, 0.01))])
    assert matched(run) == ["esc.plain"]


def test_a_danger_is_never_left_out_for_other_words() -> None:
    danger = rule("safety.own", OTHER, 4, card=card())
    plain = rule("safety.plain", Phrase(any=("money back",)), 2)
    run = ScriptedRun(danger, plain)
    run.feed([said(2.0, "I just want my money back", (OTHER, 0.01))])
    assert set(matched(run)) == {"safety.own", "safety.plain"}


def test_meaning_inside_quoted_words_is_guarded_as_they_are() -> None:
    lie = rule("esc.lie", AnyOf(of=(BOSS, Phrase(any=("you are lying",)))), 2, card=card())
    run = ScriptedRun(lie)
    run.feed([said(2.0, "I am not saying you are lying", (BOSS, 0.001))])
    assert run.cards() == []


def test_words_of_an_exception_do_not_guard_a_meaning() -> None:
    boss = rule("esc.boss", BOSS, 2, card=card())
    other = rule("esc.other", Phrase(any=("court",)), 2, unless=(Phrase(any=("again",)),))
    run = ScriptedRun(boss, other)
    run.feed([said(2.0, "whatever he says goes round again so who is above you", (BOSS, 0.001))])
    assert run.cards() == ["esc.boss"]


@pytest.mark.parametrize("by_word", [False, True])
def test_a_near_miss_is_told_only_where_it_lacked_nothing_else(*, by_word: bool) -> None:
    barred = msgspec.structs.replace(
        BY_MEANING,
        when=AllOf(of=(BOSS, Phrase(any=("please",)))) if by_word else BOSS,
        unless=() if by_word else (Phrase(any=("not your boss",)),),
    )
    run = ScriptedRun(barred)
    lacking = "who is above you then" if by_word else "who is above you then not your boss"
    run.feed([said(2.0, lacking, (BOSS, 0.15))])
    assert [r for r in run.results if isinstance(r, CardSuppressed)] == []
    whole = "who is above you then please" if by_word else "who is above you then"
    run.feed([said(9.0, whole, (BOSS, 0.15))])
    (missed,) = (r for r in run.results if isinstance(r, CardSuppressed))
    assert missed.reason is Suppression.NOT_SURE


def test_supposing_that_words_came_near_enough_leaves_no_sign_of_them() -> None:
    """A second meaning of the rule, only looked at because the first is supposed to hold."""
    both = msgspec.structs.replace(BY_MEANING, when=AllOf(of=(BOSS, OTHER)))
    run = ScriptedRun(both, rule("esc.court", OTHER, 2))
    for at in (10.0, 20.0, 30.0):
        run.feed([said(at, f"somebody else please {at:g}", (BOSS, 0.15), (OTHER, 0.15))])
    run.feed([said(40.0, "who is above you then", (BOSS, 0.01), (OTHER, 0.15))])
    assert "esc.boss" not in matched(run)
