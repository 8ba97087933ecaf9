"""The sound of a past call, where its recording is still there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from audio.hardware.playback import Playback, PlayedTrack
from audio.recordings.opening import open_recording
from audio.samples.chunks import Chunk
from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal
from coach.calls.redaction.silences import silences
from coach.errors import CoachError, InputError
from coach.events import CallStarted

NO_SOUND = "its recording is not there; --recording FILE names it"


def past_source(journal: Journal) -> str:
    """The name of the recording that a journal was made of."""
    about = journal.header.about.file
    first = next((e for e in journal.events if isinstance(e, CallStarted)), None)
    return about or (first.source if first is not None else "")


def found_sound(files: CallFiles, source: str, named: Path | None) -> Path | None:
    """The recording that was named, or lies beside the journal under the call's or its own name."""
    if named is not None:
        return named
    own = files.folder / Path(source).name if source else None
    beside = own if own is not None and own.is_file() else None
    return files.sound or (beside if beside != files.journal else None)


class CallSound:
    """Decodes a recording beside the loop once it is first played, and plays it.

    What was masked in the journal is silent on both sides: who sat on which channel may have been
    put right since, and what is masked may be heard on both.
    """

    def __init__(self, path: Path, journal: Journal) -> None:
        self._path = path
        self._silent = [(one.start, one.end) for one in silences(journal.events)]
        self._track: PlayedTrack | None = None
        self._playback: Playback | None = None
        self._thread: threading.Thread | None = None

    def play(self, at: float, speed: float) -> None:
        """Play from ``at`` seconds on. Raises CoachError where that does not go."""
        failure = self._decoding().failure
        if failure is not None:
            raise failure if isinstance(failure, CoachError) else self._broken(failure)
        if self._playback is not None:
            self._playback.play(at, speed)

    def _decoding(self) -> PlayedTrack:
        """What has been decoded by now; begins with it."""
        if self._track is None:
            self._track = PlayedTrack(self._chunks(), self._silent)
            self._playback = Playback(self._track)
            self._thread = threading.Thread(
                target=self._track.fill, name="review sound", daemon=True
            )
            self._thread.start()
        return self._track

    def _chunks(self) -> Iterator[Chunk]:
        yield from open_recording(self._path).chunks(1.0)

    def _broken(self, failure: Exception) -> InputError:
        return InputError(
            f"{self._path} cannot be played: {failure}.", "`coach inspect` says what it holds."
        )

    def position(self) -> float | None:
        """The second that is heard; None while nothing is played."""
        return None if self._playback is None else self._playback.position()

    def stop(self) -> None:
        """Stop; safe to call twice."""
        if self._playback is not None:
            self._playback.stop()

    def close(self) -> None:
        """Stop and forget what was decoded; safe to call twice."""
        self.stop()
        if self._track is not None:
            self._track.close()
        if self._thread is not None:
            self._thread.join(timeout=10)
