"""What the engine promises about a whole call, beyond single trackers."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest
from rulekit import ScriptedRun, agent, book, card, customer, key, rule, said, voices

from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    Action,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    ChecklistTicked,
    CommitmentMade,
    CueMatched,
    Degraded,
    Hypothesis,
    Level,
    Recovered,
    Utterance,
    WarningGiven,
)
from coach.notes.handoff import handoff_note
from rules.definition.conditions import Silence, Speaker
from rules.definition.rule import Kind

BOSS = rule("esc.boss", said("your manager"), 3, card=card())
THANKS = rule("esc.recovered", said("thank you"), 0)


def test_a_pause_leaves_no_trace_of_what_is_said_in_it() -> None:
    desk = ScriptedRun(BOSS, rule("note.want", said("i want"), 0))
    secret = customer(11, "I want your manager my number is four four seven one")
    desk.play(
        customer(1, "hello there"),
        key(10.0, Action.PAUSE),
        secret,
        key(16.5, Action.RESUME),
        customer(20, "I want a refund"),
        until=30.0,
    )
    snapshot = desk.engine.snapshot()
    assert [line.text for line in snapshot.transcript] == ["hello there", "I want a refund"]
    assert [want.text for want in snapshot.record.wants] == ["I want a refund"]
    assert desk.cards() == []


def test_words_begun_before_a_pause_and_ended_in_it_are_dropped_whole() -> None:
    desk = ScriptedRun(BOSS)
    desk.play(customer(1, "my card number is four four seven one nine two", speak=10.0),
              key(5.0, Action.PAUSE), key(8.0, Action.RESUME), until=20.0)  # fmt: skip
    assert desk.engine.snapshot().transcript == ()


def test_the_card_still_grows_old_in_a_pause() -> None:
    desk = ScriptedRun(BOSS)
    desk.play(customer(1, "your manager"), key(5.0, Action.PAUSE), until=60.0)
    assert desk.shown == ""
    assert desk.engine.snapshot().paused


def test_silence_after_a_pause_begins_anew() -> None:
    desk = ScriptedRun(rule("agent.quiet", Silence(longer_than=12.0), 1, card=card()))
    desk.play(agent(1, "hello"), key(5.0, Action.PAUSE), key(60.0, Action.RESUME), until=70.0)
    assert desk.cards() == []


def test_swapping_exchanges_all_that_is_known_of_the_sides() -> None:
    desk = ScriptedRun()
    says = [
        customer(1, "one two three four five six seven eight nine ten"),
        agent(8, "yes", loud=1),
    ]
    desk.play(*says, *voices(says, 12.0))
    before = desk.engine.snapshot()
    desk.feed([key(12.5, Action.SWAP_CHANNELS)])
    after = desk.engine.snapshot()
    assert [line.channel for line in after.transcript] == [Channel.AGENT, Channel.CUSTOMER]
    assert after.measurements.pace_agent_wpm == before.measurements.pace_customer_wpm
    share = before.measurements.talk_share_agent
    assert share is not None
    assert after.measurements.talk_share_agent == pytest.approx(1.0 - share)
    assert (before.mood == ()) is not (after.mood == ())
    assert {h.channel: h.dbfs for h in after.health} == {
        h.channel.other: h.dbfs for h in before.health
    }


def test_a_doubtful_thank_you_clears_nothing() -> None:
    calls = [customer(1, "your manager"), customer(5, "your manager")]
    sure, doubtful, silent = (ScriptedRun(BOSS, THANKS) for _ in range(3))
    sure.play(*calls, customer(9, "thank you"), until=40.0)
    doubtful.play(*calls, customer(9, "thank you", doubtful=True), until=40.0)
    silent.play(*calls, until=40.0)
    assert doubtful.engine.snapshot().level == silent.engine.snapshot().level
    assert sure.engine.snapshot().level < silent.engine.snapshot().level


def test_lost_sound_is_no_silence_and_is_shown() -> None:
    quiet = rule("agent.quiet", Silence(longer_than=12.0), 1, card=card())
    gap = AudioGap(at=30.0, channel=Channel.CUSTOMER, start=5.0, end=30.0, cause="device gone")
    desk = ScriptedRun(quiet)
    desk.play(agent(1, "hello"), Degraded(at=5.0, component="far_end", detail="gone"), gap)
    assert [t.component for t in desk.engine.snapshot().trouble] == ["far_end"]
    desk.play(Recovered(at=31.0, component="far_end"), until=42.0)
    snapshot = desk.engine.snapshot()
    assert desk.cards() == []
    assert snapshot.trouble == ()
    assert {h.channel: h.lost for h in snapshot.health}[Channel.CUSTOMER] == 25.0
    desk.feed([], until=45.0)
    assert desk.cards() == ["agent.quiet"]


def test_sound_warnings_come_and_go() -> None:
    desk = ScriptedRun()
    desk.feed([AudioWarning(at=1.0, kind="echo", detail="the far end is in the microphone")])
    assert desk.engine.snapshot().trouble[0].since == 1.0
    desk.feed([AudioWarning(at=9.0, kind="echo", detail="", active=False)])
    assert desk.engine.snapshot().trouble == ()


def test_undivided_mono_is_followed_as_far_as_it_goes() -> None:
    engine = Engine(book(BOSS, rule("say.sorry", "sorry", 0)))
    mixed = (Channel.MIXED,)
    engine.receive(CallStarted(at=0.0, call="m", started="", source="m.wav", channels=mixed))
    for number, text in enumerate(("I want your manager", "I am sorry about that")):
        at = 5.0 + 5 * number
        engine.receive(
            Utterance(at=at, channel=Channel.MIXED, start=at - 2, end=at, utterance=f"M{number}",
                      text=text)
        )  # fmt: skip
    snapshot = engine.snapshot()
    assert snapshot.card is not None
    assert snapshot.card.rule == "esc.boss"
    assert snapshot.notices
    assert [line.cues for line in snapshot.transcript] == [("esc.boss",), ()]


def test_drafts_are_shown_as_drafts_and_stay_in_order_of_speaking() -> None:
    desk = ScriptedRun()
    early = Hypothesis(at=4.0, channel=Channel.AGENT, start=2.0, end=3.0, utterance="A1",
                       committed="good", tail="morn")  # fmt: skip
    late = Utterance(at=5.0, channel=Channel.CUSTOMER, start=1.0, end=1.5, utterance="C1",
                     text="hello")  # fmt: skip
    desk.feed([early, late])
    lines = desk.engine.snapshot().transcript
    assert [(line.text, line.tail, line.final) for line in lines] == [
        ("hello", "", True),
        ("good", "morn", False),
    ]


def test_a_long_call_keeps_the_latest_lines() -> None:
    desk = ScriptedRun()
    for number in range(250):
        at = float(number)
        desk.feed([Utterance(at=at, channel=Channel.AGENT, start=at, end=at, utterance=f"A{number}",
                             text=f"line {number}")])  # fmt: skip
    lines = desk.engine.snapshot().transcript
    assert len(lines) == 200
    assert lines[-1].text == "line 249"


def test_nothing_comes_after_the_end() -> None:
    desk = ScriptedRun(BOSS)
    desk.play(customer(1, "your manager"), CallEnded(at=9.0, reason="end"))
    assert desk.shown == ""
    assert desk.feed([key(10.0, Action.SNOOZE)], until=100.0) == []
    assert desk.engine.snapshot().after_call is not None


def test_warnings_promises_and_ticks_are_taken_from_final_words_only() -> None:
    rules = (
        rule("say.warning_request", said("respectful"), 0),
        rule("checklist.hello", said("good morning"), 0),
        rule("note.commitment", said("i will"), 0),
    )
    desk = ScriptedRun(*rules)
    words = "good morning please be respectful and I will call you on Friday"
    desk.feed([Hypothesis(at=3.0, channel=Channel.AGENT, start=1.0, end=2.5, utterance="A1",
                          committed=words, tail="")])  # fmt: skip
    kinds = (WarningGiven, ChecklistTicked, CommitmentMade)
    assert not [r for r in desk.results if isinstance(r, kinds)]
    desk.feed([Utterance(at=5.0, channel=Channel.AGENT, start=1.0, end=4.0, utterance="A1",
                         text=words)])  # fmt: skip
    assert {type(r) for r in desk.results if isinstance(r, kinds)} == set(kinds)
    record = desk.engine.snapshot().record
    assert record.commitments[0].due == "2026-03-06"
    assert "respectful" in record.warnings[0].text


def test_the_dots_of_pm_end_no_promise() -> None:
    desk = ScriptedRun(rule("note.commitment", said("i will"), 0))
    words = "I will call you by 5 p.m. on Friday. Thank you for waiting."
    desk.feed([Utterance(at=5.0, channel=Channel.AGENT, start=1.0, end=4.0, utterance="A1",
                         text=words)])  # fmt: skip
    promise = desk.engine.snapshot().record.commitments[0]
    assert promise.text == "I will call you by 5 p.m. on Friday."
    assert promise.due == "2026-03-06T17:00"


@pytest.mark.parametrize(("minutes", "due"), [(0, "2026-03-06T15:00"), (3, "2026-03-04T15:00")])
def test_the_day_of_an_appointment_may_have_been_named_a_little_before(
    minutes: int, due: str
) -> None:
    desk = ScriptedRun(rule("note.commitment", said("booked in"), 0))
    desk.play(customer(1, "could I come two days from now"))
    desk.play(agent(8 + 60 * minutes, "you are booked in at 3 pm"), until=20.0 + 60 * minutes)
    assert desk.engine.snapshot().record.commitments[0].due == due


def test_marked_wrong_is_forgotten() -> None:
    desk = ScriptedRun(BOSS)
    desk.play(customer(1, "your manager"), key(4.0, Action.MARK_WRONG), until=20.0)
    snapshot = desk.engine.snapshot()
    assert snapshot.record.cues == ()
    assert snapshot.level is Level.CALM


def test_a_reminder_near_the_end_names_what_is_still_open() -> None:
    desk = ScriptedRun(
        rule("checklist.recap", said("to recap"), 0, card=card(hold=10)),
        rule("checklist.next", said("next step"), 0, card=card(hold=10)),
        rule("checklist.closing", said("anything else"), 0),
    )
    desk.play(agent(1, "anything else"), agent(61, "the next step is a letter"), until=66.0)
    assert desk.cards() == [], "nobody closes in the first minute"
    desk.play(agent(68, "anything else"), until=72.0)
    assert desk.shown == "checklist.recap"
    desk.play(agent(90, "anything else"), until=100.0)
    assert desk.cards() == ["checklist.recap"]


def test_nothing_is_recalled_after_a_goodbye() -> None:
    desk = ScriptedRun(
        rule("checklist.recap", said("to recap"), 0, card=card(hold=10)),
        rule("checklist.closing", said("anything else", "goodbye"), 0),
        rule("note.goodbye", said("goodbye"), 0, speaker=Speaker.ANY),
    )
    desk.play(customer(66, "goodbye"), agent(70, "anything else"), until=80.0)
    desk.play(agent(82, "no then goodbye"), until=95.0)
    assert desk.cards() == []
    desk.play(agent(200, "anything else"), until=205.0)
    assert desk.cards() == ["checklist.recap"], "the talk went on"


def test_the_end_of_the_call_is_no_warning() -> None:
    desk = ScriptedRun(
        rule("say.warning_limit", said("going to end"), 0),
        rule("say.end_call", said("end the call now"), 0),
    )
    results = desk.play(agent(1, "i am going to end the call now"), until=10.0)
    assert not [r for r in results if isinstance(r, WarningGiven)]
    assert desk.engine.snapshot().ladder.stage == "over"


def test_the_handoff_note_is_ready_at_any_moment() -> None:
    desk = ScriptedRun(
        rule("note.want", said("i want"), 0),
        rule("note.step", said("i have"), 0),
        rule("note.commitment", said("i will"), 0),
        BOSS,
    )
    assert "Handoff note" in handoff_note(desk.engine.snapshot())
    desk.play(
        customer(1, "I want my money back"),
        agent(5, "I have checked the order"),
        agent(9, "I will call you on Friday"),
        customer(14, "no get me your manager"),
    )
    note = handoff_note(desk.engine.snapshot())
    for words in ("I want my money back", "I have checked the order", "2026-03-06", "your manager"):
        assert words in note


def test_every_threshold_can_be_set_from_plain_data() -> None:
    plain = msgspec.to_builtins(EngineSettings())
    assert msgspec.convert(plain, EngineSettings) == EngineSettings()
    changed = msgspec.convert(
        {"ladder": {"warnings": 3}, "cards": {"tone_budget": 1}}, EngineSettings
    )
    assert (changed.ladder.warnings, changed.cards.tone_budget) == (3, 1)
    with pytest.raises(msgspec.ValidationError, match="warnigs"):
        msgspec.convert({"ladder": {"warnigs": 3}}, EngineSettings)


def test_the_ladder_gives_way_to_a_vulnerability_and_says_so() -> None:
    edge = rule("conduct.insult", said("useless"), 2, card=card(Kind.BOUNDARY))
    desk = ScriptedRun(edge, rule("esc.vulnerable", said("lost my job"), 2))
    desk.play(customer(1, "I lost my job"), customer(5, "you are useless"), until=10.0)
    assert desk.cards() == []
    assert desk.engine.snapshot().ladder.held


def test_importing_the_engine_loads_no_clock_screen_or_sound() -> None:
    code = "import sys, coach.engine.engine; print(*(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert loaded.isdisjoint({"textual", "numpy", "sounddevice", "faster_whisper", "asyncio", "av"})


def test_of_two_sides_what_may_be_eithers_calls_for_nobodys_rule() -> None:
    """A danger counts whoever speaks of it, and so does what anybody may say."""
    rules = (
        BOSS,
        rule("safety.fire", "on fire", 4),
        rule("say.price", said("price", by=Speaker.ANY), 1),
    )
    engine = Engine(book(*rules))
    engine.receive(CallStarted(at=0.0, call="m", started="", source="live", channels=(*Channel,)))
    raised: dict[str, list[str]] = {}
    for at, text in ((5.0, "I want your manager"), (10.0, "the price"), (15.0, "it is on fire")):
        line = Utterance(at=at, channel=Channel.MIXED, start=at - 2, end=at, utterance=f"M{at}",
                         text=text)  # fmt: skip
        raised[text] = [r.rule for r in engine.receive(line) if isinstance(r, CueMatched)]
    assert raised == {"I want your manager": [], "the price": ["say.price"],
                      "it is on fire": ["safety.fire"]}  # fmt: skip
    assert engine.snapshot().mood == ()


@pytest.mark.parametrize("kind", ["hold_music", "ringing"])
def test_music_and_ringing_are_no_silence_of_anybodys(kind: str) -> None:
    quiet = rule("agent.quiet", Silence(longer_than=12.0), 1, card=card())
    desk = ScriptedRun(quiet)
    hold = AudioWarning(at=12.0, kind=kind, detail="music on the line")
    back = AudioWarning(at=40.0, kind=kind, detail="back from hold", active=False)
    desk.play(agent(1, "one moment"), hold, until=39.0)
    assert desk.engine.snapshot().measurements.dead_air <= 0.5
    desk.play(back, until=50.0)
    assert desk.cards() == []
    assert desk.engine.snapshot().measurements.dead_air == pytest.approx(10.0, abs=0.5)
    desk.feed([], until=54.0)
    assert desk.cards() == ["agent.quiet"]
