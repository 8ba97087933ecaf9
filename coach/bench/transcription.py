"""Measure transcription on recordings: errors, lag, load and memory.

A recording is scored against a reference beside it with the same name and the ending ``.tsv``
(columns ``start_s``, ``end_s``, ``role``, ``text``). A recording without a reference is heard
all the same, and the words it brought are counted: for music and noise that is the figure.

Load is processor seconds, on all cores together, per second of call. It counts everything the
transcriber does: speech detection, drafts, finals, measurements.
"""

from __future__ import annotations

import csv
import functools
import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from faster_whisper import WhisperModel, decode_audio

from audio.listening.listener import Listener, ListenerSettings
from audio.recognition.decoding import Decoder
from audio.recordings.opening import Recording, open_recording
from audio.voices.split import SplitRecording
from coach.bench.accuracy import Accuracy, Segment, compare, normalised, quantile
from coach.bench.clocks import Machine, RealClock, RecordingRun, VirtualClock
from coach.bench.memory import resident_mb
from coach.errors import InputError, cause_of
from coach.events import Channel, Fact, Hypothesis, Utterance

ROLES = {
    "agent": Channel.AGENT,
    "caller": Channel.CUSTOMER,
    "customer": Channel.CUSTOMER,
    "mixed": Channel.MIXED,
}
"""What the role column of a reference may say."""

SOUNDS = frozenset({".wav", ".flac", ".mp3", ".ogg", ".m4a"})


class TranscriptionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on one file, or on all of them."""

    name: str
    seconds: float
    wer: float | None
    """Word error rate in per cent; None without a reference."""
    errors: int
    words: int
    """Words of the reference."""
    insertions: int
    """Words that nobody said."""
    missed: int
    """Words of the reference in stretches where nothing was heard."""
    missed_share: float | None
    """The same in per cent of the reference's words; None without a reference."""
    heard: int
    """Words of the final text."""
    trusted: int
    """Words that can fire a rule: those of finals that are not doubtful, and those that stood
    committed in drafts of a final that is doubtful or never came."""
    lag_p50: float | None
    """Seconds from a word's end to its commitment."""
    lag_p95: float | None
    draft_lag_p50: float | None
    load: float
    rss_mb: float


class FileRun(msgspec.Struct, frozen=True, kw_only=True):
    """One file's run before it is condensed to figures."""

    name: str
    seconds: float
    computing: float
    accuracy: Accuracy | None
    heard: int
    trusted: int
    rss_mb: float


REFERENCE_FORM = "Columns are start_s, end_s, role (agent or caller) and text, with tabs."


def recordings(folder: Path) -> list[Path]:
    """The sound files of a folder, or the one file named.

    Raises InputError for none, and for a reference that cannot be used: better before the
    measuring than in the middle of it.
    """
    if folder.is_file():
        _check_reference(folder)
        return [folder]
    if not folder.is_dir():
        raise InputError(f"{folder} does not exist.", "Name a folder of recordings.")
    found = sorted(one for one in folder.iterdir() if one.suffix.lower() in SOUNDS)
    if not found:
        raise InputError(
            f"{folder} holds no recordings.", f"Looked for {', '.join(sorted(SOUNDS))}."
        )
    for one in found:
        _check_reference(one)
    return found


def _check_reference(recording: Path) -> None:
    reference = recording.with_suffix(".tsv")
    if reference.exists() and not read_reference(reference):
        raise InputError(f"{reference} holds no line.", REFERENCE_FORM)


def read_reference(file: Path) -> list[Segment]:
    """The lines of a reference. Raises InputError with file and line for what is wrong."""
    try:
        return _segments(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file} cannot be read: {cause_of(error)}.", REFERENCE_FORM) from error


def _segments(file: Path) -> list[Segment]:
    segments: list[Segment] = []
    with file.open(encoding="utf-8", newline="") as rows:
        reader = csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        for row in reader:
            try:
                segments.append(
                    Segment(
                        channel=ROLES[row["role"].strip().lower()],
                        start=float(row["start_s"]),
                        end=float(row["end_s"]),
                        text=row["text"] or "",
                    )
                )
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise InputError(
                    f"{file}, line {reader.line_num}: not a reference line ({error}).",
                    REFERENCE_FORM,
                ) from error
    return segments


def hear(
    file: Path, decoder: Decoder, settings: ListenerSettings, machine: Machine | None
) -> FileRun:
    """Run one recording and score it; without a ``machine``, in real time."""
    recording = open_recording(file)
    return hear_sound(file, recording, decoder, settings, machine)


def hear_sound(
    file: Path,
    recording: Recording | SplitRecording,
    decoder: Decoder,
    settings: ListenerSettings,
    machine: Machine | None,
) -> FileRun:
    """As ``hear``, of a recording that is open."""
    listener = Listener(recording.channels, settings)
    if machine is not None:
        run = VirtualClock(listener, decoder, machine).run(recording.chunks())
    else:
        run = RealClock(listener, decoder).run(recording.chunks())
    return scored(file, recording, run)


