"""The sentence encoder: texts to vectors and, for the shipped cues, to trained scores.

The model is our own (``model_en.md`` is its card): a small transformer in int8, run by
onnxruntime on one thread. A clause costs one to two milliseconds. Vectors are rounded to int8
as soon as they are made, so what is kept with a call is exactly what was judged.

A live call has little memory to spare: the network's weights stand in a file of their own, which
onnxruntime looks at only while it lays them out anew, and those of the word pieces in another one,
of which only the rows of the text at hand are read.
"""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from coach.meaning.piece_rows import PieceRows
from coach.meaning.word_signs import WordSigns, opened_signs

Vectors = npt.NDArray[np.float32]
"""One row a text, of length 1."""


class Heads(NamedTuple):
    """The trained cues, and distress: a direction and an offset each."""

    weights: Vectors
    bias: Vectors
    distress: Vectors
    distress_bias: float
    words: WordSigns


SIGNS = "words_en.npz"
"""File of the words' part of the scores."""
REMEMBERED = 4096
"""Texts whose vectors are kept: a final mostly repeats what its drafts said."""


class EncoderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """``model_en.json``: what must be known of the model beside it."""

    name: str
    """Changes with every training. It goes by the network in one piece: how that is laid out in
    files changes no vector."""
    scores: str = ""
    """Changes with whatever else the scores of the cues come from: directions, words, curves."""
    dimensions: int
    meant: int
    """The first so many dimensions say what is meant, and are what the cues were trained on; the
    others say what it is about. Either part weighs half."""
    longest: int
    """Tokens of a text that are read."""
    cues: tuple[str, ...]
    """The cues that were trained, in the order of the columns of the scores."""
    curves: dict[str, tuple[tuple[float, float], ...]]
    """By cue: score and false alarms per hour of ordinary talk, rising scores."""
    sentences: tuple[float, float]
    """How the rate counted on the shipped background becomes that of ordinary talk: a factor,
    and the exponent of the counted rate."""
    background_hours: float
    """Hours of talk in ``background_en.npz``."""

    @property
    def judge(self) -> str:
        """By what a journal's clauses were judged; ``vectors_of`` tells what made their vectors."""
        return f"{self.name}+{self.scores}"


def vectors_of(judge: str) -> str:
    """The name of the encoder whose vectors were judged."""
    return judge.partition("+")[0]


BACKGROUND_LEVELS = (15, 7)
"""Of the background's vectors, by part: only rates are counted on it, and it is large."""
PARTS = 4
"""Of the background, made ready one at a time: all of it at once takes 14 MB. Much smaller parts
would be multiplied in another way by the matrix library, which is slower and rounds otherwise."""


class VectorNetwork:
    """Word pieces in, a vector out."""

    def __init__(self, folder: Path) -> None:
        """Open the network that lies in a folder with its weights."""
        import onnxruntime  # noqa: PLC0415 - a slow import that most commands do not need

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # One after the other, texts of every length fit into what the longest of them took.
        options.enable_cpu_mem_arena = True
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(
            str(folder / "model_en.onnx"), options, providers=["CPUExecutionProvider"]
        )
        width = self._session.get_inputs()[0].shape[-1]
        self._rows = PieceRows(folder / "pieces_en.bin", width)

    def run(self, tokens: Sequence[int]) -> Vectors:
        """The vector of one text.

        The int8 network scales its figures by all that it is given at once: of several texts each
        would come out a little different in other company.
        """
        pieces = self._rows.of(tokens)[np.newaxis]
        mask = np.ones((1, len(tokens)), np.int64)
        (vectors,) = self._session.run(None, {"pieces": pieces, "mask": mask})
        made: Vectors = vectors[0]
        return made


class VectorStore(Protocol):
    """Keeps vectors as they are packed, by their texts."""

    def get(self, text: str) -> bytes | None:
        """The vector of a text; None where it is not kept."""
        ...

    def put(self, text: str, vector: bytes) -> None:
        """Keep the vector of a text."""
        ...


