"""Recordings by what is on their channels: copies, levels, offsets, leaks, who is where."""

from __future__ import annotations

import functools

import numpy as np
from makers import (
    LONG,
    LONG_ENOUGH,
    LONGEST,
    ONE,
    RATE,
    Kind,
    beep,
    beginning_late,
    both_echoing,
    call,
    carried,
    changed,
    clipped,
    cut_off,
    db,
    echoing,
    exchanged,
    faded,
    fading,
    faster,
    floats,
    hum,
    late,
    late_in,
    leaking,
    leaking_and_clipped,
    mixed,
    quiet_low_bits,
    railway,
    sample,
    saved,
    stereo,
    two_files,
    with_no_numbers,
)
from soundfiles import bytes_of, extensible, pcm, wav, write

from audio.recordings.opening import RecordingOptions


def eight_bits(channels: int, *, signed: bool, louder: float = 0.0) -> bytes:
    """The sample in a WAV file of 8 bits, which are unsigned there."""
    rows = [
        np.clip(side * db(louder), -1, 1) for side in (sample() if channels == 2 else [mixed()])
    ]
    return wav(bytes_of(rows, signed=signed), channels=channels, bits=8)


SOUND = [
    # --- samples that are not what they seem
    Kind(
        "24 bits in 32",
        saved(
            "a.wav",
            lambda: wav(pcm(sample(), 32), tag=0xFFFE, channels=2, bits=32, extra=extensible(24)),
        ),
    ),
    *(
        Kind(
            f"8 bits that are signed, {channels} of channels",
            saved("a.wav", functools.partial(eight_bits, channels, signed=True)),
            heard="ac" if channels == 2 else "m",
            says=("but these are signed", f"--raw u8:{channels} --rate 8000", *more),
            never=("clipped", "offset"),
            faithful=0.95,
        )
        for channels, more in ((1, (ONE,)), (2, ()))
    ),
    Kind(
        "8 bits, clipped hard",
        saved("a.wav", functools.partial(eight_bits, 2, signed=False, louder=40)),
        says=("The agent's side is clipped", "The customer's side is clipped"),
        never=("signed",),
        faithful=0.5,
    ),
    Kind(
        "24 bits in the low end of 32",
        saved("a.wav", quiet_low_bits),
        says=("The agent's side is very quiet", "The customer's side is very quiet"),
    ),
    Kind(
        "floats in steps of 16 bits",
        saved("a.wav", floats(32768.0)),
        says=("The agent's side is too loud", "The customer's side is too loud"),
    ),
    Kind(
        "floats of a million million",
        saved("a.wav", floats(1e12)),
        says=("The agent's side is too loud", "The customer's side is too loud"),
    ),
    Kind(
        "floats that are no numbers",
        saved("a.wav", with_no_numbers),
        says=("51 samples of it are no numbers, and nothing is heard there",),
        faithful=0.95,
    ),
    Kind(
        "a railway's hum on both sides",
        stereo("a.wav", lambda: [side + railway(0.4) for side in sample()]),
        says=(
            "The agent's side carries mains hum of 16.7 Hz at -11 dBFS",
            "The customer's side carries mains hum of 16.7 Hz",
        ),
        faithful=0.95,
    ),
    Kind(
        "half the rate in its header",
        saved("a.wav", lambda: wav(pcm(sample()), channels=2, rate=RATE // 2)),
        says=("4000 samples a second, fewer than", "--rate HZ"),
        seconds=2 * LONG,
        faithful=0.0,
    ),
    # --- the same sound on both channels
    Kind(
        "a copy",
        stereo("a.wav", lambda: [mixed(), mixed()]),
        heard="m",
        says=("same sound on both channels", ONE),
    ),
    *(
        Kind(
            f"a copy, {how}",
            stereo("a.wav", functools.partial(changed, how)),
            heard="m",
            says=("same sound on both channels", *says, ONE),
            faithful=0.95,
            seconds=seconds,
            whole=seconds != LONG,
        )
        for how, says, seconds in (
            ("with noise of its own on either channel", (), LONG_ENOUGH),
            ("through a codec on one channel", (), LONG_ENOUGH),
            ("muffled on one channel", (), LONG_ENOUGH),
            ("90 ms late", ("90 ms late",), LONG),
            ("of another clock", (), LONG_ENOUGH),
        )
    ),
    *(
        Kind(
            f"a copy, {how}",
            stereo("a.wav", make),
            heard="m",
            says=("same sound on both channels", says, ONE),
            never=("clipped",),
            seconds=LONG_ENOUGH,
            whole=True,
        )
        for how, make, says in (
            ("fading by 20 dB", fading, "9 dB apart"),
            ("clipped hard on the first", functools.partial(cut_off, 0), "30 dB apart"),
            ("clipped hard on the second", functools.partial(cut_off, 1), "30 dB apart"),
        )
    ),
    Kind(
        "leaks both ways, clipped hard on one side",
        stereo("a.wav", leaking_and_clipped),
        says=("The agent's side also carries", "The customer's side is clipped"),
        never=("same sound",),
        seconds=LONG_ENOUGH,
        faithful=0.0,
        whole=True,
    ),
    Kind(
        "a copy, upside down",
        stereo("a.wav", lambda: [mixed(), -mixed()]),
        heard="m",
        says=("same sound on both channels (upside down)", ONE),
    ),
    Kind(
        "a copy, upside down, taken as mono",
        stereo("a.wav", lambda: [mixed(), -mixed()]),
        heard="m",
        says=("upside down", ONE),
        mono=True,
    ),
    Kind(
        "a copy, 10 ms late",
        stereo("a.wav", lambda: [mixed(), late(mixed(), 0.010)]),
        heard="m",
        says=("10 ms late", ONE),
    ),
    Kind(
        "a copy, 10 dB louder",
        stereo("a.wav", lambda: [mixed() * db(-10), mixed()]),
        heard="m",
        says=("10 dB apart", ONE),
    ),
    Kind(
        "real sides as mono",
        stereo("a.wav", sample),
        heard="m",
        says=(ONE,),
        mono=True,
    ),
    Kind(
        "a beep alone",
        stereo("a.wav", lambda: [beep()]),
        heard="m",
        says=("holds a tone of 1000 Hz (1.0 s of it) and nothing that could be speech", ONE),
        faithful=-1.0,
    ),
    # --- levels
    Kind(
        "an offset on both sides",
        stereo("a.wav", lambda: [side + np.float32(12000 / 32768) for side in sample()]),
        says=("The agent's side has a constant offset", "The customer's side has"),
    ),
    Kind(
        "hum on both sides",
        stereo("a.wav", lambda: [side + hum(0.2) for side in sample()]),
        says=("The agent's side carries mains hum of 50 Hz", "The customer's side carries"),
        faithful=0.9,
    ),
    Kind(
        "hum of 60 Hz on one side",
        stereo("a.wav", lambda: [sample()[0] + hum(0.2, 60.0), sample()[1]]),
        says=("The agent's side carries mains hum of 60 Hz",),
        faithful=0.9,
    ),
    Kind(
        "a side 40 dB lower",
        stereo("a.wav", lambda: [sample()[0], sample()[1] * db(-40)]),
        says=("The customer's side is very quiet",),
        faithful=0.9,
    ),
    Kind(
        "a side 30 dB lower",
        stereo("a.wav", lambda: [sample()[0] * db(-30), sample()[1]]),
        says=("The agent's side is very quiet",),
    ),
    Kind(
        "both sides 45 dB lower",
        stereo("a.wav", lambda: [side * db(-45) for side in sample()]),
        says=("The agent's side is very quiet", "The customer's side is very quiet"),
        faithful=0.9,
    ),
    Kind(
        "cut hard at full scale",
        stereo("a.wav", clipped),
        says=("The agent's side is clipped", "The customer's side is clipped"),
        faithful=0.4,
    ),
    Kind(
        "a leak of 20 dB less",
        stereo("a.wav", leaking),
        says=("also carries the customer's voice", "also carries the agent's voice"),
        faithful=0.9,
    ),
    *(
        Kind(
            f"a leak of {level} dB less",
            stereo("a.wav", functools.partial(leaking, -level)),
            says=("also carries the customer's voice", "also carries the agent's voice"),
            faithful=0.9,
        )
        for level in (4, 7)
    ),
    *(
        Kind(
            f"a leak of {level} dB less both ways",
            stereo("a.wav", functools.partial(leaking, -level)),
            heard="m",
            says=("same sound on both channels", ONE),
        )
        for level in (1, 2, 2.8)
    ),
    *(
        Kind(
            f"the customer {how} on the agent's side",
            stereo("a.wav", functools.partial(carried, level)),
            says=(f"The agent's side also carries the customer's voice, {how}",),
            seconds=LONG_ENOUGH,
            whole=True,
        )
        for level, how in (
            (-2, "2 dB fainter than"),
            (0, "as loud as"),
            (4, "4 dB louder than"),
        )
    ),
    Kind(
        "the agent as loud on the customer's side",
        stereo("a.wav", functools.partial(carried, 0, on=1)),
        says=("The customer's side also carries the agent's voice, as loud as",),
        seconds=LONG_ENOUGH,
        whole=True,
    ),
    Kind(
        "a side that is silent",
        stereo("a.wav", lambda: [sample()[0], sample()[1] * 0]),
        heard="a",
        says=("The customer's side is silent",),
    ),
    Kind(
        "both sides 40 dB lower from the middle on",
        stereo("a.wav", lambda: [faded(side) for side in call()]),
        says=("From 18.", "nothing is as loud as speech on either side", "too quiet to be heard"),
        seconds=LONG_ENOUGH,
        whole=True,
        faithful=0.5,
    ),
    # --- more channels than two
    Kind(
        "three channels, one a mix",
        stereo("a.wav", lambda: [mixed(), *sample()]),
        says=("3 channels", "channel 2 and channel 3", "--channels"),
    ),
    Kind(
        "three channels, chosen",
        stereo("a.wav", lambda: [sample()[1], mixed() * 0, sample()[0]]),
        asked=RecordingOptions(channels=(3, 1)),
    ),
    Kind(
        "four channels, two silent",
        stereo("a.wav", lambda: [mixed() * 0, sample()[0], mixed() * 0, sample()[1]]),
        says=("4 channels", "channel 2 and channel 4"),
    ),
    Kind(
        "six channels, a copy and a mix among them",
        stereo(
            "a.wav",
            lambda: [mixed() * 0, sample()[0], mixed(), sample()[0], sample()[1], mixed() * 0],
        ),
        says=("6 channels", "channel 2 and channel 5"),
    ),
    Kind(
        "three channels, one a copy",
        stereo("a.wav", lambda: [sample()[0], sample()[1], sample()[0]]),
        says=("same sound on channels 1 and 3", "channel 1 and channel 2 are", "--channels 1,2"),
    ),
    Kind(
        "three channels that are copies",
        stereo("a.wav", lambda: [mixed()] * 3),
        "m",
        ("All 3 channels", "hold the same sound", ONE),
    ),
    Kind(
        "six channels of which one sounds",
        stereo("a.wav", lambda: [mixed() if n == 2 else mixed() * 0 for n in range(6)]),
        "m",
        ("6 channels, and nothing is on any but channel 3", "--channels", ONE),
    ),
    Kind(
        "ten channels of which the last two sound",
        stereo("a.wav", lambda: [*[mixed() * 0] * 8, *sample()]),
        says=("10 channels", "channel 9 and channel 10 are taken"),
    ),
    Kind(
        "three people on three channels",
        stereo("a.wav", lambda: [*sample(), sample()[0][::-1]]),
        says=("3 channels", "holds sound of its own too", "which is not heard"),
        faithful=0.0,
    ),
    # --- two files
    Kind("two files", lambda folder: two_files(folder, *sample())),
    Kind(
        "two files of unequal length",
        lambda folder: two_files(folder, sample()[0], sample()[1][: 3 * RATE]),
        says=("4.0 s shorter", "--delay"),
        faithful=0.5,
    ),
    # --- sides that are not at their time or not whose they seem
    Kind(
        "a copy, 300 ms late",
        stereo("a.wav", lambda: [sum(call()) / 2, late(sum(call()) / 2, 0.3)]),
        "m",
        ("same sound on both channels (300 ms late)", ONE),
        seconds=LONG_ENOUGH,
        whole=True,
    ),
    Kind(
        "a copy, 4 s late",
        stereo("a.wav", lambda: [sum(call()) / 2, late(sum(call()) / 2, 4.0)]),
        "m",
        ("same sound on both channels (4.0 s late)", ONE),
        seconds=LONG_ENOUGH,
        whole=True,
    ),
    Kind(
        "two tracks, one 6 s late",
        lambda folder: write(
            folder / "a.mkv",
            [leaking(-20, whole=True)[0], late_in(leaking(-20, whole=True)[1], 6.0)],
            RATE,
            "flac",
            starts=(0.0, 0.0),
        ),
        says=("2 sound tracks", "customer's side begins 6.0 s later", "also carries"),
        seconds=LONGEST,
        faithful=0.0,  # a hundredth of a second off leaves nothing in common
        whole=True,
    ),
    Kind(
        "two files that are one, 5 s late",
        lambda folder: two_files(folder, sum(call()) / 2, late_in(sum(call()) / 2, 5.0)),
        "",
        ("hold the same sound",),
    ),
    Kind(
        "an echo of 250 ms",
        stereo("a.wav", lambda: echoing(0.25)),
        says=("One side is heard on the other 250 ms late, as an echo",),
        seconds=LONG_ENOUGH,
        whole=True,
    ),
    Kind(
        "an echo of 250 ms below the noise",
        stereo("a.wav", lambda: echoing(0.25, -30, -50)),
        seconds=LONG_ENOUGH,
        whole=True,
    ),
    Kind(
        "echoes of 250 ms both ways",
        stereo("a.wav", lambda: both_echoing(0.25)),
        says=("One side is heard on the other 250 ms late, as an echo",),
        seconds=LONG_ENOUGH,
        whole=True,
    ),
    Kind(
        "two files, one 20 s late and 0.1 % fast",
        lambda folder: two_files(
            folder,
            leaking(-20, whole=True)[0],
            late_in(faster(leaking(-20, whole=True)[1], 0.001), 20.0),
        ),
        says=("customer's side begins 20.0 s later", "clock ran 0.1", "also carries"),
        seconds=LONGEST,
        faithful=0.0,  # a hundredth of a second off leaves nothing in common
        whole=True,
    ),
    Kind(
        "one channel 20 s late",
        stereo("a.wav", lambda: beginning_late(20.0)),
        says=(
            "customer's side begins 20.0 s later",
            "also carries",
            "Until 20.0 s only the agent's side was recorded",
        ),
        seconds=LONGEST + 20,
        faithful=0.0,  # a hundredth of a second off leaves nothing in common
        whole=True,
    ),
    Kind("sides swapped, and said", stereo("a.wav", lambda: sample()[::-1]), agent="right"),
    Kind(
        "sides that a transfer exchanged, and said",
        stereo("a.wav", lambda: exchanged(sample(), 2 * RATE)),
        says=("exchanged at 2 s, as --swap-at says",),
        asked=RecordingOptions(swap_at=(2.0,)),
    ),
    Kind(
        "one track, to be exchanged",
        stereo("a.wav", lambda: [mixed()]),
        "",
        ("here is one track",),
        asked=RecordingOptions(swap_at=(2.0,)),
    ),
]
