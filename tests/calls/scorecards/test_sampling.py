"""A draw is fair, in strata, the same for the same seed, and can be checked by anybody."""

from __future__ import annotations

import hashlib
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from any_text import ANY
from hypothesis import given, settings
from hypothesis import strategies as st
from keptcalls import CUSTOMER, cue, keep, level, said

from coach.calls.about import About, CallKind
from coach.calls.library import Library
from coach.calls.scorecards.frame import (
    Strata,
    audited,
    by_agent,
    framed,
    keep_sample,
    traits_of,
    week_of,
)
from coach.calls.scorecards.sampling import (
    Allocation,
    Candidate,
    Plan,
    Sample,
    _equal,
    _proportional,
    chance_of,
    differing,
    draw,
)
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.errors import InputError, StorageError
from coach.events import Level


def candidates(*strata: str, agent: str = "anna", week: str = "2026-W48") -> list[Candidate]:
    return [
        Candidate(call=f"{agent}{n}", agent=agent, week=week, stratum=stratum)
        for n, stratum in enumerate(strata)
    ]


frames = st.lists(st.sampled_from("abcd"), min_size=1, max_size=14).map(lambda s: candidates(*s))
sizes = st.integers(1, 6)
allocations = st.sampled_from(list(Allocation))


@given(frames, sizes, st.text(ANY, max_size=5), allocations)
def test_as_many_as_asked_for_and_the_same_again(
    frame: list[Candidate], size: int, seed: str, allocation: Allocation
) -> None:
    plan = Plan(seed=seed, per_agent=size, allocation=allocation)
    sample = draw(plan, frame)
    assert len(sample.drawn) == min(size, len(frame))
    assert len({one.call for one in sample.drawn}) == len(sample.drawn)
    assert draw(plan, frame[::-1]) == sample
    others = candidates("a", "b", "c", agent="omar")
    mine = [one for one in draw(plan, [*others, *frame]).drawn if one.agent == "anna"]
    assert mine == list(sample.drawn), "nobody's draw hangs on another's"
    assert differing(sample) == set()


@given(frames, sizes, allocations)
@settings(max_examples=20)
def test_every_call_is_drawn_as_often_as_its_chance_says(
    frame: list[Candidate], size: int, allocation: Allocation
) -> None:
    """Counted over all starts that make a difference, so exactly and not by luck."""
    plan = Plan(seed="7", per_agent=size, allocation=allocation)
    choose = _proportional if allocation is Allocation.PROPORTIONAL else _equal
    strata = Counter(one.stratum for one in frame)
    starts = 12 * len(frame)
    counts: Counter[str] = Counter()
    chances: dict[str, float] = {}
    for number in range(starts):
        for one in choose(plan, frame, Fraction(number, starts)):
            counts[one.stratum] += 1
            chances[one.call] = one.chance
            if allocation is Allocation.PROPORTIONAL:
                assert one.chance == pytest.approx(min(1.0, size / len(frame)))
    for stratum, count in strata.items():
        of_stratum = {c.call for c in frame if c.stratum == stratum} & chances.keys()
        if of_stratum:
            chance = chances[of_stratum.pop()]
            assert counts[stratum] / starts == pytest.approx(chance * count)


@given(frames, sizes, st.integers())
def test_a_stratum_gets_its_part_to_within_a_call(
    frame: list[Candidate], size: int, seed: int
) -> None:
    size = min(size, len(frame))
    drawn = Counter(one.stratum for one in draw(Plan(seed=str(seed), per_agent=size), frame).drawn)
    for stratum, count in Counter(one.stratum for one in frame).items():
        assert abs(drawn[stratum] - size * count / len(frame)) < 1


def test_in_turns_rare_strata_are_seen() -> None:
    frame = candidates(*("calm",) * 40, "angry", "upset")
    plan = Plan(seed="7", per_agent=3, allocation=Allocation.EQUAL)
    drawn = {one.stratum: one.chance for one in draw(plan, frame).drawn}
    assert drawn == {"calm": 1 / 40, "angry": 1.0, "upset": 1.0}


def test_every_agent_and_week_has_its_own() -> None:
    frame = [
        *candidates(*"aaaa"),
        *(c for week in ("2026-W47",) for c in candidates(*"ab", agent="omar", week=week)),
    ]
    cells = by_agent(draw(Plan(seed="7", per_agent=3), frame).drawn)
    assert {cell: len(drawn) for cell, drawn in cells.items()} == {
        ("anna", "2026-W48"): 3,
        ("omar", "2026-W47"): 2,
    }


