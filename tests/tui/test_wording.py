"""How the screen says things."""

from __future__ import annotations

import pytest
from moments import line

from coach.events import Channel, Evidence
from coach.events.lengths import clock
from coach.snapshot import PastCard
from tui.widgets.health import meter
from tui.widgets.replay_bar import next_speed, speed_words
from tui.wording import (
    best_reasons,
    figure,
    past_words,
    reason,
    rule_words,
    shown_cues,
    stage_words,
)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0, "0:00"), (61.9, "1:01"), (3600.0, "1:00:00"), (-1.0, "0:00")]
)
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


REASONS = [
    (
        Evidence(channel=Channel.CUSTOMER, start=134.2, text="third time I've called"),
        "2:14 customer “third time I've called”",
    ),
    (
        Evidence(channel=Channel.CUSTOMER, start=9.0, text="it's late", note="sounds distressed"),
        "0:09 customer “it's late” (sounds distressed)",
    ),
    (
        Evidence(value=15.2, threshold=15.0, note="seconds since then, still not done"),
        "15 seconds since then, still not done",
    ),
    (
        Evidence(channel=Channel.AGENT, value=7.25, threshold=6.0, note="dB over the usual level"),
        "you 7.2 dB over the usual level",
    ),
    (Evidence(value=-4.6, threshold=-1.0, note="mood"), "mood -4.6"),
    (Evidence(value=2, threshold=2, note="escalation level"), "the call is upset"),
    (Evidence(value=0.91, note="and the voice is raised"), "and the voice is raised"),
    (Evidence(value=3.0, threshold=2.0), "3 (from 2)"),
    (
        Evidence(
            rule="esc.low",
            value=18.7,
            note="waited for another card to end, and nobody had answered the customer",
        ),
        "waited 19 s for the card of esc.low to end, and nobody had answered the customer",
    ),
    (
        Evidence(
            rule="esc.low",
            value=18.7,
            note="waited for another card to end, and it was still not done",
        ),
        "waited 19 s for the card of esc.low to end, and it was still not done",
    ),
    (
        Evidence(rule="esc.low", value=18.7, note="had given way to another card, and came back"),
        "had given way to another card 19 s before, and came back",
    ),
    (Evidence(rule="conduct.insult", start=70.0), "1:10 insult"),
]


@pytest.mark.parametrize(("evidence", "words"), REASONS)
def test_reason(evidence: Evidence, words: str) -> None:
    assert reason(evidence) == words


def test_their_own_words_come_first_and_nothing_twice() -> None:
    said = Evidence(channel=Channel.CUSTOMER, start=1.0, text="no")
    measured = Evidence(value=3.0, threshold=2.0, note="talk-overs in 60 s")
    assert best_reasons((measured, said, said), 2) == (
        "0:01 customer “no”",
        "3 talk-overs in 60 s",
    )


@pytest.mark.parametrize(
    ("channel", "shown"),
    [
        (Channel.CUSTOMER, ("not heard",)),
        (Channel.AGENT, ("not heard", "defensive")),
    ],
)
def test_only_telling_cues_are_marked_in_the_transcript(
    channel: Channel, shown: tuple[str, ...]
) -> None:
    rules = (
        "say.thanks",
        "esc.not_heard",
        "checklist.greeting",
        "note.want",
        "esc.not_heard",
        "agent.defensive",
    )
    assert shown_cues(line(1, channel, 0.0, "words", cues=rules)) == shown


def test_words_for_what_has_no_entry() -> None:
    assert rule_words("esc.repeat_contact") == "repeat contact"
    assert stage_words("third_step") == "third step"


@pytest.mark.parametrize(
    ("dbfs", "shown"),
    [(None, "······"), (-100.0, "······"), (-30.0, "▪▪▪···"), (0.0, "▪▪▪▪▪▪"), (6.0, "▪▪▪▪▪▪")],
)
def test_meter(dbfs: float | None, shown: str) -> None:
    assert meter(dbfs) == shown


@pytest.mark.parametrize(
    ("speed", "step", "then"),
    [
        (1.0, 1, 2.0),
        (1.0, -1, 1.0),
        (8.0, 1, None),
        (None, 1, None),
        (None, -1, 8.0),
        (3.0, 1, 4.0),
    ],
)
def test_speeds(speed: float | None, step: int, then: float | None) -> None:
    assert next_speed(speed, step) == then
    assert speed_words(then) == ("max" if then is None else f"{then:g}x")


def test_a_level_is_told_by_its_name_alone() -> None:
    assert figure(Evidence(value=2, threshold=2, note="escalation level")) == ""


@pytest.mark.parametrize(
    ("reason", "told"),
    [("replaced", "another came"), ("used", "done"), ("dismissed", "dismissed")],
)
def test_what_became_of_a_card_is_told_alike_wherever_it_is_told(reason: str, told: str) -> None:
    past = PastCard(
        card="P1", rule="esc.low", title="Low", raised=61.0, cleared=70.0, reason=reason
    )
    assert past_words(past) == f" 1:01 Low · {told}"
