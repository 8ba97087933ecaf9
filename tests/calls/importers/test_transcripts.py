"""Every form of transcript: what is read from it, told by its content, and what is refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.calls.importers import source as source_module
from coach.calls.importers.details import Details
from coach.calls.importers.source import TranscriptSource, source_for
from coach.calls.importers.transcript import FileTranscript, WrittenTurn, told
from coach.errors import InputError
from coach.events import CallEnded, CallStarted, Channel, Fact, SpeechEnded, Utterance
from coach.replay.recording_calls import _agent_channel

FIRST = CallStarted(at=0.0, call="x", started="2026-01-05T09:00:00+00:00", source="x")
SOURCES = (TranscriptSource(),)
HELLO = ("AGENT", 1.0, 3.0, "Thanks for calling.")
LATE = ("CUSTOMER", 4.0, 6.5, "My parcel is late.")


def turn(who: str, start: int, end: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "BeginOffsetMillis": start,
        "EndOffsetMillis": end,
        "Content": text,
        who: more.pop("v"),
    } | more


CONTACT_LENS = {
    "Version": "1.1.0",
    "Channel": "VOICE",
    "LanguageCode": "en-US",
    "JobStatus": "COMPLETED",
    "Participants": [
        {"ParticipantId": "p-1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p-2", "ParticipantRole": "CUSTOMER"},
        {"ParticipantId": "p-3", "ParticipantRole": "SYSTEM"},
    ],
    "Categories": {"MatchedCategories": []},
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 9000},
    "Transcript": [
        turn("ParticipantId", 0, 500, "This call is recorded.", v="p-3"),
        turn("ParticipantId", 1000, 3000, "Thanks for calling.", v="p-1", Sentiment="NEUTRAL"),
        turn("ParticipantId", 4000, 6500, "My parcel is late.", v="p-2", LoudnessScore=[70.1]),
    ],
}
CALL_ANALYTICS = {
    "JobStatus": "COMPLETED",
    "LanguageCode": "en-GB",
    "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
    "Transcript": [
        turn(
            "ParticipantRole",
            1000,
            3000,
            "Thanks for calling.",
            v="AGENT",
            LoudnessScores=[60.0],
            Items=[
                {
                    "Type": "pronunciation",
                    "Content": "Thanks",
                    "Confidence": "0.5",
                    "BeginOffsetMillis": 1000,
                    "EndOffsetMillis": 1400,
                },
                {
                    "Type": "pronunciation",
                    "Content": "for",
                    "Confidence": 1.0,
                    "BeginOffsetMillis": 1400,
                    "EndOffsetMillis": 1600,
                },
                {
                    "Type": "pronunciation",
                    "Content": "calling",
                    "Confidence": 0.9,
                    "BeginOffsetMillis": 1600,
                    "EndOffsetMillis": 3000,
                },
                {"Type": "punctuation", "Content": "."},
            ],
        ),
        turn("ParticipantRole", 4000, 6500, "My parcel is late.", v="CUSTOMER"),
    ],
}
VTT_VOICES = """\ufeffWEBVTT - a call

NOTE
what was --> heard

STYLE
::cue { color: red }

greeting
00:00:01.000 --> 00:00:03.000 align:start
<v.loud Agent>Thanks <i>for</i> calling.</v>

00:04.000 --> 00:06.500
<v Caller>My parcel <00:05.000>is late.
"""
VTT_COLONS = """WEBVTT

00:01.000 --> 00:03.000
Agent: Thanks for calling.

00:04.000 --> 00:05.000
Customer: My parcel

