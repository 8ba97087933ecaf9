"""What docstrings and CONTRIBUTING say of the program's parts is said of parts that there are."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from every_row import every_row

ROOT = Path(__file__).parent.parent
PACKAGES = ("coach", "audio", "rules", "tui")
TEXTS = {
    path.relative_to(ROOT): path.read_text(encoding="utf-8")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
CONTRIBUTING = Path("CONTRIBUTING.md")
NAMED_BESIDE = {"coach.commands.NAME", "App.post_message"}
"""What stands for every command's module, and what is a library's."""


@cache
def _class_texts(name: str) -> list[str]:
    head = re.compile(rf"^ *class {name}\b", re.MULTILINE)
    return [text for text in TEXTS.values() if f"class {name}" in text and head.search(text)]


def _defines(text: str, name: str) -> bool:
    """Whether a module or one of its classes has the name: as function, class, value or field."""
    return bool(re.search(rf"^ *(?:async )?(?:def|class) {name}\b", text, re.MULTILINE)) or bool(
        re.search(
            rf"^ *(?:self\.)?(?:\w+, )*{name}(?:, \w+)*(?::[^=\n]+)?(?: =|$)", text, re.MULTILINE
        )
    )


def _is_there(reference: str) -> bool:
    """Whether a dotted name leads to a module, or to something that a module or class has."""
    parts = reference.split(".")
    if parts[0] not in PACKAGES:
        return any(_defines(text, parts[1]) for text in _class_texts(parts[0]))
    for length in range(len(parts), 0, -1):
        place = Path(*parts[:length])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path in TEXTS:
                return all(_defines(TEXTS[path], name) for name in parts[length:])
    return False


def _references() -> list[tuple[str, str]]:
    """Where a dotted name stands between backticks, and the name."""
    dotted = r"(?:coach|audio|rules|tui)(?:\.\w+)+|[A-Z]\w*[a-z]\w*\.[a-z_]\w*"
    found = [
        (str(path), name)
        for path, text in TEXTS.items()
        for name in re.findall(rf"``({dotted})``", text)
    ]
    text = (ROOT / CONTRIBUTING).read_text(encoding="utf-8")
    found += [(str(CONTRIBUTING), name) for name in re.findall(rf"`({dotted})`", text)]
    return sorted(
        {
            one
            for one in found
            if one[1] not in NAMED_BESIDE and not one[1].endswith((".md", ".toml"))
        }
    )


@every_row(_references())
def test_a_part_that_is_named_is_there(where: str, name: str) -> None:
    assert _is_there(name), f"{where} names {name}"


def _rooms() -> list[tuple[Path, str]]:
    """The rooms whose docstring is a table of their modules."""
    rooms = [(path, text) for path, text in TEXTS.items() if path.name == "__init__.py"]
    return [room for room in rooms if len(re.findall(r"^``\w+`` ", room[1], re.MULTILINE)) > 2]


@every_row(_rooms())
def test_a_table_of_modules_names_each(path: Path, text: str) -> None:
    names = {one.stem for one in (ROOT / path).parent.glob("*.py")} - {"__init__"}
    assert {name for name in names if f"``{name}``" not in text} == set()
