"""When the level falls at once: the customer has settled, and does not only seem to."""

from __future__ import annotations

import math
import re
from pathlib import Path

import msgspec
import pytest
from callscript import Say, Script, facts_of
from every_row import every_row
from rulekit import PACK, ScriptedRun, agent, customer, rule, said, voices
from shipped_rules import book, matcher
from work_marks import made_once

from coach.engine.advice.escalation import EscalationTracker
from coach.engine.advice.escalation_settings import EscalationSettings
from coach.engine.advice.settling import QUIET_TURNS, Calmed, CustomerTurn, Settling
from coach.engine.engine import DEFAULTS, Engine
from coach.events import Channel, CueMatched, EscalationChanged, Evidence, Level, Track
from coach.meaning.listening import MeaningListener
from coach.snapshot import MoodPoint
from rules.definition.roles import Role

PLEASANT = DEFAULTS.escalation.pleasant
TURN = CustomerTurn(
    start=50.0,
    end=54.0,
    words=8,
    roles=(),
    heats=0,
    score=0.5,
    distress=0.1,
    in_doubt=False,
    over_db=None,
    put_right=True,
    soothed=False,
)


def shown(**changes: object) -> Calmed:
    return Settling(PLEASANT).turn(msgspec.structs.replace(TURN, **changes))


@every_row([
    ({"roles": [Role.REGRET], "put_right": False}, Calmed.PLAINLY),
    ({"roles": [Role.REGRET], "in_doubt": True, "score": -1.0}, Calmed.PLAINLY),
    ({"roles": [Role.RELIEF]}, Calmed.PLAINLY),
    ({"roles": [Role.RELIEF], "distress": 0.9, "score": -1.0}, Calmed.PLAINLY),
    ({"roles": [Role.RELIEF], "put_right": False}, Calmed.KINDLY),
    ({"roles": [Role.RELIEF], "put_right": False, "distress": 0.6}, Calmed.NOT),
    ({"roles": [Role.THANKS, Role.ACCEPTS]}, Calmed.PLAINLY),
    ({"roles": [Role.THANKS], "score": 3.0}, Calmed.PLAINLY),
    ({"roles": [Role.THANKS, Role.GOODBYE]}, Calmed.PLAINLY),
    ({"roles": [Role.THANKS]}, Calmed.KINDLY),
    ({"roles": [Role.ACCEPTS]}, Calmed.KINDLY),
    ({"roles": [Role.THANKS], "put_right": False, "soothed": True}, Calmed.KINDLY),
    ({"roles": [Role.THANKS, Role.ACCEPTS], "put_right": False, "soothed": True}, Calmed.KINDLY),
    ({"roles": [Role.THANKS], "put_right": False, "soothed": True, "score": -1.0}, Calmed.NOT),
    ({"roles": [Role.THANKS], "put_right": False, "soothed": True, "in_doubt": True}, Calmed.NOT),
    ({"score": 3.0, "put_right": False, "soothed": True}, Calmed.NOT),
    ({"roles": [Role.RELIEF, Role.THANKS]}, Calmed.WHOLLY),
    ({"roles": [Role.REGRET, Role.ACCEPTS]}, Calmed.WHOLLY),
    ({"roles": [Role.REGRET, Role.RELIEF]}, Calmed.WHOLLY),
    ({"roles": [Role.RELIEF, Role.THANKS], "put_right": False}, Calmed.KINDLY),
    ({"roles": [Role.REGRET, Role.THANKS], "put_right": False}, Calmed.PLAINLY),
    ({"roles": [Role.REGRET, Role.THANKS], "in_doubt": True}, Calmed.PLAINLY),
    ({"roles": [Role.RELIEF, Role.THANKS], "distress": 0.6}, Calmed.PLAINLY),
    ({"roles": [Role.RELIEF, Role.THANKS], "score": -0.5}, Calmed.PLAINLY),
    ({"roles": [Role.RELIEF, Role.THANKS], "heats": 1}, Calmed.NOT),
    ({}, Calmed.TAKES_UP),
    ({"score": None, "words": 2}, Calmed.TAKES_UP),
    ({"score": 3.0}, Calmed.TAKES_UP),
    ({"over_db": 2.0}, Calmed.TAKES_UP),
    ({"over_db": 4.0}, Calmed.NOT),
    ({"words": 1}, Calmed.NOT),
    ({"put_right": False}, Calmed.NOT),
    ({"put_right": False, "soothed": True}, Calmed.NOT),
    ({"heats": 1}, Calmed.NOT),
    ({"score": -0.5}, Calmed.NOT),
    ({"distress": 0.5}, Calmed.NOT),
    ({"in_doubt": True}, Calmed.NOT),
    ({"roles": [Role.RESIGNED]}, Calmed.NOT),
    ({"score": 3.0, "put_right": False}, Calmed.NOT),
    ({"roles": [Role.GOODBYE]}, Calmed.NOT),
    ({"roles": [Role.THANKS, Role.ACCEPTS], "put_right": False}, Calmed.NOT),
    ({"roles": [Role.THANKS, Role.ACCEPTS], "in_doubt": True}, Calmed.NOT),
    ({"roles": [Role.THANKS, Role.ACCEPTS], "score": -0.5}, Calmed.NOT),
    ({"roles": [Role.THANKS, Role.ACCEPTS], "distress": 0.5}, Calmed.NOT),
    ({"roles": [Role.REGRET], "heats": 1}, Calmed.NOT),
])  # fmt: skip
def test_what_a_turn_shows(changes: dict[str, object], what: Calmed) -> None:
    assert shown(**changes) is what


