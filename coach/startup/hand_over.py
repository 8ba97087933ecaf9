"""Gives a note out of the program: to the clipboard, or to a file that goes with the call.

A terminal can be asked to put text on its clipboard and never says whether it did, so only a
program of the machine's own that reports success counts as the clipboard.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from coach.calls.call_files import HANDOFF, CallFiles
from coach.driver import Handed

WAIT_S = 3.0
"""A clipboard program that has not answered by then has not worked."""


def clipboard_programs(platform: str, environ: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """What may put text on the clipboard here, the likeliest first."""
    if platform == "darwin":
        return (("pbcopy",),)
    if platform == "win32":
        return (("clip.exe",),)
    wayland = (("wl-copy",),) if environ.get("WAYLAND_DISPLAY") else ()
    x11 = ("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")
    return (*wayland, *(x11 if environ.get("DISPLAY") else ()))


class MachineHandOver:
    """The clipboard of this machine, and files beside the journals."""

    def __init__(self, calls: Path, programs: Sequence[Sequence[str]] | None = None) -> None:
        """``calls``: the folder of journals; ``programs``: what may take the clipboard."""
        self._calls = calls
        self._programs = (
            clipboard_programs(sys.platform, os.environ) if programs is None else programs
        )

    def copy(self, text: str) -> bool:
        """Try each program until one says that it worked."""
        return any(self._given(program, text) for program in self._programs)

    @staticmethod
    def _given(program: Sequence[str], text: str) -> bool:
        path = shutil.which(program[0])
        if path is None:
            return False
        coding = "utf-16" if program[0] == "clip.exe" else "utf-8"
        try:
            run = subprocess.run(  # noqa: S603 - a fixed program, found on PATH
                [path, *program[1:]],
                input=text.encode(coding, errors="replace"),
                stdout=subprocess.DEVNULL,  # it stays behind to serve the text and would hold these
                stderr=subprocess.DEVNULL,
                timeout=WAIT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return run.returncode == 0

    def save(self, text: str, call: str) -> Handed:
        """Beside the call's journal, so that it is purged with it; else in the current folder.

        A note that is there already stays: the next one gets a number.
        """
        files = CallFiles(self._calls, call)
        beside = bool(call) and files.journal.is_file()
        folder, stem = (self._calls, call) if beside else (Path(), "call")
        try:
            folder = folder.resolve(strict=True)
            for number in range(1, 1000):
                extra = "" if number == 1 else f".note-{number}"
                path = folder / f"{stem}{extra}{HANDOFF}"
                with contextlib.suppress(FileExistsError):
                    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                        file.write(text)
                    return Handed(file=str(path))
        except OSError as error:
            return Handed(trouble=f"{folder}: {error.strerror}")
        return Handed(trouble=f"{folder}: too many notes of one call")
