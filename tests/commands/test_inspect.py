"""`coach inspect`, names that begin with a dash, and recordings that are piped in."""

from __future__ import annotations

import io
import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from coach.cli import main
from coach.errors import Exit

RATE = 8000


def voices(seconds: float = 4.0, *, same: bool = False) -> bytes:
    """A stereo WAV file of two tones in syllables, or of one on both channels."""
    times = np.arange(round(seconds * RATE)) / RATE
    beat = (np.sin(2 * np.pi * 2 * times) > 0) * 0.2
    left = beat * (np.sin(2 * np.pi * 500 * times) + np.sin(2 * np.pi * 910 * times))
    right = left if same else (0.2 - beat) * np.sin(2 * np.pi * 1230 * times)
    data = (np.stack([left, right], axis=1) * 32767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 2, RATE, RATE * 4, 4, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("call.wav", "-call.wav", "--mono", "2026-11-26T10:15:30.wav", "sip:a@b.wav"):
        Path(name).write_bytes(voices())
    Path("copy.wav").write_bytes(voices(same=True))
    return tmp_path


@pytest.mark.samples
@pytest.mark.parametrize(
    "words",
    [
        ["call.wav"],
        ["-call.wav"],
        ["--", "-call.wav"],
        ["--", "--mono"],
        ["2026-11-26T10:15:30.wav"],
        ["sip:a@b.wav"],
        ["call.wav", "--channels", "2,1"],
        ["call.wav", "--tracks", "1"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("folder")
def test_a_file_is_found_by_whatever_name(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", *words]) == Exit.OK
    told = capsys.readouterr().out
    assert "8000 Hz, 2 channels" in told
    assert "replayed as: AGENT, CUSTOMER" in told


@pytest.mark.samples
@pytest.mark.usefixtures("folder")
def test_it_says_what_two_channels_have_in_common(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "copy.wav"]) == Exit.OK
    told = capsys.readouterr().out
    assert "correlation 1.00, the same sound" in told
    assert "replayed as: MIXED" in told
    assert "note: copy.wav has the same sound on both channels" in told
    assert "`coach replay` splits it by their voices" in told
    assert "who said what is unknown" not in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["call.wav", "--channels", "3"], "no channel 3"),
        (["call.wav", "--channels", "1,1"], "named twice"),
        (["call.wav", "--tracks", "2"], "no track 2"),
        (["call.wav", "--raw", "mp7"], "no kind of sound 'mp7'"),
        (["call.wav", "--raw", "gsm:2"], "so many channels"),
        (["call.wav", "--raw", "s16:x"], "so many channels"),
        (["call.wav", "--rate", "3"], "--rate must be from 1000 to 768000 Hz"),
        (["call.wav", "--delay", "nan"], "--delay must be from -86400 to 86400 seconds"),
        (["call.wav", "--swap-at", "4:77"], "'4:77' is no time of a call"),
        (["call.wav", "--swap-at", "1,"], "'' is no time of a call"),
        (["copy.wav", "--swap-at", "1"], "here is one track"),
        (["a.wav", "b.wav", "c.wav"], "More than two"),
        (["nothing.wav"], "no such file"),
        (["https://host/call.wav"], "https://host/call.wav is an address"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("folder")
def test_a_mistake_gets_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", *words]) == Exit.INPUT
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["--channels", "a"], ["--channels", "0"], ["--tracks", "1,"]])
@pytest.mark.usefixtures("folder")
def test_no_numbers(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["inspect", "call.wav", *words])
    assert stopped.value.code == Exit.USAGE


class Piped(io.TextIOWrapper):
    """Standard input with sound in it."""

    def isatty(self) -> bool:
        return False


@pytest.mark.samples
@pytest.mark.parametrize("words", [["-"], ["-", "--follow"]], ids=" ".join)
def test_standard_input(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped = Piped(io.BufferedReader(io.BytesIO(voices(9.0))))  # type: ignore[type-var]
    monkeypatch.setattr(sys, "stdin", piped)
    assert main(["inspect", *words]) == Exit.OK
    assert "replayed as: AGENT, CUSTOMER" in capsys.readouterr().out


def test_a_terminal_is_no_recording(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert main(["inspect", "-"]) == Exit.INPUT
    assert "Nothing is piped" in capsys.readouterr().err


@pytest.mark.samples
@pytest.mark.usefixtures("folder")
def test_json_says_what_the_text_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "copy.wav", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    (file,) = told["files"]
    assert (file["name"], file["duration"], file["joined"]) == ("copy.wav", 4.0, 1)
    assert [(t["track"], t["rate"], t["channels"]) for t in file["tracks"]] == [(1, RATE, 2)]
    assert [(c["channel"], c["of_track"], c["silent"]) for c in told["channels"]] == [
        (1, 1, False),
        (2, 2, False),
    ]
    assert {"speech", "floor", "active", "offset", "hum", "hum_level", "clipped"} <= set(
        told["channels"][0]["level"]
    )
    (common,) = told["comparisons"]
    assert (common["first"], common["second"]) == (1, 2)
    assert common["relation"]["copied"]
    assert {"turned", "delay", "gain", "leak_first", "leak_second"} <= set(common["relation"])
    assert told["replayed_as"] == ["MIXED"]
    assert (told["agent_told"], told["first_to_speak"]) == ("", None)
    assert told["notes"][0].startswith("copy.wav has the same sound on both channels")