def test_who_said_it_plainly_needs_no_more_reason_until_they_are_angry_again() -> None:
    settling = Settling(PLEASANT)
    kind = msgspec.structs.replace(TURN, roles=[Role.THANKS], put_right=False)
    pleasant = msgspec.structs.replace(TURN, score=3.0, put_right=False)
    assert settling.turn(kind) is Calmed.NOT
    assert settling.turn(msgspec.structs.replace(TURN, roles=[Role.REGRET])) is Calmed.PLAINLY
    assert settling.turn(kind) is Calmed.KINDLY
    assert settling.turn(pleasant) is Calmed.KINDLY
    assert settling.turn(msgspec.structs.replace(TURN, heats=1)) is Calmed.NOT
    assert settling.turn(kind) is Calmed.NOT


def behind_an_angry_turn(over_db: float | None, *turns: CustomerTurn) -> list[Calmed]:
    settling = Settling(PLEASANT)
    settling.turn(msgspec.structs.replace(TURN, start=40.0, end=44.0, heats=2, over_db=over_db))
    return [settling.turn(turn) for turn in turns]


QUIET = msgspec.structs.replace(TURN, roles=[Role.WANT], over_db=0.4, put_right=False)


@every_row([
    (8.0, {}, Calmed.QUIETER),
    (8.0, {"heats": 1}, Calmed.QUIETER),
    (8.0, {"heats": 2}, Calmed.NOT),
    (8.0, {"words": 2}, Calmed.NOT),
    (8.0, {"roles": ()}, Calmed.NOT),
    (8.0, {"over_db": 4.0}, Calmed.NOT),
    (8.0, {"over_db": None}, Calmed.NOT),
    (8.0, {"end": 160.0}, Calmed.NOT),
    (3.0, {}, Calmed.NOT),
    (None, {}, Calmed.NOT),
])  # fmt: skip
def test_a_quieter_voice_is_heard_and_never_supposed(
    angry: float | None, changes: dict[str, object], what: Calmed
) -> None:
    assert behind_an_angry_turn(angry, msgspec.structs.replace(QUIET, **changes)) == [what]


def test_some_quieter_turns_in_a_row_show_it_whatever_they_are_about() -> None:
    quiet = msgspec.structs.replace(QUIET, roles=())
    seen = behind_an_angry_turn(9.0, *[quiet] * QUIET_TURNS)
    assert seen == [Calmed.NOT] * (QUIET_TURNS - 1) + [Calmed.QUIETER]


# --- what comes of it -----------------------------------------------------------------------

APOLOGY = rule("say.apology", "sorry", 0, roles=(Role.APOLOGY,))
THANKS = rule("note.thanks", "thank you", 0, speaker="customer", roles=(Role.THANKS,))
REFUSED = rule("note.bad_news", "can not", 0, speaker="agent", roles=(Role.BAD_NEWS,))
TIRADE = [rule(f"conduct.{name}", name, 2) for name in ("useless", "hopeless", "clueless")]


@every_row([
    ("let me have a look at that", False),
    ("i am sorry for all of that", True),
    ("i am sorry for that, you can not have it", False),
])  # fmt: skip
def test_thanks_behind_an_apology_end_the_anger(words: str, falls: bool) -> None:
    run = ScriptedRun(APOLOGY, THANKS, REFUSED, *TIRADE)
    run.play(
        customer(1.0, "you are useless and hopeless and clueless, the whole lot"),
        agent(8.0, words),
        customer(14.0, "thank you"),
        until=19.0,
    )
    levels = [found.level for found in run.results if isinstance(found, EscalationChanged)]
    assert (levels[-1] < max(levels)) is falls


