import subprocess
import sys
from pathlib import Path

import pytest

from audio.hardware import pulse
from audio.hardware.capture import LiveCapture
from audio.hardware.devices import (
    Devices,
    SoundSource,
    SourceKind,
    _of_portaudio,
    _of_server,
    choose,
    choose_one,
    picks,
    title_of,
)
from audio.hardware.portaudio import Input
from coach.errors import DeviceError
from coach.events import Channel


def source(name: str, kind: SourceKind, *, default: bool = False, title: str = "") -> SoundSource:
    return SoundSource(
        name=name, title=title or name, kind=kind, host="x", device=name, default=default
    )


HEADSET = source(
    "usb-headset.mono", SourceKind.MICROPHONE, default=True, title="Headset Microphone"
)
WEBCAM = source("webcam", SourceKind.MICROPHONE, title="Webcam Microphone")
SPEAKERS = source("speakers.monitor", SourceKind.FAR_END, title="Monitor of Speakers")
EARS = source("usb-headset.monitor", SourceKind.FAR_END, default=True, title="Monitor of Headset")
DESK = Devices(sources=(WEBCAM, HEADSET, SPEAKERS, EARS))


def test_the_defaults_are_taken_and_it_is_said_why() -> None:
    assert choose(devices=DESK) == (HEADSET, EARS)
    microphone, far_end = picks(DESK)
    assert "default microphone" in microphone.why
    assert far_end.source == EARS


def test_without_a_default_the_first_of_a_kind_is_taken() -> None:
    found = Devices(sources=(WEBCAM, SPEAKERS))
    assert choose(devices=found) == (WEBCAM, SPEAKERS)
    assert "only" in picks(found)[0].why


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("webcam", WEBCAM),
        ("Webcam Microphone", WEBCAM),
        ("WEBCAM", WEBCAM),
        ("usb-headset.mono", HEADSET),
    ],
)
def test_a_name_may_be_given_in_full_or_in_part(name: str, wanted: SoundSource) -> None:
    assert choose(microphone=name, devices=DESK)[0] == wanted


def test_a_name_that_fits_two_or_none_is_refused() -> None:
    with pytest.raises(DeviceError, match="more than one"):
        choose(microphone="headset", devices=DESK)
    with pytest.raises(DeviceError, match="no source 'gramophone'"):
        choose(far_end="gramophone", devices=DESK)
    with pytest.raises(DeviceError, match="both"):
        choose(microphone="webcam", far_end="webcam", devices=DESK)


def test_one_microphone_may_hear_both_people() -> None:
    assert choose_one(devices=DESK) == HEADSET
    assert choose_one(microphone="webcam", devices=DESK) == WEBCAM
    assert title_of(WEBCAM, None) == "Webcam Microphone, both voices"
    assert LiveCapture(WEBCAM, None, lambda: 0.0).sources == {Channel.MIXED: WEBCAM}
    with pytest.raises(DeviceError, match=r"No microphone was found.*--microphone"):
        choose_one(devices=Devices(sources=(SPEAKERS,)))
    with pytest.raises(DeviceError, match=r"No far end was found.*coach live --mixed"):
        choose(devices=Devices(sources=(WEBCAM,)))


def test_a_machine_without_a_far_end_says_what_to_do() -> None:
    for platform, advice in (("win32", "VB-CABLE"), ("darwin", "BlackHole"), ("linux", "PipeWire")):
        inputs = [
            Input(number=0, name="Microphone", host="h", channels=1, rate=48000, default=True)
        ]
        found = _of_portaudio(inputs, platform)
        with pytest.raises(DeviceError, match=advice) as caught:
            choose(devices=found)
        assert "\n" not in str(caught.value)


def test_loopback_devices_are_known_by_their_names() -> None:
    names = ["BlackHole 2ch", "CABLE Output (VB-Audio Virtual Cable)", "Stereo Mix (Realtek)"]
    inputs = [
        Input(number=n, name=name, host="Core Audio", channels=2, rate=48000, default=False)
        for n, name in enumerate([*names, "Built-in Microphone"])
    ]
    kinds = [one.kind for one in _of_portaudio(inputs, "darwin").sources]
    assert kinds == [SourceKind.FAR_END] * 3 + [SourceKind.MICROPHONE]


def test_windows_lists_a_device_once() -> None:
    inputs = [
        Input(number=n, name="Microphone", host=host, channels=2, rate=48000, default=False)
        for n, host in enumerate(["MME", "Windows DirectSound", "Windows WASAPI"])
    ]
    (only,) = _of_portaudio(inputs, "win32").sources
    assert only.host == "Windows WASAPI"


def test_a_sound_server_that_portaudio_cannot_reach_is_named() -> None:
    server = pulse.Server(
        name="PipeWire",
        default_source="mic",
        default_sink="out",
        sources=(
            pulse.PulseSource(name="mic", title="Mic"),
            pulse.PulseSource(name="out.monitor", title="Monitor of Out", monitor_of="out"),
        ),
    )
    found = _of_server(server, [])
    assert "libasound2-plugins" in found.notes[0]
    microphone, far_end = choose(devices=found)
    assert (microphone.pulse, far_end.pulse) == ("mic", "out.monitor")
    assert microphone.default
    assert far_end.default


def test_without_portaudio_one_line_says_what_to_install(tmp_path: Path) -> None:
    """The package raises OSError at import where the library is missing; so does this one."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import audio.hardware.capture, audio.hardware.devices\n"  # importing must not fail
        "from coach.cli import main\n"
        "sys.exit(main(['devices', '--once']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 6
    assert done.stderr.count("\n") == 1
    for system in ("Debian", "Fedora", "macOS", "Windows"):
        assert system in done.stderr
