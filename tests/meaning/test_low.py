"""Quiet misery: several soft signs move the level, one does not, and calm callers do not."""

from __future__ import annotations

import pytest
import shipped_rules

from coach.engine.engine import Engine
from coach.events import EscalationChanged, Level
from coach.meaning.listening import MeaningListener
from rules.checking.testing import facts_of
from rules.definition.examples import ScriptedCall, ScriptedMoment

LOW = (
    "i really can't pay that, i just can't stretch to it",
    "i lie awake every night and it all goes round in my head",
    "seven. i'm worn out, i have no fight left in me",
)
CALM = (
    "i can't afford the bigger one so the small one please",
    "i live alone and i like it that way",
    "i've given up the gym so i need the form to cancel it",
)


def _highest(*said: str) -> Level:
    steps = [ScriptedMoment(at=1.0 + 14.0 * n, customer=text) for n, text in enumerate(said)]
    call = ScriptedCall(name="low", steps=(*steps, ScriptedMoment(at=14.0 * len(said) + 8.0)))
    listener = MeaningListener(shipped_rules.book())
    engine = Engine(shipped_rules.book(), matcher=shipped_rules.matcher())
    results = [result for fact in facts_of(call) for result in engine.receive(listener.given(fact))]
    levels = [result.level for result in results if isinstance(result, EscalationChanged)]
    return max([Level.CALM, *levels])


@pytest.mark.meaning
def test_somebody_who_says_softly_and_again_that_it_is_too_much_is_not_calm() -> None:
    assert _highest(*LOW) >= Level.UNEASY


@pytest.mark.meaning
@pytest.mark.parametrize("said", [LOW[:1], LOW[1:2], LOW[2:], CALM])
def test_one_sigh_or_a_calm_remark_leaves_the_call_calm(said: tuple[str, ...]) -> None:
    assert _highest(*said) is Level.CALM
