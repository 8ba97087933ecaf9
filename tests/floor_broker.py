"""A real MQTT broker of the test's own, on a loopback port that the system chose.

Nothing waits by the clock: the broker's log says when it is ready, its end is waited for by its
handle. Should the tests themselves be killed, ``timeout`` ends it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Self

import msgspec

from coach.startup.config import FloorSettings, Settings

NEEDED = ("mosquitto", "mosquitto_passwd", "openssl", "timeout")
LONGEST_S = 300


class Broker:
    """``secure``: with TLS and a password, else open to this machine."""

    def __init__(self, folder: Path, *, secure: bool = False) -> None:
        self.folder = folder
        self.secure = secure
        self.port = _free_port()
        self._process: subprocess.Popen[str] | None = None
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {folder}/",
            "log_dest stderr",
            "user root",
            "max_inflight_messages 1000",
            "max_queued_messages 10000",
        ]
        if secure:
            self._make_credentials()
            lines += [
                f"certfile {folder / 'broker.pem'}",
                f"keyfile {folder / 'broker.key'}",
                f"password_file {folder / 'passwords'}",
            ]
        lines.append(f"allow_anonymous {str(not secure).lower()}")
        self._config = folder / "broker.conf"
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _make_credentials(self) -> None:
        key, cert = self.folder / "broker.key", self.folder / "broker.pem"
        _run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", str(key), "-out", str(cert), "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        )  # fmt: skip
        _run("mosquitto_passwd", "-b", "-c", str(self.folder / "passwords"), "agents", "sesame")
        (self.folder / "password").write_text("sesame\n", encoding="utf-8")

    def settings(self, **changes: object) -> Settings:
        """Settings of somebody who uses this broker."""
        floor = FloorSettings(broker=f"localhost:{self.port}", tls=self.secure)
        if self.secure:
            floor = msgspec.structs.replace(
                floor,
                ca=self.folder / "broker.pem",
                user="agents",
                password_file=self.folder / "password",
            )
        return Settings(agent="Anna", floor=msgspec.structs.replace(floor, **changes))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        self._process = subprocess.Popen(
            ["timeout", str(LONGEST_S), "mosquitto", "-c", str(self._config)],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stderr is not None
        log = []
        for line in self._process.stderr:
            log.append(line)
            if line.rstrip().endswith("running"):
                return
        raise AssertionError("the broker does not start:\n" + "".join(log))

    def stop(self, *, forgets: bool = False) -> None:
        """End it; one that ``forgets`` dies, and all that it kept is gone."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL if forgets else signal.SIGTERM)
        self._process.communicate()
        self._process = None
        if forgets:
            (self.folder / "mosquitto.db").unlink(missing_ok=True)


def absent() -> list[str]:
    """Programs that this machine lacks for it."""
    return [name for name in NEEDED if shutil.which(name) is None]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
