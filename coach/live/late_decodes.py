"""Late decodes: each belongs to the call that asked for it, which waits for it beyond its end.

The model is asked by one thread and answers on another, so a call may be over, or the next one on,
when an answer comes. An answer carries the number of its call; by that an earlier call's is known,
which must reach no other call: its words are another customer's.
"""

from __future__ import annotations

from typing import NamedTuple

from audio.recognition.decoding import DecodeRequest, DecodeResult
from coach.events import AudioWarning

TOO_LATE = "the last words of the call could not be transcribed in time"


class Ask(NamedTuple):
    """A request for the model, and the number of the call it belongs to."""

    call: int
    request: DecodeRequest


class CallDecoded(NamedTuple):
    """What the model understood, and the number of the call that asked."""

    call: int
    result: DecodeResult


class CallDecodes:
    """What was asked of the model for the call at hand, or for the last one."""

    def __init__(self) -> None:
        self._call = 0
        """The number of that call."""
        self._outstanding = 0
        self._deadline = 0.0
        """Session time up to which its last words are waited for."""

    def begin_call(self) -> None:
        """Another call begins: what comes back of those before it is an earlier call's."""
        self._call += 1
        self._outstanding = 0

    def ask(self, request: DecodeRequest) -> Ask:
        """The request, under the number of its call."""
        self._outstanding += 1
        return Ask(self._call, request)

    def is_own(self, answer: CallDecoded) -> bool:
        """Whether the call at hand asked for it."""
        return answer.call == self._call

    def came_back(self) -> None:
        """One of the call's decodes is back."""
        self._outstanding -= 1

    @property
    def all_back(self) -> bool:
        """Whether nothing is waited for any more."""
        return self._outstanding <= 0

    def wait_until(self, deadline: float) -> None:
        """The call is over; its last words are waited for up to that session time."""
        self._deadline = deadline

    def out_of_time(self, now: float) -> bool:
        """Whether the last words have taken too long at session time ``now``."""
        return now >= self._deadline


def words_missing(at: float) -> AudioWarning:
    """What is told of a call whose last words came too late; ``at`` is call time."""
    return AudioWarning(at=at, kind="last_words", detail=TOO_LATE)
