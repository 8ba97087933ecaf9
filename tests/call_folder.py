"""Makes a folder of calls as other systems leave them behind, and says what must come of it.

Transcripts in every form that can be read, from the scripted calls, each with other people, times
and a word that nobody says elsewhere; a few short recordings of synthetic voices; a table and files
beside calls that say more of them; and what such folders also hold: the same call twice, files that
are none, and calls that are damaged. The same count gives the same transcripts.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
import shutil
import subprocess
import wave
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from callscript import CALLS, read

from coach.events import Channel

PATTERN = "{agent}_{caller}_{started:%Y%m%d-%H%M}"
"""What the names of the files say."""
TABLE = "calls.csv"
AGENTS = ("Anna", "Bela", "Carol", "Dino", "Eve", "Femi")
QUEUES = ("billing", "repairs", "orders")
ASKED = "I want to speak to a supervisor or a manager about that."
"""Said by every tenth customer of a transcript, beside those whose scripts ask for one."""
FLITE = ("slt", "rms", "awb")
ESPEAK = ("en-gb", "en-us", "en-gb-scotland")
SPOKEN_LINES = 4
"""Lines of a recording."""


class Line(msgspec.Struct, frozen=True):
    """Who says what and when, in seconds."""

    side: Channel
    start: float
    end: float
    text: str


class FolderCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call of the folder, with all that must be known of it once it is in the library."""

    file: str
    agent: str
    caller: str
    started: datetime
    queue: str = ""
    tags: tuple[str, ...] = ()
    word: str = ""
    """Said by the customer in this call alone; empty for a recording, which may be misheard."""


class CallFolder(msgspec.Struct, frozen=True, kw_only=True):
    """What was made."""

    calls: tuple[FolderCall, ...]
    copies: int
    """Files with the content of another one."""
    bad: dict[str, str]
    """Files that must fail, by name: part of the reason that must be told."""
    others: int
    """Files that are no calls and are passed over."""


# --- transcripts ---------------------------------------------------------------------------------

OFFICIAL = {Channel.AGENT: "AGENT", Channel.CUSTOMER: "CUSTOMER"}
Write = Callable[[Sequence[Line], str], str]
"""A transcript of lines; the second argument is the agent's name."""


def contact_lens(lines: Sequence[Line], agent: str) -> str:
    """Speakers by participant."""
    ids = {Channel.AGENT: f"{agent}-1", Channel.CUSTOMER: "0f-2"}
    return json.dumps(
        {
            "Version": "1.1.0",
            "Channel": "VOICE",
            "LanguageCode": "en-US",
            "Participants": [
                {"ParticipantId": ids[side], "ParticipantRole": OFFICIAL[side]} for side in ids
            ],
            "Transcript": [
                _turn(line) | {"ParticipantId": ids[line.side], "Id": str(number)}
                for number, line in enumerate(lines)
            ],
        }
    )


def call_analytics(lines: Sequence[Line], _agent: str) -> str:
    """Speakers by role, and every word with its time."""
    return json.dumps(
        {
            "JobStatus": "COMPLETED",
            "LanguageCode": "en-GB",
            "Transcript": [
                _turn(line) | {"ParticipantRole": OFFICIAL[line.side], "Items": _items(line)}
                for line in lines
            ],
        }
    )


def _turn(line: Line) -> dict[str, Any]:
    return {
        "Content": line.text,
        "BeginOffsetMillis": round(line.start * 1000),
        "EndOffsetMillis": round(line.end * 1000),
    }


def _items(line: Line) -> list[dict[str, Any]]:
    words = line.text.split()
    step = (line.end - line.start) / len(words)
    return [
        {
            "Type": "pronunciation",
            "Content": word,
            "Confidence": "0.98",
            "BeginOffsetMillis": round((line.start + number * step) * 1000),
            "EndOffsetMillis": round((line.start + (number + 1) * step) * 1000),
        }
        for number, word in enumerate(words)
    ]


def _clock(seconds: float, point: str) -> str:
    whole = timedelta(seconds=int(seconds))
    return f"0{whole}{point}{round(seconds % 1 * 1000) % 1000:03d}"


