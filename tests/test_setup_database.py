"""The embedded server: shared, stopped with its last user, and back after any kill -9."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from config.postgres import server
from config.postgres.programs import NoServerError
from tests.waiting import wait_until

ROOT = settings.BASE_DIR

# A user of the server: starts or joins it, says so, and stays until its input ends.
USER = """
import sys
from pathlib import Path
from config.postgres import server
server.use(Path(sys.argv[1]), durable=False)
print("here", flush=True)
sys.stdin.read()
"""


def ask(home: Path, question: str) -> object:
    folder = str(server.socket_folder(home))
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as link:
        cursor = link.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


@contextmanager
def a_user(home: Path) -> Iterator[None]:
    """Another process that uses the server, and ends by kill -9."""
    command = [sys.executable, "-c", USER, str(home)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as user:
        assert user.stdout.readline() == "here\n"
        yield
        user.kill()


def process_of(home: Path) -> int:
    """The server's main process."""
    return int(next(home.glob("data-*/postmaster.pid")).read_text().split("\n")[0])


def is_gone(process: int) -> bool:
    """Whether a process has ended, or only waits to be forgotten."""
    return not server._command_line(process)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A home for a server, in a path with a space that everybody can enter (tmp_path is ours alone)."""
    with tempfile.TemporaryDirectory(prefix="a server ", dir="/tmp") as base:
        Path(base).chmod(0o755)
        yield Path(base) / "home"


@pytest.fixture
def home(cluster: Path) -> Iterator[Path]:
    yield cluster
    server.leave(cluster)


def test_the_server_lives_as_long_as_its_users_and_loses_nothing_to_kill_9(home):
    with a_user(home):
        with a_user(home):
            # Written down at once, as a server for development does it always.
            ask(home, "SET synchronous_commit = on; CREATE TABLE kept AS SELECT 42 AS answer")
            postgres = process_of(home)
        assert ask(home, "SELECT answer FROM kept") == 42  # one user killed, the other goes on
        assert process_of(home) == postgres

        os.kill(postgres, signal.SIGKILL)
        wait_until(lambda: is_gone(postgres))
        server.use(home, durable=False)  # the next user starts it anew
        assert ask(home, "SELECT answer FROM kept") == 42
    postgres = process_of(home)
    assert server.leave(home) is True  # we were the last
    assert is_gone(postgres)


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(home):
    server.use(home, durable=False)
    server.leave(home)
    pidfile = next(home.glob("data-*")) / "postmaster.pid"
    pidfile.write_text(f"{os.getpid()}\n")  # a number used again, by somebody else
    server.use(home, durable=False)
    assert ask(home, "SELECT 1") == 1


def test_text_is_utf8_in_the_same_order_everywhere(home):
    server.use(home, durable=False)
    assert ask(home, "SELECT current_setting('server_encoding')") == "UTF8"
    assert ask(home, "SELECT string_agg(w, ' ' ORDER BY w) FROM unnest('{b,a,B}'::text[]) w") == "B a b"
    ask(home, "CREATE EXTENSION pg_trgm")
    assert ask(home, "SELECT cardinality(show_trgm('日米貿易'))") > 0


def test_a_socket_fits_whatever_the_path():
    assert len(os.fsencode(server.socket_folder(Path("/" + "deep/" * 200)))) < 80


def test_where_no_server_runs_the_reader_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("config.postgres.programs._archive", lambda: None)
    monkeypatch.setattr("config.postgres.programs._installed", set)
    with pytest.raises(NoServerError, match=r"(?s)cannot be started.*Install 15 or newer.*DATABASE_URL"):
        server.programs.find(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must keep its data where others can go")
def test_as_root_a_closed_folder_gets_an_open_home_elsewhere(tmp_path):
    closed = tmp_path / "home of root"
    closed.mkdir(mode=0o700)
    elsewhere = server.usable_home(closed / "nenpyo" / "var" / "postgres")
    assert elsewhere.parent == Path("/var/lib/nenpyo")
    assert elsewhere != server.usable_home(closed / "another" / "var" / "postgres")


def test_a_named_database_starts_no_server(home, tmp_path):
    """Nothing listens at the address, so connecting fails; what counts is what it left alone."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "NENPYO_ENV": "development",
        "NENPYO_PG_HOME": str(tmp_path / "home"),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    }
    connect = "from django.db import connection; connection.ensure_connection()"
    command = [sys.executable, "-c", connect]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert "127.0.0.1" in result.stderr
    assert not (tmp_path / "home").exists()

    del environment["DATABASE_URL"]  # the same, unnamed, does start one
    environment["NENPYO_PG_HOME"] = str(home)
    (home / "server.log").unlink(missing_ok=True)
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (result.returncode, (home / "server.log").exists()) == (0, True), result.stderr
