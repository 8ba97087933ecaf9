"""What a screen that shows a call offers to the sheets above it."""

from __future__ import annotations

from textual.screen import Screen

from coach.snapshot import Snapshot

from .styled_once import StyledOnce


class ShowsCall(StyledOnce, Screen[None]):
    """A screen with the moment of a call that it draws."""

    @property
    def snapshot(self) -> Snapshot | None:
        """The moment on the screen; None before there is one."""
        raise NotImplementedError
