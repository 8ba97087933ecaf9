from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rulekit import PACK

from coach.engine.advice.boundary import Ladder, LadderSettings, Offer
from coach.engine.advice.ladder_moves import MOVES, LadderTrigger, Rung
from coach.events import Channel, CueMatched, Evidence, Guard, Track


def insult(
    at: float, severity: int = 2, rule: str = "conduct.insult", guard: Guard | None = None
) -> CueMatched:
    track = {"conduct": Track.CONDUCT, "threat": Track.THREAT}.get(
        rule.partition(".")[0], Track.ESCALATION
    )
    return CueMatched(
        at=at,
        channel=Channel.CUSTOMER,
        start=at - 1.0,
        end=at,
        match=f"C{at:g}:{rule}",
        utterance=f"C{at:g}",
        rule=rule,
        track=track,
        severity=severity,
        text="you",
        because=(Evidence(rule=rule, text="you", guard=guard),),
    )


def offend(ladder: Ladder, at: float, **options: object) -> str:
    """Final words offend."""
    said = insult(at, **options)  # type: ignore[arg-type]
    ladder.confirmed(said)
    offer = ladder.cue(said)
    return offer.card if offer else ""


def warn(ladder: Ladder, at: float) -> None:
    assert ladder.warned(at, at + 3.0)
    ladder.after_warning((), at + 3.0)


def stage(ladder: Ladder) -> str:
    return ladder.view(0.0).stage


def test_every_rung_knows_what_it_does_not_do() -> None:
    assert set(MOVES) == set(Rung)
    assert MOVES[Rung.OVER] == {}
    assert LadderTrigger.CALM not in MOVES[Rung.NONE]


def test_the_whole_way_up() -> None:
    ladder = Ladder(PACK, LadderSettings())
    assert offend(ladder, 10) == "ladder.acknowledge"
    assert offend(ladder, 20) == "ladder.warn_1"
    warn(ladder, 25)
    assert offend(ladder, 40) == "ladder.warn_2"
    warn(ladder, 45)
    assert offend(ladder, 60) == "ladder.end"
    assert stage(ladder) == "end"
    assert [c.stage for c in ladder.ended((), 70)] == ["over"]
    assert ladder.given == 2


def test_nobody_gets_to_the_end_because_a_card_was_shown() -> None:
    ladder = Ladder(PACK, LadderSettings())
    cards = [offend(ladder, at) for at in range(10, 110, 10)]
    assert cards == ["ladder.acknowledge", *["ladder.warn_1"] * 9]


def test_a_warning_given_without_a_card_counts() -> None:
    ladder = Ladder(PACK, LadderSettings())
    warn(ladder, 5)
    assert stage(ladder) == "warn_1"
    assert offend(ladder, 20) == "ladder.warn_2"


def test_the_same_warning_said_twice_is_one() -> None:
    ladder = Ladder(PACK, LadderSettings())
    offend(ladder, 2)
    assert ladder.warned(5.0, 8.0)
    assert not ladder.warned(10.0, 12.0)
    assert ladder.given == 1
    offend(ladder, 14)
    assert ladder.warned(16.0, 18.0)
    assert ladder.given == 2


def test_a_warning_after_a_threat_is_one_of_its_own() -> None:
    ladder = Ladder(PACK, LadderSettings())
    offend(ladder, 2)
    assert ladder.warned(5.0, 8.0)
    offend(ladder, 9, severity=4, rule="threat.direct")
    assert ladder.warned(12.0, 15.0)
    assert ladder.given == 2


def test_what_was_said_before_the_warning_ended_does_not_count_after_it() -> None:
    ladder = Ladder(PACK, LadderSettings())
    offend(ladder, 2)
    offend(ladder, 4)
    warn(ladder, 5)
    assert offend(ladder, 8.5) == ""
    assert stage(ladder) == "warn_1"


def test_severe_conduct_skips_the_acknowledgement() -> None:
    ladder = Ladder(PACK, LadderSettings())
    assert offend(ladder, 10, severity=3, rule="conduct.profanity_directed") == "ladder.warn_1"


@pytest.mark.parametrize("rule", ["conduct.hate", "conduct.sexual", "threat.direct"])
def test_zero_tolerance_goes_to_the_top(rule: str) -> None:
    ladder = Ladder(PACK, LadderSettings())
    assert offend(ladder, 10, severity=4, rule=rule) == "ladder.end"


def test_zero_tolerance_is_a_setting() -> None:
    ladder = Ladder(PACK, LadderSettings(zero_tolerance=()))
    assert offend(ladder, 10, severity=4, rule="conduct.hate") == "ladder.warn_1"
    assert offend(ladder, 12, severity=4, rule="threat.direct") == ""


