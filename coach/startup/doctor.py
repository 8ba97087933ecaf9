"""Looks at a machine the way Coach will, and says how to mend what would fail.

Every check is a function of what it looks at and gives one Finding; none of them changes
anything. A failure means that some command cannot work; a warning that something works worse.
"""

from __future__ import annotations

import enum
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from audio.hardware import devices, portaudio
from audio.recognition import model
from coach.errors import CoachError, DeviceError
from coach.startup import config
from coach.startup.paths import Paths
from coach.startup.rules_in_force import rules_of

OLDEST_PYTHON = (3, 11)
PACKAGES = ("coach", "audio", "rules", "tui")
"""Our top-level names; they are generic, so another distribution may bring one of them too."""
MODEL_BYTES = 150_000_000
"""Room the speech model takes in the cache."""
JOURNAL_BYTES = 50_000_000
"""Room for a day's journals (an hour of live calls takes about seven megabytes)."""
NARROWEST, LOWEST = 60, 20
"""Columns and rows under which the screen drops parts."""


class CheckOutcome(enum.StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class CheckResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check found, and what to do about it."""

    check: str
    verdict: CheckOutcome
    found: str
    remedy: str = ""


def examine(
    settings: Callable[[], config.Settings] = config.load,
    environ: Mapping[str, str] | None = None,
    *,
    file: Path | None = None,
) -> list[CheckResult]:
    """All checks on this machine, in the order in which a person would mend them.

    ``settings`` reads those that are meant, out of ``file`` where it is not the usual one.
    """
    env = os.environ if environ is None else environ
    paths = Paths.of(env)
    usable = check_settings(file or paths.settings)
    if usable.verdict is CheckOutcome.FAILED:  # said once
        rules, speech = _not_looked_at("rules"), _not_looked_at("model")
    else:
        rules, speech = check_rules(settings), check_model(settings, paths.models)
    return [
        check_python(sys.version_info[:3], platform.python_implementation()),
        check_packages(_origins(), metadata.packages_distributions()),
        usable,
        rules,
        check_portaudio(portaudio.load),
        check_devices(devices.list_devices),
        speech,
        check_room("cache", paths.cache, MODEL_BYTES, "COACH_CACHE_HOME"),
        check_room("data folder", paths.data, JOURNAL_BYTES, "COACH_DATA_HOME"),
        check_privacy(paths.calls),
        check_terminal(shutil.get_terminal_size(), sys.stdout.isatty(), sys.stdout.encoding, env),
    ]


def failed(findings: Sequence[CheckResult]) -> bool:
    """Whether anything has to be mended before all commands work."""
    return any(f.verdict is CheckOutcome.FAILED for f in findings)


def check_python(version: tuple[int, int, int], implementation: str) -> CheckResult:
    """The interpreter's version."""
    found = f"{implementation} {'.'.join(map(str, version))}"
    if version[:2] >= OLDEST_PYTHON:
        return CheckResult(check="Python", verdict=CheckOutcome.OK, found=found)
    return CheckResult(
        check="Python",
        verdict=CheckOutcome.FAILED,
        found=found,
        remedy="Install Python 3.11 or later and set Coach up with it.",
    )


def check_packages(
    origins: Mapping[str, Path | None], owners: Mapping[str, Sequence[str]]
) -> CheckResult:
    """Whether our package names are ours.

    ``origins`` says where each would be imported from, ``owners`` which installed distributions
    bring it.
    """
    home = origins.get("coach")
    strange = [
        f"{name} comes from {origin or 'nowhere'}"
        for name, origin in origins.items()
        if origin is None or origin.parent != (home.parent if home else None)
    ]
    for name in PACKAGES:
        others = sorted(set(owners.get(name, ())) - {"callcoach"})
        strange += [f"{name} is also brought by {', '.join(others)}"] if others else []
    if not strange:
        found = f"all from {home.parent if home else '?'}"
        return CheckResult(check="packages", verdict=CheckOutcome.OK, found=found)
    return CheckResult(
        check="packages",
        verdict=CheckOutcome.FAILED,
        found="; ".join(strange),
        remedy="Install Coach in an environment of its own: uv tool install, pipx or a venv.",
    )


def check_settings(file: Path) -> CheckResult:
    """Whether the settings file, if any, can be used."""
    if not file.exists():
        return CheckResult(
            check="settings", verdict=CheckOutcome.OK, found=f"none ({file}); defaults"
        )

    def read() -> str:
        from coach.startup.settable import engine_changes  # noqa: PLC0415 - it knows every setting

        return "; ".join((str(file), *engine_changes(config.load(file))))

    return _attempt("settings", read)


def check_rules(settings: Callable[[], config.Settings]) -> CheckResult:
    """Whether the rules in force can be read."""

    def read() -> str:
        in_force = rules_of(settings())
        return in_force.told(in_force.load())

    return _attempt("rules", read)


def check_portaudio(load: Callable[[], object]) -> CheckResult:
    """Whether the library that live capture needs is there; ``load`` loads it."""
    finding = _attempt("PortAudio", lambda: "" if load() is None else "loaded")
    if finding.verdict is CheckOutcome.OK:
        return finding
    return msgspec.structs.replace(
        finding, remedy=f"{finding.remedy} Only live calls need it; replay works without."
    )


def check_devices(look: Callable[[], devices.Devices]) -> CheckResult:
    """Whether both sides of a call can be heard; replay needs neither."""
    try:
        found = look()
    except DeviceError as error:
        return CheckResult(
            check="devices", verdict=CheckOutcome.WARNING, found=error.message, remedy=error.remedy
        )
    picks = devices.picks(found)
    words = "; ".join(f"{p.role}: {p.source.title if p.source else 'none'}" for p in picks)
    if all(p.source for p in picks):
        return CheckResult(check="devices", verdict=CheckOutcome.OK, found=words)
    advice = found.notes or ("Plug in or enable one; `coach devices` lists what there is.",)
    if picks[0].source:  # only the far end is missing
        advice = (*advice, devices.ONE_MICROPHONE)
    return CheckResult(
        check="devices", verdict=CheckOutcome.WARNING, found=words, remedy=" ".join(advice)
    )


def check_model(settings: Callable[[], config.Settings], models: Path) -> CheckResult:
    """Whether the speech model is here and every byte of it right."""

    def look() -> str:
        chosen = settings().model.name or model.DEFAULT
        if chosen in model.CATALOGUE:
            folder = models / chosen
            if not (folder / "model.bin").is_file():
                return ""
        else:
            folder = Path(chosen).expanduser()
        return f"{chosen} in {folder}, verified ({model.verify(folder)})"

    finding = _attempt("model", look)
    if finding.found:
        return finding
    if model.wheels() is not None:
        found = "in the data packages; prepared at the first start"
        return CheckResult(check="model", verdict=CheckOutcome.OK, found=found)
    return CheckResult(
        check="model",
        verdict=CheckOutcome.FAILED,
        found="there is none",
        remedy="pip install 'callcoach[model]', or `coach model fetch` where there is a network.",
    )


def check_room(name: str, folder: Path, need: int, variable: str) -> CheckResult:
    """Whether ``folder`` can be written and its disk has ``need`` bytes left."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return CheckResult(
            check=name,
            verdict=CheckOutcome.FAILED,
            found=f"{folder} cannot be written",
            remedy=f"Make {existing} writable, or name another folder with {variable}.",
        )
    free = shutil.disk_usage(existing).free
    found = f"{folder}, {free / 1e9:.1f} GB free"
    if free >= need:
        return CheckResult(check=name, verdict=CheckOutcome.OK, found=found)
    return CheckResult(
        check=name,
        verdict=CheckOutcome.FAILED,
        found=found,
        remedy=f"Free {need / 1e6:.0f} MB, or name a folder on another disk with {variable}.",
    )


def check_privacy(calls: Path) -> CheckResult:
    """Whether others on this machine can read the journals."""
    if os.name != "posix" or not calls.exists():
        return CheckResult(check="privacy", verdict=CheckOutcome.OK, found="no calls kept yet")
    open_to_others = [p for p in calls.glob("*.jsonl") if p.stat().st_mode & 0o077]
    if not open_to_others:
        return CheckResult(
            check="privacy", verdict=CheckOutcome.OK, found="only you can read the calls"
        )
    return CheckResult(
        check="privacy",
        verdict=CheckOutcome.WARNING,
        found=f"{len(open_to_others)} journals can be read by others",
        remedy=f"chmod 600 {calls}/*.jsonl",
    )


def check_terminal(
    size: os.terminal_size, is_terminal: bool, encoding: str, environ: Mapping[str, str]
) -> CheckResult:
    """Whether the screen will fit and its characters can be shown."""
    if not is_terminal:
        found = "the output is no terminal; replay prints text there"
        return CheckResult(check="terminal", verdict=CheckOutcome.OK, found=found)
    found = f"{size.columns}x{size.lines}, {encoding}, TERM={environ.get('TERM', '')}"
    wrong = []
    if size.columns < NARROWEST or size.lines < LOWEST:
        wrong.append(f"Make the window at least {NARROWEST}x{LOWEST}.")
    if "utf" not in encoding.lower():
        wrong.append("Use a UTF-8 locale, e.g. LANG=C.UTF-8.")
    if os.name == "posix" and environ.get("TERM", "") in ("", "dumb"):
        wrong.append("Set TERM to what the terminal is, e.g. xterm-256color.")
    verdict = CheckOutcome.WARNING if wrong else CheckOutcome.OK
    return CheckResult(check="terminal", verdict=verdict, found=found, remedy=" ".join(wrong))


def _not_looked_at(check: str) -> CheckResult:
    found = "not looked at, since the settings cannot be used"
    return CheckResult(check=check, verdict=CheckOutcome.FAILED, found=found)


def _attempt(check: str, look: Callable[[], str]) -> CheckResult:
    """What ``look`` finds, or the error it ends with and its remedy."""
    try:
        return CheckResult(check=check, verdict=CheckOutcome.OK, found=look())
    except CoachError as error:
        return CheckResult(
            check=check, verdict=CheckOutcome.FAILED, found=error.message, remedy=error.remedy
        )


def _origins() -> dict[str, Path | None]:
    """The folder each of our packages would be imported from."""
    specs = {name: importlib.util.find_spec(name) for name in PACKAGES}
    return {n: Path(s.origin).parent if s and s.origin else None for n, s in specs.items()}
