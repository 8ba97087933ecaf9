"""What of the call has changed since it was last looked at: who knows an answer may keep it.

Only what comes of a fact is noted. What time alone changes (a silence grows, words are no longer
recent) can be reckoned by whoever asks.
"""

from __future__ import annotations

from coach.events import Channel

TURNS = 1
"""Who speaks, holds the turn and spoke over whom."""
MOOD = 2
"""How the turns felt."""
MATCHES = 4
"""Matches of other rules, what rules remember of the past, the level."""
PACE = {Channel.AGENT: 8, Channel.CUSTOMER: 16, Channel.MIXED: 32}
"""How fast a side speaks."""
LOUDER = {Channel.AGENT: 64, Channel.CUSTOMER: 128, Channel.MIXED: 256}
"""That a side speaks louder than before."""
EVERYTHING = 511


class CallChanges:
    """Which of these have changed, as one number with a bit for each."""

    __slots__ = ("what",)

    def __init__(self) -> None:
        self.what = 0

    def take(self) -> int:
        """What has changed since this was last asked."""
        what, self.what = self.what, 0
        return what
