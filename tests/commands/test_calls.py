"""`coach calls` from end to end: what is printed, in each of its forms."""

from __future__ import annotations

import base64
import csv
import io
import json
import sqlite3
from datetime import timedelta

import msgspec
import pytest
from keptcalls import AGENT, CUSTOMER, cue, keep, level, said

from coach.calls.about import About, CallKind
from coach.calls.journal import JournalHeader, encode_line
from coach.calls.library import Library
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.periods import local_now
from coach.cli import main
from coach.commands import calls
from coach.errors import Exit
from coach.events import CallStarted, Clause, Level
from coach.meaning.encoder import encoder, facts, packed
from coach.startup.paths import Paths


@pytest.fixture(autouse=True)
def _calls() -> None:
    folder = Paths.of().calls
    monday = local_now().replace(hour=12) - timedelta(days=local_now().weekday())
    last_week = (monday - timedelta(days=3)).astimezone().isoformat()
    asked = [
        said(62, CUSTOMER, "I asked for a manager yesterday"),
        cue(63, "esc.supervisor", "asked for a manager"),
        level(63, Level.UPSET),
        said(70, AGENT, "I am the manager"),
    ]
    files = keep(
        folder, "asked", asked, started=last_week, about=About(kind=CallKind.LIVE, agent="=Anna")
    )
    mark = Mark(
        mark="M1",
        verdict=Verdict.LATE,
        at=65.0,
        reviewer="Rita",
        made=last_week,
        rule="esc.supervisor",
        note="by a minute",
    )
    add_mark(files.marks, mark)
    files.notes.write_text("Listen again.\n")
    keep(folder, "older", asked, started="2020-01-01T09:00:00+00:00")
    keep(folder, "tried", asked, started=last_week, about=About(kind=CallKind.REHEARSAL))
    keep(folder, "quiet", started=last_week, caller="K1")


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["calls", *words]) == Exit.OK
    return capsys.readouterr().out


def test_who_asked_for_a_manager_last_week(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "--said", "manager", "--by", "customer", "--during", "last-week")
    first, hit, count = out.splitlines()
    assert first.startswith("asked  ")
    assert hit.split(maxsplit=1) == ["1:02", "customer: I asked for a «manager» yesterday"]
    assert count == "1 live call, 0 imported calls. Not among them: 1 rehearsal (--kind)."


def test_marks_are_listed_with_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "--marks")
    assert 'asked@1:05  late  esc.supervisor  "by a minute"  (Rita, ' in out
    assert "quiet" not in out


def test_one_call_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "asked")
    assert "cue esc.supervisor: asked for a manager" in out
    assert "Listen again." in out


def test_what_is_known_of_a_call_can_be_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    printed(
        capsys, "quiet", "--set", "queue=billing", "--set", "tags=vip; late", "--set", "caller="
    )
    printed(capsys, "quiet", "--set", "agent=Zoe")
    out = printed(capsys, "--queue", "billing", "--tag", "late", "--agent", "zoe")
    assert out.startswith("quiet  ")
    assert "1 live call" in out
    assert "0 live calls" in printed(capsys, "--caller", "K1")


def test_json_has_every_hit(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        json.loads(line) for line in printed(capsys, "--said", "manager", "--json").splitlines()
    ]
    assert [(row["call"], row["kind"], len(row["hits"])) for row in rows] == [
        ("asked", "live", 2),
        ("older", "live", 2),
    ]
    assert rows[0]["hits"][0] == {
        "kind": "said",
        "at": 62.0,
        "text": "I asked for a manager yesterday",
        "side": "CUSTOMER",
        "spans": [[14, 21]],
    }


def test_csv_is_a_table_that_no_spreadsheet_takes_for_formulas(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "--csv"))))
    assert [row["call"] for row in rows] == ["quiet", "asked", "older"]
    assert (rows[1]["agent"], rows[1]["level"], rows[0]["caller"]) == ("'=Anna", "upset", "K1")


