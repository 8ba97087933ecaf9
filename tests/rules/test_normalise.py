"""Normalisation: what is said the same comes out the same, however it was written down."""

from __future__ import annotations

import itertools

from any_text import ANY
from every_row import every_row
from hypothesis import given
from hypothesis import strategies as st

from rules.phrases.normalise import words_of


def plain(text: str) -> str:
    return " ".join(("~" if w.soft else "") + w.text for w in words_of(text))


@every_row(
    [
        ("I'M NOT HAPPY!!!", "i am not happy"),
        ("isn't it isnt he is not", "is not it is not he is not"),
        ("can't you cant I cannot", "can not you can not i can not"),
        ("I\u2019ve won\u2019t", "i have will not"),
        ("you're here youre", "you are here you are"),
        ("it's been, it's broken", "it has been it is broken"),
        ("you'd better, you'd go", "you had better you would go"),
        ("gonna wanna gotta lemme", "going to want to got to let me"),
        ("I cannae pay, we havenae, she didnae", "i can not pay we have not she did not"),
        ("um I, uh, want erm that", "i want that"),
        ("I I want I want to go", "i want to go"),
        ("no no no", "no no no"),
        (
            "3rd time, 2 calls, 45 minutes, 1,200 pounds",
            "third time two calls forty five minutes 1200 pounds",
        ),
        ("100% of £20", "hundred percent of twenty"),
        ("apologise apologised unauthorised", "apologize apologized unauthorized"),
        ("promise surprise advise", "promise surprise advise"),
        ("colour cheque mum arsehole", "color check mom asshole"),
        ("f***ing b******t sh*t", "~fucking bullshit shit"),
        ("fuckin' talkin'", "~fucking talking"),
        ("F.C.A. f c a GDPR", "fca fca gdpr"),
        ("twenty-five e-mails", "twenty five e mails"),
        ("café naïve", "cafe naive"),
        ("my mum's died, the manager's name", "my mom died the manager name"),
        ("ill sue you", "i will sue you"),
        ("i feel ill", "i feel ill"),
        ("well were you there", "~well were you there"),
        ("you know, I mean, it's like broken", "~you_know ~i_mean it is ~like broken"),
        ("do you know what I mean", "do you know what i mean"),
        ("it's kind of slow, some kind of scam", "it is ~kind_of slow some kind of scam"),
        ("...", ""),
        ("日本語 😀", ""),
    ]
)
def test_what_comes_out(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text(ANY, max_size=300))
def test_any_text_gives_plain_words_that_know_their_token(text: str) -> None:
    words = words_of(text)
    tokens = text.split()
    assert all(0 <= w.token < len(tokens) for w in words)
    assert all(a.token <= b.token for a, b in itertools.pairwise(words))
    assert all(w.text.isascii() and w.text and " " not in w.text for w in words)


@given(st.lists(st.sampled_from(["you're", "not", "listening", "3rd", "time", "I", "can't"])))
def test_case_and_punctuation_change_nothing(words: list[str]) -> None:
    text = " ".join(words)
    assert plain(text) == plain(text.upper()) == plain(", ".join(words) + "!")
