"""A confirmed exchange of the sides: the journal stays, and all go by what was made of it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from coached_once import coached_once
from msgspec import structs
from reviewed import desk, facts_of
from shipped_rules import book, matcher

from audio.voices.side_company import KIND
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles, files_of
from coach.calls.journal import read_journal
from coach.calls.library import Library
from coach.calls.review.making import THIRD_VOICE
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.engine.engine import EngineSettings
from coach.errors import InputError, StorageError
from coach.events import (
    Action,
    AgentAction,
    AudioWarning,
    CallStarted,
    CardRaised,
    Channel,
    Fact,
    Utterance,
)
from coach.notes.review.laid_over import moments_of, remarks_on
from coach.notes.review.past_call import Moment, MomentKind
from coach.notes.review.review_requests import OpenCall
from coach.notes.review.verdict import Verdict
from coach.replay.exchanged_call import exchanged_from
from coach.replay.report_of_call import report_of_call
from coach.startup.config import Settings
from tui.widgets.moment_panel import SIGNS

NAME = "polite_fury"


def kept(folder: Path, facts: list[Fact]) -> CallFiles:
    files = CallFiles(folder, NAME)

    def coach() -> None:
        setup = Setup(book=book(), matcher=matcher(), settings=EngineSettings())
        first, *rest = facts
        assert isinstance(first, CallStarted)
        call = Call(setup, msgspec.structs.replace(first, call=NAME), files.journal)
        for fact in rest:
            call.feed(fact)
        assert call.close() == ""

    coached_once(("exchanged", *facts), folder, coach)
    return files


def transferred(at: float) -> list[Fact]:
    """The call as it is where a transfer exchanged the sides, and what Coach says of it."""
    proposal = AudioWarning(at=at + 20.0, kind="sides", detail="the sides seem exchanged", since=at)
    facts = [*exchanged_from(facts_of(NAME), (at,)), proposal]
    return sorted(facts, key=lambda fact: fact.at)


def told(call: OpenCall) -> tuple[object, ...]:
    """What a reviewer sees of the call itself."""
    moments = [m for m in call.past.moments if m.kind is not MomentKind.SIDES]
    return call.past.lines, call.past.speech, call.past.levels, call.past.moods, tuple(moments)


def test_a_third_voice_is_a_moment_of_its_own(tmp_path: Path) -> None:
    assert THIRD_VOICE == KIND
    told = AudioWarning(at=9.0, kind=THIRD_VOICE, detail="probably a third voice is in the call")
    facts = sorted([*facts_of(NAME), told], key=lambda fact: fact.at)
    call = desk(kept(tmp_path, facts).folder).open(NAME)
    (moment,) = [m for m in moments_of(call) if m.kind is MomentKind.VOICES]
    assert (moment.at, moment.end, moment.title) == (9.0, 9.0, told.detail)
    assert SIGNS[moment.kind] == "+ THIRD VOICE"


def cards(path: Path) -> list[str]:
    return [e.rule for e in read_journal(path).events if isinstance(e, CardRaised)]


def test_a_confirmed_exchange_makes_the_call_what_it_was(tmp_path: Path) -> None:
    right = kept(tmp_path / "right", facts_of(NAME))
    wanted = told(desk(right.folder).open(NAME))
    lines = [fact for fact in facts_of(NAME) if isinstance(fact, Utterance)]
    at = lines[2].start
    files = kept(tmp_path / "calls", transferred(at))
    before = files.journal.read_bytes()
    own = desk(files.folder)
    heard = own.open(NAME)
    (proposed,) = [m for m in moments_of(heard) if m.kind is MomentKind.SIDES]
    assert (proposed.at, proposed.key) == (at, "")
    assert told(heard) != wanted

    call = own.exchange(proposed.at)
    assert told(call) == wanted
    (confirmed,) = [m for m in moments_of(call) if m.kind is MomentKind.SIDES]
    assert (confirmed.at, confirmed.key) == (at, "exchanged")
    assert "(Rita, 20" in confirmed.title
    assert any("as Rita confirmed" in notice for notice in call.past.notices)
    assert files.journal.read_bytes() == before
    # Every reader goes by it, and says so; what was heard can still be had.
    assert cards(files.journal) == cards(right.journal)
    with Library(files.folder, tmp_path / "library.sqlite") as library:
        library.refresh()
        (found,) = search(library, Query(kinds=("rehearsal", "live", "unknown"))).calls
    assert found.cards == len(cards(right.journal))
    report = report_of_call(files, Settings())
    assert any("as Rita confirmed" in remark for remark in report.remarks)
    assert set(files_of(files.folder, NAME, [NAME])) == {
        files.journal,
        files.sides,
        files.exchanged,
    }

    back = own.exchange(proposed.at)
    assert (told(back), back.exchanged.times) == (told(heard), ())
    assert not files.exchanged.exists()
    assert len(files.sides.read_bytes().splitlines()) == 2


def test_the_sides_may_be_exchanged_there_and_back() -> None:
    facts = facts_of(NAME)
    lines = [fact for fact in facts if isinstance(fact, Utterance)]
    first, last = lines[2].start, lines[5].start
    now = [f for f in exchanged_from(facts, (first, last)) if isinstance(f, Utterance)]
    other = [now.channel is not was.channel for was, now in zip(lines, now, strict=True)]
    assert other == [first <= line.start < last for line in lines]
    assert exchanged_from(exchanged_from(facts, (first,)), (first,)) == facts


def test_a_key_stays_with_the_card_that_it_was_pressed_for(tmp_path: Path) -> None:
    at = [fact for fact in facts_of(NAME) if isinstance(fact, Utterance)][1].start
    wrong = AgentAction(at=112.0, action=Action.MARK_WRONG, card="P1")
    files = kept(tmp_path, sorted([*transferred(at), wrong], key=lambda fact: fact.at))
    own = desk(files.folder)
    (remark,) = own.open(NAME).remarks
    assert remark.rule == "esc.regulator"
    # Coached anew, P1 is the card of another rule, and none of this one is on the screen then.
    call = own.exchange(at)
    assert next(m for m in call.past.moments if m.key == "P1").rule != remark.rule
    assert call.remarks == ()


def test_a_mark_stays_with_its_card_whatever_the_card_is_called(tmp_path: Path) -> None:
    kept(tmp_path, facts_of(NAME))
    own = desk(tmp_path)
    shown = [m for m in own.open(NAME).past.moments if m.kind is MomentKind.CARD]
    first, *others = shown
    call = own.mark(Verdict.WRONG, first.at, card=first.key, rule=first.rule, note="")

    def marked(*cards: Moment) -> list[int]:
        now = structs.replace(call, past=structs.replace(call.past, moments=cards))
        return [len(remarks_on(now, card)) for card in cards]

    renamed = structs.replace(first, key="P9", at=first.at - 3.0)
    another = structs.replace(others[0], key=first.key)
    again = structs.replace(first, at=first.at + 300.0, end=first.end + 300.0)
    assert marked(first, *others) == [1, *(0 for _ in others)]
    assert marked(renamed, another) == [1, 0]
    assert marked(renamed, again) == [1, 0]
    assert marked(again) == [0]


def test_of_one_track_nothing_is_exchanged(tmp_path: Path) -> None:
    facts = facts_of(NAME)
    first = msgspec.structs.replace(facts[0], channels=(Channel.MIXED,))
    files = kept(tmp_path, [first, *facts[1:]])
    own = desk(tmp_path)
    own.open(NAME)
    with pytest.raises(InputError, match="Both people are on one track here"):
        own.exchange(10.0)
    assert files_of(tmp_path, NAME, [NAME]) == [files.journal]


def test_what_cannot_be_written_is_said_and_changes_nothing(tmp_path: Path) -> None:
    files = kept(tmp_path, facts_of(NAME))
    own = desk(tmp_path)
    heard = own.open(NAME)
    files.exchanged.mkdir()
    with pytest.raises(StorageError, match="exchanged"):
        own.exchange(10.0)
    assert own.open(NAME).exchanged.times == ()
    files.exchanged.rmdir()
    assert told(own.open(NAME)) == told(heard)
