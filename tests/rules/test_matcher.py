"""The matcher: guards, slips, conditions of every kind, and properties that hold for any text."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
import pytest
from any_text import ANY
from every_row import every_row
from hypothesis import given
from hypothesis import strategies as st
from rulekit import rule as small_rule
from shipped_rules import book, searching_matcher

from coach.engine.engine import Engine
from coach.events import CallStarted, Channel, CueMatched, Utterance
from rules.books.loader import load_book
from rules.books.sets import RuleSets
from rules.checking.testing import channel_of
from rules.definition.conditions import Phrase, Silence, Speaker
from rules.definition.rule import RuleBook
from rules.matching.evaluate import decide, holds
from rules.matching.matcher import MOST_WORDS, Matcher

CUSTOMER, AGENT, MIXED = Channel.CUSTOMER, Channel.AGENT, Channel.MIXED


@functools.cache
def shipped() -> tuple[RuleBook, Matcher]:
    return book(), searching_matcher()


def guard(rule: str, text: str) -> str | None:
    book, matcher = shipped()
    hit = decide(book.rule(rule), matcher.find(CUSTOMER, text))
    return None if hit is None else str(hit.guard or "")


@every_row(
    [
        ("conduct.insult", "you're useless", ""),
        ("conduct.insult", "I'm not saying you're useless", "negated"),
        ("conduct.insult", "I never said you were useless but you are useless", ""),
        ("conduct.insult", "he said you're useless", "quoted"),
        ("conduct.insult", "I said you're useless", ""),
        ("conduct.insult", "I told you you're useless", ""),
        ("conduct.insult", "I already told you you're useless", ""),
        ("conduct.insult", "he already told me you're useless", "quoted"),
        ("conduct.insult", "I have already said you're useless", ""),
        ("conduct.insult", "nobody even said you're useless", ""),
        ("conduct.insult", "my husband was like you're useless", "quoted"),
        ("conduct.insult", "no you're useless", ""),
        ("conduct.insult", "I'm not happy you're useless", ""),
        ("conduct.insult", "this is useless", None),
        ("esc.legal", "I don't want to get a lawyer involved", "negated"),
        ("esc.legal", "I'm not going to take legal action", "negated"),
        ("esc.legal", "I will take legal action", ""),
        ("esc.supervisor", "why don't you get me a supervisor", ""),
        ("esc.supervisor", "can't you just put me through to a manager", ""),
        ("esc.supervisor", "I don't need you to get me a manager", "negated"),
        ("esc.supervisor", "they told me to ask can I speak to a manager", "quoted"),
        ("esc.supervisor", "nobody called me back and I want to speak to your manager", ""),
        ("esc.supervisor", "no one said sorry I want to speak to your manager", ""),
        ("esc.supervisor", "she said no and I want to speak to your manager", ""),
        ("esc.supervisor", "the first one said I want to speak to your manager", "quoted"),
        ("conduct.insult", "she said and I quote you're useless", "quoted"),
        ("conduct.insult", "he called me back yesterday you're useless", ""),
        ("esc.recovered", "the first sensible thing anybody has said to me I appreciate that", ""),
        ("threat.bomb", "there is no bomb there is a bomb", ""),
        ("esc.churn", "I can't wait any longer I'm switching to a competitor", ""),
        ("conduct.insult", "she was hollering you're useless", "quoted"),
        ("conduct.insult", "stop shouting at me you're useless", ""),
        ("conduct.insult", "he shouted at me you're useless", "quoted"),
        ("threat.direct", "he said i'll come down there and i'll smash your face in", "quoted"),
        ("threat.direct", "she told me i'll find you and i'll break your legs", "quoted"),
        ("threat.direct", "he said no and i'll come down there and i'll smash your face in", ""),
        ("threat.direct", "they said i'll call you back and i'll smash your face in", ""),
        ("threat.direct", "i said i'll come down there and i'll smash your face in", ""),
        ("threat.direct", "he said i'll wait but now i'm here and i'll smash your face in", ""),
        ("esc.legal", "she said we will sort it out and i will take legal action", ""),
        ("conduct.hate", "people would say to him go back where you came from", "quoted"),
        ("conduct.hate", "I would say go back where you came from", ""),
        ("esc.churn", "the last agent said no so I want to close my account", ""),
        ("esc.supervisor", "I am with the claims people I want to speak to your manager", ""),
        ("conduct.insult", "your colleague claims you're useless", "quoted"),
    ]
)
def test_guards(rule: str, text: str, expected: str | None) -> None:
    assert guard(rule, text) == expected


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("esc.supervisor", "I want to speak to a superviser"),
        ("esc.supervisor", "can I talk to your managar please"),
        ("esc.not_heard", "you are not listning to me"),
        ("esc.repeat_contact", "nobody ever called me back you promissed to call"),
    ],
)
def test_long_phrases_forgive_a_slip_of_the_recogniser(rule: str, text: str) -> None:
    assert guard(rule, text) == ""


def test_short_phrases_forgive_none() -> None:
    assert guard("conduct.insult", "you're usless") is None


def test_the_hit_names_the_words_as_written() -> None:
    book, matcher = shipped()
    text = "Well, um, I'd LIKE to, you know, speak to your MANAGER now!"
    hit = decide(book.rule("esc.supervisor"), matcher.find(CUSTOMER, text))
    assert hit is not None
    assert text.split()[hit.first : hit.last + 1] == hit.text.split()
    assert hit.text.startswith("I'd")
    assert hit.text.endswith("MANAGER")


def test_the_end_of_a_draft_is_not_the_end_of_the_sentence() -> None:
    book, matcher = shipped()
    rule = book.rule("esc.supervisor")
    assert holds(rule, matcher.find(CUSTOMER, "no a manager"))
    assert not holds(rule, matcher.find(CUSTOMER, "no a manager", final=False))
    assert holds(rule, matcher.find(CUSTOMER, "get me a manager now", final=False))


def test_channels_hear_their_own_rules() -> None:
    book, matcher = shipped()
    ours, theirs = "that is our policy", "I want to speak to your manager"
    assert holds(book.rule("agent.policy_wall"), matcher.find(AGENT, ours))
    assert not holds(book.rule("agent.policy_wall"), matcher.find(CUSTOMER, ours))
    assert not holds(book.rule("agent.policy_wall"), matcher.find(MIXED, ours))
    assert holds(book.rule("esc.supervisor"), matcher.find(MIXED, theirs))
    assert not holds(book.rule("esc.supervisor"), matcher.find(AGENT, theirs))


PACK = """
[[rule]]
id = "esc.near"
title = "Near"
severity = 1
when = {{ near = [["refund*"], ["where", "when"]], words = 4 }}
[[rule]]
id = "esc.regex"
title = "Regex"
severity = 1
when = {{ regex = "{regex}" }}
[[rule]]
id = "agent.silence"
title = "Silence"
severity = 1
when = {{ silence = 12, unless_said = ["one moment"] }}
"""


def small(tmp_path: Path, regex: str) -> tuple[RuleBook, Matcher]:
    pack = tmp_path / "pack.toml"
    pack.write_text(PACK.format(regex=regex))
    book = load_book(packs=[pack])
    return book, Matcher(book)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where is my refund", True),
        ("my refunds come when", True),
        ("where is the rest of all my refund", False),
        ("my refund", False),
    ],
)
def test_near_ignores_order_and_keeps_the_distance(
    tmp_path: Path, text: str, expected: bool
) -> None:
    book, matcher = small(tmp_path, "x y")
    assert holds(book.rule("esc.near"), matcher.find(CUSTOMER, text)) is expected


def test_regex_and_announcements(tmp_path: Path) -> None:
    book, matcher = small(tmp_path, "order (one|two) ")
    assert holds(book.rule("esc.regex"), matcher.find(CUSTOMER, "It's ORDER 2, please"))
    silence = book.rule("agent.silence").when
    assert isinstance(silence, Silence)
    assert matcher.find(AGENT, "just one moment").hit(silence, Speaker.AGENT)
    assert not matcher.find(CUSTOMER, "just one moment").hit(silence, Speaker.AGENT)


def test_a_pattern_that_explodes_elsewhere_stays_linear_here(tmp_path: Path) -> None:
    """With a backtracking engine this would not end before the test's time is up."""
    book, matcher = small(tmp_path, "(?:(?:a+ )+)+b")
    assert not matcher.find(CUSTOMER, "a " * 20_000)
    assert holds(book.rule("esc.regex"), matcher.find(CUSTOMER, "aaa aa b"))


