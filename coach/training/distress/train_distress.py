"""Trains the distress model and writes it beside ``coach/engine/talk/distress.py``.

    uv run --group train python coach/training/distress/train_distress.py FOLDER --date 2026-01-31

FOLDER holds the public sets (``corpora.py``). Two logistic regressions over hashed features
are fitted, one for distress and one for abuse. Everything that chance decides hangs on one
fixed seed, so the same sets give the same bytes.

Weights of the sets, chosen once by what each is: our own phrases speak the language of calls
and weigh most for distress; GoEmotions is large and off-topic; ConvAbuse is small and the
only source of real abuse; the polite service turns keep facts apart from feelings.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from coach.bench.mood import MoodRow, measure_mood
from coach.engine.talk import distress
from coach.errors import CoachError, InputError
from coach.training.distress.corpora import Corpora, read_corpora
from coach.training.distress.model_card import Counts, card
from coach.training.distress.phrases import TrainingSentence, draw

SEED = 7
ABUSE = "abuse"
"""Name of the group of our own phrases that teaches the abuse table."""

CALM_SHARE = 0.995
"""This share of polite service turns must stay under 0.5."""

ABUSE_GAIN = 2.0
"""The abuse sum is doubled: its set is small, so its weights are timid."""

ABUSE_BORDER = -2.0
"""Margin of the abuse sum that counts as the border; abuse is 13 % of its set, which pulls
the border of a plain fit too high."""

_Vector = npt.NDArray[np.float64]


class WeightedSentences(msgspec.Struct, frozen=True):
    """Sentences, with the weight of the set they come from."""

    sentences: list[TrainingSentence]
    weight: float


def matrix(sentences: list[TrainingSentence]) -> csr_matrix:
    """Features of the sentences, shape (sentences, 2**TABLE_BITS)."""
    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for sentence in sentences:
        words = distress.marked(distress.words_of(sentence.text))
        scale = distress.scaling(len(words))
        row: dict[int, float] = {}
        for word in words:
            for feature, value in distress.word_features(word):
                place = distress.address(feature)
                row[place] = row.get(place, 0.0) + value * scale
        for feature in distress.phrase_features(words):
            place = distress.address(feature)
            row[place] = row.get(place, 0.0) + scale
        places.extend(row)
        values.extend(row.values())
        ends.append(len(places))
    shape = (len(sentences), 1 << distress.TABLE_BITS)
    return csr_matrix((np.array(values), np.array(places), np.array(ends)), shape=shape)


def fit(parts: list[WeightedSentences]) -> tuple[_Vector, float]:
    """Weights and bias. A target between 0 and 1 counts as that share of a positive."""
    rows = vstack([matrix(part.sentences) for part in parts]).tocsr()
    target = np.array([s.target for part in parts for s in part.sentences])
    weight = np.array([part.weight for part in parts for _ in part.sentences])
    yes, no = np.flatnonzero(target > 0), np.flatnonzero(target < 1)
    regression = LogisticRegression(
        C=1.0, solver="liblinear", tol=1e-4, max_iter=500, random_state=SEED
    )
    regression.fit(
        vstack([rows[yes], rows[no]]),
        np.concatenate([np.ones(len(yes)), np.zeros(len(no))]),
        sample_weight=np.concatenate([(target * weight)[yes], ((1 - target) * weight)[no]]),
    )
    return regression.coef_[0], float(regression.intercept_[0])


def quantise(weights: _Vector) -> tuple[bytes, float]:
    """One signed byte a weight, and the worth of one unit."""
    step = float(np.abs(weights).max()) / 127.0
    return np.round(weights / step).astype(np.int8).tobytes(), float(f"{step:.6g}")


def train(
    corpora: Corpora, own: list[TrainingSentence], date: str
) -> tuple[distress.DistressModelFacts, bytes]:
    """Fit both tables and set the borders."""
    distress_weights, distress_bias = fit(
        [
            WeightedSentences(corpora.goemotions, 0.3),
            WeightedSentences(corpora.convabuse, 6.0),
            WeightedSentences(own, 1.5),
            WeightedSentences(corpora.multidogo, 0.3),
            WeightedSentences(corpora.natcs, 1.0),
        ]
    )
    no_abuse = [s for s in corpora.goemotions if s.target == 0.0]
    abuse_weights, abuse_bias = fit(
        [
            WeightedSentences(corpora.convabuse, 3.0),
            WeightedSentences(
                [msgspec.structs.replace(s, target=float(s.group == ABUSE)) for s in own], 0.2
            ),
            WeightedSentences(no_abuse, 0.1),
            WeightedSentences(corpora.multidogo, 0.1),
            WeightedSentences(corpora.natcs, 0.1),
        ]
    )
    first, first_step = quantise(distress_weights)
    second, second_step = quantise(abuse_weights)
    table = first + second
    facts = distress.DistressModelFacts(
        sha256=hashlib.sha256(table).hexdigest(),
        trained=date,
        distress=distress.Head(step=first_step, bias=round(distress_bias, 6), gain=1.0),
        abuse=distress.Head(
            step=second_step, bias=round(abuse_bias - ABUSE_BORDER, 6), gain=ABUSE_GAIN
        ),
    )
    return _with_border(facts, table, corpora.calm), table


def _with_border(
    facts: distress.DistressModelFacts, table: bytes, calm: list[TrainingSentence]
) -> distress.DistressModelFacts:
    """Shift the distress sum so that calm turns stay under 0.5 as ``CALM_SHARE`` asks."""
    judged = distress.DistressModel(facts, table)
    figures = sorted(judged.judge(s.text).distress for s in calm)
    border = figures[math.floor(CALM_SHARE * (len(figures) - 1))]
    shift = math.log(border / (1.0 - border))
    head = msgspec.structs.replace(facts.distress, bias=round(facts.distress.bias - shift, 6))
    return msgspec.structs.replace(facts, distress=head)


def _figures(folder: Path) -> list[MoodRow]:
    try:
        return measure_mood(folder)
    except InputError:
        return []


def main(argv: list[str] | None = None) -> int:
    """Command line of the script."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="folder of the public sets")
    parser.add_argument("--date", required=True, help="ISO date written into the model card")
    args = parser.parse_args(argv)
    out = Path(distress.__file__).parent
    try:
        corpora = read_corpora(args.folder)
    except CoachError as error:
        print(error, file=sys.stderr)
        return error.code
    own = draw(random.Random(SEED))  # noqa: S311 - training data, not a secret
    facts, table = train(corpora, own, args.date)
    (out / "distress_en.bin").write_bytes(table)
    encoded = msgspec.json.format(msgspec.json.encode(facts), indent=2)
    (out / "distress_en.json").write_bytes(encoded + b"\n")
    counts = Counts(
        goemotions=len(corpora.goemotions),
        convabuse=len(corpora.convabuse),
        multidogo=len(corpora.multidogo),
        natcs=len(corpora.natcs),
        own=len(own),
    )
    distress.model.cache_clear()
    (out / "distress_en.md").write_text(card(facts, counts, _figures(args.folder)), "utf-8")
    print(f"{out}: {len(table)} bytes, sha256 {facts.sha256}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