class SentenceEncoder:
    """Turns texts into vectors. Not safe for several threads at once."""

    def __init__(
        self, facts: EncoderFacts, network: VectorNetwork, tokenizer: Any, heads: Heads
    ) -> None:
        self.facts = facts
        self._network = network
        self._tokenizer = tokenizer
        self._heads = heads
        self.kept: VectorStore | None = None
        """Where vectors are looked up before they are made, and kept; None for calls."""
        self._known: dict[str, bytes] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, one row each."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
            new = list(dict.fromkeys(texts))
        for text in new:
            self._known[text] = self._vector(text)
        kept = np.frombuffer(b"".join(self._known[text] for text in texts), np.int8)
        return unpacked_rows(kept.reshape(len(texts), self.facts.dimensions))

    def _vector(self, text: str) -> bytes:
        kept = None if self.kept is None else self.kept.get(text)
        if kept is not None:
            return kept
        made = packed(self._network.run(self._tokenizer.encode(text.lower()).ids))
        if self.kept is not None:
            self.kept.put(text, made)
        return made

    def trained(self, vectors: Vectors, texts: Sequence[str]) -> Vectors:
        """Scores of the trained cues: vectors, with the texts they are of, by ``facts.cues``."""
        scores: Vectors = vectors @ self._heads.weights.T + self._heads.bias
        return scores + self._heads.words.scores(texts)

    def distress(self, vectors: Vectors) -> Vectors:
        """How distressed each vector's text is, 0 to 1; 0.5 is the border."""
        margins = vectors @ self._heads.distress + self._heads.distress_bias
        shares: Vectors = 1.0 / (1.0 + np.exp(-margins))
        return shares


@functools.cache
def facts() -> EncoderFacts:
    """What is known of the shipped model, without loading it."""
    file = importlib.resources.files("coach.meaning").joinpath("model_en.json")
    return msgspec.json.decode(file.read_bytes(), type=EncoderFacts)


@functools.cache
def encoder() -> SentenceEncoder:
    """The shipped model, loaded once: about a quarter of a second."""
    folder = importlib.resources.files("coach.meaning")
    with importlib.resources.as_file(folder) as path:
        return opened(path, facts(), heads())


def opened(folder: Path, known: EncoderFacts, heads: Heads) -> SentenceEncoder:
    """The model whose files lie in ``folder``."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - a slow import, as of onnxruntime

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer_en.json"))
    tokenizer.enable_truncation(known.longest)
    return SentenceEncoder(known, VectorNetwork(folder), tokenizer, heads)


@functools.cache
def heads() -> Heads:
    """The directions of the shipped model."""
    folder = importlib.resources.files("coach.meaning")
    with (
        importlib.resources.as_file(folder.joinpath(SIGNS)) as words,
        folder.joinpath("heads_en.npz").open("rb") as stream,
        np.load(stream) as held,
    ):
        return Heads(
            held["weights"],
            held["bias"],
            held["distress"],
            float(held["distress_bias"]),
            opened_signs(words),
        )


class Background(NamedTuple):
    """Ordinary talk, to count how often it comes as close to a sentence."""

    small: npt.NDArray[np.int8]
    turns: npt.NDArray[np.int32]
    """The turn that each vector is a clause of."""

    def parts(self) -> Iterator[Vectors]:
        """All vectors, a part of them at a time."""
        return map(unpacked_rows, np.array_split(self.small, PARTS))

    def middle(self) -> Vectors:
        """The mean of all vectors: what all talk has in common."""
        total = np.zeros(self.small.shape[1], np.float32)
        for part in self.parts():
            total += part.sum(axis=0)
        return total / np.float32(len(self.small))


def background() -> Background:
    """The shipped background; read anew each time, since what is counted on it is remembered."""
    file = importlib.resources.files("coach.meaning").joinpath("background_en.npz")
    with file.open("rb") as stream, np.load(stream) as held:
        return Background(held["vectors"], held["turns"])


def packed(vector: Vectors) -> bytes:
    """A vector in int8, as it is kept with a call; either part has a scale of its own."""
    return coarse(vector, (127, 127)).tobytes()


def coarse(vector: Vectors, levels: tuple[int, int]) -> npt.NDArray[np.int8]:
    """A vector in whole numbers: the largest of each part becomes its level, 127 at most."""
    parts = vector[: facts().meant], vector[facts().meant :]
    small = [
        np.round(part * (level / max(1e-6, float(np.abs(part).max()))))
        for part, level in zip(parts, levels, strict=True)
    ]
    return np.concatenate(small).astype(np.int8)


def unpacked(data: bytes) -> Vectors:
    """The vector that was packed, of length 1; a small part of its precision is lost."""
    return unpacked_rows(np.frombuffer(data, np.int8))


def unpacked_rows(small: npt.NDArray[np.int8]) -> Vectors:
    """Packed vectors with both parts brought to the same length, the whole to 1."""
    vectors = small.astype(np.float32)
    parts = [vectors[..., : facts().meant], vectors[..., facts().meant :]]
    whole: Vectors = np.concatenate([_unit(part) for part in parts], axis=-1)
    return whole * np.float32(np.sqrt(0.5))


def seen_from(middle: Vectors, vectors: Vectors) -> Vectors:
    """Vectors as they lie around ``middle``, of length 1."""
    return _unit(vectors - middle)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, 1e-6)
    return unit
