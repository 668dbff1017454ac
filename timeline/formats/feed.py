"""What all feeds share: the feed as plain data, and identities that never change."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from timeline.models import PublishedEntry

FEED_SIZE = 50
"""Entries in a feed document: enough for a monthly poll, bounded for every reader."""

AUTHOR = _("The editors")
RIGHTS = "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Feed:
    """One feed document.

    ``self_url`` is the canonical address of the document with its query string,
    ``page_url`` that of the HTML page of the same question. ``updated`` is when the
    set last changed: never the time of the request, so an empty feed stays the same.
    """

    title: str
    subtitle: str
    language: str
    self_url: str
    page_url: str
    id: str
    updated: datetime
    entries: list[PublishedEntry]
    base_url: str


@dataclass(frozen=True)
class FeedFormat:
    """A format of the feeds: its address, media type and renderer."""

    path: str
    label: str
    note: Any
    media_type: str
    render: Callable[[Feed], bytes]


def feed_id(query: str) -> str:
    """A tag: URI (RFC 4151) for the question, whatever host or path serves it.

    Made from the canonical query string, so the same filter in another order has
    the same id, and every filter has its own (RFC 4287 section 4.2.6).
    """
    name = f"feed:{hashlib.sha256(query.encode()).hexdigest()[:16]}" if query else "feed"
    return f"tag:{settings.NENPYO_TAG_AUTHORITY}:{name}"


def entry_id(entry: dict[str, Any]) -> str:
    """A tag: URI from the entry's uid: it survives renaming, moving and reinstalling."""
    return f"tag:{settings.NENPYO_TAG_AUTHORITY}:entry:{entry['uid']}"


def categories(entry: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """(kind, slug, label) of everything the entry is filed under."""
    if entry["category"]:
        yield "category", entry["category"]["slug"], entry["category"]["name"]
    for kind, plural in (("person", "people"), ("commodity", "commodities"), ("organisation", "organisations")):
        for item in entry[plural]:
            yield kind, item["slug"], item["name"]


SCHEMES = {
    "category": "/categories/",
    "person": "/people/",
    "commodity": "/commodities/",
    "organisation": "/organisations/",
}
