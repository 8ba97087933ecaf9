"""Makes kept calls to measure a backtest on: ten minutes each, with levels, drafts and vectors.

    python tests/backtest/ten_minute_calls.py FOLDER 1000

What is said is drawn from the scripted calls and from the made-up hour of `coach.bench.engine`.
`DISTINCT` calls are really coached; the others are these under names of their own. The same
numbers give the same files.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from callscript import CALLS, Say, loudness, read, spoken

from coach.bench import engine as made_up
from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, encode_line, read_journal
from coach.calls.marks import Mark, Verdict, add_mark
from coach.engine.engine import EngineSettings
from coach.events import CallEnded, CallStarted, CardRaised, Channel, Fact
from coach.meaning.listening import MeaningListener
from rules.loader import load_book
from rules.matcher import Matcher

LENGTH = 600.0
DISTINCT = 100
SIDES = (Channel.AGENT, Channel.CUSTOMER)


def lines_of(channel: Channel) -> list[str]:
    """Everything that side says in the scripts, with three times as much ordinary talk."""
    scripted = {
        say.text
        for path in CALLS.glob("*.toml")
        for say in read(path).say
        if say.speaker is channel
    }
    ordinary = made_up.AGENT if channel is Channel.AGENT else made_up.CUSTOMER
    return sorted(scripted) + list(ordinary) * (3 * len(scripted) // len(ordinary))


def facts_of(name: str, chance: random.Random, pools: dict[Channel, list[str]]) -> list[Fact]:
    """One call: the sides take turns, with pauses and now and then at once."""
    says: list[Say] = []
    at, turn = 1.0, 0
    while at < LENGTH - 25.0:
        side = SIDES[turn % 2]
        text = chance.choice(pools[side])
        says.append(Say(at=round(at, 2), speaker=side, text=text, loud=chance.choice((0, 0, 0, 8))))
        at = says[-1].end + chance.choice((-0.4, 0.3, 0.6, 1.0, 1.0, 2.0, 9.0))
        turn += 1
    facts: list[Fact] = []
    for side in SIDES:
        own = [say for say in says if say.speaker is side]
        facts += loudness(side, own, LENGTH)
        for number, say in enumerate(own, 1):
            facts += spoken(say, f"{side.value[0]}{number}")
    first = CallStarted(at=0.0, call=name, started="2026-03-04T09:30:00+00:00", source="live")
    facts.sort(key=lambda fact: fact.at)
    return [first, *facts, CallEnded(at=LENGTH, reason="end")]


def coached(folder: Path, count: int) -> Iterator[Journal]:
    """Really coached calls, with their rules beside them."""
    book = load_book()
    setup = Setup(
        book=book,
        settings=EngineSettings(),
        meaning=MeaningListener(book),
        matcher=Matcher(book),
        about=About(kind=CallKind.LIVE),
        redaction=None,
    )
    setup = msgspec.structs.replace(setup, encoder=setup.meaning.encoder if setup.meaning else "")
    pools = {side: lines_of(side) for side in SIDES}
    for number in range(count):
        name = f"call-{number:05d}"
        facts = facts_of(name, random.Random(number), pools)  # noqa: S311 - the same every time
        path = CallFiles(folder, name).journal
        call = Call(setup, facts[0], path)  # type: ignore[arg-type]
        for fact in facts[1:]:
            call.feed(fact)
        call.close()
        yield read_journal(path)


def mark(folder: Path, journal: Journal, chance: random.Random) -> None:
    """A reviewer's marks of some cards of a call."""
    files = CallFiles(folder, journal.header.call)
    cards = [event for event in journal.events if isinstance(event, CardRaised)]
    for number, card in enumerate(cards[:4]):
        verdict = chance.choice((Verdict.RIGHT, Verdict.RIGHT, Verdict.WRONG))
        made = Mark(
            mark=f"M{number}",
            verdict=verdict,
            at=card.at,
            reviewer="R",
            made="2026-03-05T09:30:00+00:00",
            card=card.card,
            rule=card.rule,
        )
        add_mark(files.marks, made)


def make_calls(folder: Path, count: int) -> None:
    """Write ``count`` kept calls, every fifth distinct one with marks."""
    distinct = list(enumerate(coached(folder, min(count, DISTINCT))))
    for number, journal in distinct[::5]:
        mark(folder, journal, random.Random(number))  # noqa: S311 - the same every time
    for number in range(len(distinct), count):
        journal = distinct[number % len(distinct)][1]
        name = f"call-{number:05d}"
        header = msgspec.structs.replace(journal.header, call=name)
        first = msgspec.structs.replace(journal.events[0], call=name)
        path = CallFiles(folder, name).journal
        rest = journal.path.read_bytes().split(b"\n", 2)[2]
        path.write_bytes(encode_line(header) + encode_line(first) + rest)


if __name__ == "__main__":
    make_calls(Path(sys.argv[1]), int(sys.argv[2]))
