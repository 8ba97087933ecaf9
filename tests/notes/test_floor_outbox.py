"""Nothing that still holds is lost on its way to a broker, whatever happens to the connection."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coach.notes.floor.outbox import CLEAR, Outbox, Outgoing

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.sampled_from([b"1", b"2", CLEAR])),
        st.tuples(st.sampled_from(["send", "arrive", "lose", "connect", "forget"])),
    ),
    max_size=40,
)


@given(STEPS)
def test_the_broker_ends_up_with_what_holds(steps: list[tuple[str, ...]]) -> None:
    outbox, broker, wanted = Outbox(3), dict[str, bytes](), dict[str, bytes]()
    sent: list[Outgoing] = []

    def arrive() -> None:
        for one in sent:
            broker[one.topic] = one.payload
            outbox.confirmed(one.topic, one.version)
        sent.clear()

    for step, *rest in steps:
        match step:
            case "put":
                topic, payload = rest
                assert outbox.put(topic, payload)
                wanted[topic] = payload
            case "send":
                sent += outbox.due()
            case "arrive":
                arrive()
            case "lose":
                sent.clear()
            case "connect" | "forget":
                sent.clear()
                broker = {} if step == "forget" else broker
                outbox.connected()
    sent.clear()
    outbox.connected()
    sent += outbox.due()
    arrive()
    assert outbox.waiting == 0
    held = {topic: payload for topic, payload in wanted.items() if payload != CLEAR}
    assert {topic: payload for topic, payload in broker.items() if payload != CLEAR} == held


def test_it_holds_so_many_topics_and_refuses_one_more() -> None:
    outbox = Outbox(2)
    assert outbox.put("a", b"1")
    assert outbox.put("b", b"1")
    assert not outbox.put("c", b"1")
    assert outbox.put("a", b"2")
    assert [one.payload for one in outbox.due()] == [b"1", b"2"]
    assert outbox.due() == []


def test_a_confirmation_of_what_was_replaced_confirms_nothing() -> None:
    outbox = Outbox(2)
    outbox.put("a", b"1")
    (old,) = outbox.due()
    outbox.put("a", b"2")
    assert outbox.due() == [], "the broker has not answered for the first one"
    outbox.confirmed(old.topic, old.version)
    assert outbox.waiting == 1
    (new,) = outbox.due()
    outbox.confirmed(new.topic, new.version)
    assert outbox.waiting == 0
    assert len(outbox) == 1


def test_what_need_not_be_said_again_is_forgotten_once_it_is_there() -> None:
    outbox = Outbox(1, forgets=True)
    outbox.put("a", b"1")
    (one,) = outbox.due()
    outbox.confirmed(one.topic, one.version)
    assert outbox.put("b", b"1")


def test_a_broker_that_does_not_answer_has_one_message_of_a_topic_on_its_way() -> None:
    outbox = Outbox(2)
    sent: list[Outgoing] = []
    for number in range(100):
        outbox.put("a", b"%d" % number)
        outbox.put("b", b"%d" % number)
        sent += outbox.due()
    assert [one.payload for one in sent] == [b"0", b"0"]
    outbox.confirmed(sent[0].topic, sent[0].version)
    outbox.refused(sent[1].topic, sent[1].version)
    assert [one.payload for one in outbox.due()] == [b"99", b"99"]
