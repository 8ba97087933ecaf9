"""The keys of the live screen that open something to read."""

from __future__ import annotations

from tui.seen_card import SeenCard

from .shows_call import ShowsCall


class OpensSheets(ShowsCall):
    """What a live screen has besides the call itself."""

    _seen: SeenCard

    @property
    def over(self) -> bool:
        """Whether there is no call any more that keys could change."""
        raise NotImplementedError

    def whisper(self, words: str) -> None:
        """Answer a key."""
        raise NotImplementedError

    def action_why(self) -> None:
        """Show the evidence."""
        from .why import WhyScreen  # noqa: PLC0415 - keeps the first frame fast

        if self.snapshot is None:
            self.whisper("Nothing has been heard yet.")
            return
        self.app.push_screen(WhyScreen(self.snapshot, self._seen.last))

    def action_overview(self) -> None:
        """Show all that was gathered."""
        from .overview import OverviewScreen  # noqa: PLC0415 - keeps the first frame fast

        if self.snapshot is None:
            self.whisper("Nothing has been heard yet.")
            return
        self.app.push_screen(OverviewScreen(self.snapshot))

    def action_handoff(self) -> None:
        """Show the handoff note."""
        from .handoff import HandoffScreen  # noqa: PLC0415 - keeps the first frame fast

        if self.snapshot is None:
            self.whisper("Nothing has been said yet.")
            return
        self.app.push_screen(HandoffScreen(self.snapshot))

    def action_help(self) -> None:
        """Show every key."""
        from .help import HelpScreen  # noqa: PLC0415 - keeps the first frame fast

        self.app.push_screen(HelpScreen())

    def action_review(self) -> None:
        """Show the after-call screen again."""
        from .after import AfterScreen  # noqa: PLC0415 - keeps the first frame fast

        if self.snapshot is None or not self.over:
            self.whisper("The call is not over yet.")
            return
        self.app.push_screen(AfterScreen(self.snapshot))

    def action_told(self) -> None:
        """Show what the floor was told."""
        from .told import ToldScreen  # noqa: PLC0415 - keeps the first frame fast

        if self.snapshot is None or self.snapshot.floor is None:
            self.whisper("Nobody is told of this call.")
            return
        self.app.push_screen(ToldScreen(self.snapshot))