def test_what_is_said_late_in_a_long_monologue_is_found() -> None:
    words = ["and"] * (MOST_WORDS * 3) + ["I", "want", "to", "speak", "to", "your", "manager"]
    for shift in range(0, 60, 7):
        text = " ".join(words[: MOST_WORDS - 3 - shift] + words[-7:] + words[:100])
        assert guard("esc.supervisor", text) == ""


@given(st.text(ANY, max_size=400))
def test_no_text_breaks_the_matcher_and_all_places_are_real(text: str) -> None:
    book, matcher = shipped()
    for channel in Channel:
        found = matcher.find(channel, text)
        for rule in book.active():
            hit = decide(rule, found)
            if hit is not None:
                tokens = text.split()
                assert 0 <= hit.first <= hit.last < len(tokens)
                assert hit.text == " ".join(tokens[hit.first : hit.last + 1])


@given(
    st.lists(st.sampled_from(["(", "you", "are", "not", "f***", "~", "a" * 90, "I'm", "\u2019"]))
)
def test_odd_tokens_break_nothing(tokens: list[str]) -> None:
    shipped()[1].find(CUSTOMER, " ".join(tokens))


@pytest.fixture(scope="module")
def found_by_words() -> list[tuple[str, str]]:
    """Examples that words alone find; the others are found by their meaning."""
    book, matcher = shipped()
    return [
        (rule.id, example.text)
        for rule in book.active()
        for example in rule.examples
        if example.expect and holds(rule, matcher.find(channel_of(rule), example.text))
    ]


