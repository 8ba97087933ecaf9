"""A third voice on one track is told where nobody's change explains it, and is nobody's."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from voices import samples_of

from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE
from audio.voices.changed import speaks_up
from audio.voices.live_turns import LiveSplitSettings, LiveTurns
from audio.voices.side_company import third_on_track
from audio.voices.split import SplitRecording, VoicesHeard, split
from audio.voices.third_voice import Third, third_voice
from audio.voices.trace import SOUND, SeenWindows
from audio.voices.turns import CELL, THIRD, Mask, VoiceTurn, within, without
from coach.cli import main
from coach.errors import Exit
from coach.events import Channel

A, B, C = 0, 1, 2
TALK = [(A, 12), (B, 10), (A, 8), (B, 14), (A, 10), (B, 9)]
JOINED = [*TALK, (C, 8), (A, 8), (C, 9), (B, 8), (C, 8), (A, 9), (B, 10), (C, 8)]
BLOCK = [*TALK, (C, 30), *TALK]
BEFORE = [(C, 30), *TALK, *TALK]
LEAVES = [*TALK, (B, 9), (C, 12), (B, 9), (C, 9), (B, 9), (C, 12)]
"""The first one gives way to the third, or is heard otherwise from there on."""
TAKES_OVER = [*TALK, (C, 40)]


def talk(
    order: list[tuple[int, int]],
    *,
    louder: float = 0.0,
    brighter: float = 0.0,
    alike: float = 0.0,
    slower: float = 0.0,
    higher: float = np.nan,
) -> SeenWindows:
    """Windows of people who speak in this order, with so many each; a pause behind every turn.

    ``louder``, ``brighter``: by how much C is both, in decibels. ``alike``: of A in what C is.
    ``slower``: by how much C's sound falls more slowly, as it does in a room.
    ``higher``: octaves by which C is so; NaN where nobody's pitch is known.
    """
    rng = np.random.default_rng(4)
    speakers = whose(order)
    vectors = rng.normal(size=(len(speakers), 256)) * 0.3 / 16
    vectors[:, 0] += 0.6  # what all voices have in common
    vectors[np.arange(len(speakers)), 1 + speakers] += 0.8
    vectors[speakers == C, 1 + A] += alike
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    pauses = np.concatenate([[0.0], np.cumsum(np.diff(speakers) != 0) * 0.8])
    sounds = rng.normal(size=(len(speakers), SOUND))
    sounds[speakers == C, 0] += louder
    sounds[speakers == C, 1:] += np.linspace(-brighter, brighter, SOUND - 1)
    middles = 0.4 + 0.2 * np.arange(len(speakers)) + pauses
    falls = np.where(speakers == C, -4.0 + slower, -4.0)
    ones = np.ones(len(speakers))
    pitches = np.where(speakers == C, 7.0 + higher, 7.0 + 0.0 * higher)
    return SeenWindows(vectors.astype(np.float32), middles, ones, sounds, falls, pitches)


def whose(order: list[tuple[int, int]]) -> np.ndarray:
    """Who speaks in each window of ``talk``."""
    return np.repeat([one for one, _ in order], [count for _, count in order])


def cells(seen: SeenWindows) -> Mask:
    """Speech around each window."""
    spoken = np.zeros(round(float(seen.middles[-1]) / CELL) + 4, np.bool_)
    for middle in seen.middles:
        spoken[round((middle - 0.1) / CELL) : round((middle + 0.1) / CELL)] = True
    return spoken


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (JOINED, True),
        (TALK, False),
        (TALK * 3, False),
        ([(A, 60)], False),
        (BLOCK, True),
        (TAKES_OVER, True),
        (LEAVES, True),
        ([*TALK, (C, 12)], False),
        (BEFORE, False),
        ([(A, 5), (B, 5), (C, 5), (A, 5), (C, 5), (B, 5), (C, 5)], False),
    ],
    ids=[
        "joins",
        "two",
        "two for long",
        "one",
        "for a while",
        "at the end",
        "in another's place",
        "hardly",
        "before",
        "short",
    ],
)
def test_a_third_is_somebody_who_speaks_for_long_enough_and_not_before_the_call(
    order: list[tuple[int, int]], told: bool
) -> None:
    found = third_voice(talk(order))
    assert (found is not None) is told
    if found is not None:
        seen = talk(order)
        own = seen.middles[whose(order) == C]
        assert found.since == pytest.approx(own[0] - 0.4)
        assert found.until == pytest.approx(own[-1] + 0.4)
        assert found.speech == pytest.approx(len(own) * 0.2)
        assert found.surely is (order is JOINED)


@pytest.mark.parametrize("order", [BLOCK, TAKES_OVER, LEAVES, JOINED])
@pytest.mark.parametrize("how", [{"slower": 1.6}, {"louder": 9.0}, {"louder": -9.0}])
def test_who_may_be_one_of_the_two_otherwise_is_told_by_turns_alone(
    order: list[tuple[int, int]], how: dict[str, float]
) -> None:
    """Somebody goes over to a loudspeaker, or gets loud: never by turns with herself."""
    assert (third_voice(talk(order, **how)) is not None) is (order is JOINED)


@pytest.mark.parametrize(
    "how", [{"slower": 1.6}, {"louder": 9.0}, {"louder": 9.0, "brighter": 8.0}]
)
def test_where_words_announce_somebody_a_voice_of_its_own_is_enough(how: dict[str, float]) -> None:
    for order in ([*TALK, (C, 12)], BLOCK, TAKES_OVER):
        found = third_voice(talk(order, **how), announced=True)
        assert found is not None
        assert found.speech == pytest.approx((whose(order) == C).sum() * 0.2)
    assert third_voice(talk(TALK * 3), announced=True) is None


def test_voices_that_differ_little_need_turns() -> None:
    """Between the cosine that does by turns and the one that does without them."""
    assert third_voice(talk(JOINED, alike=1.15)) is not None
    assert third_voice(talk(TAKES_OVER, alike=1.15)) is None


def test_voices_that_are_much_alike_are_not_three() -> None:
    assert third_voice(talk(JOINED, alike=2.0)) is None


@pytest.mark.parametrize(
    ("louder", "brighter", "told"),
    [(9.0, 8.0, False), (0.0, 8.0, False), (-6.0, 8.0, True), (9.0, 0.0, True)],
    ids=["shouts", "shouts, levelled", "bright but faint", "loud alone"],
)
def test_a_raised_voice_is_no_third(louder: float, brighter: float, told: bool) -> None:
    assert (third_voice(talk(JOINED, louder=louder, brighter=brighter)) is not None) is told


def much_alike(order: list[tuple[int, int]], how_much: float = 2.0, **how: float) -> SeenWindows:
    """The same with A and B much alike, and C like neither."""
    seen = talk(order, **how)
    vectors = seen.vectors.copy()
    vectors[whose(order) != C, 1 + A] += how_much * 0.8
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return seen._replace(vectors=vectors)


ONCE = [*TALK, *TALK, (C, 12), *TALK, *TALK]


@pytest.mark.parametrize("order", [[*TALK, *BLOCK], ONCE, [*TALK * 2, *JOINED]])
def test_a_third_is_told_however_much_the_two_others_are_alike(
    order: list[tuple[int, int]],
) -> None:
    """Only where the pitch is known, which says whether he may be one of them who changes."""
    found = third_voice(much_alike(order, higher=-0.5))
    assert found is not None
    assert found.since == pytest.approx(talk(order).middles[whose(order) == C][0] - 0.4)
    assert found.speech == pytest.approx((whose(order) == C).sum() * 0.2)
    assert third_voice(much_alike(order)) is None
    assert third_voice(much_alike(TALK * 4, higher=-0.5)) is None


@pytest.mark.parametrize("order", [BLOCK, [*TALK, *TALK, (C, 11), *TALK, *TALK]])
def test_while_little_was_heard_a_third_beside_two_alike_is_not_told(
    order: list[tuple[int, int]],
) -> None:
    assert third_voice(much_alike(order, higher=-0.5)) is None


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"higher": 0.0}, True),
        ({"higher": 0.5, "brighter": 3.0}, False),
        ({"higher": -0.5, "brighter": 3.0}, True),
        ({"higher": 0.5, "brighter": -3.0}, True),
        ({"higher": 0.5, "brighter": 3.0, "louder": -5.0}, True),
        ({"higher": 0.0, "louder": 9.0}, False),
        ({"higher": 0.0, "slower": 1.6}, False),
        ({"higher": -0.5, "slower": 1.6}, True),
        ({"higher": -1.0, "slower": 1.6}, False),
    ],
    ids=[
        "as high",
        "raises the voice",
        "bright and low",
        "high and dull",
        "high and faint",
        "much louder",
        "in a room",
        "another in a room",
        "an octave lower in a room",
    ],
)
def test_pitch_says_whether_a_third_may_be_one_of_the_two(
    how: dict[str, float], told: bool
) -> None:
    assert (third_voice(much_alike(ONCE, **how)) is not None) is told


def test_who_calms_down_for_good_is_no_third() -> None:
    how = {"higher": -0.5, "brighter": -3.0}
    assert third_voice(much_alike(ONCE, **how)) is not None
    assert (
        third_voice(much_alike([*TALK * 3, (C, 9), (A, 8), (C, 9), (A, 9), (C, 9)], **how)) is None
    )


SHOUTS = [*TALK, (C, 10), (A, 8), (C, 12), (A, 9), (B, 10), (A, 9), (C, 12), (A, 9), (B, 12)]
"""By turns with B, and next to B but once."""


def test_by_turns_a_voice_raised_in_pitch_is_no_third_without_talk_between_the_two() -> None:
    raised = {"higher": 0.8, "brighter": 3.0, "louder": 6.0}
    assert third_voice(talk(SHOUTS, **raised)) is None
    assert third_voice(talk(SHOUTS, **{**raised, "higher": 0.0})) is not None
    assert third_voice(talk(JOINED, **raised)) is not None


def test_a_raised_voice_is_brighter_evenly() -> None:
    calm = np.zeros(SOUND)
    raised = np.concatenate([[0.0], np.linspace(-8, 8, SOUND - 1)])
    other = raised + np.concatenate([[0.0], np.tile([9.0, -9.0], 4)])
    assert speaks_up(np.stack([calm, raised]))
    assert speaks_up(np.stack([raised, calm]))
    assert not speaks_up(np.stack([calm, other]))


def test_a_thirds_turns_are_taken_out_of_the_twos() -> None:
    turns = [
        VoiceTurn(start=0.0, end=4.0, speaker=0, confidence=0.9, speech=4.0),
        VoiceTurn(start=4.0, end=8.0, speaker=1, confidence=0.9, speech=4.0),
    ]
    found = without(turns, [(3.0, 5.0), (7.0, 8.0)], np.ones(80, np.bool_))
    assert [(t.start, t.end, t.speaker, t.sure) for t in found] == [
        (0.0, 3.0, 0, True),
        (3.0, 5.0, THIRD, False),
        (5.0, 7.0, 1, True),
        (7.0, 8.0, THIRD, False),
    ]
    assert [t.speech for t in found] == pytest.approx([3.0, 2.0, 2.0, 1.0])
    assert without(turns, [], np.ones(80, np.bool_)) == turns
    assert within(np.array([2.9, 3.0, 5.0]), [(3.0, 5.0)]).tolist() == [False, True, False]


def test_its_turns_are_found_again() -> None:
    seen = talk(JOINED)
    found = third_voice(seen)
    assert found is not None
    turns = found.turns(seen, cells(seen))
    assert len(turns) == 4
    right = within(seen.middles, turns) == (whose(JOINED) == C)
    assert right.mean() > 0.97


def test_what_it_means_is_said() -> None:
    third = Third(14.2, 75.0, 12.0, True, np.eye(3))
    told = third_on_track(third)
    assert "very probably a third voice" in told
    assert "from 00:14 to 01:15" in told
    assert "given to neither" in told
    assert "very" not in third_on_track(third._replace(surely=False))
    assert "since about 00:14" in third_on_track(third, live=True)


@pytest.mark.samples
def test_a_recordings_third_voice_is_on_no_side_and_told_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "mixed.wav"
    noise = np.random.default_rng(1).integers(-8000, 8000, SAMPLE_RATE * 4).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, len(noise), "NONE", ""))
        file.writeframes(noise.tobytes())
    turns = tuple(
        VoiceTurn(start=s, end=s + 1.0, speaker=w, confidence=0.9, speech=1.0)
        for s, w in ((0.0, 0), (1.0, THIRD), (2.0, 1))
    )
    heard = VoicesHeard(voices=None, turns=turns, third=Third(1.0, 2.0, 1.0, False, np.eye(3)))
    made = SplitRecording(open_recording(path), heard, agent_speaks_first=True)
    assert made.channels == (Channel.AGENT, Channel.CUSTOMER, Channel.MIXED)
    loud = {
        chunk.channel
        for chunk in made.chunks(0.5)
        if chunk.start in (1.0, 1.5) and chunk.samples.any()
    }
    assert loud == {Channel.MIXED}
    (news,) = made.news
    assert (news.at, news.kind) == (1.0, "third_voice")
    assert any(news.detail in notice for notice in made.notices)


def test_as_the_call_goes_by_a_third_is_nobodys_once_it_is_known() -> None:
    order = [*JOINED, (C, 12), (A, 12), (C, 12), (B, 12), (C, 14)]
    seen = talk(order)
    turns = LiveTurns(LiveSplitSettings())
    spoken, given = cells(seen), 0
    told: list[float] = []
    for first in range(0, len(seen.middles), 2):
        piece = seen.where(slice(first, first + 2))
        until = round((float(piece.middles[-1]) + 0.1) / CELL)
        turns.push(piece, spoken[given:until])
        given = until
        third = turns.third()
        if third is not None and not told:
            told.append(piece.middles[-1])
    turns.push(seen.where(slice(0, 0)), spoken[given:])
    turns.finish()
    (known,) = told
    speakers = whose(order)
    decided = np.array([turns.decided[round(m / CELL)].speaker for m in seen.middles])
    later = seen.middles > known
    assert (decided[later] == speakers[later]).mean() > 0.9
    assert THIRD not in decided[seen.middles < known - 2.0]


SAID = (
    ("slt", "Good morning, you are speaking to the claims desk, how can I help you today?"),
    ("rms", "I had a letter about my car and I do not understand what it says at all."),
    ("slt", "Let me look that up for you, it will only take a moment of your time."),
    ("rms", "It says that I have to pay four hundred, and nobody told me about that."),
    ("slt", "I see, I will ask my colleague from the garage to join us on the line."),
    ("kal", "Hello, this is the workshop, I have the papers of the car in front of me."),
    ("slt", "Could you tell us what was done to it and when it came in?"),
    ("kal", "It came in on Monday with a broken lamp, and we changed both of them."),
    ("rms", "I asked for one lamp, not for two, so why should I pay for both?"),
    ("kal", "They are sold in pairs, and the second one was nearly gone as well."),
    ("slt", "Then we can take half of it off the bill, would that be fair to you?"),
    ("rms", "Yes, that would be fair, and thank you for looking into it so quickly."),
    ("kal", "Very well, then everything is clear from my side, have a good day."),
)


@pytest.mark.samples
@pytest.mark.parametrize("third", [True, False])
def test_three_who_talk_are_told_and_two_are_not(
    third: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Spoken, on one track, as `coach inspect` hears it."""
    if shutil.which("flite") is None:
        pytest.skip("needs flite on this machine")
    path, begins, joined = tmp_path / "call.wav", 0.0, []
    for voice, text in SAID if third else [one for one in SAID if one[0] != "kal"]:
        file = tmp_path / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True)
        said = samples_of(file)
        if voice == "kal" and not begins:
            begins = sum(map(len, joined)) / SAMPLE_RATE
        joined += [said * (0.05 / np.sqrt(np.mean(said**2))), np.zeros(SAMPLE_RATE // 2)]
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        out.writeframes((np.concatenate(joined) * 32767).astype("<i2").tobytes())
    assert main(["inspect", str(path)]) == Exit.OK
    told = capsys.readouterr().out
    assert ("a third voice is in the call" in told) is third
    if third:
        made = split(open_recording(path))
        assert isinstance(made, SplitRecording)
        assert made.heard.third is not None
        assert made.heard.third.since == pytest.approx(begins, abs=1.0)
        thirds = [turn for turn in made.heard.turns if turn.speaker == THIRD]
        assert len(thirds) == 4
