"""`coach replay`: run a recording or a journal through the coach."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from coach.calls.about import CallKind
from coach.calls.call_files import calls_in
from coach.calls.journal import Journal, encode_line, is_journal, read_journal
from coach.calls.named_call import named_call
from coach.driver import Driver
from coach.errors import Exit, InputError, StorageError
from coach.events import CallEnded, Event
from coach.notes.wording import count_of
from coach.startup.config import Settings
from coach.startup.deferred import DeferredDriver
from coach.startup.interrupt import Interrupt
from coach.startup.options import add_common, add_recording, read_settings, run_screen
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine
from coach.startup.rules_in_force import rules_named
from coach.startup.screens import can_show_screen

if TYPE_CHECKING:
    from coach.replay.player import Player

    Prepare = Callable[[Callable[[str, float | None], None]], Player]

# The imports inside the functions below are slow ones: they are made behind the screen.

SPEEDS = {"1": 1.0, "2": 2.0, "4": 4.0, "max": None}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        help="a recording, a journal (.jsonl), the name of a kept call, or - for a recording that "
        "is piped in",
    )
    parser.add_argument("--agent", type=Path, metavar="FILE", help="the agent's side, mono")
    parser.add_argument("--customer", type=Path, metavar="FILE", help="the customer's side, mono")
    parser.add_argument(
        "--agent-channel",
        choices=("left", "right"),
        default=None,
        help="which side of a stereo recording is the agent (default: the opening words tell)",
    )
    parser.add_argument(
        "--mono", action="store_true", help="take the recording as one track with both voices on it"
    )
    add_recording(parser)
    parser.add_argument(
        "--verify", action="store_true", help="journal: compare every result with the recorded one"
    )
    parser.add_argument(
        "--rules-in-force",
        action="store_true",
        help="journal: coach it with the rules in force now, not with those it had",
    )
    add_playing(parser)


_OF_SOUND = (
    "mono", "agent_channel", "agent_voice", "tracks", "channels", "raw", "rate", "delay",
    "swap_at", "follow", "vocabulary", "language", "model",
)  # fmt: skip
"""Options of a replay that say how sound is read and heard."""


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
    look_up(args)
    if args.file is not None and _meant_as_journal(args.file):
        return _replay_journal(args, settings)
    if args.agent:
        if _is_same(args.agent, args.customer):
            raise InputError(
                f"{args.agent} is given for both sides.",
                "Name the customer's own file, or replay the one file alone.",
            )
        return show_recording(args, settings, f"{args.agent.name} + {args.customer.name}")
    title = "standard input" if str(args.file) == "-" else args.file.name
    return show_recording(args, settings, title)


def look_up(args: argparse.Namespace) -> None:
    """Put a kept call's journal in the place of its name. Raises InputError where none is there."""
    if bool(args.agent) != bool(args.customer) or (args.agent and args.file):
        raise InputError(
            "Two mono files are given as --agent FILE --customer FILE, both of them.",
            "Give one stereo file alone, or both options.",
        )
    _find_call(args)
    if args.file is not None and _meant_as_journal(args.file):
        return
    if args.verify:
        what = f"{args.file} is none" if args.file else "no file is named"
        raise InputError(f"--verify needs a journal; {what}.", "Name a journal (.jsonl).")
    if not (args.file or args.agent):
        raise InputError("There is nothing to replay.", "Name a recording or a journal.")
    for path in (args.file, args.agent, args.customer):
        if path is not None and not path.exists() and not _is_elsewhere(path):
            raise InputError(
                f"There is no file {path}, and no call of that name in the library.",
                "Check its name and folder; `coach calls --kind all` lists every call.",
            )


def _find_call(args: argparse.Namespace) -> None:
    """Where no file is named but a call of the library, or the beginning of one: its journal."""
    path = args.file
    if path is None or path.exists() or _is_elsewhere(path):
        return
    library = Paths.of().calls
    if any(call.startswith(str(path)) for call in calls_in(library)):
        args.file = named_call(str(path), library).journal


def _is_elsewhere(path: Path) -> bool:
    """Whether a name stands for standard input or an address, which has a word of its own."""
    return str(path) == "-" or ":/" in str(path)


