"""What the encoder sees at each step: written lines, their near misses, and ordinary talk.

Of every batch half are lines, two of a cue and two of its near misses at a time; the rest is
background: our own ordinary talk and public sets that may train (see the model card), a third of
it what the network last took for a cue. A cue may come once in a hundred hours of ordinary talk,
so what decides is the far end of the background, which chance alone hardly ever draws.
Each sample says for every cue what is wanted and how much it matters: a line of one cue says
nothing about its siblings, and an agent's line nothing about the customer's cues.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from coach.training.meaning.as_recognised import AsRecognised
from coach.training.meaning.lines import (
    STAGES,
    TrainingLine,
    cues,
    first_stage,
    read_lines,
    read_ordinary,
    siblings,
    spoken_by_agent,
)
from coach.training.meaning.public_sets import Public

NEAR_MISS = 2.0
"""Weight of a near miss: telling it apart is what the pairs are for."""
OTHER_CUE, OTHER_NEAR = 0.5, 0.25
"""Weight with which a line, or a near miss, speaks against every other cue that is no sibling."""
PUBLIC = 0.7
"""Weight of public lines, whose labels were made for another purpose."""
_HARD_SHARE = 1 / 3
"""Of the background, as soon as there is any."""


class TrainingSample(NamedTuple):
    """One sentence, and what is wanted of each cue."""

    text: str
    wanted: list[float]
    """0 or 1."""
    weight: list[float]
    """0 where the sentence says nothing."""
    group: int
    """Number of the cue that it is a line of; -1 for everything else."""


class _Background(NamedTuple):
    """A kind of talk that is no cue."""

    times: int
    """How often it comes."""
    denied: Callable[[str], bool]
    """Whether it speaks against a cue."""
    weight: float = 1.0


def _agents(*prefixes: str) -> Callable[[str], bool]:
    """Cues in the agent's words; with prefixes those alone."""
    return lambda cue: spoken_by_agent(cue) and cue.startswith(prefixes or ("",))


def _customers(*prefixes: str) -> Callable[[str], bool]:
    """Cues in the customer's words that begin so."""
    return lambda cue: not spoken_by_agent(cue) and cue.startswith(prefixes)


def _customers_but(*prefixes: str) -> Callable[[str], bool]:
    """Cues in the customer's words that do not begin so."""
    return lambda cue: not spoken_by_agent(cue) and not cue.startswith(prefixes)


_BACKGROUND = {
    "customer": _Background(7, _customers_but()),
    "near": _Background(4, _customers_but()),
    "agent": _Background(4, _agents()),
    "helpful": _Background(2, _agents("agent.")),
    "multidogo": _Background(
        4, _customers_but("note.thanks", "esc.recovered", "esc.confusion", "esc.indecisive")
    ),
    "natcs": _Background(
        2,
        _customers_but(
            "note.thanks", "esc.recovered", "esc.confusion", "esc.churn", "esc.bereavement",
            "esc.vulnerable",
        ),
        PUBLIC,
    ),
    "neutral": _Background(
        6,
        _customers_but("conduct.", "esc.frustration", "esc.bereavement", "esc.vulnerable"),
        PUBLIC,
    ),
    "thanks": _Background(2, _customers_but("note.thanks", "esc.recovered"), 0.5),
    "abuse": _Background(1, lambda _: False),
    "no_abuse": _Background(1, _customers("conduct.", "threat."), PUBLIC),
}  # fmt: skip
"""By the name of its texts in ``Ordinary`` or ``Public``."""
_ALSO_CUES = {"thanks": ("note.thanks", 1.0), "abuse": ("conduct.insult", PUBLIC)}
"""Background that is a cue nevertheless, and how much that matters."""


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
        self._written = AsRecognised(self._random)
        self._cues = cues()
        self._number = {cue: number for number, cue in enumerate(self._cues)}
        self._of_customer = [n for n, c in enumerate(self._cues) if not spoken_by_agent(c)]
        self._of_agent = [n for n, c in enumerate(self._cues) if spoken_by_agent(c)]
        new = stage == STAGES
        """The last stage brings lines of customers' cues: these come twice as often."""
        self._often = [c for c in self._cues for _ in range(1 + (new and not spoken_by_agent(c)))]
        lines = read_lines(stage=stage)
        self._random.shuffle(lines)
        self._lines: dict[tuple[str, bool], list[TrainingLine]] = {}
        for line in lines[: round(share * len(lines))]:
            times = 2 if new and first_stage(line) == STAGES else 1
            self._lines.setdefault((line.cue, line.is_cue), []).extend([line] * times)
        self._ordinary = read_ordinary(stage=stage)
        self._hard: list[TrainingSample] = []
        self._background = {
            kind: [n for n, cue in enumerate(self._cues) if denied(cue)]
            for kind, (_, denied, _) in _BACKGROUND.items()
        }
        """Numbers of the cues against which each kind of background speaks."""
        self._texts = self._ordinary._asdict() | public._asdict()
        self._kinds = [kind for kind, one in _BACKGROUND.items() for _ in range(one.times)]

    def batch(self, size: int) -> list[TrainingSample]:
        """Samples of one step."""
        background = size // 2
        hard = round(background * _HARD_SHARE) if self._hard else 0
        samples = [self._random.choice(self._hard) for _ in range(hard)]
        for _ in range((size - background) // 4):
            cue = self._random.choice(self._often)
            samples += [self._line(cue, is_cue=sign) for sign in (True, False, True, False)]
        return samples + self.background(background - hard)

    def background(self, count: int) -> list[TrainingSample]:
        """So many samples of the background, as chance has it."""
        kinds = [self._random.choice(self._kinds) for _ in range(count)]
        return [self._drawn(kind) for kind in kinds]

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
        return TrainingSample(
            self._written.varied(text, around), wanted, weight, own if is_cue else -1
        )

    def _drawn(self, kind: str) -> TrainingSample:
        """A line of the background."""
        wanted, weights = self._nothing()
        for number in self._background[kind]:
            weights[number] = _BACKGROUND[kind].weight
        texts = self._texts[kind]
        text = self._random.choice(texts)
        if self._random.random() < self._fragments:
            text = self._written.piece(text)
            if self._random.random() < 0.3:  # run-on speech: the end of one thing, another's start
                text = f"{text} {self._written.piece(self._random.choice(texts))}"
        if kind in _ALSO_CUES:
            cue, weight = _ALSO_CUES[kind]
            own = self._number[cue]
            wanted[own], weights[own] = 1.0, weight
        return TrainingSample(self._written.varied(text), wanted, weights, -1)

    def _nothing(self) -> tuple[list[float], list[float]]:
        return [0.0] * len(self._cues), [0.0] * len(self._cues)
