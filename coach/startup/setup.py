"""From settings and command line to what a call needs: rules, engine settings, model."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from audio.listener import ListenerSettings
from audio.model import DEFAULT, TellProgress, locate
from audio.transcriber import Transcriber, TranscriberSettings
from coach.calls.call import Setup
from coach.calls.earlier import earlier_calls, one_line
from coach.calls.journal import Journal
from coach.calls.language_watch import AUTO, checked, uncovered
from coach.engine.engine import EngineSettings
from coach.errors import InputError, RulesError, cause_of
from coach.meaning.listening import MeaningListener
from coach.startup.config import Settings
from coach.startup.paths import Paths
from coach.startup.settings_check import complain, engine_mistakes
from rules.loader import load_book

VOCABULARY_CHARACTERS = 800
"""The recogniser takes 200 tokens of text before a call; a name has one in about four letters."""


def engine_settings(settings: Settings) -> EngineSettings:
    """Give the engine's settings; InputError names every key that is wrong."""
    wanted = {"agent_name": settings.agent, **settings.engine}
    mistakes = engine_mistakes(wanted)
    if mistakes:
        raise complain("Settings", mistakes)
    return msgspec.convert(wanted, EngineSettings)


def make_setup(
    settings: Settings, *, notices: tuple[str, ...] = (), keep_unredacted: bool = False
) -> Setup:
    """Load the rules and the engine's settings.

    ``keep_unredacted`` masks no personal data; InputError where the settings do not allow it.
    """
    if keep_unredacted and not settings.redaction.may_keep:
        raise InputError(
            "--keep-unredacted is not allowed here: personal data is masked.",
            "Whoever answers for it sets may_keep = true under [redaction] in the settings.",
        )
    rules = settings.rules
    book = load_book(
        language=rules.language, packs=list(rules.packs) or None, overlay=rules.overlay
    )
    if not book.active():
        raise RulesError(
            "No rule is in force: nothing would ever be shown.",
            "Check --rules, --overlay and the section [rules] of the settings.",
        )
    return Setup(
        book=book,
        meaning=MeaningListener(book),
        settings=engine_settings(settings),
        model=settings.model.name or DEFAULT,
        notices=notices,
        redaction=None if keep_unredacted else settings.redaction,
    )


def earlier_notice(caller: str) -> tuple[str, ...]:
    """Give the line about the caller's earlier calls, where there were any."""
    line = one_line(earlier_calls(Paths.of().calls, caller))
    return (line,) if line else ()


def find_model(settings: Settings, progress: TellProgress | None = None) -> Path:
    """Find the verified model folder that the settings ask for."""
    chosen = settings.model
    return locate(chosen.name, progress, models=Paths.of().models, offline=chosen.offline)


def listener_settings(args: argparse.Namespace, settings: Settings) -> ListenerSettings:
    """Give the listener's settings; a language of None is detected from the first words."""
    language = spoken_language(args, settings)
    return ListenerSettings(language=None if language == AUTO else language)


def spoken_language(args: argparse.Namespace, settings: Settings) -> str:
    """Give the code of the language to expect, or ``auto``; InputError where it is unknown."""
    model = settings.model.name or DEFAULT
    return checked(args.language or settings.rules.language, model=model)


def first_language(args: argparse.Namespace, settings: Settings) -> str:
    """Give the language a call is taken to be in at its start."""
    spoken = spoken_language(args, settings)
    return settings.rules.language if spoken == AUTO else spoken


def language_notice(args: argparse.Namespace, settings: Settings) -> tuple[str, ...]:
    """Say where rules or mood do not cover the language to expect."""
    line = uncovered(spoken_language(args, settings), settings.rules.language)
    return (line,) if line else ()


def read_vocabulary(path: Path) -> str:
    """Read the company's names: one a line, ``#`` starts a remark.

    Raises InputError where the file cannot be read or holds no name.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The vocabulary {path} cannot be read: {cause_of(error)}.",
            "It must be a text file in UTF-8, one name a line.",
        ) from None
    if any(not (char.isprintable() or char.isspace()) for line in lines for char in line):
        raise InputError(
            f"The vocabulary {path} is no text.", "It must be a text file, one name a line."
        )
    names = [name for line in lines if (name := line.partition("#")[0].strip())]
    if not names:
        raise InputError(f"The vocabulary {path} holds no name.", "Write one name a line.")
    vocabulary = ", ".join(names) + "."
    if len(vocabulary) > VOCABULARY_CHARACTERS:
        raise InputError(
            f"The vocabulary {path} is too long: {len(names)} names, {len(vocabulary)} characters.",
            f"Keep the hardest ones, {VOCABULARY_CHARACTERS} characters in all; with more the "
            "recogniser hears names where there are none.",
        )
    return vocabulary


def load_transcriber(
    args: argparse.Namespace, settings: Settings, progress: TellProgress
) -> Transcriber:
    """Find, verify and load the model."""
    vocabulary = read_vocabulary(args.vocabulary) if args.vocabulary else ""
    folder = find_model(settings, progress)
    progress("loading the speech model", None)
    return Transcriber(folder, TranscriberSettings(vocabulary=vocabulary))


def recorded_settings(journal: Journal) -> EngineSettings:
    """Give the engine settings that a journal's call was coached with."""
    try:
        return msgspec.convert(journal.header.settings, EngineSettings)
    except msgspec.ValidationError as error:
        raise InputError(
            f"The settings in the header of {journal.path} cannot be used: {error}.",
            "It was written by another version of Coach.",
        ) from None
