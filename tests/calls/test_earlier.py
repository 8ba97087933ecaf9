from __future__ import annotations

from pathlib import Path

from coach.calls.earlier import earlier_calls, one_line
from coach.calls.journal import JournalHeader, JournalWriter
from coach.events import CallStarted, Channel, CommitmentMade, EscalationChanged, Level


def keep(folder: Path, day: int, caller: str, *, level: Level, promise: str = "") -> None:
    started = f"2026-01-{day:02d}T09:00:00+00:00"
    path = folder / f"2026-01-{day:02d}T09-00-00-abc.jsonl"
    header = JournalHeader(version="0", call=path.stem, rules="", settings={})
    writer = JournalWriter(path, header)
    writer.write([CallStarted(at=0, call=path.stem, started=started, source="live", caller=caller)])
    writer.write([EscalationChanged(at=5, level=level, previous=Level.CALM)])
    writer.write([EscalationChanged(at=9, level=Level.CALM, previous=level)])
    if promise:
        writer.write(
            [
                CommitmentMade(
                    at=9,
                    channel=Channel.AGENT,
                    start=8,
                    end=9,
                    utterance="A1",
                    text=promise,
                    owner=Channel.AGENT,
                    due="2026-01-20",
                )
            ]
        )
    writer.close()


def test_earlier_calls_of_the_same_caller_are_one_line(tmp_path: Path) -> None:
    keep(tmp_path, 3, "K7", level=Level.UPSET)
    keep(tmp_path, 5, "K7", level=Level.ANGRY, promise="I will call you back")
    keep(tmp_path, 7, "other", level=Level.CRITICAL)
    line = one_line(earlier_calls(tmp_path, "K7"))
    assert line == (
        "2 earlier calls, last on 2026-01-05, at worst angry; "
        'promised then: "I will call you back" (by 2026-01-20)'
    )


def test_no_reference_and_no_calls_say_nothing(tmp_path: Path) -> None:
    keep(tmp_path, 3, "", level=Level.UPSET)
    assert one_line(earlier_calls(tmp_path, "")) == ""
    assert one_line(earlier_calls(tmp_path, "K7")) == ""
    assert one_line(earlier_calls(tmp_path / "nowhere", "K7")) == ""


def test_damaged_journals_are_passed_over(tmp_path: Path) -> None:
    keep(tmp_path, 3, "K7", level=Level.UPSET)
    keep(tmp_path, 4, "K7", level=Level.ANGRY)
    damaged = tmp_path / "2026-01-04T09-00-00-abc.jsonl"
    lines = damaged.read_bytes().splitlines(keepends=True)
    damaged.write_bytes(b"".join([*lines[:2], b"{oops}\n", *lines[2:]]))
    (tmp_path / "9.jsonl").write_bytes(b"")
    (tmp_path / "8.jsonl").write_bytes(b"\xff\n\xff\n\xff\n")
    assert [call.started[:10] for call in earlier_calls(tmp_path, "K7")] == ["2026-01-03"]
