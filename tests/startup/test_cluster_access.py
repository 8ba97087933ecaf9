"""How the command line leads to a cluster, and every way in which it does not."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
import pytest

from coach.errors import DeviceError, InputError
from coach.startup import cluster_access as module
from coach.startup.cluster_access import cluster_named
from coach.startup.config import ClusterSettings, Settings, load


def named(scheduler: str | None, jobs: int | None = None, **files: Path) -> object:
    args = argparse.Namespace(scheduler=scheduler, jobs=jobs)
    with cluster_named(args, Settings(cluster=ClusterSettings(**files))) as make_pool:
        return make_pool


def test_without_a_scheduler_there_is_no_cluster() -> None:
    assert named(None, jobs=2) is None


APART = (
    "and [cluster] in the settings do not go together. An address tls://... needs ca, certificate "
    "and key there; any other none of them."
)


@pytest.mark.parametrize(
    ("scheduler", "jobs", "files", "message"),
    [
        (
            "tcp://h:1",
            2,
            (),
            "--jobs is for this machine, --scheduler for a cluster. Leave one out.",
        ),
        (
            "tls://h:1",
            None,
            ("absent.pem",),
            (
                "The settings name absent.pem under [cluster]: there is no such file. "
                "Check its name; it is looked for beside the settings."
            ),
        ),
        ("tls://h:1", None, (), f"The scheduler tls://h:1 {APART}"),
        ("tls://h:1", None, ("here.pem",), f"The scheduler tls://h:1 {APART}"),
        ("h:1", None, ("here.pem",) * 3, f"The scheduler h:1 {APART}"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    scheduler: str,
    jobs: int | None,
    files: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: object())
    Path("here.pem").touch()
    given = dict(zip(("ca", "certificate", "key"), map(Path, files), strict=False))
    with pytest.raises(InputError) as refused:
        named(scheduler, jobs, **given)
    assert str(refused.value) == message


def test_the_library_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(DeviceError) as refused:
        named("tcp://h:1")
    assert str(refused.value) == (
        "A cluster needs Dask. Install it: pip install 'callcoach[cluster]'."
    )


@pytest.mark.cluster
def test_nobody_at_the_address_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("coach.calls.spread.cluster.WAIT_S", 0.5)
    with pytest.raises(InputError, match=r"^No scheduler answers at tcp://127\.0\.0\.1:9: .*"):
        named("tcp://127.0.0.1:9")


def test_its_files_are_meant_from_where_the_settings_lie(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[cluster]\nca = "ca.pem"\n', encoding="utf-8")
    assert load(file).cluster == msgspec.structs.replace(ClusterSettings(), ca=tmp_path / "ca.pem")
