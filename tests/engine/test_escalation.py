from __future__ import annotations

import itertools
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rulekit import PACK

from coach.engine.advice.escalation import EscalationTracker
from coach.engine.advice.escalation_settings import EscalationSettings
from coach.events import Channel, CueMatched, Evidence, Guard, Level, Track
from coach.snapshot import MoodPoint

SETTINGS = EscalationSettings()
SPOKE = Evidence(text="words", utterance="C1")


def cue(
    at: float, severity: int, track: Track = Track.CONDUCT, name: str | None = None
) -> CueMatched:
    return CueMatched(
        at=at,
        channel=Channel.CUSTOMER,
        start=at,
        end=at,
        match=name or f"{at}",
        rule=f"{track.value}.x",
        track=track,
        severity=severity,
        text="words",
        because=(Evidence(text="words", utterance="C1"),),
    )


def levels(tracker: EscalationTracker, start: float, end: float) -> list[tuple[float, Level]]:
    changes = []
    for step in range(int(start * 2), int(end * 2)):
        changes += [(c.at, c.level) for c in tracker.evaluate(step / 2, None, None)]
    return changes


def test_the_table_leaves_room_between_entering_and_leaving() -> None:
    for step in SETTINGS.steps:
        assert step.leave < step.enter
    for low, high in itertools.pairwise(SETTINGS.steps):
        assert low.level < high.level
        assert low.enter < high.enter
        assert low.leave < high.leave


@pytest.mark.parametrize(
    ("guard", "track", "level"),
    [
        (Guard.QUOTED, Track.THREAT, Level.UNEASY),
        (None, Track.THREAT, Level.ANGRY),
        (Guard.QUOTED, Track.SAFETY, Level.ANGRY),
        (Guard.NEGATED, Track.THREAT, Level.ANGRY),
    ],
)
def test_a_threat_that_is_told_of_is_not_the_callers_own(
    guard: Guard | None, track: Track, level: Level
) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    told_of = msgspec.structs.replace(SPOKE, guard=guard)
    tracker.cue(msgspec.structs.replace(cue(1.0, 3, track), because=(told_of,)))
    tracker.evaluate(1.0, None, None)
    assert tracker.level is level


Happening = tuple[int, str, int]
"""Half a second of the call, what happens then, and how much of it."""
happenings = st.lists(
    st.tuples(
        st.integers(0, 500),
        st.sampled_from(("conduct", "threat", "mood", "turn", "gone", "voice", "good")),
        st.integers(0, 4),
    ),
    max_size=30,
)


def told(settings: EscalationSettings, happened: list[Happening], asked: int) -> list[object]:
    """Levels and, at every ``asked``-th look, what they rest on."""
    tracker = EscalationTracker(PACK, settings)
    waiting = sorted(happened)
    mood: MoodPoint | None = None
    raised: float | None = None
    results: list[object] = []
    for step in range(900):
        at = step / 2
        while waiting and waiting[0][0] <= step:
            _, what, much = waiting.pop(0)
            if what in ("conduct", "threat"):
                tracker.cue(cue(at, much, Track(what), f"{what}{step % 7}"))
            elif what == "mood":
                mood = MoodPoint(at=at, score=1.0 - 1.5 * much, uncertainty=1.0)
            elif what == "turn":
                tracker.turn(3.0 - 1.5 * much, SPOKE)
            elif what == "gone":
                tracker.forget(f"conduct{much}")
            elif what == "good":
                tracker.cue(cue(at, 0, Track.ESCALATION, f"good{much}"))
            else:
                raised = None if much == 0 else much / 4
        results += tracker.evaluate(at, mood, raised)
        if step % asked == 0:
            results.append((tracker.level, tracker.because))
    return results


@given(
    happenings,
    st.integers(1, 40),
    st.sampled_from((10.0, 60.0, 900.0)),
    st.sampled_from((10.0, 60.0)),
    st.sampled_from((0.1, 0.5, 1.0)),
)
def test_a_level_that_stands_is_what_weighing_at_every_look_finds(
    happened: list[Happening], asked: int, half_life: float, past: float, relief: float
) -> None:
    settings = EscalationSettings(
        half_life_s=half_life, mood_past_s=past, relief=relief, pinned_s=30.0
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EscalationTracker, "_stands", lambda *_: -math.inf)
        patch.setattr(EscalationTracker, "_is_still", lambda *_: False)
        weighed = told(settings, happened, 1)
    spared = told(settings, happened, asked)
    looks = [one for one in weighed if isinstance(one, tuple)][::asked]
    changes = [one for one in weighed if not isinstance(one, tuple)]
    assert [one for one in spared if isinstance(one, tuple)] == looks
    assert [one for one in spared if not isinstance(one, tuple)] == changes


