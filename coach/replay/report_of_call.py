"""Reads a journal, runs the engine over it once, and puts its report together."""

from __future__ import annotations

import msgspec

from coach.calls.beside import read_beside
from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, read_journal
from coach.calls.reports.one_call import Again, call_report
from coach.calls.reports.settled import settled
from coach.events import AnyEvent, Result
from coach.notes.report.call_report import CallReport
from coach.replay.journal_rules import rules_for
from coach.replay.player import JournalSource, Player, first_difference
from coach.startup.config import Settings
from rules.definition.rule import Rule

OTHERWISE = (
    "Cards, levels and figures are those of the call; the matter and the moods come of running it "
    "again, which would now come out otherwise."
)


def report_of_call(files: CallFiles, settings: Settings, place: str = "") -> CallReport:
    """The report of a call as it was: its own cards, levels and figures.

    What is not in a journal (the matter, the moods) comes of running the engine again with the
    rules that the call had. Personal data of a journal that was not masked is masked first, and
    then everything comes of running again. ``place`` is how `coach review` finds the call where it
    is not in the library. Raises InputError or RulesError.
    """
    journal = read_journal(files.journal)
    chosen = rules_for(journal, settings, in_force=False)
    setup = chosen.setup
    player = Player(JournalSource(journal, chosen.meaning), setup, None)
    replayed: list[AnyEvent] = [player.source.first]
    while not player.finished:
        replayed += [e for e in player.step(float("inf")) if isinstance(e, AnyEvent)]
    masked = journal.header.redaction == "masked"
    own = masked and bool(journal.results() or not replayed)
    told = journal if own else msgspec.structs.replace(journal, events=tuple(replayed))
    rules: dict[str, Rule] = {
        rule.id: rule for book in (*setup.others, setup.book) for rule in book.rules
    }
    again = Again(
        snapshot=player.call.snapshot(),
        rules=rules,
        settings=setup.settings,
        called=setup.rules,
        notices=(*setup.notices, *_differs(journal, replayed, own=own)),
    )
    return call_report(journal, settled(told), again, read_beside(files), place or files.call)


def _differs(journal: Journal, replayed: list[AnyEvent], *, own: bool) -> tuple[str, ...]:
    """Whether the call would come out otherwise by now."""
    if not own:
        return ("Cards and levels are those of running the call again for this report.",)
    again = [event for event in replayed if isinstance(event, Result)]
    if first_difference(journal.results(), again) is None:
        return ()
    return (OTHERWISE,)
