"""What a user installs: the wheel, its lock, and a console script that minds its own modules."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
import zlib
from importlib import metadata
from itertools import chain
from pathlib import Path

import pip
import pytest
from hatchling.build import build_wheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.xdist_group("wheel")

ROOT = Path(__file__).parent.parent
PACKAGES = ("audio", "coach", "rules", "tui")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OUTSIDE = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
"""The environment of a user who has no checkout."""
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the hook that pip and build call, in the folder in which they call it; not
    compressed, since nobody keeps it.
    """
    out = tmp_path_factory.mktemp("dist")
    with contextlib.chdir(ROOT), pytest.MonkeyPatch.context() as patch:
        patch.setattr(zlib, "Z_DEFAULT_COMPRESSION", zlib.Z_NO_COMPRESSION)
        return out / build_wheel(str(out))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of an environment that holds the wheel and, borrowed, what it needs."""
    env = tmp_path_factory.mktemp("install") / "venv"
    subprocess.run([sys.executable, "-P", "-m", "venv", "--without-pip", str(env)], check=True)
    scripts = env / ("Scripts" if os.name == "nt" else "bin")
    places = {"base": str(env), "platbase": str(env)}
    site = sysconfig.get_path("purelib", "venv", vars=places)
    runner = Path(pip.__file__).with_name("__pip-runner__.py")  # what `pip --python` starts
    install = ["install", "--quiet", "--no-index", "--no-compile"]  # most is never imported here
    subprocess.run([scripts / "python", "-P", runner, *install, "--no-deps", wheel], check=True)
    # A .pth file inside a folder that a .pth file adds is not read: the working tree stays out.
    (Path(site) / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return scripts


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_the_four_packages_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in _names(wheel)}
    assert {t for t in tops if not t.endswith(".dist-info")} == set(PACKAGES)


def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if tracked.returncode:
        pytest.skip("needs a git checkout to know which files belong")
    files = {name for name in tracked.stdout.split("\0") if name and (ROOT / name).is_file()}
    assert files - _names(wheel) == set()


def test_wheel_carries_the_sample_call_the_rules_and_the_licence(wheel: Path) -> None:
    names = _names(wheel)
    assert "coach/sample/call.flac" in names
    assert any(re.fullmatch(r"rules/packs/en/\w+\.toml", n) for n in names)
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert (ROOT / "coach/sample/call.flac").stat().st_size <= 1_500_000


def test_no_other_distribution_brings_one_of_our_names() -> None:
    owners = metadata.packages_distributions()
    assert {n: owners[n] for n in PACKAGES if set(owners.get(n, ())) - {"callcoach"}} == {}


def test_extras_and_groups_are_twins() -> None:
    groups = PROJECT["dependency-groups"]
    extras = PROJECT["project"]["optional-dependencies"]
    assert {name: groups[name] for name in extras} == extras


def test_lock_pins_every_requirement_of_the_project_with_hashes() -> None:
    pins = {
        canonicalize_name(n): v for n, v in re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE)
    }
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *chain.from_iterable(extras.values())]
    wanted += [d for d in PROJECT["dependency-groups"]["dev"] if isinstance(d, str)]
    for text in [*wanted, *PROJECT["build-system"]["requires"]]:
        need = Requirement(text)
        assert need.specifier.contains(pins[canonicalize_name(need.name)]), text
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert all("--hash=sha256:" in entry for entry in entries)


def test_lock_names_no_host() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK


def test_licence_is_apache() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert PROJECT["project"]["license"] == "Apache-2.0"


@pytest.mark.slow
def test_console_script_ignores_modules_of_the_same_name_beside_it(
    installed: Path, tmp_path: Path
) -> None:
    for name in PACKAGES:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the decoy ran')\n")
    for words in (["--version"], ["rules", "list"], ["model", "list"]):
        run = subprocess.run(
            [installed / "coach", *words],
            cwd=tmp_path,
            env=OUTSIDE,
            check=False,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, f"{words}: {run.stdout}{run.stderr}"
        assert "decoy" not in run.stdout + run.stderr


@pytest.mark.slow
def test_installed_packages_come_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = f"import {', '.join(PACKAGES)}; print({' , '.join(n + '.__file__' for n in PACKAGES)})"
    run = subprocess.run(
        [installed / "python", "-P", "-c", code],
        cwd=tmp_path,
        env=OUTSIDE,
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(ROOT) not in run.stdout
