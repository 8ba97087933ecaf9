"""Card numbers in each manner of saying them, and what must not be taken for one beside them."""

from __future__ import annotations

import pytest
from card_manners import MANNERS, count_manner
from redaction_count import count_lines, table

from coach.calls.redaction.card_follower import CardFollower
from coach.calls.redaction.finder import Finder
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.spoken_digits import tokens_of
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
        "C: <card:4634 1733 4676 3171>, the final digit could be a <card:four>",
        "C: <card:4634 1733 4676 3171>, the first one's an <card:eight>, not a <card:three>",
        "C: <card:4634 1733 4676 3171> | A: ok | C: there's a <card:nine> at the end",
        (
            "C: The print is faint. <card:Four six,> is it a <card:three?> | A: no rush | "
            "C: yes it's a <card:three,> <card:four.> <card:1733 4676 3171>"
        ),
        "A: card? | C: <card:Four six,> or maybe it's a <card:three> | A: mm | C: <card:four>",
        "C: <card:4634 1733 4676 3171> | A: <card:1738> in the middle? | C: <card:double three>",
        (
            "C: <card:4634 1733 4676 3171> | A: Is it <card:4684> at the beginning? | "
            "C: Nah, <card:three.> <card:Forty-six thirty-four.>"
        ),
        "A: I see a Mastercard finishing in <card:3171>, use that?",
        "C: can I use the one ending in <card:three one seven one,> the Visa?",
        "C: the last four of the card are <card:3171>",
        "A: card? | C: <card:4634 1733 4676 317> might be a <card:one> or a <card:six>",
        "C: <card:4634 1733 4676 3171> the date too? | A: Yes. | C: <expiry:May of thirty.>",
        "C: <card:4634 1733 4676 3171>, it lapses at <expiry:the end of June twenty thirty>",
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
        "I'd give it a four, is that an eight? No, a four or a five",
        "the order ending 2231 is late and the last one was a three",
        "March of thirty-one",
    ],
)
def test_what_looks_like_a_form_is_none_where_no_card_is_read_out(text: str) -> None:
    assert Finder().final(Channel.CUSTOMER, text, 1.0) == []


@pytest.mark.parametrize(
    "text",
    [
        "the first two nights in room 4, the last one was a disaster",
        "it comes on the second, it's 20 parcels",
        "that is 25 pounds in the end",
        "that little four digit one at the end",
        "in March we had thirty-one guests",
    ],
)
def test_behind_a_whole_card_what_is_counted_is_no_digit_of_it(text: str) -> None:
    assert count_lines([f"C: <card:4634 1733 4676 3171> | A: thanks | C: {text}"]).wrong_lines == []


def test_a_digit_asked_about_may_be_a_part_or_not() -> None:
    """Said again with the next ones it counts once: nothing is waited for behind the whole card."""
    for before in ("Four six, is that a three?", "Four six, could that be a three?"):
        follower = CardFollower()
        finder = Finder()
        for at, text in enumerate((before, "yes, three four. 1733 4676 3171"), 1):
            marks = finder.final(Channel.CUSTOMER, text, float(at))
            follower.follow(Channel.CUSTOMER, tokens_of(text), marks, float(at), phone_asked=False)
        assert follower.open_at(3.0) is None


def test_a_telephone_number_behind_a_post_code_is_one() -> None:
    """With the figures before it every tenth one passes the check of a card."""
    for text in ("13298", "13299", "10010"):
        finder = Finder()
        finder.final(Channel.CUSTOMER, text, 1.0)
        marks = finder.final(Channel.CUSTOMER, "456 415 8541", 2.0)
        assert [mark.kind for mark in marks] == [MaskedKind.PHONE]


OF_NOUGHTS = (
    "A: the long number please? | C: <card:four, oh> | A: yep | C: <card:oh oh> | A: yep"
    " | C: <card:oh-oh oh-oh oh-oh oh-oh oh-oh> | C: <card:oh-two>"
)
TEN_AND_FIGURE = (
    "A: can I take the long number please? | C: <card:thirty-oh-nine> | A: yep"
    " | C: <card:ninety-five-eighty-nine seventy 3 fifty 9> | A: <card:7359>?"
    " | C: <card:oh-seven> did you get all that?"
)


@pytest.mark.parametrize("line", [OF_NOUGHTS, TEN_AND_FIGURE])
def test_short_parts_of_a_card_that_is_asked_for_are_masked_however_written(line: str) -> None:
    assert count_lines([line]).wrong_lines == []
