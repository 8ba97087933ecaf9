"""The phrases that tell an agent from a customer, read from ``role_phrases_en.toml``."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import NamedTuple

from coach.events import Channel

_FILE = "role_phrases_en.toml"


class RolePhrase(NamedTuple):
    """One way of giving oneself away."""

    kind: str
    """Phrases of one kind count once for a speaker, the heaviest of them."""
    role: Channel
    """Whose phrase it is."""
    weight: float
    pattern: re.Pattern[str]


class Phrases(NamedTuple):
    """All of them."""

    telling: tuple[RolePhrase, ...]
    announcement: re.Pattern[str]
    """A machine's words, which count for nobody."""


@functools.cache
def english() -> Phrases:
    """The phrases of English calls, compiled once."""
    data = tomllib.loads(resources.files("coach.calls").joinpath(_FILE).read_text("utf-8"))

    def compiled(patterns: list[str]) -> re.Pattern[str]:
        whole = "|".join(f"(?:{pattern})" for pattern in patterns)
        for name, part in data["parts"].items():
            whole = whole.replace(f"{{{name}}}", f"(?:{'|'.join(part)})")
        return re.compile(whole)

    return Phrases(
        telling=tuple(
            RolePhrase(one["kind"], Channel(one["role"]), one["weight"], compiled(one["patterns"]))
            for one in data["phrases"]
        ),
        announcement=compiled(data["announcements"]),
    )
