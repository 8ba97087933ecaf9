"""The slow part of a replay: open the recording, load rules and model, make the player.

Imported behind the screen's first frame; see ``coach.startup.options``.
"""

from __future__ import annotations

import argparse

import msgspec

from audio.listener import InlineDriver, Listener
from audio.model import TellProgress
from audio.recording import Recording, open_recording
from coach.calls.journal import Journal
from coach.events import CallStarted
from coach.replay.named import asked_of, named
from coach.replay.player import JournalSource, Player, RecordingSource
from coach.startup.config import Settings
from coach.startup.options import journal_path, starting_now
from coach.startup.setup import (
    earlier_notice,
    first_language,
    language_notice,
    listener_settings,
    load_transcriber,
    make_setup,
    recorded_settings,
)


def play_recording(
    args: argparse.Namespace, settings: Settings, tell: TellProgress, *, title: str
) -> Player:
    """Make a player of the recording that the command line names.

    Raises InputError, RulesError, ModelError or StorageError.
    """
    recording = _open(args, settings)
    notices = (*language_notice(args, settings), *recording.notices)
    setup = make_setup(
        settings,
        notices=(*notices, *earlier_notice(args.caller)),
        keep_unredacted=args.keep_unredacted,
    )
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
    listener = Listener(recording.channels, listener_settings(args, settings))
    hearing = InlineDriver(listener, load_transcriber(args, settings, tell))
    source = RecordingSource(recording, hearing, first, rules_language=setup.book.language)
    return Player(source, setup, journal_path(args, settings, call))


def play_journal(args: argparse.Namespace, settings: Settings, journal: Journal) -> Player:
    """Make a player of a journal, with the engine settings that were recorded in it.

    A journal of the replay is written only where one was asked for.
    """
    keep = args.keep_unredacted
    made = make_setup(settings, notices=journal.header.notices, keep_unredacted=keep)
    # What the words mean stands in the journal: nothing is judged anew but for other rules.
    setup = msgspec.structs.replace(
        made,
        settings=recorded_settings(journal),
        meaning=None,
        redacted=journal.header.redaction == "masked",
    )
    same = journal.header.rules == made.book.fingerprint
    return Player(JournalSource(journal, None if same else made.meaning), setup, args.journal)


def _open(args: argparse.Namespace, settings: Settings) -> Recording:
    side = args.agent_channel or settings.audio.agent_channel
    asked = asked_of(args)
    if args.agent:
        agent, customer = named(args.agent, asked), named(args.customer, asked)
        return open_recording(agent, other=customer, asked=asked)
    file = named(args.file, asked)
    return open_recording(file, agent_channel=side, mono=args.mono, asked=asked)
