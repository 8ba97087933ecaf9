"""Card numbers in each manner of saying them, and what must not be taken for one beside them."""

from __future__ import annotations

import pytest
from card_manners import MANNERS, count_manner
from redaction_count import count_lines, table

from coach.calls.redaction.finder import Finder
from coach.calls.redaction.kinds import MaskedKind
from coach.events import Channel


@pytest.mark.parametrize("manner", sorted(MANNERS))
def test_nearly_every_card_is_masked_whole_in_each_manner(manner: str) -> None:
    counts = count_manner(manner, 31, 60)
    for kind in (MaskedKind.CARD, MaskedKind.EXPIRY, MaskedKind.CODE):
        assert counts.found[kind] >= 0.9 * counts.wanted[kind], table(counts)


@pytest.mark.parametrize(
    "line",
    [
        "A: card number please | C: <card:four thousand and two> <card:sixty-one hundred>",
        "A: card number please | C: <card:for nein two> | A: yes | C: <card:four one too six>",
        "A: card number please | C: <card:$42.19> | A: yes | C: <card:4,219> <card:42:19>",
        "A: call out the digits for me | C: <card:six> a <card:one>, <card:two nines>",
        "A: card number? | C: <card:4634 1733 4676 3171> | A: <card:3371?> | C: no, <card:one>",
        "C: <card:4634 1733 4676 3171> expires <expiry:six, year two seven>",
        "C: <card:4634 1733 4676 3171> | C: <code:481>, that was the three digits",
        "A: Number, please? | C: Yes please, number is <card:four, two, six, five.>",
    ],
)
def test_a_form_is_masked(line: str) -> None:
    assert count_lines([line]).wrong_lines == []


@pytest.mark.parametrize(
    "text",
    [
        "chennai and 614874",
        "my order for ethan hunt 6785 pa",
        "13298",
        "on 23082018",
        "I had it for two years, that's one good thing",
        "they ate four tree cakes",
        "it cost four thousand and two pounds",
        "the third four again",
    ],
)
def test_what_looks_like_a_form_is_none_where_no_card_is_read_out(text: str) -> None:
    assert Finder().final(Channel.CUSTOMER, text, 1.0) == []


def test_a_telephone_number_behind_a_post_code_is_one() -> None:
    """With the figures before it every tenth one passes the check of a card."""
    for text in ("13298", "13299", "10010"):
        finder = Finder()
        finder.final(Channel.CUSTOMER, text, 1.0)
        marks = finder.final(Channel.CUSTOMER, "456 415 8541", 2.0)
        assert [mark.kind for mark in marks] == [MaskedKind.PHONE]
