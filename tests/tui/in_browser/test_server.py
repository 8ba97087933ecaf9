"""`coach serve`: whom the server answers, what it runs for a page, and when it stops."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("textual_serve", reason="needs the `serve` extra")

import aiohttp
from browser import CHROMIUM, browser
from reviewed import keep

from coach.calls.marks import read_marks
from coach.errors import InputError
from coach.startup.paths import Paths
from tui.in_browser import screen_process, server
from tui.in_browser.server import ScreenServer, Serving

ECHO = """
import os, sys
os.write(1, b"__GANGLION__\\n")
while (head := os.read(0, 1)):
    size = int.from_bytes(os.read(0, 4), "big")
    said = os.read(0, size)
    if head == b"M" and b"quit" in said and "deaf" not in sys.argv:
        break
    os.write(1, b"D" + size.to_bytes(4, "big") + said)
    if said == b"q":
        break
"""
"""A program as the server runs it, which draws whatever it is sent."""
PROGRAM = (sys.executable, "-S", "-E", "-c", ECHO)
SERVING = Serving(command=PROGRAM, title="Coach review", idle_s=600.0)


class Served(msgspec.Struct):
    server: ScreenServer
    told: list[str]

    @property
    def link(self) -> str:
        return next(line for line in reversed(self.told) if "token=" in line).split()[-1]

    @property
    def page(self) -> str:
        return self.link.partition("?")[0]

    @property
    def origin(self) -> str:
        return self.page.rsplit("/", 2)[0]


@contextlib.asynccontextmanager
async def serving(serving: Serving = SERVING) -> AsyncIterator[Served]:
    told: asyncio.Queue[str] = asyncio.Queue()
    served = Served(ScreenServer(serving, told.put_nowait), [])
    task = asyncio.create_task(served.server.run())
    while not any("Ctrl+C" in line for line in served.told):
        served.told.append(await told.get())
    try:
        yield served
    finally:
        served.server.stop()
        await task


@pytest.fixture
async def visitor() -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)  # unsafe: an address of figures may set cookies
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield session


async def test_only_the_browser_that_opened_the_link_is_answered(
    visitor: aiohttp.ClientSession,
) -> None:
    async with serving() as served:
        link, page = served.link, served.page
        for address in (page, f"{page}page.js", f"{page}static/js/textual.js", f"{page}?token=x"):
            async with visitor.get(address) as answer:
                assert (answer.status, "link" in await answer.text()) == (403, True)
        for address in ("/", "/ws", "/screen", "/static/js/textual.js", "/elsewhere/"):
            async with visitor.get(f"{served.origin}{address}") as answer:
                assert answer.status == 404
        async with visitor.head(link) as answer:
            assert answer.status == 404
        foreign = {"Host": "calls.example", "Origin": "http://calls.example"}
        for name, value in (*foreign.items(), ("Sec-Fetch-Site", "cross-site")):
            async with visitor.get(link, headers={name: value}) as answer:
                assert answer.status == 403
        async with visitor.get(link) as answer:
            assert (answer.status, str(answer.url)) == (200, page)
            assert "token" not in await answer.text()
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Frame-Options"] == "DENY"
            cookie = answer.history[0].headers["Set-Cookie"]
        for part in ("HttpOnly", "SameSite=Strict", f"Path={page.removeprefix(served.origin)}"):
            assert part in cookie
        async with visitor.get(link) as answer:
            assert (answer.status, str(answer.url)) == (200, page)
        for name in ("page.js", "static/js/textual.js", "static/css/xterm.css"):
            async with visitor.get(f"{page}{name}") as answer:
                assert answer.status == 200
        for name in ("static/js/..", "static/js/%2e%2e%2f%2e%2e%2fserver.py", "static/js/x.js"):
            async with visitor.get(f"{page}{name}") as answer:
                assert answer.status in (403, 404)
        async with aiohttp.ClientSession() as other, other.get(link) as answer:
            assert answer.status == 403


async def test_a_screen_is_shown_to_our_own_page_and_to_no_other(
    visitor: aiohttp.ClientSession,
) -> None:
    async with serving() as served:
        socket = f"{served.page}screen"
        ours = {"Origin": served.origin}
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await visitor.ws_connect(socket, headers=ours)
        async with visitor.get(served.link):
            pass
        for headers in (
            {},
            {"Origin": "http://calls.example"},
            {"Origin": "http://127.0.0.1:1"},
            {**ours, "Host": "calls.example"},
            {**ours, "Sec-Fetch-Site": "same-site"},
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await visitor.ws_connect(socket, headers=headers)
        async with visitor.ws_connect(f"{socket}?width=9&height=x", headers=ours) as page:
            for nonsense in ("", "[", "{}", '["resize", {"width": "wide"}]', '["stdin"]', "[9]"):
                await page.send_str(nonsense)
            await page.send_bytes(b"x")
            await page.send_json(["ping", "1"])
            assert await page.receive_json() == ["pong", "1"]
            await page.send_json(["resize", {"width": 10**9, "height": -1}])
            assert b'"width": 1000, "height": 1' in await page.receive_bytes()
            await page.send_json(["stdin", "ü\udcff"])
            assert await page.receive_bytes() == "ü?".encode()
            await page.send_json(["stdin", "q"])
            assert await page.receive_bytes() == b"q"
            assert (await page.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_programs_end_with_their_page_and_with_the_server(
    visitor: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (screen_process, server):
        monkeypatch.setattr(module, "LEAVING_S", 0.05)
    deaf = msgspec.structs.replace(SERVING, command=(*PROGRAM, "deaf"))
    async with serving(deaf) as served:
        async with visitor.get(served.link):
            pass
        pages = [
            await visitor.ws_connect(f"{served.page}screen", headers={"Origin": served.origin})
            for _ in range(8)
        ]
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await visitor.ws_connect(f"{served.page}screen", headers={"Origin": served.origin})
        await pages[0].send_json(["stdin", "here"])
        await pages[0].receive_bytes()
        await pages[1].close()
    said = await pages[0].receive()
    assert (said.type, said.data) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.GOING_AWAY)
    for page in pages:
        await page.close()


async def test_it_stops_where_nobody_presses_a_key() -> None:
    told: list[str] = []
    await ScreenServer(msgspec.structs.replace(SERVING, idle_s=0.01), told.append).run()
    assert told[-1] == "Stopped: nobody has pressed a key for a while."


async def test_a_port_that_is_taken_is_named() -> None:
    async with serving() as served:
        port = int(served.origin.rpartition(":")[2])
        taken = msgspec.structs.replace(SERVING, port=port)
        with pytest.raises(InputError, match=f"Port {port} is taken by another program"):
            await ScreenServer(taken, print).run()


FOREIGN = "new WebSocket('{socket}').addEventListener('error', () => document.title = 'refused')"


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on this machine")
async def test_a_real_browser_shows_a_call_and_keeps_a_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_DATA_HOME", str(tmp_path / "data"))
    calls = Paths.of().calls
    calls.mkdir(parents=True)
    files = keep(calls, "apologise")
    review = (sys.executable, "-P", "-m", "coach.cli", "review", "apologise", "--reviewer", "Rita")
    shown = msgspec.structs.replace(SERVING, command=review)
    async with serving(shown) as served, serving() as other, browser(tmp_path / "browser") as page:
        await page.ask("Page.navigate", url=served.link)
        await page.find("document.body.classList.contains('-first-byte')")
        assert await page.find("location.href") == served.page
        assert await page.find("document.fonts.check('16px \"Roboto Mono\"')")
        before = await page.picture()
        async with asyncio.timeout(60):
            while not read_marks(files.marks):  # keys reach the call once it is open
                await page.type("cw")
                await page.press("Enter", 13)
                await asyncio.sleep(0.2)
        assert read_marks(files.marks)[0].reviewer == "Rita"
        assert await page.picture() != before
        assert all(address.startswith(served.origin) for address in page.loaded)
        assert page.complaints == []
        # Another server on this machine is the same site, and gets neither screen nor cookie.
        await page.ask("Page.navigate", url=other.link)
        await page.find("document.body.classList.contains('-loaded')")
        await page.find(FOREIGN.format(socket=f"ws{served.page[4:]}screen") + " || true")
        await page.find("document.title == 'refused'")
