"""One recording opened far enough to know what is in it: its pieces, tracks and length."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

import msgspec
import numpy as np

from audio.samples.chunks import Samples
from coach.errors import InputError
from coach.events.lengths import lasting

from .decode import LOST_END, Block, Damage, Shape, SoundTrack, Timed, read_blocks, read_shape
from .interleaving import clearly_one, clearly_turns, take_turns
from .pieces import (
    Reading,
    RecordingPiece,
    candidates,
    find_pieces,
    first_head,
    headerless,
    interleaved,
    pieces_from,
    rate_in,
    with_beyond,
)
from .relation import WINDOW
from .signed_bytes import is_signed
from .source import Source
from .stated import is_unended
from .survey import FLAT_DB, ChannelLevel, Survey, SurveyWindow
from .telephone import GUESSED, INTERLEAVED, KINDS, TelephoneCoding

LISTENED = 30.0
"""Seconds listened to in order to tell what a file without a header holds."""

SAMPLES = {"pcm_s16le": "s16", "pcm_mulaw": "mulaw", "pcm_alaw": "alaw"}
"""The headerless kind of what a WAV file holds, by FFmpeg's name of it."""

SUSPECT_DB = -6.0
"""Flatness above which loud sound may be bytes read in a wrong way: those give -5 to -2 dB."""

LIKE_SPEECH_DB = -10.0
"""Flatness below which bytes read in another way are taken for sound; speech gives -12 to -20."""

LOUD_NOISE_DBFS = -30.0
"""What is read in a wrong way is loud throughout..."""

JUNK = 1 << 16
"""Bytes in front of a recording that are passed over: a mark of text, tags, what a server said."""

STEADY_DB = 12.0
"""...and varies less than this."""

HARDLY_ANY = 0.02
"""Share of the sound that the bytes should hold below which they are hardly what they are taken
for..."""

LONGEST_DOUBTED = 20_000.0
"""...where so many seconds should be there at most: of more only the beginning is looked at."""

LEAST_RATE = 6000
"""Samples a second below which no telephone or recorder takes a call down. A higher rate
that is wrong is not doubted: of real speech and of the same twice or half as fast pitch and band
overlap, and pace nearly."""

UNSTEADY = 0.45
"""Steadiness below which what a compressing codec gives was never written by it."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A recording, opened."""

    source: Source
    pieces: tuple[RecordingPiece, ...]
    shapes: tuple[Shape, ...]
    """One for each piece."""
    duration: float
    """Seconds that can be expected to be there."""
    missing: float
    """Seconds that headers promise and the file is too short for."""
    notices: tuple[str, ...] = ()

    @property
    def tracks(self) -> tuple[SoundTrack, ...]:
        """The sound tracks of the first piece; later ones have the same as a rule."""
        return self.shapes[0].tracks

    @property
    def name(self) -> str:
        """As notices call it."""
        return str(self.source.path)


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of one track; both counted from 0."""

    contents: Contents
    track: int
    channel: int


def look_into(source: Source, reading: Reading) -> Contents:
    """Open a recording; raises InputError, with the remedy, where it holds no sound."""
    pieces = find_pieces(source, reading)
    notices: list[str] = []
    if pieces[0].kind is not None and not pieces[0].tag:
        if not reading.raw:
            pieces, told = _by_ear(source, reading, pieces[0])
            notices.append(told)
        if ":" not in reading.raw:
            pieces = (_by_turns(source, pieces[0], notices),)
    pieces = tuple(_whole(source, piece, notices) for piece in pieces)
    try:
        contents = _opened(source, pieces, notices)
    except InputError:
        start = first_head(source, JUNK)
        if not start or reading.raw:
            raise
        pieces = pieces_from(source, start)
        notices.append(
            f"{source.path} begins with {start} bytes that are no sound; it is read from behind "
            "them."
        )
        contents = _opened(source, pieces, notices)
    if len(pieces) > 1:
        contents = msgspec.structs.replace(contents, notices=(*contents.notices, _joined(contents)))
    rate = max(track.rate for track in contents.tracks)
    if 0 < rate < LEAST_RATE and reading.rate is None:
        told = _too_slow(contents.name, rate)
        contents = msgspec.structs.replace(contents, notices=(*contents.notices, told))
    return contents


def _too_slow(name: str, rate: int) -> str:
    """The word about a rate that is hardly true."""
    return (
        f"{name} says that it holds {rate} samples a second, fewer than telephones and recorders "
        "of calls take: if voices are too slow and too low, the rate it states is wrong. "
        "--raw KIND and --rate HZ read it in another way."
    )


def read_otherwise(contents: Contents, level: ChannelLevel, seconds: float) -> Contents | None:
    """The same bytes as headerless sound, where the header seems to lie and that sounds.

    ``seconds``: how much sound there was, of which ``level`` is that. None where what the header
    says is as good, or the best there is.
    """
    piece = contents.pieces[0]
    hardly_any = seconds < HARDLY_ANY * min(contents.duration, LONGEST_DOUBTED)
    if not piece.tag or not (hardly_any or _is_suspect(level, contents.tracks[0])):
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
    best = _by_turns(contents.source, best, told)
    return _opened(contents.source, (best,), told)


def read_by_turns(contents: Contents) -> Contents | None:
    """A WAV file of plain samples of which the header tells a wrong number of channels.

    None where it does not. Two channels taken for one last twice as long, one taken for two half.
    """
    piece, track = contents.pieces[0], contents.tracks[0]
    kind = SAMPLES.get(track.codec)
    if len(contents.pieces) > 1 or not piece.tag or kind is None or track.channels > 2:
        return None
    samples = _beginning_of(contents.source, piece)
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
    return _opened(contents.source, (interleaved(plain, there),), [*contents.notices, told])


def read_signed(contents: Contents) -> Contents | None:
    """A WAV file of eight bits whose samples are signed, which no such file's should be.

    None where they are not.
    """
    piece, track = contents.pieces[0], contents.tracks[0]
    if len(contents.pieces) > 1 or not piece.tag or track.codec != "pcm_u8":
        return None
    if not is_signed(_beginning_of(contents.source, piece), track.channels):
        return None
    end = piece.end if piece.end is not None else contents.source.size()
    plain = headerless(contents.source, KINDS["s8"], rate_in(piece), piece.start, end)
    told = (
        f"{contents.name}: the samples of a WAV file of 8 bits are unsigned, but these are signed; "
        f"it is read so. --raw u8:{track.channels} --rate {rate_in(piece)} reads it otherwise."
    )
    return _opened(
        contents.source, (interleaved(plain, track.channels),), [*contents.notices, told]
    )


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


def flatness(source: Source, piece: RecordingPiece) -> float:
    """Flatness of the spectrum of a piece's beginning, dB; 0 where it cannot be read."""
    found = _beginning(source, piece)
    return 0.0 if found is None or found[1].silent else found[1].flatness


