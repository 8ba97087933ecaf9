"""The slow part of a live call: put rules, model and capture together.

Imported behind the screen's first frame; see ``coach.startup.options``.
"""

from __future__ import annotations

import argparse

from audio.capture import LiveCapture
from audio.devices import SoundSource
from audio.listener import Listener
from coach.calls.about import About, CallKind
from coach.driver import Progress
from coach.events import CallStarted, Channel
from coach.live.call_hearing import CallBounds
from coach.live.rules_watch import watching
from coach.live.session import LiveDriver, Parts, Tell, Transcribe
from coach.startup.config import Settings
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


def make_driver(
    args: argparse.Namespace, settings: Settings, microphone: SoundSource, far_end: SoundSource
) -> LiveDriver:
    """Put a live session together; nothing is opened or loaded until it is started."""
    title = f"{microphone.title} + {far_end.title}"
    bounds = CallBounds(begin_on_sound=args.begin == "sound", end_after=args.end_after or None)

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
            channels=CHANNELS,
        )

    def load(tell: Tell) -> Transcribe:
        def progress(label: str, done: float | None) -> None:
            tell(Progress(label=label, done=done))

        return load_transcriber(transcriber_settings(args), settings, progress).decode

    def parts() -> Parts:
        notices = language_notice(args, settings)
        about = About(kind=CallKind.LIVE, agent=settings.agent)
        keep = args.keep_unredacted
        setup = make_setup(settings, notices=notices, about=about, keep_unredacted=keep)
        return Parts(
            setup=setup,
            watch=watching(settings, setup).look,
            new_listener=lambda: Listener(CHANNELS, listener_settings(args, settings)),
            open_capture=lambda clock: LiveCapture(microphone, far_end, clock),
            load_model=load,
            begin=begin,
            journal=lambda call: journal_path(args, settings, call),
            earlier=earlier_notice,
            bounds=bounds,
        )

    return LiveDriver(title, parts)
