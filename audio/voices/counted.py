"""Whether more people speak in a recording than there should be, told without transcribing it."""

from __future__ import annotations

import numpy as np

from audio.detection.vad import WINDOW, Vad
from audio.recordings.opening import Recording
from coach.events import AudioWarning, Channel

from .fingerprint import shared_encoder
from .side_company import third_on_track
from .side_voices import SideVoices
from .split import Tell, listen


def voices_told(recording: Recording, tell: Tell | None = None) -> tuple[str, ...]:
    """A sentence for what there is to tell; takes the time of going through it once more.

    One track is looked through for a third voice, two for a second one on the customer's and for
    voices that change places.
    """
    if recording.channels == (Channel.MIXED,):
        third = listen(recording, tell=tell).third
        return () if third is None else (f"Of the voices: {third_on_track(third)}.",)
    if Channel.CUSTOMER not in recording.channels:
        return ()
    voices = SideVoices(recording.channels, shared_encoder(), recorded=True)
    detectors = {channel: Vad() for channel in recording.channels}
    pending = dict.fromkeys(recording.channels, np.zeros(0, np.float32))
    told, at = list[AudioWarning](), 0.0
    for chunk in recording.chunks(1.0):
        sound = np.concatenate([pending[chunk.channel], chunk.samples])
        count = len(sound) // WINDOW
        pending[chunk.channel] = sound[count * WINDOW :]
        for block in sound[: count * WINDOW].reshape(count, WINDOW):
            (window,) = detectors[chunk.channel].push(block)
            told += voices.push(chunk.channel, block, window, chunk.end)
        at = max(at, chunk.end)
        if tell is not None and recording.duration:
            tell(min(1.0, at / recording.duration))
    told += voices.finish(at)
    return tuple(f"Of the voices: {one.detail}." for one in told)