def _is_same(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _meant_as_journal(path: Path) -> bool:
    return is_journal(path) or (path.suffix == ".jsonl" and path.is_file())


def show_recording(
    args: argparse.Namespace,
    settings: Settings,
    title: str,
    kind: CallKind = CallKind.REHEARSAL,
) -> int:
    """Run the recording that ``args`` names, on the screen or as text."""

    def prepare(tell: Callable[[str, float | None], None]) -> Player:
        from coach.replay.assembly import play_recording  # noqa: PLC0415 - slow, see above

        return play_recording(args, settings, tell, title=title, kind=kind)

    return _present(args, title, prepare)


def _refuse_options_of_sound(args: argparse.Namespace) -> None:
    """InputError where an option asks for what only a recording could give."""
    given = [f"--{name.replace('_', '-')}" for name in _OF_SOUND if getattr(args, name, None)]
    if given:
        raise InputError(
            f"{args.file} is a journal: it holds no sound, so {', '.join(given)} would do nothing.",
            "Leave it out, or replay the recording.",
        )
    if args.caller:
        raise InputError(
            f"{args.file} is a journal: who called stands in it, so --caller would do nothing.",
            "`coach calls CALL --set caller=K7` says otherwise from now on.",
        )


def _replay_journal(args: argparse.Namespace, settings: Settings) -> int:
    _refuse_options_of_sound(args)
    journal = read_journal(args.file)
    if journal.truncated:
        print(f"coach: {args.file}: the last line was cut short; it is left out.", file=sys.stderr)
    if args.verify:
        return _verify(args, journal, settings)

    def prepare(_tell: Callable[[str, float | None], None]) -> Player:
        from coach.replay.assembly import play_journal  # noqa: PLC0415 - slow, see above

        return play_journal(args, settings, journal)

    return _present(args, args.file.name, prepare)


def _verify(args: argparse.Namespace, journal: Journal, settings: Settings) -> int:
    from coach.replay.journal_rules import rules_for  # noqa: PLC0415 - slow, see above
    from coach.replay.player import first_difference, replay_results  # noqa: PLC0415 - slow, see above

    path, chosen = args.file, rules_for(journal, settings, in_force=rules_named(args))
    book = chosen.setup.book
    print(f"rules: {chosen.setup.rules}", file=sys.stderr)
    if journal.header.rules != book.fingerprint:
        print(
            f"coach: {path} was made with other rules ({journal.header.rules[:12]}; these: "
            f"{book.fingerprint[:12]}), so differences are to be expected.",
            file=sys.stderr,
        )
    for notice in chosen.notices:
        print(f"coach: {path}: {notice}", file=sys.stderr)
    replayed = replay_results(journal, book, chosen.setup.settings, chosen.setup.others)
    difference = first_difference(journal.results(), replayed)
    if difference is None:
        print(f"{path}: {count_of(len(replayed), 'result')}, all as recorded.")
        return Exit.OK
    print(f"{path}: result {difference.number} differs.")
    for name, result in (("recorded", difference.recorded), ("replayed", difference.replayed)):
        text = "nothing" if result is None else encode_line(result).decode().rstrip()
        print(f"  {name}: {text}")
    return Exit.FAILED


def _present(args: argparse.Namespace, title: str, prepare: Prepare) -> int:
    """Show a player on the screen, or print its timeline where that is asked or no terminal is."""
    if args.headless or not can_show_screen():
        return _print(prepare(ProgressLine()), why_not=args.why_not)

    def make() -> Driver:
        from coach.replay.driver import ReplayDriver  # noqa: PLC0415 - slow, see above

        return ReplayDriver(title, prepare, SPEEDS[args.speed])

    return run_screen(DeferredDriver(title, live=False, make=make))


def _print(player: Player, *, why_not: bool) -> int:
    """Print the whole call as text, as fast as it goes."""
    from coach.notes.timeline_text import render  # noqa: PLC0415 - only for text

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def show(events: Iterable[Event]) -> None:
        for event in sorted(events, key=lambda event: event.at):  # time passes before a fact
            line = render(event, why_not=why_not, width=width)
            if line is not None:
                print(line, flush=True)

    try:
        with Interrupt() as interrupt:
            print(f"rules: {player.call.setup.rules}", file=sys.stderr)
            for notice in (*player.call.setup.notices, *player.call.earlier):
                print(f"note: {notice}")
            show([player.source.first])
            while not player.finished:
                show(player.step(float("inf")))
                if interrupt.asked and not player.finished:
                    ended = CallEnded(at=player.frontier, reason="stopped by the user")
                    show([*player.end(ended.reason), ended])
    finally:
        # Whatever stopped it, a full or closed output too: what was heard is kept, and ended.
        player.end("the output was closed")
        trouble = player.call.close()
        if player.call.journal:
            print(f"journal: {player.call.journal}", file=sys.stderr)
    if trouble:
        raise StorageError(trouble, "Free some space and replay the call again.")
    if interrupt.asked:
        raise KeyboardInterrupt
    return Exit.OK
