"""`coach live`: coach a call as it happens."""

from __future__ import annotations

import argparse
import sys

from audio.capture import LiveCapture
from audio.devices import Source, choose
from audio.listener import Listener
from coach.config import Settings
from coach.driver import Progress
from coach.ears import CallBounds
from coach.errors import InputError
from coach.events import CallStarted, Channel
from coach.session import LiveDriver, Parts, Tell, Transcribe
from coach.setup import (
    add_common,
    journal_path,
    listener_settings,
    load_transcriber,
    make_setup,
    read_settings,
    run_screen,
    starting_now,
)

CHANNELS = (Channel.AGENT, Channel.CUSTOMER)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--microphone", metavar="NAME", help="the agent's device (default: the system's)"
    )
    parser.add_argument(
        "--far-end", metavar="NAME", help="the customer's source: a monitor or loopback device"
    )
    parser.add_argument(
        "--begin",
        choices=("sound", "key"),
        default="sound",
        help="begin a call when the far end speaks, or only by key (default: sound)",
    )
    parser.add_argument(
        "--end-after",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="end a call after so much silence on the far end's line; 0 waits for the key "
        "(default: 60)",
    )
    add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Open the screen over the two devices."""
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        raise InputError(
            "`coach live` needs a terminal for its screen.",
            "Run it in a terminal window; `coach replay FILE --headless` works without one.",
        )
    settings = read_settings(args)
    microphone, far_end = choose(
        microphone=args.microphone or settings.audio.microphone,
        far_end=args.far_end or settings.audio.far_end,
    )
    return run_screen(make_driver(args, settings, microphone, far_end))


def make_driver(
    args: argparse.Namespace, settings: Settings, microphone: Source, far_end: Source
) -> LiveDriver:
    """Put a live session together; nothing is opened or loaded until it is started."""
    title = f"{microphone.title} + {far_end.title}"
    bounds = CallBounds(begin_on_sound=args.begin == "sound", end_after=args.end_after or None)

    def begin() -> CallStarted:
        started, call = starting_now()
        return CallStarted(
            at=0.0,
            call=call,
            started=started,
            source="live",
            language=settings.rules.language,
            caller=args.caller,
            channels=CHANNELS,
        )

    def load(tell: Tell) -> Transcribe:
        def progress(label: str, done: float | None) -> None:
            tell(Progress(label=label, done=done))

        return load_transcriber(args, settings, progress).decode

    def parts() -> Parts:
        return Parts(
            setup=make_setup(settings),
            new_listener=lambda: Listener(CHANNELS, listener_settings(args, settings)),
            open_capture=lambda clock: LiveCapture(microphone, far_end, clock),
            load_model=load,
            begin=begin,
            journal=lambda call: journal_path(args, settings, call),
            bounds=bounds,
        )

    return LiveDriver(title, parts)
