"""Content Security Policies: what browsers may load, strictly on the site, more widely on the editors' side.

DECISIONS 93.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP, build_policy

PUBLIC: dict[str, list[str]] = {
    "default-src": [CSP.NONE],  # what is not named is not loaded
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],  # the editor shows a preview in a frame
}

# What other sites show in their pages: nothing runs in it, and anyone may frame it.
FRAMED: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}

# The pages before somebody is in: Wagtail's frame, without what needs more.
SIGN_IN: dict[str, list[str]] = PUBLIC | {
    "default-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}
BEFORE_SIGN_IN = ("login/", "password_reset/", "second-factor/")
"""The beginnings of their addresses, below that of the admin."""

# Wagtail starts its date fields, choosers and inline rows with inline scripts,
# which carry ids: neither a nonce nor a hash can name them.
ADMIN: dict[str, list[str]] = SIGN_IN | {"script-src": [CSP.SELF, CSP.UNSAFE_INLINE]}

# Nothing here wants a camera, a place or money.
UNUSED = ("browsing-topics", "camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")
PERMISSIONS = ", ".join(f"{feature}=()" for feature in UNUSED)


class IsolationMiddleware:
    """Says which other sites may load an answer: all what is open to their scripts anyway, none the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_open = response.headers.get("Access-Control-Allow-Origin") == "*"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_open else "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class AdminPolicyMiddleware:
    """Gives answers of the admin the wider policy. Stands below Django's CSP middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = f"/{settings.ADMIN_PATH}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(self.prefix):
            # Django's middleware leaves a policy alone that is already there.
            rest = request.path_info.removeprefix(self.prefix)
            policy = SIGN_IN if rest.startswith(BEFORE_SIGN_IN) else ADMIN
            response.headers.setdefault(str(CSP.HEADER_ENFORCE), build_policy(policy))
        return response
