"""A live call: capture, transcription, engine and journal, each on its own thread.

Theory of operation::

    capture --read--> [listener] --facts--> [session] --lines--> journal file
              keys ------^  |   ^              |
                    requests|   |results       +--snapshots--> front end
                            v   |
                           [asr]

========  ==============================================  ==================================
thread    owns                                            never does
========  ==============================================  ==================================
listener  the capture's reading end, the ``CallHearing``  run the model
asr       the model                                       hold history
rules     the ``SessionParts.watch``: files of rules      touch the call
floor     the connection of the ``SessionParts.floor``    hold up the call
session   the ``CurrentCall``: engine and journal         wait for anything but its inbox
========  ==============================================  ==================================

Every thread is wrapped. A lack that the user can mend (no device, no model: a ``CoachError``) ends
the session with its message; anything else that goes wrong on a thread becomes
Degraded(component, detail) on the screen, and the others go on. Should the listener itself fail,
the session takes the keys, so that a call can still be ended. Every queue between them is bounded
(``coach.live.queues``). The model loads on the asr thread while sound is already being kept, so
the first words of a call that begins at once are not lost.

Session time is seconds of ``SessionParts.clock`` since the session began; call time is session
time less the call's origin.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from audio.recognition.decoding import DecodeRequest, DecodeResult, Purpose
from coach.calls.call import Setup
from coach.driver import FrontEnd, Progress
from coach.errors import CoachError
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    CardCleared,
    CardRaised,
    CardStrengthened,
    Degraded,
    Fact,
    Hypothesis,
    Loudness,
    Recovered,
    Result,
)
from coach.live.call_hearing import CallBounds, CallHearing, CallOpened, Outcome
from coach.live.capture_and_listener import Capture, NewListener, OneMicrophone
from coach.live.current_call import CurrentCall, Floor, telling
from coach.live.late_decodes import Ask, CallDecoded
from coach.live.queues import QUEUES, BoundedQueue

FRAME = 0.1
"""Seconds between snapshots: ten a second is as many as an eye needs."""
READ = 0.05
"""Seconds the listener waits for sound before it looks for results and keys."""
JOIN = 5.0
"""Seconds a thread may take to end."""


Transcribe = Callable[[DecodeRequest], DecodeResult]
Clock = Callable[[], float]
Incoming = Fact | CallOpened | Setup
"""What the session is handed; a Setup asks for its rules to be put in force."""
Tell = Callable[[Progress], None]


class SessionParts(msgspec.Struct, frozen=True, kw_only=True):
    """What a live session is made of."""

    setup: Setup
    new_listener: NewListener
    open_capture: Callable[[Clock], Capture]
    load_model: Callable[[Tell], Transcribe]
    begin: Callable[[], CallStarted]
    """Makes the first event of a call that begins at this moment."""
    journal: Callable[[str], Path | None]
    """Where the journal of the call with this identifier goes."""
    earlier: Callable[[str, str], tuple[str, ...]] = lambda _caller, _call: ()
    """What to say of earlier calls with a caller reference, at the call of this identifier."""
    bounds: CallBounds = CallBounds()
    watch: Callable[[], Sequence[Setup | Degraded | Recovered]] | None = None
    """Looks whether the files of rules have changed: a new setup, or what is wrong with them."""
    watch_every: float = 1.0
    """Seconds between two looks."""
    floor: Floor | None = None
    """Who is told of the calls; it has a thread of its own, and the session never waits for it."""
    lanes: int = 2
    """Decodes that may run at a time."""
    mixed: OneMicrophone | None = None
    """Set where one microphone hears both people."""
    behind: float = 0.0
    """Seconds by which what is heard of a call comes later than the sound: its time with it."""
    clock: Clock = time.monotonic
    """Seconds, never going back."""


class Key(NamedTuple):
    """A key of the agent's; no action begins a call."""

    action: Action | None
    card: str | None = None
    note: str = ""


