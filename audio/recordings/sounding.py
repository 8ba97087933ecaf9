"""Whether bytes sound as they are read: those that are read in a wrong way are noise."""

from __future__ import annotations

import numpy as np

from audio.samples.chunks import Samples
from coach.errors import InputError

from .contents import Contents, Take, opened, survey_of
from .decode import Damage, read_blocks
from .pieces import RecordingPiece
from .shape import SoundTrack
from .source import Source
from .survey import FLAT_DB, ChannelLevel

LISTENED = 30.0
"""Seconds listened to in order to tell what a file without a header holds."""

SUSPECT_DB = -6.0
"""Flatness above which loud sound may be bytes read in a wrong way: those give -5 to -2 dB."""

LIKE_SPEECH_DB = -10.0
"""Flatness below which bytes read in another way are taken for sound; speech gives -12 to -20."""

LOUD_NOISE_DBFS = -30.0
"""What is read in a wrong way is loud throughout..."""

STEADY_DB = 12.0
"""...and varies less than this."""

UNSTEADY = 0.45
"""Steadiness below which what a compressing codec gives was never written by it."""


def flatness(source: Source, piece: RecordingPiece) -> float:
    """Flatness of the spectrum of a piece's beginning, dB; 0 where it cannot be read."""
    found = beginning(source, piece)
    return 0.0 if found is None or found[1].silent else found[1].flatness


def beginning(source: Source, piece: RecordingPiece) -> tuple[SoundTrack, ChannelLevel] | None:
    """What the beginning of a piece is and carries; None where it cannot be read."""
    try:
        contents = opened(source, (piece,), [])
        survey, _ = survey_of([Take(contents=contents, track=0, channel=0)], LISTENED)
    except InputError:
        return None
    return contents.tracks[0], survey.level(0)


def samples_of_beginning(source: Source, piece: RecordingPiece) -> Samples:
    """The first samples of a piece in the order in which they lie there."""
    so_far = piece if piece.end is not None else piece._replace(end=source.size())
    held: list[Samples] = []
    count = 0
    for timed in read_blocks(source, (so_far,), 0, Damage()):
        held.append(timed.block.T.reshape(-1))
        count += len(held[-1])
        if count > LISTENED * timed.rate:
            break
    return np.concatenate(held) if held else np.empty(0, np.float32)


def doubt_about(contents: Contents, level: ChannelLevel) -> str:
    """A notice where all that is heard is noise; empty where it is not."""
    track = contents.tracks[0]
    steady = _is_noise(level, headerless=contents.pieces[0].kind is not None)
    if not steady and not _is_unsteady(level, track):
        return ""
    return (
        f"{contents.name} holds {'steady' if steady else 'random'} noise and nothing like speech: "
        f"it may not be the {track.described} that it is taken for, and words heard in it are "
        "not to be trusted. --raw KIND and --rate HZ read it in another way."
    )


def is_suspect(level: ChannelLevel, track: SoundTrack) -> bool:
    """Loud and flat, or without a course, as bytes are that are read in a wrong way."""
    flat = level.loudest > LOUD_NOISE_DBFS and level.flatness > SUSPECT_DB
    return flat or _is_unsteady(level, track)


def _is_unsteady(level: ChannelLevel, track: SoundTrack) -> bool:
    """Loud, and its level is another by chance from moment to moment.

    Of plain samples this tells nothing: they may hold any noise.
    """
    plain = track.codec.startswith("pcm_")
    return not plain and level.loudest > LOUD_NOISE_DBFS and level.steadiness < UNSTEADY


def _is_noise(level: ChannelLevel, *, headerless: bool) -> bool:
    """Loud, steady and flat; less flat is enough where no header speaks for the kind."""
    steady = level.loudest > LOUD_NOISE_DBFS and level.loudest - level.floor < STEADY_DB
    return steady and level.flatness > (SUSPECT_DB if headerless else FLAT_DB)
