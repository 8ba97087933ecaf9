"""What is listened for in words of which nobody knows whose they are.

Where both people have a side and a stretch may be either's, a rule about one of them stays silent:
an agent's "I will cancel it" is no customer leaving. What anybody may say counts, and so does a
danger, since whoever speaks of one, somebody may need help.
"""

from __future__ import annotations

from coach.events import Track
from rules.definition.conditions import Silence, Speaker, leaves
from rules.matching.matcher import Matcher


def anyones_conditions(matcher: Matcher) -> frozenset[int]:
    """Numbers of the lexical conditions that hold whoever speaks."""
    return frozenset(
        matcher.numbers.of(leaf, rule.speaker)
        for rule in matcher.book.active()
        for condition in (rule.when, *rule.unless)
        for leaf in leaves(condition)
        if not isinstance(leaf, Silence)
        and (rule.track is Track.SAFETY or (leaf.speaker or rule.speaker) is Speaker.ANY)
    )
