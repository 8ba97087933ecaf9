"""Times of a call and links to them, as they are written and read."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import InputError
from coach.events.lengths import clock
from coach.notes.review.laid_over import meant_by
from coach.notes.review.past_call import Moment, MomentKind
from coach.notes.review.places import link, read_time, split_place


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3:12", 192.0),
        ("0:00", 0.0),
        ("1:03:12", 3792.0),
        ("192", 192.0),
        (" 3:12.5 ", 192.5),
        ("90", 90.0),
        ("75:00", 4500.0),
    ],
)
def test_a_time_is_read(text: str, seconds: float) -> None:
    assert read_time(text) == seconds


@pytest.mark.parametrize("text", ["", "three", "3:75", "1:75:00", "-3", "3:", ":12", "1:2:3:4"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"is no time of a call\. Write 3:12, 1:03:12 or seconds"):
        read_time(text)


@pytest.mark.parametrize(
    ("text", "call", "at"),
    [
        ("a@3:12", "a", 192.0),
        ("a", "a", None),
        ("folder/me@home.jsonl", "folder/me@home.jsonl", None),
        ("me@home.jsonl@3:12", "me@home.jsonl", 192.0),
        ("@3:12", "@3:12", None),
    ],
)
def test_a_place_is_a_call_and_a_time(text: str, call: str, at: float | None) -> None:
    assert split_place(text) == (call, at)


@pytest.mark.parametrize("text", ["a@", "a@3:75", "a@1:2:3:4"])
def test_a_place_with_half_a_time_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no time of a call"):
        split_place(text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
       st.integers(0, 90_000))  # fmt: skip
def test_a_link_opens_the_place_that_it_was_made_of(call: str, at: int) -> None:
    command, name, place = shlex.split(link(call, at))
    assert (command, name) == ("coach", "review")
    assert split_place(place) == (call, float(at))
    assert read_time(clock(at)) == at


AT = (("mark", 40.2), ("card", 40.3), ("cue", 50.9), ("card", 61.0))


@pytest.mark.parametrize(
    ("written", "meant"),
    [(40.0, 40.3), (50.0, 50.9), (61.0, 61.0), (39.0, 39.0), (40.25, 40.25), (0.0, 0.0)],
)
def test_a_time_without_fractions_means_what_came_within_the_second(
    written: float, meant: float
) -> None:
    moments = tuple(Moment(kind=MomentKind(k), at=at, end=at + 9, title="t") for k, at in AT)
    assert meant_by(moments, written) == meant
