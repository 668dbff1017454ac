"""Views of Wagtail that ask for the password of a page or a collection, counted."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import views
from wagtail.documents.views import serve

from timeline.accounts import tries


def page_password(request: HttpRequest, **found: Any) -> HttpResponse:
    return _counted(f"page {found['page_view_restriction_id']}", views.authenticate_with_password, request, **found)


def collection_password(request: HttpRequest, **found: Any) -> HttpResponse:
    return _counted(f"collection {found['restriction_id']}", serve.authenticate_with_password, request, **found)


def _counted(what: str, view: Any, request: HttpRequest, **found: Any) -> HttpResponse:
    if request.method != "POST":
        return view(request, **found)
    attempt = tries.begin(request, tries.Kind.PAGE, what)
    response: HttpResponse = view(request, **found)
    if response.status_code == 302:  # on to what it protects
        tries.was_good(attempt)
    return response