def _beginning(source: Source, piece: RecordingPiece) -> tuple[SoundTrack, ChannelLevel] | None:
    """What the beginning of a piece is and carries; None where it cannot be read."""
    try:
        contents = _opened(source, (piece,), [])
        survey, _ = survey_of([Take(contents=contents, track=0, channel=0)], LISTENED)
    except InputError:
        return None
    return contents.tracks[0], survey.level(0)


def survey_of(
    takes: Sequence[Take], seconds: float, compared: Collection[int] | None = None
) -> tuple[Survey, float]:
    """Listen to the beginning of some channels side by side.

    ``compared``: which of them are compared with each other; None for all. Also gives how many
    seconds there were, at most ``seconds``.
    """
    survey = Survey(len(takes), compared)
    groups: dict[tuple[int, int], Iterator[tuple[int, Block]]] = {}
    for take in takes:
        key = (id(take.contents), take.track)
        groups.setdefault(key, _windows(take.contents, take.track))
    done, end = 0.0, 0.0
    while done < seconds:
        found = {key: next(windows, None) for key, windows in groups.items()}
        longest = max((len(w[1][0]) / w[0] for w in found.values() if w is not None), default=0)
        if longest == 0:
            break
        survey.push([_window(take, found) for take in takes])
        end = done + longest
        done += WINDOW
    return survey, end


def _window(take: Take, found: dict[tuple[int, int], tuple[int, Block] | None]) -> SurveyWindow:
    taken = found[id(take.contents), take.track]
    if taken is None:
        return SurveyWindow(8000, np.zeros(0, np.float32))
    rate, block = taken
    return SurveyWindow(rate, block[min(take.channel, len(block) - 1)])


def _windows(contents: Contents, track: int) -> Iterator[tuple[int, Block]]:
    """The sound of a track in blocks of WINDOW seconds; shorter where the rate changes."""
    held: list[Block] = []
    length = rate = 0
    for timed in itertools.chain(
        read_blocks(contents.source, pieces_so_far(contents), track, Damage()), [Timed(0, _NOTHING)]
    ):
        if held and (timed.rate != rate or len(timed.block) != len(held[0])):
            yield rate, np.concatenate(held, axis=1)
            held, length = [], 0
        rate = timed.rate
        if not timed.block.shape[1]:
            continue
        held.append(timed.block)
        length += timed.block.shape[1]
        size = round(rate * WINDOW)
        if length >= size:
            whole = np.concatenate(held, axis=1)
            for start in range(0, length - size + 1, size):
                yield rate, whole[:, start : start + size]
            rest = whole[:, length - length % size :]
            held, length = ([rest], rest.shape[1]) if rest.shape[1] else ([], 0)


_NOTHING: Block = np.zeros((0, 0), np.float32)


def pieces_so_far(contents: Contents) -> tuple[RecordingPiece, ...]:
    """The pieces as they are now, of a growing recording too."""
    size = contents.source.size()
    return tuple(p if p.end is not None else p._replace(end=size) for p in contents.pieces)


