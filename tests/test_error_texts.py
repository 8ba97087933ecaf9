"""Every error that a user can cause is named in a test with its text.

The tables here name those that no other test does; the last test finds what nobody names.
"""

from __future__ import annotations

import ast
import re
import sys
import types
import wave
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from parsed import parts_of

from audio.hardware import capture, portaudio, pulse
from audio.hardware.devices import SoundSource, SourceKind
from audio.recognition import model
from audio.recordings.opening import open_recording
from coach.backtest.corpus import find_files, read_conversations
from coach.bench import mood, transcription, voice
from coach.cli import main
from coach.errors import CoachError, DeviceError, Exit, InputError, ModelError
from coach.errors import StorageError as Storage
from coach.startup.vocabulary import read_vocabulary
from rules.books.loader import builtin_files

ROOT = Path(__file__).parent.parent


# --- the command line ------------------------------------------------------------------------

SAID: list[tuple[list[str], Exit, str]] = [
    (["alarms"], Exit.INPUT, "Nothing to run. Name files or folders of conversations"),
    (["bench", "--runs", "0"], Exit.INPUT, "--runs must be from 1 to 1000000."),
    (["bench", "--backtest", "0"], Exit.INPUT, "--backtest must be from 1 to 1000000."),
    (
        ["bench", "--backtest", "1", "--batch"],
        Exit.INPUT,
        "--backtest goes with no other way of measuring. Leave it out.",
    ),
    (
        ["bench", "--batch", "--recommend"],
        Exit.INPUT,
        "--batch goes with no other way of measuring. Leave the others out.",
    ),
    (["bench", "absent"], Exit.INPUT, "absent does not exist. Name a folder of recordings."),
    (
        ["bench", "--language", "xx"],
        Exit.INPUT,
        "No language has the code 'xx'. Give one of two letters",
    ),
    (
        ["bench", "--language", "de", "--model", "base.en"],
        Exit.INPUT,
        "The speech model base.en hears English only, not de. Choose one for all languages:",
    ),
    (
        ["replay", "--agent", "a.wav"],
        Exit.INPUT,
        "Two mono files are given as --agent FILE --customer FILE, both of them.",
    ),
    (
        ["live", "--mixed", "--far-end", "speakers"],
        Exit.INPUT,
        "--mixed takes both people from one microphone; --far-end names another source.",
    ),
    (
        ["live", "--agent-voice", "first", "--far-end", "speakers"],
        Exit.INPUT,
        "--agent-voice tells two voices on one microphone apart; --far-end names another.",
    ),
    (
        ["live", "--agent-voice", "first"],
        Exit.INPUT,
        "--agent-voice tells two voices on one microphone apart, and two sources are heard. Say",
    ),
    (["live", "--end-after", "-1"], Exit.INPUT, "--end-after must be from 0 to 86400 seconds."),
    (["live", "--end-after", "nan"], Exit.INPUT, "--end-after must be from 0 to 86400 seconds."),
    (["calls", "--near", "0.5"], Exit.INPUT, "--near needs --like. Say which sentence, such as"),
    (
        ["purge", "--list", "--older-than", "30d"],
        Exit.INPUT,
        "--hold, --release and --list purge nothing. Leave --older-than, --caller and --call out",
    ),
    (
        ["export", "--as", "csv"],
        Exit.INPUT,
        "No call is named. Name one of `coach calls`, or choose some, such as --since 7d; --kind",
    ),
    (["report", "text.txt"], Exit.INPUT, "text.txt is no journal of a call: its name does not end"),
    (["scorecard", "list", "--form", "absent"], Exit.INPUT, "There is no form 'absent'. `coach"),
    (["serve", "replay", "gone.wav"], Exit.INPUT, "There is no file gone.wav, and no call of that"),
    (["serve", "review", "--idle", "0"], Exit.INPUT, "--idle must be above 0 and at most 1440"),
    (["serve", "--port", "8123", "review", "--port", "80"], Exit.INPUT, "--port must be from 1024"),
    (["alarms", "talk.txt", "--rule", "zzz"], Exit.INPUT, "No rule is called 'zzz'. `coach"),
    (["replay", "--verify"], Exit.INPUT, "--verify needs a journal; no file is named. Name a"),
    (
        ["replay", "text.txt", "--verify"],
        Exit.INPUT,
        "--verify needs a journal; text.txt is none. Name a journal (.jsonl).",
    ),
    (
        ["inspect", "text.txt", "--delay", "1e9"],
        Exit.INPUT,
        "--delay must be from -86400 to 86400 seconds. Leave it out",
    ),
    (
        ["rules", "explain", "esc.supervisr"],
        Exit.INPUT,
        "No rule is called 'esc.supervisr'. Did you mean 'esc.supervisor'?",
    ),
    (
        ["rules", "list", "--rules", "empty.toml"],
        Exit.RULES,
        "These files hold no rule. Check --rules and --overlay.",
    ),
    (
        ["rules", "settable", "engine.nothing"],
        Exit.INPUT,
        "No setting begins with 'engine.nothing'. `coach rules settable` lists them all.",
    ),
    (
        ["replay", "call.jsonl", "--vocabulary", "names.txt", "--mono"],
        Exit.INPUT,
        "call.jsonl is a journal: it holds no sound, so --mono, --vocabulary would do nothing.",
    ),
    (
        ["calls", "--since", "today", "--until", "yesterday"],
        Exit.INPUT,
        "--since is later than --until, so nothing lies between. Exchange them.",
    ),
    (
        ["replay", "call.jsonl", "--caller", "K7"],
        Exit.INPUT,
        "call.jsonl is a journal: who called stands in it, so --caller would do nothing. `coach",
    ),
    (
        ["replay", "text.txt", "--journal", "empty.toml", "--headless"],
        Exit.STORAGE,
        "The journal empty.toml exists already and is not overwritten.",
    ),
    (
        ["replay", "text.txt", "--keep-unredacted", "--headless"],
        Exit.INPUT,
        "--keep-unredacted is not allowed here: personal data is masked. Whoever answers for it",
    ),
    (
        ["replay", "text.txt", "--settings", "broken.toml"],
        Exit.INPUT,
        "broken.toml is not valid TOML: ",
    ),
    (["replay", "text.txt", "--settings", "twice.toml"], Exit.INPUT, "twice.toml: 2 mistakes."),
    (["floor"], Exit.INPUT, "The settings name no broker. Set broker = "),
    (
        ["floor", "--settings", "floor.toml"],
        Exit.INPUT,
        "`coach floor` needs a terminal for its screen.",
    ),
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files that cannot be used."""
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("good morning\n")
    Path("talk.txt").write_text("A|Good morning, how can I help?\nB|My bill is wrong.\n")
    Path("empty.toml").touch()
    Path("call.jsonl").touch()
    Path("floor.toml").write_text('[floor]\nbroker = "localhost"\n')
    Path("broken.toml").write_text("[audio\n")
    Path("twice.toml").write_text("[audi]\n[engine.escalation]\nhalf_life = 3\n")
    return tmp_path


@pytest.mark.parametrize(("words", "code", "text"), SAID, ids=lambda one: str(one)[:40])
@pytest.mark.usefixtures("files")
def test_the_command_line_says(
    words: list[str], code: Exit, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == code
    told = capsys.readouterr().err
    said = [line for line in told.splitlines() if not line.startswith("rules: ")]
    assert said[0].startswith(f"coach: {text}"), "nothing slow before it"
    assert "Traceback" not in told


# --- what reads files ------------------------------------------------------------------------


def saved(folder: Path, name: str, text: str | bytes = "") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def own_model(folder: Path, sums: str | None) -> Path:
    """A speech model of one's own, with a list of hashes or without one."""
    for name in model.NEEDED:
        saved(folder, name, name)
    if sums is not None:
        saved(folder, model.SUMS, sums)
    return folder


def archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "call.zip", "w") as packed:
        packed.writestr("call.wav", b"")
    return folder / "call.zip"


