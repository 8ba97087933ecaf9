"""Every figure that can be set: where, in which unit, within which bounds, and what it means.

All of it is read from the settings' own declarations (``coach.parameters``) and from the docstring
below each setting, so that nothing is said twice. A screen or a table can list it.
"""

from __future__ import annotations

import ast
import enum
import functools
import inspect
import textwrap
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from audio.detection.echo import EchoSettings
from audio.hardware.capture import CaptureSettings
from audio.listening.health import SilenceSettings
from audio.listening.listener import ListenerSettings
from audio.recognition.transcriber import TranscriberSettings
from audio.voices.live_turns import LiveSplitSettings
from audio.words.language import LanguageSettings
from coach.engine.engine import EngineSettings

GROUPS: dict[str, type[msgspec.Struct]] = {
    "engine": EngineSettings,
    "listening": ListenerSettings,
    "transcribing": TranscriberSettings,
    "capture": CaptureSettings,
    "echo": EchoSettings,
    "silence": SilenceSettings,
    "language": LanguageSettings,
    "one_microphone": LiveSplitSettings,
}
"""The settings of each part of the program."""
SETTABLE = "engine"
"""The group that ``settings.toml`` takes; the others are fixed, and listed for who measures."""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One setting."""

    path: str
    """``engine.cards.wait_s``; ``[]`` stands for each row of a table."""
    meaning: str
    beside: str = ""
    """Of a condition's option, the head that it stands beside."""
    kind: str
    """``number``, ``whole number``, ``yes or no``, ``text`` or ``list of texts``."""
    unit: str = ""
    least: float | None = None
    """Both bounds are allowed; None where there is none."""
    most: float | None = None
    size: int | None = None
    """How many figures a table has; None where it is no table."""
    optional: bool = False
    """Whether it may be left unset."""
    default: Any = None
    now: Any = None
    """What settings make of it; None where it is at its default."""

    @property
    def bounds(self) -> str:
        """The range with its unit, in words."""
        if self.least is None or self.most is None:
            return ""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.least:g} to {self.most:g}{unit}"


@functools.cache
def every_parameter() -> tuple[Parameter, ...]:
    """All settings of all groups, in the order in which they are declared."""
    return tuple(p for name, group in GROUPS.items() for p in _of(group, group(), name))


def settable() -> tuple[Parameter, ...]:
    """Those that ``settings.toml`` takes."""
    return tuple(p for p in every_parameter() if p.path.startswith(f"{SETTABLE}."))


def settable_with(chosen: EngineSettings) -> tuple[Parameter, ...]:
    """The same with what the chosen settings make of them."""
    present = _of(EngineSettings, chosen, SETTABLE)
    return tuple(
        msgspec.structs.replace(usual, now=None if now.default == usual.default else now.default)
        for usual, now in zip(settable(), present, strict=True)
    )


def _of(kind: type[msgspec.Struct], default: Any, path: str) -> Iterator[Parameter]:
    meanings = meanings_of(kind)
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        place = f"{path}.{field.encode_name}"
        usual = _default(default, field.name)
        hint, optional = _without_none(hints[field.name])
        inner, size = _element(hint)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            rows = place if size is None else f"{place}[]"
            yield from _of(inner, usual, rows)
            continue
        parts = _columns(inner)
        for number, part in enumerate(parts):
            yield _parameter(
                place if len(parts) == 1 else f"{place}[].{number}",
                part,
                meaning=meanings.get(field.name, ""),
                size=size,
                optional=optional,
                default=usual if len(parts) == 1 else tuple(row[number] for row in usual),
            )


def _parameter(path: str, hint: Any, **rest: Any) -> Parameter:
    bare, meta = _split(hint)
    kind = int if isinstance(bare, type) and issubclass(bare, enum.IntEnum) else bare
    return Parameter(
        path=path,
        kind=_KINDS.get(kind, "list of texts"),
        unit=(meta.extra_json_schema or {}).get("unit", "") if meta else "",
        least=meta.ge if meta else None,
        most=meta.le if meta else None,
        **rest,
    )


_KINDS = {float: "number", int: "whole number", bool: "yes or no", str: "text"}


def _columns(hint: Any) -> tuple[Any, ...]:
    """The types of a row's figures; the type itself where it is no row."""
    arguments = get_args(hint)
    return arguments if get_origin(hint) is tuple and Ellipsis not in arguments else (hint,)


def _default(default: Any, name: str) -> Any:
    """The usual value; of a table of rows, that of each row."""
    if isinstance(default, tuple):
        return tuple(getattr(row, name) for row in default)
    return getattr(default, name)


def _split(hint: Any) -> tuple[Any, msgspec.Meta | None]:
    if get_origin(hint) is Annotated:
        bare, *more = get_args(hint)
        return bare, next((one for one in more if isinstance(one, msgspec.Meta)), None)
    return hint, None


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) not in (Union, types.UnionType):
        return hint, False
    (kept,) = [one for one in get_args(hint) if one is not type(None)]
    return kept, True


def _element(hint: Any) -> tuple[Any, int | None]:
    """The type of a table's rows and their number; the type itself where it is no table."""
    bare, meta = _split(hint)
    arguments = get_args(bare)
    if get_origin(bare) is not tuple or arguments[-1:] != (Ellipsis,) or arguments[0] is str:
        return hint, None
    return arguments[0], (meta.max_length if meta else None) or 0


@functools.cache
def meanings_of(kind: type[msgspec.Struct]) -> dict[str, str]:
    """The docstring below each field, as one line; a base's where the field is the base's."""
    meanings: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        if issubclass(owner, msgspec.Struct) and owner is not msgspec.Struct:
            meanings |= _own_meanings(owner)
    return meanings


def _own_meanings(kind: type[msgspec.Struct]) -> dict[str, str]:
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    meanings: dict[str, str] = {}
    name = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            meanings[name] = " ".join(str(node.value.value).split())
            name = ""
    return meanings
