"""Every queue of a live session, filled to its bound."""

from __future__ import annotations

import threading
from unittest.mock import Mock

import numpy as np
import pytest
from oracle import LevelMeter

from audio.hardware.capture import LiveCapture
from audio.hardware.devices import SoundSource, SourceKind
from audio.hardware.ring import Block, Ring
from audio.listening.channel_speech import ChannelSpeech, OpenUtterance, SpeechSettings
from audio.listening.listener import Listener
from audio.recognition.decoding import DecodeRequest, DecodeResult, Purpose
from audio.samples.chunks import SAMPLE_RATE
from audio.words.hypothesis import SureSettings
from coach.events import Action, CallEnded, Channel, Degraded, Recovered
from coach.live.floor.floor_desk import FloorDesk
from coach.live.late_decodes import Ask, CallDecoded
from coach.live.queues import DESK_QUEUES, QUEUES, Bound, BoundedQueue, WhenFull
from coach.live.session import LiveDriver
from coach.notes.floor.messages import Topics
from coach.notes.floor.outbox import Outbox


def queue(when_full: WhenFull, lost: list[str]) -> BoundedQueue[str]:
    return BoundedQueue(
        Bound(3, when_full, ""), replaceable=lambda s: s.startswith("draft"), lost=lost.append
    )


def test_a_thinned_queue_gives_up_its_oldest_draft() -> None:
    lost: list[str] = []
    line = queue(WhenFull.THIN, lost)
    for item in ("draft 1", "final 1", "draft 2", "final 2"):
        assert line.put(item)
    assert [line.get(0), line.get(0), line.get(0), line.get(0)] == [
        "final 1", "draft 2", "final 2", None,
    ]  # fmt: skip
    assert lost == []


def test_a_thinned_queue_of_finals_tells_what_it_loses() -> None:
    lost: list[str] = []
    line = queue(WhenFull.THIN, lost)
    kept = [line.put(f"final {n}") for n in range(5)]
    assert kept == [True, True, True, False, False]
    assert lost == ["final 3", "final 4"]


def test_a_draft_that_finds_no_room_is_no_loss() -> None:
    lost: list[str] = []
    line = queue(WhenFull.THIN, lost)
    for n in range(3):
        line.put(f"final {n}")
    assert not line.put("draft")
    assert lost == []


def test_a_refusing_queue_keeps_what_it_has() -> None:
    lost: list[str] = []
    line = queue(WhenFull.REFUSE, lost)
    for n in range(4):
        line.put(f"key {n}")
    assert lost == ["key 3"]
    assert line.get(0) == "key 0"


def test_a_closed_queue_gives_what_is_left_and_holds_nobody() -> None:
    line = queue(WhenFull.REFUSE, [])
    line.put("last")
    taken: list[str | None] = []
    waiting = threading.Thread(target=lambda: taken.extend([line.get(), line.get()]))
    waiting.start()
    line.close()
    waiting.join(10)
    assert taken == ["last", None]
    assert line.closed


def ask(number: int) -> Ask:
    silence = np.zeros(160, np.float32)
    return Ask(1, DecodeRequest(number, Purpose.FINAL, Channel.AGENT, "A1", 0.0, silence))


def told(driver: LiveDriver) -> list[str]:
    """What the session is told of the queues that gave something up."""
    items = iter(lambda: driver._inbox.get(0), None)
    return [item.component for item in items if isinstance(item, Degraded)]


def keys(size: int) -> list[str]:
    driver = LiveDriver("", Mock())
    for _ in range(size + 1):
        driver.act(Action.SNOOZE)
    return told(driver)


def requests(size: int) -> list[str]:
    driver = LiveDriver("", Mock())
    driver._pass_on([ask(number) for number in range(size + 1)])
    return told(driver)


def results(size: int) -> list[str]:
    driver = LiveDriver("", Mock())
    for number in range(size + 1):
        driver._answers.put(CallDecoded(1, DecodeResult(ask(number).request, ())))
    return told(driver)


