"""One screen in a browser: a program of its own, and what the page sends to it."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
from collections.abc import Sequence

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

LEAVING_S = 5.0
"""Seconds that a program has to end by itself."""
LARGEST = 1000
"""Columns and rows of the largest screen."""


class ScreenProcess(AppService):
    """The program behind one page; it ends when the page is closed, and closes it when it ends."""

    def __init__(self, command: Sequence[str], page: web.WebSocketResponse) -> None:
        """``command``: the program and its arguments."""
        self._page = page
        super().__init__(
            _for_shell(command),
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=self._close_page,
            download_manager=DownloadManager(),
        )

    async def _close_page(self) -> None:
        await self._page.close()

    async def run(self) -> None:
        """Hand on what the program draws until it ends."""
        await super().run()
        await self._page.close()

    async def stop(self) -> None:
        """End the program, by force if it does not listen; safe to call twice."""
        try:
            await asyncio.wait_for(super().stop(), LEAVING_S)
        except TimeoutError:
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
        if self._process is not None:
            await self._process.wait()

    async def take(self, text: str) -> bool:
        """Do what the page asks in one message; returns whether a person did something."""
        try:
            asked = json.loads(text)
        except ValueError:
            return False
        match asked:
            case ["stdin", str(typed)]:
                await self.send_bytes(typed.encode(errors="replace"))
                return True
            case ["resize", {"width": int(width), "height": int(height)}]:
                await self.set_terminal_size(within(width), within(height))
            case ["ping", str(sent)]:
                await self._page.send_json(["pong", sent])
            case ["focus"]:
                await self.focus()
            case ["blur"]:
                await self.blur()
        return False


def within(cells: int) -> int:
    """A width or height that a screen can have."""
    return max(1, min(LARGEST, cells))


def _for_shell(command: Sequence[str]) -> str:
    """The command as the system's shell takes it, without a shell that stays in between."""
    if os.name == "nt":
        return subprocess.list2cmdline(command)
    return f"exec {shlex.join(command)}"
