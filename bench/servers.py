"""The servers under measurement, and the processor time and memory that they take."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psycopg

from bench.database import ROOT

FLOOR = ["--config", os.devnull, "--workers", "2", "--worker-class", "sync", "--threads", "1"]
"""How the floor is served: in the simplest way there is. The product has `gunicorn.conf.py`."""

CPUCLOCK_SCHED = 2  # Linux, include/linux/posix-timers.h


@dataclass
class Server:
    """A running gunicorn, and what it has at the database: ``backends`` are process ids."""

    name: str
    port: int
    pid: int
    backends: list[int] = field(default_factory=list)

    def get(self, path: str, headers: dict[str, str]) -> tuple[float, HTTPResponse, bytes]:
        """Milliseconds until the whole answer is here, and the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        took = (time.perf_counter() - start) * 1000
        connection.close()
        return took, response, body

    def cpu(self) -> tuple[float, float] | None:
        """Milliseconds of processor time used so far: by the workers, by their database backends.

        None where /proc does not tell.
        """
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        if not children.exists():
            return None
        return sum(map(_cpu, children.read_text().split())), sum(map(_cpu, self.backends))

    def memory(self) -> float | None:
        """Megabytes of a worker, its share of what several have in common counted as such (PSS); the mean of all."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        if not children.exists():
            return None
        found = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in children.read_text().split()]
        sizes = [int(line.split()[1]) for text in found for line in text.splitlines() if line.startswith("Pss:")]
        return sum(sizes) / len(sizes) / 1000 if sizes else None


def _cpu(pid: int | str) -> float:
    # The clock that clock_getcpuclockid(3) names: of all threads, in nanoseconds, where /proc has ticks of 10 ms.
    return time.clock_gettime((~int(pid) << 3) | CPUCLOCK_SCHED) * 1000


def backends(connection: psycopg.Connection, name: str) -> list[int]:
    """The processes that serve ``name`` (its application name), if the database runs on this machine."""
    rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [name]).fetchall()
    names = {pid: Path(f"/proc/{pid}/comm") for (pid,) in rows}
    return [pid for pid, name in names.items() if name.exists() and name.read_text().startswith("postgres")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(
    name: str,
    application: str,
    port: int,
    environment: dict[str, str],
    options: Sequence[str] = (),
    *,
    folder: Path = ROOT,
) -> Iterator[Server]:
    """Gunicorn with ``application``, until the end of the block; as the configuration of ``folder`` says."""
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    process = subprocess.Popen([*command, *options], cwd=folder, env=environment)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise SystemExit(f"The server “{name}” did not start; what it said is above.")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait()