def test_quoted_hate_is_no_offence_of_theirs() -> None:
    ladder = Ladder(PACK, LadderSettings())
    assert offend(ladder, 10, severity=3, rule="conduct.hate", guard=Guard.QUOTED) == ""


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("conduct.raised", 1),
        ("conduct.profanity_situational", 1),
        ("conduct.refuses_engage", 2),
        ("conduct.insult", 1),
        ("threat.bomb", 4),
        ("esc.supervisor", 2),
    ],
)
def test_what_is_no_disrespect_moves_nothing(rule: str, severity: int) -> None:
    ladder = Ladder(PACK, LadderSettings())
    assert offend(ladder, 10, severity=severity, rule=rule) == ""
    assert stage(ladder) == "none"


@pytest.mark.parametrize("warnings", [0, 1, 2, 3])
def test_the_number_of_warnings_is_a_setting(warnings: int) -> None:
    ladder = Ladder(PACK, LadderSettings(warnings=warnings))
    cards = [offend(ladder, 10)]
    for number in range(warnings):
        at = 30.0 * (number + 1)
        cards.append(offend(ladder, at))
        warn(ladder, at + 5)
    cards.append(offend(ladder, 30.0 * (warnings + 1)))
    middle = ["ladder.warn_1"] * (warnings - 1) + ["ladder.warn_2"] * (warnings > 0)
    assert cards == ["ladder.acknowledge", *middle, "ladder.end"]


def test_the_card_at_the_top_is_a_setting() -> None:
    ladder = Ladder(PACK, LadderSettings(top_card="esc.supervisor"))
    assert offend(ladder, 10, severity=4, rule="conduct.hate") == "esc.supervisor"


def test_calm_turns_lead_down_again() -> None:
    ladder = Ladder(PACK, LadderSettings())
    offend(ladder, 10)
    offend(ladder, 20)
    warn(ladder, 25)
    assert ladder.tick(300.0) == [], "silence is not calm"
    ladder.turn()
    assert [c.stage for c in ladder.tick(300.0)] == ["acknowledge"]
    assert ladder.tick(301.0) == []
    ladder.turn()
    assert [c.stage for c in ladder.tick(400.0)] == ["none"]
    assert ladder.given == 1, "what was said stays documented"
    assert offend(ladder, 500) == "ladder.acknowledge"


def test_calm_after_two_warnings_asks_for_the_second_again() -> None:
    ladder = Ladder(PACK, LadderSettings())
    for at in (10, 20):
        offend(ladder, at)
    warn(ladder, 25)
    offend(ladder, 40)
    warn(ladder, 45)
    ladder.turn()
    assert [c.stage for c in ladder.tick(200.0)] == ["warn_1"]
    assert offend(ladder, 210) == "ladder.warn_2"


def held(offer: Offer | None) -> bool:
    return offer is not None and offer.held and not offer.changed


def test_it_stands_still_while_a_life_is_in_danger() -> None:
    ladder = Ladder(PACK, LadderSettings())
    ladder.safety_open = True
    assert held(ladder.cue(insult(10)))
    assert held(ladder.cue(insult(20, severity=4, rule="conduct.hate")))
    assert stage(ladder) == "none"
    ladder.safety_open = False
    assert offend(ladder, 30) == "ladder.acknowledge"


def test_it_stands_still_once_a_vulnerability_is_told() -> None:
    ladder = Ladder(PACK, LadderSettings(held_s=300.0))
    ladder.cue(insult(5, rule="esc.vulnerable"))
    assert held(ladder.cue(insult(100)))
    assert ladder.view(100.0).held
    assert offend(ladder, 400) == "ladder.acknowledge"


def test_a_withdrawn_match_is_undone() -> None:
    ladder = Ladder(PACK, LadderSettings())
    offend(ladder, 10)
    offend(ladder, 20)
    assert [c.stage for c in ladder.forget("C20:conduct.insult", (), 21.0)] == ["acknowledge"]
    assert offend(ladder, 30) == "ladder.warn_1"


def test_one_utterance_is_one_offence() -> None:
    ladder = Ladder(PACK, LadderSettings())
    assert offend(ladder, 10) == "ladder.acknowledge"
    assert offend(ladder, 10, rule="conduct.profanity_directed") == ""
    assert offend(ladder, 10, rule="conduct.profanity_directed", severity=3) == "ladder.warn_1"


@given(
    st.lists(st.tuples(st.sampled_from(("insult", "severe", "warn", "calm")), st.integers(1, 60)))
)
def test_the_end_is_offered_only_after_all_warnings(steps: list[tuple[str, int]]) -> None:
    ladder, at = Ladder(PACK, LadderSettings()), 0.0
    for what, pause in steps:
        at += pause
        if what == "warn":
            if ladder.warned(at, at + 1.0):
                ladder.after_warning((), at + 1.0)
            at += 1.0
        elif what == "calm":
            ladder.turn()
            ladder.tick(at)
        else:
            offend(ladder, at, severity=3 if what == "severe" else 2)
        if stage(ladder) == "end":
            assert ladder.given >= 2