def wav(folder: Path, name: str, seconds: float) -> Path:
    """A file with another noise on each of two channels."""
    noise = np.random.default_rng(1).normal(0.0, 3000.0, (round(8000 * seconds), 2))
    with wave.open(str(folder / name), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(noise.astype("<i2").tobytes())
    return folder / name


def mood_set(folder: Path, heading: str, *lines: str) -> Path:
    one = mood.SETS[0]
    saved(folder, one.files.replace("*", "x"), "\n".join([heading, *lines]) + "\n")
    return folder


LINE = "start_s\tend_s\trole\ttext\n"
HASH = "0" * 64
READ: dict[str, tuple[Callable[[Path], object], type[CoachError], str]] = {
    "a list of hashes that is none": (
        lambda at: model.verify(own_model(at, "abc model.bin\n")),
        ModelError,
        "SHA256SUMS, line 1: expected a SHA-256 hash and a file name. Make it anew with",
    ),
    "a list without the model": (
        lambda at: model.verify(own_model(at, f"{HASH}  config.json\n")),
        ModelError,
        "SHA256SUMS says nothing about model.bin. Make it anew with `coach model trust",
    ),
    "a changed model": (
        lambda at: model.verify(own_model(at, f"{HASH}  model.bin\n")),
        ModelError,
        "model.bin does not have the expected hash. Bring the right file back,",
    ),
    "a model nobody knows": (
        lambda at: model.verify(own_model(at, None)),
        ModelError,
        "matches no published model, so it may be damaged. If it is your own, record",
    ),
    "a cache that is a file": (
        lambda at: model.locate(models=saved(at, "cache"), offline=True),
        Storage,
        "The speech model cannot be kept in ",
    ),
    "an address": (
        lambda _: open_recording(Path("https:/example.invalid/a.wav")),
        InputError,
        "https://example.invalid/a.wav is an address, and Coach reads files only. Save it",
    ),
    "an archive": (
        lambda at: open_recording(archive(at)),
        InputError,
        "call.zip is a zip archive. Unpack it and name the recording in it.",
    ),
    "a recording without sound": (
        lambda at: open_recording(wav(at, "a.wav", 0.0)),
        InputError,
        "a.wav holds no sound. Export the recording again.",
    ),
    "one person's file with two": (
        lambda at: open_recording(wav(at, "a.wav", 5.0), other=wav(at, "b.wav", 5.0)),
        InputError,
        "a.wav has two different channels, and one person was expected in it. Replay it alone",
    ),
    "a side that is none": (
        lambda at: open_recording(saved(at, "a.wav"), agent_channel="middle"),
        InputError,
        "The agent's channel cannot be 'middle'. Say left or right.",
    ),
    "a folder without conversations": (
        lambda at: find_files([at]),
        InputError,
        ": no conversation found. `coach alarms --help` shows the forms.",
    ),
    "a table without times": (
        lambda at: list(read_conversations(saved(at, "a.tsv", LINE + "soon\t2\tagent\thi\n"))),
        InputError,
        "a.tsv: not a conversation that is understood: ",
    ),
    "a folder without labelled sets": (
        mood.measure_mood,
        InputError,
        ": no labelled set found. Looked for ",
    ),
    "a labelled set with other columns": (
        lambda at: mood.measure_mood(mood_set(at, "a\tb", "1\t2")),
        InputError,
        " is missing or not as expected.",
    ),
    "a labelled set without sentences": (
        lambda at: mood.measure_mood(mood_set(at, "a\tb")),
        InputError,
        ": the set holds sentences of one kind only.",
    ),
    "a folder without recordings": (
        transcription.recordings,
        InputError,
        " holds no recordings. Looked for ",
    ),
    "a reference without lines": (
        lambda at: transcription.recordings(saved(at, "a.tsv", LINE).with_suffix(".wav").parent),
        InputError,
        "a.tsv holds no line. ",
    ),
    "a reference with another role": (
        lambda at: transcription.read_reference(saved(at, "a.tsv", LINE + "1\t2\tjudge\thi\n")),
        InputError,
        "a.tsv, line 2: not a reference line ('judge'). ",
    ),
    "a folder without acted recordings": (
        voice.measure_voices,
        InputError,
        ": no recording is named like 03-01-05-02-01-01-01.flac. Name a folder",
    ),
    "a vocabulary of remarks": (
        lambda at: read_vocabulary(saved(at, "names.txt", "# none\n")),
        InputError,
        "names.txt holds no name. Write one name a line.",
    ),
    "a vocabulary that is no text": (
        lambda at: read_vocabulary(saved(at, "names.txt", b"a\0b\n")),
        InputError,
        "names.txt is no text. It must be a text file, one name a line.",
    ),
    "a language without rules": (
        lambda _: builtin_files("xx"),
        InputError,
        "There are no rules for the language 'xx'. Available: en. Give your own with packs.",
    ),
}


@pytest.mark.parametrize(("read", "kind", "text"), READ.values(), ids=READ)
def test_what_reads_files_says(
    tmp_path: Path, read: Callable[[Path], object], kind: type[CoachError], text: str
) -> None:
    if "holds no line" in text:
        saved(tmp_path, "a.wav")
    with pytest.raises(kind) as caught:
        read(tmp_path)
    assert type(caught.value) is kind
    assert text in str(caught.value)


def test_a_bench_without_its_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "coach.bench.accuracy", None)
    assert main(["bench"]) == Exit.DEVICE
    told = capsys.readouterr().err
    assert "Scoring needs the text normaliser. Install it: pip install 'callcoach[bench]'." in told


