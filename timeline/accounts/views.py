"""The view of Wagtail that asks for the password of a page, counted."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import views

from timeline.accounts import tries


def page_password(request: HttpRequest, **found: Any) -> HttpResponse:
    view = views.authenticate_with_password
    if request.method != "POST":
        return view(request, **found)
    attempt = tries.begin(request, tries.Kind.PAGE, f"page {found['page_view_restriction_id']}")
    response: HttpResponse = view(request, **found)
    if response.status_code == 302:  # on to what it protects
        tries.was_good(attempt)
    return response
