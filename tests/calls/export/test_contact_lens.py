"""The whole file: by its schema, part by part, and of every scripted call."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from callscript import CALLS, facts_of, read
from heardcalls import AGENT, CUSTOMER, MIXED, journal_of, known, spoke
from shipped_rules import book, matcher

from coach.calls.export.contact_lens import as_json
from coach.calls.export.known_call import KnownCall, known_call
from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    AnnouncementHeard,
    AudioWarning,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Clearing,
    CommitmentMade,
    CueMatched,
    EscalationChanged,
    Event,
    Evidence,
    Level,
    Loudness,
    Suppression,
    Track,
    Word,
)

SCHEMA = Path(__file__).parent / "contact_lens_schema.json"
ESCALATION = {"rule": "esc.supervisor", "track": Track.ESCALATION, "severity": 2}
WHY = (
    Evidence(
        rule="esc.supervisor", utterance="C3", channel=CUSTOMER, start=3.2, end=4.0, text="manager"
    ),
    Evidence(value=2.5, threshold=2.0, note="times"),
)


def of(call: KnownCall) -> dict[str, Any]:
    """The file as another program reads it, and as the schema wants it."""
    content: dict[str, Any] = json.loads(as_json(call))
    check = checker()
    if check is not None:
        check(content)
    return content


@functools.cache
def checker() -> Any:
    """Checks a file by the schema; None where the validator is not installed."""
    if importlib.util.find_spec("fastjsonschema") is None:
        return None
    import fastjsonschema  # noqa: PLC0415 - a checkout may be without it

    return fastjsonschema.compile(json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("Transcript", 0, "BeginOffsetMillis"), 0.5),
        (("Transcript", 0, "LoudnessScore"), [101.0]),
        (("Transcript", 0, "Loudness"), [70.0]),
        (("Channel",), "CHAT"),
        (("ConversationCharacteristics", "TalkTime", "TotalTimeMillis"), "6500"),
        (("ConversationCharacteristics", "Sentiment", "OverallSentiment"), {"AGENT": 7}),
    ],
)
def test_the_schema_refuses_other_names_and_values(place: tuple[Any, ...], wrong: object) -> None:
    if checker() is None:
        pytest.skip("needs fastjsonschema")
    content = of(a_call())
    part: Any = content
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = wrong
    with pytest.raises(ValueError, match="data"):
        checker()(content)


def a_call() -> KnownCall:
    loud = [
        Loudness(at=s + 1, channel=CUSTOMER, start=s, end=s + 1, dbfs=-30.0, speech=True)
        for s in range(6)
    ]
    words = "I will send it today. Bye."
    return known(
        [
            *spoke(AGENT, 0, 2, "Thank you very much for calling."),
            *spoke(CUSTOMER, 3, 5.5, "I want to speak to your manager. This is awful."),
            *spoke(AGENT, 10, 12, words),
            *loud,
            CueMatched(
                at=4.0,
                channel=CUSTOMER,
                start=3.2,
                end=4.0,
                match="C3:esc.supervisor",
                utterance="C3",
                text="manager",
                because=WHY,
                **ESCALATION,
            ),
            CueMatched(
                at=4.0,
                channel=CUSTOMER,
                start=3.0,
                end=3.4,
                match="C3:note.want",
                utterance="C3",
                text="I want to",
                rule="note.want",
                track=Track.COACHING,
                severity=0,
            ),
            CardRaised(
                at=4.0,
                card="P1",
                priority=50,
                do="Agree first",
                say="I can arrange that.",
                until=None,
                stays=False,
                danger=False,
                because=WHY,
                **ESCALATION,
            ),
            CardCleared(at=9.0, card="P1", rule="esc.supervisor", reason=Clearing.USED),
            CardRaised(
                at=9.5,
                card="P2",
                rule="ladder.warn_1",
                track=Track.CONDUCT,
                severity=2,
                priority=50,
                do="Ask",
                say="",
                until=None,
                stays=False,
                danger=False,
            ),
            CardSuppressed(at=6.0, rule="esc.churn", reason=Suppression.COOLDOWN, because=WHY[1:]),
            EscalationChanged(at=5.6, level=Level.UPSET, previous=Level.CALM, because=WHY),
            CommitmentMade(
                at=12.5,
                channel=AGENT,
                start=10,
                end=11,
                utterance="A10",
                text="I will send it today.",
                owner=AGENT,
                due="2026-03-04",
            ),
            AudioWarning(at=1.0, kind="echo", detail="the customer is heard on the microphone"),
        ],
        end=13.0,
        redaction="masked",
        wants=frozenset({"note.want"}),
    )


def test_a_call_from_end_to_end() -> None:
    content = of(a_call())
    assert {k: content[k] for k in ("Version", "Channel", "LanguageCode", "JobStatus")} == {
        "Version": "1.1.0",
        "Channel": "VOICE",
        "LanguageCode": "en",
        "JobStatus": "COMPLETED",
    }
    assert content["Participants"] == [
        {"ParticipantId": "AGENT", "ParticipantRole": "AGENT"},
        {"ParticipantId": "CUSTOMER", "ParticipantRole": "CUSTOMER"},
    ]
    assert content["Categories"] == {
        "MatchedCategories": ["esc.supervisor", "ladder.warn_1"],
        "MatchedDetails": {
            "esc.supervisor": {
                "PointsOfInterest": [{"BeginOffsetMillis": 3200, "EndOffsetMillis": 4000}]
            },
            "ladder.warn_1": {
                "PointsOfInterest": [{"BeginOffsetMillis": 9500, "EndOffsetMillis": 9500}]
            },
        },
    }
    figures = content["ConversationCharacteristics"]
    assert figures["TotalConversationDurationMillis"] == 12_000
    assert figures["TalkTime"] == {
        "TotalTimeMillis": 6500,
        "DetailsByParticipant": {
            "AGENT": {"TotalTimeMillis": 4000},
            "CUSTOMER": {"TotalTimeMillis": 2500},
        },
    }
    assert figures["NonTalkTime"] == {
        "TotalTimeMillis": 4500,
        "Instances": [
            {"BeginOffsetMillis": 5500, "DurationMillis": 4500, "EndOffsetMillis": 10_000}
        ],
    }
    # 12 words in 4 s, 10 in 2.5 s
    assert figures["TalkSpeed"]["DetailsByParticipant"] == {
        "AGENT": {"AverageWordsPerMinute": 180},
        "CUSTOMER": {"AverageWordsPerMinute": 240},
    }
    assert figures["Interruptions"] == {
        "TotalCount": 0,
        "TotalTimeMillis": 0,
        "InterruptionsByInterrupter": {},
    }
    # The customer's one turn begins at 3 s of 5.5, in the third quarter.
    scores = figures["Sentiment"]["SentimentByPeriod"]["QUARTER"]["CUSTOMER"]
    assert [one["Score"] for one in scores] == [0, 0, -5, 0]
    assert figures["Sentiment"]["OverallSentiment"]["CUSTOMER"] == -1.2


def test_a_turn_says_how_it_felt_how_loud_it_was_and_what_is_of_note() -> None:
    _, customer, agent = of(a_call())["Transcript"]
    assert customer == {
        "Id": "C3",
        "ParticipantId": "CUSTOMER",
        "BeginOffsetMillis": 3000,
        "EndOffsetMillis": 5500,
        "Content": "I want to speak to your manager. This is awful.",
        "Sentiment": "NEGATIVE",
        "LoudnessScore": [70.0, 70.0, 70.0],
        "IssuesDetected": [
            {
                "CharacterOffsets": {"BeginOffsetChar": 0, "EndOffsetChar": 32},
                "Text": "I want to speak to your manager.",
            }
        ],
    }
    assert agent["ActionItemsDetected"] == [
        {
            "CharacterOffsets": {"BeginOffsetChar": 0, "EndOffsetChar": 21},
            "Text": "I will send it today.",
        }
    ]
    assert "LoudnessScore" not in agent


def test_what_is_our_own_stands_under_one_key() -> None:
    extras = of(a_call())["X-Coach"]
    why = {
        "Rule": "esc.supervisor",
        "TurnId": "C3",
        "ParticipantId": "CUSTOMER",
        "BeginOffsetMillis": 3200,
        "EndOffsetMillis": 4000,
        "Text": "manager",
    }
    figure = {"Value": 2.5, "Threshold": 2.0, "Note": "times"}
    assert extras["LevelChanges"] == [
        {"OffsetMillis": 5600, "Level": "upset", "Previous": "calm", "Because": [why, figure]}
    ]
    assert extras["HighestLevel"] == "upset"
    first, second = extras["Cards"]
    assert (first["BeginOffsetMillis"], first["EndOffsetMillis"], first["Fate"]) == (
        4000,
        9000,
        "used",
    )
    assert first["Because"] == [why, figure]
    assert (second["Fate"], "EndOffsetMillis" in second) == ("shown", False)
    assert extras["KeptBack"] == [
        {"OffsetMillis": 6000, "Rule": "esc.churn", "Reason": "cooldown", "Because": [figure]}
    ]
    assert extras["Commitments"][0]["Due"] == "2026-03-04"
    assert [one["Kind"] for one in extras["Troubles"]] == ["echo"]


def test_masked_words_are_told_with_their_times() -> None:
    words = tuple(
        Word(text=text, start=s, end=s + 0.5, confidence=1.0)
        for s, text in enumerate(("It", "is", "[card-number].", "[name]"))
    )
    content = of(
        known(
            [
                *spoke(CUSTOMER, 0, 4, "It is [card-number]. [name]", words=words),
                *spoke(CUSTOMER, 5, 6, "and [phone-number]"),
                *spoke(CUSTOMER, 7, 8, "and [nothing of ours]"),
            ],
            redaction="masked",
        )
    )
    metadata = content["ContentMetadata"]
    assert (metadata["Output"], metadata["RedactionTypes"]) == ("Redacted", ["PII"])
    assert (
        "card-number" in (metadata["RedactionTypesMetadata"]["PII"]["RedactionEntitiesRequested"])
    )
    places = [turn.get("Redaction") for turn in content["Transcript"]]
    assert places == [
        {
            "RedactedTimestamps": [
                {"BeginOffsetMillis": 2000, "EndOffsetMillis": 2500},
                {"BeginOffsetMillis": 3000, "EndOffsetMillis": 3500},
            ]
        },
        {"RedactedTimestamps": [{"BeginOffsetMillis": 5000, "EndOffsetMillis": 6000}]},
        None,
    ]


def test_words_that_were_kept_are_raw() -> None:
    assert of(known(spoke(AGENT, 0, 1, "hi"), redaction="kept"))["ContentMetadata"] == {
        "Output": "Raw"
    }


def test_of_an_undivided_call_nobody_is_named() -> None:
    content = of(known(spoke(MIXED, 0, 2, "Hello there my friend."), channels=(MIXED,)))
    assert content["Participants"] == []
    (turn,) = content["Transcript"]
    assert "ParticipantId" not in turn
    figures = content["ConversationCharacteristics"]
    assert figures["TalkTime"] == {"TotalTimeMillis": 2000, "DetailsByParticipant": {}}
    assert not {"Interruptions", "Sentiment"} & set(figures)


def test_a_recorded_announcement_is_the_systems() -> None:
    words = "This call may be recorded."
    content = of(
        known(
            [
                *spoke(CUSTOMER, 0, 2, words, utterance="C1"),
                AnnouncementHeard(
                    at=3,
                    channel=CUSTOMER,
                    start=0,
                    end=2,
                    utterance="C1",
                    kind="notice",
                    text=words,
                ),
                *spoke(AGENT, 3, 4, "Hello."),
            ]
        )
    )
    assert [turn["ParticipantId"] for turn in content["Transcript"]] == ["SYSTEM", "AGENT"]
    assert {"ParticipantId": "SYSTEM", "ParticipantRole": "SYSTEM"} in content["Participants"]
    assert "Sentiment" not in content["Transcript"][0]
    assert content["X-Coach"]["Announcements"][0]["Because"] == "notice"


def test_a_call_without_words_has_an_empty_transcript() -> None:
    content = of(known([*spoke(AGENT, 0, 2)], end=9.0))
    assert content["Transcript"] == []
    assert content["X-Coach"]["CallDurationMillis"] == 9000


def test_a_promise_that_is_not_found_in_the_words_stands_for_the_whole_turn() -> None:
    made = CommitmentMade(
        at=2, channel=AGENT, start=0, end=1, utterance="A0", text="I'll call", owner=AGENT
    )
    (turn,) = of(known([*spoke(AGENT, 0, 1, "I will call you."), made]))["Transcript"]
    assert turn["ActionItemsDetected"][0]["Text"] == "I will call you."


@pytest.mark.parametrize("name", sorted(path.stem for path in CALLS.glob("*.toml")))
def test_every_scripted_call_holds_to_the_schema_and_adds_up(name: str) -> None:
    script = read(CALLS / f"{name}.toml")
    engine = Engine(book(), msgspec.convert(script.settings, EngineSettings), matcher=matcher())
    events: list[Event] = [e for fact in facts_of(script) for e in (fact, *engine.receive(fact))]
    journal = msgspec.structs.replace(journal_of([]), events=tuple(events))
    content = of(known_call(journal))
    figures = content["ConversationCharacteristics"]
    total = figures["TotalConversationDurationMillis"]
    times = [one["TotalTimeMillis"] for one in figures["TalkTime"]["DetailsByParticipant"].values()]
    assert sum(times) == figures["TalkTime"]["TotalTimeMillis"]
    assert all(time <= total for time in times)
    assert figures["NonTalkTime"]["TotalTimeMillis"] + max(times) <= total
    begins = [turn["BeginOffsetMillis"] for turn in content["Transcript"]]
    assert begins == sorted(begins)
    for periods in figures["Sentiment"]["SentimentByPeriod"]["QUARTER"].values():
        for one, following in itertools.pairwise(periods):
            assert one["EndOffsetMillis"] == following["BeginOffsetMillis"]
