"""Whether what a rule listens for was a calm customer's routine request.

"I'd like to cancel my service, please" and "somebody has used my card" are what half of a bank's
callers ring for: such words alone are no sign of escalation. A rule says with
``card.routine_below`` how much distress of the words must go with them (the matter itself
distresses most people and may be told calmly); a call that is uneasy already, or a distressed turn
a little before, is enough as well.
"""

from __future__ import annotations

from collections import deque

from coach.engine.talk.heard import HeardWords
from coach.events import Channel, CueMatched, Evidence, Level
from rules.definition.rule import Rule

WINDOW = 120.0
"""Seconds for which a distressed turn is remembered: two or three exchanges of a call."""
_TURNS = 64


class Routine:
    """How distressed the customer's latest turns were worded, and the matches that wait for it."""

    def __init__(self) -> None:
        self._felt: deque[tuple[float, float]] = deque(maxlen=_TURNS)
        """When the turns ended, and the distress of their words."""
        self._heard: HeardWords | None = None
        self._unjudged: dict[str, list[CueMatched]] = {}

    def hear(self, heard: HeardWords) -> None:
        """Words arrived; matches that follow are theirs."""
        self._heard = heard
        if heard.channel is not Channel.AGENT and heard.score is not None:
            self._felt.append((heard.end, heard.score.worded))

    def heard(self) -> None:
        """All matches of the words have been judged."""
        self._heard = None

    def final(self, utterance: str, rules: frozenset[str]) -> list[CueMatched]:
        """The draft's matches that its final text (which these ``rules`` match) confirms."""
        return [match for match in self.forget(utterance) if match.rule in rules]

    def forget(self, utterance: str) -> list[CueMatched]:
        """Give up what was drafted of an utterance."""
        return self._unjudged.pop(utterance, [])

    def asked(self, match: CueMatched, rule: Rule, level: Level) -> Evidence | None:
        """The evidence that it was routine; None where it was not.

        With an empty evidence the words are a draft and not judged yet: ``final`` gives the match
        back.
        """
        bound = rule.card.routine_below if rule.card is not None else None
        heard = self._heard
        if bound is None or match.channel is Channel.AGENT or level is not Level.CALM:
            return None
        if heard is not None and not heard.final:
            self._unjudged.setdefault(heard.utterance, []).append(match)
            return Evidence()
        recent = [felt for end, felt in self._felt if end >= match.end - WINDOW]
        if not recent or max(recent) >= bound or (heard is not None and not heard.scored):
            return None
        return Evidence(value=round(max(recent), 3), threshold=bound, note="distress of the words")
