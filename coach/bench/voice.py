"""How well a raised voice is told from a calm one, on acted recordings.

The recordings are named as in RAVDESS (``03-01-EMOTION-INTENSITY-STATEMENT-TAKE-ACTOR``):
strongly acted anger (05, 02) against neutral (01) and calm (02) of the same actor. A tracker
hears the actor's calm and neutral recordings of one take, which become the baseline, and
then one recording of the other take. Each condition spoils the sound as calls do.
``coach alarms --voice FOLDER`` prints the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import msgspec
import numpy as np

from audio.detection.features import TELEPHONE_BAND_HZ, Features, measure
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.bench.roc import area_under_curve
from coach.engine.talk.voice import BASELINE_SECONDS, RECENT_SECONDS, VoiceTracker
from coach.errors import InputError
from coach.events import Channel, Loudness

BLOCK_SECONDS = 0.5

SPEECH_WITHIN_DB = 20.0
"""A block counts as speech when it is at most this far under the loudest of its recording;
stands in for the voice-activity detector on clean single sentences."""

LEVEL_DBFS = -23.0
"""What level normalisation brings the loudest block to."""

TELEPHONE_RATE = 8000
_CALM, _ANGRY = frozenset({"01", "02"}), "05"
_STRONG = "02"


class VoiceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Figures under one condition."""

    condition: str
    angry: int
    calm: int
    within: float
    """Mean over the actors of the area under the ROC curve within the actor."""
    worst: float
    """The lowest of them."""
    pooled: float
    """Area over all actors together: one threshold for everybody."""
    found: float
    """Share of the angry recordings with ``raised`` of 0.5 or more."""
    false: float
    """Share of the others with ``raised`` of 0.5 or more."""


class _Take(msgspec.Struct, frozen=True, kw_only=True):
    actor: str
    number: str
    angry: bool
    blocks: list[Loudness]


def as_is(sound: Samples) -> Samples:
    """The recording itself."""
    return sound


