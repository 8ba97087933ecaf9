"""Which wording of a rule's card was on the screen, and what the agent did with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from coach.events import Action, AgentAction, AnyEvent, CardCleared, CardRaised, Clearing

OTHER = "(another wording)"
ANSWERED = {Clearing.USED: "used", Clearing.DISMISSED: "dismissed"}


def wordings_of(
    events: Iterable[AnyEvent], rule: str, say: Sequence[str]
) -> Counter[tuple[str, str]]:
    """How often each wording of a recorded call was ``shown``, ``used`` or ``dismissed``.

    ``say``: the wordings as they stand in the rule. What the agent turned to with the key for the
    next wording is reckoned on from the one that the card came with.
    """
    found: Counter[tuple[str, str]] = Counter()
    fitting = [re.compile(_pattern(words)) for words in say]
    card, number = "", -1
    for event in events:
        if isinstance(event, CardRaised) and event.rule == rule:
            matched = (i for i, one in enumerate(fitting) if one.fullmatch(event.say))
            card, number = event.card, next(matched, -1)
            found[_words(say, number), "shown"] += 1
        elif isinstance(event, AgentAction) and card and event.action is Action.NEXT_WORDING:
            if event.card in (None, card) and number >= 0:
                number = (number + 1) % len(say)
                found[_words(say, number), "shown"] += 1
        elif isinstance(event, CardCleared) and event.card == card:
            if event.reason in ANSWERED:
                found[_words(say, number), ANSWERED[event.reason]] += 1
            card = ""
    return found


def _pattern(words: str) -> str:
    """What a wording looks like once its places are filled in."""
    return ".*".join(re.escape(part) for part in re.split(r"\{[a-z]+\}", words))


def _words(say: Sequence[str], number: int) -> str:
    return say[number] if number >= 0 else OTHER