BITTER = MoodPoint(at=0.0, score=-4.0, uncertainty=1.0)
WORDS = Evidence(text="words", utterance="C9")


def cue(at: float, severity: int, track: Track) -> CueMatched:
    return CueMatched(
        at=at,
        channel=Channel.CUSTOMER,
        start=at,
        end=at,
        match=f"{at}{track}",
        rule=f"{track.value}.x",
        track=track,
        severity=severity,
        text="words",
        because=(Evidence(text="words", utterance="C1", end=at),),
    )


def angry(
    *more: CueMatched, settings: EscalationSettings = DEFAULTS.escalation
) -> EscalationTracker:
    tracker = EscalationTracker(PACK, settings)
    for match in (cue(1.0, 2, Track.CONDUCT), cue(2.0, 2, Track.CONDUCT), *more):
        tracker.cue(match)
    tracker.evaluate(3.0, BITTER, None)
    return tracker


def after(tracker: EscalationTracker, *what: Calmed) -> list[Level]:
    levels = []
    for number, settled in enumerate(what):
        at = 5.0 + number
        tracker.settled(settled, WORDS, at, BITTER)
        levels += [change.level for change in tracker.evaluate(at, BITTER, None)]
    return levels


@every_row([
    ((Calmed.WHOLLY,), [Level.CALM]),
    ((Calmed.TAKES_UP,), [Level.UPSET]),
    ((Calmed.TAKES_UP,) * 3, [Level.UPSET, Level.UNEASY]),
    ((Calmed.TAKES_UP, Calmed.KINDLY), [Level.UPSET, Level.UNEASY]),
    ((Calmed.PLAINLY,), [Level.UNEASY]),
    ((Calmed.PLAINLY, Calmed.PLAINLY), [Level.UNEASY, Level.CALM]),
    ((Calmed.PLAINLY, Calmed.KINDLY), [Level.UNEASY, Level.CALM]),
    ((Calmed.KINDLY,), [Level.UPSET]),
    ((Calmed.KINDLY, Calmed.KINDLY, Calmed.KINDLY), [Level.UPSET, Level.UNEASY, Level.CALM]),
    ((Calmed.QUIETER,), [Level.UPSET]),
    ((Calmed.QUIETER, Calmed.QUIETER), [Level.UPSET]),
    ((Calmed.QUIETER, Calmed.PLAINLY), [Level.UPSET, Level.UNEASY]),
])  # fmt: skip
def test_the_level_falls_at_once(what: tuple[Calmed, ...], levels: list[Level]) -> None:
    tracker = angry()
    assert tracker.level is Level.ANGRY
    assert after(tracker, *what) == levels


def test_who_is_angry_again_is_angry_at_once() -> None:
    tracker = angry()
    after(tracker, Calmed.QUIETER)
    tracker.cue(cue(6.0, 2, Track.CONDUCT))
    tracker.evaluate(6.0, BITTER, None)
    assert tracker.level is Level.ANGRY


@every_row([
    ((Calmed.WHOLLY,), [Level.UNEASY]),
    ((Calmed.WHOLLY, Calmed.TAKES_UP), [Level.UNEASY]),
    ((Calmed.TAKES_UP, Calmed.KINDLY), [Level.UPSET]),
])  # fmt: skip
def test_without_steps_behind_a_remedy_a_turn_shows_what_it_did(
    what: tuple[Calmed, ...], levels: list[Level]
) -> None:
    tracker = angry(settings=msgspec.structs.replace(DEFAULTS.escalation, remedy_steps=0))
    assert after(tracker, *what) == levels


@every_row([Calmed.QUIETER, Calmed.TAKES_UP, Calmed.KINDLY, Calmed.PLAINLY, Calmed.WHOLLY])
def test_a_danger_is_as_dangerous_as_before(settled: Calmed) -> None:
    tracker = angry(cue(2.5, 3, Track.THREAT), cue(2.6, 4, Track.SAFETY))
    assert tracker.level is Level.CRITICAL
    assert after(tracker, settled) == []
    danger = [heat for heat in tracker._heats if heat.track in (Track.THREAT, Track.SAFETY)]
    assert [round(heat.weight, 2) for heat in danger] == [5.0, 9.0]


