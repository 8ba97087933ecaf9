"""A backtest and an import on a real cluster give what they give here, a worker killed or not."""

from __future__ import annotations

import importlib.util
import shutil
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import DaskCluster, make_certificates
from late_module import LateModule

from coach.backtest.compare import ComparedCall, ComparisonAsked, LeftOut
from coach.backtest.running import BLOCK, Comparing, compare_all
from coach.calls.call import Setup
from coach.calls.importers.batch import (
    BLOCK_BYTES,
    BLOCK_FILES,
    ImportWork,
    in_blocks,
)
from coach.calls.importers.bringing_in import Job, JournalFolders
from coach.calls.importers.details import Details
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit, InputError
from rules.definition.rule import RuleBook

module: Any = LateModule("coach.calls.spread.cluster")
scheduler: Any = LateModule("distributed.scheduler")
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None, reason="needs the `cluster` extra"
    ),
]

TRANSCRIPT = (
    "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Agent>Good morning, how can I help you today?\n\n"
    "00:00:05.000 --> 00:00:09.000\n<v Customer>I want to speak to your manager, call {}.\n"
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("dask"), 2) as running:
        yield running


def transcripts(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"c{number:02d}.vtt").write_text(TRANSCRIPT.format(number), encoding="utf-8")
    return folder


