"""From settings and command line to what a call needs: rules, engine settings, model."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from audio.listener import ListenerSettings
from audio.model import DEFAULT, locate
from audio.model import Progress as ModelProgress
from audio.transcriber import Transcriber, TranscriberSettings
from coach.call import Setup, call_id
from coach.config import Settings, load
from coach.driver import Driver
from coach.engine import EngineSettings
from coach.errors import Exit, InputError
from coach.journal import Journal
from coach.paths import Paths
from rules.loader import load_book


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that live, replay and demo share."""
    parser.add_argument("--settings", type=Path, metavar="FILE", help="another settings file")
    parser.add_argument(
        "--rules",
        type=Path,
        action="append",
        metavar="PATH",
        help="a rule file or folder instead of the shipped packs (repeatable)",
    )
    parser.add_argument(
        "--overlay", type=Path, metavar="FILE", help="the supervisor's changes to the rules"
    )
    parser.add_argument("--model", metavar="NAME", help="speech model: a name or a folder")
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
        default="",
        metavar="REF",
        help="a reference for the caller, to recognise later calls",
    )
    parser.add_argument("--journal", type=Path, metavar="FILE", help="write the journal here")
    parser.add_argument("--no-journal", action="store_true", help="keep no journal")


def read_settings(args: argparse.Namespace) -> Settings:
    """Read the settings file, with what the command line says laid over it."""
    settings = load(args.settings)
    rules = settings.rules
    if args.rules:
        rules = msgspec.structs.replace(rules, packs=tuple(args.rules))
    if args.overlay:
        rules = msgspec.structs.replace(rules, overlay=args.overlay)
    model = settings.model
    if args.model:
        model = msgspec.structs.replace(model, name=args.model)
    return msgspec.structs.replace(settings, rules=rules, model=model)


def engine_settings(settings: Settings) -> EngineSettings:
    """Give the engine's settings; InputError names the key that is wrong."""
    try:
        return msgspec.convert(settings.engine, EngineSettings)
    except msgspec.ValidationError as error:
        raise InputError(
            f"Settings, section [engine]: {error}.", "The README lists every setting."
        ) from None


def make_setup(settings: Settings, *, notices: tuple[str, ...] = ()) -> Setup:
    """Load the rules and the engine's settings."""
    rules = settings.rules
    book = load_book(
        language=rules.language, packs=list(rules.packs) or None, overlay=rules.overlay
    )
    return Setup(
        book=book,
        settings=engine_settings(settings),
        model=settings.model.name or DEFAULT,
        notices=notices,
    )


def find_model(settings: Settings, progress: ModelProgress | None = None) -> Path:
    """Find the verified model folder that the settings ask for."""
    return locate(settings.model.name, progress, offline=settings.model.offline)


def listener_settings(args: argparse.Namespace, settings: Settings) -> ListenerSettings:
    """Give the listener's settings; a language of None is detected from the first words."""
    language = args.language or settings.rules.language
    return ListenerSettings(language=None if language == "auto" else language)


def read_vocabulary(path: Path) -> str:
    """Read the company's names: one a line, ``#`` starts a remark.

    Raises InputError where the file cannot be read or holds no name.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The vocabulary {path} cannot be read: {error}.",
            "It must be a text file in UTF-8, one name a line.",
        ) from None
    names = [name for line in lines if (name := line.partition("#")[0].strip())]
    if not names:
        raise InputError(f"The vocabulary {path} holds no name.", "Write one name a line.")
    return ", ".join(names) + "."


def load_transcriber(
    args: argparse.Namespace, settings: Settings, progress: ModelProgress
) -> Transcriber:
    """Find, verify and load the model."""
    vocabulary = read_vocabulary(args.vocabulary) if args.vocabulary else ""
    folder = find_model(settings, progress)
    progress("loading the speech model", None)
    return Transcriber(folder, TranscriberSettings(vocabulary=vocabulary))


def journal_path(args: argparse.Namespace, settings: Settings, call: str) -> Path | None:
    """Tell where a call's journal goes; None where none is wanted."""
    if args.no_journal or (args.journal is None and not settings.journal):
        return None
    if args.journal is not None:
        return Path(args.journal)
    return Paths.of().calls / f"{call}.jsonl"


def recorded_settings(journal: Journal) -> EngineSettings:
    """Give the engine settings that a journal's call was coached with."""
    try:
        return msgspec.convert(journal.header.settings, EngineSettings)
    except msgspec.ValidationError as error:
        raise InputError(
            f"The settings in the journal's header cannot be used: {error}.",
            "It was written by another version of Coach.",
        ) from None


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
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    terminal = os.fdopen(os.dup(2), "w", encoding=before.encoding)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    sys.__stderr__ = terminal  # type: ignore[misc]
    try:
        yield
    finally:
        terminal.flush()
        os.dup2(terminal.fileno(), 2)
        sys.__stderr__ = before  # type: ignore[misc]
        terminal.close()


def run_screen(driver: Driver) -> int:
    """Show a call on the terminal until the user leaves; raises what ended it early."""
    from tui.app import CoachApp  # noqa: PLC0415 - headless use must not wait for Textual

    with quiet_libraries(Paths.of().data / "sound.log"):
        app = CoachApp(driver)
        app.run()
    if app.failure is not None:
        raise app.failure
    return Exit.OK


def starting_now() -> tuple[str, str]:
    """Give the wall-clock start of a call that begins now, and its identifier."""
    started = datetime.now().astimezone().isoformat()
    return started, call_id(started)


class ProgressLine:
    """Shows long work on standard error: a bar on a terminal, single lines elsewhere."""

    def __init__(self) -> None:
        self._last = ""
        self._bar = sys.stderr.isatty()

    def __call__(self, label: str, done: float | None) -> None:
        """Tell how far the work has come."""
        share = "" if done is None else f" {done:4.0%}"
        if self._bar:
            filled = "" if done is None else "█" * round(done * 24) + "░" * (24 - round(done * 24))
            end = "\n" if done == 1 else ""
            print(f"\r\x1b[K{label} {filled}{share}", end=end, file=sys.stderr, flush=True)
        elif label != self._last:
            print(f"{label} ...", file=sys.stderr)
        self._last = label


def print_json(value: object) -> None:
    """Print one value as JSON."""
    print(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))
