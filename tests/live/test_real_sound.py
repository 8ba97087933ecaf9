"""A live call, for real: sound server, synthesised voices, capture, model, engine, journal.

The two sides of the sample call are played into two sinks; the coach hears their monitors.
"""

from __future__ import annotations

import argparse
import csv
import queue
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

import sound_server
from shipped_rules import book

from audio.hardware.devices import choose
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE
from coach import sample
from coach.calls.journal import Journal, read_journal
from coach.commands import live
from coach.driver import FrontEnd
from coach.engine.engine import EngineSettings
from coach.events import Action, AudioGap, CallEnded, Channel, Degraded, Recovered, Utterance
from coach.live.assembly import make_driver
from coach.live.session import LiveDriver
from coach.replay.player import first_difference, replay_results
from coach.snapshot import Snapshot
from coach.startup.options import read_settings

pytestmark = [
    pytest.mark.sound,
    pytest.mark.model,
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("sound"),
]

PATIENCE = 60.0
"""Seconds a test waits for something that a working coach does within a few."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sound_server.SoundServer]:
    yield from sound_server.serve(tmp_path_factory)


class Screen:
    """A front end that only remembers, and lets a test wait for what it wants to see."""

    def __init__(self) -> None:
        self._snapshots: queue.SimpleQueue[Snapshot] = queue.SimpleQueue()
        self._endings: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
        self._loaded: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.front_end = FrontEnd(
            snapshot=self._snapshots.put,
            progress=lambda p: self._loaded.put(True) if p.done == 1.0 else None,
            position=lambda _: None,
            finished=self._endings.put,
        )

    def until(self, wanted: Callable[[Snapshot], bool]) -> Snapshot:
        give_up = time.monotonic() + PATIENCE
        while True:
            snapshot = self._snapshots.get(timeout=PATIENCE)
            if wanted(snapshot):
                return snapshot
            if time.monotonic() > give_up:
                lines = [f"{said.channel}: {said.text}" for said in snapshot.transcript]
                pytest.fail(f"not seen: trouble {snapshot.trouble}, heard {lines}")

    def ended(self) -> Exception | None:
        return self._endings.get(timeout=PATIENCE)


def line(words: str, path: Path) -> Path:
    """The line of the sample call with these words, as a WAV file."""
    with sample.REFERENCE.open() as file:
        rows = csv.DictReader(file, delimiter="\t")
        row = next(row for row in rows if words in row["text"])
    speaker = Channel.AGENT if row["role"] == "agent" else Channel.CUSTOMER
    parts = [c.samples for c in open_recording(sample.CALL).chunks(1.0) if c.channel is speaker]
    first, last = (round(float(row[k]) * SAMPLE_RATE) for k in ("start_s", "end_s"))
    sound = np.concatenate([np.concatenate(parts)[first:last], np.zeros(SAMPLE_RATE)])
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def driver(server: sound_server.SoundServer, tmp_path: Path) -> Iterator[LiveDriver]:
    assert server.env
    parser = argparse.ArgumentParser()
    live.configure(parser)
    args = parser.parse_args(["--journal", str(tmp_path / "call.jsonl"), "--end-after", "0"])
    sources = choose(microphone="agentmic.monitor", far_end="customer.monitor")
    made = make_driver(args, read_settings(args), *sources)
    yield made
    made.stop()


def words(journal: Journal, channel: Channel) -> str:
    said = [e.text for e in journal.facts() if isinstance(e, Utterance) and e.channel is channel]
    return " ".join(said).lower()


def test_both_sides_are_heard_coached_and_kept(
    server: sound_server.SoundServer, driver: LiveDriver, tmp_path: Path
) -> None:
    agent = line("Thank you for calling customer", tmp_path / "agent.wav")
    customer = line("your manager", tmp_path / "customer.wav")
    screen = Screen()
    driver.start(screen.front_end)
    screen.until(lambda s: len([h for h in s.health if h.dbfs is not None]) == 2)
    server.play(agent, "agentmic").wait(timeout=PATIENCE)
    server.play(customer, "customer")
    shown = screen.until(lambda s: s.card is not None and s.card.rule == "esc.supervisor")
    screen.until(lambda s: any("right now" in said.text for said in s.transcript))
    driver.act(Action.USED, card=shown.card.card if shown.card else None)
    driver.act(Action.END)
    screen.until(lambda s: s.ended)
    driver.stop()
    assert screen.ended() is None

    journal = read_journal(tmp_path / "call.jsonl")
    assert "thank you for calling" in words(journal, Channel.AGENT)
    assert "speak to your manager" in words(journal, Channel.CUSTOMER)
    assert "manager" not in words(journal, Channel.AGENT)
    assert "thank you for calling" not in words(journal, Channel.CUSTOMER)
    last = journal.facts()[-1]
    assert isinstance(last, CallEnded)
    assert last.reason == "ended by the agent"
    again = replay_results(journal, book(), EngineSettings())
    assert first_difference(journal.results(), again) is None


def test_a_sound_server_that_dies_in_mid_call_is_shown_and_comes_back(
    server: sound_server.SoundServer, driver: LiveDriver, tmp_path: Path
) -> None:
    before = line("third time", tmp_path / "before.wav")
    after = line("your manager", tmp_path / "after.wav")
    screen = Screen()
    driver.start(screen.front_end)
    screen.until(lambda s: len([h for h in s.health if h.dbfs is not None]) == 2)
    server.play(before, "customer")
    screen.until(lambda s: any("third time" in said.text for said in s.transcript))
    server.kill()
    screen.until(lambda s: {"microphone", "far_end"} <= {t.component for t in s.trouble})
    server.restart()
    back = screen.until(lambda s: s.started and not s.trouble)
    assert {gap.channel for gap in back.gaps} == {Channel.AGENT, Channel.CUSTOMER}
    server.play(after, "customer")
    screen.until(lambda s: any("your manager" in said.text for said in s.transcript))
    driver.stop()
    assert screen.ended() is None

    facts = read_journal(tmp_path / "call.jsonl").facts()
    gaps = [f for f in facts if isinstance(f, AudioGap)]
    assert {g.channel for g in gaps} == {Channel.AGENT, Channel.CUSTOMER}
    assert all(g.end > g.start for g in gaps)
    assert {f.component for f in facts if isinstance(f, Degraded)} >= {"microphone", "far_end"}
    assert {f.component for f in facts if isinstance(f, Recovered)} >= {"microphone", "far_end"}
