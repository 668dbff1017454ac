"""The pages of errors: what Django calls when no view could answer."""

import errno
import logging
import sys
from collections.abc import Iterator

import psycopg.errors
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error as something_went_wrong

from timeline.models import Edition
from timeline.public.site import about_site, current_edition
from timeline.running import disks

from .head import Head, render_page
from .languages import of_its_address

RETRY_AFTER = 10
"""Seconds after which it makes sense to ask again; a restart of the database takes fewer."""

logger = logging.getLogger(__name__)


@of_its_address
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request no view could read, such as one with thousands of parameters."""
    message = _("The request was too long or damaged. Start again from the chronology.")
    head = Head(title=_("This address cannot be read"), description=message, path="", noindex=True)
    return render_page(request, "timeline/message.html", current_edition(), head, status=400, message=message)


@of_its_address
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what may have happened, and ways on."""
    description = _("There is no page at this address.")
    head = Head(title=_("Nothing at this address"), description=description, path="", noindex=True)
    response = render_page(request, "404.html", current_edition(), head, status=404)
    response.headers["Cache-Control"] = "no-cache"  # tomorrow there may be one
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for a mistake of ours; 503 when the database did not answer, wherever it was asked, or a disk is full."""
    trouble = next(_troubles(sys.exc_info()[1]), None)
    return unavailable(request, trouble) if trouble else something_went_wrong(request)


def _troubles(error: BaseException | None) -> Iterator[Exception]:
    """What the database or a disk said, also behind the errors that others made of it."""
    while error:
        is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if is_full or isinstance(error, OperationalError | InterfaceError):
            yield error  # type: ignore[misc] # all of them are exceptions
        error = error.__cause__ or error.__context__


def unavailable(request: HttpRequest, trouble: Exception) -> HttpResponse:
    """503: the database does not answer, or not this question. Asks nothing of it.

    An editor who was saving gets back what was typed.
    """
    title, message = _in_words(trouble)
    logger.warning("503 for %s %s: %s", request.method, request.path, " ".join(str(trouble).split()))
    response: HttpResponse
    if request.method == "POST" and request.path_info.startswith(f"/{settings.ADMIN_PATH}"):
        response = import_string(settings.HAND_BACK_VIEW)(request, message, status=503)
    elif _wants_json(request):
        problem = {"type": "about:blank", "title": title, "status": 503, "detail": message}
        response = JsonResponse(problem, status=503, content_type="application/problem+json")
    else:
        context = {"site": about_site(Edition()), "title": title, "description": message, "message": message}
        response = HttpResponse(render_to_string("503.html", context | {"noindex": True}), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined] # noqa: SLF001 - Django's mark: no trace of the stack
    return response


def _in_words(trouble: Exception) -> tuple[str, str]:
    """A title, and what a reader or an editor may do."""
    if isinstance(trouble, OSError) or isinstance(trouble.__cause__, psycopg.errors.DiskFull):
        disks.note_full()
        return (
            _("The disk is full"),
            _("The disk of this site is full. Nothing can be saved until there is room again; reading goes on."),
        )
    if isinstance(trouble.__cause__, psycopg.errors.QueryCanceled):
        return (
            _("This took too long"),
            _("The database did not finish this in the time it has for one answer. Ask for less, or try again."),
        )
    return (
        _("Out of reach for a moment"),
        _("The database of this site does not answer just now. Please try again in a moment."),
    )


def _wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return (
        request.path_info.startswith("/api/v1/")
        or request.path_info.endswith(".json")
        or ("json" in accepted and "html" not in accepted)
    )