00:05.100 --> 00:06.500
is late.
"""
SRT = """1\r
00:00:01,000 --> 00:00:03,000\r
Agent: {\\an8}Thanks for calling.\r
\r
2\r
00:00:04,000 --> 00:00:06,500\r
Customer: My parcel\r
is late.\r
"""
TSV = (
    "start_s\tend_s\trole\ttext\n"
    "1.0\t3.0\tagent\tThanks for calling.\n"
    "4\t6.5\tcaller\tMy parcel is late.\n"
)
TSV_MS = (
    "speaker\tstart_ms\tend_ms\tcontent\n"
    "Agent 1\t1000\t3000\tThanks for calling.\n"
    "client\t4000\t6500\tMy parcel is late.\n"
)


def facts(path: Path, details: Details = Details()) -> list[Fact]:  # noqa: B008 - frozen
    source = source_for(path, SOURCES)
    assert source is not None
    return list(source.open(path, details).facts(FIRST))


def lines(path: Path, details: Details = Details()) -> list[tuple[str, float, float, str]]:  # noqa: B008 - frozen
    said = [fact for fact in facts(path, details) if isinstance(fact, Utterance)]
    return [(u.channel.value, u.start, u.end, u.text) for u in said]


def written(tmp_path: Path, name: str, content: object) -> Path:
    path = tmp_path / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lens.json", CONTACT_LENS),
        ("analytics.json", CALL_ANALYTICS),
        ("voices.vtt", VTT_VOICES),
        ("colons.vtt", VTT_COLONS),
        ("captions.srt", SRT),
        ("captions.txt", SRT),
        ("table.tsv", TSV),
        ("table.txt", TSV_MS),
    ],
)
def test_every_form_says_the_same_call(tmp_path: Path, name: str, content: object) -> None:
    assert lines(written(tmp_path, name, content)) == [HELLO, LATE]


def test_words_keep_their_times_and_doubts(tmp_path: Path) -> None:
    said = next(
        f for f in facts(written(tmp_path, "a.json", CALL_ANALYTICS)) if isinstance(f, Utterance)
    )
    assert [(w.text, w.start, w.end, w.confidence) for w in said.words] == [
        ("Thanks", 1.0, 1.4, 0.5),
        ("for", 1.4, 1.6, 1.0),
        ("calling.", 1.6, 3.0, 0.9),
    ]
    assert said.confidence == 0.8


def test_what_machines_say_is_left_out_and_told(tmp_path: Path) -> None:
    opened = SOURCES[0].open(written(tmp_path, "a.json", CONTACT_LENS), Details())
    assert opened.notices == ("1 lines of SYSTEM are left out.",)
    assert opened.details.language == "en-US"
    end = list(opened.facts(FIRST))[-1]
    assert isinstance(end, CallEnded)
    assert end.at == 9.0


def test_whispers_table_is_in_milliseconds_and_names_nobody(tmp_path: Path) -> None:
    path = written(tmp_path, "w.tsv", "start\tend\ttext\n0\t1500\tHello there.\n2000\t4000\tBye.\n")
    assert lines(path) == [("MIXED", 0.0, 1.5, "Hello there."), ("MIXED", 2.0, 4.0, "Bye.")]
    assert SOURCES[0].open(path, Details()).channels == (Channel.MIXED,)


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (Details(sides={"anna": "agent"}), ["AGENT", "CUSTOMER", "CUSTOMER"]),
        (Details(sides={"Bob": "customer", "Eve": "customer"}), ["AGENT", "CUSTOMER", "CUSTOMER"]),
        (Details(agent="Anna"), ["AGENT", "CUSTOMER", "CUSTOMER"]),
        (Details(sides={"Bob": "customer"}, agent="Anna"), None),
    ],
)
def test_who_is_who_is_told_from_outside(
    tmp_path: Path, details: Details, expected: list[str] | None
) -> None:
    text = "start_s\tspeaker\ttext\n0\tAnna\tHi.\n2\tBob\tHello.\n4\tEve\tMe too.\n"
    path = written(tmp_path, "a.tsv", text)
    if expected is None:
        with pytest.raises(InputError, match="Eve"):
            lines(path, details)
    else:
        assert [line[0] for line in lines(path, details)] == expected


def test_a_colon_in_a_sentence_is_no_name(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nThe number is: five.\n\n00:03.000 --> 00:04.000\nYes.\n"
    )
    cues = "".join(f"\n00:0{n}.000 --> 00:0{n}.900\nSo it is.\n" for n in range(5, 9))
    assert {line[0] for line in lines(written(tmp_path, "a.vtt", text + cues))} == {"MIXED"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", '{"Transcript": [', "no JSON"),
        ("a.json", {"Transcript": {}}, "no transcript that is known"),
        ("a.json", {"Transcript": [{"Content": "x"}]}, "turn 1 has no BeginOffsetMillis"),
        ("a.json", CONTACT_LENS | {"Channel": "CHAT"}, "is a chat"),
        ("a.json", CONTACT_LENS | {"JobStatus": "FAILED"}, "its analysis is FAILED, not COMPLETED"),
        (
            "a.json",
            {"Transcript": [{"Content": 3, "BeginOffsetMillis": -1}]},
            "Content",
        ),
        ("a.json", {"Transcript": []}, "nobody says anything"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> soon\nHi.\n", "line 3 has --> and no time"),
        ("a.vtt", "WEBVTT\n", "nobody says anything"),
        (
            "a.tsv",
            "start_s\trole\ttext\nsoon\tagent\thi\n",
            "has no time and text",
        ),
        (
            "a.tsv",
            "start_s\trole\ttext\n1\tagent\t" + "x" * 140_000,
            "it is no table: field larger",
        ),
        ("a.tsv", "start_s\trole\ttext\n1\tagent\n", "line 2"),
        ("a.tsv", "start_s\trole\ttext\nnan\tagent\thi\n", "not that of a call"),
        ("a.tsv", "start_s\trole\ttext\n1e9\tagent\thi\n", "not that of a call"),
        (
            "a.tsv",
            "start_s\trole\ttext\n1\tX\thi\n2\tY\tho\n",
            "X \\(first at 00:01.0\\), Y \\(first at 00:02.0\\)",
        ),
    ],
)
def test_what_cannot_be_read_is_told(
    tmp_path: Path, name: str, content: object, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        facts(written(tmp_path, name, content))


@pytest.mark.parametrize("text", ["", "Dear all,\nhello.\n", '{"a": 1}', "a\tb\n1\t2\n", "\0\1\2"])
def test_what_is_no_transcript_is_claimed_by_nobody(tmp_path: Path, text: str) -> None:
    for name in ("a.json", "a.txt"):
        assert source_for(written(tmp_path, name, text), SOURCES) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"Participants": [], "ConversationCharacteristics": {"TotalCon',
        '{"JobStatus": "COMPLETED", "LanguageCode": "en-',
    ],
)
def test_a_transcript_cut_short_before_its_words_is_told(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, "a.json", text)
    with pytest.raises(InputError, match="it is no JSON"):
        facts(path)
    whole = written(tmp_path, "b.json", '{"Participants": [], "note": "of another program"}')
    assert source_for(whole, SOURCES) is None


spoken = st.tuples(
    st.sampled_from(["agent", "customer", "system"]),
    st.floats(0, 1000),
    st.none() | st.floats(0, 1000),
    st.text("abc ", max_size=20),
)


@given(st.lists(spoken, max_size=20))
def test_whatever_the_times_the_facts_are_in_order_and_nobody_speaks_twice_at_once(
    rows: list[tuple[str, float, float | None, str]],
) -> None:
    turns = tuple(
        WrittenTurn(speaker=who, start=start, end=end, text=text) for who, start, end, text in rows
    )
    try:
        made = list(told(FileTranscript(turns=turns), Details()).facts(FIRST))
    except InputError:
        return
    times = [fact.at for fact in made]
    assert times == sorted(times)
    assert isinstance(made[-1], CallEnded)
    for side in (Channel.AGENT, Channel.CUSTOMER):
        ends = [f for f in made if isinstance(f, SpeechEnded) and f.channel is side]
        assert all(one.end <= other.start for one, other in itertools.pairwise(ends))


def test_a_file_that_is_far_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "a.tsv", TSV)
    monkeypatch.setattr(source_module, "LARGEST", 10)
    with pytest.raises(InputError, match="it has more than 1e-05 MB"):
        facts(path)


def test_the_sides_of_a_recording_are_left_and_right() -> None:
    assert _agent_channel(Details()) is None
    assert _agent_channel(Details(sides={"Left": "customer"})) == "right"
    assert _agent_channel(Details(sides={"right": "agent"})) == "right"
    with pytest.raises(InputError, match="the sides of a recording are left and right, not anna"):
        _agent_channel(Details(sides={"Anna": "agent"}))
