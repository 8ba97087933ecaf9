"""Drafts of a call that is over are searched for what their final text holds: nothing is lost."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulekit import book, rule

from coach.backtest.foresight import Foresight, finals_of
from coach.events import Channel, Hypothesis, Utterance
from rules.definition.conditions import Near, Regex, Silence, Speaker
from rules.matching import occurrences
from rules.matching.hits import Hit
from rules.matching.matcher import MOST_WORDS, Matcher
from rules.matching.pattern_index import MatchedLine, PatternIndex

MONEY = rule("esc.money", "(refund|money back) [please|now]", 2)
MATCHER = Matcher(
    book(
        MONEY,
        rule("esc.boss", "speak <3> manager", 2),
        rule("esc.end", "goodbye $", 2),
        rule("esc.first", "^ hello <2> #", 2),
        rule("esc.stem", "cancel* it", 2),
        rule("esc.slip", "speak to your manager right away", 2),
        rule("esc.any", "_ refund", 2),
        rule("esc.near", Near(groups=(("refund",), ("never", "cancel*")), words=4), 2),
        rule("esc.regex", Regex(pattern="refund $"), 2),
        rule("agent.quiet", Silence(longer_than=8.0, unless_said=("one moment",)), 1),
        rule("say.sorry", "sorry", 0, speaker=Speaker.AGENT),
    )
)
WORDS = (
    *("refund", "money", "back", "please", "now", "speak", "to", "your", "manager", "managar"),
    *("goodbye", "hello", "two", "3", "cancelled", "cancel", "it", "never", "not", "you", "know"),
    *("I", "mean", "just", "one", "moment", "sorry", "right", "away", "he", "said", "f", "c", "a"),
    *("ill", "um", "uh", "like"),
)
spoken = st.lists(st.sampled_from(WORDS), max_size=14)


def said(channel: Channel, drafts: list[str], final: str) -> list[Hypothesis | Utterance]:
    where = {"at": 1.0, "channel": channel, "start": 0.0, "end": 1.0, "utterance": "U"}
    told = [Hypothesis(committed=draft, tail="", **where) for draft in drafts]
    return [*told, Utterance(text=final, **where)]


def hits_of(finding: Matcher | Foresight, channel: Channel, text: str, final: bool) -> list[object]:
    found = finding.find(channel, text, final)
    hits: list[Hit | None] = [found.numbered(number) for number in range(len(MATCHER.numbers))]
    return [*hits, found.touched, found.conditions]


@settings(max_examples=300, deadline=None)
@given(spoken, spoken, st.data())
def test_foresight_changes_nothing_in_what_is_found(
    words: list[str], others: list[str], data: st.DataObject
) -> None:
    channel = data.draw(st.sampled_from(Channel))
    beginnings = [" ".join(words[:count]) for count in range(1, len(words) + 1)]
    drafts = [*beginnings, " ".join(others), " ".join([*words, *others])]
    final = " ".join(words).capitalize() + data.draw(st.sampled_from(("", ".", "?")))
    foresight = Foresight(MATCHER, finals_of(said(channel, drafts, final)))
    asked = [(draft, False) for draft in drafts] + [(final, True), (drafts[0], True)]
    for (text, is_final), side in itertools.product(data.draw(st.permutations(asked)), Channel):
        assert hits_of(foresight, side, text, is_final) == hits_of(MATCHER, side, text, is_final)


def test_drafts_are_looked_through_for_nothing_that_their_final_text_does_not_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []
    candidates = PatternIndex.candidates

    def noting(self: PatternIndex, line: object) -> object:
        looked.append(str(line))
        return candidates(self, line)  # type: ignore[arg-type]

    monkeypatch.setattr(PatternIndex, "candidates", noting)
    drafts = ["I want", "I want a refund", "I want a refund and", "I want a refund and you"]
    final = "I want a refund and you know it"
    foresight = Foresight(MATCHER, finals_of(said(Channel.CUSTOMER, drafts, final)))
    for draft in drafts[:3]:
        foresight.find(Channel.CUSTOMER, draft, final=False)
    foresight.find(Channel.CUSTOMER, final)
    assert len(looked) == 1, "the final text, once"
    foresight.find(Channel.CUSTOMER, drafts[3], final=False)
    assert len(looked) == 2, "with its next word the last one reads otherwise"


def test_what_lies_in_a_draft_is_not_searched_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    spans = occurrences.spans

    def noting(expression: object, line: MatchedLine) -> object:
        searched.append(line.text.decode())
        return spans(expression, line)

    monkeypatch.setattr(occurrences, "spans", noting)
    drafts = ["I want my refund", "I want my refund and", "I want my refund and now speak"]
    final = "I want my refund and now speak to your manager."
    phrases = Matcher(book(MONEY, rule("esc.boss", "speak <3> manager", 2)))
    foresight = Foresight(phrases, finals_of(said(Channel.CUSTOMER, drafts, final)))
    for draft in drafts:
        assert foresight.find(Channel.CUSTOMER, draft, final=False).conditions
    assert foresight.find(Channel.CUSTOMER, final).conditions
    whole = " i want my refund and now speak to your manager "
    assert [line for line in searched if line != whole] == [" i want my refund and now speak "], (
        "only what goes on behind a draft is looked for in it"
    )


def test_a_text_too_long_for_one_look_is_searched_like_any_other() -> None:
    text = " ".join(["well"] * MOST_WORDS + ["I want a refund"])
    draft = text.rpartition(" ")[0]
    foresight = Foresight(MATCHER, finals_of(said(Channel.CUSTOMER, [draft, text], text)))
    for one, final in ((draft, False), (text, False), (text, True)):
        expected = hits_of(MATCHER, Channel.CUSTOMER, one, final)
        assert hits_of(foresight, Channel.CUSTOMER, one, final) == expected