def test_heat_is_weighed_again_only_when_the_level_may_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weighed: list[float] = []
    parts = EscalationTracker._parts

    def noting(self: EscalationTracker, at: float, *others: Any) -> Any:
        weighed.append(at)
        return parts(self, at, *others)

    monkeypatch.setattr(EscalationTracker, "_parts", noting)
    tracker = EscalationTracker(PACK, SETTINGS)
    tracker.cue(cue(0.0, 3))
    changes = levels(tracker, 0.0, 300.0)
    assert [level for _, level in changes] == [Level.UPSET, Level.UNEASY, Level.CALM]
    assert len(weighed) < 20, "of 600 looks"


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3)), max_size=30))
def test_no_level_flickers(cues: list[tuple[int, int]]) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    stay = {step.level: step.stay_s for step in SETTINGS.steps}
    waiting = sorted(cues)
    before, since = Level.CALM, 0.0
    for step in range(1400):
        at = step / 2
        good = False
        while waiting and waiting[0][0] <= at:
            good |= waiting[0][1] == 0
            tracker.cue(cue(at, waiting.pop(0)[1], name=f"{len(waiting)}"))
        for change in tracker.evaluate(at, None, None):
            assert change.previous == before
            assert change.because
            if change.level < before and good:
                assert change.level >= min(before - 1, Level.UNEASY)
            elif change.level < before:
                assert change.level == before - 1
                assert at - since >= stay[before]
            before, since = change.level, at
    assert tracker.level is Level.CALM


def test_one_request_makes_uneasy_and_it_passes() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    tracker.cue(cue(1.0, 2, Track.ESCALATION))
    changes = levels(tracker, 1.0, 120.0)
    assert [level for _, level in changes] == [Level.UNEASY, Level.CALM]
    assert changes[1][0] - changes[0][0] >= 10.0


def test_cues_add_up() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for at in (1.0, 5.0, 9.0):
        tracker.cue(cue(at, 2))
    tracker.evaluate(9.0, None, None)
    assert tracker.level is Level.ANGRY
    assert len(tracker.because) == 3


@pytest.mark.parametrize(
    ("severity", "track", "voice", "level"),
    [
        (2, Track.ESCALATION, None, Level.UPSET),
        (3, Track.ESCALATION, None, Level.ANGRY),
        (1, Track.CONDUCT, None, Level.ANGRY),
        (2, Track.THREAT, None, Level.ANGRY),
        (2, Track.ESCALATION, 1.0, Level.ANGRY),
    ],
)
def test_anger_takes_more_than_reasons_to_be_upset(
    severity: int, track: Track, voice: float | None, level: Level
) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for name in "abc":
        tracker.cue(cue(1.0, 2, Track.ESCALATION, name))
    tracker.cue(cue(1.0, severity, track))
    tracker.evaluate(1.0, MoodPoint(at=1.0, score=-4.0, uncertainty=1.0), voice)
    assert tracker.level is level


@pytest.mark.parametrize(
    ("rule", "level"),
    [
        ("esc.supervisor", Level.UPSET),
        ("esc.not_heard", Level.ANGRY),
        ("esc.distrust", Level.ANGRY),
    ],
)
def test_a_reproach_is_a_reason_for_anger(rule: str, level: Level) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for name in ("esc.repeat_contact", rule):
        found = cue(1.0, 2, Track.ESCALATION, name)
        tracker.cue(msgspec.structs.replace(found, rule=name))
    tracker.evaluate(1.0, MoodPoint(at=1.0, score=-4.0, uncertainty=1.0), None)
    assert tracker.level is level


def test_reasons_to_be_upset_made_anger_where_the_settings_say_so() -> None:
    tracker = EscalationTracker(PACK, EscalationSettings(hostile_from=0))
    for name in "abcd":
        tracker.cue(cue(1.0, 2, Track.ESCALATION, name))
    tracker.evaluate(1.0, None, None)
    assert tracker.level is Level.ANGRY


