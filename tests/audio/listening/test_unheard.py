from __future__ import annotations

import pytest

from audio.listening.unheard import HeardTally
from coach.events import Channel, Loudness, Utterance

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER


def sound(channel: Channel, dbfs: float, *, speech: bool = False, clipped: float = 0.0) -> Loudness:
    return Loudness(
        at=30.0, channel=channel, start=0.0, end=30.0, dbfs=dbfs, speech=speech, clipped=clipped
    )


def words(channel: Channel, text: str, doubt: str = "") -> Utterance:
    return Utterance(
        at=30.0,
        channel=channel,
        start=1.0,
        end=3.0,
        utterance="C1",
        text=text,
        doubtful=bool(doubt),
        doubt=doubt,
    )


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([sound(CUSTOMER, -100.0)], "it is silent"),
        ([sound(CUSTOMER, -60.0)], "too quiet, -60 dBFS"),
        ([sound(CUSTOMER, -3.0, clipped=0.2)], "too loud, 20% of it at full scale"),
        ([sound(CUSTOMER, -20.0)], "sound and no speech"),
        ([sound(CUSTOMER, -20.0, speech=True)], "wrong"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_side_of_which_nothing_was_heard_says_why(
    facts: list[Loudness | Utterance], reason: str
) -> None:
    tally = HeardTally((AGENT, CUSTOMER))
    tally.take([sound(AGENT, -20.0, speech=True), words(AGENT, "good morning"), *facts])
    (found,) = tally.findings()
    assert found.startswith("No word was heard on the customer's side")
    assert reason in found


def test_words_that_are_all_doubtful_are_told_with_the_usual_doubt() -> None:
    tally = HeardTally((CUSTOMER,))
    tally.take([sound(CUSTOMER, -20.0, speech=True)])
    tally.take([words(CUSTOMER, "Bye.", "probably no speech")])
    tally.take([words(CUSTOMER, "quiero hablar con alguien", "not English but Spanish")])
    tally.take([words(CUSTOMER, "Oh.", "probably no speech")])
    (found,) = tally.findings()
    assert found.startswith(
        "No word that can be relied on was heard on the customer's side: 6 came, all doubtful "
        "(most of them, 4: not English but Spanish)."
    )


def test_two_sides_of_one_fault_are_one_sentence() -> None:
    tally = HeardTally((AGENT, CUSTOMER))
    tally.take([sound(AGENT, -100.0), sound(CUSTOMER, -100.0)])
    (found,) = tally.findings()
    assert found.startswith("No word was heard on either side: it is silent")


def test_what_was_heard_needs_no_word() -> None:
    tally = HeardTally((CUSTOMER,))
    tally.take([sound(CUSTOMER, -20.0, speech=True), words(CUSTOMER, "hello")])
    assert tally.findings() == []


def test_a_swap_moves_what_was_counted() -> None:
    tally = HeardTally((AGENT, CUSTOMER))
    tally.take([sound(AGENT, -100.0), sound(CUSTOMER, -20.0), words(CUSTOMER, "hello")])
    tally.swap()
    assert tally.findings()[0].startswith("No word was heard on the customer's side")


def test_of_one_track_for_two_people_it_is_said_that_one_voice_was_heard() -> None:
    tally = HeardTally((*Channel,))
    level = {Channel.AGENT: -20.0, Channel.CUSTOMER: -100.0, Channel.MIXED: -100.0}
    for channel, dbfs in level.items():
        tally.take(
            Loudness(at=t, channel=channel, start=t - 0.5, end=t, dbfs=dbfs, speech=dbfs > -60)
            for t in (0.5 * n for n in range(1, 21))
        )
    tally.take([Utterance(at=9, channel=Channel.AGENT, start=1, end=9, utterance="A1", text="hi")])
    assert tally.findings() == [
        "No word was heard of the customer: all that was said sounds like one voice."
    ]