@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_fillers_case_and_punctuation_never_hide_a_match(
    found_by_words: list[tuple[str, str]], data: st.DataObject, chance: st.DataObject
) -> None:
    book, matcher = shipped()
    name, text = data.draw(st.sampled_from(found_by_words))
    rule = book.rule(name)
    tokens: list[str] = []
    for token in text.split():
        if chance.random() < 0.3:  # type: ignore[attr-defined]
            tokens.append(chance.choice(["um", "uh,", "er"]))  # type: ignore[attr-defined]
        case_of = chance.choice([str.upper, str.lower, str.title])  # type: ignore[attr-defined]
        tokens.append(case_of(token) + chance.choice(["", ",", "!", "..."]))  # type: ignore[attr-defined]
    assert holds(rule, matcher.find(channel_of(rule), " ".join(tokens))), tokens


def copied(book: RuleBook) -> RuleBook:
    """The same rules as other objects, as a journal, a cache or another process would give them."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(book), type=RuleBook)


def test_a_copy_of_a_book_is_as_good_as_the_book() -> None:
    book, matcher = shipped()
    copy = copied(book)
    assert copy == book
    for rule in copy.active():
        for example in rule.examples[:2]:
            found = matcher.find(channel_of(rule), example.text)
            assert decide(rule, found) == decide(book.rule(rule.id), found)


def test_an_engine_hears_with_the_matcher_of_an_equal_book() -> None:
    book, matcher = shipped()
    engine = Engine(copied(book), matcher=matcher)
    engine.receive(CallStarted(at=0.0, call="c", started="", source="test"))
    words = "I want to speak to your manager"
    results = engine.receive(
        Utterance(at=3.0, channel=CUSTOMER, start=1.0, end=2.0, utterance="C1", text=words)
    )
    assert "esc.supervisor" in {r.rule for r in results if isinstance(r, CueMatched)}


def test_equal_phrases_of_rules_about_different_speakers_stay_apart() -> None:
    phrase = Phrase(any=("hello there",))
    theirs = small_rule("esc.hello", phrase)
    ours = small_rule("agent.hello", msgspec.structs.replace(phrase))
    matcher = Matcher(RuleBook(rules=(theirs, ours), language="en", fingerprint=""))
    for channel, one in ((CUSTOMER, theirs), (AGENT, ours)):
        found = matcher.find(channel, "hello there")
        assert [r.id for r in (theirs, ours) if decide(r, found)] == [one.id]


def test_an_equal_set_that_is_read_anew_has_the_matcher_made_before() -> None:
    first, again = RuleSets(load_book()), RuleSets(load_book())
    assert again.first is first.first
    fewer = msgspec.structs.replace(load_book(), rules=load_book().rules[1:])
    assert RuleSets(fewer).first.book == fewer  # whatever its fingerprint says
