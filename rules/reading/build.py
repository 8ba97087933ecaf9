"""Turn one entry of a rule file into a Rule, noting every mistake in it.

The tables here are the whole grammar of a rule; ``rules/README.md`` explains it to people.
Types are those of ``rules.definition.rule``: msgspec converts and checks each value by itself, so
one bad value hides no other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from coach.events import Track
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    ExceptionReach,
    Meaning,
    Not,
    NotFollowed,
    Speaker,
    Wording,
    walk,
)
from rules.definition.conditions import Sequence as Follows
from rules.definition.examples import Example, ScriptedCall, ScriptedMoment
from rules.definition.exceptions import misplaced
from rules.definition.roles import Family, Role
from rules.definition.rule import CardSpec, Kind, Rule, Status, Timing, WrittenAt

from .condition_tables import LEVELS, NEVER, Conditions, fields_of
from .entries import Entry
from .problems import Problems, closest, kinds_in_words
from .ranges import bare, out_of_range

_ID = re.compile(r"[a-z][a-z_0-9]*(\.[a-z][a-z_0-9]*)+")
FAMILIES: Mapping[Family, tuple[Track, Speaker]] = {
    Family.SAFETY: (Track.SAFETY, Speaker.CUSTOMER),
    Family.THREAT: (Track.THREAT, Speaker.CUSTOMER),
    Family.CONDUCT: (Track.CONDUCT, Speaker.CUSTOMER),
    Family.LADDER: (Track.CONDUCT, Speaker.CUSTOMER),
    Family.ESCALATION: (Track.ESCALATION, Speaker.CUSTOMER),
    Family.AGENT: (Track.COACHING, Speaker.AGENT),
    Family.SAY: (Track.COACHING, Speaker.AGENT),
    Family.CHECKLIST: (Track.COACHING, Speaker.AGENT),
    Family.NOTE: (Track.COACHING, Speaker.ANY),
    Family.LINE: (Track.COACHING, Speaker.ANY),
}
"""What a rule's track and speaker are unless it says otherwise."""
_KEYS = (
    "id", "title", "role", "track", "severity", "status", "speaker", "when", "unless", "timing",
    "sensitivity", "support", "card", "false_positives", "match", "no_match", "todo_match",
    "todo_no_match", "timeline",
)  # fmt: skip
_EXAMPLES = {
    "match": (True, False),
    "no_match": (False, False),
    "todo_match": (True, True),
    "todo_no_match": (False, True),
}
UNTIL_ANSWERED = "until answered"
"""Value of ``card.hold`` for a card that never leaves by itself."""
LONGEST_DO = 60
LONGEST_SAY = 200


def family_of(rule_id: str) -> Family:
    """The family that the first part of an id names; OTHER where it names none."""
    first = rule_id.partition(".")[0]
    return Family(first) if first in FAMILIES else Family.OTHER


def build_rule(entry: Entry, lists: Mapping[str, Sequence[str]], problems: Problems) -> Rule | None:
    """The rule, or None if it has mistakes (which are noted)."""
    before = len(problems)
    reader = _Reader(entry, lists, problems)
    rule = reader.rule()
    return rule if len(problems) == before else None


