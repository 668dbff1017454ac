"""An answer as it is kept, and as it is given again."""

import time
from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from config import compression

MOST = 2 * 1024 * 1024
"""Bytes of the largest answer that is kept."""

SETTLED = 60
"""Seconds in which a copy that was found right is not noted as right again."""

ABOUT_THE_BODY = {"Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding"}
"""Headers that 304 does not repeat (RFC 9110 section 15.4.5)."""


class Standing(NamedTuple):
    """What a view says of its answer: it is as of ``edition``, on whose ``shelf`` it may be kept.

    It has this entity tag and was last changed ``modified``, in seconds since 1970. Of an answer that may become
    another one without a new edition ``edition`` is 0: it is never right unasked.
    """

    edition: int
    shelf: str
    tag: str
    modified: int


class Copy(NamedTuple):
    """The answer at an address as it was made, compressed by ``coding``, which is "" for not at all.

    ``body`` is None where only the tag is known; one that ``is_stream`` has a length that is not known. ``seen`` is
    when it was last found right, ``heard`` what its store had heard of changes when it was looked for.
    """

    address: str
    edition: int
    tag: str
    modified: int
    headers: Mapping[str, str]
    is_stream: bool
    coding: str
    body: bytes | None
    seen: float
    heard: int

    def is_settled(self, edition: int) -> bool:
        """Whether it was noted lately that it is right for this edition."""
        return self.edition == edition and time.time() - self.seen < SETTLED

    def answer(self, request: HttpRequest) -> HttpResponseBase | None:
        """The answer, or 304 for who has it; None when there is nothing to tell who has it not."""
        whole: HttpResponseBase
        if self.is_stream:
            whole = StreamingHttpResponse(())
        else:
            whole = HttpResponse(self.body or b"")
            whole.coding = self.coding  # type: ignore[attr-defined] # for CompressionMiddleware
        found: HttpResponseBase | None = get_conditional_response(
            request,
            self.tag,
            self.modified,
            whole,  # type: ignore[arg-type] # the stubs do not know of streams
        )
        if found is None or (found is whole and self.body is None):
            return None
        gone = ABOUT_THE_BODY if found is not whole else set()
        headers = {name: value for name, value in self.headers.items() if name not in gone}
        found.headers = type(whole.headers)(headers | {"Last-Modified": last_modified(self.modified)})
        return found

    def answer_in_outage(self, request: HttpRequest) -> HttpResponseBase | None:
        """The same, and how old it is."""
        response = self.answer(request)
        if response:
            response.headers["Age"] = str(max(0, int(time.time() - self.seen)))
            response.headers["Cache-Status"] = "Nenpyo; hit; detail=database-unavailable"  # RFC 9211
        return response


def room() -> int:
    """How many bytes may be kept; in Valkey its ``maxmemory`` is the limit, and this says only whether."""
    return int(settings.KEPT_PAGES_MEGABYTES) * 1024 * 1024


def last_modified(modified: int) -> str:
    """The header's value; a second that is not over yet is the one before."""
    return http_date(min(modified, int(time.time())))


def said(standing: Standing, headers: Mapping[str, str], *, is_stream: bool) -> dict[str, Any]:
    """What is noted of an answer beside its bodies: fields of its copy, by their names."""
    return {"tag": standing.tag, "modified": standing.modified, "headers": dict(headers), "is_stream": is_stream}


def as_said(head: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields, as they were noted. Raises KeyError when one is not there."""
    return {name: head[name] for name in ("tag", "modified", "headers", "is_stream")}


def bodies(headers: Mapping[str, str], body: bytes | None) -> dict[str, bytes]:
    """What is kept of a body, by its coding: text compressed, of which the rest can be had. Nothing of none."""
    if body is None:
        return {}
    if len(body) < compression.LEAST or not compression.is_text(headers.get("Content-Type", "")):
        return {"": body}
    return compression.all_codings(body) or {"": body}


def chosen(there: Container[str], coding: str) -> str | None:
    """Which of the bodies that are ``there`` is for a reader who takes ``coding``; None when there is none."""
    return next((name for name in (coding, "", "gzip", "br") if name in there), None)


def readable(body: bytes, name: str, coding: str) -> tuple[bytes, str]:
    """The body of this name for a reader who takes ``coding``, and in which it is: another one is taken off."""
    return (body, name) if name in ("", coding) else (compression.decoded(name, body), "")
