"""Redirects from older addresses, but to no entry of which readers know nothing: its new address has words in it."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.contrib.redirects import middleware

from timeline.models import PublishedEntry, Withdrawal

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
    """Wagtail's, which leads to what is private as well."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        moved = super().process_response(request, response)
        return moved if moved is response or _is_for_readers(moved.headers["Location"]) else response
