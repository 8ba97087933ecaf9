from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from callscript import spoken
from every_row import every_row
from rulekit import START, agent, book

from coach.engine.engine import Engine
from coach.engine.talk import conversation
from coach.engine.talk.feeling import TextScore, score_text
from coach.engine.talk.mood import MoodSettings, MoodTracker, turn_score
from coach.events import Action, AgentAction, Clause, Fact
from coach.snapshot import Snapshot

SETTINGS = MoodSettings()


def text(compound: float, words: int = 20, distress: float | None = None) -> TextScore:
    if distress is None:
        distress = 0.9 if compound < 0 else 0.1
    return TextScore(compound=compound, distress=distress, words=words)


def fed(*scores: float, words: int = 20, every: float = 10.0) -> MoodTracker:
    mood = MoodTracker(SETTINGS)
    for number, compound in enumerate(scores):
        mood.receive(number * every, text(compound, words), utterance=f"C{number}", said="")
    return mood


def test_few_words_have_no_score() -> None:
    assert turn_score(text(-0.9, words=2), SETTINGS) is None
    mood = fed(-0.9, -0.9, words=3)
    assert mood.point is None
    mood.receive(30.0, text(-0.9, words=3), utterance="C9", said="")
    assert mood.point is not None


@every_row(
    itertools.product(
        [-1.0, -0.3, 0.0, 0.4, 1.0],
        [0.0, 0.3, 0.5, 0.8, 1.0],
    )
)
def test_scores_stay_on_the_scale(compound: float, distress: float) -> None:
    score = turn_score(text(compound, distress=distress), SETTINGS)
    assert score is not None
    assert -5.0 <= score <= 5.0


def test_distress_speaks_where_the_word_list_is_silent() -> None:
    score = turn_score(text(0.0, distress=1.0), SETTINGS)
    assert score is not None
    assert score <= -3.0


@pytest.mark.parametrize(
    "said",
    [
        "the parcel came to the wrong door I think",
        "I lost my card and I need a new one",
        "no that is all thank you goodbye",
        "it is four four seven one nine",
    ],
)
def test_plain_facts_are_no_feelings(said: str) -> None:
    score = turn_score(score_text(said), SETTINGS)
    assert score is not None
    assert score > -2.0


def test_more_words_make_it_surer() -> None:
    few, many = fed(-0.5, words=6).point, None
    assert few is None
    one, many = fed(-0.5, words=10).point, fed(-0.5, -0.5, -0.5, words=20).point
    assert one is not None
    assert many is not None
    assert many.uncertainty < one.uncertainty


def test_later_turns_weigh_more() -> None:
    falling, rising = fed(0.8, 0.8, -0.8, -0.8).point, fed(-0.8, -0.8, 0.8, 0.8).point
    assert falling is not None
    assert rising is not None
    assert falling.score < 0.0 < rising.score


def test_share_of_negative_turns_in_a_window() -> None:
    mood = fed(-0.8, 0.8, -0.8, -0.8)
    assert mood.negative_share(30.0, 25.0) == (2, 3)
    assert mood.negative_share(100.0, 25.0) == (0, 0)


def test_change_over_a_window() -> None:
    mood = fed(0.9, 0.9, 0.9, -0.9, -0.9, -0.9)
    change = mood.change(50.0, 30.0)
    assert change is not None
    assert change < -3.0
    assert mood.change(200.0, 30.0) is None, "the last turn is too long ago"
    assert fed(0.9).change(0.0, 30.0) is None


@pytest.mark.parametrize(
    ("scores", "trend"),
    [
        ((0.5, 0.5), ""),
        ((0.5, 0.5, 0.5, 0.5), "steady"),
        ((0.9, 0.9, 0.9, -0.9, -0.9), "falling"),
        ((-0.9, -0.9, -0.9, 0.9, 0.9), "rising"),
    ],
)
def test_trend(scores: tuple[float, ...], trend: str) -> None:
    assert fed(*scores).trend() == trend


def test_one_bitter_turn_is_not_yet_a_mood() -> None:
    scores = [fed(*[-1.0] * turns).points()[-1].score for turns in (1, 2, 3, 4)]
    assert -3.5 <= scores[0] <= -2.0
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] <= -4.0


def test_a_turn_with_a_serious_cue_is_never_pleasant() -> None:
    mood = MoodTracker(SETTINGS)
    mood.receive(1.0, text(0.9), utterance="C1", said="", grave=True)
    turn = mood.last_turn()
    assert turn is not None
    assert turn.score == 0.0


def agent_moods(facts: list[Fact], *, ask: bool) -> list[Snapshot]:
    engine = Engine(book())
    snapshots = []
    for fact in facts:
        engine.receive(fact)
        if ask:
            snapshots.append(engine.snapshot())
    return [*snapshots, engine.snapshot()]


def test_the_agent_s_turns_are_scored_when_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[str] = []

    def noting(said: str, clauses: Sequence[Clause] = ()) -> TextScore:
        scored.append(said)
        return score_text(said, clauses)

    monkeypatch.setattr("coach.engine.talk.heard.score_text", noting)
    lines = [f"I am so happy to help you with number {number} today" for number in range(6)]
    says = [spoken(agent(10.0 * n, line), f"A{n}") for n, line in enumerate(lines)]
    facts: list[Fact] = [START, *itertools.chain.from_iterable(says)]
    looked = agent_moods(facts, ask=True)[-1].agent_mood
    assert len(looked) == len(lines)
    assert scored == lines
    scored.clear()
    engine = Engine(book())
    for fact in facts:
        engine.receive(fact)
    assert scored == []
    assert engine.snapshot().agent_mood == looked
    assert scored == lines
    monkeypatch.setattr(conversation, "MOST_UNFELT", 4)
    scored.clear()
    assert agent_moods(facts, ask=False)[-1].agent_mood == looked
    swap = AgentAction(at=facts[-1].at, action=Action.SWAP_CHANNELS)
    assert agent_moods([*facts, swap], ask=False)[-1].mood == looked