def telephone(sound: Samples) -> Samples:
    """300-3400 Hz at 8 kHz through 8-bit mu-law (the ITU-T G.711 law), back at 16 kHz."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    low, high = TELEPHONE_BAND_HZ
    spectrum[(hertz < low) | (hertz > high)] = 0.0
    step = SAMPLE_RATE // TELEPHONE_RATE
    narrow = np.clip(np.fft.irfft(spectrum, len(sound))[::step], -1.0, 1.0)
    squeezed = np.sign(narrow) * np.log1p(255.0 * np.abs(narrow)) / np.log(256.0)
    squeezed = np.round(squeezed * 127.0) / 127.0
    heard = np.sign(squeezed) * (256.0 ** np.abs(squeezed) - 1.0) / 255.0
    wide = np.zeros(len(sound) // 2 + 1, dtype=np.complex128)
    half = np.fft.rfft(heard)
    kept = min(len(half), len(wide))
    wide[:kept] = half[:kept] * step
    return np.fft.irfft(wide, len(sound)).astype(np.float32)


def levelled(sound: Samples) -> Samples:
    """As after automatic gain: the loudest block of every recording at the same level."""
    size = int(BLOCK_SECONDS * SAMPLE_RATE)
    loudest = max(
        (measure(sound[at : at + size], SAMPLE_RATE).dbfs for at in range(0, len(sound), size)),
        default=LEVEL_DBFS,
    )
    gain = 10.0 ** ((LEVEL_DBFS - loudest) / 20.0)
    return np.asarray(np.clip(sound * gain, -1.0, 1.0), dtype=np.float32)


CONDITIONS: dict[str, Callable[[Samples], Samples]] = {
    "as recorded": as_is,
    "level normalised": levelled,
    "telephone": telephone,
    "telephone, then level normalised": lambda sound: levelled(telephone(sound)),
    "level normalised, then telephone": lambda sound: telephone(levelled(sound)),
}


def measure_voices(folder: Path) -> list[VoiceRow]:
    """Measure every condition; InputError where the folder lacks such recordings."""
    files = [f for f in sorted(folder.iterdir()) if _labels(f)] if folder.is_dir() else []
    if not files:
        raise InputError(
            f"{folder}: no recording is named like 03-01-05-02-01-01-01.flac.",
            "Name a folder of RAVDESS speech recordings.",
        )
    sounds = {file: _sound(file) for file in files}
    rows = []
    for condition, spoil in CONDITIONS.items():
        takes = [_take(file, spoil(sound)) for file, sound in sounds.items()]
        rows.append(_row(condition, takes))
    return rows


def _labels(file: Path) -> list[str] | None:
    """The fields of the name; None for files that are no part of the comparison."""
    fields = file.stem.split("-")
    if len(fields) != 7:
        return None
    calm = fields[2] in _CALM
    return fields if calm or (fields[2] == _ANGRY and fields[3] == _STRONG) else None


def _sound(file: Path) -> Samples:
    return np.concatenate([chunk.samples for chunk in open_recording(file).chunks()])


def _take(file: Path, sound: Samples) -> _Take:
    fields = file.stem.split("-")
    size = int(BLOCK_SECONDS * SAMPLE_RATE)
    features = [
        measure(sound[at : at + size], SAMPLE_RATE) for at in range(0, len(sound) - size + 1, size)
    ]
    gate = max(one.dbfs for one in features) - SPEECH_WITHIN_DB
    return _Take(
        actor=fields[6],
        number=fields[5],
        angry=fields[2] == _ANGRY,
        blocks=[_loudness(number, one, gate) for number, one in enumerate(features)],
    )


def _loudness(number: int, features: Features, gate: float) -> Loudness:
    start = number * BLOCK_SECONDS
    end = start + BLOCK_SECONDS
    return Loudness(
        at=end,
        channel=Channel.CUSTOMER,
        start=start,
        end=end,
        speech=features.dbfs > gate,
        **features._asdict(),
    )


def _row(condition: str, takes: list[_Take]) -> VoiceRow:
    actors: dict[str, list[_Take]] = defaultdict(list)
    for take in takes:
        actors[take.actor].append(take)
    areas: list[float] = []
    angry: list[float] = []
    calm: list[float] = []
    for own in actors.values():
        raised = [(take.angry, _raised(take, own)) for take in own]
        loud = [figure for is_angry, figure in raised if is_angry]
        quiet = [figure for is_angry, figure in raised if not is_angry]
        if not loud or not quiet:
            raise InputError("An actor has recordings of one kind only; the comparison needs both.")
        areas.append(area_under_curve(loud, quiet))
        angry += loud
        calm += quiet
    return VoiceRow(
        condition=condition,
        angry=len(angry),
        calm=len(calm),
        within=fmean(areas),
        worst=min(areas),
        pooled=area_under_curve(angry, calm),
        found=sum(figure >= 0.5 for figure in angry) / len(angry),
        false=sum(figure >= 0.5 for figure in calm) / len(calm),
    )


def _raised(take: _Take, own: list[_Take]) -> float:
    """``raised`` at the end of ``take``, the baseline being the actor's other calm takes."""
    tracker = VoiceTracker()
    usual = [
        block
        for other in own
        if not other.angry and other.number != take.number
        for block in other.blocks
    ]
    # Sentences of two seconds are too few to stand for half a minute and for the tracker's
    # memory, so each side is repeated until it does.
    _hear(tracker, usual, BASELINE_SECONDS)
    _hear(tracker, take.blocks, RECENT_SECONDS)
    raised = tracker.raised
    return 0.0 if raised is None else raised


def _hear(tracker: VoiceTracker, blocks: list[Loudness], seconds: float) -> None:
    until = tracker.speech_seconds + seconds
    while tracker.speech_seconds < until and any(block.speech for block in blocks):
        for block in blocks:
            tracker.receive(block)


def voice_table(rows: list[VoiceRow]) -> str:
    """The figures as lines of text."""
    head = f"{'condition':<34} {'angry':>5} {'calm':>5} {'within':>6} {'worst':>6} {'pooled':>6}"
    lines = [f"{head} {'found':>6} {'false':>6}"]
    lines += [
        f"{row.condition:<34} {row.angry:>5} {row.calm:>5} {row.within:>6.3f} {row.worst:>6.3f}"
        f" {row.pooled:>6.3f} {row.found:>6.1%} {row.false:>6.1%}"
        for row in rows
    ]
    lines.append(
        "within, worst, pooled: area under the ROC curve within actors (mean, lowest) and over all;"
    )
    lines.append("found, false: share with a raised voice (0.5 or more).")
    return "\n".join(lines)