def test_fewer_are_shown_than_found(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "--limit", "1")
    assert "3 live calls" in out
    assert "The newest 1 are shown" in out


def test_a_table_is_never_cut_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calls, "MOST_CALLS", 1)
    assert "The newest 1 are shown" in printed(capsys)
    assert len(printed(capsys, "--csv").splitlines()) == 4
    assert len(printed(capsys, "--json").splitlines()) == 3
    assert len(printed(capsys, "--json", "--limit", "2").splitlines()) == 2


def test_rebuilding_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "--rebuild"]) == Exit.OK
    assert "made again from 4 calls" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "no call 'nothing'"),
        (["--by", "agent"], "--by needs --said"),
        (["--set", "queue=x"], "--set needs a call"),
        (["quiet", "--set", "level=calm"], "sets nothing"),
        (["quiet", "--set", "queue"], "sets nothing"),
        (["nothing", "--set", "queue=x"], "no call 'nothing'"),
        (["--since", "sometime"], "no day or period"),
        (["--during", "today", "--since", "today"], "--during stands alone"),
        (["--limit", "-1"], "--limit"),
        (["--cue", "supervisr"], "Did you mean 'supervisor'?"),
    ],
)
def test_mistakes_are_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calls", *words]) == Exit.INPUT
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("text", ["60", "..", "a..b", "..1x"])
def test_a_range_is_a_range(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["calls", "--length", text])
    assert "is no range" in capsys.readouterr().err


def test_who_said_something_like_this(capsys: pytest.CaptureFixture[str]) -> None:
    header = JournalHeader(
        version="0", call="like", rules="", settings={}, encoder=facts().name, redaction="masked",
        about=About(kind=CallKind.LIVE),
    )  # fmt: skip
    (vector,) = encoder().encode(["I asked for a manager yesterday"])
    clause = Clause(first=0, last=5, vector=base64.b85encode(packed(vector)).decode())
    line = said(62, CUSTOMER, "I asked for a manager yesterday")
    line = msgspec.structs.replace(line, clauses=(clause,))
    started = CallStarted(at=0.0, call="like", started="2026-01-05T09:00:00+00:00", source="test")
    journal = Paths.of().calls / "like.jsonl"
    journal.write_bytes(b"".join(map(encode_line, (header, started, line))))
    out = printed(capsys, "--like", "put me through to your boss", "--by", "customer")
    first, hit, count = out.splitlines()
    assert first.startswith("like  ")
    when, near, words = hit.split(maxsplit=2)
    assert (when, words) == ("1:02", "customer: «I asked for a manager yesterday»")
    assert 0.6 <= float(near) < 1.0
    assert count == "1 live call, 0 imported calls."
    (call,) = map(json.loads, printed(capsys, "--like", "a manager please", "--json").splitlines())
    assert call["hits"][0]["kind"] == "like"
    assert main(["calls", "--like", "?!"]) == Exit.INPUT
    assert "--like '?!' holds no words." in capsys.readouterr().err
    assert main(["calls", "--like", "a manager", "--near", "2"]) == Exit.INPUT
    assert "--near must be from 0 to 1." in capsys.readouterr().err


def test_a_call_of_which_the_rest_does_not_hold_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "asked is in the library; what else" in printed(capsys, "asked", "--said", "zebra")


def test_calls_are_found_where_no_index_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(capsys)
    kept = Paths.of().library.read_bytes()

    def full(_self: Library) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Library, "_opened", full)
    assert main(["calls", "--said", "manager"]) == Exit.OK
    out, err = capsys.readouterr()
    assert out.startswith("asked  ")
    assert err.count("What is listed comes from the calls themselves.") == 1
    assert Paths.of().library.read_bytes() == kept
    for words in (["calls", "--rebuild"], ["purge", "--older-than", "1d", "--yes"]):
        assert main(words) == Exit.STORAGE
        assert capsys.readouterr().err.endswith("Free some space, or unlock the folder.\n")
