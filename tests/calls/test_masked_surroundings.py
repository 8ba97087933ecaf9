"""Personal data stays out of what surrounds the words of a call, and out of what is said of it."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import msgspec
import pytest
from every_row import every_row
from keptcalls import CUSTOMER, keep, said

from coach.calls.about import About, Hold, Later, write_later
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles
from coach.calls.earlier import earlier_calls
from coach.calls.importers.bringing_in import Bringing, Job, JournalFolders
from coach.calls.importers.details import Details
from coach.calls.importers.source import TranscriptSource
from coach.calls.journal import read_journal
from coach.calls.library import Library
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.redaction.redactor import ASKED, RedactionSettings, Redactor
from coach.calls.redaction.typed_words import masked_reference, masked_text
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit, InputError
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    Channel,
    Hypothesis,
    Utterance,
    Word,
)
from rules.books.loader import load_book
from rules.definition.rule import RuleBook

CARD = "4111111111111111"
MAIL = "anna@example.com"
BOTH = f"card {CARD}, mail {MAIL}"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_book()


def leaks(folder: Path) -> list[str]:
    """Files that hold the number or the address, or are named after one."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        digits = re.sub(rb"[^\d]", b"", content)
        if CARD.encode() in digits or MAIL.encode() in content or CARD in path.name:
            found.append(path.name)
    return found


@every_row(
    itertools.product(
        [
            "{}",
            "card={}",
            "card#{}",
            "cc:{}",
            "{}x",
            "visa{}",
            "<b>{}</b>",
            "${}",
            "https://example.com/?pan={}&a=1",
        ],
        ["", "-", "_", ":", "|", "*", ";", "~", "\u200b"],
        ["", "so it is "],
    )
)
def test_a_card_number_is_seen_among_any_signs(written: str, sign: str, before: str) -> None:
    number = sign.join((CARD[:4], CARD[4:8], CARD[8:12], CARD[12:]))
    found = re.findall(r"\d", masked_text(before + written.format(number)))
    assert len(found) <= 4


@pytest.mark.parametrize(
    "written",
    [
        "anna@localhost",
        "anna@example",
        '"anna"@example.com',
        "anna@[10.0.0.1]",
        "anna\uff20example.com",
        "anna(at)example.com",
        "anna[at]example[dot]com",
        "anna_at_example_dot_com",
        "mailto:anna@example.com?x=1",
    ],
)
def test_an_address_is_seen_however_its_sign_is_written(written: str) -> None:
    assert masked_text(f"so write to {written} today") == "so write to [e-mail] today"


@pytest.mark.parametrize(
    "plain", ["see you at example dot", "we are @coach", "12:30:15", "3.50 each", "a  b\n\n c\t"]
)
def test_what_is_neither_stays_as_it_is(plain: str) -> None:
    assert masked_text(plain) == plain


def test_a_number_is_seen_over_several_lines_and_spaces_stay() -> None:
    text = f"He  said:\n  {CARD[:4]}\n{CARD[4:8]} {CARD[8:12]}\n\n{CARD[12:]}  and\tso on\n"
    assert masked_text(text) == "He  said:\n  [card-number]  and\tso on\n"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        (f"20260304-093012_{CARD}.wav", "20260304-093012_[card-number].wav"),
        ("4111-1111-1111-1111", "[card-number]"),
        (f"{CARD}_103", "[card-number]_103"),
        (f"{CARD}_20260304-0930.wav", "[card-number]_20260304-0930.wav"),
        ("Dino_K36_20261126-1744.json", "Dino_K36_20261126-1744.json"),
        ("378282246310005", "[card-number]"),
        (f"call {MAIL}", "call [e-mail]"),
        ("20260304093012", "20260304093012"),
        ("1709543210123456", "1709543210123456"),
        ("+49 170 1234567", "+49 170 1234567"),
        ("K7", "K7"),
    ],
)
def test_references_lose_cards_and_addresses_only(name: str, masked: str) -> None:
    assert masked_reference(name) == masked
    assert masked_reference(masked) == masked


def test_nothing_around_the_words_of_a_call_reaches_its_folder(
    tmp_path: Path, book: RuleBook
) -> None:
    setup = Setup(
        book=book,
        settings=EngineSettings(),
        notices=(f"3 lines of {BOTH} are left out.",),
        about=About(agent=f"A {CARD}", queue=CARD, tags=(CARD, MAIL), file=f"{CARD} {MAIL}.wav"),
    )
    first = CallStarted(
        at=0.0,
        call="a",
        started="2026-01-05T09:00:00+00:00",
        source=f"{MAIL} {CARD}.wav",
        caller=f"{CARD}",
    )
    call = Call(setup, first, tmp_path / "calls" / "a.jsonl")
    for at, action in enumerate(Action, 1):
        if action is not Action.END:
            call.feed(AgentAction(at=float(at), action=action, note=BOTH))
    call.feed(CallEnded(at=99.0, reason="end"))
    call.close()
    files = CallFiles(tmp_path / "calls", "a")
    mark = Mark(mark="M1", verdict=Verdict.NOTE, at=1.0, reviewer="Rita", made="", note=BOTH)
    add_mark(files.marks, mark)
    hold = Hold(because=BOTH, since="")
    write_later(
        files.about, Later(agent=CARD, queue=CARD, tags=(CARD, MAIL), caller=MAIL, hold=hold)
    )
    with Library(tmp_path / "calls", tmp_path / "library.sqlite") as library:
        library.refresh()
        library.compact()
    assert leaks(tmp_path) == []


