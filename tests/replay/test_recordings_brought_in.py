"""Recordings that are imported, by whole phrases or as in a replay: the journal says which."""

from __future__ import annotations

import os
import signal
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("coach.bench.accuracy", reason="needs the `bench` extra", exc_type=ImportError)

from audio.listening import whole_phrases
from audio.listening.listener import ListenerSettings
from audio.recognition.decoding import DecodeRequest, DecodeResult, Purpose
from audio.recognition.transcriber import Transcriber
from audio.recordings.opening import open_recording
from coach.bench.batch import batch_figures, hear_whole
from coach.calls.call import Setup
from coach.calls.importers.batch import Batch, Imported, bring_all, only_import
from coach.calls.importers.bringing_in import JournalFolders
from coach.calls.importers.details import Details
from coach.calls.importers.in_hand import InHand
from coach.calls.importers.incoming import Known
from coach.calls.journal import Hearing, Journal, read_journal
from coach.calls.library import Library
from coach.commands.import_ import _heard
from coach.engine.engine import EngineSettings
from coach.events import AgentAction, AudioWarning, Channel, Hypothesis, Loudness, Utterance, Word
from coach.replay import recording_calls
from coach.sample import CALL
from coach.startup.config import AudioSettings, Settings
from coach.startup.interrupt import Interrupt
from rules.definition.rule import RuleBook

PLAIN = Setup(book=RuleBook(language="en", rules=(), fingerprint=""), settings=EngineSettings())
SECONDS = 17.0
"""Of the sample call: its first two lines."""