def _opened(source: Source, pieces: tuple[RecordingPiece, ...], notices: Sequence[str]) -> Contents:
    shapes = tuple(read_shape(source, piece) for piece in pieces)
    missing = sum(p.missing * (s.duration or 0.0) for p, s in zip(pieces, shapes, strict=True))
    left_out = dict.fromkeys(one for shape in shapes for one in shape.left_out)
    contents = Contents(
        source=source,
        pieces=pieces,
        shapes=shapes,
        duration=sum(shape.duration or 0.0 for shape in shapes),
        missing=missing if missing > LOST_END else 0.0,
        notices=(*notices, *(f"{source.path}: {one}." for one in left_out)),
    )
    if all(shape.duration is not None for shape in shapes):
        return _if_ended(contents)
    damage = Damage()  # streamed to disk, say: only its end tells
    for _ in read_blocks(source, pieces_so_far(contents), 0, damage):
        pass
    return msgspec.structs.replace(contents, duration=damage.seconds)


def _if_ended(contents: Contents) -> Contents:
    """The same with a word where the mark of the end is missing."""
    last = contents.pieces[-1]
    if last.end is None or not is_unended(contents.source, last.start, last.end):
        return contents
    told = (
        f"{contents.name} is cut short after {lasting(contents.duration)}: the mark that such a "
        "file ends with is missing. How much more there was cannot be told."
    )
    return msgspec.structs.replace(contents, notices=(*contents.notices, told))


def _whole(source: Source, piece: RecordingPiece, notices: list[str]) -> RecordingPiece:
    """A piece with what lies behind its stated end, where that is sound too."""
    if not piece.beyond:
        return piece
    longer, rest = with_beyond(piece)
    try:
        opened = _opened(source, (rest,), ())
    except InputError:
        opened = None
    seconds = opened.duration if opened is not None else 0.0
    if opened is None or seconds < LOST_END:
        return piece
    survey, _ = survey_of([Take(contents=opened, track=0, channel=0)], LISTENED)
    if survey.level(0).flatness > SUSPECT_DB:
        notices.append(
            f"{source.path} goes on behind its stated end for {piece.beyond} bytes that are no "
            "sound of its kind; they are left out."
        )
        return piece
    notices.append(
        f"{source.path} goes on for {lasting(seconds, 'seconds')} behind the end that its header "
        "states; they are played too."
    )
    return longer


def _by_ear(
    source: Source, reading: Reading, first: RecordingPiece
) -> tuple[tuple[RecordingPiece, ...], str]:
    """Choose among the kinds that an ending stands for by what sounds.

    Where the only one is noise, another is taken that sounds.
    """
    end = first.end if first.end is not None else source.size()
    kinds = candidates(source)
    tried = {kind.name: headerless(source, kind, reading.rate, 0, end) for kind in kinds}
    chosen = kinds[0].name
    if len(kinds) > 1:
        flat = {name: flatness(source, piece) for name, piece in tried.items()}
        chosen = min(flat, key=lambda name: flat[name])
    elif (found := _beginning(source, tried[chosen])) is not None and _is_suspect(
        found[1], found[0]
    ):
        guessed = {name: headerless(source, KINDS[name], reading.rate, 0, end) for name in GUESSED}
        flat = {name: flatness(source, piece) for name, piece in guessed.items()}
        best = min(flat, key=lambda name: flat[name])
        if flat[best] < LIKE_SPEECH_DB:
            tried, chosen = guessed, best
    piece = tried[chosen]
    return (piece,), _told(source, KINDS[chosen], piece, kinds)


def _by_turns(source: Source, piece: RecordingPiece, notices: list[str]) -> RecordingPiece:
    """A headerless piece as two channels, where its samples are theirs by turns."""
    kind = piece.kind
    if kind is None or kind.name not in INTERLEAVED:
        return piece
    if not take_turns(_beginning_of(source, piece)):
        return piece
    notices.append(
        f"{source.path} holds two channels, whose samples take turns; --raw {kind.name}:1 reads "
        "them as one."
    )
    return interleaved(piece, 2)


def _beginning_of(source: Source, piece: RecordingPiece) -> Samples:
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


def _told(
    source: Source,
    kind: TelephoneCoding,
    piece: RecordingPiece,
    expected: Sequence[TelephoneCoding],
) -> str:
    rate = dict(piece.options).get("sample_rate", str(kind.rate))
    if kind not in expected:
        named = f"as {expected[0].name}, for its ending .{source.ending}"
        why = f"which is what sounds; {named}, it would be noise"
    elif len(expected) > 1:
        why = "which is what sounds"
    else:
        why = f"for its ending .{source.ending}"
    return (
        f"{source.path} has no header: it is read as {kind.name} at {rate} Hz, {why}. "
        "--raw KIND and --rate HZ decide."
    )


def _joined(contents: Contents) -> str:
    lengths = [shape.duration for shape in contents.shapes]
    spoken = ", ".join("unknown" if one is None else lasting(one) for one in lengths)
    return (
        f"{contents.name} is {len(contents.pieces)} recordings joined to one file ({spoken}); "
        "they are played one after the other."
    )


def _is_suspect(level: ChannelLevel, track: SoundTrack) -> bool:
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
