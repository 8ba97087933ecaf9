"""A recorded call as a stream of chunks, whatever file or files it comes in.

Three shapes are known: a stereo file with one person a side, two mono files, and an undivided
mono file in which nobody can say who speaks. The file is decoded while it is played: a call of
three hours needs no more memory than one of three seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from coach.errors import InputError
from coach.events import Channel

from .chunks import SAMPLE_RATE, Chunk, Samples
from .decode import LOST_END, MOST_CHANNELS, Damage, Facts, read_blocks, read_facts
from .resample import Resampler
from .stereo import WINDOW, Sides, StereoCheck

SHORTEST = 0.1
"""Seconds; anything shorter holds no syllable."""

_LOOKED_AT = 900.0  # seconds read at most to tell a copied channel from a real one

MIXED_NOTICE = (
    "Both speakers are on one track: who said what is unknown, so the agent's own cues, "
    "talk-over, talk share and the boundary ladder are off. Record in stereo to have them."
)

_Rows = npt.NDArray[np.float32]


class _Part(NamedTuple):
    """One file and what each row taken from it is: the channel and the file's tracks."""

    path: Path
    facts: Facts
    rows: tuple[tuple[Channel, tuple[int, ...]], ...]


class Recording:
    """One recorded call; see ``open_recording``."""

    def __init__(self, parts: Sequence[_Part], notices: Sequence[str]) -> None:
        self._parts = tuple(parts)
        self._notices = list(notices)
        self.channels: tuple[Channel, ...] = tuple(c for p in parts for c, _ in p.rows)
        """Whose voices it carries, in the order in which chunks of one moment come."""

    @property
    def duration(self) -> float:
        """Seconds from the beginning to the end of the longest part, as far as files say."""
        return max((part.facts.duration or 0.0) for part in self._parts)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a listener should know about the recording, in plain sentences.

        Damage shows only while a file is read, so this may grow until ``chunks`` has ended.
        """
        return tuple(self._notices)

    def chunks(self, seconds: float = 0.02) -> Iterator[Chunk]:
        """The whole call in order of time, ``seconds`` of each channel in turn.

        Every call starts at the beginning. A shorter part is followed by silence, so that all
        channels end together; the last chunk of each may be shorter than ``seconds``.
        """
        size = max(1, round(seconds * SAMPLE_RATE))
        feeds = [_Feed(part) for part in self._parts]
        position = 0
        while True:
            taken = [feed.take(size) for feed in feeds]
            length = max(rows.shape[1] for rows in taken)
            if length == 0:
                break
            start = position / SAMPLE_RATE
            for part, rows in zip(self._parts, taken, strict=True):
                for (channel, _), samples in zip(part.rows, rows, strict=True):
                    yield Chunk(channel, start, _padded(samples, length))
            position += length
        for feed in feeds:
            self._note(feed.complaint())

    def _note(self, notice: str) -> None:
        if notice and notice not in self._notices:
            self._notices.append(notice)


class _Feed:
    """One part's sound at 16 kHz, taken in pieces of any size."""

    def __init__(self, part: _Part) -> None:
        self._part = part
        self._damage = Damage()
        self._blocks = read_blocks(part.path, self._damage)
        self._resamplers = [Resampler(part.facts.rate) for _ in part.rows]
        self._held: list[_Rows] = []
        self._length = 0

    def take(self, size: int) -> _Rows:
        """The next ``size`` samples of every row, fewer at the end; shape (rows, n)."""
        while self._length < size and not self._damage.finished:
            block = next(self._blocks, None)
            self._hold(self._ends() if block is None else self._convert(block))
        rows = np.concatenate(self._held, axis=1) if self._held else self._nothing()
        taken, rest = rows[:, :size], rows[:, size:]
        self._held = [rest] if rest.shape[1] else []
        self._length = rest.shape[1]
        return taken

    def complaint(self) -> str:
        """What was wrong with the file, once all of it was read; empty where nothing was."""
        facts, damage = self._part.facts, self._damage
        missing = (facts.duration or 0.0) - damage.seconds
        if missing > LOST_END and facts.missing == 0:
            return _cut_short(self._part.path, damage.seconds, missing)
        if damage.lost:
            return (
                f"{self._part.path} is damaged: {damage.lost:.1f} seconds in its middle could "
                "not be read and are played as silence."
            )
        if damage.packets:
            return f"{self._part.path} is damaged: {damage.packets} pieces could not be decoded."
        return ""

    def _convert(self, block: _Rows) -> _Rows:
        out = []
        for (_, tracks), resampler in zip(self._part.rows, self._resamplers, strict=True):
            # A file may change its layout on the way; the last track stands in for a lost one.
            chosen = block[[min(track, len(block) - 1) for track in tracks]]
            out.append(resampler.push(chosen.mean(axis=0) if len(chosen) > 1 else chosen[0]))
        return np.stack(out)

    def _ends(self) -> _Rows:
        return np.stack([resampler.finish() for resampler in self._resamplers])

    def _hold(self, rows: _Rows) -> None:
        if rows.shape[1]:
            self._held.append(rows)
            self._length += rows.shape[1]

    def _nothing(self) -> _Rows:
        return np.empty((len(self._part.rows), 0), np.float32)


