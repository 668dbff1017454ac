"""Copies that a CDN keeps of public answers: for how long, and what each is about, by which it is told to let them go.

Nothing is said unless ``CDN_PURGE_URL`` names one.
"""

from collections.abc import Iterable

from django.conf import settings
from django.http.response import HttpResponseBase

from timeline.models.announcement import surrogate_key

SECONDS = 600
"""For as long a copy may be used unasked: it may hold what has been withdrawn while the CDN could not be told."""


def mark(response: HttpResponseBase, about: Iterable[tuple[str, int]]) -> None:
    """Say what an answer is about, as far as a change must be about it too to change the answer."""
    if not settings.CDN:
        return
    keys = ["site", *(surrogate_key(*one) for one in about)]
    if settings.CDN["KIND"] == "cloudflare":
        response.headers["Cache-Tag"] = ",".join(keys)
        response.headers["CDN-Cache-Control"] = f"public, max-age={SECONDS}"  # RFC 9213
    else:
        response.headers["Surrogate-Key"] = " ".join(keys)
        response.headers["Surrogate-Control"] = f"max-age={SECONDS}"  # W3C Edge Architecture, 2001
