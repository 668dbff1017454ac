"""Refusals: answers that say that somebody may not do this."""

from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext

from timeline.audit.events import Event, tell


class RefusalMiddleware:
    """Middleware that tells of each 403, and of what Wagtail says in its place: a message on another page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403 or (response.status_code == 302 and _is_told(request)):
            tell(Event.REFUSED, method=request.method, path=request.path, status=response.status_code)
        return response


def _is_told(request: HttpRequest) -> bool:
    """Whether this request left Wagtail's message that this is not allowed (`wagtail.admin.auth`)."""
    left = getattr(getattr(request, "_messages", None), "_queued_messages", [])
    if not left:
        return False
    languages = {translation.get_language() or "en"}
    with suppress(AttributeError, ObjectDoesNotExist, DatabaseError):  # who has no profile has no language
        languages.add(request.user.wagtail_userprofile.get_preferred_language())  # type: ignore[union-attr]
    refusals = set()
    for language in languages:
        with translation.override(language):
            refusals |= {
                gettext("Sorry, you do not have permission to access this area."),
                gettext("You do not have permission to access the admin."),
            }
    return any(sentence in str(message.message) for message in left for sentence in refusals)
