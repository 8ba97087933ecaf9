"""What the agent, or anybody, has done of late, by the rules that heard it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coach.engine.cues.occasion import MatchLog
from coach.events import Evidence
from rules.definition.roles import Role
from rules.definition.rule import Rule


def latest_done(
    known: Mapping[str, Rule],
    matches: MatchLog,
    ends: Mapping[str, float],
    rules: Sequence[str],
    since: float,
) -> tuple[str, str, Evidence] | None:
    """The first of some rules that matched since a time, what it is called, and its words.

    ``ends``: when utterances ended. What the customer takes away is told at length: who begins
    with "let me run through that" has done it when the turn is over.
    """
    for rule in (one for one in rules if one in known):
        at_length = ends if Role.TAKEAWAY in known[rule].roles else {}
        for seen in reversed(matches.of(rule)):
            if max(seen.end, at_length.get(seen.utterance or "", seen.end)) < since:
                break
            if not seen.guarded:
                evidence = seen.because[0] if seen.because else Evidence(rule=rule)
                return rule, known[rule].title, evidence
    return None
