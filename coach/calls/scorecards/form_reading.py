"""Read a form: a TOML file in, one Form out, or every mistake in it at once.

Reading never stops at the first mistake. Each names its file, line, section, question and key,
what was expected, and the nearest known word.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from coach.calls.scorecards.form import Form, FormPart
from coach.calls.scorecards.form_checks import Complaint, contradictions
from coach.calls.scorecards.toml_places import Path as Steps
from coach.calls.scorecards.toml_places import TomlLines
from coach.errors import InputError, cause_of
from coach.notes.wording import count_of
from rules.reading.problems import closest, kinds_in_words

LARGEST = 1_000_000
"""Bytes of one form; more was not written by people."""
ENDING = ".toml"


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake and its place."""

    file: str
    line: int
    """1-based; 0 where it concerns the whole file."""
    place: str
    """Section, question and key, in words; empty for the whole file."""
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (where, self.place, self.message) if part)


class ReadForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a file came to."""

    form: Form | None
    """None where there are mistakes."""
    mistakes: tuple[Mistake, ...]


def shipped_forms() -> Path:
    """The folder of the forms that come with the product."""
    return Path(str(resources.files("coach.calls.scorecards") / "forms"))


def forms_in(folders: list[Path]) -> dict[str, Path]:
    """The files of forms by their name without ending; a later folder goes before an earlier."""
    return {file.stem: file for folder in folders for file in sorted(folder.glob(f"*{ENDING}"))}


def known_form(name: str, folders: list[Path]) -> Path | None:
    """The file of a form by its name without ending, or by the id in it; None where none is so."""
    known = forms_in(folders)
    by_id = (file for file in reversed(known.values()) if _id_in(file) == name)
    return known.get(name) or next(by_id, None)


def _id_in(file: Path) -> object:
    """The id that a file of a form gives; None where it has none or cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")).get("id")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


def find_form(name: str, folders: list[Path]) -> Path:
    """The file of a form by its path, or as ``known_form`` finds it. Raises InputError."""
    if name.endswith(ENDING) or len(Path(name).parts) > 1:
        return Path(name)
    found = known_form(name, folders)
    if found is not None:
        return found
    hint = closest(name, forms_in(folders)).lstrip("; ")
    raise InputError(
        f"There is no form {name!r}.",
        f"{hint[:1].upper()}{hint[1:]}" if hint else "`coach scorecard list` shows every form.",
    )


def read_form(path: Path) -> Form:
    """A form without mistakes. Raises InputError that lists them all."""
    read = examine(path)
    if read.form is not None:
        return read.form
    count = len(read.mistakes)
    lines = "\n".join(f"  {mistake}" for mistake in read.mistakes)
    raise InputError(
        f"{count_of(count, 'mistake')} in the form:\n{lines}",
        "\n`coach scorecard lint FORM` checks it again.",
    )


def examine(path: Path) -> ReadForm:
    """A form with its mistakes. Raises InputError where the file cannot be read."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InputError(f"{path} has {size / 1e6:.1f} MB, too much for a form.", "Is it one?")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The form {path} cannot be read: {cause_of(error)}.",
            "`coach scorecard list` shows every form.",
        ) from None
    return examine_text(path.name, text)


def examine_text(name: str, text: str) -> ReadForm:
    """As ``examine``, of a file's text."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mistake = Mistake(file=name, line=0, place="", message=f"not TOML: {error}")
        return ReadForm(form=None, mistakes=(mistake,))
    wrong = _placed(name, text, document, _misfits(document, Form, ()))
    if wrong:
        return ReadForm(form=None, mistakes=wrong)
    form = msgspec.convert(document, Form)
    wrong = _placed(name, text, document, contradictions(form, document))
    return ReadForm(form=None if wrong else form, mistakes=wrong)


def placed(path: Path, complaints: Iterable[Complaint]) -> tuple[Mistake, ...]:
    """What somebody else finds wrong with a form that was read, with its lines."""
    text = path.read_text(encoding="utf-8")
    return _placed(path.name, text, tomllib.loads(text), complaints)


def _placed(
    name: str, text: str, document: dict[str, Any], complaints: Iterable[Complaint]
) -> tuple[Mistake, ...]:
    places = TomlLines(text)
    told = {
        Mistake(
            file=name, line=places.line_of(steps), place=in_words(document, steps), message=message
        )
        for steps, message in complaints
    }
    return tuple(sorted(told, key=lambda m: (m.line, m.place, m.message)))


def in_words(document: Any, steps: Steps) -> str:
    """``section opening, question greeting, auto_fail.of``: where a person looks for it."""
    named: list[str] = []
    keys: list[str] = []
    value = document
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(step, int):
            label = value.get("id") or value.get("name") if isinstance(value, dict) else None
            named.append(f"{keys.pop()} {label or f'number {step + 1}'}")
        else:
            keys.append(step)
    return ", ".join([*named, *([".".join(keys)] if keys else [])])


# --- keys and types ------------------------------------------------------------------------------


def _misfits(table: Any, kind: type[FormPart], steps: Steps) -> Iterator[tuple[Steps, str]]:
    """Unknown and missing keys, and values of a wrong kind or size."""
    if not isinstance(table, dict):
        yield steps, "expected a table"
        return
    fields = _fields(kind)
    for name, field in fields.items():
        if name not in table and field.required:
            yield steps, f"{name!r} is missing"
    for name, value in table.items():
        inner = (*steps, name)
        if name not in fields:
            yield inner, f"there is no such key{closest(name, fields) or _known(fields)}"
            continue
        yield from _misfit(value, fields[name].type, inner)


@functools.cache
def _fields(kind: type[FormPart]) -> dict[str, FieldInfo]:
    """By name in the file; finding them out takes longer than reading a form."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _known(fields: dict[str, Any]) -> str:
    return f"; known are {', '.join(fields)}"


def _misfit(value: Any, kind: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    part, several = _part_of(kind)
    if part is not None and several:
        if not isinstance(value, list) or not value:
            yield steps, f"expected tables headed [[{steps[-1]}]]"
            return
        for number, one in enumerate(value):
            yield from _misfits(one, part, (*steps, number))
        return
    if part is not None:
        yield from _misfits(value, part, steps)
        return
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        yield steps, _expected(str(error), value)


def _part_of(kind: Any) -> tuple[type[FormPart] | None, bool]:
    """The struct that a field holds, where it holds one, and whether it holds a list of them."""
    for one in (kind, *get_args(kind)):
        if isinstance(one, type) and get_origin(one) is None and issubclass(one, FormPart):
            return one, get_origin(kind) is tuple
    return None, False


def _expected(error: str, value: Any) -> str:
    """What msgspec says, for a person."""
    if found := re.match(r"Invalid enum value '(.*)'", error):
        return f"{found[1]!r} is none of them{_kinds_hint(found[1])}"
    if "regex" in error:
        return f"{value!r} is no id: lower-case letters, digits, - and _, a letter first"
    return kinds_in_words(error.partition(" - at ")[0])


def _kinds_hint(word: str) -> str:
    known = ("yes_no", "scale", "choice", "number", "text", "question", "section", "form")
    return closest(word, known) or f"; a kind is one of {', '.join(known[:5])}"