def test_chance_is_the_hash_of_the_seed() -> None:
    digest = hashlib.sha256(b"7/anna/2026-W48").hexdigest()
    assert chance_of("7/anna/2026-W48") == Fraction(int(digest[:16], 16), 2**64)


# --- from the library ----------------------------------------------------------------------------


def known(tmp_path: Path) -> list[object]:
    calls = tmp_path / "calls"
    anna = About(kind=CallKind.LIVE, agent="Anna")
    started = "2026-11-25T09:00:00+00:00"
    keep(calls, "calm", about=anna, started=started, end=100)
    angry = [said(1, CUSTOMER, "hello"), cue(5, "esc.churn"), level(9, Level.ANGRY)]
    shouted = About(kind=CallKind.LIVE, agent="ANNA")
    keep(calls, "angry", angry, about=shouted, started=started, end=900)
    keep(calls, "nobody", started=started)
    keep(calls, "going", about=anna, started=started, end=None)
    keep(calls, "undated", about=anna, started="")
    keep(calls, "done", about=anna, started=started)
    with Library(calls, tmp_path / "index") as library:
        library.refresh()
        return list(search(library, Query(most=None)).calls)


def test_the_frame_says_who_is_in_and_why_others_are_not(tmp_path: Path) -> None:
    calls = known(tmp_path)
    frame, excluded = framed(calls, Strata(), {"done"}, 70.0)  # type: ignore[arg-type]
    assert {one.call: one.stratum for one in frame} == {
        "calm": "calm, under 180 s, without cues",
        "angry": "angry, 600 s and more, with cues",
    }
    assert {one.agent for one in frame} == {"ANNA"}, "one agent, as first written"
    assert {one.week for one in frame} == {"2026-W48"}
    assert {one.call: one.because for one in excluded} == {
        "nobody": "no agent is known",
        "going": "it has no end",
        "undated": "its start is unknown",
        "done": "it is scored already",
    }
    lengths = Strata(by=("length",), lengths_s=(60, 200))
    by_call = {call.call: lengths.of(call) for call in calls}  # type: ignore[attr-defined, arg-type]
    assert (by_call["calm"], by_call["angry"]) == ("60 to 200 s", "200 s and more")
    strata = Strata(by=("cue",), cue="esc.churn", with_cue=frozenset({"angry"}))
    frame, excluded = framed(calls, strata, (), 70.0)  # type: ignore[arg-type]
    assert {one.stratum for one in frame} == {"with esc.churn", "without esc.churn"}
    assert "it is shorter than 70 s" in {one.because for one in excluded}
    assert strata.in_words() == ("cue (esc.churn)",)


def test_traits_are_known_ones() -> None:
    assert traits_of("level, cue,level") == ("level", "cue")
    assert traits_of("") == ()
    with pytest.raises(InputError, match=r"There is no stratum by 'levle'\. Did you mean 'level'"):
        traits_of("levle")
    with pytest.raises(InputError, match=r"no stratum by 'mood'\. Known are level, length, cue"):
        traits_of("mood")


def test_a_year_may_begin_in_the_week_of_the_last() -> None:
    assert week_of("2027-01-01T12:00:00") == "2026-W53"
    assert week_of("soon") == ""


def test_a_kept_draw_is_made_again_and_one_that_was_touched_up_is_found(tmp_path: Path) -> None:
    sample = draw(Plan(seed="7", per_agent=2), candidates(*"aabbcc"))
    path = tmp_path / "sample.json"
    keep_sample(path, sample)
    assert audited(path) == (sample, set())
    taken = {one.call for one in sample.drawn}
    other = next(c for c in sample.frame if c.call not in taken)
    first = sample.drawn[0]
    swapped = Sample(
        plan=sample.plan,
        frame=sample.frame,
        excluded=(),
        drawn=(type(first)(**(_fields(first) | {"call": other.call})), *sample.drawn[1:]),
    )
    path.unlink()
    keep_sample(path, swapped)
    assert audited(path)[1] == {first.call, other.call}
    with pytest.raises(StorageError, match=r"The sample .* cannot be written"):
        keep_sample(tmp_path / "no" / "sample.json", sample)
    path.write_text("{}")
    with pytest.raises(InputError, match="is no kept sample"):
        audited(path)


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}  # type: ignore[attr-defined]
