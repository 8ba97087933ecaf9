"""The slow part of a replay: open the recording, load rules and model, make the player.

Imported behind the screen's first frame; see ``coach.startup.options``.
"""

from __future__ import annotations

import argparse

import msgspec

from audio.listener import InlineDriver, Listener
from audio.model import TellProgress
from audio.recording import Recording, open_recording
from coach.calls.about import About, CallKind
from coach.calls.journal import Journal
from coach.events import CallStarted
from coach.replay.journal_rules import rules_for
from coach.replay.named import asked_of, named
from coach.replay.player import JournalSource, Player, RecordingSource
from coach.startup.config import Settings
from coach.startup.options import journal_path, starting_now
from coach.startup.rules_in_force import rules_named
from coach.startup.setup import (
    earlier_notice,
    first_language,
    language_notice,
    listener_settings,
    load_transcriber,
    make_setup,
    transcriber_settings,
)


def play_recording(
    args: argparse.Namespace,
    settings: Settings,
    tell: TellProgress,
    *,
    title: str,
    kind: CallKind = CallKind.REHEARSAL,
) -> Player:
    """Make a player of the recording that the command line names; ``kind`` is for its journal.

    Raises InputError, RulesError, ModelError or StorageError.
    """
    # What is quickly refused is looked at before the sound is.
    wanted = transcriber_settings(args)
    heard = listener_settings(args, settings)
    made = make_setup(settings)
    recording = _open(args, settings)
    notices = (*language_notice(args, settings), *recording.notices)
    about = About(kind=kind, agent=settings.agent)
    setup = msgspec.structs.replace(made, notices=notices, about=about)
    started, call = starting_now()
    first = CallStarted(
        at=0.0,
        call=call,
        started=started,
        source=title,
        language=first_language(args, settings),
        caller=args.caller,
        channels=recording.channels,
    )
    listener = Listener(recording.channels, heard)
    hearing = InlineDriver(listener, load_transcriber(wanted, settings, tell))
    source = RecordingSource(recording, hearing, first, rules_language=setup.book.language)
    player = Player(source, setup, journal_path(args, settings, call))
    player.call.earlier = earlier_notice(args.caller, call)
    return player


def play_journal(args: argparse.Namespace, settings: Settings, journal: Journal) -> Player:
    """Make a player of a journal, with the engine settings that were recorded in it.

    A journal of the replay is written only where one was asked for.
    """
    chosen = rules_for(journal, settings, in_force=rules_named(args))
    # What the words mean stands in the journal: nothing is judged anew but for other rules.
    return Player(JournalSource(journal, chosen.meaning), chosen.setup, args.journal)


def _open(args: argparse.Namespace, settings: Settings) -> Recording:
    side = args.agent_channel or settings.audio.agent_channel
    asked = asked_of(args)
    if args.agent:
        agent, customer = named(args.agent, asked), named(args.customer, asked)
        return open_recording(agent, other=customer, asked=asked)
    file = named(args.file, asked)
    return open_recording(file, agent_channel=side, mono=args.mono, asked=asked)
