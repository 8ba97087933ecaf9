"""How a card names the customer's matter."""

from __future__ import annotations

import pytest

from coach.engine.advice.named_matter import matter


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("I'm ringing about my bill", "your bill"),
        ("i'm ringing about a phone contract it's in my husband's name", "a phone contract"),
        ("it is about the booking we've made for may", "the booking"),
        ("I need a refund that\u2019s all", "a refund"),
        ("it is about my neighbour's tree", "your neighbour's tree"),
        ("about that", ""),
    ],
)
def test_the_thing_ends_where_another_clause_begins(said: str, named: str) -> None:
    assert matter(said, 6) == named
