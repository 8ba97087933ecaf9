"""How much memory this process has, and has had."""

from __future__ import annotations

import sys
from pathlib import Path


def resident_mb() -> float:
    """Memory in use by this process; its greatest use so far where only that is known."""
    status = Path("/proc/self/statm")
    if sys.platform == "win32":
        return 0.0
    import resource  # noqa: PLC0415 - absent on Windows

    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def peak_mb() -> float:
    """The most memory that this process has had; what it has now where that is not known."""
    if sys.platform == "win32":
        return resident_mb()
    import resource  # noqa: PLC0415 - absent on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)