def open_recording(
    path: Path,
    *,
    agent_channel: str = "left",
    other: Path | None = None,
    mono: bool = False,
) -> Recording:
    """Open a recorded call.

    ``agent_channel``: on which side of a stereo file the agent is, ``left`` or ``right``.
    ``other``: the customer's file, where each person has a mono file; ``path`` is then the
    agent's. ``mono``: take a stereo file as one track with both people on it.

    Raises InputError, with the remedy, for what is missing, empty, no sound, too short, of too
    many channels, or a copy of one track on both sides.
    """
    if agent_channel not in ("left", "right"):
        raise InputError(f"The agent's channel cannot be {agent_channel!r}.", "Say left or right.")
    notices: list[str] = []
    if other is not None:
        agent, note = _one_voice(path, Channel.AGENT)
        customer, other_note = _one_voice(other, Channel.CUSTOMER)
        parts = [agent, customer]
        notices += [n for n in (note, other_note) if n]
    else:
        parts = [_shape(path, agent_channel, mono=mono)]
        if parts[0].rows[0][0] is Channel.MIXED:
            notices.append(MIXED_NOTICE)
    for part in parts:
        if part.facts.missing:
            held = part.facts.duration or 0.0
            notices.append(_cut_short(part.path, held, part.facts.missing))
    recording = Recording(parts, notices)
    _inspect(recording, path, other)
    return recording


def _shape(path: Path, agent_channel: str, *, mono: bool) -> _Part:
    facts = _facts(path)
    if facts.channels == 1 or mono:
        return _Part(path, facts, ((Channel.MIXED, tuple(range(facts.channels))),))
    left, right = Channel.AGENT, Channel.CUSTOMER
    if agent_channel == "right":
        left, right = right, left
    rows = sorted([(left, (0,)), (right, (1,))], key=lambda row: row[0] is Channel.CUSTOMER)
    return _Part(path, facts, tuple(rows))


def _one_voice(path: Path, channel: Channel) -> tuple[_Part, str]:
    """One person's file; a stereo file will do where its two sides are the same."""
    facts = _facts(path)
    if facts.channels == 1:
        return _Part(path, facts, ((channel, (0,)),)), ""
    both = Recording([_shape(path, "left", mono=False)], [])
    if _compare(both)[0] is not Sides.COPIED:
        raise InputError(
            f"{path} has two different channels, and one person was expected in it.",
            "Replay it alone as a stereo recording, or give one mono file a person.",
        )
    note = f"{path} holds the same sound on both channels; its left one is used."
    return _Part(path, facts, ((channel, (0,)),)), note


def _facts(path: Path) -> Facts:
    facts = read_facts(path)
    if facts.channels > MOST_CHANNELS:
        raise InputError(
            f"{path} has {facts.channels} channels; one or two can be used.",
            "Export the agent's and the customer's alone, as stereo or as two mono files.",
        )
    if facts.duration is None:  # streamed to disk, say: only its end tells
        damage = Damage()
        for _ in read_blocks(path, damage):
            pass
        return msgspec.structs.replace(facts, duration=damage.seconds)
    return facts


def _inspect(recording: Recording, path: Path, other: Path | None) -> None:
    """Refuse what is too short to hold speech and what holds one track twice."""
    sides, heard = _compare(recording)
    if heard == 0:
        raise InputError(f"{path} holds no sound.", "Export the recording again.")
    if heard < SHORTEST:
        raise InputError(
            f"{path} lasts only {heard:.4f} seconds, too short for speech.",
            "Export the recording again.",
        )
    if sides is not Sides.COPIED:
        return
    if other is None:
        raise InputError(
            f"{path} has the same sound on both channels: it is a mono recording made into "
            "stereo, and every sentence would be counted for both people.",
            "Replay it as one track with --mono, or export it with one person a channel.",
        )
    raise InputError(
        f"{path} and {other} hold the same sound.",
        "Give the agent's file and the customer's, or replay one of them alone.",
    )


def _compare(recording: Recording) -> tuple[Sides, float]:
    """The verdict on a recording's two channels, and how many seconds were read for it."""
    check = StereoCheck()
    first: Samples | None = None
    end = 0.0
    for chunk in recording.chunks(WINDOW):
        end = chunk.end
        if len(recording.channels) == 1:
            return Sides.REAL, end
        if first is None:
            first = chunk.samples
            continue
        verdict = check.push(first, chunk.samples)
        first = None
        if verdict is not Sides.UNDECIDED or end > _LOOKED_AT:
            return verdict, end
    return check.finish(), end


def _cut_short(path: Path, held: float, missing: float) -> str:
    return (
        f"{path} is damaged or cut short: {held:.1f} seconds could be read, {missing:.1f} more "
        "that it promises are missing."
    )


def _padded(samples: Samples, length: int) -> Samples:
    if len(samples) == length:
        return samples
    return np.concatenate([samples, np.zeros(length - len(samples), np.float32)])
