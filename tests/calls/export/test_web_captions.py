"""Captions: voices, times in order, and words that no reader takes for anything else."""

from __future__ import annotations

import re

from any_text import ANY
from heardcalls import AGENT, CUSTOMER, MIXED, journal_of, known, spoke
from hypothesis import given
from hypothesis import strategies as st

from coach.calls.export.known_call import known_call
from coach.calls.export.web_captions import web_captions
from coach.events import AnnouncementHeard

TIMING = re.compile(
    r"(\d\d+):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d\d+):([0-5]\d):([0-5]\d)\.(\d{3})"
)


def test_a_cue_for_each_turn() -> None:
    call = known(
        [
            *spoke(CUSTOMER, 3661.5, 3663.0, "My <b>bill</b> & I --> {you}", utterance="C1"),
            *spoke(AGENT, 0.0, 1.25, "Good\nmorning.", utterance="A1"),
            *spoke(CUSTOMER, 5, 6, "maybe", doubtful=True),
        ],
        end=3700.0,
    )
    assert web_captions(call) == (
        "WEBVTT\n\n"
        "NOTE every cue is a whole turn\n\n"
        "NOTE call x\n\n"
        "NOTE doubtful turns that are left out: 1\n\n"
        "A1\n00:00:00.000 --> 00:00:01.250\n<v Agent>Good morning.\n\n"
        "C1\n01:01:01.500 --> 01:01:03.000\n"
        "<v Customer>My &lt;b&gt;bill&lt;/b&gt; &amp; I --&gt; &#123;you}\n"
    )


def test_a_broken_journal_is_said() -> None:
    assert "NOTE the journal breaks off before the end" in web_captions(known([]))


def test_names_cannot_break_the_form() -> None:
    odd = spoke(AGENT, 0, 1, "hi", utterance="A1\n\n00:01 --> 00:02")
    journal = journal_of(odd)
    captions = web_captions(known_call(journal, call="a\nb --> c"))
    assert "NOTE call a b --&gt; c\n" in captions
    assert "A1 00:01 --&gt; 00:02\n00:00:00.000 --> 00:00:01.000\n" in captions


def test_of_an_undivided_call_nobody_has_a_voice() -> None:
    told = AnnouncementHeard(
        at=6, channel=MIXED, start=4, end=5, utterance="M4", kind="notice", text="Recorded."
    )
    spoken = [*spoke(MIXED, 0, 1, "Hello."), *spoke(MIXED, 4, 5, "Recorded."), told]
    assert "<v" not in web_captions(known(spoken, channels=(MIXED,)))


def test_an_announcement_is_the_systems() -> None:
    told = AnnouncementHeard(
        at=6, channel=CUSTOMER, start=4, end=5, utterance="C4", kind="notice", text="Recorded."
    )
    captions = web_captions(known([*spoke(CUSTOMER, 4, 5, "Recorded."), told]))
    assert "<v System>Recorded." in captions


@given(
    st.lists(
        st.tuples(
            st.sampled_from([AGENT, CUSTOMER]),
            st.integers(0, 400),
            st.integers(0, 40),
            st.text(ANY),
        ),
        max_size=8,
    )
)
def test_captions_are_well_formed_whatever_is_said(
    said: list[tuple[object, int, int, str]],
) -> None:
    events = [
        event
        for number, (side, start, length, text) in enumerate(said)
        for event in spoke(side, start / 10, (start + length) / 10, text, utterance=f"U{number}")  # type: ignore[arg-type]
    ]
    captions = web_captions(known(events))
    blocks = captions.rstrip("\n").split("\n\n")
    assert blocks[0] == "WEBVTT"
    before = -1
    for block in (one for one in blocks[1:] if not one.startswith("NOTE")):
        _, timing, payload = block.split("\n")
        found = TIMING.fullmatch(timing)
        assert found is not None
        numbers = [int(part) for part in found.groups()]
        start, end = (
            ((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (numbers[:4], numbers[4:])
        )
        assert before <= start < end
        before = start
        words = re.sub(r"^<v (Agent|Customer)>", "", payload)
        assert not re.search(r"[<>{]|&(?!amp;|lt;|gt;|#123;)", words)
