"""From the section ``[floor]`` of the settings to what a connection to the broker needs.

A password is read from a file or an environment variable that the settings name, never from the
settings themselves, and shows in no message.
"""

from __future__ import annotations

import importlib.util
import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from coach.errors import DeviceError, InputError, cause_of
from coach.notes.floor.messages import Topics
from coach.startup.config import FloorSettings, Settings

TLS_PORT = 8883
PLAIN_PORT = 1883
LONGEST_PASSWORD = 65_535
"""Bytes; the protocol takes no more."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Secret:
    """A text that no message shows."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the broker alone."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"


class FloorAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How the broker is reached."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    """None where the connection is not encrypted."""
    user: str
    password: Secret | None
    topics: Topics

    @property
    def name(self) -> str:
        """Host and port, for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def open_to_others(self) -> bool:
        """Whether what is sent crosses a network unencrypted."""
        return self.tls is None and self.host not in LOOPBACK


class _ClosedOnFailure(ssl.SSLSocket):
    """A socket that does not stay open where the other end is not who it should be."""

    def do_handshake(self, block: bool = False) -> None:
        """As ever; closed where it fails."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def floor_access(settings: Settings) -> FloorAccess:
    """What the settings say of the broker; InputError where it cannot be used as it is.

    DeviceError where the client library is not installed.
    """
    if importlib.util.find_spec("paho") is None:
        raise DeviceError(
            "The floor needs an MQTT client.", "Install it: pip install 'callcoach[floor]'."
        )
    floor = settings.floor
    host, port = _broker(floor)
    return FloorAccess(
        host=host,
        port=port,
        tls=_context(floor) if floor.tls else None,
        user=floor.user,
        password=_password(floor),
        topics=Topics(_prefix(floor.topic)),
    )


def agent_on_floor(settings: Settings) -> str:
    """The name under which the agent is shown; InputError where there is none."""
    agent = settings.agent.strip()
    if not agent:
        raise InputError(
            "The floor would not know whose calls these are.",
            'Set agent = "..." in the settings.',
        )
    return agent[:200]


def _broker(floor: FloorSettings) -> tuple[str, int]:
    if not floor.broker:
        raise InputError(
            "The settings name no broker.",
            'Set broker = "HOST" or "HOST:PORT" under [floor]; docs/floor.md shows how.',
        )
    parts = urlsplit(f"//{floor.broker}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.netloc != floor.broker or parts.username is not None:
        raise InputError(
            f"floor.broker: {floor.broker!r} is no broker.", 'Write "HOST" or "HOST:PORT".'
        )
    return host, port or (TLS_PORT if floor.tls else PLAIN_PORT)


def _prefix(topic: str) -> str:
    wrong = not topic or topic != topic.strip("/") or set(topic) & set("+#\0")
    if wrong or topic.startswith("$"):
        raise InputError(
            f"floor.topic: {topic!r} is no beginning of topics.",
            "It may have levels (a/b), but no + # $, and no / at either end.",
        )
    return topic


def _password(floor: FloorSettings) -> Secret | None:
    if floor.password_file is not None and floor.password_env:
        raise InputError(
            "[floor] names both password_file and password_env.", "Leave one of them out."
        )
    if floor.password_env:
        text = os.environ.get(floor.password_env, "")
        if not text:
            raise InputError(
                f"floor.password_env: the environment variable {floor.password_env} is not set.",
                "Set it where Coach is started, or name a password_file.",
            )
        return Secret(text)
    if floor.password_file is None:
        return None
    try:
        text = floor.password_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"floor.password_file: {floor.password_file} cannot be read: {cause_of(error)}.",
            "Check its name and its permissions; its first line is the password.",
        ) from None
    first = text.splitlines()[0] if text.strip() else ""
    if not 0 < len(first.encode()) <= LONGEST_PASSWORD:
        raise InputError(
            f"floor.password_file: {floor.password_file} holds no password.",
            "It is the file's first line.",
        )
    return Secret(first)


def _context(floor: FloorSettings) -> ssl.SSLContext:
    """How the broker's certificate is checked, and which one is shown to it."""
    if floor.key is not None and floor.certificate is None:
        raise InputError("[floor] names a key without a certificate.", "Set certificate as well.")
    ca = floor.ca
    try:
        context = ssl.create_default_context(cafile=str(ca) if ca is not None else None)
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"floor.ca: {ca} cannot be used: {_tls_cause(error, ca)}.",
            "Name the certificate of who signed the broker's, in PEM.",
        ) from None
    context.sslsocket_class = _ClosedOnFailure
    if floor.certificate is not None:
        key = str(floor.key) if floor.key is not None else None
        try:
            # Without the password given here OpenSSL would ask the terminal for one.
            context.load_cert_chain(str(floor.certificate), key, password="")
        except (OSError, ssl.SSLError) as error:
            raise InputError(
                f"floor.certificate: {floor.certificate} cannot be used: "
                f"{_tls_cause(error, floor.certificate)}.",
                "Certificate and key must be in PEM, belong together and need no passphrase.",
            ) from None
    return context


def _tls_cause(error: Exception, file: Path | None) -> str:
    if file is not None and not file.is_file():
        return "there is no such file"
    return "it is no certificate" if isinstance(error, ssl.SSLError) else cause_of(error)
