"""Once it is set up, Coach needs no network: a replay where there is none."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from coach import sample

SECONDS = 16
"""Enough of the sample call for both voices and a first cue."""
NO_SOCKETS = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        raise SystemExit(f"a network was asked for: {event} {arguments}")
sys.addaudithook(refuse)
from coach.cli import main
sys.exit(main(sys.argv[1:]))
"""
COACH = str(Path(sys.executable).parent / "coach")


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first part of the sample call as a file of its own."""
    with av.open(str(sample.CALL)) as call:
        rate = call.streams.audio[0].rate
        sound = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in call.decode(audio=0)])
    file = tmp_path_factory.mktemp("sound") / "opening.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(sound[: SECONDS * rate].astype("<i2").tobytes())
    return file


def _replay(command: list[str], opening: Path) -> str:
    run = subprocess.run(
        [*command, "replay", "--headless", "--no-journal", str(opening)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.model
@pytest.mark.slow
def test_replay_opens_no_socket(opening: Path) -> None:
    assert "third time" in _replay([sys.executable, "-c", NO_SOCKETS], opening)


@pytest.mark.model
@pytest.mark.slow
def test_replay_in_a_namespace_without_interfaces(opening: Path) -> None:
    namespace = ["unshare", "--map-root-user", "--net"]
    try:
        up = subprocess.run(
            [*namespace, "cat", "/proc/net/route"], check=False, capture_output=True, text=True
        )
    except FileNotFoundError:
        pytest.skip("needs Linux namespaces (unshare)")
    if up.returncode:
        pytest.skip("this system allows no network namespaces")
    assert len(up.stdout.splitlines()) <= 1, "the namespace has a route out"
    assert "third time" in _replay([*namespace, COACH], opening)
