"""Forms for tests, written as a person would write them."""

from __future__ import annotations

from coach.calls.scorecards.form import Form
from coach.calls.scorecards.form_reading import examine_text

HEAD = 'id = "f"\nversion = 1\ntitle = "A form"\n'


def question(name: str, kind: str = "yes_no", more: str = "") -> str:
    return f'[[section.question]]\nid = "{name}"\nask = "{name}?"\nkind = "{kind}"\n{more}\n'


def section(name: str, *questions: str, weight: float | None = None) -> str:
    weighs = "" if weight is None else f"weight = {weight}\n"
    return f'[[section]]\nid = "{name}"\ntitle = "{name}"\n{weighs}' + "".join(questions)


def form(*sections: str, head: str = HEAD) -> Form:
    read = examine_text("f.toml", head + "".join(sections))
    assert read.form is not None, "\n".join(map(str, read.mistakes))
    return read.form


def mistakes(text: str) -> list[str]:
    return [str(mistake) for mistake in examine_text("f.toml", text).mistakes]