@pytest.mark.parametrize("track", [Track.SAFETY, Track.THREAT])
def test_danger_is_critical_at_once_and_stays_so(track: Track) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    tracker.cue(cue(1.0, 4, track))
    assert [c.level for c in tracker.evaluate(1.0, None, None)] == [Level.CRITICAL]
    tracker.cue(cue(2.0, 0, Track.ESCALATION))
    assert levels(tracker, 2.0, SETTINGS.pinned_s) == []
    assert tracker.level is Level.CRITICAL


def test_a_withdrawn_danger_no_longer_holds() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    tracker.cue(cue(1.0, 4, Track.THREAT))
    tracker.evaluate(1.0, None, None)
    tracker.forget("1.0")
    assert levels(tracker, 1.0, 60.0)[0][1] is Level.ANGRY


def test_a_repeated_match_replaces_its_heat() -> None:
    once, twice = EscalationTracker(PACK, SETTINGS), EscalationTracker(PACK, SETTINGS)
    once.cue(cue(1.0, 3, name="a"))
    twice.cue(cue(1.0, 2, name="a"))
    twice.cue(cue(1.0, 3, name="a"))
    assert once.evaluate(1.0, None, None) == twice.evaluate(1.0, None, None)


def test_good_news_cools() -> None:
    hot, eased = EscalationTracker(PACK, SETTINGS), EscalationTracker(PACK, SETTINGS)
    for tracker in (hot, eased):
        for at in (1.0, 5.0, 9.0):
            tracker.cue(cue(at, 2))
        tracker.evaluate(9.0, None, None)
    eased.cue(cue(10.0, 0, Track.ESCALATION))
    (down,) = next(c for c in (eased.evaluate(at / 2, None, None) for at in range(20, 80)) if c)
    assert down.level is Level.UPSET
    assert down.because[0].text == "words"
    assert levels(hot, 10.0, 35.0) == []


@pytest.mark.parametrize(
    ("between", "level"),
    [(None, Level.UPSET), (-1.0, Level.ANGRY), (cue(15.0, 1, name="more"), Level.ANGRY)],
    ids=["friendly twice", "a bad turn between", "a cue between"],
)
def test_who_stays_friendly_has_recovered(between: float | CueMatched | None, level: Level) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for at in (1.0, 5.0, 9.0):
        tracker.cue(cue(at, 2))
    tracker.evaluate(9.0, None, None)
    tracker.turn(3.0, SPOKE)
    if isinstance(between, CueMatched):
        tracker.cue(between)
    elif between is not None:
        tracker.turn(between, SPOKE)
    tracker.turn(3.0, SPOKE)
    levels(tracker, 9.5, 32.0)
    assert tracker.level is level


def good_news(at: float, utterance: str) -> CueMatched:
    news = cue(at, 0, Track.ESCALATION)
    return msgspec.structs.replace(news, utterance=utterance)


def furious(until: float) -> EscalationTracker:
    """Angry until then, in a mood that is slow to change."""
    tracker = EscalationTracker(PACK, SETTINGS)
    tracker.cue(cue(0.0, 2))
    tracker.cue(cue(0.0, 1, name="other"))
    for step in range(int(until * 2)):
        tracker.evaluate(step / 2, BITTER, None)
    assert tracker.level is Level.ANGRY
    return tracker


BITTER = MoodPoint(at=0.0, score=-3.5, uncertainty=1.0)


def test_recovery_is_seen_when_it_happens() -> None:
    tracker = furious(25.0)
    tracker.cue(good_news(25.0, "C7"))
    (change,) = tracker.evaluate(25.0, BITTER, None)
    assert change.level is Level.UNEASY, "nobody is calm at the first kind word"
    assert change.because[0].text == "words"
    tracker.cue(good_news(31.0, "C8"))
    (change,) = tracker.evaluate(31.0, BITTER, None)
    assert change.level is Level.CALM


def test_one_sentence_of_good_news_is_one_piece_of_it() -> None:
    tracker = furious(25.0)
    for at in (25.0, 25.5, 26.0):
        tracker.cue(good_news(at, "C7"))
        tracker.evaluate(at, BITTER, None)
    assert tracker.level is Level.UNEASY


@pytest.mark.parametrize("more", [-2.0, cue(30.0, 1)])
def test_the_mood_heats_again_after_a_bad_turn_or_cue(more: float | CueMatched) -> None:
    tracker = furious(25.0)
    tracker.cue(good_news(25.0, "C7"))
    tracker.evaluate(25.0, BITTER, None)
    if isinstance(more, float):
        tracker.turn(more, SPOKE)
    else:
        tracker.cue(more)
    tracker.evaluate(30.0, BITTER, None)
    assert tracker.level is Level.UPSET


