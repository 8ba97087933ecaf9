"""What is told of the voices without words: whole where it is short, in part where it is long."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from twovoices import FIRST, NOBODY, SECOND, LoudIsSpeech, PitchTells, spoken

from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.voices import counted
from audio.voices.counted import is_looked_at, voices_told
from audio.voices.split import listen
from coach.events import Channel


@pytest.fixture(autouse=True)
def short_halves_of_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "WHOLE", 4.0)
    monkeypatch.setattr(counted, "STRETCH", 4.0)
    monkeypatch.setattr(counted, "OF_EACH", 8.0)
    monkeypatch.setattr(counted, "Vad", lambda **_: LoudIsSpeech())
    monkeypatch.setattr(counted, "shared_encoder", PitchTells)


def recorded(
    customer: Samples,
    channels: tuple[Channel, ...] = (Channel.AGENT, Channel.CUSTOMER),
    alone_until: dict[Channel, float] | None = None,
) -> SimpleNamespace:
    """A recording whose agent says nothing, or of one track."""

    def chunks(seconds: float) -> Iterator[Chunk]:
        size = round(seconds * SAMPLE_RATE)
        for first in range(0, len(customer), size):
            heard = customer[first : first + size]
            for channel in channels:
                silent = channel is Channel.AGENT
                yield Chunk(channel, first / SAMPLE_RATE, 0 * heard if silent else heard)

    return SimpleNamespace(
        channels=channels,
        duration=len(customer) / SAMPLE_RATE,
        chunks=chunks,
        alone_until=alone_until or {},
    )


# 8 s are looked at, and then 4 s of every 8 not.
@pytest.mark.parametrize(
    ("parts", "looked", "told"),
    [
        (((FIRST, 3.5), (SECOND, 3.5)), "", "00:04"),
        (((FIRST, 7.0), (NOBODY, 1.0), (SECOND, 4.0)), "0:08 of 0:12", None),
        (((FIRST, 7.0), (NOBODY, 1.0), (SECOND, 7.0)), "0:11 of 0:15", "00:12"),
    ],
)
def test_of_a_long_recording_parts_are_looked_at_which_is_said(
    parts: tuple[tuple[float, float], ...], looked: str, told: str | None
) -> None:
    found = voices_told(recorded(spoken(*parts)))  # type: ignore[arg-type]
    in_part = (
        f"Of the voices: looked at {looked}: the first 0:04 and 4 s of every 0:08 behind them; "
        "who speaks little there may be missed, and times may be 0:04 late."
    )
    assert [one for one in found if "looked at" in one] == ([in_part] if looked else [])
    assert [f"from about {told}" in one for one in found if "third voice" in one] == (
        [] if told is None else [True]
    )


@pytest.mark.parametrize(
    ("alone_until", "told"), [({}, 1), ({Channel.AGENT: 3.7}, 1), ({Channel.CUSTOMER: 3.7}, 0)]
)
def test_a_voice_on_a_side_that_was_recorded_alone_is_no_third_one(
    alone_until: dict[Channel, float], told: int
) -> None:
    """The other one is heard there, and nothing tells it from the side's own."""
    sound = spoken((FIRST, 3.5), (SECOND, 3.5))
    found = voices_told(recorded(sound, alone_until=alone_until))  # type: ignore[arg-type]
    assert len([one for one in found if "third voice" in one]) == told


def test_of_one_track_what_is_not_looked_at_is_silence() -> None:
    sound = spoken((FIRST, 3.0), (NOBODY, 7.0), (SECOND, 4.0), (NOBODY, 6.0), (FIRST, 3.0))
    heard = listen(
        recorded(sound, (Channel.MIXED,)),  # type: ignore[arg-type]
        encoder=PitchTells(),  # type: ignore[arg-type]
        detector=LoudIsSpeech(),
        looked_at=lambda at: at != 10.0,
    )
    assert [(round(low), round(high)) for low, high in heard.speech] == [(0, 3), (20, 23)]


def test_the_beginning_is_looked_at_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert all(is_looked_at(float(at)) for at in range(1830))
    assert [is_looked_at(at) for at in (1830.0, 1940.0, 1950.0, 1979.0, 1980.0)] == [
        False,
        False,
        True,
        True,
        False,
    ]
