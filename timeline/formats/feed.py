"""What all feeds share: items and documents as plain data, and identities that never change.

A feed is made in two steps. ``latest`` and ``changes`` decide what is in it and make
:class:`Item`; a :class:`Syntax` (``atom``, ``rss``, ``json_feed``) writes it down.

DECISIONS 46 and 52 say why.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from itertools import accumulate
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from timeline.models.document import AttachmentDocument, EntryDocument, NamedDocument
from timeline.public.language import foreign
from timeline.public.wording import stop
from timeline.punctuation import sentences

AUTHOR = _("The editors")
GENERATOR = "Nenpyo"

SCHEMES = {
    "category": "/categories/",
    "person": "/people/",
    "commodity": "/commodities/",
    "organisation": "/organisations/",
}
"""Where the records of a kind are: what an entry is filed under, as a category scheme."""


class Term(NamedTuple):
    """Something an item is filed under."""

    scheme: str
    slug: str
    label: str


@dataclass(frozen=True)
class Item:
    """One item; moments are RFC 3339 in UTC, ``html`` has absolute links only.

    ``language`` is empty when it is that of the feed.
    """

    id: str
    title: str
    url: str
    published: str
    updated: str
    summary: str
    html: str
    language: str
    terms: Sequence[Term] = ()
    attachments: Sequence[AttachmentDocument] = ()
    """Pictures and documents, with addresses on any site; the main picture is first."""
    data: EntryDocument | None = None
    """What JSON Feed carries of the entry as data, under ``_nenpyo``."""


class Tombstone(NamedTuple):
    """An entry that was withdrawn (RFC 6721)."""

    id: str
    when: datetime
    reason: str


@dataclass(frozen=True)
class Feed:
    """One feed document, without its items.

    ``updated`` is when what it holds last changed: never the time of the request, so an
    empty feed stays the same. ``older_url`` is the archive document with what is older,
    ``newer_url`` that with what is newer, ``current_url`` the document to subscribe to, given
    in archive documents only (RFC 5005 section 4).
    """

    id: str
    title: str
    subtitle: str
    language: str
    self_url: str
    page_url: str
    base_url: str
    rights: str
    updated: datetime
    older_url: str = ""
    newer_url: str = ""
    current_url: str = ""
    hub: str = ""
    withdrawn: Sequence[Tombstone] = ()

    @property
    def is_archive(self) -> bool:
        """Whether this document is an archive: what it holds changes no more."""
        return bool(self.current_url)

    @property
    def links(self) -> Iterator[tuple[str, str]]:
        """(relation, address) of the documents beside this one."""
        relations = [
            ("current", self.current_url),
            ("prev-archive", self.older_url),
            ("next-archive", self.newer_url),
            ("hub", self.hub),
        ]
        return ((relation, url) for relation, url in relations if url)


class Syntax(NamedTuple):
    """How a feed is written: the parts of items are kept, so they are made one by one."""

    name: str
    item: Callable[[Item], str]
    document: Callable[[Feed, Sequence[str]], bytes]


BRIEF = 300
"""Characters of a summary, or of a reason, where there is no room for more."""

MAX_BYTES = 250_000
"""Of a document: readers on phones give up on larger ones, and some refuse them."""


def fitted(syntax: Syntax, feed: Feed, whole: Sequence[str], brief: Callable[[int], Sequence[str]]) -> bytes:
    """The document with its items whole as long as there is room for the rest ``brief``: the last ones may be.

    ``brief`` makes the last items so, as many as it is told: at first those with twice the bytes that are too many,
    and all only where that was not enough.
    """
    last = whole[::-1]
    sizes = [_size(one) for one in last]
    over = len(syntax.document(feed, [])) + sum(sizes) - MAX_BYTES
    if over <= 0 or not whole:
        return syntax.document(feed, whole)
    few = sum(before < 2 * over for before in accumulate(sizes[:-1], initial=0))
    for number in dict.fromkeys((few, len(whole))):
        short = [min(pair, key=_size) for pair in zip(last, reversed(brief(number)), strict=False)]
        spared = list(accumulate(size - _size(one) for size, one in zip(sizes, short, strict=False)))
        if spared[-1] >= over:
            break
    short = short[: bisect_left(spared, over) + 1]
    return syntax.document(feed, [*whole[: len(whole) - len(short)], *reversed(short)])


def _size(text: str) -> int:
    """Bytes of an item with the comma that may follow it."""
    return len(text.encode(errors="ignore")) + 1


def in_brief(item: Item, date: str = "") -> Item:
    """An item that says where to read it whole; ``date`` is that of the event, in words."""
    summary = Truncator(item.summary).chars(BRIEF)
    said = sentences([stop(date) if date else "", summary])
    rest = gettext('Longer than there is room for here: <a href="%(url)s">read it whole, with its sources</a>.')
    html = f"<p>{escape(said, quote=False)}</p><p>{rest % {'url': escape(item.url)}}</p>"
    return replace(item, summary=summary, html=html, data=None)


def feed_id(kind: str, query: str) -> str:
    """A tag: URI (RFC 4151) for the question, whatever host or path serves it.

    Made from the canonical query string, so the same filter in another order has
    the same id, and every filter has its own (RFC 4287 section 4.2.6). Archive
    documents share it with the document to subscribe to.
    """
    return tag(f"{kind}:{hashlib.sha256(query.encode()).hexdigest()[:16]}" if query else kind)


def entry_id(uid: Any) -> str:
    """A tag: URI from the entry's uid: it survives renaming, moving and reinstalling."""
    return tag(f"entry:{uid}")


def tag(name: str) -> str:
    """A tag: URI of this site; what is told in another language has one of its own."""
    return f"tag:{settings.NENPYO_TAG_AUTHORITY}:{f'{foreign()}:' if foreign() else ''}{name}"


def beginning() -> datetime:
    """When ids of this site begin, as their tag says: the moment of a feed in which nothing ever happened."""
    day = re.findall(r"\d+", settings.NENPYO_TAG_AUTHORITY.rpartition(",")[2])
    year, month, number = [int(part) for part in [*day, "1", "1"][:3]]
    return datetime(year, month, number, tzinfo=UTC)


def terms(entry: EntryDocument, base_url: str) -> list[Term]:
    """Everything an entry is filed under."""
    filed: list[tuple[str, Sequence[NamedDocument]]] = [
        ("category", [entry["category"]] if entry["category"] else []),
        ("person", entry["people"]),
        ("commodity", entry["commodities"]),
        ("organisation", entry["organisations"]),
    ]
    return [Term(base_url + SCHEMES[kind], one["slug"], one["name"]) for kind, rows in filed for one in rows]
