"""The recogniser itself, on speech synthesised here and on sound without any speech."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("coach.bench.accuracy", reason="needs the `bench` extra", exc_type=ImportError)

from rapidfuzz.distance import Levenshtein
from threadpoolctl import threadpool_info

from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener, ListenerSettings
from audio.listening.scheduler import DecodingSettings
from audio.recognition.decoding import DecodeRequest, Purpose
from audio.recognition.encoder import SpeechEncoder
from audio.recognition.loops import find_repetition
from audio.recognition.transcriber import Transcriber, TranscriberSettings
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.bench.accuracy import normalised
from coach.events import Channel, Utterance
from coach.notes.written.form import written_text

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

COMPLAINT = "I have been waiting for three weeks, and nobody has called me back."
"""Plain words that any synthesiser says clearly."""


SELDOM = DecodingSettings(draft_every=4.8)
"""Drafts as on a very busy machine, a twelfth of them, where only what was heard in the end
counts."""


def synthesise(text: str, file: Path, *, voice: str = "slt") -> Path:
    """Speech as a WAV file; skips the test where no synthesiser is installed."""
    if shutil.which("flite") is None:
        pytest.skip("needs flite on this machine")
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True)
    return file


def hear(
    chunks: Iterator[Chunk],
    transcriber: Transcriber,
    language: str | None = "en",
    decoding: DecodingSettings | None = None,
) -> tuple[list[Utterance], Listener]:
    settings = ListenerSettings(language=language, decoding=decoding or DecodingSettings())
    listener = Listener((Channel.MIXED,), settings)
    driver = InlineDriver(listener, transcriber)
    facts = [fact for chunk in chunks for fact in driver.push(chunk)]
    facts += driver.finish(listener.now)
    return [fact for fact in facts if isinstance(fact, Utterance)], listener


def hear_file(
    file: Path, transcriber: Transcriber, decoding: DecodingSettings | None = None
) -> list[Utterance]:
    return hear(open_recording(file).chunks(), transcriber, decoding=decoding)[0]


def expecting(vocabulary: str, transcriber: Transcriber) -> Transcriber:
    """The same loaded model with a vocabulary."""
    informed = copy.copy(transcriber)
    informed.settings = TranscriberSettings(vocabulary=vocabulary)
    return informed


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


NUMBERS = [
    ("slt", "Our landline is oh 1 6 3 2, 9 6 oh, 4 7 1.", "01632 960471"),
    ("slt", "The number is oh 7 9 4 6, triple 2, 1 8 5.", "07946 222185"),
    ("rms", "My sort code is thirty, ninety four, fifty five.", "30-94-55"),
]


@pytest.mark.parametrize(("voice", "said", "number"), NUMBERS)
def test_a_number_that_is_heard_reads_as_people_write_it(
    voice: str, said: str, number: str, transcriber: Transcriber, tmp_path: Path
) -> None:
    file = synthesise(said, tmp_path / "a.wav", voice=voice)
    found = hear_file(file, transcriber, SELDOM)
    assert number in " ".join(written_text(one.text) for one in found)


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


LOOPING = [
    ("awb", "My debit card.", 1.0),
    ("awb", "Thank you very much.", 0.8),
    ("awb", "I want to die.", 0.8),
    ("awb", "I want to die.", 0.6),
    ("awb", "Not today.", 1.0),
    ("awb", "Not today.", 0.6),
    ("awb", "I said no.", 0.8),
    ("rms", "No.", 1.0),
    ("rms", "No.", 0.8),
    ("rms", "My debit card.", 0.8),
    ("rms", "I want to die.", 0.8),
    ("rms", "Not today.", 1.0),
    ("rms", "I said no.", 0.6),
    ("rms", "Seven four two.", 0.6),
]
"""Voice, text and share of the clip: half of 240 clips tried so, and these among them, made the
decoder repeat itself when no silence stood behind them."""


@pytest.fixture(scope="module")
def looping(tmp_path_factory: pytest.TempPathFactory) -> list[Samples]:
    clips = []
    for index, (voice, text, keep) in enumerate(LOOPING):
        file = synthesise(text, tmp_path_factory.mktemp("loops") / f"{index}.wav", voice=voice)
        samples = np.concatenate([c.samples for c in open_recording(file).chunks()])
        clips.append(samples[: int(keep * len(samples))])
    return clips


def request(samples: Samples, purpose: Purpose) -> DecodeRequest:
    return DecodeRequest(
        number=1,
        purpose=purpose,
        channel=Channel.MIXED,
        utterance="M1",
        start=0.0,
        samples=samples,
        beam=5 if purpose is Purpose.PAUSE else 1,
    )


def test_these_clips_loop_without_silence_behind_them(
    transcriber: Transcriber, looping: list[Samples]
) -> None:
    trimmed = copy.copy(transcriber)
    trimmed.settings = TranscriberSettings(padding=0.0, draft_padding=0.0, setting="")
    trimmed._encoder = SpeechEncoder(transcriber._model, 0)
    looped = [trimmed.decode(request(clip, Purpose.DRAFT)).looped for clip in looping]
    assert sum(looped) >= 0.8 * len(looped)


@pytest.mark.parametrize("purpose", [Purpose.DRAFT, Purpose.PAUSE])
def test_they_do_not_loop_with_remembered_silence_behind_them(
    purpose: Purpose, transcriber: Transcriber, looping: list[Samples]
) -> None:
    for clip, (_, text, _) in zip(looping, LOOPING, strict=True):
        result = transcriber.decode(request(clip, purpose))
        assert not result.looped
        assert len(result.words) <= len(text.split()) + 2


def test_no_loop_reaches_the_screen(transcriber: Transcriber, looping: list[Samples]) -> None:
    silence = np.zeros(2 * SAMPLE_RATE, np.float32)
    for clip in looping:
        for one in hear(as_chunks(np.concatenate([clip, silence])), transcriber, decoding=SELDOM)[
            0
        ]:
            words = [hash(word) for word in plain(one.text)]
            assert one.doubtful or find_repetition(words) is None


def errors(expected: list[str], heard: list[str]) -> tuple[float, int]:
    """Share of words wrong, and the longest run of words lost or doubled."""
    longest = [
        max(op.src_end - op.src_start, op.dest_end - op.dest_start)
        for op in Levenshtein.opcodes(expected, heard)
        if op.tag in ("delete", "insert")
    ]
    return Levenshtein.distance(expected, heard) / len(expected), max(longest, default=0)


STORY = (
    "my {0} invoice says that the {1} has been delivered to the {2} house on {3} but nothing "
    "has arrived and the driver told my {4} that he left it behind the {5} "
)
BLANKS = (
    ("first", "second", "third", "fourth", "fifth", "last", "next", "other"),
    (
        "washing machine",
        "garden table",
        "computer",
        "mattress",
        "bicycle",
        "mirror",
        "oven",
        "tent",
    ),
    ("red", "old", "wrong", "empty", "yellow", "little", "corner", "white"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "christmas"),
    ("sister", "brother", "neighbour", "mother", "father", "wife", "husband", "friend"),
    ("gate", "garage", "fence", "tree", "shed", "car", "wall", "door"),
)


def story(first: int, count: int) -> str:
    """So many sentences without a pause or a full stop, no two alike."""
    return "".join(
        STORY.format(*(blank[(i * step) % 8] for step, blank in enumerate(BLANKS, 1)))
        for i in range(first, first + count)
    )


@pytest.mark.slow
def test_unbroken_speech_that_is_cut_twice_loses_and_doubles_nothing(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    """`test_listener.py` has three minutes, of words that are told."""
    text = story(0, 5)
    file = synthesise(text, tmp_path / "long.wav")
    recording = open_recording(file)
    assert recording.duration > 45.0
    found = hear(recording.chunks(), transcriber, decoding=SELDOM)[0]
    assert len(found) >= 3
    assert max(one.end - one.start for one in found) < 30.0
    wrong, longest = errors(normalised(text), normalised(" ".join(one.text for one in found)))
    assert longest <= 3
    assert wrong < 0.12


def test_both_talking_at_once_for_twenty_seconds_are_both_understood(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    said = {Channel.AGENT: story(0, 3), Channel.CUSTOMER: story(4, 3)}
    voices = {Channel.AGENT: "slt", Channel.CUSTOMER: "rms"}
    sound = {}
    for channel, text in said.items():
        file = synthesise(text, tmp_path / f"{channel.value}.wav", voice=voices[channel])
        sound[channel] = np.concatenate([c.samples for c in open_recording(file).chunks()])
    together = min(len(samples) for samples in sound.values())
    assert together > 20 * SAMPLE_RATE
    listener = Listener(tuple(said), ListenerSettings(decoding=SELDOM))
    driver = InlineDriver(listener, transcriber)
    facts = []
    for first in range(0, max(len(samples) for samples in sound.values()), 512):
        for channel, samples in sound.items():
            piece = samples[first : first + 512]
            if len(piece):
                facts += driver.push(Chunk(channel, first / SAMPLE_RATE, piece))
    facts += driver.finish(listener.now)
    for channel, text in said.items():
        heard = [f.text for f in facts if isinstance(f, Utterance) and f.channel is channel]
        wrong, longest = errors(normalised(text), normalised(" ".join(heard)))
        assert longest <= 3
        assert wrong < 0.15


def test_a_made_up_name_is_found_with_the_vocabulary_and_missed_without(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    text = "I would like to cancel my Brimtel contract today, because Brimtel is too expensive."
    file = synthesise(text, tmp_path / "name.wav")
    without = " ".join(one.text for one in hear_file(file, transcriber, SELDOM))
    informed = expecting("Klarivo, Brimtel, Zorvexa.", transcriber)
    found = " ".join(one.text for one in hear_file(file, informed, SELDOM))
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
    found, listener = hear(
        open_recording(file).chunks(), transcriber, language=None, decoding=SELDOM
    )
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
        plain(" ".join(u.text for u in hear_file(file, transcriber, SELDOM)))
        for file in (wide, narrow)
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


def test_the_matrix_library_keeps_to_one_thread(transcriber: Transcriber) -> None:
    assert transcriber.settings.threads == 1
    libraries = [one for one in threadpool_info() if one["user_api"] == "blas"]
    assert {one["num_threads"] for one in libraries} <= {1}


def test_a_long_vocabulary_takes_the_place_of_the_setting(transcriber: Transcriber) -> None:
    names = " ".join(f"Brimtel{i}" for i in range(40))
    informed = expecting(names, transcriber)
    tokenizer = informed._tokenizer("en")
    short = expecting("Brimtel", transcriber)
    for one, holds in ((short, True), (informed, False)):
        prompt = one._prompt(tokenizer, "en", "and then", setting=True)
        text = tokenizer.decode(prompt[1:])
        assert len(prompt) <= 223
        assert "Brimtel" in text
        assert ("customer service" in text) is holds
