"""Makes the shipped files of the sentence encoder from trained weights.

    uv run --group train python coach/training/meaning/make_model.py SETS WEIGHTS --date 2026-01-31

Writes into ``coach/meaning``: the network in int8 without the word pieces that English speech
never needs (``layout`` tells in which files), its word pieces, the trained cues' directions and
their curves, vectors of our own ordinary talk, and the model card. The curves are counted on
conversations that no line came from; ``SETS`` is the folder of public sets.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from coach.meaning.clauses import spans_of
from coach.meaning.encoder import (
    BACKGROUND_LEVELS,
    SIGNS,
    EncoderFacts,
    Heads,
    SentenceEncoder,
    Vectors,
    coarse,
    opened,
)
from coach.meaning.rates import best_of_turns, curve_of
from coach.meaning.word_signs import save_signs
from coach.training.meaning.distress_head import distress_head
from coach.training.meaning.later_cues import later_cues, later_heads
from coach.training.meaning.layout import lay_out
from coach.training.meaning.lines import background_talk, cues, read_lines, spoken_by_agent
from coach.training.meaning.model_card import card
from coach.training.meaning.network import (
    DIMENSIONS,
    POSITIONS,
    SUBJECT,
    Network,
    tokenizer,
)
from coach.training.meaning.public_sets import read_public
from coach.training.meaning.score_fit import FIRST, fitted_over
from coach.training.meaning.word_fit import word_signs

OUT = Path(__file__).parents[2] / "meaning"
WORDS_PER_HOUR = 150.0 * 60.0
LONGEST = 48
"""Tokens of a clause that are read; the longest clause has 30 words."""
FEWEST_WORDS = 3
SENTENCES = 8
"""Sentences of a made-up rule, by which the rate for a supervisor's own sentences is set."""
POLITE = ("note.thanks", "esc.recovered")
"""Cues that polite service turns really have: they are no false alarms there."""
MOST_PER_CALL = 2
"""Cards that one rule may raise in a call (the packs' usual limit)."""
TRIALS = 6
"""Made-up rules a cue."""
COUNTED = (0.5, 2.0)
"""Rates (an hour, on our own talk) between which the made-up rules are compared."""


def main() -> None:
    """Make every file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--date", required=True, help="for the card")
    parser.add_argument("--quick", type=int, help="count on so many turns only: for a trial")
    args = parser.parse_args()
    torch.set_num_threads(2)
    kept = torch.load(args.weights)
    assert tuple(kept["cues"]) == cues()  # noqa: S101 - a training of these lines
    network = Network(len(cues()))
    network.load_state_dict(kept["state"])
    network.eval()
    pieces = smaller(network)
    whole = exported(network)
    hashed = hashlib.sha256(whole).hexdigest()
    lay_out(whole, OUT)
    (OUT / "tokenizer_en.json").write_text(pieces, "utf-8")
    sharp = network.sharpness.detach()
    meant = (sharp * network.head.weight.detach()).numpy().astype(np.float32)
    trained = np.sqrt(np.float32(2.0)) * meant
    offsets = network.head.bias.detach().numpy().astype(np.float32)
    np.savez(FIRST, weights=trained, bias=offsets)
    heads = Heads(
        np.pad(trained, ((0, 0), (0, SUBJECT))),
        offsets,
        np.zeros(DIMENSIONS + SUBJECT, np.float32),
        0.0,
        word_signs(args.sets),
    )
    facts = EncoderFacts(
        name=hashed[:12],
        dimensions=DIMENSIONS + SUBJECT, meant=DIMENSIONS, longest=LONGEST, cues=cues(), curves={},
        sentences=(1.0, 1.0), background_hours=1.0,
    )  # fmt: skip
    encoder = opened(OUT, facts, heads)
    distress, offset = distress_head(encoder, args.sets)
    heads = heads._replace(distress=distress, distress_bias=offset)
    heads = fitted_over(encoder, heads, args.sets)
    heads = with_later(encoder, heads, args.sets)
    facts = msgspec.structs.replace(facts, cues=(*cues(), *later_cues()))
    written(calibrated(opened(OUT, facts, heads), args.sets, args.quick), heads, hashed, args.date)


def with_later(encoder: SentenceEncoder, heads: Heads, sets: Path) -> Heads:
    """The trained cues' heads with those of the later cues behind them."""
    later = later_heads(encoder, sets)
    trained = len(cues())
    return heads._replace(
        weights=np.concatenate([heads.weights[:trained], later.weights]),
        bias=np.concatenate([heads.bias[:trained], later.bias]),
        words=heads.words.widened(trained + len(later.bias)),
    )