def inbox(size: int) -> list[str]:
    driver, call = LiveDriver("", Mock()), Mock()
    call.take.return_value = []
    driver._pass_on([CallEnded(at=0.0, reason="")] * (size + 1))
    driver._take_waiting(call)
    facts = [given.args[0] for given in call.take.call_args_list]
    return [fact.component for fact in facts if isinstance(fact, Degraded)]


def device_ring(size: int) -> list[str]:
    ring = Ring(threading.Condition())
    for second in range(size + 1):
        ring.put(Block(stream=1, arrived=float(second), samples=np.zeros(100), rate=100))
    taken = ring.take()
    return ["lost sound"] if (len(taken), taken[0].lost) == (size, 100) else []


def device_news(size: int) -> list[str]:
    """A device that comes and goes, and nobody who reads of it."""
    kind = SourceKind.MICROPHONE
    source = SoundSource(name="m", title="m", kind=kind, host="", device="m")
    capture = LiveCapture(source, None, lambda: 1.0)
    (side,) = capture._sides
    for number in range(size + 1):
        side.why = str(number)
        if number % 2:
            capture._recover(side)
        else:
            capture._fail(side, "gone")
    kinds = [type(fact) for fact in capture._facts]
    assert kinds[-1] is (Degraded if size % 2 == 0 else Recovered)
    return ["lost news"] if (len(kinds), kinds[0]) == (size, Recovered) else []


def outbox(size: int) -> list[str]:
    box = Outbox(QUEUES["floor outbox"].size)
    taken = [box.put(f"alarm {number}", b"") for number in range(size + 1)]
    return ["refused"] if taken == [True] * size + [False] else []


def finals(size: int) -> list[str]:
    """Utterances of a second each, and a decoder that never answers."""
    hears = Listener((Channel.CUSTOMER,), detector=LevelMeter)
    track = ChannelSpeech(Channel.CUSTOMER, SpeechSettings())
    told: list[str] = []
    for number in range(size + 1):
        turn = OpenUtterance(f"C{number}", 0, 0, SureSettings())
        turn.samples, turn.speech_end = np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE
        told += [fact.component for fact in hears._wait(track, turn) if isinstance(fact, Degraded)]
    return told


FULL = {
    "device ring": (device_ring, "lost sound"),
    "device news": (device_news, "lost news"),
    "keys": (keys, "keys"),
    "finals": (finals, "transcription"),
    "decode requests": (requests, "transcription"),
    "decode results": (results, "transcription"),
    "session inbox": (inbox, "session"),
    "floor outbox": (outbox, "refused"),
}


@pytest.mark.parametrize("name", FULL)
def test_each_queue_of_a_session_takes_so_much_and_tells_of_the_next(name: str) -> None:
    fill, component = FULL[name]
    assert fill(QUEUES[name].size) == [component]
    assert fill(QUEUES[name].size - 1) == []


def test_no_queue_is_left_out() -> None:
    """The screen's: ``tests/tui/test_bridge.py``."""
    assert set(QUEUES) == {*FULL, "screen"}


def test_a_supervisors_desk_takes_so_many_acknowledgements_and_refuses_the_next() -> None:
    (size,) = (bound.size for bound in DESK_QUEUES.values())
    desk = FloorDesk(Topics("coach"), Mock(), broker="here", supervisor="Kim")
    # Of each alarm two topics are told: that it was seen, and that it is gone.
    taken = [desk.acknowledge("Anna", f"alarm-{number}") for number in range(size // 2 + 1)]
    assert taken == [True] * (size // 2) + [False]


@pytest.mark.parametrize("name", [*QUEUES, *DESK_QUEUES])
def test_every_queue_has_a_bound_and_says_how_its_loss_is_told(name: str) -> None:
    bound = (QUEUES | DESK_QUEUES)[name]
    assert bound.size > 0
    assert bound.told
