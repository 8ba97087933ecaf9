"""Who may see the screens: the browser that was given the link, on this machine, and nobody else.

A server on loopback is out of reach of other machines, and not of the pages of other sites that the
same browser shows, nor of other users of the same machine. So a request must name this server as
its host (a name that was pointed here later does not), must not come from a page of another
origin, and must have opened the link, which works once.
"""

from __future__ import annotations

import hmac
import secrets

import msgspec

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
"""What a browser on this machine may call it."""
OF_OURS = ("", "none", "same-origin")
"""What browsers say of requests that no other site makes; older ones say nothing."""


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says of where it comes from; None where it does not say."""

    host: str | None = None
    """Its ``Host``."""
    origin: str | None = None
    """Its ``Origin``: the page that makes it, where that is no plain visit."""
    site: str | None = None
    """Its ``Sec-Fetch-Site``."""
    for_screen: bool = False
    """Whether it opens the connection over which a screen is shown and keys are sent."""


class BrowserGate:
    """Lets the browser in that opens the link, and knows it again."""

    def __init__(self, port: int) -> None:
        """``port``: where the server listens."""
        self.room = secrets.token_urlsafe(9)
        """The folder of every address. Cookies go to all ports of a host, but to this folder only,
        so that no other server on this machine is sent ours."""
        self.cookie = f"coach-{port}"
        self._hosts = [f"{name}:{port}" for name in NAMES]
        self._token = secrets.token_urlsafe(32)
        self._sessions: list[str] = []

    def link(self) -> str:
        """The address that lets a browser in, once."""
        return f"http://{self._hosts[0]}/{self.room}/?token={self._token}"

    def refusal(self, knock: PageRequest) -> str:
        """Why a request is not even listened to; empty where it is."""
        if knock.host not in self._hosts:
            return "Coach answers under its own address only; the terminal shows the link."
        foreign = knock.origin not in (None, f"http://{knock.host}")
        if foreign or (knock.for_screen and knock.origin is None):
            return "Coach shows its screens to its own page only."
        if (knock.site or "") not in OF_OURS:
            return "Coach answers no other page; copy the link from the terminal."
        return ""

    def knows(self, session: str | None) -> bool:
        """Whether a browser was let in before."""
        return any(_same(session or "", known) for known in self._sessions)

    def let_in(self, token: str) -> str:
        """The session of a browser that opens the link; empty where it is not the link."""
        if not _same(token, self._token):
            return ""
        self._token = secrets.token_urlsafe(32)
        session = secrets.token_urlsafe(32)
        self._sessions.append(session)
        return session


def _same(given: str, known: str) -> bool:
    """Compare in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode(errors="replace"), known.encode())