def test_what_a_turn_holds_and_where_the_last_anger_ended() -> None:
    tracker = angry()
    assert tracker.heats_in("C1") == 2
    assert tracker.heats_in("C2") == 0
    assert tracker.heated_until() == 2.0
    assert EscalationTracker(PACK, DEFAULTS.escalation).heated_until() == -math.inf


# --- through the engine ---------------------------------------------------------------------

ANGER = rule("conduct.insult", said("you idiot"), 2)
SORRY = rule("note.regret", said("sorry for shouting"), 0, roles=(Role.REGRET,))
GOOD = rule("esc.recovered", said("thank you that helps"), 0, roles=(Role.RELIEF,))
WANT = rule("note.want", said("i want"), 0, roles=(Role.WANT,))


def test_good_news_counts_when_the_turn_is_finished() -> None:
    run = ScriptedRun(ANGER, GOOD)
    run.play(
        customer(1.0, "you idiot"),
        customer(5.0, "you idiot"),
        customer(20.0, "thank you that helps and then you idiot do nothing at all for me again"),
        until=40.0,
    )
    fell = [r for r in run.results if isinstance(r, EscalationChanged) and r.level < r.previous]
    assert not [change for change in fell if change.at < 30.0]


def test_a_quieter_voice_ends_the_attack() -> None:
    calm = "hello i am ringing about the car that i brought in and it is not ready yet is it"
    says = [
        customer(1.0, calm, speak=20.0),
        customer(30.0, "you idiot you idiot", loud=9.0, speak=5.0),
        customer(36.0, "you idiot you idiot", loud=9.0, speak=5.0),
        agent(43.0, "please speak to me respectfully"),
        customer(50.0, "fine i want my car back today", speak=5.0),
    ]
    run = ScriptedRun(ANGER, WANT)
    run.play(*says, *voices(says, 60.0), until=57.0)
    changes = [
        (r.level, r.because[0].text) for r in run.results if isinstance(r, EscalationChanged)
    ]
    assert changes[-1] == (Level.UPSET, "fine i want my car back today")


def test_sorry_for_shouting_is_regret_behind_bad_news_too() -> None:
    refusal = rule("note.bad_news", said("unfortunately"), 0, roles=(Role.BAD_NEWS,))
    run = ScriptedRun(ANGER, SORRY, refusal)
    run.play(
        customer(1.0, "you idiot"),
        customer(5.0, "you idiot"),
        agent(10.0, "unfortunately it takes two weeks"),
        customer(15.0, "okay i am sorry for shouting at you"),
        until=22.0,
    )
    assert run.engine.snapshot().level is Level.UNEASY


# --- made calls -----------------------------------------------------------------------------

MADE = (Path(__file__).parent / "settling_calls.txt").read_text()
LINE = re.compile(r"([AC])(?:\+(\d+))?: (.*)")


@made_once
def listener() -> MeaningListener:
    return MeaningListener(book())


def spoken(lines: list[str]) -> tuple[list[Say], list[tuple[str, Say]]]:
    """What is said, and what is expected behind which line of it."""
    at, says, expected = 1.0, [], []
    for line in lines:
        found = LINE.match(line)
        if found is None:
            expected.append((line.removeprefix("?"), says[-1]))
            continue
        side = Channel.AGENT if found[1] == "A" else Channel.CUSTOMER
        loud = float(found[2] or 0.0)
        says.append(Say(at=round(at, 1), speaker=side, text=found[3], loud=loud))
        at = says[-1].end + 1.2
    return says, expected


@pytest.mark.meaning
@pytest.mark.parametrize("call", MADE.split("=== ")[1:], ids=lambda call: call.splitlines()[0])
def test_who_settles_and_who_only_seems_to(call: str) -> None:
    says, expected = spoken(call.strip().splitlines()[1:])
    loud = any(say.loud for say in says)
    until = says[-1].end + 8.0
    script = Script(practice="", until=until, cards=(), say=tuple(says), voices=loud)
    engine = Engine(book(), matcher=matcher())
    given = listener().given
    changes = [
        result
        for fact in facts_of(script)
        for result in engine.receive(given(fact))
        if isinstance(result, EscalationChanged)
    ]

    def level(at: float) -> Level:
        return next((c.level for c in reversed(changes) if c.at <= at), Level.CALM)

    for what, say in expected:
        before, behind = level(say.at), level(say.end + 1.5)
        if what == "hold":
            assert Level.CALM < before <= behind, say.text
        elif what.startswith("<="):
            assert behind <= Level[what[2:].upper()], say.text
        else:
            assert behind >= Level[what[2:].upper()], say.text
