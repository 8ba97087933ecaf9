"""Processes of their own at a small price: each is forked from one that has imported the program.

A process that a test starts anew imports the program and reads the shipped rules before anything
else, for most of a second. These begin behind that, with standard streams, folder and environment
of their own, and end as any interpreter does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

POSSIBLE = hasattr(os, "fork")
NOTHING = Path(os.devnull)


class Ended(NamedTuple):
    """What became of a process."""

    returncode: int
    """Minus the signal where one ended it."""
    stdout: str
    stderr: str


class Forking:
    """Starts processes that have run ``code`` already."""

    def __init__(self, code: str, scratch: Path) -> None:
        """``scratch``: a folder in which what they write is kept."""
        self._scratch = scratch
        self._server = subprocess.Popen(
            [sys.executable, __file__, code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.communicate()

    def run(self, code: str, *words: str, stdout: Path | None = None) -> Ended:
        """One process that runs ``code`` with these arguments in the present folder, to its end.

        It finds its standard input empty. ``stdout``: where it writes instead of to the result.
        """
        written = stdout or self._scratch / "stdout"
        told = self._scratch / "stderr"
        asked = {
            "code": code,
            "words": words,
            "folder": str(Path.cwd()),
            "environment": dict(os.environ),
            "streams": [str(NOTHING), str(written), str(told)],
        }
        server = self._server
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        returned = int(server.stdout.readline())
        read = "" if stdout else written.read_text(encoding="utf-8")
        return Ended(returned, read, told.read_text(encoding="utf-8"))


def _await_orders() -> Mapping[str, Any] | None:
    """In each child what is asked of it; None in the parent once nobody asks any more."""
    for line in iter(sys.stdin.readline, ""):
        assert threading.active_count() == 1, "only what has no threads is safely forked"
        child = os.fork()
        if child == 0:
            orders: Mapping[str, Any] = json.loads(line)
            return orders
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    return None


def _begin(orders: Mapping[str, Any]) -> None:
    os.chdir(orders["folder"])
    os.environ.clear()
    os.environ.update(orders["environment"])
    how = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, path in enumerate(orders["streams"]):
        opened = os.open(path, how if number else os.O_RDONLY)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["-c", *orders["words"]]


if __name__ == "__main__":
    sys.path[0] = ""  # as with -c: the present folder
    exec(sys.argv[1], {"__name__": "__main__"})  # noqa: S102 - that is what it is for
    if orders := _await_orders():
        _begin(orders)
        exec(orders["code"], {"__name__": "__main__"})  # noqa: S102 - likewise
