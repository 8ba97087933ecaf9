"""What is known of a call that comes in: whose it was, when, and who is who.

From the most to the least particular: a JSON file beside the call, a row of a table, the file's
name, the command line, the file itself. Each lies over the next.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from coach.errors import UNREADABLE, InputError, cause_of

FIELDS = ("agent", "queue", "tags", "caller", "started", "sides")
"""What can be known; ``tags`` and ``sides`` are lists with ``;`` where they are text."""
_SEPARATORS = ",;\t"


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What one place says of a call; None where it says nothing."""

    agent: str | None = None
    queue: str | None = None
    tags: tuple[str, ...] | None = None
    caller: str | None = None
    started: str | None = None
    """ISO 8601 with offset."""
    dated_by: str | None = None
    """Which place says when it started."""
    sides: dict[str, str] | None = None
    """Name of a speaker: ``agent`` or ``customer``."""
    language: str | None = None
    """Its code, alone or with a country: ``en``, ``en-US``."""


def laid_over(*places: Details) -> Details:
    """All places together; the first that says something is believed."""
    values: dict[str, object] = {}
    for place in places:
        for field in Details.__struct_fields__:
            value = getattr(place, field)
            if value is not None and field not in values:
                values[field] = value
    return Details(**values)  # type: ignore[arg-type]


def details_of(fields: Mapping[str, object], where: str) -> Details:
    """Details from names and values, empty ones left out; ``where`` is for people.

    Raises InputError.
    """
    values: dict[str, object] = {}
    for name in FIELDS:
        value = fields.get(name)
        if value is None or value == "":
            continue
        if name == "started":
            values["started"] = moment(value, where)
            values["dated_by"] = where
        elif name == "tags":
            values["tags"] = tuple(_listed(value))
        elif name == "sides":
            values["sides"] = sides_of(value, where)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            values[name] = str(value)
        else:
            raise InputError(f"{where}: {name} is no text: {value!r}.", "Write it in quotes.")
    return Details(**values)  # type: ignore[arg-type]


def moment(value: object, where: str) -> str:
    """A start in ISO 8601 with offset; a time without one is of this machine's zone."""
    try:
        return datetime.fromisoformat(str(value).strip()).astimezone().isoformat()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"{where}: {value!r} is no time of start.",
            "Write 2026-03-04T09:30, with +01:00 or not.",
        ) from None


def sides_of(value: object, where: str) -> dict[str, str]:
    """Who is who: a table, or ``Anna=agent; Caller=customer``. Raises InputError."""
    if isinstance(value, dict):
        pairs = [(str(name), str(side)) for name, side in value.items()]
    else:
        split = [part.rpartition("=") for part in _listed(value)]
        pairs = [(name, side) for name, _, side in split]
    sides = {name.strip(): side.strip().lower() for name, side in pairs}
    if not all(sides) or not set(sides.values()) <= {"agent", "customer"}:
        raise InputError(
            f"{where}: {value!r} does not say who is who.",
            "Write the speaker's name and agent or customer, as in Anna=agent.",
        )
    return sides


def _listed(value: object) -> list[str]:
    parts = value if isinstance(value, list) else re.split(r"[;,]", str(value))
    return [text for part in parts if (text := str(part).strip())]


# --- the file's name -----------------------------------------------------------------------------


class NamePattern:
    """Reads details out of file names: ``{agent}_{caller}_{started:%Y%m%d-%H%M}``.

    ``{}`` stands for anything; the ending of the name is left out.
    """

    def __init__(self, pattern: str) -> None:
        """Raise InputError where the pattern is none."""
        self.pattern = pattern
        self._form = ""
        regex = ""
        rest = pattern
        while (found := re.search(r"\{(\w*)(?::([^{}]*))?\}", rest)) is not None:
            regex += re.escape(rest[: found.start()])
            name, form = found[1], found[2] or ""
            if name and name not in FIELDS[:-1]:
                raise InputError(
                    f"--pattern {pattern!r}: there is no {{{name}}}.",
                    f"Known are {', '.join(FIELDS[:-1])}, and {{}} for anything.",
                )
            if f"(?P<{name}>" in regex:
                raise InputError(f"--pattern {pattern!r} has {{{name}}} twice.")
            if name == "started" and not _is_form(form):
                raise InputError(
                    f"--pattern {pattern!r}: {form!r} is no form of a time.",
                    "Write each of %Y %m %d %H %M %S once, as in {started:%Y%m%d-%H%M}.",
                )
            self._form = form if name == "started" else self._form
            inside = _of_form(form) if form else ".+?"
            regex += f"(?P<{name}>{inside})" if name else ".*?"
            rest = rest[found.end() :]
        if not regex or "{" in rest or "}" in rest:
            raise InputError(
                f"--pattern {pattern!r} names nothing.",
                "Write it as in '{agent}_{caller}_{started:%Y%m%d-%H%M}'.",
            )
        self._regex = re.compile(regex + re.escape(rest))

    def read(self, path: Path) -> Details:
        """What a file's name says. Raises InputError where it does not fit."""
        found = self._regex.fullmatch(path.stem)
        if found is None:
            raise InputError(f"{path.name} does not fit the pattern {self.pattern!r}.")
        fields: dict[str, object] = dict(found.groupdict())
        if self._form:
            try:
                started = datetime.strptime(found["started"], self._form).astimezone()
            except ValueError:
                raise InputError(
                    f"{path.name}: {found['started']!r} is no time in the form {self._form!r}."
                ) from None
            fields["started"] = started.isoformat()
        return details_of(fields, "file name")