class Hello:
    """A recogniser that hears one word in whatever sound."""

    def __init__(self) -> None:
        self.purposes: set[Purpose] = set()

    def decode(self, request: DecodeRequest) -> DecodeResult:
        self.purposes.add(request.purpose)
        word = Word(text="Hello.", start=request.start, end=request.end, confidence=0.9)
        return DecodeResult(request, (word,), avg_logprob=-0.1)

    def decode_all(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        return [self.decode(one) for one in requests]


class Stopped(Hello):
    """One in whose midst somebody presses Ctrl+C once it has answered so often."""

    settings = "none"

    def __init__(self, answers: int) -> None:
        super().__init__()
        self.left = answers
        self.asked: list[list[str]] = []

    def decode_all(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        if not self.left:
            signal.raise_signal(signal.SIGINT)
        self.left -= 1
        self.asked.append([one.utterance for one in requests])
        return super().decode_all(requests)


class Says(Hello):
    """A recogniser that hears the agent on one side."""

    def __init__(self, agent: Channel) -> None:
        super().__init__()
        self.agent = agent

    def decode(self, request: DecodeRequest) -> DecodeResult:
        mine = request.channel is self.agent
        text = "Thank you for calling, how can I help you?" if mine else "I have a question."
        words = tuple(
            Word(text=word, start=request.start, end=request.end, confidence=0.9)
            for word in text.split()
        )
        return DecodeResult(request, words, avg_logprob=-0.1)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of the beginning of the sample call, with its reference."""
    path = tmp_path_factory.mktemp("beginning") / "call.wav"
    sides: dict[str, list[np.ndarray]] = {}
    for chunk in open_recording(CALL).chunks(1.0):
        if chunk.start < SECONDS:
            sides.setdefault(chunk.channel, []).append(chunk.samples)
    both = np.stack([np.concatenate(parts) for parts in sides.values()], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 16000, 0, "NONE", ""))
        file.writeframes((both * 32000).astype("<i2").tobytes())
    lines = CALL.with_suffix(".tsv").read_text("utf-8").splitlines()[:3]
    path.with_suffix(".tsv").write_text("\n".join(lines) + "\n", "utf-8")
    os.utime(path, (1.7e9, 1.7e9))
    return path


def brought_in(
    path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    hearing: Hearing,
    decoder: object,
    details: Details | None = None,
) -> Journal:
    monkeypatch.setattr(recording_calls, "load_transcriber", lambda *_: decoder)
    settings = Settings(audio=AudioSettings(imported="live" if hearing == "live" else "batch"))
    batch = Batch(
        make_setup=lambda: PLAIN,
        make_sources=lambda: (recording_calls.RecordingCalls(settings),),
        places=JournalFolders(calls=folder / "calls", importing=folder / "importing"),
        purged=folder / "purged.ndjson",
        known=Known(told=details or Details()),
    )
    with only_import(batch.places), Library(folder / "calls", folder / "index") as library:
        imported = bring_all([path], library, batch)
        assert (imported.calls, imported.failed) == (1, [])
    (journal,) = (folder / "calls").glob("*.jsonl")
    return read_journal(journal)


@pytest.mark.samples
@pytest.mark.parametrize("hearing", ["batch", "live"])
def test_the_journal_says_how_its_words_were_heard(
    hearing: Hearing, beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hello = Hello()
    journal = brought_in(beginning, tmp_path, monkeypatch, hearing, hello)
    assert (journal.header.hearing, journal.header.model) == (hearing, "base")
    drafted = any(isinstance(event, Hypothesis) for event in journal.events)
    assert drafted is (Purpose.DRAFT in hello.purposes) is (hearing == "live")
    assert {e.text for e in journal.events if isinstance(e, Utterance)} == {"Hello."}
    times = [event.at for event in journal.events]
    assert times == sorted(times)


@pytest.mark.samples
def test_an_import_that_was_stopped_goes_on_from_what_it_had_heard(
    beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_phrases, "LONGEST", 4.0)  # so that it is decoded in several parts

    def run(decoder: Stopped, folder: Path) -> Imported:
        monkeypatch.setattr(recording_calls, "load_transcriber", lambda *_: decoder)
        hand, places = (
            InHand(),
            JournalFolders(calls=folder / "calls", importing=folder / "importing"),
        )
        with (
            Interrupt() as interrupt,
            only_import(places),
            Library(folder / "calls", folder / "index") as library,
        ):
            batch = Batch(
                make_setup=lambda: PLAIN,
                make_sources=lambda: (
                    recording_calls.RecordingCalls(Settings(), places.importing),
                ),
                places=places,
                purged=folder / "purged.ndjson",
                in_hand=hand,
                giving_up=interrupt.giving_up,
            )
            imported = bring_all([beginning], library, batch, stop=lambda: interrupt.asked)
        assert interrupt.asked is (decoder.left == 0)
        told = [(one.number, 0 < one.heard <= one.seconds) for one in hand.files()]
        assert told == ([(0, True)] if interrupt.asked else [])
        return imported

    at_once = Stopped(100)
    assert run(at_once, tmp_path / "at once").calls == 1
    assert len(at_once.asked) > 2
    stopped, rest = Stopped(2), Stopped(100)
    assert run(stopped, tmp_path / "stopped").calls == 0
    kept = list((tmp_path / "stopped" / "importing").iterdir())
    assert len(kept) == 2
    assert not any(b"Hello" in path.read_bytes() for path in kept)
    assert run(rest, tmp_path / "stopped").calls == 1
    assert stopped.asked + rest.asked == at_once.asked
    assert not (tmp_path / "stopped" / "importing").exists()
    journals = [(tmp_path / folder / "calls").glob("*.jsonl") for folder in ("at once", "stopped")]
    first, second = (read_journal(path) for found in journals for path in found)
    assert first.events == second.events


def speakers(journal: Journal) -> dict[str, Channel]:
    """Who says what; nobody pressed a key."""
    assert not any(isinstance(event, AgentAction) for event in journal.events)
    return {event.text: event.channel for event in journal.events if isinstance(event, Utterance)}


@pytest.mark.samples
def test_the_opening_words_tell_who_is_the_agent(
    beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = brought_in(beginning, tmp_path, monkeypatch, "batch", Says(Channel.CUSTOMER))
    assert speakers(right) == {
        "I have a question.": Channel.CUSTOMER,
        "Thank you for calling, how can I help you?": Channel.AGENT,
    }
    loud = [e for e in right.events if isinstance(e, Loudness) and e.speech]
    assert {e.channel for e in loud if e.end < 6.5} == {Channel.CUSTOMER}, "from the beginning"
    (told,) = [e.detail for e in right.events if isinstance(e, AudioWarning) and e.kind == "sides"]
    assert "so the sides are exchanged; --sides left=agent decides otherwise" in told


@pytest.mark.samples
def test_whose_a_side_is_stays_as_it_was_said(
    beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Details(sides={"left": "agent"})
    left = brought_in(beginning, tmp_path, monkeypatch, "batch", Says(Channel.CUSTOMER), said)
    assert speakers(left)["I have a question."] is Channel.AGENT
    (told,) = [e.detail for e in left.events if isinstance(e, AudioWarning) and e.kind == "sides"]
    assert "It stays as it was said; --sides right=agent decides" in told


@pytest.mark.samples
def test_one_track_is_divided_as_in_a_replay(
    beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wave.open(str(beginning), "rb") as file:
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    path = tmp_path / "mixed.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes((both.sum(axis=1) // 2).astype("<i2").tobytes())
    journal = brought_in(path, tmp_path, monkeypatch, "batch", Hello())
    said = [event for event in journal.events if isinstance(event, Utterance)]
    assert {event.channel for event in said} == {Channel.AGENT, Channel.CUSTOMER}
    assert all(0.5 <= event.speaker_confidence <= 1.0 for event in said)
    (notice,) = journal.header.notices
    assert "split by their voices" in notice
    assert notice.endswith("T in `coach review` exchanges them.")


def test_the_command_line_goes_before_the_settings() -> None:
    live = Settings(audio=AudioSettings(imported="live"))
    assert Settings().audio.imported == "batch"
    assert _heard(live, None).audio.imported == "live"
    assert _heard(live, "batch").audio.imported == "batch"


@pytest.mark.samples
def test_the_batch_way_is_measured(beginning: Path) -> None:
    heard = hear_whole(beginning, Hello(), ListenerSettings())  # type: ignore[arg-type]
    figures = batch_figures("call", [heard], cores=2, peak_mb=None)
    assert figures.seconds == pytest.approx(SECONDS, abs=1.0)
    assert (figures.words > 30, figures.wer is not None and figures.wer > 80) == (True, True)
    assert figures.hours_per_hour == pytest.approx(2 / figures.load, rel=0.01)


@pytest.mark.model
def test_the_sample_call_is_understood_by_whole_phrases(
    beginning: Path, transcriber: Transcriber
) -> None:
    heard = hear_whole(beginning, transcriber, ListenerSettings())
    assert heard.accuracy is not None
    assert heard.accuracy.wer is not None
    assert heard.accuracy.wer < 25.0
    assert heard.trusted == heard.heard
