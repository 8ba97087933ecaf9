"""A live call: capture, transcription, engine and journal, each on its own thread.

Theory of operation::

    capture --read--> [listener] --facts--> [session] --lines--> journal file
                        |   ^                  |
                 requests   results            +--snapshots--> front end
                        v   |
                       [asr]

========  ==============================================  ==================================
thread    owns                                            never does
========  ==============================================  ==================================
listener  the capture's reading end, the ``Ears``         run the model
asr       the model                                       hold history
session   the ``CurrentCall``: engine and journal of the call    wait for anything but its inbox
========  ==============================================  ==================================

Every thread is wrapped: what goes wrong on one becomes Degraded(component, detail) on the
screen, and the others go on. The model loads on the asr thread while sound is already being
kept, so the first words of a call that begins at once are not lost.

Session time is seconds of the monotonic clock since the driver was made; call time is session
time less the call's origin. This module is the only one that reads a clock for a live call.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from audio.chunks import Chunk
from audio.decoding import DecodeRequest, DecodeResult
from coach.calls.call import Setup
from coach.driver import FrontEnd, Progress
from coach.errors import CoachError
from coach.events import (
    Action,
    CallStarted,
    CardCleared,
    CardRaised,
    Degraded,
    Fact,
    Recovered,
    Result,
)
from coach.live.call_hearing import CallBounds, Ears, NewListener, Outcome
from coach.live.current_call import CurrentCall

FRAME = 0.1
"""Seconds between snapshots: ten a second is as many as an eye needs."""
READ = 0.05
"""Seconds the listener waits for sound before it looks for results and orders."""
JOIN = 5.0
"""Seconds a thread may take to end."""


class Capture(Protocol):
    """What gives a session its sound; ``audio.capture.LiveCapture`` in practice."""

    def start(self) -> None:
        """Open the devices."""
        ...

    def read(self, timeout: float) -> Sequence[Chunk | Fact]:
        """Wait for sound, at most ``timeout`` seconds; times are the session's."""
        ...

    def stop(self) -> None:
        """Close the devices."""
        ...


Transcribe = Callable[[DecodeRequest], DecodeResult]
Clock = Callable[[], float]
Tell = Callable[[Progress], None]


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a live session is made of."""

    setup: Setup
    new_listener: NewListener
    open_capture: Callable[[Clock], Capture]
    load_model: Callable[[Tell], Transcribe]
    begin: Callable[[], CallStarted]
    """Makes the first event of a call that begins at this moment."""
    journal: Callable[[str], Path | None]
    """Where the journal of the call with this identifier goes."""
    bounds: CallBounds = CallBounds()
    lanes: int = 2
    """Decodes that may run at a time."""


class Key(NamedTuple):
    """A key of the agent's."""

    action: Action
    card: str | None
    note: str


class Origin(NamedTuple):
    """A call began at this session time."""

    at: float
    first: CallStarted


Item = Fact | Key | Origin
Order = Callable[[Ears, float], list[Outcome]]


