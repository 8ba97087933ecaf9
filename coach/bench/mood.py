"""How well sentiment and distress tell unhappy sentences from others, on labelled sets.

Each set is a tab-separated file with a header line; ``SETS`` says which files, whose lines,
and which label counts as unhappy. A folder need not hold them all. ``coach alarms --mood
FOLDER`` prints the table.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from coach.bench.roc import area_under_curve
from coach.engine.talk.feeling import score_text
from coach.errors import InputError
from coach.events import Channel
from rules.matching.matcher import Understand, understand_nothing

Line = dict[str, str]


class LabelledSet(msgspec.Struct, frozen=True, kw_only=True):
    """One public set, and how its columns are read."""

    name: str
    files: str
    """Pattern of the file names; several files are taken together."""
    text: str
    """Column of the sentence."""
    takes: Callable[[Line], bool]
    """Which lines count."""
    unhappy: Callable[[Line], bool]


_MAIA_UNHAPPY = ("frustration", "anger", "disappointment")
_MAIA_OTHERS = ("neutral", "empathy", "happiness")

SETS = (
    LabelledSet(
        name="maia",
        files="maia_sentences*.tsv",
        text="text_en",
        takes=lambda line: (
            line["speaker"] == "customer" and line["emotion"] in _MAIA_UNHAPPY + _MAIA_OTHERS
        ),
        unhappy=lambda line: line["emotion"] in _MAIA_UNHAPPY,
    ),
    LabelledSet(
        name="airline",
        files="airline_tweets*.tsv",
        text="text",
        takes=lambda line: bool(line["sentiment"]),
        unhappy=lambda line: line["sentiment"] == "negative",
    ),
    LabelledSet(
        name="uss",
        files="uss_*.tsv",
        text="text",
        takes=lambda line: (
            line["role"] == "USER" and bool(line["mean_satisfaction"]) and line["text"] != "OVERALL"
        ),
        unhappy=lambda line: float(line["mean_satisfaction"]) < 2.5,
    ),
    LabelledSet(
        name="convabuse",
        files="convabuse_valid*.tsv",
        text="user",
        takes=lambda line: line["abusive_majority"] in ("0", "1"),
        unhappy=lambda line: line["abusive_majority"] == "1",
    ),
)
"""A line of USS whose text is OVERALL rates the whole dialogue and is nobody's sentence."""


class MoodRow(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one set; the areas are those under the ROC curve."""

    name: str
    sentences: int
    unhappy: int
    vader: float
    """VADER as published."""
    overlaid: float
    """VADER with the overlay: what ``sentiment`` is."""
    distress: float
    found: float
    """Share of the unhappy sentences with distress of 0.5 or more."""
    false: float
    """Share of the others with distress of 0.5 or more."""


def measure_mood(folder: Path, understand: Understand = understand_nothing) -> list[MoodRow]:
    """Measure every set that ``folder`` holds; InputError where it holds none."""
    plain = SentimentIntensityAnalyzer()
    rows = []
    for one in SETS:
        paths = sorted(folder.glob(one.files))
        if paths:
            rows.append(_row(one, _lines(paths), plain, understand))
    if not rows:
        patterns = ", ".join(one.files for one in SETS)
        raise InputError(f"{folder}: no labelled set found.", f"Looked for {patterns}.")
    return rows


def _lines(paths: Iterable[Path]) -> list[Line]:
    lines: list[Line] = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            lines += csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return lines


def _row(
    one: LabelledSet,
    lines: list[Line],
    plain: SentimentIntensityAnalyzer,
    understand: Understand,
) -> MoodRow:
    vader: tuple[list[float], list[float]] = ([], [])
    overlaid: tuple[list[float], list[float]] = ([], [])
    distress: tuple[list[float], list[float]] = ([], [])
    try:
        for line in filter(one.takes, lines):
            side, text = int(one.unhappy(line)), line[one.text]
            score = score_text(text, understand(Channel.CUSTOMER, text))
            vader[side].append(-float(plain.polarity_scores(text)["compound"]))
            overlaid[side].append(-score.compound)
            distress[side].append(score.distress)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{one.files}: column {error} is missing or not as expected.") from error
    others, unhappy = distress
    if not others or not unhappy:
        raise InputError(f"{one.files}: the set holds sentences of one kind only.")
    return MoodRow(
        name=one.name,
        sentences=len(others) + len(unhappy),
        unhappy=len(unhappy),
        vader=area_under_curve(vader[1], vader[0]),
        overlaid=area_under_curve(overlaid[1], overlaid[0]),
        distress=area_under_curve(unhappy, others),
        found=sum(figure >= 0.5 for figure in unhappy) / len(unhappy),
        false=sum(figure >= 0.5 for figure in others) / len(others),
    )


def mood_table(rows: list[MoodRow]) -> str:
    """The figures as lines of text."""
    head = f"{'set':<10} {'lines':>6} {'unhappy':>7} {'VADER':>6} {'overlay':>7} {'distress':>8}"
    lines = [f"{head} {'found':>6} {'false':>6}"]
    lines += [
        f"{row.name:<10} {row.sentences:>6} {row.unhappy:>7} {row.vader:>6.3f}"
        f" {row.overlaid:>7.3f} {row.distress:>8.3f} {row.found:>6.1%} {row.false:>6.1%}"
        for row in rows
    ]
    lines.append("VADER, overlay, distress: area under the ROC curve; found, false: at 0.5.")
    return "\n".join(lines)
