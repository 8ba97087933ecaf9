"""Tells of a side that is silent while a person speaks on the other one.

Who listens to a menu, a hold message or a voicemail greeting says nothing, and nothing is missing.
"""

from __future__ import annotations

from audio.listening.health import SilenceWatch
from coach.engine.talk.announcements import AnnouncementTracker
from coach.events import AudioWarning, Fact, Loudness, Utterance


class SilentSides:
    """Follows the levels and the words of both sides of one call."""

    def __init__(self, *, recorded: bool = False) -> None:
        """``recorded``: as for ``SilenceWatch``."""
        self._levels = SilenceWatch(recorded=recorded)
        self._announcements = AnnouncementTracker()

    def push(self, fact: Fact) -> list[AudioWarning]:
        """Take in one fact; the warnings that follow carry its ``at``."""
        if isinstance(fact, Loudness):
            return self._levels.push(fact)
        if isinstance(fact, Utterance) and fact.text:
            said = self._announcements.final(fact.channel, fact.start, fact.end, fact.text)
            recorded_voice = not fact.doubtful and said.kind is not None
            self._levels.said(fact.channel, fact.end, recorded_voice=recorded_voice)
        return []

    def swap(self) -> None:
        """The two sides have been exchanged."""
        self._levels.swap()
        self._announcements.swap()
