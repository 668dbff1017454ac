"""Validators of HTTP: whether an answer is still as a client has it, by the edition it was made from. DECISIONS 33.

What was made is kept (:mod:`timeline.kept`), and answered again while it is right, or the database away.
"""

import datetime
import functools
import hashlib
import math
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timeline import replicas
from timeline.edition.state import begin_to_keep
from timeline.kept.addresses import code_version
from timeline.kept.copies import ABOUT_THE_BODY, MOST, Standing, last_modified
from timeline.kept.middleware import StillRightResponse, Visit
from timeline.models import Edition, State
from timeline.public.language import foreign, offered
from timeline.public.site import current_edition

from . import cdn
from .errors import unavailable

# A browser may keep a page but asks each time whether it still holds. A proxy of ours gives it for a second unasked: a
# publication reaches all within two, since nginx counts whole seconds. Other proxies may while the site
# is down, for a minute.
PAGE_CACHING = "public, max-age=0, must-revalidate, s-maxage=1, stale-if-error=60"

# Beyond that an old answer may be used while a new one is fetched, or while we are out of reach (RFC 5861), but only
# for so long: it may hold what has been withdrawn. DECISIONS 112.
STALE = "stale-while-revalidate=60, stale-if-error=600"
ANSWER_CACHING = f"public, max-age=300, {STALE}"

View = Callable[..., HttpResponseBase]


class PublicRequest(HttpRequest):
    """A request whose answer is as it is ``since`` that state, and says these ``words`` of the question.

    When it ``is_known`` both are remembered, else they are the edition's until the view says more.
    """

    since: State
    words: str
    is_known: bool
    about: list[tuple[str, int]]


class KnownAnswer(NamedTuple):
    """What is remembered of an answer while nothing public changes: its state, words, headers, subjects."""

    since: State
    words: str
    headers: dict[str, str]
    about: list[tuple[str, int]]


def public(
    caching: str = PAGE_CACHING, moved_at: Callable[[], datetime.datetime | None] | None = None
) -> Callable[[View], View]:
    """A public view: GET and HEAD only, answered with 304 when the client is up to date.

    Passes the edition to the view as a keyword argument. The entity tag is made of the state
    that the answer shows, the words of the question, its address and the code. That state is
    the edition's, unless the view gives a narrower one to :func:`not_modified`. Last-Modified
    is its moment, which moves when an entry leaves an answer too, so a client that sends only
    If-Modified-Since also learns that it has gone (RFC 9110 sections 8.8.2, 8.8.3 and 13.1). A
    view that shows something beside the edition says in ``moved_at`` when that last changed.

    The state of an answer is remembered as long as nothing public changes: then a 304 costs one query.

    Of each answer that may be kept it says as of what it stands, for ``KeptMiddleware``, which also answers in its
    place while the database is away; what never was made is 503 then.
    """

    def decorate(view: View) -> View:
        def answer(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            current = vars(request).pop("edition", None) or current_edition()  # where a file of it was looked for
            if foreign() and foreign() not in offered(current):
                raise Http404(_("The chronology is not translated into this language."))
            moved = moved_at() if moved_at else None
            request.since = State(current.version, max(current.changed_at, moved or current.changed_at))
            request.words = ""
            request.about = [("edition", 0)]
            key = tag(request)
            known: KnownAnswer | None = caches["validators"].get(key)
            request.is_known = known is not None
            response: HttpResponseBase | None = None
            if known:
                request.about = known.about
                response = not_modified(request, known.since, known.words)
                if response:
                    _add(response, known.headers)
            response = response or view(request, *args, edition=current, **kwargs)
            if response.status_code == 200:
                response = _checked(request, response) or response
            if response.status_code in (200, 304):
                found = KnownAnswer(request.since, request.words, _repeated(response), request.about)
                response.headers["ETag"] = quote_etag(tag(request))
                response.headers["Last-Modified"] = last_modified(_last_modified(request))
                response.headers["Cache-Control"] = caching
                cdn.mark(response, request.about)
                if found != known:
                    caches["validators"].set(key, found)
            else:  # it is mended, merged or undone any minute
                response.headers.setdefault("Cache-Control", "no-cache")
            if isinstance(response, SimpleTemplateResponse):
                response.render()  # here, where it is known what to do when the database goes
            response = _whole(response)
            if response.status_code in (200, 304) and current.version:
                edition = 0 if moved_at else current.version
                seen = Standing(edition, current.shelf, response.headers["ETag"], _last_modified(request))
                response.standing = seen  # type: ignore[attr-defined] # for KeptMiddleware
            return response

        @functools.wraps(view)
        def wrapped(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if "edition" not in vars(request):  # else the server that had it answers
                replicas.allow()
            return begun(request, *args, **kwargs)

        def begun(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = answer(request, *args, **kwargs)
            except (OperationalError, InterfaceError) as trouble:
                if replicas.another(trouble):
                    return begun(request, *args, **kwargs)
                return unavailable(request, trouble)
            visit: Visit | None = getattr(request, "visit", None)
            if visit and visit.lacks_shelf and hasattr(response, "standing"):
                with suppress(DatabaseError):  # one that only reads, for example
                    begin_to_keep()
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

    Or a word that it has been made already, and is kept.

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
    if found and response:
        _add(found, _repeated(response))
    visit: Visit | None = getattr(request, "visit", None)
    return found or (StillRightResponse() if visit and visit.has(quote_etag(tag(request))) else None)


def _add(response: HttpResponseBase, headers: dict[str, str]) -> None:
    for name, value in headers.items():
        response.headers[name] = value


def _repeated(response: HttpResponseBase) -> dict[str, str]:
    """The headers of an answer that 304 has too, but those that say until when it holds."""
    gone = {*ABOUT_THE_BODY, "ETag", "Last-Modified", "Cache-Control"}
    return {name: value for name, value in response.headers.items() if name not in gone}


def _whole(response: HttpResponseBase) -> HttpResponseBase:
    """The answer, all of which was asked of the database before anything is sent; or so much of a large stream.

    So an answer that the database leaves unfinished is no half of one.
    """
    if not isinstance(response, StreamingHttpResponse) or response.status_code != 200:
        return response
    chunks, begun, size = iter(response), [], 0
    for chunk in chunks:
        begun.append(chunk)
        size += len(chunk)
        if size > MOST:
            response.streaming_content = chain(begun, chunks)
            return response
    if not begun:  # what HEAD gets, whose length is not known
        response.streaming_content = ()
        return response
    whole = HttpResponse(b"".join(begun), headers=response.headers)
    whole._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined] # noqa: SLF001
    return whole


def _last_modified(request: PublicRequest) -> int:
    """Seconds, rounded up: a second that is not over may still bring another change (RFC 9110 section 8.8.2.2).

    Until it is over answers are dated by the second itself, so who asks by that date asks once more.
    """
    return math.ceil(request.since.changed_at.timestamp())


def tag(request: PublicRequest) -> str:
    """An entity tag, which changes with whatever may change a byte of the answer."""
    site = (
        settings.BASE_URL,
        settings.NENPYO_TAG_AUTHORITY,
        settings.WEBSUB_HUB,
        settings.CONTACT_EMAIL,
        settings.LETTERS,
    )
    seed = f"{request.since} {request.words} {request.get_full_path()} {code_version()} {site}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]
