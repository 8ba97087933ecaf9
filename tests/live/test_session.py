"""The threads of a live session, with every outside in the test's hand."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # scripted_session.py stands beside the tests

import msgspec
import pytest
from scripted_session import Session

from coach.calls.journal import JournalWriter, read_journal
from coach.errors import DeviceError, Exit, ModelError, StorageError
from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Degraded,
    Loudness,
    Recovered,
    Utterance,
)
from coach.live.call_hearing import CallBounds
from coach.live.current_call import CurrentCall

CUSTOMER, AGENT = Channel.CUSTOMER, Channel.AGENT


def texts(folder: Path, call: str) -> list[str]:
    return [
        e.text for e in read_journal(folder / f"{call}.jsonl").facts() if isinstance(e, Utterance)
    ]


def test_a_call_from_the_first_key_to_the_journal(tmp_path: Path) -> None:
    with Session(tmp_path) as session:
        session.model.texts.extend(["where is my parcel"] * 9)
        session.driver.begin()
        session.until(lambda s: s.started)
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        session.until(lambda s: any(line.final for line in s.transcript))
        session.driver.act(Action.END)
        after = session.until(lambda s: s.ended)
    assert after.after_call is not None
    assert session.over() is None
    assert session.capture.stopped
    facts = read_journal(tmp_path / "call-1.jsonl").facts()
    assert isinstance(facts[0], CallStarted)
    assert isinstance(facts[-1], CallEnded)
    assert texts(tmp_path, "call-1") == ["where is my parcel"]


@pytest.mark.parametrize("on_sound", [True, False])
def test_the_screen_is_told_how_a_call_begins(*, on_sound: bool) -> None:
    with Session(bounds=CallBounds(begin_on_sound=on_sound)) as session:
        waiting = session.until(lambda _: True)
        session.driver.begin()
        session.until(lambda s: s.started)
        session.driver.act(Action.END)
        after = session.until(lambda s: s.ended)
    assert waiting.begins_on_sound is after.begins_on_sound is on_sound


def test_every_thread_of_a_session_ends_with_it() -> None:
    before = set(threading.enumerate())
    with Session(lanes=3) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
    assert session.over() is None
    assert not [t for t in set(threading.enumerate()) - before if t.is_alive()]


def test_a_slow_decoder_holds_up_neither_sound_nor_screen(tmp_path: Path) -> None:
    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        session.model.hold()
        session.say(2.0, CUSTOMER)
        session.say(4.0)
        at = session.until(lambda s: s.at >= 5.0).at
        assert at >= 5.0
        session.model.texts.extend(["late but whole"] * 9)
        session.model.release()
        session.until(lambda s: any(line.final for line in s.transcript))
    assert texts(tmp_path, "call-1") == ["late but whole"]


def test_a_decode_that_comes_after_its_call_reaches_no_other(tmp_path: Path) -> None:
    bounds = CallBounds(begin_on_sound=False, finish_within=1.0)
    with Session(tmp_path, bounds) as session:
        session.model.texts.append("the first callers secret")
        session.driver.begin()
        session.until(lambda s: s.started)
        session.model.hold()
        session.say(2.0, CUSTOMER)
        session.driver.act(Action.END)
        session.say(2.0)
        session.until(lambda s: s.ended)
        session.driver.begin()
        session.until(lambda s: s.started and not s.ended)
        session.say(1.0, CUSTOMER)
        session.model.release()
        session.say(2.0)
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        session.until(lambda s: any(line.final for line in s.transcript))
    one = read_journal(tmp_path / "call-1.jsonl")
    assert not [e for e in one.facts() if isinstance(e, Degraded)]
    assert "secret" not in (tmp_path / "call-2.jsonl").read_text(encoding="utf-8")
    assert [e for e in one.facts() if isinstance(e, AudioWarning)]


def test_a_failing_decoder_is_told_and_its_recovery_too(tmp_path: Path) -> None:
    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        session.model.failing = True
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        seen = session.until(lambda s: any(t.component == "transcription" for t in s.trouble))
        assert "the model stumbles" in seen.trouble[0].detail
        session.model.failing = False
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        session.until(lambda s: len([line for line in s.transcript if line.final]) > 0)
    facts = read_journal(tmp_path / "call-1.jsonl").facts()
    recovered = [f for f in facts if isinstance(f, Recovered)]
    assert [f.component for f in recovered][:1] == ["transcription"]


def test_a_lack_the_user_can_mend_ends_the_session_with_its_words() -> None:
    session = Session()

    def no_model(_tell: object) -> object:
        raise ModelError("The model is not there.", "Fetch it.")

    session.parts = msgspec.structs.replace(session.parts, load_model=no_model)
    with session:
        error = session.over()
    assert isinstance(error, ModelError)
    assert "Fetch it" in str(error)


def test_a_device_that_cannot_be_read_ends_the_session_with_its_words() -> None:
    with Session() as session:
        session.capture.give(DeviceError("The microphone has gone.", "Plug it in."))
        assert isinstance(session.over(), DeviceError)


def test_without_its_listener_a_session_tells_so_and_still_ends_the_call(tmp_path: Path) -> None:
    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        session.capture.give(ValueError("unforeseen"))
        session.until(lambda s: any("unforeseen" in t.detail for t in s.trouble))
        session.driver.act(Action.SNOOZE)
        session.driver.act(Action.END)
        session.until(lambda s: s.ended)
    facts = read_journal(tmp_path / "call-1.jsonl").facts()
    assert isinstance(facts[-1], CallEnded)
    assert [f.action for f in facts if isinstance(f, AgentAction)] == [Action.SNOOZE]


def test_after_a_call_the_screen_shows_the_present() -> None:
    with Session() as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        session.driver.act(Action.END)
        session.until(lambda s: s.ended)
        session.say(1.0, AGENT)
        loud = session.until(
            lambda s: s.ended and any(h.channel is AGENT and h.speaking for h in s.health)
        )
        assert loud.after_call is not None
        lost = Degraded(at=0.0, component="microphone", detail="unplugged")
        session.capture.give([lost])
        session.until(lambda s: any(t.detail == "unplugged" for t in s.trouble))


def test_trouble_with_the_words_of_a_call_ends_with_it(tmp_path: Path) -> None:
    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        session.model.failing = True
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        session.until(lambda s: any(t.component == "transcription" for t in s.trouble))
        session.driver.act(Action.END)
        assert session.until(lambda s: s.ended).trouble == ()
        session.driver.begin()
        session.until(lambda s: s.started and not s.ended)
    facts = read_journal(tmp_path / "call-2.jsonl").facts()
    assert not [f for f in facts if isinstance(f, Degraded)]


def test_a_lost_stretch_of_sound_is_in_the_journal(tmp_path: Path) -> None:
    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        gap = AudioGap(at=1.0, channel=CUSTOMER, start=0.5, end=0.9, cause="device lost")
        session.capture.give([gap])
        session.until(lambda s: bool(s.gaps))
    assert [e for e in read_journal(tmp_path / "call-1.jsonl").facts() if isinstance(e, AudioGap)]


@pytest.mark.parametrize("pause_first", [True, False])
def test_a_paused_call_leaves_the_next_one_its_ears(tmp_path: Path, *, pause_first: bool) -> None:
    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        keys = [Action.PAUSE, Action.END] if pause_first else [Action.END, Action.PAUSE]
        for key in keys:
            session.driver.act(key)
        session.until(lambda s: s.ended)
        session.driver.begin()
        session.until(lambda s: s.started and not s.ended and not s.paused)
        session.model.texts.extend(["hello again"] * 9)
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        session.until(lambda s: any(line.final for line in s.transcript))
    assert texts(tmp_path, "call-2") == ["hello again"]


def test_a_journal_that_cannot_be_made_does_not_stop_the_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Session(tmp_path / "file" / "below") as session:
        session.driver.begin()
        seen = session.until(lambda s: any(t.component == "journal" for t in s.trouble))
        assert "cannot be created" in seen.trouble[0].detail
        session.driver.act(Action.END)
        session.until(lambda s: s.ended)
    assert session.over() is not None


def test_a_journal_that_is_not_whole_is_told_after_the_call_and_by_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_writer: JournalWriter, _events: object) -> str:
        return "No space left on device"

    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
        with monkeypatch.context() as patch:
            patch.setattr(JournalWriter, "write", full)
            patch.setattr(JournalWriter, "close", lambda writer: full(writer, ()))
            session.driver.act(Action.END)
            seen = session.until(lambda s: s.ended)
        (told,) = seen.trouble
        assert told.component == "journal"
        assert "No space left on device. Free some space before the next call." in told.detail
        session.driver.begin()
        assert session.until(lambda s: s.started and not s.ended).trouble == ()
    error = session.over()
    assert isinstance(error, StorageError)
    assert error.code is Exit.STORAGE


def test_the_sides_stand_in_one_order_whichever_is_heard_first() -> None:
    call = CurrentCall(Session().parts.setup, lambda _name: None)
    for side in (CUSTOMER, AGENT):
        call.take(Loudness(at=0.5, channel=side, start=0.0, end=0.5, dbfs=-30.0, speech=False), 0.5)
    assert [health.channel for health in call.snapshot(1.0).health] == [AGENT, CUSTOMER]


def test_closing_the_session_in_a_call_ends_the_call_first(tmp_path: Path) -> None:
    with Session(tmp_path) as session:
        session.driver.begin()
        session.until(lambda s: s.started)
    (ended,) = [
        e for e in read_journal(tmp_path / "call-1.jsonl").facts() if isinstance(e, CallEnded)
    ]
    assert ended.reason == "the session was closed"
