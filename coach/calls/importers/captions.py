"""Transcripts as captions: WebVTT and SRT.

The speaker is named by a voice (``<v Anna>``) or before a colon (``Anna: good morning``); the
latter only where most captions do so, since a colon may stand in anybody's sentence. Captions are
joined to sentences, but not those that say they are whole turns, as our own exports do.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator

from coach.calls.importers.transcript import FileTranscript, WrittenTurn, joined
from coach.errors import InputError

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^>]*)>")
_TAG = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_NAMED = re.compile(r"\s*-?\s*([^\W\d_][^:<>\n]{0,39}):\s+(\S.*)", re.DOTALL)
_BLANK = re.compile(r"\n[ \t]*\n")
_ASIDE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
WHOLE_TURNS = "every cue is a whole turn"
"""A remark at the head of captions that are not cut where a screen is full."""
_HEAD = 400
"""Characters in which that remark may stand."""
MOST_SPEAKERS = 6
"""More names before colons are no names."""


def is_captions(head: str) -> bool:
    """Whether a text begins as captions do."""
    start = head.lstrip("\ufeff \t\r\n")
    if re.match(r"WEBVTT(\s|$)", start):
        return True
    return any(_TIMING.fullmatch(line) for line in start.splitlines()[:3])


def read_captions(text: str) -> FileTranscript:
    """Read WebVTT or SRT. Raises InputError with the line of a time that is none."""
    turns: list[WrittenTurn] = []
    for start, end, payload in _cues(text):
        turns += [
            WrittenTurn(speaker=speaker, text=words, start=start, end=end)
            for speaker, words in _voices(payload)
        ]
    if re.search(rf"^NOTE {WHOLE_TURNS}\r?$", text[:_HEAD], re.MULTILINE):
        return FileTranscript(turns=tuple(turns))
    return FileTranscript(turns=joined(_with_names(turns)))


def _cues(text: str) -> Iterator[tuple[float, float, str]]:
    plain = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    line = 1
    for block in _BLANK.split(plain):
        lines = block.strip("\n").split("\n")
        first = line
        line += block.count("\n") + 2
        timed = next((n for n, one in enumerate(lines[:2]) if "-->" in one), None)
        if timed is None or _ASIDE.match(lines[0]):
            continue  # the header, a remark, a style
        found = _TIMING.fullmatch(lines[timed])
        if found is None:
            raise InputError(
                f"line {first + timed} has --> and no time.", "Write 00:01:02.500 --> 00:01:05.000."
            )
        times = found.groups()
        start, end = _seconds(times[:4]), _seconds(times[4:])
        yield start, max(start, end), "\n".join(lines[timed + 1 :])


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    rest = float(f"0.{fraction or 0}")
    return int(hours or 0) * 3600.0 + int(minutes or 0) * 60.0 + int(seconds or 0) + rest


def _voices(payload: str) -> Iterator[tuple[str, str]]:
    """The speakers of a caption with their words; no name where there is no voice."""
    before, *rest = _VOICE.split(payload)
    if _plain(before):
        yield "", _plain(before)
    for name, words in zip(rest[::2], rest[1::2], strict=True):
        if _plain(words):
            yield " ".join(html.unescape(name).split()), _plain(words)


def _plain(payload: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", payload)).split())


def _with_names(turns: list[WrittenTurn]) -> list[WrittenTurn]:
    """Names before colons, where they are names; a caption without goes on with the last one."""
    nameless = [turn for turn in turns if not turn.speaker]
    found = [_NAMED.fullmatch(turn.text) for turn in nameless]
    names = Counter(match[1].strip() for match in found if match)
    if not nameless or 2 * names.total() < len(nameless) or len(names) > MOST_SPEAKERS:
        return turns
    named: list[WrittenTurn] = []
    last = ""
    for turn in turns:
        match = None if turn.speaker else _NAMED.fullmatch(turn.text)
        last = turn.speaker or (match[1].strip() if match else last)
        text = match[2] if match else turn.text
        named.append(WrittenTurn(speaker=last, text=text, start=turn.start, end=turn.end))
    return named
