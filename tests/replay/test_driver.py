"""The driver behind a replay's screen: pacing, pause, seek, and what a failure becomes."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import pytest
from shipped_rules import book

from coach.calls.call import Setup
from coach.calls.journal import Journal, JournalHeader
from coach.driver import MOST_KEYS, Driver, FrontEnd, Position
from coach.engine.engine import EngineSettings
from coach.errors import InputError
from coach.events import Action, CallEnded, CallStarted, Channel, SpeechEnded, Utterance
from coach.replay.driver import ReplayDriver
from coach.replay.player import JournalSource, Player
from coach.startup.deferred import DeferredDriver

PATIENCE = 30.0
HEADER = JournalHeader(version="0", call="x", rules="", settings={})
SAID = "i want to speak to your manager right now"


def player(seconds: float = 400.0) -> Player:
    """A call in which the customer asks for a manager every twenty seconds."""
    facts: list[Any] = [CallStarted(at=0.0, call="x", started="2026-01-05T09:00:00Z", source="s")]
    for number in range(int(seconds // 20)):
        start = number * 20.0 + 5.0
        place = {"channel": Channel.CUSTOMER, "start": start, "end": start + 4.0}
        facts += [
            SpeechEnded(at=start + 4.5, **place),
            Utterance(at=start + 5.0, utterance=f"C{number}", text=SAID, **place),
        ]
    facts.append(CallEnded(at=seconds, reason="end"))
    setup = Setup(book=book(), settings=EngineSettings())
    return Player(JournalSource(Journal(header=HEADER, events=tuple(facts))), setup, None)


class Front:
    """A front end that remembers what it was told."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.front_end = FrontEnd(
            snapshot=lambda s: self.told.put(("snapshot", s)),
            progress=lambda p: self.told.put(("progress", p)),
            position=lambda p: self.told.put(("position", p)),
            finished=lambda e: self.told.put(("finished", e)),
        )

    def until(self, kind: str, wanted: Callable[[Any], bool] = lambda _: True) -> Any:
        while True:
            what, value = self.told.get(timeout=PATIENCE)
            if what == kind and wanted(value):
                return value


def test_a_replay_without_pace_reaches_the_end_and_stays_there() -> None:
    front = Front()
    driver = ReplayDriver("x", lambda _: player(), None)
    driver.start(front.front_end)
    last = front.until("snapshot", lambda s: s.ended)
    assert last.transcript
    assert front.until("finished") is None
    driver.seek(12.0)
    back = front.until("snapshot", lambda s: not s.ended)
    assert back.at < 60.0
    driver.stop()


def test_a_paused_replay_stands_still_and_seeks() -> None:
    front = Front()
    driver = ReplayDriver("x", lambda _: player(), 1.0)
    driver.set_playing(playing=False)
    driver.start(front.front_end)
    where: Position = front.until("position")
    assert not where.playing
    driver.seek(100.0)
    where = front.until("position", lambda p: p.at >= 100.0)
    assert where.at < 130.0
    driver.seek(30.0)
    assert front.until("position", lambda p: p.at < 100.0).at == pytest.approx(30.0, abs=0.5)
    driver.stop()


def test_keys_reach_the_engine() -> None:
    front = Front()
    driver = ReplayDriver("x", lambda _: player(), 4.0)
    driver.set_playing(playing=False)
    driver.start(front.front_end)
    driver.seek(15.0)
    shown = front.until("snapshot", lambda s: s.card is not None)
    driver.act(Action.DISMISS, card=shown.card.card)
    front.until("snapshot", lambda s: s.card is None or s.card.card != shown.card.card)
    driver.act(Action.END)
    assert front.until("snapshot", lambda s: s.ended).ended
    driver.stop()


def test_what_cannot_be_prepared_is_told() -> None:
    front = Front()

    def fail(_: object) -> Player:
        raise InputError("no such file")

    driver = ReplayDriver("x", fail, 1.0)
    driver.start(front.front_end)
    assert "no such file" in str(front.until("finished"))
    driver.stop()


def test_a_deferred_driver_passes_on_what_was_asked_meanwhile() -> None:
    front = Front()
    gate: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def make() -> Driver:
        gate.get(timeout=PATIENCE)
        return ReplayDriver("x", lambda _: player(), 1.0)

    driver = DeferredDriver("x", live=False, make=make)
    driver.start(front.front_end)
    driver.set_playing(playing=False)
    driver.seek(50.0)
    gate.put(True)
    assert front.until("position", lambda p: p.at >= 50.0).at < 80.0
    driver.stop()


def test_a_deferred_driver_tells_why_nothing_was_made() -> None:
    front = Front()

    def make() -> Driver:
        raise InputError("broken")

    driver = DeferredDriver("x", live=True, make=make)
    driver.start(front.front_end)
    assert "broken" in str(front.until("finished"))
    driver.stop()


def test_keys_that_come_while_a_place_is_sought_are_bounded() -> None:
    driver = ReplayDriver("x", lambda _: player(), 1.0)
    for _ in range(MOST_KEYS + 1):
        driver.act(Action.SNOOZE)
        driver.set_speed(2.0)
        driver.set_playing(playing=False)
    assert len(driver._requests) == MOST_KEYS
    deferred = DeferredDriver("x", live=True, make=lambda: driver)
    for _ in range(2 * MOST_KEYS):
        deferred.act(Action.SNOOZE)
    assert len(deferred._asked) == MOST_KEYS + 1, "the last is for the real driver to refuse"
