"""The worker of gunicorn without a network: who is let go, and how many may come (``test_serving`` has the rest)."""

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import create_server

from config import worker
from config.worker import HEAD_SECONDS, LIMITS, MEGABYTE, REQUEST_SECONDS, BufferingWorker, Client
from tests.waiting import wait_until

HEAD = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(worker, "time", clock)
    return clock


class Connection:
    """A client of a worker, which sends what a test says."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.worker = object.__new__(BufferingWorker)
        self.worker.channels = {}
        limits = Adjustments()
        server = SimpleNamespace(adj=limits, active_channels={}, add_task=lambda _client: None)
        self.client = Client(server, self.ours, ("127.0.0.1", 1), limits, map=self.worker.channels)

    def sends(self, content: bytes) -> None:
        self.client.last_activity = time.time()
        self.client.received(content)

    @property
    def is_let_go(self) -> bool:
        self.worker.close_stalled()
        return bool(self.client.will_close)


@pytest.fixture
def connection() -> Iterator[Connection]:
    connection = Connection()
    yield connection
    connection.client.handle_close()
    connection.theirs.close()


@pytest.mark.parametrize(
    ("begins", "seconds"), [(HEAD, HEAD_SECONDS), (HEAD + b"\r\n", REQUEST_SECONDS)], ids=["head", "body"]
)
def test_who_sends_a_byte_now_and_then_is_let_go_in_the_end(clock, connection, begins, seconds):
    connection.sends(begins)
    for _ in range(9):
        clock.now += seconds / 10
        connection.sends(b"a")
        assert not connection.is_let_go
    clock.now += seconds / 10 + 1
    connection.sends(b"a")
    assert connection.is_let_go


def test_a_connection_that_is_kept_begins_anew_with_each_request(clock, connection):
    for _ in range(3):
        connection.sends(b"GET / HTTP/1.1\r\n")
        clock.now += HEAD_SECONDS - 1
        connection.sends(b"\r\n")
        clock.now += REQUEST_SECONDS  # until it is answered nobody is slow but we
        assert not connection.is_let_go
        connection.client.requests.clear()
        assert not connection.is_let_go


LONG = "/entries.csv"
MOST = LIMITS["connection_limit"]


@pytest.mark.parametrize(
    ("limits", "may_raise", "most"),
    [
        ((1024, 524_288), True, MOST),  # what systemd gives
        ((1024, 524_288), False, 341),
        ((1024, 3000), True, 1000),
        ((20_000, 20_000), False, MOST),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), False, MOST),
    ],
)
def test_there_are_never_more_connections_than_files_for_them(monkeypatch, limits, may_raise, most):
    """At the end of files the loop would spin, and no page could be made."""

    def raise_limits(_kind: int, wanted: tuple[int, int]) -> None:
        if not may_raise:
            raise PermissionError
        assert limits[0] < wanted[0] <= limits[1]

    monkeypatch.setattr(worker.resource, "getrlimit", lambda _kind: limits)
    monkeypatch.setattr(worker.resource, "setrlimit", raise_limits)
    assert worker.most_connections() == most


class Site:
    """A worker with a few threads: what it says is a file, or at a ``LONG`` address is made while it is read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.made: list[str] = []
        """The addresses of long answers that were made to their end."""
        self.worker = object.__new__(BufferingWorker)
        self.worker.channels, self.worker.nr, self.worker.max_requests = {}, 0, 1000
        self.worker.cfg = SimpleNamespace(workers=1, forwarded_allow_ips=[])
        self.worker.log = SimpleNamespace(access=lambda *_line: None)
        self.worker.wsgi = self.answer
        self.entrance = socket.create_server(("127.0.0.1", 0))
        self.threads = worker.Dispatcher(4, [LONG])
        self.worker.dispatcher = self.threads
        self.server = create_server(
            self.worker.answer,
            map=self.worker.channels,
            sockets=[self.entrance],
            _dispatcher=self.threads,
            **LIMITS,
        )
        self.server.channel_class = Client
        self.is_over = False
        self.loop = threading.Thread(target=self.turn)
        self.loop.start()

    def answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == LONG:
            start("200 OK", [])
            return self.pieces(environ["RAW_URI"])
        start("200 OK", [("Content-Length", str(self.file.stat().st_size))])
        content: Iterable[bytes] = environ["wsgi.file_wrapper"](self.file.open("rb"))
        return content

    def pieces(self, address: str) -> Iterator[bytes]:
        yield from [bytes(MEGABYTE)] * 24
        self.made.append(address)

    def asked(self, method: str = "GET", address: str = "/dataset/1.zip") -> socket.socket:
        link = socket.create_connection(self.entrance.getsockname(), timeout=5)
        link.sendall(f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        return link

    def turn(self) -> None:
        while not self.is_over:
            wasyncore.loop(timeout=0.05, use_poll=True, map=self.worker.channels, count=1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    file = tmp_path / "1.zip"
    with file.open("wb") as content:
        content.truncate(24 * MEGABYTE)
    site = Site(file)
    yield site
    site.is_over = True
    site.loop.join()
    site.threads.shutdown()
    for one in list(site.worker.channels.values()):
        one.handle_close()
    site.entrance.close()


def test_who_reads_a_file_slowly_holds_no_thread(site):
    """More of them than there are threads, and a file larger than what is made ahead of a reader."""
    with ExitStack() as links:
        for _ in range(8):
            assert links.enter_context(site.asked()).recv(1000).startswith(b"HTTP/1.1 200 OK")


def test_of_a_file_head_tells_the_length_and_sends_nothing(site):
    with site.asked("HEAD") as link:
        words = link.recv(1000)
        assert f"Content-Length: {site.file.stat().st_size}".encode() in words
        assert words.endswith(b"\r\n\r\n")


def test_who_reads_a_long_answer_slowly_keeps_no_thread_from_the_next_who_asks_for_one(site):
    """What is made for them lies on the disk, and they get all of it when they read on."""
    asked = [f"{LONG}?q={number}" for number in range(4)]
    with ExitStack() as links:
        readers = [links.enter_context(site.asked(address=address)) for address in asked]
        wait_until(lambda: site.made == asked)
        got = 0
        while got < 24 * MEGABYTE:
            got += len(readers[0].recv(MEGABYTE))


def test_what_was_made_and_not_taken_is_bounded(site, monkeypatch):
    monkeypatch.setattr(worker, "AHEAD", 8 * MEGABYTE)
    with site.asked(address=LONG) as link:
        wait_until(lambda: sum(one.total_outbufs_len for one in site.worker.clients()) > 8 * MEGABYTE)
        with site.asked() as other:
            assert other.recv(1000).startswith(b"HTTP/1.1 200 OK")
        assert site.made == []
        while link.recv(MEGABYTE)[-5:] != b"0\r\n\r\n":
            pass
    assert site.made == [LONG]


def test_a_piece_of_a_long_answer_waits_for_who_asks_for_a_page_but_not_for_ever(clock):
    threads = worker.Dispatcher(4, [LONG])
    try:
        wait_until(lambda: threads.others.active_count == 0)
        began = clock.now
        threads.give_way()
        assert clock.now == began
        with threads.others.lock:
            threads.others.active_count += 1
        threads.give_way()
        assert clock.now >= began + worker.PATIENCE
    finally:
        threads.shutdown()
