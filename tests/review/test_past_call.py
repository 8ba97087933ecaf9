"""What a past call's time line says, of scripted calls coached with the shipped rules."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
import pytest
from callscript import CALLS
from reviewed import desk, keep

from coach.calls.journal import read_journal
from coach.events import (
    Action,
    AgentAction,
    CardRaised,
    CardSuppressed,
    Channel,
    CueMatched,
    EscalationChanged,
    Suppression,
    Utterance,
)
from coach.notes.review.past_call import Moment, MomentKind, PastCall, level_at
from coach.notes.review.review_requests import CallsToChoose
from coach.replay.review_desk import ReviewDesk, Reviewing
from coach.startup.config import RuleSettings, Settings

NAMES = sorted(path.stem for path in CALLS.glob("*.jsonl"))[::3]
"""Every third scripted call: enough kinds of them, in a third of the time."""


@functools.cache
def opened(folder: Path, name: str = "polite_fury") -> PastCall:
    """A scripted call to which nothing is done."""
    keep(folder, name)
    return desk(folder).open(name).past


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calls as they were scripted, for tests that change nothing."""
    return tmp_path_factory.mktemp("calls")


def of(call: PastCall, kind: MomentKind) -> list[Moment]:
    return [moment for moment in call.moments if moment.kind is kind]


@pytest.mark.parametrize("name", NAMES)
def test_every_card_and_every_kept_back_one_stands_on_the_time_line(plain: Path, name: str) -> None:
    past = opened(plain, name)
    events = read_journal(plain / f"{name}.jsonl").events
    raised = [(e.at, e.card) for e in events if isinstance(e, CardRaised)]
    kept_back = [(e.at, e.rule) for e in events if isinstance(e, CardSuppressed)]
    assert [(m.at, m.key) for m in of(past, MomentKind.CARD)] == raised
    assert sorted((m.at, m.rule) for m in of(past, MomentKind.KEPT_BACK)) == sorted(kept_back)
    assert all(m.needed for m in of(past, MomentKind.KEPT_BACK))
    assert all(m.needed and m.limits for m in of(past, MomentKind.CARD))
    levels = [e for e in events if isinstance(e, EscalationChanged)]
    assert all(level_at(past, e.at) >= min(e.level, e.previous) for e in levels)
    assert [m.at for m in past.moments] == sorted(m.at for m in past.moments)
    assert past.notices == ()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_cooldown_is_said_to_have_lacked_is_true(plain: Path, name: str) -> None:
    """The next card may come from the time that is named, and could not before."""
    past = opened(plain, name)
    cards = of(past, MomentKind.CARD)
    for moment in of(past, MomentKind.KEPT_BACK):
        if moment.fate != Suppression.COOLDOWN.value:
            continue
        last = max(card.at for card in cards if card.rule == moment.rule and card.at < moment.at)
        lacked = float(moment.needed[1].split()[1])
        limit = next(line for line in moment.limits if line.startswith("rule: cooldown"))
        assert moment.at - last < float(limit.split()[2])
        short = float(limit.split()[2]) - (moment.at - last)
        assert short <= lacked < short + 1.0


def test_a_dismissal_lengthens_the_cooldown_that_is_told(tmp_path: Path) -> None:
    dismissed = AgentAction(at=36.0, action=Action.DISMISS)
    keep(tmp_path, "polite_fury", dismissed)
    past = desk(tmp_path).open("polite_fury").past
    told = [m.needed[0] for m in of(past, MomentKind.KEPT_BACK) if m.rule == "esc.repeat_contact"]
    assert told[0] == (
        "Its last card came at 0:33, and its cooldown is 120 s x 2 (it had been dismissed): it "
        "could come again from 4:34 on."
    )


