"""What live, replay and demo are told on the command line, and what they do before the work.

Nothing here imports the speech model, the engine or an array library: the screen must be up
within a second, and the slow imports are made behind it (``setup``, ``coach.replay.assembly``).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from audio.recordings.source import FASTEST, SLOWEST
from coach.calls.journal import call_id
from coach.calls.redaction.typed_words import masked_reference
from coach.driver import Driver
from coach.errors import Exit
from coach.startup.config import Settings, load
from coach.startup.figures import Figure
from coach.startup.paths import Paths
from coach.startup.rules_in_force import add_rules_options, with_rules_of

LONGEST_DELAY = 86_400.0
"""Seconds; nobody joins a call after a day."""


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that live, replay and demo share."""
    add_rules_options(parser)
    parser.add_argument("--model", metavar="MODEL", help="speech model: a name or a folder")
    parser.add_argument(
        "--language",
        metavar="CODE",
        default=None,
        help="language spoken, e.g. en; `auto` listens first",
    )
    parser.add_argument(
        "--vocabulary",
        type=Path,
        metavar="FILE",
        help="names and products of the company, one a line",
    )
    parser.add_argument(
        "--caller",
        type=caller_reference,
        default="",
        metavar="REF",
        help="a reference for the caller, to recognise later calls",
    )
    journal = parser.add_mutually_exclusive_group()
    journal.add_argument("--journal", type=Path, metavar="FILE", help="write the journal here")
    journal.add_argument("--no-journal", action="store_true", help="keep no journal")
    parser.add_argument(
        "--keep-unredacted",
        action="store_true",
        help="mask no personal data (needs may_keep under [redaction] in the settings)",
    )


def add_recording(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a recording is to be read."""
    parser.add_argument(
        "--tracks",
        type=numbers,
        default=(),
        metavar="N,N",
        help="sound tracks to take of several, the agent's first",
    )
    parser.add_argument(
        "--channels",
        type=numbers,
        default=(),
        metavar="N,N",
        help="channels to take of several, the agent's first",
    )
    parser.add_argument(
        "--raw",
        default="",
        metavar="KIND",
        help="the file has no header: mulaw, alaw, s16, g722, gsm, vox, g726 or g729; mulaw:2 has "
        "two channels",
    )
    parser.add_argument(
        "--rate",
        type=Figure(int, SLOWEST, FASTEST, unit="Hz", remedy="8000 is a telephone's."),
        metavar="HZ",
        help="samples a second, with --raw",
    )
    parser.add_argument(
        "--delay",
        type=Figure(
            float,
            -LONGEST_DELAY,
            LONGEST_DELAY,
            unit="seconds",
            remedy="Leave it out to have it measured.",
        ),
        metavar="SECONDS",
        help="how much later the customer's recording began than the agent's",
    )
    parser.add_argument(
        "--swap-at",
        default="",
        metavar="TIME",
        help="exchange the two sides from this time of the call on, such as 4:10 or 4:10,9:00",
    )
    parser.add_argument(
        "--split",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="split one mixed track by its two voices",
    )
    parser.add_argument(
        "--agent-voice",
        choices=("first", "second"),
        default=None,
        help="of a mixed track: whether the agent speaks first",
    )
    parser.add_argument(
        "--follow", action="store_true", help="the file is still being written: go on to its end"
    )


def caller_reference(text: str) -> str:
    """Take a reference as it is; ArgumentTypeError for what is not kept of anybody."""
    if masked_reference(text) != text:
        raise argparse.ArgumentTypeError(
            "an e-mail address or a card number is not kept; give a customer number"
        )
    return text


def numbers(text: str) -> tuple[int, ...]:
    """Read ``1,3``; raises ArgumentTypeError for anything else."""
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        found = (0,)
    if min(found) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers from 1 up, such as 1,3")
    return found


def read_settings(args: argparse.Namespace) -> Settings:
    """Read the settings file, with what the command line says laid over it."""
    settings = with_rules_of(args, load(args.settings))
    model = settings.model
    if args.model:
        model = msgspec.structs.replace(model, name=args.model)
    return msgspec.structs.replace(settings, model=model)


def journal_path(args: argparse.Namespace, settings: Settings, call: str) -> Path | None:
    """Tell where a call's journal goes; None where none is wanted."""
    if args.no_journal or (args.journal is None and not settings.journal):
        return None
    if args.journal is not None:
        return Path(args.journal)
    return Paths.of().calls / f"{call}.jsonl"


@contextlib.contextmanager
def quiet_libraries(log: Path) -> Iterator[None]:
    """Keep what C libraries write to standard error off the screen; it goes to ``log``.

    PortAudio and ALSA write there when a device dies, in the middle of the picture. Textual
    draws through ``sys.__stderr__``, which is given a descriptor of its own for the time.
    """
    before = sys.__stderr__
    if before is None or not before.isatty():
        yield
        return
    terminal = os.fdopen(os.dup(2), "w", encoding=before.encoding)
    with _opened_log(log) as file:
        os.dup2(file.fileno(), 2)
    sys.__stderr__ = terminal  # type: ignore[misc]
    try:
        yield
    finally:
        terminal.flush()
        os.dup2(terminal.fileno(), 2)
        sys.__stderr__ = before  # type: ignore[misc]
        terminal.close()


def _opened_log(log: Path) -> BinaryIO:
    """The log, or nowhere if it cannot be written: a call must not fail for its want."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return log.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


def run_screen(driver: Driver) -> int:
    """Show a call on the terminal until the user leaves; raises what ended it early."""
    from coach.startup.hand_over import MachineHandOver  # noqa: PLC0415 - for the screen alone
    from tui.app import CoachApp  # noqa: PLC0415 - headless use must not wait for Textual

    with quiet_libraries(Paths.of().data / "sound.log"):
        app = CoachApp(driver, hand_over=MachineHandOver(Paths.of().calls))
        app.run()
    if app.failure is not None:
        raise app.failure
    return app.return_code or Exit.OK


def starting_now() -> tuple[str, str]:
    """Give the wall-clock start of a call that begins now, and its identifier."""
    started = datetime.now().astimezone().isoformat()
    return started, call_id(started)
