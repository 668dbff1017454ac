"""Cookies for signing in, and for nothing else: readers all get the same, whoever they are."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FOR_EDITORS = (f"/{settings.ADMIN_PATH}", "/documents/", "/_util/")
"""The beginnings of addresses that ask who is there: the admin, Wagtail's documents, and its forms to sign in."""


class CookieMiddleware:
    """Middleware that hides cookies from all other addresses. Stands above whatever reads them.

    Else a stale or damaged one, left from signing in long ago, would be answered with
    ``Set-Cookie`` and ``Vary: Cookie``, and no shared cache could keep the page. A preview in the
    admin bears the address of the public page; Wagtail marks it as a dummy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(FOR_EDITORS) and not getattr(request, "is_dummy", False):
            request.COOKIES = {}
        return self.get_response(request)
