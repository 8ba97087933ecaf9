"""Where a call's two sides can be heard on this machine, and which source serves which role.

The agent is heard through a microphone. The far end, the customer, is what the machine plays:
a monitor of a sound server (Linux), or a loopback device that the user has set up (Windows,
macOS), because those systems give none by themselves.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence

import msgspec

from coach.errors import DeviceError

from . import portaudio, pulse


class SourceKind(enum.StrEnum):
    """What a source carries."""

    MICROPHONE = "microphone"
    FAR_END = "far end"
    """What the machine plays: a monitor or a loopback device."""


class SoundSource(msgspec.Struct, frozen=True, kw_only=True):
    """A place that sound can be taken from."""

    name: str
    """What selects it on the command line and in the settings."""
    title: str
    """What the system shows to people."""
    kind: SourceKind
    host: str
    """Who gives it: ``PulseAudio``, ``PipeWire``, ``ALSA``, ``Core Audio``, ``Windows WASAPI``."""
    device: str
    """PortAudio's name for the device."""
    pulse: str = ""
    """The sound server's name for the source, where there is a server."""
    default: bool = False
    """The system's own choice: the default microphone, or the monitor of the default output."""


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """All sources of this machine."""

    sources: tuple[SoundSource, ...]
    notes: tuple[str, ...] = ()
    """What a person should know or do, in plain sentences."""


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """Which source would be taken for a role, and why."""

    role: SourceKind
    source: SoundSource | None
    why: str


_LOOPBACKS = (
    "loopback",
    "blackhole",
    "soundflower",
    "vb-audio",
    "cable output",
    "stereo mix",
    "what u hear",
    "monitor of",
)
"""Parts of the names of devices that repeat what the machine plays."""

_ALIASES = ("default", "sysdefault", "dmix", "pulse", "pipewire", "jack", "front", "surround")
"""ALSA's other names for a device that is listed under its own."""

ONE_MICROPHONE = (
    "Where one microphone hears both people (a speakerphone), `coach live --mixed` tells them "
    "apart by their voices."
)
"""What is left to who has no far end."""

_FAR_END_ADVICE = {
    "win32": "Windows gives programs no loopback through PortAudio: install VB-CABLE (or switch "
    "on Stereo Mix), let the softphone play into it and listen to it, then choose it with "
    "--far-end.",
    "darwin": "macOS gives programs no loopback: install BlackHole, make a Multi-Output Device "
    "of it and the headset, let the softphone play into that, then choose BlackHole with "
    "--far-end.",
}


def list_devices(*, rescan: bool = False) -> Devices:
    """Every source; DeviceError where PortAudio is missing.

    ``rescan`` also finds what was plugged in since PortAudio was loaded; no stream may be open.
    """
    portaudio.load()
    if rescan:
        portaudio.refresh()
    server = pulse.ask()
    inputs = portaudio.inputs()
    if server is not None:
        return _of_server(server, inputs)
    return _of_portaudio(inputs, sys.platform)


def picks(devices: Devices) -> tuple[Pick, Pick]:
    """What would be taken for the microphone and for the far end if nobody chose."""
    return _pick(devices, SourceKind.MICROPHONE), _pick(devices, SourceKind.FAR_END)


def title_of(microphone: SoundSource, far_end: SoundSource | None) -> str:
    """What a person calls a call's devices; ``far_end`` is None where there is one for both."""
    return (
        f"{microphone.title} + {far_end.title}" if far_end else f"{microphone.title}, both voices"
    )


def choose_one(*, microphone: str | None = None, devices: Devices | None = None) -> SoundSource:
    """The one source that hears both people; named and refused as in ``choose``."""
    return _chosen(devices or list_devices(), SourceKind.MICROPHONE, microphone)


def choose(
    *, microphone: str | None = None, far_end: str | None = None, devices: Devices | None = None
) -> tuple[SoundSource, SoundSource]:
    """The agent's source and the customer's.

    Each name may be a source's own, its title, or a part that only one has; None and the empty
    name take what ``picks`` says. DeviceError where there is none, or more than one fits.
    """
    if devices is None:
        devices = list_devices()
    chosen = (
        _chosen(devices, SourceKind.MICROPHONE, microphone),
        _chosen(devices, SourceKind.FAR_END, far_end),
    )
    if chosen[0] == chosen[1]:
        raise DeviceError(
            f"{chosen[0].name!r} cannot be both the microphone and the far end.",
            "Choose two different sources with --microphone and --far-end.",
        )
    return chosen


