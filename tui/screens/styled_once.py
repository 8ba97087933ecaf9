"""Screens that are given their styles once when they come up."""

from __future__ import annotations

from textual.events import ScreenResume


class StyledOnce:
    """Mixed into a screen: what it is composed of has its styles by the time it is first shown.

    Textual would look for all of them again then, as it has to where another screen has lain over
    this one. This stands before ``Screen``, which does that, among a screen's bases.
    """

    _was_shown = False

    def on_screen_resume(self, event: ScreenResume) -> None:
        """The screen comes up: leave its styles as they are, the first time."""
        event.refresh_styles = event.refresh_styles and self._was_shown
        self._was_shown = True
