"""What was understood before an import was stopped, in the place of hearing it again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from oracle import say

from audio.recognition.decoding import DecodeRequest, DecodeResult, ForeignPart, Purpose
from coach.calls.importers.sealed import SealedStore
from coach.events import Channel
from coach.replay.heard_before import HeardBefore

UNLIKE_ANY_DEFAULT = {
    "no_speech": 0.25,
    "avg_logprob": -0.5,
    "looped": True,
    "language": "de",
    "language_probability": 0.75,
    "in_context": True,
    "foreign_front": ForeignPart(1.0, 2.0, "es"),
    "foreign_rest": ForeignPart(3.0, 4.0, "de"),
}


class Recogniser:
    """Answers with something in every field, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def decode_all(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        self.asked += 1
        words = tuple(say("not any more", 1.5))
        return [DecodeResult(one, words, **UNLIKE_ANY_DEFAULT) for one in requests]  # type: ignore[arg-type]


def request(number: int, loudness: float) -> DecodeRequest:
    sound = np.full(16000, loudness, np.float32)
    return DecodeRequest(number, Purpose.FINAL, Channel.AGENT, f"A{number}", 1.0, sound)


def fields(result: DecodeResult) -> dict[str, object]:
    return {name: getattr(result, name) for name in DecodeResult._fields if name != "request"}


def test_an_answer_given_before_is_the_same_in_everything(tmp_path: Path) -> None:
    assert {"words", *UNLIKE_ANY_DEFAULT} == set(DecodeResult._fields) - {"request"}
    recogniser = Recogniser()
    heard = HeardBefore(recogniser, SealedStore(tmp_path), "model")
    first = heard.decode_all([request(1, 0.1), request(2, 0.2)])
    again = HeardBefore(recogniser, SealedStore(tmp_path), "model").decode_all(
        [one.request for one in first]
    )
    assert recogniser.asked == 1
    assert [fields(one) for one in again] == [fields(one) for one in first]
    assert [one.request.number for one in again] == [1, 2]


def test_other_sound_or_another_model_is_asked_anew(tmp_path: Path) -> None:
    recogniser = Recogniser()
    for told, loudness in (("model", 0.1), ("model", 0.2), ("another", 0.1)):
        HeardBefore(recogniser, SealedStore(tmp_path), told).decode_all([request(1, loudness)])
    assert recogniser.asked == 3
