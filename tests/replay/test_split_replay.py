"""A split track in a replay: two sides, each sentence with how sure its speaker is."""

from __future__ import annotations

import argparse
import wave
from pathlib import Path

import msgspec
import numpy as np
import pytest

from audio.listening.listener import ListenerSettings
from audio.listening.split_listener import SplitListener
from audio.recordings.opening import open_recording
from audio.voices.split import SplitRecording, VoicesHeard
from audio.voices.third_voice import Third
from audio.voices.turns import VoiceTurn
from coach.calls.journal import encode_line
from coach.calls.review.making import THIRD_VOICE
from coach.events import AudioWarning, CallStarted, Channel, Fact, Loudness, Utterance, Word
from coach.notes.timeline_text import render
from coach.replay.assembly import GROWING_NOTICE, _divided, _listening, _notices, _taken
from coach.replay.player import RecordingSource
from coach.startup.config import Settings


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.wav"
    noise = np.random.default_rng(2).integers(-900, 900, 16_000 * 3).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, len(noise), "NONE", ""))
        file.writeframes(noise.tobytes())
    return path


def divided(path: Path) -> SplitRecording:
    turns = (
        VoiceTurn(start=0.0, end=2.0, speaker=0, confidence=0.97, speech=2.0),
        VoiceTurn(start=2.0, end=3.0, speaker=1, confidence=0.8, speech=1.0),
    )
    heard = VoicesHeard(voices=None, turns=turns, both=((2.5, 3.0),))
    return SplitRecording(open_recording(path), heard, agent_speaks_first=True)


def asked(**said: object) -> argparse.Namespace:
    plain = {
        "agent": None,
        "customer": None,
        "agent_channel": None,
        "agent_voice": None,
        "swap_at": "",
    }
    return argparse.Namespace(
        **{**plain, "tracks": (), "channels": (), "follow": False, "split": True, **said}
    )


class Hears:
    chunk = 0.02

    def __init__(self, *heard: Utterance) -> None:
        self._heard = heard

    def push(self, _chunk: object) -> list[Fact]:
        return []

    def finish(self, _at: float) -> list[Fact]:
        return list(self._heard)


class HearsAtOnce:
    chunk = 0.02

    def __init__(self, levels: list[Loudness]) -> None:
        self._levels = levels

    def push(self, _chunk: object) -> list[Fact]:
        levels, self._levels = self._levels, []
        return list(levels)

    def finish(self, _at: float) -> list[Fact]:
        return []


def said(channel: Channel, start: float, end: float) -> Utterance:
    return Utterance(at=3.0, channel=channel, start=start, end=end, utterance=channel[0], text="so")


@pytest.mark.samples
def test_each_sentence_says_how_sure_its_speaker_is(mixed: Path) -> None:
    both = msgspec.structs.replace(
        said(Channel.CUSTOMER, 2.1, 2.9),
        words=(Word(text="so", start=2.5, end=2.9, confidence=0.95),),
    )
    heard = Hears(said(Channel.AGENT, 0.5, 1.5), both)
    first = CallStarted(at=0.0, call="x", started="", source="mixed.wav")
    source = RecordingSource(divided(mixed), heard, first)  # type: ignore[arg-type]
    facts = [f for _, several in source.facts() for f in several if isinstance(f, Utterance)]
    assert [fact.speaker_confidence for fact in facts] == [0.97, 0.8]
    assert [("sure]" in (render(fact) or "")) for fact in facts] == [False, True]
    assert b'"speaker_confidence":0.8' in encode_line(facts[1])
    assert [(fact.doubtful, fact.doubt) for fact in facts] == [
        (False, ""),
        (True, "both talk here; words unsure"),
    ]


@pytest.mark.samples
@pytest.mark.parametrize("since", [1.0, 2.995])
def test_a_third_voice_stands_in_the_journal_where_it_begins(mixed: Path, since: float) -> None:
    two = divided(mixed)
    third = Third(since, 3.0, 1.0, True, np.eye(3))
    split = SplitRecording(
        open_recording(mixed),
        msgspec.structs.replace(two.heard, third=third),
        agent_speaks_first=True,
    )
    first = CallStarted(at=0.0, call="x", started="", source="mixed.wav")
    source = RecordingSource(split, Hears(), first)  # type: ignore[arg-type]
    told = [
        (at, fact)
        for at, several in source.facts()
        for fact in several
        if isinstance(fact, AudioWarning) and fact.kind == THIRD_VOICE
    ]
    ((at, fact),) = told
    assert fact.at == since
    assert at == pytest.approx(since, abs=0.021)
    assert "very probably a third voice" in (render(fact) or "")


