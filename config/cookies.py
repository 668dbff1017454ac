"""Cookies for signing in, and for nothing else: readers all get the same, whoever they are."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FOR_EDITORS = (f"/{settings.ADMIN_PATH}", "/_util/")
"""The beginnings of addresses that ask who is there: the admin, and Wagtail's forms to sign in."""


class CookieMiddleware:
    """Middleware that hides cookies from all other addresses. Stands above whatever reads them.

    Else a stale or damaged one, left from signing in long ago, would be answered with
    ``Set-Cookie`` and ``Vary: Cookie``, and no shared cache could keep the page. A preview in the
    admin bears the address of the public page; Wagtail marks it as a dummy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(FOR_EDITORS) or getattr(request, "is_dummy", False):
            return self.get_response(request)
        request.COOKIES = {}
        response = self.get_response(request)
        # Whoever looked for a session found none: what was not seen makes no difference.
        vary = [word for word in response.headers.get("Vary", "").split(", ") if word not in ("Cookie", "")]
        response.headers["Vary"] = ", ".join(vary)
        if not vary:
            del response.headers["Vary"]
        return response
