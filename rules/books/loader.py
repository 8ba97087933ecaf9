"""Read rule packs: TOML files in, one RuleBook out, or every mistake at once.

``load_book()`` reads the packs that come with the product; ``packs`` names other files or
folders instead, ``overlay`` one or more files of changes (``rules.changes.overlay``),
``preferences`` an agent's own, laid over all the others. The form of a pack is described in
``rules/README.md``. Reading never stops at the first mistake: RulesError carries a list of
Problems, each with file, line, rule, key and what was expected.
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec

from coach.errors import InputError, RulesError
from rules.changes.overlay import Layer, apply_overlay
from rules.definition.conditions import CueSeen, walk
from rules.definition.rule import Rule, RuleBook
from rules.reading.build import build_rule
from rules.reading.entries import Entry, ListEntry, entries_of
from rules.reading.problems import Problem, Problems, closest

LANGUAGES = ("en",)
"""Languages that come with a pack."""
LARGEST = 2_000_000
"""Bytes of one file; more was not written by people (all shipped packs together have 0.3 MB)
and would be read for minutes without a word."""


ABSENT = (
    "make it (an empty one changes nothing, and `coach tune` makes the last one as it saves), or "
    "take its name out of where it is named"
)
"""What to do where a file of changes is not there."""


NamedLists = dict[str, tuple[str, ...]]
"""Lists of patterns, by the names that patterns call them by."""


class WrittenRules(msgspec.Struct, frozen=True, kw_only=True):
    """A set of rules as it is written, changes made, before it is built."""

    rules: tuple[Entry, ...]
    lists: NamedLists
    """The named lists that its patterns may use."""


class BadRulesError(RulesError):
    """One or more rule files have mistakes; ``problems`` lists all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            f"{count} mistake{'s' if count != 1 else ''} in the rules:\n"
            + "\n".join(f"  {p}" for p in self.problems),
            "\n`coach rules lint`, with the same options, checks them again.",
        )


def load_book(
    *,
    language: str = "en",
    packs: Sequence[Path] | None = None,
    overlay: Path | Sequence[Path] | None = None,
    preferences: Path | None = None,
) -> RuleBook:
    """All rules of a language, or of ``packs``, with the changes of every overlay made.

    BadRulesError if anything in any file is wrong.
    """
    problems = Problems()
    overlays = _several(overlay)
    rules, lists = _stacked(language, packs, overlays, preferences, problems)
    named = _named(lists, problems)
    built = [_built(entry, named, problems) for entry in _unique(rules, problems)]
    book = tuple(rule for rule in built if rule is not None)
    _check_references(book, {e.name for e in rules}, rules, problems)
    if problems:
        raise BadRulesError(problems.sorted())
    return RuleBook(rules=book, language=language, fingerprint=fingerprint(book))


def load_entries(
    *,
    language: str = "en",
    packs: Sequence[Path] | None = None,
    overlay: Path | Sequence[Path] | None = None,
    preferences: Path | None = None,
) -> list[Entry]:
    """The rules as values, before they are built; BadRulesError where a file cannot be read."""
    parts = load_parts(language=language, packs=packs, overlay=overlay, preferences=preferences)
    return list(parts.rules)


def load_parts(
    *,
    language: str = "en",
    packs: Sequence[Path] | None = None,
    overlay: Path | Sequence[Path] | None = None,
    preferences: Path | None = None,
) -> WrittenRules:
    """The same with the named lists, so that a rule can be built of other values."""
    problems = Problems()
    rules, lists = _stacked(language, packs, _several(overlay), preferences, problems)
    named = _named(lists, problems)
    if problems:
        raise BadRulesError(problems.sorted())
    return WrittenRules(rules=tuple(rules), lists=named)


def files_of(
    packs: Sequence[Path], overlays: Sequence[Path], preferences: Path | None
) -> list[Path]:
    """Every file that a set of rules is read from, those of pack folders singly."""
    own = [preferences] if preferences is not None else []
    return [*_files(packs, Problems()), *overlays, *own]


