"""The words of callers: what the distress model hears, and what leaves it unmoved."""

from __future__ import annotations

import hashlib
import importlib.resources
import math
import string
import subprocess
import sys

import msgspec
import pytest
from any_text import ANY
from every_row import every_row
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.talk import distress, feeling
from coach.engine.talk.distress import marked, model, phrase_features, word_features, words_of
from coach.engine.talk.feeling import score_text

FOLDER = importlib.resources.files("coach.engine.talk")

UPSET = [
    "I've been on hold for an hour and nobody can tell me where my refund is",
    "this is the third time I'm calling about the same thing and it is still not fixed",
    "your service is absolutely terrible and I want my money back",
    "you keep transferring me and no one helps me",
    "I already told your colleague all of this twice",
    "it still doesn't work and I can't get into my account",
    "you charged my card twice and nobody answers the phone",
    "this is ridiculous, I am sick of waiting",
]
CALM = [
    "I would like to file a claim for my car please",
    "can you tell me what the late fee is",
    "I'd like to dispute a charge on my card how does that work",
    "I need to cancel my order from Monday",
    "yes that is correct thank you very much",
    "my name is Alex and the order number is four four one two",
    "could you send it to my new address",
    "I lost my card and would like to order a new one please",
    "I lost my debit card",
    "my car was damaged in an accident on Sunday",
]
ABUSE = [
    "you are a stupid idiot",
    "fuck you",
    "shut up you useless moron",
    "you're an incompetent piece of garbage",
]


@pytest.mark.parametrize("text", UPSET)
def test_unhappy_callers_are_heard(text: str) -> None:
    assert score_text(text).distress >= 0.5


@pytest.mark.parametrize("text", CALM)
def test_facts_are_no_feelings(text: str) -> None:
    assert score_text(text).distress < 0.3


@pytest.mark.parametrize("text", ABUSE)
def test_abuse_is_distress_and_is_told_from_it(text: str) -> None:
    score = score_text(text)
    assert score.abuse >= 0.5
    assert score.distress >= score.abuse


@every_row(UPSET + CALM)
def test_polite_fury_and_facts_are_no_abuse(text: str) -> None:
    assert score_text(text).abuse < 0.5


@pytest.mark.parametrize(
    ("unhappy", "happy"),
    [
        ("it does not work", "it works"),
        ("I am not happy with this", "I am happy with this"),
        ("nobody helped me", "you helped me"),
        ("still no answer", "I got an answer"),
        ("no that is wrong I said Tuesday", "yes that is right on Tuesday"),
    ],
)
def test_of_two_sentences_the_unhappy_one_scores_higher(unhappy: str, happy: str) -> None:
    assert score_text(unhappy).distress > score_text(happy).distress


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can't, won't & don't!", ["i", "can", "not", "will", "not", "do", "not"]),
        ("We\u2019re at 12:30 or 7", ["we", "are", "at", "0", "or", "0"]),
        ("Uh, you, you know, I mean it's LATE", ["you", "it", "late"]),
        ("soooo #NAME# [NOISE] <unk> @shop https://a.example/b?c late", ["soo", "late"]),
        ("dont cant im wont", ["do", "not", "can", "not", "i", "am", "will", "not"]),
        ("  ... ?! ", []),
        ("café crème", ["café", "crème"]),
    ],
)
def test_words_are_plain(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_negation_reaches_three_words() -> None:
    assert marked(["i", "am", "not", "at", "all", "happy", "today"]) == [
        "i", "am", "not", "!at", "!all", "!happy", "today",
    ]  # fmt: skip


def test_groups_know_words_beginnings_and_pairs() -> None:
    groups = distress.groups()
    assert "strong" in groups.of("frustrating")
    assert "wait" in groups.of("waiting")
    assert "refused" in groups.of("hung up")
    assert groups.of("banana") == ()
    features = list(phrase_features(["they", "hung", "up", "again"]))
    assert "p refused again" in features
    assert "g refused" in features


def test_a_negated_word_is_another_word() -> None:
    plain, negated = (dict(word_features(word)) for word in ("helpful", "!helpful"))
    assert plain.keys().isdisjoint(negated.keys())


@pytest.mark.parametrize("text", ["", "   ", "?!", "uh um", "...", "#NAME#"])
def test_no_words_no_distress(text: str) -> None:
    score = score_text(text)
    assert (score.words, score.distress, score.abuse) == (0, 0.0, 0.0)


@settings(max_examples=200, deadline=None)
@given(st.text(ANY, max_size=300))
def test_any_text_has_figures_in_range_and_the_same_again(text: str) -> None:
    first = score_text(text)
    assert 0.0 <= first.distress <= 1.0
    assert 0.0 <= first.abuse <= first.distress + 1e-12
    assert -1.0 <= first.compound <= 1.0
    assert first.words >= 0
    feeling._by_words.cache_clear()  # scored anew, and not remembered
    assert score_text(text) == first


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(UPSET + CALM + ABUSE),
    st.lists(st.sampled_from([".", ",", "!", "?", "...", " - "]), min_size=20, max_size=20),
    st.booleans(),
)
def test_case_and_punctuation_count_for_nothing(
    text: str,
    marks: list[str],
    capitals: bool,
) -> None:
    spoken = " ".join(word + marks[i % 20] for i, word in enumerate(text.split()))
    spoken = spoken.upper() if capitals else spoken
    plain, dressed = score_text(text), score_text(spoken)
    assert (dressed.distress, dressed.abuse, dressed.words) == (
        plain.distress,
        plain.abuse,
        plain.words,
    )


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=string.ascii_lowercase + " '", max_size=5000))
def test_long_texts_do_no_harm(text: str) -> None:
    assert math.isfinite(score_text(text).distress)


def test_stuttering_and_fillers_change_nothing() -> None:
    plain = score_text("I want my refund now")
    spoken = score_text("uh I I want um my my my refund you know now")
    assert spoken.distress == plain.distress


def test_the_card_and_the_facts_name_this_very_table() -> None:
    digest = hashlib.sha256(FOLDER.joinpath("distress_en.bin").read_bytes()).hexdigest()
    facts = msgspec.json.decode(
        FOLDER.joinpath("distress_en.json").read_bytes(), type=distress.DistressModelFacts
    )
    card = FOLDER.joinpath("distress_en.md").read_text("utf-8")
    assert facts.sha256 == digest
    assert digest in card
    assert facts.trained in card
    for heading in ("Trained on", "Figures", "Limits", "licence"):
        assert heading in card


def test_the_table_is_small_and_of_the_stated_size() -> None:
    size = len(FOLDER.joinpath("distress_en.bin").read_bytes())
    assert size == 2 << distress.TABLE_BITS
    assert size < 1_500_000


def test_a_table_of_the_wrong_size_is_refused() -> None:
    facts = msgspec.json.decode(
        FOLDER.joinpath("distress_en.json").read_bytes(), type=distress.DistressModelFacts
    )
    with pytest.raises(ValueError, match="expected"):
        distress.DistressModel(facts, b"\0" * 100)


def test_scoring_needs_no_numpy() -> None:
    code = (
        "import sys; from coach.engine.talk.feeling import score_text; score_text('hello there');"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_model_is_read_once() -> None:
    assert model() is model()
