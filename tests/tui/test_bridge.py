"""The crossing from the driver's threads: newest wins, cards always get through."""

from __future__ import annotations

import threading

import msgspec
from moments import CALM, EMPATHY, REPEAT, SELF_HARM
from textual.message import Message

from coach.driver import Position, Progress
from coach.snapshot import Snapshot, Trouble
from tui.bridge import Bridge, DeliveryPace
from tui.messages import Knock


class Door:
    """Takes the knocks."""

    def __init__(self) -> None:
        self.knocks: list[Message] = []
        self.open = True

    def post(self, message: Message) -> bool:
        if not self.open:
            raise RuntimeError("Event loop is closed")
        self.knocks.append(message)
        return True

    @property
    def urgent(self) -> list[bool]:
        return [knock.urgent for knock in self.knocks if isinstance(knock, Knock)]


def at(seconds: float, snapshot: Snapshot = CALM) -> Snapshot:
    return msgspec.structs.replace(snapshot, at=seconds)


def test_a_burst_knocks_once_and_the_newest_wins() -> None:
    door = Door()
    bridge = Bridge(door.post)
    front_end = bridge.front_end()
    front_end.snapshot(at(0.0))
    bridge.collect()
    door.knocks.clear()

    for number in range(1, 1001):
        front_end.snapshot(at(number / 10))

    assert door.urgent == [False]
    delivery = bridge.collect()
    assert delivery.snapshot is not None
    assert delivery.snapshot.at == 100.0
    assert bridge.collect().snapshot is None


def test_every_card_is_handed_over_once_even_if_it_left_before_it_was_drawn() -> None:
    bridge = Bridge(Door().post)
    front_end = bridge.front_end()
    cards = [msgspec.structs.replace(REPEAT, card=f"P{number}") for number in range(50)]
    for number, card in enumerate(cards):
        front_end.snapshot(msgspec.structs.replace(EMPATHY, at=number, card=card))
        front_end.snapshot(msgspec.structs.replace(EMPATHY, at=number + 0.5, card=None))

    delivery = bridge.collect()

    assert [card.card for card in delivery.cards] == [f"P{number}" for number in range(50)]
    assert delivery.snapshot is not None
    assert delivery.snapshot.card is None
    front_end.snapshot(msgspec.structs.replace(EMPATHY, at=60.0, card=cards[-1]))
    assert bridge.collect().cards == ()


def test_a_replay_that_goes_back_hands_its_cards_over_again() -> None:
    bridge = Bridge(Door().post)
    front_end = bridge.front_end()
    front_end.snapshot(EMPATHY)
    assert [card.card for card in bridge.collect().cards] == ["P1"]
    front_end.snapshot(at(1.0))
    front_end.snapshot(EMPATHY)
    assert [card.card for card in bridge.collect().cards] == ["P1"]


def test_what_cannot_wait_knocks_urgently_through_an_ordinary_knock() -> None:
    trouble = Trouble(component="microphone", detail="gone", since=1.0)
    changes = [
        {"card": SELF_HARM},
        {"card": msgspec.structs.replace(REPEAT, wording=2)},
        {"paused": True},
        {"calm_mode": True},
        {"snoozed_until": 99.0},
        {"ended": True},
        {"trouble": (trouble,)},
    ]
    for change in changes:
        door = Door()
        bridge = Bridge(door.post)
        front_end = bridge.front_end()
        front_end.snapshot(CALM)
        bridge.collect()
        door.knocks.clear()
        front_end.snapshot(at(33.0))
        front_end.snapshot(msgspec.structs.replace(CALM, at=34.0, **change))
        front_end.snapshot(msgspec.structs.replace(CALM, at=35.0, **change))
        assert door.urgent == [False, True], change


def test_the_end_and_the_rest_arrive_too() -> None:
    bridge = Bridge(Door().post)
    front_end = bridge.front_end()
    front_end.progress(Progress(label="loading", done=0.1))
    front_end.progress(Progress(label="loading", done=0.2))
    front_end.position(Position(at=1.0, duration=2.0, speed=1.0, playing=True))
    front_end.finished(None)

    delivery = bridge.collect()

    assert delivery.progress is not None
    assert delivery.progress.done == 0.2
    assert delivery.position is not None
    assert delivery.ending is not None
    assert delivery.ending.error is None


def test_nothing_is_posted_after_closing() -> None:
    door = Door()
    bridge = Bridge(door.post)
    bridge.close()
    bridge.front_end().snapshot(CALM)
    bridge.front_end().finished(None)
    assert door.knocks == []


def test_a_loop_that_has_gone_is_not_an_error_of_the_driver() -> None:
    door = Door()
    door.open = False
    bridge = Bridge(door.post)
    bridge.front_end().snapshot(CALM)
    bridge.front_end().finished(ValueError("late"))
    assert door.knocks == []


def test_many_threads_lose_no_card() -> None:
    bridge = Bridge(Door().post)
    front_end = bridge.front_end()

    def feed(name: str) -> None:
        for number in range(100):
            card = msgspec.structs.replace(REPEAT, card=f"{name}{number}")
            front_end.snapshot(msgspec.structs.replace(EMPATHY, card=card))

    threads = [threading.Thread(target=feed, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    taken: set[str] = set()
    while any(thread.is_alive() for thread in threads):
        taken |= {card.card for card in bridge.collect().cards}
    for thread in threads:
        thread.join()
    taken |= {card.card for card in bridge.collect().cards}
    assert taken == {f"{name}{number}" for name in "abcd" for number in range(100)}


def test_pace_is_ten_a_second() -> None:
    pace = DeliveryPace(0.1)
    assert pace.wait(5.0) == 0.0
    pace.delivered(5.0)
    assert round(pace.wait(5.0), 6) == 0.1
    assert round(pace.wait(5.06), 6) == 0.04
    assert pace.wait(5.2) == 0.0
