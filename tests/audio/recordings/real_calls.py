"""Replays real calls in the forms in which recorders leave them, and compares each with stereo.

    PYTHONPATH=.:tests python tests/audio/recordings/real_calls.py FOLDER [--only "late;mono"]

FOLDER is looked through for stereo recordings (the agent left) and for pairs of files whose names
end in ``agent`` and ``caller`` or ``customer``. The first 75 s of each call are
taken. Where a form needs one side to be heard on the other, it is added, 30 dB fainter.
"""

from __future__ import annotations

import argparse
import difflib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from makers import db, exchanged, faster, late_in
from remembered_decodes import remembering
from soundfiles import pcm, wav

from audio.listening.whole_phrases import BatchHearing
from audio.recognition.transcriber import Transcriber, TranscriberSettings
from audio.recordings.opening import Recording, open_recording
from audio.samples.chunks import Samples
from audio.voices.split import side_voices_of
from coach.bench.accuracy import normalised
from coach.cli import make_parser
from coach.events import (
    Action,
    AgentAction,
    AudioWarning,
    CallStarted,
    CardRaised,
    Channel,
    CueMatched,
    Event,
    Fact,
    Utterance,
)
from coach.events.lengths import clock
from coach.replay.assembly import _divided, _open, _taken, play_recording
from coach.replay.player import Player, RecordingSource, run_through
from coach.replay.recording_calls import with_sides_from_the_beginning
from coach.startup.options import read_settings
from coach.startup.setup import listener_settings, load_transcriber, make_setup

RATE = 8000
LONGEST = 75.0
"""Seconds taken of a call."""
LEAK = -30.0
"""dB of one side on the other, where a form needs one."""
LATE = 4.0
"""Seconds by which the customer's recorder begins later."""
DRIFT = 0.001

Rows = tuple[Samples, Samples]


