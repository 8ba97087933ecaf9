from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from audio.recognition import model
from coach.errors import InputError, ModelError, StorageError


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "my model"
    folder.mkdir()
    for name in model.NEEDED:
        (folder / name).write_bytes(name.encode() * 1000)
    return folder


def test_own_model_is_refused_until_its_hashes_are_recorded(own: Path) -> None:
    with pytest.raises(ModelError, match="no published model") as caught:
        model.locate(str(own), models=own.parent)
    assert "coach model trust" in caught.value.remedy
    model.trust(own)
    assert model.locate(str(own), models=own.parent) == own
    assert model.verify(own) == "own"


def test_recorded_hashes_are_those_of_sha256sum(own: Path) -> None:
    lines = model.trust(own).read_text(encoding="utf-8").splitlines()
    expected = {f"{hashlib.sha256((own / n).read_bytes()).hexdigest()}  {n}" for n in model.NEEDED}
    assert set(lines) == expected


@pytest.mark.parametrize("name", model.NEEDED)
def test_one_changed_byte_of_an_own_model_is_found(own: Path, name: str) -> None:
    model.trust(own)
    data = bytearray((own / name).read_bytes())
    data[-1] ^= 1
    (own / name).write_bytes(data)
    with pytest.raises(ModelError, match="expected hash"):
        model.locate(str(own), models=own.parent)


@pytest.mark.parametrize("name", model.NEEDED)
def test_folder_without_a_needed_file_names_it(own: Path, name: str) -> None:
    (own / name).unlink()
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        model.locate(str(own), models=own.parent)


@pytest.mark.parametrize(
    "line",
    [
        "abc  model.bin",
        "0" * 64,
        "0" * 64 + "  ../model.bin",
        "0" * 64 + "  config.json",
    ],
)
def test_broken_list_of_hashes_is_refused_with_the_remedy(own: Path, line: str) -> None:
    (own / model.SUMS).write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        model.locate(str(own), models=own.parent)
    assert "coach model trust" in caught.value.remedy


def test_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="enormous") as caught:
        model.locate("enormous", models=tmp_path)
    assert "base.en" in caught.value.remedy


def test_trusting_what_is_no_folder_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        model.trust(tmp_path / "absent")


def test_offline_without_a_model_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "WHEELS", ("no_such_wheel_part1", "no_such_wheel_part2"))
    with pytest.raises(ModelError, match="not on this machine") as caught:
        model.locate(models=tmp_path, offline=True)
    assert "callcoach[model]" in caught.value.remedy
    assert model.installed(tmp_path) == {}


def test_environment_forbids_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="not on this machine"):
        model.locate("tiny", models=tmp_path)


def test_cache_that_cannot_be_a_folder_is_a_storage_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError) as caught:
        model.locate(models=blocked / "models", offline=True)
    assert "COACH_CACHE_HOME" in caught.value.remedy


def _fake_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, second: bytes) -> None:
    """Two importable data packages with the right names of files and the wrong bytes."""
    for part, files in (
        (1, ("model.bin.part1", "config.json", "tokenizer.json", "vocabulary.txt")),
        (2, ("model.bin.part2",)),
    ):
        data = tmp_path / f"fake_wheel_part{part}" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").touch()
        for name in files:
            (data / name).write_bytes(second if part == 2 else b"x")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(model, "WHEELS", ("fake_wheel_part1", "fake_wheel_part2"))


def test_wheels_with_other_bytes_are_refused_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_wheels(tmp_path, monkeypatch, second=b"not the model")
    cache = tmp_path / "cache"
    with pytest.raises(ModelError, match="damaged"):
        model.locate(models=cache)
    assert [p.name for p in cache.iterdir()] in ([], ["base.lock"])


def test_incomplete_wheel_names_the_missing_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_wheels(tmp_path, monkeypatch, second=b"")
    (tmp_path / "fake_wheel_part2" / "data" / "model.bin.part2").unlink()
    with pytest.raises(ModelError, match=r"model\.bin\.part2 is missing"):
        model.locate(models=tmp_path / "cache")


@pytest.mark.model
class TestRealModel:
    @pytest.fixture(scope="class")
    def cache(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        models = tmp_path_factory.mktemp("models")
        model.locate(models=models)
        return models

    def test_assembled_model_has_exactly_the_published_bytes(self, cache: Path) -> None:
        folder = model.locate("base", models=cache)
        assert model.verify(folder) == "base"
        assert {f.name for f in folder.iterdir()} == set(model.CATALOGUE["base"].sha256)

    def test_progress_rises_to_the_end(self, tmp_path: Path) -> None:
        seen: list[tuple[str, float | None]] = []
        model.locate(models=tmp_path, progress=lambda label, done: seen.append((label, done)))
        joined = [done for label, done in seen if label.startswith("preparing")]
        assert joined == sorted(joined, key=lambda d: d or 0.0)
        assert joined[-1] == 1.0

    def test_damaged_cache_is_assembled_anew(self, cache: Path, tmp_path: Path) -> None:
        shutil.copytree(cache / "base", tmp_path / "base")
        with (tmp_path / "base" / "model.bin").open("r+b") as file:
            file.seek(100_000_000)
            file.write(b"damage")
        with pytest.raises(ModelError, match="no published model"):
            model.verify(tmp_path / "base")
        assert model.verify(model.locate(models=tmp_path)) == "base"

    def test_leftover_of_a_killed_process_is_neither_used_nor_kept(self, tmp_path: Path) -> None:
        leftover = tmp_path / ".base-killed"
        leftover.mkdir()
        (leftover / "model.bin").write_bytes(b"half")
        model.locate(models=tmp_path)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["base", "base.lock"]

    def test_two_processes_that_start_together_both_get_it(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pathlib import Path;"
            "from audio.recognition.model import locate, verify;"
            "sys.stdin.read(); print(verify(locate(models=Path(sys.argv[1]))))"
        )
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(tmp_path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for run in runs:
            assert run.stdin is not None
            run.stdin.close()
            run.stdin = None
        assert [run.communicate()[0].strip() for run in runs] == ["base"] * 3
        assert sorted(p.name for p in tmp_path.iterdir()) == ["base", "base.lock"]
