"""What reviewers say is kept beside a call, and the call stays as it was."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from keptcalls import AGENT, CUSTOMER, cleared, kept_back, raised, said
from keptcalls import keep as keep_events
from reviewed import desk, keep

from coach.calls.about import About, CallKind
from coach.calls.call_files import CallFiles, calls_in, files_of
from coach.calls.corrections import read_corrections
from coach.calls.library import Library
from coach.calls.marks import read_marks
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.errors import InputError, StorageError
from coach.events import Action, AgentAction, Clearing, Suppression
from coach.notes.review.laid_over import lines_of, moments_of, remarks_on
from coach.notes.review.past_call import MomentKind
from coach.notes.review.review_requests import FORMS
from coach.notes.review.verdict import Verdict


@pytest.fixture
def files(tmp_path: Path) -> CallFiles:
    return keep(tmp_path, "polite_fury", AgentAction(at=57.0, action=Action.MARK_WRONG))


def test_marks_are_kept_with_reviewer_and_time_and_listed(files: CallFiles) -> None:
    own = desk(files.folder)
    before = files.journal.read_bytes()
    own.open(files.call)
    call = own.mark(Verdict.WRONG, 33.6, card="P1", rule="esc.repeat_contact", note="too eager")
    call = own.mark(Verdict.MISSED, 80.0, card="", rule="esc.supervisor", note="")
    (wrong, missed) = read_marks(files.marks)
    assert (wrong.card, wrong.rule, wrong.note) == ("P1", "esc.repeat_contact", "too eager")
    assert (wrong.reviewer, wrong.made[:2]) == ("Rita", "20")
    assert (missed.verdict, missed.card, missed.at) == (Verdict.MISSED, None, 80.0)
    assert [r.verdict.value for r in call.remarks] == ["wrong", "wrong", "missed"]
    with Library(files.folder, files.folder.parent / "library.sqlite") as library:
        library.refresh()
        (found,) = search(library, Query(marked=True)).calls
    assert [mark.reviewer for mark in found.marks] == ["Rita", "agent", "Rita"]
    assert files.journal.read_bytes() == before


def test_the_agents_own_mark_is_shown_as_such_and_stays(files: CallFiles) -> None:
    own = desk(files.folder)
    call = own.open(files.call)
    (remark,) = call.remarks
    assert remark.by_agent
    assert remark.who == "the agent, in the call"
    card = next(m for m in call.past.moments if m.key == remark.card)
    assert remarks_on(call, card) == (remark,)
    assert own.withdraw(remark.mark).remarks == (remark,)


def test_a_call_is_handed_on_in_every_form_and_over_no_file(
    files: CallFiles, tmp_path: Path
) -> None:
    own = desk(files.folder)
    own.open(files.call)
    heads = {
        "report": "<!DOCTYPE",
        "markdown": "# ",
        "contact-lens": "{",
        "csv": "",
        "vtt": "WEBVTT",
    }
    assert heads.keys() == {form for form, _, _ in FORMS}
    for form, _, ending in FORMS:
        path = tmp_path / f"{form}{ending}"
        assert own.hand_on(form, str(path)) == str(path)
        assert path.read_text().startswith(heads[form])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(
        StorageError, match=r"vtt\.vtt exists already and is not overwritten\. Name"
    ):
        own.hand_on("vtt", str(path))
    for bad in (tmp_path / "gone" / "a.vtt", "/dev/full/x"):
        with pytest.raises(StorageError, match=r"is no folder\. Name a folder that is there"):
            own.hand_on("vtt", str(bad))
    with pytest.raises(StorageError, match=r"cannot be written: .*\. Name another file\."):
        own.hand_on("vtt", str(tmp_path / ("a" * 300)))


def test_a_mark_is_taken_back(files: CallFiles) -> None:
    own = desk(files.folder)
    own.open(files.call)
    call = own.mark(Verdict.NOTE, 12.0, card="", rule="", note="listen")
    mark = next(m for m in moments_of(call) if m.kind is MomentKind.MARK and m.at == 12.0)
    assert mark.title.startswith("bookmark  “listen”  (Rita, ")
    assert len(own.withdraw(mark.key).remarks) == 1


def test_a_correction_stands_beside_what_was_heard(files: CallFiles) -> None:
    own = desk(files.folder)
    before = files.journal.read_bytes()
    heard = own.open(files.call).past.lines[2]
    name = heard.utterance
    call = own.correct(name, text="what was really said", other_side=True)
    line = next(line for line in lines_of(call) if line.heard.utterance == name)
    assert (line.text, line.channel) == ("what was really said", heard.channel.other)
    assert line.heard == heard
    assert (line.corrected.who, call.past) == ("Rita", own.open(files.call).past)  # type: ignore[union-attr]
    call = own.correct(name, text=None, other_side=False)
    assert call.corrected == {}
    assert len(files.corrections.read_bytes().splitlines()) == 2
    assert files.journal.read_bytes() == before
    assert stat.S_IMODE(files.corrections.stat().st_mode) == 0o600


def test_personal_data_that_a_reviewer_types_is_masked(files: CallFiles) -> None:
    own = desk(files.folder)
    name = own.open(files.call).past.lines[0].utterance
    own.mark(Verdict.NOTE, 1.0, card="", rule="", note="card 4111 1111 1111 1111 was read out")
    own.correct(name, text="my card is 4111 1111 1111 1111", other_side=False)
    kept = files.marks.read_text() + files.corrections.read_text()
    assert "4111" not in kept
    assert kept.count("[card-number]") == 2


def test_what_belongs_to_a_call_is_told_by_its_name(files: CallFiles) -> None:
    own = desk(files.folder)
    assert own.find("polite_fury") == (files, "polite_fury")
    assert own.find("pol") == (files, "polite_fury")
    assert own.find(str(files.journal)) == (files, "polite_fury")
    elsewhere = desk(files.folder / "other")
    assert elsewhere.find(str(files.journal)) == (files, str(files.journal))


def test_a_name_that_means_no_call_or_several_is_refused(files: CallFiles) -> None:
    keep(files.folder, "apologise")
    (files.folder / "polite.jsonl").write_bytes(files.journal.read_bytes())
    own = desk(files.folder)
    assert own.find("polite")[1] == "polite"
    with pytest.raises(InputError, match=r"2 calls begin with 'poli': polite, polite_fury\."):
        own.find("poli")
    with pytest.raises(InputError, match=r"no call 'x' in the library, and no such journal\."):
        own.find("x")


def test_a_mark_that_cannot_be_written_is_said(files: CallFiles) -> None:
    own = desk(files.folder)
    own.open(files.call)
    files.marks.mkdir()
    with pytest.raises((StorageError, InputError), match="marks"):
        own.mark(Verdict.NOTE, 1.0, card="", rule="", note="")


def test_a_damaged_file_of_corrections_names_its_line(files: CallFiles) -> None:
    files.corrections.write_text("{}\n")
    with pytest.raises(InputError, match="line 1"):
        read_corrections(files.corrections)


def test_files_of_others_cannot_drive_the_terminal(files: CallFiles) -> None:
    own = desk(files.folder)
    name = own.open(files.call).past.lines[0].utterance
    own.mark(Verdict.NOTE, 1.0, card="", rule="", note="a\x1b[2Jb")
    call = own.correct(name, text="c\x1b[2Jd", other_side=False)
    assert [r.note for r in call.remarks if r.note] == ["a [2Jb"]
    assert call.corrected[name].text == "c [2Jd"


def test_what_was_said_of_a_call_belongs_to_its_files(files: CallFiles) -> None:
    """So it goes where the call goes, and the index sees it change."""
    own = desk(files.folder)
    before = calls_in(files.folder)
    name = own.open(files.call).past.lines[0].utterance
    own.mark(Verdict.NOTE, 1.0, card="", rule="", note="x")
    own.correct(name, text="y", other_side=False)
    mine = files_of(files.folder, files.call, calls_in(files.folder))
    assert {files.marks, files.corrections, files.journal} <= set(mine)
    assert before != calls_in(files.folder)


def test_a_transcript_without_sound_and_rules_that_are_gone_can_be_reviewed(
    tmp_path: Path,
) -> None:
    events = [
        said(2, AGENT, "hello there"),
        said(9, CUSTOMER, "I want my money back"),
        raised(10, "P1", "esc.of_old"),
        cleared(20, "P1", "esc.of_old", Clearing.USED),
        kept_back(25, "esc.of_old", Suppression.COOLDOWN),
        said(40, CUSTOMER, "good bye"),
    ]
    keep_events(tmp_path, "old", events, about=About(kind=CallKind.IMPORT))
    past = desk(tmp_path).open("old").past
    assert len(past.speech) == 3
    kinds = [moment.kind for moment in past.moments]
    assert MomentKind.SILENCE in kinds
    assert past.notices[0] == "the rules it had are not kept beside it"
