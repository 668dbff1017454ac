"""Rendered parts of entries, kept while the entry stays as it is.

A card of the list is the same on every page that shows it, and rendering is most of
what a page costs. Kept parts are found by the digest of the document they were made
from, so nothing ever has to be thrown away and nothing can be out of date.

DECISIONS 29 says why.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

from django.core.cache import caches
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from timeline.models import PublishedEntry
from timeline.models.document import EntryDocument
from timeline.public.lanes import Lane

CACHE = "fragments"


def rendered[Part](
    kind: str, rows: Iterable[PublishedEntry], make: Callable[[EntryDocument], Part]
) -> dict[int, Part]:
    """``{entry id: part}`` for each of ``rows``: kept parts, or new ones made from the documents.

    ``kind`` names the rendering. Documents are fetched only for what is not kept: one
    query, or none. What has gone since the rows were read is left out.
    """
    cache = caches[CACHE]

    def key(digest: str) -> str:
        return f"{kind}.{get_language()}.{digest}"

    keys = {row.pk: key(row.digest) for row in rows}
    kept = cache.get_many(list(keys.values()))
    parts = {pk: kept[key] for pk, key in keys.items() if key in kept}
    missing = [pk for pk in keys if pk not in parts]
    if missing:
        # Its digest is read with each document: it may have changed since the rows were.
        documents = PublishedEntry.objects.filter(pk__in=missing).values_list("pk", "digest", "document")
        made = [(pk, digest, make(document)) for pk, digest, document in documents]
        cache.set_many({key(digest): part for _pk, digest, part in made})
        parts |= {pk: part for pk, _digest, part in made}
    return parts


def kept(key: str, make: Callable[[], str]) -> str:
    """The text kept under ``key``, which must change whenever the text would; made when there is none."""
    return str(caches[CACHE].get_or_set(f"{key}.{get_language()}", make))


FOUND = "<!-- found -->"
"""Where a card says why it is in an answer; most need not say it."""


class Card(NamedTuple):
    """An entry as lists show it, and the path of its page; :meth:`with_reason` finishes it for an answer."""

    path: str
    markup: str

    def with_reason(self, **reason: Any) -> Self:
        """The card as an answer shows it; ``reason`` is what ``timeline/_found.html`` takes, or nothing."""
        found = get_template("timeline/_found.html").render(reason) if reason else ""
        return self._replace(markup=SafeString(self.markup.replace(FOUND, found)))


def cards(rows: Iterable[PublishedEntry], lanes: list[Lane]) -> dict[int, Card]:
    """``{entry id: card}`` for each of ``rows``, in the colours of their lanes."""
    template = get_template("timeline/_entry.html")
    painted = hashlib.sha256(json.dumps(lanes).encode()).hexdigest()[:12]
    shared = {"lanes": lanes, "found": SafeString(FOUND)}

    def make(document: EntryDocument) -> Card:
        return Card(document["url"], template.render({"entry": document, **shared}))

    return rendered(f"card.{painted}", rows, make)
