"""The range and unit that a value's type declares (``coach.parameters``), and what lies outside."""

from __future__ import annotations

import math
import types
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec


def meta_of(hint: Any) -> msgspec.Meta | None:
    """What ``Annotated[float, seconds(0, 60)]``, or such a type or None, declares."""
    if get_origin(hint) in (Union, types.UnionType):
        return next((meta for one in get_args(hint) if (meta := meta_of(one)) is not None), None)
    if get_origin(hint) is Annotated:
        return next((one for one in get_args(hint)[1:] if isinstance(one, msgspec.Meta)), None)
    return None


def bare(hint: Any) -> Any:
    """The type without what it declares and without None."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = [one for one in get_args(hint) if one is not type(None)]
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def unit_of(meta: msgspec.Meta | None) -> str:
    """The unit, or nothing."""
    return str((meta.extra_json_schema or {}).get("unit", "")) if meta is not None else ""


def bounds(meta: msgspec.Meta | None) -> str:
    """The range with its unit, in words: ``0 to 600 s``."""
    if meta is None or meta.ge is None or meta.le is None:
        return ""
    return f"{meta.ge:g} to {meta.le:g} {unit_of(meta)}".rstrip()


def out_of_range(value: object, hint: Any) -> str:
    """What is wrong with a figure of the right type; empty where it lies within its range."""
    meta = meta_of(hint)
    if meta is None or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if bare(hint) is int and not isinstance(value, int):
        return ""
    if meta.ge is None or meta.le is None or meta.ge <= value <= meta.le:
        return ""
    shown = str(value) if math.isnan(value) else f"{value:g}"
    return f"expected {bounds(meta)}, not {shown}"
