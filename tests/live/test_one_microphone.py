"""A live call through one microphone that hears both people: its life, its names, its journal."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulekit import book, card, rule
from twovoices import FIRST, NOBODY, SECOND, LoudIsSpeech, PitchTells, spoken

from audio.listening.listener import Listener, ListenerSettings
from audio.listening.split_listener import SplitListener
from audio.recognition.decoding import DecodeResult
from audio.samples.chunks import SAMPLE_RATE, Chunk
from audio.voices.live_split import SIDES
from coach.calls.call import Call, Setup
from coach.calls.journal import read_journal
from coach.calls.side_watch import Taken
from coach.engine.engine import EngineSettings
from coach.events import (
    Action,
    AgentAction,
    AudioWarning,
    CallEnded,
    CallStarted,
    CardRaised,
    Channel,
    Event,
    Fact,
    Loudness,
    Result,
    Utterance,
    Word,
)
from coach.live.call_hearing import CallBounds, CallHearing, CallOpened
from coach.live.capture_and_listener import OneMicrophone
from coach.live.late_decodes import Ask, CallDecoded
from coach.replay.player import first_difference, replay_results

A, C, M = Channel.AGENT, Channel.CUSTOMER, Channel.MIXED
TAKEN = Taken(agent="the first voice", customer="the second voice", remedy="x exchanges them")
BLOCK = 1600


def listener() -> SplitListener:
    return SplitListener(detector=LoudIsSpeech, encoder=PitchTells())  # type: ignore[arg-type]


def watcher() -> Listener:
    return Listener((M,), ListenerSettings(), detector=LoudIsSpeech)


class Desk:
    """A microphone on a desk, and a recogniser that hears what it was told to at each time."""

    def __init__(self, *says: tuple[float, str], bounds: CallBounds | None = None) -> None:
        self._says = says
        self.now = 0.0
        self.events: list[Fact | CallOpened] = []
        self.ears = CallHearing(
            listener,
            bounds or CallBounds(begin_on_sound=False),
            lambda: CallStarted(at=0.0, call="c", started="", source="live", channels=SIDES),
            OneMicrophone(watcher, TAKEN),
        )

    def hear(self, *parts: tuple[float, float]) -> None:
        sound = spoken(*parts)
        for first in range(0, len(sound), BLOCK):
            piece = sound[first : first + BLOCK]
            chunk = Chunk(M, self.now, piece)
            self.now += len(piece) / SAMPLE_RATE
            self._take(self.ears.hear([chunk], self.now))

    def press(self, action: Action) -> None:
        self._take(self.ears.press(action, self.now))

    def begin(self) -> None:
        self._take(self.ears.begin(self.now))

    def _take(self, outcomes: list[Fact | CallOpened | Ask]) -> None:
        for outcome in outcomes:
            if not isinstance(outcome, Ask):
                self.events.append(outcome)
                continue
            request = outcome.request
            words = tuple(
                Word(text=text, start=at + 0.2 * n, end=at + 0.2 * n + 0.2, confidence=0.95)
                for at, said in self._says
                for n, text in enumerate(said.split())
                if request.start <= at + 0.2 * n <= request.end
            )
            answer = CallDecoded(outcome.call, DecodeResult(request, words))
            self._take(self.ears.deliver(answer, self.now))

    def of(self, kind: type[Event]) -> list:
        return [one for one in self.events if isinstance(one, kind)]


TALK = ((NOBODY, 0.5), (FIRST, 3.0), (NOBODY, 1.2), (SECOND, 3.0), (NOBODY, 3.0))
SAYS = ((0.8, "good morning"), (5.2, "i want your manager"))


def heard(*says: tuple[float, str]) -> Desk:
    desk = Desk(*says)
    desk.hear((NOBODY, 1.0))
    desk.begin()
    desk.hear(*TALK)
    desk.press(Action.END)
    return desk


@pytest.mark.samples
def test_each_sentence_is_the_speakers_and_the_end_waits_for_the_last() -> None:
    desk = heard(*SAYS)
    assert [(u.channel, u.text) for u in desk.of(Utterance)] == [
        (A, "good morning"),
        (C, "i want your manager"),
    ]
    assert isinstance(desk.events[-1], CallEnded)
    assert not [w for w in desk.of(AudioWarning) if w.kind.startswith("silent")]


@pytest.mark.samples
def test_the_opening_words_exchange_the_voices_and_say_so() -> None:
    said = "thank you for calling riverside bank my name is anna how can i help you today"
    desk = heard((0.8, "hello"), (5.0, said))
    (told,) = [w for w in desk.of(AudioWarning) if w.kind == "sides"]
    assert "the second voice" in told.detail
    assert "x exchanges them" in told.detail
    assert [a.action for a in desk.of(AgentAction)] == [Action.SWAP_CHANNELS]
    after = desk.events[desk.events.index(told) :]
    assert {one.channel for one in after if isinstance(one, Loudness) and one.dbfs > -60} <= {A}
    desk.begin()
    desk.hear((FIRST, 2.0), (NOBODY, 3.0))
    spoke = [one for one in desk.of(Loudness)[-10:] if one.dbfs > -60]
    assert {one.channel for one in spoke} <= {A}, "in the next call the first voice is new"


@pytest.mark.samples
def test_what_was_said_while_paused_is_not_heard_when_it_comes_later() -> None:
    desk = Desk((0.8, "before"), (4.0, "secret"), (8.0, "after"))
    desk.begin()
    desk.hear((NOBODY, 0.5), (FIRST, 2.0), (NOBODY, 0.5))
    desk.press(Action.PAUSE)
    desk.hear((FIRST, 3.0))
    desk.press(Action.RESUME)
    desk.hear((NOBODY, 1.0), (FIRST, 2.0), (NOBODY, 3.0))
    desk.press(Action.END)
    assert [u.text for u in desk.of(Utterance)] == ["before", "after"]


@pytest.mark.samples
def test_a_call_may_begin_by_sound_and_ends_with_a_dead_line() -> None:
    desk = Desk(bounds=CallBounds(end_after=10.0))
    desk.hear((NOBODY, 2.0))
    assert {one.channel for one in desk.of(Loudness)} == {M}
    desk.hear((FIRST, 2.0), (NOBODY, 13.0))
    (opened,) = [one for one in desk.events if isinstance(one, CallOpened)]
    assert opened.at == pytest.approx(1.5, abs=0.1)
    (ended,) = desk.of(CallEnded)
    assert ended.reason == "the far end went silent"


@pytest.mark.samples
@pytest.mark.parametrize("says", [SAYS, ((0.8, "i want your manager"), (5.2, "no"))])
def test_live_equals_the_replay_of_its_journal(
    tmp_path: Path, says: tuple[tuple[float, str], ...]
) -> None:
    desk, rules = heard(*says), book(rule("esc.boss", "your manager", card=card()))
    setup = Setup(book=rules, settings=EngineSettings())
    (first,) = [one.first for one in desk.events if isinstance(one, CallOpened)]
    call = Call(setup, first, tmp_path / "c.jsonl")
    live: list[Result] = []
    begun = desk.events.index(next(o for o in desk.events if isinstance(o, CallOpened)))
    for fact in desk.events[begun + 1 :]:
        live += call.feed(fact)
    assert call.close() == ""
    journal = read_journal(tmp_path / "c.jsonl")
    assert (
        first_difference(journal.results(), replay_results(journal, rules, setup.settings)) is None
    )
    raised = [one.rule for one in live if isinstance(one, CardRaised)]
    assert raised == (["esc.boss"] if says is SAYS else []), "the agent's own words are no wish"