class LiveDriver:
    """A ``coach.driver.Driver`` over capture, model, engine and journal."""

    live = True

    def __init__(self, title: str, make_parts: Callable[[], SessionParts]) -> None:
        self.title = title
        self._make_parts = make_parts
        self._closing = threading.Event()
        """The front end is done: end the call at hand, then stop."""
        self._stopping = threading.Event()
        """Every thread ends as soon as it looks."""
        self._deaf = threading.Event()
        """The listener has failed: the session takes the keys."""
        self._inbox: BoundedQueue[Incoming] = BoundedQueue(
            QUEUES["session inbox"], replaceable=_is_replaceable, lost=self._fact_lost
        )
        self._keys: BoundedQueue[Key] = BoundedQueue(QUEUES["keys"], lost=self._key_lost)
        self._asks: BoundedQueue[Ask] = BoundedQueue(
            QUEUES["decode requests"], replaceable=_is_draft, lost=self._final_lost
        )
        self._answers: BoundedQueue[CallDecoded] = BoundedQueue(
            QUEUES["decode results"], lost=self._final_lost
        )
        self._lost = 0
        self._told_lost = 0
        self._threads: list[threading.Thread] = []
        self._clock: Clock = time.monotonic
        self._zero = 0.0
        self._failure: Exception | None = None

    # --- called by the front end -----------------------------------------------------------

    def start(self, front_end: FrontEnd) -> None:
        """Open everything on threads of its own and return."""
        self._spawn("session", lambda: self._session(front_end))

    def begin(self) -> None:
        """Begin a call, if none is on."""
        self._keys.put(Key(None))

    def act(self, action: Action, *, card: str | None = None, note: str = "") -> None:
        """Pass on a key of the agent's."""
        self._keys.put(Key(action, card, note))

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

    def _now(self) -> float:
        return self._clock() - self._zero

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
            if name == "listener":
                self._deaf.set()
            self._inbox.put(_trouble(name, error))

    def _session(self, front_end: FrontEnd) -> None:
        """Own the call at hand until the session is over."""
        try:
            parts = self._make_parts()
            self._clock, self._zero = parts.clock, parts.clock()
            on_sound = parts.bounds.begin_on_sound
            call = CurrentCall(
                parts.setup,
                parts.journal,
                parts.earlier,
                begins_on_sound=on_sound,
                floor=parts.floor,
            )
            call.behind = parts.behind
            with telling(parts.floor, self._inbox.put):
                self._spawn("asr", lambda: self._asr(parts, front_end.progress))
                self._spawn("listener", lambda: self._listen(parts))
                if parts.watch is not None:
                    self._spawn("rules", lambda: self._watch(parts))
                self._serve(call, front_end, parts.bounds.finish_within)
                self._stop_threads()
                self._take_waiting(call)
                call.close(self._now())
                front_end.snapshot(call.snapshot(self._now()))
            self._failure = self._failure or call.failure
        except Exception as error:  # noqa: BLE001 - the front end must be told whatever it is
            self._failure = self._failure or error
            self._stop_threads()
        front_end.finished(self._failure)

    def _serve(self, call: CurrentCall, front_end: FrontEnd, finish_within: float) -> None:
        """Feed the call and publish until the session is over and the call has its end."""
        shown = -FRAME
        until: float | None = None
        while not self._stopping.is_set():
            results: list[Result] = []
            item = self._inbox.get(timeout=FRAME / 2)
            if item is not None:
                results += self._hand(call, item)
            results += self._take_waiting(call)
            if self._deaf.is_set():
                results += self._take_keys(call)
            now = self._now()
            results += call.tick(now)
            urgent = any(
                isinstance(r, CardRaised | CardStrengthened | CardCleared) for r in results
            )
            if urgent or now - shown >= FRAME:
                shown = now
                front_end.snapshot(call.snapshot(now))
            if self._closing.is_set():
                until = now + finish_within + 1.0 if until is None else until
                if not call.in_call or self._deaf.is_set() or now >= until:
                    return

    def _hand(self, call: CurrentCall, item: Incoming) -> Sequence[Result]:
        if isinstance(item, CallOpened):
            return call.begin(item.at, item.first)
        if isinstance(item, Setup):
            return call.change_rules(item, self._now())
        return call.take(item, self._now())

    def _take_waiting(self, call: CurrentCall) -> list[Result]:
        """Hand over everything that has arrived."""
        results: list[Result] = []
        while (item := self._inbox.get(timeout=0)) is not None:
            results += self._hand(call, item)
        if self._lost > self._told_lost:
            self._told_lost = self._lost
            detail = f"cannot keep up: {self._lost} facts were lost"
            results += call.take(Degraded(at=0.0, component="session", detail=detail), self._now())
        return results

    def _take_keys(self, call: CurrentCall) -> list[Result]:
        """Keys without a listener: the call can still be answered and ended."""
        results: list[Result] = []
        while (key := self._keys.get(timeout=0)) is not None:
            if key.action is None or not call.in_call:
                continue
            at = call.time(self._now())
            fact: Fact = AgentAction(at=at, action=key.action, card=key.card, note=key.note)
            if key.action is Action.END:
                fact = CallEnded(at=at, reason="ended by the agent")
            results += call.take(fact, self._now())
        return results

    def _stop_threads(self) -> None:
        self._stopping.set()
        self._asks.close()
        for thread in list(self._threads):
            if thread is not threading.current_thread():
                thread.join(timeout=JOIN)

    def _listen(self, parts: SessionParts) -> None:
        """Own the hearing until the session is over."""
        hearing = CallHearing(parts.new_listener, parts.bounds, parts.begin, parts.mixed)
        capture = parts.open_capture(self._now)
        capture.start()
        closed = False
        try:
            while not self._stopping.is_set():
                self._pass_on(hearing.hear(capture.read(READ), self._now()))
                while (answer := self._answers.get(timeout=0)) is not None:
                    self._pass_on(hearing.deliver(answer, self._now()))
                while (key := self._keys.get(timeout=0)) is not None:
                    self._pass_on(self._press(hearing, key))
                if self._closing.is_set() and not closed:
                    closed = True
                    self._pass_on(hearing.close(self._now()))
        finally:
            capture.stop()

    def _watch(self, parts: SessionParts) -> None:
        """Look at the files of rules now and then; what comes of it enters with the facts."""
        assert parts.watch is not None  # noqa: S101 - the thread is started for it
        while not self._stopping.wait(parts.watch_every):
            for found in parts.watch():
                self._inbox.put(found)

    def _press(self, hearing: CallHearing, key: Key) -> list[Outcome]:
        if key.action is None:
            return hearing.begin(self._now())
        return hearing.press(key.action, self._now(), card=key.card, note=key.note)

    def _pass_on(self, outcomes: Sequence[Outcome]) -> None:
        """Send facts to the session and requests to the model."""
        for outcome in outcomes:
            if isinstance(outcome, Ask):
                self._asks.put(outcome)
            else:
                self._inbox.put(outcome)

    def _asr(self, parts: SessionParts, tell: Tell) -> None:
        """Load the model, then decode; one more thread for each further lane."""
        transcribe = parts.load_model(tell)
        tell(Progress(label="model ready", done=1.0))
        for lane in range(2, parts.lanes + 1):
            self._spawn(f"asr-{lane}", lambda: self._decode(transcribe))
        self._decode(transcribe)

    def _decode(self, transcribe: Transcribe) -> None:
        failing = False
        while (ask := self._asks.get()) is not None and not self._stopping.is_set():
            try:
                result = transcribe(ask.request)
            except Exception as error:  # noqa: BLE001 - one bad decode must not end the hearing
                failing = True
                self._inbox.put(_trouble("transcription", error))
                result = DecodeResult(request=ask.request, words=())
            else:
                if failing:
                    failing = False
                    self._inbox.put(Recovered(at=0.0, component="transcription"))
            self._answers.put(CallDecoded(ask.call, result))

    # --- what a full queue gives up --------------------------------------------------------

    def _fact_lost(self, _item: Incoming) -> None:
        self._lost += 1

    def _key_lost(self, _key: Key) -> None:
        detail = "keys come faster than they can be taken; some were lost"
        self._inbox.put(Degraded(at=0.0, component="keys", detail=detail))

    def _final_lost(self, _item: Ask | CallDecoded) -> None:
        detail = "this machine cannot keep up: words were lost"
        self._inbox.put(Degraded(at=0.0, component="transcription", detail=detail))


def _trouble(component: str, error: Exception) -> Degraded:
    detail = f"{type(error).__name__}: {error}"
    return Degraded(at=0.0, component=component, detail=detail)


def _is_replaceable(item: Incoming) -> bool:
    """Whether a newer one replaces it."""
    return isinstance(item, Hypothesis | Loudness)


def _is_draft(item: Ask) -> bool:
    return item.request.purpose is Purpose.DRAFT
