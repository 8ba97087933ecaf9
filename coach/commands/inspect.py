"""`coach inspect`: say what is inside a recording, without transcribing it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import Exit, InputError
from coach.events.lengths import clock, lasting
from coach.startup.config import load
from coach.startup.options import add_recording
from coach.startup.progress import ProgressLine

if TYPE_CHECKING:
    from audio.recognition.model import TellProgress
    from audio.recordings.contents import Contents
    from audio.recordings.inspection import Common, InspectedChannel, Inspection
    from audio.recordings.opening import Recording

# The imports inside the functions below are slow ones: `coach --help` must not wait for them.

LONG = 1800.0
"""Seconds from which on it is told how far the reading is."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a recording, or the agent's file and the customer's; - is standard input",
    )
    parser.add_argument(
        "--agent-channel", choices=("left", "right"), default=None, help="as for a replay"
    )
    parser.add_argument("--mono", action="store_true", help="as for a replay")
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    add_recording(parser)


def run(args: argparse.Namespace) -> int:
    """Look, listen to the levels, and print."""
    from audio.recordings.inspection import inspect_contents  # noqa: PLC0415 - slow, see above
    from audio.recordings.looking import look_into  # noqa: PLC0415 - slow, see above
    from audio.recordings.opening import open_recording  # noqa: PLC0415 - slow, see above
    from audio.recordings.source import find_source  # noqa: PLC0415 - slow, see above
    from coach.replay.description import described, encoded  # noqa: PLC0415 - slow, see above
    from coach.replay.named import asked_of, named  # noqa: PLC0415 - slow, see above

    if len(args.files) > 2:
        raise InputError("More than two files are named.", "Name one, or one for each person.")
    asked = asked_of(args)
    sources = [
        find_source(one, follow=asked.follow) if isinstance(one, Path) else one
        for one in (named(path, asked) for path in args.files)
    ]
    contents = [look_into(source, asked.reading) for source in sources]
    if not args.json:
        for one in contents:
            print("\n".join(_inside(one)))
    inspection = inspect_contents(contents)
    told = args.agent_channel or load().audio.agent_channel
    if not args.json:
        print("\n".join(_compared(inspection)))
    recording = open_recording(
        sources[0],
        other=sources[1] if len(sources) > 1 else None,
        agent_channel=told or "left",
        mono=args.mono,
        asked=asked,
    )
    if recording.duration > LONG:
        _read_through(recording, ProgressLine())
    else:
        _read_through(recording, lambda *_: None)
    voices = _voices_told(recording)
    if args.json:
        told_of = described(contents, inspection, recording, _said(args, told), voices)
        print(encoded(told_of))
    else:
        print("\n".join([*_taken(recording, _said(args, told)), *(f"note: {v}" for v in voices)]))
    return Exit.OK


def _voices_told(recording: Recording) -> tuple[str, ...]:
    """What there is to tell of more voices than there should be."""
    from audio.voices.counted import voices_told  # noqa: PLC0415 - slow, see above

    if recording.duration > LONG:
        progress = ProgressLine()
        return voices_told(recording, lambda done: progress("listening to the voices", done))
    return voices_told(recording)


def _read_through(recording: Recording, tell: TellProgress) -> None:
    """Read all of it, since damage shows only so."""
    told = 0.0
    for done in recording.read_through():
        share = min(1.0, done / recording.duration)
        if share - told >= 0.01:
            tell("reading all of it", share)
            told = share
    if told:
        tell("reading all of it", 1.0)


def _said(args: argparse.Namespace, side: str | None) -> str | None:
    """How a person said where the agent is; None where nobody did."""
    if len(args.files) > 1:
        return str(args.files[0].name)
    return f"the {side} side" if side else None


def _inside(contents: Contents) -> Iterator[str]:
    shape = contents.shapes[0]
    joined = f", {len(contents.pieces)} recordings joined" if len(contents.pieces) > 1 else ""
    yield f"{contents.name}: {shape.container}, {lasting(contents.duration)}{joined}"
    for number, track in enumerate(contents.tracks, 1):
        title = f" “{track.title}”" if track.title else ""
        begins = f", begins at {lasting(track.start)}" if track.start else ""
        channels = "1 channel" if track.channels == 1 else f"{track.channels} channels"
        yield f"  track {number}{title}: {track.described}, {track.rate} Hz, {channels}{begins}"


def _compared(inspection: Inspection) -> Iterator[str]:
    yield f"levels of the first {lasting(inspection.seconds)}, in dB below full scale:"
    for number, heard in enumerate(inspection.channels, 1):
        yield f"  channel {number} ({_place(heard)}): {_level(heard)}"
    for common in inspection.common:
        yield f"  channels {common.first + 1} and {common.second + 1}: {_common(common)}"


def _place(heard: InspectedChannel) -> str:
    place = f"track {heard.take.track + 1}, channel {heard.take.channel + 1}"
    return f"{Path(heard.take.contents.name).name}, {place}"


def _level(heard: InspectedChannel) -> str:
    level = heard.level
    if level.silent:
        return "silent"
    extra = [
        *([f"offset {level.offset:+.2f}"] if abs(level.offset) > 0.005 else []),
        *([f"hum of {level.hum} Hz at {level.hum_level:.0f}"] if level.hum else []),
        *([f"clipped {level.clipped:.0%}"] if level.clipped > 0.02 else []),
        *([f"a tone of {level.tone} Hz for {level.tones:.1f} s"] if level.tones else []),
    ]
    told = f"speech {level.speech:.0f}, noise {level.floor:.0f}, {lasting(level.active)} of it"
    return ", ".join([told, *extra])


def _common(common: Common) -> str:
    relation = common.relation
    told = [f"correlation {relation.correlation:.2f}"]
    if relation.copied:
        told.append("the same sound")
        told += ["upside down"] if relation.turned else []
        told.append(f"delay {relation.delay * 1000:+.1f} ms, {relation.gain:+.0f} dB")
    for leak, here, there in (
        (relation.leak_first, common.first, common.second),
        (relation.leak_second, common.second, common.first),
    ):
        if leak is not None:
            told.append(f"{there + 1} is heard on {here + 1} at {leak:.0f} dB")
    return ", ".join(told)


def _taken(recording: Recording, told: str | None) -> Iterator[str]:
    from audio.recordings.opening import MIXED_NOTICE  # noqa: PLC0415 - slow, see above

    yield f"replayed as: {', '.join(str(channel) for channel in recording.channels)}"
    if len(recording.channels) > 1:
        yield from _agent(recording, told)
    else:
        yield (
            "both people are on one track: `coach replay` splits it by their voices; "
            "--no-split leaves it whole"
        )
    for notice in recording.notices:
        if notice != MIXED_NOTICE:  # that holds where it is left whole
            yield f"note: {notice}"


def _agent(recording: Recording, told: str | None) -> Iterator[str]:
    """Whose the sides are; without words nobody can know more than who speaks first."""
    from coach.replay.first_to_speak import first_to_speak  # noqa: PLC0415 - slow, see above

    if told:
        yield f"agent: {told}, as it was said"
    else:
        yield (
            "agent: not known; the first side until the words of the opening tell "
            "(`coach replay` hears them; --agent-channel decides)"
        )
    found = first_to_speak(recording)
    if found is not None:
        channel, at = found
        yield (
            f"  the {channel.lower()}'s side, as it is taken, speaks first ({clock(at)}); an agent "
            "who answers mostly does"
        )
