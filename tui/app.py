"""The Textual application: joins one driver to one live screen.

The app is thin on purpose. The driver owns the call and its threads; ``bridge`` brings what
they say to this loop; the screen draws it; keys go back through ``Driver.act``. A driver that
fails is reported and the screen stays; however the app ends, even by a defect of its own, the
driver is stopped exactly once, so that what was recorded is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from coach.driver import Driver, HandOver
from coach.snapshot import Card, Snapshot

from .bridge import INTERVAL, Bridge, Delivery, DeliveryPace
from .messages import Acted, Knock, PlayingAsked, SeekAsked, SpeedAsked
from .screens.live import LiveScreen
from .theme import COACH, VARIABLES
from .widgets.banner import failure_words


class CoachApp(App[None]):
    """The screen of one call.

    ``failure`` is the exception that ended the call, if any did; a command line may raise it
    once the screen has closed. ``interval`` and ``clock`` pace ordinary snapshots. Notes leave the
    program by ``hand_over``; without it only the terminal can be asked to copy them.
    """

    CSS_PATH = "coach.tcss"
    TITLE = "Coach"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+c", "copy_or_quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self,
        driver: Driver,
        *,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        hand_over: HandOver | None = None,
    ) -> None:
        super().__init__()
        self.register_theme(COACH)
        self.theme = COACH.name
        self.failure: Exception | None = None
        self._call = driver
        self.hand_over = hand_over
        self._clock = clock
        self._pace = DeliveryPace(interval)
        self._timed = False
        self._begun = False
        self._stopped = False
        self.bridge = Bridge(self.post_message)
        self.live = LiveScreen(live=driver.live, title=driver.title, clock=clock)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names our stylesheet uses, for themes that do not define them."""
        return VARIABLES

    def get_default_screen(self) -> Screen[None]:
        """The live screen is the first and the lowest."""
        return self.live

    def on_mount(self) -> None:
        """Begin the call once the first frame is on the screen."""
        self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        """Leave nothing running, however the app ends."""
        self.bridge.close()
        if self._begun and not self._stopped:
            self._stopped = True
            self._call.stop()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: every key of ours by name."""
        ours = _own_actions(screen)
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.action in ours and active.enabled:
                ours.discard(binding.action)  # a second key of the same action
                yield SystemCommand(
                    binding.description,
                    f"key {self.get_key_display(binding)}",
                    self._runner(active.node, binding.action),
                )

    def _runner(self, node: object, action: str) -> Callable[[], object]:
        async def run() -> None:
            await self.run_action(action, default_namespace=node)  # type: ignore[arg-type]

        return run

    # --- from the driver -----------------------------------------------------------------

    def on_knock(self, knock: Knock) -> None:
        """Show at once what cannot wait, and the rest at its pace."""
        wait = 0.0 if knock.urgent else self._pace.wait(self._clock())
        if wait <= 0:
            self._deliver()
        elif not self._timed:
            self._timed = True
            self.set_timer(wait, self._deliver)

    def _deliver(self) -> None:
        self._timed = False
        self._pace.delivered(self._clock())
        delivery = self.bridge.collect()
        self._show(delivery)

    def _show(self, delivery: Delivery) -> None:
        if delivery.progress is not None:
            self.live.show_progress(delivery.progress)
        if delivery.snapshot is not None:
            self._show_moment(delivery.snapshot)
            self._tell_missed(delivery.snapshot, delivery.cards)
        if delivery.position is not None:
            self.live.show_position(delivery.position)
        if delivery.ending is not None:
            self._end(delivery.ending.error)

    def _show_moment(self, snapshot: Snapshot) -> None:
        """Draw a moment; open the look back when a call ends, close it when one goes on."""
        before = self.live.snapshot
        self.live.show(snapshot)
        self._follow(snapshot)
        ended_before = before is not None and before.ended
        if snapshot.ended == ended_before:
            return
        from .screens.after import AfterScreen  # noqa: PLC0415 - keeps the first frame fast

        if snapshot.ended:
            self.push_screen(AfterScreen(snapshot))
        elif isinstance(self.screen, AfterScreen):
            self.pop_screen()

    def _follow(self, snapshot: Snapshot) -> None:
        """Let the sheets that are open go with the call."""
        if len(self.screen_stack) == 1:
            return
        from .screens.sheet import Sheet  # noqa: PLC0415 - keeps the first frame fast

        for screen in self.screen_stack:
            if isinstance(screen, Sheet):
                screen.follow(snapshot)

    def _tell_missed(self, snapshot: Snapshot, cards: tuple[Card, ...]) -> None:
        """Name a card of a live call that had left again before it could be drawn."""
        shown = snapshot.card.card if snapshot.card is not None else None
        missed = [card for card in cards if card.card != shown]
        if missed and self._call.live:
            self.live.whisper(f"Came and went: {missed[-1].do}")

    def _end(self, error: Exception | None) -> None:
        """Say why Coach stopped. A replay that is merely at its end can still be moved."""
        if error is not None:
            self.failure = error
            self.live.show_stopped(failure_words(error))
        elif self._call.live:
            self.live.show_stopped("")

    # --- to the driver -------------------------------------------------------------------

    def _begin(self) -> None:
        self._begun = True
        self._try(lambda: self._call.start(self.bridge.front_end()), ends=True)

    def on_acted(self, message: Acted) -> None:
        """Pass on a key of the agent's."""
        self._try(lambda: self._call.act(message.action, card=message.card, note=message.note))

    def on_begin_asked(self) -> None:
        """Begin a call now."""
        self._try(self._call.begin)

    def on_speed_asked(self, message: SpeedAsked) -> None:
        """Replay: another speed."""
        self._try(lambda: self._call.set_speed(message.speed))

    def on_playing_asked(self, message: PlayingAsked) -> None:
        """Replay: stop or go on."""
        self._try(lambda: self._call.set_playing(message.playing))

    def on_seek_asked(self, message: SeekAsked) -> None:
        """Replay: another moment."""
        self._try(lambda: self._call.seek(message.at))

    def _try(self, ask: Callable[[], None], *, ends: bool = False) -> None:
        """Ask the driver; a failure is shown, and the app lives on."""
        try:
            ask()
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, the screen stays
            if ends:
                self._end(error)
            else:
                self.live.whisper(f"That did not reach the call: {failure_words(error)}")

    # --- leaving -------------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Quit; a live call that is still going is ended only after a question."""
        from .screens.confirm import ConfirmScreen  # noqa: PLC0415 - keeps the first frame fast

        if isinstance(self.screen, ConfirmScreen):
            return  # the question stands already, and says what answers it
        snapshot = self.live.snapshot
        going = snapshot is not None and snapshot.started and not self.live.over
        if not (going and self._call.live):
            self._leave()
            return

        def confirmed(yes: bool | None) -> None:
            if yes:
                self._leave()

        self.push_screen(ConfirmScreen("End this call and quit?"), confirmed)

    async def action_copy_or_quit(self) -> None:
        """Ctrl+C: copy what is selected, if anything is; otherwise what q does."""
        if self.screen.get_selected_text():
            self.screen.action_copy_text()
            self.screen.clear_selection()
        else:
            await self.action_quit()

    def _leave(self) -> None:
        """Stop the driver beside the loop, so that the screen stays alive meanwhile."""
        if self._stopped or not self._begun:
            self.exit()
            return
        self._stopped = True
        self.live.whisper("Closing …")
        self.run_worker(self._stop_driver, thread=True, exit_on_error=False)

    def _stop_driver(self) -> None:
        try:
            self._call.stop()
        except Exception as error:  # noqa: BLE001 - leaving must not fail
            self.failure = error
        self.call_from_thread(self.exit)


def _own_actions(screen: Screen[object]) -> set[str]:
    """The actions that our screens bind to keys; the framework binds some of its own."""
    return {
        binding.action
        for kind in type(screen).__mro__
        if kind.__module__.startswith("tui.")
        for binding in kind.__dict__.get("BINDINGS", ())
    }
