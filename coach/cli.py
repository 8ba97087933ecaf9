"""The `coach` command: finds the subcommand, runs it, turns errors into one line.

Each subcommand is a module in ``coach.commands`` with ``configure(parser)`` and
``run(args) -> int``. Only the chosen one is imported, so that ``coach --help`` stays fast.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import errno
import importlib
import io
import keyword
import os
import shutil
import sys
import threading
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import NoReturn, TextIO

from coach.errors import CoachError, Exit, UsageError
from coach.startup.command_parser import CommandParser

COMMANDS: dict[str, str] = {
    "demo": "play the bundled sample call, really transcribed and really coached",
    "live": "coach a call as it happens",
    "floor": "follow the calls of a whole floor, and acknowledge alarms",
    "replay": "run a recording or a journal through the coach",
    "calls": "list and search the library of calls",
    "report": "write down a call, how an agent's calls go, or which cards help",
    "review": "look at a past call, and say what was right",
    "serve": "show the screens in a browser on this machine",
    "import": "bring in calls that other systems took",
    "export": "write calls in the forms that other tools read",
    "purge": "forget calls, and prove it",
    "inspect": "say what is inside a recording, without transcribing it",
    "devices": "list microphones and far-end sources, with levels",
    "model": "list, verify and fetch speech models",
    "rules": "list, check, test, explain and try rules",
    "scorecard": "score calls on forms: fill in, sample, compare reviewers",
    "backtest": "show what other rules would have done in kept calls",
    "suggest": "propose changes of rules that reviewers' marks speak for",
    "tune": "turn a rule's figures and see what each value does in kept calls",
    "score": "score sentences for mood and cues",
    "bench": "measure transcription on recordings with reference texts",
    "alarms": "count false alarms on conversations known to be ordinary",
    "doctor": "check this machine and say how to mend what is missing",
    "completion": "print a shell's completion script",
}
"""Every subcommand and its line in the help; the module is ``coach.commands.NAME``, with ``_``
behind a name that Python keeps for itself."""

OUTPUT_LOST = {errno.ENOSPC, errno.EIO, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""What a full disk behind a redirected output, or a terminal that went away, answers."""


