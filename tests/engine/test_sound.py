from __future__ import annotations

from coach.engine.talk.sound import Soundcheck
from coach.events import AudioGap, AudioWarning, Channel
from coach.snapshot import Gap


def lost(start: float, end: float, channel: Channel, cause: str = "device lost") -> AudioGap:
    return AudioGap(at=end, channel=channel, start=start, end=end, cause=cause)


def test_an_outage_told_in_parts_is_one_gap() -> None:
    sound = Soundcheck()
    sound.begin((Channel.AGENT, Channel.CUSTOMER), 0.0)
    sound.gap(lost(5.0, 15.0, Channel.CUSTOMER))
    sound.gap(lost(5.2, 7.0, Channel.AGENT))
    sound.gap(lost(15.0, 18.0, Channel.CUSTOMER))
    sound.gap(lost(30.0, 31.0, Channel.CUSTOMER))
    sound.gap(lost(31.0, 32.0, Channel.CUSTOMER, "overrun"))
    assert sound.gaps() == (
        Gap(channel=Channel.CUSTOMER, start=5.0, end=18.0, cause="device lost"),
        Gap(channel=Channel.AGENT, start=5.2, end=7.0, cause="device lost"),
        Gap(channel=Channel.CUSTOMER, start=30.0, end=31.0, cause="device lost"),
        Gap(channel=Channel.CUSTOMER, start=31.0, end=32.0, cause="overrun"),
    )
    health = {side.channel: side.lost for side in sound.health(40.0, frozenset())}
    assert health[Channel.CUSTOMER] == 15.0


def test_one_voice_so_far_is_a_note_and_no_trouble_while_it_lasts() -> None:
    sound = Soundcheck()
    told = []
    for active, detail in ((True, "one voice so far"), (False, "two voices"), (True, "one again")):
        sound.warning(AudioWarning(at=1.0, kind="one_voice", detail=detail, active=active))
        told.append(sound.notes())
        assert not sound.troubled
    assert told == [("one voice so far",), (), ("one again",)]
