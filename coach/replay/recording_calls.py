"""Recordings as a source of calls to be brought in, heard by whole phrases or as in a replay."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener
from audio.listening.whole_phrases import BatchHearing
from audio.recognition.decoding import BatchDecoder
from audio.recognition.model import DEFAULT
from audio.recognition.transcriber import Transcriber, TranscriberSettings
from audio.recordings.opening import Recording, open_recording
from audio.recordings.telephone import ENDINGS
from audio.voices.split import SplitRecording, side_voices_of, split
from coach.calls.handing_over import somebody_else_from
from coach.calls.importers.details import Details
from coach.calls.importers.in_hand import InHandRow, untold
from coach.calls.importers.sealed import SealedStore
from coach.calls.journal import Hearing
from coach.calls.side_watch import OPENING, Taken
from coach.calls.swaps import is_swap
from coach.errors import InputError
from coach.events import CallStarted, Channel, Fact, Utterance
from coach.replay.heard_before import HeardBefore
from coach.replay.player import RecordingSource, exchanged
from coach.startup.config import Settings
from coach.startup.setup import listener_settings, load_transcriber

SUFFIXES = frozenset(
    f".{ending}"
    for ending in (
        *("wav", "flac", "mp3", "ogg", "oga", "opus", "m4a", "aac", "amr", "awb", "wma", "aif"),
        *("aiff", "au", "snd", "caf", "webm", "mka", "mkv", "mp4", "mov", "3gp"),
        *ENDINGS,
    )
)
"""Endings under which recordings are found in folders; what they hold is told by its content."""
_SIDES = ("left", "right")


TOLD_BY = 2 * OPENING
"""Seconds of call time after which the opening has told whose a side is, or never will."""
EXCHANGED_BY_KEY = "Where the two are taken for each other, T in `coach review` exchanges them."


class _WhileHeard(NamedTuple):
    """What is done with a call that is not finished."""

    row: InHandRow
    """Where is told how far it is."""
    kept: Path | None
    """The folder in which what was heard is kept, sealed; None keeps nothing."""


class OpenedRecording:
    """A recording as a call is made of it."""

    def __init__(
        self,
        recording: Recording | SplitRecording,
        details: Details,
        settings: Settings,
        transcriber: Transcriber,
        unfinished: _WhileHeard,
    ) -> None:
        self._recording = recording
        self._row, self._kept = unfinished
        self._settings = settings
        self._transcriber = transcriber
        self.channels: tuple[Channel, ...] = recording.channels
        self.details = details
        self.notices: tuple[str, ...] = tuple(recording.notices)
        self.model = settings.model.name or DEFAULT
        self.hearing: Hearing = settings.audio.imported

    def facts(self, first: CallStarted) -> Iterator[Fact]:
        """As ``coach.calls.importers.source.OpenedSource`` has it."""
        args = argparse.Namespace(language=self.details.language)
        settings = listener_settings(args, self._settings)
        channels, language = self._recording.channels, self._settings.rules.language
        voices = side_voices_of(self._recording, somebody_else_from)
        hearing: InlineDriver | BatchHearing
        store: SealedStore | None = None
        if self.hearing == "batch":
            decoder: BatchDecoder = self._transcriber
            if self._kept is not None:
                store = SealedStore(self._kept)
                decoder = HeardBefore(
                    decoder, store, repr((self.model, self._transcriber.settings))
                )
            hearing = BatchHearing(channels, decoder, settings, voices=voices)
        else:
            hearing = InlineDriver(Listener(channels, settings, voices=voices), self._transcriber)
        source = RecordingSource(
            self._recording,
            hearing,
            first,
            rules_language=language,
            taken=_taken(self._recording, self.details, self._settings),
        )
        yield from with_sides_from_the_beginning(self._telling(source))
        if store is not None:
            store.forget()

    def _telling(self, source: RecordingSource) -> Iterator[Fact]:
        """The facts, telling how far the hearing is."""
        self._row.hear(0.0, self._recording.duration)
        for at, facts in source.facts():
            self._row.hear(at, max(at, self._recording.duration))
            yield from facts


def with_sides_from_the_beginning(facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts of a call that is over, with whom the opening tells from the first one on.

    Where a call is played, the sides are exchanged once the words have told, and what hangs on who
    is silent or talks has been judged by then. Here nobody waits.
    """
    held: list[Fact] = []
    coming = iter(facts)
    for fact in coming:
        if is_swap(fact):
            held = [exchanged(one) for one in held]
            break
        held.append(fact)
        if isinstance(fact, Utterance) and fact.start > TOLD_BY:
            break
    yield from held
    yield from coming


class RecordingCalls:
    """A ``CallSource`` of an import; the speech model is loaded for the first file."""

    def __init__(self, settings: Settings, unfinished: Path | None = None) -> None:
        """``unfinished``: where what was heard of a call is kept until all of it is, sealed."""
        self._settings = settings
        self._unfinished = unfinished
        self._transcriber: Transcriber | None = None

    def claims(self, path: Path, head: bytes) -> bool:
        """As CallSource has it."""
        del head
        return path.suffix.lower() in SUFFIXES

    def check(self, path: Path, details: Details) -> None:
        """As CallSource has it; the speech model is not loaded, and no voice is looked for."""
        self._opened(path, details)

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> OpenedRecording:
        """As CallSource has it."""
        row = row or untold()
        whole = self._opened(path, details)
        recording: Recording | SplitRecording = whole
        if whole.channels == (Channel.MIXED,):
            recording = split(whole, tell=row.look, remedy=EXCHANGED_BY_KEY)
        if self._transcriber is None:
            wanted = TranscriberSettings(workers=1)  # each has memory of its own
            self._transcriber = load_transcriber(wanted, self._settings, lambda _label, _done: None)
        named = msgspec.structs.replace(details, language=details.language or None)
        return OpenedRecording(
            recording, named, self._settings, self._transcriber, _WhileHeard(row, self._unfinished)
        )

    def _opened(self, path: Path, details: Details) -> Recording:
        side = _agent_channel(details) or self._settings.audio.agent_channel or "left"
        return open_recording(path, agent_channel=side)


def _taken(
    recording: Recording | SplitRecording, details: Details, settings: Settings
) -> Taken | None:
    """What the two sides are called, and whether somebody said whose they are; None for one."""
    if len(recording.channels) < len(_SIDES):
        return None
    if isinstance(recording, SplitRecording):
        first, second = "the first voice", "the second voice"
        remedy = "T at its beginning in `coach review` decides"
        return Taken(agent=first, customer=second, remedy=remedy, swapped=None)
    told = _agent_channel(details) or settings.audio.agent_channel
    agent, customer = reversed(_SIDES) if told == "right" else _SIDES
    return Taken(
        agent=agent,
        customer=customer,
        told=told is not None,
        remedy="--sides {place}=agent decides",
        swapped=None,
        leaks=recording.leaks,
    )


def _agent_channel(details: Details) -> str | None:
    """On which side the agent is, where ``sides`` says so: ``left=customer``. Raises InputError."""
    if not details.sides:
        return None
    sides = {name.lower(): side for name, side in details.sides.items()}
    if not set(sides) <= set(_SIDES):
        raise InputError(
            f"the sides of a recording are left and right, not {', '.join(sides)}.",
            "Write left=customer or right=agent.",
        )
    name, side = next(iter(sides.items()))
    return name if side == "agent" else next(one for one in _SIDES if one != name)