def _is_form(form: str) -> bool:
    """Whether ``strptime`` takes it: each thing once, and none that it does not know."""
    letters = [letter for letter in re.findall("%(.?)", form) if letter != "%"]
    return len({*letters}) == len(letters) and {*letters} <= {*"aAwdbBmyYHIpMSfzZjUWcxXGuV"}


_DIRECTIVES = {"Y": r"\d{4}", "f": r"\d{1,6}", "z": r"(?:[+-]\d\d:?\d\d|Z)"} | dict.fromkeys(
    "ymdHIMS", r"\d{1,2}"
)


def _of_form(form: str) -> str:
    """What a time in a form of ``strptime`` looks like."""
    parts = re.split(r"%(.)", form)
    plain = [re.escape(part) for part in parts[::2]]
    times = [_DIRECTIVES.get(letter, ".+?") for letter in parts[1::2]] + [""]
    return "".join(text + time for text, time in zip(plain, times, strict=True))


# --- a table of many calls -----------------------------------------------------------------------


class DetailsTable:
    """A CSV file with a row for each call: ``file`` and any of the other fields."""

    def __init__(self, path: Path) -> None:
        """Read it. Raises InputError."""
        self.path = path
        self._rows: dict[str, Details] = {}
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"The table {path} cannot be read: {cause_of(error)}.",
                "Check its name and folder; it must be a CSV file in UTF-8.",
            ) from None
        head = text.partition("\n")[0]
        separator = max(_SEPARATORS, key=head.count)
        reader = csv.DictReader(io.StringIO(text), delimiter=separator, restval="")
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        if "file" not in names or not set(names) & set(FIELDS):
            raise InputError(
                f"The table {path} needs a column file and one of {', '.join(FIELDS)}.",
                f"Its first line has {', '.join(names) or 'nothing'}.",
            )
        self.unused = tuple(name for name in names if name not in ("file", *FIELDS))
        """Columns that say nothing to Coach."""
        reader.fieldnames = names
        for row in self._read(reader):
            key = Path(str(row["file"]).replace("\\", "/")).as_posix().casefold()
            if key in self._rows:
                raise InputError(f"The table {path} names {row['file']!r} twice.")
            where = f"{path.name}, line {reader.line_num}"
            self._rows[key] = details_of({k: v.strip() for k, v in row.items() if k and v}, where)

    def _read(self, reader: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
        try:
            yield from reader
        except csv.Error as error:
            raise InputError(
                f"The table {self.path} cannot be read: {cause_of(error)}.",
                "It must be a CSV file in UTF-8.",
            ) from None

    def read(self, path: Path) -> Details:
        """What the table says of a file: by its path, its name, or its name without ending."""
        return self._rows.get(self._key(path), Details())

    def absent(self, files: Iterable[Path]) -> tuple[str, ...]:
        """Files that the table names and that are not among these."""
        return tuple(sorted(self._rows.keys() - {self._key(path) for path in files}))

    def _key(self, path: Path) -> str:
        """What the table calls a file; empty where it does not name it."""
        parts = path.as_posix().casefold().split("/")
        keys = ["/".join(parts[start:]) for start in range(len(parts))]
        return next((key for key in (*keys, path.stem.casefold()) if key in self._rows), "")


# --- a file beside each call ---------------------------------------------------------------------


def sidecars_of(path: Path) -> Iterable[Path]:
    """Where a call's details may lie beside it."""
    names = (f"{path.name}.json", f"{path.stem}.meta.json", f"{path.stem}.json")
    return (path.with_name(name) for name in names if name != path.name)


def read_sidecar(path: Path) -> Details | None:
    """What a JSON file beside a call says; None where there is none, or it is something else.

    Raises InputError where it cannot be read or understood.
    """
    try:
        fields = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, *UNREADABLE) as error:
        raise InputError(
            f"{path.name} beside it cannot be read: {cause_of(error)}.", "Mend it, or take it away."
        ) from None
    if not is_sidecar(fields):
        return None
    return details_of({str(k).lower(): v for k, v in fields.items()}, path.name)


def is_sidecar(content: object) -> bool:
    """Whether a JSON file holds details of a call and no transcript."""
    if not isinstance(content, dict) or "Transcript" in content:
        return False
    return bool({str(name).lower() for name in content} & set(FIELDS))
