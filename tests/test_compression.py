"""The application compresses its own answers, and never makes a validator lie."""

import gzip

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse

from config.compression import CompressionMiddleware
from tests.factories import publish_entry

pytestmark = pytest.mark.django_db

PLAIN = "/"


def get(client, accepted, address=PLAIN, **headers):
    return client.get(address, headers={"Accept-Encoding": accepted, **headers})


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "br"),
        ("br;q=0, gzip", "gzip"),
        ("gzip", "gzip"),
        ("identity", ""),
        ("gzip;q=0", ""),
        ("br;q=0, gzip;q=0.000, *", ""),
        ("gzip;q=0.001", "gzip"),
        ("brotli", ""),
        ("*;q=oops, br; q = ", ""),
    ],
)
def test_the_reader_gets_what_the_browser_takes(client, accepted, coding):
    publish_entry()
    response = get(client, accepted)
    assert response.headers.get("Content-Encoding", "") == coding
    assert "Accept-Encoding" in response.headers["Vary"]
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(coding, bytes)
    assert unpack(response.content) == client.get(PLAIN).content
    assert int(response.headers["Content-Length"]) == len(response.content)


def test_a_compressed_answer_has_a_weak_tag_that_still_validates(client):
    publish_entry()
    strong = client.get(PLAIN).headers["ETag"]
    weak = get(client, "br").headers["ETag"]
    assert weak == f"W/{strong}"
    assert get(client, "br", **{"If-None-Match": weak}).status_code == 304


@pytest.mark.parametrize("accepted", ["br", "gzip", "gzip;q=0", "identity"])
def test_answers_without_a_body_have_the_validators_of_those_with_one(client, accepted):
    publish_entry()
    full = get(client, accepted, "/feed.atom")
    head = client.head("/feed.atom", headers={"Accept-Encoding": accepted})
    known = get(client, accepted, "/feed.atom", **{"If-None-Match": full.headers["ETag"]})
    assert known.status_code == 304
    for answer in (head, known):
        assert answer.headers["ETag"] == full.headers["ETag"]
        assert answer.headers["Vary"] == full.headers["Vary"]
    assert "Content-Length" not in known.headers, "it would be that of nothing (RFC 9110 section 8.6)"


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
@pytest.mark.parametrize("address", [PLAIN, "/admin/"])
def test_what_is_too_short_to_compress_varies_like_the_rest(rf, accepted, address):
    request = rf.get(address, headers={"Accept-Encoding": accepted})
    answer = CompressionMiddleware(lambda request: HttpResponse("ok", content_type="text/plain"))(request)
    assert (answer.content, answer.headers["Vary"]) == (b"ok", "Accept-Encoding")
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("address", ["/share.png", "/favicon.ico"])
def test_what_is_compressed_already_goes_as_it_is(client, address):
    answer = get(client, "gzip, br", address)
    assert answer.content == client.get(address).content
    assert answer.headers.keys().isdisjoint({"Content-Encoding", "Vary"})
    assert answer.headers["ETag"].startswith('"')


PICTURE, TEXT = b"\x89PNG" * 100, b"uid,slug\r\n" * 100


@pytest.mark.parametrize(
    ("media_type", "content", "coding"),
    [
        ("image/svg+xml", TEXT, "br"),
        ("application/feed+json; charset=utf-8", TEXT, "br"),
        ("application/x-ndjson", TEXT, "br"),
        ("text/calendar; charset=utf-8", TEXT, "br"),
        ("Text/JavaScript", TEXT, "br"),
        ("application/pdf", PICTURE, None),
        ("image/webp", PICTURE, None),
        ("application/octet-stream", PICTURE, None),
        ("font/woff2", PICTURE, None),
        ("application/xmlish", PICTURE, None),
    ],
)
@pytest.mark.parametrize("is_stream", [False, True])
def test_only_text_is_compressed(rf, media_type, content, coding, is_stream):
    answer = StreamingHttpResponse([content]) if is_stream else HttpResponse(content)
    answer.headers["Content-Type"] = media_type
    answer = CompressionMiddleware(lambda request: answer)(rf.get("/", headers={"Accept-Encoding": "gzip, br"}))
    assert answer.headers.get("Content-Encoding") == ("gzip" if coding and is_stream else coding)
    assert ("Vary" in answer.headers) == bool(coding)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(answer.headers.get("Content-Encoding"), bytes)
    assert unpack(answer.getvalue()) == content


def test_the_admin_keeps_to_padded_gzip(client):
    assert get(client, "gzip, br", "/admin/login/").headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in get(client, "gzip;q=0, br", "/admin/login/").headers
