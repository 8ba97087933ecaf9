"""Praise right behind bad news may be sarcasm: it counts neither way."""

from __future__ import annotations

from every_row import every_row
from rulekit import ScriptedRun, agent, customer, rule

from rules.definition.roles import Role

PRAISE = "oh that is wonderful, how lovely and how very kind of you all"
REFUSAL = rule("note.bad_news", "(unfortunately|can not)", 0, roles=(Role.BAD_NEWS,))
STEP = rule("note.step", "i have <2> booked", 0, roles=(Role.STEP,))
COMPLAINT = rule("esc.supervisor", "your manager", 2)


def after(*agents_words: str, praise_at: float = 30.0) -> tuple[float, float]:
    """Mood and heat behind praise that comes after these words of the agent's."""
    run = ScriptedRun(COMPLAINT, REFUSAL, STEP)
    # The mood needs a turn before.
    run.play(
        customer(1.0, "this is about the parcel that i ordered from the shop, your manager knows"),
        *[agent(9.0 + 8.0 * n, text) for n, text in enumerate(agents_words)],
        customer(praise_at, PRAISE),
        until=praise_at + 10.0,
    )
    mood = run.engine.snapshot().mood
    heat = run.engine._advice.escalation._heats[0].weight
    return mood[-1].score, heat


def test_praise_lifts_the_mood_and_eases_the_heat() -> None:
    score, heat = after("i have now booked a van for you")
    assert score > 1.0
    assert heat < 1.0


@every_row([
    ("unfortunately it takes two weeks",),
    ("unfortunately i have only booked a van in two weeks",),
    ("i have now booked a van", "unfortunately they can not come before june"),
])  # fmt: skip
def test_behind_bad_news_it_does_neither(words: tuple[str, ...]) -> None:
    score, heat = after(*words)
    assert score <= 0.0
    assert heat == 1.0


def test_bad_news_stands_until_something_better_comes() -> None:
    score, heat = after("unfortunately they can not come", "i have now booked a van for you")
    assert score > 1.0
    assert heat < 1.0


def test_bad_news_of_long_ago_does_not_stand() -> None:
    score, _ = after("unfortunately it takes two weeks", praise_at=60.0)
    assert score > 1.0


def test_what_is_bitter_counts_behind_bad_news_too() -> None:
    run = ScriptedRun(REFUSAL)
    bitter = "that is a disgrace and i am furious, you are useless and this is a horrible mess"
    run.play(agent(1.0, "unfortunately it takes two weeks"), customer(6.0, bitter), until=20.0)
    assert run.engine.snapshot().mood[-1].score < -1.0
