"""The recogniser itself, on speech synthesised here and on sound without any speech."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audio.chunks import SAMPLE_RATE, Chunk, Samples
from audio.decoding import DecodeRequest, Purpose
from audio.listener import InlineDriver, Listener, ListenerSettings
from audio.loops import cut_repetition
from audio.model import locate
from audio.recording import open_recording
from audio.transcriber import Transcriber, TranscriberSettings
from coach.events import Channel, Utterance

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]

COMPLAINT = "I have been waiting for three weeks, and nobody has called me back."
"""Plain words that any synthesiser says clearly."""


@pytest.fixture(scope="module")
def folder() -> Path:
    return locate()


@pytest.fixture(scope="module")
def transcriber(folder: Path) -> Transcriber:
    return Transcriber(folder)


def synthesise(text: str, file: Path, *, voice: str = "slt") -> Path:
    """Speech as a WAV file; skips the test where no synthesiser is installed."""
    if shutil.which("flite") is None:
        pytest.skip("needs flite on this machine")
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True)
    return file


def hear(
    chunks: Iterator[Chunk], transcriber: Transcriber, language: str | None = "en"
) -> tuple[list[Utterance], Listener]:
    listener = Listener((Channel.MIXED,), ListenerSettings(language=language))
    driver = InlineDriver(listener, transcriber)
    facts = [fact for chunk in chunks for fact in driver.push(chunk)]
    facts += driver.finish(listener.now)
    return [fact for fact in facts if isinstance(fact, Utterance)], listener


def hear_file(file: Path, transcriber: Transcriber, **options: str | None) -> list[Utterance]:
    return hear(open_recording(file).chunks(), transcriber, **options)[0]


def as_chunks(samples: Samples) -> Iterator[Chunk]:
    for first in range(0, len(samples), 320):
        yield Chunk(Channel.MIXED, first / SAMPLE_RATE, samples[first : first + 320])


def plain(text: str) -> list[str]:
    return [word.strip(".,!?").lower() for word in text.split()]


def test_synthesised_words_arrive_with_times_and_confidence(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    found = hear_file(synthesise(COMPLAINT, tmp_path / "a.wav"), transcriber)
    words = [word for one in found for word in one.words]
    heard = plain(" ".join(one.text for one in found))
    expected = plain(COMPLAINT)
    assert len(set(expected) & set(heard)) >= len(set(expected)) - 2
    assert all(0.0 <= word.confidence <= 1.0 for word in words)
    starts = [word.start for word in words]
    assert starts == sorted(starts)
    for one in found:
        assert all(one.start <= w.start <= w.end <= one.end + 0.3 for w in one.words)
        assert not one.doubtful


def tones(*frequencies: float, seconds: float) -> Samples:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = sum(np.sin(2 * np.pi * f * t) for f in frequencies)
    return (0.2 * wave / len(frequencies)).astype(np.float32)


SILENT = {
    "digital silence": np.zeros(8 * SAMPLE_RATE, np.float32),
    "line noise": np.random.default_rng(1).normal(0, 0.002, 8 * SAMPLE_RATE).astype(np.float32),
    "loud noise": np.random.default_rng(2).normal(0, 0.1, 8 * SAMPLE_RATE).astype(np.float32),
    "dial tones": np.concatenate(
        [tones(697, 1209, seconds=0.5), tones(770, 1336, seconds=0.5)] * 4
    ),
    "a chord": tones(220, 277, 330, 440, seconds=8.0),
}


@pytest.mark.parametrize("name", SILENT)
def test_sound_without_speech_brings_no_word_that_can_fire_a_rule(
    name: str, transcriber: Transcriber
) -> None:
    found, _ = hear(as_chunks(SILENT[name]), transcriber)
    assert [one.text for one in found if not one.doubtful] == []


CLIPS = (
    "No.",
    "Yes please.",
    "My debit card.",
    "Thank you very much.",
    "I want to die.",
    "One one one.",
)


def test_clips_that_loop_in_a_tight_window_do_not_reach_the_screen_as_loops(
    folder: Path, transcriber: Transcriber, tmp_path: Path
) -> None:
    tight = Transcriber(folder, TranscriberSettings(padding=0.0, draft_padding=0.0, setting=""))
    looped = 0
    for index, text in enumerate(CLIPS):
        file = synthesise(text, tmp_path / f"{index}.wav", voice="kal16")
        samples = np.concatenate([c.samples for c in open_recording(file).chunks()])
        for keep in (1.0, 0.8):
            clip = samples[: int(keep * len(samples))]
            request = DecodeRequest(
                number=1,
                purpose=Purpose.DRAFT,
                channel=Channel.MIXED,
                utterance="M1",
                start=0.0,
                samples=clip,
            )
            looped += tight.decode(request).looped
        padded = np.concatenate([samples, np.zeros(2 * SAMPLE_RATE, np.float32)])
        for one in hear(as_chunks(padded), transcriber)[0]:
            words = [hash(word) for word in plain(one.text)]
            assert one.doubtful or cut_repetition(words) == words
            assert len(words) <= 3 * len(text.split()) + 2
    assert looped >= 2


def test_a_made_up_name_is_found_with_the_vocabulary_and_missed_without(
    folder: Path, transcriber: Transcriber, tmp_path: Path
) -> None:
    text = "I would like to cancel my Brimtel contract today, because Brimtel is too expensive."
    file = synthesise(text, tmp_path / "name.wav")
    without = " ".join(one.text for one in hear_file(file, transcriber))
    informed = Transcriber(folder, TranscriberSettings(vocabulary="Klarivo, Brimtel, Zorvexa."))
    found = " ".join(one.text for one in hear_file(file, informed))
    assert "Brimtel" not in without
    assert found.count("Brimtel") == 2
    assert "Klarivo" not in found


def test_the_language_is_detected_at_the_start(transcriber: Transcriber, tmp_path: Path) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng on this machine")
    file = tmp_path / "de.wav"
    text = (
        "Guten Tag, ich habe ein Problem mit meiner Rechnung. Ich warte schon seit drei Wochen "
        "auf eine Antwort, und niemand ruft mich zurück."
    )
    subprocess.run(["espeak-ng", "-v", "de", "-s", "140", "-w", str(file), text], check=True)
    found, listener = hear(open_recording(file).chunks(), transcriber, language=None)
    assert listener.language == "de"
    assert found[-1].language == "de"


def test_telephone_and_studio_sound_give_the_same_words(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    if shutil.which("sox") is None:
        pytest.skip("needs sox on this machine")
    studio = synthesise(COMPLAINT, tmp_path / "s.wav")
    wide, narrow = tmp_path / "wide.wav", tmp_path / "narrow.wav"
    encode = ["sox", str(studio), "-r"]
    subprocess.run([*encode, "48000", "-e", "floating-point", "-b", "32", str(wide)], check=True)
    subprocess.run([*encode, "8000", "-e", "mu-law", str(narrow)], check=True)
    one, other = (
        plain(" ".join(u.text for u in hear_file(file, transcriber))) for file in (wide, narrow)
    )
    assert len(set(one) ^ set(other)) <= 4


def data(*parts: str) -> Path:
    folder = os.environ.get("COACH_DATA")
    path = Path(folder or "/nonexistent").joinpath(*parts)
    if not folder or not path.exists():
        pytest.skip("needs recordings: set COACH_DATA to their folder")
    return path


@pytest.mark.slow
def test_hold_music_and_dial_tones_bring_no_trusted_word(transcriber: Transcriber) -> None:
    files = [*data("music").glob("*.wav"), *data("noise").glob("dtmf*.wav")]
    for file in files:
        trusted = [one.text for one in hear_file(file, transcriber) if not one.doubtful]
        assert trusted == [], file.name
