from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.words.hypothesis import OpenWords, SureSettings
from audio.words.passed_over import texts_of
from coach.events import Word

NEVER_SURE = SureSettings(())


def words(text: str, *, confidence: float = 0.5) -> tuple[Word, ...]:
    return tuple(
        Word(text=one, start=i * 0.3, end=i * 0.3 + 0.3, confidence=confidence)
        for i, one in enumerate(text.split())
    )


def draft(hypothesis: OpenWords, text: str, skipped: int = 0, heard: float = 0.0) -> None:
    hypothesis.draft(words(text), skipped=skipped, heard=heard)


def test_one_draft_commits_nothing_unless_it_is_sure() -> None:
    one = OpenWords()
    draft(one, "I want my")
    assert (one.committed_text, one.tail_text) == ("", "I want my")


def test_two_drafts_commit_what_they_agree_on() -> None:
    one = OpenWords()
    draft(one, "I want my")
    draft(one, "i want, money back")
    assert (one.committed_text, one.tail_text) == ("i want,", "money back")


def test_a_guess_is_shown_and_commits_and_confirms_nothing() -> None:
    one = OpenWords()
    one.guess(words("thank you"), skipped=0)
    assert (one.committed_text, one.tail_text) == ("", "thank you")
    draft(one, "thank you")
    assert one.committed_text == ""
    draft(one, "thank you")
    assert one.committed_text == "thank you"
    one.guess(words("thank you very much"), skipped=0)
    assert (one.committed_text, one.tail_text) == ("thank you", "very much")


def test_sure_words_with_sound_behind_them_are_committed_at_once() -> None:
    one = OpenWords()
    one.draft(words("I want my money", confidence=0.95), skipped=0, heard=1.25)
    # "want" ends 0.65 s before the edge, "my" 0.35 s and "money" 0.05 s.
    assert (one.committed_text, one.tail_text) == ("I want my", "money")


def test_the_less_was_heard_after_a_word_the_surer_it_must_be() -> None:
    bounds = SureSettings()
    word = Word(text="money", start=1.0, end=1.5, confidence=0.8)
    unsure = Word(text="money", start=1.0, end=1.5, confidence=0.3)
    assert [bounds.sure(word, 1.5 + after) for after in (0.1, 0.3, 0.5, 1.0)] == [
        False,
        False,
        True,
        True,
    ]
    assert not bounds.sure(unsure, 9.0)


def with_unsure_first(text: str) -> tuple[Word, ...]:
    first, *rest = words(text, confidence=0.95)
    return (Word(text=first.text, start=first.start, end=first.end, confidence=0.3), *rest)


def test_an_unsure_word_holds_back_one_sure_word_but_not_a_run() -> None:
    one = OpenWords()
    one.draft(with_unsure_first("I want"), skipped=0, heard=9.0)
    assert one.committed_text == ""
    one.draft(with_unsure_first("we want my"), skipped=0, heard=9.0)
    assert one.committed_text == "we want my"


def test_a_draft_that_garbles_committed_words_still_brings_the_next_ones() -> None:
    one = OpenWords()
    draft(one, "so much for my savings account")
    draft(one, "so much for my savings account")
    one.draft(words("some for my savings account today then", confidence=0.95), skipped=0, heard=9)
    assert one.committed_text == "so much for my savings account today then"


def test_what_follows_is_not_taken_from_a_draft_that_lost_its_place() -> None:
    one = OpenWords()
    one.settle(words("so much for my savings account"))
    one.draft(words("a b c d e account f g", confidence=0.95), skipped=0, heard=9)
    assert one.committed_text == "so much for my savings account"


def test_one_garbled_draft_takes_nothing_back() -> None:
    one = OpenWords()
    draft(one, "I want my money")
    draft(one, "I want my money back")
    draft(one, "Island my")
    assert one.committed_text == "I want my money"


