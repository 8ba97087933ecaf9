"""`coach report` from end to end: which call is meant, what is written where, what is refused."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from callscript import facts_of, read
from keptcalls import AGENT, CUSTOMER, keep, said
from shipped_rules import book, matcher

from coach.calls.about import About, CallKind, Later, write_later
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.periods import local_now
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit
from coach.events import CallEnded, CallStarted, Channel, Fact, Utterance
from coach.notes.report.call_report import CallReport
from coach.startup.paths import Paths

CALL = "2026-03-04T09-30-00-1a2b3c"
GOLDEN = Path(__file__).parents[1] / "calls" / "golden"


def script(name: str) -> list[Fact]:
    return facts_of(read(GOLDEN / f"{name}.toml"))


def lay(
    facts: Iterable[Fact], call: str = CALL, *, started: str = "", agent: str = "Anna"
) -> CallFiles:
    """Coach a scripted call into the library."""
    first, *rest = facts
    assert isinstance(first, CallStarted)
    first = msgspec.structs.replace(first, call=call, started=started or first.started)
    setup = Setup(
        book=book(),
        rules="the rules of the tests",
        settings=EngineSettings(),
        matcher=matcher(),
        about=About(kind=CallKind.LIVE, agent=agent, queue="billing"),
    )
    files = CallFiles(Paths.of().calls, call)
    made = Call(setup, first, files.journal)
    for fact in rest:
        made.feed(fact)
    made.close()
    return files


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def told(*words: str) -> CallReport:
    assert main(["report", *words, "--json", "made.json", "--force"]) == Exit.OK
    return msgspec.json.decode(Path("made.json").read_bytes(), type=CallReport)


def test_a_call_is_written_as_a_page_named_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    lay(script("ending_an_abusive_call"))
    assert main(["report", "2026-03-04T09-30"]) == Exit.OK
    page = Path(f"{CALL}.html")
    assert capsys.readouterr().err == f"written: {page}\n"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "yeah my internet has been off since Saturday" in text
    assert list(Path().glob("*.part")) == []


def test_the_report_tells_the_matter_and_the_call_as_it_was() -> None:
    files = lay(script("ending_an_abusive_call"))
    add_mark(
        files.marks,
        Mark(
            mark="M1", verdict=Verdict.LATE, at=61.0, reviewer="Rita", made="2026-03-05", card="P2"
        ),
    )
    files.notes.write_text("Listen again.\n")
    write_later(files.about, Later(queue="broadband", caller="K7", tags=("vip",)))
    report = told(CALL)
    assert "my internet has been off since Saturday" in report.matter.opening[0].text
    assert report.matter.wrong == (), "what the opening said is not said twice"
    assert [promise.text for promise in report.matter.promised] == [
        "I will credit the days you lost"
    ]
    assert len(report.matter.warnings) == 2
    assert (report.agent, report.queue, report.caller, report.tags) == (
        "Anna", "broadband", "K7", ("vip",),
    )  # fmt: skip
    assert (report.level, report.ended, report.remarks) == ("critical", True, ())
    assert [card.rule for card in report.cards] == list(
        read(GOLDEN / "ending_an_abusive_call.toml").cards
    )
    assert all(card.because and card.limits for card in report.cards)
    assert {kept.rule: kept.reason for kept in report.kept_back}["conduct.insult"] == "duplicate"
    assert [mark.verdict for mark in report.marks] == ["late"]
    assert report.notes == "Listen again.\n"
    done = {item.item: item.done for item in report.checklist}
    assert done["checklist.greeting"] is not None
    assert None in done.values()
    sides = {Channel.AGENT, Channel.CUSTOMER}
    assert {mood.side for mood in report.time_line.moods} == sides


def test_a_missed_visit_is_told_in_the_customers_words() -> None:
    lay(script("apologise"))
    matter = told(CALL).matter
    words = [quote.text for quote in (*matter.opening, *matter.wrong)]
    assert sum("the engineer did not come on Monday" in text for text in words) == 1


def test_a_promise_made_twice_in_the_same_words_is_one_promise() -> None:
    line = {"channel": Channel.AGENT, "text": "I will call you back by Friday"}
    lay(
        [
            *script("polite_fury")[:1],
            *(
                Utterance(at=at + 4, start=at, end=at + 3, utterance=f"A{at:g}", **line)  # type: ignore[arg-type]
                for at in (1.0, 11.0, 21.0)
            ),
            CallEnded(at=30.0, reason="end"),
        ]
    )
    (promise,) = told(CALL).matter.promised
    assert promise.due == "2026-03-06"
    assert len(promise.again) == 2


def test_a_journal_by_its_path_and_all_three_forms_at_once() -> None:
    files = lay(script("polite_fury"))
    words = ["report", str(files.journal), "--html", "a.html", "--md", "a.md", "--json", "a.json"]
    assert main(words) == Exit.OK
    assert Path("a.md").read_text().startswith(f"# Call {CALL}\n")
    assert json.loads(Path("a.json").read_text())["form"] == 1
    assert main(words) == Exit.STORAGE
    assert main([*words, "--force"]) == Exit.OK


def test_what_is_printed_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    lay(script("polite_fury"))
    assert main(["report", CALL, "--md", "-"]) == Exit.OK
    assert capsys.readouterr().out.startswith(f"# Call {CALL}")
    assert list(Path().iterdir()) == []


def test_a_call_that_was_not_masked_is_masked_in_its_report() -> None:
    files = keep(
        Paths.of().calls, "old",
        [said(1, AGENT, "what is your number please"),
         said(4, CUSTOMER, "my card number is 4111 1111 1111 1111")],
        redaction="",
    )  # fmt: skip
    report = told(str(files.journal))
    assert "masked in this report" in report.masked
    text = Path("made.json").read_text()
    assert "4111" not in text
    assert any("running the call again" in remark for remark in report.remarks)


def test_a_journal_without_an_end_says_so_and_is_of_what_there_is() -> None:
    facts = [fact for fact in script("polite_fury") if fact.at < 60]
    files = lay(facts)
    with files.journal.open("ab") as file:
        file.write(b'{"type":"Utterance","at":61')
    report = told(CALL)
    assert not report.ended
    assert any(remark.startswith("The journal has no end") for remark in report.remarks)
    assert any("cut short" in remark for remark in report.remarks)
    assert report.lines


def test_a_journal_of_one_undivided_track() -> None:
    first = CallStarted(at=0.0, call="m", started="", source="m.wav", channels=(Channel.MIXED,))
    line = Utterance(at=4, channel=Channel.MIXED, start=1, end=3, utterance="M1", text="good day")
    lay([first, line, CallEnded(at=9.0, reason="end")], "m")
    report = told("m")
    assert report.mixed
    assert (report.figures.agent, report.figures.agent_share) == (None, None)
    assert main(["report", "m"]) == Exit.OK


def test_what_lies_beside_and_is_damaged_is_left_out_and_told() -> None:
    files = lay(script("polite_fury"))
    files.marks.write_text("{no json\n")
    report = told(CALL)
    assert report.marks == ()
    assert any("marks" in remark for remark in report.remarks)


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        ([], Exit.INPUT, "One call or one agent is reported."),
        (["2026", "--agent", "Anna"], Exit.INPUT, "One call or one agent is reported."),
        (["2026", "--since", "7d"], Exit.INPUT, "--since, --until and --coached need --agent."),
        (
            ["nothing"],
            Exit.INPUT,
            "There is no call 'nothing' in the library,",
        ),
        (
            ["absent.jsonl"],
            Exit.INPUT,
            "There is no call 'absent.jsonl' in the library,",
        ),
        (["2026"], Exit.INPUT, "2 calls begin with '2026': 2026-a, 2026-b."),
        (["2026-a", "--md", "x", "--json", "x"], Exit.INPUT, "Two forms are to go to one place."),
        (["2026-a", "--md", "taken"], Exit.STORAGE, "The file taken exists already and is not"),
        (["2026-a", "--md", "."], Exit.STORAGE, ". is a folder. Name a file in it."),
        (["2026-a", "--md", ".", "--force"], Exit.STORAGE, ". is a folder. Name a file in it."),
        (["2026-a", "--md", "no/where"], Exit.STORAGE, "no/where cannot be written: no is no"),
        (["--agent", "Zoe"], Exit.INPUT, "The library has no call of agent 'Zoe' in that time."),
        (["--agent", "Ben"], Exit.INPUT, "None of the 1 calls of agent 'Ben' can be measured."),
        (["--agent", "Ben", "--since", "xx"], Exit.INPUT, "'xx' is no day or period."),
    ],
)
def test_mistakes(
    words: list[str], code: Exit, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Paths.of().calls
    keep(folder, "2026-a")
    keep(folder, "2026-b", end=None, about=About(kind=CallKind.LIVE, agent="Ben"))
    Path("taken").touch()
    assert main(["report", *words]) == code
    err = capsys.readouterr().err
    assert f"coach: {text}" in err
    assert "Traceback" not in err
    assert [path.name for path in Path().iterdir()] == ["taken"]


def test_an_agents_calls_over_weeks(capsys: pytest.CaptureFixture[str]) -> None:
    monday = local_now().replace(hour=12) - timedelta(days=local_now().weekday() + 21)
    for week, name in enumerate(("polite_fury", "apologise", "stay_calm")):
        started = (monday + timedelta(weeks=week)).astimezone().isoformat()
        lay(script(name), f"c{week}", started=started)
    keep(Paths.of().calls, "open", end=None, about=About(kind=CallKind.LIVE, agent="Anna"))
    lay(script("apologise"), "other", agent="Ben")
    words = ["report", "--agent", "anna", "--since", "60d", "--coached", "2w"]
    assert main([*words, "--json", "-"]) == Exit.OK
    report = json.loads(capsys.readouterr().out)
    assert report["agent"] == "Anna"
    assert report["calls"] == 3
    assert [week["calls"] for week in report["weeks"]] == [1, 1, 1]
    whole = {one["name"]: one["whole"] for one in report["measures"]}
    assert whole["became upset or worse"]["of"] == 3
    assert whole["checklist done"]["of"] == 3 * sum(
        rule.id.startswith("checklist.") for rule in book().active()
    )
    assert main(words) == Exit.OK
    assert "calls-of-Anna.html" in [path.name for path in Path().iterdir()]
    assert main([*words, "--md", "-"]) == Exit.OK
    text = capsys.readouterr().out
    assert "It describes calls, not a person" in text
    assert "before, " in text


def test_calls_without_an_end_are_left_out_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    now = local_now().astimezone().isoformat()
    lay(script("polite_fury"), "whole", started=now)
    keep(
        Paths.of().calls, "open", end=None, started=now,
        about=About(kind=CallKind.LIVE, agent="Anna"),
    )  # fmt: skip
    assert main(["report", "--agent", "Anna", "--json", "-"]) == Exit.OK
    report = json.loads(capsys.readouterr().out)
    assert report["calls"] == 1
    assert "1 call: left out, the journal has no end" in report["remarks"]
