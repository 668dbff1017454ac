"""The worker of gunicorn without a network: who is let go, and how many may come (``test_serving`` has the rest)."""

import resource
import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments

from config import worker
from config.worker import HEAD_SECONDS, LIMITS, REQUEST_SECONDS, BufferingWorker, Client

HEAD = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


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