def test_an_agent_may_be_known_by_an_address(tmp_path: Path) -> None:
    write_later(tmp_path / "a.about.json", Later(agent=MAIL))
    assert MAIL in (tmp_path / "a.about.json").read_text()


def test_the_reasons_of_pauses_stay_as_they_are() -> None:
    fact = AgentAction(at=1.0, action=Action.PAUSE, note=ASKED)
    assert Redactor().push(fact) == [fact]


def test_timed_words_that_differ_from_the_text_are_judged_by_themselves() -> None:
    words = tuple(
        Word(text=text, start=n / 2, end=n / 2 + 0.4, confidence=0.9)
        for n, text in enumerate(f"it is {CARD[:8]} {CARD[8:]}".split())
    )
    fact = Utterance(
        at=3.0, channel=CUSTOMER, start=0.0, end=2.0, utterance="C1", text="it is", words=words
    )
    (written,) = Redactor().push(fact)
    assert isinstance(written, Utterance)
    assert [(w.text, w.start, w.end) for w in written.words] == [("[card-number]", 0.0, 1.9)]


def test_withdrawn_words_answer_what_the_final_has_answered() -> None:
    redactor = Redactor(RedactionSettings(pause_for_card=False))
    asked = "what is your e-mail address please"
    redactor.push(
        Utterance(at=1.0, channel=Channel.AGENT, start=0.0, end=1.0, utterance="A1", text=asked)
    )
    (written,) = redactor.push(
        Utterance(
            at=4.0,
            channel=CUSTOMER,
            start=2.0,
            end=4.0,
            utterance="C1",
            text="anna at example dot com",
            withdrawn="anna dot smith",
        )
    )
    assert isinstance(written, Utterance)
    assert "smith" not in written.withdrawn


@pytest.mark.parametrize(
    ("asked", "words", "secret"),
    [
        (True, "sure anna smith at example dot com", {"anna", "smith", "example"}),
        (False, "my email is anna at example dot com", {"anna", "example"}),
        (False, "it is anna smith at gmail dot com", {"gmail"}),
        (False, "reach me under anna underscore smith at example dot org", {"smith", "example"}),
        (False, "it is a n n a at example dot com", {"example"}),
        (False, "it is anna dot smith at example dot com", {"smith", "example"}),
    ],
)
def test_drafts_of_a_spelled_address_give_little_away(
    asked: bool, words: str, secret: set[str]
) -> None:
    redactor = Redactor()
    if asked:
        text = "what is your e-mail address please"
        redactor.push(
            Utterance(at=1.0, channel=Channel.AGENT, start=0.0, end=1.0, utterance="A1", text=text)
        )
    spoken = words.split()
    for count in range(1, len(spoken) + 1):
        for committed in range(count + 1):
            (written,) = redactor.push(
                Hypothesis(
                    at=2.0 + count,
                    channel=CUSTOMER,
                    start=1.5,
                    end=2.0,
                    utterance="C1",
                    committed=" ".join(spoken[:committed]),
                    tail=" ".join(spoken[committed:count]),
                )
            )
            assert isinstance(written, Hypothesis)
            assert not secret & set(f"{written.committed} {written.tail}".split())


def test_a_draft_that_only_speaks_of_mail_stays() -> None:
    draft = Hypothesis(
        at=2.0,
        channel=CUSTOMER,
        start=1.0,
        end=2.0,
        utterance="C1",
        committed="I sent you an email yesterday and looked at",
        tail="it again",
    )
    assert Redactor().push(draft) == [draft]


def test_an_import_lets_nothing_in(tmp_path: Path, book: RuleBook) -> None:
    item = {"Content": CARD, "BeginOffsetMillis": 0, "EndOffsetMillis": 900}
    turn = {
        "Content": "it is this one",
        "BeginOffsetMillis": 0,
        "EndOffsetMillis": 900,
        "ParticipantRole": "CUSTOMER",
        "Items": [item],
    }
    nobody = {"Content": "hello", "BeginOffsetMillis": 0, "ParticipantRole": BOTH}
    path = tmp_path / f"{MAIL}_{CARD}.json"
    path.write_text(json.dumps({"Transcript": [turn, nobody]}))
    data = tmp_path / "data"
    (data / "importing").mkdir(parents=True)
    places = JournalFolders(calls=data / "calls", importing=data / "importing")
    setup = Setup(book=book, settings=EngineSettings())
    bringing = Bringing(lambda: setup, (TranscriptSource(),), places)
    details = Details(
        caller=MAIL, tags=(CARD,), queue=CARD, sides={"CUSTOMER": "customer", "AGENT": "agent"}
    )
    outcome = bringing.bring(Job(path=path, digest="0" * 64, details=details))
    assert leaks(data) == []
    assert outcome.failed == "" or CARD not in outcome.failed


