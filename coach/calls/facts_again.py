"""What an old call's engine is given when it runs again: the journal's facts, whole."""

from __future__ import annotations

import msgspec

from coach.calls.journal import Journal
from coach.engine.engine import EngineSettings
from coach.errors import InputError
from coach.events import CallEnded, CallStarted, Fact, RulesChanged
from coach.meaning.listening import MeaningListener


def whole_facts(
    journal: Journal, other_rules: MeaningListener | None = None
) -> tuple[CallStarted, *tuple[Fact, ...]]:
    """The facts from CallStarted to CallEnded, both of which a damaged journal may lack.

    ``other_rules`` scores the kept vectors for rules that the call was not coached with. Those
    are in force all through the call: changes of its own rules are left out.
    """
    facts = list(journal.facts())
    if other_rules is not None:
        made_by = journal.header.encoder
        facts = [
            other_rules.given_again(fact, made_by)
            for fact in facts
            if not isinstance(fact, RulesChanged)
        ]
    first = facts[0] if facts else None
    if isinstance(first, CallStarted):
        del facts[0]
    else:
        first = CallStarted(at=0.0, call=journal.header.call, started="", source="journal")
    if not facts or not isinstance(facts[-1], CallEnded):
        end = facts[-1].at if facts else first.at
        facts.append(CallEnded(at=end, reason="the journal ends here"))
    return (first, *facts)


def recorded_settings(journal: Journal) -> EngineSettings:
    """Give the engine settings that a journal's call was coached with."""
    try:
        return msgspec.convert(journal.header.settings, EngineSettings)
    except msgspec.ValidationError as error:
        raise InputError(
            f"The settings in the header of {journal.path} cannot be used: {error}.",
            "It was written by another version of Coach.",
        ) from None