def test_good_news_that_is_taken_back_has_cooled_nothing() -> None:
    tracker, other = furious(25.0), furious(25.0)
    news = good_news(25.0, "C7")
    tracker.cue(news)
    tracker.forget(news.match)
    for step in range(50, 200):
        assert tracker.evaluate(step / 2, None, None) == other.evaluate(step / 2, None, None)


def test_what_the_agent_says_heats_nothing() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for at in range(10):
        tracker.cue(cue(float(at), 3, Track.COACHING))
        tracker.cue(cue(float(at), 0, Track.COACHING))
    assert tracker.evaluate(10.0, None, None) == []


def test_mood_counts_only_while_trusted_and_fresh() -> None:
    def level(score: float, uncertainty: float, age: float) -> Level:
        tracker = EscalationTracker(PACK, SETTINGS)
        point = MoodPoint(at=100.0 - age, score=score, uncertainty=uncertainty)
        tracker.evaluate(100.0, point, None)
        return tracker.level

    assert level(-4.5, 1.0, 1.0) is Level.UPSET
    assert level(-4.5, 4.0, 1.0) is Level.CALM
    assert level(-4.5, 1.0, 90.0) is Level.CALM
    assert level(1.0, 1.0, 1.0) is Level.CALM


def test_a_raised_voice_alone_counts_only_when_it_lasts() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    changed = [c.at for step in range(80) for c in tracker.evaluate(step / 2, None, 0.9)]
    assert changed == [SETTINGS.voice_alone_s]
    assert tracker.level is Level.UNEASY
    assert tracker.because[0].note == "voice raised over its own usual level"


@pytest.mark.parametrize("pause", [None, 0.2])
def test_a_voice_that_calms_down_in_between_does_not_last(pause: float | None) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for step in range(80):
        tracker.evaluate(step / 2, None, pause if step % 30 == 0 else 0.9)
    assert tracker.level is Level.CALM


def test_a_raised_voice_with_pleasant_words_does_not_last() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for step in range(80):
        if step % 24 == 0:
            tracker.turn(3.0, SPOKE)
        tracker.evaluate(step / 2, None, 0.9)
    assert tracker.level is Level.CALM


@pytest.mark.parametrize(
    ("turn", "severity", "mood", "level"),
    [
        (-1.0, None, None, Level.UNEASY),
        (0.0, None, None, Level.CALM),
        (0.0, 1, None, Level.UNEASY),
        (0.0, None, -1.4, Level.UNEASY),
        (0.0, None, -1.0, Level.CALM),
    ],
    ids=["bitter words", "neutral words", "a cue", "a bad mood", "a mood that counts nothing"],
)
def test_a_raised_voice_counts_at_once_with_what_goes_with_it(
    turn: float, severity: int | None, mood: float | None, level: Level
) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    tracker.turn(turn, SPOKE)
    if severity is not None:
        tracker.cue(cue(1.0, severity, Track.ESCALATION))
    point = None if mood is None else MoodPoint(at=1.0, score=mood, uncertainty=1.0)
    tracker.evaluate(1.0, point, 0.9)
    assert tracker.level is level


@pytest.mark.parametrize("rule", ["esc.bereavement", "esc.vulnerable", "esc.confusion"])
def test_who_needs_care_is_not_angry(rule: str) -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for at in (1.0, 2.0, 3.0):
        match = cue(at, 2, Track.ESCALATION)
        tracker.cue(msgspec.structs.replace(match, rule=rule))
    assert levels(tracker, 3.0, 10.0) == []


def test_the_mood_alone_makes_upset_and_no_more() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    for step in range(60):
        tracker.evaluate(step / 2, MoodPoint(at=0.0, score=-5.0, uncertainty=1.0), None)
    assert tracker.level is Level.UPSET


def test_the_voice_itself_is_no_words_that_go_with_it() -> None:
    tracker = EscalationTracker(PACK, SETTINGS)
    voice = msgspec.structs.replace(
        cue(1.0, 1), utterance=None, because=(Evidence(value=12.0, note="dB over the usual level"),)
    )
    tracker.cue(voice)
    tracker.evaluate(1.0, None, 0.95)
    assert tracker.level is Level.CALM
    tracker.cue(cue(2.0, 1, name="said"))
    tracker.evaluate(2.0, None, 0.95)
    assert tracker.level > Level.CALM
