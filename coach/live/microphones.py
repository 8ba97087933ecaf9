"""What hears a live call: a microphone and the far end, or one microphone for both people."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from audio.listening.listener import Listener, ListenerSettings
from audio.listening.split_listener import SplitListener
from audio.voices.fingerprint import shared_encoder
from audio.voices.live_split import SIDES
from audio.voices.live_turns import LiveSplitSettings
from audio.voices.side_voices import SideVoices
from coach.calls.handing_over import somebody_else_from
from coach.calls.side_watch import Taken
from coach.events import Channel
from coach.live.capture_and_listener import NewListener, OneMicrophone

CHANNELS = (Channel.AGENT, Channel.CUSTOMER)
SPLIT = LiveSplitSettings()
MIXED_NOTICE = (
    "One microphone hears both people: whose each sentence is is judged by the voice, "
    f"{SPLIT.delay:g} s behind, and until a second voice is heard all speech is the first one's. "
    "x exchanges the two."
)


class MicrophoneHearing(NamedTuple):
    """How the two people are heard."""

    new_listener: NewListener
    notices: tuple[str, ...] = ()
    mixed: OneMicrophone | None = None
    """Set where one microphone hears both."""
    behind: float = 0.0
    """Seconds by which what is heard comes later than the sound."""


def channels_of(*, two_devices: bool) -> tuple[Channel, ...]:
    """The channels of a call, in the order in which they are named."""
    return CHANNELS if two_devices else SIDES


def hearing_of(
    args: argparse.Namespace, heard: ListenerSettings, *, two_devices: bool
) -> MicrophoneHearing:
    """What hears a call by these settings."""
    if two_devices:
        return MicrophoneHearing(
            lambda: Listener(
                CHANNELS,
                heard,
                voices=SideVoices(CHANNELS, shared_encoder(), else_from=somebody_else_from),
            )
        )
    first = args.agent_voice != "second"
    return MicrophoneHearing(
        new_listener=lambda: SplitListener(heard, SPLIT, agent_speaks_first=first),
        notices=(MIXED_NOTICE,),
        mixed=_one_microphone(args, heard),
        behind=SPLIT.delay,
    )


def _one_microphone(args: argparse.Namespace, heard: ListenerSettings) -> OneMicrophone:
    """What hears the microphone between calls, and what the two voices on it are called."""
    first, second = "the first voice", "the second voice"
    if args.agent_voice == "second":
        first, second = second, first
    told = args.agent_voice is not None
    taken = Taken(agent=first, customer=second, told=told, remedy="x exchanges them")
    return OneMicrophone(lambda: Listener((Channel.MIXED,), heard), taken)
