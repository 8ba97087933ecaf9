"""What happens to one recording of every kind: nothing of it is lost without a word."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from makers import Kind, likeness, opened, played, sample, wanted
from table import KINDS

from audio.samples.chunks import SAMPLE_RATE
from coach.errors import InputError
from coach.events import Channel

HEARD = {
    "ac": (Channel.AGENT, Channel.CUSTOMER),
    "a": (Channel.AGENT,),
    "c": (Channel.CUSTOMER,),
    "m": (Channel.MIXED,),
    "?": (),
}


@pytest.fixture(scope="module")
def _both_people_speak() -> None:
    for side in sample():
        assert np.sqrt(np.mean(side**2)) > 0.01


@pytest.mark.samples
@pytest.mark.usefixtures("_both_people_speak")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_heard_or_said(kind: Kind, tmp_path: Path) -> None:
    made = kind.make(tmp_path)
    if not kind.heard:
        with pytest.raises(InputError) as caught:
            opened(kind, made)
        assert [part for part in kind.says if part not in str(caught.value)] == []
        assert caught.value.remedy
        return
    recording = opened(kind, made)
    unread = copy.deepcopy(recording)
    sound = played(recording)
    for channel in HEARD[kind.heard]:
        assert likeness(sound[channel], wanted(channel, whole=kind.whole)) >= kind.faithful
    for samples in sound.values():
        assert len(samples) / SAMPLE_RATE == pytest.approx(kind.seconds, abs=0.15)
        assert np.isfinite(samples).all()
    told = "\n".join(recording.notices)
    assert [part for part in kind.says if part != "?" and part not in told] == []
    assert [part for part in kind.never if part in told] == []
    assert kind.says or not told
    assert [seconds >= 0 for seconds in unread.read_through()]
    assert unread.notices == recording.notices


def test_there_are_sixty_kinds() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 60
