"""The lines the encoder learns from: spoken sentences written for this project, one file a cue.

Each line of ``lines/CUE.tsv`` is a sign, a writer and a sentence, separated by tabs. ``+`` is the
cue; ``-`` is close to it in words and situation and is not the cue, because what decides has
changed: who, whom, when, negated, quoted, an idiom, a routine request. ``ordinary/*.txt`` is talk
without any cue. Writers are named by letters, so that some can be kept out of a training.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "lines"
ORDINARY = Path(__file__).parent / "ordinary"
KEPT_BACK = 5
"""Every so many lines of ordinary talk are kept out of training, for calibration."""
LEFT_OUT = 2
"""Every so many texts of our own talk do not ship, so that all files stay within 25 MB."""
WEIGHED = 4
"""Every so many pairs of the last stage's lines are kept from the encoder (``read_weighed``)."""
STAGES = 4
"""Of a training: each later one sees more lines, and more talk."""
WRITERS_FROM = {"M": 2, "N": 2, "O": 2, "T": 3} | dict.fromkeys("JPQRUVWYZghik", 4)
"""The stage from which on a writer's lines are seen; the others' from the first."""
TALK_FROM = {
    "private_grave.txt": 2,
    "private_strong.txt": 2,
    "service_chats.txt": 2,
    "private_subjects.txt": 3,
}
"""Likewise of talk: with the words of danger, with those of demands, with neither; and strangers'
talk on a given subject."""
NEAR_FROM = dict.fromkeys(("harmless_words.txt", "harmless_service.txt"), 4)
"""Likewise of talk that comes near a cue: strong words in stories, opinions and quiet calls."""


class TrainingLine(NamedTuple):
    """One written sentence."""

    cue: str
    is_cue: bool
    writer: str
    text: str


class Ordinary(NamedTuple):
    """Talk without cues, by who speaks."""

    customer: tuple[str, ...]
    agent: tuple[str, ...]
    near: tuple[str, ...] = ()
    """Of customers and of private persons, in words that come near a cue."""
    helpful: tuple[str, ...] = ()
    """Of agents who do well: against what an agent should not say, and not against the rest."""


@functools.cache
def cues() -> tuple[str, ...]:
    """Every cue that has lines, in alphabetical order: the columns of the trained scores."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.tsv")))


def spoken_by_agent(cue: str) -> bool:
    """Whether the cue is in the agent's words."""
    return cue.startswith(("agent.", "say.")) or cue == "note.commitment"


def read_lines(*, stage: int = STAGES) -> list[TrainingLine]:
    """The lines that a stage of the encoder's training sees; those of all stages, unless told."""
    lines = read_folder(FOLDER, cues())
    kept = set(read_weighed())
    return [line for line in lines if first_stage(line) <= stage and line not in kept]


def read_weighed() -> list[TrainingLine]:
    """Lines that the encoder never sees, by which its scores are weighed.

    Of the last stage's writers these are each cue's every so many pairs of a line and a near miss.
    """
    found: list[TrainingLine] = []
    for cue in cues():
        lines = [line for line in read_folder(FOLDER, [cue]) if first_stage(line) == STAGES]
        found += [line for at, line in enumerate(lines) if at // 2 % WEIGHED == 0]
    return found


def first_stage(line: TrainingLine) -> int:
    """The stage of the training that sees a line first."""
    return WRITERS_FROM.get(line.writer, 1)


def read_folder(folder: Path, names: Iterable[str]) -> list[TrainingLine]:
    """The lines of ``names``, cue by cue, each in a file of its own."""
    lines: list[TrainingLine] = []
    for cue in names:
        for row in (folder / f"{cue}.tsv").read_text("utf-8").splitlines():
            sign, writer, text = row.split("\t")
            lines.append(TrainingLine(cue, sign == "+", writer, text))
    return lines


def read_ordinary(*, kept_back: bool = False, stage: int = STAGES) -> Ordinary:
    """Ordinary talk that trains, or the fifth that is kept back; what a stage sees of it."""

    def later(from_stage: Mapping[str, int]) -> list[str]:
        return [name for name, first in from_stage.items() if first <= stage]

    def some(*names: str) -> tuple[str, ...]:
        rows = [row for n in names for row in (ORDINARY / n).read_text("utf-8").splitlines() if row]
        return tuple(row for i, row in enumerate(rows) if (i % KEPT_BACK == 0) is kept_back)

    return Ordinary(
        customer=some("service_customer.txt", "private_talk.txt", *later(TALK_FROM)),
        agent=some("service_agent.txt"),
        near=some("near_cues.txt", *later(NEAR_FROM)),
        helpful=some("helpful_agent.txt"),
    )


def background_talk() -> list[str]:
    """The ordinary talk whose clauses ship as the background, in its order."""
    both = (read_ordinary(), read_ordinary(kept_back=True))
    parts = [texts for some in both for texts in (some.customer, some.agent)]
    return [text for part in parts for number, text in enumerate(part) if number % LEFT_OUT]


_SIBLINGS = (
    ("esc.supervisor", "esc.regulator"),
    ("esc.repeat_contact", "esc.transfer_fatigue", "esc.not_heard", "esc.frustration"),
    ("esc.distrust", "esc.frustration", "esc.not_heard"),
    ("esc.legal", "esc.regulator", "esc.media"),
    ("esc.chargeback", "esc.compensation", "esc.distrust"),
    ("esc.confusion", "esc.indecisive"),
    ("conduct.insult", "conduct.profanity_directed", "conduct.hate", "conduct.sexual",
     "conduct.mocking"),
    ("conduct.profanity_situational", "conduct.profanity_directed", "esc.frustration"),
    ("threat.direct", "threat.property", "threat.doxx_stalk"),
    ("esc.recovered", "note.thanks"),
    ("esc.vulnerable", "safety.self_harm", "safety.medical", "esc.bereavement"),
    ("safety.abuse_third", "safety.child_risk", "esc.vulnerable", "esc.fraud_coached"),
    ("say.own", "note.commitment", "say.next_step", "say.solution", "say.recap"),
    ("say.empathy", "say.apology", "say.condolence"),
    ("say.solution", "say.offer_choice", "say.next_step"),
    ("say.warning_request", "say.warning_limit", "say.end_call"),
    ("say.paraphrase", "say.empathy", "say.recap"),
    ("say.handover", "say.next_step", "say.hold_notice"),
    ("agent.policy_wall", "agent.blame"),
    ("agent.overpromise", "note.commitment", "say.own", "say.next_step"),
)  # fmt: skip
"""Cues that one sentence often carries together: a line of one says nothing about the other."""


_NO_DISTRESS = ("note.thanks", "esc.recovered")
_ANY_FEELING = (
    "safety.", "esc.indecisive", "esc.confusion", "esc.bereavement", "esc.vulnerable",
    "esc.fraud_coached",
)  # fmt: skip


def distress_of(cue: str) -> float | None:
    """Whether a customer's line of the cue is distressed: 0 or 1; None where it may be either.

    Agents' lines say nothing of it.
    """
    if spoken_by_agent(cue) or cue.startswith(_ANY_FEELING):
        return None
    return 0.0 if cue in _NO_DISTRESS else 1.0


def siblings(cue: str) -> frozenset[str]:
    """The cue itself and those a line of it may carry as well."""
    found = {cue}.union(*(group for group in _SIBLINGS if cue in group))
    if cue == "esc.frustration":
        found.update(c for c in cues() if c.startswith(("esc.", "conduct.")))
    return frozenset(found)