def written(facts: EncoderFacts, heads: Heads, hashed: str, date: str) -> None:
    """Write what is known of the network beside it: heads, words, facts and card."""
    save_signs(OUT / SIGNS, heads.words)
    np.savez(
        OUT / "heads_en.npz",
        weights=heads.weights, bias=heads.bias,
        distress=heads.distress, distress_bias=heads.distress_bias,
    )  # fmt: skip
    made = b"".join((OUT / name).read_bytes() for name in ("heads_en.npz", SIGNS))
    curves = msgspec.json.encode((facts.curves, facts.sentences))
    scores = hashlib.sha256(made + curves).hexdigest()[:6]
    facts = msgspec.structs.replace(facts, scores=scores)
    (OUT / "model_en.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(facts), indent=1) + b"\n"
    )
    (OUT / "model_en.md").write_text(card(facts, OUT, date, hashed), "utf-8")


# --- the network ----------------------------------------------------------------------------


def smaller(network: Network) -> str:
    """Drop the word pieces with letters that English is not written in; give the tokenizer.

    Special pieces keep their places at the front; every kept piece keeps its vector.
    """
    data = json.loads(tokenizer().to_str())
    vocabulary: dict[str, int] = data["model"]["vocab"]
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    kept = [
        piece
        for piece, _ in sorted(vocabulary.items(), key=lambda item: item[1])
        if piece in special or (piece.isascii() and not piece.startswith("[unused"))
    ]
    old = torch.tensor([vocabulary[piece] for piece in kept])
    network.word = nn.Embedding.from_pretrained(network.word.weight.data[old])
    network.place = nn.Embedding.from_pretrained(network.place.weight.data[:POSITIONS])
    number = {piece: index for index, piece in enumerate(kept)}
    data["model"]["vocab"] = number
    for added in data["added_tokens"]:
        added["id"] = number[added["content"]]
    processor = data["post_processor"]
    for name, token in processor.get("special_tokens", {}).items():
        token["ids"] = [number[name]]
    for side in ("sep", "cls"):
        if isinstance(processor.get(side), list):
            processor[side][1] = number[processor[side][0]]
    data["padding"] = data["truncation"] = None
    return json.dumps(data, ensure_ascii=False)


