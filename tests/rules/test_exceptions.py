"""Exceptions: what bars a whole utterance, and what bars no more than the words that it covers."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from every_row import every_row
from hypothesis import given
from hypothesis import strategies as st
from rulekit import START, ScriptedRun, agent, card, customer
from rulekit import book as small_book
from rulekit import rule as small_rule
from shipped_rules import book, matcher, searching_matcher

from coach.engine.engine import Engine
from coach.events import (
    Channel,
    Clause,
    ClauseScore,
    CueMatched,
    CueRetracted,
    Hypothesis,
    Utterance,
)
from rules.books.loader import BadRulesError, load_book
from rules.checking.testing import run_examples
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    ExceptionReach,
    Lexical,
    Meaning,
    Near,
    Not,
    Phrase,
    Regex,
    Speaker,
    Wording,
)
from rules.definition.rule import Rule, RuleBook
from rules.matching.evaluate import decide
from rules.matching.hits import Found, Hit, LeftWords, Numbers, SearchedAgain
from rules.matching.matcher import Matcher

README = Path(__file__).parents[2] / "rules" / "README.md"
WORDS = ExceptionReach.WORDS
HARM = Phrase(any=("(kiss|kill|hurt) you",))
KISS = Phrase(any=("could kiss you",), reach=WORDS)
KISS_ANYWHERE = Phrase(any=("could kiss you",))
THREAT = Meaning(sentences=("I will hurt you",), sensitivity=0.1)
JOKE = Meaning(sentences=("that was so funny",), sensitivity=0.1, reach=WORDS)


def ruled(when: AnyCondition, *unless: AnyCondition) -> Rule:
    return small_rule("threat.harm", when, 3, unless=unless)


def beside(when: AnyCondition, exception: AnyCondition) -> Rule:
    """The exception as a part of the condition."""
    return ruled(AllOf(of=(when, Not(of=exception))))


def clause(text: str, part: str, *near: Meaning, rate: float = 0.01) -> Clause:
    """What a part of a text means."""
    first = len(text[: text.index(part)].split())
    scores = tuple(ClauseScore(key=one.key, rate=rate, nearest=0) for one in near)
    return Clause(first=first, last=first + len(part.split()) - 1, scores=scores)


def told(rule: Rule, text: str, *clauses: Clause) -> str | None:
    """The words that hold the rule: the same for who decides on one utterance and in a call."""
    found = Matcher(small_book(rule)).find(Channel.CUSTOMER, text, clauses=clauses)
    hit = decide(rule, found)
    desk = ScriptedRun(rule)
    heard = desk.feed(
        [
            Utterance(
                at=9.0, channel=Channel.CUSTOMER, start=1.0, end=8.0, utterance="u1", text=text,
                clauses=clauses,
            )
        ]
    )  # fmt: skip
    (match, *_) = [*(one for one in heard if isinstance(one, CueMatched)), None]
    assert (match and match.text) == (hit and hit.text)
    assert hit is None or match is None or match.guarded is bool(hit.guard)
    return None if hit is None else hit.text + (f" ({hit.guard})" if hit.guard else "")


ROWS: list[tuple[Rule, str, str | None]] = [
    (ruled(HARM, KISS), "I could kiss you", None),
    (ruled(HARM, KISS), "I could kiss you for that but I'll kill you", "kill you"),
    (ruled(HARM, KISS), "I'll kill you but I could kiss you", "kill you"),
    (ruled(HARM, KISS), "I could kiss you I really could kiss you", None),
    (ruled(HARM, KISS), "I could kiss you I could kiss you and then kill you", "kill you"),
    (ruled(HARM, KISS), "I could kiss you but I'm not going to hurt you", "hurt you (negated)"),
    (ruled(HARM, KISS_ANYWHERE), "I could kiss you for that but I'll kill you", None),
    (ruled(HARM, KISS, Phrase(any=("film",))), "in the film I'll kill you", None),
    (ruled(HARM, AnyOf(of=(KISS, Phrase(any=("film",))))), "I'll kill you in the film", None),
    (ruled(HARM, AnyOf(of=(KISS, Phrase(any=("film",))))), "could kiss you or hurt you",
     "hurt you"),
    (beside(HARM, KISS), "I could kiss you for that but I'll kill you", "kill you"),
    (beside(HARM, KISS), "I could kiss you for that", None),
    (beside(HARM, KISS_ANYWHERE), "I could kiss you for that but I'll kill you", None),
    (beside(HARM, AnyOf(of=(KISS, Phrase(any=("film",))))), "kill you in a film", None),
    (ruled(AllOf(of=(HARM, Not(of=KISS))), Phrase(any=("kill you [all] laughing",), reach=WORDS)),
     "could kiss you or kill you laughing and I hurt you", "hurt you"),
    (ruled(AllOf(of=(HARM, Phrase(any=("today",)))), KISS), "could kiss you today", None),
    (ruled(Phrase(any=("will <4> hurt",)), KISS), "I will could kiss you hurt", None),
    (ruled(Phrase(any=("hurt you $",)), KISS), "hurt you could kiss you", None),
    (ruled(Phrase(any=("^ you hurt",)), Phrase(any=("well",), reach=WORDS)), "well you hurt",
     None),
    (ruled(Near(groups=(("kill",), ("you",)), words=3), KISS), "kill could kiss you", None),
    (ruled(Near(groups=(("kill",), ("you",)), words=3), KISS), "could kiss you and you I kill",
     "you I kill"),
    (ruled(HARM, Near(groups=(("could",), ("kiss",)), reach=WORDS)), "I could kiss you hurt you",
     "hurt you"),
    (ruled(HARM, Regex(pattern="could k.ss you", reach=WORDS)), "could kiss you and hurt you",
     "hurt you"),
    (ruled(Regex(pattern="k[a-z]+ you"), KISS), "could kiss you and kill you", "kill you"),
    (ruled(HARM, Phrase(any=("the driver could kiss you",), reach=WORDS)),
     "the drivr could kiss you and hurt you", "hurt you"),
    (ruled(Phrase(any=("the driver will hurt you",)), KISS),
     "could kiss you the drivr will hurt you", "the drivr will hurt you"),
    (ruled(HARM, Phrase(any=("could kiss you",), reach=WORDS, speaker=Speaker.AGENT)),
     "I could kiss you", "kiss you"),
]  # fmt: skip


@every_row(ROWS)
def test_an_exception_bars_the_utterance_or_its_own_words(
    rule: Rule, text: str, words: str | None
) -> None:
    assert told(rule, text) == words


FUNNY, HIT = "that was ever so funny", "I will come round and hurt you"
BOTH = f"{FUNNY} but {HIT}"
PARTED = (clause(BOTH, FUNNY, JOKE), clause(BOTH, HIT, THREAT))


@every_row(
    [
        (ruled(THREAT, JOKE), PARTED, HIT),
        (
            ruled(THREAT, msgspec.structs.replace(JOKE, reach=ExceptionReach.UTTERANCE)),
            PARTED,
            None,
        ),
        (ruled(THREAT, Phrase(any=("so funny",), reach=WORDS)), PARTED, HIT),
        (ruled(THREAT, Phrase(any=("hurt you",), reach=WORDS)), PARTED, None),
        # A clause that spans both counts no more, the one of the danger alone does.
        (ruled(THREAT, JOKE), (clause(BOTH, BOTH, THREAT, rate=0.001), *PARTED), HIT),
        (ruled(THREAT, JOKE), (clause(BOTH, BOTH, THREAT), clause(BOTH, FUNNY, JOKE)), None),
        # Nor does an exception cover the words around the clause that it was found in.
        (ruled(THREAT, JOKE), (clause(BOTH, BOTH, JOKE, rate=0.001), *PARTED), HIT),
        (ruled(HARM, JOKE), PARTED, "hurt you"),
        (beside(THREAT, JOKE), PARTED, HIT),
        (ruled(Wording(any=("hurt you",), meaning=THREAT), JOKE), PARTED, "hurt you"),
    ]
)
def test_meanings_bar_and_are_barred_by_the_clause(
    rule: Rule, clauses: tuple[Clause, ...], words: str | None
) -> None:
    assert told(rule, BOTH, *clauses) == words


def test_weak_signs_in_barred_words_add_up_to_nothing() -> None:
    weak = [
        Utterance(
            at=at + 3.0, channel=Channel.CUSTOMER, start=at, end=at + 2.0, utterance=f"u{at}",
            text=text, clauses=(clause(text, text, THREAT, rate=0.25),),
        )
        for at in (10.0, 20.0, 30.0)
        for text in [f"I could kiss you and more {at:g}"]
    ]  # fmt: skip
    for unless, heard in ((), 1), ((KISS,), 0):
        desk = ScriptedRun(ruled(THREAT, *unless))
        assert sum(isinstance(one, CueMatched) for one in desk.feed(weak)) == heard


def test_a_draft_is_heard_as_its_final_text_is() -> None:
    rule = small_rule("threat.harm", HARM, 3, unless=(KISS,), card=card())
    desk = ScriptedRun(rule)
    desk.play(customer(1, "I could kiss you for that"), until=5.0)
    assert desk.cards() == []
    text = "I could kiss you for that but I will kill you all now"
    draft = Hypothesis(
        at=12.0,
        channel=Channel.CUSTOMER,
        start=8.0,
        end=11.5,
        utterance="x",
        committed=text,
        tail="",
    )
    assert [one.rule for one in desk.feed([draft]) if isinstance(one, CueMatched)] == [rule.id]
    final = Utterance(
        at=14.0, channel=Channel.CUSTOMER, start=8.0, end=13.0, utterance="x", text=text
    )
    assert not any(isinstance(one, CueMatched | CueRetracted) for one in desk.feed([final]))


def test_what_the_other_side_says_bars_nothing() -> None:
    desk = ScriptedRun(ruled(HARM, msgspec.structs.replace(KISS, speaker=Speaker.ANY)))
    desk.play(agent(1, "I could kiss you"), customer(5, "I'll hurt you"), until=10.0)
    assert sum(isinstance(one, CueMatched) for one in desk.results) == 1


# --- properties -------------------------------------------------------------------------------

said = st.lists(st.sampled_from(["red", "tin", "box", "cup", "hat"]), min_size=1, max_size=14)
wanted = st.lists(st.sampled_from(["red", "tin", "box"]), min_size=1, max_size=3)


def places(words: list[str], of: list[str]) -> list[range]:
    """Where words stand one behind the other, as they are found from left to right."""
    found: list[range] = []
    at = 0
    while at + len(of) <= len(words):
        if words[at : at + len(of)] == of:
            found.append(range(at, at + len(of)))
            at += len(of) - 1
        at += 1
    return found


@given(said, wanted, st.lists(wanted, min_size=1, max_size=3))
def test_a_phrase_holds_in_what_its_exceptions_leave(
    words: list[str], phrase: list[str], exceptions: list[list[str]]
) -> None:
    unless = Phrase(any=tuple(dict.fromkeys(map(" ".join, exceptions))), reach=WORDS)
    covered = {at for one in exceptions for place in places(words, one) for at in place}
    left = [word if at not in covered else "-" for at, word in enumerate(words)]
    holds = bool(places(left, phrase))
    when, text = Phrase(any=(" ".join(phrase),)), " ".join(words)
    assert (told(ruled(when, unless), text) is not None) is holds
    assert (told(beside(when, unless), text) is not None) is holds


SNIPPETS = [
    *("I could kiss you", "today I'll break your neck", "shoot me an email", "I'll kill you"),
    *("there's a bomb in your building", "it cost a bomb", "I nearly killed myself laughing"),
    *("I want to end my life", "I can smell gas", "my gas bill", "I've got a gun", "a glue gun"),
    *("you're useless", "your stupid website", "I'll sue", "power of attorney", "last year", "and"),
    *("my husband has collapsed", "the fence collapsed", "not", "he said", "in that film", "but"),
]
talk = st.lists(st.sampled_from(SNIPPETS), min_size=1, max_size=5).map(" ".join)


def reaching(rule: Rule, reach: ExceptionReach | None) -> Rule:
    """The rule whose exceptions all have that reach, or that has none."""
    unless = () if reach is None else tuple(
        msgspec.structs.replace(one, reach=reach) if isinstance(one, Lexical) else one
        for one in rule.unless
    )  # fmt: skip
    return msgspec.structs.replace(rule, unless=unless)


@given(talk)
def test_own_words_bar_no_more_than_an_utterance_and_no_less_than_nothing(text: str) -> None:
    found = searching_matcher().find(Channel.CUSTOMER, text)
    everywhere = WIDE.find(Channel.CUSTOMER, text)
    for rule, wide in zip(book().active(), WIDE.book.active(), strict=True):
        heard = decide(rule, found) is not None
        assert heard or decide(wide, everywhere) is None
        assert not heard or decide(reaching(rule, None), found) is not None


WIDE = Matcher(
    msgspec.structs.replace(
        book(), rules=tuple(reaching(rule, ExceptionReach.UTTERANCE) for rule in book().rules)
    )
)


# --- the shipped pack -------------------------------------------------------------------------

SAID: list[tuple[str, str, bool]] = [
    ("threat.direct", "I could kiss you lot for Tuesday. But today I'll break your neck", True),
    ("threat.direct", "shoot me an email or I'm coming down there and I'll hurt you", True),
    ("threat.direct", "I'm going to kill you, you hear me? And kill the order now", True),
    ("threat.direct", "can you shoot me an email please, and kill the order I put in", False),
    ("threat.bomb", "that bath cost a bomb and you broke it, so I've planted a bomb there", True),
    ("threat.bomb", "the alarm goes off at six every morning and it goes off at ten", False),
    ("threat.bomb", "the film's great, there's a bomb in the building in the first scene", False),
    ("threat.weapon", "I've got a gun for deer hunting. And I've got a rifle that needs insuring",
     False),
    ("threat.property", "the driver smashed my post. So I'll put a brick through your shop window",
     True),
    ("threat.doxx_stalk", "I'll look you up on the internet, yeah, and I'll find you on there",
     False),
    ("safety.self_harm", "I nearly killed myself laughing. But I want to end my life", True),
    ("safety.self_harm", "I cut myself on the box. I hurt myself on your metal edge", False),
    ("safety.medical", "I nearly had a heart attack at the bill and now my husband has collapsed",
     True),
    ("safety.hazard", "I was calling about my gas bill. But I can smell gas in the kitchen", True),
    ("safety.child_risk", "she will not eat vegetables. The baby's got no milk", True),
    ("safety.abuse_third", "please don't tell her i called, it's a party, don't tell her i rang",
     False),
    ("conduct.insult", "your stupid website is down again. You're useless", True),
    ("conduct.insult", "your stupid website and your stupid app", False),
    ("safety.self_harm", "I want to end my contract. I just want to end it", False),
    ("safety.self_harm", "I take two tablets twice a day and I took the tablets today", False),
    ("safety.self_harm", "I take two tablets twice a day and I want to kill myself", True),
    ("safety.self_harm", "I cut myself on your box, I hurt myself because it has no lid", False),
    ("safety.medical", "it's about the ambulance bill. My wife had to call an ambulance", False),
    ("safety.medical", "they had to call an ambulance and I got the ambulance bill", False),
    ("safety.medical", "it's about the ambulance bill. But now he's collapsed", True),
    ("safety.medical", "I can't wake up on time, I just can't wake up", False),
    ("safety.hazard", "I want to claim on my fire insurance, the kitchen caught fire", False),
    ("safety.hazard", "I ordered a smoke alarm. The carbon monoxide alarm hasn't come", False),
    ("safety.abuse_third", "I need to claim, another car hit me. He hit me from behind", False),
    ("safety.child_risk", "a car hit my son. He hit my son on the crossing", False),
    ("safety.child_risk", "my kids will not eat vegetables, the kids will not eat", False),
    ("threat.direct", "can I shoot you an email? I'll shoot you it over tonight", False),
    ("threat.bomb", "there's a new device on my account, there's a device in the house", False),
    ("threat.weapon", "I need a gun licence. I've got a gun in the cabinet", False),
    ("threat.property", "it's my birthday, we're going to trash the place. I'll wreck the house",
     False),
    ("threat.doxx_stalk", "what do you look like for Monday, and what do you look like", False),
]  # fmt: skip


@every_row(SAID)
def test_a_danger_is_heard_beside_its_harmless_cousin(rule: str, text: str, meant: bool) -> None:
    hit = decide(book().rule(rule), searching_matcher().find(Channel.CUSTOMER, text))
    assert (hit is not None and not hit.guard) is meant
    engine = Engine(book(), matcher=matcher())
    engine.receive(START)
    results = engine.receive(
        Utterance(at=9.0, channel=Channel.CUSTOMER, start=1.0, end=8.0, utterance="u", text=text)
    )
    heard = {one.rule for one in results if isinstance(one, CueMatched) and not one.guarded}
    assert (rule in heard) is meant


def test_what_is_written_of_exceptions_is_true(tmp_path: Path) -> None:
    (example,) = re.findall(r'```toml\n([^`]*reach = "words"[^`]*)```', README.read_text("utf-8"))
    (tmp_path / "own.toml").write_text(example, encoding="utf-8")
    results = run_examples(load_book(packs=[tmp_path]))
    assert {one.example.expect for one in results} == {True, False}
    assert all(one.right for one in results)


def test_rules_that_were_kept_without_a_reach_bar_the_whole_utterance() -> None:
    wide = small_book(ruled(HARM, KISS_ANYWHERE))
    kept = msgspec.json.encode(wide).replace(b',"reach":"utterance"', b"")
    assert b"reach" not in kept
    assert msgspec.json.decode(kept, type=RuleBook) == wide


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ('when = { phrase = ["a b"], reach = "words" }', "'words' belongs to an exception"),
        (
            """when.phrase = ["a b"]
            unless = { all = [{ phrase = ["c"], reach = "words" }, { phrase = ["d"] }] }""",
            "'words' belongs to an exception: under 'unless', or under 'not' in an 'all'",
        ),
        (
            """when = { elapsed = 9 }
            unless = { phrase = ["c"], reach = "words" }""",
            "'words' bars nothing here: no condition beside it listens to words",
        ),
        (
            """when = { count = { phrase = ["a b"] }, at_least = 2 }
            unless = { phrase = ["c"], reach = "words" }""",
            "'words' cannot bar a condition that looks back: count, comes or missing",
        ),
        (
            """when.meaning = ["it is far too cold"]
            unless = { meaning = ["it is nice and cold"], reach = "words" }""",
            "sentences beside those of 'when' go by the clause and have none",
        ),
        (
            """when.phrase = ["a b"]
            unless = { phrase = ["c"], reach = "word" }""",
            "'word' is not known; expected one of utterance, words",
        ),
    ],
)
def test_a_reach_stands_where_it_says_something(rule: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        f'[[rule]]\nid = "esc.x"\ntitle = "X"\nseverity = 1\n{rule}\n', encoding="utf-8"
    )
    with pytest.raises(BadRulesError) as told:
        load_book(packs=[tmp_path])
    assert wrong in str(told.value)


@every_row([(5, 8, True), (2, 8, False)])
def test_a_meaning_that_is_supposed_gives_way_to_covered_words_only(
    first: int, last: int, stays: bool
) -> None:
    exception, meaning = 0, 1
    near = Hit(first, last, "what came near")
    left = SearchedAgain(lambda _: LeftWords({}, frozenset({0, 1, 2})))
    found = Found({exception: Hit(0, 2, "so to say")}, Numbers(), {meaning: near}, left)
    supposed = found.supposing(meaning).beside([exception], {meaning})
    assert supposed.numbered(meaning) == (near if stays else None)
    assert supposed.nearly(meaning) == (near if stays else None)