def test_kept_back_for_a_more_important_one_says_which_and_by_how_much(plain: Path) -> None:
    past = opened(plain, "no_defensive_language")
    moment = next(m for m in of(past, MomentKind.KEPT_BACK) if m.fate == "lower priority")
    assert moment.needed[0] == (
        "One card waits for the place, and that was 'Name the feeling, then paraphrase', "
        "priority 41; its own priority is 38."
    )
    assert moment.needed[1] == "Needed: card.priority of 42 or more, or a free place sooner."


@pytest.mark.parametrize(
    ("action", "reason", "words"),
    [
        (Action.SNOOZE, "snoozed", "The agent had snoozed cards at 0:30, until 2:30."),
        (Action.CALM_MODE, "calm mode", "Calm mode since 0:30: only dangers and boundaries"),
        (Action.MUTE_RULE, "muted", "The agent had muted this rule (at 0:30)."),
    ],
)
def test_what_the_agent_had_asked_for_is_told(
    tmp_path: Path, action: Action, reason: str, words: str
) -> None:
    key = AgentAction(at=30.0, action=action, rule="esc.repeat_contact")
    keep(tmp_path, "polite_fury", key)
    past = desk(tmp_path).open("polite_fury").past
    moment = next(m for m in of(past, MomentKind.KEPT_BACK) if m.fate == reason)
    assert moment.needed[0].startswith(words)


def test_silence_is_a_hold_where_the_agent_announced_it(plain: Path) -> None:
    past = opened(plain, "ending_an_abusive_call")
    (hold,) = of(past, MomentKind.HOLD)
    (silence,) = of(past, MomentKind.SILENCE)
    assert (round(hold.at), round(hold.end)) == (32, 39)
    assert silence.end == past.seconds


def test_both_sides_have_a_mood_and_words(plain: Path) -> None:
    past = opened(plain)
    assert {line.channel for line in past.lines} == {Channel.AGENT, Channel.CUSTOMER}
    assert past.moods[Channel.CUSTOMER]
    assert past.moods[Channel.AGENT]
    assert past.about == "live  agent Priya  queue billing"


def test_sides_that_were_exchanged_have_their_right_names_all_along(
    tmp_path: Path, plain: Path
) -> None:
    own = opened(plain)
    keep(tmp_path, "polite_fury", AgentAction(at=220.0, action=Action.SWAP_CHANNELS))
    swapped = desk(tmp_path).open("polite_fury").past
    assert [line.channel.other for line in own.lines] == [line.channel for line in swapped.lines]
    assert len(own.moods[Channel.AGENT]) == len(swapped.moods[Channel.CUSTOMER])


def test_the_call_is_told_as_it_was_whatever_the_rules_are_now(tmp_path: Path) -> None:
    """A journal's own results count; a replay that differs is said."""
    files = keep(tmp_path)
    lines = files.journal.read_bytes().splitlines(keepends=True)
    kinds = (b'"type":"CardRaised"', b'"type":"CardCleared"')
    only = [line for line in lines if not any(kind in line for kind in kinds)]
    files.journal.write_bytes(b"".join(only))
    past = desk(tmp_path).open("polite_fury").past
    assert of(past, MomentKind.CARD) == []
    assert past.notices == (
        "cards, cues and levels are those of the call; coached again it would come out otherwise",
    )
    anew = desk(tmp_path, in_force=True).open("polite_fury").past
    assert of(anew, MomentKind.CARD) == []
    more = of(anew, MomentKind.OTHERWISE)
    assert [m.fate for m in more] == ["only with the other rules"] * 7
    assert all(m.needed and m.because for m in more)
    told = (
        "other rules: 7 cards instead of 0, worst level angry in both; d goes to the differences ("
    )
    assert anew.notices[0].startswith(told)


