"""From settings and command line to what a call needs: rules, engine settings, model."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from audio.listening.listener import ListenerSettings
from audio.recognition.model import DEFAULT, TellProgress, locate
from audio.recognition.transcriber import Transcriber, TranscriberSettings
from coach.calls.about import About
from coach.calls.call import Setup
from coach.calls.earlier import earlier_calls, one_line
from coach.calls.language_watch import AUTO, checked, uncovered
from coach.calls.library import Library
from coach.calls.redaction.redactor import RedactionSettings
from coach.engine.engine import EngineSettings
from coach.errors import CoachError, InputError, RulesError
from coach.meaning.listening import MeaningListener
from coach.notes.wording import count_of
from coach.startup.config import Settings
from coach.startup.paths import Paths
from coach.startup.rules_in_force import rules_of
from coach.startup.settings_check import complain, engine_mistakes
from coach.startup.vocabulary import read_vocabulary
from rules.books.sets import matcher_of

READ_AT_ONCE = 200
"""Calls read into the library at the start of one: some tenths of a second."""


def engine_settings(settings: Settings) -> EngineSettings:
    """Give the engine's settings; InputError names every key that is wrong."""
    wanted = {"agent_name": settings.agent, **settings.engine}
    mistakes = engine_mistakes(wanted)
    if mistakes:
        raise complain("Settings", mistakes)
    return msgspec.convert(wanted, EngineSettings)


def make_setup(
    settings: Settings,
    *,
    judged_for: str = "",
    notices: tuple[str, ...] = (),
    about: About | None = None,
    keep_unredacted: bool = False,
) -> Setup:
    """Load the rules and the engine's settings, and what tells meaning.

    ``judged_for``: fingerprint of the rules for which the facts to come have their meaning
    already; where those are in force, nothing is loaded to tell it. ``about``: what is known of
    the call. ``keep_unredacted`` masks no personal data; InputError where the settings do not
    allow it.
    """
    redaction = redaction_of(settings, keep_unredacted=keep_unredacted)
    in_force = rules_of(settings)
    book = in_force.load()
    if not book.active():
        raise RulesError(
            "No rule is in force: nothing would ever be shown.",
            "Check --rules, --overlay and the section [rules] of the settings.",
        )
    meaning = None if book.fingerprint == judged_for else MeaningListener(book)
    return Setup(
        book=book,
        rules=in_force.line(book),
        meaning=meaning,
        encoder=meaning.encoder if meaning else "",
        settings=engine_settings(settings),
        model=settings.model.name or DEFAULT,
        notices=notices,
        about=About() if about is None else about,
        redaction=redaction,
    )


def redaction_of(settings: Settings, *, keep_unredacted: bool) -> RedactionSettings | None:
    """How personal data is masked; None keeps it. InputError where the settings forbid that."""
    if keep_unredacted and not settings.redaction.may_keep:
        raise InputError(
            "--keep-unredacted is not allowed here: personal data is masked.",
            "Whoever answers for it sets may_keep = true under [redaction] in the settings.",
        )
    return None if keep_unredacted else settings.redaction


def with_rules_now(settings: Settings, setup: Setup) -> Setup:
    """The setup with the rules as they stand in their files now, ready to be put in force."""
    made = make_setup(settings, notices=setup.notices)
    return msgspec.structs.replace(
        setup,
        book=made.book,
        rules=made.rules,
        meaning=made.meaning,
        matcher=matcher_of(made.book),
    )


def earlier_notice(caller: str, but: str) -> tuple[str, ...]:
    """Give the line about the caller's earlier calls, where there were any.

    ``but`` is the call for which it is asked. A call never fails for its want: what keeps the
    library from being read is told instead.
    """
    if not caller:
        return ()
    paths = Paths.of()
    try:
        with Library(paths.calls, paths.library, wait_s=1.0) as library:
            left = library.refresh(at_most=READ_AT_ONCE).left
            line = one_line(earlier_calls(library, caller, but=but))
    except CoachError as error:
        return (f"Earlier calls are not looked up: {error.message}",)
    if left:
        line = line or "no earlier call found"
        line += f" ({count_of(left, 'call')} not in the library yet: run `coach calls`)"
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


def transcriber_settings(args: argparse.Namespace) -> TranscriberSettings:
    """Read what the recogniser is told before a call; InputError as for ``read_vocabulary``."""
    vocabulary = read_vocabulary(args.vocabulary) if args.vocabulary else ""
    return TranscriberSettings(vocabulary=vocabulary)


def load_transcriber(
    wanted: TranscriberSettings, settings: Settings, progress: TellProgress
) -> Transcriber:
    """Find, verify and load the model."""
    folder = find_model(settings, progress)
    progress("loading the speech model", None)
    return Transcriber(folder, wanted)
