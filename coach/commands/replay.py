"""`coach replay`: run a recording or a journal through the coach."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from audio.listener import InlineDriver, Listener
from audio.model import Progress as ModelProgress
from audio.recording import Recording, open_recording
from coach.call import Setup
from coach.config import Settings
from coach.driver import Progress
from coach.errors import Exit, InputError, StorageError
from coach.events import CallStarted
from coach.journal import Journal, encode_line, is_journal, read_journal
from coach.progress import ProgressLine
from coach.replay import (
    JournalSource,
    Player,
    RecordingSource,
    first_difference,
    replay_results,
    run_through,
)
from coach.replaydriver import ReplayDriver
from coach.setup import (
    add_common,
    journal_path,
    listener_settings,
    load_transcriber,
    make_setup,
    read_settings,
    recorded_settings,
    run_screen,
    starting_now,
)
from coach.timeline import render

SPEEDS = {"1": 1.0, "2": 2.0, "4": 4.0, "max": None}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, nargs="?", help="a recording, or a journal (.jsonl)")
    parser.add_argument("--agent", type=Path, metavar="FILE", help="the agent's side, mono")
    parser.add_argument("--customer", type=Path, metavar="FILE", help="the customer's side, mono")
    parser.add_argument(
        "--agent-channel",
        choices=("left", "right"),
        default=None,
        help="which side of a stereo recording is the agent (default: left)",
    )
    parser.add_argument(
        "--mono", action="store_true", help="take the recording as one undivided voice track"
    )
    parser.add_argument(
        "--verify", action="store_true", help="journal: compare every result with the recorded one"
    )
    add_playing(parser)


def add_playing(parser: argparse.ArgumentParser) -> None:
    """Add the options of every replay."""
    parser.add_argument("--speed", choices=tuple(SPEEDS), default="1", help="how fast to play")
    parser.add_argument(
        "--headless",
        action="store_true",
        help="print the coaching timeline as text instead of the screen",
    )
    parser.add_argument(
        "--why-not",
        action="store_true",
        help="with --headless: also the cards that were kept back, and why",
    )
    add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Play, print or verify."""
    settings = read_settings(args)
    if args.file is not None and is_journal(args.file):
        return _replay_journal(args, settings)
    if args.verify:
        raise InputError(f"--verify needs a journal; {args.file} is none.")
    recording, title = _open(args, settings)
    return show_recording(args, settings, recording, title)


def show_recording(
    args: argparse.Namespace, settings: Settings, recording: Recording, title: str
) -> int:
    """Run a recording, on the screen or as text."""
    started, call = starting_now()
    first = CallStarted(
        at=0.0,
        call=call,
        started=started,
        source=title,
        language=settings.rules.language,
        caller=args.caller,
        channels=recording.channels,
    )

    def prepare(tell: ModelProgress) -> Player:
        setup = make_setup(settings, notices=recording.notices)
        listener = Listener(recording.channels, listener_settings(args, settings))
        ears = InlineDriver(listener, load_transcriber(args, settings, tell))
        source = RecordingSource(recording, ears, first)
        return Player(source, setup, journal_path(args, settings, call))

    return _present(args, title, prepare)


def _replay_journal(args: argparse.Namespace, settings: Settings) -> int:
    journal = read_journal(args.file)
    if journal.truncated:
        print(f"coach: {args.file}: the last line was cut short; it is left out.", file=sys.stderr)
    setup = make_setup(settings, notices=journal.header.notices)
    recorded = recorded_settings(journal)
    setup = msgspec.structs.replace(setup, settings=recorded)
    if args.verify:
        return _verify(args.file, journal, setup)
    return _present(args, args.file.name, lambda _: Player(JournalSource(journal), setup, None))


def _verify(path: Path, journal: Journal, setup: Setup) -> int:
    if journal.header.rules != setup.book.fingerprint:
        print(
            f"coach: {path} was made with other rules ({journal.header.rules[:12]}; in force: "
            f"{setup.book.fingerprint[:12]}), so differences are to be expected.",
            file=sys.stderr,
        )
    replayed = replay_results(journal, setup.book, setup.settings)
    difference = first_difference(journal.results(), replayed)
    if difference is None:
        print(f"{path}: {len(replayed)} results, all as recorded.")
        return Exit.OK
    print(f"{path}: result {difference.number} differs.")
    for name, result in (("recorded", difference.recorded), ("replayed", difference.replayed)):
        text = "nothing" if result is None else encode_line(result).decode().rstrip()
        print(f"  {name}: {text}")
    return Exit.FAILED


def _present(
    args: argparse.Namespace, title: str, prepare: Callable[[ModelProgress], Player]
) -> int:
    """Show a player on the screen, or print its timeline where that is asked or no terminal is."""
    if args.headless or not (sys.stdout.isatty() and sys.stdin.isatty()):
        return _print(prepare(ProgressLine()), why_not=args.why_not)
    return run_screen(
        ReplayDriver(
            title,
            lambda tell: prepare(lambda label, done: tell(Progress(label=label, done=done))),
            SPEEDS[args.speed],
        )
    )


def _print(player: Player, *, why_not: bool) -> int:
    """Print the whole call as text, as fast as it goes."""
    for notice in player.call.setup.notices:
        print(f"note: {notice}")
    for event in run_through(player):
        line = render(event, why_not=why_not)
        if line is not None:
            print(line, flush=True)
    trouble = player.call.close()
    if trouble:
        raise StorageError(trouble, "Free some space and replay the call again.")
    if player.call.journal:
        print(f"journal: {player.call.journal}", file=sys.stderr)
    return Exit.OK


def _open(args: argparse.Namespace, settings: Settings) -> tuple[Recording, str]:
    side = args.agent_channel or settings.audio.agent_channel
    if args.agent or args.customer:
        if args.file or not (args.agent and args.customer):
            raise InputError(
                "Two mono files are given as --agent FILE --customer FILE, both of them.",
                "Give one stereo file alone, or both options.",
            )
        title = f"{args.agent.name} + {args.customer.name}"
        return open_recording(args.agent, other=args.customer), title
    if args.file is None:
        raise InputError("There is nothing to replay.", "Name a recording or a journal.")
    return open_recording(args.file, agent_channel=side, mono=args.mono), args.file.name
