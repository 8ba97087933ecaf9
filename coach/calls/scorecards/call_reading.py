"""From a call's files to what the engine answers: its journal, and the rules that it had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, read_journal
from coach.calls.kept_rules import folder_of, kept
from coach.calls.masked_journal import masked_journal
from coach.calls.scorecards.automatic import Roles, Suggestion, suggest
from coach.calls.scorecards.call_facts import gather
from coach.calls.scorecards.form import Form
from coach.events import RulesChanged
from rules.definition.rule import RuleBook


def suggestions(
    form: Form, files: CallFiles, in_force: Callable[[], RuleBook]
) -> dict[str, Suggestion]:
    """What the engine answers, by question.

    ``in_force`` gives the rules of today, for calls whose own are not kept. Raises InputError
    where the journal cannot be read.
    """
    automatic = [question for _, question in form.questions() if question.automatic is not None]
    if not automatic:
        return {}
    journal = read_journal(files.journal)
    facts = gather(masked_journal(journal).events)
    roles = _roles(journal, files, in_force)
    answers = {question.id: suggest(question, facts, roles) for question in automatic}
    return {name: answer for name, answer in answers.items() if answer is not None}


def _roles(journal: Journal, files: CallFiles, in_force: Callable[[], RuleBook]) -> Roles:
    """The rules of each role, in every set that the call had."""
    names = [journal.header.rules]
    names += [event.rules for event in journal.events if isinstance(event, RulesChanged)]
    found = (kept(name, folder_of(files.journal)) for name in names)
    return roles_of([book for book in found if book is not None] or [in_force()])


def roles_of(books: list[RuleBook]) -> Roles:
    """The ids of the rules of each role."""
    roles: dict[str, set[str]] = defaultdict(set)
    for book in books:
        for rule in book.rules:
            for role in rule.roles:
                roles[role.value].add(rule.id)
    return {role: frozenset(ids) for role, ids in roles.items()}
