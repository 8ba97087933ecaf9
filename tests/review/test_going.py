"""Going from moment to moment, and to words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coach.events import Channel
from coach.notes.review.going import line_at, lines_with, next_moment
from coach.notes.review.past_call import Moment, MomentKind, SaidLine


def moments(times: list[float]) -> list[Moment]:
    return [
        Moment(kind=MomentKind.CARD, at=at, end=at + 1, title=str(number))
        for number, at in enumerate(sorted(times))
    ]


def line(start: float, text: str) -> SaidLine:
    return SaidLine(
        utterance=f"C{start:g}", channel=Channel.CUSTOMER, start=start, end=start + 1, text=text
    )


@given(st.lists(st.integers(0, 20).map(lambda n: n / 2)))
def test_next_goes_to_every_moment_once_and_back_again(times: list[float]) -> None:
    """Also where several stand in one place."""
    among = moments(times)
    at, shown, passed = -1.0, None, []
    while (found := next_moment(among, at, 1, shown)) is not None:
        passed.append(found)
        at, shown = found.at, found
    assert passed == among
    back = [shown] if shown is not None else []
    while (found := next_moment(among, at, -1, shown)) is not None:
        back.append(found)
        at, shown = found.at, found
    assert back == among[::-1]


def test_from_a_free_place_next_is_what_lies_behind_it() -> None:
    among = moments([1.0, 5.0])
    assert next_moment(among, 3.0, 1) == among[1]
    assert next_moment(among, 3.0, -1) == among[0]
    assert next_moment(among, 5.0, 1, among[0]) is None


def test_words_are_found_in_any_order_and_case() -> None:
    lines = [line(1, "My manager said so"), line(2, "said a man"), line(3, "So I said")]
    assert lines_with(lines, "SAID so") == (lines[0], lines[2])
    assert lines_with(lines, "manag") == (lines[0],)
    assert lines_with(lines, "  ") == ()


def test_the_line_at_a_time_is_the_last_that_began() -> None:
    lines = [line(1, "a"), line(4, "b")]
    assert [line_at(lines, at) for at in (0.5, 1.0, 3.9, 4.0, 99.0)] == [None, 0, 0, 1, 1]
