"""The shape of the program: who may import whom, and what starting costs."""

from __future__ import annotations

import ast
import graphlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Container
from pathlib import Path

import pytest
from parsed import imports_of

ROOT = Path(__file__).parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
HEAVY = {"numpy", "textual", "sounddevice", "faster_whisper", "ctranslate2", "onnxruntime", "av"}


def _contract(name: str) -> dict[str, list[str]]:
    return next(c for c in CONTRACTS if c["name"] == name)


def _imported_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after ``code``."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n' + ' '.join(sys.modules))"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return {name.split(".")[0] for name in run.stdout.splitlines()[-1].split()}


def test_layers_and_forbidden_modules_hold() -> None:
    script = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run(
        [script, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout


def _layers() -> list[set[str]]:
    return [{name.strip() for name in layer.split(":")} for layer in _contract("layers")["layers"]]


def test_every_module_of_coach_stands_in_a_layer() -> None:
    layers = set().union(*_layers())
    modules = {
        f"coach.{p.stem}"
        for p in (ROOT / "coach").iterdir()
        if (p.suffix == ".py" and p.stem != "__init__")
        or (p.is_dir() and (p / "__init__.py").is_file())
    }
    assert modules - layers == set(), "name it in pyproject's layers"
    assert {n for n in layers if n.startswith("coach.")} - modules == set(), "no such module"


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Neither for types only, nor as late as in a function."""
    modules = {
        ".".join((path.parent if path.stem == "__init__" else path.with_suffix("")).parts): path
        for package in ("coach", "audio", "rules", "tui")
        for path in sorted(p.relative_to(ROOT) for p in (ROOT / package).rglob("*.py"))
    }
    imports = {name: _imports_of(name, path, modules) for name, path in modules.items()}
    tuple(graphlib.TopologicalSorter(imports).static_order())  # CycleError names a circle


def _imports_of(module: str, path: Path, modules: Container[str]) -> set[str]:
    """Those of ``modules`` that a file's code imports, wherever in the file that stands."""
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    named: list[tuple[str, str]] = []
    for node in imports_of((ROOT / path).read_text(encoding="utf-8")):
        if isinstance(node, ast.Import):
            named += [(name.name, name.name) for name in node.names]
        else:
            source = node.module or ""
            if node.level:
                source = importlib.util.resolve_name("." * node.level + source, package)
            named += [(source, f"{source}.{name.name}") for name in node.names]
    wanted = {part if part in modules else source for source, part in named}
    return {name for name in wanted if name in modules}


def test_coach_keeps_few_rooms() -> None:
    """Whoever opens the folder sees the whole program at one glance."""
    rooms = set().union(*_layers())
    assert len({name for name in rooms if name.startswith("coach.")}) <= 18


@pytest.mark.parametrize("package", ["audio", "rules", "tui"])
def test_packages_import_of_coach_what_is_written(package: str) -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    row = next(x for x in contributing.splitlines() if x.startswith(f"| `{package}` |"))
    written = set(re.findall(r"`(coach\.\w+)`", row.split("|")[3]))
    imported = {
        name
        for file in (ROOT / package).rglob("*.py")
        for name in re.findall(r"^\s*from (coach\.\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert imported == written


def test_threads_are_started_where_it_is_written() -> None:
    """Threads: what CONTRIBUTING.md names, and nothing else."""
    starting = {
        str(file.relative_to(ROOT))
        for package in ("audio", "coach", "rules", "tui")
        for file in (ROOT / package).rglob("*.py")
        if "threading.Thread(" in file.read_text(encoding="utf-8")
    }
    assert starting == {
        "audio/hardware/capture.py",
        "coach/calls/spread/processes.py",
        "coach/live/floor/floor_desk.py",
        "coach/live/floor/line.py",
        "coach/live/session.py",
        "coach/replay/driver.py",
        "coach/replay/review_sound.py",
        "coach/replay/tune_desk.py",
        "coach/startup/deferred.py",
        "coach/startup/import_progress.py",
    }


def test_a_class_name_means_one_thing() -> None:
    """Who reads a class's name in one room and then in another reads of the same thing."""
    defined = Counter(
        name
        for package in ("audio", "coach", "rules", "tui")
        for file in (ROOT / package).rglob("*.py")
        for name in re.findall(
            r"^ *class (\w+)[(\[:]", file.read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    assert len(defined) > 800
    assert {name: count for name, count in defined.items() if count > 1} == {}


def test_pure_modules_read_no_clock() -> None:
    """`datetime` is allowed there to compute on dates; what reads the clock is not."""
    pure = [
        ROOT / name.replace(".", "/") for name in _contract("the engine is pure")["source_modules"]
    ]
    files = [f for p in pure for f in (p.rglob("*.py") if p.is_dir() else [p.with_suffix(".py")])]
    readers = [
        file.relative_to(ROOT)
        for file in files
        if re.search(r"\b(now|today|utcnow)\(\)|time\.time\(", file.read_text(encoding="utf-8"))
    ]
    assert len(files) > 30
    assert readers == []


def test_engine_loads_nothing_heavy() -> None:
    loaded = _imported_by("import coach.engine.engine")
    assert loaded & (HEAVY | {"asyncio"}) == set()


def test_the_list_of_calls_is_there_before_engine_and_sound() -> None:
    loaded = _imported_by("import coach.commands.review, coach.replay.review_desk, tui.review_app")
    assert loaded & (HEAVY - {"textual"}) == set()


@pytest.mark.parametrize("words", ["['--help']", "['--version']", "['replay', '--bad']"])
def test_command_line_loads_only_what_it_needs(words: str) -> None:
    code = f"from coach.cli import main\ntry: main({words})\nexcept SystemExit: pass"
    loaded = _imported_by(code)
    if "--bad" not in words:
        assert loaded & HEAVY == set()
    assert "textual" not in loaded


def test_no_test_sleeps_to_synchronise() -> None:
    sleepers = [
        p.relative_to(ROOT)
        for p in (ROOT / "tests").rglob("*.py")
        if "time.sleep(" in p.read_text(encoding="utf-8") and p.name != Path(__file__).name
    ]
    assert sleepers == []
