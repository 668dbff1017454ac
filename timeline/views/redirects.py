"""Redirects from older addresses, but to no entry of which readers know nothing: its new address has words in it."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from wagtail.contrib.redirects import middleware

from timeline.models import PublishedEntry, Withdrawal

from .languages import language_of

ENTRY = re.compile(r"/entries/([^/]+)/")


def new_address(request: HttpRequest, slug: str) -> str:
    """Where the entry is now that was at ``/entries/<slug>/``; empty when that is not for readers."""
    moved = middleware.get_redirect(request, f"/entries/{slug}")
    link = (moved.link if moved else "") or ""
    return link if _is_for_readers(link) else ""


def _is_for_readers(address: str) -> bool:
    entry = ENTRY.match(urlsplit(address).path)
    if entry is None:
        return True
    slug = entry[1]
    return PublishedEntry.objects.filter(slug=slug).exists() or Withdrawal.objects.filter(slug=slug).exists()


class RedirectMiddleware(middleware.RedirectMiddleware):
    """Wagtail's, which leads to what is private as well, and knows of no language below whose code a page is."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        moved = super().process_response(request, response)
        if moved is not response:
            return moved if _is_for_readers(moved.headers["Location"]) else response
        language = language_of(request) if response.status_code == 404 else ""
        path = request.path.removeprefix(f"/{language}").rstrip("/")
        found = middleware.get_redirect(request, path) if language else None
        link = (found.link if found else "") or ""
        return HttpResponsePermanentRedirect(f"/{language}{link}") if link and _is_for_readers(link) else response