class _Vectors(nn.Module):
    """What is meant, and what it is about, each of length 1, side by side."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        pooled = self.network.pooled(ids, mask)
        return torch.cat([self.network.meant(pooled), self.network.about(pooled)], 1)


def exported(network: Network) -> bytes:
    """The network in int8 and in one piece, tokens in and vectors out."""
    ids = torch.randint(5, 900, (2, 9))
    free = {"ids": {0: "texts", 1: "tokens"}, "mask": {0: "texts", 1: "tokens"}}
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        torch.onnx.export(
            _Vectors(network), (ids, torch.ones_like(ids)), str(whole),
            input_names=["ids", "mask"], output_names=["vectors"],
            dynamic_axes={**free, "vectors": {0: "texts"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            whole, small, weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Gather", "Gemm"],
        )  # fmt: skip
        return small.read_bytes()


# --- what a score is worth ------------------------------------------------------------------


Spans = tuple[Vectors, np.ndarray, float]
"""Vectors of all clauses of some talk, the number of the turn each is of, and the hours."""


def calibrated(encoder: SentenceEncoder, sets: Path, quick: int | None = None) -> EncoderFacts:
    """Count the curves, and write the background."""
    curves, talk = curves_of(encoder, sets, encoder.facts.cues, quick)
    own = background_talk()
    _, own_vectors, own_turns = turns(encoder, own)
    own_hours = _hours(own)
    data = np.stack([coarse(vector, BACKGROUND_LEVELS) for vector in own_vectors])
    np.savez_compressed(OUT / "background_en.npz", vectors=data, turns=own_turns)
    carried = carry_over(encoder, (own_vectors, own_turns, own_hours), talk)
    return msgspec.structs.replace(
        encoder.facts, curves=curves, sentences=carried, background_hours=round(own_hours, 3)
    )


def curves_of(
    encoder: SentenceEncoder, sets: Path, names: Sequence[str], quick: int | None = None
) -> tuple[dict[str, tuple[tuple[float, float], ...]], Spans]:
    """The curves of some of the encoder's cues, and strangers' talk that they were counted on."""
    spoken = [turn for turn in conversations(sets / "switchboard") if _counts(turn[1])][:quick]
    talk = [text for _, text in spoken]
    of = np.array([number for number, _ in spoken])
    service = [text for text in read_public(sets).multidogo if _counts(text)][:quick]
    talk_texts, talk_vectors, talk_turns = turns(encoder, talk)
    service_texts, service_vectors, service_turns = turns(encoder, service)
    hours = (_hours(talk), _hours(service))
    curves = {}
    talk_scores = encoder.trained(talk_vectors, talk_texts)
    service_scores = encoder.trained(service_vectors, service_texts)
    for cue in names:
        column = encoder.facts.cues.index(cue)
        told = capped(best_of_turns(talk_scores[:, column], talk_turns), of)
        polite = best_of_turns(service_scores[:, column], service_turns)
        counts = not spoken_by_agent(cue) and cue not in POLITE
        curves[cue] = _worse(told, hours[0], polite if counts else None, hours[1])
    return curves, (talk_vectors, talk_turns, hours[0])


def _counts(text: str) -> bool:
    return len(text.split()) >= FEWEST_WORDS


def _hours(texts: Sequence[str]) -> float:
    return sum(len(text.split()) for text in texts) / WORDS_PER_HOUR


def conversations(folder: Path) -> list[tuple[int, str]]:
    """Every turn of transcribed conversations, ``speaker|text|act`` a line, and which it is of."""
    turns_: list[tuple[int, str]] = []
    for number, path in enumerate(sorted(folder.glob("*.txt"))):
        for row in path.read_text("utf-8").splitlines():
            parts = row.split("|")
            if len(parts) >= 3:
                turns_.append((number, parts[1]))
    return turns_


def capped(scores: Vectors, conversation: np.ndarray) -> Vectors:
    """The highest ``MOST_PER_CALL`` scores of each conversation: no rule alarms more often."""
    kept: list[float] = []
    for number in np.unique(conversation):
        kept += np.sort(scores[conversation == number])[::-1][:MOST_PER_CALL].tolist()
    return np.array(kept, np.float32)


def turns(encoder: SentenceEncoder, texts: Sequence[str]) -> tuple[list[str], Vectors, np.ndarray]:
    """All spans of all texts, their vectors, and the number of the text each belongs to."""
    spans: list[str] = []
    owner: list[int] = []
    for number, text in enumerate(texts):
        words = text.split()
        for first, last in spans_of(text):
            spans.append(" ".join(words[first : last + 1]))
            owner.append(number)
    vectors = [encoder.encode(spans[at : at + 2048]) for at in range(0, len(spans), 2048)]
    return spans, np.concatenate(vectors), np.array(owner, np.int32)


def _worse(
    talk: Vectors, talk_hours: float, service: Vectors | None, service_hours: float
) -> tuple[tuple[float, float], ...]:
    """One curve that is right for whichever of the two raises more false alarms."""
    one = curve_of(talk, talk_hours, steady=True)
    other = curve_of(service, service_hours, steady=True) if service is not None else one
    low = min(one.score(20.0), other.score(20.0))
    high = max(one.score(1e-3), other.score(1e-3))
    points: list[tuple[float, float]] = []
    for score in np.linspace(low, high, 24):
        rate = max(one.rate(float(score)), other.rate(float(score)))
        falling = min(rate, points[-1][1] * 0.999) if points else rate
        points.append((round(float(score), 3), float(f"{falling:.4g}")))
    return tuple(points)


def carry_over(
    encoder: SentenceEncoder,
    own: Spans,
    talk: Spans,
) -> tuple[float, float]:
    """How rates counted on our own talk become those of strangers' talk.

    Made-up rules of a few lines each are counted on both; the median of the ratio is the factor.
    The exponent is left at 1: ratios at half and at double the rate differ by less than rules do.
    """
    draw = random.Random(3)  # noqa: S311 - a fair draw, no secret
    ratios: list[float] = []
    for cue in cues():
        lines = [line.text for line in read_lines() if line.cue == cue and line.is_cue]
        for _ in range(TRIALS):
            sentences = encoder.encode(draw.sample(lines, SENTENCES))
            ours = curve_of(best_of_turns((own[0] @ sentences.T).max(1), own[1]), own[2])
            theirs = curve_of(best_of_turns((talk[0] @ sentences.T).max(1), talk[1]), talk[2])
            ratios += [theirs.rate(ours.score(rate)) / rate for rate in COUNTED]
    return (round(float(np.median(ratios)), 3), 1.0)


if __name__ == "__main__":
    main()
