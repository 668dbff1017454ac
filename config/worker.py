"""A worker of gunicorn that slow clients cannot hold up: waitress reads and writes for its threads.

A thread works on a request from when all of it has arrived until all of its answer is made. Whoever sends half a
request, or does not read an answer, holds a buffer (on the disk when it is large) and no thread. DECISIONS 118.

Nor do they hold a connection for good: a request has an end of time, and there are never more connections than files
that we may open.
"""

import logging
import os
import resource
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ThreadedTaskDispatcher, WSGITask

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
LIMITS: dict[str, Any] = {
    "connection_limit": 2000,
    # Seconds in which nothing arrives or is taken. Longer than proxies and browsers keep a connection: a request must
    # not meet a closing one.
    "channel_timeout": 75,
    "cleanup_interval": 5,
    "max_request_header_size": 32 * KILOBYTE,
    "max_request_body_size": 32 * MEGABYTE,  # the largest upload is 10 MB; `import` takes files too
    "inbuf_overflow": 256 * KILOBYTE,  # beyond that in a file
    "outbuf_overflow": MEGABYTE,
    # A thread never waits for who reads its answer: what that one has not taken yet lies on the disk.
    "outbuf_high_watermark": sys.maxsize,
    "channel_request_lookahead": 0,
    "asyncore_use_poll": True,
    # What `X-Forwarded-…` says is judged where it is asked for, by what the settings say of proxies.
    "clear_untrusted_proxy_headers": False,
    "ident": "",  # nobody needs to know
}


HEAD_SECONDS, REQUEST_SECONDS = 30, 600
"""In which the head of a request, and all of it, must have arrived, however steadily it comes."""

FILES = 3
"""That a connection may need: itself, a large request, a large answer."""

AHEAD = 512 * MEGABYTE
"""So much may a worker have made that its readers have not taken yet; then long answers wait for them."""

PATIENCE = 0.1
"""Seconds that a piece of a long answer waits at most while there is something short to answer."""


class Answer(WSGITask):
    """An answer after which the connection stays open, where waitress would close it though it need not.

    Who reads an answer in chunks, or one that has no body, knows where it ends (RFC 9112 section 6.3).
    """

    def set_close_on_finish(self) -> None:
        wants_it = self.version != "1.1" or self.request.headers.get("CONNECTION", "").lower() == "close"
        if wants_it or not (self.chunked_response or not self.has_body):
            super().set_close_on_finish()

    def finish(self) -> None:
        if self.request.command == "HEAD":
            self.chunked_response = False  # no chunk, not even the last one
            self.write(b"")
        else:
            super().finish()


class Client(HTTPChannel):
    """A connection of somebody who asks."""

    task_class = Answer
    began = 0.0
    """When the request began of which a part has arrived."""

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    def is_late(self, now: float) -> bool:
        """Whether a request takes too long to arrive."""
        request = self.request
        if request is None or self.requests:
            return False
        return now - self.began > (REQUEST_SECONDS if request.headers_finished else HEAD_SECONDS)


