"""HTTP of the API, shared by every answer: conditional requests, CORS, problem details, links."""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from timeline.filters.parameters import facets
from timeline.filters.problems import quote, repeated
from timeline.models import Edition, State
from timeline.public.language import foreign, others
from timeline.public.site import absolute
from timeline.views import cross_origin, validators

CACHING = f"public, max-age=60, {validators.STALE}"
JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json; charset=utf-8"

LANGUAGE = "language"
"""The parameter that every address takes: in which language the answer is to be."""

LANGUAGES = [settings.LANGUAGE_CODE, *others()]

Links = Mapping[str, str]
"""Addresses by their relation (RFC 8288); empty ones are left out."""


class ApiRequest(validators.PublicRequest):
    """A request that carries the state of everything public."""

    edition: Edition


def show(
    request: ApiRequest, last_change: Callable[[], State | None], about: list[tuple[str, int]], words: str = ""
) -> None:
    """The answer shows what ``last_change`` finds ``about`` this, and ``words``: its validator and edition."""
    request.since = validators.shown(request, request.edition, last_change)
    request.about = about
    request.words = words


class ApiError(Exception):
    """An answer other than the one that was asked for, as problem details (RFC 9457).

    ``kind`` is the anchor of its explanation on the page about the API; without one the
    status says it all. ``more`` are further members of the answer.
    """

    def __init__(self, status: int, detail: str, *, title: str = "", kind: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.more = more
        self.body = {
            "type": absolute(f"/api/#{kind}") if kind else "about:blank",
            "title": title or HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            **more,
        }

    @classmethod
    def of_parameters(cls, problems: Iterable[tuple[str, str]], status: int = 400) -> Self:
        """Each parameter that was not understood with what is wrong with it; 404 if it names what is not here."""
        errors = [{"parameter": name, "detail": message} for name, message in problems]
        detail = " ".join(error["detail"] for error in errors)
        title = _("Nothing is known by this name") if status == 404 else _("A parameter was not understood")
        return cls(status, detail, title=title, kind="errors", errors=errors)

    def response(self, accepted: Mapping[str, str] | None = None) -> HttpResponse:
        """The answer; ``accepted`` says what each parameter takes."""
        for error in self.more.get("errors", ()):
            if accepted and error["parameter"] in accepted:
                error["accepted"] = accepted[error["parameter"]]
        text = json.dumps(self.body, ensure_ascii=False)
        response = HttpResponse(text, status=self.status, content_type=PROBLEM)
        response.headers["Cache-Control"] = "no-cache"
        return response


class Moved(Exception):  # noqa: N818 - no error
    """What was asked for has another address now: 308 (RFC 9110 section 15.4.9)."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def response(self) -> HttpResponse:
        same = f"{'&' if '?' in self.path else '?'}{LANGUAGE}={foreign()}" if foreign() else ""
        return HttpResponse(status=308, headers={"Location": absolute(f"{self.path}{same}")})


def answer(body: str, links: Links | None = None) -> HttpResponse:
    """200 with a JSON text, and its links in the header (RFC 8288) as well."""
    response = HttpResponse(body, content_type=JSON)
    if links:
        response.headers["Link"] = ", ".join(f'<{href}>; rel="{rel}"' for rel, href in links.items() if href)
    return response


def served(
    view: Callable[..., HttpResponseBase], accepted: Callable[[HttpRequest], Mapping[str, str]]
) -> Callable[..., HttpResponseBase]:
    """A route of django-ninja as the site serves it.

    GET and HEAD with validators (``validators.public``), for scripts on any site
    (``cross_origin.open_to_all``), 405 for the rest. A parameter that is not among
    ``accepted(request)``, ``{name: what it takes}``, is answered 400.
    """

    @validators.public(CACHING)
    def conditional(request: ApiRequest, *args: Any, edition: Edition, **kwargs: Any) -> HttpResponseBase:
        request.edition = edition
        method, request.method = request.method, "GET"  # ninja knows no HEAD; the server leaves out the body
        try:
            return view(request, *args, **kwargs)
        finally:
            request.method = method

    @cross_origin.open_to_all
    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return ApiError(405, _("This API is read-only: it takes GET, HEAD and OPTIONS.")).response()
        try:
            _refuse_unknown(request, accepted(request))
            with translation.override(_language(request)):
                return conditional(request, *args, **kwargs)
        except ApiError as problem:
            return problem.response(accepted(request))
        except SuspiciousOperation:
            return ApiError(400, _("The address has too many parameters.")).response()
        except Http404 as nothing:
            return ApiError(404, str(nothing)).response()

    wrapped.csrf_exempt = True  # type: ignore[attr-defined] # nothing can be changed here
    return wrapped


def _language(request: HttpRequest) -> str:
    """In which language the answer is to be, which is no part of any question."""
    asked = request.GET.get(LANGUAGE) or settings.LANGUAGE_CODE
    if asked not in LANGUAGES:
        message = _("The language is one of %(known)s, not “%(asked)s”.")
        words = {"known": ", ".join(LANGUAGES), "asked": quote(asked)}
        raise ApiError.of_parameters([(LANGUAGE, message % words)])
    data = request.GET.copy()
    data.pop(LANGUAGE, None)
    request.GET = data  # type: ignore[assignment] # a copy
    return asked


def _refuse_unknown(request: HttpRequest, accepted: Mapping[str, str]) -> None:
    unknown = [name for name in list(request.GET)[:20] if name not in accepted]
    if unknown:
        known = _("Known here: %s.") % ", ".join(accepted) if accepted else _("This address takes none.")
        message = _("There is no parameter “%s”.")
        raise ApiError.of_parameters((quote(name), f"{message % quote(name)} {known}") for name in unknown)
    if problems := repeated(request.GET, accepted.keys() - facets().keys()):
        raise ApiError.of_parameters((problem.parameter, problem.message) for problem in problems)
