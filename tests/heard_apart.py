"""The sample call heard in a process of its own, which may open no socket and has no network."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

NO_SOCKETS = """
import sys
from pathlib import Path
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        raise SystemExit(f"a network was asked for: {event} {arguments}")
sys.addaudithook(refuse)
tests, decodes, *words = sys.argv[1:]
sys.path.insert(0, tests)
from remembered_decodes import keeping
from audio.recognition.transcriber import Transcriber
Transcriber.decode = keeping(Transcriber.decode, Path(decodes))
from coach.cli import main
sys.exit(main(words))
"""


class Apart(NamedTuple):
    """How it ended."""

    ended: subprocess.CompletedProcess[str]
    journal: Path
    routes: str | None
    """The routes of its network namespace as the kernel lists them; None where this system
    allows no namespaces."""


def demonstrate(journal: Path, decodes: Path) -> Apart:
    """Every word is decoded anew; ``decodes`` is the folder that keeps what was answered."""
    namespace = ["unshare", "--map-root-user", "--net"]
    routes = None
    with contextlib.suppress(FileNotFoundError):
        up = _run([*namespace, "cat", "/proc/net/route"])
        routes = None if up.returncode else up.stdout
    demo = ["demo", "--headless", "--journal", str(journal)]
    words = [sys.executable, "-c", NO_SOCKETS, str(Path(__file__).parent), str(decodes), *demo]
    return Apart(_run([*(namespace if routes is not None else []), *words]), journal, routes)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True)
