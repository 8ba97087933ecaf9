"""The measurements of mood and voice: on small made-up sets, and on the public ones.

The public sets are found through COACH_DATA, a folder with ``text`` and ``voice`` in it.
"""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest

from coach.bench.mood import measure_mood, mood_table
from coach.bench.voice import measure_voices, telephone, voice_table
from coach.errors import InputError

DATA = os.environ.get("COACH_DATA", "")

MUST = {"maia": 0.83, "airline": 0.83, "uss": 0.76, "convabuse": 0.93}
"""Least area under the curve on the customers' side."""


def public(name: str) -> Path:
    if not DATA or not (Path(DATA) / name).is_dir():
        pytest.skip(f"needs the public sets: set COACH_DATA to a folder with {name!r} in it")
    return Path(DATA) / name


def test_mood_of_a_small_set(tmp_path: Path) -> None:
    rows = [
        "sentiment\ttext",
        "negative\tI have been on hold for an hour and nobody helps",
        "negative\tstill waiting, this is ridiculous",
        "neutral\tI would like to change my seat",
        "positive\tthank you so much, great flight",
    ]
    (tmp_path / "airline_tweets.mine.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    (row,) = measure_mood(tmp_path)
    assert (row.name, row.sentences, row.unhappy) == ("airline", 4, 2)
    assert (row.distress, row.found, row.false) == (1.0, 1.0, 0.0)
    assert "airline" in mood_table([row])


def test_a_set_of_another_shape_is_named(tmp_path: Path) -> None:
    (tmp_path / "uss_x.tsv").write_text("a\tb\n1\t2\n", "utf-8")
    with pytest.raises(InputError, match=r"uss_\*\.tsv"):
        measure_mood(tmp_path)


def test_a_set_of_one_kind_has_no_area(tmp_path: Path) -> None:
    (tmp_path / "airline_tweets.tsv").write_text("sentiment\ttext\nneutral\thello\n", "utf-8")
    with pytest.raises(InputError, match="one kind"):
        measure_mood(tmp_path)


def test_distress_on_the_public_sets() -> None:
    rows = {row.name: row for row in measure_mood(public("text"))}
    for name, least in MUST.items():
        assert rows[name].distress >= least, name


def test_raised_voices_on_the_public_recordings() -> None:
    for row in measure_voices(public("voice")):
        assert row.within >= 0.90, row.condition


def buzz(pitch: float, level: float, lift_db: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    time = np.arange(32000) / 16000
    wave = sum(
        (10 ** (lift_db / 20) if k * pitch > 1000 else 1.0)
        / k
        * np.cos(2 * np.pi * k * pitch * time)
        for k in range(1, 20)
    )
    return (level * 32767 * wave / np.abs(wave).max()).astype(np.int16)


def record(file: Path, wave: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
    with av.open(str(file), "w") as container:
        stream = container.add_stream("flac", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 16000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


@pytest.mark.samples
def test_raised_voices_of_a_made_up_speaker(tmp_path: Path) -> None:
    for take in ("01", "02"):
        record(tmp_path / f"03-01-01-01-01-{take}-07.flac", buzz(140, 0.05, 0))
        record(tmp_path / f"03-01-02-01-01-{take}-07.flac", buzz(135, 0.04, 0))
        record(tmp_path / f"03-01-05-01-01-{take}-07.flac", buzz(200, 0.2, 4))
        record(tmp_path / f"03-01-05-02-01-{take}-07.flac", buzz(260, 0.4, 9))
    rows = measure_voices(tmp_path)
    assert [(row.angry, row.calm) for row in rows] == [(2, 4)] * len(rows)
    assert [(row.within, row.found, row.false) for row in rows] == [(1.0, 1.0, 0.0)] * len(rows)
    assert "telephone" in voice_table(rows)


def test_a_folder_without_recordings_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InputError, match="no recording"):
            measure_voices(folder)


def test_the_telephone_keeps_its_band_and_nothing_else() -> None:
    time = np.arange(16000) / 16000
    for hertz, passes in ((100, False), (250, False), (500, True), (3000, True), (5000, False)):
        wave = (0.3 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
        heard = telephone(wave)
        assert len(heard) == len(wave)
        ratio = float(np.std(heard) / np.std(wave))
        assert (ratio == pytest.approx(1.0, abs=0.03)) if passes else ratio < 0.03
