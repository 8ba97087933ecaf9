"""Phrases joined to one sound, and its words shared out again."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from audio.recognition.decoding import DecodeRequest, DecodeResult, Earlier, Purpose
from audio.recognition.packing import (
    ALONE_S,
    GAP,
    WINDOW,
    joined,
    likelier_in_context,
    packs,
    settled,
    shared_out,
)
from audio.samples.chunks import SAMPLE_RATE
from coach.events import Channel, Word

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER


def request(seconds: float, start: float = 0.0, channel: Channel = CUSTOMER) -> DecodeRequest:
    return DecodeRequest(
        number=1,
        purpose=Purpose.PAUSE,
        channel=channel,
        utterance="C1",
        start=start,
        samples=np.full(round(seconds * SAMPLE_RATE), 0.1, np.float32),
        spoken_until=start + seconds - 0.2,
    )


def words(*timed: tuple[str, float, float], confidence: float = 0.9) -> tuple[Word, ...]:
    return tuple(Word(text=t, start=a, end=b, confidence=confidence) for t, a, b in timed)


def test_a_sides_phrases_fill_windows_in_their_order() -> None:
    sides = [AGENT, CUSTOMER, AGENT, AGENT, CUSTOMER, AGENT]
    asked = [request(9.0, i * 10.0, side) for i, side in enumerate(sides)]
    assert packs(asked) == [[0, 2], [3, 5], [1, 4]]
    for pack in packs(asked):
        assert joined([asked[i] for i in pack]).seconds <= WINDOW


@pytest.mark.parametrize(
    "other",
    [
        request(3.0)._replace(purpose=Purpose.FINAL),
        request(3.0)._replace(language=None),
        request(3.0)._replace(language="de"),
        request(3.0)._replace(prompt="so"),
        request(3.0)._replace(earlier=(Earlier(np.zeros(9, np.float32), "so"),)),
        request(3.0, channel=AGENT),
        request(WINDOW - 1.0),
    ],
)
def test_what_is_asked_otherwise_is_not_joined(other: DecodeRequest) -> None:
    assert all(len(pack) == 1 for pack in packs([request(3.0), other]))


def test_the_windows_of_a_side_are_about_equally_long() -> None:
    asked = [request(6.0, i * 10.0) for i in range(6)]
    assert packs(asked) == [[0, 1, 2], [3, 4, 5]]  # not four and two, though four fit
    assert packs([request(s) for s in (1.0, 24.0, 1.0, 1.0)]) == [[0, 1], [2, 3]]
    rng = np.random.default_rng(7)
    for _ in range(50):
        asked = [request(float(s)) for s in rng.uniform(0.5, 12.0, 9)]
        found = packs(asked)
        assert [place for pack in found for place in pack] == list(range(9))
        lengths = [joined([asked[place] for place in pack]).seconds for pack in found]
        assert max(lengths) <= WINDOW
        for pack, following in itertools.pairwise(found):
            # No window could take the next phrase and still be shorter than the longest.
            more = joined([asked[place] for place in [*pack, following[0]]]).seconds
            assert more > max(lengths) - 0.1


def test_a_long_phrase_is_a_window_of_its_own_and_a_short_one_is_decoded_alone() -> None:
    assert packs([request(ALONE_S)]) == [[0]]
    assert packs([request(ALONE_S - 0.1)]) == []
    assert packs([request(20.0), request(WINDOW)]) == [[0], [1]]


def test_a_joined_sound_has_silence_between_its_phrases() -> None:
    both = joined([request(1.0, 5.0), request(2.0, 9.0)])
    assert (both.start, both.seconds) == (0.0, pytest.approx(3.0 + GAP))
    first, last = round(1.0 * SAMPLE_RATE), round((1.0 + GAP) * SAMPLE_RATE)
    assert not both.samples[first:last].any()
    assert both.samples[:first].all()
    assert both.samples[last:].all()


SEAMS = {
    "plain": ([("one", 0.2, 0.8), ("two", 1.5, 2.0)], ["one", "two"]),
    "the second begins early": ([("one.", 0.2, 0.7), ("two", 0.9, 2.0)], ["one.", "two"]),
    "the first ends late": (
        [("so", 0.2, 0.6), ("one.", 0.6, 1.3), ("two", 1.5, 2)],
        ["so one.", "two"],
    ),
    "a sentence ends near": (
        [("one.", 0.2, 0.9), ("two", 0.9, 1.1), ("three", 1.6, 2.0)],
        ["one.", "two three"],
    ),
    "nothing in the first": ([("two", 1.5, 2.0)], ["", "two"]),
    "nothing in the second": ([("one", 0.2, 0.8)], ["one", ""]),
    "nothing": ([], ["", ""]),
}


@pytest.mark.parametrize("name", SEAMS)
def test_words_go_to_the_phrase_they_lie_in(name: str) -> None:
    timed, expected = SEAMS[name]
    asked = [request(1.0, 5.0), request(2.0, 9.0)]
    whole = DecodeResult(joined(asked), words(*timed), no_speech=0.1)
    shares = shared_out(whole, asked)
    assert [share.text for share in shares] == expected
    for share, one in zip(shares, asked, strict=True):
        assert share.request is one
        assert share.in_context
        assert all(one.start <= word.start <= word.end <= one.end for word in share.words)
    if name == "plain":
        assert shares[1].words[0].start == pytest.approx(9.0 + 1.5 - 1.0 - GAP)


def test_every_word_goes_somewhere_and_in_order() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        asked = [request(float(s), 10.0 * i) for i, s in enumerate(rng.uniform(0.5, 4.0, 5))]
        whole = joined(asked)
        starts = np.sort(rng.uniform(0.0, whole.seconds, 12))
        timed = [(f"{i}" + "." * (i % 3 == 0), a, a + 0.2) for i, a in enumerate(starts)]
        result = DecodeResult(whole, words(*timed))
        shares = shared_out(result, asked)
        assert [w.text for s in shares for w in s.words] == [w.text for w in result.words]


PLAIN = DecodeResult(
    request(2.0, 5.0), words(("well", 5.5, 5.9), ("yes.", 5.9, 6.7)), avg_logprob=-0.1
)
UNSETTLED = {
    "no words": PLAIN._replace(words=()),
    "a loop": PLAIN._replace(looped=True),
    "another language": PLAIN._replace(language="es"),
    "unlikely": PLAIN._replace(avg_logprob=-0.7),
    "nothing for long at its beginning": PLAIN._replace(words=words(("yes.", 6.3, 6.7))),
    "a first word stretched over what lies before": DecodeResult(
        request(4.0, 5.0), words(("I", 5.1, 7.6), ("want.", 7.6, 8.4)), avg_logprob=-0.1
    ),
    "nothing for long at its end": PLAIN._replace(words=words(("well", 5.4, 5.8))),
    "too few words": DecodeResult(request(6.0, 5.0), words(("well", 5.4, 10.6)), avg_logprob=-0.1),
}


@pytest.mark.parametrize("name", UNSETTLED)
def test_a_phrase_that_is_not_plainly_understood_is_not_settled(name: str) -> None:
    assert settled(PLAIN)
    assert not settled(UNSETTLED[name])


def test_of_both_looks_the_likelier_counts_and_no_third_follows() -> None:
    other = PLAIN._replace(words=words(("no", 5.5, 6.7)), avg_logprob=-0.05)
    assert likelier_in_context(PLAIN, other).text == "no"
    assert likelier_in_context(PLAIN, other._replace(avg_logprob=-0.9)).text == "well yes."
    assert likelier_in_context(PLAIN, other).in_context
