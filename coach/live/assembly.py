"""The slow part of a live call: put rules, model and capture together.

Imported behind the screen's first frame; see ``coach.startup.options``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import msgspec

from audio.hardware.capture import LiveCapture
from audio.hardware.devices import SoundSource, title_of
from coach.calls.about import About, CallKind
from coach.calls.call import Setup
from coach.driver import Progress
from coach.events import CallStarted, Channel
from coach.live.call_hearing import CallBounds
from coach.live.floor.agent_line import followed
from coach.live.microphones import channels_of, hearing_of
from coach.live.rules_watch import watching
from coach.live.session import LiveDriver, SessionParts, Tell, Transcribe
from coach.startup.config import Settings
from coach.startup.floor_access import FloorAccess
from coach.startup.options import journal_path, starting_now
from coach.startup.rules_in_force import absent_set_aside
from coach.startup.setup import (
    earlier_notice,
    first_language,
    language_notice,
    listener_settings,
    load_transcriber,
    make_setup,
    transcriber_settings,
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
    two_devices = far_end is not None
    begin = _beginnings(args, settings, channels_of(two_devices=two_devices))

    def parts() -> SessionParts:
        floor = followed(publish, settings, masked=not args.keep_unredacted)
        hearing = hearing_of(args, listener_settings(args, settings), two_devices=two_devices)
        notices = (*language_notice(args, settings), *hearing.notices, *floor.notices)
        there, absent = absent_set_aside(args, settings)
        setup = _setup(args, there, notices)
        return SessionParts(
            setup=setup,
            watch=watching(settings, setup, absent).look,
            new_listener=hearing.new_listener,
            mixed=hearing.mixed,
            behind=hearing.behind,
            open_capture=lambda clock: LiveCapture(microphone, far_end, clock),
            load_model=lambda tell: _load(args, settings, tell),
            begin=begin,
            journal=lambda call: journal_path(args, settings, call),
            earlier=earlier_notice,
            bounds=_bounds(args, two_devices=two_devices),
            floor=floor.line,
        )

    return LiveDriver(title_of(microphone, far_end), parts)


def _bounds(args: argparse.Namespace, *, two_devices: bool) -> CallBounds:
    begin_by = args.begin or ("sound" if two_devices else "key")
    return CallBounds(begin_on_sound=begin_by == "sound", end_after=args.end_after or None)


def _beginnings(
    args: argparse.Namespace, settings: Settings, channels: tuple[Channel, ...]
) -> Callable[[], CallStarted]:
    """What makes the first event of each call, which begins at that moment."""
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

    return begin


def _setup(args: argparse.Namespace, settings: Settings, notices: tuple[str, ...]) -> Setup:
    about = About(kind=CallKind.LIVE, agent=settings.agent)
    keep = args.keep_unredacted
    setup = make_setup(settings, notices=notices, about=about, keep_unredacted=keep)
    return msgspec.structs.replace(setup, hearing="live")


def _load(args: argparse.Namespace, settings: Settings, tell: Tell) -> Transcribe:
    def progress(label: str, done: float | None) -> None:
        tell(Progress(label=label, done=done))

    return load_transcriber(transcriber_settings(args), settings, progress).decode
