"""Scripted calls: who says what and when, turned into the facts the engine would be given.

A script is TOML: `[[say]]` (at, speaker, text, and optionally speak = seconds, loud = dB over
the usual level, doubtful = true), `[[key]]` (at, action) and `[[expect]]` (at, and any of card,
level, stage). `cards` lists every card of the call in order; a card that is not listed is an
error, so silence is expected everywhere else.

Times are those of a quick recogniser: drafts every second, 0.6 s behind the voice, the end of
speech noticed after 0.5 s, the final text 0.4 s later.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    Channel,
    Fact,
    Hypothesis,
    Loudness,
    SpeechEnded,
    SpeechStarted,
    Suppression,
    Utterance,
)

CALLS = Path(__file__).parent / "calls" / "golden"
STARTED = "2026-03-04T09:30:00+00:00"
"""A Wednesday morning."""
WORDS_PER_SECOND = 2.5
DRAFT_LAG = 0.6
HANGOVER = 0.5
FINAL_LAG = 0.9


class Say(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: float
    speaker: Channel
    text: str
    speak: float | None = None
    loud: float = 0.0
    doubtful: bool = False

    @property
    def end(self) -> float:
        words = len(self.text.split())
        length = words / WORDS_PER_SECOND if self.speak is None else self.speak
        return round(self.at + max(0.4, length), 3)


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: float
    action: Action
    rule: str | None = None


class Expect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: float
    card: str | None = None
    """A rule id, or "" for no card."""
    level: str | None = None
    stage: str | None = None
    held: bool | None = None


class Refused(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rule: str
    reason: Suppression


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lists are complete unless said otherwise: what is not listed must not happen."""

    practice: str
    """The row of the practice table that the call shows."""
    until: float
    """Call time at which the call ends."""
    cards: tuple[str, ...]
    """Rule ids of the cards, in order."""
    nods: tuple[str, ...] = ()
    """Rule ids nodded at, in order."""
    levels: tuple[str, ...] = ()
    """Levels after calm, in order."""
    stages: tuple[str, ...] = ()
    """Stages of the boundary ladder, in order."""
    warnings: int = 0
    """Warnings the agent gives."""
    refused: tuple[Refused, ...] = ()
    """Cards that must be asked for and refused; others may be."""
    never: tuple[str, ...] = ()
    """Rules that must not match."""
    promises: tuple[str, ...] = ()
    """As `owner due: words`, in order."""
    wants: tuple[str, ...] = ()
    """Among what the customer wants."""
    steps: tuple[str, ...] = ()
    """Among the steps taken."""
    ticked: tuple[str, ...] = ()
    """Among the checklist items done."""
    well: tuple[str, ...] = ()
    """Among what went well."""
    try_next: str = ""
    """The one thing to try; empty leaves it open."""
    rest: bool = False
    """Whether a break is suggested."""
    caller: str = ""
    settings: dict[str, Any] = {}
    voices: bool = False
    """Give loudness facts; implied where somebody is loud."""
    say: tuple[Say, ...]
    key: tuple[Key, ...] = ()
    expect: tuple[Expect, ...] = ()


def read(path: Path) -> Script:
    def channel(kind: type, value: object) -> object:
        if kind is Channel:
            return Channel(str(value).upper())
        raise NotImplementedError

    table = tomllib.loads(path.read_text())
    for say in table["say"]:
        say["speaker"] = say["speaker"].upper()
    return msgspec.convert(table, Script, dec_hook=channel)


def facts_of(script: Script) -> list[Fact]:
    channels = (Channel.AGENT, Channel.CUSTOMER)
    facts: list[Fact] = [
        CallStarted(at=0.0, call="golden", started=STARTED, source="script", caller=script.caller)
    ]
    numbers = dict.fromkeys(channels, 0)
    for say in sorted(script.say, key=lambda s: s.at):
        numbers[say.speaker] += 1
        facts += spoken(say, f"{say.speaker.value[0]}{numbers[say.speaker]}")
    for key in script.key:
        facts.append(AgentAction(at=key.at, action=key.action, rule=key.rule))
    if script.voices or any(say.loud for say in script.say):
        for channel in channels:
            own = [say for say in script.say if say.speaker is channel]
            facts += loudness(channel, own, script.until)
    facts.append(CallEnded(at=script.until, reason="end of the script"))
    return sorted(facts, key=lambda fact: (fact.at, isinstance(fact, CallEnded)))


def spoken(say: Say, utterance: str) -> Iterable[Fact]:
    """One stretch of speech: its bounds, its drafts and its text."""
    start, end, words = say.at, say.end, say.text.split()
    yield SpeechStarted(at=start + 0.1, channel=say.speaker, start=start, end=start)
    heard = start + 1.0
    while heard < end and words:
        known = max(1, int(len(words) * (heard - start) / (end - start)))
        yield Hypothesis(
            at=round(heard + DRAFT_LAG, 3),
            channel=say.speaker,
            start=start,
            end=round(heard, 3),
            utterance=utterance,
            committed=" ".join(words[: known - 1]),
            tail=words[known - 1],
        )
        heard += 1.0
    yield SpeechEnded(at=end + HANGOVER, channel=say.speaker, start=start, end=end)
    yield Utterance(
        at=round(end + FINAL_LAG, 3),
        channel=say.speaker,
        start=start,
        end=end,
        utterance=utterance,
        text=say.text,
        doubtful=say.doubtful,
    )


def loudness(channel: Channel, says: list[Say], until: float) -> Iterable[Fact]:
    """Half a second after half a second of one side's sound, with a raised voice's pitch."""
    for number in range(int(until * 2)):
        start, end = number / 2, number / 2 + 0.5
        said = next((s for s in says if min(s.end, end) - max(s.at, start) > 0.25), None)
        loud = said.loud if said else 0.0
        # The level of ordinary speech wanders by a few dB from syllable to syllable.
        wander = (number * 7 % 5 - 2) * 0.7
        yield Loudness(
            at=end,
            channel=channel,
            start=start,
            end=end,
            dbfs=round(-28.0 + loud + wander, 1) if said else -66.0,
            speech=said is not None,
            peak_dbfs=-14.0 if said else -60.0,
            pitch_hz=round(170.0 * 2 ** (0.45 * loud / 12) + wander * 2, 1) if said else None,
            tilt_db=round(-14.0 + 0.5 * loud + wander / 2, 1) if said else None,
        )


def encoded(facts: Iterable[Fact]) -> bytes:
    """One fact a line."""
    return b"".join(msgspec.json.encode(fact) + b"\n" for fact in facts)


if __name__ == "__main__":
    for path in sorted(CALLS.glob("*.toml")):
        path.with_suffix(".jsonl").write_bytes(encoded(facts_of(read(path))))