def brought_in(home: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> dict[str, bytes]:
    monkeypatch.setenv("COACH_DATA_HOME", str(home))
    assert main(["import", *words]) == Exit.OK
    return {file.name: file.read_bytes() for file in sorted(home.rglob("*.jsonl"))}


def without_a_rule(overlay: Path) -> Path:
    overlay.write_text(
        'by = "t"\n[[disable]]\nrule = "esc.supervisor"\nreason = "a test"\n', encoding="utf-8"
    )
    return overlay


def on_a_cluster_as_here(
    address: str,
    count: int,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:
    """An import and a backtest of so many calls give the same on both; the words of the import."""
    options = [str(transcripts(place / "in", count)), "--sides", "Agent=agent;Customer=customer"]
    on_cluster = [*options, "--scheduler", address]
    here = brought_in(place / "here", monkeypatch, *options, "--jobs", "1")
    there = brought_in(place / "there", monkeypatch, *on_cluster)
    assert len(here) == count
    assert there == here
    words = ["backtest", "--json", "--overlay", str(without_a_rule(place / "o.toml"))]
    capsys.readouterr()
    assert main([*words, "--jobs", "1"]) == Exit.OK
    report = capsys.readouterr().out
    assert f'"lost": {count}' in report
    assert main([*words, "--scheduler", address]) == Exit.OK
    assert capsys.readouterr().out == report
    return on_cluster


def test_one_worker_is_killed_and_nothing_comes_out_otherwise(
    cluster: DaskCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    on_a_cluster_as_here(cluster.address, 6, tmp_path, monkeypatch, capsys)

    from rules.books.loader import load_book  # noqa: PLC0415 - for this test alone

    asked = ComparisonAsked(old=load_book(), new=load_book(overlay=(tmp_path / "o.toml",)))
    calls = sorted((tmp_path / "there").rglob("*.jsonl"))
    paths: list[Path] = []
    for number in range(4 * BLOCK):  # copies, so that both workers have blocks waiting
        paths.append(tmp_path / f"copy-{number}.jsonl")
        shutil.copy(calls[number % len(calls)], paths[-1])
    wanted = list(compare_all(paths, asked, 1))
    found: list[ComparedCall | LeftOut] = []
    with module.connected(cluster.address, None) as client:
        assert len(client.nthreads()) == 2
        for one in compare_all(
            paths, asked, 1, make_pool=lambda work, stop: module.Cluster(work, client, stop)
        ):
            if not found:
                cluster.kill_a_worker()
            found.append(one)
        assert len(client.nthreads()) == 1
    assert found == wanted


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_both_ends_show_certificates_and_the_results_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    places, strange = tmp_path / "tls", tmp_path / "strange"
    for place in (places, strange, tmp_path / "settings"):
        place.mkdir()
    monkeypatch.setenv("COACH_CONFIG_HOME", str(tmp_path / "settings"))
    settings = tmp_path / "settings" / "settings.toml"
    with DaskCluster(places, 1, secure=True) as cluster:
        assert cluster.address.startswith("tls://")
        files = (cluster.ca, cluster.certificate, cluster.key)
        settings.write_text(settings_of(*files), encoding="utf-8")
        on_cluster = on_a_cluster_as_here(cluster.address, 2, tmp_path, monkeypatch, capsys)
        # Whoever shows a certificate of another authority is not let in.
        make_certificates(strange, "me")
        monkeypatch.setattr(module, "WAIT_S", 2)
        settings.write_text(
            settings_of(cluster.ca, strange / "me.pem", strange / "me.key"), encoding="utf-8"
        )
        assert main(["import", *on_cluster]) == Exit.INPUT
        told = capsys.readouterr().err
        assert f"No scheduler answers at {cluster.address}" in told
        assert "Traceback" not in told


def settings_of(ca: Path, certificate: Path, key: Path) -> str:
    """The settings of somebody who uses a cluster with TLS."""
    return f'[cluster]\nca = "{ca}"\ncertificate = "{certificate}"\nkey = "{key}"\n'


# --- what no cluster of a test's would do ---------------------------------------------------------


class Future:
    def __init__(self, key: str, items: Sequence[Path], bad: Path) -> None:
        self.key = key
        self._items = items
        self._bad = bad

    def result(self) -> list[LeftOut]:
        if self._bad in self._items:
            raise scheduler.KilledWorker(self.key, "w", 3)
        return [LeftOut(call=item.stem) for item in self._items]


class Client:
    """Every worker falls that meets ``bad``; ``threads`` are those of the workers there are."""

    def __init__(self, bad: Path, *threads: int) -> None:
        self._bad = bad
        self._threads = {f"tcp://h:{number}": count for number, count in enumerate(threads)}
        self.plugins: set[str] = set()
        self.loop = None

    def nthreads(self) -> dict[str, int]:
        return self._threads

    def register_plugin(self, _plugin: object, name: str) -> None:
        self.plugins.add(name)

    def unregister_worker_plugin(self, name: str) -> None:
        self.plugins.remove(name)

    def submit(self, *of: Any, **more: Any) -> Future:
        return Future(more["key"], of[-1], self._bad)


class Completed(list[Future]):
    """Every future is done at once."""

    def __init__(self, loop: object) -> None:
        del loop
        self.thread_condition = threading.Condition()

    def has_ready(self) -> bool:
        return bool(self)

    def add(self, future: Future) -> None:
        self.append(future)

    def __next__(self) -> Future:
        return self.pop(0)


def test_a_call_that_fells_every_worker_is_given_up_and_its_neighbours_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "as_completed", Completed)
    paths = [Path(f"c{number}.jsonl") for number in range(2 * BLOCK)]
    client = Client(paths[3])
    work = Comparing(ComparisonAsked(old=None, new=None))  # type: ignore[arg-type] # nothing is compared
    pool = module.Cluster(work, client)
    found = list(compare_all(paths, work.asked, 1, make_pool=lambda *_: pool))
    assert [one.call for one in found] == [path.stem for path in paths]
    assert [one.trouble for one in found if isinstance(one, LeftOut) and one.trouble] == [
        "c3.jsonl: workers of the cluster were ended over it, again and again."
    ]
    assert client.plugins == set()


class NeverCompleted(Completed):
    def has_ready(self) -> bool:
        return False


def compared_by(client: Client, *, stop: bool = False) -> list[ComparedCall | LeftOut]:
    work = Comparing(ComparisonAsked(old=None, new=None))  # type: ignore[arg-type] # nothing is compared
    return list(
        compare_all(
            [Path(f"c{number}.jsonl") for number in range(2 * BLOCK)],
            work.asked,
            1,
            make_pool=lambda work, _: module.Cluster(work, client, lambda: stop),
        )
    )


def test_nobody_waits_for_blocks_once_it_is_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "as_completed", NeverCompleted)
    monkeypatch.setattr(module, "LOOK_S", 0)
    client = Client(Path(), 1)
    assert compared_by(client, stop=True) == []
    assert client.plugins == set()


def test_a_cluster_that_lost_its_workers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "as_completed", NeverCompleted)
    monkeypatch.setattr(module, "LOOK_S", 0)
    with pytest.raises(InputError) as lonely:
        compared_by(Client(Path()))
    assert str(lonely.value) == (
        "The cluster has had no worker for a minute. Start some with `dask worker ADDRESS "
        "--nthreads 1`, then run this again."
    )


