"""`coach completion`: a script that lets a shell complete commands, options and their values."""

from __future__ import annotations

import argparse

from coach.errors import Exit
from coach.startup.completion_scripts import SHELLS, table_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Put one of these where your shell reads it at its start:\n"
        '  bash  eval "$(coach completion bash)"\n'
        '  zsh   eval "$(coach completion zsh)"     (after compinit)\n'
        "  fish  coach completion fish | source"
    )
    parser.add_argument("shell", choices=tuple(SHELLS), help="the shell to write for")


def run(args: argparse.Namespace) -> int:
    """Print the script, made from the command line's own parsers."""
    table = table_of(args.make_parser("*"))
    print(SHELLS[args.shell](table), end="")
    return Exit.OK
