"""Measure the batch way of hearing recordings: speed, memory and word errors, beside plain Whisper.

Load is processor seconds per second of a call with all its sides, from opening the file to its
last final, the model loaded. On a machine with other work it says more than wall time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from audio.listening.listener import ListenerSettings, SoundFact
from audio.listening.whole_phrases import BatchHearing
from audio.recognition.decoding import BatchDecoder
from audio.recordings.opening import open_recording
from coach.bench.clocks import RecordingRun
from coach.bench.transcription import FileRun, condense, scored


class BatchFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on one file, or on all of them."""

    name: str
    seconds: float
    wer: float | None
    """Word error rate in per cent; None without a reference."""
    errors: int
    words: int
    """Words of the reference."""
    insertions: int
    missed_share: float | None
    """Words of the reference, in per cent, in stretches where nothing was heard."""
    heard: int
    """Words of the final text."""
    load: float
    hours_per_hour: float
    """Hours of calls that so many cores hear in an hour."""
    peak_mb: float | None
    """Most memory that this process has had by then; None where it is not known for this alone."""


def hear_whole(file: Path, decoder: BatchDecoder, settings: ListenerSettings) -> FileRun:
    """Hear one recording by whole phrases, as an import does, and score it."""
    before = time.process_time()
    recording = open_recording(file)
    hearing = BatchHearing(recording.channels, decoder, settings)
    facts: list[SoundFact] = []
    end = 0.0
    for chunk in recording.chunks(hearing.chunk):
        facts += hearing.push(chunk)
        end = max(end, chunk.end)
    facts += hearing.finish(end)
    run = RecordingRun(facts, end, time.process_time() - before)
    return scored(file, recording, run)


def batch_figures(
    name: str, heard: Sequence[FileRun], *, cores: int, peak_mb: float | None
) -> BatchFigures:
    """Figures over one or several files; ``cores`` are those of the hours an hour."""
    figures = condense(name, heard)
    return BatchFigures(
        name=name,
        seconds=figures.seconds,
        wer=figures.wer,
        errors=figures.errors,
        words=figures.words,
        insertions=figures.insertions,
        missed_share=figures.missed_share,
        heard=figures.heard,
        load=round(figures.load, 4),
        hours_per_hour=round(cores / max(figures.load, 1e-9), 1),
        peak_mb=peak_mb,
    )
