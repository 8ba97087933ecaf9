"""Every question that the library answers, each on a few calls that differ in one thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from any_text import ANY
from hypothesis import given
from hypothesis import strategies as st
from keptcalls import (
    AGENT,
    CUSTOMER,
    cleared,
    cue,
    keep,
    kept_back,
    level,
    pressed,
    raised,
    said,
)

from coach.calls.about import About, CallKind, Hold, Later, write_later
from coach.calls.call_files import CallFiles
from coach.calls.journal_gathering import Fate
from coach.calls.library import Library, seconds_of
from coach.calls.lines_beside import append_line
from coach.calls.listing import as_text
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.scores import ScoreLine
from coach.calls.search import search
from coach.calls.search_query import HitKind, Query, SearchBounds
from coach.calls.search_terms import expression
from coach.errors import InputError
from coach.events import Action, CallStarted, Channel, Clearing, Level, Suppression

ALL = tuple(CallKind)
SUPERVISOR = "esc.supervisor"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("library")
    folder = root / "calls"
    keep(
        folder,
        "angry",
        [
            said(10, CUSTOMER, "I want to speak to your manager, now"),
            level(12, Level.ANGRY),
            cue(12, SUPERVISOR, "speak to your manager"),
            raised(13, "P1", SUPERVISOR),
            pressed(15, Action.USED, card="P1"),
            cleared(15, "P1", SUPERVISOR, Clearing.USED),
            level(50, Level.CALM, Level.ANGRY),
            said(52, AGENT, "My manager will ring you. Café is open."),
        ],
        started="2026-01-05T09:00:00+01:00",
        caller="K1",
        about=About(kind=CallKind.LIVE, agent="Anna", queue="billing", tags=("vip", "retry")),
    )
    keep(
        folder,
        "wrong",
        [
            said(10, AGENT, "the managers are busy"),
            said(20, CUSTOMER, "I could not hear that", doubtful=True),
            raised(13, "P1", "agent.jargon"),
            pressed(15, Action.MARK_WRONG, card="P1"),
            cleared(15, "P1", "agent.jargon", Clearing.DISMISSED),
            kept_back(16, SUPERVISOR, Suppression.COOLDOWN),
        ],
        started="2026-01-06T09:00:00+01:00",
        end=600.0,
        about=About(kind=CallKind.IMPORT, agent="Bela"),
    )
    keep(folder, "tried", [said(1, CUSTOMER, "manager")], about=About(kind=CallKind.REHEARSAL))
    keep(folder, "shown", [said(1, CUSTOMER, "manager")], about=About(kind=CallKind.DEMO))
    keep(folder, "late", started="2026-02-01T09:00:00+01:00")
    files = CallFiles(folder, "late")
    write_later(files.about, Later(hold=Hold(because="a complaint", since="2026-02-02")))
    add_mark(
        files.marks,
        Mark(mark="M1", verdict=Verdict.MISSED, at=9.0, reviewer="R", made="", rule=SUPERVISOR),
    )
    for percent in (20.0, 75.0):
        append_line(
            files.scores, ScoreLine(form="f", reviewer="R", made="2026-02-02", percent=percent)
        )
    with Library(folder, root / "index") as opened:
        opened.refresh()
        yield opened


def at(started: str) -> float:
    seconds = seconds_of(started)
    assert seconds is not None
    return seconds


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), "late wrong angry"),
        (Query(most=1), "late"),
        (Query(kinds=(CallKind.DEMO,)), "shown"),
        (Query(kinds=ALL, call="tried"), "tried"),
        (Query(since=at("2026-01-06T09:00:00+01:00")), "late wrong"),
        (Query(until=at("2026-01-06T09:00:00+01:00")), "angry"),
        (Query(agent="ANNA"), "angry"),
        (Query(queue="billing"), "angry"),
        (Query(tags=("vip", "retry")), "angry"),
        (Query(tags=("vip", "other")), ""),
        (Query(caller="k1"), "angry"),
        (Query(level=Level.UPSET), "angry"),
        (Query(level=Level.CRITICAL), ""),
        (Query(cues=("supervisor",)), "angry"),
        (Query(cues=("esc.*",)), "angry"),
        (Query(card=SUPERVISOR), "angry"),
        (Query(card=SUPERVISOR, fate=Fate.SHOWN), "angry"),
        (Query(card=SUPERVISOR, fate=Fate.USED), "angry"),
        (Query(card=SUPERVISOR, fate=Fate.DISMISSED), ""),
        (Query(card=SUPERVISOR, fate=Fate.KEPT_BACK), "wrong"),
        (Query(fate=Fate.DISMISSED), "wrong"),
        (Query(fate=Fate.MARKED), "wrong"),
        (Query(fate=Fate.SHOWN), "wrong angry"),
        (Query(score=SearchBounds(50.0)), "late"),
        (Query(score=SearchBounds(None, 50.0)), ""),
        (Query(length=SearchBounds(100.0, 600.0)), "wrong"),
        (Query(said=("manager",)), "wrong angry"),
        (Query(said=("manager",), by=CUSTOMER), "angry"),
        (Query(said=("manager",), by=CUSTOMER, kinds=ALL), "tried shown angry"),
        (Query(said=("manag*",), by=AGENT), "wrong angry"),
        (Query(said=("now want",)), "angry"),
        (Query(said=('"your manager"',)), "angry"),
        (Query(said=('"manager your"',)), ""),
        (Query(said=("cafe",)), "angry"),
        (Query(said=("want ring",)), ""),
        (Query(said=("want", "ring")), "angry"),
        (Query(said=("don't",)), ""),
        (Query(said=('AND OR "NOT',)), ""),
        (Query(marked=True), "late wrong"),
        (Query(held=True), "late"),
    ],
)
def test_questions(library: Library, query: Query, expected: str) -> None:
    assert [call.call for call in search(library, query).calls] == expected.split()


def test_calls_of_each_kind_are_counted_apart(library: Library) -> None:
    found = search(library, Query(said=("manager",), most=1))
    assert found.total == 2
    assert found.counts == {
        CallKind.LIVE: 1,
        CallKind.IMPORT: 1,
        CallKind.REHEARSAL: 1,
        CallKind.DEMO: 1,
    }


def test_hits_show_the_words_in_their_place(library: Library) -> None:
    (call,) = search(library, Query(said=("manager", "speak now"), by=CUSTOMER)).calls
    (hit,) = call.hits
    assert (hit.kind, hit.at, hit.side) == (HitKind.SAID, 10.0, CUSTOMER)
    assert [hit.text[a:b] for a, b in hit.spans] == ["speak", "manager", "now"]


def test_hits_show_cues_and_cards_with_what_became_of_them(library: Library) -> None:
    (call,) = search(library, Query(cues=("supervisor",), card="supervisor")).calls
    assert [(h.kind, h.at, h.rule, h.fate) for h in call.hits] == [
        (HitKind.CUE, 12.0, SUPERVISOR, ""),
        (HitKind.CARD, 13.0, SUPERVISOR, "used"),
    ]


def test_a_doubtful_line_is_found_and_said_to_be(library: Library) -> None:
    (call,) = search(library, Query(said=("hear",))).calls
    assert call.hits[0].doubtful


def test_the_agents_own_marks_are_told_from_the_reviewers(library: Library) -> None:
    marks = {c.call: c.marks for c in search(library, Query(marked=True)).calls}
    (agents,), (reviewers,) = marks["wrong"], marks["late"]
    assert (agents.reviewer, agents.verdict, agents.card, agents.at) == (
        "agent",
        Verdict.WRONG,
        "P1",
        15.0,
    )
    assert (reviewers.reviewer, reviewers.rule) == ("R", SUPERVISOR)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (Query(cues=("supervisr",)), "mean 'supervisor'"),
        (Query(card="nothing.like.it"), "No call in the library has a card.*rules list"),
        (Query(said=("...",)), "holds no words"),
    ],
)
def test_questions_that_make_no_sense_are_told(
    library: Library, query: Query, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        search(library, query)


@given(st.text(ANY, max_size=30), st.sampled_from([None, CUSTOMER, AGENT, Channel.MIXED]))
def test_any_text_is_a_question_or_a_plain_error(
    library: Library, text: str, by: Channel | None
) -> None:
    try:
        expression(text, by)
    except InputError:
        return
    search(library, Query(said=(text,), by=by))


# --- what a journal's lines come to --------------------------------------------------------------


def test_a_swap_gives_what_was_said_to_the_other_side(tmp_path: Path) -> None:
    keep(
        tmp_path / "calls",
        "one",
        [
            said(1, AGENT, "my order is late"),
            pressed(5, Action.SWAP_CHANNELS),
            said(6, AGENT, "let me look"),
        ],
    )
    with Library(tmp_path / "calls", tmp_path / "index") as library:
        library.refresh()
        assert search(library, Query(said=("order",), by=CUSTOMER)).total == 1
        assert search(library, Query(said=("look",), by=AGENT)).total == 1


def test_what_was_said_in_a_pause_is_not_found(tmp_path: Path) -> None:
    keep(
        tmp_path / "calls",
        "one",
        [
            said(1, CUSTOMER, "before"),
            pressed(5, Action.PAUSE),
            said(6, CUSTOMER, "during"),
            pressed(9, Action.RESUME),
            said(9.5, CUSTOMER, "after"),
        ],
    )
    with Library(tmp_path / "calls", tmp_path / "index") as library:
        library.refresh()
        found = {
            word: search(library, Query(said=(word,))).total
            for word in ("before", "during", "after")
        }
    assert found == {"before": 1, "during": 0, "after": 1}


def test_the_caller_that_was_named_last_is_the_calls(tmp_path: Path) -> None:
    keep(tmp_path / "calls", "one", [pressed(5, Action.CALLER, note="K9")], caller="K1")
    with Library(tmp_path / "calls", tmp_path / "index") as library:
        library.refresh()
        assert search(library, Query(caller="K9")).total == 1
        assert search(library, Query(caller="K1")).total == 0


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("live", CallKind.LIVE),
        ("sample call", CallKind.DEMO),
        ("call.wav", CallKind.REHEARSAL),
    ],
)
def test_journals_from_before_kinds_were_kept_tell_by_their_source(
    tmp_path: Path, source: str, kind: CallKind
) -> None:
    first = CallStarted(at=0.0, call="one", started="2026-01-05T09:00:00+00:00", source=source)
    keep(tmp_path / "calls", "one", [first], about=About())
    with Library(tmp_path / "calls", tmp_path / "index") as library:
        library.refresh()
        assert search(library, Query(kinds=(kind,))).total == 1


@pytest.mark.parametrize("width", [10, 40, 80, 120])
def test_what_is_known_of_a_call_goes_on_where_the_terminal_ends(
    library: Library, width: int
) -> None:
    found = search(library, Query(call="angry", kinds=ALL))
    (whole,) = [line for line in as_text(found, marks=False, width=None) if "angry" in line]
    facts = whole.split("  ")
    lines = "".join(as_text(found, marks=False, width=width)).splitlines()
    assert [fact for line in lines for fact in line.strip().split("  ")] == [
        fact.strip() for fact in facts
    ]
    assert all(line.startswith("    ") for line in lines[1:])
    assert all(len(line) <= max(width, 4 + max(map(len, facts))) for line in lines)
