"""A sound server of the test's own, without a sound card, and voices to play into it.

The `pulse` fixture starts a private PulseAudio daemon with two null sinks, ``customer`` and
``agentmic``; what is played into a sink is heard on its monitor. Nothing waits by the clock:
the daemon's starter returns when it is ready, and its death is waited for by its handle.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio.hardware import portaudio

TOOLS = ("pulseaudio", "pactl", "paplay")
SYNTHESISER = "espeak-ng"


class SoundServer:
    """The daemon; ``env`` is what a program needs to reach it, already set in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "native"
        self.env = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder),
            "PULSE_SERVER": f"unix:{self.socket}",
        }
        self._players: list[subprocess.Popen[bytes]] = []

    def start(self, sinks: tuple[str, ...] = ("customer", "agentmic")) -> None:
        """Start the daemon; returns when it can be used.

        Its sinks fetch 50 ms of sound at a time, like a sound card's. Null sinks that may take
        sound back, as they may unless told otherwise, fetch up to two seconds: then a stream gives
        its first block that late, and until then PortAudio's thread asks for it without a rest.
        """
        modules = [f"module-native-protocol-unix auth-anonymous=1 socket={self.socket}"]
        modules += [f"module-null-sink sink_name={name} rate=48000 norewinds=1" for name in sinks]
        words = [word for module in modules for word in ("-L", module)]
        options = ["-n", "--daemonize=yes", "--exit-idle-time=-1", "--disable-shm=yes"]
        log = f"--log-target=file:{self.folder / 'log'}"
        subprocess.run(
            ["pulseaudio", *options, log, *words],
            check=True,
            capture_output=True,
            env={**os.environ, **self.env},
        )

    def kill(self) -> None:
        """The daemon dies without a word."""
        self._signal(signal.SIGKILL)

    def restart(self, sinks: tuple[str, ...] = ("customer", "agentmic")) -> None:
        """A new daemon in the place of the dead one."""
        self.start(sinks)

    def hang(self) -> None:
        """The daemon stays, and answers nobody."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """It answers again."""
        os.kill(self.pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def pactl(self, *words: str) -> str:
        """Ask or tell the daemon something."""
        done = subprocess.run(
            ["pactl", *words],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **self.env},
        )
        return done.stdout

    def play(self, sound: Path, sink: str) -> subprocess.Popen[bytes]:
        """Begin to play a file into a sink; the handle ends when it has been played."""
        player = subprocess.Popen(
            ["paplay", f"--device={sink}", str(sound)],
            env={**os.environ, **self.env},
            stderr=subprocess.DEVNULL,
        )
        self._players.append(player)
        return player

    def close(self) -> None:
        """End everything that was started here."""
        for player in self._players:
            player.kill()
            player.wait()
        if (self.folder / "pid").exists():
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        try:
            handle = os.pidfd_open(self.pid)
        except (ProcessLookupError, FileNotFoundError):
            return
        try:
            signal.pidfd_send_signal(handle, number)
            select.select([handle], [], [])  # readable when the process has ended
        finally:
            os.close(handle)
        (self.folder / "pid").unlink(missing_ok=True)


def missing_tools() -> str:
    """What a live test lacks on this machine, in one line; empty where nothing is missing."""
    lacking = [tool for tool in (*TOOLS, SYNTHESISER) if shutil.which(tool) is None]
    if lacking:
        return f"needs {', '.join(lacking)} (Debian: pulseaudio, pulseaudio-utils, espeak-ng)"
    if not hasattr(os, "pidfd_open"):
        return "needs Linux"
    return ""


def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """The body of the `pulse` fixture."""
    if lacking := missing_tools():
        pytest.skip(lacking)
    folder = tmp_path_factory.mktemp("pulse")
    folder.chmod(0o700)
    server = SoundServer(folder)
    before = {name: os.environ.get(name) for name in server.env}
    os.environ.update(server.env)
    try:
        server.start()
        portaudio.refresh()
        if not any(one.name == portaudio.PULSE_DEVICE for one in portaudio.inputs()):
            pytest.skip("needs ALSA's PulseAudio plugin (Debian: libasound2-plugins)")
        yield server
    finally:
        server.close()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
