"""`coach serve`: the screens in a browser on this machine."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import shlex
import sys

from coach.commands import replay, review
from coach.errors import DeviceError, Exit
from coach.startup.command_parser import CommandParser
from coach.startup.figures import Figure

SCREENS = ("review", "calls", "replay", "demo")
"""What can be shown: commands, and the list of calls. A live call belongs to the terminal at
which it is taken."""
NEEDED = ("textual_serve", "aiohttp")
USER_PORTS = (1024, 65535)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "It prints a link that opens once, in a browser on this machine; nobody else is answered.\n"
        "What stands behind SCREEN is what the command of that name takes; calls takes a search:\n"
        "  coach serve\n"
        "  coach serve review 2026-03-04T09-30@3:12\n"
        "  coach serve calls --said manager --during last-week"
    )
    _add_own(parser, port=0, idle=30.0)
    parser.add_argument(
        "screen",
        nargs="?",
        choices=SCREENS,
        default="review",
        metavar="SCREEN",
        help=f"{', '.join(SCREENS[:-1])} or {SCREENS[-1]} (default: review)",
    )
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="...", help=argparse.SUPPRESS)


def _add_own(parser: argparse.ArgumentParser, *, port: int, idle: float) -> None:
    """The options of the page itself, in front of the screen's words or behind them."""
    parser.add_argument(
        "--port",
        type=Figure(int, *USER_PORTS, remedy="Without it a free one is taken."),
        default=port,
        metavar="N",
        help="where to serve (default: a free one)",
    )
    parser.add_argument(
        "--idle",
        type=Figure(float, 0.0, 1440.0, above=True, unit="minutes", remedy="1440 is a day."),
        default=idle,
        metavar="MINUTES",
        help=f"stop after so long without a key (default: {idle:g})",
    )


def take_own(args: argparse.Namespace) -> None:
    """Take the page's own options from behind the screen, where they are written as readily."""
    behind = CommandParser(prog="coach serve", add_help=False, allow_abbrev=False)
    _add_own(behind, port=args.port, idle=args.idle)
    own, args.words = behind.parse_known_args(args.words)
    args.port, args.idle = own.port, own.idle


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl+C, or until nobody has used it for a while."""
    take_own(args)
    words = checked(args)
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise DeviceError(
            "Showing the screens in a browser needs textual-serve.",
            "Install it: pip install 'callcoach[serve]'. "
            f"In the terminal `coach {shlex.join(words)}` shows the same.",
        )
    from tui.in_browser.server import ScreenServer, Serving  # noqa: PLC0415 - an extra brings it

    serving = Serving(
        command=(sys.executable, "-P", "-m", "coach.cli", *words),
        title=f"Coach {args.screen}",
        idle_s=args.idle * 60,
        port=args.port,
    )

    async def serve() -> None:
        await ScreenServer(serving, lambda line: print(line, flush=True)).run()

    asyncio.run(serve())
    return Exit.OK


def checked(args: argparse.Namespace) -> list[str]:
    """The command line of the screen; what is wrong with it is said before anything is served."""
    words = [args.screen, *args.words]
    if args.screen == "calls":
        words = ["review", f"--search={shlex.join(args.words)}"]
    parser = args.make_parser(words[0])
    parsed, unknown = parser.parse_known_args(words)
    if unknown:
        parsed.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if words[0] == "review":
        review.look_up(review.place_of(parsed)[0], parsed.search, blind=parsed.blind)
    elif words[0] == "replay":
        replay.look_up(parsed)
    return words
