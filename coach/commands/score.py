"""`coach score`: score sentences for mood and cues, one JSON line each."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from coach.backtest.score import BadLine, Scorer, read_sentences
from coach.errors import Exit, InputError
from coach.meaning.listening import MeaningListener
from rules.loader import load_book


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help='JSON lines {"channel": ..., "text": ...} or channel<TAB>text; - reads standard input',
    )
    parser.add_argument(
        "--rules",
        type=Path,
        action="append",
        metavar="PATH",
        help="a rule file or folder instead of the shipped packs (repeatable)",
    )
    parser.add_argument("--overlay", type=Path, metavar="FILE", help="changes to the rules")


def run(args: argparse.Namespace) -> int:
    """Score every line; exit code 3 if some could not be read (the others are scored)."""
    book = load_book(packs=args.rules, overlay=args.overlay)
    scorer = Scorer(book, MeaningListener(book).clauses)
    encoder = msgspec.json.Encoder()
    bad = 0
    with _opened(args.file) as lines:
        for sentence in read_sentences(lines):
            if isinstance(sentence, BadLine):
                bad += 1
                print(
                    f"coach: {args.file}: line {sentence.line}: {sentence.reason}", file=sys.stderr
                )
                continue
            line, channel, text = sentence
            sys.stdout.write(encoder.encode(scorer.score(channel, text, line)).decode() + "\n")
    if bad:
        print(f"coach: {bad} line{'s' if bad > 1 else ''} could not be read.", file=sys.stderr)
    return Exit.INPUT if bad else Exit.OK


@contextlib.contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield file
    except OSError as error:
        raise InputError(
            f"{name} cannot be read: {error.strerror}.", "Give a file of sentences, or - ."
        ) from error
