"""Calls to review: scripted ones, coached with the shipped rules and kept in a library's folder."""

from __future__ import annotations

from pathlib import Path

import msgspec
from callscript import CALLS
from coached_once import coached_once
from shipped_rules import book, matcher

from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles
from coach.calls.redaction.redactor import RedactionSettings
from coach.engine.engine import EngineSettings
from coach.events import CallStarted, Fact
from coach.notes.review.review_requests import CallsToChoose
from coach.replay.review_desk import ReviewDesk, Reviewing
from coach.startup.config import Settings


def facts_of(name: str) -> list[Fact]:
    decoder = msgspec.json.Decoder(Fact)
    return [decoder.decode(line) for line in (CALLS / f"{name}.jsonl").read_bytes().splitlines()]


def keep(folder: Path, name: str = "polite_fury", *more: Fact, masked: bool = True) -> CallFiles:
    """Coach a scripted call, with ``more`` facts put in, and keep it under its script's name."""
    files = CallFiles(folder, name)

    def coach() -> None:
        setup = Setup(
            book=book(),
            matcher=matcher(),
            settings=EngineSettings(),
            redaction=RedactionSettings() if masked else None,
            about=About(kind=CallKind.LIVE, agent="Priya", queue="billing"),
        )
        first, *facts = sorted([*facts_of(name), *more], key=lambda fact: fact.at)
        assert isinstance(first, CallStarted)
        call = Call(setup, msgspec.structs.replace(first, call=name), files.journal)
        for fact in facts:
            call.feed(fact)
        assert call.close() == ""

    coached_once((name, more, masked), folder, coach)
    return files


def desk(folder: Path, **more: bool) -> ReviewDesk:
    asked = Reviewing(reviewer="Rita", **more)
    return ReviewDesk(
        Settings(), folder, lambda _search, _tell: CallsToChoose(rows=(), told=""), asked
    )
