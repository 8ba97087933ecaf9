"""Card numbers in whatever form people say them: composed calls, and lines of every kind met."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redaction_count import count_lines, table, turns_of
from spoken_numbers import CallShape, ComposedCall, a_shape, other_call

from coach.calls.redaction.card_path import DictatedPart, ways
from coach.calls.redaction.finder import Finder
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.redactor import RedactionSettings, Redactor
from coach.calls.redaction.silences import silences
from coach.events import Channel, Event, Utterance, Word

NO_PAUSE = RedactionSettings(pause_for_card=False)
PLAINLY_ASKED = CallShape(
    asked=True, by_turns=False, repaired=False, with_asides=False, agent_reads=False, least=2
)
_WORD = 0.25


def said(at: float, channel: Channel, text: str) -> Utterance:
    """A turn of which every word takes a quarter of a second."""
    words = tuple(
        Word(text=word, start=at + n * _WORD, end=at + (n + 1) * _WORD, confidence=0.9)
        for n, word in enumerate(text.split())
    )
    end = words[-1].end
    return Utterance(
        at=end, channel=channel, start=at, end=end, utterance=f"U{at:g}", text=text, words=words
    )


@given(chance=st.randoms(use_true_random=False), by_turns=st.booleans())
def test_a_card_that_is_asked_for_is_masked_whole_in_text_and_sound(
    chance: Random, by_turns: bool
) -> None:
    """Whatever its network, groups and words, in one turn or over many."""
    line = ComposedCall(chance, PLAINLY_ASKED._replace(by_turns=by_turns)).line()
    redactor = Redactor(NO_PAUSE)
    events: list[Event] = []
    must: list[tuple[Channel, float]] = []
    at = 0.0
    for channel, text, spans in turns_of(line):
        turn = said(at, channel, text)
        events += [fact for fact in redactor.push(turn) if isinstance(fact, Utterance)]
        card = [span for span in spans if span.kind is MaskedKind.CARD]
        must += [
            (channel, (turn.words[n].start + turn.words[n].end) / 2)
            for span in card
            for n in range(span.first, span.last + 1)
        ]
        at = turn.end + 1.0
    silent = silences(events)
    for channel, moment in must:
        covered = any(s.channel is channel and s.start <= moment <= s.end for s in silent)
        assert covered, (line, moment)


@given(chance=st.randoms(use_true_random=False))
def test_numbers_that_are_called_something_else_and_sums_are_not_masked(chance: Random) -> None:
    line = other_call(chance)
    finder = Finder()
    for at, (channel, text, _) in enumerate(turns_of(line), 1):
        assert finder.final(channel, text, 3.0 * at) == [], line


@pytest.mark.parametrize("seed", [11, 12])
def test_nearly_every_card_of_any_shape_is_masked_whole(seed: int) -> None:
    """With asides, repairs, parts of one digit, and where nothing announces it."""
    chance = Random(seed)  # noqa: S311 - no secret
    lines = [ComposedCall(chance, a_shape(chance)).line() for _ in range(250)]
    counts = count_lines(lines)
    found, wanted = counts.found[MaskedKind.CARD], counts.wanted[MaskedKind.CARD]
    assert found >= 0.97 * wanted, table(counts)


def test_which_ways_are_followed_does_not_depend_on_the_run() -> None:
    """A set of texts has another order in every process; what is masked must not."""
    parts = [DictatedPart("4", others=("5",)) for _ in range(7)]
    every = sorted(ways(parts[:6]))
    assert len(every) == 64
    assert ways(parts) == set(sorted(a + b for a in every for b in "45")[:64])
