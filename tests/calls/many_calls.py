"""Makes a library of any size: coached calls, each with other words, people and days.

    python tests/calls/many_calls.py FOLDER 10000 [--unmasked]

A dozen scripted calls are run through the engine once; every call is one of them with lines of its
own between, another day, agent, queue and caller. The same number gives the same files. They are
masked, as the program writes them, or unmasked, as those from before masking are.
"""

from __future__ import annotations

import itertools
import random
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from callscript import CALLS, facts_of, read

from coach.calls.about import About, CallKind
from coach.calls.call_files import CallFiles
from coach.calls.journal import JournalHeader, encode_line
from coach.calls.masked_journal import MASKED
from coach.engine.engine import DEFAULTS, Engine
from coach.events import AnyEvent, CallEnded, CallStarted, Channel, Hypothesis, Loudness, Utterance
from rules.books.loader import load_book
from rules.matching.matcher import Matcher

FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
AGENTS = ("Anna", "Bela", "Carol", "Dino", "Eve", "Femi", "Gita", "Hugo")
QUEUES = ("billing", "repairs", "orders", "cancellations")
KINDS = (*[CallKind.LIVE] * 7, CallKind.IMPORT, CallKind.REHEARSAL, CallKind.DEMO)
LINES = 40
"""Further lines in each call."""


def coached() -> Iterator[tuple[AnyEvent, ...]]:
    """The scripted calls with what the engine makes of them, without levels and drafts."""
    book = load_book()
    matcher = Matcher(book)
    for path in sorted(CALLS.glob("*.toml")):
        engine = Engine(book, DEFAULTS, matcher=matcher)
        events: list[AnyEvent] = []
        for fact in facts_of(read(path)):
            events += [fact, *engine.receive(fact)]
        yield tuple(e for e in events if not isinstance(e, Loudness | Hypothesis))


def vocabulary(calls: list[tuple[AnyEvent, ...]]) -> list[str]:
    """Every word that is said in them, and some thousands that are not."""
    said = {w for call in calls for e in call if isinstance(e, Utterance) for w in e.text.split()}
    syllables = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")
    made = ("".join(three) for three in itertools.product(syllables, repeat=3))
    return sorted(re.sub(r"\W", "", word).lower() for word in said if word.isalpha()) + list(made)


def make_calls(folder: Path, count: int, redaction: str = MASKED) -> None:
    """Write the journals of ``count`` calls, every tenth with a mark's worth of tags."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(count)  # noqa: S311 - the same files every time, nothing secret
    bases = list(coached())
    words = vocabulary(bases)
    weights = list(itertools.accumulate(1.0 / (rank + 5) for rank in range(len(words))))
    for number in range(count):
        started = FIRST + timedelta(minutes=45 * number)
        call = f"{started:%Y-%m-%dT%H-%M-%S}-{number:06x}"
        base = chance.choice(bases)
        about = About(
            kind=chance.choice(KINDS),
            agent=chance.choice(AGENTS),
            queue=chance.choice(QUEUES),
            tags=("vip",) if number % 10 == 0 else (),
        )
        header = JournalHeader(
            version="0", call=call, rules="", settings={}, about=about, redaction=redaction
        )
        first = CallStarted(
            at=0.0,
            call=call,
            started=started.isoformat(),
            source="live" if about.kind is CallKind.LIVE else "call.wav",
            caller=f"K{chance.randrange(count // 3 + 1)}",
        )
        events = [header, first, *_with_lines(base, words, weights, chance)]
        path = CallFiles(folder, call).journal
        path.write_bytes(b"".join(encode_line(event) for event in events))


def _with_lines(
    base: tuple[AnyEvent, ...], words: list[str], weights: list[float], chance: random.Random
) -> Iterator[AnyEvent]:
    end = base[-1].at
    yield from base[1:-1]
    for number in range(LINES):
        side = Channel.CUSTOMER if number % 2 else Channel.AGENT
        text = " ".join(chance.choices(words, cum_weights=weights, k=12))
        yield Utterance(
            at=end + 5.0, channel=side, start=end, end=end + 5.0, utterance=f"X{number}", text=text
        )
        end += 5.0
    yield msgspec.structs.replace(base[-1], at=end) if isinstance(base[-1], CallEnded) else base[-1]


if __name__ == "__main__":
    make_calls(Path(sys.argv[1]), int(sys.argv[2]), "" if "--unmasked" in sys.argv else MASKED)
