"""A web archive on this machine: it speaks Memento and the interfaces of the Wayback Machine as they are described.

A TimeGate that redirects (RFC 7089 section 4.2.1), mementos, a TimeMap in pages. The availability of a copy, and Save
Page Now with its jobs. A test gives it copies, and can let any address answer otherwise, or as badly as the web does
(``pages`` and habits, from :mod:`tests.misbehaving`).
"""

import datetime
import json
import re
import threading
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.http import http_date

from tests.misbehaving import Answer, Handler, Misbehaving

PER_PAGE = 3
"""Mementos on a page of a TimeMap."""


class Archive(Handler, BaseHTTPRequestHandler):
    server: "WebArchive"

    def do_GET(self) -> None:
        if self.path in self.server.pages or getattr(self, f"habit_{self.path.strip('/')}", None):
            super().do_GET()
            return
        self.server.asked.append((self.path, dict(self.headers)))
        if found := re.match(r"/web/(\d{14})/(.+)", self.path):
            self.memento(*found.groups())
        elif self.path.startswith("/web/"):
            self.timegate(self.path.removeprefix("/web/"))
        elif found := re.match(r"/timemap/(\d+)/(.+)", self.path):
            self.timemap(int(found[1]), found[2])
        elif self.path.startswith("/available?"):
            self.available(parse_qs(urlsplit(self.path).query))
        elif self.path.startswith("/save/status/"):
            self.say(self.server.jobs[self.path.rpartition("/")[2]].pop(0))
        else:
            self.answer(Answer("Not here.", status=404))

    def do_POST(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.posted.append({name: values[0] for name, values in fields.items()})
        self.answer(self.server.on_save)

    def timegate(self, page: str) -> None:
        copies = self.server.copies.get(page, {})
        links = {"Vary": "accept-datetime", "Link": self.server.links(page)}
        if not copies:
            self.answer(Answer("", status=404, headers=links))
            return
        wanted = parsedate_to_datetime(self.headers["Accept-Datetime"])
        at = min(copies, key=lambda at: abs(at - wanted))
        self.answer(Answer("", status=302, headers={**links, "Location": self.server.copy_url(page, at)}))

    def memento(self, stamp: str, page: str) -> None:
        at = _moment(stamp)
        answer = self.server.copies.get(page, {}).get(at)
        if answer is None:
            self.answer(Answer("", status=404))
            return
        said = {"Memento-Datetime": _http(at)}
        self.answer(Answer(answer.body, answer.status, said | {"Link": self.server.links(page)} | answer.headers))

    def timemap(self, number: int, page: str) -> None:
        copies = sorted(self.server.copies.get(page, {}))
        shown = copies[(number - 1) * PER_PAGE : number * PER_PAGE]
        rows = [f'<{page}>;rel="original"', f'<{self.server.timemap_url(page, number)}>;rel="self";type="{FORMAT}"']
        for other in range(1, -(-len(copies) // PER_PAGE) + 1):
            part = copies[(other - 1) * PER_PAGE : other * PER_PAGE]
            if other != number:
                ends = f'from="{_http(part[0])}";until="{_http(part[-1])}"'
                rows.append(f'<{self.server.timemap_url(page, other)}>; rel="timemap"; type="{FORMAT}";{ends}')
        for at in shown:
            rel = "first memento" if at == copies[0] else "memento"
            rows.append(f'<{self.server.copy_url(page, at)}>\n ; rel="{rel}";datetime="{_http(at)}"')
        self.answer(Answer(",\n".join(rows), headers={"Content-Type": FORMAT}))

    def available(self, asked: dict[str, list[str]]) -> None:
        page, wanted = asked["url"][0], _moment(asked["timestamp"][0])
        copies = self.server.copies.get(page, {})
        found: dict[str, Any] = {"url": page, "archived_snapshots": {}}
        if copies:
            at = min(copies, key=lambda at: abs(at - wanted))
            found["archived_snapshots"]["closest"] = {
                "available": True,
                "url": self.server.copy_url(page, at),
                "timestamp": f"{at:%Y%m%d%H%M%S}",
                "status": str(copies[at].status),
            }
        self.say(found)

    def say(self, data: dict[str, Any]) -> None:
        self.answer(Answer(json.dumps(data), headers={"Content-Type": "application/json"}))


FORMAT = "application/link-format"


class WebArchive(Misbehaving):
    """``copies`` of pages by their moments (UTC), ``jobs`` with the answers they will give, ``posted`` requests."""

    handler = Archive

    def __init__(self) -> None:
        super().__init__()
        self.copies: dict[str, dict[datetime.datetime, Answer]] = {}
        self.jobs: dict[str, list[dict[str, Any]]] = {}
        self.posted: list[dict[str, str]] = []
        self.on_save = Answer(json.dumps({"url": "…", "job_id": "spn2-1"}))

    def keep(self, page: str, at: str, answer: Answer) -> str:
        moment = datetime.datetime.fromisoformat(f"{at}Z")
        self.copies.setdefault(page, {})[moment] = answer
        return self.copy_url(page, moment)

    def copy_url(self, page: str, at: datetime.datetime) -> str:
        return self.url(f"/web/{at:%Y%m%d%H%M%S}/{page}")

    def timemap_url(self, page: str, number: int = 1) -> str:
        return self.url(f"/timemap/{number}/{page}")

    def links(self, page: str) -> str:
        return (
            f'<{page}>; rel="original", <{self.url("/web/")}{page}>; rel="timegate", '
            f'<{self.timemap_url(page)}>; rel="timemap"; type="{FORMAT}"; title="All, of it; \\"every\\" copy"'
        )


def _moment(stamp: str) -> datetime.datetime:
    return datetime.datetime.strptime(f"{stamp}+0000", "%Y%m%d%H%M%S%z")


def _http(at: datetime.datetime) -> str:
    return http_date(at.timestamp())


@pytest.fixture
def archive(settings: Any) -> Iterator[WebArchive]:
    """An archive in which copies are looked for; nobody is asked to make any."""
    with WebArchive() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        settings.NENPYO_FETCH_LOOPBACK = True
        settings.ARCHIVES = settings.ARCHIVES | {"MEMENTO_TIMEGATE": server.url("/web/")}
        yield server
        server.closing = True
        server.shutdown()


@pytest.fixture
def saving(archive: WebArchive, settings: Any) -> WebArchive:
    """The archive may be asked for copies as well."""
    keys = {"WAYBACK_SAVE": archive.url("/save"), "WAYBACK_KEYS": "key:secret"}
    settings.ARCHIVES = settings.ARCHIVES | keys
    return archive
