"""Where a screen can be shown."""

from __future__ import annotations

import os
import sys

WEB_DRIVER = "textual.drivers.web_driver:WebDriver"
"""What `coach serve` has a screen drawn with."""


def can_show_screen() -> bool:
    """Whether there is a terminal, or the page of `coach serve`.

    Textual draws on the standard error, so that must be the terminal, too.
    """
    in_browser = os.environ.get("TEXTUAL_DRIVER") == WEB_DRIVER
    return in_browser or all(one.isatty() for one in (sys.stdin, sys.stdout, sys.stderr))
