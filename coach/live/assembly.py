"""The slow part of a live call: put rules, model and capture together.

Imported behind the screen's first frame; see ``coach.startup.options``.
"""

from __future__ import annotations

import argparse
import secrets
import time

import msgspec

from audio.capture import LiveCapture
from audio.devices import SoundSource, title_of
from audio.listener import Listener, ListenerSettings
from audio.voices.fingerprint import shared_encoder
from audio.voices.live_split import SIDES
from audio.voices.live_turns import LiveSplitSettings
from audio.voices.split_listener import SplitListener
from coach.calls.about import About, CallKind
from coach.calls.side_watch import Taken
from coach.driver import Progress
from coach.events import CallStarted, Channel
from coach.live.call_hearing import CallBounds
from coach.live.ears import OneMicrophone
from coach.live.floor.connection import Connection, Hears, Will
from coach.live.floor.line import FloorLine
from coach.live.rules_watch import watching
from coach.live.session import LiveDriver, Parts, Tell, Transcribe
from coach.notes.floor.telling import Teller
from coach.startup.config import Settings
from coach.startup.floor_access import FloorAccess, agent_on_floor
from coach.startup.options import journal_path, starting_now
from coach.startup.setup import (
    earlier_notice,
    first_language,
    language_notice,
    listener_settings,
    load_transcriber,
    make_setup,
    transcriber_settings,
)

CHANNELS = (Channel.AGENT, Channel.CUSTOMER)
SPLIT = LiveSplitSettings()
MIXED_NOTICE = (
    "One microphone hears both people: whose each sentence is is judged by the voice, "
    f"{SPLIT.delay:g} s behind, and until a second voice is heard all speech is the first one's. "
    "x exchanges the two."
)


def make_driver(
    args: argparse.Namespace,
    settings: Settings,
    microphone: SoundSource,
    far_end: SoundSource | None,
    publish: FloorAccess | None = None,
) -> LiveDriver:
    """Put a live session together; nothing is opened or loaded until it is started.

    ``far_end``: None where the microphone hears both people. ``publish``: the broker over which a
    floor follows the calls; None where none does.
    """
    begin_by = args.begin or ("sound" if far_end else "key")
    bounds = CallBounds(begin_on_sound=begin_by == "sound", end_after=args.end_after or None)
    channels = CHANNELS if far_end else SIDES

    keep = args.keep_unredacted
    callers = iter([args.caller])
    """The reference on the command line is that of the first call; each further one has its own."""

    def begin() -> CallStarted:
        started, call = starting_now()
        return CallStarted(
            at=0.0,
            call=call,
            started=started,
            source="live",
            language=first_language(args, settings),
            caller=next(callers, ""),
            channels=channels,
        )

    def load(tell: Tell) -> Transcribe:
        def progress(label: str, done: float | None) -> None:
            tell(Progress(label=label, done=done))

        return load_transcriber(transcriber_settings(args), settings, progress).decode

    def parts() -> Parts:
        floor = None if publish is None else floor_line(publish, settings, masked=not keep)
        notices = (*language_notice(args, settings), *(() if far_end else (MIXED_NOTICE,)))
        if publish is not None and floor is not None:
            notices += (floor_notice(publish, words=floor.view().words),)
        heard = listener_settings(args, settings)
        first = args.agent_voice != "second"
        about = About(kind=CallKind.LIVE, agent=settings.agent)
        setup = msgspec.structs.replace(
            make_setup(settings, notices=notices, about=about, keep_unredacted=keep),
            hearing="live",
        )
        return Parts(
            setup=setup,
            watch=watching(settings, setup).look,
            new_listener=lambda: (
                Listener(CHANNELS, heard, encoder=shared_encoder())
                if far_end
                else SplitListener(heard, SPLIT, agent_speaks_first=first)
            ),
            mixed=None if far_end else _one_microphone(args, heard),
            behind=0.0 if far_end else SPLIT.delay,
            open_capture=lambda clock: LiveCapture(microphone, far_end, clock),
            load_model=load,
            begin=begin,
            journal=lambda call: journal_path(args, settings, call),
            earlier=earlier_notice,
            bounds=bounds,
            floor=floor,
        )

    return LiveDriver(title_of(microphone, far_end), parts)


def floor_line(access: FloorAccess, settings: Settings, *, masked: bool) -> FloorLine:
    """The agent's line to the floor; ``masked``: whether personal data is masked in words."""
    from coach.live.floor.broker import BrokerConnection  # noqa: PLC0415 - an optional library

    agent, topics = agent_on_floor(settings), access.topics
    words = settings.floor.words and masked
    client = f"coach-agent-{secrets.token_hex(8)}"
    """A name of its own: two sessions of one name would else throw each other out without end."""
    teller = Teller(agent, topics, time.time(), broker=access.name, words=words)

    def connect(owner: Hears, will: Will | None) -> Connection:
        return BrokerConnection(access, client, topics.for_agent(agent), owner, will)

    return FloorLine(teller, connect, access.name)


def floor_notice(access: FloorAccess, *, words: bool) -> str:
    """What the agent is told from the start on about being followed."""
    what = "level, cues and alarms" + (" with the words said" if words else ", no words")
    plain = ", unencrypted" if access.open_to_others else ""
    return f"The floor sees your calls' {what} ({access.name}{plain}); f shows all that was sent."


def _one_microphone(args: argparse.Namespace, heard: ListenerSettings) -> OneMicrophone:
    """What hears the microphone between calls, and what the two voices on it are called."""
    first, second = "the first voice", "the second voice"
    if args.agent_voice == "second":
        first, second = second, first
    told = args.agent_voice is not None
    taken = Taken(agent=first, customer=second, told=told, remedy="x exchanges them")
    return OneMicrophone(lambda: Listener((Channel.MIXED,), heard), taken)
