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
    """``workers``: processes of one thread each.

    ``secure``: with TLS, every end with a certificate that an authority of the test's own signed;
    ``ca``, ``certificate`` and ``key`` are then those of whoever gives the command.
    """

    def __init__(self, folder: Path, workers: int, *, secure: bool = False) -> None:
        self._env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DASK_TEMPORARY_DIRECTORY": str(folder),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            "DASK_DISTRIBUTED__WORKER__USE_FILE_LOCKING": "False",
        }
        self._count = workers
        self.ca, self.certificate, self.key = (folder / n for n in ("ca.pem", "me.pem", "me.key"))
        self._tls: list[str] = []
        if secure:
            make_certificates(folder, "cluster", "me")
            names = {"ca": "ca.pem", "cert": "cluster.pem", "key": "cluster.key"}
            options = [(f"--tls-{what}", str(folder / name)) for what, name in names.items()]
            self._tls = [word for option in options for word in option]
            self._tls[0] = "--tls-ca-file"
        self._log = folder / "workers.log"
        self._processes: list[subprocess.Popen[str]] = []
        self.address = ""

    def __enter__(self) -> Self:
        protocol = "tls" if self._tls else "tcp"
        options = ("--port", "0", "--no-show", "--protocol", protocol)
        scheduler = self._start("scheduler", *options, stderr=subprocess.PIPE)
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
             *self._tls, "--host", "127.0.0.1", "--no-dashboard"],
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


def make_certificates(folder: Path, *names: str) -> None:
    """An authority (``ca.pem``) and a certificate (``NAME.pem``, ``NAME.key``) for each name."""
    new = ("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _run(folder, *new, "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
         "-subj", "/CN=authority of a test")  # fmt: skip
    for name in names:
        asked = f"{name}.csr"
        _run(folder, *new, "-keyout", f"{name}.key", "-out", asked, "-subj", f"/CN={name}")
        _run(folder, "openssl", "x509", "-req", "-in", asked, "-CA", "ca.pem",
             "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem",
             "-days", "2")  # fmt: skip


def _run(folder: Path, *words: str) -> None:
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
