"""What a sound server's answers come to, with its words in the place of the server."""

from __future__ import annotations

import pytest

from audio.hardware import pulse

SOURCES = (
    "0\tspeakers.monitor\tmodule-null-sink.c\ts16le 2ch 48000Hz\tRUNNING\n4\theadset\tx\ty\tz\n"
)
STREAMS = """Source Output #22
\tDriver: module-remap-source.c
\tSource: 1
\tProperties:
\t\tmedia.name = "Remapped Stream"

Source Output #30
\tDriver: protocol-native.c
\tSource: 0
\tFormat: pcm, format.sample_format = "\\"float32le\\""
\tSource Latency: 0 usec
\tProperties:
\t\tmedia.name = "ALSA Capture"
\t\tcoach.stream = "77-1"

Source Output #31
\tSource: 4294967295
\tProperties:
\t\tcoach.stream = "77-2"
"""


def test_our_streams_are_told_with_the_names_of_what_they_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {("list", "short", "sources"): SOURCES, ("list", "source-outputs"): STREAMS}
    monkeypatch.setattr(pulse, "_pactl", lambda *words: answers[words])
    present = pulse.present()
    assert present is not None
    assert present.sources == {"speakers.monitor", "headset"}
    assert present.streams == {"77-1": "speakers.monitor"}, "of no other's, none without a source"


def test_a_server_without_an_answer_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "_pactl", lambda *_words: None)
    assert pulse.present() is None