@pytest.mark.samples
@pytest.mark.parametrize(
    ("text", "start", "since", "at"),
    [
        ("I'll put you through to my supervisor.", 0.5, 1.5, 1.8),
        ("I'll put you through to my supervisor.", 0.5, 2.5, 2.5),
        ("Hello, this is Martha, the supervisor.", 1.6, 1.5, 2.9),
        ("I'll put you through to my supervisor.", 1.6, 0.2, 2.9),
        ("I'll put you through to my supervisor.", 2.6, 0.2, None),
        ("I'll look that up for you.", 0.5, 1.5, None),
    ],
    ids=["begun", "to come", "says so", "just before", "long before", "nobody"],
)
def test_a_voice_that_sounds_new_is_told_where_words_hand_the_call_over(
    mixed: Path, text: str, start: float, since: float, at: float | None
) -> None:
    two = divided(mixed)
    perhaps = Third(since, 3.0, 1.0, False, np.eye(3))
    heard = msgspec.structs.replace(two.heard, perhaps=perhaps)
    split = SplitRecording(open_recording(mixed), heard, agent_speaks_first=True)
    one = msgspec.structs.replace(
        said(Channel.AGENT, start, start + 1.3), text=text, at=min(start + 1.3, 3.0)
    )
    first = CallStarted(at=0.0, call="x", started="", source="mixed.wav")
    source = RecordingSource(split, Hears(one), first)  # type: ignore[arg-type]
    facts = [fact for _, several in source.facts() for fact in several]
    told = [f for f in facts if isinstance(f, AudioWarning) and f.kind == THIRD_VOICE]
    assert [one.at for one in told] == ([] if at is None else [pytest.approx(at)])
    assert all("probably a third person" in one.detail for one in told)
    assert [f.at for f in facts] == sorted(f.at for f in facts)


def test_two_tracks_keep_their_journal_as_it_was() -> None:
    assert b"speaker_confidence" not in encode_line(said(Channel.AGENT, 0.0, 1.0))


@pytest.mark.samples
def test_the_voices_are_named_until_the_opening_words_tell(mixed: Path) -> None:
    taken = _taken(divided(mixed), asked(), Settings())
    assert taken is not None
    assert (taken.agent, taken.customer, taken.told) == (
        "the first voice",
        "the second voice",
        False,
    )
    named = _taken(divided(mixed), asked(agent_voice="second"), Settings())
    assert named is not None
    assert (named.agent, named.told) == ("the second voice", True)


@pytest.mark.samples
@pytest.mark.parametrize("said", [{"split": False}, {"follow": True}, {}])
def test_what_cannot_or_shall_not_be_split_stays_undivided(
    mixed: Path, said: dict[str, object]
) -> None:
    recording = open_recording(mixed)  # of noise: there are no two voices in it
    told: list[str] = []
    made = _divided(recording, asked(**said), lambda what, _done: told.append(what))
    assert made is recording
    assert made.channels == (Channel.MIXED,)
    assert bool(told) is (not said)


@pytest.mark.samples
def test_a_track_that_grows_is_split_as_it_grows(mixed: Path) -> None:
    recording, growing = open_recording(mixed), asked(follow=True, agent_voice="second")
    listener, channels = _listening(recording, growing, ListenerSettings())
    assert isinstance(listener, SplitListener)
    assert channels == (Channel.AGENT, Channel.CUSTOMER, Channel.MIXED)
    assert _notices(recording, growing) == (GROWING_NOTICE,)
    taken = _taken(recording, growing, Settings())
    assert taken is not None
    assert (taken.agent, taken.told) == ("the second voice", True)
    whole = asked(follow=True, split=False)
    assert _listening(recording, whole, ListenerSettings())[1] == (Channel.MIXED,)
    assert _taken(recording, whole, Settings()) is None


@pytest.mark.samples
@pytest.mark.parametrize(("divided", "told"), [(False, True), (True, False)])
def test_a_side_of_a_split_track_is_not_called_silent(
    mixed: Path, *, divided: bool, told: bool
) -> None:
    levels = [
        Loudness(at=t, channel=side, start=t - 0.5, end=t, dbfs=level, speech=level > -60)
        for t in np.arange(0.5, 40.0, 0.5)
        for side, level in ((Channel.AGENT, -20.0), (Channel.CUSTOMER, -100.0))
    ]
    channels = (*Channel,) if divided else (Channel.AGENT, Channel.CUSTOMER)
    first = CallStarted(at=0.0, call="x", started="", source="x", channels=channels)
    source = RecordingSource(open_recording(mixed), HearsAtOnce(levels), first)  # type: ignore[arg-type]
    warned = [f.kind for _, facts in source.facts() for f in facts if isinstance(f, AudioWarning)]
    assert ("silent_customer" in warned) is told
