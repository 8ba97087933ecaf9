import pytest

from audio.listening.health import KINDS, SilenceWatch, of_other_side
from audio.voices.side_company import third_on_side
from coach.events import AudioWarning, Channel, Loudness

QUIET, LOUD = -90.0, -25.0
BOTH = (Channel.AGENT, Channel.CUSTOMER)


def run(
    watch: SilenceWatch, start: float, end: float, levels: dict[Channel, float]
) -> list[AudioWarning]:
    warnings = []
    for half in range(round(start * 2), round(end * 2)):
        for channel, dbfs in levels.items():
            at = half / 2 + 0.5
            fact = Loudness(
                at=at, channel=channel, start=at - 0.5, end=at, dbfs=dbfs, speech=dbfs > -40
            )
            warnings += watch.push(fact)
    return warnings


@pytest.mark.parametrize("mute", BOTH)
def test_a_side_never_heard_is_named_once_and_cleared_when_it_is(mute: Channel) -> None:
    watch = SilenceWatch()
    assert run(watch, 0, 19.5, {mute: QUIET, mute.other: LOUD}) == []
    (warning,) = run(watch, 19.5, 60, {mute: QUIET, mute.other: LOUD})
    assert (warning.at, warning.kind, warning.active) == (20.0, KINDS[mute], True)
    (over,) = run(watch, 60, 70, {mute: LOUD, mute.other: LOUD})
    assert (over.kind, over.active) == (KINDS[mute], False)


@pytest.mark.parametrize("mute", BOTH)
def test_a_side_that_listens_is_left_alone_for_a_minute(mute: Channel) -> None:
    watch = SilenceWatch()
    run(watch, 0, 5, dict.fromkeys(BOTH, LOUD))
    assert run(watch, 5, 64, {mute: QUIET, mute.other: LOUD}) == []
    assert len(run(watch, 64, 70, {mute: QUIET, mute.other: LOUD})) == 1


def test_a_pause_of_both_is_no_fault() -> None:
    watch = SilenceWatch()
    run(watch, 0, 5, dict.fromkeys(BOTH, LOUD))
    assert run(watch, 5, 300, dict.fromkeys(BOTH, QUIET)) == []


def test_music_or_noise_from_the_other_side_is_not_speech() -> None:
    assert run(SilenceWatch(), 0, 100, {Channel.AGENT: QUIET, Channel.CUSTOMER: -45.0}) == []


def test_an_undivided_recording_has_no_other_side() -> None:
    assert run(SilenceWatch(), 0, 100, {Channel.MIXED: QUIET}) == []


@pytest.mark.parametrize("mute", BOTH)
def test_after_a_swap_a_silence_is_told_of_under_its_new_name(mute: Channel) -> None:
    watch = SilenceWatch()
    assert len(run(watch, 0, 30, {mute: QUIET, mute.other: LOUD})) == 1
    watch.swap()
    (warning,) = run(watch, 30, 40, {mute.other: QUIET, mute: LOUD})
    assert (warning.kind, warning.active) == (KINDS[mute.other], True)


def test_a_warning_can_be_given_the_other_sides_name() -> None:
    warning = AudioWarning(at=1.0, kind=KINDS[Channel.AGENT], detail="x")
    exchanged = of_other_side(warning)
    assert exchanged.kind == KINDS[Channel.CUSTOMER]
    assert of_other_side(of_other_side(exchanged)) == exchanged
    echo = AudioWarning(at=1.0, kind="echo", detail="x")
    assert of_other_side(echo) == echo


def test_a_third_voice_is_on_the_side_that_carries_the_name_in_force() -> None:
    for side in BOTH:
        told, other = (third_on_side(9.0, one) for one in (side, side.other))
        warning = AudioWarning(at=9.0, kind="third_voice", detail=told)
        assert of_other_side(warning).detail == other


@pytest.mark.parametrize("mute", BOTH)
@pytest.mark.parametrize("recorded", [False, True])
def test_a_silence_of_the_other_side_is_told_as_if_it_had_been_its_own(
    mute: Channel, *, recorded: bool
) -> None:
    (told,) = run(SilenceWatch(recorded=recorded), 0, 30, {mute: QUIET, mute.other: LOUD})
    (other,) = run(SilenceWatch(recorded=recorded), 0, 30, {mute.other: QUIET, mute: LOUD})
    assert of_other_side(told) == other


@pytest.mark.parametrize("mute", BOTH)
def test_in_a_recording_the_words_say_what_is_missing_and_from_when(mute: Channel) -> None:
    watch = SilenceWatch(recorded=True)
    run(watch, 0, 5, dict.fromkeys(BOTH, LOUD))
    (warning,) = run(watch, 5, 75, {mute: QUIET, mute.other: LOUD})
    assert "is silent from 00:05 on" in warning.detail
    assert "?" not in warning.detail
    (over,) = run(watch, 75, 76, dict.fromkeys(BOTH, LOUD))
    assert "after 70 s of silence" in over.detail
