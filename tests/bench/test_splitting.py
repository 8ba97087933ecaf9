"""Whose the speech of a split track is, against a made-up reference."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from audio.voices.split import VoicesHeard
from audio.voices.turns import VoiceTurn
from coach.bench.accuracy import Segment
from coach.bench.splitting import figures, measure
from coach.errors import InputError
from coach.events import Channel

DATA = os.environ.get("COACH_DATA", "")
A, C = Channel.AGENT, Channel.CUSTOMER


def turn(start: float, end: float, speaker: int, confidence: float = 0.95) -> VoiceTurn:
    return VoiceTurn(
        start=start, end=end, speaker=speaker, confidence=confidence, speech=end - start
    )


def line(channel: Channel, start: float, end: float, text: str = "words") -> Segment:
    return Segment(channel=channel, start=start, end=end, text=text)


REFERENCE = [line(A, 0, 4), line(C, 4, 8), line(A, 7, 8), line(C, 9, 10, "[noise]")]
HEARD = ((0.0, 6.0), (7.0, 10.0))


@pytest.mark.parametrize(
    ("turns", "right", "named", "agent_first"),
    [
        ((turn(0, 4, 0), turn(4, 10, 1)), 100.0, 100.0, True),
        ((turn(0, 4, 1), turn(4, 10, 0)), 100.0, 100.0, False),
        ((turn(0, 1, 0), turn(1, 4, 0, 0.6), turn(4, 10, 1)), 100.0, 50.0, True),
        ((turn(0, 10, 0),), 66.7, 100.0, True),
    ],
)
def test_the_better_way_counts_and_what_nobody_can_know_does_not(
    turns: tuple[VoiceTurn, ...], right: float, named: float, agent_first: bool
) -> None:
    heard = VoicesHeard(voices=None, turns=turns, speech=HEARD)
    found = figures("x", heard, REFERENCE, 10.0)
    assert (found.right, found.sure, found.agent_first) == (right, named, agent_first)
    assert found.first_minute == right
    # Of 7 s of one person alone one is not heard; 1 s of both at once and noise are left out.
    assert (found.seconds, found.coverage) == (6.0, 85.7)


def test_a_recording_without_a_reference_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no reference"):
        measure(tmp_path / "call.wav")


def test_a_recording_without_voices_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "call.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8000 * 3))
    (tmp_path / "call.tsv").write_text("agent\t0.0\t1.0\thello there\n")
    with pytest.raises(InputError, match="holds too little speech"):
        measure(tmp_path / "call.wav")


@pytest.mark.parametrize(("live", "mean", "worst"), [(False, 97.0, 88.0), (True, 96.0, 93.0)])
def test_the_development_calls_are_split_well(*, live: bool, mean: float, worst: float) -> None:
    folder = Path(DATA or "absent") / "calls" / "harper_valley"
    if not folder.is_dir():
        pytest.skip("needs the development calls: set COACH_DATA")
    rights = [measure(file, live=live).right for file in sorted(folder.glob("*.wav"))]
    assert sum(rights) / len(rights) >= mean
    assert min(rights) >= worst
