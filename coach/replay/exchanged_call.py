"""A call coached again with its sides exchanged from a time on, as a reviewer confirmed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from coach.backtest.rerun import CardsSeen, as_pressed
from coach.calls.call import Call
from coach.calls.call_files import CallFiles
from coach.calls.exchanges import Exchange, add_exchange, read_exchange
from coach.calls.journal import Journal, read_journal
from coach.calls.listing import local
from coach.errors import InputError, StorageError, cause_of
from coach.events import AgentAction, AudioWarning, CallStarted, Channel, Fact, Located, Utterance
from coach.events.lengths import clock
from coach.meaning.listening import MeaningListener
from coach.notes.review.going import SAME
from coach.replay.journal_rules import rules_for
from coach.replay.player import JournalSource, Player, exchanged, run_through
from coach.startup.config import Settings


def exchange_sides(files: CallFiles, exchange: Exchange, settings: Settings) -> None:
    """Keep the answer, and make of the journal what readers and figures go by from now on.

    The journal stays as it is. Without times they go by the journal again. Raises InputError,
    RulesError or StorageError, and then nothing has changed.
    """
    journal = read_journal(files.journal, as_heard=True)
    if not _has_two_sides(journal):
        raise InputError(
            "Both people are on one track here, and no two sides can be exchanged.",
            "Put single lines right with t.",
        )
    before = read_exchange(files.sides)
    made = files.exchanged.with_name(f"{files.exchanged.name}.new")
    try:
        made.unlink(missing_ok=True)
        if exchange.times:
            _coach_again(journal, exchange, settings, made)
        add_exchange(files.sides, exchange)
        if exchange.times:
            made.replace(files.exchanged)
        else:
            files.exchanged.unlink(missing_ok=True)
    except OSError as error:
        if read_exchange(files.sides) != before:
            add_exchange(files.sides, before)
        raise StorageError(
            f"{files.exchanged} cannot be written: {cause_of(error)}.",
            "Free some space or unlock the folder.",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            made.unlink(missing_ok=True)


def _coach_again(journal: Journal, exchange: Exchange, settings: Settings, made: Path) -> None:
    """Write the call with its sides exchanged as a journal of its own."""
    facts = exchanged_from(journal.facts(), exchange.times)
    otherwise = msgspec.structs.replace(journal, events=tuple(facts))
    kept = journal.header.redaction != "masked"
    chosen = rules_for(otherwise, settings, in_force=False, keep_unredacted=kept)
    setup = msgspec.structs.replace(
        chosen.setup,
        about=journal.header.about,
        notices=(*chosen.setup.notices, said(exchange)),
    )
    source = SeenCardsSource(otherwise, chosen.meaning, CardsSeen(journal))
    player = Player(source, setup, made)
    source.call = player.call
    for _ in run_through(player):
        pass
    trouble = player.call.close()
    if trouble:
        raise StorageError(trouble, "Free some space.")


class SeenCardsSource(JournalSource):
    """Facts of a call that is coached anew: a key counts for the card that it was pressed for.

    The names of cards go by their number, so another card may have the name that the key tells.
    """

    def __init__(
        self, journal: Journal, other_rules: MeaningListener | None, seen: CardsSeen
    ) -> None:
        super().__init__(journal, other_rules)
        self._seen = seen
        self.call: Call | None = None
        """What is fed."""

    def facts(self) -> Iterator[tuple[float, Sequence[Fact]]]:
        """The recorded facts one by one, keys as they count now."""
        for at, facts in super().facts():
            (fact,) = facts
            if self.call is None or not isinstance(fact, AgentAction) or fact.card is None:
                yield at, facts
                continue
            self.call.tick(at)
            counts = as_pressed(fact, self._seen, self.call.snapshot)
            yield at, [] if counts is None else [counts]


def said(exchange: Exchange) -> str:
    """What whoever reads a figure of the call should know."""
    times = " and ".join(clock(at) for at in exchange.times)
    return (
        f"the two sides are exchanged from {times} on, as {exchange.reviewer} confirmed"
        f" ({local(exchange.made)}): lines, cards and figures go by that"
    )


def exchanged_from(facts: Iterable[Fact], times: Sequence[float]) -> list[Fact]:
    """The facts with each other's names from these seconds on, by turns.

    What was begun before stays whole. A proposal that this answers is left out.
    """
    given = list(facts)
    for at in times:
        held = dict.fromkeys(Channel, at)
        for fact in given:
            if isinstance(fact, Utterance) and fact.start < at:
                held[fact.channel] = max(held[fact.channel], fact.end)
        given = [exchanged(fact) if _is_behind(fact, at, held) else fact for fact in given]
    return [fact for fact in given if not _is_answered(fact, times)]


def _is_behind(fact: Fact, at: float, held: dict[Channel, float]) -> bool:
    if isinstance(fact, Utterance):
        return fact.start >= at
    if isinstance(fact, Located):
        return fact.start >= held[fact.channel]
    return fact.at >= at


def _is_answered(fact: Fact, times: Sequence[float]) -> bool:
    if not isinstance(fact, AudioWarning) or isinstance(fact.since, msgspec.UnsetType):
        return False
    return any(abs(fact.since - at) < SAME for at in times)


def _has_two_sides(journal: Journal) -> bool:
    first = next((fact for fact in journal.facts() if isinstance(fact, CallStarted)), None)
    return first is None or {Channel.AGENT, Channel.CUSTOMER} <= set(first.channels)
