"""What a floor is told of a call, and what it is never told."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from callscript import CALLS, facts_of, read
from rulekit import rule as made
from shipped_rules import book, matcher

from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    CardCleared,
    Channel,
    Clearing,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Event,
    Evidence,
    Guard,
    Level,
    SignalChanged,
    Track,
    Utterance,
)
from coach.notes.floor.messages import (
    Acknowledged,
    AgentStatus,
    Alarm,
    AlarmKind,
    Presence,
    Topics,
    decode,
    encode,
)
from coach.notes.floor.outbox import CLEAR
from coach.notes.floor.telling import Teller
from rules.definition.roles import Role
from rules.definition.rule import RuleBook

TOPICS = Topics("coach")
BEGUN = CallStarted(at=0.0, call="c", started="", source="live", caller="REF-77")
BOOK = RuleBook(
    rules=(
        made("safety.test", "some words", 4, title="A danger"),
        made("threat.test", "some words", 3, title="A threat"),
        made("conduct.test", "some words", 2, title="Rude"),
        made("esc.test", "some words", 2, title="Asks above", roles=(Role.SUPERVISOR,)),
    ),
    language="en",
    fingerprint="test",
)
TRACKS = {
    "safety": Track.SAFETY,
    "threat": Track.THREAT,
    "conduct": Track.CONDUCT,
    "esc": Track.ESCALATION,
}


def cue(
    rule: str = "safety.test",
    match: str = "m1",
    severity: int = 4,
    channel: Channel = Channel.CUSTOMER,
    guard: Guard | None = None,
) -> CueMatched:
    because = (Evidence(rule=rule, text="secret words", guard=guard),)
    return CueMatched(
        at=2.0, channel=channel, start=1.0, end=2.0, match=match, rule=rule,
        track=TRACKS[rule.partition(".")[0]], severity=severity, text="secret words",
        because=because,
    )  # fmt: skip


def teller(*, words: bool = False) -> Teller:
    made = Teller("Anna", TOPICS, 100.0, broker="here:1", words=words)
    made.take_rules(BOOK)
    made.tell([BEGUN], 101.0)
    return made


def told(events: Sequence[Event], *, words: bool = False) -> list[AgentStatus | Alarm]:
    messages = [decode(payload) for _, payload in teller(words=words).tell(events, 102.0)]
    assert all(isinstance(one, AgentStatus | Alarm) for one in messages)
    return [one for one in messages if isinstance(one, AgentStatus | Alarm)]


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        (
            EscalationChanged(at=2.0, level=Level.ANGRY, previous=Level.CALM),
            {"level": 3, "since": 102.0},
        ),
        (AgentAction(at=2.0, action=Action.PAUSE), {"paused": True}),
        (AgentAction(at=2.0, action=Action.RESUME), {"paused": False}),
        (CallEnded(at=2.0, reason="over"), {"in_call": False}),
        (cue("conduct.test", severity=2), {"cue": {
            "title": "Rude", "track": "conduct", "severity": 2, "at": 102.0}}),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_what_changes_the_status(event: Event, changed: dict[str, object]) -> None:
    before = {
        "type": "status", "schema": 1, "begun": 100.0, "number": 2, "at": 102.0, "call": "c",
        "in_call": True, "paused": False, "level": 0, "since": 101.0, "cue": None,
    }  # fmt: skip
    ((topic, payload),) = teller().tell([event], 102.0)
    assert topic == "coach/v1/Anna/status"
    assert json.loads(payload) == before | changed


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (cue("safety.test"), AlarmKind.DANGER),
        (cue("safety.test", guard=Guard.NEGATED, severity=3), AlarmKind.DANGER),
        (cue("threat.test", severity=3), AlarmKind.DANGER),
        (cue("esc.test", severity=2), AlarmKind.SUPERVISOR),
        (cue("safety.test", severity=2), None),
        (cue("conduct.test", severity=4), None),
    ],
)
def test_what_is_an_alarm(event: CueMatched, kind: AlarmKind | None) -> None:
    status, *alarms = told([event])
    assert isinstance(status, AgentStatus)
    assert status.cue is not None
    assert [one.kind for one in alarms if isinstance(one, Alarm)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "event",
    [
        Utterance(at=2.0, channel=Channel.CUSTOMER, start=1.0, end=2.0, utterance="u", text="hey"),
        SignalChanged(at=2.0, signal="sentiment_customer", value=-3.0),
        AgentAction(at=2.0, action=Action.CALLER, note="REF-78"),
        cue("esc.test", channel=Channel.AGENT),
        cue("threat.test", guard=Guard.QUOTED, severity=3),
        cue("conduct.unknown"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_nobody_elses_business(event: Event) -> None:
    assert told([event]) == []


def test_an_alarm_is_one_for_a_rule_until_it_is_seen_and_then_another_one() -> None:
    line = teller()
    line.tell([cue(match="m1")], 102.0)
    (_, (topic, payload)) = line.tell([cue(match="m2")], 103.0)
    alarm = decode(payload)
    assert isinstance(alarm, Alarm)
    assert (alarm.count, alarm.revision, alarm.raised, alarm.cue.at) == (2, 2, 102.0, 103.0)
    seen = encode(Acknowledged(alarm=alarm.alarm, by="Maria", at=104.0))
    where = TOPICS.acknowledged("Anna", alarm.alarm)
    assert line.heard(TOPICS.acknowledged("Ben", alarm.alarm), seen, 104.0) == []
    assert line.heard(where, b"{", 104.0) == []
    assert line.heard(where, seen, 104.0) == [(topic, CLEAR)]
    assert line.heard(where, seen, 104.0) == [], "the same word twice"
    assert line.view.seen is not None
    assert line.view.seen.words == "Maria has seen the alarm: A danger"
    (_, (other, payload)) = line.tell([cue(match="m3")], 105.0)
    again = decode(payload)
    assert other != topic
    assert isinstance(again, Alarm)
    assert (again.count, again.raised) == (1, 105.0)


def test_an_alarm_stays_open_when_words_are_taken_back_or_the_card_is_answered() -> None:
    line = teller()
    line.tell([cue(match="m1"), cue(match="m2")], 102.0)
    assert line.tell([CueRetracted(at=3.0, match="m1", rule="safety.test")], 103.0) == []
    ((topic, payload),) = line.tell([CueRetracted(at=3.0, match="m2", rule="safety.test")], 103.0)
    gone = decode(payload)
    assert isinstance(gone, Alarm)
    assert gone.withdrawn
    for reason, count in ((Clearing.EXPIRED, 0), (Clearing.USED, 1), (Clearing.USED, 0)):
        cleared = CardCleared(at=4.0, card="k", rule="safety.test", reason=reason)
        assert len(line.tell([cleared], 104.0)) == count
    (_, (same, payload)) = line.tell([cue(match="m4")], 105.0)
    back = decode(payload)
    assert isinstance(back, Alarm)
    assert (same, back.withdrawn, back.answered, back.count) == (topic, False, False, 3)


def test_the_next_call_has_alarms_of_its_own_and_a_fresh_status() -> None:
    line = teller()
    line.tell([cue(), EscalationChanged(at=2.0, level=Level.ANGRY, previous=Level.CALM)], 102.0)
    next_call = CallStarted(at=0.0, call="d", started="", source="live")
    ((_, payload),) = line.tell([CallEnded(at=9.0, reason=""), next_call], 110.0)[1:]
    status = decode(payload)
    assert isinstance(status, AgentStatus)
    assert (status.call, status.level, status.cue, status.since) == ("d", Level.CALM, None, 110.0)
    (_, (topic, _)) = line.tell([cue()], 111.0)
    assert topic == "coach/v1/Anna/alarms/d.2"


def test_words_are_told_only_where_the_team_allows_it() -> None:
    assert all(b"secret" not in encode(one) for one in told([cue()]))
    assert all(b"secret words" in encode(one) for one in told([cue()], words=True))


def test_the_agent_sees_every_message_to_the_letter() -> None:
    line = teller()
    sent = line.tell([cue(), CallEnded(at=9.0, reason="")], 102.0)
    assert [one.sent.encode() for one in line.view.told][-3:] == [payload for _, payload in sent]
    assert [one.words for one in line.view.told] == [
        "a call has begun", "cue: A danger", "alarm: A danger", "the call is over",
    ]  # fmt: skip
    assert (line.view.agent, line.view.broker, line.view.words) == ("Anna", "here:1", False)


def test_another_session_of_the_same_name_is_noticed_until_it_is_gone() -> None:
    line = teller()
    for begun, online, others in ((100.0, True, 0), (50.0, True, 1), (50.0, False, 0)):
        message = Presence(begun=begun, connection=1, online=online)
        line.heard(TOPICS.presence("Anna"), encode(message), 103.0)
        assert line.others == others


def results_of(call: str) -> list[Event]:
    engine = Engine(book(), EngineSettings(), matcher=matcher())
    events: list[Event] = []
    for fact in facts_of(read(CALLS / f"{call}.toml")):
        events += [*engine.advance(fact.at), fact, *engine.receive(fact)]
    return events


@pytest.mark.parametrize(
    ("call", "kinds"),
    [
        ("threat_to_the_depot", {AlarmKind.DANGER}),
        ("escalate_with_a_note", {AlarmKind.SUPERVISOR}),
        ("empathise", set()),
    ],
)
def test_of_a_whole_call_no_word_and_no_reference_is_told(call: str, kinds: set[AlarmKind]) -> None:
    events = results_of(call)
    line = Teller("Anna", TOPICS, 100.0)
    line.take_rules(book())
    posts = line.tell(events, 102.0)
    everything = b"\n".join(payload for _, payload in posts).decode()
    said = [e.text for e in events if isinstance(e, Utterance) and " " in e.text]
    assert [text for text in said if text in everything] == []
    assert not any(
        e.caller and e.caller in everything for e in events if isinstance(e, CallStarted)
    )
    titles = {rule.title for rule in book().rules}
    messages = [decode(payload) for _, payload in posts]
    cues = [one.cue for one in messages if isinstance(one, AgentStatus | Alarm) and one.cue]
    assert all(cue.title in titles and not cue.words for cue in cues)
    assert {one.kind for one in messages if isinstance(one, Alarm)} == kinds
