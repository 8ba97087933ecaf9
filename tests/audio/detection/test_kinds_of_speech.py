"""Speech that a recogniser likes to mend: said again, and in another language."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from voices import reshape, samples_of, speak

from audio.listening.inline_driver import InlineDriver
from audio.listening.listener import Listener, ListenerSettings, SoundFact
from audio.recognition.transcriber import Transcriber
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.events import AudioGap, Channel, Hypothesis, Utterance

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]


def facts_of(samples: Samples, transcriber: Transcriber) -> list[SoundFact]:
    """What is heard of a customer."""
    listener = Listener((Channel.CUSTOMER,), ListenerSettings(language="en"))
    driver = InlineDriver(listener, transcriber)
    facts = driver.push(Chunk(Channel.CUSTOMER, 0.0, samples))
    return [*facts, *driver.finish(listener.now)]


def hear(samples: Samples, transcriber: Transcriber) -> tuple[list[Utterance], list[str]]:
    """The finals, and everything that stood committed."""
    facts = facts_of(samples, transcriber)
    stated = [fact.committed for fact in facts if isinstance(fact, Hypothesis)]
    return [fact for fact in facts if isinstance(fact, Utterance)], stated


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


@pytest.mark.parametrize(
    ("voice", "sentence", "again", "pause"),
    [
        ("rms", "I said no.", "said no", 0.1),
        # the decoder writes it once, with the last word stretched over the other three
        ("kal16", "I already told you that.", "told you that", 0.25),
    ],
)
def test_a_sentence_said_four_times_is_heard_four_times(
    voice: str, sentence: str, again: str, pause: float, transcriber: Transcriber, tmp_path: Path
) -> None:
    if shutil.which("flite") is None:
        pytest.skip("needs flite on this machine")
    file = tmp_path / "a.wav"
    subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", str(file)], check=True)
    once = samples_of(file)
    rounds = [part for _ in range(4) for part in (once, silence(pause))]
    found, _ = hear(np.concatenate([silence(0.5), *rounds, silence(1.5)]), transcriber)
    text = " ".join(one.text for one in found if not one.doubtful).casefold()
    assert text.count(again) == 4
    assert not any(one.withdrawn for one in found)


FOREIGN = [
    ("es", "Buenos días, llamo porque no me funciona la tarjeta.", True),
    # the decoder translates it, fluently
    ("es", "No entiendo lo que me dice, quiero hablar con alguien en español.", True),
    # the decoder makes English words of its sounds
    ("de", "Ja natürlich, einen Augenblick bitte.", True),
    ("de", "Guten Morgen. Ich möchte gerne meinen Vertrag kündigen, weil ich umziehe.", False),
]
"""The voice, the words, and whether no draft of them is taken for English either."""


@pytest.mark.parametrize(("voice", "words", "throughout"), FOREIGN)
def test_foreign_speech_is_marked_and_never_trusted(
    transcriber: Transcriber, tmp_path: Path, voice: str, words: str, *, throughout: bool
) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng on this machine")
    foreign = speak(tmp_path / "foreign.wav", words, voice=voice, speed=150)
    sound = samples_of(reshape(foreign, "rate", "8000"))
    found, stated = hear(np.concatenate([silence(0.5), sound, silence(1.5)]), transcriber)
    assert found
    assert all(one.doubtful and one.doubt.startswith("not English") for one in found)
    assert not any(stated) or not throughout


def test_foreign_speech_right_behind_english_is_told_and_not_transcribed(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng on this machine")
    said = [
        ("en-gb", "Sorry, my English is not good.", 160),
        ("de", "Guten Tag, ich rufe an, weil meine Rechnung vom letzten Monat nicht stimmt.", 150),
    ]
    parts = [
        samples_of(
            reshape(speak(tmp_path / f"{voice}.wav", words, voice=voice, speed=speed), "rate", "8k")
        )
        for voice, words, speed in said
    ]
    sound = np.concatenate([silence(0.5), *parts, silence(1.5)])
    facts = facts_of(sound, transcriber)
    gaps = [fact for fact in facts if isinstance(fact, AudioGap)]
    assert [one.cause for one in gaps] == ["not English but German, not transcribed"]
    assert gaps[0].end - gaps[0].start > 3.0
    trusted = [one for one in facts if isinstance(one, Utterance) and not one.doubtful]
    assert " ".join(one.text for one in trusted) == "Sorry, my English is not good."