def web_captions(lines: Sequence[Line], agent: str) -> str:
    """The agent by name, the caller as somebody else."""
    names = {Channel.AGENT: agent, Channel.CUSTOMER: "Caller 1"}
    cues = (
        f"{_clock(line.start, '.')} --> {_clock(line.end, '.')}\n<v {names[line.side]}>{line.text}"
        for line in lines
    )
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def subtitles(lines: Sequence[Line], _agent: str) -> str:
    """SRT with names before colons, in the line ends of another system."""
    names = {Channel.AGENT: "Agent", Channel.CUSTOMER: "Customer"}
    cues = (
        f"{number}\r\n{_clock(line.start, ',')} --> {_clock(line.end, ',')}\r\n"
        f"{names[line.side]}: {line.text}\r\n"
        for number, line in enumerate(lines, 1)
    )
    return "\r\n".join(cues)


def table(lines: Sequence[Line], _agent: str) -> str:
    """Seconds and roles."""
    rows = (f"{one.start:.2f}\t{one.end:.2f}\t{one.side.value}\t{one.text}" for one in lines)
    return "\n".join(["start_s\tend_s\trole\ttext", *rows])


def table_in_ms(lines: Sequence[Line], agent: str) -> str:
    """Milliseconds, other columns, and only the agent's name is known."""
    names = {Channel.AGENT: agent, Channel.CUSTOMER: "spk_1"}
    rows = (
        f"{names[one.side]}\t{one.start * 1000:.0f}\t{one.end * 1000:.0f}\t{one.text}"
        for one in lines
    )
    return "\ufeff" + "\n".join(["speaker\tstart_ms\tend_ms\tcontent", *rows])


FORMS: tuple[tuple[str, Write], ...] = (
    ("json", contact_lens), ("json", call_analytics), ("vtt", web_captions), ("srt", subtitles),
    ("tsv", table), ("tsv", table_in_ms),
)  # fmt: skip


def scripts() -> list[list[Line]]:
    """What is said in the scripted calls."""
    return [
        [Line(say.speaker, say.at, say.end, say.text) for say in read(path).say]
        for path in sorted(CALLS.glob("*.toml"))
    ]


def _rare_words() -> Iterator[str]:
    syllables = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te")
    return ("".join(four) + "x" for four in itertools.product(syllables, repeat=4))


# --- recordings ----------------------------------------------------------------------------------


def record(path: Path, lines: Sequence[Line], number: int) -> None:
    """Speak lines one after the other: the agent on the left, the caller on the right, 8 kHz."""
    sides = {Channel.AGENT: [np.zeros(0, np.int16)], Channel.CUSTOMER: [np.zeros(0, np.int16)]}
    piece = path.with_name(".piece.wav")
    for line in lines:
        if line.side is Channel.AGENT:
            program = ["flite", "-voice", FLITE[number % len(FLITE)], "-t", line.text, "-o"]
        else:
            voice = ESPEAK[number % len(ESPEAK)]
            program = ["espeak-ng", "-v", voice, "-s", "150", line.text, "-w"]
        subprocess.run([*program, str(piece)], check=True, capture_output=True)
        words = subprocess.run(
            ["sox", str(piece), "-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-"],
            check=True,
            capture_output=True,
        ).stdout
        spoken = np.concatenate([np.zeros(3200, np.int16), np.frombuffer(words, np.int16)])
        for side, parts in sides.items():
            parts.append(spoken if side is line.side else np.zeros_like(spoken))
    piece.unlink()
    both = np.stack([np.concatenate(parts) for parts in sides.values()], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 8000, len(both), "NONE", ""))
        file.writeframes(both.tobytes())


# --- the folder ----------------------------------------------------------------------------------