def test_other_rules_are_held_against_those_that_the_call_had(tmp_path: Path) -> None:
    keep(tmp_path)
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(
        'by = "floor lead"\n[[change]]\nrule = "esc.repeat_contact"\nreason = "less"\n'
        'set.timing.cooldown = 20\n[[disable]]\nrule = "esc.legal"\nreason = "none here"\n'
    )
    settings = Settings(rules=RuleSettings(overlay=(overlay,)))
    asked = Reviewing(reviewer="Rita", in_force=True)
    own = ReviewDesk(
        settings, tmp_path, lambda _search, _tell: CallsToChoose(rows=(), told=""), asked
    )
    past = own.open("polite_fury").past
    told = {(m.rule, m.fate) for m in of(past, MomentKind.OTHERWISE)}
    assert ("esc.legal", "not with the other rules") in told
    assert ("esc.repeat_contact", "only with the other rules") in told
    assert len(of(past, MomentKind.CARD)) == 7


def test_a_call_that_was_not_masked_is_told_as_it_was_and_masked(tmp_path: Path) -> None:
    number = "my card is 4111 1111 1111 1111 I want to speak to your manager"
    told = Utterance(
        at=110.0, channel=Channel.CUSTOMER, start=104.0, end=108.0, utterance="C99", text=number
    )
    files = keep(tmp_path, "polite_fury", told, masked=False)
    raised = [e for e in read_journal(files.journal).events if isinstance(e, CardRaised)]
    past = desk(tmp_path).open("polite_fury").past
    assert [(m.at, m.key) for m in of(past, MomentKind.CARD)] == [(e.at, e.card) for e in raised]
    assert "4111" not in repr(past)
    assert any("[card-number]" in line.text for line in past.lines)
    assert "it was not masked" in past.notices[0]


def test_the_same_rules_make_no_difference(plain: Path) -> None:
    opened(plain)
    past = desk(plain, in_force=True).open("polite_fury").past
    assert of(past, MomentKind.OTHERWISE) == []


def test_a_journal_of_facts_alone_is_coached_for_the_review(tmp_path: Path) -> None:
    files = keep(tmp_path)
    journal = read_journal(files.journal)
    head, *_ = files.journal.read_bytes().splitlines(keepends=True)
    files.journal.write_bytes(
        head + b"".join(msgspec.json.encode(f) + b"\n" for f in journal.facts())
    )
    past = desk(tmp_path).open("polite_fury").past
    assert len(of(past, MomentKind.CARD)) == 7
    assert past.notices[0].startswith("coached anew for this review: ")


def test_what_was_said_off_the_record_has_its_place_and_its_reason(tmp_path: Path) -> None:
    why = "the agent asked for a card number"
    pause = AgentAction(at=20.0, action=Action.PAUSE, note=why)
    resume = AgentAction(at=26.0, action=Action.RESUME, note="the card number was said")
    open_end = AgentAction(at=30.0, action=Action.PAUSE)
    keep(tmp_path, "polite_fury", pause, resume, open_end)
    past = desk(tmp_path).open("polite_fury").past
    told = [(m.at, m.end, m.title) for m in of(past, MomentKind.OFF_RECORD)]
    assert told[0] == (20.0, 26.0, f"off the record for 6 s: {why}")
    assert told[1:] == [(30.0, past.seconds, f"off the record for {past.seconds - 30:.0f} s")]


def test_a_cue_that_was_withdrawn_is_none(plain: Path) -> None:
    past = opened(plain)
    events = read_journal(plain / "polite_fury.jsonl").events
    matched = {e.rule for e in events if isinstance(e, CueMatched)}
    assert {m.rule for m in of(past, MomentKind.CUE)} <= matched


def test_words_that_a_terminal_would_obey_are_made_harmless(tmp_path: Path) -> None:
    files = keep(tmp_path)
    data = files.journal.read_bytes().replace(b"I have written", b"\\u001b[2J I have written")
    files.journal.write_bytes(data)
    past = desk(tmp_path).open("polite_fury").past
    shown = [line.text for line in past.lines] + [e.text for m in past.moments for e in m.because]
    assert all(text.isprintable() for text in shown)
