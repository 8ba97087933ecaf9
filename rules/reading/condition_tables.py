"""Read conditions: ``{ phrase = [...] }`` and its kin become ``rules.definition.conditions``.

A condition is a table with exactly one of the head keys below, plus options of its kind.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_type_hints

import msgspec
import re2
from msgspec.structs import FieldInfo

from coach.events import Level
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    CueSeen,
    Distress,
    Elapsed,
    ExceptionReach,
    LevelAtLeast,
    Loud,
    Meaning,
    Monologue,
    MoodBelow,
    MoodShare,
    MoodSlope,
    Near,
    Not,
    NotFollowed,
    Overtalk,
    Pace,
    Phrase,
    Regex,
    Silence,
    Speaker,
    Wording,
)
from rules.definition.conditions import Sequence as Follows
from rules.phrases.patterns import PatternError, compile_pattern, expand

from .problems import closest, kinds_in_words
from .ranges import out_of_range

Wrong = Callable[[str, str], None]

LEAVES: Mapping[str, tuple[Any, str]] = {
    "phrase": (Phrase, "any"),
    "wording": (Wording, "any"),
    "near": (Near, "groups"),
    "regex": (Regex, "pattern"),
    "meaning": (Meaning, "sentences"),
    "silence": (Silence, "longer_than"),
    "overtalk": (Overtalk, "by"),
    "monologue": (Monologue, "by"),
    "pace": (Pace, "by"),
    "loud": (Loud, "by"),
    "mood_share": (MoodShare, "share"),
    "mood_slope": (MoodSlope, "change"),
    "mood_below": (MoodBelow, "score"),
    "distress": (Distress, "at_least"),
    "level": (LevelAtLeast, "level"),
    "elapsed": (Elapsed, "longer_than"),
    "cue": (CueSeen, "rules"),
}
"""Head key of each leaf, its struct, and the field that the head key's value fills."""
TREES: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "any": (),
    "not": (),
    "count": ("at_least", "within"),
    "after": ("comes", "missing", "within", "before"),
}
HEADS = (*LEAVES, *TREES)
NEVER = Phrase(any=())
"""Stands in for a condition that could not be read."""
FEWEST_WORDS = 2
"""Of a sentence in a meaning: one word has too many."""
LEVELS = {level.name.lower(): level for level in Level}


