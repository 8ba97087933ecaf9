"""Plays a call to a front end: pacing, pause, seek, on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from coach.driver import MOST_KEYS, FrontEnd, Position, Progress
from coach.errors import StorageError
from coach.events import Action, CardCleared, CardRaised, CardStrengthened, Event, Result
from coach.replay.player import Player

FRAME = 0.1
"""Seconds between snapshots: ten a second is as many as an eye needs."""
STEP = 0.1
"""Seconds of call time looked at in one go while going over what is already known."""

Prepare = Callable[[Callable[[str, float | None], None]], Player]
"""Does the slow work (model, rules, recording) and reports its progress."""


class ReplayDriver:
    """A ``coach.driver.Driver`` over a Player.

    ``prepare`` runs on the driver's thread, so a screen can be up before the model is.
    """

    live = False

    def __init__(self, title: str, prepare: Prepare, speed: float | None = 1.0) -> None:
        self.title = title
        self._prepare = prepare
        self._speed = speed
        self._playing = True
        self._stopping = False
        self._requests: deque[Callable[[Player], list[Result]]] = deque()
        self._looks_anew = False
        """Whether another pace, or a stop, is to be shown."""
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._seek_to: float | None = None
        self._position = 0.0
        self._anchor = (0.0, 0.0)
        """Wall-clock second and position from which the pace is reckoned."""
        self._told_end = False

    # --- called by the front end -----------------------------------------------------------

    def start(self, front_end: FrontEnd) -> None:
        """Begin to prepare and play."""
        self._thread = threading.Thread(
            target=self._run, args=(front_end,), name="replay", daemon=True
        )
        self._thread.start()

    def begin(self) -> None:
        """A replay begins by itself."""

    def act(self, action: Action, *, card: str | None = None, note: str = "") -> None:
        """Pass on a key of the agent's."""
        if action is Action.END:
            self._post(lambda player: player.end())
            return
        self._post(lambda player: player.act(action, card=card, note=note))

    def set_speed(self, speed: float | None) -> None:
        """Set the speed; None is as fast as it goes."""
        with self._changed:
            self._speed = speed
            self._reanchor()
            self._looks_anew = True
            self._changed.notify()

    def set_playing(self, playing: bool) -> None:
        """Stop or go on."""
        with self._changed:
            self._playing = playing
            self._reanchor()
            self._looks_anew = True
            self._changed.notify()

    def seek(self, at: float) -> None:
        """Show the call as it stood, or will stand, at ``at``."""
        with self._changed:
            self._seek_to = max(0.0, at)
            self._changed.notify()

    def stop_soon(self) -> None:
        """Ask the thread to end without waiting for it."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def stop(self) -> None:
        """End the replay and wait for its thread."""
        self.stop_soon()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    # --- on the driver's thread ------------------------------------------------------------

    def _post(self, request: Callable[[Player], list[Result]]) -> None:
        with self._changed:
            if len(self._requests) < MOST_KEYS:
                self._requests.append(request)
            self._changed.notify()

    def _reanchor(self) -> None:
        self._anchor = (time.monotonic(), self._position)

    def _run(self, front_end: FrontEnd) -> None:
        failure: Exception | None = None
        player: Player | None = None
        try:
            player = self._prepare(
                lambda label, done: front_end.progress(Progress(label=label, done=done))
            )
            front_end.progress(Progress(label="ready", done=1.0))
            self._play(player, front_end)
        except Exception as error:  # noqa: BLE001 - the thread's edge: the front end must be told
            failure = error
        if player is not None:
            if failure is None:
                player.end("the replay was left")
            trouble = player.call.close()
            if trouble and failure is None:
                failure = StorageError(trouble, "Free some space and replay the call again.")
        if failure is not None or not self._told_end:
            front_end.finished(failure)

    def _play(self, player: Player, front_end: FrontEnd) -> None:
        last_frame = 0.0
        with self._changed:
            self._reanchor()
        while not self._stopping:
            asked, results = self._obey(player)
            target = self._target()
            if player.position < target and not player.finished:
                results += player.step(min(target, player.position + STEP))
                self._position = player.position
            now = time.monotonic()
            over = player.finished and not self._told_end
            card = any(isinstance(r, CardRaised | CardStrengthened | CardCleared) for r in results)
            urgent = asked or over or card
            if urgent or now - last_frame >= FRAME:
                last_frame = now
                front_end.snapshot(player.snapshot())
                front_end.position(self._where(player))
            if over:
                self._told_end = True
                front_end.finished(None)
            self._rest(player)

    def _obey(self, player: Player) -> tuple[bool, list[Event]]:
        """Carry out what the front end asked for since the last step; tells whether it did.

        A place that was sought is looked at: without a pace the replay stops there, or it would
        be gone at once.
        """
        with self._changed:
            requests, self._requests = list(self._requests), deque()
            seek, self._seek_to = self._seek_to, None
            anew, self._looks_anew = self._looks_anew, False
        results: list[Event] = [result for request in requests for result in request(player)]
        if seek is not None:
            if seek < player.frontier:
                player.look_at(seek)
            while player.position < seek and not player.finished and not self._stopping:
                player.step(seek)
            with self._changed:
                self._position = player.position
                self._playing = self._playing and self._speed is not None
                self._reanchor()
        return anew or bool(requests) or seek is not None, results

    def _target(self) -> float:
        """Give the call time that the speed asks for by now."""
        with self._changed:
            if not self._playing:
                return self._position
            if self._speed is None:
                return float("inf")
            began, position = self._anchor
            return position + (time.monotonic() - began) * self._speed

    def _where(self, player: Player) -> Position:
        with self._changed:
            return Position(
                at=player.position,
                duration=max(player.source.duration, player.frontier),
                speed=self._speed,
                playing=self._playing and not player.finished,
            )

    def _rest(self, player: Player) -> None:
        """Wait until there is something to do: a key, or the next frame's worth of call."""
        idle = player.finished or not self._playing
        if not idle and player.position < self._target():
            return
        with self._changed:
            asked = self._requests or self._looks_anew or self._seek_to is not None
            if not (self._stopping or asked):
                self._changed.wait(None if idle else FRAME / 2)
