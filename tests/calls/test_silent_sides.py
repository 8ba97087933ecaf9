"""A side that is silent while the other one speaks, with what the words tell of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from coach.calls.silent_sides import SilentSides
from coach.events import AudioWarning, Channel, Loudness, Utterance

MENU = (
    "Thank you for calling. Your call may be recorded for training purposes.",
    "For billing, press one. For a leak, press two. For anything else, press three.",
    "All of our agents are busy. Please stay on the line and your call will be answered.",
)
TALK = (
    "I have opened your account and I can see the payment that you mean.",
    "It was taken twice, so I will send one of them back to you today.",
    "You will have it within three days, and I am sorry for the trouble.",
)
DOUBTFUL = ("Press one to hear these options again.",) * 3


def told(
    lines: Sequence[str], speaker: Channel, *, sides: SilentSides | None = None, doubt: str = ""
) -> list[AudioWarning]:
    """What is told while a side says a line every 10 s and the other one carries nothing."""
    sides = sides or SilentSides(recorded=True)
    warnings: list[AudioWarning] = []
    for number, text in enumerate(lines):
        for half in range(20):
            at = number * 10 + half / 2 + 0.5
            for channel in (speaker, speaker.other):
                loud = channel is speaker
                level = Loudness(
                    at=at,
                    channel=channel,
                    start=at - 0.5,
                    end=at,
                    dbfs=-20.0 if loud else -90.0,
                    speech=loud and half < 18,
                )
                warnings += sides.push(level)
        said = Utterance(
            at=at,
            channel=speaker,
            start=number * 10.0,
            end=at - 1.0,
            utterance=f"u{number}",
            text=text,
            doubtful=bool(doubt),
            doubt=doubt,
        )
        warnings += sides.push(said)
    return warnings


@pytest.mark.parametrize("speaker", [Channel.AGENT, Channel.CUSTOMER])
def test_nothing_is_missing_of_who_listens_to_a_menu(speaker: Channel) -> None:
    assert told(MENU, speaker) == []


@pytest.mark.parametrize("speaker", [Channel.AGENT, Channel.CUSTOMER])
def test_a_silent_side_is_told_of_where_a_person_speaks(speaker: Channel) -> None:
    (warning,) = told(TALK, speaker)
    assert (warning.at, warning.active) == (20.0, True)


def test_a_silent_side_is_told_of_once_a_person_has_spoken_behind_a_menu() -> None:
    (warning,) = told([*MENU, *TALK], Channel.AGENT)
    assert warning.at > 30.0


def test_words_that_cannot_be_relied_on_make_no_menu_of_speech() -> None:
    assert len(told(DOUBTFUL, Channel.AGENT, doubt="the recogniser was guessing")) == 1
    assert told(DOUBTFUL, Channel.AGENT) == []


def test_speech_whose_words_never_come_counts() -> None:
    assert len(told(["", "", ""], Channel.AGENT)) == 1


def test_a_menu_before_the_sides_are_exchanged_stays_one() -> None:
    sides = SilentSides(recorded=True)
    told(MENU[:1], Channel.AGENT, sides=sides)
    sides.swap()
    assert told(MENU[1:], Channel.CUSTOMER, sides=sides) == []