class Lost(Client):
    """The scheduler ended: what it had is cancelled, and nobody answers."""

    def submit(self, *of: Any, **more: Any) -> Future:
        future: Any = super().submit(*of, **more)

        def result() -> None:
            raise CancelledError

        future.result = result
        return future  # type: ignore[no-any-return]

    def unregister_worker_plugin(self, name: str) -> None:
        raise OSError(name)


class Silent(Lost):
    def nthreads(self) -> dict[str, int]:
        raise OSError


@pytest.mark.parametrize("client", [Lost, Silent])
def test_a_scheduler_that_ends_is_one_line(
    client: type[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "as_completed", Completed)
    with pytest.raises(InputError) as gone:
        compared_by(client(Path(), 1))
    assert str(gone.value) == (
        "The scheduler of the cluster is gone; what it was doing is lost. Start it and its workers "
        "again, then run this again."
    )


def test_a_worker_with_another_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = type("Worker", (), {"address": "tcp://h:1"})()
    monkeypatch.setattr(module, "get_worker", lambda: worker)
    with pytest.raises(InputError) as refused:
        module._do_block("name", "another digest", [])
    assert str(refused.value) == (
        "The worker tcp://h:1 has another version of Coach or of its libraries. Results would "
        "differ; install the same ones everywhere."
    )


def test_a_cluster_without_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lonely:
        def __init__(self, *_of: object, **_more: object) -> None:
            pass

        def __enter__(self) -> None:
            pass

        def __exit__(self, *_error: object) -> None:
            pass

        def wait_for_workers(self, _count: int, timeout: float) -> None:
            raise TimeoutError(timeout)

    monkeypatch.setattr(module, "Client", Lonely)
    with pytest.raises(InputError) as refused, module.connected("tcp://h:1", None):
        raise AssertionError
    assert str(refused.value) == (
        "The scheduler at tcp://h:1 has no worker. Start them with `dask worker ADDRESS --nthreads "
        "1`, where Coach is installed."
    )


def test_a_worker_with_other_rules_is_refused(tmp_path: Path) -> None:
    places = JournalFolders(calls=tmp_path, importing=tmp_path)
    setup = Setup(
        book=RuleBook(rules=(), language="en", fingerprint="f"), settings=EngineSettings()
    )
    assert ImportWork(lambda: setup, lambda: (), places, "f").begin()([]) == []
    with pytest.raises(InputError) as refused:
        ImportWork(lambda: setup, lambda: (), places, "g").begin()
    assert str(refused.value) == (
        "A worker of the cluster reads other rules than this machine. Packs, overlays and "
        "preferences must be the same files everywhere."
    )


def test_blocks_of_an_import_are_worth_a_journey(tmp_path: Path) -> None:
    small, large = tmp_path / "s.vtt", tmp_path / "l.wav"
    small.write_bytes(b"x")
    large.write_bytes(bytes(BLOCK_BYTES))
    paths = [small] * (BLOCK_FILES + 1) + [large, large, tmp_path / "absent"]
    jobs = (Job(path=path, digest="", details=Details()) for path in paths)
    assert [len(block) for block in in_blocks(jobs)] == [BLOCK_FILES, 2, 1, 1]
