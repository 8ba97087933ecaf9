"""`coach devices`: what can be heard on this machine, how loud, and which would be taken."""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
from collections.abc import Sequence

import msgspec

from audio.hardware import devices
from audio.hardware.devices import Devices, Pick, SoundSource, SourceKind
from audio.hardware.levels import FLOOR_DBFS, Levels, SourceLevel
from coach.errors import Exit
from coach.notes.wording import wrapped

_BAR = 24  # characters
_ROWS_A_SECOND = 8.0
_LISTEN_ONCE = 1.0  # seconds of sound behind a level that is printed once


class _DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One source as `--json` shows it."""

    name: str
    title: str
    kind: SourceKind
    host: str
    default: bool
    role: SourceKind | None
    """What it would be taken for."""
    why: str
    dbfs: float | None
    """SourceLevel while it was listened to; None where nothing arrived."""
    trouble: str


class _Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that `--json` prints."""

    sources: tuple[_DeviceRow, ...]
    notes: tuple[str, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--once", action="store_true", help="print the levels once and stop")
    parser.add_argument("--json", action="store_true", help="print once, for programs")
    parser.add_argument("--no-levels", action="store_true", help="list only, open no device")


def run(args: argparse.Namespace) -> int:
    """List the sources, with a moving level bar each where there is a terminal."""
    found = devices.list_devices()
    picks = devices.picks(found)
    watched = () if args.no_levels else found.sources
    live = sys.stdout.isatty() and not (args.once or args.json or args.no_levels)
    with Levels(watched) as levels:
        if live:
            _show_live(found, picks, levels)
            return Exit.OK
        levels.listen(_LISTEN_ONCE)
        readings = levels.read()
    if args.json:
        print(msgspec.json.encode(_report(found, picks, readings)).decode())
    else:
        lines = _lines(found, picks, readings)
        if sys.stdout.isatty():
            lines = _broken(lines, shutil.get_terminal_size().columns)
        print("\n".join(lines))
    return Exit.OK


def _show_live(found: Devices, picks: Sequence[Pick], levels: Levels) -> None:
    """Redraw in place until Ctrl-C."""
    height = 0
    pause = threading.Event()
    try:
        while True:
            # A line that wraps, or a list that scrolls, would break the drawing in place.
            width, rows = shutil.get_terminal_size()
            lines = _broken(_lines(found, picks, levels.read()), width - 1)
            lines = [line[: width - 1] for line in (*lines[: rows - 3], "", "Ctrl-C ends.")]
            back = f"\x1b[{height}A" if height else ""
            print(back + "".join(f"\x1b[2K{line}\n" for line in lines), end="", flush=True)
            height = len(lines)
            pause.wait(1 / _ROWS_A_SECOND)
    except KeyboardInterrupt:
        return


def _lines(found: Devices, picks: Sequence[Pick], readings: dict[str, SourceLevel]) -> list[str]:
    lines = []
    for kind in SourceKind:
        lines.append(f"{kind.value.capitalize()}s" if kind is SourceKind.MICROPHONE else "Far ends")
        sources = [source for source in found.sources if source.kind is kind]
        for source in sources:
            taken = any(pick.source == source for pick in picks)
            reading = readings.get(source.name)
            lines.append(f" {'*' if taken else ' '} {_meter(reading)} {source.name}")
            lines.append(f"   {' ' * (_BAR + 9)} {source.title} ({source.host})")
        if not sources:
            lines.append("   none")
    lines.append("")
    for pick in picks:
        option = "--microphone" if pick.role is SourceKind.MICROPHONE else "--far-end"
        name = pick.source.name if pick.source else "none"
        lines.append(f"* {pick.role.value}: {name}, because {pick.why} ({option} NAME chooses)")
    lines += [f"! {note}" for note in found.notes]
    return lines


def _broken(lines: Sequence[str], width: int) -> list[str]:
    """The lines, what is taken and what is the matter broken between words."""
    return [
        row
        for line in lines
        for row in (wrapped(line, width, 2).split("\n") if line[:2] in ("* ", "! ") else [line])
    ]


def _meter(level: SourceLevel | None) -> str:
    """A bar and a figure, so that the level can be read without either."""
    if level is None:
        return f"{'':{_BAR}} {'':8}"
    if level.trouble:
        return f"{'cannot be opened':{_BAR}} {'':8}"
    if level.dbfs is None:
        return f"{'no sound yet':{_BAR}} {'':8}"
    full = round(_BAR * (1 - max(FLOOR_DBFS, level.dbfs) / FLOOR_DBFS))
    return f"{'#' * full:.<{_BAR}} {level.dbfs:4.0f} dB "


def _report(found: Devices, picks: Sequence[Pick], readings: dict[str, SourceLevel]) -> _Report:
    return _Report(
        sources=tuple(_row(source, picks, readings.get(source.name)) for source in found.sources),
        notes=found.notes,
    )


def _row(source: SoundSource, picks: Sequence[Pick], level: SourceLevel | None) -> _DeviceRow:
    pick = next((pick for pick in picks if pick.source == source), None)
    return _DeviceRow(
        name=source.name,
        title=source.title,
        kind=source.kind,
        host=source.host,
        default=source.default,
        role=pick.role if pick else None,
        why=pick.why if pick else "",
        dbfs=level.dbfs if level else None,
        trouble=level.trouble if level else "",
    )
