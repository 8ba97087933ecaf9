"""`coach score`: score sentences for mood and cues, one JSON line each."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from coach.backtest.score import FORM, BadLine, Scorer, read_sentences
from coach.calls.journal import begins_journal
from coach.errors import Exit, InputError
from coach.meaning.listening import MeaningListener
from coach.startup.rules_in_force import add_rules_options, load_and_say, rules_asked_for

MOST_SHOWN = 5
"""Lines that could not be read and are named; more of them are one mistake, not many."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = FORM
    parser.add_argument(
        "file", metavar="FILE", help="sentences, in the form below; - reads standard input"
    )
    add_rules_options(parser)


def run(args: argparse.Namespace) -> int:
    """Score every line; exit code 3 if some could not be read (the others are scored)."""
    encoder = msgspec.json.Encoder()
    bad = scored = 0
    with _opened(args.file) as file:
        lines = _no_journal(args.file, _read(args.file, file))
        book = load_and_say(rules_asked_for(args))
        scorer = Scorer(book, MeaningListener(book).clauses)
        for sentence in read_sentences(lines):
            if isinstance(sentence, BadLine):
                bad += 1
                if bad <= MOST_SHOWN:
                    place = f"{args.file}: line {sentence.line}"
                    print(f"coach: {place}: {sentence.reason}", file=sys.stderr)
                continue
            line, channel, text = sentence
            scored += 1
            sys.stdout.write(encoder.encode(scorer.score(channel, text, line)).decode() + "\n")
    if bad:
        lines_were = "1 line" if bad == 1 else f"{bad} lines"
        print(
            f"coach: {lines_were} could not be read. `coach score --help` shows the form.",
            file=sys.stderr,
        )
    if not bad and not scored:
        raise InputError(f"{args.file} holds no sentences.", "`coach score --help` shows the form.")
    return Exit.INPUT if bad else Exit.OK


def _no_journal(name: str, lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines; InputError at once where the first one begins a journal."""
    rest = iter(lines)
    first = next(rest, b"")
    if begins_journal(first):
        raise InputError(
            f"{name} is a journal of a call, and score reads sentences.",
            "`coach alarms FILE` runs its conversation, `coach replay FILE` shows it.",
        )
    return itertools.chain([first] if first else [], rest)


@contextlib.contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below; what the output fails with is not the file's
    except OSError as error:
        raise _unreadable(name, error) from error
    with file:
        yield file


def _read(name: str, file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file. Raises InputError where one cannot be read."""
    try:
        yield from file
    except OSError as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: OSError) -> InputError:
    return InputError(
        f"{name} cannot be read: {error.strerror}.", "Give a file of sentences, or -."
    )
