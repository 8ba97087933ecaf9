"""What lint says of the words on a card."""

from __future__ import annotations

import pytest
from rulekit import book, card, rule

from rules.checking.lint import lint

BLANKS = "every wording has a blank; one without is said where nothing is known for it"


@pytest.mark.parametrize(
    ("say", "steps", "said"),
    [
        (("About {issue}.", "I am {agent}."), (), [BLANKS]),
        (("About {issue}.", "About that."), (), []),
        ((), ("One step",), []),
        ((), (), ["neither words to say nor steps"]),
    ],
)
def test_a_card_has_words_for_every_call(
    say: tuple[str, ...], steps: tuple[str, ...], said: list[str]
) -> None:
    written = book(rule("esc.a", "apple", card=card(say=say, steps=steps)))
    found = lint(written)
    assert [f.message for f in found if f.key == "card.say"] == said
