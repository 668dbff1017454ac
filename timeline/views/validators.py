"""Validators of HTTP: whether an answer is still as a client has it, by the edition it was made from. DECISIONS 33.

What was made is kept (:mod:`timeline.kept`), and answers while the database is away.
"""

import datetime
import functools
import hashlib
import math
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date, quote_etag
from django.views.decorators.http import require_safe

from timeline import kept, replicas
from timeline.edition.state import begin_to_keep
from timeline.models import Edition, State
from timeline.public.site import current_edition

from . import cdn
from .errors import unavailable

# A browser may keep a page but asks each time whether it still holds; a 304 costs one query.
PAGE_CACHING = "public, max-age=0, must-revalidate"

# Beyond that an old answer may be used while a new one is fetched, or while we are out of reach (RFC 5861), but only
# for so long: it may hold what has been withdrawn. DECISIONS 112.
STALE = "stale-while-revalidate=60, stale-if-error=600"
ANSWER_CACHING = f"public, max-age=300, {STALE}"

View = Callable[..., HttpResponseBase]


@functools.cache
def _code_version() -> str:
    """Changes whenever code, templates or static files do, so that no validator outlives a deployment.

    Pages name static files by their content: an old page would ask for a style sheet that is not there any more.
    """
    digest = hashlib.sha256()
    for folder, pattern in (("timeline", "*.py"), ("templates", "*.html"), ("static", "*.*")):
        for file in sorted(Path(settings.BASE_DIR, folder).rglob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


class PublicRequest(HttpRequest):
    """A request whose answer is as it is ``since`` that state, and says these ``words`` of the question.

    When it ``is_known`` both are remembered, else they are the edition's until the view says more.
    """

    since: State
    words: str
    is_known: bool
    about: list[tuple[str, int]]


class KnownAnswer(NamedTuple):
    """What is remembered of an answer while nothing public changes: its state, words, ``Link`` header, subjects."""

    since: State
    words: str
    link: str
    about: list[tuple[str, int]]


def public(
    caching: str = PAGE_CACHING, moved_at: Callable[[], datetime.datetime | None] = lambda: None
) -> Callable[[View], View]:
    """A public view: GET and HEAD only, answered with 304 when the client is up to date.

    Passes the edition to the view as a keyword argument. The entity tag is made of the state
    that the answer shows, the words of the question, its address and the code. That state is
    the edition's, unless the view gives a narrower one to :func:`not_modified`. Last-Modified
    is its moment, which moves when an entry leaves an answer too, so a client that sends only
    If-Modified-Since also learns that it has gone (RFC 9110 sections 8.8.2, 8.8.3 and 13.1). A
    view that shows something beside the edition says in ``moved_at`` when that last changed.

    The state of an answer is remembered as long as nothing public changes: then a 304 costs one query.

    While the database is away what was made before answers in its place, with its ``Age``; what never was is 503.
    """

    def decorate(view: View) -> View:
        def answer(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            current = current_edition()
            request.since = State(current.version, max(current.changed_at, moved_at() or current.changed_at))
            request.words = ""
            request.about = [("edition", 0)]
            key = tag(request)
            known: KnownAnswer | None = caches["validators"].get(key)
            request.is_known = known is not None
            response: HttpResponseBase | None = None
            if known:
                request.about = known.about
                response = not_modified(request, known.since, known.words)
                if response and known.link:
                    response.headers["Link"] = known.link
            response = response or view(request, *args, edition=current, **kwargs)
            if response.status_code == 200:
                response = _checked(request, response) or response
            if response.status_code in (200, 304):
                response.headers["ETag"] = quote_etag(tag(request))
                response.headers["Last-Modified"] = http_date(min(_last_modified(request), int(time.time())))
                response.headers["Cache-Control"] = caching
                cdn.mark(response, request.about)
                found = KnownAnswer(request.since, request.words, response.headers.get("Link", ""), request.about)
                if found != known:
                    caches["validators"].set(key, found)
            else:  # it is mended, merged or undone any minute
                response.headers.setdefault("Cache-Control", "no-cache")
            if isinstance(response, SimpleTemplateResponse):
                response.render()  # here, where it is known what to do when the database goes
            return response

        @functools.wraps(view)
        def wrapped(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            replicas.allow()
            return begun(request, *args, **kwargs)

        def begun(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            place = kept.folder()  # before anything is read that might be kept in it
            try:
                response = answer(request, *args, **kwargs)
                body = _begun(response)
                if response.status_code in (200, 304) and request.since.version:
                    if place:
                        whole = response.status_code == 200 and request.method == "GET"
                        kept.keep(place, _address(request), response.headers, body if whole else None)
                    elif kept.room():
                        with suppress(DatabaseError):  # one that only reads, for example
                            begin_to_keep()
            except (OperationalError, InterfaceError) as trouble:
                if replicas.another(trouble):
                    return begun(request, *args, **kwargs)
                return (place and _kept(place, request)) or unavailable(request, trouble)
            return response

        answering = require_safe(wrapped)
        # Nothing can be changed here: another method is 405, not a forgery.
        answering.csrf_exempt = True  # type: ignore[attr-defined]
        return answering

    return decorate


def shown(request: PublicRequest, edition: Edition, last_change: Callable[[], State | None]) -> State:
    """When an answer last changed that shows what ``last_change`` finds; that is asked unless it is remembered."""
    if request.is_known:
        return request.since
    return max(edition.page_state, last_change() or edition.page_state)


def not_modified(request: PublicRequest, since: State, words: str) -> HttpResponseBase | None:
    """304 for a client that has the answer as it is ``since`` that state; None when it must be made.

    ``words`` say what was asked. They name records, which may be called something else
    from now on without a change in any entry that answers.
    """
    request.since, request.words = since, words
    return _checked(request)


def _checked(request: PublicRequest, response: HttpResponseBase | None = None) -> HttpResponseBase | None:
    """What RFC 9110 section 13.2.2 says of the conditions of a request; ``response`` if they ask for it."""
    if settings.DEBUG or not request.since.version:
        return response
    found: HttpResponseBase | None = get_conditional_response(
        request,
        etag=quote_etag(tag(request)),
        last_modified=_last_modified(request),
        response=response,  # type: ignore[arg-type] # the stubs do not know of streams
    )
    if found and response and "Link" in response.headers:
        found.headers["Link"] = response.headers["Link"]
    return found


# -- what is kept -------------------------------------------------------------------------


def _address(request: HttpRequest) -> str:
    """What a kept answer is found by: another database and other code have answers of their own."""
    database = settings.DATABASES["default"]
    parts = (database["NAME"], database["HOST"], database.get("PORT"), _code_version(), request.get_full_path())
    return " ".join(map(str, parts))


def _begun(response: HttpResponseBase) -> bytes | None:
    """All of an answer, asked of the database before anything is sent; of a large stream so much, and None.

    So an answer that the database leaves unfinished is no half of one.
    """
    if isinstance(response, HttpResponse):
        return response.content
    if not isinstance(response, StreamingHttpResponse):
        return None
    chunks, begun, size = iter(response), [], 0
    for chunk in chunks:
        begun.append(chunk)
        size += len(chunk)
        if size > kept.MOST:
            response.streaming_content = chain(begun, chunks)
            return None
    response.streaming_content = begun
    return b"".join(begun)


def _kept(place: Path, request: HttpRequest) -> HttpResponseBase | None:
    """The kept answer, or 304 for who has it; None when there is none."""
    copy = kept.find(place, _address(request))
    if copy is None:
        return None
    known = HttpResponse(copy.body or b"", headers=copy.headers)
    response: HttpResponseBase | None = get_conditional_response(
        request, known["ETag"], parse_http_date(known["Last-Modified"]), known
    )
    if response is known and copy.body is None:
        return None
    if response:
        if "Link" in known.headers:
            response.headers["Link"] = known.headers["Link"]
        response.headers["Age"] = str(max(0, int(time.time() - copy.seen)))
        response.headers["Cache-Status"] = "Nenpyo; hit; detail=database-unavailable"  # RFC 9211
    return response


# -----------------------------------------------------------------------------------------


def _last_modified(request: PublicRequest) -> int:
    """Seconds, rounded up: a second that is not over may still bring another change (RFC 9110 section 8.8.2.2).

    Until it is over answers are dated by the second itself, so who asks by that date asks once more.
    """
    return math.ceil(request.since.changed_at.timestamp())


def tag(request: PublicRequest) -> str:
    """An entity tag, which changes with whatever may change a byte of the answer."""
    site = (settings.BASE_URL, settings.NENPYO_TAG_AUTHORITY, settings.WEBSUB_HUB, settings.CONTACT_EMAIL)
    seed = f"{request.since} {request.words} {request.get_full_path()} {_code_version()} {site}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]