# --- devices ---------------------------------------------------------------------------------


class PortAudioError(Exception):
    """What the sound library raises."""


def fail(*_args: object, **_options: object) -> None:
    raise PortAudioError("no such host")


MICROPHONE = portaudio.Input(
    number=0, name="headset", host="ALSA", channels=1, rate=16_000, default=True
)
SERVED = SoundSource(
    name="mic",
    title="Headset",
    kind=SourceKind.MICROPHONE,
    host="PulseAudio",
    device="pulse",
    pulse="mic",
)


def library(monkeypatch: pytest.MonkeyPatch, **parts: object) -> Any:
    """A sound library with these parts only."""
    module = types.SimpleNamespace(PortAudioError=PortAudioError, **parts)
    monkeypatch.setattr(portaudio, "load", lambda: module)
    return module


def test_devices_that_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    library(monkeypatch, query_hostapis=fail, query_devices=fail, default=fail)
    with pytest.raises(DeviceError, match=r"Sound devices cannot be listed: no such host\."):
        portaudio.inputs()


def test_a_device_that_cannot_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeviceError) as caught:
        portaudio._open(library(monkeypatch, InputStream=fail), MICROPHONE, lambda *_: None)
    assert str(caught.value).startswith(
        "The sound device 'headset' cannot be opened: no such host. Close other programs"
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (portaudio.PULSE_DEVICE, "PortAudio cannot reach the sound server. Install libasound2"),
        ("lamp", "The sound device 'lamp' is not there. Plug it in, or choose another."),
    ],
)
def test_a_device_that_is_not_there(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setattr(portaudio, "inputs", lambda: [MICROPHONE])
    with pytest.raises(DeviceError) as caught:
        portaudio._find(name, "")
    assert str(caught.value).startswith(text)


def test_without_portaudio_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(DeviceError) as caught:
        portaudio.load()
    assert str(caught.value).startswith(
        "PortAudio, the library that gives access to sound devices, is missing. Install it: `apt"
    )


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (None, "The sound server does not answer. Start it, and try again."),
        (frozenset(), "Headset is not there. Plug it in, or choose another."),
    ],
)
def test_a_source_that_a_sound_server_lacks(
    monkeypatch: pytest.MonkeyPatch, names: frozenset[str] | None, text: str
) -> None:
    monkeypatch.setattr(pulse, "source_names", lambda: names)
    with pytest.raises(DeviceError) as caught:
        capture._expect(SERVED)
    assert str(caught.value) == text