NOT_WRITABLE = {*OUTPUT_LOST, errno.EROFS}
"""What a place answers that cannot be written to, whatever the file."""
REMEDIES = {
    errno.ENAMETOOLONG: "A file name has at most 255 bytes.",
    errno.EACCES: "Check its permissions, or name another.",
    errno.EPERM: "Check its permissions, or name another.",
    errno.EROFS: "It is read-only; name another place.",
    errno.ENOSPC: "Free some space, or name another place.",
    errno.ENOTDIR: "A file stands where a folder is meant.",
    errno.EISDIR: "It is a folder; name a file.",
}
CONTINUED = 2
"""Columns that what does not fit on a row is indented by."""
LONGEST_SHOWN = 80
"""Characters of a file's name in a message."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code."""
    _make_streams_safe()
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except CoachError as error:
        _tell(f"coach: {error}")
        return error.code
    except (KeyboardInterrupt, ImportError) as error:
        if not _stopped(error):
            raise
        print("coach: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _silence(sys.stdout)
        return Exit.OK
    except OSError as error:
        if error.filename is not None:
            return _blame_file(error)
        if error.errno not in OUTPUT_LOST:
            raise
        print(
            f"coach: The output cannot be written: {error.strerror}. "
            "Free some space, or send it elsewhere.",
            file=sys.stderr,
        )
        _silence(sys.stdout)
        return Exit.STORAGE
    return code


def leave() -> NoReturn:
    """Run the command line of this process and end it with the exit code.

    A thread that computes in a library's own code when its session is over (a decode cannot be
    interrupted) is not waited for: taking the interpreter apart around it aborts the process,
    and the exit code with it.
    """
    code = main()
    if any(thread.daemon for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def make_parser(chosen: str | None = None) -> CommandParser:
    """The whole command line; only the ``chosen`` command is imported, or all for ``*``."""
    parser = CommandParser(
        prog="coach",
        description="Local, real-time coaching for phone agents in difficult calls.",
        epilog="`coach COMMAND --help` explains one command.",
    )
    parser.add_argument("--version", action="version", version=metadata.version("callcoach"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary[:1].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if chosen in (name, "*"):
            module = importlib.import_module(f"coach.commands.{_module(name)}")
            module.configure(sub)
            sub.set_defaults(run=module.run, make_parser=make_parser)
    return parser


def _module(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _run(words: Sequence[str]) -> int:
    """Find the command and run it; without one, show the help."""
    chosen = next((w for w in words if not w.startswith("-")), None)
    parser = make_parser(chosen)
    if chosen is not None and chosen not in COMMANDS:
        near = difflib.get_close_matches(chosen, COMMANDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(COMMANDS)}."
        parser.error(f"there is no command {chosen!r}; {hint}")
    args, unknown = parser.parse_known_args(_files_named(words))
    if unknown:
        args.parser.error(
            f"unrecognized arguments: {' '.join(unknown)}{_meant(unknown, args.parser)}"
        )
    if args.command is None:
        parser.print_help()
        return Exit.OK
    try:
        return int(args.run(args))
    except UnicodeEncodeError as error:
        typed = error.object[error.start : error.end]
        if not any(typed in word for word in words):
            raise
        raise UsageError(
            f"{typed!a} on the command line is no text.", "Write it in UTF-8."
        ) from None


def _stopped(error: BaseException | None) -> bool:
    """Whether Ctrl+C is behind it, which a compiled library that is being loaded fails with."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _tell(text: str) -> None:
    """Print what went wrong; on a terminal its lines are broken between words."""
    if sys.stderr.isatty():
        from coach.notes.wording import wrapped  # noqa: PLC0415 - only where something is wrong

        width = shutil.get_terminal_size().columns
        lines = text.split("\n")
        text = "\n".join(
            wrapped(line, width, len(line) - len(line.lstrip()) + CONTINUED) for line in lines
        )
    print(text, file=sys.stderr)


def _meant(unknown: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """The option that the first unknown one comes near, as a question; empty where none is near."""
    options = [name for name in parser._option_string_actions if name.startswith("--")]  # noqa: SLF001
    typed = (word.partition("=")[0] for word in unknown if word.startswith("--"))
    near = [one for word in typed for one in difflib.get_close_matches(word, options, n=1)]
    return f"; did you mean {near[0]!r}?" if near else ""


def _blame_file(error: OSError) -> int:
    """Say in one line what is the matter with a file that the machine refuses."""
    name = os.fsdecode(error.filename)
    shown = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}..."
    remedy = REMEDIES.get(error.errno or 0, "Check its name and its folder.")
    _tell(f"coach: {shown}: {error.strerror}. {remedy}")
    return Exit.STORAGE if error.errno in NOT_WRITABLE else Exit.INPUT


def _files_named(words: Sequence[str]) -> list[str]:
    """Write files whose names begin with a dash so that they are not taken for options.

    Before ``--`` a word with an ending (``-call.wav``) that is a file is meant as one; after it
    every file is.
    """
    end = words.index("--") if "--" in words else len(words)
    before = [f"./{w}" if _is_dashed(w) and Path(w).suffix else w for w in words[:end]]
    after = [f"./{w}" if _is_dashed(w) else w for w in words[end + 1 :]]
    # What still begins with a dash needs the mark; without one argparse may stumble over it.
    return [*before, *(["--"] if any(w.startswith("-") for w in after) else []), *after]


def _is_dashed(word: str) -> bool:
    # An option with a long text is too long for a name, which this takes for no file.
    return word.startswith("-") and len(word) > 1 and os.path.isfile(word)  # noqa: PTH113


def _make_streams_safe() -> None:
    """See to it that standard input, output and error exist and take every character.

    A closed descriptor would be given to the next file that is opened, a journal say, and
    then be written on by whoever means standard error.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _silence(stream: TextIO) -> None:
    """Send what is still buffered nowhere, so that leaving does not fail on it again."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


if __name__ == "__main__":
    leave()
