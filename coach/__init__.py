"""Coach: local, real-time coaching for phone agents in difficult calls."""

from __future__ import annotations

import sys
from typing import NoReturn


def begin() -> NoReturn:
    """Run the command line, for the `coach` command; ends the process with the exit code.

    Ctrl+C while the program loads is one line, as it is later.
    """
    try:
        from coach.cli import leave  # noqa: PLC0415 - what takes time is loaded inside the try
    except KeyboardInterrupt:
        print("coach: stopped", file=sys.stderr)
        sys.exit(130)
    leave()
