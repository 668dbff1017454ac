"""What other sites may do with our answers: read them by script, show them in a frame."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

from config import policy

View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """Let scripts on any site read the answers of ``view``, which takes nothing but GET and HEAD.

    OPTIONS is answered here: browsers ask it before they send a header of their own. All
    answers say so, errors too, or the script could not read what is wrong (Fetch, CORS protocol).
    """
    allowed = "GET, HEAD, OPTIONS"

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        if response.status_code in (204, 405):
            response.headers["Allow"] = allowed
        if response.status_code == 204:
            response.headers["Access-Control-Allow-Methods"] = allowed
            response.headers["Access-Control-Allow-Headers"] = "*"
            response.headers["Access-Control-Max-Age"] = "86400"
        else:
            response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        return response

    return wrapped


def shown_by_all(view: View) -> View:
    """Let pages of any site load the answers of ``view``, as pictures; their scripts need not read them."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return wrapped


def framed(view: View) -> View:
    """Let any site show the answers of ``view`` in a frame, its errors too; nothing else of ours may be framed."""
    return shown_by_all(xframe_options_exempt(csp_override(policy.FRAMED)(view)))
