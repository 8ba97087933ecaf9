"""Where the forms of scorecards lie."""

from __future__ import annotations

from pathlib import Path

from coach.calls.scorecards.form_reading import shipped_forms
from coach.startup.paths import Paths


def form_folders() -> list[Path]:
    """The folder of the shipped forms, then that of one's own."""
    return [shipped_forms(), Paths.of().scorecards]
