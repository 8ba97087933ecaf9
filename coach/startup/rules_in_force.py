"""The one set of rules in force: packs, a team's overlays, an agent's preferences, in that order.

Every command takes it from the settings, unless the options of ``add_rules_options`` say
otherwise, and says in one line which it is (``RulesInForce.told``).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from coach.errors import InputError
from coach.startup.config import Settings, load
from coach.startup.paths import Paths
from rules.books.loader import (
    WrittenRules,
    files_of,
    load_book,
    load_entries,
    load_parts,
    names_apart,
)
from rules.definition.rule import RuleBook
from rules.reading.entries import Entry
from rules.reading.problems import closest

PREFERENCES = "preferences.toml"
"""The agent's own changes; taken from the configuration folder where it lies there."""

NOWHERE = Path(os.devnull)
"""Stands for the preferences of who wants none."""


class RulesInForce(msgspec.Struct, frozen=True, kw_only=True):
    """Which files the rules are read from."""

    packs: tuple[Path, ...] = ()
    """Files or folders; empty means the packs that come with Coach."""
    overlays: tuple[Path, ...] = ()
    """In the order in which they are laid over the packs."""
    preferences: Path | None = None
    """Laid over all of these."""
    usual: Path | None = None
    """The same where no file is named, once there is this one."""
    language: str = "en"

    def load(self) -> RuleBook:
        """Read all of it; RulesError with every mistake in every file."""
        return load_book(
            language=self.language,
            packs=self.packs or None,
            overlay=self.overlays,
            preferences=self._own(),
        )

    def unchanged(self) -> RuleBook:
        """The packs alone."""
        return load_book(language=self.language, packs=self.packs or None)

    def entries(self) -> list[Entry]:
        """The rules as values, changes made."""
        return load_entries(
            language=self.language,
            packs=self.packs or None,
            overlay=self.overlays,
            preferences=self._own(),
        )

    def parts(self) -> WrittenRules:
        """The same with the named lists, to build a rule of other values."""
        return load_parts(
            language=self.language,
            packs=self.packs or None,
            overlay=self.overlays,
            preferences=self._own(),
        )

    def files(self) -> list[Path]:
        """What a person may edit: every file but the packs that come with Coach."""
        return files_of(self.packs, self.overlays, self.preferences or self.usual)

    @property
    def changed(self) -> bool:
        """Whether anything is laid over the packs."""
        return bool(self.overlays) or self._own() is not None

    def line(self, book: RuleBook) -> str:
        """Which rules these are, on one line; files by their names, the same on any machine."""
        own = self._own()
        over = names_apart([*self.overlays, *([own] if own else [])])
        return self._line([one.name for one in self.packs], over, book)

    def told(self, book: RuleBook) -> str:
        """The same for a person at this machine, who sees where the files lie."""
        own = self._own()
        packs, over = self.packs, [*self.overlays, *([own] if own else [])]
        folders = {as_typed(one.parent) for one in [*packs, *over]}
        if len(folders) > 1:
            return self._line([as_typed(p) for p in packs], [as_typed(p) for p in over], book)
        line = self._line([one.name for one in packs], [one.name for one in over], book)
        return "; in ".join([line, *(folders - {"."})])

    def _line(self, packs: list[str], over: list[str], book: RuleBook) -> str:
        first = packs or [f"shipped packs ({self.language})"]
        return f"{' + '.join([*first, *over])}; {counted(book)}"

    def _own(self) -> Path | None:
        usual = self.usual if self.usual is not None and self.usual.is_file() else None
        return self.preferences or usual


def as_typed(path: Path) -> str:
    """A path as a person would type it: the shortest of whole, from here, and from home."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are named
    forms = [str(whole)]
    if whole.is_relative_to(Path.cwd()):
        forms.append(str(whole.relative_to(Path.cwd())))
    if whole.is_relative_to(Path.home()):
        forms.append(str("~" / whole.relative_to(Path.home())))
    return min(forms, key=len)


def without_missing(in_force: RulesInForce, overlay: Path | None) -> RulesInForce:
    """The rules without an overlay that is to be made, while there is no such file."""
    if overlay is None or overlay.exists():
        return in_force
    others = tuple(one for one in in_force.overlays if one != overlay)
    return msgspec.structs.replace(in_force, overlays=others)


def counted(book: RuleBook) -> str:
    """How many rules of a set run, and its fingerprint."""
    running = f"{len(book.active())} of {len(book.rules)} rules run"
    return f"{running}; fingerprint {book.fingerprint[:12]}"


def add_rules_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which rules are meant, the same for every command."""
    parser.add_argument("--settings", type=Path, metavar="FILE", help="another settings file")
    parser.add_argument(
        "--rules",
        type=Path,
        action="append",
        metavar="PATH",
        help="a rule file or folder instead of the packs of the settings (repeatable)",
    )
    changes = parser.add_mutually_exclusive_group()
    changes.add_argument(
        "--overlay",
        type=Path,
        action="append",
        metavar="FILE",
        help="changes to the rules instead of those of the settings (repeatable, in order)",
    )
    changes.add_argument(
        "--no-overlay", action="store_true", help="the packs alone, without any changes"
    )


def rules_named(args: argparse.Namespace) -> bool:
    """Whether the command line asks for certain rules, where a call has its own."""
    return bool(args.rules or args.overlay or args.no_overlay or args.rules_in_force)


def with_rules_of(args: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with the rules that the command line names."""
    rules = settings.rules
    if args.rules:
        rules = msgspec.structs.replace(rules, packs=tuple(args.rules))
    if args.overlay or args.no_overlay:
        rules = msgspec.structs.replace(
            rules, overlay=tuple(args.overlay or ()), preferences=NOWHERE
        )
    return msgspec.structs.replace(settings, rules=rules)


def rules_of(settings: Settings) -> RulesInForce:
    """Which rules some settings ask for."""
    rules = settings.rules
    none = rules.preferences == NOWHERE
    return RulesInForce(
        packs=rules.packs,
        overlays=rules.overlay,
        preferences=None if none else rules.preferences,
        usual=None if none else Paths.of().config / PREFERENCES,
        language=rules.language,
    )


def absent_set_aside(
    args: argparse.Namespace, settings: Settings
) -> tuple[Settings, tuple[Path, ...]]:
    """Settings without those of their overlays that are not there, and these overlays.

    What the command line names must be there.
    """
    rules = settings.rules
    absent = () if args.overlay else tuple(one for one in rules.overlay if _is_absent(one))
    there = tuple(one for one in rules.overlay if one not in absent)
    rules = msgspec.structs.replace(rules, overlay=there)
    return msgspec.structs.replace(settings, rules=rules), absent


def _is_absent(file: Path) -> bool:
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # reading it says what is wrong with it
        return False
    return False


def rules_asked_for(args: argparse.Namespace) -> RulesInForce:
    """Which rules the settings and the command line ask for."""
    return rules_of(with_rules_of(args, load(args.settings)))


def load_and_say(in_force: RulesInForce) -> RuleBook:
    """Read the rules and say on standard error which they are."""
    book = in_force.load()
    print(f"rules: {in_force.told(book)}", file=sys.stderr)
    return book


def unknown_rule(name: str, known: Iterable[str]) -> InputError:
    """What to raise where a rule was named that is not there; it says which comes near."""
    near = closest(name, known).lstrip("; ")
    return InputError(
        f"No rule is called {name!r}.",
        (near[:1].upper() + near[1:]) or "`coach rules list` shows them all.",
    )
