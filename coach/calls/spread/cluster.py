"""A Dask cluster that does blocks.

Each worker makes ready once what every block needs (a plugin, which workers that join later get,
too). A worker that dies costs the blocks it was at, and the scheduler gives them to others. It
blames every block that was there, so one that falls with several workers may have had bad
neighbours: it is taken apart, and only an item that falls again alone is given up.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any, Generic

from distributed import Client, Future, Security, WorkerPlugin, as_completed, get_worker
from distributed.scheduler import KilledWorker

from coach.calls.engine_digest import engine_digest
from coach.calls.spread.blocks import Doing, Item, Result, StoppedError, Work
from coach.errors import InputError

WAIT_S = 10
"""Seconds for the scheduler's answer, and for a first worker."""
LOOK_S = 0.5
"""How often is looked whether anybody still waits."""
LONELY_LOOKS = 120
"""Looks, a minute of them, after which a cluster without workers is given up."""
AHEAD = 3
"""Blocks for each thread of the cluster that are handed out before the first is back."""


_GONE = (OSError, RuntimeError, ValueError, CancelledError)
"""What asking a scheduler ends in that is no longer there."""


def security(ca: Path | None, certificate: Path | None, key: Path | None) -> Security | None:
    """How both ends know each other; None where the connection is not encrypted."""
    if ca is None:
        return None
    return Security(
        tls_ca_file=str(ca),
        tls_client_cert=str(certificate),
        tls_client_key=str(key),
        require_encryption=True,
    )


@contextlib.contextmanager
def connected(address: str, security: Security | None) -> Iterator[Client]:
    """A connection to a scheduler with at least one worker; InputError where there is none."""
    # What becomes of workers is told by us, in a line; not by the library, in many.
    for name in ("distributed", "distributed.client"):  # it gives the second a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(
            address,
            timeout=WAIT_S,
            security=security,
            set_as_default=False,
            direct_to_workers=False,
        )
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"No scheduler answers at {address}: {why}.",
            "Start one with `dask scheduler`; its first lines name the address.",
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT_S)
        except TimeoutError:
            raise InputError(
                f"The scheduler at {address} has no worker.",
                "Start them with `dask worker ADDRESS --nthreads 1`, where Coach is installed.",
            ) from None
        yield client


class Cluster(Generic[Item, Result]):
    """A ``coach.calls.spread.blocks.Pool`` on a cluster."""

    def __init__(
        self, work: Work[Item, Result], client: Client, stop: Callable[[], bool] | None = None
    ) -> None:
        """``stop``: gives up what is being done once it says so; without it that is waited for."""
        self._work = work
        self._client = client
        self._stop = stop
        self._name = f"coach-{secrets.token_hex(6)}"
        self._blocks: dict[str, _SpreadPart[Item]] = {}
        """What is being done, by the key of its future."""
        self._results: dict[int, dict[int, Result]] = {}
        """Of a block that was taken apart, what is done by place."""
        self._sizes: dict[int, int] = {}
        self._ready: list[tuple[int, list[Result]]] = []
        self._submitted = 0
        self._completed: Any = as_completed(loop=client.loop)
        client.register_plugin(_Prepared(work), name=self._name)

    @property
    def ahead(self) -> int:
        """So many for each thread of every worker there is now."""
        return AHEAD * max(1, self._threads())

    def _threads(self) -> int:
        """Threads of all workers; InputError where the scheduler is gone."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except _GONE:
            raise self._gone() from None
        return sum(threads.values())

    def _gone(self) -> InputError:
        return InputError(
            "The scheduler of the cluster is gone; what it was doing is lost.",
            "Start it and its workers again, then run this again.",
        )

    def submit(self, number: int, block: Sequence[Item]) -> None:
        """Hand out a block."""
        self._sizes[number] = len(block)
        self._results[number] = {}
        self._hand_out(_SpreadPart(number, 0, list(block)))

    def _hand_out(self, part: _SpreadPart[Item]) -> None:
        self._submitted += 1
        key = f"{self._name}-{self._submitted}"
        self._blocks[key] = part
        future = self._client.submit(
            _do_block, self._name, engine_digest(), part.items, key=key, pure=False
        )
        self._completed.add(future)

    def next(self) -> tuple[int, list[Result]]:
        """Wait for a block."""
        while True:
            future = self._awaited()
            part = self._blocks.pop(str(future.key))
            done = self._results[part.number]
            try:
                results = future.result()
            except KilledWorker:
                self._fallen(part)
            except CancelledError:  # nobody here cancels: the connection was lost
                raise self._gone() from None
            else:
                done.update(enumerate(results, part.first))
            if len(done) == self._sizes[part.number]:
                del self._results[part.number], self._sizes[part.number]
                return part.number, [done[place] for place in sorted(done)]

    def _awaited(self) -> Future:
        """The next future that is done; StoppedError where none is waited for any more."""
        lonely = 0
        while not self._is_ready():
            if self._stop is not None and self._stop():
                raise StoppedError
            lonely = 0 if self._threads() else lonely + 1
            if lonely >= LONELY_LOOKS:
                raise InputError(
                    "The cluster has had no worker for a minute.",
                    "Start some with `dask worker ADDRESS --nthreads 1`, then run this again.",
                )
        future: Future = next(self._completed)
        return future

    def _is_ready(self) -> bool:
        """Whether a future is done, or is so before the next look."""
        with self._completed.thread_condition:
            if not self._completed.has_ready():
                self._completed.thread_condition.wait(LOOK_S)
            return bool(self._completed.has_ready())

    def _fallen(self, part: _SpreadPart[Item]) -> None:
        """Several workers died over a part of a block."""
        if len(part.items) > 1:
            for place, item in enumerate(part.items, part.first):
                self._hand_out(_SpreadPart(part.number, place, [item]))
            return
        why = "workers of the cluster were ended over it, again and again."
        self._results[part.number][part.first] = self._work.lost(part.items[0], why)

    def close(self) -> None:
        """Drop what was not begun."""
        self._completed.clear()
        with contextlib.suppress(*_GONE):
            self._client.unregister_worker_plugin(self._name)


class _SpreadPart(Generic[Item]):
    """Items of a block that are done together."""

    def __init__(self, number: int, first: int, items: list[Item]) -> None:
        self.number = number
        self.first = first
        """Place of the first one in the block."""
        self.items = items


class _Prepared(WorkerPlugin):
    """What a worker needs for every block, made when the first one comes."""

    def __init__(self, work: Work[Any, Any]) -> None:
        self._work = work
        self._do: Doing[Any, Any] | None = None
        self._lock: threading.Lock | None = None

    def setup(self, worker: object) -> None:
        """The plugin has arrived."""
        del worker
        self._lock = threading.Lock()

    def do(self, block: Sequence[Any]) -> list[Any]:
        """Do a block; the threads of a worker take turns, nothing here is made for several."""
        assert self._lock is not None  # noqa: S101 - setup ran first
        with self._lock:
            if self._do is None:
                self._do = self._work.begin()
            return self._do(block)


def _do_block(name: str, digest: str, block: Sequence[Any]) -> list[Any]:
    """Do a block on a worker."""
    worker = get_worker()
    if engine_digest() != digest:
        raise InputError(
            f"The worker {worker.address} has another version of Coach or of its libraries.",
            "Results would differ; install the same ones everywhere.",
        )
    prepared: Any = worker.plugins[name]
    results: list[Any] = prepared.do(block)
    return results
