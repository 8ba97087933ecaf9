"""Writes entries of an overlay as TOML text that a person goes on with.

Only what a rule or a change is made of can be written: texts, figures, truth values, lists of
these, and tables. A file is never written anew: entries are put behind what it holds, so that
its remarks and its order stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONGEST_LINE = 100
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def entry_text(kind: str, values: Mapping[str, Any]) -> str:
    """One ``[[rule]]`` or ``[[change]]`` with its values in their order.

    Tables become dotted keys, and a dotted key stays one.
    """
    lines = [f"[[{kind}]]"]
    for key, value in values.items():
        inside = value.items() if isinstance(value, Mapping) else ()
        dotted = [(f"{key}.{name}", one) for name, one in inside] or [(key, value)]
        lines += [line for name, one in dotted for line in _lines(name, one)]
    return "\n".join(lines) + "\n"


def appended(text: str, entry: str) -> str:
    """A file's text with one more entry at its end."""
    return f"{text.rstrip()}\n\n{entry}" if text.strip() else entry


def _lines(key: str, value: Any) -> Iterator[str]:
    written = f"{_key(key)} = {_value(value)}"
    if len(written) <= LONGEST_LINE or not isinstance(value, Sequence) or isinstance(value, str):
        yield written
        return
    yield f"{_key(key)} = ["
    yield from (f"    {_value(one)}," for one in value)
    yield "]"


def _key(key: str) -> str:
    return ".".join(part if _BARE.fullmatch(part) else _text(part) for part in key.split("."))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inside} }}"
    return f"[{', '.join(map(_value, value))}]"


def _text(text: str) -> str:
    """A basic string; JSON's escapes are TOML's, but for the sign DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