def most_connections() -> int:
    """As many as there can be files for; where we may, we ask for more of these."""
    wanted, (soft, hard) = LIMITS["connection_limit"] * FILES, resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # a hardened unit does not let us
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        return min(LIMITS["connection_limit"], soft // FILES)
    return int(LIMITS["connection_limit"])


class Dispatcher:
    """Threads for requests, one each of them for two kinds of ``long`` answers, which keep nobody else waiting.

    All of the chronology lies ready as a file but for some minutes after a publication, so who asks for it does not
    stand behind those whose question must be answered entry by entry.
    """

    def __init__(self, threads: int, long: Collection[str]) -> None:
        self.addresses = long
        self.all, self.some, self.others = (ThreadedTaskDispatcher() for _kind in range(3))
        self.all.set_thread_count(1)
        self.some.set_thread_count(1)
        self.others.set_thread_count(max(threads - 2, 1))

    def add_task(self, channel: Any) -> None:
        request = channel.requests[0]
        if getattr(request, "path", "") not in self.addresses:
            self.others.add_task(channel)
        else:
            (self.some if request.query else self.all).add_task(channel)

    def give_way(self) -> None:
        """Wait a moment for short answers under way: a thread that computes without end holds up all others."""
        end = time.monotonic() + PATIENCE
        while self.others.active_count and time.monotonic() < end:
            time.sleep(0.001)

    def shutdown(self) -> None:
        for threads in (self.all, self.some, self.others):
            threads.shutdown(timeout=1)


class BufferingWorker(Worker):
    """Waitress under gunicorn, which starts, watches and replaces workers and logs what they answer."""

    next_look = 0.0
    """When something is due that is done once a second."""

    def init_process(self) -> None:
        # How many wait for a thread is no news.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        super().init_process()

    def run(self) -> None:
        from timeline.formats import FORMATS  # now that Django is there

        self.channels: dict[int, Any] = {}
        self.dispatcher = Dispatcher(self.cfg.threads, {f"/{one.path}" for one in FORMATS if one.is_long})
        most = most_connections()
        for listener in self.sockets:  # one by one, because of different kinds waitress takes none
            create_server(
                self.answer,
                map=self.channels,
                sockets=[listener.sock],
                _dispatcher=self.dispatcher,
                backlog=self.cfg.backlog,
                **LIMITS | {"connection_limit": most},
            )
        entrances = [one for one in self.channels.values() if isinstance(one, BaseWSGIServer)]
        for entrance in entrances:
            entrance.channel_class = Client
        while self.alive and self.ppid == os.getppid():
            self.turn()
        for entrance in entrances:
            entrance.accepting = False  # the next worker takes who knocks from now on
        end = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < end and any(one.requests or one.total_outbufs_len for one in self.clients()):
            self.turn()
        self.dispatcher.shutdown()

    def turn(self) -> None:
        """Read and write what there is; once a second tell gunicorn that we are alive, and look for who is too long.

        A request takes several turns: to tell of each took a fifth of what a kept answer costs.
        """
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + 1
            self.notify()
            self.close_stalled()
        wasyncore.loop(timeout=1, use_poll=True, map=self.channels, count=1)

    def clients(self) -> list[Client]:
        return [one for one in list(self.channels.values()) if isinstance(one, Client)]

    def close_stalled(self) -> None:
        """Close who is too long at a request, and who takes nothing of an answer that is still being made.

        Waitress closes who does nothing at all.
        """
        now = time.time()
        for one in self.clients():
            takes_nothing = one.total_outbufs_len and one.last_activity < now - LIMITS["channel_timeout"]
            if takes_nothing or one.is_late(now):
                one.will_close = True

    def answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """What Django answers, as gunicorn's own workers would have asked it and sent it."""
        if environ["REMOTE_ADDR"] == "localhost":  # that is what waitress calls who comes through a socket
            environ["REMOTE_ADDR"] = ""
        environ["RAW_URI"] = environ.get("REQUEST_URI", environ["PATH_INFO"])
        environ["wsgi.multiprocess"] = self.cfg.workers > 1
        trusted = self.cfg.forwarded_allow_ips
        if "*" in trusted or environ["REMOTE_ADDR"] in ("", *trusted):
            environ["wsgi.url_scheme"] = "https" if environ.get("HTTP_X_FORWARDED_PROTO") == "https" else "http"
        if not environ["SERVER_PORT"].isdecimal():  # the path of the socket
            environ["SERVER_PORT"] = "443" if environ["wsgi.url_scheme"] == "https" else "80"
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        answer = SimpleNamespace(status="", headers=[], sent=0)
        began = time.monotonic()

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            answer.status, answer.headers = status, headers
            return start_response(status, headers, *error)

        def log() -> None:
            asked = [(name[5:].replace("_", "-"), value) for name, value in environ.items() if name[:5] == "HTTP_"]
            self.log.access(answer, asked, environ, timedelta(seconds=time.monotonic() - began))

        content = self.wsgi(environ, start)
        if isinstance(content, ReadOnlyFileBasedBuffer) and environ["REQUEST_METHOD"] != "HEAD":
            answer.sent = int(dict(answer.headers).get("Content-Length", 0))
            log()
            return content  # a file, which waitress reads by itself as its reader takes it
        if environ["PATH_INFO"] in self.dispatcher.addresses:
            content = self.patiently(content)
        return self.pieces(content, answer, environ["REQUEST_METHOD"] != "HEAD", log)

    def patiently(self, content: Iterable[bytes]) -> Iterator[bytes]:
        """A long answer: each piece is made when nobody else waits for us and there is room for it."""
        try:
            for chunk in content:
                yield chunk
                self.dispatcher.give_way()
                while sum(one.total_outbufs_len for one in self.clients()) > AHEAD:
                    time.sleep(PATIENCE)
        finally:
            if hasattr(content, "close"):
                content.close()

    def pieces(
        self, content: Iterable[bytes], answer: SimpleNamespace, has_body: bool, log: Callable[[], None]
    ) -> Iterator[bytes]:
        """An answer that is made piece by piece; the line of the log comes at its end."""
        try:
            for chunk in content:
                answer.sent += len(chunk)
                if has_body:
                    yield chunk
        finally:
            if hasattr(content, "close"):
                content.close()
            log()
