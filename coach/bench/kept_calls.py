"""Kept calls made up to measure on: ten minutes each, with levels, drafts and vectors.

What is said is drawn from the examples of the shipped rules and from the ordinary talk of
``coach.bench.engine``, three lines of it for each example. Every call is really coached, so its
journal is what a live call would have left. The same numbers give the same calls.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from coach.bench import engine as made_up
from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles
from coach.engine.engine import EngineSettings
from coach.events import CallEnded, CallStarted, Channel, Fact, Loudness
from coach.meaning.listening import MeaningListener
from rules.definition.rule import RuleBook
from rules.definition.speaker_channels import hears
from rules.matching.matcher import Matcher

LENGTH = 600.0
"""Seconds of a call."""
ORDINARY = 3
"""Lines of ordinary talk for each example."""
SIDES = (Channel.AGENT, Channel.CUSTOMER)
PAUSES = (-0.4, 0.3, 0.6, 1.0, 1.0, 2.0, 9.0)
"""Seconds between two turns; less than none is talk-over."""
LOUDER = (0.0, 0.0, 0.0, 8.0)
"""dB over the speaker's usual level."""


def lines_of(book: RuleBook, channel: Channel) -> list[str]:
    """What a side may say."""
    examples = sorted({
        example.text
        for rule in book.active()
        if hears(rule.speaker, channel)
        for example in rule.examples
    })  # fmt: skip
    ordinary = made_up.AGENT if channel is Channel.AGENT else made_up.CUSTOMER
    return examples + list(ordinary) * (ORDINARY * len(examples) // len(ordinary))


def facts_of(name: str, number: int, pools: dict[Channel, list[str]]) -> list[Fact]:
    """One call: the sides take turns, with pauses and now and then at once."""
    chance = random.Random(number)  # noqa: S311 - the same every time
    facts: list[Fact] = []
    at, turn = 1.0, 0
    spans: dict[Channel, list[tuple[float, float, float]]] = {side: [] for side in SIDES}
    while at < LENGTH - 25.0:
        side = SIDES[turn % 2]
        text = chance.choice(pools[side])
        end = at + max(1, len(text.split())) / made_up.WORDS_PER_SECOND
        facts += made_up.spoken(side, f"{side.value[0]}{turn}", (at, end), text)
        spans[side].append((at, end, chance.choice(LOUDER)))
        at = round(end + chance.choice(PAUSES), 3)
        turn += 1
    for side in SIDES:
        facts += _levels(side, spans[side])
    first = CallStarted(at=0.0, call=name, started="2026-03-04T09:30:00+00:00", source="live")
    facts.sort(key=lambda fact: fact.at)
    return [first, *facts, CallEnded(at=LENGTH, reason="end")]


def _levels(side: Channel, spans: list[tuple[float, float, float]]) -> Iterator[Loudness]:
    """Half a second after half a second of one side's sound."""
    left = list(spans)
    for number in range(int(LENGTH * 2)):
        start, end = number / 2, number / 2 + 0.5
        while left and left[0][1] <= start + 0.25:
            left.pop(0)
        speech = bool(left) and left[0][0] <= end - 0.25
        loud = left[0][2] if speech else 0.0
        # The level of ordinary speech wanders by a few dB from syllable to syllable.
        wander = (number * 7 % 5 - 2) * 0.7
        yield Loudness(
            at=end,
            channel=side,
            start=start,
            end=end,
            dbfs=round(-28.0 + loud + wander, 1) if speech else -66.0,
            speech=speech,
            peak_dbfs=-14.0 if speech else -60.0,
            pitch_hz=round(170.0 * 2 ** (0.45 * loud / 12) + wander * 2, 1) if speech else None,
            tilt_db=round(-14.0 + 0.5 * loud + wander / 2, 1) if speech else None,
        )


def keep_calls(folder: Path, book: RuleBook, count: int) -> Iterator[Path]:
    """Coach and keep so many calls with the rules; gives each journal as it is done."""
    setup = Setup(
        book=book,
        settings=EngineSettings(),
        meaning=MeaningListener(book),
        matcher=Matcher(book),
        about=About(kind=CallKind.LIVE),
        redaction=None,
    )
    setup = msgspec.structs.replace(setup, encoder=setup.meaning.encoder if setup.meaning else "")
    pools = {side: lines_of(book, side) for side in SIDES}
    for number in range(count):
        name = f"call-{number:05d}"
        first, *facts = facts_of(name, number, pools)
        assert isinstance(first, CallStarted)  # noqa: S101 - a call begins with it
        path = CallFiles(folder, name).journal
        call = Call(setup, first, path)
        for fact in facts:
            call.feed(fact)
        call.close()
        yield path
