from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("coach.bench.accuracy", reason="needs the `bench` extra", exc_type=ImportError)

from coach.bench.accuracy import (
    Accuracy,
    Segment,
    compare,
    completed,
    known_words,
    matches,
    normalised,
    quantile,
    reference_words,
)
from coach.events import Channel, Hypothesis, Utterance, Word

CUSTOMER = Channel.CUSTOMER


def segment(text: str, start: float, end: float) -> Segment:
    return Segment(channel=CUSTOMER, start=start, end=end, text=text)


def draft(at: float, committed: str, tail: str = "") -> Hypothesis:
    return Hypothesis(
        at=at, channel=CUSTOMER, start=0, end=at, utterance="C1", committed=committed, tail=tail
    )


def final(at: float, text: str) -> Utterance:
    return Utterance(at=at, channel=CUSTOMER, start=0, end=at, utterance="C1", text=text)


def test_sound_marks_and_spelling_do_not_count() -> None:
    assert normalised("[noise] I can't, <unk> really!") == normalised("I can not really")


def test_errors_are_substitutions_deletions_and_insertions() -> None:
    score = compare(
        [segment("a red house by the sea", 0, 6)], [final(7, "red mouse by the big sea")]
    )
    assert (score.errors, score.words) == (3, 6)
    assert score.wer == pytest.approx(50.0)


def lost(said: list[Segment], *heard: Utterance) -> tuple[int, int, int]:
    score = compare(said, heard)
    return score.missed, score.insertions, score.errors


def heard_at(text: str, start: float, end: float, *, timed: bool) -> Utterance:
    pace = (end - start) / len(text.split())
    words = tuple(
        Word(text=one, start=start + i * pace, end=start + (i + 1) * pace, confidence=1.0)
        for i, one in enumerate(text.split())
    )
    return Utterance(
        at=end, channel=CUSTOMER, start=start, end=end, utterance=f"C{start}", text=text,
        words=words if timed else (),
    )  # fmt: skip


@pytest.mark.parametrize("timed", [True, False])
def test_a_sentence_lost_whole_is_missed_and_a_misheard_one_is_not(timed: bool) -> None:
    said = [segment("my card is gone", 0, 2), segment("send a new one", 5, 7)]
    first = heard_at("my card is gone", 0, 2, timed=timed)
    assert lost(said, first) == (4, 0, 4)
    assert lost(said, first, heard_at("tend and you run", 5, 7, timed=timed)) == (0, 0, 4)
    assert lost(said, heard_at("send a new one", 5, 7, timed=timed)) == (4, 0, 4)
    assert lost(said) == (8, 0, 8)


def test_words_that_the_recogniser_left_out_of_a_long_line_are_missed() -> None:
    said = [segment("my card is gone", 0, 2), segment("send a new one", 5, 7)]
    line = heard_at("my card is gone", 0, 2, timed=True)
    assert lost(said, msgspec.structs.replace(line, end=7.0)) == (4, 0, 4)
    assert lost(said, msgspec.structs.replace(line, end=7.0, words=())) == (0, 0, 4)


def test_words_that_nobody_said_are_insertions() -> None:
    said = [segment("yes", 0, 1)]
    more = heard_at("thank you", 4, 5, timed=True)
    assert lost(said, heard_at("yes", 0, 1, timed=True), more) == (0, 2, 2)
    total = compare(said, [more]) + compare([], [more])
    assert (total.missed, total.missed_share, total.insertions) == (1, 100.0, 3)


def test_words_are_dated_from_the_draft_that_committed_them() -> None:
    facts = [
        draft(1.0, "", "my"),
        draft(2.0, "my", "debit"),
        draft(3.0, "my debit", "card"),
        final(5.0, "my debit card"),
    ]
    words = known_words(facts)
    assert [w.committed for w in words] == [2.0, 3.0, 5.0]
    assert [w.drafted for w in words] == [1.0, 2.0, 3.0]


def test_a_word_put_right_by_the_final_is_dated_by_the_final() -> None:
    facts = [draft(2.0, "the new harbour"), final(5.0, "this is harbour")]
    assert [w.committed for w in known_words(facts)] == [5.0, 5.0, 2.0]


def test_a_word_that_went_missing_is_dated_from_its_return() -> None:
    facts = [draft(1.0, "stop"), draft(2.0, "shop"), draft(3.0, "stop it"), final(5.0, "stop it")]
    assert [w.committed for w in known_words(facts)] == [3.0, 3.0]


def test_lag_is_counted_from_words_spread_over_their_segment_by_their_letters() -> None:
    score = compare([segment("one small step", 1.0, 4.0)], [final(5.0, "one small step")])
    # With the space behind each, 4, 6 and 5 of 15 letters in 3 s.
    assert score.lags == pytest.approx((3.2, 2.0, 1.0))


def test_a_number_of_several_words_takes_the_time_of_all() -> None:
    said = [segment("so one hundred thirty five dollars has gone", 0.0, 44.0)]
    words = reference_words(said)
    assert [word.text for word in words] == ["so", "$135", "has", "gone"]
    assert [word.end for word in words] == pytest.approx([3.0, 35.0, 39.0, 44.0])


@given(
    st.lists(
        st.sampled_from(
            ["I", "can't", "pay", "twenty", "five", "9", "a.m.", "[noise]", "dollars", "um"]
        )
    )
)
def test_every_normalised_word_is_completed_by_one_of_the_written(written: list[str]) -> None:
    texts, ends = completed(written)
    assert texts == normalised(" ".join(written))
    assert ends == sorted(ends)
    assert all(1 <= end <= len(written) for end in ends)


def test_scores_add_up() -> None:
    one = Accuracy(words=2, errors=1, lags=(1.0,), draft_lags=(0.5,))
    both = one + one
    assert (both.words, both.errors, both.lags) == (4, 2, (1.0, 1.0))
    assert Accuracy(words=0, errors=3).wer is None


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 3), (0.95, 5), (1.0, 5)])
def test_quantile_is_a_value_that_occurred(share: float, value: int) -> None:
    assert quantile([5, 3, 1, 4, 2], share) == value


TEXT = st.lists(st.sampled_from(["go", "stop", "left", "right"]), max_size=8)


@given(TEXT, TEXT)
def test_matched_words_are_equal_and_in_order(one: list[str], other: list[str]) -> None:
    pairs = sorted(matches(one, other).items())
    assert all(one[i] == other[j] for i, j in pairs)
    assert [j for _, j in pairs] == sorted({j for _, j in pairs})