class Conditions:
    """Reads conditions; tells ``wrong(key, message)`` of each mistake."""

    def __init__(self, lists: Mapping[str, Sequence[str]], wrong: Wrong) -> None:
        self._lists = lists
        self._wrong = wrong

    def read(self, values: object, key: str) -> AnyCondition:
        """The condition in ``values``; a stand-in where it has mistakes."""
        if not isinstance(values, dict):
            self._wrong(key, 'expected a table such as { phrase = ["..."] }')
            return NEVER
        heads = [k for k in values if k in HEADS]
        if "meaning" in heads and set(heads) <= {"meaning", "phrase", "wording"}:
            return self._together(values, key)
        if len(heads) > 1:  # "count" is also an option of overtalk and cue
            heads = [k for k in heads if k != "count"]
        if len(heads) != 1:
            unknown = next((k for k in values if k not in HEADS), "")
            self._wrong(
                key,
                (f"has {' and '.join(heads)}; " if heads else "names no condition; ")
                + f"expected exactly one of {', '.join(HEADS)}"
                + (closest(unknown, HEADS) if unknown and not heads else ""),
            )
            return NEVER
        head = heads[0]
        if head == "wording":
            self._wrong(f"{key}.wording", "belongs beside 'meaning'; alone, write 'phrase'")
            return NEVER
        if head in LEAVES:
            return self._leaf(head, values, key)
        return self._tree(head, values, key)

    def _together(self, values: Mapping[str, Any], key: str) -> AnyCondition:
        """Sentences, wordings and phrases side by side: any will do.

        A wording counts where the meaning does not speak against it, a phrase to the letter.
        """
        beside = {k: v for k, v in values.items() if k not in ("phrase", "wording")}
        meaning = self._leaf("meaning", beside, key)
        of: list[AnyCondition] = [meaning]
        for head in ("wording", "phrase"):
            if head in values:
                own = {k: v for k, v in values.items() if k in (head, "speaker", "reach")}
                leaf = self._leaf(head, own, key)
                if isinstance(leaf, Wording) and isinstance(meaning, Meaning):
                    leaf = msgspec.structs.replace(leaf, meaning=meaning)
                of.append(leaf)
        return AnyOf(of=tuple(of)) if len(of) > 1 else meaning

    # --- trees ----------------------------------------------------------------------------

    def _tree(self, head: str, values: Mapping[str, Any], key: str) -> AnyCondition:
        self._known(values, (head, *TREES[head]), key)
        if head in {"all", "any"}:
            parts = values[head]
            if not isinstance(parts, list) or not parts:
                self._wrong(f"{key}.{head}", "expected a list of conditions")
                return NEVER
            of = tuple(self.read(p, f"{key}.{head}.{n}") for n, p in enumerate(parts, 1))
            return AllOf(of=of) if head == "all" else AnyOf(of=of)
        if head == "not":
            return Not(of=self.read(values["not"], f"{key}.not"))
        if head == "count":
            at_least = self._number(Count, values, "at_least", key)
            return Count(
                of=self.read(values["count"], f"{key}.count"),
                at_least=int(at_least),
                within=self._number(Count, values, "within", key) if "within" in values else None,
            )
        return self._after(values, key)

    def _after(self, values: Mapping[str, Any], key: str) -> AnyCondition:
        first = self.read(values["after"], f"{key}.after")
        if ("comes" in values) == ("missing" in values):
            self._wrong(key, "expected either 'comes' or 'missing' beside 'after'")
            return NEVER
        within = self._number(NotFollowed, values, "within", key)
        if "comes" in values:
            if "before" in values:
                self._wrong(f"{key}.before", "belongs to 'missing', not to 'comes'")
            then = self.read(values["comes"], f"{key}.comes")
            return Follows(first=first, then=then, within=within)
        then = self.read(values["missing"], f"{key}.missing")
        has_before = "before" in values
        before = self._number(NotFollowed, values, "before", key) if has_before else 0.0
        return NotFollowed(first=first, then=then, within=within, before=before)

    def _number(self, kind: type, values: Mapping[str, Any], name: str, key: str) -> float:
        value = values.get(name)
        hint = fields_of(kind)[1][name]
        try:
            return float(_convert(value, hint))
        except msgspec.ValidationError:
            wanted = "a count" if name == "at_least" else "seconds"
            wrong = out_of_range(value, hint) or f"expected {wanted}, not {value!r}"
            self._wrong(f"{key}.{name}", wrong)
            return 1.0

    # --- leaves ---------------------------------------------------------------------------

    def _leaf(self, head: str, values: Mapping[str, Any], key: str) -> AnyCondition:
        struct, field = LEAVES[head]
        fields, hints = fields_of(struct)
        names = [one.name for one in fields if struct is not Wording or one.name != "meaning"]
        self._known(values, (head, *(n for n in names if n != field)), key)
        taken: dict[str, Any] = {}
        right = True
        for name in names:
            given = head if name == field else name
            if given not in values:
                continue
            try:
                taken[name] = _convert(values[given], hints[name])
            except msgspec.ValidationError as error:
                self._wrong(f"{key}.{given}", _expected(values[given], hints[name], error))
                right = False
        if not right:
            return NEVER
        leaf: AnyCondition = struct(**taken)
        return self._checked(leaf, key, head)

    def _checked(self, leaf: AnyCondition, place: str, head: str) -> AnyCondition:
        key = f"{place}.{head}"
        if isinstance(leaf, Phrase):
            return msgspec.structs.replace(leaf, any=self._patterns(leaf.any, key))
        if isinstance(leaf, Silence):
            said = self._patterns(leaf.unless_said, f"{place}.unless_said", may_be_empty=True)
            return msgspec.structs.replace(leaf, unless_said=said)
        if isinstance(leaf, Regex):
            self._regex(leaf.pattern, key)
        if isinstance(leaf, Meaning):
            self._meaning(leaf, key)
        if isinstance(leaf, Near):
            if len(leaf.groups) < 2 or not all(leaf.groups):
                self._wrong(key, "expected two or more lists of words")
            if leaf.words < len(leaf.groups):
                self._wrong(key, f"{leaf.words} words cannot hold {len(leaf.groups)} groups")
        return leaf

    def _patterns(
        self, sources: Sequence[str], key: str, *, may_be_empty: bool = False
    ) -> tuple[str, ...]:
        if not sources and not may_be_empty:
            self._wrong(key, "expected at least one phrase")
        read: list[str] = []
        for source in sources:
            try:
                expanded = expand(source, self._lists)
                compile_pattern(expanded)
            except PatternError as error:
                self._wrong(key, f"phrase {source!r}: {error}")
                continue
            read.append(expanded)
        return tuple(dict.fromkeys(read))

    def _meaning(self, leaf: Meaning, key: str) -> None:
        if not leaf.sentences:
            self._wrong(key, "expected at least one sentence")
        for sentence in (*leaf.sentences, *leaf.unlike):
            if len(sentence.split()) < FEWEST_WORDS:
                self._wrong(key, f"{sentence!r} is too short to have a meaning of its own; "
                            f"expected {FEWEST_WORDS} words or more, or a phrase")  # fmt: skip

    def _regex(self, pattern: str, key: str) -> None:
        options = re2.Options()
        options.log_errors = False
        try:
            expression = re2.compile(pattern, options=options)
        except re2.error as error:
            self._wrong(key, f"not a regular expression that RE2 can run: {_text(error)}")
            return
        if expression.search("") or expression.search("  "):
            self._wrong(key, "it matches empty text, so it would match anything")

    def _known(self, values: Mapping[str, Any], known: Sequence[str], key: str) -> None:
        for name in values:
            if name not in known:
                near = closest(name, known)
                self._wrong(
                    f"{key}.{name}",
                    "unknown key" + (near or f"; expected one of {', '.join(known)}"),
                )


@functools.cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[tuple[FieldInfo, ...], dict[str, Any]]:
    """The fields of a struct and their types by name, looked up once."""
    return msgspec.structs.fields(struct), get_type_hints(struct, include_extras=True)


def _convert(value: object, kind: Any) -> Any:
    if kind is Level and isinstance(value, str) and value in LEVELS:
        return LEVELS[value]
    if kind == tuple[str, ...] and isinstance(value, str):
        value = [value]
    if isinstance(value, bool):
        raise msgspec.ValidationError("Expected another type, got `bool`")
    return msgspec.convert(value, kind, strict=True)


def _expected(value: object, kind: Any, error: Exception) -> str:
    known: list[str] = []
    if kind is Level:
        known = list(LEVELS)
    elif kind in (Speaker, Speaker | None):
        known = [s.value for s in Speaker]
    elif kind is ExceptionReach:
        known = [reach.value for reach in ExceptionReach]
    if known:
        return f"{value!r} is not known; expected one of {', '.join(known)}" + closest(
            str(value), known
        )
    return out_of_range(value, kind) or kinds_in_words(str(error))


def _text(error: Exception) -> str:
    argument = error.args[0] if error.args else error
    return argument.decode("utf-8", "replace") if isinstance(argument, bytes) else str(argument)
