"""The slow part of a replay: open the recording, load rules and model, make the player.

Imported behind the screen's first frame; see ``coach.startup.options``.
"""

from __future__ import annotations

import argparse

import msgspec

from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener, ListenerSettings
from audio.listening.split_listener import SplitListener
from audio.recognition.model import TellProgress
from audio.recordings.opening import MIXED_NOTICE, Recording, open_recording
from audio.voices.live_split import SIDES
from audio.voices.split import SplitRecording, side_voices_of, split
from coach.calls.about import About, CallKind
from coach.calls.handing_over import somebody_else_from
from coach.calls.journal import Journal, refuse_unwritable
from coach.calls.side_watch import Taken
from coach.events import CallStarted, Channel
from coach.replay.journal_rules import rules_for
from coach.replay.named import asked_of, named, swap_times
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

GROWING_NOTICE = (
    "Both speakers are on one track, which is split by their voices as it grows: who said what is "
    "judged, not known, and until a second voice is heard all speech is the first one's. "
    "--agent-voice first or second says who the agent is, --no-split leaves it whole."
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
    refuse_unwritable(journal_path(args, settings, "call"))
    wanted = transcriber_settings(args)
    heard = listener_settings(args, settings)
    made = make_setup(settings, keep_unredacted=args.keep_unredacted)
    recording = _divided(_open(args, settings), args, tell)
    notices = (*language_notice(args, settings), *_notices(recording, args))
    about = About(kind=kind, agent=settings.agent)
    setup = msgspec.structs.replace(
        made, notices=notices, about=about, hearing="live", earlier=earlier_notice
    )
    started, call = starting_now()
    listener, channels = _listening(recording, args, heard)
    first = CallStarted(
        at=0.0,
        call=call,
        started=started,
        source=title,
        language=first_language(args, settings),
        caller=args.caller,
        channels=channels,
    )
    hearing = InlineDriver(listener, load_transcriber(wanted, settings, tell))
    source = RecordingSource(
        recording,
        hearing,
        first,
        rules_language=setup.book.language,
        taken=_taken(recording, args, settings),
    )
    return Player(source, setup, journal_path(args, settings, call))


def play_journal(args: argparse.Namespace, settings: Settings, journal: Journal) -> Player:
    """Make a player of a journal, with the engine settings that were recorded in it.

    A journal of the replay is written only where one was asked for.
    """
    chosen = rules_for(
        journal, settings, in_force=rules_named(args), keep_unredacted=args.keep_unredacted
    )
    # What the words mean stands in the journal: nothing is judged anew but for other rules.
    return Player(JournalSource(journal, chosen.meaning), chosen.setup, args.journal)


def _divided(
    recording: Recording, args: argparse.Namespace, tell: TellProgress
) -> Recording | SplitRecording:
    """The recording, split by its voices where it has both people on one track.

    One that is still being written cannot be gone through before it is played.
    """
    if recording.channels != (Channel.MIXED,) or args.follow or not args.split:
        return recording
    return split(
        recording,
        agent_speaks_first=args.agent_voice != "second",
        tell=lambda done: tell("telling the two voices apart", done),
    )


def _listening(
    recording: Recording | SplitRecording, args: argparse.Namespace, heard: ListenerSettings
) -> tuple[Listener | SplitListener, tuple[Channel, ...]]:
    """What hears the recording, and the channels of its facts.

    One mixed track that is still being written is divided as it grows.
    """
    if not _grows(recording, args):
        listener = Listener(
            recording.channels, heard, voices=side_voices_of(recording, somebody_else_from)
        )
        return listener, recording.channels
    return SplitListener(heard, agent_speaks_first=args.agent_voice != "second"), SIDES


def _notices(recording: Recording | SplitRecording, args: argparse.Namespace) -> tuple[str, ...]:
    """What should be known of the recording before it is played."""
    if not _grows(recording, args):
        return recording.notices
    others = [notice for notice in recording.notices if notice != MIXED_NOTICE]
    return (*others, GROWING_NOTICE)


def _grows(recording: Recording | SplitRecording, args: argparse.Namespace) -> bool:
    """Whether both people are on one track that cannot be gone through before it is played."""
    return bool(recording.channels == (Channel.MIXED,) and args.follow and args.split)


def _taken(
    recording: Recording | SplitRecording, args: argparse.Namespace, settings: Settings
) -> Taken | None:
    """What the two sides are called, and whether somebody said whose they are; None for one."""
    grows = _grows(recording, args)
    if len(recording.channels) < 2 and not grows:
        return None
    if isinstance(recording, SplitRecording) or grows:
        first, second = "the first voice", "the second voice"
        if args.agent_voice == "second":
            first, second = second, first
        remedy = "--agent-voice (first or second) decides"
        named = args.agent_voice is not None
        return Taken(agent=first, customer=second, told=named, remedy=remedy, swapped=None)
    swapped = swap_times(args)
    if args.agent:
        remedy = "naming {place} as --agent decides"
        return Taken(
            agent=args.agent.name,
            customer=args.customer.name,
            told=True,
            remedy=remedy,
            swapped=swapped,
            leaks=recording.leaks,
        )
    told = args.agent_channel or settings.audio.agent_channel
    sides = ("right", "left") if told == "right" else ("left", "right")
    numbered = bool(args.tracks or args.channels)
    return Taken(
        agent=sides[0],
        customer=sides[1],
        told=told is not None or numbered,
        swapped=swapped,
        leaks=recording.leaks,
    )


def _open(args: argparse.Namespace, settings: Settings) -> Recording:
    side = args.agent_channel or settings.audio.agent_channel or "left"
    asked = asked_of(args)
    if args.agent:
        agent, customer = named(args.agent, asked), named(args.customer, asked)
        return open_recording(agent, other=customer, asked=asked)
    file = named(args.file, asked)
    return open_recording(file, agent_channel=side, mono=args.mono, asked=asked)