def test_two_agreeing_drafts_put_committed_words_right() -> None:
    one = OpenWords()
    draft(one, "Hello the new")
    draft(one, "Hello the new harbour")
    draft(one, "Hello this is Harper Valley")
    draft(one, "Hello this is Harper Valley Bank")
    assert one.committed_text == "Hello this is Harper Valley"


def test_a_shared_run_lets_the_words_before_it_through() -> None:
    one = OpenWords()
    draft(one, "so French hours are nine")
    draft(one, "the branch hours are nine to five")
    assert (one.committed_text, one.tail_text) == ("the branch hours are nine", "to five")


def test_a_single_shared_word_does_not() -> None:
    one = OpenWords()
    draft(one, "so French hours")
    draft(one, "the branch hours are")
    assert one.committed_text == ""


def test_a_pause_commits_everything() -> None:
    one = OpenWords()
    draft(one, "I want my")
    one.settle(words("I want my money"))
    assert (one.committed_text, one.tail_text) == ("I want my money", "")


def test_drafts_leave_alone_what_was_heard_in_a_pause() -> None:
    one = OpenWords()
    one.settle(words("my savings account"), until=0.95)
    draft(one, "I save account please")
    draft(one, "I save account please now")
    assert (one.committed_text, one.tail_text) == ("my savings account please", "now")
    one.settle(words("my savings account please now"), until=1.6)
    assert one.committed_text == "my savings account please now"


def test_a_late_answer_to_a_pause_keeps_what_was_said_since() -> None:
    one = OpenWords()
    draft(one, "my saving can you see it")
    draft(one, "my saving can you see it now")
    one.settle(words("my savings"), until=0.65)
    assert (one.committed_text, one.tail_text) == ("my savings can you see it", "now")


def test_a_draft_may_begin_after_committed_words() -> None:
    one = OpenWords()
    draft(one, "one two three")
    draft(one, "one two three")
    draft(one, "three four", skipped=2)
    draft(one, "three four five", skipped=2)
    assert (one.committed_text, one.tail_text) == ("one two three four", "five")


def test_confidence_is_that_of_the_newest_words() -> None:
    one = OpenWords()
    assert one.confidence == 0.0
    one.draft(words("so much for", confidence=0.5), skipped=0, heard=9)
    assert one.confidence == pytest.approx(0.5)
    early, late = words("a b", confidence=0.1), words("c d e f g h i j", confidence=0.9)
    one.draft((*early, *late), skipped=0, heard=9)
    assert one.confidence == pytest.approx(0.9)
    one.guess(words("thank you", confidence=0.9), skipped=0)
    assert one.confidence == 0.0


def test_split_loses_and_doubles_nothing() -> None:
    one = OpenWords()
    one.settle(words("one two three four"))
    rest = one.split(3)
    assert (one.committed_text, rest.committed_text) == ("one two three", "four")


def test_case_and_punctuation_do_not_make_another_word() -> None:
    assert texts_of(words("Bank. BANK")) == texts_of(words("bank bank"))
    assert texts_of(words("bank")) != texts_of(words("banks"))


DRAFTS = st.lists(st.lists(st.sampled_from("abcd"), max_size=6), max_size=12)


@given(DRAFTS)
def test_count_of_committed_words_never_shrinks(drafts: list[list[str]]) -> None:
    one = OpenWords(NEVER_SURE)
    count = 0
    for letters in drafts:
        draft(one, " ".join(letters))
        assert len(one.committed) >= count
        count = len(one.committed)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=20), st.data())
def test_growing_drafts_commit_a_prefix_of_what_is_said(
    said: list[str], data: st.DataObject
) -> None:
    one = OpenWords(NEVER_SURE)
    at = 0
    while at < len(said):
        at = data.draw(st.integers(at + 1, len(said)))
        draft(one, " ".join(said[:at]))
        assert said[:at] == [w.text for w in (*one.committed, *one.tail)]
