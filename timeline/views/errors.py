"""The pages of errors: what Django calls when no view could answer."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from . import head, validators


def error_page(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    """A short page for 400 answers outside the data formats."""
    return head.page(
        request,
        "timeline/message.html",
        validators.edition(),
        title=title,
        description=message,
        path="",
        noindex=True,
        status=status,
        message=message,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request no view could read, such as one with thousands of parameters."""
    return error_page(
        request,
        400,
        _("This address cannot be read"),
        _("The request was too long or damaged. Start again from the chronology."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what may have happened, and ways on."""
    response = head.page(
        request,
        "404.html",
        validators.edition(),
        title=_("Nothing at this address"),
        description=_("There is no page at this address."),
        path="",
        noindex=True,
        status=404,
    )
    response.headers["Cache-Control"] = "no-cache"  # tomorrow there may be one
    return response
