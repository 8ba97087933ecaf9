"""Another process that makes something in a folder for temporary files and holds it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def held_elsewhere(made: str, folder: Path) -> Iterator[Path]:
    """The path of what another process holds, which is killed at the end.

    ``made``: code that makes ``held``, which has a ``path``, with ``folder`` for temporary files.
    """
    code = f"import sys\n{made}\nprint(held.path, flush=True)\nsys.stdin.read()\n"
    places = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=places,
    ) as running:
        assert running.stdout is not None
        yield Path(running.stdout.readline().strip())
        running.kill()
