"""From ``--scheduler`` and ``[cluster]`` of the settings to a cluster that does work."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from coach.calls.spread.blocks import Pool, Work
from coach.errors import DeviceError, InputError
from coach.startup.config import Settings


class MakePool(Protocol):
    """Makes the pool of a cluster."""

    def __call__(
        self, work: Work[Any, Any], stop: Callable[[], bool] | None = None
    ) -> Pool[Any, Any]:
        """For some work; what is being done once ``stop`` says so is given up."""
        ...


def add_cluster_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names a cluster."""
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="do it on this scheduler's Dask cluster, such as tcp://HOST:8786; see docs/cluster.md",
    )


@contextlib.contextmanager
def cluster_named(args: argparse.Namespace, settings: Settings) -> Iterator[MakePool | None]:
    """What the cluster does that the command line names; None where it names none.

    InputError where it cannot be reached so, DeviceError where the library is not installed.
    """
    address = args.scheduler
    if not address:
        yield None
        return
    if args.jobs is not None:
        raise InputError("--jobs is for this machine, --scheduler for a cluster.", "Leave one out.")
    if importlib.util.find_spec("distributed") is None:
        raise DeviceError("A cluster needs Dask.", "Install it: pip install 'callcoach[cluster]'.")
    files = (settings.cluster.ca, settings.cluster.certificate, settings.cluster.key)
    for file in files:
        if file is not None and not file.is_file():
            raise InputError(
                f"The settings name {file} under [cluster]: there is no such file.",
                "Check its name; it is looked for beside the settings.",
            )
    if any(files) != str(address).startswith("tls://") or (any(files) and not all(files)):
        raise InputError(
            f"The scheduler {address} and [cluster] in the settings do not go together.",
            "An address tls://... needs ca, certificate and key there; any other none of them.",
        )
    from coach.calls.spread.cluster import Cluster, connected, security  # noqa: PLC0415 - optional

    with connected(address, security(*files)) as client:
        yield lambda work, stop=None: Cluster(work, client, stop)
