"""What the encoder sees at each step: written lines, their near misses, and ordinary talk.

Of every batch half are lines, two of a cue and two of its near misses at a time; the rest is
background: our own ordinary talk and public sets that may train (see the model card), a third of
it what the network last took for a cue. A cue may come once in a hundred hours of ordinary talk,
so what decides is the far end of the background, which chance alone hardly ever draws.
Each sample says for every cue what is wanted and how much it matters: a line of one cue says
nothing about its siblings, and an agent's line nothing about the customer's cues.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from coach.training.meaning.lines import (
    STAGES,
    TrainingLine,
    cues,
    read_lines,
    read_ordinary,
    siblings,
    spoken_by_agent,
)

NEAR_MISS = 2.0
"""Weight of a near miss: telling it apart is what the pairs are for."""
OTHER_CUE, OTHER_NEAR = 0.5, 0.25
"""Weight with which a line, or a near miss, speaks against every other cue that is no sibling."""
PUBLIC = 0.7
"""Weight of public lines, whose labels were made for another purpose."""
_FILLERS = (
    "um", "uh", "well", "look", "i mean", "you know", "okay so", "right", "yeah", "no", "so", "and",
)  # fmt: skip
_HESITATIONS = ("uh", "um", "you know", "i mean", "like", "uh you know", "well")
_HARD_SHARE = 1 / 3
"""Of the background, as soon as there is any."""
_SOURCES = {
    "customer": 7, "near": 4, "agent": 4, "helpful": 2, "multidogo": 4, "natcs": 2, "neutral": 6,
    "thanks": 2, "abuse": 1, "no_abuse": 1,
}  # fmt: skip
"""How often each kind of background comes."""


class TrainingSample(NamedTuple):
    """One sentence, and what is wanted of each cue."""

    text: str
    wanted: list[float]
    """0 or 1."""
    weight: list[float]
    """0 where the sentence says nothing."""
    group: int
    """Number of the cue that it is a line of; -1 for everything else."""


class Public(NamedTuple):
    """Public sets that may train."""

    multidogo: list[str]
    natcs: list[str]
    neutral: list[str]
    thanks: list[str]
    abuse: list[str]
    no_abuse: list[str]


def read_public(folder: Path) -> Public:  # noqa: C901 - one block for each of four sets
    """MultiDoGO, NATCS, GoEmotions and ConvAbuse from the folder of public sets."""
    multidogo: list[str] = []
    thanks: list[str] = []
    for path in sorted(folder.glob("multidogo/*/train.tsv")):
        for row in _rows(path):
            text, intent = row["utterance"] or "", row["intent"] or ""
            if intent == "thankyou":
                thanks.append(text)
            elif intent and "thankyou" not in intent and len(text.split()) > 2:
                multidogo.append(text)
    with (folder / "natcs/test-utterances.jsonl").open(encoding="utf-8") as file:
        natcs = [json.loads(row)["utterance"] for row in file]
    labels = (folder / "goemotions/labels.txt").read_text("utf-8").split()
    neutral: list[str] = []
    for comment in (folder / "goemotions/train.tsv").read_text("utf-8").split("\n"):
        text, _, rest = comment.partition("\t")
        named = [labels[int(number)] for number in rest.split("\t")[0].split(",") if number]
        if named == ["gratitude"]:
            thanks.append(text)
        elif not {"gratitude", "anger", "annoyance", "grief"} & set(named):
            neutral.append(text)
    abuse: list[str] = []
    no_abuse: list[str] = []
    for row in _rows(folder / "convabuse_train.dev.tsv"):
        severity, text = float(row["mean_severity(1..-3)"]), row["user"] or ""
        if row["abusive_majority"] == "1" and severity <= -1.5:
            abuse.append(text)
        elif row["abusive_majority"] == "0" and severity >= 0.5:
            no_abuse.append(text)
    return Public(multidogo, natcs, neutral, thanks, abuse, no_abuse)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class Batches:
    """Draws samples; the same seed draws the same."""

    def __init__(
        self,
        public: Public,
        *,
        seed: int,
        share: float = 1.0,
        fragments: float = 0.0,
        stage: int = STAGES,
    ) -> None:
        """``share``: how much of the lines is used, for a learning curve.

        ``stage``: of the training; each sees more lines (``lines.WRITERS_FROM``).

        ``fragments``: share of the background that is cut to a few words, as clauses are when
        they are judged: half a sentence of ordinary talk must not sound like a cue.
        """
        self._fragments = fragments
        self._random = random.Random(seed)  # noqa: S311 - a fair draw, no secret
        self._cues = cues()
        self._number = {cue: number for number, cue in enumerate(self._cues)}
        self._of_customer = [n for n, c in enumerate(self._cues) if not spoken_by_agent(c)]
        self._of_agent = [n for n, c in enumerate(self._cues) if spoken_by_agent(c)]
        lines = read_lines(stage=stage)
        self._random.shuffle(lines)
        self._lines: dict[tuple[str, bool], list[TrainingLine]] = {}
        for line in lines[: round(share * len(lines))]:
            self._lines.setdefault((line.cue, line.is_cue), []).append(line)
        self._ordinary = read_ordinary(stage=stage)
        self._public = public
        self._draw: dict[str, Callable[[], TrainingSample]] = {
            "customer": lambda: self._quiet(self._ordinary.customer, self._customer_but(), 1.0),
            "near": lambda: self._quiet(self._ordinary.near, self._customer_but(), 1.0),
            "agent": lambda: self._quiet(self._ordinary.agent, self._of_agent, 1.0),
            "helpful": lambda: self._quiet(
                self._ordinary.helpful,
                [n for n in self._of_agent if self._cues[n].startswith("agent.")],
                1.0,
            ),
            "multidogo": lambda: self._quiet(
                public.multidogo,
                self._customer_but("note.thanks", "esc.recovered", "esc.confusion",
                                   "esc.indecisive"),
                1.0,
            ),
            "natcs": lambda: self._quiet(
                public.natcs,
                self._customer_but("note.thanks", "esc.recovered", "esc.confusion", "esc.churn",
                                   "esc.bereavement", "esc.vulnerable"),
                PUBLIC,
            ),
            "neutral": lambda: self._quiet(
                public.neutral,
                self._customer_but("conduct.", "esc.frustration", "esc.bereavement",
                                   "esc.vulnerable"),
                PUBLIC,
            ),
            "thanks": self._thanks,
            "abuse": self._abuse,
            "no_abuse": lambda: self._quiet(
                public.no_abuse,
                [n for n in self._of_customer
                 if self._cues[n].startswith(("conduct.", "threat."))],
                PUBLIC,
            ),
        }  # fmt: skip
        self._hard: list[TrainingSample] = []
        self._kinds = [kind for kind, count in _SOURCES.items() for _ in range(count)]

    def batch(self, size: int) -> list[TrainingSample]:
        """Samples of one step."""
        background = size // 2
        hard = round(background * _HARD_SHARE) if self._hard else 0
        samples = [self._random.choice(self._hard) for _ in range(hard)]
        for _ in range((size - background) // 4):
            cue = self._random.choice(self._cues)
            samples += [self._line(cue, is_cue=sign) for sign in (True, False, True, False)]
        return samples + self.background(background - hard)

    def background(self, count: int) -> list[TrainingSample]:
        """So many samples of the background, as chance has it."""
        kinds = [self._random.choice(self._kinds) for _ in range(count)]
        return [self._draw[kind]() for kind in kinds]

    def insist_on(self, samples: list[TrainingSample]) -> None:
        """From now on draw these more often: what the network took for cues and is none."""
        self._hard = samples

    def _line(self, cue: str, *, is_cue: bool) -> TrainingSample:
        agent = spoken_by_agent(cue)
        around = self._ordinary.agent if agent else self._ordinary.customer
        wanted, weight = self._nothing()
        related = siblings(cue)
        for number in self._of_agent if agent else self._of_customer:
            if self._cues[number] not in related:
                weight[number] = OTHER_CUE if is_cue else OTHER_NEAR
        own = self._number[cue]
        wanted[own], weight[own] = float(is_cue), 1.0 if is_cue else NEAR_MISS
        text = self._random.choice(self._lines[cue, is_cue]).text
        return TrainingSample(self._varied(text, around), wanted, weight, own if is_cue else -1)

    def _quiet(self, texts: Sequence[str], numbers: Sequence[int], weight: float) -> TrainingSample:
        wanted, weights = self._nothing()
        for number in numbers:
            weights[number] = weight
        text = self._random.choice(texts)
        if self._random.random() < self._fragments:
            text = self._piece(text)
            if self._random.random() < 0.3:  # run-on speech: the end of one thing, another's start
                text = f"{text} {self._piece(self._random.choice(texts))}"
        return TrainingSample(self._varied(text), wanted, weights, -1)

    def _thanks(self) -> TrainingSample:
        numbers = self._customer_but("note.thanks", "esc.recovered")
        sample = self._quiet(self._public.thanks, numbers, 0.5)
        own = self._number["note.thanks"]
        sample.wanted[own] = sample.weight[own] = 1.0
        return sample

    def _abuse(self) -> TrainingSample:
        sample = self._quiet(self._public.abuse, [], 0.0)
        own = self._number["conduct.insult"]
        sample.wanted[own], sample.weight[own] = 1.0, PUBLIC
        return sample

    def _nothing(self) -> tuple[list[float], list[float]]:
        return [0.0] * len(self._cues), [0.0] * len(self._cues)

    def _customer_but(self, *prefixes: str) -> list[int]:
        return [n for n in self._of_customer if not self._cues[n].startswith(prefixes or ("\0",))]

    def _varied(self, text: str, around: Sequence[str] = ()) -> str:
        """The text as a recogniser might write it: case, stops, fillers, neighbours, slips."""
        chance = self._random.random
        text = text.lower()
        if chance() < 0.5:
            text = " ".join(re.sub(r"[^\w' ]+", " ", text).split())
        if chance() < 0.15:
            text = f"{self._random.choice(_FILLERS)} {text}"
        if around and chance() < 0.2:
            text = self._beside(text, self._random.choice(around).lower().split())
        if chance() < 0.15:
            words = text.split()
            if len(words) > 5:
                del words[self._random.randrange(len(words))]
            text = " ".join(words)
        return self._hesitant(text) if chance() < 0.35 else text

    def _hesitant(self, text: str) -> str:
        """With hesitations and words begun twice, as people talk."""
        words = text.split()
        for _ in range(self._random.randint(1, 3)):
            at = self._random.randrange(len(words)) if words else 0
            if words and self._random.random() < 0.4:
                words.insert(at, words[at].strip(".,?!"))
            else:
                said = self._random.choice(_HESITATIONS)
                words.insert(at, f"{said}," if self._random.random() < 0.5 else said)
        return " ".join(words)

    def _piece(self, text: str) -> str:
        words = text.split()
        count = self._random.randint(3, 12)
        start = self._random.randint(0, max(0, len(words) - count))
        return " ".join(words[start : start + count])

    def _beside(self, text: str, words: list[str]) -> str:
        count = self._random.randint(2, 8)
        start = self._random.randint(0, max(0, len(words) - count))
        piece = " ".join(words[start : start + count])
        return f"{piece} {text}" if self._random.random() < 0.5 else f"{text} {piece}"
