"""Written conversations as facts for the engine, in the shapes that public sets come in.

===================  =================================================================
shape                what a file holds
===================  =================================================================
``*.txt``            one conversation: ``speaker|words|anything`` a line, speakers A and B
``*.tsv`` with       one conversation: start_s, end_s, role (agent or caller), text
``start_s``
``*.tsv`` with       many customers' turns: conversationId, turnNumber, utterance;
``conversationId``   the agent's turns are not in it
``*.jsonl``          one ``{"utterance": ...}`` a line: each a conversation by itself;
                     ``{"channel": ..., "text": ...}`` a line: one conversation;
                     or a journal of ours
===================  =================================================================

Where the file has no times, words take their time at a given rate, one speaker after the
other. In a ``*.txt`` file both speakers are ordinary people, so each takes the customer's
part once: one file makes two conversations.
"""

from __future__ import annotations

import csv
import itertools
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from coach.calls.journal import LONGEST, is_journal, read_journal
from coach.errors import InputError
from coach.events import (
    CallEnded,
    CallStarted,
    Channel,
    Fact,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)

FORM = """\
A conversation is a file in UTF-8, in one of these forms; folders are searched for them:

  *.txt    A|Good morning, how can I help?
           one conversation: speaker|words, speakers A and B, each of whom takes the
           customer's part once
  *.tsv    start_s<TAB>end_s<TAB>role<TAB>text, in a first line; role is agent or caller
           one conversation with times in seconds
  *.tsv    conversationId<TAB>turnNumber<TAB>utterance, in a first line
           many customers' turns
  *.jsonl  {"channel": "CUSTOMER", "text": "...", "start": 1.0, "end": 2.5}
           one conversation; start and end, in seconds, may be left out
  *.jsonl  {"utterance": "..."}
           each line a conversation by itself
  *.jsonl  a journal of a call"""
"""The forms above, for people."""
SUFFIXES = (".txt", ".tsv", ".jsonl")

REPLY_SECONDS = 4.0
"""Where only the customer's turns are written down: time for the agent's answer."""

_MARKS = re.compile(r"\[[^\]]*\]|<[^>]*>|[{}#]")
"""``[noise]``, ``<unk>`` and the like: what transcribers add and nobody says."""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a conversation."""

    channel: Channel
    text: str
    start: float | None = None
    """Seconds of call time; None where the file does not say."""
    end: float | None = None
    alone: bool = False
    """The other side's answer to it is not written down."""


class CorpusConversation(msgspec.Struct, frozen=True, kw_only=True):
    """What is fed to one engine."""

    name: str
    lines: tuple[Spoken, ...] = ()
    facts: tuple[Fact, ...] = ()
    """A journal's own facts, instead of lines."""


def find_files(places: Iterable[Path]) -> list[Path]:
    """Every conversation file in the files and folders named, in order of name.

    InputError where a place does not exist or holds none.
    """
    found: list[Path] = []
    for place in places:
        if not place.exists():
            raise InputError(f"{place} does not exist.", "Check its name and folder.")
        files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
        taken = [file for file in files if file.suffix in SUFFIXES and _says_something(file)]
        if not taken:
            raise InputError(
                f"{place}: no conversation found.", "`coach alarms --help` shows the forms."
            )
        found += taken
    return found


def _says_something(file: Path) -> bool:
    """Whether a file holds a conversation, going by its first line; licences do not."""
    with file.open(encoding="utf-8", errors="replace") as opened:
        first = opened.readline()
    if file.suffix == ".txt":
        return first.count("|") >= 1
    if file.suffix == ".tsv":
        return "start_s" in first or "conversationId" in first
    return first.startswith("{")


def read_conversations(file: Path) -> Iterator[CorpusConversation]:
    """The conversations of one file; InputError where a line cannot be understood."""
    try:
        if file.suffix == ".txt":
            yield from _strangers(file)
        elif file.suffix == ".tsv":
            yield from _table(file)
        elif is_journal(file):
            facts = read_journal(file).facts()
            yield CorpusConversation(name=file.name, facts=facts)
        else:
            yield from _json_lines(file)
    except (KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: not a conversation that is understood: {error}.",
            "`coach alarms --help` shows the forms.",
        ) from error


