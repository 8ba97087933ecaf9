"""What reviewers put right, and what was never masked, in searches, exports and reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from keptcalls import AGENT, CUSTOMER, cue, keep, promise, said

from coach.calls.call_files import CallFiles
from coach.calls.corrections import Correction, add_correction
from coach.calls.journal import read_journal
from coach.calls.library import Library
from coach.calls.listing import hit_line
from coach.calls.masked_journal import masked_journal
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.cli import main
from coach.errors import Exit
from coach.events import AnyEvent, CardRaised, Channel, CueMatched, Evidence, Track
from coach.startup.paths import Paths

WHEN = "2026-03-05T08:00:00+00:00"
LINES = [said(5, AGENT, "I want a banana"), said(9, CUSTOMER, "hold the line please")]
CARD = "4111 1111 1111 1111"


@pytest.fixture
def library() -> Iterator[Library]:
    paths = Paths.of()
    paths.calls.mkdir(parents=True)
    with Library(paths.calls, paths.library) as opened:
        yield opened


@pytest.fixture
def files(library: Library) -> CallFiles:
    """A call of which the words of one line and the speaker of both were put right."""
    files = keep(library.calls, "one", LINES)
    for utterance, text in (("A5", "I want a <manager>"), ("C9", None)):
        add_correction(
            files.corrections,
            Correction(utterance=utterance, reviewer="Rita", made=WHEN, text=text, other_side=True),
        )
    return files


def hits(library: Library, words: str, by: Channel | None = None) -> list[str]:
    library.refresh()
    return [
        " ".join(hit_line(hit).split())
        for call in search(library, Query(said=(words,), by=by)).calls
        for hit in call.hits
    ]


@pytest.mark.usefixtures("files")
def test_a_search_finds_what_was_heard_and_what_was_put_right_and_says_which(
    library: Library,
) -> None:
    assert hits(library, "manager", CUSTOMER) == [
        "0:05 customer: I want a <«manager»> (put right by a reviewer)"
    ]
    assert hits(library, "banana", AGENT) == [
        "0:05 agent: I want a «banana» (as heard; put right since)"
    ]
    assert hits(library, "hold", AGENT) == [
        "0:09 agent: «hold» the line please (put right by a reviewer)"
    ]
    assert hits(library, "manager", AGENT) == []


def test_a_correction_that_is_taken_back_is_found_no_more(
    library: Library, files: CallFiles
) -> None:
    assert hits(library, "manager")
    add_correction(files.corrections, Correction(utterance="A5", reviewer="Rita", made=WHEN))
    assert hits(library, "manager") == []
    assert hits(library, "banana") == ["0:05 agent: I want a «banana»"]


@pytest.mark.usefixtures("files")
def test_captions_have_what_was_put_right_beside_what_was_heard(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["export", "one", "--as", "vtt"]) == Exit.OK
    shown = capsys.readouterr()
    assert "NOTE put right by a reviewer; heard: Agent: I want a banana\n\nA5\n" in shown.out
    assert "<v Customer>I want a &lt;manager&gt;\n" in shown.out
    assert "<v Agent>hold the line please\n" in shown.out
    assert shown.err == (
        "coach: 2 lines put right by reviewers; all figures go by what was heard.\n"
    )


@pytest.mark.usefixtures("files")
def test_an_analysis_has_what_was_put_right_and_figures_of_what_was_heard(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["export", "one", "--as", "contact-lens"]) == Exit.OK
    made = json.loads(capsys.readouterr().out)
    turns = [(turn["ParticipantId"], turn["Content"]) for turn in made["Transcript"]]
    assert turns == [("CUSTOMER", "I want a <manager>"), ("AGENT", "hold the line please")]
    talk = made["ConversationCharacteristics"]["TalkTime"]["DetailsByParticipant"]
    assert talk["AGENT"] == talk["CUSTOMER"] == {"TotalTimeMillis": 1500}
    speed = made["ConversationCharacteristics"]["TalkSpeed"]["DetailsByParticipant"]
    assert speed["AGENT"] == {"AverageWordsPerMinute": 160}, "four words in 1.5 s, as heard"
    assert made["X-Coach"]["FiguresOf"] == "as heard"
    assert made["X-Coach"]["Corrections"][0] == {
        "TurnId": "A5",
        "HeardContent": "I want a banana",
        "HeardParticipantId": "AGENT",
        "Reviewer": "Rita",
        "Made": WHEN,
    }


@pytest.mark.usefixtures("files")
def test_a_report_shows_both_and_says_what_its_figures_go_by(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["report", "one", "--md", "-"]) == Exit.OK
    made = capsys.readouterr().out
    assert (
        "- 0:05 **customer:** I want a \\<manager\\> "
        "*(put right by Rita; heard: agent: “I want a banana”)*" in made
    )
    assert "heard: customer: the same words" in made
    assert "> 2 lines were put right by a reviewer" in made
    assert "all figures go by what was heard." in made
    assert "coach review one" in made
    assert main(["report", "one", "--html", "-"]) == Exit.OK
    page = capsys.readouterr().out
    assert "I want a &lt;manager&gt;" in page
    assert "heard: agent: “I want a banana”" in page


# --- journals that were not masked ---------------------------------------------------------------


def unmasked() -> list[AnyEvent]:
    quote = Evidence(
        channel=CUSTOMER, start=5.0, end=6.0, text="1111 1111", utterance="C5", rule="esc.card"
    )
    matched = msgspec.structs.replace(
        cue(7, "esc.card", f"card number is {CARD}"), utterance="C5", because=(quote,)
    )
    shown = CardRaised(
        at=8.0, card="P1", rule="esc.card", track=Track.ESCALATION, severity=2, priority=50,
        do="Help", say=f"So it is {CARD}.", until=None, stays=False, danger=False, because=(quote,),
    )  # fmt: skip
    promised = msgspec.structs.replace(promise(9, f"charge {CARD}"), utterance="A9")
    return [
        said(5, CUSTOMER, f"my card number is {CARD}"),
        matched,
        shown,
        said(9, AGENT, "I will charge it"),
        promised,
    ]


@pytest.mark.parametrize("redaction", ["", "kept"])
def test_what_was_kept_unmasked_is_masked_wherever_it_goes(
    library: Library, redaction: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = keep(library.calls, "old", unmasked(), redaction=redaction)
    with files.corrections.open("w") as file:
        text = f"no, my card number is {CARD}"
        kept = {"utterance": "C5", "reviewer": "Rita", "made": WHEN, "text": text}
        file.write(json.dumps(kept) + "\n")
    assert "4111" in files.journal.read_text()
    assert len(hits(library, "card")) == 2
    assert hits(library, "4111") == hits(library, "1111") == []
    index = b"".join(path.read_bytes() for path in library.index.parent.glob("library*"))
    assert b"1111" not in index
    for words in (
        ["calls", "old"],
        ["calls", "--said", "card", "--json"],
        ["export", "old", "--as", "contact-lens"],
        ["export", "old", "--as", "vtt"],
        ["export", "old", "--as", "csv"],
        ["report", "old", "--json", "-"],
    ):
        assert main(words) == Exit.OK, words
        shown = capsys.readouterr()
        assert "1111" not in shown.out + shown.err, words
    assert "4111" in files.journal.read_text(), "the journal is what it was"


def test_quotes_stand_as_in_the_masked_line(tmp_path: Path) -> None:
    journal = masked_journal(read_journal(keep(tmp_path, "a", unmasked(), redaction="").journal))
    line = "my card number is [card-number]"
    assert [e.text for e in journal.events if isinstance(e, CueMatched)] == [line]
    (card,) = (e for e in journal.events if isinstance(e, CardRaised))
    assert ([one.text for one in card.because], card.say) == ([line], "")
    whole = masked_journal(read_journal(keep(tmp_path, "b", unmasked()).journal))
    assert "4111" in repr(whole), "what says that it is masked is taken for it"
