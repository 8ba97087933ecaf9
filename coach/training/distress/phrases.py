"""Our own sentences for training, drawn from the patterns of ``phrases_en.toml``."""

from __future__ import annotations

import importlib.resources
import random
import re
import tomllib

import msgspec

_SLOT = re.compile(r"\{(\w+)\}")


class PhraseGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns that show the same distress."""

    name: str
    target: float
    """The distress they show, 0 to 1."""
    draws: int
    """How many sentences to draw; repeated ones are kept once."""
    lines: tuple[str, ...]


class TrainingSentence(msgspec.Struct, frozen=True, kw_only=True):
    """One training sentence."""

    text: str
    target: float
    """The distress it shows, 0 to 1."""
    group: str = ""


class _Patterns(msgspec.Struct, frozen=True, kw_only=True):
    slots: dict[str, list[str]]
    expand: dict[str, list[str]]
    group: list[PhraseGroup]


def patterns() -> _Patterns:
    """The content of ``phrases_en.toml``."""
    file = importlib.resources.files("coach.training.distress").joinpath("phrases_en.toml")
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), _Patterns)


def draw(dice: random.Random) -> list[TrainingSentence]:
    """Fill every pattern's slots by chance, each pattern of a group equally often."""
    source = patterns()
    slots = {**source.slots, **source.expand}
    sentences: dict[str, TrainingSentence] = {}
    for group in source.group:
        for number in range(group.draws):
            text = _fill(group.lines[number % len(group.lines)], slots, dice)
            sentences.setdefault(
                text.lower(), TrainingSentence(text=text, target=group.target, group=group.name)
            )
    return list(sentences.values())


def _fill(text: str, slots: dict[str, list[str]], dice: random.Random) -> str:
    while found := _SLOT.search(text):
        text = text[: found.start()] + dice.choice(slots[found[1]]) + text[found.end() :]
    return text
