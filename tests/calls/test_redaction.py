"""What must never be written, in whatever way it is said."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from types import FrameType

import msgspec
import pytest
from redaction_count import count, table
from shipped_rules import book

from coach.calls.call import Call, Setup
from coach.calls.journal import read_journal
from coach.calls.redaction.finder import Finder
from coach.calls.redaction.kinds import MaskedKind, kind_of
from coach.calls.redaction.redactor import LONGEST_PAUSE, RedactionSettings, Redactor
from coach.calls.redaction.silences import silences
from coach.calls.redaction.spoken_digits import card_windows, passes_luhn, tokens_of
from coach.engine.engine import EngineSettings
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    Channel,
    Clause,
    Fact,
    Hypothesis,
    Utterance,
    Word,
)
from coach.replay.player import replay_results
from rules.definition.rule import RuleBook

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
STARTED = CallStarted(at=0.0, call="a", started="2026-01-05T09:00:00+00:00", source="live")
NO_PAUSE = RedactionSettings(pause_for_card=False)
NO_RULES = RuleBook(language="en", rules=(), fingerprint="")


def said(at: float, text: str, channel: Channel = Channel.CUSTOMER) -> Utterance:
    """A turn of which every word takes a tenth of a second."""
    start = at - 2.0
    words = tuple(
        Word(text=word, start=start + n / 10, end=start + (n + 1) / 10, confidence=0.9)
        for n, word in enumerate(text.split())
    )
    return Utterance(
        at=at, channel=channel, start=start, end=at, utterance=f"U{at:g}", text=text, words=words
    )


def journalled(
    folder: Path,
    facts: list[Fact],
    redaction: RedactionSettings | None,
    rules: RuleBook = NO_RULES,
) -> Path:
    path = folder / "a.jsonl"
    setup = Setup(book=rules, settings=EngineSettings(), redaction=redaction)
    call = Call(setup, STARTED, path)
    for fact in facts:
        call.feed(fact)
    call.feed(CallEnded(at=900.0, reason="end"))
    call.close()
    return path


@pytest.mark.parametrize("part", ["recognised", "spoken", "cards", "further", "forms", "unseen"])
def test_what_a_recogniser_writes_is_masked_and_what_only_looks_alike_is_not(part: str) -> None:
    counts = count(part)
    assert counts.wrong_lines == [], table(counts)


@pytest.mark.parametrize("words", ["hosur 235655", "999 charles st norcross ga 30092"])
def test_a_post_code_behind_its_town_begins_no_card(words: str) -> None:
    assert Finder().final(Channel.CUSTOMER, words, 1.0) == []


@pytest.mark.parametrize(
    "words", ["and the back says nine naught three", "882, wait, that's the back of it"]
)
def test_what_the_back_of_a_card_says_is_its_code(words: str) -> None:
    (mark,) = Finder().final(Channel.CUSTOMER, words, 1.0)
    assert mark.kind is MaskedKind.CODE


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("and the three on the strip are 907.", MaskedKind.CODE),
        ("The three on the signature bit, 907", MaskedKind.CODE),
        ("the three behind are nine oh seven", MaskedKind.CODE),
        ("Date's September twenty-eight.", MaskedKind.EXPIRY),
        ("the date is Sept 28", MaskedKind.EXPIRY),
    ],
)
@pytest.mark.parametrize("before", [("4423220624498551",), ("44232206", "24498551")])
def test_what_stands_beside_a_card_is_its_code_or_its_end(
    before: tuple[str, ...], words: str, kind: MaskedKind
) -> None:
    """However many turns the number came in, and in the turn of its last part as well."""
    finder = Finder()
    *turns, last = before
    for at, turn in enumerate(turns):
        finder.final(Channel.CUSTOMER, turn, float(at))
    marks = finder.final(Channel.CUSTOMER, f"{last}, {words}", 3.0)
    assert {mark.kind for mark in marks if mark.first} == {kind}
    assert Finder().final(Channel.CUSTOMER, words, 3.0) == []


def _masked(finder: Finder, channel: Channel, words: str, at: float) -> list[str]:
    marks = finder.final(channel, words, at)
    return [" ".join(words.split()[mark.first : mark.last + 1]) for mark in marks]


def test_a_name_that_was_told_is_masked_where_it_is_said_again_and_spelled() -> None:
    finder = Finder()
    told = "Hi, my name is Jack Sittell"
    assert _masked(finder, Channel.CUSTOMER, told, 1.0) == ["Jack Sittell"]
    again = "Jack, I have Sittell's booking"
    assert _masked(finder, Channel.AGENT, again, 4.0) == ["Jack,", "Sittell's"]
    spelled = "S-I-T-T-E-L-L."
    assert _masked(finder, Channel.CUSTOMER, spelled, 7.0) == [spelled]


def test_a_word_that_is_a_name_too_stays_a_word() -> None:
    finder = Finder()
    finder.final(Channel.CUSTOMER, "My name is Will Hope.", 1.0)
    assert _masked(finder, Channel.AGENT, "Hope you are well. Will that be all?", 4.0) == []
    assert _masked(finder, Channel.AGENT, "I will do that, Will.", 7.0) == ["Will."]
    assert _masked(Finder(), Channel.AGENT, "The reference is A-B-C.", 1.0) == []


@pytest.mark.parametrize(
    "words",
    ["the date is the fourth of March", "the date of service was March 17", "dated first of May"],
)
def test_another_date_beside_a_long_number_is_not_when_a_card_ends(words: str) -> None:
    marks = Finder().final(Channel.CUSTOMER, f"4471 2290 1187 3356, {words} 2026", 1.0)
    assert MaskedKind.EXPIRY not in [mark.kind for mark in marks]


def test_digits_of_masked_cards_are_theirs_whatever_names_them() -> None:
    finder = Finder()
    finder.final(Channel.CUSTOMER, "4468 0654 7904 6096", 1.0)
    finder.final(Channel.CUSTOMER, "5253 8019 4356 9297", 4.0)
    said = "so forty pounds on the one ending 6096 and eighteen fifty on 9297, order 7312"
    marks = finder.final(Channel.AGENT, said, 7.0)
    assert [said.split()[mark.first] for mark in marks] == ["6096", "9297,"]


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("three nines and a five", "9995"),
        ("double four two zeroes", "4400"),
        ("i count thirteen 4896", "4896"),
        ("two of them", "2"),
        ("seventy 3 fifty nine", "7359"),
        ("twenty 0 ninety 10", "2009010"),
    ],
)
def test_several_of_a_digit_are_so_many_and_a_count_of_digits_is_none(
    words: str, digits: str
) -> None:
    assert "".join(token.digits for token in tokens_of(words)) == digits


@pytest.mark.parametrize("again", ["4668 6230 5012 2808", "Oh, 2880, my apologies"])
def test_what_is_read_back_is_masked_though_a_digit_or_two_are_misheard(again: str) -> None:
    finder = Finder()
    finder.final(Channel.CUSTOMER, "4668 6230 5012 2880", 1.0)
    marks = finder.final(Channel.AGENT, f"Reading that back, {again}", 4.0)
    masked = {n for mark in marks for n in range(mark.first, mark.last + 1)}
    words = f"Reading that back, {again}".split()
    assert all(n in masked for n, word in enumerate(words) if word.strip(",").isdecimal())


def test_figures_of_a_long_talk_are_no_card() -> None:
    """Thirteen of them pass the check, as one in ten such stretches does."""
    finder = Finder()
    digits = "1234567891233"
    assert passes_luhn(digits)
    said = [UNITS[int(digit)] for digit in digits]
    for at, figure in enumerate(said):
        turn = f"and then I bought {figure} of these little dogs"
        assert finder.final(Channel.CUSTOMER, turn, float(at)) == []


def test_who_says_when_to_begin_is_answered_with_a_number() -> None:
    finder = Finder()
    assert finder.final(Channel.AGENT, "Go ahead when you're ready.", 1.0) == []
    (first,) = finder.final(Channel.CUSTOMER, "it is 5321", 2.0)
    (second,) = finder.final(Channel.CUSTOMER, "2966", 4.0)
    assert (first.digits, second.digits) == ("5321", "2966")


def test_words_between_the_parts_of_a_card_asked_for_leave_none_open() -> None:
    """The sum is known with the last part alone; each is masked as it is said."""
    finder = Finder()
    finder.final(Channel.AGENT, "What's the long number on the card?", 1.0)
    said = "it's four nine eight eight four four and we had, um, two five"
    marks = finder.final(Channel.CUSTOMER, said, 2.0)
    assert "".join(mark.digits for mark in marks) == "49884425"


CARD_LINE = "it's 4234 5678 9012 3456"


def masked_of(*turns: str) -> list[list[tuple[MaskedKind, str]]]:
    """What is masked of each turn, three seconds apart."""
    finder = Finder()
    found = []
    for at, turn in enumerate(turns, 1):
        channel = Channel.AGENT if turn.startswith("A: ") else Channel.CUSTOMER
        text = turn.removeprefix("A: ").removeprefix("C: ")
        words = text.split()
        marks = finder.final(channel, text, 3.0 * at)
        found.append([(mark.kind, " ".join(words[mark.first : mark.last + 1])) for mark in marks])
    return found


@pytest.mark.parametrize(
    ("asking", "answer", "kind", "masked"),
    [
        ("and the three digits behind", "oh five five", MaskedKind.CODE, "oh five five"),
        ("and the little code", "six ninety", MaskedKind.CODE, "six ninety"),
        ("and the code", "to to seven", MaskedKind.CODE, "to to seven"),
        ("and when it runs out", "May of twenty eight", MaskedKind.EXPIRY, "May of twenty eight"),
        ("that's 3456, and the little code", "774", MaskedKind.CODE, "774"),
    ],
)
def test_beside_a_card_loose_words_ask_for_its_code_and_date(
    asking: str, answer: str, kind: MaskedKind, masked: str
) -> None:
    """Without a card before them they may ask for anything."""
    *_, found = masked_of(f"C: {CARD_LINE}", f"A: {asking}", f"C: {answer}")
    assert found == [(kind, masked)]
    if "3456" not in asking:
        assert masked_of(f"A: {asking}", f"C: {answer}") == [[], []]


def test_a_part_of_a_card_that_is_said_again_is_masked() -> None:
    *_, last = masked_of(f"C: {CARD_LINE}", "A: was that 456 or 465 at the end")
    assert last == [(MaskedKind.CARD, "456"), (MaskedKind.CARD, "465")]
    assert masked_of(f"C: {CARD_LINE}", "A: it took 456 minutes")[1] == []
    assert masked_of("C: I counted 1998 twice", "A: was that 456 at the end")[1] == []


def test_a_month_and_a_year_behind_a_card_are_its_expiry_date() -> None:
    *_, last = masked_of(f"C: {CARD_LINE}", "C: now it says oh five thirty on the new one")
    assert last == [(MaskedKind.EXPIRY, "oh five thirty")]
    assert masked_of("C: now it says oh five thirty on the new one") == [[]]


def test_a_number_that_stands_written_is_no_card_when_it_is_read_back() -> None:
    number = "20250611 0048 773 219 05"
    turns = (f"A: the wire reference is {number}", "C: say it again", f"A: {number}")
    assert masked_of(*turns) == [[], [], []]


def test_what_is_said_in_the_next_sentence_explains_no_card() -> None:
    *_, found = masked_of("C: It's 4562 4925 15296. Order number is on the page.")
    assert found == [(MaskedKind.CARD, "4562 4925 15296.")]


def test_what_only_says_how_much_is_no_digit_of_a_card() -> None:
    figures = "4234567890123456"
    assert passes_luhn(figures)
    turns = [f"C: it was {figure} years ago or so" for figure in figures]
    assert masked_of(*turns) == [[]] * len(figures)
    (found,) = masked_of("C: 4234 5678 901 one second if I may, I cannot quite read it 23456")
    assert found == [(MaskedKind.CARD, "4234 5678 901"), (MaskedKind.CARD, "23456")]


def test_a_number_that_is_named_first_does_not_explain_the_card_behind_it() -> None:
    card = (MaskedKind.CARD, "4058 2536 0518 6007")
    number = "for invoice 20731, it's 4058 2536 0518 6007"
    assert masked_of(f"C: {number}") == [[card]]
    asked = masked_of("A: can I take the card", "C: for invoice 20731, it's 348", "C: it's 383 064")
    assert [[words for _, words in marks] for marks in asked] == [[], ["348"], ["383 064"]]


def test_three_digits_that_begin_a_card_are_masked_though_nothing_asks_for_one() -> None:
    assert masked_of("C: sure six five two") == [[(MaskedKind.NUMBER, "six five two")]]
    assert masked_of("C: my visa is 494") == [[(MaskedKind.CARD, "494")]]
    assert masked_of("C: sure six ninety") == [[]]
    assert masked_of("A: how many is it", "C: 494") == [[], []]


def test_a_thing_called_one_is_no_figure() -> None:
    turns = ("A: what's the card number", "C: it's 4234", "C: that's the one")
    assert masked_of(*turns) == [[], [(MaskedKind.CARD, "4234")], []]


def test_words_without_a_number_or_a_cue_cost_little() -> None:
    finder = Finder()
    calls = 0

    def count_call(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_call)
    try:
        finder.final(Channel.CUSTOMER, "so we looked at the letter and found nothing new", 2.0)
    finally:
        sys.setprofile(before)
    assert 0 < calls < 400


@pytest.mark.parametrize("half", ["tuned", "aside"])
def test_recall_and_precision_of_the_lines(half: str) -> None:
    counts = count(half)
    shown = table(counts)
    assert counts.found[MaskedKind.CARD] >= 0.98 * counts.wanted[MaskedKind.CARD], shown
    found, wanted = counts.found.total(), counts.wanted.total()
    right, made = counts.right.total(), counts.made.total()
    assert found >= 0.85 * wanted, shown
    assert right >= 0.93 * made, shown


def a_card(chance: random.Random) -> str:
    body = chance.choice("3456") + "".join(chance.choices("0123456789", k=chance.randint(11, 17)))
    return next(body + last for last in "0123456789" if passes_luhn(body + last))


def spoken(digits: str, chance: random.Random) -> str:
    """A group of digits in one of the ways they are said or written."""
    if chance.random() < 0.4:
        return digits
    if chance.random() < 0.2:
        return " ".join(digits)
    words, place = [], 0
    while place < len(digits):
        twice = digits[place : place + 2] == digits[place] * 2 and chance.random() < 0.5
        words.append(("double " if twice else "") + UNITS[int(digits[place])])
        place += 2 if twice else 1
    return chance.choice([" ", ", "]).join(words)


@pytest.mark.parametrize("seed", range(60))
def test_no_card_number_survives_in_a_journal(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    facts: list[Fact] = []
    at = 10.0
    for _ in range(4):
        digits = a_card(chance)
        while digits:
            text = chance.choice(["", "okay ", "it's ", "um and then ", "I said I want it back "])
            for _ in range(chance.randint(1, 5)):
                size = chance.choice([1, 2, 3, 4, 4, 4, 6, 8, 19])
                text += spoken(digits[:size], chance) + chance.choice([" ", ", ", " um ", ". "])
                digits = digits[size:]
                if not digits:
                    break
            facts.append(
                Hypothesis(
                    at=at - 0.5,
                    channel=Channel.CUSTOMER,
                    start=at - 2.0,
                    end=at - 0.5,
                    utterance=f"U{at:g}",
                    committed=text,
                    tail="",
                )
            )
            facts.append(said(at, text.strip()))
            at += 4.0
            if chance.random() < 0.5:
                facts.append(said(at, chance.choice(["mhm", "go on", "yes"]), Channel.AGENT))
                at += 3.0
    journal = read_journal(journalled(tmp_path, facts, NO_PAUSE))
    written = "".join(
        token.digits
        for event in journal.facts()
        if isinstance(event, Utterance)
        for token in tokens_of(event.text)
    )
    assert card_windows(written) == []
    timed = "".join(
        token.digits
        for event in journal.facts()
        if isinstance(event, Utterance)
        for token in tokens_of(" ".join(word.text for word in event.words))
    )
    assert card_windows(timed) == []
    for event in journal.facts():
        if isinstance(event, Hypothesis):
            left = "".join(token.digits for token in tokens_of(event.committed))
            assert card_windows(left) == []


def test_a_masked_journal_replays_exactly(tmp_path: Path) -> None:
    lines = [
        "my name is John Smith and I want to speak to your manager",
        "my card number is 4111 1111 1111 1111 and you are useless",
        "my email is j dot smith at example dot com",
    ]
    facts: list[Fact] = [said(10.0 + 5 * n, line) for n, line in enumerate(lines)]
    facts.append(said(30.0, "can I have the card number please?", Channel.AGENT))
    facts.append(said(36.0, "five five five five five five five five"))
    facts.append(said(42.0, "five five five five four four four four"))
    facts.append(said(50.0, "I will cancel everything"))
    path = journalled(tmp_path, facts, RedactionSettings(), book())
    text = path.read_text(encoding="utf-8")
    for secret in ("4111", "1111", "John", "Smith", "smith", "five five", "four four"):
        assert secret not in text
    assert "manager" in text
    journal = read_journal(path)
    assert journal.header.redaction == "masked"
    results = replay_results(journal, book(), EngineSettings())
    assert results == list(journal.results())
    assert any(type(result).__name__ == "CueMatched" for result in results)


def test_what_is_kept_on_demand_is_stamped_into_the_header(tmp_path: Path) -> None:
    path = journalled(tmp_path, [said(10.0, "my name is John Smith")], None)
    assert read_journal(path).header.redaction == "kept"
    assert "John Smith" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        "my card number is four one",
        "it's four one one one",
        "5555 55",
        "my email is j dot smith at",
        "my name is John",
        "yeah call me on oh seven seven",
    ],
)
def test_a_draft_gives_away_no_half(words: str) -> None:
    """However a draft is split into words that stay and words that may change."""
    tokens = words.split()
    for size in range(len(tokens) + 1):
        draft = Hypothesis(
            at=5.0,
            channel=Channel.CUSTOMER,
            start=3.0,
            end=5.0,
            utterance="C1",
            committed=" ".join(tokens[:size]),
            tail=" ".join(tokens[size:]),
        )
        (masked,) = Redactor().push(draft)
        assert isinstance(masked, Hypothesis)
        left = f"{masked.committed} {masked.tail}"
        assert not re.search(r"\d|\b(one|four|seven|smith|John)\b", left), left


@pytest.mark.parametrize(
    ("turns", "last"),
    [
        (["A: And the year?", "1949."], "[birth-date]."),
        (["A: What year?", "Fifty-seven."], "[birth-date]."),
        (["A: What year?", "Fifty-seven.", "A: Thanks.", "It's 57 now."], "It's 57 now."),
        (["A: Thanks. How many do you have?", "57."], "57."),
        (["A: Thanks.", "I called on the 14th of May."], "I called on the 14th of May."),
        (["A: Thanks. When did you call?", "on the 14th of May"], "on the 14th of May"),
    ],
)
def test_the_year_of_a_birth_may_come_a_turn_later(turns: list[str], last: str) -> None:
    redactor = Redactor()
    for at, turn in enumerate(["A: Date of birth?", "The 3rd of March.", *turns]):
        who = Channel.AGENT if turn.startswith("A: ") else Channel.CUSTOMER
        (fact,) = redactor.push(said(5.0 * at + 5, turn.removeprefix("A: "), who))
    assert isinstance(fact, Utterance)
    assert fact.text == last


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("it's Tina dot Marsh, T-I-N-A dot M-A-R-S-H at aol dot com", "it's [e-mail], [e-mail]"),
        ("jharper, that's j h a r p e r at aol dot com", "[e-mail], that's [e-mail]"),
        ("Harper, try h a r p e at aol dot com", "Harper, try [e-mail]"),
        ("it started on 11-22-24", "it started on 11-22-24"),
        ("it started on 40-22-24", "it started on [bank-account]"),
        ("20-11-12", "[bank-account]"),
    ],
)
def test_one_name_said_twice_and_days_beside_sort_codes(text: str, masked: str) -> None:
    (fact,) = Redactor().push(said(5.0, text))
    assert isinstance(fact, Utterance)
    assert fact.text == masked


def test_the_call_is_off_the_record_until_the_number_is_said() -> None:
    redactor = Redactor()
    (asked, pause) = redactor.push(said(10.0, "What's the long card number?", Channel.AGENT))
    assert isinstance(asked, Utterance)
    assert "card number" in asked.text
    assert isinstance(pause, AgentAction)
    assert pause.action is Action.PAUSE
    (half,) = redactor.push(said(15.0, "four one one one one one one one"))
    assert isinstance(half, Utterance)
    assert half.text == MaskedKind.OFF_RECORD.mask
    (rest, resume) = redactor.push(said(20.0, "one one one one one one one one"))
    assert isinstance(rest, Utterance)
    assert rest.words[0].start == 18.0
    assert isinstance(resume, AgentAction)
    assert (resume.action, resume.at) == (Action.RESUME, 20.0)
    (after,) = redactor.push(said(25.0, "did you get that"))
    assert isinstance(after, Utterance)
    assert after.text == "did you get that"


def test_the_record_goes_on_by_key_or_after_a_while() -> None:
    redactor = Redactor()
    redactor.push(said(10.0, "What's the card number?", Channel.AGENT))
    redactor.push(AgentAction(at=12.0, action=Action.RESUME))
    (plain,) = redactor.push(said(15.0, "I do not have it here"))
    assert plain == said(15.0, "I do not have it here")
    redactor.push(said(20.0, "What's the card number?", Channel.AGENT))
    late = redactor.push(said(21.0 + LONGEST_PAUSE, "well I never said it"))
    assert isinstance(late[0], AgentAction)
    assert late[0].action is Action.RESUME


def test_no_pause_is_made_where_the_setting_forbids_it() -> None:
    redactor = Redactor(NO_PAUSE)
    assert len(redactor.push(said(10.0, "What's the card number?", Channel.AGENT))) == 1


def test_masks_keep_their_times_and_masked_clauses_lose_their_vectors() -> None:
    text = "I am angry and my card is 4111 1111 1111 1111 okay so listen"
    clauses = (
        Clause(first=0, last=2, vector="a"),
        Clause(first=3, last=9, vector="b"),
        Clause(first=11, last=13, vector="c"),
    )
    fact = said(10.0, text)
    fact = Utterance(**{f: getattr(fact, f) for f in fact.__struct_fields__} | {"clauses": clauses})
    (masked,) = Redactor().push(fact)
    assert isinstance(masked, Utterance)
    assert [word.text for word in masked.words] == masked.text.split()
    assert [(c.first, c.last, c.vector) for c in masked.clauses] == [(0, 2, "a"), (8, 10, "c")]
    (silence,) = silences([masked])
    assert (silence.kind, silence.channel) == (MaskedKind.CARD, Channel.CUSTOMER)
    assert silence.start == pytest.approx(8.7 - 0.2)
    assert silence.end == pytest.approx(9.1 - 0.0, abs=0.21)


def test_a_mask_is_masked_again_to_itself() -> None:
    masks = [kind.mask for kind in MaskedKind]
    assert [kind_of(mask) for mask in masks] == list(MaskedKind)
    fact = said(10.0, f"my card is {MaskedKind.CARD.mask} and my name is {MaskedKind.NAME.mask}")
    assert Redactor().push(fact) == [fact]


def test_words_that_were_withdrawn_are_masked_too() -> None:
    fact = msgspec.structs.replace(
        said(5.0, "that is all"), withdrawn="my card is 4111 1111 1111 1111 okay"
    )
    redactor = Redactor()
    (written,) = redactor.push(fact)
    assert isinstance(written, Utterance)
    assert "4111" not in written.withdrawn
    assert written.withdrawn.startswith("my card is [card-number]")
    redactor.push(said(6.0, "can i have your card number please", Channel.AGENT))
    (off, *_) = redactor.push(msgspec.structs.replace(fact, at=8.0, text="hold on"))
    assert isinstance(off, Utterance)
    assert off.withdrawn == "[off-the-record]"