def _several(overlay: Path | Sequence[Path] | None) -> Sequence[Path]:
    if overlay is None:
        return ()
    return (overlay,) if isinstance(overlay, Path) else overlay


def _stacked(
    language: str,
    packs: Sequence[Path] | None,
    overlays: Sequence[Path],
    preferences: Path | None,
    problems: Problems,
) -> tuple[list[Entry], list[ListEntry]]:
    """The packs' rules and lists, with every file of changes laid over them in order."""
    files = builtin_files(language) if packs is None else _files(packs, problems)
    rules, lists = _entries(_texts(files, problems), problems)
    own = [preferences] if preferences is not None else []
    names = names_apart([*overlays, *own])
    apart, preferred = names[: len(overlays)], names[len(overlays) :]
    layers = [Layer(name=n, text=text) for n, text in _texts(overlays, problems, apart)]
    layers += [
        Layer(name=n, text=text, preferences=True) for n, text in _texts(own, problems, preferred)
    ]
    for layer in layers:
        rules = apply_overlay(layer, rules, lists, problems)
    return rules, lists


def fingerprint(rules: Iterable[Rule]) -> str:
    """SHA-256 over all that decides what the rules do; texts for people do not count."""
    bare = [bare_rule(rule) for rule in rules]
    return hashlib.sha256(msgspec.json.encode(bare)).hexdigest()


def bare_rule(rule: Rule) -> Rule:
    """The rule without what is for people only: two equal ones coach alike."""
    return msgspec.structs.replace(
        rule, source=None, examples=(), timelines=(), false_positives=(), changes=()
    )


def differing(one: RuleBook, other: RuleBook) -> tuple[str, ...]:
    """Ids of the rules that coach otherwise in one set than in the other."""
    before = {rule.id: bare_rule(rule) for rule in one.rules}
    after = {rule.id: bare_rule(rule) for rule in other.rules}
    return tuple(i for i in {**before, **after} if before.get(i) != after.get(i))


def builtin_files(language: str) -> list[Path]:
    """The pack files that come with the product."""
    if language not in LANGUAGES:
        raise InputError(
            f"There are no rules for the language {language!r}.",
            f"Available: {', '.join(LANGUAGES)}. Give your own with packs.",
        )
    folder = resources.files("rules") / "packs" / language
    with resources.as_file(folder) as path:
        return sorted(path.glob("*.toml"))


def _files(packs: Sequence[Path], problems: Problems) -> list[Path]:
    files: list[Path] = []
    for pack in packs:
        if _is_folder(pack):
            inside = sorted(pack.glob("*.toml"))
            if not inside:
                problems.add(pack.name, message="the folder holds no .toml file")
            files.extend(inside)
        else:
            files.append(pack)
    return files


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, say: reading it will say so
        return False


def names_apart(files: Sequence[Path]) -> list[str]:
    """What files of changes are called: their names, or their paths where two share a name."""
    count = Counter(file.name for file in files)
    return [file.name if count[file.name] == 1 else str(file) for file in files]


