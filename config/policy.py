"""Content Security Policies: what browsers may load, strictly on the site, more widely on the editors' side.

DECISIONS 93.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP, build_policy

PUBLIC: dict[str, list[str]] = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "object-src": [CSP.NONE],
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

# Wagtail starts its date fields, choosers and inline rows with inline scripts,
# which carry ids: neither a nonce nor a hash can name them.
ADMIN: dict[str, list[str]] = PUBLIC | {
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}


class AdminPolicyMiddleware:
    """Gives answers of the admin the wider policy. Stands below Django's CSP middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = f"/{settings.ADMIN_PATH}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(self.prefix):
            # Django's middleware leaves a policy alone that is already there.
            response.headers.setdefault(str(CSP.HEADER_ENFORCE), build_policy(ADMIN))
        return response
