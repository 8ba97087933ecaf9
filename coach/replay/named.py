"""The recordings that a command line names, standard input among them."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import cast

from audio.recordings.opening import RecordingOptions
from audio.recordings.pieces import Reading
from audio.recordings.source import STANDARD_INPUT, Source, spool
from coach.errors import InputError
from coach.notes.review.places import read_time


def asked_of(args: argparse.Namespace) -> RecordingOptions:
    """Give what the command line says about reading a recording.

    Raises InputError for a time that no call has.
    """
    return RecordingOptions(
        swap_at=swap_times(args),
        tracks=args.tracks,
        channels=args.channels,
        reading=Reading(raw=args.raw, rate=args.rate),
        follow=args.follow,
        delay=args.delay,
    )


def swap_times(args: argparse.Namespace) -> tuple[float, ...]:
    """Give the seconds at which the sides are to be exchanged, in order.

    Raises InputError for what is no time of a call.
    """
    return tuple(sorted(read_time(one) for one in args.swap_at.split(",") if args.swap_at))


def named(path: Path, asked: RecordingOptions) -> Path | Source:
    """Give what a name stands for: a file, or what is piped in."""
    if str(path) != STANDARD_INPUT:
        return path
    if sys.stdin.isatty():
        raise InputError(
            "Nothing is piped into standard input.", "Pipe a recording in, or name a file."
        )
    return spool(cast("io.BufferedReader", sys.stdin.buffer), follow=asked.follow)
