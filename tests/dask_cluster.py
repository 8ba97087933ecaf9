"""A real Dask cluster of the test's own: a scheduler and worker processes on this machine.

Its ports are chosen by the system. Nothing waits by the clock: the scheduler's log names its
address, and it is the scheduler that knows the workers. A worker that blames is not forgiven once
(``allowed-failures`` is 0), so whatever a killed one was at comes back as fallen.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parent.parent
LONGEST_S = 300


class DaskCluster:
    """``workers``: processes of one thread each."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DASK_TEMPORARY_DIRECTORY": str(folder),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            "DASK_DISTRIBUTED__WORKER__USE_FILE_LOCKING": "False",
        }
        self._count = workers
        self._log = folder / "workers.log"
        self._processes: list[subprocess.Popen[str]] = []
        self.address = ""

    def __enter__(self) -> Self:
        scheduler = self._start("scheduler", "--port", "0", "--no-show", stderr=subprocess.PIPE)
        assert scheduler.stderr is not None
        log = []
        for line in scheduler.stderr:
            log.append(line)
            if found := re.search(r"Scheduler at: +(\S+)", line):
                self.address = found[1]
                break
        assert self.address, "".join(log)
        with self._log.open("w", encoding="utf-8") as file:
            for _ in range(self._count):
                self._start(
                    "worker", self.address, "--nthreads", "1", "--no-nanny", stderr=file.fileno()
                )
        return self

    def _start(self, what: str, *words: str, stderr: int) -> subprocess.Popen[str]:
        module = f"distributed.cli.dask_{what}"
        process = subprocess.Popen(
            ["timeout", str(LONGEST_S), sys.executable, "-m", module, *words,
             "--host", "127.0.0.1", "--no-dashboard"],
            env=self._env, stdout=subprocess.DEVNULL, stderr=stderr, text=True,
            start_new_session=True,
        )  # fmt: skip
        self._processes.append(process)
        return process

    def kill_a_worker(self) -> None:
        """One worker is ended without a word."""
        os.killpg(self._processes[1].pid, signal.SIGKILL)

    def __exit__(self, *_error: object) -> None:
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stderr is not None:
                process.stderr.close()