class Form(NamedTuple):
    """How a call is laid out in files, and what is said of it on the command line."""

    name: str
    rows: Callable[[Rows], Sequence[Samples]]
    two_files: bool = False
    options: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What a replay came to."""

    cards: tuple[str, ...]
    cues: tuple[str, ...]
    words: dict[Channel, list[str]]
    utterances: int
    swaps: int
    told: tuple[str, ...]
    seconds: float


def leaking(rows: Rows) -> Rows:
    agent, customer = rows
    return agent + db(LEAK) * customer, customer + db(LEAK) * agent


def begun_late(rows: Rows) -> Rows:
    return rows[0], late_in(rows[1], LATE)


def drifting(rows: Rows) -> Rows:
    return rows[0], faster(rows[1], DRIFT)


def middle(rows: Rows) -> float:
    """Seconds at which a transfer exchanges the sides."""
    return round(len(rows[0]) / RATE / 2)


def transferred(rows: Rows) -> Rows:
    first, second = exchanged(rows, round(middle(rows) * RATE))
    return first, second


STEREO = Form("stereo", lambda rows: rows)
LEAKING = Form("leaking", leaking)
FORMS = (
    STEREO,
    Form("swapped", lambda rows: rows[::-1]),
    Form("two files", lambda rows: rows, two_files=True),
    Form("mono", lambda rows: [(rows[0] + rows[1]) / 2]),
    LEAKING,
    Form("late", lambda rows: begun_late(leaking(rows)), two_files=True),
    Form("late, said", begun_late, two_files=True, options=("--delay", f"{LATE:g}")),
    Form("drifting", lambda rows: drifting(leaking(rows)), two_files=True),
    Form("transferred", transferred),
    Form("transferred, said", transferred, options=("--swap-at", "MIDDLE")),
    Form(
        "late, drifting, transferred",
        lambda rows: begun_late(drifting(leaking(transferred(rows)))),
        two_files=True,
        options=("--swap-at", "MIDDLE"),
    ),
)


def calls_in(folder: Path) -> Iterator[tuple[str, Rows]]:
    """Every call below a folder with the beginning of both its sides, at 8 kHz."""
    for path in sorted(folder.rglob("*.wav")):
        if path.stem.endswith("agent"):
            stem = path.name.removesuffix("agent.wav")
            other = [path.with_name(f"{stem}{who}.wav") for who in ("caller", "customer")]
            yield path.stem, opening(open_recording(path, other=next(filter(Path.exists, other))))
        elif not path.stem.endswith(("caller", "customer")):
            yield path.stem, opening(open_recording(path))


def opening(recording: Recording) -> Rows:
    """The first part of a call, in which people say who they are."""
    sides: dict[Channel, list[Samples]] = {channel: [] for channel in recording.channels}
    for chunk in recording.chunks(1.0):
        if chunk.start >= LONGEST:
            break
        sides[chunk.channel].append(chunk.samples)
    agent, customer = (np.concatenate(pieces) for pieces in sides.values())
    even = len(agent) // 2 * 2
    first, second = (side[:even].reshape(-1, 2).mean(axis=1) for side in (agent, customer))
    return first, second


def written(form: Form, rows: Rows, folder: Path) -> list[str]:
    """The files of a form, as a command line names them."""
    sides = form.rows(rows)
    if not form.two_files:
        path = folder / "call.wav"
        path.write_bytes(wav(pcm(sides), channels=len(sides)))
        return [str(path)]
    words = []
    for who, side in zip(("agent", "customer"), sides, strict=True):
        path = folder / f"{who}.wav"
        path.write_bytes(wav(pcm([side])))
        words += [f"--{who}", str(path)]
    return words


class BroughtIn(RecordingSource):
    """A recording as an import makes a call of it."""

    def facts(self) -> Iterator[tuple[float, Sequence[Fact]]]:
        """With whom the opening tells from the first fact on."""
        every = (fact for _, facts in super().facts() for fact in facts)
        for fact in with_sides_from_the_beginning(every):
            yield fact.at, [fact]


def by_whole_phrases(args: argparse.Namespace) -> Player:
    """The player of a recording that is heard as an import hears it."""
    settings = read_settings(args)
    recording = _divided(_open(args, settings), args, lambda *_: None)
    transcriber = load_transcriber(TranscriberSettings(workers=1), settings, lambda *_: None)
    heard, voices = listener_settings(args, settings), side_voices_of(recording)
    hearing = BatchHearing(recording.channels, transcriber, heard, voices=voices)
    first = CallStarted(at=0.0, call="call", started="", source="", channels=recording.channels)
    source = BroughtIn(recording, hearing, first, taken=_taken(recording, args, settings))
    setup = msgspec.structs.replace(make_setup(settings), notices=recording.notices)
    return Player(source, setup, args.journal)


def replayed(form: Form, rows: Rows, journal: Path, *, batch: bool) -> Outcome:
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        options = [clock(middle(rows)) if o == "MIDDLE" else o for o in form.options]
        words = ["replay", *written(form, rows, Path(folder)), *options, "--headless"]
        args = make_parser("replay").parse_args([*words, "--journal", str(journal)])
        if batch:
            player = by_whole_phrases(args)
        else:
            player = play_recording(args, read_settings(args), lambda *_: None, title=form.name)
        events = list(run_through(player))
        told = player.call.setup.notices
        player.call.close()
    return outcome(events, told, time.process_time() - began)


def outcome(events: Sequence[Event], told: Sequence[str], seconds: float) -> Outcome:
    said = [event for event in events if isinstance(event, Utterance)]
    warned = [event for event in events if isinstance(event, AudioWarning)]
    turned = False
    lines: list[tuple[float, Channel, str]] = []
    for event in reversed(events):  # what came before the key carries the other side's name
        turned ^= _swaps(event)
        if isinstance(event, Utterance):
            channel = event.channel.other if turned else event.channel
            lines.append((event.start, channel, event.text))
    words: dict[Channel, list[str]] = {}
    for _, channel, text in sorted(lines):
        words.setdefault(channel, []).extend(normalised(text))
    return Outcome(
        cards=tuple(event.rule for event in events if isinstance(event, CardRaised)),
        cues=tuple(event.rule for event in events if isinstance(event, CueMatched)),
        words=words,
        utterances=len(said),
        swaps=sum(map(_swaps, events)),
        told=(*told, *(f"{clock(event.at)} {event.detail}" for event in warned)),
        seconds=seconds,
    )


def _swaps(event: Event) -> bool:
    return isinstance(event, AgentAction) and event.action is Action.SWAP_CHANNELS


def different(words: Sequence[str], other: Sequence[str]) -> int:
    """How many words are otherwise: those left out, put in or exchanged."""
    changes = difflib.SequenceMatcher(None, words, other, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in changes if kind != "equal")


def row(form: Form, found: Outcome, base: Outcome) -> str:
    total = sum(map(len, base.words.values()))
    off = sum(
        different(base.words.get(channel, []), found.words.get(channel, []))
        for channel in (Channel.AGENT, Channel.CUSTOMER)
    )
    cards = _otherwise(base.cards, found.cards) if found is not base else " ".join(found.cards)
    cues = _otherwise(base.cues, found.cues) if found is not base else f"{len(found.cues)}"
    return (
        f"  {form.name:28} {found.swaps} swaps, {found.utterances:3} utterances, {off:3} of {total}"
        f" words otherwise, {len(found.told)} notices, {found.seconds:.0f} s;"
        f" cards: {cards or 'none'}; cues: {cues}"
    )


def _otherwise(base: Sequence[str], found: Sequence[str]) -> str:
    """What is missing of the one and more in the other."""
    less, more = Counter(base) - Counter(found), Counter(found) - Counter(base)
    changes = [*(f"-{name}" for name in less.elements()), *(f"+{name}" for name in more.elements())]
    return " ".join(changes) or "the same"


def main() -> None:
    """Print the table, a call at a time."""
    parser = argparse.ArgumentParser(description="Real calls in the forms that recorders leave.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="names of forms, with ; between them")
    parser.add_argument("--call", default="", help="part of the name of the calls to take")
    parser.add_argument("--batch", action="store_true", help="hear them as an import does")
    parser.add_argument("--keep", type=Path, help="where to keep the journals")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        keep = args.keep or Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        # Several forms hold the very same sound.
        Transcriber.decode = remembering(Transcriber.decode, Path(temporary) / "decodes")
        wanted = {name.strip() for name in args.only.split(";") if name}
        for name, rows in calls_in(args.folder):
            if args.call not in name:
                continue
            print(f"{name}, {len(rows[0]) / RATE:.0f} s", flush=True)
            base: Outcome | None = None
            for form in FORMS:
                if wanted and form is not STEREO and form.name not in wanted:
                    continue
                journal = keep / f"{name}-{form.name.replace(', ', '-').replace(' ', '-')}.jsonl"
                journal.unlink(missing_ok=True)
                found = replayed(form, rows, journal, batch=args.batch)
                base = base or found
                print(row(form, found, base), flush=True)
                for told in found.told:
                    print(f"      {told}", flush=True)


if __name__ == "__main__":
    main()
