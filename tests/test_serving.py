"""The site behind gunicorn, as `make run` and a deployment start it, under many readers at once."""

import http.client
import os
import runpy
import signal
import socket
import subprocess
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

THREADS = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))["threads"]
READERS, QUESTIONS = 50, 4
pytestmark = pytest.mark.django_db  # both, or the server would be started for each
ADDRESSES = [
    "/", "/?q=rice", ENTRY, "/people/", "/feed.atom", "/feed.json", "/changes.rss", "/calendar.ics", "/entries.csv",
    "/entries.json", "/api/v1/entries", "/robots.txt", "/static/site.css", "/admin/login/", "/nothing/here/",
]  # fmt: skip


def address_of(database: str) -> str:
    """A DATABASE_URL for a database beside the one of this process."""
    parts = connection.settings_dict
    sign_in = f"{quote(parts['USER'])}:{quote(parts['PASSWORD'])}"
    return f"postgresql://{sign_in}@/{database}?{urlencode({'host': parts['HOST'], 'port': parts['PORT'] or 5432})}"


@pytest.fixture(scope="module")
def port(specimens_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server over the specimens, with the settings and the command of `make run`."""
    log: Path = tmp_path_factory.mktemp("serving") / "log"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "NENPYO_ENV": "development",
        "DATABASE_URL": address_of(specimens_database),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch, log.open("wb") as output:
        patch.setattr(settings, "PORT", number)
        server = subprocess.Popen(
            develop.gunicorn(), cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output
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
    assert 2 * (THREADS + len(develop.SERVICES)) <= int(COMMON["max_connections"])


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