def _chosen(devices: Devices, role: SourceKind, name: str | None) -> SoundSource:
    source = _find(devices.sources, name) if name else _pick(devices, role).source
    if source is None:
        microphone = role is SourceKind.MICROPHONE
        advice = f"Name one with {'--microphone' if microphone else '--far-end'}; `coach devices` "
        advice += "lists them."
        if not microphone and any(s.kind is SourceKind.MICROPHONE for s in devices.sources):
            advice += f" {ONE_MICROPHONE}"
        raise DeviceError(f"No {role} was found.", " ".join([*devices.notes, advice]))
    return source


def _find(sources: Sequence[SoundSource], name: str) -> SoundSource:
    wanted = name.casefold()
    for fits in (
        lambda s: name == s.name,
        lambda s: wanted in (s.name.casefold(), s.title.casefold()),
        lambda s: wanted in s.name.casefold() or wanted in s.title.casefold(),
    ):
        found = [source for source in sources if fits(source)]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(source.name for source in found)
            raise DeviceError(f"{name!r} fits more than one source: {names}.", "Say which.")
    raise DeviceError(f"There is no source {name!r}.", "`coach devices` lists those there are.")


def _pick(devices: Devices, role: SourceKind) -> Pick:
    fitting = [source for source in devices.sources if source.kind is role]
    default = next((source for source in fitting if source.default), None)
    if default is not None:
        why = (
            "it is the system's default microphone"
            if role is SourceKind.MICROPHONE
            else "it repeats what the default output plays"
            if default.pulse
            else "it is the default input that repeats what the machine plays"
        )
        return Pick(role=role, source=default, why=why)
    if not fitting:
        return Pick(role=role, source=None, why=f"there is no {role}")
    why = f"it is the only {role}" if len(fitting) == 1 else f"it is the first {role}"
    return Pick(role=role, source=fitting[0], why=why)


def _of_server(server: pulse.Server, inputs: Sequence[portaudio.Input]) -> Devices:
    notes = []
    if not any(one.name == portaudio.PULSE_DEVICE for one in inputs):
        notes.append(
            f"PortAudio cannot reach the {server.name} server: install libasound2-plugins "
            "(Debian, Ubuntu) or alsa-plugins-pulseaudio (Fedora)."
        )
    sources = tuple(
        SoundSource(
            name=one.name,
            title=one.title,
            kind=SourceKind.FAR_END if one.monitor_of else SourceKind.MICROPHONE,
            host=server.name,
            device=portaudio.PULSE_DEVICE,
            pulse=one.name,
            default=one.monitor_of == server.default_sink
            if one.monitor_of
            else one.name == server.default_source,
        )
        for one in server.sources
    )
    return Devices(sources=sources, notes=tuple(notes))


def _of_portaudio(inputs: Sequence[portaudio.Input], platform: str) -> Devices:
    if platform == "win32":
        # Windows lists every device once for each of its sound systems; WASAPI is the quick one.
        inputs = [one for one in inputs if one.host == "Windows WASAPI"] or list(inputs)
    sources = tuple(
        SoundSource(
            name=one.name,
            title=one.name,
            kind=_kind_by_name(one.name),
            host=one.host,
            device=one.name,
            default=one.default,
        )
        for one in inputs
        if not (one.host == "ALSA" and one.name.startswith(_ALIASES))
    )
    notes = []
    if not any(source.kind is SourceKind.FAR_END for source in sources):
        notes.append(
            _FAR_END_ADVICE.get(
                platform,
                "No PulseAudio or PipeWire server answers, and without one the far end cannot "
                "be heard: start it, and install pulseaudio-utils for `pactl`.",
            )
        )
    return Devices(sources=sources, notes=tuple(notes))


def _kind_by_name(name: str) -> SourceKind:
    lowered = name.casefold()
    return (
        SourceKind.FAR_END if any(part in lowered for part in _LOOPBACKS) else SourceKind.MICROPHONE
    )