def test_nobody_is_known_again_by_a_mask(tmp_path: Path) -> None:
    keep(tmp_path / "calls", "a", [said(1, CUSTOMER, "hello")], caller="[e-mail]")
    with Library(tmp_path / "calls", tmp_path / "library.sqlite") as library:
        library.refresh()
        assert earlier_calls(library, "[e-mail]") is None


@pytest.mark.parametrize("command", ["live", "replay", "demo"])
@pytest.mark.parametrize("reference", [CARD, MAIL])
def test_a_caller_reference_that_is_not_kept_is_refused(
    capsys: pytest.CaptureFixture[str], command: str, reference: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, *(["x.wav"] if command == "replay" else []), "--caller", reference])
    assert stopped.value.code == Exit.USAGE
    said = capsys.readouterr().err
    assert "an e-mail address or a card number is not kept; give a customer number" in said
    assert reference not in said


# --- damage never quotes what was said -----------------------------------------------------------

HEADER = b'{"type":"JournalHeader","schema":%d,"version":"1","call":"a","rules":"","settings":{}}\n'


@pytest.mark.parametrize("schema", [1, 2, 3])
@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"my secret words","at":1.0}',
        b'{"type":"SpeechEnded","at":1.0,"channel":"it\'s my \\"secret\\" words"}',
        b'{"type":"Utterance","at":"my secret words"}',
        b'{"type":"Utterance","at":1.0,"text":"my secret words\xff"}',
        b'{"type":"Utterance","at":1.0,"text":"my secret words\x00"}',
        b'{"type":"CallStarted","at":' + b"[" * 5000,
        b"my secret words",
    ],
)
def test_a_damaged_line_is_named_and_not_quoted(tmp_path: Path, schema: int, line: bytes) -> None:
    path = tmp_path / "calls" / "a.jsonl"
    path.parent.mkdir()
    path.write_bytes(HEADER % schema + line + b'\n{"type":"CallEnded","at":9.0,"reason":""}\n')
    with pytest.raises(InputError, match=re.escape(f"{path}, line 2: ")) as caught:
        read_journal(path)
    assert "secret" not in str(caught.value)
    with Library(tmp_path / "calls", tmp_path / "library.sqlite") as library:
        library.refresh()
        rows = library.db.execute("SELECT trouble FROM calls UNION SELECT trouble FROM unread")
        assert "secret" not in str(rows.fetchall())


@pytest.mark.parametrize(
    "head",
    [b"\xff\xfe\n", b'{"a":' + b"[" * 5000, b'{"type":"JournalHeader","x":"\xff"}', b"\0" * 99],
)
def test_a_file_that_is_no_journal_stops_no_list(tmp_path: Path, head: bytes) -> None:
    keep(tmp_path / "calls", "good", [said(1, CUSTOMER, "hello")])
    (tmp_path / "calls" / "bad.jsonl").write_bytes(head)
    with Library(tmp_path / "calls", tmp_path / "library.sqlite") as library:
        library.refresh()
        assert [one.call for one in library.unreadable()] == ["bad"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", "start_s\trole\ttext\nmy secret words\tAGENT\n"),
        ("a.vtt", "WEBVTT\n\nmy secret --> words\nHi.\n"),
        ("a.json", '{"Transcript": [{"Content": 1, "BeginOffsetMillis": "my secret words"}]}'),
    ],
)
def test_an_import_that_fails_quotes_nothing(
    tmp_path: Path, book: RuleBook, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    setup = Setup(book=book, settings=EngineSettings())
    places = JournalFolders(calls=tmp_path / "calls", importing=tmp_path)
    job = Job(path=path, digest="0" * 64, details=Details())
    outcome = Bringing(lambda: setup, (TranscriptSource(),), places).bring(job)
    assert outcome.failed
    assert "secret" not in outcome.failed


def test_a_defect_is_told_by_its_place(tmp_path: Path, book: RuleBook) -> None:
    class Broken:
        def claims(self, path: Path, head: bytes) -> bool:
            raise ValueError(f"{path} {head!r}: my secret words")

    (tmp_path / "a.vtt").write_text("WEBVTT")
    setup = Setup(book=book, settings=EngineSettings())
    places = JournalFolders(calls=tmp_path, importing=tmp_path)
    job = Job(path=tmp_path / "a.vtt", digest="", details=Details())
    outcome = Bringing(lambda: setup, (Broken(),), places).bring(job)  # type: ignore[arg-type]
    assert re.fullmatch(
        r"a defect of Coach \(ValueError in test_masked_surroundings.py, line \d+\); the file is "
        r"left out.",
        outcome.failed,
    )


def test_marks_are_read_back_as_they_were_masked(tmp_path: Path) -> None:
    mark = Mark(mark="M1", verdict=Verdict.NOTE, at=1.0, reviewer="Rita", made="", note="a  b")
    add_mark(tmp_path / "a", mark)
    assert msgspec.json.decode((tmp_path / "a").read_bytes(), type=Mark) == mark
