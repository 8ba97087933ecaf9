"""`coach alarms`: count false alarms on conversations known to be ordinary."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from coach.backtest.alarms import (
    WORDS_PER_MINUTE,
    Firing,
    Tally,
    alarm_table,
    count_alarms,
    firing_lines,
)
from coach.backtest.corpus import FORM, find_files, read_conversations
from coach.engine.engine import EngineSettings
from coach.errors import Exit, InputError
from coach.events import Track
from coach.startup.figures import Figure
from coach.startup.rules_in_force import (
    add_rules_options,
    load_and_say,
    rules_asked_for,
    unknown_rule,
)

SLOWEST, FASTEST = 1.0, 1000.0
"""Words a minute that can be meant; an auctioneer has 400."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = FORM
    parser.add_argument(
        "places", type=Path, nargs="*", metavar="FILE_OR_FOLDER", help="conversations to run"
    )
    add_rules_options(parser)
    parser.add_argument(
        "--wpm",
        type=Figure(float, SLOWEST, FASTEST, remedy="Ordinary talk has 150."),
        default=WORDS_PER_MINUTE,
        metavar="N",
        help="words a minute where a text has no times (default: %(default)g)",
    )
    parser.add_argument(
        "--show",
        choices=("cards", "cues", "all"),
        help="print the firings with their words: customer cards, customer cues, or everything",
    )
    parser.add_argument("--rule", metavar="ID", help="print and list this rule's firings only")
    parser.add_argument(
        "--mood",
        type=Path,
        metavar="FOLDER",
        help="measure sentiment and distress on labelled sets instead",
    )
    parser.add_argument(
        "--voice",
        type=Path,
        metavar="FOLDER",
        help="measure raised-voice detection on acted recordings instead",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    if args.mood or args.voice:
        if args.mood:
            _mood(args)
        if args.voice:
            _voice(args.voice, as_json=args.json)
        return Exit.OK
    if not args.places:
        raise InputError(
            "Nothing to run.",
            "Name files or folders of conversations; `coach alarms --help` shows their forms.",
        )
    tally = _count(args)
    if args.json:
        print(msgspec.json.encode(tally).decode())
        return Exit.OK
    print(alarm_table(tally))
    for firing in tally.firings:
        if _shown(firing, args.show, args.rule):
            print("\n" + firing_lines(firing))
    return Exit.OK


def _count(args: argparse.Namespace) -> Tally:
    files = find_files(args.places)
    book = load_and_say(rules_asked_for(args))
    if args.rule is not None and args.rule not in (known := {rule.id for rule in book.rules}):
        raise unknown_rule(args.rule, known)
    shows = sys.stderr.isatty()

    def progress(done: int) -> None:
        if shows and done % 10 == 0:
            print(f"\r{done} conversations", end="", file=sys.stderr, flush=True)

    tally = count_alarms(
        (one for file in files for one in read_conversations(file)),
        book,
        EngineSettings(),
        words_per_minute=args.wpm,
        progress=progress,
    )
    if shows:
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr)
    return tally


def _shown(firing: Firing, wanted: str | None, rule: str | None) -> bool:
    if rule is not None:
        return firing.rule == rule
    if wanted is None:
        return False
    if wanted == "all":
        return True
    return firing.track is not Track.COACHING and firing.kind == wanted.removesuffix("s")


def _mood(args: argparse.Namespace) -> None:
    from coach.bench.mood import measure_mood, mood_table  # noqa: PLC0415 - only when asked for
    from coach.meaning.listening import MeaningListener  # noqa: PLC0415 - needs the encoder

    book = load_and_say(rules_asked_for(args))
    rows = measure_mood(args.mood, MeaningListener(book).clauses)
    print(msgspec.json.encode(rows).decode() if args.json else mood_table(rows))


def _voice(folder: Path, *, as_json: bool) -> None:
    from coach.bench.voice import measure_voices, voice_table  # noqa: PLC0415 - needs audio

    rows = measure_voices(folder)
    print(msgspec.json.encode(rows).decode() if as_json else voice_table(rows))
