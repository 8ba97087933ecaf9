"""Counts how well a team's own sentences find a subject that no shipped rule is near.

    PYTHONPATH=. python tests/meaning_subjects.py [--missed]

``meaning/subjects.toml`` holds subjects of many trades: four sentences of a rule, and four in
which callers say the same in other words, by a writer who saw no rule. Counted are the callers'
sentences whose nearest rule is the right one, and those that come closer to their rule than
ordinary talk does so many times an hour. ``meaning/other_subjects.toml`` and
``meaning/further_subjects.toml`` hold more of them, with six sentences a rule and with near misses:
those must stay farther off. These are counted with every other caller's sentence in the rule, too.
"""

from __future__ import annotations

import itertools
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from coach.meaning.clauses import spans_of
from coach.meaning.encoder import encoder
from coach.meaning.listening import _Listened
from rules.definition.conditions import Meaning

FILE = Path(__file__).parent / "meaning" / "subjects.toml"
OTHERS = FILE.with_name("other_subjects.toml")
FURTHER = FILE.with_name("further_subjects.toml")
RATES = (0.2, 1.0, 5.0)
"""False alarms an hour that a rule may be allowed."""


class Said(NamedTuple):
    """One caller's sentence."""

    subject: str
    text: str
    nearest: str
    """The subject whose rule is nearest."""
    rate: float
    """False alarms an hour of ordinary talk that comes as close to the right rule."""


def others(
    *, kept_back: bool, file: Path = OTHERS, taught: bool = False
) -> tuple[list[float], list[float]]:
    """Rates of callers' sentences and of near misses beside their own rule, of either half.

    ``taught``: every other caller's sentence stands in the rule and finds the others, both ways
    round, so that each near miss is counted twice.
    """
    callers: list[float] = []
    near: list[float] = []
    for of in tomllib.loads(file.read_text("utf-8")).values():
        if of.get("kept_back", False) is not kept_back:
            continue
        said = of["callers"]
        ways = [(said[half::2], said[1 - half :: 2]) for half in (0, 1)] if taught else [([], said)]
        for learned, asked in ways:
            meant = Meaning(sentences=(*of["rule"], *learned), unlike=tuple(of["unless"]))
            callers += _rates(meant, asked)
            near += _rates(meant, of["near"])
    return callers, near


def _rates(meant: Meaning, texts: Sequence[str]) -> list[float]:
    """How near each text comes, by its nearest clause; 99 where it is out of hearing."""
    model = encoder()
    rule = _Listened(meant, model)
    rates = []
    for text in texts:
        words = text.split()
        clauses = [" ".join(words[a : b + 1]) for a, b in spans_of(text)]
        vectors = model.encode(clauses)
        scores = rule.scores(vectors, model.trained(vectors, clauses), clauses)
        rates.append(min((rate for _, rate, _ in scores), default=99.0))
    return rates


def subjects(file: Path = FILE) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By name, those not kept back: the ``rule``'s sentences, and the ``callers``'."""
    known = tomllib.loads(file.read_text("utf-8"))
    return {name: of for name, of in known.items() if not of.get("kept_back", False)}


def count(file: Path = FILE) -> list[Said]:
    """Every caller's sentence beside every rule of the file."""
    model, known = encoder(), subjects(file)
    rules = {
        name: _Listened(Meaning(sentences=tuple(of["rule"])), model) for name, of in known.items()
    }
    sentences = {name: model.encode(of["rule"]) for name, of in known.items()}
    said: list[Said] = []
    for name, of in known.items():
        for text in of["callers"]:
            vectors = model.encode([text])
            near = {other: float((of @ vectors[0]).max()) for other, of in sentences.items()}
            scored = list(rules[name].scores(vectors, model.trained(vectors, [text]), [text]))
            rate = scored[0][1] if scored else 99.0
            said.append(Said(name, text, max(near, key=lambda one: near[one]), rate))
    return said


if __name__ == "__main__":
    for file in (FILE, OTHERS, FURTHER):
        alike = count(file)
        right = sum(one.nearest == one.subject for one in alike)
        print(f"{file.name}: nearest rule is the right one  {right} of {len(alike)}")
    counted = count()
    for most in RATES:
        found = sum(one.rate <= most for one in counted)
        print(f"found at {most:g} false alarms an hour {found} of {len(counted)}")
    for file, half, taught in itertools.product((OTHERS, FURTHER), (False, True), (False, True)):
        callers, near = others(kept_back=half, file=file, taught=taught)
        print(file.name, "kept back" if half else "tuned on", "taught" if taught else "")
        for most in (0.02, *RATES):
            found, fired = (sum(rate <= most for rate in rates) for rates in (callers, near))
            counts = f"found {found} of {len(callers)}, near misses {fired} of {len(near)}"
            print(f"  at {most:g} false alarms an hour {counts}")
    if "--missed" in sys.argv:
        for one in counted:
            if one.rate > 1.0 or one.nearest != one.subject:
                print(f"{one.subject} ({one.rate:g}; {one.nearest}): {one.text}")
