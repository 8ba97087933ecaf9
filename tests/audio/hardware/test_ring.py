import threading

import numpy as np

from audio.hardware.ring import KEEP, Block, Ring

RATE = 48_000


def block(number: int, seconds: float = 0.5) -> Block:
    samples = np.full(round(seconds * RATE), number, np.float32)
    return Block(stream=1, arrived=float(number), samples=samples, rate=RATE)


def test_what_goes_in_comes_out_once_and_in_order() -> None:
    ring = Ring(threading.Condition())
    assert not ring
    for number in range(4):
        ring.put(block(number))
    assert ring
    assert [one.arrived for one in ring.take()] == [0.0, 1.0, 2.0, 3.0]
    assert ring.take() == []


def test_a_reader_that_is_late_gets_the_newest_and_the_count_of_the_rest() -> None:
    ring = Ring(threading.Condition())
    for number in range(30):
        ring.put(block(number))
    taken = ring.take()
    assert sum(one.seconds for one in taken) == KEEP
    assert taken[-1].arrived == 29.0
    assert taken[0].lost == 20 * RATE // 2
    assert all(one.lost == 0 for one in taken[1:])
    ring.put(block(30))
    assert ring.take()[0].lost == 0


def test_a_waiting_reader_is_woken() -> None:
    ready = threading.Condition()
    ring = Ring(ready)
    woken = threading.Event()

    def read() -> None:
        with ready:
            ready.wait_for(lambda: bool(ring))
        woken.set()

    reader = threading.Thread(target=read)
    reader.start()
    ring.put(block(1))
    assert woken.wait(10)
    reader.join()
