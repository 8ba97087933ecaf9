"""Which cue of the catalogue is noticed by which rules (``packs/catalogue.toml``)."""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec

from rules.definition.rule import RuleBook


class CueEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cue: its rules, or the reason why it has none."""

    rules: tuple[str, ...] = ()
    without: str = ""


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """How one cue is covered by a book."""

    cue: str
    rules: tuple[str, ...]
    absent: tuple[str, ...]
    """Rules of the table that the book lacks or does not run."""
    without: str
    matches: int
    no_matches: int
    timelines: int

    @property
    def whole(self) -> bool:
        """True where every named rule runs, or a reason stands in."""
        return bool(self.without) or (bool(self.rules) and not self.absent)


def read_catalogue() -> dict[str, CueEntry]:
    """The table as it ships."""
    text = (resources.files("rules") / "packs" / "catalogue.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["cues"], dict[str, CueEntry])


def coverage(book: RuleBook) -> list[Covered]:
    """Every cue of the catalogue against the rules that run."""
    active = {r.id: r for r in book.active()}
    covered: list[Covered] = []
    for cue, entry in read_catalogue().items():
        rules = [active[i] for i in entry.rules if i in active]
        covered.append(
            Covered(
                cue=cue,
                rules=entry.rules,
                absent=tuple(i for i in entry.rules if i not in active),
                without=entry.without,
                matches=sum(e.expect for r in rules for e in r.examples),
                no_matches=sum(not e.expect for r in rules for e in r.examples),
                timelines=sum(len(r.timelines) for r in rules),
            )
        )
    return covered
