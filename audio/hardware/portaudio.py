"""The one place that touches PortAudio: loading it, listing inputs, opening a stream.

PortAudio's list of devices is fixed when it is loaded; ``refresh`` loads it anew, for which
every stream must be closed. Importing this module never fails: the library is looked for when
it is needed.
"""

from __future__ import annotations

import importlib
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.errors import DeviceError

from . import pulse

BLOCK = 0.02
"""Seconds asked for at a time: the shortest that a loaded laptop delivers evenly."""

PULSE_LATENCY_MSEC = 30
"""What the sound server is asked for; unasked it would hand over sound two seconds at a time."""

PULSE_DEVICE = "pulse"
"""PortAudio's name for whatever source PULSE_SOURCE names."""

_numbers = itertools.count(1)

_environment = threading.Lock()
"""PULSE_SOURCE belongs to the process: two streams must not be opened at once."""

Deliver = Callable[[Samples, int, float], None]
"""Takes mono samples, shape (n,), their rate, and the seconds that PortAudio says they were on
the way."""


class Input(NamedTuple):
    """A device that sound can be taken from, as PortAudio sees it."""

    number: int
    name: str
    host: str
    channels: int
    rate: int
    default: bool


def load() -> Any:
    """The ``sounddevice`` module; DeviceError with what to install where PortAudio is missing."""
    try:
        return importlib.import_module("sounddevice")
    except (OSError, ImportError) as error:
        raise DeviceError(
            "PortAudio, the library that gives access to sound devices, is missing.",
            "Install it: `apt install libportaudio2 libasound2-plugins` (Debian, Ubuntu), "
            "`dnf install portaudio alsa-plugins-pulseaudio` (Fedora), `brew install portaudio` "
            "(macOS), or reinstall the Python package sounddevice, which brings it (Windows).",
        ) from error


def refresh() -> None:
    """Look for devices again. Every stream must be closed."""
    sounddevice = load()
    with _environment:
        sounddevice._terminate()  # noqa: SLF001 - the documented way to see new devices
        sounddevice._initialize()  # noqa: SLF001


def inputs() -> list[Input]:
    """Every device with at least one input channel."""
    sounddevice = load()
    try:
        hosts = sounddevice.query_hostapis()
        default = sounddevice.default.device[0]
        return [
            Input(
                number=number,
                name=device["name"],
                host=hosts[device["hostapi"]]["name"],
                channels=device["max_input_channels"],
                rate=round(device["default_samplerate"]),
                default=number in (default, hosts[device["hostapi"]]["default_input_device"]),
            )
            for number, device in enumerate(sounddevice.query_devices())
            if device["max_input_channels"] > 0
        ]
    except sounddevice.PortAudioError as error:
        raise DeviceError(
            f"Sound devices cannot be listed: {error}.", "`coach doctor` looks into it."
        ) from error


def has(name: str) -> bool:
    """Whether a device of that name can be opened, as far as PortAudio has looked."""
    return any(device.name == name for device in inputs())


class InputStream:
    """An open input; ``deliver`` is called from PortAudio's thread until it is closed."""

    def __init__(self, name: str, host: str, source: str, deliver: Deliver) -> None:
        """Open ``name``; ``host`` tells devices of one name apart, or is empty.

        ``source`` names the source of a sound server, or is empty.
        Raises DeviceError where it is not there or cannot be opened.
        """
        sounddevice = load()
        device = _find(name, host)
        self.tag = f"{os.getpid()}-{next(_numbers)}"
        """What a sound server knows the stream by (``pulse.STREAM``)."""
        with _environment, _asking_for(source, self.tag):
            self._stream = _open(sounddevice, device, deliver)
        self.reported: float = float(self._stream.latency)
        """Seconds of latency, as PortAudio states them at opening."""

    @property
    def active(self) -> bool:
        """False once the device or its server is gone."""
        return bool(self._stream.active)

    def close(self) -> None:
        """Stop, whatever state it is in."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)


def _find(name: str, host: str) -> Input:
    for device in inputs():
        if device.name == name and host in ("", device.host):
            return device
    if name == PULSE_DEVICE:
        raise DeviceError(
            "PortAudio cannot reach the sound server.",
            "Install libasound2-plugins (Debian, Ubuntu) or alsa-plugins-pulseaudio (Fedora).",
        )
    raise DeviceError(f"The sound device {name!r} is not there.", "Plug it in, or choose another.")


def _open(sounddevice: Any, device: Input, deliver: Deliver) -> Any:
    """The first way of opening that the device accepts; some take neither 16 kHz nor mono."""
    shapes = [(rate, count) for rate in (SAMPLE_RATE, device.rate) for count in (1, 2)]
    trouble = ""
    for rate, channels in dict.fromkeys(shapes):
        if channels > device.channels:
            continue
        try:
            stream = sounddevice.InputStream(
                device=device.number,
                channels=channels,
                samplerate=rate,
                dtype="float32",
                blocksize=round(BLOCK * rate),
                latency="low",
                callback=_callback(deliver, rate),
            )
        except (sounddevice.PortAudioError, ValueError) as error:
            trouble = str(error)
            continue
        try:
            stream.start()
        except sounddevice.PortAudioError as error:
            stream.close(ignore_errors=True)
            trouble = str(error)
            continue
        return stream
    raise DeviceError(
        f"The sound device {device.name!r} cannot be opened: {trouble}.",
        "Close other programs that hold it, or choose another with `coach devices`.",
    )


def _callback(deliver: Deliver, rate: int) -> Callable[[Any, int, Any, Any], None]:
    def receive(block: Any, _frames: int, times: Any, _status: Any) -> None:
        samples = block[:, 0].copy() if block.shape[1] == 1 else block.mean(axis=1)
        delay = times.currentTime - times.inputBufferAdcTime
        deliver(np.asarray(samples, np.float32), rate, delay)

    return receive


@contextmanager
def _asking_for(source: str, tag: str) -> Iterator[None]:
    """Tell the sound server's client library, through the environment, what to open and how."""
    if not source:
        yield
        return
    properties = f"{os.environ.get('PULSE_PROP', '')} {pulse.STREAM}={tag}".strip()
    wanted = {
        "PULSE_SOURCE": source,
        "PULSE_LATENCY_MSEC": str(PULSE_LATENCY_MSEC),
        "PULSE_PROP": properties,
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Output:
    """The default output, open; ``wanted`` is asked for samples on PortAudio's thread."""

    def __init__(self, wanted: Callable[[int], Samples]) -> None:
        """Raises DeviceError where there is no output, or it cannot be opened."""
        sounddevice = load()

        def fill(block: Any, frames: int, _times: Any, _status: Any) -> None:
            block[:, 0] = wanted(frames)

        try:
            self._stream = sounddevice.OutputStream(
                channels=1, samplerate=SAMPLE_RATE, dtype="float32", callback=fill
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceError(
                f"Nothing can be played: {error}.",
                "Plug in headphones, or choose an output in the system's settings.",
            ) from None

    def close(self) -> None:
        """Stop, whatever state it is in."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)
