from __future__ import annotations

import pytest
from oracle import LevelMeter, Oracle, chunks, say, sound

from audio.listening.listener import Listener
from audio.recognition.decoding import DecodeRequest, DecodeResult
from coach.bench.clocks import Machine, RealClock, RecordingRun, VirtualClock
from coach.events import Channel, Hypothesis, Utterance

CUSTOMER = Channel.CUSTOMER
SAID = {CUSTOMER: say("please help me with my bill today", 1.0)}
SPOKEN = SAID[CUSTOMER][-1].end


class Meter:
    """Processor time that only decoding uses."""

    def __init__(self, cost: float) -> None:
        self.cost = cost
        self.used = 0.0
        self.oracle = Oracle(SAID)

    def __call__(self) -> float:
        return self.used

    def decode(self, request: DecodeRequest) -> DecodeResult:
        self.used += self.cost
        return self.oracle.decode(request)


def run(cost: float, machine: Machine | None = None) -> tuple[RecordingRun, Meter]:
    meter = Meter(cost)
    listener = Listener((CUSTOMER,), detector=LevelMeter)
    clock = VirtualClock(listener, meter, machine, cpu=meter)
    return clock.run(chunks({CUSTOMER: sound(SAID[CUSTOMER], 5.0)}, 512)), meter


def committed_at(result: RecordingRun) -> float:
    whole = " ".join(word.text for word in SAID[CUSTOMER])
    return next(f.at for f in result.facts if isinstance(f, Hypothesis) and f.committed == whole)


def test_results_come_after_their_computing() -> None:
    quick, _ = run(0.0)
    slow, _ = run(0.2)
    assert committed_at(quick) - SPOKEN == pytest.approx(0.27, abs=0.05)
    assert committed_at(slow) - committed_at(quick) == pytest.approx(0.2, abs=0.02)


def test_computing_is_summed() -> None:
    result, meter = run(0.1)
    assert result.computing == pytest.approx(0.1 * len(meter.oracle.asked))
    assert result.seconds == pytest.approx(5.0)


def test_a_slower_machine_multiplies_every_cost() -> None:
    result, _ = run(0.1, Machine(slowdown=2.0))
    same, _ = run(0.2)
    assert committed_at(result) == pytest.approx(committed_at(same))


def test_a_wider_decode_takes_less_time() -> None:
    wide, _ = run(0.4, Machine(cores=2, width=2))
    narrow, _ = run(0.4, Machine(cores=2, width=1))
    assert committed_at(wide) < committed_at(narrow)


def test_every_final_comes_however_slow_the_machine() -> None:
    result, _ = run(3.0, Machine(cores=1))
    finals = [fact for fact in result.facts if isinstance(fact, Utterance)]
    assert [one.text for one in finals] == ["please help me with my bill today"]


def test_real_clock_gives_the_same_words() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds + 0.001

    listener = Listener((CUSTOMER,), detector=LevelMeter)
    clock = RealClock(listener, Oracle(SAID), now=lambda: now[0], sleep=sleep, cpu=lambda: 0.0)
    result = clock.run(chunks({CUSTOMER: sound(SAID[CUSTOMER], 5.0)}, 512))
    finals = [fact for fact in result.facts if isinstance(fact, Utterance)]
    assert [one.text for one in finals] == ["please help me with my bill today"]
