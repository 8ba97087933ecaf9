"""A recording whose header says of its samples what they are not, read as they are."""

from __future__ import annotations

from .contents import Contents, opened
from .interleaving import clearly_one, clearly_turns
from .looking import as_two_by_turns
from .pieces import (
    headerless,
    interleaved,
    rate_in,
)
from .signed_bytes import is_signed
from .sounding import LIKE_SPEECH_DB, flatness, is_suspect, samples_of_beginning
from .survey import ChannelLevel
from .telephone import GUESSED, KINDS

SAMPLES = {"pcm_s16le": "s16", "pcm_mulaw": "mulaw", "pcm_alaw": "alaw"}
"""The headerless kind of what a WAV file holds, by FFmpeg's name of it."""

HARDLY_ANY = 0.02
"""Share of the sound that the bytes should hold below which they are hardly what they are taken
for..."""

LONGEST_DOUBTED = 20_000.0
"""...where so many seconds should be there at most: of more only the beginning is looked at."""


def read_otherwise(contents: Contents, level: ChannelLevel, seconds: float) -> Contents | None:
    """The same bytes as headerless sound, where the header seems to lie and that sounds.

    ``seconds``: how much sound there was, of which ``level`` is that. None where what the header
    says is as good, or the best there is.
    """
    piece = contents.pieces[0]
    hardly_any = seconds < HARDLY_ANY * min(contents.duration, LONGEST_DOUBTED)
    if not piece.tag or not (hardly_any or is_suspect(level, contents.tracks[0])):
        return None
    track = contents.tracks[0]
    end = piece.end if piece.end is not None else contents.source.size()
    rate = rate_in(piece) or track.rate
    tried = [headerless(contents.source, KINDS[k], rate, piece.start, end) for k in GUESSED]
    best = min(tried, key=lambda one: flatness(contents.source, one))
    if best.kind is None or flatness(contents.source, best) > LIKE_SPEECH_DB:
        return None
    noise = (
        f"{contents.name}: the header says {track.described}, but so read it is noise; it is "
        f"read as {best.kind.name}, which sounds. --raw KIND and --rate HZ decide."
    )
    told = [*contents.notices, noise]
    best = as_two_by_turns(contents.source, best, told)
    return opened(contents.source, (best,), told)


def read_by_turns(contents: Contents) -> Contents | None:
    """A WAV file of plain samples of which the header tells a wrong number of channels.

    None where it does not. Two channels taken for one last twice as long, one taken for two half.
    """
    piece, track = contents.pieces[0], contents.tracks[0]
    kind = SAMPLES.get(track.codec)
    if len(contents.pieces) > 1 or not piece.tag or kind is None or track.channels > 2:
        return None
    samples = samples_of_beginning(contents.source, piece)
    lies = clearly_turns(samples) if track.channels == 1 else clearly_one(samples)
    if not lies:
        return None
    there = 3 - track.channels
    end = piece.end if piece.end is not None else contents.source.size()
    plain = headerless(contents.source, KINDS[kind], rate_in(piece), piece.start, end)
    said, found = ("one channel", "two") if there == 2 else ("two channels", "one")
    told = (
        f"{contents.name}: the header says {said}, but its samples are those of {found}; it is "
        f"read so. --raw {kind}:{track.channels} reads it otherwise."
    )
    return opened(contents.source, (interleaved(plain, there),), [*contents.notices, told])


def read_signed(contents: Contents) -> Contents | None:
    """A WAV file of eight bits whose samples are signed, which no such file's should be.

    None where they are not.
    """
    piece, track = contents.pieces[0], contents.tracks[0]
    if len(contents.pieces) > 1 or not piece.tag or track.codec != "pcm_u8":
        return None
    if not is_signed(samples_of_beginning(contents.source, piece), track.channels):
        return None
    end = piece.end if piece.end is not None else contents.source.size()
    plain = headerless(contents.source, KINDS["s8"], rate_in(piece), piece.start, end)
    told = (
        f"{contents.name}: the samples of a WAV file of 8 bits are unsigned, but these are signed; "
        f"it is read so. --raw u8:{track.channels} --rate {rate_in(piece)} reads it otherwise."
    )
    return opened(contents.source, (interleaved(plain, track.channels),), [*contents.notices, told])
