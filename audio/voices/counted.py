"""Whether more people speak in a recording than there should be, told without transcribing it.

A long recording is looked through in part, which is said.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audio.detection.vad import WINDOW, Vad
from audio.recordings.opening import Recording
from audio.samples.chunks import Samples
from coach.events import AudioWarning, Channel
from coach.events.lengths import clock

from .fingerprint import shared_encoder
from .side_company import third_on_track
from .side_voices import SideVoices
from .split import Tell, listen
from .trace import FAINT_DBFS

WHOLE = 1800.0
"""Seconds from the beginning that are looked at whole..."""

STRETCH, OF_EACH = 30.0, 150.0
"""...and behind them so many seconds of each so many; whole pieces of ``split.PIECE`` all three."""


def voices_told(recording: Recording, tell: Tell | None = None) -> tuple[str, ...]:
    """A sentence for what there is to tell; takes the time of going through it once more.

    One track is looked through for a third voice, two for a second one on the customer's and for
    voices that change places. Behind half an hour a fifth is looked at, which is told first.
    """
    if recording.channels == (Channel.MIXED,):
        detector = _detector(recording)
        third = listen(recording, tell=tell, detector=detector, looked_at=is_looked_at).third
        found = [] if third is None else [third_on_track(third)]
    elif Channel.CUSTOMER in recording.channels:
        found = [one.detail for one in _told_of_sides(recording, tell)]
    else:
        return ()
    return tuple(f"Of the voices: {one}." for one in (*_in_part(recording), *found))


def is_looked_at(at: float) -> bool:
    """Whether the sound that begins at a time, in seconds, is looked at."""
    return at < WHOLE or (at - WHOLE) % OF_EACH < STRETCH


def _detector(recording: Recording) -> Vad:
    """What finds speech; in a long recording it does not hear what is left out or quiet."""
    return Vad(rests_below=FAINT_DBFS if recording.duration > WHOLE else None)


def _in_part(recording: Recording) -> Sequence[str]:
    """How much was looked at, where it was not all."""
    rest = recording.duration - WHOLE
    if rest <= STRETCH:
        return ()
    looked = WHOLE + rest // OF_EACH * STRETCH + min(rest % OF_EACH, STRETCH)
    told = (
        f"looked at {clock(looked)} of {clock(recording.duration)}: the first {clock(WHOLE)} and "
        f"{STRETCH:.0f} s of every {clock(OF_EACH)} behind them; "
        f"who speaks little there may be missed, and times may be {clock(OF_EACH - STRETCH)} late"
    )
    return (told,)


def _told_of_sides(recording: Recording, tell: Tell | None) -> list[AudioWarning]:
    """What there is to tell where each person has a track."""
    voices = SideVoices(
        recording.channels, shared_encoder(), recorded=True, alone_until=recording.alone_until
    )
    detectors = {channel: _detector(recording) for channel in recording.channels}
    pending: dict[Channel, Samples] = dict.fromkeys(recording.channels, np.zeros(0, np.float32))
    told, at = list[AudioWarning](), 0.0
    for chunk in recording.chunks(1.0):
        heard = chunk.samples if is_looked_at(chunk.start) else np.zeros_like(chunk.samples)
        sound = np.concatenate([pending[chunk.channel], heard])
        blocks = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW)
        pending[chunk.channel] = sound[blocks.size :]
        # All at once: the detector takes half the time of window by window.
        windows = detectors[chunk.channel].push(blocks.reshape(-1))
        for block, window in zip(blocks, windows, strict=True):
            told += voices.push(chunk.channel, block, window, chunk.end)
        at = max(at, chunk.end)
        if tell is not None and recording.duration:
            tell(min(1.0, at / recording.duration))
    return told + voices.finish(at)
