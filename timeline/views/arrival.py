"""Arrival: what a link adds to a public address to say where its reader came from is taken out first of all.

So it is never a question nor a mistake, and page, validator, kept copy and redirect are those of the address itself.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from timeline.web.tracking import without_tracking


class ArrivalMiddleware:
    """Takes tracking out of the query string of every address but those of the desk, which nobody shares."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(f"/{settings.ADMIN_PATH}"):
            request.META["QUERY_STRING"], _gone = without_tracking(request.META.get("QUERY_STRING", ""))
        return self.get_response(request)
