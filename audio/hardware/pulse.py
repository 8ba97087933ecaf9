"""What a PulseAudio server, or PipeWire in its place, can give: asked through ``pactl``.

PortAudio sees such a server as one device and its monitors not at all; ``pactl`` names them.
Every question has a deadline: a server that hangs must not hang a call.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import msgspec

DEADLINE = 2.0
"""Seconds a question may take; a healthy server answers in some hundredths."""
MONITOR = ".monitor"
"""How the name of a sink's monitor ends."""
STREAM = "coach.stream"
"""The property that the server's list of streams tells ours apart by."""


class PulseSource(msgspec.Struct, frozen=True, kw_only=True):
    """One source of the server."""

    name: str
    title: str
    monitor_of: str = ""
    """The sink whose sound it repeats; empty for a microphone or line."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server that answered."""

    name: str
    """``PulseAudio``, ``PipeWire``."""
    default_source: str
    default_sink: str
    sources: tuple[PulseSource, ...]


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """What the server has at this moment."""

    sources: frozenset[str]
    """The names of all sources."""
    streams: dict[str, str]
    """By the ``STREAM`` of a stream that records, the name of the source it is given."""


def ask() -> Server | None:
    """What the server offers; None where there is no server or no ``pactl``."""
    about = _pactl("info")
    if about is None:
        return None
    facts = dict(line.split(": ", 1) for line in about.splitlines() if ": " in line)
    return Server(
        name="PipeWire" if "PipeWire" in facts.get("Server Name", "") else "PulseAudio",
        default_source=facts.get("Default Source", ""),
        default_sink=facts.get("Default Sink", ""),
        sources=_sources(),
    )


def source_names() -> frozenset[str] | None:
    """The names of all sources; None where the server does not answer."""
    named = _names_by_number()
    return None if named is None else frozenset(named.values())


def present() -> Present | None:
    """All sources, and which of them our streams are given; None without an answer."""
    named, listed = _names_by_number(), _pactl("list", "source-outputs")
    if named is None or listed is None:
        return None
    return Present(sources=frozenset(named.values()), streams=_given(listed, named))


def _names_by_number() -> dict[str, str] | None:
    listed = _pactl("list", "short", "sources")
    if listed is None:
        return None
    return {fields[0]: fields[1] for fields in _rows(listed) if len(fields) > 1}


def _given(listing: str, named: dict[str, str]) -> dict[str, str]:
    """The long list of streams, which reads alike on all versions."""
    given, number = {}, ""
    for line in map(str.strip, listing.splitlines()):
        if line.startswith("Source: "):
            number = line.removeprefix("Source: ")
        elif line.startswith(f"{STREAM} = ") and number in named:
            given[line.removeprefix(f"{STREAM} = ").strip('"')] = named[number]
    return given


def _sources() -> tuple[PulseSource, ...]:
    answer = _pactl("--format=json", "list", "sources")
    try:
        found: list[dict[str, Any]] = json.loads(answer or "")
    except ValueError:
        return _sources_of_an_old_server()
    return tuple(
        PulseSource(
            name=one["name"],
            title=one.get("description") or one["name"],
            monitor_of=_monitored(one),
        )
        for one in found
    )


def _monitored(source: dict[str, Any]) -> str:
    sink = str(source.get("monitor_source") or "")
    if sink in ("", "n/a"):
        # PipeWire leaves the field empty on some versions; the name keeps the old form.
        name = str(source["name"])
        is_monitor = source.get("properties", {}).get("device.class") == "monitor"
        return name.removesuffix(MONITOR) if is_monitor or name.endswith(MONITOR) else ""
    return sink


def _sources_of_an_old_server() -> tuple[PulseSource, ...]:
    """Before version 16 ``pactl`` knew no JSON; the short list has a name and no title."""
    return tuple(
        PulseSource(
            name=fields[1],
            title=fields[1],
            monitor_of=fields[1].removesuffix(MONITOR) if fields[1].endswith(MONITOR) else "",
        )
        for fields in _rows(_pactl("list", "short", "sources") or "")
        if len(fields) > 1
    )


def _rows(listing: str) -> list[list[str]]:
    return [line.split("\t") for line in listing.splitlines()]


def _pactl(*words: str) -> str | None:
    program = shutil.which("pactl")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program with fixed words
            [program, *words],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=True,
            # Labels such as "Default Sink" would be translated.
            env={**os.environ, "LC_ALL": "C"},
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout
