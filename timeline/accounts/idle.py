"""Idle: a session ends when nobody has used it for ``SESSION_COOKIE_AGE``."""

from collections.abc import Callable
from time import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

SECONDS = 300
USED = "used"
# An open form says every few seconds that it is open, also in an empty room.
NOBODY_THERE = {"wagtailadmin_editing_sessions:ping"}


class IdleMiddleware:
    """Middleware that moves the end of a session on, with one write in five minutes instead of one a request.

    Django saves a session with its whole age ahead whenever something in it changes. It keeps what *Remember me*
    decides, whether the cookie outlives the browser, and the session ends after the same time either way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Public addresses get no cookie, and their sessions are not looked at.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            match = request.resolver_match
            if time() - request.session.get(USED, 0) > SECONDS and (match and match.view_name) not in NOBODY_THERE:
                request.session[USED] = int(time())
        return response