def _texts(
    files: Sequence[Path], problems: Problems, names: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """What the files hold, with their names; ``names`` are those of files of changes."""
    texts: list[tuple[str, str]] = []
    for file, name in zip(files, names or [file.name for file in files], strict=True):
        try:
            size = file.stat().st_size
            if size > LARGEST:
                message = f"{size / 1e6:.1f} MB, and at most {LARGEST / 1e6:g} MB are read"
                problems.add(name, message=f"{message}: is it a rule file?")
                continue
            texts.append((name, file.read_text(encoding="utf-8")))
        except UnicodeDecodeError as error:
            problems.add(name, message=f"not UTF-8 text (byte {error.start})")
        except FileNotFoundError:
            remedy = "name another, or take it out" if names is None else ABSENT
            problems.add(str(file), message=f"there is no such file; {remedy}")
        except OSError as error:
            problems.add(str(file), message=f"cannot be read: {error.strerror}")
    return texts


def _entries(
    files: Iterable[tuple[str, str]], problems: Problems
) -> tuple[list[Entry], list[ListEntry]]:
    rules: list[Entry] = []
    lists: list[ListEntry] = []
    for name, text in files:
        read = _read(name, text)
        problems.take(read.problems)
        rules += read.rules
        lists += read.lists
    return rules, lists


class _Read(NamedTuple):
    """What one file holds, and its mistakes."""

    rules: tuple[Entry, ...] = ()
    lists: tuple[ListEntry, ...] = ()
    problems: tuple[Problem, ...] = ()


@functools.lru_cache(maxsize=32)
def _read(name: str, text: str) -> _Read:
    """Kept, since reading is most of the work of loading: whoever changes a value copies it."""
    problems = Problems()
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(name, message=f"not TOML: {error}")
        return _Read(problems=problems.all())
    for key in document:
        if key not in ("rule", "lists"):
            problems.add(
                name,
                key=key,
                message="unknown key; expected [[rule]] or [lists]"
                + closest(key, ("rule", "lists")),
            )
    rules, lists = entries_of(name, text, document, problems)
    return _Read(tuple(rules), tuple(lists), problems.all())


def _built(entry: Entry, lists: NamedLists, problems: Problems) -> Rule | None:
    """The rule, or None where it has mistakes, which are noted.

    The same one where this very entry was built with the same lists before: sets of rules are
    mostly read again as they were, or with changes to a few rules.
    """
    known = _BUILT.get(id(entry))
    if known is None or known.entry is not entry or known.lists != lists:
        found = Problems()
        rule = build_rule(entry, lists, found)
        known = _Built(entry, lists, rule, found.all())
        while len(_BUILT) >= _MOST_BUILT:
            _BUILT.pop(next(iter(_BUILT)), None)
        _BUILT[id(entry)] = known
    problems.take(known.problems)
    return known.rule


class _Built(NamedTuple):
    """A rule and what it was built of."""

    entry: Entry
    lists: NamedLists
    rule: Rule | None
    problems: tuple[Problem, ...]


_BUILT: dict[int, _Built] = {}
"""The rules built last, by the identity of their entries, which stays taken meanwhile."""
_MOST_BUILT = 1000
"""Some sets of the size of the one that comes with the product."""


def _named(lists: Iterable[ListEntry], problems: Problems) -> NamedLists:
    named: NamedLists = {}
    for entry in lists:
        if entry.name in named:
            problems.add(
                entry.file, key=f"lists.{entry.name}", message="a list of that name exists already"
            )
        named[entry.name] = entry.words
    return named


def _unique(entries: Iterable[Entry], problems: Problems) -> list[Entry]:
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.name and entry.name in first:
            known = first[entry.name]
            problems.at(entry, "id", f"duplicate id; first used in {known.file}, line {known.line}")
        else:
            first[entry.name or f"\0{entry.file}{entry.line}"] = entry
    return list(first.values())


def _check_references(
    rules: Sequence[Rule], names: set[str], entries: Iterable[Entry], problems: Problems
) -> None:
    """Every rule that another one names exists (also if it has mistakes of its own)."""
    by_name: Mapping[str, Entry] = {e.name: e for e in entries}
    for rule in rules:
        named: list[tuple[str, str]] = []
        for place, condition in (("when", rule.when), *(("unless", u) for u in rule.unless)):
            for part in walk(condition):
                if isinstance(part, CueSeen):
                    named += [(f"{place} ... cue", n) for n in part.rules]
        if rule.card:
            named += [("card.done_when", n) for n in rule.card.done_when]
        for key, name in named:
            if not _exists(name, names):
                problems.at(
                    by_name[rule.id], key, f"no rule is called {name!r}" + closest(name, names)
                )


def _exists(name: str, names: set[str]) -> bool:
    if name.endswith(".*"):
        return any(n.startswith(name[:-1]) for n in names)
    return name in names
