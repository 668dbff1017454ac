"""What tests of kept answers share: a store of their own, and what a reader sees of an answer."""

import gzip
import json
from contextlib import contextmanager

import brotli
import pytest

from timeline.filters import facets
from timeline.kept import door, middleware, now
from timeline.models import Block
from timeline.public import glossary
from timeline.views import storyline_ways

CODINGS = {"br": "br, gzip", "gzip": "gzip", "": ""}
PASSING = ("Content-Length", "X-Request-ID")
"""Headers that differ from answer to answer; of a length is compared that there is one."""
DECODED = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@pytest.fixture
def kept_home(settings, tmp_path, monkeypatch):
    """Answers are kept here."""
    settings.CACHE_URL = ""
    settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_MEGABYTES, settings.DISK_FREE_MEGABYTES = tmp_path / "kept", 1, 0
    monkeypatch.setattr(now, "_known", now.NOTHING)
    monkeypatch.setattr(door, "_lately", set())
    return settings.KEPT_PAGES_DIR


@pytest.fixture
def made(monkeypatch):
    """The addresses whose answers were made, and not taken from a copy."""
    addresses = []
    visited = middleware.Visit.kept

    def note(visit, response):
        if not isinstance(response, middleware.StillRightResponse):
            addresses.append(visit.request.get_full_path())
        return visited(visit, response)

    monkeypatch.setattr(middleware.Visit, "kept", note)
    return addresses


def told(response):
    """What a reader sees of an answer."""
    coding = response.headers.get("Content-Encoding", "")
    headers = {name: value for name, value in response.headers.items() if name not in PASSING}
    length = response.headers.get("Content-Length")
    if length is not None and response.request["REQUEST_METHOD"] == "GET":
        assert length == str(len(response.content))
    body = response.getvalue()
    return response.status_code, headers, DECODED[coding](body) if body else b"", length is None


@contextmanager
def made_anew(settings):
    """As if nothing was ever kept, nor looked up for an edition."""
    facets._offered.cache_clear()
    storyline_ways._named.cache_clear()
    glossary._whole.cache_clear()
    Block.objects.all().delete()
    settings.KEPT_PAGES_MEGABYTES, before = 0, settings.KEPT_PAGES_MEGABYTES
    yield
    settings.KEPT_PAGES_MEGABYTES = before


def answers(client, address, etag):
    """What is asked in each way."""
    for accepted in CODINGS.values():
        yield client.get(address, headers={"Accept-Encoding": accepted})
    for conditions in ({"If-None-Match": etag}, {"If-None-Match": f"W/{etag}"}, {"If-None-Match": '"other"'}):
        yield client.get(address, headers={"Accept-Encoding": "br", **conditions})
    yield client.head(address, headers={"Accept-Encoding": "br"})


def words_of(content: bytes) -> bytes:
    """All that the file of a copy says."""
    _stamp, head, rest = content.split(b"\n", 2)
    words = head
    for coding, (size, _checksum) in json.loads(head)["bodies"].items():
        words += DECODED[coding](rest[:size])
        rest = rest[size:]
    return words
