"""The `coach` command: finds the subcommand, runs it, turns errors into one line.

Each subcommand is a module in ``coach.commands`` with ``configure(parser)`` and
``run(args) -> int``. Only the chosen one is imported, so that ``coach --help`` stays fast.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib import metadata

from coach.errors import CoachError, Exit

COMMANDS: dict[str, str] = {
    "demo": "play the bundled sample call, really transcribed and really coached",
    "live": "coach a call as it happens",
    "replay": "run a recording or a journal through the coach",
    "devices": "list microphones and far-end sources, with levels",
    "model": "list, verify and fetch speech models",
    "rules": "list, check, test, explain and try rules",
    "score": "score sentences for mood and cues",
    "bench": "measure transcription on recordings with reference texts",
    "alarms": "count false alarms on conversations known to be ordinary",
    "doctor": "check this machine and say how to mend what is missing",
}
"""Every subcommand and its line in the help; the module is ``coach.commands.NAME``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="coach",
        description="Local, real-time coaching for phone agents in difficult calls.",
        epilog="`coach COMMAND --help` explains one command.",
    )
    parser.add_argument("--version", action="version", version=metadata.version("callcoach"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((w for w in words if not w.startswith("-")), None)
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if name == chosen:
            module = importlib.import_module(f"coach.commands.{name}")
            module.configure(sub)
            sub.set_defaults(run=module.run)
    args = parser.parse_args(words)
    try:
        return int(args.run(args))
    except CoachError as error:
        print(f"coach: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print("coach: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.OK


if __name__ == "__main__":
    sys.exit(main())