class _Reader:
    def __init__(
        self, entry: Entry, lists: Mapping[str, Sequence[str]], problems: Problems
    ) -> None:
        self._entry = entry
        self._values = entry.values
        self._problems = problems
        self._conditions = Conditions(lists, self._wrong)

    def _wrong(self, key: str, message: str) -> None:
        self._problems.at(self._entry, key, message)

    def rule(self) -> Rule:
        self._unknown(self._values, _KEYS, "")
        rule_id = self._id()
        family = family_of(rule_id)
        track, speaker = FAMILIES.get(family, (Track.COACHING, Speaker.CUSTOMER))
        when, unless = self._conditions_of_rule()
        return Rule(
            id=rule_id,
            title=self._required("title", str, ""),
            family=family,
            roles=self._roles(),
            track=self._optional("track", Track, track),
            severity=self._severity(),
            status=self._optional("status", Status, Status.STABLE),
            speaker=self._optional("speaker", Speaker, speaker),
            when=when,
            unless=unless,
            timing=self._table("timing", Timing) or Timing(),
            card=self._card(),
            false_positives=tuple(self._optional("false_positives", list[str], [])),
            examples=self._examples(),
            timelines=self._timelines(),
            source=WrittenAt(
                file=self._entry.file,
                key="",
                line=self._entry.line,
                by=self._entry.by,
                reason=self._entry.reason,
            ),
            changes=self._entry.changes,
        )

    def _id(self) -> str:
        rule_id: str = self._required("id", str, "unnamed.rule")
        if not _ID.fullmatch(rule_id):
            self._wrong("id", f"{rule_id!r} is no id; expected family.name in lower case")
        elif family_of(rule_id) is Family.OTHER and "track" not in self._values:
            first = rule_id.partition(".")[0]
            self._wrong(
                "id",
                f"{first!r} is no family of rules; expected one of "
                f"{', '.join(FAMILIES)}, or give a track"
                + closest(first, [str(f) for f in FAMILIES]),
            )
        return rule_id

    def _roles(self) -> tuple[Role, ...]:
        given = self._values.get("role", [])
        roles: list[Role] = []
        for one in given if isinstance(given, list) else [given]:
            role = self._converted(one, Role, "role", None)
            if role is not None:
                roles.append(role)
        return tuple(dict.fromkeys(roles))

    def _severity(self) -> int:
        severity: int = self._required("severity", int, 0)
        if not 0 <= severity <= 4:
            self._wrong(
                "severity", f"expected 0 (good news) to 4 (life and safety), not {severity}"
            )
        return severity

    def _with_rate(self, when: AnyCondition, key: str, *, meant: bool) -> AnyCondition:
        """The condition with the rule's own rate under ``key`` in each of its meanings."""
        fields, hints = fields_of(Meaning)
        default = next(one.default for one in fields if one.name == key)
        rate = float(self._optional(key, hints[key], default))
        if not meant and not any(part is NEVER for part in walk(when)):
            self._without_meaning(key)
        return _changed(when, lambda leaf: msgspec.structs.replace(leaf, **{key: rate}))

    def _without_meaning(self, key: str) -> None:
        """A rate of no meaning; where a change took the meaning away, that has to be mended."""
        changed = {change.key.partition(".")[0] for change in self._entry.changes}
        if "when" in changed and key not in changed:
            self._wrong(
                "when",
                f"the rule's {key} belongs to a meaning; take it away too: remove.{key} = true",
            )
        else:
            self._wrong(key, "belongs to `when.meaning`, which this rule has not")

    def _conditions_of_rule(self) -> tuple[AnyCondition, tuple[AnyCondition, ...]]:
        """What must hold and what must not.

        Sentences under ``unless`` are near misses of the sentences under ``when``, where there
        are any: the closer of the two decides. So they become part of that condition.
        """
        when, unless = self._when(), self._unless()
        for wrong in misplaced(when, unless):
            self._wrong("reach", wrong)
        meant = any(isinstance(part, Meaning) for part in walk(when))
        for key in ("sensitivity", "support"):
            if key in self._values:
                when = self._with_rate(when, key, meant=meant)
        if not meant:
            return when, unless
        alike = [part for part in unless if isinstance(part, Meaning)]
        if any(part.reach is not ExceptionReach.UTTERANCE for part in alike):
            self._wrong(
                "unless.reach", "sentences beside those of 'when' go by the clause and have none"
            )
        unlike = tuple(s for part in alike for s in part.sentences)
        when = _changed(
            when, lambda leaf: msgspec.structs.replace(leaf, unlike=(*leaf.unlike, *unlike))
        )
        return when, tuple(part for part in unless if not isinstance(part, Meaning))

    def _when(self) -> AnyCondition:
        if "when" not in self._values:
            self._wrong("when", "missing; expected a condition")
            return NEVER
        return self._conditions.read(self._values["when"], "when")

    def _unless(self) -> tuple[AnyCondition, ...]:
        given = self._values.get("unless", [])
        many = given if isinstance(given, list) else [given]
        read = (self._conditions.read(one, "unless") for one in many)
        return tuple(part for one in read for part in _exceptions(one))

    def _card(self) -> CardSpec | None:
        values = self._values.get("card")
        if values is None:
            return None
        if isinstance(values, dict):
            values = {"do": "", **values}
            if values.get("hold") == UNTIL_ANSWERED:
                values["hold"] = None
            elif isinstance(values.get("hold"), str):
                self._wrong("card.hold", f"expected seconds or {UNTIL_ANSWERED!r}")
                del values["hold"]
            self._check_card(values)
        card: CardSpec | None = self._table("card", CardSpec, values)
        return card

    def _check_card(self, values: Mapping[str, object]) -> None:
        """What types do not say; on the values as given, so that one mistake hides no other."""
        do, says = values["do"], values.get("say", [])
        if not do:
            self._wrong("card.do", "missing; expected what the agent should do")
        if isinstance(do, str) and len(do) > LONGEST_DO:
            self._wrong("card.do", f"{len(do)} characters; expected at most {LONGEST_DO}")
        for say in says if isinstance(says, list) else []:
            if not isinstance(say, str):
                continue
            if len(say) > LONGEST_SAY:
                self._wrong(
                    "card.say",
                    f"{len(say)} characters; expected at most {LONGEST_SAY}: {say[:40]!r}...",
                )
            for name in re.findall(r"\{(.*?)\}", say):
                if name not in ("issue", "agent"):
                    self._wrong(
                        "card.say", f"{{{name}}} is no blank; expected {{issue}} or {{agent}}"
                    )

    def _examples(self) -> tuple[Example, ...]:
        return tuple(
            Example(text=text, expect=expect, todo=todo)
            for key, (expect, todo) in _EXAMPLES.items()
            for text in self._optional(key, list[str], [])
        )

    def _timelines(self) -> tuple[ScriptedCall, ...]:
        given = self._values.get("timeline", [])
        if not isinstance(given, list):
            self._wrong("timeline", "expected tables headed [[rule.timeline]]")
            return ()
        return tuple(t for values in given if (t := self._timeline(values)) is not None)

    def _timeline(self, values: object) -> ScriptedCall | None:
        if not isinstance(values, dict) or not isinstance(values.get("steps"), list):
            self._wrong("timeline", "expected a name and a list of steps")
            return None
        self._unknown(values, ("name", "steps"), "timeline.")
        name = values.get("name")
        if not isinstance(name, str) or not name:
            self._wrong("timeline.name", "missing; expected a few words")
            name = ""
        steps = tuple(s for one in values["steps"] if (s := self._step(one)) is not None)
        if any(a.at > b.at for a, b in itertools.pairwise(steps)):
            self._wrong("timeline.steps", f"{name!r}: the steps are not in order of 'at'")
        return ScriptedCall(name=name, steps=steps)

    def _step(self, values: object) -> ScriptedMoment | None:
        if not isinstance(values, dict):
            self._wrong("timeline.steps", 'expected tables such as { at = 3, customer = "..." }')
            return None
        level = values.get("level")
        if isinstance(level, str):
            if level not in LEVELS:
                self._wrong(
                    "timeline.steps",
                    f"{level!r} is no level; expected one of {', '.join(LEVELS)}"
                    + closest(level, LEVELS),
                )
                return None
            values = {**values, "level": LEVELS[level]}
        renamed: dict[str, object] = {str(k): v for k, v in values.items()}
        step: ScriptedMoment | None = self._struct(renamed, ScriptedMoment, "timeline.steps")
        return step

    # --- values ---------------------------------------------------------------------------

    def _required(self, key: str, kind: Any, stand_in: Any) -> Any:
        if key not in self._values or self._values[key] == "":
            self._wrong(key, f"missing; expected {_described(kind)}")
            return stand_in
        return self._optional(key, kind, stand_in)

    def _optional(self, key: str, kind: Any, default: Any) -> Any:
        if key not in self._values:
            return default
        return self._converted(self._values[key], kind, key, default)

    def _converted(self, value: object, kind: Any, key: str, default: Any) -> Any:
        try:
            return msgspec.convert(value, kind, strict=True)
        except msgspec.ValidationError as error:
            known = [str(m.value) for m in kind] if isinstance(kind, type(Status)) else []
            hint = (
                f"; expected one of {', '.join(known)}" + closest(str(value), known)
                if known
                else ""
            )
            wrong = out_of_range(value, kind) or kinds_in_words(str(error))
            self._wrong(key, (f"{value!r} is not known" if known else wrong) + hint)
            return default

    def _table(self, key: str, kind: Callable[..., Any], values: object = None) -> Any:
        values = self._values.get(key) if values is None else values
        if values is None:
            return None
        if not isinstance(values, dict):
            self._wrong(key, "expected a table")
            return None
        return self._struct(values, kind, key)

    def _struct(self, values: Mapping[str, object], kind: Any, key: str) -> Any:
        fields, hints = fields_of(kind)
        known = {f.encode_name: f for f in fields}
        self._unknown(values, tuple(known), f"{key}.")
        taken: dict[str, Any] = {}
        right = True
        for name, field in known.items():
            if name not in values:
                if field.required:
                    self._wrong(
                        f"{key}.{name}", f"missing; expected {_described(hints[field.name])}"
                    )
                    right = False
                continue
            marker = object()
            value = self._converted(values[name], hints[field.name], f"{key}.{name}", marker)
            if value is marker:
                right = False
            else:
                taken[field.name] = value
        return kind(**taken) if right else None

    def _unknown(self, values: Mapping[str, object], known: Sequence[str], prefix: str) -> None:
        for key in values:
            if key not in known:
                near = closest(key, known)
                self._wrong(
                    f"{prefix}{key}",
                    "unknown key" + (near or f"; expected one of {', '.join(known)}"),
                )