def _strangers(file: Path) -> Iterator[CorpusConversation]:
    said = [
        (parts[0].strip(), parts[1])
        for line in file.read_text("utf-8").splitlines()
        if len(parts := line.split("|")) >= 2 and _plain(parts[1])
    ]
    for customer in sorted({speaker for speaker, _ in said}):
        lines = tuple(
            Spoken(
                channel=Channel.CUSTOMER if speaker == customer else Channel.AGENT,
                text=_plain(text),
            )
            for speaker, text in said
        )
        yield CorpusConversation(name=f"{file.name}, {customer} as customer", lines=lines)


def _table(file: Path) -> Iterator[CorpusConversation]:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows and "start_s" in rows[0]:
        lines = tuple(
            Spoken(
                channel=Channel.AGENT if row["role"] == "agent" else Channel.CUSTOMER,
                text=_plain(row["text"]),
                start=_seconds(row["start_s"]),
                end=_seconds(row["end_s"]),
            )
            for row in rows
            if _plain(row["text"])
        )
        yield CorpusConversation(name=file.name, lines=lines)
        return
    for name, turns in itertools.groupby(rows, lambda row: row["conversationId"]):
        said = tuple(
            Spoken(channel=Channel.CUSTOMER, text=_plain(turn["utterance"]), alone=True)
            for turn in turns
            if turn["utterance"] and _plain(turn["utterance"])
        )
        yield CorpusConversation(name=f"{file.name}, {name}", lines=said)


def _json_lines(file: Path) -> Iterator[CorpusConversation]:
    said: list[Spoken] = []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        row = msgspec.json.decode(line, type=dict)
        if "utterance" in row and "channel" not in row:
            text = _plain(str(row["utterance"]))
            spoken = Spoken(channel=Channel.CUSTOMER, text=text, alone=True)
            yield CorpusConversation(name=f"{file.name}, line {number}", lines=(spoken,))
        else:
            said.append(
                Spoken(
                    channel=Channel(str(row["channel"]).upper()),
                    text=_plain(str(row["text"])),
                    start=_seconds(row.get("start")),
                    end=_seconds(row.get("end")),
                )
            )
    if said:
        yield CorpusConversation(name=file.name, lines=tuple(said))


def _seconds(value: float | str | None) -> float | None:
    seconds = None if value is None else float(value)
    if seconds is not None and not math.isfinite(seconds):
        raise ValueError(f"{value} is no time in seconds")
    return seconds


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text).split())


def facts_of(conversation: CorpusConversation, words_per_minute: float) -> list[Fact]:
    """The conversation as the engine would have heard it, in order of ``at``.

    A line is learned when its last word is over. Lines without times follow one another at
    ``words_per_minute``.
    """
    if conversation.facts:
        return list(conversation.facts)
    facts: list[Fact] = [
        CallStarted(at=0.0, call="1", started="2026-01-01T09:00:00+00:00", source="text")
    ]
    clock = 0.5
    for number, line in enumerate(conversation.lines, 1):
        seconds = max(0.2, len(line.text.split()) * 60.0 / words_per_minute)
        start = clock if line.start is None else line.start
        end = start + seconds if line.end is None else max(start, line.end)
        clock = max(clock, end) + (REPLY_SECONDS if line.alone else 0.0)
        facts.append(SpeechStarted(at=start, channel=line.channel, start=start, end=start))
        facts.append(SpeechEnded(at=end, channel=line.channel, start=start, end=end))
        facts.append(
            Utterance(
                at=end,
                channel=line.channel,
                start=start,
                end=end,
                utterance=f"{line.channel.value[0]}{number}",
                text=line.text,
            )
        )
    last = max(clock, *(fact.at for fact in facts))
    if not 0.0 <= last <= LONGEST or min(fact.at for fact in facts) < 0.0:
        raise InputError(
            f"{conversation.name}: its times, up to {last:g} s, are not those of a call.",
            "Give them in seconds from the call's beginning.",
        )
    facts.sort(key=lambda fact: fact.at)
    facts.append(CallEnded(at=max(clock, facts[-1].at), reason="text ended"))
    return facts