class LiveDriver:
    """A ``coach.driver.Driver`` over capture, model, engine and journal."""

    live = True

    def __init__(self, title: str, make_parts: Callable[[], Parts]) -> None:
        self.title = title
        self._make_parts = make_parts
        self._closing = threading.Event()
        """The front end is done: end the call at hand, then stop."""
        self._stopping = threading.Event()
        """Every thread ends as soon as it looks."""
        self._inbox: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[DecodeRequest | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[DecodeResult] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._zero = time.monotonic()
        self._failure: Exception | None = None

    # --- called by the front end -----------------------------------------------------------

    def start(self, front_end: FrontEnd) -> None:
        """Open everything on threads of its own and return."""
        self._spawn("session", lambda: self._session(front_end))

    def begin(self) -> None:
        """Begin a call, if none is on."""
        self._orders.put(lambda ears, now: ears.begin(now))

    def act(self, action: Action, *, card: str | None = None, note: str = "") -> None:
        """Pass on a key of the agent's."""
        match action:
            case Action.END:
                self._orders.put(lambda ears, now: ears.end("ended by the agent", now))
            case Action.PAUSE | Action.RESUME:
                self._orders.put(lambda ears, _now: ears.pause(action is Action.PAUSE))
            case Action.SWAP_CHANNELS:
                self._orders.put(lambda ears, _now: ears.swap())
            case _:
                pass
        self._inbox.put(Key(action, card, note))

    def set_speed(self, speed: float | None) -> None:
        """A live call has one speed."""

    def set_playing(self, playing: bool) -> None:
        """A live call cannot be held; PAUSE stops the coaching."""

    def seek(self, at: float) -> None:
        """A live call has no other place to be."""

    def stop(self) -> None:
        """End the call, wait for its last words, write what is to be written."""
        self._closing.set()
        for thread in list(self._threads):
            if thread is not threading.current_thread():
                thread.join(timeout=JOIN)

    # --- threads ---------------------------------------------------------------------------

    def _clock(self) -> float:
        return time.monotonic() - self._zero

    def _spawn(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._guard, args=(name, work), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guard(self, name: str, work: Callable[[], None]) -> None:
        """Run a thread's work; what ends it reaches the screen.

        A lack that the user can mend (no device, no model) ends the session with its message.
        """
        try:
            work()
        except CoachError as error:
            self._failure = self._failure or error
            self._stopping.set()
        except Exception as error:  # noqa: BLE001 - the thread's edge: the others must go on
            detail = f"{type(error).__name__}: {error}"
            self._inbox.put(Degraded(at=0.0, component=name, detail=detail))

    def _session(self, front_end: FrontEnd) -> None:
        """Own the desk until the session is over."""
        try:
            parts = self._make_parts()
            desk = CurrentCall(parts.setup, parts.journal)
            self._spawn("asr", lambda: self._asr(parts, front_end.progress))
            self._spawn("listener", lambda: self._listen(parts))
            self._serve(desk, front_end, parts.bounds.finish_within)
            self._stop_threads()
            self._take_waiting(desk)
            desk.close(self._clock())
            front_end.snapshot(desk.snapshot(self._clock()))
            self._failure = self._failure or desk.failure
        except Exception as error:  # noqa: BLE001 - the front end must be told whatever it is
            self._failure = self._failure or error
            self._stop_threads()
        front_end.finished(self._failure)

    def _serve(self, desk: CurrentCall, front_end: FrontEnd, finish_within: float) -> None:
        """Feed the desk and publish until the session is over and the call has its end."""
        shown = -FRAME
        until: float | None = None
        while not self._stopping.is_set():
            results: list[Result] = []
            with contextlib.suppress(queue.Empty):
                results += self._hand(desk, self._inbox.get(timeout=FRAME / 2))
            results += self._take_waiting(desk)
            now = self._clock()
            results += desk.tick(now)
            urgent = any(isinstance(r, CardRaised | CardCleared) for r in results)
            if urgent or now - shown >= FRAME:
                shown = now
                front_end.snapshot(desk.snapshot(now))
            if self._closing.is_set():
                if until is None:
                    until = now + finish_within + 1.0
                    self._orders.put(lambda ears, at: ears.end("the session was closed", at))
                if not desk.in_call or now >= until:
                    return

    def _hand(self, desk: CurrentCall, item: Item) -> Sequence[Result]:
        now = self._clock()
        if isinstance(item, Origin):
            return desk.begin(item.at, item.first)
        if isinstance(item, Key):
            return desk.act(item.action, now, card=item.card, note=item.note)
        return desk.take(item, now)

    def _take_waiting(self, desk: CurrentCall) -> list[Result]:
        """Hand over everything that has arrived."""
        results: list[Result] = []
        with contextlib.suppress(queue.Empty):
            while True:
                results += self._hand(desk, self._inbox.get_nowait())
        return results

    def _stop_threads(self) -> None:
        self._stopping.set()
        for thread in list(self._threads):
            self._requests.put(None)
            if thread is not threading.current_thread():
                thread.join(timeout=JOIN)

    def _listen(self, parts: Parts) -> None:
        """Own the ears until the session is over."""
        began: list[Origin] = []

        def announce(origin: float) -> CallStarted:
            first = parts.begin()
            began.append(Origin(origin, first))
            return first

        ears = Ears(parts.new_listener, parts.bounds, announce)
        capture = parts.open_capture(self._clock)
        capture.start()
        try:
            while not self._stopping.is_set():
                self._pass_on(ears.hear(capture.read(READ), self._clock()), began)
                with contextlib.suppress(queue.Empty):
                    while True:
                        self._pass_on(
                            ears.deliver(self._results.get_nowait(), self._clock()), began
                        )
                with contextlib.suppress(queue.Empty):
                    while True:
                        self._pass_on(self._orders.get_nowait()(ears, self._clock()), began)
        finally:
            capture.stop()

    def _pass_on(self, outcomes: Sequence[Outcome], began: list[Origin]) -> None:
        """Send facts to the session and requests to the model."""
        for outcome in outcomes:
            if isinstance(outcome, DecodeRequest):
                self._requests.put(outcome)
            elif isinstance(outcome, CallStarted):
                self._inbox.put(began.pop())
            else:
                self._inbox.put(outcome)

    def _asr(self, parts: Parts, tell: Tell) -> None:
        """Load the model, then decode; one more thread for each further lane."""
        transcribe = parts.load_model(tell)
        tell(Progress(label="model ready", done=1.0))
        for lane in range(2, parts.lanes + 1):
            self._spawn(f"asr-{lane}", lambda: self._decode(transcribe))
        self._decode(transcribe)

    def _decode(self, transcribe: Transcribe) -> None:
        failing = False
        while (request := self._requests.get()) is not None and not self._stopping.is_set():
            try:
                result = transcribe(request)
            except Exception as error:  # noqa: BLE001 - one bad decode must not end the hearing
                failing = True
                detail = f"{type(error).__name__}: {error}"
                self._inbox.put(Degraded(at=0.0, component="transcription", detail=detail))
                result = DecodeResult(request=request, words=())
            else:
                if failing:
                    failing = False
                    self._inbox.put(Recovered(at=0.0, component="transcription"))
            self._results.put(result)
