"""The pages of errors: what Django calls when no view could answer."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from timeline.public.site import current_edition

from .head import Head, render_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request no view could read, such as one with thousands of parameters."""
    message = _("The request was too long or damaged. Start again from the chronology.")
    head = Head(title=_("This address cannot be read"), description=message, path="", noindex=True)
    return render_page(request, "timeline/message.html", current_edition(), head, status=400, message=message)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what may have happened, and ways on."""
    description = _("There is no page at this address.")
    head = Head(title=_("Nothing at this address"), description=description, path="", noindex=True)
    response = render_page(request, "404.html", current_edition(), head, status=404)
    response.headers["Cache-Control"] = "no-cache"  # tomorrow there may be one
    return response
