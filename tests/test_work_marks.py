"""What the marks `samples` and `meaning` leave out of the quick part does what they say."""

from __future__ import annotations

import numpy as np
import pytest
from every_row import every_row
from work_marks import WORKS, counted, done_in, made_once, mistake

from audio.samples.resample import Resampler


@every_row(
    [
        ((), (), ""),
        (("samples",), (), ""),
        (("samples",), ("samples", "parametrize"), ""),
        ((), ("slow",), ""),
        ((), ("samples",), "it does not work on sound: take its mark `samples` off"),
        (
            ("samples",),
            ("meaning",),
            "it does not ask the sentence encoder: take its mark `meaning` off",
        ),
    ]
)
def test_a_mark_without_its_work_is_a_mistake(
    done: tuple[str, ...], marks: tuple[str, ...], told: str
) -> None:
    assert mistake(done, marks) == told


def test_what_is_called_is_counted_and_does_what_it_did() -> None:
    with done_in() as done, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Resampler, "push", counted("samples", Resampler.push))
        assert not done
        assert len(Resampler(8000).push(np.zeros(8000, np.float32))) > 0
        assert set(done) == {"samples"}


def test_what_is_made_once_counts_for_each_who_is_given_it() -> None:
    calls = []

    @made_once
    def resampled(rate: int, *, gain: float = 1.0) -> int:
        calls.append(rate)
        return len(counted("samples", lambda: np.full(rate, gain))())

    for _ in range(2):  # whoever comes second in a process does no less
        with done_in() as done:
            assert resampled(8, gain=2.0) == 8
            assert set(done) == {"samples"}
    with done_in() as done:
        assert not done
    assert calls == [8]
    assert (resampled(8), resampled(9)) == (8, 9)
    assert calls == [8, 8, 9]


def test_every_mark_is_left_out_of_the_quick_part(request: pytest.FixtureRequest) -> None:
    quick = next(
        line
        for line in (request.config.rootpath / "Makefile").read_text("utf-8").splitlines()
        if line.startswith("QUICK :=")
    )
    assert [mark for mark in WORKS if mark not in quick] == []
