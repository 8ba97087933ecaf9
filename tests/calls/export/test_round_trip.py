"""What an import reads from our own exports: the same words, sides and times."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from any_text import ANY
from heardcalls import AGENT, CUSTOMER, MIXED, known, spoke
from hypothesis import given
from hypothesis import strategies as st

from coach.calls.export.contact_lens import as_json
from coach.calls.export.known_call import KnownCall
from coach.calls.export.web_captions import web_captions
from coach.calls.importers.captions import read_captions
from coach.calls.importers.details import Details
from coach.calls.importers.source import TranscriptSource
from coach.events import AnyEvent, CallEnded, CallStarted, Channel, Utterance

FIRST = CallStarted(at=0.0, call="x", started="", source="x")
Said = tuple[Channel, int, int, str]

turns = st.lists(
    st.tuples(
        st.sampled_from([AGENT, CUSTOMER]),
        st.integers(0, 3000),
        st.integers(200, 30_000),
        st.text(ANY, min_size=1).filter(lambda text: any(one.isalnum() for one in text)),
    ),
    min_size=1,
    max_size=8,
)


def files_of(call: KnownCall) -> dict[str, bytes]:
    return {"x.json": as_json(call), "x.vtt": web_captions(call).encode()}


def imported(name: str, content: bytes) -> list[AnyEvent]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        assert TranscriptSource().claims(path, content[:4096])
        return list(TranscriptSource().open(path, Details()).facts(FIRST))


def said_in(events: list[AnyEvent]) -> list[Said]:
    said = [e for e in events if isinstance(e, Utterance)]
    return [
        (e.channel, round(e.start * 1000), round(e.end * 1000), e.text)
        for e in sorted(said, key=lambda e: (e.start, e.end))
    ]


def laid_out(said: list[Said]) -> list[AnyEvent]:
    """Each side's turns one after the other, after pauses; both sides may speak at once."""
    at = {AGENT: 0, CUSTOMER: 0}
    events: list[AnyEvent] = []
    for number, (side, pause, length, text) in enumerate(said):
        start = at[side] + pause
        at[side] = start + length
        events += spoke(side, start / 1000, at[side] / 1000, text, utterance=f"U{number}")
    return events


@given(turns)
def test_words_sides_and_times_come_back(said: list[Said]) -> None:
    call = known(laid_out(said))
    expected = [(turn.side, *turn.span, turn.text) for turn in call.heard.turns]
    for name, content in files_of(call).items():
        assert sorted(said_in(imported(name, content))) == sorted(expected), name


@pytest.mark.parametrize("name", ["x.json", "x.vtt"])
def test_turns_that_do_not_end_a_sentence_are_not_joined(name: str) -> None:
    call = known([*spoke(AGENT, 0, 1, "let me"), *spoke(AGENT, 1.2, 2, "look")])
    read = said_in(imported(name, files_of(call)[name]))
    assert [text for *_, text in read] == ["let me", "look"]


@pytest.mark.parametrize("name", ["x.json", "x.vtt"])
def test_an_undivided_call_comes_back_undivided(name: str) -> None:
    turns = [*spoke(MIXED, 0, 1, "Anna: hello"), *spoke(MIXED, 2, 3, "Bob: good day")]
    call = known(turns, channels=(MIXED,))
    assert said_in(imported(name, files_of(call)[name])) == [
        (MIXED, 0, 1000, "Anna: hello"),
        (MIXED, 2000, 3000, "Bob: good day"),
    ]


def test_the_length_comes_back_with_the_json() -> None:
    call = known([*spoke(AGENT, 0, 1, "hello"), *spoke(CUSTOMER, 5, 7.5, "bye")], end=60.0)
    (end,) = [e for e in imported("x.json", as_json(call)) if isinstance(e, CallEnded)]
    assert end.at == 7.5


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_only_captions_that_say_so_are_whole_turns(line_end: str) -> None:
    cues = "00:01.000 --> 00:02.000\n<v A>one\n\n00:02.100 --> 00:03.000\n<v A>two\n"
    whole = f"WEBVTT\n\nNOTE every cue is a whole turn\n\n{cues}".replace("\n", line_end)
    cut = f"WEBVTT\n\nNOTE not every cue is a whole turn\n\n{cues}".replace("\n", line_end)
    assert len(read_captions(whole).turns) == 2
    assert len(read_captions(cut).turns) == 1
