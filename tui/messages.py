"""Every message that an app takes: what crosses from a driver's threads, what keys ask for."""

from __future__ import annotations

from textual.message import Message

from coach.events import Action


class Knock(Message):
    """The bridge holds something new; ``urgent`` if it should be shown without pacing."""

    def __init__(self, *, urgent: bool) -> None:
        super().__init__()
        self.urgent = urgent


class Acted(Message):
    """The agent pressed a key that the engine should know of."""

    def __init__(self, action: Action, card: str | None = None, note: str = "") -> None:
        super().__init__()
        self.action = action
        self.card = card
        self.note = note


class BeginAsked(Message):
    """Live: begin a call now."""


class SpeedAsked(Message):
    """Replay: another speed; None is as fast as it goes."""

    def __init__(self, speed: float | None) -> None:
        super().__init__()
        self.speed = speed


class PlayingAsked(Message):
    """Replay: stop or go on."""

    def __init__(self, *, playing: bool) -> None:
        super().__init__()
        self.playing = playing


class SeekAsked(Message):
    """Replay: show the call as it stood at ``at`` seconds."""

    def __init__(self, at: float) -> None:
        super().__init__()
        self.at = at


class CallAsked(Message):
    """Review: look at a call, at ``at`` seconds, with ``words`` that were searched in it."""

    def __init__(self, call: str, at: float | None = None, words: str = "") -> None:
        super().__init__()
        self.call = call
        self.at = at
        self.words = words


class SearchAsked(Message):
    """Review: find calls, and list them."""

    def __init__(self, search: str) -> None:
        super().__init__()
        self.search = search


class AgreementAsked(Message):
    """Review: compare the blind scorecards on a form."""


class LeaveAsked(Message):
    """Review: back to the list of calls."""
