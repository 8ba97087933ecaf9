"""A call as captions: WebVTT, a cue for each turn, who speaks as its voice.

Words are escaped so that no reader takes them for markup, a time, or the end of a cue. Cues begin
in order of time, and each lasts at least a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterator

from coach.calls.export.heard_call import MillisecondSpan
from coach.calls.export.known_call import KnownCall
from coach.calls.importers.captions import WHOLE_TURNS
from coach.calls.journal_gathering import printable
from coach.events import Channel

_VOICES = {Channel.AGENT: "Agent", Channel.CUSTOMER: "Customer"}
_MACHINE = "System"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;"})
"""A brace begins markup in captions that were made from other forms."""


def web_captions(call: KnownCall) -> str:
    """The whole file."""
    return "\n\n".join(["WEBVTT", *_notes(call), *_cues(call)]) + "\n"


def _notes(call: KnownCall) -> Iterator[str]:
    yield f"NOTE {WHOLE_TURNS}"
    yield f"NOTE call {_escaped(call.call)}"
    doubtful = len(call.heard.doubtful)
    if doubtful:
        yield f"NOTE doubtful turns that are left out: {doubtful}"
    if not call.ended:
        yield "NOTE the journal breaks off before the end of the call"


def _cues(call: KnownCall) -> Iterator[str]:
    """The cues in order; of an undivided call without announcements, which have a voice."""
    cues = []
    for turn in call.heard.turns:
        side, text = call.read(turn)
        cues.append((turn.span, turn, _VOICES.get(side, ""), text))
    if not call.heard.undivided:
        machine = (one.turn for one in call.heard.announcements)
        cues += [(turn.span, turn, _MACHINE, turn.text) for turn in machine]
    for span, turn, voice, text in sorted(cues, key=lambda cue: cue[0]):
        if turn.turn in call.corrections:
            heard = f"{_VOICES.get(turn.side, '')}: {turn.text}".removeprefix(": ")
            yield f"NOTE put right by a reviewer; heard: {_escaped(heard)}"
        yield _cue(span, turn.turn, voice, text)


def _cue(span: MillisecondSpan, name: str, voice: str, text: str) -> str:
    end = max(span.end, span.start + 1)
    spoken = f"<v {voice}>" if voice else ""
    times = f"{_clock(span.start)} --> {_clock(end)}"
    return f"{_escaped(name)}\n{times}\n{spoken}{_escaped(text)}"


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{rest:03d}"


def _escaped(text: str) -> str:
    return " ".join(printable(text).split()).translate(_ESCAPES)
