"""What every public view shares: the edition, conditional requests, the page context."""

import datetime
import functools
import hashlib
import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from config import policy
from timeline.filters import Question
from timeline.formats import FORMATS, embed, structured
from timeline.formats.answer import LICENCE as LICENCE
from timeline.formats.picture import SIZE
from timeline.models import Edition, State

LOCALES = {"en": "en_GB", "ja": "ja_JP"}
"""What OpenGraph calls our languages."""

# A browser may keep a page but asks each time whether it still holds; a 304 costs one query.
PAGE_CACHING = "public, max-age=0, must-revalidate"

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


def edition() -> Edition:
    """The state of everything public: one query."""
    now = timezone.now()
    return Edition.objects.filter(pk=1).first() or Edition(changed_at=now, page_changed_at=now)


class PublicRequest(HttpRequest):
    """A request whose answer is as it is ``since`` that state, and says these ``words`` of the question.

    When it ``is_known`` both are remembered, else they are the edition's until the view says more.
    """

    since: State
    words: str
    is_known: bool


class KnownAnswer(NamedTuple):
    """What is remembered of an answer while nothing public changes: its state, its words, its ``Link`` header."""

    since: State
    words: str
    link: str


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
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            current = edition()
            request.since = State(current.version, max(current.changed_at, moved_at() or current.changed_at))
            request.words = ""
            key = tag(request)
            known: KnownAnswer | None = caches["validators"].get(key)
            request.is_known = known is not None
            response: HttpResponseBase | None = None
            if known:
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
                found = KnownAnswer(request.since, request.words, response.headers.get("Link", ""))
                if found != known:
                    caches["validators"].set(key, found)
            else:  # it is mended, merged or undone any minute
                response.headers.setdefault("Cache-Control", "no-cache")
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


def open_to_all(view: View) -> View:
    """Let scripts on any site read the answers of ``view``, which takes nothing but GET and HEAD.

    OPTIONS is answered here: browsers ask it before they send a header of their own. All
    answers say so, errors too, or the script could not read what is wrong (Fetch, CORS protocol).
    """
    allowed = "GET, HEAD, OPTIONS"

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        if response.status_code in (204, 405):
            response.headers["Allow"] = allowed
        if response.status_code == 204:
            response.headers["Access-Control-Allow-Methods"] = allowed
            response.headers["Access-Control-Allow-Headers"] = "*"
            response.headers["Access-Control-Max-Age"] = "86400"
        else:
            response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        return response

    return wrapped


def framed(view: View) -> View:
    """Let any site show the answers of ``view`` in a frame, its errors too; nothing else of ours may be framed."""
    return xframe_options_exempt(csp_override(policy.FRAMED)(view))


def absolute(path: str) -> str:
    """An address of this site as others must write it, whatever host the request named."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def format_links(query: str, sentence: str) -> list[dict[str, Any]]:
    """Every way to follow or take a question: for the page's head and for "Follow this view".

    ``href`` is the address here, ``url`` the same in full, to copy; ``subscribe`` is for programs
    that take a scheme of their own (``webcal:``); ``snippet`` is markup to copy instead of the
    address. The head names those with ``is_feed``.
    """
    links = []
    for kind in FORMATS:
        for label, options in [(kind.label, {}), *kind.variants]:
            pairs = urlencode(sorted([*parse_qsl(query), *options.items()]))
            href = f"/{kind.path}?{pairs}" if pairs else f"/{kind.path}"
            links.append(
                {
                    "title": f"{sentence} ({label})",
                    "label": label,
                    "heading": kind.heading,
                    "note": kind.note if not options else "",
                    "href": href,
                    "url": absolute(href),
                    "snippet": embed.snippet(absolute(href), sentence) if kind.is_framed else "",
                    "subscribe": f"{kind.scheme}:{absolute(href).partition(':')[2]}" if kind.scheme else "",
                    "type": kind.media_type,
                    "is_feed": kind.is_announced and not options,
                }
            )
    return links


def oembed_link(path: str, title: str) -> dict[str, str]:
    """The link in the head of a page by which programs find the markup that embeds it."""
    query = urlencode({"url": absolute(path), "format": "json"})
    return {"href": absolute(f"/oembed?{query}"), "title": title}


def site(state: Edition) -> dict[str, Any]:
    """Name, strapline and licence, for the masthead and the foot."""
    return {
        "base_url": absolute(""),
        "name": state.title or settings.WAGTAIL_SITE_NAME,
        "headline": state.headline or state.title or settings.WAGTAIL_SITE_NAME,
        "strapline": state.strapline,
        "licence": LICENCE,
        "contact": settings.CONTACT_EMAIL,
        "changed_at": state.changed_at,
    }


def page(
    request: HttpRequest,
    template: str,
    state: Edition,
    *,
    title: str,
    description: str,
    path: str,
    question: Question | None = None,
    noindex: bool = False,
    breadcrumbs: list[dict[str, str]] | None = None,
    nodes: Iterable[structured.Node] = (),
    picture: dict[str, Any] | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a public page with everything ``base.html`` needs.

    Without ``path`` it has no canonical address. ``nodes`` say for machines what the page
    shows; ``picture`` is what other sites show beside a link, that of the site if not given.
    A ``title_kind`` tells its title from that of another kind of page ("Investment").
    """
    query = question.subscription() if question else ""
    sentence = question.sentence if question and query else site(state)["name"]
    return render(
        request,
        template,
        {
            "site": site(state),
            "title": title,
            "description": description,
            "canonical": absolute(path) if path else "",
            "noindex": noindex,
            "breadcrumbs": breadcrumbs or [],
            "structured": None if noindex else _structured(nodes, breadcrumbs or [], title, site(state)),
            "picture": picture or site_picture(state),
            "og_locale": LOCALES.get(get_language() or "", ""),
            "feeds": format_links(query, sentence),
            "question": question,
            "lanes": state.lanes,
            **context,
        },
        status=status,
    )


def _structured(
    nodes: Iterable[structured.Node], crumbs: list[dict[str, str]], title: str, about: dict[str, Any]
) -> structured.Node | None:
    found = [*nodes, *([structured.breadcrumbs(crumbs, title, about)] if crumbs else [])]
    return structured.graph(found) if found else None


def shared(path: str, alt: str) -> dict[str, Any]:
    """A picture for links to a page: its address, its size, and in words what is on it."""
    return {"url": absolute(path), "width": SIZE[0], "height": SIZE[1], "alt": alt}


def site_picture(state: Edition) -> dict[str, Any]:
    """The picture of the site."""
    return shared("/share.png", _("The words “%s” on a plain card.") % site(state)["headline"])


def error_page(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    """A short page for 400 answers outside the data formats."""
    return page(
        request,
        "timeline/message.html",
        edition(),
        title=title,
        description=message,
        path="",
        noindex=True,
        status=status,
        message=message,
    )


def crumb(label: str, href: str = "") -> dict[str, str]:
    """One step of the breadcrumb."""
    return {"label": label, "href": href}


def home() -> dict[str, str]:
    """The first step of every breadcrumb."""
    return crumb(_("Chronology"), "/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request no view could read, such as one with thousands of parameters."""
    return error_page(
        request,
        400,
        _("This address cannot be read"),
        _("The request was too long or damaged. Start again from the chronology."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what may have happened, and ways on."""
    response = page(
        request,
        "404.html",
        edition(),
        title=_("Nothing at this address"),
        description=_("There is no page at this address."),
        path="",
        noindex=True,
        status=404,
    )
    response.headers["Cache-Control"] = "no-cache"  # tomorrow there may be one
    return response
