"""How fast the engine is: a one-hour call, made up in memory, run with the full rule book.

``python -c "from coach.bench.engine import main; main()"`` prints the figures. Processor time
is measured, so that a busy machine changes little. Bounds: 2 ms an event at the 99th
percentile, 2 s for the hour, so that a replay can be sought by running it again.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator

import msgspec

from coach.engine.engine import Engine
from coach.events import (
    CallEnded,
    CallStarted,
    Channel,
    Fact,
    Hypothesis,
    Loudness,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)
from rules.books.loader import load_book
from rules.matching.matcher import Matcher

HOUR = 3600.0
WORDS_PER_SECOND = 2.5
CUSTOMER = (
    "hello I am calling about the bill that came last week I do not understand the second page",
    "yes it is on the account of my mother I look after it for her",
    "no the number is four seven one nine and then two two",
    "this is the third time I have called about this and nobody ever called me back",
    "okay",
    "and then the man at the shop said it would be on the next bill and it was not",
    "I see right and how long will that take because I have to go to work soon",
    "honestly this is ridiculous I have been waiting for an hour now",
    "could you send me the letter again to the new address please",
    "let me speak to your manager please",
    "yes that would be fine on Thursday in the morning if that is possible",
    "thank you that really helps",
)
AGENT = (
    "good morning thank you for calling my name is Robin how can I help you today",
    "of course let me have a look at that for you one moment please",
    "I can hear how frustrating that is and I am sorry you had to call again",
    "so if I understand you right the charge is there twice is that correct",
    "right",
    "what I can do is take it off today and send you a new bill by Friday",
    "the first page shows what was used in the month and the second one the standing charge",
    "I will call you back by Monday to tell you what the colleague has said",
    "could I take the post code and the first line of the address",
    "is there anything else I can help you with today",
)


class EngineFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, in processor time."""

    facts: int
    total_s: float
    median_ms: float
    p99_ms: float
    worst_ms: float

    def __str__(self) -> str:
        return (
            f"one hour, {self.facts} facts: {self.total_s:.2f} s in all; an event takes "
            f"{self.median_ms:.3f} ms (median), {self.p99_ms:.2f} ms (99th percentile), "
            f"{self.worst_ms:.1f} ms (worst)"
        )


def made_up_call(length: float = HOUR) -> list[Fact]:
    """The facts of a call of ``length`` seconds: two people taking turns all the time."""
    facts: list[Fact] = []
    says = itertools.cycle(zip(itertools.cycle(CUSTOMER), itertools.cycle(AGENT)))
    at, number = 1.0, 0
    voices: list[tuple[float, float, Channel]] = []
    while at < length - 20.0:
        number += 1
        for channel, text in zip((Channel.CUSTOMER, Channel.AGENT), next(says), strict=True):
            end = at + len(text.split()) / WORDS_PER_SECOND
            facts += spoken(channel, f"{channel.value[0]}{number}", (at, end), text)
            voices.append((at, end, channel))
            at = round(end + 0.6, 3)
    facts += _sound(voices, length)
    first = CallStarted(at=0.0, call="bench", started="2026-01-05T09:00:00+00:00", source="made up")
    facts.sort(key=lambda fact: fact.at)
    return [first, *facts, CallEnded(at=length, reason="end")]


def spoken(
    channel: Channel, utterance: str, span: tuple[float, float], text: str
) -> Iterator[Fact]:
    """One stretch of speech: its bounds, a draft each second, and its text."""
    (start, end), words = span, text.split()
    yield SpeechStarted(at=start, channel=channel, start=start, end=start)
    for second in range(1, int(end - start) + 1):
        known = max(1, int(second * WORDS_PER_SECOND) - 1)
        yield Hypothesis(
            at=start + second + 0.6,
            channel=channel,
            start=start,
            end=start + second,
            utterance=utterance,
            committed=" ".join(words[:known]),
            tail=" ".join(words[known : known + 1]),
        )
    yield SpeechEnded(at=end + 0.5, channel=channel, start=start, end=end)
    yield Utterance(
        at=end + 1.0, channel=channel, start=start, end=end, utterance=utterance, text=text
    )


def _sound(voices: list[tuple[float, float, Channel]], length: float) -> Iterator[Fact]:
    for step in range(int(length * 2)):
        start, end = step / 2, step / 2 + 0.5
        while voices and voices[0][1] <= start:
            voices.pop(0)
        for channel in (Channel.AGENT, Channel.CUSTOMER):
            speech = bool(voices) and voices[0][2] is channel and voices[0][0] < end
            yield Loudness(
                at=end,
                channel=channel,
                start=start,
                end=end,
                dbfs=-28.0 + step % 5 if speech else -70.0,
                speech=speech,
                pitch_hz=160.0 + step % 7 if speech else None,
                tilt_db=-14.0 + step % 3 if speech else None,
            )


def measure(length: float = HOUR) -> EngineFigures:
    """Run a made-up call of ``length`` seconds once and measure every event."""
    book = load_book()
    matcher = Matcher(book)
    facts = made_up_call(length)
    for fact in made_up_call(120.0):
        # Patterns are compiled when first tried; a call in progress has tried most of them.
        matcher.find(Channel.CUSTOMER, getattr(fact, "text", ""))
    engine = Engine(book, matcher=matcher)
    times: list[float] = []
    for fact in facts:
        before = time.process_time()
        engine.receive(fact)
        times.append((time.process_time() - before) * 1000.0)
    times_sorted = sorted(times)
    return EngineFigures(
        facts=len(facts),
        total_s=sum(times) / 1000.0,
        median_ms=statistics.median(times),
        p99_ms=times_sorted[int(len(times) * 0.99)],
        worst_ms=times_sorted[-1],
    )


def main() -> None:
    """Print the figures of three runs."""
    for _ in range(3):
        print(measure())
