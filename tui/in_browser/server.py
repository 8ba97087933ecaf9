"""The server: the page, what it loads, and one program for each page that is open.

It listens on this machine only, answers nobody that the gate refuses, and stops when nobody has
pressed a key for a while.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import string
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path

import msgspec
import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.web_response import StreamResponse

from coach.errors import InputError

from .gate import HOST, BrowserGate, PageRequest
from .screen_process import LEAVING_S, ScreenProcess, within

MOST_SCREENS = 8
"""Pages that may be open at a time; each is a program of its own."""
LONGEST_MESSAGE = 262_144
"""Bytes of one message of a page: a text that is pasted."""
FONT_PX = 16
STATIC = Path(textual_serve.__file__).parent / "static"
PROTECTING = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; font-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src {socket}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer says: nothing from elsewhere is loaded, nothing is kept, nobody frames it."""

Handler = Callable[[web.Request], Awaitable[StreamResponse]]


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """What is served, and for how long."""

    command: tuple[str, ...]
    """The program behind each page, and its arguments."""
    title: str
    idle_s: float
    """Seconds without a key after which the server stops."""
    port: int = 0
    """0 takes a free one."""


class ScreenServer:
    """Shows a program's screen in browsers."""

    def __init__(self, serving: Serving, tell: Callable[[str], None]) -> None:
        """``tell`` hears, in lines for people, where the screens are and what happens."""
        self._serving = serving
        self._tell = tell
        self._gate = BrowserGate(0)
        self._pages: set[web.WebSocketResponse] = set()
        self._used = 0.0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Serve until it is stopped. Raises InputError where the port is taken."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=LEAVING_S * 2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, self._serving.port)
            await _listening(site, self._serving.port)
            self._gate = BrowserGate(runner.addresses[0][1])
            self._use()
            self._listen_to_signals()
            self._tell(f"{self._serving.title} is shown in a browser on this machine; open\n")
            self._tell(f"  {self._gate.link()}\n")
            minutes = self._serving.idle_s / 60
            self._tell(f"Ctrl+C stops it; left without a key, it stops after {minutes:g} min.")
            self._tell(await self._until_stopped())
        finally:
            await runner.cleanup()

    def stop(self) -> None:
        """Close every page, and stop."""
        self._stopping.set()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            try:
                loop.add_signal_handler(getattr(signal, name), self.stop)
            except (AttributeError, NotImplementedError, RuntimeError, ValueError):
                continue  # Windows has none, and a thread beside the main one may not

    async def _until_stopped(self) -> str:
        """Wait; returns why it stops."""
        clock = asyncio.get_running_loop().time
        while (left := self._used + self._serving.idle_s - clock()) > 0:
            try:
                await asyncio.wait_for(self._stopping.wait(), left)
            except TimeoutError:
                continue
            return "Stopped."
        return "Stopped: nobody has pressed a key for a while."

    def _use(self) -> None:
        self._used = asyncio.get_running_loop().time()

    # --- answers ----------------------------------------------------------------------------

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        application.on_response_prepare.append(_protect)
        application.on_shutdown.append(self._close_pages)
        for path, answer in (
            ("", self._page),
            ("page.js", self._script),
            ("screen", self._screen),
            ("static/{kind}/{name}", self._static),
        ):
            # HEAD would use the link up without opening it.
            application.router.add_get(f"/{{room}}/{path}", answer, allow_head=False)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> StreamResponse:
        """Refuse everybody who is not the browser that was given the link."""
        gate = self._gate
        refusal = gate.refusal(_knock(request))
        if refusal:
            return _refused(refusal)
        if request.match_info.get("room") != gate.room:
            return _refused("There is nothing here; the terminal shows the link.", 404)
        if gate.knows(request.cookies.get(gate.cookie)):
            # The link, opened again, leads to where it led before, without the token.
            return _to_page(gate) if "token" in request.query else await handler(request)
        session = gate.let_in(request.query.get("token", ""))
        if not session:
            return _refused("This link was used, or is not whole; the terminal shows a new one.")
        self._use()
        self._tell(f"A browser has opened it. For another one:\n  {gate.link()}")
        answer = _to_page(gate)
        answer.set_cookie(
            gate.cookie, session, path=f"/{gate.room}/", httponly=True, samesite="Strict"
        )
        return answer

    async def _page(self, request: web.Request) -> StreamResponse:
        self._use()
        text = string.Template(_own("page.html")).substitute(
            title=self._serving.title,
            socket=f"ws://{request.host}/{self._gate.room}/screen",
            font=FONT_PX,
        )
        return web.Response(text=text, content_type="text/html")

    async def _script(self, _request: web.Request) -> StreamResponse:
        return web.Response(text=_own("page.js"), content_type="text/javascript")

    async def _static(self, request: web.Request) -> StreamResponse:
        kind, name = request.match_info["kind"], request.match_info["name"]
        known = {(path.parent.name, path.name): path for path in STATIC.glob("*/*")}
        path = known.get((kind, name))
        if path is None:
            return _refused("There is no such file.", 404)
        return web.FileResponse(path)

    async def _screen(self, request: web.Request) -> StreamResponse:
        """Start a program, and carry keys there and pictures back until either side leaves."""
        if len(self._pages) >= MOST_SCREENS:
            return _refused("Too many screens are open; close one.", 503)
        page = web.WebSocketResponse(timeout=LEAVING_S, heartbeat=15, max_msg_size=LONGEST_MESSAGE)
        await page.prepare(request)
        self._pages.add(page)
        screen = ScreenProcess(self._serving.command, page)
        try:
            await screen.start(_cells(request, "width", 80), _cells(request, "height", 24))
            async for message in page:
                if message.type == WSMsgType.TEXT and await screen.take(message.data):
                    self._use()
        finally:
            self._pages.discard(page)
            await screen.stop()
        return page

    async def _close_pages(self, _application: web.Application) -> None:
        going = (page.close(code=WSCloseCode.GOING_AWAY) for page in self._pages)
        await asyncio.gather(*going)


async def _listening(site: web.TCPSite, port: int) -> None:
    try:
        await site.start()
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise InputError(
            f"Port {port} is taken by another program.", "Leave --port out, or name another."
        ) from None


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _knock(request: web.Request) -> PageRequest:
    hosts = request.headers.getall("Host", [])
    return PageRequest(
        host=hosts[0] if len(hosts) == 1 else None,
        origin=request.headers.get("Origin"),
        site=request.headers.get("Sec-Fetch-Site"),
        for_screen="Upgrade" in request.headers,
    )


def _to_page(gate: BrowserGate) -> web.Response:
    return web.Response(status=303, headers={"Location": f"/{gate.room}/"})


def _refused(words: str, status: int = 403) -> web.Response:
    return web.Response(status=status, text=f"{words}\n")


async def _protect(request: web.Request, answer: StreamResponse) -> None:
    socket = f"ws://{request.host}"
    for name, value in PROTECTING.items():
        answer.headers[name] = value.replace("{socket}", socket)


def _cells(request: web.Request, name: str, usual: int) -> int:
    try:
        return within(int(request.query.get(name, usual)))
    except ValueError:
        return usual
