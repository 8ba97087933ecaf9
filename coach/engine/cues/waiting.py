"""What waits for an answer, and got one in time: the reason why a card did not come.

A rule about something that stays unanswered (``NotFollowed``) is silent where the answer comes.
Whoever asks why there was no card is to be told of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from coach.engine.cues.looking_back import Times
from coach.engine.cues.occasion import Occasion, SeenMatch
from coach.events import Evidence
from rules.definition.conditions import NotFollowed


class Wait:
    """One condition of a rule that waits, over one call."""

    def __init__(self, rule: str, condition: NotFollowed, first: Times, then: Times) -> None:
        self.rule = rule
        self._condition = condition
        self._first = first
        self._then = then
        self._told: set[tuple[str | None, float]] = set()
        self.too_late: set[tuple[str | None, float]] = set()
        """What had stayed unanswered for so long that the rule held: an answer came too late."""

    def carry(self, known: Wait) -> None:
        """Go on with what another one of the same rule has told."""
        self._told, self.too_late = known._told, known.too_late

    def answered(self, occasion: Occasion) -> Iterator[tuple[Evidence, ...]]:
        """What has been answered in time, each once: what was said, and the answer."""
        condition, answers = self._condition, None
        for seen in reversed(self._first(occasion)):
            key = key_of(seen)
            if occasion.now > seen.end + condition.within + KEEP_S:
                return
            if key in self._told or key in self.too_late:
                continue
            answers = self._then(occasion) if answers is None else answers
            answer = next((one for one in reversed(answers) if self._answers(one, seen)), None)
            if answer is not None:
                self._told.add(key)
                yield (*seen.because[:1], *answer.because[:1])

    def gave_up(self, seen: SeenMatch) -> None:
        """What was seen has stayed unanswered for too long."""
        self.too_late.add(key_of(seen))

    def _answers(self, answer: SeenMatch, seen: SeenMatch) -> bool:
        condition = self._condition
        return seen.start - condition.before <= answer.end <= seen.end + condition.within


def key_of(seen: SeenMatch) -> tuple[str | None, float]:
    """What is waited for, the same for a draft and its final text."""
    return seen.utterance, round(seen.start, 1)


KEEP_S = 30.0
"""Seconds after its time within which an answer may still become known."""
