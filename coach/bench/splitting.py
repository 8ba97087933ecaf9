"""Measure how well one mixed track is split: whose the speech is, and what that costs in words.

The recording is mixed to one track, split, and compared with the times of its reference. Where both
speak at once nobody can be wrong, and where the speech detector hears nothing nobody speaks; how
much is left is said as coverage. Which of the two voices is the agent's is not asked here: the
better of the two ways counts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from audio.recordings.opening import Recording, open_recording
from audio.voices.live_split import LiveSplit
from audio.voices.split import SplitRecording, VoicesHeard, listen
from audio.voices.turns import VoiceTurn
from coach.bench.accuracy import Segment, normalised
from coach.bench.transcription import read_reference
from coach.errors import InputError
from coach.events import Channel

STEP = 0.01
"""Seconds."""

MINUTE = 60.0
"""Seconds."""

Mask = npt.NDArray[np.bool_]


class SplitFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was found on one file."""

    name: str
    seconds: float
    """Of speech that was compared: one person's alone, and heard."""
    right: float
    """Per cent of it that went to the right person."""
    first_minute: float
    """The same of the first minute."""
    sure: float
    """Per cent of it whose speaker was named."""
    right_of_sure: float
    """Per cent of what was named that went to the right person."""
    coverage: float
    """Per cent of one person's speech that was heard as speech."""
    alike: float
    """Cosine between the two voices."""
    turns: int
    load: float
    """Processor seconds per second of recording."""
    agent_first: bool
    """Whether the first voice is the agent's."""


def measure(file: Path, *, live: bool = False) -> SplitFigures:
    """Split one recording; ``live``: as it goes by, as if it came from a microphone.

    Raises InputError where it has no reference or no two voices.
    """
    reference = file.with_suffix(".tsv")
    if not reference.exists():
        raise InputError(f"{file} has no reference {reference.name} beside it.", "Make one.")
    recording = open_recording(file, mono=True)
    before = time.process_time()
    heard = _as_it_goes(recording) if live else listen(recording)
    load = (time.process_time() - before) / max(recording.duration, 1e-9)
    if heard.voices is None:
        raise InputError(f"{file} holds too little speech.", "Leave it out.")
    return figures(file.stem, heard, read_reference(reference), recording.duration, load)


def _as_it_goes(recording: Recording) -> VoicesHeard:
    divider = LiveSplit()
    for chunk in recording.chunks():
        divider.push(chunk.samples)
    divider.finish()
    return divider.heard()


def figures(
    name: str, heard: VoicesHeard, reference: Sequence[Segment], seconds: float, load: float = 0.0
) -> SplitFigures:
    """Compare turns with a reference."""
    count = round(seconds / STEP) + 1
    spoken = {
        channel: _spoken(reference, channel, count) for channel in (Channel.AGENT, Channel.CUSTOMER)
    }
    alone = spoken[Channel.AGENT] ^ spoken[Channel.CUSTOMER]
    second, sure = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for turn in heard.turns:
        where = _span(turn, count)
        second[where] = turn.speaker == 1
        sure[where] = turn.sure
    compared = alone & heard_speech(heard, count)
    agrees = second == spoken[Channel.CUSTOMER]
    agent_first = bool(agrees[compared].sum() * 2 >= compared.sum())
    matches = agrees if agent_first else ~agrees
    right, minute = matches[compared], round(MINUTE / STEP)
    named = sure[compared]
    return SplitFigures(
        name=name,
        seconds=round(float(compared.sum()) * STEP, 1),
        right=_percent(right),
        first_minute=_percent(matches[:minute][compared[:minute]]),
        sure=_percent(named),
        right_of_sure=_percent(right[named]),
        coverage=round(100.0 * float(compared.sum()) / max(int(alone.sum()), 1), 1),
        alike=0.0 if heard.voices is None else round(heard.voices.alike, 2),
        turns=len(heard.turns),
        load=round(load, 4),
        agent_first=agent_first,
    )


def heard_speech(heard: VoicesHeard, count: int) -> Mask:
    """Where the detector heard speech."""
    mask = np.zeros(count, np.bool_)
    for start, end in heard.speech:
        mask[round(start / STEP) : round(end / STEP)] = True
    return mask


def split_for(file: Path) -> SplitRecording:
    """The recording, mixed and split, with the first voice as its reference has it."""
    recording = open_recording(file, mono=True)
    heard = listen(recording)
    found = figures(file.stem, heard, read_reference(file.with_suffix(".tsv")), recording.duration)
    return SplitRecording(recording, heard, agent_speaks_first=found.agent_first)


def _spoken(reference: Sequence[Segment], channel: Channel, count: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    for one in reference:
        if one.channel is channel and normalised(one.text):
            mask[round(one.start / STEP) : round(one.end / STEP)] = True
    return mask


def _span(turn: VoiceTurn, count: int) -> slice:
    return slice(round(turn.start / STEP), min(count, round(turn.end / STEP)))


def _percent(mask: Mask) -> float:
    return round(100.0 * float(mask.mean()), 1) if len(mask) else 0.0
