"""Rendered parts of entries, kept while the entry stays as it is.

A card of the list is the same on every page that shows it, and rendering is most of
what a page costs. Kept parts are found by the digest of the document they were made
from, so nothing ever has to be thrown away and nothing can be out of date.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import caches
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from timeline.models import PublishedEntry
from timeline.models.document import EntryDocument
from timeline.public.lanes import Lane

CACHE = "fragments"


def rendered(kind: str, rows: Iterable[PublishedEntry], make: Callable[[EntryDocument], str]) -> dict[int, str]:
    """``{entry id: text}`` for each of ``rows``: kept texts, or new ones made from the documents.

    ``kind`` names the rendering. Documents are fetched only for what is not kept: one
    query, or none. What has gone since the rows were read is left out.
    """
    cache = caches[CACHE]

    def key(digest: str) -> str:
        return f"{kind}.{get_language()}.{digest}"

    keys = {row.pk: key(row.digest) for row in rows}
    kept = cache.get_many(list(keys.values()))
    texts = {pk: kept[key] for pk, key in keys.items() if key in kept}
    missing = [pk for pk in keys if pk not in texts]
    if missing:
        # Its digest is read with each document: it may have changed since the rows were.
        documents = PublishedEntry.objects.filter(pk__in=missing).values_list("pk", "digest", "document")
        made = [(pk, digest, make(document)) for pk, digest, document in documents]
        cache.set_many({key(digest): text for _pk, digest, text in made})
        texts |= {pk: text for pk, _digest, text in made}
    return texts


def kept(key: str, make: Callable[[], str]) -> str:
    """The text kept under ``key``, which must change whenever the text would; made when there is none."""
    return str(caches[CACHE].get_or_set(f"{key}.{get_language()}", make))


FOUND = "<!-- found -->"
"""Where a card says why it is in an answer; most need not say it."""


def cards(rows: Iterable[PublishedEntry], lanes: list[Lane]) -> dict[int, str]:
    """The entries of ``rows`` as lists show them, in the colours of their lanes; :func:`with_reason` finishes them."""
    template = get_template("timeline/_entry.html")
    painted = hashlib.sha256(json.dumps(lanes).encode()).hexdigest()[:12]
    shared = {"lanes": lanes, "found": SafeString(FOUND)}
    return rendered(f"card.{painted}", rows, lambda document: template.render({"entry": document, **shared}))


def with_reason(card: str, **reason: Any) -> SafeString:
    """A card as an answer shows it; ``reason`` is what ``timeline/_found.html`` takes, or nothing."""
    return SafeString(card.replace(FOUND, get_template("timeline/_found.html").render(reason) if reason else ""))
