"""The sample call is what its script says, and what a telephone would deliver."""

from __future__ import annotations

import importlib.util
import itertools
import tomllib
from pathlib import Path
from types import ModuleType

import av
import pytest

from coach import sample

SCRIPT = tomllib.loads((sample.CALL.parent / "script.toml").read_text(encoding="utf-8"))


def _rows(file: Path) -> list[tuple[float, float, str, str]]:
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split("\t") for line in lines]
    return [(float(start), float(end), role, text) for start, end, role, text in cells]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sample", sample.CALL.parent / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_call_is_stereo_at_telephone_rate_and_small() -> None:
    with av.open(str(sample.CALL)) as call:
        stream = call.streams.audio[0]
        assert (stream.rate, stream.channels) == (8_000, 2)
        assert call.duration is not None
        assert 75 <= call.duration / 1_000_000 <= 120
    assert sample.CALL.stat().st_size <= 1_500_000


def test_reference_says_what_the_script_says() -> None:
    spoken = [(line["speaker"], line["text"]) for line in SCRIPT["line"]]
    assert [(role, text) for _, _, role, text in _rows(sample.REFERENCE)] == spoken


def test_one_line_talks_over_the_one_before() -> None:
    rows = _rows(sample.REFERENCE)
    over = [b for a, b in itertools.pairwise(rows) if b[0] < a[1]]
    assert [role for _, _, role, _ in over] == ["customer"]


@pytest.mark.sound
def test_script_renders_to_the_committed_call(maker: ModuleType, tmp_path: Path) -> None:
    call, text = maker.render(sample.CALL.parent / "script.toml", tmp_path)
    # Another release of the synthesiser may speak a little faster; the words stay.
    made, committed = _rows(text), _rows(sample.REFERENCE)
    assert [row[2:] for row in made] == [row[2:] for row in committed]
    assert made[-1][1] == pytest.approx(committed[-1][1], rel=0.05)
    assert call.stat().st_size <= 1_500_000
