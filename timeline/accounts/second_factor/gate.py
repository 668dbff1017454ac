"""Gate: a session that has the password and owes a code is nobody's.

``request.user`` is anonymous then, so that every view, of Wagtail's and of ours, answers as it
answers strangers, also those that nobody thought of; only the pages of this room ask ``who``.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from timeline.accounts.second_factor.state import is_shown


def who(request: HttpRequest) -> Any:
    """Who gave the password, whether the code was given or not."""
    return get_user(request)


def _cleared(request: HttpRequest) -> Any:
    user = who(request)
    return user if user.is_authenticated and is_shown(request, user) else AnonymousUser()


class SecondFactorMiddleware:
    """Middleware that hides who is there until the session has shown the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hidden: Any = SimpleLazyObject(partial(_cleared, request))
        request.user = hidden
        owes = request.method == "GET" and request.path in self.sign_in and request.user.is_anonymous
        if owes and who(request).is_authenticated:  # the page would ask for the password again
            there = urlencode({"next": request.GET.get("next", "")})
            return HttpResponseRedirect(f"{reverse('second_factor')}?{there}")
        return self.get_response(request)

    @cached_property
    def sign_in(self) -> set[str]:
        return {reverse("wagtailadmin_login"), reverse("wagtailcore_login")}
