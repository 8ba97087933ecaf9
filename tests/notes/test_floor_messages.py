"""Messages and topics of a floor: what goes out comes back; what is none of ours is refused."""

from __future__ import annotations

import pytest
from any_text import ANY
from hypothesis import given
from hypothesis import strategies as st

from coach.events import Level, Track
from coach.notes.floor.messages import (
    Acknowledged,
    AgentStatus,
    Alarm,
    AlarmKind,
    AnyMessage,
    Cue,
    Presence,
    Topics,
    TopicSubject,
    decode,
    encode,
)

CUE = Cue(title="A danger", track=Track.SAFETY, severity=4, at=5.0)
TOPICS = Topics("site/one")
NAMES = st.text(ANY, min_size=1, max_size=20)


@pytest.mark.parametrize(
    "message",
    [
        AgentStatus(
            begun=1.0, number=2, at=3.0, call="c", in_call=True, level=Level.ANGRY, cue=CUE
        ),
        Presence(begun=1.0, connection=2, online=True),
        Alarm(alarm="c.1", call="c", kind=AlarmKind.DANGER, revision=1, raised=5.0, cue=CUE),
        Acknowledged(alarm="c.1", by="Maria", at=9.0),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_comes_back_as_it_was(message: AnyMessage) -> None:
    assert decode(encode(message)) == message
    later = encode(message).replace(b'"schema":1', b'"schema":1,"more":[1]')
    assert decode(later) == message, "a later version may say more"


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "no message of a floor"),
        (b"\xff{}", "no message of a floor"),
        (b'{"type":"status"}', "no message of a floor"),
        (b"[" * 5000, "no message of a floor"),
        (b'{"type":"presence","begun":1,"connection":1,"online":"yes"}', "no message of a floor"),
        (b"x" * 20_001, "20,001 bytes"),
        (
            b'{"type":"presence","schema":2,"begun":1,"connection":1,"online":true}',
            "written by another version of Coach (schema 2)",
        ),
        (
            b'{"type":"acknowledged","alarm":"a","at":1,"by":"' + b"n" * 201 + b'"}',
            "no message of a floor",
        ),
    ],
)
def test_what_is_no_message_is_refused_without_its_content(payload: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        decode(payload)
    assert str(refused.value) == why


@given(agent=NAMES, alarm=NAMES)
def test_any_name_is_one_level_of_a_topic(agent: str, alarm: str) -> None:
    for topic, place in (
        (TOPICS.status(agent), TopicSubject(agent, "status")),
        (TOPICS.presence(agent), TopicSubject(agent, "presence")),
        (TOPICS.alarm(agent, alarm), TopicSubject(agent, "alarms", alarm)),
        (TOPICS.acknowledged(agent, alarm), TopicSubject(agent, "acknowledged", alarm)),
    ):
        assert TOPICS.place(topic) == place
        assert not set(topic) & set("+#\0\n")
        assert topic.count("/") == TOPICS.status("a").count("/") + (1 if place.alarm else 0)


@pytest.mark.parametrize(
    "topic",
    [
        "site/one/v2/Anna/status",
        "site/two/v1/Anna/status",
        "site/one/v1//status",
        "site/one/v1/Anna",
        "site/one/v1/Anna/alarms",
        "site/one/v1/Anna/alarms/",
        "site/one/v1/Anna/alarms/a/b",
        "",
    ],
)
def test_topics_of_others_are_passed_over(topic: str) -> None:
    assert TOPICS.place(topic) is None
