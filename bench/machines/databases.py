"""Servers of PostgreSQL with streaming replication, on ports of this machine."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from bench.servers import free_port
from config.postgres import programs

SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 100
fsync = off
jit = off
hot_standby_feedback = on
wal_keep_size = 512MB
wal_retrieve_retry_interval = 500ms
wal_receiver_status_interval = 1s
shared_buffers = 64MB
"""
ONE_OF_THEM = "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'"
"""What was published is on a replica before anybody sees it, so no promotion loses it."""


class Database:
    """A server that may be killed, started again and promoted."""

    def __init__(self, home: Path, name: str) -> None:
        self.data, self.name, self.port = home / name, name, free_port()
        self.programs = programs.find(home.parent).folder
        self.process: subprocess.Popen[bytes] | None = None
        self.log = (home / f"{name}.log").open("ab")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self, *, replica_of: "Database | None" = None) -> None:
        """The cluster, empty or as a copy."""
        shutil.rmtree(self.data, ignore_errors=True)
        if replica_of:
            copied = ["--checkpoint=fast", "--wal-method=stream", "--no-sync", f"--dbname={replica_of.url}"]
            self._run("pg_basebackup", "-D", str(self.data), *copied)
            (self.data / "standby.signal").touch()
        else:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "-E", "UTF8"]
            self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "--no-sync", *locale)
            with (self.data / "pg_hba.conf").open("a") as file:
                file.write("host replication all 127.0.0.1/32 trust\n")

    def start(self, servers: "list[Database]") -> None:
        """Begin to answer; a replica follows whichever of ``servers`` is written to."""
        others = [one for one in servers if one is not self]
        hosts, ports = ",".join("127.0.0.1" for _ in others), ",".join(str(one.port) for one in others)
        follow = f"host={hosts} port={ports} user=postgres application_name={self.name}"
        options = (
            f"{SETTINGS}unix_socket_directories = ''\nprimary_conninfo = '{follow} target_session_attrs=read-write'\n"
        )
        (self.data / "postgresql.conf").write_text(options)
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, **_as_user())
        self.wait()

    def wait(self) -> None:
        for _ in range(300):
            if self.process and self.process.poll() is not None:
                sys.exit(f"PostgreSQL “{self.name}” did not start: see its log.")
            with suppress(psycopg.OperationalError):
                self.ask("SELECT 1")
                return
            time.sleep(0.1)
        sys.exit(f"PostgreSQL “{self.name}” does not answer.")

    def ask(self, sql: str) -> Any:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=2) as connection:
            found = connection.execute(sql)
            return found.fetchone()[0] if found.description else None

    def kill(self) -> None:
        """As when the power goes: the server and all of its processes at once."""
        if self.process and self.process.poll() is None:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            for pid in (self.process.pid, *map(int, children)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([self.programs / program, *words], check=True, stdout=self.log, stderr=self.log, **_as_user())


def most_advanced(replicas: list[Database]) -> Database:
    """The replica that has most of what the primary wrote: the one to promote."""
    return max(replicas, key=lambda one: one.ask("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn"))


def _as_user() -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def home_for(folder: Path) -> Path:
    """A folder in which the servers may write."""
    folder.chmod(0o755)
    home = folder / "databases"
    home.mkdir()
    if not os.geteuid():
        os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)
    return home