def scored(file: Path, recording: Recording | SplitRecording, run: RecordingRun) -> FileRun:
    """A run of a recording, held against the reference beside it where there is one."""
    finals = [fact for fact in run.facts if isinstance(fact, Utterance)]
    reference = file.with_suffix(".tsv")
    accuracy = _score(recording, read_reference(reference), run) if reference.exists() else None
    return FileRun(
        name=file.stem,
        seconds=run.seconds,
        computing=run.computing,
        accuracy=accuracy,
        heard=sum(len(normalised(one.text)) for one in finals),
        trusted=trusted_words(run.facts),
        rss_mb=resident_mb(),
    )


def trusted_words(facts: Iterable[Fact]) -> int:
    """How many words could fire a rule, see ``TranscriptionFigures.trusted``."""
    most: dict[tuple[Channel, str], int] = {}
    for fact in facts:
        if isinstance(fact, Hypothesis):
            key, text = (fact.channel, fact.utterance), fact.committed
            most[key] = max(most.get(key, 0), len(normalised(text)))
        elif isinstance(fact, Utterance) and not fact.doubtful:
            most[fact.channel, fact.utterance] = len(normalised(fact.text))
    return sum(most.values())


def _score(
    recording: Recording | SplitRecording, reference: Sequence[Segment], run: RecordingRun
) -> Accuracy:
    total = Accuracy(words=0, errors=0)
    # Of a split track what is nobody's counts as lost on the side of whoever said it.
    sides = [one for one in recording.channels if one is not Channel.MIXED]
    for channel in sides or recording.channels:
        facts = [
            fact
            for fact in run.facts
            if isinstance(fact, Hypothesis | Utterance) and fact.channel is channel
        ]
        mine = [one for one in reference if channel in (one.channel, Channel.MIXED)]
        total += compare(mine, facts)
    return total


def condense(name: str, heard: Sequence[FileRun]) -> TranscriptionFigures:
    """Figures over one run of one or several files."""
    scored = [one.accuracy for one in heard if one.accuracy is not None]
    accuracy = functools.reduce(lambda a, b: a + b, scored, Accuracy(words=0, errors=0))
    seconds = sum(one.seconds for one in heard)
    return TranscriptionFigures(
        name=name,
        seconds=round(seconds, 2),
        wer=accuracy.wer,
        errors=accuracy.errors,
        words=accuracy.words,
        insertions=accuracy.insertions,
        missed=accuracy.missed,
        missed_share=accuracy.missed_share,
        heard=sum(one.heard for one in heard),
        trusted=sum(one.trusted for one in heard),
        lag_p50=quantile(accuracy.lags, 0.5),
        lag_p95=quantile(accuracy.lags, 0.95),
        draft_lag_p50=quantile(accuracy.draft_lags, 0.5),
        load=sum(one.computing for one in heard) / max(seconds, 1e-9),
        rss_mb=max(one.rss_mb for one in heard),
    )


def median(runs: Sequence[TranscriptionFigures]) -> TranscriptionFigures:
    """Figure by figure, the median over several runs of the same thing."""
    middle: dict[str, Any] = {}
    for field in TranscriptionFigures.__struct_fields__:
        values = [getattr(one, field) for one in runs]
        numbers = [value for value in values if isinstance(value, int | float)]
        if numbers:
            value = statistics.median_low(numbers)
            middle[field] = value if isinstance(value, int) else round(value, 3)
        else:
            middle[field] = values[0]
    return TranscriptionFigures(**middle)


def offline(file: Path, model: WhisperModel, language: str | None) -> FileRun:
    """The reference: plain faster-whisper, the whole file at once, VAD filter, beam of 5."""
    recording = open_recording(file)
    before = time.process_time()
    total = Accuracy(words=0, errors=0)
    sides = decode_audio(str(file), split_stereo=True) if len(recording.channels) > 1 else None
    reference = file.with_suffix(".tsv")
    segments = read_reference(reference) if reference.exists() else []
    count = 0
    for index, channel in enumerate(recording.channels):
        sound = sides[index] if sides is not None else decode_audio(str(file))
        lines, _ = model.transcribe(sound, beam_size=5, vad_filter=True, language=language)
        finals = [_final(channel, line) for line in lines]
        count += sum(len(normalised(one.text)) for one in finals)
        mine = [one for one in segments if channel in (one.channel, Channel.MIXED)]
        total += msgspec.structs.replace(compare(mine, finals), lags=(), draft_lags=())
    return FileRun(
        name=file.stem,
        seconds=recording.duration,
        computing=time.process_time() - before,
        accuracy=total if segments else None,
        heard=count,
        trusted=count,
        rss_mb=resident_mb(),
    )


def _final(channel: Channel, line: Any) -> Utterance:
    """One of plain faster-whisper's lines."""
    span = {"start": line.start, "end": line.end}
    return Utterance(at=line.end, channel=channel, utterance=str(line.id), text=line.text, **span)
