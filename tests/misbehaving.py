"""A server on this machine that answers as badly as the web does.

A test says what each path answers (``server.pages[path] = Answer(…)``) or takes one of the
bad habits that are there from the start (``/drip``, ``/endless``, ``/bomb``, ``/loop``).
"""

import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

MEGABYTE = 1024 * 1024
BOMB = gzip.compress(bytes(20 * MEGABYTE), compresslevel=9)  # 20 kB that become 20 MB


@dataclass
class Answer:
    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def article(title: str, *paragraphs: str, head: str = "") -> Answer:
    """A page as a newspaper makes it: an article between navigation and footer."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Example Wire</title>'
        f"{head}</head><body><nav><a href='/'>Home</a></nav><main><article><h1>{title}</h1>{text}</article></main>"
        "<footer><p>© Example Wire</p></footer></body></html>"
    )
    return Answer(page, headers={"Content-Type": "text/html; charset=utf-8"})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Misbehaving"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        habit = getattr(self, f"habit_{self.path.strip('/')}", None)
        try:
            if habit:
                habit()
            else:
                self.answer(self.server.pages.get(self.path, Answer("Not here.", status=404)))
        except OSError:
            pass  # the other side had enough

    def answer(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        etag = answer.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            self.start(304, {"ETag": etag})
            return
        self.start(answer.status, {"Content-Length": str(len(body))} | answer.headers)
        self.wfile.write(body)

    def start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def habit_drip(self) -> None:
        """A byte now and then: each in time, all together never."""
        self.start(200, {"Content-Type": "text/html"})
        while not self.server.closing:
            self.wfile.write(b".")
            time.sleep(0.02)

    def habit_drip_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.closing:
            self.wfile.write(b".")
            time.sleep(0.02)

    def habit_endless(self) -> None:
        self.start(200, {"Content-Type": "text/html"})
        while not self.server.closing:
            self.wfile.write(b"<p>and so on</p>" * 4096)

    def habit_bomb(self) -> None:
        self.start(200, {"Content-Encoding": "gzip", "Content-Length": str(len(BOMB))})
        self.wfile.write(BOMB)

    def habit_loop(self) -> None:
        self.start(302, {"Location": "/loop", "Content-Length": "0"})

    def habit_moved_without_end(self) -> None:
        """A redirect with a page that never ends."""
        self.start(302, {"Location": "/report"})
        while not self.server.closing:
            self.wfile.write(b"<p>It is elsewhere.</p>" * 4096)

    def habit_cut(self) -> None:
        """Promises more than it sends."""
        self.start(200, {"Content-Length": "1000"})
        self.wfile.write(b"only this")

    def log_message(self, *args: Any) -> None:
        pass


class Misbehaving(ThreadingHTTPServer):
    """``asked`` are the requests so far: path and headers."""

    daemon_threads = True
    handler = Handler

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = False

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def redirect(self, path: str, to: str, status: int = 301) -> None:
        self.pages[path] = Answer(status=status, headers={"Location": to})

    def paths(self) -> list[str]:
        return [path for path, _headers in self.asked]


@pytest.fixture
def server(settings: Any) -> Iterator[Misbehaving]:
    """Allows fetching from this machine, for the time of a test."""
    settings.NENPYO_FETCH_LOOPBACK = True
    with Misbehaving() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield server
        server.closing = True
        server.shutdown()
