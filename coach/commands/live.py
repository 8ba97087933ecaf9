"""`coach live`: coach a call as it happens."""

from __future__ import annotations

import argparse

from audio.hardware.devices import SoundSource, choose, choose_one, title_of
from coach.calls.journal import refuse_unwritable
from coach.driver import Driver
from coach.errors import InputError
from coach.startup.config import AudioSettings
from coach.startup.deferred import DeferredDriver
from coach.startup.figures import Figure
from coach.startup.options import add_common, journal_path, read_settings, run_screen
from coach.startup.screens import can_show_screen

LONGEST_SILENCE = 86_400.0
"""Seconds; no call goes on after a day of it."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--microphone", metavar="NAME", help="the agent's device (default: the system's)"
    )
    parser.add_argument(
        "--far-end", metavar="NAME", help="the customer's source: a monitor or loopback device"
    )
    parser.add_argument(
        "--mixed",
        action="store_true",
        help="one microphone hears both people (a speakerphone, no source for the far end): tell "
        "them apart by their voices",
    )
    parser.add_argument(
        "--agent-voice",
        choices=("first", "second"),
        default=None,
        help="with --mixed: whether the agent speaks first (default: the opening words tell)",
    )
    parser.add_argument(
        "--begin",
        choices=("sound", "key"),
        default=None,
        help="begin a call when the far end speaks, or only by key (default: sound, and key with "
        "--mixed, where anybody's speech would begin one)",
    )
    parser.add_argument(
        "--end-after",
        type=Figure(float, 0.0, LONGEST_SILENCE, unit="seconds", remedy="0 waits for the key."),
        default=60.0,
        metavar="SECONDS",
        help="end a call after so much silence on the far end's line; 0 waits for the key "
        "(default: 60)",
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="tell a floor of level, cues and alarms, over the broker of [floor] in the settings; "
        "what is sent can be seen on the screen",
    )
    add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Open the screen over the devices."""
    settings = read_settings(args)
    _refuse_what_contradicts(args, mixed=args.mixed or settings.audio.mixed)
    if not can_show_screen():
        raise InputError(
            "`coach live` needs a terminal for its screen.",
            "Run it in a terminal window, with nothing sent elsewhere (`>`, `2>`, `|`); "
            "`coach replay FILE --headless` works without one.",
        )
    refuse_unwritable(journal_path(args, settings, "call"))  # before a customer is on the line
    publish = None
    if args.publish:
        from coach.startup.floor_access import (  # noqa: PLC0415 - for who publishes alone
            agent_on_floor,
            floor_access,
        )

        publish = floor_access(settings)
        agent_on_floor(settings)
    microphone, far_end = _devices(args, settings.audio)

    def make() -> Driver:
        from coach.live.assembly import make_driver  # noqa: PLC0415 - slow: made behind the screen

        return make_driver(args, settings, microphone, far_end, publish)

    return run_screen(DeferredDriver(title_of(microphone, far_end), live=True, make=make))


def _devices(
    args: argparse.Namespace, audio: AudioSettings
) -> tuple[SoundSource, SoundSource | None]:
    """The microphone and the far end; None where one microphone hears both people."""
    microphone = args.microphone or audio.microphone
    if args.mixed or (audio.mixed and not args.far_end):
        return choose_one(microphone=microphone), None
    return choose(microphone=microphone, far_end=args.far_end or audio.far_end)


def _refuse_what_contradicts(args: argparse.Namespace, *, mixed: bool) -> None:
    if args.mixed and args.far_end:
        raise InputError(
            "--mixed takes both people from one microphone; --far-end names another source.",
            "Leave one of the two out: with a far end of its own each person is heard better.",
        )
    if args.agent_voice and args.far_end:
        raise InputError(
            "--agent-voice tells two voices on one microphone apart; --far-end names another.",
            "Leave it out, or say --mixed in the place of --far-end.",
        )
    if args.agent_voice and not mixed:
        raise InputError(
            "--agent-voice tells two voices on one microphone apart, and two sources are heard.",
            "Say --mixed too, or leave it out.",
        )
