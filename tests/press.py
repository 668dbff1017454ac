"""A newspaper on this machine, for tests that fetch its pages."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.test_articles import page

CONSENT = (
    b"<!doctype html><title>We value your privacy</title><h1>We value your privacy</h1>"
    b"<p>We and our 842 partners store and access information on your device with cookies.</p>"
)


class Press(BaseHTTPRequestHandler):
    """A newspaper on this machine."""

    def do_GET(self) -> None:
        path, _mark, _query = self.path.partition("?")
        here = f"http://{self.headers['Host']}"
        if path == "/short":
            self.answer(302, {"Location": "/news/ministers-meet?utm_source=short"})
        elif path == "/wall":
            self.answer(403)
        elif path == "/gone":
            self.answer(404)
        elif path == "/moved-away":
            self.answer(302, {"Location": "/"})
        elif path == "/lost":
            self.answer(200, {"Content-Type": "text/html"}, b"<title>404 Page not found</title><p>Try the search.</p>")
        elif path == "/consent":
            self.answer(200, {"Content-Type": "text/html"}, CONSENT)
        elif path == "/photo":
            self.answer(200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n\0\0")
        else:
            content = page().replace("https://www.example.org", here).encode()
            self.answer(200, {"Content-Type": "text/html; charset=utf-8"}, content)

    def answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def newspaper() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Press)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def press(newspaper: str, settings: Any) -> str:
    settings.NENPYO_FETCH_LOOPBACK = True
    return newspaper