# --- what nobody names -----------------------------------------------------------------------

ERRORS = {"CoachError", "InputError", "RulesError", "ModelError", "DeviceError", "StorageError"}
SHORTEST = 3
"""Words in a row of an error's own text that must stand in a test; all of a shorter piece."""


def pieces(text: ast.expr) -> list[str]:
    """What is literal in a text, between the values that are put in."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    words = [str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts]
    return [" ".join(piece.split()).strip(" .,:;'\"") for piece in "".join(words).split("\0")]


def texts() -> Iterator[tuple[str, list[str]]]:
    """Where an error of the user's is made, and the literal pieces of its first text."""
    for place, made in errors_made():
        found = [piece for piece in pieces(made.args[0]) if len(piece.split()) > 1]
        if found:
            yield place, found


def test_every_error_text_is_named_in_a_test() -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    joined = re.sub(r'"\s*\n\s*[rf]*"', "", "\n".join(files)).replace("\\", "")
    tests = " ".join(joined.split())

    def is_named(piece: str) -> bool:
        words = piece.split()
        starts = range(max(1, len(words) - SHORTEST + 1))
        return any(" ".join(words[at : at + SHORTEST]) in tests for at in starts)

    made = dict(texts())
    assert len(made) > 80
    assert [place for place, found in made.items() if not any(map(is_named, found))] == []


