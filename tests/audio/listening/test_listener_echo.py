"""The far end leaking into the agent's microphone, through the whole listener.

The sound is the bundled sample call, mixed; the recogniser is a stand-in that hears in the
microphone whatever can be heard there, the echo included, as the real one would.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest
from oracle import Oracle, chunks

from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener, SoundFact
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import AudioWarning, Channel, Utterance, Word
from coach.sample import CALL

pytestmark = [pytest.mark.samples, pytest.mark.xdist_group("echo of the sample call")]

AGENT, CUSTOMER = Channel.AGENT, Channel.CUSTOMER
Told = tuple[list[SoundFact], dict[Channel, list[Word]]]
DELAY = 0.12
SECONDS = 66.0
"""Of the call: six turns of either side."""
MASKED = 0.15
"""Seconds around the agent's own words in which a recogniser does not hear the fainter echo."""


def scripted() -> dict[Channel, list[Word]]:
    """Every word of the sample call, spread over its line, with a mark of its speaker."""
    said: dict[Channel, list[Word]] = {AGENT: [], CUSTOMER: []}
    with CALL.with_suffix(".tsv").open(encoding="utf-8", newline="") as rows:
        for line, row in enumerate(csv.DictReader(rows, delimiter="\t")):
            channel = Channel(row["role"].upper())
            start, end = float(row["start_s"]), float(row["end_s"])
            texts = row["text"].split()
            step = (end - start) / len(texts)
            said[channel] += [
                Word(
                    text=f"{channel.value[0].lower()}{line}.{place}",
                    start=start + place * step,
                    end=start + (place + 1) * step,
                    confidence=0.95,
                )
                for place in range(len(texts))
            ]
    return {channel: [w for w in words if w.end < SECONDS - 2.0] for channel, words in said.items()}


def sides() -> dict[Channel, Samples]:
    recording = open_recording(CALL)
    pieces: dict[Channel, list[Samples]] = {AGENT: [], CUSTOMER: []}
    for chunk in recording.chunks():
        if chunk.start < SECONDS:
            pieces[chunk.channel].append(chunk.samples)
    return {channel: np.concatenate(parts) for channel, parts in pieces.items()}


def moved(words: list[Word], by: float, mark: str = "") -> list[Word]:
    return [
        Word(text=mark + w.text, start=w.start + by, end=w.end + by, confidence=w.confidence)
        for w in words
    ]


def talk_over(said: dict[Channel, list[Word]], sound: dict[Channel, Samples]) -> None:
    """Let the agent say the sentence of 48.1 s again while the customer speaks at 59.5 s."""
    later = 11.4
    again = [w for w in said[AGENT] if w.start >= 48.1 and w.end <= 51.0]
    bounds = (again[0].start, again[-1].end, later)
    first, last, shift = (round(at * SAMPLE_RATE) for at in bounds)
    sound[AGENT][first + shift : last + shift] += sound[AGENT][first:last]
    said[AGENT] += moved(again, later, "over.")
    said[AGENT].sort(key=lambda w: w.start)


@pytest.fixture(scope="module")
def heard() -> Told:
    said, sound = scripted(), sides()
    talk_over(said, sound)
    far = sound[CUSTOMER]
    late = np.zeros(round(DELAY * SAMPLE_RATE), np.float32)
    sound[AGENT] += 0.1 * np.concatenate([late, far[: -len(late)]])
    own = said[AGENT]
    leaked = [
        w
        for w in moved(said[CUSTOMER], DELAY)
        if not any(w.start < o.end + MASKED and o.start - MASKED < w.end for o in own)
    ]
    assert len(leaked) > 50
    audible = {AGENT: sorted(own + leaked, key=lambda w: w.start), CUSTOMER: said[CUSTOMER]}
    driver = InlineDriver(Listener((AGENT, CUSTOMER)), Oracle(audible))
    facts = [fact for chunk in chunks(sound, 8000) for fact in driver.push(chunk)]
    return facts + driver.finish(SECONDS), said


def texts(facts: list[SoundFact], channel: Channel) -> list[str]:
    finals = [f for f in facts if isinstance(f, Utterance) and f.channel is channel]
    return [w for f in sorted(finals, key=lambda f: f.start) for w in f.text.split()]


def test_a_warning_says_that_the_microphone_hears_the_far_end(heard: Told) -> None:
    facts, _ = heard
    warnings = [f for f in facts if isinstance(f, AudioWarning) and f.kind == "echo"]
    assert [w.active for w in warnings] == [True]
    assert warnings[0].at < 20.0


def test_no_line_appears_twice(heard: Told) -> None:
    facts, _ = heard
    doubled = [t for t in texts(facts, AGENT) if t.startswith("c")]
    assert doubled == []


def test_the_customer_keeps_every_word(heard: Told) -> None:
    facts, said = heard
    assert texts(facts, CUSTOMER) == [w.text for w in said[CUSTOMER]]


def test_the_agent_keeps_what_was_said_at_the_same_time(heard: Told) -> None:
    facts, said = heard
    assert texts(facts, AGENT) == [w.text for w in said[AGENT]]
    assert any(w.text.startswith("over") for w in said[AGENT])
