"""What languages are called in words."""

from __future__ import annotations

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from audio.words.language import NAMES, not_as_asked


def test_every_language_that_the_recogniser_tells_has_a_name() -> None:
    assert set(NAMES) == set(_LANGUAGE_CODES)


@pytest.mark.parametrize(
    ("spoken", "words"),
    [("th", "not English but Thai"), ("de", "not English but German"), ("und", "not English")],
)
def test_what_was_spoken_is_said_by_name(spoken: str, words: str) -> None:
    assert not_as_asked("en", spoken) == words
