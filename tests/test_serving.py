"""The site behind gunicorn, as `make run` and a deployment start it: under many readers, and without its database."""

import contextlib
import gc
import http.client
import logging
import os
import runpy
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from config.postgres.server import COMMON
from tests.specimens import ENTRY
from timeline.management.commands import develop
from timeline.running import connections

THREADS = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))["threads"]
READERS, QUESTIONS = 50, 4
pytestmark = pytest.mark.django_db  # both, or the server would be started for each
ADDRESSES = [
    "/", "/?q=rice", ENTRY, "/people/", "/feed.atom", "/feed.json", "/changes.rss", "/calendar.ics", "/entries.csv",
    "/entries.json", "/api/v1/entries", "/robots.txt", "/static/site.css", "/admin/login/", "/nothing/here/",
]  # fmt: skip


def address_of(database: str, host: str = "") -> str:
    """A DATABASE_URL for a database beside the one of this process."""
    parts = connection.settings_dict
    sign_in = f"{quote(parts['USER'])}:{quote(parts['PASSWORD'])}"
    place = {"host": host or parts["HOST"], "port": parts["PORT"] or 5432}
    return f"postgresql://{sign_in}@/{database}?{urlencode(place)}"


class Relay:
    """The database as the site sees it: what is sent goes to the tests' server and back, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        name = f".s.PGSQL.{connection.settings_dict['PORT'] or 5432}"
        self.own, self.real = str(folder / name), f"{connection.settings_dict['HOST']}/{name}"
        self.links: list[socket.socket] = []

    def start(self) -> None:
        self.entrance = socket.create_server(self.own, family=socket.AF_UNIX, backlog=64)
        threading.Thread(target=self.receive, args=[self.entrance], daemon=True).start()

    def receive(self, entrance: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = entrance.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.real)
                self.links += [link, server]
                for source, target in ((link, server), (server, link)):
                    threading.Thread(target=self.pass_on, args=[source, target], daemon=True).start()

    def pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                target.sendall(content)
            target.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Every connection ends, and nobody gets another."""
        self.entrance.shutdown(socket.SHUT_RDWR)
        self.entrance.close()
        Path(self.own).unlink()
        for link in self.links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()
        self.links.clear()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()


