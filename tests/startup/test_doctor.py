from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from audio.hardware.devices import Devices, SoundSource, SourceKind
from coach.cli import main
from coach.commands.doctor import as_text
from coach.errors import DeviceError, Exit, InputError
from coach.startup import config, doctor
from coach.startup.doctor import CheckOutcome, CheckResult

HOME = Path("/opt/coach")
OURS = {name: HOME / name for name in doctor.PACKAGES}
OWNERS = {name: ["callcoach"] for name in doctor.PACKAGES}


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 10, 14), CheckOutcome.FAILED),
        ((3, 11, 0), CheckOutcome.OK),
        ((3, 14, 1), CheckOutcome.OK),
    ],
)
def test_python(version: tuple[int, int, int], verdict: CheckOutcome) -> None:
    assert doctor.check_python(version, "CPython").verdict is verdict


@pytest.mark.parametrize(
    ("origins", "owners", "word"),
    [
        ({**OURS, "rules": Path("/elsewhere/rules")}, OWNERS, "/elsewhere/rules"),
        ({**OURS, "tui": None}, OWNERS, "nowhere"),
        (OURS, {**OWNERS, "audio": ["callcoach", "sound-tools"]}, "sound-tools"),
    ],
)
def test_foreign_package_under_one_of_our_names(
    origins: Mapping[str, Path | None], owners: Mapping[str, Sequence[str]], word: str
) -> None:
    finding = doctor.check_packages(origins, owners)
    assert finding.verdict is CheckOutcome.FAILED
    assert word in finding.found
    assert "environment of its own" in finding.remedy


def test_our_own_packages_are_fine() -> None:
    assert doctor.check_packages(OURS, OWNERS).verdict is CheckOutcome.OK


def _absent() -> Devices:
    raise DeviceError("PortAudio is missing.", "apt install libportaudio2")


def _source(kind: SourceKind) -> SoundSource:
    return SoundSource(name=kind, title=kind, kind=kind, host="ALSA", device=kind)


def test_missing_portaudio_stops_live_calls_only() -> None:
    finding = doctor.check_portaudio(_absent)
    assert finding.verdict is CheckOutcome.FAILED
    assert "libportaudio2" in finding.remedy
    assert "replay works" in finding.remedy
    assert doctor.check_devices(_absent).verdict is CheckOutcome.WARNING


@pytest.mark.parametrize(
    ("kinds", "verdict"),
    [
        ((), CheckOutcome.WARNING),
        ((SourceKind.MICROPHONE,), CheckOutcome.WARNING),
        ((SourceKind.MICROPHONE, SourceKind.FAR_END), CheckOutcome.OK),
    ],
)
def test_both_sides_of_a_call_need_a_source(
    kinds: Sequence[SourceKind], verdict: CheckOutcome
) -> None:
    finding = doctor.check_devices(lambda: Devices(sources=tuple(map(_source, kinds))))
    assert finding.verdict is verdict
    assert bool(finding.remedy) is (verdict is CheckOutcome.WARNING)
    assert ("coach live --mixed" in finding.remedy) is (kinds == (SourceKind.MICROPHONE,))


def test_settings_with_a_mistake_carry_its_remedy(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("nonsense = 1", encoding="utf-8")
    finding = doctor.check_settings(file)
    assert finding.verdict is CheckOutcome.FAILED
    assert "nonsense" in finding.found


def test_rules_that_cannot_be_read(tmp_path: Path) -> None:
    bad = config.Settings(rules=config.RuleSettings(packs=(tmp_path / "absent.toml",)))
    assert doctor.check_rules(lambda: bad).verdict is CheckOutcome.FAILED
    assert doctor.check_rules(config.Settings).verdict is CheckOutcome.OK


def test_model_that_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / name).write_bytes(b"damaged")
    finding = doctor.check_model(config.Settings, tmp_path)
    assert finding.verdict is CheckOutcome.FAILED


def test_model_that_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio.recognition.model.WHEELS", ("absent_part1", "absent_part2"))
    finding = doctor.check_model(config.Settings, tmp_path)
    assert finding.verdict is CheckOutcome.FAILED
    assert "callcoach[model]" in finding.remedy


def test_unreadable_settings_do_not_stop_the_check_of_the_model(tmp_path: Path) -> None:
    def broken() -> config.Settings:
        raise InputError("settings.toml: no", "mend it")

    assert doctor.check_model(broken, tmp_path).remedy == "mend it"


def test_room_in_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    finding = doctor.check_room("cache", tmp_path / "a" / "b", 1, "COACH_CACHE_HOME")
    assert finding.verdict is CheckOutcome.OK
    assert not (tmp_path / "a").exists()


def test_too_little_room(tmp_path: Path) -> None:
    finding = doctor.check_room("cache", tmp_path, 10**18, "COACH_CACHE_HOME")
    assert finding.verdict is CheckOutcome.FAILED
    assert "COACH_CACHE_HOME" in finding.remedy


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = doctor.check_room("data folder", tmp_path / "file" / "data", 1, "COACH_DATA_HOME")
    assert finding.verdict is CheckOutcome.FAILED


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_journals_that_others_can_read(tmp_path: Path) -> None:
    journal = tmp_path / "call.jsonl"
    journal.touch(mode=0o600)
    assert doctor.check_privacy(tmp_path).verdict is CheckOutcome.OK
    journal.chmod(0o644)
    assert doctor.check_privacy(tmp_path).verdict is CheckOutcome.WARNING


@pytest.mark.parametrize(
    ("size", "encoding", "term", "word"),
    [
        ((120, 40), "utf-8", "xterm-256color", ""),
        ((40, 40), "utf-8", "xterm", "60x20"),
        ((80, 24), "ascii", "xterm", "UTF-8"),
    ],
)
def test_terminal(size: tuple[int, int], encoding: str, term: str, word: str) -> None:
    finding = doctor.check_terminal(os.terminal_size(size), True, encoding, {"TERM": term})
    assert word in finding.remedy
    assert (finding.verdict is CheckOutcome.OK) is (not word)


@pytest.mark.model
def test_command_prints_every_check_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)
    names = [f["check"] for f in findings]
    assert {"Python", "packages", "rules", "PortAudio", "devices", "model", "data folder"} <= set(
        names
    )
    bad = any(f["verdict"] == "failed" for f in findings)
    assert code == (Exit.FAILED if bad else Exit.OK)


def test_only_a_failure_decides_the_exit_code() -> None:
    def finding(verdict: CheckOutcome) -> CheckResult:
        return CheckResult(check="x", verdict=verdict, found="y")

    assert not doctor.failed([finding(CheckOutcome.OK), finding(CheckOutcome.WARNING)])
    assert doctor.failed([finding(CheckOutcome.OK), finding(CheckOutcome.FAILED)])


def test_mistakes_of_the_settings_are_told_once(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[model]\nnane = 1\n")
    findings = {one.check: one for one in doctor.examine(lambda: config.load(file), {}, file=file)}
    assert "nane" in findings["settings"].found
    for check in ("rules", "model"):
        assert findings[check].found == "not looked at, since the settings cannot be used"
    told = as_text(CheckResult(check="x", verdict=CheckOutcome.OK, found="", remedy="\nDo."))
    assert told.splitlines()[1].endswith("-> Do.")
