"""Whether the agent's last word to the customer was bad news.

"Oh, brilliant" behind a refusal or a delay may be sarcasm, and nothing in the words tells. So what
is pleasant in them counts neither way: it lifts no mood and eases no heat. That ends with a step,
a solution or a promise of the agent's, or with time.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from rules.definition.roles import Role

STANDS_S = 30.0
"""Seconds for which praise is taken to be about the bad news, where nothing better comes."""
BETTER = frozenset({
    Role.SOLUTION, Role.STEP, Role.NEXT_STEP, Role.PROMISE, Role.OWNERSHIP, Role.CHOICE,
})  # fmt: skip
"""What the agent says when things are put right."""
SOOTHING = frozenset({Role.APOLOGY, Role.EMPATHY})
"""What the agent says for the customer's feelings."""


class BadNews:
    """What the agent told the customer last, as far as it is good or bad."""

    __slots__ = ("_better", "_soothed", "_until")

    def __init__(self) -> None:
        self._until = -math.inf
        self._better = -math.inf
        """When the latest words ended that put things right, unless bad news came since."""
        self._soothed = -math.inf
        """When the latest words ended that showed sympathy, unless bad news came since."""

    def said(self, roles: Collection[Role], end: float) -> None:
        """The agent has said something that rules with these roles hear; it ended at ``end``.

        Bad news outweighs what else is in the same words: "I'm afraid it will take two weeks"
        is a next step too.
        """
        if Role.BAD_NEWS in roles:
            self._until = end + STANDS_S
            self._better = self._soothed = -math.inf
            return
        if not SOOTHING.isdisjoint(roles):
            self._soothed = end
        if not BETTER.isdisjoint(roles):
            self._until = -math.inf
            self._better = end

    def stands(self, start: float) -> bool:
        """Whether words of the customer that begin at ``start`` may be about it."""
        return start <= self._until

    def put_right(self, since: float) -> bool:
        """Whether the agent has put something right since then, and told no bad news behind it."""
        return self._better >= since

    def soothed(self, since: float) -> bool:
        """Whether the agent has shown sympathy since then, and told no bad news behind it."""
        return self._soothed >= since
