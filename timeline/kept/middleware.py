"""Middleware: answers from copies, before sessions, policies and views; what was made anew is kept on its way out."""

from collections.abc import Callable
from functools import partial
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config import compression

from . import door, now
from .addresses import address
from .copies import Copy, Standing, room
from .store import Shelf, store

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
SELDOM = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE")
"""What views see to."""


class StillRightResponse(HttpResponse):
    """What a view answers when the copy of before has the entity tag of now. No reader sees it."""


class KeptMiddleware:
    """Stands inside of the compression, which compresses no copy, and outside of whatever gives answers a header.

    So a copy has all headers of the site. They depend on the address, and on nothing else of a request but its scheme.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_a_readers(request):
            return self.get_response(request)
        visit = Visit(request)
        try:
            if answer := visit.answer():
                return answer
        except (OperationalError, InterfaceError):
            if answer := visit.answer_in_outage():
                return answer
        request.visit = visit  # type: ignore[attr-defined] # for the view
        response = self.get_response(request)
        if response.status_code == 503:
            return visit.answer_in_outage() or response
        return visit.kept(response)


class Visit:
    """A request for something that may be kept, and the copies that there are."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.address, self.coding = address(request), compression.best_coding(request)
        is_conditional = any(name in request.META for name in CONDITIONS)
        wanted = [self.address, *([address(request, "304")] if is_conditional else [])]
        # Before anything is read that might be kept there.
        shelf, (whole, *tags) = store().look(now.shelf(), wanted, self.coding)
        self.shelf: Shelf | None = shelf
        self.whole: Copy | None = whole
        self.tag: Copy | None = tags[0] if tags else None

    def answer(self) -> HttpResponseBase | None:
        """A copy that is right now."""
        for copy in (self.whole, self.tag):
            if copy is None or self.shelf is None:
                continue
            if now.now(copy.heard) == (copy.edition, self.shelf.name) and (answer := copy.answer(self.request)):
                self.shelf.is_right(copy, copy.edition)
                return answer
        return None

    def answer_in_outage(self) -> HttpResponseBase | None:
        """What was right last."""
        found = [self.whole, self.tag]
        if self.request.method == "HEAD" and self.shelf:
            found.append(self.shelf.find(address(self.request, "GET"), self.coding))
        for copy in sorted(filter(None, found), key=lambda copy: -copy.edition):
            if answer := copy.answer_in_outage(self.request):
                return answer
        return None

    @property
    def lacks_shelf(self) -> bool:
        """Whether one may be put up."""
        return self.shelf is None and not store().is_away

    def has(self, tag: str) -> bool:
        """Whether the copy is the answer with this tag."""
        return self.whole is not None and self.whole.tag == tag

    def kept(self, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, of which a copy is kept if it may be."""
        standing: Standing | None = getattr(response, "standing", None)
        if standing is None or self.shelf is None:
            return response
        if self.shelf.name != standing.shelf:  # one of before, perhaps of an earlier release
            now.learn(standing.shelf)
            return response
        for copy in (self.whole, self.tag):
            if copy and copy.tag == standing.tag:
                self.shelf.is_right(copy, standing.edition)
                if isinstance(response, StillRightResponse):
                    return cast("HttpResponseBase", copy.answer(self.request))
                return response
        if response.status_code == 304:
            name, body = address(self.request, "304"), None
        elif not response.streaming:
            name, body = self.address, cast("HttpResponse", response).content
        elif self.request.method == "HEAD":
            name, body = self.address, b""
        else:
            return response  # too long
        if door.lets_in(name):
            keep = partial(self.shelf.keep, name, standing, dict(response.headers), body, is_stream=response.streaming)
            response._resource_closers.append(keep)  # type: ignore[attr-defined] # noqa: SLF001 - when its reader has it
        return response


def _is_a_readers(request: HttpRequest) -> bool:
    """Whether it is a reader's question, and one that an answer of before may be the answer to."""
    if request.method not in ("GET", "HEAD") or not room() or settings.DEBUG or getattr(request, "is_dummy", False):
        return False
    if request.path_info.startswith((f"/{settings.ADMIN_PATH}", settings.STATIC_URL)):
        return False
    if any(name in request.META for name in SELDOM) or (settings.SECURE_SSL_REDIRECT and not request.is_secure()):
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True