class _Names:
    """Calls with people and times of their own."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self._chance = chance
        self._now = now
        self._number = 0

    def next(self, ending: str, **more: Any) -> FolderCall:
        """The next call, some hours before the one before."""
        self._number += 1
        started = self._now - timedelta(hours=3 * self._number)
        agent = self._chance.choice(AGENTS)
        caller = f"K{self._chance.randrange(40)}"
        name = f"{agent}_{caller}_{started:%Y%m%d-%H%M}.{ending}"
        return FolderCall(file=name, agent=agent, caller=caller, started=started, **more)


def make_folder(
    folder: Path,
    transcripts: int,
    recordings: Sequence[Path] = (),
    spoken: int = 0,
    lines: int | None = None,
) -> CallFolder:
    """Make one with so many transcripts, copies of recordings, and ``spoken`` further ones.

    ``lines``: of a script that a transcript has at most.
    """
    folder.mkdir(parents=True)
    chance = random.Random(transcripts)  # noqa: S311 - the same files every time, nothing secret
    names = _Names(chance, datetime.now().astimezone().replace(second=0, microsecond=0))
    known, words = scripts(), _rare_words()
    calls: list[FolderCall] = []
    for number in range(transcripts):
        ending, write = FORMS[number % len(FORMS)]
        call = names.next(ending, word=next(words))
        said = _own_lines(chance.choice(known)[:lines], call.word, asks=number % 10 == 0)
        (folder / call.file).write_bytes(write(said, call.agent).encode())
        calls.append(call)
    for path in recordings:
        call = names.next(path.suffix[1:])
        shutil.copyfile(path, folder / call.file)
        calls.append(call)
    for number in range(spoken):
        call = names.next("wav")
        record(folder / call.file, known[number % len(known)][:SPOKEN_LINES], number)
        calls.append(call)
    calls = _told_beside(folder, calls)
    (folder / "copies").mkdir()
    copied = calls[:: max(1, len(calls) // 3)]
    for call in copied:
        again = names.next(Path(call.file).suffix[1:])
        shutil.copyfile(folder / call.file, folder / "copies" / again.file)
    (folder / "read me.txt").write_text("Calls of last month.\n")
    (folder / "list.pdf").write_bytes(b"%PDF-1.7\n")
    beside = sum(1 for _ in folder.glob("*.meta.json"))
    bad = _damaged(folder, names)
    return CallFolder(calls=tuple(calls), copies=len(copied), bad=bad, others=2 + beside)


def _own_lines(script: Sequence[Line], word: str, *, asks: bool) -> list[Line]:
    end = max(line.end for line in script) + 1.0
    own = [f"The reference is {word}.", *([ASKED] if asks else [])]
    more = [Line(Channel.CUSTOMER, end + 5 * n, end + 5 * n + 4, s) for n, s in enumerate(own)]
    return [*script, *more]


def _told_beside(folder: Path, calls: Sequence[FolderCall]) -> list[FolderCall]:
    """Every third call in a table with queue and tags, every seventh with a file beside it."""
    told = []
    rows = []
    for number, call in enumerate(calls):
        more: dict[str, Any] = {}
        if number % 3 == 0:
            more = {"queue": QUEUES[number % len(QUEUES)], "tags": ("old", f"t{number}")}
            rows.append([call.file, more["queue"], "; ".join(more["tags"])])
        if number % 7 == 0:
            more |= {"caller": f"M{number}"}
            beside = folder / f"{Path(call.file).stem}.meta.json"
            beside.write_text(json.dumps({"caller": more["caller"]}))
        told.append(msgspec.structs.replace(call, **more))
    with (folder / TABLE).open("w", newline="") as file:
        csv.writer(file).writerows([["file", "queue", "tags"], *rows])
    return told


def _damaged(folder: Path, names: _Names) -> dict[str, str]:
    """Files that are calls and cannot be read."""
    whole = contact_lens([Line(Channel.AGENT, 0, 2, "Hello.")], "Anna")
    kinds: tuple[tuple[str, bytes, str], ...] = (
        ("json", whole[: len(whole) - 9].encode(), "it is no JSON"),
        ("json", whole.replace("VOICE", "CHAT").encode(), "it is a chat"),
        ("json", whole.replace("BeginOffsetMillis", "Begin").encode(), "no BeginOffsetMillis"),
        ("vtt", b"WEBVTT\n\nsoon --> later\nHello.\n", "line 3 has --> and no time"),
        ("srt", b"1\n00:00:01,000 --> 00:00:02,000\n\n", "nobody says anything"),
        ("tsv", b"start_s\tend_s\trole\ttext\nsoon\t2\tagent\tHello.\n", "line 2 has no time"),
        ("tsv", b"start_s\trole\ttext\n1\tBob\thello\n2\tAlice\thi\n", "who is the agent"),
        ("wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", ""),
    )
    bad = {}
    for ending, content, why in kinds:
        call = names.next(ending)
        (folder / call.file).write_bytes(content)
        bad[call.file] = why
    (folder / "no_such name.vtt").write_text(web_captions([], "Anna") + "\n")
    return bad | {"no_such name.vtt": "does not fit the pattern"}
