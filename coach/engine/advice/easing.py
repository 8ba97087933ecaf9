"""How far the level comes down at once, and since when it is due to.

Good news by a cue, and a turn that shows that the customer has settled (``settling``), end a
level's stay: real thanks and "I'm sorry I shouted" are seen at once.
"""

from __future__ import annotations

from coach.engine.advice.settling import Calmed
from coach.events import CueMatched, Evidence, Level


class Easing:
    """Good news of one call, and how far the level may follow it."""

    def __init__(self, remedy_steps: int) -> None:
        self._remedy_steps = remedy_steps
        """Levels for a turn that takes up what was put right; with 0 no level follows it."""
        self._reliefs: dict[str, float] = {}
        """Good news by its match, and when it came; of drafts it may be taken back."""
        self._due = False
        """Good news came that the level has not followed yet."""
        self._told_in: str | None = None
        """The utterance that the latest good news came in."""
        self.least = Level.CALM
        """The level under which it leads to nothing at once."""
        self.because: tuple[Evidence, ...] = ()
        """What last took heat away and no change of the level has told of."""

    # --- by a cue ---------------------------------------------------------------------------

    def knows(self, match: CueMatched) -> bool:
        """Whether the match has brought its good news already."""
        return match.match in self._reliefs

    def cue(self, match: CueMatched, level: Level) -> None:
        """Good news at a level; what one utterance says is one piece of it.

        Who was upset is uneasy at best: once is no recovery yet; time or more of it does the rest.
        """
        self._reliefs.setdefault(match.match, match.at)
        self._due |= match.utterance is None or match.utterance != self._told_in
        self._told_in = match.utterance
        self.least = Level.UNEASY if level > Level.UNEASY else Level.CALM

    def forget(self, match: str) -> float | None:
        """A match was withdrawn. When its good news had come; None where it brought none."""
        came = self._reliefs.pop(match, None)
        if came is not None:
            self._due = False
            self._told_in, self.because = None, ()
        return came

    def is_due(self) -> bool:
        """Whether the level follows good news now, which it does once."""
        due, self._due = self._due, False
        return due

    # --- by a turn --------------------------------------------------------------------------

    def follows(self, shown: Calmed, level: Level) -> bool:
        """Whether a turn that shows so much eases the call at that level."""
        if shown is Calmed.QUIETER:
            return level is Level.ANGRY
        if shown is Calmed.TAKES_UP:
            return bool(self._remedy_steps) and level > Level.UNEASY
        return True

    def settled(self, shown: Calmed, level: Level, because: Evidence) -> Level:
        """The level is to fall by what a turn showed. Returns the lowest one that it leaves.

        It falls to CALM where settling was said wholly, to UNEASY at most where it was said plainly
        (to CALM from there), by one with kind words, to UNEASY at most by ``remedy_steps`` where
        they only take up what was put right, and out of ANGRY alone where they are only quieter.
        """
        left = level
        if shown is Calmed.TAKES_UP:
            left = Level(max(Level.UPSET, level - self._remedy_steps + 1))
        elif shown >= Calmed.PLAINLY:
            wholly = shown is Calmed.WHOLLY and self._remedy_steps
            left = Level.UNEASY if wholly else min(level, Level.UPSET)
        self.least = Level(left - 1)
        self._due, self.because = True, (because,)
        return left
