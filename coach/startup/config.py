"""The settings file: what an agent or a supervisor may set once instead of typing it each time.

``settings.toml`` lies in the configuration folder. Every key is optional; an unknown key, a
wrong type or a figure out of range is an error that names the file and the key, because a
setting that is silently ignored is worse than none. The command line wins over the file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from coach.calls.redaction.redactor import RedactionSettings
from coach.errors import InputError, cause_of
from coach.startup.paths import Paths

__all__ = [
    "AudioSettings",
    "ClusterSettings",
    "FloorSettings",
    "ModelSettings",
    "Paths",
    "RedactionSettings",
    "RuleSettings",
    "Settings",
    "load",
]


LARGEST = 1_000_000
"""Bytes; more was not written by a person and takes minutes to read."""
TOML_REMEDY = "The README shows the form of a settings file."


class ModelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[model]``: which speech model is used."""

    name: str | None = None
    """A name that ``coach model list`` shows, or a folder; None is the default model."""
    offline: bool = False
    """Never ask the network for a model."""


class AudioSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[audio]``: where the two voices come from."""

    microphone: str | None = None
    """Name or number of the agent's device, as ``coach devices`` lists it."""
    far_end: str | None = None
    """Name or number of the customer's source, as ``coach devices`` lists it."""
    mixed: bool = False
    """Live calls have one microphone for both people; a ``--far-end`` on the command line wins."""
    agent_channel: Literal["left", "right"] | None = None
    """Which side of a stereo recording is the agent; None takes the left one until the words of
    the opening say otherwise."""
    imported: Literal["batch", "live"] = "batch"
    """How recordings are heard that ``coach import`` brings in: ``batch`` by whole phrases, or
    ``live`` as a replay hears them, with drafts, at several times the computing."""


class RuleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[rules]``: which rules are in force."""

    packs: tuple[Path, ...] = ()
    """Rule files or folders; empty means the packs that come with Coach."""
    overlay: tuple[Path, ...] = ()
    """The team's changes: one file, or several in the order in which they are made."""
    preferences: Path | None = None
    """The agent's own changes; None means ``preferences.toml`` in the configuration folder, where
    there is one."""
    language: str = "en"


class FloorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[floor]``: the MQTT broker over which a floor follows its calls."""

    broker: str = ""
    """Host, or host and port; empty where there is none."""
    tls: bool = True
    """Encrypted, and the broker's certificate checked."""
    ca: Path | None = None
    """Certificates that the broker's must be signed by; None means those of the system."""
    certificate: Path | None = None
    """The agent's own certificate, where the broker asks for one."""
    key: Path | None = None
    """Its key, where that is not in the same file."""
    user: str = ""
    password_file: Path | None = None
    """A file whose first line is the password."""
    password_env: str = ""
    """An environment variable that holds the password."""
    topic: str = "coach"
    """The beginning of every topic."""
    words: bool = False
    """Whether what was said is told too, masked as in the journal."""


class ClusterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[cluster]``: how this machine and a Dask cluster know each other (TLS)."""

    ca: Path | None = None
    """Certificates that the cluster's must be signed by."""
    certificate: Path | None = None
    key: Path | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings, each at its default unless the file says otherwise."""

    model: ModelSettings = ModelSettings()
    audio: AudioSettings = AudioSettings()
    rules: RuleSettings = RuleSettings()
    agent: str = ""
    """The agent's name as wordings may say it; empty leaves it out."""
    journal: bool = True
    """Write a journal of every call."""
    redaction: RedactionSettings = RedactionSettings()
    floor: FloorSettings = FloorSettings()
    cluster: ClusterSettings = ClusterSettings()
    engine: dict[str, Any] = {}
    """``[engine]``: thresholds of the coaching engine; ``coach.startup.setup`` checks them against
    ``coach.engine.engine.EngineSettings``."""


def load(file: Path | None = None) -> Settings:
    """The settings in ``file``; the user's own file unless given, all defaults if absent.

    A file that was named but does not exist is an error. Paths in it are relative to it.
    Raises InputError with the file and the key.
    """
    chosen = Paths.of().settings if file is None else file
    try:
        if chosen.is_file() and chosen.stat().st_size > LARGEST:
            raise InputError(
                f"The settings file {chosen} has {chosen.stat().st_size / 1e6:.1f} MB; at most "
                f"{LARGEST / 1e6:g} MB are read.",
                "Is it the right file?",
            )
        text = chosen.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if file is None:
            return Settings()
        raise InputError(
            f"The settings file {file} is not there.", "Check its name and folder."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The settings file {chosen} cannot be read: {cause_of(error)}.",
            "It must be a text file in UTF-8.",
        ) from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{chosen} is not valid TOML: {error}.", TOML_REMEDY) from error
    _as_list(values.get("rules"), "overlay")
    try:
        settings = msgspec.convert(values, Settings, dec_hook=_path)
    except msgspec.ValidationError:
        raise _all_mistakes(chosen, values) from None
    return _anchored(settings, chosen.parent)


def _path(wanted: type, value: object) -> Path:
    """The only type in the settings that TOML does not know."""
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"expected a path in quotes, got {value!r}")


def _all_mistakes(file: Path, values: dict[str, Any]) -> InputError:
    from coach.startup.settings_check import (  # noqa: PLC0415 - slow: it knows the engine
        complain,
        engine_mistakes,
        struct_mistakes,
    )

    mistakes = list(struct_mistakes(values, Settings, hook=_path))
    engine = values.get("engine")
    if isinstance(engine, dict):
        mistakes += engine_mistakes(engine)
    return complain(str(file), mistakes)


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Relative paths of the file are meant from where the file lies."""
    rules, floor, cluster = settings.rules, settings.floor, settings.cluster

    def anchored(path: Path | None) -> Path | None:
        return path and folder / path.expanduser()

    return msgspec.structs.replace(
        settings,
        rules=msgspec.structs.replace(
            rules,
            packs=tuple(folder / p.expanduser() for p in rules.packs),
            overlay=tuple(folder / p.expanduser() for p in rules.overlay),
            preferences=anchored(rules.preferences),
        ),
        cluster=ClusterSettings(
            ca=anchored(cluster.ca),
            certificate=anchored(cluster.certificate),
            key=anchored(cluster.key),
        ),
        floor=msgspec.structs.replace(
            floor,
            ca=anchored(floor.ca),
            certificate=anchored(floor.certificate),
            key=anchored(floor.key),
            password_file=anchored(floor.password_file),
        ),
    )


def _as_list(table: object, key: str) -> None:
    """One text where several may stand is a list of one."""
    if isinstance(table, dict) and isinstance(table.get(key), str):
        table[key] = [table[key]]