OF_FILES = re.compile(
    r"cannot be (read|written|made|kept|played|used|listed|opened)"
    r"|no such file|^There is no |does not exist|is not there|is no folder|is not a folder"
)
"""What an error of a file, a folder or a device says that is missing or refused."""


def errors_made() -> Iterator[tuple[str, ast.Call]]:
    """Where an error of the user's is made, and how."""
    for package in ("audio", "coach", "rules"):
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "training" in file.parts or not any(error in text for error in ERRORS):
                continue
            for node in parts_of(text):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                if node.func.id in ERRORS and node.args:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def test_every_error_of_a_missing_file_says_what_to_do() -> None:
    of_files = {
        place: node
        for place, node in errors_made()
        if OF_FILES.search(" ".join(pieces(node.args[0])))
    }
    assert len(of_files) > 70
    assert [place for place, node in of_files.items() if len(node.args) < 2] == []


PLACES = {"path", "folder", "file", "out", "place", "target", "index", "recording", "journal"}
"""What a file or a folder is called in the program."""


def ends_in_a_place(value: ast.expr, behind: ast.expr) -> bool:
    """Whether a place that is put in without quotation marks has a full stop behind it."""
    if not isinstance(value, ast.FormattedValue) or not isinstance(behind, ast.Constant):
        return False
    named = ast.unparse(value.value).rpartition(".")[2]
    stops = str(behind.value) == "." or str(behind.value).startswith((". ", ".\n"))
    return value.conversion == -1 and named in PLACES and stops


def test_no_sentence_ends_in_a_place() -> None:
    """The present folder is called ``.``, which a full stop behind it makes another one of."""
    ended = []
    for package in ("audio", "coach", "rules", "tui"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in parts_of(file.read_text(encoding="utf-8")):
                if not isinstance(node, ast.JoinedStr) or " " not in "".join(pieces(node)):
                    continue
                if any(ends_in_a_place(value, behind) for value, behind in pairwise(node.values)):
                    ended.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert ended == []