def _described(kind: Any) -> str:
    names = {str: "text", int: "a whole number", float: "a number", list[str]: "a list of texts"}
    if isinstance(kind, type(Kind)):
        return "one of " + ", ".join(str(m.value) for m in kind)
    return names.get(bare(kind), str(kind))


def _exceptions(condition: AnyCondition) -> tuple[AnyCondition, ...]:
    """Each of several exceptions that stand in one table, sentences apart from phrases."""
    parts = condition.of if isinstance(condition, AnyOf) else ()
    return parts if any(isinstance(part, Meaning) for part in parts) else (condition,)


def _changed(condition: AnyCondition, change: Callable[[Meaning], Meaning]) -> AnyCondition:
    """The condition with every Meaning in it changed."""
    if isinstance(condition, Meaning):
        return change(condition)
    if isinstance(condition, Wording) and condition.meaning is not None:
        return msgspec.structs.replace(condition, meaning=change(condition.meaning))
    if isinstance(condition, AllOf | AnyOf):
        of = tuple(_changed(part, change) for part in condition.of)
        return msgspec.structs.replace(condition, of=of)
    if isinstance(condition, Not | Count):
        return msgspec.structs.replace(condition, of=_changed(condition.of, change))
    if isinstance(condition, Follows | NotFollowed):
        first, then = _changed(condition.first, change), _changed(condition.then, change)
        return msgspec.structs.replace(condition, first=first, then=then)
    return condition
