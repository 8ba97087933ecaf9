"""Reads a journal and runs it through the engine once, to make it ready for review."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from coach.calls.about import About, kind_of, read_later
from coach.calls.call import Setup
from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal
from coach.calls.masked_journal import covered
from coach.calls.review.difference import compared, differences
from coach.calls.review.making import Made, Making
from coach.calls.swaps import is_swap
from coach.events import Channel, Event, Fact, Result, Utterance
from coach.notes.review.past_call import PastCall
from coach.replay.journal_rules import ReplaySetup
from coach.replay.player import JournalSource, Player, first_difference
from coach.snapshot import MoodPoint
from rules.definition.rule import RuleBook

OFTEN = 100
"""Turns after which the moods are looked at; the engine keeps 400."""
AS_IT_WAS = "cards, cues and levels are those of the call"


def past_call(
    journal: Journal,
    chosen: ReplaySetup,
    files: CallFiles,
    place: str,
    other: ReplaySetup | None = None,
) -> PastCall:
    """The call as its journal tells it; ``other`` rules are held against it, where given.

    ``place`` is how `coach review` finds it again. Raises InputError.
    """
    setup = chosen.setup
    replayed, moods = _run(Player(JournalSource(journal, chosen.meaning), setup, None))
    recorded = list(journal.results())
    masked = journal.header.redaction == "masked" or setup.redaction is None
    if not masked:
        facts = [event for event in replayed if isinstance(event, Fact)]
        recorded = list(covered(facts, recorded))
        made = _made([*facts, *recorded] if recorded else replayed, setup)
    else:
        made = _made(journal.events if recorded else replayed, setup)
    again = [event for event in replayed if isinstance(event, Result)]
    notices = list(setup.notices)
    moments = made.moments
    if recorded and masked and first_difference(recorded, again) is not None:
        notices.append(f"{AS_IT_WAS}; coached again it would come out otherwise")
    if recorded and not masked:
        notices.append(f"{AS_IT_WAS}; it was not masked, so masked lines stand for quotes")
    if not recorded:
        notices.append(f"coached anew for this review: {setup.rules}")
    if journal.truncated:
        notices.append("the journal's last line was cut short and is left out")
    if other is not None:
        events, _ = _run(Player(JournalSource(journal, other.meaning), other.setup, None))
        otherwise = _made(events, other.setup)
        notices.insert(0, compared(made, otherwise, other.setup.rules))
        moments = (*moments, *differences(moments, otherwise.moments))
    past = _put_together(journal.header.about, made, files, place)
    return msgspec.structs.replace(
        past,
        moments=tuple(sorted(moments, key=lambda moment: (moment.at, moment.kind))),
        moods=moods,
        rules=_with_cards(setup.book),
        notices=tuple(notices),
    )


def _made(events: Iterable[Event], setup: Setup) -> Made:
    others = {book.fingerprint: book.active() for book in setup.others}
    making = Making(setup.settings, setup.book.active(), others)
    for event in sorted(events, key=lambda event: event.at):
        making.take(event)
    return making.made()


Moods = dict[Channel, tuple[MoodPoint, ...]]


def _run(player: Player) -> tuple[list[Event], Moods]:
    """Every fact and result in order of time, and the moods of both sides."""
    events: list[Event] = [player.source.first]
    moods: dict[Channel, dict[float, MoodPoint]] = {channel: {} for channel in Channel}
    turns = 0
    while not player.finished:
        step = player.step(float("inf"))
        events += step
        turns += sum(isinstance(event, Utterance) for event in step)
        if any(is_swap(event) for event in step):
            moods = {channel: moods[channel.other] for channel in Channel}
        if turns >= OFTEN or player.finished:
            turns = 0
            snapshot = player.call.snapshot()
            moods[Channel.CUSTOMER] |= {point.at: point for point in snapshot.mood}
            moods[Channel.AGENT] |= {point.at: point for point in snapshot.agent_mood}
    return events, {c: tuple(p[at] for at in sorted(p)) for c, p in moods.items()}


def _with_cards(book: RuleBook) -> tuple[tuple[str, str], ...]:
    """The rules that can show a card: identifier and title."""
    return tuple((rule.id, rule.title) for rule in book.active() if rule.card is not None)


def _put_together(about: About, made: Made, files: CallFiles, place: str) -> PastCall:
    later = read_later(files.about)
    facts = {
        "": kind_of(about, made.source).value,
        "agent": about.agent if later.agent is None else later.agent,
        "queue": about.queue if later.queue is None else later.queue,
        "caller": made.caller if later.caller is None else later.caller,
    }
    return PastCall(
        call=files.call,
        place=place,
        started=made.started,
        seconds=made.seconds,
        about="  ".join(f"{name} {value}".strip() for name, value in facts.items() if value),
        lines=made.lines,
        speech=made.speech,
        levels=made.levels,
        moods={},
        moments=made.moments,
    )