@pytest.fixture(scope="module")
def relay(specimens_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a short path, as sockets want
        relay = Relay(Path(folder))
        relay.start()
        yield relay
        relay.stop()


@pytest.fixture(scope="module")
def port(specimens_database: str, relay: Relay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server over the specimens, with the settings and the command of `make run`."""
    folder = tmp_path_factory.mktemp("serving")
    log: Path = folder / "log"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "NENPYO_ENV": "development",
        "DATABASE_URL": address_of(specimens_database, str(relay.folder)),
        "KEPT_PAGES_DIR": str(folder / "kept"),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch, log.open("wb") as output:
        patch.setattr(settings, "PORT", number)
        server = subprocess.Popen(
            [*develop.gunicorn(), "--bind", f"unix:{relay.folder}/web"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        while not develop.answers(f"http://127.0.0.1:{number}/robots.txt"):
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield number
    finally:
        server.send_signal(signal.SIGINT)  # at once, without waiting for connections that are kept
        server.wait()


class Reader:
    """A client that keeps its connection, or makes a new one for each question."""

    def __init__(self, port: int, *, stays: bool) -> None:
        self.port = port
        self.stays = stays
        self.link: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.link:
            self.link.close()

    def ask(self, address: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        self.link = self.link or http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        self.link.request(method, address, headers=headers if self.stays else {**headers, "Connection": "close"})
        response = self.link.getresponse()
        body = response.read()
        if not self.stays:
            self.link = self.link.close()
        return response, body


def test_the_database_of_make_run_has_a_connection_for_each_thread_and_service_and_half_to_spare():
    assert 2 * connections.wanted() <= int(COMMON["max_connections"])


def test_workers_share_what_is_loaded_before_them(monkeypatch, django_assert_num_queries):
    """Templates are compiled once, and the collector looks at nothing of it again."""
    monkeypatch.setenv("NENPYO_ENV", "production")
    serving = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))
    assert serving["preload_app"]
    with django_assert_num_queries(0):
        serving["when_ready"](None)
    try:
        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
        logging.captureWarnings(False)


def test_too_few_connections_are_told_before_they_are_missed(monkeypatch):
    assert connections.count().problem == ""
    monkeypatch.setattr(connections, "wanted", lambda: 1000)
    assert "lower WEB_CONCURRENCY" in connections.count().problem


def test_fifty_readers_at_once_are_all_answered_over_few_connections_to_the_database(port, specimens_database):
    expected = {address: 404 if "nothing" in address else 200 for address in ADDRESSES}

    def read(number: int) -> list[tuple[str, int]]:
        addresses = islice(ADDRESSES * READERS, number, number + QUESTIONS)
        with Reader(port, stays=bool(number % 2)) as reader:
            return [(address, reader.ask(address)[0].status) for address in addresses]

    with ThreadPoolExecutor(READERS) as readers:
        answers = Counter(answer for answers in readers.map(read, range(READERS)) for answer in answers)
    assert {address: status for address, status in answers if status != expected[address]} == {}
    assert answers.total() == READERS * QUESTIONS

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [specimens_database])
        assert cursor.fetchone()[0] <= THREADS
    with Reader(port, stays=False) as reader:
        assert reader.ask("/admin/login/")[0].status == 200


def test_a_connection_is_kept_for_pages_files_and_answers_without_a_body(port):
    with Reader(port, stays=True) as reader:
        page, body = reader.ask("/")
        assert "default-src" in page.headers["Content-Security-Policy"]
        kept = reader.link.sock
        assert reader.ask("/", **{"If-None-Match": page.headers["ETag"]})[0].status == 304
        head, nothing = reader.ask("/", "HEAD")
        assert (head.status, head.headers["Content-Length"], nothing) == (200, str(len(body)), b"")
        style, _rules = reader.ask("/static/site.css")
        assert (style.status, style.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
        assert reader.link.sock is kept


def test_a_proxy_may_ask_through_a_socket(port, relay):
    for address, status in (("/robots.txt", 200), ("/nothing/here/", 404)):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(f"{relay.folder}/web")
            asker = http.client.HTTPConnection("127.0.0.1", port)
            asker.sock = link
            asker.request("GET", address)
            assert asker.getresponse().status == status


def test_the_site_outlives_a_stop_of_its_database_and_is_back_with_it(port, relay):
    asked = [address for address in ADDRESSES if "nothing" not in address and "admin" not in address]
    with Reader(port, stays=False) as reader:
        for address in asked:
            reader.ask(address)
        tags = {address: reader.ask(address)[0].headers["ETag"] for address in asked if "static" not in address}
        with relay.stopped():
            time.sleep(1)  # for so long a process believes that the edition is the one that it knows
            for address in asked:
                answer, body = reader.ask(address)
                assert (answer.status, bool(body)) == (200, True), address
                assert (answer.headers["Age"] is None) == ("static" in address)
            for address, tag in tags.items():
                assert reader.ask(address, **{"If-None-Match": tag})[0].status == 304
            for address in ("/nothing/here/", "/admin/login/", "/people/nobody/", "/status.json"):
                answer, body = reader.ask(address)
                assert (answer.status, b"database" in body) == (503, True), address
        for _ in range(50):  # 5 seconds, on a machine that is not busy
            answer, _body = reader.ask("/admin/login/")
            if answer.status == 200:
                break
            time.sleep(0.1)
        assert (answer.status, reader.ask("/")[0].headers["Age"]) == (200, None)


def test_forty_who_send_half_a_request_keep_nobody_waiting(port):
    """More than there are threads: half of them stop in the head, half in the body."""
    head = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n"
    halves = [head + b"X-Half: ", head + b"\r\nusername=a"] * 20
    with contextlib.ExitStack() as open_ones:
        for half in halves:
            link = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
            link.sendall(half)
        with Reader(port, stays=False) as reader:
            assert [reader.ask("/robots.txt")[0].status for _ in range(5)] == [200] * 5
        link.setblocking(False)
        with pytest.raises(BlockingIOError):  # it still waits, and is not refused
            link.recv(1)


def test_what_is_too_large_is_refused(port):
    with Reader(port, stays=False) as reader:
        assert reader.ask("/", **{"X-Long": "x" * 40_000})[0].status == 431
        assert reader.ask("/admin/login/", "POST", **{"Content-Length": "40000000"})[0].status == 413
